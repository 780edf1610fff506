"""What the tables say about themselves: pure functions over the metadata, for capture, sync, audit and export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Mapper

from clinicdesk.domain.canonical import Kind
from clinicdesk.models.base import STAMPS, Base, Syncable
from clinicdesk.models.enums import SyncEntityType
from clinicdesk.models.policy import Anchor, ScopePath, SyncClass, SyncPolicy
from clinicdesk.models.types import Exact, Guid, Instant, Json, Sealed

Side = Literal["desk", "district"]
ColumnKind = Literal["uuid", "instant", "date", "time", "decimal", "text", "int", "bool", "json", "bytes", "enum"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key of one column, as sync and the scope rules see it."""

    table: str
    column: str
    target: str
    nullable: bool
    cross_scope: bool


def table_name(model: type[Base]) -> str:
    return str(model.__tablename__)


@cache
def _by_table() -> dict[str, Mapper[Any]]:
    return {table_name(mapper.class_): mapper for mapper in Base.registry.mappers}


def model_of(table: str) -> type[Base]:
    """The class of a table.

    Raises:
        KeyError: no model has this table.
    """
    model: type[Base] = _by_table()[table].class_
    return model


def table_of(table: str) -> sa.Table:
    return Base.metadata.tables[table]


def policy_of(table: str) -> SyncPolicy:
    policy: SyncPolicy = model_of(table).__sync__  # type: ignore[attr-defined]  # a test asks it of every model
    return policy


@cache
def synced_models() -> tuple[type[Base], ...]:
    """Every model that takes part in sync, in key order of its tables."""
    return tuple(model_of(table) for table in synced_tables())


@cache
def synced_tables() -> tuple[str, ...]:
    """The tables of the synced models, parents first."""
    return tuple(table for table in tables_in_key_order() if issubclass(model_of(table), Syncable))


@cache
def tables_for_side(side: Side) -> tuple[str, ...]:
    """The tables that exist on one side, in key order; a table that names no side exists on both."""
    return tuple(table for table in tables_in_key_order() if table_of(table).info.get("side", side) == side)


def attribute_of(table: str, column: str) -> str:
    """The attribute of the class that holds a column; they differ only where SQLAlchemy needs the name."""
    return str(_by_table()[table].get_property_by_column(table_of(table).c[column]).key)


def _edges(table: str) -> Iterator[Reference]:
    for constraint in table_of(table).foreign_key_constraints:
        for key in constraint.elements:
            column = key.parent
            yield Reference(
                table=table,
                column=column.name,
                target=key.column.table.name,
                nullable=bool(column.nullable),
                cross_scope=bool(column.info.get("cross_scope", False)),
            )


@cache
def references(table: str, *, stamps: bool = False) -> tuple[Reference, ...]:
    """The foreign keys of a table by column; those of the stamps (the author of a write) only if asked."""
    found = (edge for edge in _edges(table) if stamps or edge.column not in STAMPS | {"deleted_by"})
    return tuple(sorted(found, key=lambda edge: edge.column))


@cache
def referring(target: str) -> tuple[Reference, ...]:
    """The keys of other tables and of this one that point to a table, stamps left out."""
    return tuple(edge for table in sorted(Base.metadata.tables) for edge in references(table) if edge.target == target)


@cache
def tables_in_key_order() -> tuple[str, ...]:
    """All tables, each after those it refers to; a cycle is broken at a key that may be null.

    Keys of a table to itself and the stamps' keys to users do not count: rows of one table go parent before child,
    and an author exists before what is written.
    """
    waiting = {
        table: {edge.target: edge.nullable for edge in sorted(references(table), key=lambda edge: edge.nullable)}
        | {edge.target: False for edge in references(table) if not edge.nullable}
        for table in sorted(Base.metadata.tables)
    }
    for table, targets in waiting.items():
        targets.pop(table, None)
    ordered: list[str] = []
    while waiting:
        ready = [table for table, targets in waiting.items() if not targets.keys() & waiting.keys()]
        if not ready:
            ready = _first_without_required_key(waiting)
        for table in ready:
            ordered.append(table)
            del waiting[table]
    return tuple(ordered)


def _first_without_required_key(waiting: dict[str, dict[str, bool]]) -> list[str]:
    """The table of a cycle that may go first: all its open keys may be null; the fewest open keys win."""
    open_keys = {
        table: [nullable for target, nullable in targets.items() if target in waiting]
        for table, targets in waiting.items()
    }
    free = [table for table, nullables in open_keys.items() if all(nullables)]
    if not free:
        raise ValueError(f"keys that may not be null form a cycle: {sorted(waiting)}")
    return [min(free, key=lambda table: (len(open_keys[table]), table))]


@cache
def wire_columns(table: str) -> tuple[str, ...]:
    """The columns that travel as changes and count in the digest: not stamps, not local, not derived (D4, D21).

    The key itself is not among them; it names the row.
    """
    if not issubclass(model_of(table), Syncable):
        return ()
    return tuple(
        column.name
        for column in table_of(table).columns
        if not column.primary_key
        and column.name not in STAMPS
        and not column.info.get("local")
        and not column.info.get("derived")
    )


