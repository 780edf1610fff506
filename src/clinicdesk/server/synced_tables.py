"""How each synced table looks to the district: its merge rules, its parents, and the SQL of its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, LiteralString

import sqlalchemy as sa
from psycopg import sql

from clinicdesk.domain.canonical import Kind, canonical_value, encoder
from clinicdesk.domain.merge import MergeClass, MergeRules
from clinicdesk.domain.permissions import Authority
from clinicdesk.domain.validation import Rule
from clinicdesk.models.base import Base, declared_rules
from clinicdesk.models.policy import Anchor, ScopePath, SyncClass
from clinicdesk.models.types import Exact
from clinicdesk.sync.protocol import ROW_STAMPS
from clinicdesk.sync.tables import TablePlan, wire_tables

_MERGE_CLASSES = {
    SyncClass.TWO_WAY: MergeClass.FIELDS,
    SyncClass.DISTRICT: MergeClass.FIELDS,
    SyncClass.SEALED: MergeClass.SEALED,
    SyncClass.APPEND_ONLY: MergeClass.INSERT_ONLY,
    SyncClass.UPLOAD_ONLY: MergeClass.INSERT_ONLY,
}

_AUTHORITIES = {
    "mental_health_records": Authority.MENTAL_HEALTH,
    "sync_conflicts": Authority.CONFLICT,
    "device_tokens": Authority.OWN,
    "message_deliveries": Authority.SYSTEM,
    "push_notifications": Authority.SYSTEM,
    "health_metric_snapshots": Authority.SYSTEM,
}
"""Tables whose authority their sync class does not say (D5)."""

OWN_COLUMNS = {"users": frozenset({"phone", "language"})}
"""What people change in their own row (D5)."""

CONFLICTS = "sync_conflicts"

STAMPS = ROW_STAMPS

SUCCESSION = ("supersedes_id", "previous_version_id")
AMENDMENT = "amends_id"
"""Columns that name the row which this one takes the place of; two rows that name one are a fork (D1)."""


@dataclass(frozen=True, slots=True)
class ParentKey:
    """A foreign key that travels."""

    column: str
    table: str
    cross_scope: bool


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """Where a row, as it travels, names another one: `position` counts its stamps and values."""

    position: int
    table: str
    cross_scope: bool


class SyncedTable:
    """One synced table at the district, with the statements that read and write its rows in canonical form."""

    def __init__(self, plan: TablePlan, model: type) -> None:
        self.plan = plan
        # SQLAlchemy's names are a kind of text that JSON does not take.
        self.name = str(plan.name)
        self.rank = plan.rank
        self.columns = tuple(map(str, plan.columns))
        self.kinds = {str(name): kind for name, kind in plan.kinds.items()}
        self.readers = {name: encoder(kind) for name, kind in self.kinds.items()}
        self.scope: ScopePath = plan.shape.policy.scope
        self.safety = plan.shape.policy.safety
        self.entity_type = plan.shape.entity_type
        self.upload_only = plan.kind is SyncClass.UPLOAD_ONLY
        self.soft_deleted = plan.shape.soft_deleted
        self.validation: Sequence[Rule] = declared_rules(model)
        self.rules = self._merge_rules()
        self.parents = tuple(self._parents())
        self.names = tuple(self._names())
        self.authority = _AUTHORITIES.get(self.name) or _authority_of(plan.kind, self.scope)
        self.authority_columns = frozenset(str(c.name) for c in plan.shape.wire_columns if c.info.get("authority"))
        self.safety_columns = frozenset(str(c.name) for c in plan.shape.wire_columns if c.info.get("safety"))
        self.scales = {str(c.name): c.type.scale for c in plan.shape.wire_columns if isinstance(c.type, Exact)}
        self.unique_keys = dict(_unique_keys(plan.table))
        self.nullable = frozenset(str(c.name) for c in plan.shape.wire_columns if c.nullable)
        self.defaults = {str(c.name): canonical_value(self.kinds[c.name], _default(c)) for c in _with_default(plan)}
        self._write_statements()
        self._read_statements()

    def _write_statements(self) -> None:
        """Insert and update from one JSON text for all rows: no type adapters here, and row security allows no COPY."""
        written = [sql.Identifier(name) for name in (*STAMPS, "field_versions", *self.columns)]
        parts: dict[str, sql.Composable] = {
            "table": sql.Identifier(self.name),
            "columns": sql.SQL(", ").join(written),
            "sets": sql.SQL(", ").join(
                sql.SQL("{0} = s.{0}").format(name) for name in written if name.as_string() not in _NEVER_UPDATED
            ),
        }
        self.insert_sql = _written(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s::json)",
            parts,
        )
        self.update_sql = _written(
            "UPDATE {table} t SET {sets} FROM json_populate_recordset(NULL::{table}, %s::json) s WHERE t.id = s.id",
            parts,
        )

    def _read_statements(self) -> None:
        values = [wire_sql(sql.Identifier("t", name), self.kinds[name]) for name in self.columns]
        self.row_sql = _json_array([*_stamps_sql(), *values])
        parts: dict[str, sql.Composable] = {
            "table": sql.Identifier(self.name),
            "values": _json_array(values),
            "row": self.row_sql,
        }
        parts |= {f"stamp{index}": stamp for index, stamp in enumerate(_stamps_sql())}
        select = (
            "SELECT {stamp0}::text, {stamp1}, {stamp2}::text, {stamp3}, {stamp4}::text, {stamp5}, {stamp6}::text,"
            " t.field_versions, {values}::text FROM {table} t WHERE t.id = ANY(%s::uuid[]) ORDER BY t.id"
        )
        self.load_sql = _written(select, parts)
        # NO KEY UPDATE does not hinder inserts of children, which lock their parents' keys.
        self.lock_sql = _written(select + " FOR NO KEY UPDATE", parts)
        self.page_row_sql = sql.SQL("CASE WHEN t.id IS NOT NULL THEN {} END").format(self.row_sql)
        self.rows_sql = _written(
            "SELECT t.id::text, {row}::text FROM {table} t WHERE t.id = ANY(%s::uuid[]) ORDER BY t.id", parts
        )
        self.keys_sql = _written("SELECT t.id::text FROM {table} t ORDER BY t.id", parts)
        parts["deleted"] = sql.SQL("t.deleted_at IS NOT NULL" if self.soft_deleted else "false")
        self.parent_sql = _written(
            "SELECT t.id::text, t.scope_id::text, {deleted} FROM {table} t WHERE t.id = ANY(%s::uuid[])", parts
        )

        self.forks_sql = {
            column: _written(
                "SELECT DISTINCT ON (a.id) a.id::text, b.id::text FROM {table} a JOIN {table} b"
                " ON b.{column} = a.{column} AND b.id <> a.id WHERE a.id = ANY(%s::uuid[]) ORDER BY a.id, b.id",
                {"table": sql.Identifier(self.name), "column": sql.Identifier(column)},
            )
            for column in SUCCESSION
            if column in self.kinds
        }
        if AMENDMENT in self.kinds and not self.forks_sql:
            # Two desks amended one signed record, neither knowing of the other (D2). What was taken back is none.
            self.forks_sql[AMENDMENT] = _written(
                "SELECT DISTINCT ON (a.id) a.id::text, b.id::text FROM {table} a JOIN {table} b"
                " ON b.amends_id = a.amends_id AND b.id <> a.id AND b.deleted_at IS NULL"
                " WHERE a.id = ANY(%s::uuid[]) AND a.deleted_at IS NULL ORDER BY a.id, b.id",
                {"table": sql.Identifier(self.name)},
            )

    def _merge_rules(self) -> MergeRules:
        policy = self.plan.shape.policy
        groups = {
            str(column.name): str(column.info["merge_group"])
            for column in self.plan.shape.wire_columns
            if "merge_group" in column.info
        }
        return MergeRules(_MERGE_CLASSES[policy.kind], groups, policy.signed_when, policy.after_sign)

    def _parents(self) -> list[ParentKey]:
        synced = wire_tables().by_name
        return [
            ParentKey(str(column.name), str(key.column.table.name), bool(column.info.get("cross_scope")))
            for column in self.plan.shape.wire_columns
            for key in column.foreign_keys
            if key.column.table.name in synced
        ]

    def _names(self) -> Iterator[NamedPlace]:
        """Every place that names another row: the authors among the stamps, then the keys that travel."""
        for column in self.plan.table.columns:
            if column.name in STAMPS and column.foreign_keys:
                (key,) = column.foreign_keys
                yield NamedPlace(STAMPS.index(column.name), str(key.column.table.name), cross_scope=False)
        for parent in self.parents:
            position = len(STAMPS) + self.columns.index(parent.column)
            yield NamedPlace(position, parent.table, parent.cross_scope)


def _written(statement: LiteralString, parts: Mapping[str, sql.Composable]) -> bytes:
    """The statement as the driver sends it: writing it out at every use would cost as much as its parameters."""
    return sql.SQL(statement).format(**parts).as_bytes()


_NEVER_UPDATED = frozenset({'"id"', '"created_at"', '"created_by"'})


def _json_array(values: Sequence[sql.Composable]) -> sql.Composable:
    return sql.SQL("json_build_array({})").format(sql.SQL(", ").join(values))


def _stamps_sql() -> list[sql.Composable]:
    """The stamps in the order of `STAMPS`, canonical."""
    instants = {"created_at", "updated_at"}
    return [wire_sql(sql.Identifier("t", name), Kind.INSTANT if name in instants else Kind.UUID) for name in STAMPS]


_WIRE_SQL = {
    Kind.INSTANT: """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
    Kind.DATE: "to_char({}, 'YYYY-MM-DD')",
    Kind.TIME: "regexp_replace(to_char({}::interval, 'HH24:MI:SS.US'), '\\.000000$', '')",
    Kind.NUMBER: "trim_scale({})::text",
    Kind.BYTES: "translate(encode({}, 'base64'), E'\\n', '')",
}


