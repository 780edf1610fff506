"""A sealed cell is captured like any other: its bytes in hexadecimal, which JSON can hold (D32)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    text = (Path(__file__).parents[1] / "statements" / "0005_desk.sql").read_text(encoding="utf-8")
    for statement in text.split("\n-- end\n"):
        op.get_bind().exec_driver_sql(statement.strip())


def downgrade() -> None:
    """The triggers before these refused every row with a sealed cell; nothing is gained by bringing them back."""
