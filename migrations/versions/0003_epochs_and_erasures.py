"""What the district remembers of its own restores, and of rows that the law told it to forget (s17, s18, s60)."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("server_epochs", "erasure_markers")


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    op.create_table(
        "server_epochs",
        sa.Column("epoch", postgresql.UUID(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_seq", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("system_identifier", sa.String(40), nullable=True),
        sa.Column("timeline", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("epoch", name=op.f("pk_server_epochs")),
    )
    op.create_table(
        "erasure_markers",
        sa.Column("table_name", sa.String(63), nullable=False),
        sa.Column("row_id", postgresql.UUID(), nullable=False, comment="PHI"),
        sa.Column("subject_id", postgresql.UUID(), nullable=False, comment="PHI"),
        sa.Column("reference", sa.String(100), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_by", postgresql.UUID(), nullable=True),
        sa.PrimaryKeyConstraint("table_name", "row_id", name=op.f("pk_erasure_markers")),
    )
    op.create_index(op.f("ix_erasure_markers_erased_at"), "erasure_markers", ["erased_at"])
    schema = connection.execute(sa.text("SELECT current_schema()")).scalar_one()
    for statement in grants(schema):
        connection.exec_driver_sql(statement)


def grants(schema: str) -> Iterator[str]:
    """The rights that every table of the district gives its three roles."""
    for table in TABLES:
        yield f"GRANT SELECT ON {table} TO clinic_read_{schema}"
        yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO clinic_merge_{schema}"
        yield f"GRANT ALL ON {table} TO clinic_owner_{schema}"


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.drop_table(table)
