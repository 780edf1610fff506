"""Builds what a person decides a conflict by: the fields, the rows to look at, and what can be done."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from clinicdesk.domain.canonical import same_value
from clinicdesk.domain.people import PersonName
from clinicdesk.models import Student, SyncConflict
from clinicdesk.models.enums import ConflictKind
from clinicdesk.models.registry import table_of
from clinicdesk.services import succession
from clinicdesk.services.conflict_beside import alone_of, beside_of, compared_fields, field_of, people_behind, same_unit
from clinicdesk.services.conflict_values import (
    DECISIONS,
    Beside,
    ConflictField,
    ConflictLine,
    act_for,
    record_name,
    wire,
)
from clinicdesk.services.conflict_ways import Way, act_of, ways_of
from clinicdesk.services.desk import Desk, schools_of
from clinicdesk.storage.queries import conflicts as rows

_WHOLE_ROWS = frozenset({ConflictKind.POSSIBLE_DUPLICATE, ConflictKind.ORPHAN})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictSheet:
    """One conflict with everything a person decides by. `here`: the change was made at this very device.

    `alone` is the row in question as it stands here, where no other one stands beside it: what an orphan says.
    `forked` are the open lines of a fork; with fewer than two there is nothing to join any more. `amended_twice`: two
    amendments of one signed record, which stay two.
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
    alone: Beside | None = None
    beside: Beside | None = None
    forked: int = 0
    amended_twice: bool = False


def schools_named(row: SyncConflict) -> tuple[uuid.UUID, ...] | None:
    return (row.school_id,) if row.student_id is None and row.school_id is not None else None


def line_of(session: Session, row: SyncConflict, people: Mapping[uuid.UUID, Student]) -> ConflictLine:
    student = people.get(row.student_id) if row.student_id else None
    about = _decided_row(session, row) if row.table_name == DECISIONS else (row.table_name, row.entity_id)
    return ConflictLine(
        id=row.id,
        kind=row.kind,
        table=row.table_name,
        record=_record(session, rows.row_of(session, *about) or {}),
        student_id=row.student_id,
        student=PersonName(first=student.first_name, last=student.last_name, preferred=student.preferred_name)
        if student
        else None,
        fields=tuple(row.fields),
        is_safety=row.is_safety,
        since=row.authored_at or row.created_at,
    )


def _record(session: Session, row: Mapping[str, Any]) -> str:
    """An order or a dose is called by its medicine."""
    medicine = row.get("medication_id")
    return record_name(row) if medicine is None else rows.names_behind(session, [medicine]).get(medicine, "")


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
        alone=alone_of(session, desk, row) if row.kind is ConflictKind.ORPHAN else None,
        beside=beside_of(session, desk, row),
        forked=len(ends),
        amended_twice=row.kind is ConflictKind.FORK and not succession.follows(row.table_name),
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
    people = people_behind(session, *(value for side in sides for value in side.values()))
    base, mine, theirs = sides
    return tuple(
        field_of(
            columns[name],
            base=base.get(name) if name in row.fields else base.get(name, theirs.get(name)),
            # What a side did not touch still stands there as it was.
            mine=mine.get(name, base.get(name, theirs.get(name))),
            theirs=theirs.get(name, base.get(name)),
            in_dispute=name in row.fields,
            people=people,
            unit=same_unit(name, columns, {**stands, **mine}, {**stands, **theirs}),
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
    return compared_fields(session, table, names, common, mine, theirs, in_dispute=True)
