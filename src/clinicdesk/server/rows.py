"""Rows of synced tables as a push works on them: loaded under lock, changed in memory, written in bulk."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import psycopg

from clinicdesk.domain.canonical import Kind, WireValue
from clinicdesk.domain.digest import row_digest
from clinicdesk.domain.merge import DistrictRow
from clinicdesk.server.database import Connection
from clinicdesk.server.synced_tables import STAMPS, SyncedTable


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
    if not rows:
        return []
    try:
        with connection.transaction():
            write_all(connection, rows)
    except (psycopg.IntegrityError, psycopg.DataError, psycopg.errors.InsufficientPrivilege) as error:
        if len(rows) == 1:
            failed(rows[0], error)
            return []
        middle = len(rows) // 2
        return write_apart(connection, rows[:middle], failed) + write_apart(connection, rows[middle:], failed)
    return list(rows)


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
