"""Consent forms, requests and the signature log, as the consent rules read them (M2, D42)."""

from __future__ import annotations

import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from clinicdesk.models import (
    ClinicalTask,
    ConsentForm,
    ConsentRequest,
    ConsentSignature,
    EmergencyContact,
    Medication,
    Student,
    StudentEnrollment,
    StudentMedication,
    SystemConfig,
)
from clinicdesk.models.enums import (
    ClinicalTaskKind,
    ConfigScope,
    ConsentRequestStatus,
    ConsentType,
    EnrollmentStatus,
    OrderStatus,
    TaskStatus,
)

MINOR_RULES = "consent.minor_rules"
_OPEN = (ConsentRequestStatus.DRAFT, ConsentRequestStatus.SENT)
_IN_FORCE = (OrderStatus.DRAFT, OrderStatus.ACTIVE, OrderStatus.ON_HOLD)


def forms(session: Session, *, published: bool = True) -> list[ConsentForm]:
    """Every version of every form, the newest version of a family first."""
    query = sa.select(ConsentForm).where(ConsentForm.deleted_at.is_(None))
    if published:
        query = query.where(ConsentForm.published_at.is_not(None))
    return list(session.scalars(query.order_by(ConsentForm.title, ConsentForm.published_at.desc())))


def students_at(school: uuid.UUID) -> sa.Select[uuid.UUID]:
    """The students enrolled at a school, merged records left out: their rows are read through the alias (D26)."""
    return (
        sa.select(StudentEnrollment.student_id)
        .join(Student, Student.id == StudentEnrollment.student_id)
        .where(
            StudentEnrollment.school_id == school,
            StudentEnrollment.deleted_at.is_(None),
            StudentEnrollment.status != EnrollmentStatus.ENDED,
            Student.deleted_at.is_(None),
        )
    )


def signatures(
    session: Session, students: Collection[uuid.UUID] | sa.Select[uuid.UUID], form: uuid.UUID | None = None
) -> list[ConsentSignature]:
    """The signature log of these students, in the order written; what was signed is read when it is asked for."""
    among = students if isinstance(students, sa.Select) else list(students)
    query = sa.select(ConsentSignature).where(ConsentSignature.student_id.in_(among))
    query = query.options(defer(ConsentSignature.signature_data))
    if form is not None:
        query = query.where(ConsentSignature.consent_form_id == form)
    return list(session.scalars(query.order_by(ConsentSignature.id)))


def open_requests(
    session: Session, students: Collection[uuid.UUID] | sa.Select[uuid.UUID]
) -> list[tuple[ConsentRequest, ConsentForm]]:
    among = students if isinstance(students, sa.Select) else list(students)
    rows = session.execute(
        sa.select(ConsentRequest, ConsentForm)
        .join(ConsentForm, ConsentForm.id == ConsentRequest.consent_form_id)
        .where(
            ConsentRequest.student_id.in_(among),
            ConsentRequest.deleted_at.is_(None),
            ConsentRequest.status.in_(_OPEN),
        )
        .order_by(ConsentRequest.due_on, ConsentRequest.id)
    )
    return [(first, second) for first, second in rows]


def open_request(session: Session, student: uuid.UUID, form: uuid.UUID) -> ConsentRequest | None:
    """What waits for this form; a request for an earlier version of it is answered by the newest one."""
    family = sa.select(ConsentForm.family_id).where(ConsentForm.id == form).scalar_subquery()
    return session.scalar(
        sa.select(ConsentRequest)
        .where(
            ConsentRequest.student_id == student,
            ConsentRequest.consent_form_id.in_(sa.select(ConsentForm.id).where(ConsentForm.family_id == family)),
            ConsentRequest.deleted_at.is_(None),
            ConsentRequest.status.in_(_OPEN),
        )
        .order_by(ConsentRequest.id)
        .limit(1)
    )


def guardians(session: Session, students: Collection[uuid.UUID]) -> list[EmergencyContact]:
    """The adults around a student, in call order; ended ones left out."""
    return list(
        session.scalars(
            sa.select(EmergencyContact)
            .where(
                EmergencyContact.student_id.in_(list(students)),
                EmergencyContact.deleted_at.is_(None),
                EmergencyContact.is_active,
            )
            .order_by(EmergencyContact.call_order, EmergencyContact.id)
        )
    )


def orders_resting_on(session: Session, consents: Collection[uuid.UUID]) -> list[tuple[StudentMedication, Medication]]:
    """The newest versions of orders that name one of these signatures and are, or will be, in force."""
    rows = session.execute(
        sa.select(StudentMedication, Medication)
        .join(Medication, Medication.id == StudentMedication.medication_id)
        .where(
            StudentMedication.consent_signature_id.in_(list(consents)),
            StudentMedication.status.in_(_IN_FORCE),
            StudentMedication.deleted_at.is_(None),
        )
        .order_by(Medication.name, StudentMedication.id)
    )
    return [(first, second) for first, second in rows]


def minor_rules(session: Session) -> str | None:
    """The setting of the state's rules for minors (D42), as it is written: the district's before the system's."""
    rows = session.scalars(
        sa.select(SystemConfig).where(
            SystemConfig.key == MINOR_RULES,
            SystemConfig.deleted_at.is_(None),
            SystemConfig.scope.in_((ConfigScope.SYSTEM, ConfigScope.DISTRICT)),
        )
    ).all()
    return next((row.value for row in sorted(rows, key=lambda row: row.scope is ConfigScope.SYSTEM)), None)


def expiry_tasks(session: Session, consents: Collection[uuid.UUID]) -> set[tuple[uuid.UUID, int]]:
    """Which reminders were made already: (signature, days), whatever became of them."""
    rows = session.execute(
        sa.select(ClinicalTask.subject_id, ClinicalTask.details).where(
            ClinicalTask.kind == ClinicalTaskKind.CONSENT_EXPIRING,
            ClinicalTask.subject_id.in_(list(consents)),
            ClinicalTask.deleted_at.is_(None),
        )
    )
    return {(subject, int(details.get("days", 0))) for subject, details in rows if subject is not None}


def open_expiry_tasks(session: Session, consents: Collection[uuid.UUID]) -> list[ClinicalTask]:
    return list(
        session.scalars(
            sa.select(ClinicalTask).where(
                ClinicalTask.kind == ClinicalTaskKind.CONSENT_EXPIRING,
                ClinicalTask.subject_id.in_(list(consents)),
                ClinicalTask.status.in_((TaskStatus.OPEN, TaskStatus.IN_PROGRESS)),
                ClinicalTask.deleted_at.is_(None),
            )
        )
    )


def forms_of_kind(session: Session, kind: ConsentType) -> list[uuid.UUID]:
    """Every version of the forms that permit one kind of thing."""
    return list(session.scalars(sa.select(ConsentForm.id).where(ConsentForm.type == kind)))
