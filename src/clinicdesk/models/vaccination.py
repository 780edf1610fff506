"""Clinical: vaccine doses given here, and exemptions."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import (
    ALWAYS,
    Any_,
    AnyGiven,
    AtLeast,
    Between,
    ForbiddenWhen,
    Given,
    Holds,
    Not,
    NotAbove,
    Occurs,
    RequiredWhen,
    TogetherGiven,
)
from clinicdesk.models.base import Base, Syncable
from clinicdesk.models.columns import column, index, link
from clinicdesk.models.enums import (
    BodySite,
    ExemptionKind,
    Route,
    Unit,
    VaccinationComplianceStatus,
    VaccineType,
    VfcEligibility,
)
from clinicdesk.models.mixins import Superseding
from clinicdesk.models.policy import SyncClass, SyncPolicy, student
from clinicdesk.models.types import Exact


class Vaccination(Syncable, Superseding, Base):
    """A vaccine dose given in this clinic, or an exemption.

    Doses reported from outside are `Immunization` (concern 4). A given dose carries everything that I14 asks for.
    It is never deleted: a correction supersedes it.
    """

    __tablename__ = "vaccinations"
    __table_args__ = (
        index("student_id", "administration_date"),
        index("vaccine_type", "compliance_status"),
    )
    __sync__ = SyncPolicy(SyncClass.APPEND_ONLY, student())
    __rules__ = (
        AnyGiven(("administered_by", "administered_by_name"), Not(Holds("exemption_status"))),
        ForbiddenWhen("deleted_at", ALWAYS, "append_only"),
        AtLeast("dose_number", 1),
        AtLeast("total_doses", 1),
        NotAbove("dose_number", "total_doses"),
        TogetherGiven(("dosage_amount", "dosage_unit")),
        AtLeast("dosage_amount", 0, above=True),
        RequiredWhen("exemption_kind", Holds("exemption_status"), "exempt"),
        RequiredWhen("exemption_reason", Holds("exemption_status"), "exempt"),
        RequiredWhen("lot_number", Not(Holds("exemption_status")), "given"),
        RequiredWhen("manufacturer", Not(Holds("exemption_status")), "given"),
        RequiredWhen("expiration_date", Not(Holds("exemption_status")), "given"),
        RequiredWhen("site_of_administration", Not(Holds("exemption_status")), "given"),
        RequiredWhen("route_of_administration", Not(Holds("exemption_status")), "given"),
        RequiredWhen("dosage_amount", Not(Holds("exemption_status")), "given"),
        RequiredWhen("vfc_code", Not(Holds("exemption_status")), "given"),
        RequiredWhen("screening_answers", Not(Holds("exemption_status")), "given"),
        RequiredWhen("vis_date", Holds("vis_provided"), "vis_provided"),
        RequiredWhen("vis_edition", Holds("vis_provided"), "vis_provided"),
        Occurs(
            "consent_by",
            "consent_names_its_giver",
            Any_(Given("consent_by"), Given("consent_signature_id")),
            Holds("consent_obtained"),
        ),
        AtLeast("observation_minutes", 0),
        Between("zone_offset_minutes", -840, 840),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", index=False, phi=True)
    health_record_id: Mapped[uuid.UUID | None] = link("health_records.id", phi=True)
    vaccine_name: Mapped[str] = column(String(200), phi=True)
    vaccine_type: Mapped[VaccineType | None] = column(phi=True)
    manufacturer: Mapped[str | None] = column(String(100), phi=True)
    lot_number: Mapped[str | None] = column(String(50), phi=True)
    cvx_code: Mapped[str | None] = column(String(10), phi=True)
    ndc_code: Mapped[str | None] = column(String(20), phi=True)
    dose_number: Mapped[int | None] = column(phi=True)
    total_doses: Mapped[int | None] = column(phi=True)
    series_complete: Mapped[bool] = column(default=False, phi=True)
    administration_date: Mapped[dt.datetime] = column(index=True, phi=True)
    administered_by: Mapped[uuid.UUID | None] = link("users.id", phi=True)
    administered_by_name: Mapped[str | None] = column(String(255), phi=True)
    administered_by_role: Mapped[str | None] = column(String(50))
    facility: Mapped[str | None] = column(String(200), phi=True)
    site_of_administration: Mapped[BodySite | None] = column(phi=True)
    route_of_administration: Mapped[Route | None] = column(phi=True)
    dosage_amount: Mapped[Decimal | None] = column(Exact(8, 3), phi=True)
    expiration_date: Mapped[dt.date | None] = column(index=True, phi=True)
    next_due_date: Mapped[dt.date | None] = column(index=True, phi=True)
    reactions: Mapped[str | None] = column(phi=True)
    adverse_events: Mapped[dict[str, Any] | None] = column(phi=True)
    exemption_status: Mapped[bool] = column(default=False, phi=True)
    exemption_reason: Mapped[str | None] = column(phi=True)
    exemption_document: Mapped[str | None] = column(String(500), phi=True)
    compliance_status: Mapped[VaccinationComplianceStatus] = column(
        default=VaccinationComplianceStatus.COMPLIANT, index=True, phi=True
    )
    vfc_eligibility: Mapped[bool] = column(default=False, phi=True)
    vis_provided: Mapped[bool] = column(default=False)
    vis_date: Mapped[dt.date | None]
    consent_obtained: Mapped[bool] = column(default=False)
    consent_by: Mapped[str | None] = column(String(200), phi=True)
    notes: Mapped[str | None] = column(phi=True)
    deleted_at: Mapped[dt.datetime | None]
    dosage_unit: Mapped[Unit | None] = column(phi=True)
    administered_by_title: Mapped[str | None] = column(String(100))
    administered_by_address: Mapped[str | None]
    mvx_code: Mapped[str | None] = column(String(10), phi=True)
    lot_id: Mapped[uuid.UUID | None] = link("inventory_lots.id", cross_scope=True)
    stock_transaction_id: Mapped[uuid.UUID | None] = link("inventory_transactions.id", cross_scope=True)
    visit_id: Mapped[uuid.UUID | None] = link("clinic_visits.id", phi=True)
    school_id: Mapped[uuid.UUID | None] = link("schools.id")
    consent_signature_id: Mapped[uuid.UUID | None] = link("consent_signatures.id", phi=True)
    vis_edition: Mapped[str | None] = column(String(50))
    vfc_code: Mapped[VfcEligibility | None] = column(phi=True)
    screening_answers: Mapped[dict[str, Any] | None] = column(phi=True)
    observation_minutes: Mapped[int | None]
    observation_ended_at: Mapped[dt.datetime | None]
    vaers_prompted: Mapped[bool] = column(default=False)
    exemption_kind: Mapped[ExemptionKind | None] = column(phi=True)
    exemption_attachment_id: Mapped[uuid.UUID | None] = link("attachments.id", phi=True)
    exemption_expires_on: Mapped[dt.date | None] = column(phi=True)
    recorded_at: Mapped[dt.datetime]
    zone_offset_minutes: Mapped[int]
