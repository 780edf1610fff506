"""Health risk: the versioned medication order."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import (
    All,
    AnyGiven,
    AtLeast,
    EachOf,
    Equals,
    Given,
    Holds,
    NotEmptyWhen,
    Occurs,
    Ordered,
    Pattern,
    RequiredWhen,
    TogetherGiven,
)
from clinicdesk.domain.validation.shapes import CLOCK_TIME, NPI, WEEKDAYS
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link
from clinicdesk.models.enums import OrderStatus, Route, ScheduleKind, Unit
from clinicdesk.models.mixins import Signable
from clinicdesk.models.policy import SyncClass, SyncPolicy, student
from clinicdesk.models.types import Exact


class StudentMedication(Syncable, SoftDeleted, Signable, Base):
    """A medication order for one student: which medicine, how much, how often and for how long.

    It is versioned and known by its `root_id`, the id of its first version (D1); activating it freezes it, a change
    is a new version. Where two versions follow one (a fork), both stand and nothing is given until a person resolves
    it; the version that is taken back then is followed by one that names in `amends_id` the version that stands
    (D1). The dose is structured: strength times form units, shown both ways (M3); `dosage`, `frequency`
    and `instructions` are the order's own words. An open conflict in it is a hard stop (D22).
    """

    __tablename__ = "student_medications"
    __table_args__ = (
        index("created_by"),
        # Not unique: two desks that change one order offline both keep their version, and the order stops (D1).
        index("root_id", "version"),
        index("student_id", "is_active"),
    )
    __sync__ = SyncPolicy(
        SyncClass.SEALED,
        student(),
        safety=True,
        signed_when="activated_at",
        after_sign=frozenset(
            {
                "status",
                "is_active",
                "status_reason",
                "status_changed_at",
                "status_changed_by",
                "refills_remaining",
                "first_dose_given_elsewhere",
            }
        ),
    )
    __rules__ = (
        AnyGiven(("prescribed_by", "prescribed_by_name")),
        Ordered("start_date", "end_date"),
        AtLeast("version", 1),
        AtLeast("dose_amount", 0, above=True),
        AtLeast("form_count", 0, above=True),
        AtLeast("strength_amount", 0, above=True),
        TogetherGiven(("strength_amount", "strength_unit")),
        TogetherGiven(("form_count", "form_unit")),
        RequiredWhen("dose_per_kg", Holds("weight_based"), "weight_based"),
        RequiredWhen("weight_kg", Holds("weight_based"), "weight_based"),
        AtLeast("dose_per_kg", 0, above=True),
        AtLeast("weight_kg", 0, above=True),
        RequiredWhen("prn_min_interval_minutes", Equals("schedule_kind", "PRN"), "as_needed"),
        RequiredWhen("prn_max_per_day", Equals("schedule_kind", "PRN"), "as_needed"),
        AtLeast("prn_min_interval_minutes", 0),
        AtLeast("prn_max_per_day", 1),
        AtLeast("effect_check_minutes", 1),
        AtLeast("window_before_minutes", 0),
        AtLeast("window_after_minutes", 0),
        AtLeast("refills_remaining", 0),
        RequiredWhen("status_reason", Equals("status", "ON_HOLD", "DISCONTINUED"), "stopped"),
        RequiredWhen("activated_at", Equals("status", "ACTIVE"), "active"),
        RequiredWhen("activated_by", Given("activated_at"), "activated"),
        Pattern("prescriber_npi", "npi", NPI),
        Pattern("times_of_day", "clock_time", CLOCK_TIME),
        NotEmptyWhen("times_of_day", All(Equals("schedule_kind", "SCHEDULED"), Given("activated_at")), "scheduled"),
        EachOf("days_of_week", WEEKDAYS),
        Occurs("is_active", "active_order_says_so", Holds("is_active"), Equals("status", "ACTIVE")),
        Occurs("requires_witness", "witness_stays_with_controlled", Holds("requires_witness"), Holds("is_controlled")),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", index=False, phi=True)
    medication_id: Mapped[uuid.UUID] = link("medications.id", phi=True, group="drug", safety=True)
    dosage: Mapped[str] = column(String(255), phi=True, group="dose", safety=True)
    frequency: Mapped[str] = column(String(255), phi=True, group="schedule", safety=True)
    route: Mapped[Route] = column(phi=True, group="dose", safety=True)
    instructions: Mapped[str | None] = column(phi=True)
    start_date: Mapped[dt.datetime] = column(index=True, phi=True, group="dates", safety=True)
    end_date: Mapped[dt.datetime | None] = column(index=True, phi=True, group="dates", safety=True)
    is_active: Mapped[bool] = column(default=True, index=True, group="status", safety=True)
    prescribed_by: Mapped[uuid.UUID | None] = link("users.id", phi=True, group="prescriber")
    prescribed_by_name: Mapped[str | None] = column(String(255), phi=True, group="prescriber")
    prescription_number: Mapped[str | None] = column(String(255), phi=True)
    refills_remaining: Mapped[int | None] = column(default=0, phi=True)
    root_id: Mapped[uuid.UUID] = column()
    version: Mapped[int] = column(default=1)
    previous_version_id: Mapped[uuid.UUID | None] = link("student_medications.id", phi=True)
    status: Mapped[OrderStatus] = column(default=OrderStatus.DRAFT, phi=True, group="status", safety=True)
    status_reason: Mapped[str | None] = column(phi=True, group="status")
    status_changed_at: Mapped[dt.datetime | None] = column(group="status")
    status_changed_by: Mapped[uuid.UUID | None] = link("users.id", group="status")
    activated_at: Mapped[dt.datetime | None] = column(group="activation")
    activated_by: Mapped[uuid.UUID | None] = link("users.id", group="activation")
    prescription_id: Mapped[uuid.UUID | None] = link("prescriptions.id", phi=True)
    consent_signature_id: Mapped[uuid.UUID | None] = link("consent_signatures.id", phi=True)
    standing_order_id: Mapped[uuid.UUID | None] = link("standing_orders.id")
    prescriber_phone: Mapped[str | None] = column(String(20), phi=True)
    prescriber_npi: Mapped[str | None] = column(String(20), phi=True)
    dose_amount: Mapped[Decimal] = column(Exact(12, 4), phi=True, group="dose", safety=True)
    dose_unit: Mapped[Unit] = column(phi=True, group="dose", safety=True)
    form_count: Mapped[Decimal | None] = column(Exact(8, 3), phi=True, group="dose", safety=True)
    form_unit: Mapped[Unit | None] = column(phi=True, group="dose", safety=True)
    strength_amount: Mapped[Decimal | None] = column(Exact(12, 4), phi=True, group="dose", safety=True)
    strength_unit: Mapped[Unit | None] = column(phi=True, group="dose", safety=True)
    half_tablet_allowed: Mapped[bool] = column(default=False, phi=True, group="dose", safety=True)
    weight_based: Mapped[bool] = column(default=False, phi=True, group="dose", safety=True)
    dose_per_kg: Mapped[Decimal | None] = column(Exact(12, 4), phi=True, group="dose", safety=True)
    weight_kg: Mapped[Decimal | None] = column(Exact(7, 2), phi=True, group="dose", safety=True)
    schedule_kind: Mapped[ScheduleKind] = column(phi=True, group="schedule", safety=True)
    times_of_day: Mapped[list[str]] = column(default=list, phi=True, group="schedule", safety=True)
    days_of_week: Mapped[list[int]] = column(default=list, phi=True, group="schedule", safety=True)
    window_before_minutes: Mapped[int | None] = column(phi=True, group="schedule", safety=True)
    window_after_minutes: Mapped[int | None] = column(phi=True, group="schedule", safety=True)
    prn_min_interval_minutes: Mapped[int | None] = column(phi=True, group="schedule", safety=True)
    prn_max_per_day: Mapped[int | None] = column(phi=True, group="schedule", safety=True)
    prn_indications: Mapped[list[str]] = column(default=list, phi=True, group="schedule")
    prn_precheck: Mapped[str | None] = column(phi=True, group="schedule")
    effect_check_minutes: Mapped[int | None] = column(phi=True, group="schedule")
    is_controlled: Mapped[bool] = column(default=False, phi=True, group="drug", safety=True)
    requires_witness: Mapped[bool] = column(default=False, phi=True, group="drug", safety=True)
    emergency: Mapped[bool] = column(default=False, phi=True, group="drug", safety=True)
    self_carry: Mapped[bool] = column(default=False, phi=True)
    delegation_allowed: Mapped[bool] = column(default=True, phi=True)
    first_dose_given_elsewhere: Mapped[bool] = column(default=False, phi=True)
