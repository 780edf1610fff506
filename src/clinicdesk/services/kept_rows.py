"""What a mended row said before, for a person to use after all or to dismiss (s55, ux-spec 7.12)."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clinicdesk.core.errors import InvalidValueError, UserFacingError
from clinicdesk.domain.canonical import WireValue, python_value
from clinicdesk.domain.people import PersonName
from clinicdesk.domain.permissions import Act
from clinicdesk.models.enums import AuditAction
from clinicdesk.models.policy import SyncClass
from clinicdesk.models.registry import (
    authority_columns,
    canonical_kind,
    is_append_only,
    model_of,
    policy_of,
    sealed_columns,
    table_of,
)
from clinicdesk.services import amending, succession
from clinicdesk.services.conflict_beside import field_of, people_behind, same_unit
from clinicdesk.services.conflict_rules import refused, require_no_new_problem
from clinicdesk.services.conflict_values import ConflictField, act_for, record_name, wire
from clinicdesk.services.desk import Desk, schools_of
from clinicdesk.services.undo import LastAct, reason_for
from clinicdesk.storage import kept_values
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.kept_parts import undecided_parts
from clinicdesk.storage.queries import conflicts as rows
from clinicdesk.storage.queries.sync_items import students_of
from clinicdesk.storage.store import Work

_DOSES = "medication_logs"
_OF_THE_PROGRAM = frozenset(
    {
        "deleted_at", "delete_reason", "entry_kind", "lease_expired", "number_status", "slot_key", "source",
        "zone_offset_minutes",
    }
)  # fmt: skip
"""Columns that follow from what a person does; none of them is typed."""


class KeptGoneError(UserFacingError):
    """Somebody decided about the kept value already, or the record left this workstation."""

    code = "kept_value_gone"


class KeptMovedOnError(UserFacingError):
    """The record was changed after the kept value was used, so that cannot simply be taken back."""

    code = "kept_value_moved_on"


class Use(enum.StrEnum):
    """How a kept value goes into the record, or why it does not."""

    EDIT = "edit"  # an ordinary change of the row
    CORRECT = "correct"  # a row of its own follows, with a reason (D1)
    AMEND = "amend"  # a signed amendment, with a reason (D2)
    DISTRICT = "district"  # only the district writes such a field
    PROGRAM = "program"  # the program keeps it, no person types it
    UNREADABLE = "unreadable"  # what stood there is no value of this field at all
    SIGNED = "signed"  # a signed order is changed by a new version of it

    @property
    def possible(self) -> bool:
        return self in {Use.EDIT, Use.CORRECT, Use.AMEND}

    @property
    def asks_reason(self) -> bool:
        return self in {Use.CORRECT, Use.AMEND}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLine:
    """Something that was kept of a mended row: one field, or those that mean something only together (s36)."""

    row: uuid.UUID
    at: str
    table: str
    fields: tuple[str, ...]
    record: str
    student_id: uuid.UUID | None
    student: PersonName | None
    is_safety: bool

    @property
    def id(self) -> str:
        return f"{self.row}/{self.at}/{self.fields[0]}"

    @property
    def mended_at(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSheet:
    """With the values: `mine` of a field is what was kept, `theirs` what stands there now.

    `raw` are values as they stood in the file, where they are no values of their field.
    """

    line: KeptLine
    fields: tuple[ConflictField, ...]
    raw: Mapping[str, str]
    use: Use
    may_use: bool
    may_dismiss: bool
    born: dt.date | None
    grade: str
    photo: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The columns that are decided as one; `kept` has no value that cannot be read."""

    line: KeptLine
    kept: Mapping[str, WireValue]
    raw: Mapping[str, str]
    stands: Mapping[str, Any]


