"""Clinical: visits, notes, follow-ups and protocols."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import AtLeast, Between, Equals, Given, Holds, Occurs, Ordered, RequiredWhen, Unequal
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link, live_unique
from clinicdesk.models.enums import (
    ActionStatus,
    FollowUpStatus,
    NoteType,
    Priority,
    ProtocolStatus,
    RecordSource,
    VisitDisposition,
    WitnessType,
)
from clinicdesk.models.mixins import Signable
from clinicdesk.models.policy import DISTRICT, SyncClass, SyncPolicy, parent, student


class ClinicVisit(Syncable, SoftDeleted, Signable, Base):
    """One visit of a student to the school clinic, from check-in to check-out.

    It is a synced row from check-in on (D2). While it is open it has no disposition; closing it needs one (concern
    39). Its timeline is `visit_events`.
    """

    __tablename__ = "clinic_visits"
    __table_args__ = (
        index("student_id", "check_in_time"),
        index("school_id", "check_in_time"),
    )
    __sync__ = SyncPolicy(
        SyncClass.SEALED, student(), signed_when="signed_at", after_sign=frozenset({"co_reviewed_by", "co_reviewed_at"})
    )
    __rules__ = (
        Ordered("check_in_time", "check_out_time"),
        RequiredWhen("disposition", Given("check_out_time"), "closed"),
        RequiredWhen("check_out_time", Given("disposition"), "closed"),
        RequiredWhen("disposition", Given("signed_at"), "signed"),
        RequiredWhen("disposition_reason", Equals("disposition", "OTHER"), "other_disposition"),
        AtLeast("minutes_missed", 0),
        RequiredWhen("co_reviewed_by", Given("co_reviewed_at"), "co_reviewed"),
        Between("zone_offset_minutes", -840, 840),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", index=False, phi=True)
    check_in_time: Mapped[dt.datetime] = column(index=True, phi=True, group="stay")
    check_out_time: Mapped[dt.datetime | None] = column(index=True, phi=True, group="stay")
    reason_for_visit: Mapped[list[str]] = column(phi=True)
    symptoms: Mapped[list[str] | None] = column(phi=True)
    treatment: Mapped[str | None] = column(phi=True)
    disposition: Mapped[VisitDisposition | None] = column(index=True, phi=True, group="stay")
    classes_missed: Mapped[list[str] | None]
    minutes_missed: Mapped[int | None]
    attended_by: Mapped[uuid.UUID] = link("users.id")
    notes: Mapped[str | None] = column(phi=True)
    school_id: Mapped[uuid.UUID] = link("schools.id", index=False)
    zone_offset_minutes: Mapped[int]
    complaints: Mapped[list[Any]] = column(default=list, phi=True)
    template_code: Mapped[str | None] = column(String(50), phi=True)
    findings: Mapped[list[Any]] = column(default=list, phi=True)
    interventions: Mapped[list[Any]] = column(default=list, phi=True)
    brought_by: Mapped[uuid.UUID | None] = link("users.id")
    brought_by_name: Mapped[str | None] = column(String(200), phi=True)
    disposition_reason: Mapped[str | None] = column(phi=True, group="stay")
    released_to_name: Mapped[str | None] = column(String(200), phi=True, group="stay")
    released_to_contact_id: Mapped[uuid.UUID | None] = link("contacts.id", phi=True, group="stay")
    arrival_priority: Mapped[Priority] = column(default=Priority.MEDIUM)
    source: Mapped[RecordSource] = column(default=RecordSource.DESK)
    recorded_at: Mapped[dt.datetime]
    lease_expired: Mapped[bool] = column(default=False)
    co_reviewed_by: Mapped[uuid.UUID | None] = link("users.id", group="co_review")
    co_reviewed_at: Mapped[dt.datetime | None] = column(group="co_review")


class ClinicalNote(Syncable, SoftDeleted, Signable, Base):
    """A clinical note about a student, free-form or in SOAP parts, that can be signed and amended.

    Signing sets `is_signed` with `signed_at`; `amended` is derived from the amendments that point here.
    """

    __tablename__ = "clinical_notes"
    __table_args__ = (index("student_id", "type"), index("created_by"))
    __sync__ = SyncPolicy(
        SyncClass.SEALED, student(), signed_when="signed_at", after_sign=frozenset({"co_reviewed_by", "co_reviewed_at"})
    )
    __rules__ = (
        RequiredWhen("signed_at", Holds("is_signed"), "signed"),
        Occurs("is_signed", "signed_row_says_so", Holds("is_signed"), Given("signed_at")),
        RequiredWhen("co_reviewed_by", Given("co_reviewed_at"), "co_reviewed"),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", index=False, phi=True)
    visit_id: Mapped[uuid.UUID | None] = link("clinic_visits.id", phi=True)
    type: Mapped[NoteType] = column(default=NoteType.GENERAL)
    title: Mapped[str] = column(String(255), phi=True)
    content: Mapped[str] = column(phi=True)
    subjective: Mapped[str | None] = column(phi=True)
    objective: Mapped[str | None] = column(phi=True)
    assessment: Mapped[str | None] = column(phi=True)
    plan: Mapped[str | None] = column(phi=True)
    tags: Mapped[list[str] | None] = column(phi=True)
    is_confidential: Mapped[bool] = column(default=False)
    is_signed: Mapped[bool] = column(default=False, group="signature")
    amended: Mapped[bool] = column(default=False, derived=True)
    co_reviewed_by: Mapped[uuid.UUID | None] = link("users.id", group="co_review")
    co_reviewed_at: Mapped[dt.datetime | None] = column(group="co_review")
    occurred_at: Mapped[dt.datetime | None] = column(phi=True)


class ClinicalProtocol(Syncable, SoftDeleted, Base):
    """A versioned clinical procedure with ordered steps and decision points."""

    __tablename__ = "clinical_protocols"
    __table_args__ = (live_unique("code"),)
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)
    __rules__ = (
        Ordered("effective_date", "review_date"),
        RequiredWhen("approved_date", Given("approved_by"), "approved"),
        RequiredWhen("approved_by", Equals("status", "ACTIVE"), "active"),
    )

    name: Mapped[str] = column(String(255), index=True)
    code: Mapped[str] = column(String(50))
    version: Mapped[str] = column(String(20))
    category: Mapped[str] = column(String(100), index=True)
    description: Mapped[str]
    indications: Mapped[list[str]]
    contraindications: Mapped[list[str] | None]
    steps: Mapped[list[Any]]
    decision_points: Mapped[list[Any] | None]
    required_equipment: Mapped[list[str] | None]
    medications: Mapped[list[str] | None]
    status: Mapped[ProtocolStatus] = column(default=ProtocolStatus.DRAFT, index=True, group="approval")
    approved_by: Mapped[uuid.UUID | None] = link("users.id", group="approval")
    approved_date: Mapped[dt.datetime | None] = column(group="approval")
    effective_date: Mapped[dt.date | None] = column(group="dates")
    review_date: Mapped[dt.date | None] = column(group="dates")
    references: Mapped[list[str] | None]
    tags: Mapped[list[str] | None]


class FollowUpAction(Syncable, SoftDeleted, Base):
    """A task that follows from an incident report, with an owner and a due date."""

    __tablename__ = "follow_up_actions"
    __table_args__ = (
        index("incident_report_id", "status"),
        index("assigned_to", "status"),
        index("due_date", "status"),
    )
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, parent("incident_report_id"))
    __rules__ = (
        RequiredWhen("completed_at", Equals("status", "COMPLETED"), "completed"),
        RequiredWhen("completed_by", Given("completed_at"), "completed"),
    )

    incident_report_id: Mapped[uuid.UUID] = link("incident_reports.id", index=False)
    action: Mapped[str] = column(phi=True)
    due_date: Mapped[dt.datetime]
    priority: Mapped[Priority] = column(default=Priority.MEDIUM, index=True)
    status: Mapped[ActionStatus] = column(default=ActionStatus.PENDING, index=True, group="completion")
    assigned_to: Mapped[uuid.UUID | None] = link("users.id", index=False)
    completed_at: Mapped[dt.datetime | None] = column(group="completion")
    completed_by: Mapped[uuid.UUID | None] = link("users.id", group="completion")
    notes: Mapped[str | None] = column(phi=True)


class FollowUpAppointment(Syncable, SoftDeleted, Base):
    """A follow-up visit planned after an earlier clinic visit."""

    __tablename__ = "follow_up_appointments"
    __table_args__ = (index("student_id", "status"),)
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, student())
    __rules__ = (
        Between("duration_minutes", 5, 480),
        RequiredWhen("reminder_sent_at", Holds("reminder_sent"), "reminded"),
        RequiredWhen("confirmed_at", Equals("status", "CONFIRMED"), "confirmed"),
        RequiredWhen("completed_at", Equals("status", "COMPLETED"), "completed"),
        RequiredWhen("cancelled_at", Equals("status", "CANCELLED"), "cancelled"),
        RequiredWhen("cancellation_reason", Equals("status", "CANCELLED"), "cancelled"),
        Unequal("rescheduled_from_id", "id"),
        Unequal("rescheduled_to_id", "id"),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", index=False, phi=True)
    original_visit_id: Mapped[uuid.UUID | None] = link("clinic_visits.id", phi=True)
    scheduled_by: Mapped[uuid.UUID] = link("users.id")
    scheduled_date: Mapped[dt.datetime] = column(index=True, phi=True, group="time")
    duration_minutes: Mapped[int] = column(default=30, group="time")
    reason: Mapped[str] = column(phi=True)
    type: Mapped[str] = column(String(100), phi=True)
    status: Mapped[FollowUpStatus] = column(default=FollowUpStatus.SCHEDULED, index=True, group="status")
    assigned_to: Mapped[uuid.UUID | None] = link("users.id")
    reminder_sent: Mapped[bool] = column(default=False, group="reminder")
    reminder_sent_at: Mapped[dt.datetime | None] = column(group="reminder")
    confirmed_at: Mapped[dt.datetime | None] = column(group="status")
    completed_visit_id: Mapped[uuid.UUID | None] = link("clinic_visits.id", phi=True, group="status")
    completed_at: Mapped[dt.datetime | None] = column(group="status")
    cancelled_at: Mapped[dt.datetime | None] = column(group="status")
    cancellation_reason: Mapped[str | None] = column(phi=True, group="status")
    rescheduled_from_id: Mapped[uuid.UUID | None] = link("follow_up_appointments.id")
    rescheduled_to_id: Mapped[uuid.UUID | None] = link("follow_up_appointments.id")
    notes: Mapped[str | None] = column(phi=True)
    priority: Mapped[Priority] = column(default=Priority.MEDIUM)


class WitnessStatement(Syncable, SoftDeleted, Signable, Base):
    """A statement by a witness of an incident, and whether it was verified."""

    __tablename__ = "witness_statements"
    __table_args__ = (index("incident_report_id", "verified"),)
    __sync__ = SyncPolicy(
        SyncClass.SEALED,
        parent("incident_report_id"),
        signed_when="signed_at",
        after_sign=frozenset({"verified", "verified_by", "verified_at"}),
    )
    __rules__ = (
        RequiredWhen("verified_by", Holds("verified"), "verified"),
        RequiredWhen("verified_at", Holds("verified"), "verified"),
    )

    incident_report_id: Mapped[uuid.UUID] = link("incident_reports.id", index=False)
    witness_name: Mapped[str] = column(String(255), phi=True)
    witness_type: Mapped[WitnessType]
    witness_contact: Mapped[str | None] = column(String(255), phi=True)
    statement: Mapped[str] = column(phi=True)
    verified: Mapped[bool] = column(default=False, index=True, group="verification")
    verified_by: Mapped[uuid.UUID | None] = link("users.id", group="verification")
    verified_at: Mapped[dt.datetime | None] = column(group="verification")
