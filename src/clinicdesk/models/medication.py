"""Medication: the formulary and what became of every dose."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import (
    AnyGiven,
    AtLeast,
    Between,
    Equals,
    ForbiddenWhen,
    Given,
    Holds,
    Not,
    Occurs,
    Ordered,
    Pattern,
    RequiredWhen,
    TogetherGiven,
    Unequal,
)
from clinicdesk.domain.validation.shapes import NDC
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link, live_unique
from clinicdesk.models.enums import DeaSchedule, DoseOutcome, DoseReason, OverrideRule, RecordSource, Route, Unit
from clinicdesk.models.mixins import Superseding
from clinicdesk.models.policy import DISTRICT, SyncClass, SyncPolicy, student
from clinicdesk.models.types import Exact


class Medication(Syncable, SoftDeleted, Base):
    """The formulary of medicines the clinics may give.

    `drug_catalog_id` names the reference drug, so that interactions and ingredients can be checked (concern 18). A
    controlled medicine has its schedule and a witness.
    """

    __tablename__ = "medications"
    __table_args__ = (live_unique("ndc", where="deleted_at IS NULL AND ndc IS NOT NULL"),)
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)
    __rules__ = (
        RequiredWhen("dea_schedule", Holds("is_controlled"), "controlled"),
        ForbiddenWhen("dea_schedule", Not(Holds("is_controlled")), "not_controlled"),
        Occurs("requires_witness", "controlled_needs_witness", Holds("requires_witness"), Holds("is_controlled")),
        AtLeast("strength_amount", 0, above=True),
        TogetherGiven(("strength_amount", "strength_unit")),
        Between("tolerance_percent", 0, 100),
        Pattern("ndc", "ndc", NDC),
    )

    name: Mapped[str] = column(String(255), index=True)
    generic_name: Mapped[str | None] = column(String(255), index=True)
    dosage_form: Mapped[str] = column(String(255))
    strength: Mapped[str] = column(String(255))
    manufacturer: Mapped[str | None] = column(String(255))
    ndc: Mapped[str | None] = column(String(255))
    is_controlled: Mapped[bool] = column(default=False, index=True, group="controlled")
    dea_schedule: Mapped[DeaSchedule | None] = column(group="controlled")
    requires_witness: Mapped[bool] = column(default=False, group="controlled")
    is_active: Mapped[bool] = column(default=True, index=True)
    drug_catalog_id: Mapped[uuid.UUID | None] = link("drug_catalog.id")
    strength_amount: Mapped[Decimal | None] = column(Exact(12, 4), group="strength")
    strength_unit: Mapped[Unit | None] = column(group="strength")
    form_unit: Mapped[Unit | None] = column(group="strength")
    default_route: Mapped[Route | None]
    is_emergency: Mapped[bool] = column(default=False)
    tolerance_percent: Mapped[Decimal | None] = column(Exact(5, 2))


class MedicationLog(Syncable, Superseding, Base):
    """The outcome of one slot, or of one as-needed dose, of an order.

    Given twice for one slot by two desks, both rows stand and are flagged (M7, D1). Event time (`administered_at`)
    and entry time (`recorded_at`) are both kept (M17).
    """

    __tablename__ = "medication_logs"
    __table_args__ = (
        live_unique(
            "order_root_id",
            "slot_key",
            "device_id",
            "revision",
            where="outcome = 'GIVEN' AND slot_key IS NOT NULL AND order_root_id IS NOT NULL",
        ),
        index("student_id", "medication_id"),
        index("order_root_id", "scheduled_for"),
        index("student_id", "administered_at"),
    )
    __sync__ = SyncPolicy(SyncClass.APPEND_ONLY, student(), safety=True)
    __rules__ = (
        AnyGiven(("administered_by", "administered_by_name")),
        AtLeast("dosage", 0),
        Occurs("was_given", "given_says_so", Holds("was_given"), Equals("outcome", "GIVEN", "VOMITED")),
        Occurs("was_given", "not_given_says_so", Not(Holds("was_given")), Not(Equals("outcome", "GIVEN", "VOMITED"))),
        RequiredWhen(
            "reason_not_given", Equals("outcome", "REFUSED", "HELD", "NOT_AVAILABLE", "WASTED", "MISSED"), "not_given"
        ),
        RequiredWhen(
            "reason_code", Equals("outcome", "REFUSED", "ABSENT", "HELD", "NOT_AVAILABLE", "MISSED"), "not_given"
        ),
        TogetherGiven(("scheduled_for", "slot_key")),
        TogetherGiven(("student_medication_id", "order_root_id", "order_version")),
        TogetherGiven(("form_count", "form_unit")),
        AtLeast("form_count", 0),
        RequiredWhen("override_reason", Given("override_rule"), "overridden"),
        RequiredWhen("override_by", Given("override_rule"), "overridden"),
        Unequal("witnessed_by", "administered_by"),
        Unequal("override_second_id", "override_by"),
        Ordered("administered_at", "effect_due_at"),
        AnyGiven(("student_medication_id", "standing_order_id"), Equals("source", "DESK")),
        AtLeast("counted", 0),
        Between("zone_offset_minutes", -840, 840),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", index=False, phi=True)
    medication_id: Mapped[uuid.UUID] = link("medications.id", phi=True)
    dosage: Mapped[Decimal] = column(Exact(12, 4), phi=True)
    dosage_unit: Mapped[Unit] = column(phi=True)
    route: Mapped[Route] = column(phi=True)
    administered_at: Mapped[dt.datetime] = column(phi=True, index=True)
    administered_by: Mapped[uuid.UUID | None] = link("users.id")
    administered_by_name: Mapped[str | None] = column(String(255), phi=True)
    notes: Mapped[str | None] = column(phi=True)
    was_given: Mapped[bool] = column(default=False, phi=True)
    reason_not_given: Mapped[str | None] = column(phi=True)
    student_medication_id: Mapped[uuid.UUID | None] = link("student_medications.id", phi=True)
    order_root_id: Mapped[uuid.UUID | None] = column(phi=True)
    order_version: Mapped[int | None] = column(phi=True)
    standing_order_id: Mapped[uuid.UUID | None] = link("standing_orders.id")
    visit_id: Mapped[uuid.UUID | None] = link("clinic_visits.id", phi=True)
    school_id: Mapped[uuid.UUID | None] = link("schools.id")
    scheduled_for: Mapped[dt.datetime | None] = column(phi=True)
    slot_key: Mapped[str | None] = column(String(80), phi=True)
    outcome: Mapped[DoseOutcome] = column(phi=True)
    reason_code: Mapped[DoseReason | None] = column(phi=True)
    form_count: Mapped[Decimal | None] = column(Exact(8, 3), phi=True)
    form_unit: Mapped[Unit | None] = column(phi=True)
    recorded_at: Mapped[dt.datetime]
    zone_offset_minutes: Mapped[int]
    clock_skew_seconds: Mapped[int | None]
    source: Mapped[RecordSource] = column(default=RecordSource.DESK)
    device_id: Mapped[uuid.UUID]
    witnessed_by: Mapped[uuid.UUID | None] = link("users.id")
    witness_signature_id: Mapped[uuid.UUID | None] = link("signatures.id")
    lot_id: Mapped[uuid.UUID | None] = link("inventory_lots.id", cross_scope=True)
    stock_transaction_id: Mapped[uuid.UUID | None] = link("inventory_transactions.id", cross_scope=True)
    expected_count: Mapped[Decimal | None] = column(Exact(12, 3), phi=True)
    counted: Mapped[Decimal | None] = column(Exact(12, 3), phi=True)
    count_is_estimate: Mapped[bool] = column(default=False)
    indication: Mapped[str | None] = column(phi=True)
    precheck_result: Mapped[str | None] = column(phi=True)
    override_rule: Mapped[OverrideRule | None]
    override_reason: Mapped[str | None] = column(phi=True)
    override_prescriber_contact: Mapped[str | None] = column(phi=True)
    override_by: Mapped[uuid.UUID | None] = link("users.id")
    override_second_id: Mapped[uuid.UUID | None] = link("users.id")
    advisories: Mapped[list[Any]] = column(default=list, phi=True)
    identity_checked: Mapped[list[str]] = column(default=list)
    effect_due_at: Mapped[dt.datetime | None] = column(phi=True)
    lease_expired: Mapped[bool] = column(default=False)
