"""A second row claims a unique key: it is stored without it, and a person decides whose the key is (s33)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg

from clinicdesk.domain.canonical import WireValue
from clinicdesk.domain.merge import Clash, ConflictKind, MergeClass
from clinicdesk.server.database import Connection
from clinicdesk.server.refusals import broken_unique_key
from clinicdesk.server.rows import Row, load, write_all
from clinicdesk.server.synced_tables import SyncedTable
from clinicdesk.sync.tables import NO_KEY_LEFT


@dataclass(frozen=True, slots=True)
class Claimed:
    """The key that a row was stored without, and what its author wrote in every column that changed for it (I0)."""

    columns: Sequence[str]
    wanted: Mapping[str, WireValue]

    @property
    def clash(self) -> Clash:
        return Clash(ConflictKind.UNIQUE, tuple(self.columns))


def stored_without_key(connection: Connection, row: Row, error: psycopg.Error) -> Claimed | None:
    """The refused row as it can stand beside the one that has the key; None where it cannot be without it.

    It keeps the key that it had before, if it had one.
    """
    claimed = _claimed(row, error)
    if not claimed:
        return None
    if row.stored_version > 0:
        stored = load(connection, row.table, [row.key])[row.key]
        instead = {name: stored.values.get(name) for name in claimed}
        wanted = {name: row.values[name] for name in claimed}
    else:
        instead = _without(row.table, claimed)
        wanted = {name: row.values.get(name) for name in instead}
    row.values = {**row.values, **instead}
    try:
        with connection.transaction():
            write_all(connection, [row])
    except (psycopg.IntegrityError, psycopg.DataError):
        return None
    return Claimed(claimed, wanted)


def _claimed(row: Row, error: psycopg.Error) -> list[str]:
    """The columns of the broken key that the row may be without."""
    columns = broken_unique_key(row.table, error)
    # An appended row is what its author signed: it goes in word for word or not at all (D1).
    if not columns or row.table.rules.kind is MergeClass.INSERT_ONLY or row.table.scope.column == columns[0]:
        return []
    return [name for name in columns if name in row.table.nullable and row.values.get(name) is not None]


def _without(table: SyncedTable, claimed: Sequence[str]) -> dict[str, WireValue]:
    left: dict[str, WireValue] = dict.fromkeys(claimed)
    for name in claimed:
        left |= NO_KEY_LEFT.get(table.name, {}).get(name, {})
    return left
