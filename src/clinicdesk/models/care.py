"""What care needs besides the catalogue: standing orders, timelines, contacts tried, tasks, requests and files."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, LargeBinary, String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import (
    AnyGiven,
    AtLeast,
    Between,
    Equals,
    Given,
    MinLength,
    Ordered,
    RequiredWhen,
    TogetherGiven,
)
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link, live_unique
from clinicdesk.models.enums import (
    AttachmentKind,
    Channel,
    CheckResult,
    ClinicalTaskKind,
    ConsentRequestStatus,
    ContactOutcome,
    Priority,
    Route,
    TaskStatus,
    Unit,
    VisitEventKind,
)
from clinicdesk.models.mixins import Superseding
from clinicdesk.models.policy import DISTRICT, SyncClass, SyncPolicy, student, student_or_school
from clinicdesk.models.types import Exact


class StandingOrder(Syncable, SoftDeleted, Base):
    """A physician's order for any student: over-the-counter or emergency medicines (M2, M5, M16, D40).

    It holds in the school it names, or in all.
    """

    __tablename__ = "standing_orders"
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT, safety=True)
    __rules__ = (
        AnyGiven(("prescribed_by", "prescribed_by_name")),
        Ordered("starts_on", "ends_on"),
        AtLeast("dose_amount", 0, above=True),
        TogetherGiven(("dose_amount", "dose_unit")),
        AtLeast("dose_per_kg", 0, above=True),
        AtLeast("max_dose_amount", 0, above=True),
        AtLeast("min_interval_minutes", 0),
        AtLeast("max_per_day", 1),
        AtLeast("max_per_year", 1),
        AtLeast("effect_check_minutes", 1),
        AtLeast("min_age_months", 0),
    )

    school_id: Mapped[uuid.UUID | None] = link("schools.id")
    name: Mapped[str] = column(String(200))
    medication_id: Mapped[uuid.UUID] = link("medications.id", group="dose", safety=True)
    emergency: Mapped[bool] = column(default=False, safety=True)
    indications: Mapped[list[str]] = column(default=list)
    instructions: Mapped[str | None]
    dose_amount: Mapped[Decimal | None] = column(Exact(12, 4), group="dose", safety=True)
    dose_unit: Mapped[Unit | None] = column(group="dose", safety=True)
    dose_per_kg: Mapped[Decimal | None] = column(Exact(12, 4), group="dose", safety=True)
    max_dose_amount: Mapped[Decimal | None] = column(Exact(12, 4), group="dose", safety=True)
    route: Mapped[Route] = column(group="dose", safety=True)
    min_interval_minutes: Mapped[int | None] = column(group="limits", safety=True)
    max_per_day: Mapped[int | None] = column(group="limits", safety=True)
    max_per_year: Mapped[int | None] = column(group="limits", safety=True)
    min_age_months: Mapped[int | None] = column(group="limits", safety=True)
    effect_check_minutes: Mapped[int | None] = column(group="limits")
    consent_required: Mapped[bool] = column(default=True)
    prescribed_by: Mapped[uuid.UUID | None] = link("users.id", group="prescriber")
    prescribed_by_name: Mapped[str | None] = column(String(255), group="prescriber")
    starts_on: Mapped[dt.date] = column(group="dates", safety=True)
    ends_on: Mapped[dt.date | None] = column(group="dates", safety=True)
    is_active: Mapped[bool] = column(default=True, safety=True)
    protocol_id: Mapped[uuid.UUID | None] = link("clinical_protocols.id")


class VisitEvent(Syncable, Superseding, Base):
    """One step of a visit, at the moment it happened; the timeline is never rewritten."""

    __tablename__ = "visit_events"
    __table_args__ = (index("visit_id", "occurred_at"),)
    __sync__ = SyncPolicy(SyncClass.APPEND_ONLY, student())
    __rules__ = (
        AnyGiven(("performed_by", "performed_by_name")),
        Between("zone_offset_minutes", -840, 840),
    )

    visit_id: Mapped[uuid.UUID] = link("clinic_visits.id", index=False, phi=True)
    student_id: Mapped[uuid.UUID] = link("students.id", phi=True)
    kind: Mapped[VisitEventKind] = column(phi=True)
    occurred_at: Mapped[dt.datetime] = column(phi=True)
    zone_offset_minutes: Mapped[int]
    performed_by: Mapped[uuid.UUID | None] = link("users.id")
    performed_by_name: Mapped[str | None] = column(String(255))
    note: Mapped[str | None] = column(phi=True)
    details: Mapped[dict[str, Any]] = column(default=dict, phi=True)


class ContactAttempt(Syncable, Superseding, Base):
    """An attempt to reach a parent or prescriber, with what came of it."""

    __tablename__ = "contact_attempts"
    __table_args__ = (index("student_id", "occurred_at"),)
    __sync__ = SyncPolicy(SyncClass.APPEND_ONLY, student())
    __rules__ = (
        AnyGiven(("contact_id", "contact_name")),
        Between("zone_offset_minutes", -840, 840),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", index=False, phi=True)
    visit_id: Mapped[uuid.UUID | None] = link("clinic_visits.id", phi=True)
    incident_report_id: Mapped[uuid.UUID | None] = link("incident_reports.id", phi=True)
    clinical_task_id: Mapped[uuid.UUID | None] = link("clinical_tasks.id", phi=True)
    contact_id: Mapped[uuid.UUID | None] = link("contacts.id", phi=True)
    contact_name: Mapped[str | None] = column(String(255), phi=True)
    address_used: Mapped[str | None] = column(String(255), phi=True)
    channel: Mapped[Channel]
    outcome: Mapped[ContactOutcome] = column(phi=True)
    occurred_at: Mapped[dt.datetime] = column(phi=True)
    zone_offset_minutes: Mapped[int]
    made_by: Mapped[uuid.UUID] = link("users.id")
    note: Mapped[str | None] = column(phi=True)


class ClinicalTask(Syncable, SoftDeleted, Base):
    """Something a person of the clinic has yet to do: an effect check, a call, a co-review, an order running out."""

    __tablename__ = "clinical_tasks"
    __table_args__ = (
        index("school_id", "status", "due_at"),
        index("student_id", "status"),
        index("subject_table", "subject_id"),
    )
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, student_or_school())
    __rules__ = (
        RequiredWhen("done_at", Equals("status", "DONE", "CANCELLED"), "finished"),
        RequiredWhen("done_by", Given("done_at"), "finished"),
        RequiredWhen("result_note", Equals("status", "CANCELLED"), "cancelled"),
        TogetherGiven(("subject_table", "subject_id")),
        AnyGiven(("student_id", "school_id")),
    )

    kind: Mapped[ClinicalTaskKind]
    title: Mapped[str] = column(String(200), phi=True)
    student_id: Mapped[uuid.UUID | None] = link("students.id", index=False, phi=True, group="owner")
    school_id: Mapped[uuid.UUID | None] = link("schools.id", index=False, group="owner")
    subject_table: Mapped[str | None] = column(String(63), group="subject")
    subject_id: Mapped[uuid.UUID | None] = column(phi=True, group="subject")
    medication_log_id: Mapped[uuid.UUID | None] = link("medication_logs.id", phi=True)
    due_at: Mapped[dt.datetime | None] = column(phi=True)
    priority: Mapped[Priority] = column(default=Priority.MEDIUM)
    assigned_to: Mapped[uuid.UUID | None] = link("users.id")
    status: Mapped[TaskStatus] = column(default=TaskStatus.OPEN, group="result")
    done_at: Mapped[dt.datetime | None] = column(group="result")
    done_by: Mapped[uuid.UUID | None] = link("users.id", group="result")
    effect: Mapped[CheckResult | None] = column(phi=True, group="result")
    result_note: Mapped[str | None] = column(phi=True, group="result")
    details: Mapped[dict[str, Any]] = column(default=dict, phi=True)


class ConsentRequest(Syncable, SoftDeleted, Base):
    """A consent asked of a family: sent, signed, declined or run out; the consent itself is the signature."""

    __tablename__ = "consent_requests"
    __table_args__ = (
        live_unique("student_id", "consent_form_id", where="deleted_at IS NULL AND status IN ('DRAFT', 'SENT')"),
        index("student_id", "status"),
    )
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, student())
    __rules__ = (
        RequiredWhen("sent_at", Equals("status", "SENT", "SIGNED", "DECLINED"), "sent"),
        RequiredWhen("consent_signature_id", Equals("status", "SIGNED"), "signed"),
        Ordered("sent_at", "answered_at"),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", index=False, phi=True)
    consent_form_id: Mapped[uuid.UUID] = link("consent_forms.id")
    contact_id: Mapped[uuid.UUID | None] = link("contacts.id", phi=True)
    channel: Mapped[Channel | None]
    status: Mapped[ConsentRequestStatus] = column(default=ConsentRequestStatus.DRAFT, group="status")
    sent_at: Mapped[dt.datetime | None] = column(group="status")
    due_on: Mapped[dt.date | None]
    answered_at: Mapped[dt.datetime | None] = column(group="status")
    decline_reason: Mapped[str | None] = column(phi=True, group="status")
    consent_signature_id: Mapped[uuid.UUID | None] = link("consent_signatures.id", phi=True, group="status")
    requested_by: Mapped[uuid.UUID] = link("users.id")


class Attachment(Syncable, SoftDeleted, Base):
    """A file by its content hash; its bytes travel apart, sealed under a key the student's field key wraps (D32)."""

    __tablename__ = "attachments"
    __table_args__ = (index("subject_table", "subject_id"),)
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, student_or_school())
    __rules__ = (
        AtLeast("size_bytes", 0),
        MinLength("content_hash", 64),
        AnyGiven(("student_id", "school_id")),
        TogetherGiven(("subject_table", "subject_id")),
    )

    student_id: Mapped[uuid.UUID | None] = link("students.id", phi=True, group="owner")
    school_id: Mapped[uuid.UUID | None] = link("schools.id", group="owner")
    kind: Mapped[AttachmentKind]
    subject_table: Mapped[str | None] = column(String(63), group="subject")
    subject_id: Mapped[uuid.UUID | None] = column(phi=True, group="subject")
    file_name: Mapped[str] = column(String(255), phi=True)
    media_type: Mapped[str] = column(String(100))
    size_bytes: Mapped[int] = column(BigInteger())
    content_hash: Mapped[str] = column(String(64), index=True)
    wrapped_key: Mapped[bytes | None] = column(LargeBinary(), group="key")
    key_destroyed_at: Mapped[dt.datetime | None] = column(group="key")
    captured_at: Mapped[dt.datetime | None] = column(phi=True)
