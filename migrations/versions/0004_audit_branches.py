"""A workstation that was set back writes on from an earlier audit row: both branches of its chain stand (s13, s15)."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OLD, NEW = "uq_audit_logs_device_id_seq", "uq_audit_logs_device_id_seq_hash"
TABLE = "audit_logs"


def upgrade() -> None:
    op.drop_index(op.f(OLD), table_name=TABLE)
    op.create_index(op.f(NEW), TABLE, ["device_id", "seq", "hash"], unique=True)


def downgrade() -> None:
    op.drop_index(op.f(NEW), table_name=TABLE)
    op.create_index(op.f(OLD), TABLE, ["device_id", "seq"], unique=True)
