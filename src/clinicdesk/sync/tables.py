"""How each synced table looks to the wire: its columns in order, their kinds, and the statements that fill it.

The statements take values in storage form: SQLAlchemy's type processing by value would cost half of a pull.
"""

# ruff: noqa: S608 - names of tables and columns come from the models, never from input

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from clinicdesk.domain.canonical import Kind, WireValue, encoder, json_from_text, sqlite_value
from clinicdesk.models.policy import SyncClass
from clinicdesk.models.registry import canonical_kind_of
from clinicdesk.storage.shape import Shape, shapes
from clinicdesk.sync.versions import FIRST, HISTORY, SchemaHistory

ROW_COLUMNS = ("id", "row_version", "scope_id", "created_at", "created_by", "updated_at", "updated_by")
"""What stands before the values of a pulled row; the same names as `protocol.ROW_STAMPS`."""


def _from_queue(kind: Kind) -> Callable[[Any], WireValue]:
    """From the form in which change capture writes a value that is not null into JSON: bytes in hexadecimal."""
    if kind is Kind.JSON:
        return lambda value: json_from_text(value) if isinstance(value, str) else value
    if kind is Kind.BYTES:
        as_text = encoder(Kind.BYTES)
        return lambda value: as_text(bytes.fromhex(value))
    return encoder(kind)


_STORED_OTHERWISE = frozenset({Kind.JSON, Kind.TIME, Kind.BYTES, Kind.BOOLEAN})
"""Kinds whose storage form is not the wire value itself."""


class TablePlan:
    """One synced table. `rank` orders parents before children; `columns` are those that travel (D4)."""

    def __init__(self, shape: Shape, rank: int) -> None:
        self.shape = shape
        self.table = shape.table
        # Plain text: a table's own name is a subclass of str that no encoder takes.
        self.name = str(shape.name)
        self.rank = rank
        self.kind = shape.policy.kind
        self.columns = tuple(str(column.name) for column in shape.wire_columns)
        self.kinds: Mapping[str, Kind] = {str(column.name): canonical_kind_of(column) for column in shape.wire_columns}
        self.position: Mapping[str, int] = {name: index for index, name in enumerate(self.columns)}
        self.stored_otherwise = frozenset(name for name, kind in self.kinds.items() if kind in _STORED_OTHERWISE)
        self._from_queue = {name: _from_queue(kind) for name, kind in self.kinds.items()}

    @property
    def pulled(self) -> bool:
        """Whether rows of it come from the district; upload-only rows never do."""
        return self.kind is not SyncClass.UPLOAD_ONLY

    def wire(self, column: str, queued: Any) -> WireValue:
        """The wire value of a value as the queue holds it."""
        return None if queued is None else self._from_queue[column](queued)

    def wire_changes(self, changes: Mapping[str, Sequence[Any]]) -> dict[str, tuple[WireValue, WireValue]]:
        return {name: (self.wire(name, old), self.wire(name, new)) for name, (old, new) in changes.items()}

    def stored(self, column: str, value: WireValue) -> Any:
        return sqlite_value(self.kinds[column], value)

    def storers(self, columns: Sequence[str]) -> list[tuple[int, Callable[[WireValue], Any]]]:
        """The positions whose values have to be turned into the storage form, with what turns them."""
        return [
            (index, _storer(self.kinds[name])) for index, name in enumerate(columns) if name in self.stored_otherwise
        ]

    def upsert(self, columns: Sequence[str]) -> str:
        """Insert a pulled row, or bring it up to date, positionally: `ROW_COLUMNS`, then `columns`.

        An appended row has its content for good: told again it may be spelled otherwise (the order of a JSON object,
        the form of an accent), and the trigger that guards it would take that for a change (D1).
        """
        names = [f'"{name}"' for name in (*ROW_COLUMNS, *columns)]
        open_columns = columns
        if self.kind is SyncClass.APPEND_ONLY:
            open_columns = [name for name in columns if name in self.shape.policy.after_sign]
        changing = [f'"{name}"' for name in (*ROW_COLUMNS[1:], *open_columns)]
        return (
            f"INSERT INTO {self.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
            f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in changing)}"
        )

    def read(self, columns: Sequence[str]) -> str:
        """The stored values of one row: (id)."""
        names = ", ".join(f'"{name}"' for name in columns)
        return f"SELECT {names} FROM {self.name} WHERE id = ?"

    @cached_property
    def acknowledged(self) -> str:
        """Set the district's version of a row that it took as it was sent, and its anchor where that was told."""
        return f"UPDATE {self.name} SET row_version = ?, scope_id = coalesce(?, scope_id) WHERE id = ?"

    @cached_property
    def given_up(self) -> Sequence[str]:
        """Statements that take a unique key from a row for a moment, where it may be without: (id)."""
        alone = {
            next(iter(index.columns)).name
            for index in self.table.indexes
            if index.unique and len(index.columns) == 1 and next(iter(index.columns)).nullable
        }
        return [
            f"UPDATE {self.name} SET {', '.join(_assigned(name, self.name))} WHERE id = ?"
            for name in sorted(map(str, alone))
            if name in self.kinds
        ]

    @cached_property
    def removed(self) -> str:
        return f"DELETE FROM {self.name} WHERE id = ?"


NO_KEY_LEFT: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "students": {"student_number": {"number_status": "CONTESTED"}}
}
"""What else a row says when it stands without a claimed key (D26)."""


def _assigned(column: str, table: str) -> list[str]:
    beside = NO_KEY_LEFT.get(table, {}).get(column, {})
    return [f'"{column}" = NULL', *(f"\"{name}\" = '{value}'" for name, value in beside.items())]


def _storer(kind: Kind) -> Callable[[WireValue], Any]:
    if kind is Kind.BOOLEAN:
        return lambda value: None if value is None else int(bool(value))
    return lambda value: sqlite_value(kind, value)


@dataclass(frozen=True, slots=True)
class WireTables:
    """All synced tables by name, their order, and how they came to look as they do."""

    by_name: Mapping[str, TablePlan]
    history: SchemaHistory = HISTORY

    @property
    def rank(self) -> dict[str, int]:
        return {name: plan.rank for name, plan in self.by_name.items()}

    @property
    def schema(self) -> int:
        return self.history.schema

    def wire(self, table: str, column: str, queued: Any) -> WireValue:
        """The wire value of a queued value, also of a column by a former name; one that was split held text."""
        plan = self.by_name[table]
        now = column if column in plan.kinds else self.history.column_now(table, column, FIRST)
        if now is not None:
            return plan.wire(now, queued)
        return None if queued is None else encoder(Kind.TEXT)(queued)


def tables_of(shapes: Iterable[Shape], history: SchemaHistory) -> WireTables:
    """The plans of these tables, which come parents first."""
    return WireTables({str(shape.name): TablePlan(shape, rank) for rank, shape in enumerate(shapes)}, history)


@cache
def wire_tables() -> WireTables:
    """The plan of every synced table of this program, made once a process."""
    return tables_of(shapes(), HISTORY)
