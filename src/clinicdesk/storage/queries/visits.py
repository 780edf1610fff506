"""Rows of visits: the open ones of a school, one visit with its versions, steps, calls and measurements."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from clinicdesk.models import (
    ClinicalTask,
    ClinicVisit,
    Contact,
    ContactAttempt,
    Signature,
    Student,
    User,
    VisitEvent,
    VitalSigns,
)
from clinicdesk.models.enums import ClinicalTaskKind, EntryKind, TaskStatus

_LATER = aliased(ClinicVisit)
NEWEST = ~sa.exists().where(_LATER.amends_id == ClinicVisit.id, _LATER.deleted_at.is_(None))
"""A visit that no later version amends."""

# Built once: building them anew for each save takes longer than running them.
_STUDENT = sa.select(ClinicVisit.student_id).where(ClinicVisit.id == sa.bindparam("visit"))
_NEXT_VERSION = (
    sa.select(ClinicVisit)
    .where(ClinicVisit.amends_id == sa.bindparam("visit", type_=ClinicVisit.id.type), ClinicVisit.deleted_at.is_(None))
    .order_by(ClinicVisit.id.desc())
    .limit(1)
)
_LATER_VITALS = aliased(VitalSigns)
_VITALS = (
    sa.select(VitalSigns)
    .where(
        VitalSigns.visit_id == sa.bindparam("visit", type_=VitalSigns.id.type),
        VitalSigns.deleted_at.is_(None),
        ~sa.exists().where(_LATER_VITALS.amends_id == VitalSigns.id, _LATER_VITALS.deleted_at.is_(None)),
    )
    .order_by(VitalSigns.measurement_date.desc(), VitalSigns.id.desc())
    .limit(1)
)


def vitals_signed(session: Session, root: uuid.UUID, by: dt.datetime) -> VitalSigns | None:
    """The measurements of a visit as they stood when a version was signed."""
    return session.scalar(
        sa.select(VitalSigns)
        .where(VitalSigns.visit_id == root, VitalSigns.deleted_at.is_(None), VitalSigns.signed_at <= by)
        .order_by(VitalSigns.signed_at.desc(), VitalSigns.id.desc())
        .limit(1)
    )


def open_visits(session: Session, school: uuid.UUID) -> Sequence[tuple[ClinicVisit, Student]]:
    """Who is in the clinic now, longest first; a visit whose signature was taken back is open again."""
    return [
        (visit, student)
        for visit, student in session.execute(
            sa.select(ClinicVisit, Student)
            .join(Student, Student.id == ClinicVisit.student_id)
            .where(
                ClinicVisit.school_id == school,
                ClinicVisit.check_out_time.is_(None),
                ClinicVisit.deleted_at.is_(None),
                NEWEST,
            )
            .order_by(ClinicVisit.check_in_time, ClinicVisit.id)
        )
    ]


def open_visit_of(session: Session, students: Collection[uuid.UUID], school: uuid.UUID) -> uuid.UUID | None:
    """The open visit of a student at a school, so that nobody is checked in twice."""
    return session.scalar(
        sa.select(ClinicVisit.id)
        .where(
            ClinicVisit.student_id.in_(students),
            ClinicVisit.school_id == school,
            ClinicVisit.check_out_time.is_(None),
            ClinicVisit.deleted_at.is_(None),
            NEWEST,
        )
        .order_by(ClinicVisit.check_in_time.desc())
        .limit(1)
    )


def student_of(session: Session, visit: uuid.UUID) -> uuid.UUID | None:
    """Whose visit it is, from any version of it."""
    found: uuid.UUID | None = session.scalar(_STUDENT, {"visit": visit})
    return found


def newest(session: Session, visit: uuid.UUID) -> ClinicVisit | None:
    """The version that counts, from any version of a visit; None where it was taken back."""
    row = session.get(ClinicVisit, visit)
    while row is not None:
        later = session.scalar(_NEXT_VERSION, {"visit": row.id})
        if later is None:
            return None if row.deleted_at is not None else row
        row = later
    return None


def root_id(session: Session, visit: ClinicVisit) -> uuid.UUID:
    """The first version: steps, calls and measurements belong to it."""
    key, above = visit.id, visit.amends_id
    while above is not None:
        key = above
        above = session.scalar(sa.select(ClinicVisit.amends_id).where(ClinicVisit.id == key))
    return key


def steps(session: Session, visit: uuid.UUID) -> list[VisitEvent]:
    """The current rows of the event log, as they happened (D1)."""
    later = aliased(VisitEvent)
    return list(
        session.scalars(
            sa.select(VisitEvent)
            .where(
                VisitEvent.visit_id == visit,
                VisitEvent.entry_kind != EntryKind.WITHDRAWN,
                ~sa.exists().where(later.supersedes_id == VisitEvent.id),
            )
            .order_by(VisitEvent.occurred_at, VisitEvent.id)
        )
    )


def calls(session: Session, visit: uuid.UUID) -> list[tuple[ContactAttempt, str]]:
    """The attempts to reach somebody, with the name on record."""
    later = aliased(ContactAttempt)
    found = session.execute(
        sa.select(ContactAttempt, Contact.first_name, Contact.last_name)
        .outerjoin(Contact, Contact.id == ContactAttempt.contact_id)
        .where(
            ContactAttempt.visit_id == visit,
            ContactAttempt.entry_kind != EntryKind.WITHDRAWN,
            ~sa.exists().where(later.supersedes_id == ContactAttempt.id),
        )
        .order_by(ContactAttempt.occurred_at, ContactAttempt.id)
    )
    return [(row, row.contact_name or f"{first or ''} {last or ''}".strip()) for row, first, last in found]


def vitals(session: Session, visit: uuid.UUID) -> VitalSigns | None:
    """The newest version of a visit's measurements."""
    return session.scalar(_VITALS, {"visit": visit})


def came_since(session: Session, students: Collection[uuid.UUID], since: dt.datetime) -> list[dt.datetime]:
    """The arrivals of a student from a moment on: each visit once, whatever its versions."""
    return list(
        session.scalars(
            sa.select(ClinicVisit.check_in_time).where(
                ClinicVisit.student_id.in_(students),
                ClinicVisit.check_in_time >= since,
                ClinicVisit.deleted_at.is_(None),
                NEWEST,
            )
        )
    )


def open_tasks_of(session: Session, visit: uuid.UUID, *kinds: ClinicalTaskKind) -> list[ClinicalTask]:
    """What a visit left to do and nobody has done."""
    return list(
        session.scalars(
            sa.select(ClinicalTask).where(
                ClinicalTask.subject_table == ClinicVisit.__tablename__,
                ClinicalTask.subject_id == visit,
                ClinicalTask.kind.in_(kinds),
                ClinicalTask.status.in_((TaskStatus.OPEN, TaskStatus.IN_PROGRESS)),
                ClinicalTask.deleted_at.is_(None),
            )
        )
    )


def signatures_of(session: Session, table: str, row: uuid.UUID) -> list[Signature]:
    return list(
        session.scalars(
            sa.select(Signature).where(Signature.table_name == table, Signature.row_id == row).order_by(Signature.id)
        )
    )


def staff_at(session: Session, school: uuid.UUID) -> list[str]:
    """Those who may have brought a student, by name."""
    rows = session.execute(
        sa.select(User.first_name, User.last_name)
        .where(User.is_active, User.deleted_at.is_(None), sa.or_(User.school_id == school, User.school_id.is_(None)))
        .order_by(User.last_name, User.first_name)
    )
    return [f"{first} {last}" for first, last in rows]
