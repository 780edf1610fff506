"""Runs the migrations on the connection that `clinicdesk.storage.migrate` hands in: no address, no key."""

from __future__ import annotations

from typing import Any

from alembic import context

from clinicdesk.models import Base
from clinicdesk.storage.schema import is_ours, tables_of

connection = context.config.attributes["connection"]
ours = {table.name for table in tables_of(connection.dialect.name)}


def _include(item: Any, name: str | None, kind: str, reflected: bool, _compare_to: Any) -> bool:
    """The tables and indexes of this side; whatever else stands in the database counts as left over."""
    if kind == "index" and not reflected:
        return connection.dialect.name == "postgresql" or not item.dialect_options["postgresql"]["using"]
    if kind != "table" or name is None:
        return True
    return is_ours(name) if reflected else name in ours


context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    include_object=_include,
    compare_type=True,
    # Defaults and checks are compared by the dump (D50).
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
