"""Rows of synced tables as a push works on them: loaded under lock, changed in memory, written in bulk."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import psycopg
from psycopg import sql

from clinicdesk.domain.canonical import Kind, WireValue
from clinicdesk.domain.digest import row_digest
from clinicdesk.domain.merge import DistrictRow
from clinicdesk.server.database import Connection
from clinicdesk.server.synced_tables import STAMPS, SyncedTable
from clinicdesk.sync.tables import NO_KEY_LEFT


@dataclass(slots=True)
class Row:
    """One row of the district.

    What is `stored` is as the transaction found it (version 0: not at all); `exists` says whether it is in by now.
    """

    table: SyncedTable
    key: str
    version: int
    values: dict[str, WireValue]
    anchor: str
    created_at: str
    created_by: str | None
    updated_at: str
    updated_by: str | None
    field_versions: dict[str, int] = field(default_factory=dict)
    stored_version: int = 0
    stored_digest: int | None = None
    stored_anchor: str | None = None
    exists: bool = False
    left_alias: str | None = None
    """The record that a student's record was merged into before this transaction (D26)."""

    @property
    def deleted(self) -> bool:
        return self.values.get("deleted_at") is not None

    @property
    def changed(self) -> bool:
        return self.version != self.stored_version

    def digest(self) -> int:
        return row_digest(self.table.name, self.key, self.version, self.values)

    def as_merged(self) -> DistrictRow:
        """The row as the merge sees it: columns it does not hold are null."""
        return DistrictRow(self.version, self.values, self.field_versions, self.deleted)

    def write(self, values: Mapping[str, WireValue], at: str, by: str | None) -> None:
        """Take over accepted values: the next version, and the version of each field that changed (D4)."""
        if self.stored_version == self.version and self.stored_digest is None:
            self.stored_digest = self.digest()
        self.version += 1
        if "merged_into_id" in values and isinstance(before := self.values.get("merged_into_id"), str):
            self.left_alias = before
        self.values = {**self.values, **values}
        self.field_versions = {**self.field_versions, **dict.fromkeys(values, self.version)}
        self.updated_at, self.updated_by = at, by

    def on_the_wire(self, columns: Sequence[str]) -> list[WireValue]:
        """As it stands in `TableRows`."""
        return [
            self.key,
            self.version,
            self.anchor,
            self.created_at,
            self.created_by,
            self.updated_at,
            self.updated_by,
            *(self.values.get(name) for name in columns),
        ]


def load(connection: Connection, table: SyncedTable, keys: Collection[str], *, lock: bool = False) -> dict[str, Row]:
    """The rows that exist, in the order of their keys, so that two pushes never wait for each other in a circle."""
    if not keys:
        return {}
    found: dict[str, Row] = {}
    statement = table.lock_sql if lock else table.load_sql
    for key, version, anchor, created_at, created_by, updated_at, updated_by, versions, values in connection.execute(
        statement, (list(keys),)
    ):
        found[key] = Row(
            table,
            key,
            version,
            dict(zip(table.columns, msgspec.json.decode(values), strict=True)),
            anchor,
            created_at,
            created_by,
            updated_at,
            updated_by,
            versions or {},
            stored_version=version,
            stored_anchor=anchor,
            exists=True,
        )
    return found


def new_row(table: SyncedTable, key: str, values: Mapping[str, WireValue], anchor: str, at: str, by: str | None) -> Row:
    """A row that is to be inserted as version 1; what may not be null and is not given has its default."""
    return Row(table, key, 1, {**table.defaults, **values}, anchor, at, by, at, by)


def write_all(connection: Connection, rows: Sequence[Row]) -> None:
    """Insert and update rows of one table, each in one statement.

    Raises:
        psycopg.Error: a constraint or a trigger refused one of them; nothing was written.
    """
    inserts = [row for row in rows if not row.exists]
    updates = [row for row in rows if row.exists]
    if inserts:
        connection.execute(inserts[0].table.insert_sql, (_as_json(inserts),))
    if updates:
        connection.execute(updates[0].table.update_sql, (_as_json(updates),))
    for row in inserts:
        row.exists = True


def write_apart(connection: Connection, rows: Sequence[Row], failed: Callable[[Row, psycopg.Error], None]) -> list[Row]:
    """Write what can be written: where a constraint refuses a set of rows, its halves are tried (scenario 8)."""
    return _write_parts(connection, [[row] for row in rows], failed)


