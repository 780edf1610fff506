"""Conflicts for a person: what is undecided, what each side says, and writing the decision (ux-spec 7.12, D22, s38)."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clinicdesk.core.errors import InvalidValueError, UserFacingError
from clinicdesk.domain.canonical import WireValue
from clinicdesk.domain.people import PersonName
from clinicdesk.domain.permissions import Act
from clinicdesk.models import Student, SyncConflict
from clinicdesk.models.enums import AuditAction, ConflictKind, SyncConflictStatus
from clinicdesk.models.registry import model_of, table_of
from clinicdesk.models.rules import validate
from clinicdesk.services.desk import Desk, schools_of
from clinicdesk.services.undo import LastAct, reason_for
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import conflicts as rows
from clinicdesk.storage.store import Work

ROSTER_TABLES = frozenset(
    {"students", "student_enrollments", "schools", "districts", "academic_sessions", "calendar_days", "users"}
)
"""Rows of the office: a conflict in them is decided by the office, any other by the clinic."""

_TITLES = ("allergen", "condition", "medication_name", "vaccine_name", "name", "title", "reason", "chief_complaint")


class ConflictMovedOnError(UserFacingError):
    """The record was changed after the decision, so the decision cannot simply be taken back."""

    code = "conflict_moved_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictField:
    """One field in dispute in canonical form; `codes` are the words of a closed list, `people` names behind keys."""

    name: str
    base: WireValue
    mine: WireValue
    theirs: WireValue
    in_dispute: bool
    is_safety: bool
    group: str | None
    codes: tuple[str, ...]
    required: bool
    people: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictLine:
    """A conflict in the list."""

    id: uuid.UUID
    kind: ConflictKind
    table: str
    record: str
    student_id: uuid.UUID | None
    student: PersonName | None
    fields: tuple[str, ...]
    is_safety: bool
    since: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictSheet:
    """One conflict with everything a person decides by. `here`: the change was made at this very device."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncDay:
    """What today's sessions moved, and how long the last whole one took."""

    received: int
    sent: int
    last_took: dt.timedelta | None


