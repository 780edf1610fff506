"""The rows of one student's chart. Append-only tables give their current rows alone (D1)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from clinicdesk.models import (
    Attachment,
    ClinicalNote,
    ClinicVisit,
    ConsentForm,
    ConsentRequest,
    ConsentSignature,
    EmergencyContact,
    GrowthTracking,
    HealthRecord,
    HealthScreening,
    Immunization,
    Medication,
    MedicationLog,
    MentalHealthRecord,
    StudentMedication,
    User,
    Vaccination,
    VitalSigns,
)
from clinicdesk.models.enums import (
    AttachmentKind,
    ConsentRequestStatus,
    EntryKind,
    HealthRecordType,
    NoteType,
    OrderStatus,
)
from clinicdesk.storage.queries.students import consent_missing

Students = Collection[uuid.UUID]
CUSTODY = "CUSTODY"
"""The `statement` in the metadata of a health record that says what a contact's rights rest on (D42)."""

MOST_ROWS = 2000
"""A chart with this many entries opens within its budget (ux-spec 2)."""


def staff_names(session: Session, people: Collection[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """Names as a line shows them: "R. Olszewski"."""
    wanted = {person for person in people if person is not None}
    if not wanted:
        return {}
    rows = session.execute(sa.select(User.id, User.first_name, User.last_name).where(User.id.in_(wanted)))
    return {key: f"{first[:1]}. {last}" for key, first, last in rows}


def visits(session: Session, students: Students, limit: int = MOST_ROWS) -> list[ClinicVisit]:
    """Newest first; an amended visit shows its amendment."""
    later = aliased(ClinicVisit)
    amended = sa.exists().where(later.amends_id == ClinicVisit.id, later.deleted_at.is_(None))
    return list(
        session.scalars(
            sa.select(ClinicVisit)
            .where(ClinicVisit.student_id.in_(students), ClinicVisit.deleted_at.is_(None), ~amended)
            .order_by(ClinicVisit.check_in_time.desc(), ClinicVisit.id.desc())
            .limit(limit)
        )
    )


def visit_times(session: Session, students: Students, since: dt.datetime) -> list[dt.datetime]:
    """When the student came since a moment; an amendment is no further visit."""
    return list(
        session.scalars(
            sa.select(ClinicVisit.check_in_time).where(
                ClinicVisit.student_id.in_(students),
                ClinicVisit.deleted_at.is_(None),
                ClinicVisit.amends_id.is_(None),
                ClinicVisit.check_in_time >= since,
            )
        )
    )


def orders(
    session: Session, students: Students, day: dt.date, *, active_only: bool
) -> list[tuple[StudentMedication, Medication, ConsentSignature | None, bool]]:
    """Orders with their medicine, the consent they rest on, and whether it is missing."""
    missing = sa.case((consent_missing(day), 1), else_=0)
    query = (
        sa.select(StudentMedication, Medication, ConsentSignature, missing)
        .join(Medication, Medication.id == StudentMedication.medication_id)
        .outerjoin(ConsentSignature, ConsentSignature.id == StudentMedication.consent_signature_id)
        .where(StudentMedication.student_id.in_(students), StudentMedication.deleted_at.is_(None))
        .order_by(StudentMedication.emergency, Medication.name, StudentMedication.version.desc())
    )
    if active_only:
        query = query.where(StudentMedication.status == OrderStatus.ACTIVE, StudentMedication.is_active)
    return [(order, drug, consent, bool(gone)) for order, drug, consent, gone in session.execute(query)]


def doses(session: Session, students: Students, limit: int = MOST_ROWS) -> list[tuple[MedicationLog, Medication]]:
    return [
        (log, drug)
        for log, drug in session.execute(
            sa.select(MedicationLog, Medication)
            .join(Medication, Medication.id == MedicationLog.medication_id)
            .where(MedicationLog.student_id.in_(students), *_current(MedicationLog))
            .order_by(MedicationLog.administered_at.desc())
            .limit(limit)
        )
    ]


def vaccinations(session: Session, students: Students) -> list[Vaccination]:
    return _newest(session, Vaccination, students, Vaccination.administration_date)


def immunizations(session: Session, students: Students) -> list[Immunization]:
    return _newest(session, Immunization, students, Immunization.administered_date)


def vital_signs(session: Session, students: Students, limit: int = MOST_ROWS) -> list[VitalSigns]:
    return _measured(session, VitalSigns, students, limit)


def growth(session: Session, students: Students, limit: int = MOST_ROWS) -> list[GrowthTracking]:
    return _measured(session, GrowthTracking, students, limit)


def last_weights(session: Session, students: Students) -> list[VitalSigns | GrowthTracking]:
    """The newest weighed row of either table."""
    newest = (_last_weighed(session, VitalSigns, students), _last_weighed(session, GrowthTracking, students))
    return [row for row in newest if row is not None]


Weighed = TypeVar("Weighed", VitalSigns, GrowthTracking)


def _last_weighed(session: Session, model: type[Weighed], students: Students) -> Weighed | None:
    return session.scalar(
        sa.select(model)
        .where(model.student_id.in_(students), model.deleted_at.is_(None), model.weight.is_not(None))
        .order_by(model.measurement_date.desc())
        .limit(1)
    )


def screenings(session: Session, students: Students) -> list[HealthScreening]:
    return list(
        session.scalars(
            sa.select(HealthScreening)
            .where(HealthScreening.student_id.in_(students), HealthScreening.deleted_at.is_(None))
            .order_by(HealthScreening.screening_date.desc())
        )
    )


def consents(session: Session, students: Students) -> list[tuple[ConsentSignature, ConsentForm]]:
    """The deciding rows, withdrawals among them."""
    return [
        (signed, form)
        for signed, form in session.execute(
            sa.select(ConsentSignature, ConsentForm)
            .join(ConsentForm, ConsentForm.id == ConsentSignature.consent_form_id)
            .where(ConsentSignature.student_id.in_(students), *_current(ConsentSignature))
            .order_by(ConsentSignature.signed_at.desc())
        )
    ]


def consent_requests(session: Session, students: Students) -> list[tuple[ConsentRequest, ConsentForm]]:
    """What was asked of the family and not answered yet."""
    return [
        (asked, form)
        for asked, form in session.execute(
            sa.select(ConsentRequest, ConsentForm)
            .join(ConsentForm, ConsentForm.id == ConsentRequest.consent_form_id)
            .where(
                ConsentRequest.student_id.in_(students),
                ConsentRequest.deleted_at.is_(None),
                ConsentRequest.status.in_((ConsentRequestStatus.DRAFT, ConsentRequestStatus.SENT)),
            )
        )
    ]


def documents(session: Session, students: Students) -> list[Attachment]:
    kinds = (AttachmentKind.DOCUMENT, AttachmentKind.SEALED_PDF, AttachmentKind.EXEMPTION)
    return list(
        session.scalars(
            sa.select(Attachment)
            .where(Attachment.student_id.in_(students), Attachment.deleted_at.is_(None), Attachment.kind.in_(kinds))
            .order_by(Attachment.created_at.desc())
        )
    )


def restricted_notes(session: Session, students: Students) -> int:
    """How many mental-health records there are; nothing of what they say."""
    query = sa.select(sa.func.count()).where(
        MentalHealthRecord.student_id.in_(students), MentalHealthRecord.deleted_at.is_(None)
    )
    return session.scalar(query) or 0


def restricted_rows(session: Session, students: Students) -> list[MentalHealthRecord]:
    """The records themselves, newest first; their words are sealed."""
    return list(
        session.scalars(
            sa.select(MentalHealthRecord)
            .where(MentalHealthRecord.student_id.in_(students), MentalHealthRecord.deleted_at.is_(None))
            .order_by(MentalHealthRecord.record_date.desc())
        )
    )


def care_note(session: Session, students: Students) -> ClinicalNote | None:
    """The newest general note that is not confidential."""
    return session.scalar(
        sa.select(ClinicalNote)
        .where(
            ClinicalNote.student_id.in_(students),
            ClinicalNote.deleted_at.is_(None),
            ClinicalNote.type == NoteType.GENERAL,
            ~ClinicalNote.is_confidential,
        )
        .order_by(ClinicalNote.created_at.desc())
        .limit(1)
    )


def call_orders(session: Session, students: Students) -> dict[uuid.UUID, int]:
    """The active contacts with their place in the call order."""
    rows = session.execute(
        sa.select(EmergencyContact.id, EmergencyContact.call_order).where(
            EmergencyContact.student_id.in_(students),
            EmergencyContact.is_active,
            EmergencyContact.deleted_at.is_(None),
        )
    )
    return {row.id: row.call_order for row in rows}


def custody_statements(session: Session, students: Students) -> dict[str, HealthRecord]:
    """The newest statement about the rights of each contact, by the id of the contact (D42)."""
    rows = session.scalars(
        sa.select(HealthRecord)
        .where(
            HealthRecord.student_id.in_(students),
            HealthRecord.record_type == HealthRecordType.OTHER,
            HealthRecord.deleted_at.is_(None),
        )
        .order_by(HealthRecord.record_date)
    )
    said = [(row, row.metadata_ or {}) for row in rows]
    return {str(facts["contact"]): row for row, facts in said if facts.get("statement") == CUSTODY}


def highest_call_order(session: Session, student: uuid.UUID) -> int:
    query = sa.select(sa.func.max(EmergencyContact.call_order)).where(
        EmergencyContact.student_id == student, EmergencyContact.deleted_at.is_(None)
    )
    return session.scalar(query) or 0


def _current(model: type[Any]) -> tuple[sa.ColumnElement[bool], ...]:
    """Nobody supersedes the row, and it takes nothing back."""
    later = aliased(model)
    return (model.entry_kind != EntryKind.WITHDRAWN, ~sa.exists().where(later.supersedes_id == model.id))


def _newest(session: Session, model: type[Any], students: Students, when: Any) -> list[Any]:
    return list(
        session.scalars(sa.select(model).where(model.student_id.in_(students), *_current(model)).order_by(when.desc()))
    )


def _measured(session: Session, model: type[Any], students: Students, limit: int) -> list[Any]:
    return list(
        session.scalars(
            sa.select(model)
            .where(model.student_id.in_(students), model.deleted_at.is_(None))
            .order_by(model.measurement_date.desc())
            .limit(limit)
        )
    )
