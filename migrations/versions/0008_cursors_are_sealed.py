"""The district's key for what it gives out and wants to know again: cursors and acknowledgements (s17, s59)."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLE, COLUMN = "server_state", "proof_key"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.add_column(TABLE, sa.Column(COLUMN, postgresql.BYTEA(), nullable=True))
    op.get_bind().execute(sa.text("UPDATE server_state SET proof_key = :key"), {"key": secrets.token_bytes(32)})
    op.alter_column(TABLE, COLUMN, nullable=False)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_column(TABLE, COLUMN)