_KINDS: tuple[tuple[type[sa.types.TypeEngine[Any]], ColumnKind], ...] = (
    (Guid, "uuid"),
    (Instant, "instant"),
    (Exact, "decimal"),
    (Json, "json"),
    (Sealed, "bytes"),
    (sa.LargeBinary, "bytes"),
    (sa.Enum, "enum"),
    (sa.Boolean, "bool"),
    (sa.Date, "date"),
    (sa.Time, "time"),
    (sa.Integer, "int"),
    (sa.String, "text"),
)


def column_kind(column: sa.Column[Any]) -> ColumnKind:
    """What kind of value a column holds, for the canonical encoder (D20).

    Raises:
        TypeError: the column's type has no canonical form.
    """
    for type_, kind in _KINDS:
        if isinstance(column.type, type_):
            return kind
    raise TypeError(f"{column.table.name}.{column.name}: {column.type!r}")


_CANONICAL: Mapping[ColumnKind, Kind] = {
    "uuid": Kind.UUID,
    "instant": Kind.INSTANT,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "decimal": Kind.NUMBER,
    "text": Kind.TEXT,
    "enum": Kind.TEXT,
    "int": Kind.INTEGER,
    "bool": Kind.BOOLEAN,
    "json": Kind.JSON,
    "bytes": Kind.BYTES,
}


def canonical_kind_of(column: sa.Column[Any]) -> Kind:
    """In which canonical form a column's values travel and are signed (D20)."""
    return _CANONICAL[column_kind(column)]


def canonical_kind(table: str, column: str) -> Kind:
    """The same by name."""
    return canonical_kind_of(table_of(table).c[column])


@cache
def column_kinds(table: str) -> dict[str, ColumnKind]:
    """The kind of every column of a table."""
    return {column.name: column_kind(column) for column in table_of(table).columns}


@cache
def merge_groups(table: str) -> dict[str, frozenset[str]]:
    """The groups of wire columns that conflict as a whole; the delete group is an operation of its own (D3)."""
    groups: dict[str, set[str]] = {}
    for name in wire_columns(table):
        group = table_of(table).c[name].info.get("merge_group")
        if group is not None:
            groups.setdefault(group, set()).add(name)
    return {group: frozenset(names) for group, names in groups.items()}


def _marked(table: str, mark: str) -> frozenset[str]:
    return frozenset(column.name for column in table_of(table).columns if column.info.get(mark))


@cache
def phi_columns(table: str) -> frozenset[str]:
    """Columns that identify or describe a patient; audit, export and redaction read this."""
    return _marked(table, "phi")


@cache
def sealed_columns(table: str) -> frozenset[str]:
    """Columns whose bytes the server cannot read (D32)."""
    return _marked(table, "sealed")


@cache
def authority_columns(table: str) -> frozenset[str]:
    """Columns that only the district changes after the row was inserted (D5, D10)."""
    return _marked(table, "authority")


@cache
def safety_columns(table: str) -> frozenset[str]:
    """Columns in which an open conflict is a hard stop or holds on either side (D22)."""
    return _marked(table, "safety")


@cache
def local_columns(table: str) -> frozenset[str]:
    """Columns that never leave this side (D5)."""
    return _marked(table, "local")


@cache
def unique_keys(table: str) -> tuple[tuple[str, ...], ...]:
    """The columns of each unique rule beside the key; most hold on live rows only."""
    keys = (tuple(column.name for column in index.columns) for index in table_of(table).indexes if index.unique)
    return tuple(sorted(keys))


def anchor_of(table: str) -> tuple[Anchor, ...]:
    """What the anchor of a table's rows can be, parents followed: the path's, then its fallbacks'."""
    return tuple(_anchors(table, policy_of(table).scope))


def _anchors(table: str, path: ScopePath) -> Iterator[Anchor]:
    if path.anchor is Anchor.PARENT and path.column is not None:
        yield from anchor_of(next(edge.target for edge in references(table) if edge.column == path.column))
    else:
        yield path.anchor
    if path.fallback is not None:
        yield from _anchors(table, path.fallback)


@cache
def own_anchor_sources() -> tuple[Reference, ...]:
    """Keys from a student's rows to rows that are their own anchor: each adds the student's scopes to them (D11)."""
    own = {table for table in synced_tables() if policy_of(table).scope.anchor is Anchor.OWN}
    return tuple(
        edge
        for table in synced_tables()
        for edge in references(table)
        if edge.target in own and Anchor.STUDENT in anchor_of(table)
    )


@cache
def entity_types() -> dict[SyncEntityType, str]:
    """The table that each kind of entity names."""
    return {entity_type_of(table): table for table in synced_tables()}


@cache
def entity_type_of(table: str) -> SyncEntityType:
    """The word for a synced table in queue items, conflicts and states."""
    name = model_of(table).__name__.replace("SIS", "Sis")
    return SyncEntityType["".join(f"_{letter}" if letter.isupper() else letter for letter in name).lstrip("_").upper()]


def is_append_only(table: str) -> bool:
    return policy_of(table).kind is SyncClass.APPEND_ONLY
