"""The rows of a conflict to look at: two side by side, a deleted one, one that lost its parent (ux-spec 7.12)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.domain.canonical import WireValue
from clinicdesk.models import SyncConflict
from clinicdesk.models.enums import ConflictKind
from clinicdesk.models.registry import references, table_of
from clinicdesk.services import amending, succession
from clinicdesk.services.conflict_values import DECISIONS, Beside, ConflictField, Written, unit_column, wire
from clinicdesk.services.conflict_ways import holder_of
from clinicdesk.services.desk import Desk
from clinicdesk.storage.queries import conflicts as rows

_OF_A_DOSE = (
    "medication_id", "dosage", "dosage_unit", "route", "outcome", "administered_at", "administered_by",
    "administered_by_name", "scheduled_for", "recorded_at", "notes",
)  # fmt: skip
_NAMED = frozenset({"users", "schools", "medications"})
"""Rows that have a name to show behind their key."""

_OF_A_CHILD = (
    "first_name", "middle_name", "last_name", "preferred_name", "date_of_birth", "gender", "grade", "homeroom",
    "student_number", "school_id",
)  # fmt: skip
_AUTHORS = ("administered_by", "measured_by", "attended_by", "created_by")
_OF_A_DELETION = ("deleted_at", "deleted_by", "delete_reason")
_NAMED_TWICE = {"administered_by_name": "administered_by", "measured_by_name": "measured_by"}
"""A name in writing says nothing more where the person is known."""


def beside_of(session: Session, desk: Desk, row: SyncConflict) -> Beside | None:
    """What stands beside the row in question; None where its fields say all."""
    if row.table_name == DECISIONS:
        return _decisions(session, desk, row)
    match row.kind:
        case ConflictKind.POSSIBLE_DUPLICATE if row.other_entity_id is not None:
            return _two_rows(session, desk, row.table_name, row.entity_id, row.other_entity_id, _OF_A_DOSE)
        case ConflictKind.FORK if row.other_entity_id is not None and not succession.follows(row.table_name):
            names = amending.compared(row.table_name)
            return _two_rows(session, desk, row.table_name, row.entity_id, row.other_entity_id, names)
        case ConflictKind.UNIQUE if row.table_name == "students":
            holder = holder_of(session, row)
            return None if holder is None else _two_rows(session, desk, "students", row.entity_id, holder, _OF_A_CHILD)
        case ConflictKind.ORPHAN:
            return _gone_parent(session, row)
        case ConflictKind.DELETE_VS_EDIT:
            return _deletion(session, row.table_name, rows.row_of(session, row.table_name, row.entity_id) or {})
    return None


def _two_rows(
    session: Session, desk: Desk, table: str, left: uuid.UUID, right: uuid.UUID, names: Collection[str]
) -> Beside | None:
    mine, theirs = rows.row_of(session, table, left), rows.row_of(session, table, right)
    if mine is None or theirs is None:
        return None
    shown = [name for name in names if name in table_of(table).c and (mine[name] is not None or theirs[name])]
    shown = [name for name in shown if not all(one.get(_NAMED_TWICE.get(name, "")) for one in (mine, theirs))]
    return Beside(
        table=table,
        left=_written(session, desk, mine),
        right=_written(session, desk, theirs),
        fields=compared_fields(session, table, shown, {}, mine, theirs, in_dispute=False),
    )


def _gone_parent(session: Session, row: SyncConflict) -> Beside | None:
    """The parent that was deleted: what it said, and when, by whom and why it was deleted."""
    own = rows.row_of(session, row.table_name, row.entity_id) or {}
    for key in references(row.table_name):
        if key.column in row.fields and own.get(key.column) is not None:
            parent = rows.row_of(session, key.target, own[key.column])
            if parent is not None:
                return _deletion(session, key.target, parent, _said(key.target, parent))
    return None


def _deletion(session: Session, table: str, row: Mapping[str, Any], also: Collection[str] = ()) -> Beside | None:
    """When, by whom and why a row was deleted; None for one that stands."""
    if row.get("deleted_at") is None:
        return None
    names = [name for name in dict.fromkeys((*_OF_A_DELETION, *also)) if row.get(name) is not None]
    fields = compared_fields(session, table, names, {}, {}, row, in_dispute=False)
    return Beside(table=table, left=Written(), right=Written(), fields=fields, only=True)


def alone_of(session: Session, desk: Desk, row: SyncConflict) -> Beside | None:
    """What the row in question says as it stands here."""
    table = row.table_name
    own = rows.row_of(session, table, row.entity_id)
    if own is None:
        return None
    fields = compared_fields(session, table, _said(table, own), {}, {}, own, in_dispute=False)
    return Beside(table=table, left=Written(), right=_written(session, desk, own), fields=fields, only=True)


def _said(table: str, row: Mapping[str, Any]) -> list[str]:
    """The columns that a person filled, in the order of the model; keys to other records say nothing to a reader."""
    columns = table_of(table).c
    named = [
        column.name
        for column in columns
        if column.info.get("phi")
        and row[column.name] not in (None, "", [], {}, False)
        and (not column.foreign_keys or any(key.column.table.name in _NAMED for key in column.foreign_keys))
        and not row.get(_NAMED_TWICE.get(column.name, ""))
    ]
    units = {unit_column(name, columns.keys()) for name in named} - {""}
    return [*named, *(name for name in sorted(units) if name not in named and row[name] is not None)]


def _decisions(session: Session, desk: Desk, row: SyncConflict) -> Beside | None:
    """Both decisions of one conflict, as the values that each would have stand (s38)."""
    first = rows.one(session, row.entity_id)
    if first is None:
        return None
    sides = [side or {} for side in (row.client_version, row.server_version)]
    decided = [dict(side.get("merged_data") or {}) for side in sides]
    names = [name for name in dict.fromkeys([*decided[0], *decided[1]]) if name in table_of(first.table_name).c]
    people = people_behind(
        session,
        *(value for one in decided for value in one.values()),
        *(side.get("resolved_by") for side in sides),
    )
    columns = table_of(first.table_name).c
    theirs = {name: decided[1].get(name, (first.server_version or {}).get(name)) for name in names}
    return Beside(
        table=first.table_name,
        left=_resolver(sides[0], people, here=row.device_id == desk.device_id),
        right=_resolver(sides[1], people, here=False),
        fields=tuple(
            field_of(
                columns[name],
                base=None,
                mine=decided[0].get(name),
                theirs=theirs[name],
                in_dispute=False,
                people=people,
            )
            for name in names
        ),
    )


def _resolver(side: Mapping[str, Any], people: Mapping[str, str], *, here: bool) -> Written:
    at = side.get("resolved_at")
    return Written(
        by=people.get(str(side.get("resolved_by")), ""),
        at=None if at is None else dt.datetime.fromisoformat(str(at)),
        here=here,
    )


def _written(session: Session, desk: Desk, row: Mapping[str, Any]) -> Written:
    """Who wrote a row, and when it was typed; not who brought it here, nor when it arrived."""
    author = next((row[name] for name in _AUTHORS if row.get(name) is not None), None)
    names = {} if author is None else rows.user_names(session, [author])
    return Written(
        by=names.get(author, "") if author is not None else "",
        at=row.get("recorded_at") or row.get("created_at"),
        here=row.get("device_id") == desk.device_id,
    )


def compared_fields(
    session: Session,
    table: str,
    names: Collection[str],
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    *,
    in_dispute: bool,
) -> tuple[ConflictField, ...]:
    """Columns of two rows as fields; a column that says no more than the unit of another one is left out."""
    columns = table_of(table).c
    sides = [{name: wire(table, side, name) for name in names} for side in (base, mine, theirs)]
    people = people_behind(session, *(value for side in sides for value in side.values()))
    return tuple(
        field_of(
            columns[name],
            base=sides[0][name],
            mine=sides[1][name],
            theirs=sides[2][name],
            in_dispute=in_dispute,
            people=people,
            unit=same_unit(name, columns, *((mine, theirs) if mine else (theirs,))),
        )
        for name in names
        if not _is_unit_of(name, names) or len({str(side.get(name)) for side in (mine or theirs, theirs)}) > 1
    )


def _is_unit_of(column: str, names: Collection[str]) -> bool:
    """Whether it says no more than the unit of another one of them."""
    return any(unit_column(name, [column]) == column for name in names if name != column)


def same_unit(column: str, columns: Any, *sides: Mapping[str, Any]) -> str:  # Any: a collection of columns
    """The unit that all sides measure a column in; empty where there is none, or not one."""
    units = {_unit(column, columns, side) for side in sides}
    return units.pop() if len(units) == 1 else ""


def _unit(column: str, columns: Any, row: Mapping[str, Any]) -> str:  # Any: a collection of columns
    found = row.get(unit_column(column, columns.keys()))
    return "" if found is None else str(getattr(found, "value", found))


def field_of(
    column: sa.ColumnElement[Any],
    *,
    base: WireValue,
    mine: WireValue,
    theirs: WireValue,
    in_dispute: bool,
    people: Mapping[str, str],
    unit: str = "",
) -> ConflictField:
    """One column of two or three sides."""
    assert isinstance(column, sa.Column)
    return ConflictField(
        name=column.name,
        base=base,
        mine=mine,
        theirs=theirs,
        in_dispute=in_dispute,
        is_safety=bool(column.info.get("safety")),
        group=column.info.get("merge_group"),
        codes=tuple(column.type.enums) if isinstance(column.type, sa.Enum) else (),
        required=not column.nullable,
        people=people,
        unit=unit,
    )


def people_behind(session: Session, *values: object) -> Mapping[str, str]:
    """Names behind keys: people, schools and medicines."""
    keys = {key for value in values if (key := _key(value)) is not None}
    return {str(key): name for key, name in rows.names_behind(session, keys).items()} if keys else {}


def _key(value: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(value) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None
