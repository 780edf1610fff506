"""How a visit is written: its columns, its steps, its signatures, and what it leaves to do (D1, D2, M17, M18)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.people import PersonName
from clinicdesk.domain.visit_templates import TEMPLATES
from clinicdesk.domain.visits import Tick, Visit
from clinicdesk.i18n import Language, catalogue
from clinicdesk.models import Base, ClinicalTask, ClinicVisit, FollowUpAppointment, Student, VisitEvent
from clinicdesk.models import VitalSigns as VitalRow
from clinicdesk.models.base import STAMPS
from clinicdesk.models.enums import (
    ClinicalTaskKind,
    EntryKind,
    FollowUpStatus,
    Priority,
    RecordSource,
    SignatureMeaning,
    TaskStatus,
    VisitDisposition,
    VisitEventKind,
)
from clinicdesk.models.rules import validate
from clinicdesk.services.desk import Desk
from clinicdesk.services.signatures import SignedRow, Signer, sign_row
from clinicdesk.services.visit_values import FollowUp, VisitEntry
from clinicdesk.storage.queries import visits as rows
from clinicdesk.storage.store import Work

VISITS = ClinicVisit.__tablename__
VITALS = VitalRow.__tablename__
_OF_ONE_VERSION = {
    *("signed_at", "signed_by", "amends_id", "amendment_reason", "co_reviewed_by", "co_reviewed_at"),
    *("deleted_at", "deleted_by", "delete_reason"),
}
_APPOINTMENT_AT = dt.time(9)


def entry_values(desk: Desk, entry: VisitEntry) -> dict[str, Any]:
    """The columns that an entry fills while the visit is open; text stays as it was typed."""
    template = TEMPLATES.get(entry.template)
    if template is None:
        raise InvalidValueError("template", "unknown")
    given = [key for key in template.interventions if key in entry.interventions]
    given += sorted(entry.interventions - set(given))
    words = catalogue(Language.ENGLISH)
    return {
        "check_in_time": entry.came_at,
        "zone_offset_minutes": desk.zone_offset_minutes(entry.came_at),
        "reason_for_visit": list(entry.complaints),
        "complaints": list(entry.complaints),
        "template_code": entry.template,
        "findings": _findings(entry),
        "interventions": given,
        "treatment": ", ".join(words.term("visit.intervention", key) for key in given) or None,
        "brought_by_name": entry.brought_by or None,
        "notes": entry.note or None,
    }


def _findings(entry: VisitEntry) -> list[dict[str, str]]:
    template = TEMPLATES[entry.template]
    found = [
        {"kind": "expected", "key": key, "tick": entry.expected.get(key, Tick.FROM_TEMPLATE).value}
        for key in template.expected
    ]
    found += [{"kind": "danger", "key": key} for key in sorted(entry.danger)]
    found += [{"kind": "field", "key": key, "text": text} for key, text in sorted(entry.fields.items()) if text]
    found += [{"kind": "reason", "code": code, "text": text} for code, text in sorted(entry.reasons.items()) if text]
    return found


def closing_values(visit: Visit, entry: VisitEntry, left_at: dt.datetime) -> dict[str, Any]:
    """The columns that closing fills."""
    return {
        "check_out_time": left_at,
        "disposition": None if visit.disposition is None else VisitDisposition(visit.disposition.value),
        "disposition_reason": entry.disposition_reason or None,
        "released_to_name": entry.released_to or None,
        "minutes_missed": max(0, int((left_at - entry.came_at).total_seconds() // 60)),
    }


def put(row: ClinicVisit, values: Mapping[str, Any]) -> None:
    """Write columns and hold the whole row against its rules.

    Raises:
        InvalidValueError: a rule of the table is broken.
    """
    for name, value in values.items():
        setattr(row, name, value)
    problems = validate("ClinicVisit", columns_of(row))
    if problems:
        raise problems[0]


def new_row(desk: Desk, student: uuid.UUID, at: dt.datetime, key: uuid.UUID, values: Mapping[str, Any]) -> ClinicVisit:
    row = ClinicVisit(
        id=key,
        student_id=student,
        school_id=desk.school.id,
        attended_by=desk.person.user_id,
        recorded_at=at,
        source=RecordSource.DESK,
    )
    put(row, values)
    return row


def next_version(row: ClinicVisit, reason: str, at: dt.datetime) -> ClinicVisit:
    """An amendment that holds what the signed row holds (D2)."""
    kept = {name: value for name, value in columns_of(row).items() if name not in STAMPS | _OF_ONE_VERSION | {"id"}}
    return ClinicVisit(**{**kept, "recorded_at": at}, id=new_id(), amends_id=row.id, amendment_reason=reason)


def columns_of(row: Base) -> dict[str, Any]:
    """Every column of a row, as rules and signatures read it."""
    return {column.key: getattr(row, column.key) for column in sa.inspect(type(row)).columns}


def seal(work: Work, desk: Desk, row: ClinicVisit | VitalRow, meaning: SignatureMeaning) -> uuid.UUID:
    """Freeze a row under the signature of the person at the desk; what may change later is outside it (D2)."""
    row.signed_at = work.at
    row.signed_by = desk.person.user_id
    work.session.flush()
    return endorse(work, desk, row, meaning)


def endorse(work: Work, desk: Desk, row: ClinicVisit | VitalRow, meaning: SignatureMeaning) -> uuid.UUID:
    """Sign a row as it stands."""
    table = type(row).__tablename__
    values = {name: value for name, value in columns_of(row).items() if name not in type(row).__sync__.after_sign}
    signed = SignedRow(
        table=table,
        id=row.id,
        values=values,
        student=row.student_id,
        school=desk.school.id,
        version=row.row_version or 0,
    )
    me = Signer(desk.person.user_id, desk.person.name, desk.unlocked.user_keys)
    offset = desk.zone_offset_minutes(work.at)
    return sign_row(work.session, signed, me, meaning, work.at, offset, desk.device_id)


def add_step(
    work: Work,
    desk: Desk,
    visit: uuid.UUID,
    student: uuid.UUID,
    kind: VisitEventKind,
    at: dt.datetime,
    *,
    code: str = "",
    note: str = "",
) -> VisitEvent:
    """One line of the event log."""
    step = VisitEvent(
        id=new_id(),
        visit_id=visit,
        student_id=student,
        kind=kind,
        occurred_at=at,
        zone_offset_minutes=desk.zone_offset_minutes(at),
        performed_by=desk.person.user_id,
        performed_by_name=desk.person.name,
        note=note or None,
        details={"code": code} if code else {},
    )
    work.session.add(step)
    return step


def withdraw_step(work: Work, desk: Desk, step: VisitEvent, reason: str) -> None:
    """Take a line back: a superseding row says so, nothing is removed (D1)."""
    kept = {name: value for name, value in columns_of(step).items() if name not in STAMPS | {"id"}}
    changed = {
        "performed_by": desk.person.user_id,
        "performed_by_name": desk.person.name,
        "revision": step.revision + 1,
        "entry_kind": EntryKind.WITHDRAWN,
        "supersedes_id": step.id,
        "correction_reason": reason,
    }
    work.session.add(VisitEvent(**{**kept, **changed}))


def add_follow_up(work: Work, desk: Desk, student: uuid.UUID, visit: uuid.UUID, plan: FollowUp) -> None:
    """What is to come of a visit, on the day that was named.

    Raises:
        InvalidValueError: the day has passed, or nothing says what to do.
    """
    if not plan.words.strip():
        raise InvalidValueError("follow_up", "missing")
    if plan.on < desk.local(work.at).date():
        raise InvalidValueError("follow_up_on", "in_past")
    due = dt.datetime.combine(plan.on, _APPOINTMENT_AT, tzinfo=desk.school.zone)
    if plan.appointment:
        work.session.add(
            FollowUpAppointment(
                student_id=student,
                original_visit_id=visit,
                scheduled_by=desk.person.user_id,
                scheduled_date=due,
                reason=plan.words,
                type="CLINIC_VISIT",
            )
        )
        return
    work.session.add(
        ClinicalTask(
            kind=ClinicalTaskKind.FOLLOW_UP,
            title=plan.words[:200],
            student_id=student,
            school_id=desk.school.id,
            subject_table=VISITS,
            subject_id=visit,
            due_at=due,
            priority=Priority.MEDIUM,
        )
    )


def ask_co_review(work: Work, desk: Desk, visit: ClinicVisit, root: uuid.UUID) -> None:
    """A nurse looks at what unlicensed staff signed (M18)."""
    student = work.session.get_one(Student, visit.student_id)
    name = PersonName(first=student.first_name, last=student.last_name, preferred=student.preferred_name)
    words = catalogue(Language.ENGLISH).term("task", "co_review")
    work.session.add(
        ClinicalTask(
            kind=ClinicalTaskKind.CO_REVIEW,
            title=f"{words}: {name.shown}"[:200],
            student_id=visit.student_id,
            school_id=visit.school_id,
            subject_table=VISITS,
            subject_id=root,
            due_at=work.at,
            details={"by": desk.person.name},
        )
    )


def finish_tasks(
    work: Work, desk: Desk, root: uuid.UUID, status: TaskStatus, note: str, *kinds: ClinicalTaskKind
) -> None:
    """Close what the visit left to do."""
    for task in rows.open_tasks_of(work.session, root, *kinds):
        task.status = status
        task.done_at = work.at
        task.done_by = desk.person.user_id
        task.result_note = note


def cancel_appointments(work: Work, root: uuid.UUID, reason: str) -> None:
    for planned in work.session.scalars(
        sa.select(FollowUpAppointment).where(
            FollowUpAppointment.original_visit_id == root,
            FollowUpAppointment.status == FollowUpStatus.SCHEDULED,
            FollowUpAppointment.deleted_at.is_(None),
        )
    ):
        planned.status = FollowUpStatus.CANCELLED
        planned.cancelled_at = work.at
        planned.cancellation_reason = reason
