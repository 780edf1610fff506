"""The whole schema of either side: tables, triggers, search index, roles and policies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

import sqlalchemy as sa
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable, SetColumnComment

from clinicdesk.models import Base
from clinicdesk.storage import migrate
from clinicdesk.storage.capture import triggers_of
from clinicdesk.storage.desk_rules import rule_triggers
from clinicdesk.storage.district_schema import apply_rules, role_statements, rule_statements
from clinicdesk.storage.engine import BEGIN_OPTION
from clinicdesk.storage.search_index import SEARCH_TABLES, search_statements
from clinicdesk.storage.shape import shapes, tables

Side = Literal["desk", "district"]

_SIDES: Final[dict[str, Side]] = {"sqlite": "desk", "postgresql": "district"}


def tables_of(dialect: str) -> list[sa.Table]:
    """The tables of the side that `dialect` stands for, parents first."""
    return [table for table in tables() if table.info.get("side", _SIDES[dialect]) == _SIDES[dialect]]


def is_ours(name: str) -> bool:
    """Whether a table of the database is described by the models; the search index is made by statements."""
    return not name.startswith(SEARCH_TABLES)


def desk_statements() -> Iterator[str]:
    """Triggers and search index of the workstation, after the tables."""
    for shape in shapes():
        for trigger in triggers_of(shape):
            yield trigger.create
    for trigger in rule_triggers():
        yield trigger.create
    yield from search_statements()


def create_all(engine: sa.Engine) -> None:
    """Make the whole schema in an empty database, in one transaction, and mark it as current."""
    with engine.connect().execution_options(**{BEGIN_OPTION: "IMMEDIATE"}) as connection, connection.begin():
        _make_tables(connection)
        if connection.dialect.name == "sqlite":
            for statement in desk_statements():
                connection.exec_driver_sql(statement)
        else:
            apply_rules(connection, role_statements())
            apply_rules(connection, rule_statements())
        migrate.mark_as_current(connection)


def _make_tables(connection: sa.Connection) -> None:
    ours = tables_of(connection.dialect.name)
    if connection.dialect.name == "sqlite":
        Base.metadata.create_all(connection, ours, checkfirst=False)
        return
    # Not by `create_all`: for tables that know one another it adds keys in a way that takes them out of the shared
    # metadata, so that a desk made later by the same process would lack them.
    for table in ours:
        connection.execute(CreateTable(table, include_foreign_key_constraints=[]))
        for index in table.indexes:
            connection.execute(CreateIndex(index))
        for column in table.columns:
            if column.comment is not None:
                connection.execute(SetColumnComment(column))
    for table in ours:
        for key in table.foreign_key_constraints:
            connection.execute(AddConstraint(key, isolate_from_table=False))


def district_engine(uri: str, schema: str) -> sa.Engine:
    """An engine on a PostgreSQL address whose connections stand in `schema`."""
    url = uri.replace("postgresql://", "postgresql+psycopg://", 1)
    return sa.create_engine(url, connect_args={"options": f"-csearch_path={schema}"})