class Conflicts:
    """What a person at the desk does with conflicts."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def may_view(self) -> bool:
        return self._desk.may(Act.VIEW_CONFLICTS)

    def open_conflicts(self) -> tuple[ConflictLine, ...]:
        """All undecided ones of this device, safety first."""
        with self._desk.look(Act.VIEW_CONFLICTS) as session:
            found = rows.undecided(session)
            people = rows.students(session, {row.student_id for row in found if row.student_id})
            return tuple(_line(session, row, people) for row in found)

    def today(self) -> SyncDay:
        local = self._desk.local(self._desk.now())
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        with self._desk.look(Act.VIEW_SYNC) as session:
            received, sent = rows.moved_since(session, midnight)
            return SyncDay(received=received, sent=sent, last_took=rows.last_duration(session))

    def open(self, conflict: uuid.UUID) -> ConflictSheet | None:
        """One conflict with its values, audited before it is shown (D34); None when it is decided already."""
        with self._desk.look(Act.VIEW_CONFLICTS) as session:
            row = rows.one(session, conflict)
            if row is None or row.status is SyncConflictStatus.RESOLVED or row.deleted_at is not None:
                return None
            schools = _schools(row)
            entry = AuditEntry(AuditAction.READ, "SyncConflict", entity_id=row.id, student_id=row.student_id)
        with self._desk.open_record(Act.VIEW_CONFLICTS, entry, schools=schools) as session:
            return self._sheet(session, rows.undecided(session), conflict)

    def settle(self, conflict: uuid.UUID, words: str, write: Callable[[Work], None]) -> LastAct:
        """Write a decision by `write` in one audited transaction; the record must hold by its own rules afterwards.

        Raises:
            InvalidValueError: the record would break a rule it kept before.
            ConflictMovedOnError: there is no such conflict.
        """
        with self._desk.store.read() as session:
            found = rows.one(session, conflict)
            if found is None:
                raise ConflictMovedOnError
            table, key, student, schools = found.table_name, found.entity_id, found.student_id, _schools(found)
        act = act_for(table)
        entry = AuditEntry(
            AuditAction.CONFLICT_RESOLVE,
            "SyncConflict",
            entity_id=conflict,
            student_id=student,
            facts={"table": table, "row": str(key)},
        )
        try:
            with self._desk.act(act, entry, schools=schools) as work:
                before = rows.row_of(work.session, table, key)
                write(work)
                after = rows.row_of(work.session, table, key)
                if before is not None and after is not None:
                    _check(table, before, after)
                at = work.at
        except IntegrityError as error:
            # The file refused the row before it could be read back; the statement is no word for a person.
            raise _refused(error) from None
        stood = rows.changed(before, after) if before is not None and after is not None else {}
        stands = {name: after[name] for name in stood} if after is not None else {}

        def undo(reason: str | None) -> None:
            because = reason_for(at, self._desk.now(), reason)
            taken = AuditEntry(
                AuditAction.UPDATE,
                "SyncConflict",
                entity_id=conflict,
                student_id=student,
                facts={"table": table, "row": str(key)},
                changes={"reason": because},
            )
            with self._desk.act(act, taken, schools=schools) as work:
                now = rows.row_of(work.session, table, key)
                if now is not None and any(now[name] != value for name, value in stands.items()):
                    raise ConflictMovedOnError
                rows.put_back(work.session, table, key, stood)
                rows.reopen(work.session, conflict)

        return LastAct(words, at, undo)

    def _sheet(self, session: Session, found: list[SyncConflict], conflict: uuid.UUID) -> ConflictSheet | None:
        row = next((one for one in found if one.id == conflict), None)
        if row is None:
            return None
        people = rows.students(session, {row.student_id} if row.student_id else ())
        student = people.get(row.student_id) if row.student_id else None
        authors = rows.user_names(session, {key for key in (row.author_id, row.server_author_id) if key})
        schools = _schools(row)
        if schools is None and row.student_id is not None:
            schools = tuple(schools_of(session, row.student_id))
        return ConflictSheet(
            line=_line(session, row, people),
            fields=_fields(session, row),
            here=row.device_id is None or row.device_id == self._desk.device_id,
            mine_by=authors.get(row.author_id, "") if row.author_id else "",
            mine_at=row.authored_at,
            theirs_by=authors.get(row.server_author_id, "") if row.server_author_id else "",
            theirs_at=row.server_changed_at,
            born=student.date_of_birth if student else None,
            grade=student.grade or "" if student else "",
            photo=student.photo if student else None,
            may_decide=self._desk.may(act_for(row.table_name), schools),
        )


def act_for(table: str) -> Act:
    """Who decides: the office about roster rows, the clinic about all else."""
    return Act.RESOLVE_ROSTER_CONFLICT if table in ROSTER_TABLES else Act.RESOLVE_CLINICAL_CONFLICT


def _schools(row: SyncConflict) -> tuple[uuid.UUID, ...] | None:
    return (row.school_id,) if row.student_id is None and row.school_id is not None else None


def _line(session: Session, row: SyncConflict, people: Mapping[uuid.UUID, Student]) -> ConflictLine:
    student = people.get(row.student_id) if row.student_id else None
    return ConflictLine(
        id=row.id,
        kind=row.kind,
        table=row.table_name,
        record=_record(session, row),
        student_id=row.student_id,
        student=PersonName(first=student.first_name, last=student.last_name, preferred=student.preferred_name)
        if student
        else None,
        fields=tuple(row.fields),
        is_safety=row.is_safety,
        since=row.authored_at or row.created_at,
    )


def _record(session: Session, row: SyncConflict) -> str:
    """What the record is called: the allergen of an allergy, the name of a contact."""
    stands = rows.row_of(session, row.table_name, row.entity_id) or {}
    if "last_name" in stands:
        return " ".join(str(stands[part]) for part in ("first_name", "last_name") if stands[part])
    return next((str(stands[name]) for name in _TITLES if stands.get(name)), "")


def _fields(session: Session, row: SyncConflict) -> tuple[ConflictField, ...]:
    """Those in dispute first, then the rest of their group."""
    columns = table_of(row.table_name).c
    sides = (row.base_values or {}, row.client_version or {}, row.server_version or {})
    names = [*row.fields, *sorted({name for side in sides for name in side} - set(row.fields))]
    stands = rows.row_of(session, row.table_name, row.entity_id) or {}
    keys = {key for side in sides for value in side.values() if (key := _key(value)) is not None}
    people = {str(key): name for key, name in rows.user_names(session, keys).items()}
    base, mine, theirs = sides
    return tuple(
        ConflictField(
            name=name,
            base=base.get(name) if name in row.fields else base.get(name, theirs.get(name)),
            # What a side did not touch still stands there as it was.
            mine=mine.get(name, base.get(name, theirs.get(name))),
            theirs=theirs.get(name, base.get(name)),
            in_dispute=name in row.fields,
            is_safety=bool(columns[name].info.get("safety")),
            group=columns[name].info.get("merge_group"),
            codes=_codes(columns[name]),
            required=not columns[name].nullable,
            people=people,
        )
        for name in names
        if name in columns and (name in stands or not stands)
    )


def _codes(column: sa.Column[Any]) -> tuple[str, ...]:
    return tuple(column.type.enums) if isinstance(column.type, sa.Enum) else ()


def _key(value: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(value) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None


def _check(table: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """A decision breaks no rule that the record kept; what was amiss before is no reason to refuse it."""
    model = model_of(table).__name__
    known = {(problem.field, problem.problem) for problem in validate(model, before)}
    for problem in validate(model, after):
        if (problem.field, problem.problem) not in known:
            raise InvalidValueError(problem.field, problem.problem, **_params(problem))


def _refused(error: IntegrityError) -> InvalidValueError:
    """Which field another record holds already (s33); else that the record cannot stand."""
    taken = re.search(r"UNIQUE constraint failed: \w+\.(\w+)", str(error.orig))
    return InvalidValueError("result", "refused") if taken is None else InvalidValueError(taken[1], "taken")


def _params(problem: InvalidValueError) -> dict[str, Any]:
    return {name: value for name, value in problem.params.items() if name not in {"field", "problem"}}
