"""Two desks that change one order offline both keep their version: the district stores both and stops it (D1)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ALONE = "ix_student_medications_root_id"
OLD, NEW = "uq_student_medications_root_id_version", "ix_student_medications_root_id_version"
TABLE, COLUMNS = "student_medications", ["root_id", "version"]


def upgrade() -> None:
    op.drop_index(op.f(OLD), table_name=TABLE)
    op.drop_index(op.f(ALONE), table_name=TABLE)
    op.create_index(op.f(NEW), TABLE, COLUMNS)


def downgrade() -> None:
    live = sa.text("deleted_at IS NULL")
    op.drop_index(op.f(NEW), table_name=TABLE)
    op.create_index(op.f(ALONE), TABLE, ["root_id"])
    op.create_index(op.f(OLD), TABLE, COLUMNS, unique=True, sqlite_where=live, postgresql_where=live)
