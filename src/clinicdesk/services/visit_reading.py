"""From the rows of a visit to its values: the entry as it was written, steps, calls, and who the student is."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from clinicdesk.domain.permissions import Act
from clinicdesk.domain.visit_templates import TEMPLATES, VisitDisposition
from clinicdesk.domain.visits import Tick, Visit, visit_of_week
from clinicdesk.models import ClinicVisit, ContactAttempt, User, VisitEvent
from clinicdesk.models.enums import ContactOutcome, UserRole
from clinicdesk.services import chart_reading as reading
from clinicdesk.services.desk import Desk
from clinicdesk.services.student_values import StudentBadge
from clinicdesk.services.students import StudentUnknownError
from clinicdesk.services.visit_values import CallOnRecord, VisitEntry, VisitSheet, VisitStep, VisitUnknownError
from clinicdesk.services.vitals import signs_of
from clinicdesk.storage.queries import chart as chart_rows
from clinicdesk.storage.queries import students as student_rows
from clinicdesk.storage.queries import visits as rows

_LATE = dt.timedelta(minutes=15)
_WEEK = dt.timedelta(days=8)


def read_visit(session: Session, desk: Desk, visit: uuid.UUID) -> VisitSheet:
    """The sheet of a visit on record.

    Raises:
        VisitUnknownError: there is none.
    """
    row = rows.newest(session, visit)
    if row is None:
        raise VisitUnknownError
    return _of_row(session, desk, row)


def read_version(session: Session, desk: Desk, visit: uuid.UUID) -> VisitSheet:
    """The sheet of exactly this version, as it was signed; nothing can be written from it (D2).

    Raises:
        VisitUnknownError: there is none.
    """
    row = session.get(ClinicVisit, visit)
    if row is None or row.deleted_at is not None:
        raise VisitUnknownError
    return _of_row(session, desk, row)


def _of_row(session: Session, desk: Desk, row: ClinicVisit) -> VisitSheet:
    newest = rows.newest(session, row.id)
    superseded = newest is not None and newest.id != row.id
    root = rows.root_id(session, row)
    names = chart_rows.staff_names(session, [row.signed_by])
    signer = session.get(User, row.signed_by) if row.signed_by is not None else None
    steps = rows.steps(session, root)
    by = chart_rows.staff_names(session, [step.performed_by for step in steps])
    return _sheet(
        session,
        desk,
        row.student_id,
        id=row.id,
        root_id=root,
        entry=entry_of(session, row, root, before=row.signed_at if superseded else None),
        steps=tuple(_step(step, by) for step in steps),
        calls=tuple(_call(*found) for found in rows.calls(session, root)),
        signed_at=row.signed_at,
        signed_by=names.get(row.signed_by, "") if row.signed_by is not None else "",
        amended=row.amends_id is not None,
        amends=row.amends_id,
        amendment_reason=row.amendment_reason or "",
        superseded=superseded,
        awaits_co_review=(signer is not None and signer.role is UserRole.HEALTH_AIDE and row.co_reviewed_at is None),
    )


def read_start(session: Session, desk: Desk, student: uuid.UUID) -> VisitSheet:
    """The sheet of a student who has not been checked in."""
    return _sheet(session, desk, student)


def entry_of(session: Session, row: ClinicVisit, root: uuid.UUID, *, before: dt.datetime | None = None) -> VisitEntry:
    """What a row and its measurements hold, as the screen wrote it; `before` takes those signed by then."""
    parts: dict[str, list[dict[str, Any]]] = {}
    for part in row.findings:
        parts.setdefault(str(part["kind"]), []).append(part)
    return VisitEntry(
        complaints=tuple(row.reason_for_visit),
        template=row.template_code or "other",
        came_at=row.check_in_time,
        brought_by=row.brought_by_name or "",
        expected={part["key"]: Tick(part["tick"]) for part in parts.get("expected", [])},
        danger=frozenset(part["key"] for part in parts.get("danger", [])),
        fields={part["key"]: part["text"] for part in parts.get("field", [])},
        vitals=signs_of(rows.vitals(session, root) if before is None else rows.vitals_signed(session, root, before)),
        interventions=frozenset(row.interventions),
        note=row.notes or "",
        disposition=None if row.disposition is None else VisitDisposition(row.disposition.value),
        disposition_reason=row.disposition_reason or "",
        released_to=row.released_to_name or "",
        left_at=row.check_out_time,
        reasons={part["code"]: part["text"] for part in parts.get("reason", [])},
    )


def judged(entry: VisitEntry, calls: Iterable[CallOnRecord], left_at: dt.datetime | None) -> Visit:
    """The entry as the rules of `domain.visits` are asked about it."""
    expected = TEMPLATES[entry.template].expected if entry.template in TEMPLATES else ()
    return Visit(
        template=entry.template,
        check_in_at=entry.came_at,
        expected={key: entry.expected.get(key, Tick.FROM_TEMPLATE) for key in expected},
        danger=entry.danger,
        fields=entry.fields,
        vitals=entry.vitals,
        interventions=entry.interventions,
        disposition=entry.disposition,
        check_out_at=left_at,
        parent_reached=any(call.outcome == ContactOutcome.REACHED and call.contact_id is not None for call in calls),
        reasons=entry.reasons,
    )


def calls_of(session: Session, root: uuid.UUID) -> tuple[CallOnRecord, ...]:
    return tuple(_call(*found) for found in rows.calls(session, root))


def _sheet(session: Session, desk: Desk, student: uuid.UUID, **visit: Any) -> VisitSheet:
    ids = student_rows.same_person(session, student)
    found = student_rows.student_with_school(session, ids[0])
    if found is None:
        raise StudentUnknownError
    now = desk.now()
    came = rows.came_since(session, ids, now - _WEEK)
    if "id" not in visit:
        came.append(now)
    signed = visit.get("signed_at") is not None
    return VisitSheet(
        student=reading.student_facts(*found, weight=reading.newest_weight(session, ids), merged_from=len(ids) - 1),
        badges=_badges(session, desk, ids),
        contacts=tuple(one for one in reading.read_contacts(session, ids) if one.to_show),
        staff=tuple(rows.staff_at(session, desk.school.id)),
        visit_of_week=visit_of_week(came, now, desk.school.zone.key),
        may_write=not signed and not visit.get("superseded") and desk.may(Act.DOCUMENT_VISIT),
        may_amend=signed and not visit.get("superseded") and desk.may(Act.AMEND_NOTE),
        **visit,
    )


def _badges(session: Session, desk: Desk, ids: tuple[uuid.UUID, ...]) -> tuple[StudentBadge, ...]:
    """Every side of an open conflict counts (D22)."""
    found = student_rows.badge_facts(session, ids, desk.now(), desk.today())
    facts = [("ALLERGY", one.allergen, one.severity) for one in reading.read_allergies(session, ids).listed]
    facts += {one: None for key in ids for one in found.get(key, []) if one[0] != "ALLERGY"}
    return reading.badges_of(facts)


def _step(row: VisitEvent, by: Mapping[uuid.UUID, str]) -> VisitStep:
    return VisitStep(
        id=row.id,
        kind=row.kind.value,
        at=row.occurred_at,
        code=str(row.details.get("code", "")),
        note=row.note or "",
        by=by.get(row.performed_by, "") if row.performed_by is not None else row.performed_by_name or "",
        late=row.created_at - row.occurred_at > _LATE,
    )


def _call(row: ContactAttempt, name: str) -> CallOnRecord:
    return CallOnRecord(
        id=row.id,
        contact_id=row.contact_id,
        name=name,
        outcome=row.outcome.value,
        at=row.occurred_at,
        note=row.note or "",
    )
