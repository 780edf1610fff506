"""How each synced table looks to the wire: its columns in order, their kinds, and the statements that fill it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from clinicdesk.domain.canonical import Kind, WireValue, encoder, json_from_text, sqlite_value
from clinicdesk.models.policy import SyncClass
from clinicdesk.models.types import Exact, Guid, Instant, Json, Sealed
from clinicdesk.storage.shape import Shape, shapes

ROW_COLUMNS = ("id", "row_version", "scope_id", "created_at", "created_by", "updated_at", "updated_by")
"""What stands before the values of a pulled row; the same names as `protocol.ROW_STAMPS`."""

_KINDS: tuple[tuple[type[Any], Kind], ...] = (
    (Guid, Kind.UUID),
    (Instant, Kind.INSTANT),
    (Exact, Kind.NUMBER),
    (Json, Kind.JSON),
    (Sealed, Kind.BYTES),
    (sa.LargeBinary, Kind.BYTES),
    (sa.Boolean, Kind.BOOLEAN),
    (sa.Integer, Kind.INTEGER),
    (sa.Date, Kind.DATE),
    (sa.Time, Kind.TIME),
    (sa.String, Kind.TEXT),  # an Enum is one too
)


def kind_of(column: sa.Column[Any]) -> Kind:
    """What the column holds, as far as its canonical form is concerned (D20)."""
    for known, kind in _KINDS:
        if isinstance(column.type, known):
            return kind
    raise TypeError(f"no canonical kind for {column.table.name}.{column.name}")


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
        self.name = shape.name
        self.rank = rank
        self.kind = shape.policy.kind
        self.columns = tuple(column.name for column in shape.wire_columns)
        self.kinds: Mapping[str, Kind] = {column.name: kind_of(column) for column in shape.wire_columns}
        self.position: Mapping[str, int] = {name: index for index, name in enumerate(self.columns)}
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
            (index, _storer(self.kinds[name]))
            for index, name in enumerate(columns)
            if self.kinds[name] in _STORED_OTHERWISE
        ]

    def upsert(self, columns: Sequence[str]) -> str:
        """Insert a pulled row, or bring it up to date, positionally: `ROW_COLUMNS`, then `columns`."""
        names = (*ROW_COLUMNS, *columns)
        statement = sqlite.insert(self.table).values({name: sa.bindparam(name) for name in names})
        statement = statement.on_conflict_do_update(
            index_elements=["id"], set_={name: statement.excluded[name] for name in names if name != "id"}
        )
        return _driver_sql(statement, names)

    @cached_property
    def acknowledged(self) -> str:
        """Set the district's version and anchor of a row that it took as it was sent: (version, anchor, id)."""
        statement = (
            sa.update(self.table)
            .values(row_version=sa.bindparam("version"), scope_id=sa.bindparam("anchor"))
            .where(self.table.c["id"] == sa.bindparam("key"))
        )
        return _driver_sql(statement, ("version", "anchor", "key"))

    @cached_property
    def removed(self) -> str:
        return _driver_sql(sa.delete(self.table).where(self.table.c["id"] == sa.bindparam("key")), ("key",))


def _storer(kind: Kind) -> Callable[[WireValue], Any]:
    if kind is Kind.BOOLEAN:
        return lambda value: None if value is None else int(bool(value))
    return lambda value: sqlite_value(kind, value)


_DIALECT = sqlite.dialect(paramstyle="qmark")


def _driver_sql(statement: sa.ClauseElement, expected: Sequence[str]) -> str:
    """The text for `executemany` with values in storage form: type processing by row would cost half the pull."""
    compiled = statement.compile(dialect=_DIALECT)
    order = tuple(getattr(compiled, "positiontup", None) or ())
    if order != tuple(expected):
        raise TypeError(f"the statement takes its values in another order: {order}")
    return str(compiled)


@dataclass(frozen=True, slots=True)
class WireTables:
    """All synced tables by name, and their order."""

    by_name: Mapping[str, TablePlan]

    @property
    def rank(self) -> dict[str, int]:
        return {name: plan.rank for name, plan in self.by_name.items()}


@cache
def wire_tables() -> WireTables:
    """The plan of every synced table, made once a process."""
    return WireTables({shape.name: TablePlan(shape, rank) for rank, shape in enumerate(shapes())})