class KeptRows:
    """What a person at the desk does with what was kept of mended rows."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def may_view(self) -> bool:
        return self._desk.may(Act.VIEW_CONFLICTS)

    def lines(self) -> tuple[KeptLine, ...]:
        """Everything nobody has decided about, the newest first; what stands in the row again is no matter."""
        with self._desk.look(Act.VIEW_CONFLICTS) as session:
            return tuple(part.line for part in _parts(session))

    def open(self, line: KeptLine) -> KeptSheet | None:
        """The values, audited before they are shown (D34); None when it is decided already."""
        entry = AuditEntry(
            AuditAction.READ, model_of(line.table).__name__, entity_id=line.row, student_id=line.student_id
        )
        with self._desk.open_record(Act.VIEW_CONFLICTS, entry) as session:
            part = _find(session, line)
            return None if part is None else self._sheet(session, part)

    def use(self, line: KeptLine, words: str, reason: str = "") -> LastAct | None:
        """Write the kept values into the record as this person's own change.

        None where a row was added: that is corrected in the record, not taken back here.

        Raises:
            KeptGoneError: it is decided already.
            InvalidValueError: it cannot be used, a reason is missing, or a rule of the record stands against it.
            PermissionDeniedError: the record is another role's.
        """
        entry = self._entry(line, "used", reason)
        for also in _also(line.table, self._use_of(line)):
            self._desk.require(also, entry)
        try:
            with self._desk.act(act_for(line.table), entry) as work:
                part = _find(work.session, line)
                if part is None:
                    raise KeptGoneError
                written = self._write(work, part, reason)
                kept_values.settle(work.session, line.row, line.at, line.fields)
                at = work.at
        except IntegrityError as error:
            raise refused(error) from None
        if written is None:
            return None
        before, after = written

        def undo(given: str | None) -> None:
            because = reason_for(at, self._desk.now(), given)
            with self._desk.act(act_for(line.table), self._entry(line, "taken back", because)) as work:
                now = rows.row_of(work.session, line.table, line.row)
                if now is None or any(now[name] != after[name] for name in line.fields):
                    raise KeptMovedOnError
                rows.put_back(work.session, line.table, line.row, before)
                kept_values.settle(work.session, line.row, line.at, line.fields, settled=False)

        return LastAct(words, at, undo)

    def dismiss(self, line: KeptLine, words: str, reason: str) -> LastAct:
        """What stands in the record is right. The kept value is not shown any more; it stays in the file.

        Raises:
            KeptGoneError: it is decided already.
            InvalidValueError: no reason was given.
            PermissionDeniedError: the record is another role's.
        """
        if not reason.strip():
            raise InvalidValueError("correction_reason", "missing")
        with self._desk.act(act_for(line.table), self._entry(line, "dismissed", reason)) as work:
            if _find(work.session, line) is None:
                raise KeptGoneError
            kept_values.settle(work.session, line.row, line.at, line.fields)
            at = work.at

        def undo(given: str | None) -> None:
            because = reason_for(at, self._desk.now(), given)
            with self._desk.act(act_for(line.table), self._entry(line, "taken back", because)) as work:
                kept_values.settle(work.session, line.row, line.at, line.fields, settled=False)

        return LastAct(words, at, undo)

    # --- parts --------------------------------------------------------------------------------------------------

    def _entry(self, line: KeptLine, done: str, reason: str) -> AuditEntry:
        return AuditEntry(
            AuditAction.CONFLICT_RESOLVE,
            model_of(line.table).__name__,
            entity_id=line.row,
            student_id=line.student_id,
            facts={"kept": done, "fields": list(line.fields), "mended_at": line.at},
            changes={"reason": reason} if reason else None,
        )

    def _use_of(self, line: KeptLine) -> Use:
        with self._desk.store.read() as session:
            part = _find(session, line)
            return Use.PROGRAM if part is None else _use(session, part)

    def _write(
        self, work: Work, part: _Part, reason: str
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:  # what stood in the fields, and the row afterwards
        table, key = part.line.table, part.line.row
        values = {name: python_value(canonical_kind(table, name), value) for name, value in part.kept.items()}
        match _use(work.session, part):
            case Use.CORRECT:
                succession.correct(work, self._desk, table, key, values, reason)
                return None
            case Use.AMEND:
                amending.amend(work, self._desk, table, key, values, reason)
                return None
            case Use.EDIT:
                rows.put_back(work.session, table, key, values)
                after = rows.row_of(work.session, table, key) or {}
                require_no_new_problem(table, part.stands, after)
                return {name: part.stands[name] for name in part.line.fields}, after
        raise InvalidValueError("result", "refused")

    def _sheet(self, session: Session, part: _Part) -> KeptSheet:
        line, table = part.line, part.line.table
        columns = table_of(table).c
        here = {**part.stands, **part.kept}
        theirs = {name: wire(table, part.stands, name) for name in line.fields}
        people = people_behind(session, *part.kept.values(), *theirs.values())
        student = None if line.student_id is None else rows.students(session, [line.student_id]).get(line.student_id)
        schools = None if line.student_id is None else schools_of(session, line.student_id)
        use = _use(session, part)
        may = self._desk.may(act_for(table), schools)
        return KeptSheet(
            line=line,
            fields=tuple(
                field_of(
                    columns[name],
                    base=None,
                    mine=part.kept.get(name),
                    theirs=theirs[name],
                    in_dispute=True,
                    people=people,
                    unit=same_unit(name, columns, here, part.stands),
                )
                for name in line.fields
            ),
            raw=part.raw,
            use=use,
            may_use=may and all(self._desk.may(also, schools) for also in _also(table, use)),
            may_dismiss=may,
            born=student.date_of_birth if student else None,
            grade=student.grade or "" if student else "",
            photo=student.photo if student else None,
        )


def _also(table: str, use: Use) -> tuple[Act, ...]:
    """What the person must be allowed besides deciding what is in dispute."""
    if use is Use.AMEND:
        return (Act.AMEND_NOTE,)
    return (Act.CORRECT_DOSE,) if use is Use.CORRECT and table == _DOSES else ()


def _find(session: Session, line: KeptLine) -> _Part | None:
    wanted = (line.id, line.fields)
    return next((part for part in _parts(session, line.row) if (part.line.id, part.line.fields) == wanted), None)


def _parts(session: Session, only: uuid.UUID | None = None) -> Iterator[_Part]:
    found = list(undecided_parts(session, only))
    whose = students_of(session, {(part.table, part.key) for part in found})
    students = rows.students(session, set(whose.values()))
    for part in found:
        child = whose.get((part.table, part.key))
        student = None if child is None else students.get(child)
        name = None
        if student is not None:
            name = PersonName(first=student.first_name, last=student.last_name, preferred=student.preferred_name)
        columns = table_of(part.table).c
        line = KeptLine(
            row=part.key,
            at=part.at,
            table=part.table,
            fields=part.fields,
            record=record_name(part.stands),
            student_id=child,
            student=name,
            is_safety=any(columns[field].info.get("safety") for field in part.fields),
        )
        yield _Part(line=line, kept=part.values, raw=part.raw, stands=part.stands)


def _use(session: Session, part: _Part) -> Use:
    table, fields = part.line.table, frozenset(part.line.fields)
    policy = policy_of(table)
    if part.raw:
        return Use.UNREADABLE
    if policy.kind in {SyncClass.DISTRICT, SyncClass.UPLOAD_ONLY} or fields & authority_columns(table):
        return Use.DISTRICT
    if not fields <= set(succession.compared(table)) - _OF_THE_PROGRAM or fields & sealed_columns(table):
        return Use.PROGRAM
    if is_append_only(table):
        return Use.CORRECT
    if policy.signed_when is not None and part.stands[policy.signed_when] is not None:
        if table == succession.ORDERS:
            return Use.SIGNED
        return Use.AMEND if amending.may_be_amended(session, table, part.line.row, part.kept) else Use.SIGNED
    return Use.EDIT
