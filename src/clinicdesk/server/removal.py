"""Rows that go for good: out of their tables, out of the sums, with a word in the log for each scope they were in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from functools import cache

from psycopg import sql

from clinicdesk.models import Base
from clinicdesk.server.database import Connection
from clinicdesk.server.ledger import Ledger, Written
from clinicdesk.server.rows import load
from clinicdesk.server.scopes import members_of
from clinicdesk.server.synced_tables import synced_tables

Rows = Mapping[str, Collection[str]]
"""Keys by table."""


def remove_rows(connection: Connection, rows: Rows, now: dt.datetime) -> Written:
    """Remove rows, children before parents; the transaction must be the owner's, in retention.

    Raises:
        psycopg.errors.ForeignKeyViolation: a row that stays names one of them.
    """
    ledger = Ledger()
    for name in sorted(rows, key=lambda name: -synced_tables()[name].rank):
        table = synced_tables()[name]
        found = load(connection, table, rows[name], lock=True)
        scopes = members_of(connection, {row.anchor for row in found.values()})
        for row in found.values():
            ledger.row_removed(row, scopes.get(row.anchor, frozenset()))
        connection.execute(
            sql.SQL("DELETE FROM {} WHERE id = ANY(%s::uuid[])").format(sql.Identifier(name)), (list(found),)
        )
    return ledger.write(connection, now)


@cache
def references_to(name: str) -> tuple[tuple[str, str], ...]:
    """Table and column of every foreign key of the district that points to this table."""
    return tuple(
        (str(other.name), str(column.name))
        for other in Base.metadata.tables.values()
        if other.info.get("side", "district") == "district"
        for column in other.columns
        for key in column.foreign_keys
        if key.column.table.name == name
    )


def naming(connection: Connection, name: str, keys: Collection[str]) -> dict[str, set[str]]:
    """Rows of synced tables that name one of these, by table."""
    found: dict[str, set[str]] = {}
    for other, column in references_to(name):
        if other not in synced_tables() or not keys:
            continue
        statement = sql.SQL("SELECT id::text FROM {} WHERE {} = ANY(%s::uuid[])").format(
            sql.Identifier(other), sql.Identifier(column)
        )
        named = {key for (key,) in connection.execute(statement, (list(keys),))}
        if named:
            found.setdefault(other, set()).update(named)
    return found


def unnamed(connection: Connection, name: str, condition: sql.Composable, values: Collection[object]) -> list[str]:
    """Keys of rows of a table that a condition picks and that no row names."""
    free = [
        sql.SQL("NOT EXISTS (SELECT FROM {} o WHERE o.{} = t.id AND o.id <> t.id)").format(
            sql.Identifier(other), sql.Identifier(column)
        )
        if other == name
        else sql.SQL("NOT EXISTS (SELECT FROM {} o WHERE o.{} = t.id)").format(
            sql.Identifier(other), sql.Identifier(column)
        )
        for other, column in references_to(name)
    ]
    statement = sql.SQL("SELECT t.id::text FROM {} t WHERE {}").format(
        sql.Identifier(name), sql.SQL(" AND ").join([condition, *free])
    )
    return [key for (key,) in connection.execute(statement, tuple(values))]
