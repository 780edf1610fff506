"""A setting says whose it is in a column of its own: `scope_id` is the anchor of the row's scope (D10, concern 48)."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLE = "system_configurations"
KEYS = {"uq_system_configurations_key_scope", "uq_system_configurations_key_scope_scope_id"}
CHECKS = {"ck_system_configurations_no_scope_id_when_system_wide", "ck_system_configurations_scope_id_when_scoped"}
FOR_EVERYBODY = "(scope IS NOT NULL AND scope IN ('SYSTEM', 'DISTRICT'))"
FOR_SOME = "(scope IS NOT NULL AND scope IN ('SCHOOL', 'USER'))"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        # A check goes with its table only. What names its rows finds them again before the transaction ends.
        text = (Path(__file__).parents[1] / "statements" / "0007_desk.sql").read_text(encoding="utf-8")
        for statement in text.split("\n-- end\n"):
            connection.exec_driver_sql(statement.strip())
        return
    op.add_column(TABLE, sa.Column("applies_to_id", postgresql.UUID(), nullable=True))
    for name in sorted(CHECKS):
        op.drop_constraint(op.f(name), TABLE, type_="check")
    for name in sorted(KEYS):
        op.drop_index(op.f(name), table_name=TABLE)
    connection.exec_driver_sql(
        "UPDATE system_configurations SET applies_to_id = CASE WHEN scope IN ('SCHOOL', 'USER') THEN scope_id END,"
        " scope_id = coalesce((SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1), scope_id)"
    )
    checks = {
        "no_applies_to_id_when_for_everybody": f"NOT ({FOR_EVERYBODY}) OR applies_to_id IS NULL",
        "applies_to_id_when_for_some": f"NOT ({FOR_SOME}) OR applies_to_id IS NOT NULL",
    }
    for name, condition in checks.items():
        op.create_check_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE, condition)
    live = "deleted_at IS NULL AND applies_to_id IS"
    for columns, where in (
        (["key", "scope"], f"{live} NULL"),
        (["key", "scope", "applies_to_id"], f"{live} NOT NULL"),
    ):
        name = f"uq_{TABLE}_{'_'.join(columns)}"
        op.create_index(op.f(name), TABLE, columns, unique=True, postgresql_where=sa.text(where))


def downgrade() -> None:
    """The schema before could not hold a setting for everybody at the district; nothing is gained by it."""