def wire_sql(column: sql.Composable, kind: Kind) -> sql.Composable:
    """The canonical form of a column, made by PostgreSQL itself: Python never touches the rows of a page (D20)."""
    return sql.SQL(_WIRE_SQL.get(kind, "{}")).format(column)


def _authority_of(kind: SyncClass, scope: ScopePath) -> Authority:
    if kind is SyncClass.UPLOAD_ONLY:
        return Authority.DEVICE
    if kind is SyncClass.DISTRICT:
        return Authority.DISTRICT
    return Authority.SCHOOL if scope.anchor in {Anchor.SCHOOL, Anchor.DISTRICT} else Authority.CLINIC


def _with_default(plan: TablePlan) -> list[sa.Column[Any]]:
    """Columns that may not be null and say themselves what they hold where nothing is given."""
    return [c for c in plan.shape.wire_columns if not c.nullable and c.default is not None]


def _default(column: sa.Column[Any]) -> object:
    default = column.default
    assert default is not None
    if default.is_callable:
        return default.arg(None)  # type: ignore[attr-defined]  # `list` or `dict`
    return getattr(default, "arg", None)


def _unique_keys(table: sa.Table) -> list[tuple[str, tuple[str, ...]]]:
    """Name and columns of each unique rule besides the primary key."""
    indexes = [(str(index.name), tuple(str(c.name) for c in index.columns)) for index in table.indexes if index.unique]
    constraints = [
        (str(constraint.name), tuple(str(c.name) for c in constraint.columns))
        for constraint in table.constraints
        if isinstance(constraint, sa.UniqueConstraint)
    ]
    return indexes + constraints


@cache
def synced_tables() -> Mapping[str, SyncedTable]:
    """Every synced table by name, parents first; made once a process."""
    models = {mapper.local_table.name: mapper.class_ for mapper in Base.registry.mappers}  # type: ignore[attr-defined]  # every mapper here is of one table
    return {str(name): SyncedTable(plan, models[name]) for name, plan in wire_tables().by_name.items()}
