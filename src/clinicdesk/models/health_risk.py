"""Health risk: allergies, conditions, orders and incidents."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import (
    AnyGiven,
    Between,
    Equals,
    Given,
    Holds,
    MinLength,
    Not,
    Occurs,
    Ordered,
    Pattern,
    RequiredWhen,
)
from clinicdesk.domain.validation.shapes import ICD10
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link
from clinicdesk.models.enums import (
    AllergySeverity,
    AllergyType,
    ConditionSeverity,
    ConditionStatus,
    IncidentComplianceStatus,
    IncidentType,
    InsuranceClaimStatus,
    Severity,
)
from clinicdesk.models.mixins import Signable
from clinicdesk.models.policy import SyncClass, SyncPolicy, student


class Allergy(Syncable, SoftDeleted, Base):
    """An allergy of a student, its severity, reactions and emergency protocol.

    The list a nurse reads; an allergy holds if any side of an open conflict states it (D22).
    """

    __tablename__ = "allergies"
    __table_args__ = (
        index("student_id", "active"),
        index("allergy_type", "severity"),
    )
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, student(), safety=True)
    __rules__ = (
        AnyGiven(("diagnosed_by", "diagnosed_by_name"), Given("diagnosed_date")),
        Ordered("onset_date", "diagnosed_date"),
        RequiredWhen("verified_by", Holds("verified"), "verified"),
        RequiredWhen("verification_date", Holds("verified"), "verified"),
        RequiredWhen("inactive_reason", Not(Holds("active")), "inactive"),
        MinLength("allergen", 1),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", index=False, phi=True)
    allergen: Mapped[str] = column(String(255), phi=True, group="allergen", safety=True)
    allergy_type: Mapped[AllergyType] = column(default=AllergyType.OTHER, phi=True, group="allergen", safety=True)
    severity: Mapped[AllergySeverity] = column(phi=True, group="allergen", safety=True)
    symptoms: Mapped[str | None] = column(phi=True)
    reactions: Mapped[list[Any] | None] = column(phi=True, safety=True)
    treatment: Mapped[str | None] = column(phi=True)
    emergency_protocol: Mapped[str | None] = column(phi=True, safety=True)
    onset_date: Mapped[dt.datetime | None] = column(phi=True, group="diagnosis")
    diagnosed_date: Mapped[dt.datetime | None] = column(phi=True, group="diagnosis")
    diagnosed_by: Mapped[uuid.UUID | None] = link("users.id", phi=True, group="diagnosis")
    diagnosed_by_name: Mapped[str | None] = column(String(255), phi=True, group="diagnosis")
    verified: Mapped[bool] = column(default=False, group="verification")
    verified_by: Mapped[uuid.UUID | None] = link("users.id", group="verification")
    verification_date: Mapped[dt.datetime | None] = column(group="verification")
    active: Mapped[bool] = column(default=True, group="state", safety=True)
    notes: Mapped[str | None] = column(phi=True)
    epi_pen_required: Mapped[bool] = column(default=False, phi=True, group="epi_pen")
    epi_pen_location: Mapped[str | None] = column(String(255), phi=True, group="epi_pen")
    epi_pen_expiration: Mapped[dt.datetime | None] = column(index=True, phi=True, group="epi_pen")
    health_record_id: Mapped[uuid.UUID | None] = link("health_records.id", phi=True)
    ingredient_code: Mapped[str | None] = column(String(50), phi=True, group="allergen", safety=True)
    inactive_reason: Mapped[str | None] = column(phi=True, group="state")


class ChronicCondition(Syncable, SoftDeleted, Base):
    """A long-term condition of a student with care plan, restrictions and review dates."""

    __tablename__ = "chronic_conditions"
    __table_args__ = (
        index("student_id", "is_active"),
        index("status", "is_active"),
    )
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, student(), safety=True)
    __rules__ = (
        AnyGiven(("diagnosed_by", "diagnosed_by_name")),
        Ordered("last_review_date", "next_review_date"),
        Ordered("diagnosed_date", "last_review_date"),
        Pattern("icd_code", "icd10", ICD10),
        Occurs("is_active", "resolved_is_inactive", Not(Holds("is_active")), Equals("status", "RESOLVED")),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", index=False, phi=True)
    health_record_id: Mapped[uuid.UUID | None] = link("health_records.id", phi=True)
    condition: Mapped[str] = column(String(200), phi=True)
    icd_code: Mapped[str | None] = column(String(20), phi=True)
    diagnosed_date: Mapped[dt.date] = column(phi=True, group="diagnosis")
    diagnosed_by: Mapped[uuid.UUID | None] = link("users.id", phi=True, group="diagnosis")
    diagnosed_by_name: Mapped[str | None] = column(String(255), phi=True, group="diagnosis")
    status: Mapped[ConditionStatus] = column(default=ConditionStatus.ACTIVE, phi=True, group="state", safety=True)
    severity: Mapped[ConditionSeverity | None] = column(phi=True)
    notes: Mapped[str | None] = column(phi=True)
    care_plan: Mapped[str | None] = column(phi=True)
    medications: Mapped[list[str]] = column(default=list, phi=True)
    restrictions: Mapped[list[str]] = column(default=list, phi=True, safety=True)
    triggers: Mapped[list[str]] = column(default=list, phi=True, safety=True)
    accommodations: Mapped[list[str]] = column(default=list, phi=True)
    emergency_protocol: Mapped[str | None] = column(phi=True, safety=True)
    last_review_date: Mapped[dt.date | None] = column(phi=True, group="diagnosis")
    next_review_date: Mapped[dt.date | None] = column(index=True, phi=True, group="diagnosis")
    requires_iep: Mapped[bool] = column(default=False, index=True, phi=True)
    requires_504: Mapped[bool] = column(default=False, index=True, phi=True)
    is_active: Mapped[bool] = column(default=True, index=True, group="state", safety=True)
    contraindicated_ingredients: Mapped[list[str]] = column(default=list, phi=True, safety=True)


class IncidentReport(Syncable, SoftDeleted, Signable, Base):
    """An injury, illness or other incident that involved a student, and how it was handled.

    What witnesses said stands in `WitnessStatement`, what follows in `FollowUpAction`; the lists here are the first
    jottings (concern 42).
    """

    __tablename__ = "incident_reports"
    __table_args__ = (index("type", "occurred_at"),)
    __sync__ = SyncPolicy(
        SyncClass.SEALED,
        student(),
        signed_when="signed_at",
        after_sign=frozenset(
            {
                "parent_notified",
                "parent_notification_method",
                "parent_notified_at",
                "parent_notified_by",
                "follow_up_required",
                "follow_up_notes",
                "insurance_claim_number",
                "insurance_claim_status",
                "legal_compliance_status",
                "reviewed_by",
                "reviewed_at",
            }
        ),
    )
    __rules__ = (
        RequiredWhen("parent_notified_at", Holds("parent_notified"), "parent_notified"),
        RequiredWhen("parent_notified_by", Holds("parent_notified"), "parent_notified"),
        Ordered("occurred_at", "parent_notified_at"),
        RequiredWhen("reviewed_by", Given("reviewed_at"), "reviewed"),
        Between("zone_offset_minutes", -840, 840),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", phi=True)
    reported_by_id: Mapped[uuid.UUID] = link("users.id")
    type: Mapped[IncidentType] = column(phi=True)
    severity: Mapped[Severity] = column(index=True, phi=True)
    description: Mapped[str] = column(phi=True)
    location: Mapped[str] = column(String(255), phi=True)
    witnesses: Mapped[list[str]] = column(default=list, phi=True)
    actions_taken: Mapped[str] = column(phi=True)
    parent_notified: Mapped[bool] = column(default=False, group="parent_notice")
    parent_notification_method: Mapped[str | None] = column(String(255), group="parent_notice")
    parent_notified_at: Mapped[dt.datetime | None] = column(group="parent_notice")
    parent_notified_by: Mapped[uuid.UUID | None] = link("users.id", group="parent_notice")
    follow_up_required: Mapped[bool] = column(default=False)
    follow_up_notes: Mapped[str | None] = column(phi=True)
    attachments: Mapped[list[str]] = column(default=list, phi=True)
    evidence_photos: Mapped[list[str]] = column(default=list, phi=True)
    evidence_videos: Mapped[list[str]] = column(default=list, phi=True)
    insurance_claim_number: Mapped[str | None] = column(String(255), phi=True, group="insurance")
    insurance_claim_status: Mapped[InsuranceClaimStatus | None] = column(phi=True, group="insurance")
    legal_compliance_status: Mapped[IncidentComplianceStatus] = column(default=IncidentComplianceStatus.PENDING)
    occurred_at: Mapped[dt.datetime] = column(phi=True)
    zone_offset_minutes: Mapped[int]
    school_id: Mapped[uuid.UUID | None] = link("schools.id")
    visit_id: Mapped[uuid.UUID | None] = link("clinic_visits.id", phi=True)
    reviewed_by: Mapped[uuid.UUID | None] = link("users.id", group="review")
    reviewed_at: Mapped[dt.datetime | None] = column(group="review")
