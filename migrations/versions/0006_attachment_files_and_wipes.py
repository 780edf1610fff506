"""Where the bytes of attachments are, on both sides, and orders to revoked workstations (scenarios 10, 43)."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("attachment_contents", "attachment_pieces", "device_wipes")


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _desk()
        return
    _district()
    schema = connection.execute(sa.text("SELECT current_schema()")).scalar_one()
    for statement in grants(schema):
        connection.exec_driver_sql(statement)


def _desk() -> None:
    op.create_table(
        "attachment_files",
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("made_here", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("here", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("at_district", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("asked_at", sa.CHAR(27), nullable=True),
        sa.PrimaryKeyConstraint("content_hash", name=op.f("pk_attachment_files")),
    )


def _district() -> None:
    op.create_table(
        "attachment_contents",
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("received_bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("device_id", postgresql.UUID(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("content_hash", name=op.f("pk_attachment_contents")),
    )
    op.create_index(op.f("ix_attachment_contents_touched_at"), "attachment_contents", ["touched_at"])
    op.create_table(
        "attachment_pieces",
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("start_at", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="PHI"),
        sa.PrimaryKeyConstraint("content_hash", "start_at", name=op.f("pk_attachment_pieces")),
    )
    op.create_table(
        "device_wipes",
        sa.Column("device_id", postgresql.UUID(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("despite_waiting", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_waiting", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_device_wipes")),
    )


def grants(schema: str) -> Iterator[str]:
    """The rights that every table of the district gives its three roles."""
    for table in TABLES:
        yield f"GRANT SELECT ON {table} TO clinic_read_{schema}"
        yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO clinic_merge_{schema}"
        yield f"GRANT ALL ON {table} TO clinic_owner_{schema}"


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_table("attachment_files")
        return
    for table in TABLES:
        op.drop_table(table)
