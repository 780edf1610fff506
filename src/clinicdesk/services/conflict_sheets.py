"""Builds what a person decides a conflict by: the fields, the two rows side by side, and what can be done."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.domain.canonical import WireValue, same_value
from clinicdesk.domain.people import PersonName
from clinicdesk.models import Student, SyncConflict
from clinicdesk.models.enums import ConflictKind
from clinicdesk.models.registry import references, table_of
from clinicdesk.services import succession
from clinicdesk.services.conflict_values import (
    DECISIONS,
    Beside,
    ConflictField,
    ConflictLine,
    Written,
    act_for,
    record_name,
    wire,
)
from clinicdesk.services.conflict_ways import Way, act_of, holder_of, ways_of
from clinicdesk.services.desk import Desk, schools_of
from clinicdesk.storage.queries import conflicts as rows

_WHOLE_ROWS = frozenset({ConflictKind.POSSIBLE_DUPLICATE, ConflictKind.ORPHAN})

_OF_A_DOSE = (
    "administered_at", "administered_by", "administered_by_name", "dosage", "dosage_unit", "route", "outcome",
    "scheduled_for", "recorded_at", "notes",
)  # fmt: skip
_OF_A_CHILD = (
    "first_name", "middle_name", "last_name", "preferred_name", "date_of_birth", "gender", "grade", "homeroom",
    "student_number", "school_id",
)  # fmt: skip
_OF_A_PARENT = ("deleted_at", "deleted_by", "delete_reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictSheet:
    """One conflict with everything a person decides by. `here`: the change was made at this very device.

    `forked` are the open lines of a fork; with fewer than two there is nothing to join any more.
    """

    line: ConflictLine
    fields: tuple[ConflictField, ...]
    here: bool
    mine_by: str
    mine_at: dt.datetime | None
    theirs_by: str
    theirs_at: dt.datetime | None
    born: dt.date | None
    grade: str
    photo: str | None
    may_decide: bool
    ways: tuple[Way, ...] = ()
    barred: frozenset[Way] = frozenset()
    beside: Beside | None = None
    forked: int = 0


def schools_named(row: SyncConflict) -> tuple[uuid.UUID, ...] | None:
    return (row.school_id,) if row.student_id is None and row.school_id is not None else None


def line_of(session: Session, row: SyncConflict, people: Mapping[uuid.UUID, Student]) -> ConflictLine:
    student = people.get(row.student_id) if row.student_id else None
    about = _decided_row(session, row) if row.table_name == DECISIONS else (row.table_name, row.entity_id)
    return ConflictLine(
        id=row.id,
        kind=row.kind,
        table=row.table_name,
        record=record_name(rows.row_of(session, *about) or {}),
        student_id=row.student_id,
        student=PersonName(first=student.first_name, last=student.last_name, preferred=student.preferred_name)
        if student
        else None,
        fields=tuple(row.fields),
        is_safety=row.is_safety,
        since=row.authored_at or row.created_at,
    )


def sheet_of(session: Session, desk: Desk, row: SyncConflict) -> ConflictSheet:
    people = rows.students(session, {row.student_id} if row.student_id else ())
    student = people.get(row.student_id) if row.student_id else None
    authors = rows.user_names(session, {key for key in (row.author_id, row.server_author_id) if key})
    schools = schools_named(row)
    if schools is None and row.student_id is not None:
        schools = tuple(schools_of(session, row.student_id))
    ends = succession.branches(session, row.table_name, row.entity_id) if row.kind is ConflictKind.FORK else ()
    ways = ways_of(session, desk, row)
    barred = [way for way in ways if (act := act_of(way)) is not None and not desk.may(act, schools)]
    return ConflictSheet(
        line=line_of(session, row, people),
        fields=_forked_fields(session, row, ends) if len(ends) > 1 else _fields(session, row),
        here=row.device_id is None or row.device_id == desk.device_id,
        mine_by=authors.get(row.author_id, "") if row.author_id else "",
        mine_at=row.authored_at,
        theirs_by=authors.get(row.server_author_id, "") if row.server_author_id else "",
        theirs_at=row.server_changed_at,
        born=student.date_of_birth if student else None,
        grade=student.grade or "" if student else "",
        photo=student.photo if student else None,
        may_decide=desk.may(act_for(_decided_table(session, row)), schools),
        ways=ways,
        barred=frozenset(barred),
        beside=_beside(session, desk, row),
        forked=len(ends),
    )


def _decided_table(session: Session, row: SyncConflict) -> str:
    """Whose matter it is: a conflict about a decision is that of the record decided about."""
    return _decided_row(session, row)[0] if row.table_name == DECISIONS else row.table_name


def _decided_row(session: Session, row: SyncConflict) -> tuple[str, uuid.UUID]:
    first = rows.one(session, row.entity_id)
    return (row.table_name, row.entity_id) if first is None else (first.table_name, first.entity_id)


def _fields(session: Session, row: SyncConflict) -> tuple[ConflictField, ...]:
    """Those in dispute first, then the rest of their group; where whole rows are in dispute see `_beside`."""
    if row.table_name == DECISIONS or row.kind in _WHOLE_ROWS:
        return ()
    columns = table_of(row.table_name).c
    sides = (row.base_values or {}, row.client_version or {}, row.server_version or {})
    names = [*row.fields, *sorted({name for side in sides for name in side} - set(row.fields))]
    stands = rows.row_of(session, row.table_name, row.entity_id) or {}
    people = _people(session, *(value for side in sides for value in side.values()))
    base, mine, theirs = sides
    return tuple(
        _field(
            columns[name],
            base=base.get(name) if name in row.fields else base.get(name, theirs.get(name)),
            # What a side did not touch still stands there as it was.
            mine=mine.get(name, base.get(name, theirs.get(name))),
            theirs=theirs.get(name, base.get(name)),
            in_dispute=name in row.fields,
            people=people,
        )
        for name in names
        if name in columns and (name in stands or not stands)
    )


def _forked_fields(
    session: Session, row: SyncConflict, ends: tuple[Mapping[str, Any], ...]
) -> tuple[ConflictField, ...]:
    """A fork is a three-way merge as well: the row that both follow, and what each of the two made of it."""
    table = row.table_name
    common = succession.common_row(session, table, row.entity_id) or {}
    mine, theirs = ends[0], ends[1]
    names = [
        name
        for name in succession.compared(table)
        if not same_value(wire(table, mine, name), wire(table, theirs, name))
    ]
    return _compared(session, table, names, common, mine, theirs, in_dispute=True)


def _beside(session: Session, desk: Desk, row: SyncConflict) -> Beside | None:
    if row.table_name == DECISIONS:
        return _decisions(session, desk, row)
    match row.kind:
        case ConflictKind.POSSIBLE_DUPLICATE if row.other_entity_id is not None:
            return _two_rows(session, desk, row.table_name, row.entity_id, row.other_entity_id, _OF_A_DOSE)
        case ConflictKind.UNIQUE if row.table_name == "students":
            holder = holder_of(session, row)
            return None if holder is None else _two_rows(session, desk, "students", row.entity_id, holder, _OF_A_CHILD)
        case ConflictKind.ORPHAN:
            return _gone_parent(session, row)
    return None


def _two_rows(
    session: Session, desk: Desk, table: str, left: uuid.UUID, right: uuid.UUID, names: Collection[str]
) -> Beside | None:
    mine, theirs = rows.row_of(session, table, left), rows.row_of(session, table, right)
    if mine is None or theirs is None:
        return None
    shown = [name for name in names if name in table_of(table).c and (mine[name] is not None or theirs[name])]
    return Beside(
        table=table,
        left=_written(session, desk, mine),
        right=_written(session, desk, theirs),
        fields=_compared(session, table, shown, {}, mine, theirs, in_dispute=False),
    )


def _gone_parent(session: Session, row: SyncConflict) -> Beside | None:
    """The parent that was deleted: when, by whom and why."""
    own = rows.row_of(session, row.table_name, row.entity_id) or {}
    for key in references(row.table_name):
        if key.column in row.fields and own.get(key.column) is not None:
            parent = rows.row_of(session, key.target, own[key.column])
            if parent is not None:
                names = [name for name in _OF_A_PARENT if parent[name] is not None]
                fields = _compared(session, key.target, names, {}, {}, parent, in_dispute=False)
                return Beside(table=key.target, left=Written(), right=Written(), fields=fields)
    return None


def _decisions(session: Session, desk: Desk, row: SyncConflict) -> Beside | None:
    """Both decisions of one conflict, as the values that each would have stand (s38)."""
    first = rows.one(session, row.entity_id)
    if first is None:
        return None
    sides = [side or {} for side in (row.client_version, row.server_version)]
    decided = [dict(side.get("merged_data") or {}) for side in sides]
    names = [name for name in dict.fromkeys([*decided[0], *decided[1]]) if name in table_of(first.table_name).c]
    people = _people(
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
            _field(
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
    author = row.get("administered_by") or row.get("created_by")
    names = {} if author is None else rows.user_names(session, [author])
    return Written(
        by=names.get(author, "") if author is not None else "",
        at=row.get("recorded_at") or row.get("created_at"),
        here=row.get("device_id") == desk.device_id,
    )


def _compared(
    session: Session,
    table: str,
    names: Collection[str],
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    *,
    in_dispute: bool,
) -> tuple[ConflictField, ...]:
    columns = table_of(table).c
    sides = [{name: wire(table, side, name) for name in names} for side in (base, mine, theirs)]
    people = _people(session, *(value for side in sides for value in side.values()))
    return tuple(
        _field(
            columns[name],
            base=sides[0][name],
            mine=sides[1][name],
            theirs=sides[2][name],
            in_dispute=in_dispute,
            people=people,
        )
        for name in names
    )


def _field(
    column: sa.ColumnElement[Any],
    *,
    base: WireValue,
    mine: WireValue,
    theirs: WireValue,
    in_dispute: bool,
    people: Mapping[str, str],
) -> ConflictField:
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
    )


def _people(session: Session, *values: object) -> Mapping[str, str]:
    """Names behind keys: people, schools and medicines."""
    keys = {key for value in values if (key := _key(value)) is not None}
    return {str(key): name for key, name in rows.names_behind(session, keys).items()} if keys else {}


def _key(value: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(value) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None