Part = Sequence[Row]
"""Rows that go in together or not at all, unless one of them cannot go in whatever comes with it."""


def _write_parts(
    connection: Connection, parts: Sequence[Part], failed: Callable[[Row, psycopg.Error], None]
) -> list[Row]:
    rows = [row for part in parts for row in part]
    if not rows:
        return []
    try:
        with connection.transaction():
            write_all(connection, rows)
    except (psycopg.IntegrityError, psycopg.DataError, psycopg.errors.InsufficientPrivilege) as error:
        passed_on = _passed_on(connection, rows) if len(rows) > 1 else []
        if passed_on and _written_after_giving_up(connection, rows, passed_on):
            return rows
        if len(rows) == 1:
            failed(rows[0], error)
            return []
        parts = _together(parts, passed_on) if len(parts) > 1 else [[row] for row in rows]
        middle = max(1, len(parts) // 2)
        first, second = parts[:middle], parts[middle:]
        if not second:
            first, second = [[row] for row in rows[:1]], [[row] for row in rows[1:]]
        return _write_parts(connection, first, failed) + _write_parts(connection, second, failed)
    return rows


@dataclass(frozen=True, slots=True)
class _PassedOn:
    """A unique value that one of the rows holds and gives up, and another takes."""

    column: str
    giver: str
    taker: str


def _passed_on(connection: Connection, rows: Sequence[Row]) -> list[_PassedOn]:
    """The unique values that go from row to row, as when two numbers are swapped."""
    table = rows[0].table
    found: list[_PassedOn] = []
    for columns in table.unique_keys.values():
        if len(columns) != 1 or columns[0] not in table.nullable:
            continue
        (column,) = columns
        takers = {row.values[column]: row.key for row in rows if row.values.get(column) is not None}
        held = connection.execute(
            sql.SQL("SELECT id::text, {column}::text FROM {table} WHERE id = ANY(%s::uuid[])").format(
                column=sql.Identifier(column), table=sql.Identifier(table.name)
            ),
            ([row.key for row in rows],),
        )
        for giver, value in held:
            taker = takers.get(value)
            if taker is not None and taker != giver:
                found.append(_PassedOn(column, giver, taker))
    return found


def _written_after_giving_up(connection: Connection, rows: Sequence[Row], passed_on: Sequence[_PassedOn]) -> bool:
    """Write the rows once those that give a value up stand without it for a moment; all of them, or nothing."""
    table = rows[0].table
    givers: dict[str, list[str]] = {}
    for one in passed_on:
        givers.setdefault(one.column, []).append(one.giver)
    try:
        with connection.transaction():
            for column, keys in givers.items():
                without: dict[str, WireValue] = {column: None, **NO_KEY_LEFT.get(table.name, {}).get(column, {})}
                sets = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in without)
                statement = sql.SQL("UPDATE {table} SET {sets} WHERE id = ANY(%s::uuid[])")
                connection.execute(
                    statement.format(table=sql.Identifier(table.name), sets=sets), (*without.values(), keys)
                )
            write_all(connection, rows)
    except (psycopg.IntegrityError, psycopg.DataError, psycopg.errors.InsufficientPrivilege):
        return False
    return True


def _together(parts: Sequence[Part], passed_on: Sequence[_PassedOn]) -> list[Part]:
    """Parts joined where one of their rows takes what another gives up."""
    part_of = {row.key: index for index, part in enumerate(parts) for row in part}
    joined = list(range(len(parts)))

    def head(index: int) -> int:
        while joined[index] != index:
            index = joined[index]
        return index

    for one in passed_on:
        joined[head(part_of[one.taker])] = head(part_of[one.giver])
    found: dict[int, list[Row]] = {}
    for index, part in enumerate(parts):
        found.setdefault(head(index), []).extend(part)
    return list(found.values())


def _as_json(rows: Sequence[Row]) -> str:
    table = rows[0].table
    byte_columns = [name for name, kind in table.kinds.items() if kind is Kind.BYTES]
    return msgspec.json.encode([_record(row, byte_columns) for row in rows]).decode()


def _record(row: Row, byte_columns: Iterable[str]) -> dict[str, Any]:
    record: dict[str, Any] = dict(row.values)
    for name in byte_columns:
        if (text := record.get(name)) is not None:
            record[name] = "\\x" + base64.b64decode(text).hex()
    record.update(zip(STAMPS, row.on_the_wire(()), strict=True))
    record["field_versions"] = row.field_versions or None
    return record
