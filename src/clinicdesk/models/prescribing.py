"""Clinical: reference drugs, drug allergies and prescriptions."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import AnyGiven, AtLeast, Given, NotAbove, Ordered, Pattern, TogetherGiven
from clinicdesk.domain.validation.shapes import RXNORM
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link, live_unique
from clinicdesk.models.enums import AllergySeverity, AllergyType, InteractionSeverity, PrescriptionStatus, Route, Unit
from clinicdesk.models.mixins import Signable
from clinicdesk.models.policy import DISTRICT, SyncClass, SyncPolicy, student
from clinicdesk.models.types import Exact


class DrugCatalog(Syncable, SoftDeleted, Base):
    """A reference list of drugs keyed by standard drug codes, used for interaction checks.

    `rxnorm_id` is the concept of the ingredient set, `rxnorm_code` that of the product (concern 51).
    """

    __tablename__ = "drug_catalog"
    __table_args__ = (
        live_unique("rxnorm_id", where="deleted_at IS NULL AND rxnorm_id IS NOT NULL"),
        live_unique("rxnorm_code", where="deleted_at IS NULL AND rxnorm_code IS NOT NULL"),
    )
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)
    __rules__ = (
        Pattern("rxnorm_id", "rxnorm_code", RXNORM),
        Pattern("rxnorm_code", "rxnorm_code", RXNORM),
    )

    rxnorm_id: Mapped[str | None] = column(String(50))
    rxnorm_code: Mapped[str | None] = column(String(50))
    generic_name: Mapped[str] = column(String(255), index=True)
    brand_names: Mapped[list[str] | None]
    drug_class: Mapped[str | None] = column(String(100), index=True)
    fda_approved: Mapped[bool] = column(default=True)
    common_doses: Mapped[dict[str, Any] | None]
    side_effects: Mapped[list[str] | None]
    contraindications: Mapped[list[str] | None]
    warnings: Mapped[list[str] | None]
    is_active: Mapped[bool] = column(default=True, index=True)
    ingredients: Mapped[list[Any]] = column(default=list)
    allergy_classes: Mapped[list[str]] = column(default=list)


class DrugInteraction(Syncable, SoftDeleted, Base):
    """A known interaction between two drugs of the catalogue, with severity and management.

    The pair stands in one order only, the smaller key first, and never names one drug twice (concern 45).
    """

    __tablename__ = "drug_interactions"
    __table_args__ = (live_unique("drug1_id", "drug2_id"),)
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)
    __rules__ = (Ordered("drug1_id", "drug2_id", strictly=True),)

    drug1_id: Mapped[uuid.UUID] = link("drug_catalog.id", group="pair")
    drug2_id: Mapped[uuid.UUID] = link("drug_catalog.id", group="pair")
    severity: Mapped[InteractionSeverity] = column(index=True)
    description: Mapped[str]
    clinical_effects: Mapped[str | None]
    management: Mapped[str | None]
    references: Mapped[list[Any] | None]
    evidence_level: Mapped[str | None] = column(String(50))


class StudentDrugAllergy(Syncable, SoftDeleted, Base):
    """The link of an `Allergy` to a catalogue drug or ingredient; it never stands alone (concern 16)."""

    __tablename__ = "student_drug_allergies"
    __table_args__ = (live_unique("student_id", "drug_id"),)
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, student(), safety=True)
    __rules__ = (AnyGiven(("diagnosed_by", "diagnosed_by_name"), Given("diagnosed_date")),)

    student_id: Mapped[uuid.UUID] = link("students.id", phi=True)
    drug_id: Mapped[uuid.UUID] = link("drug_catalog.id", phi=True, safety=True)
    allergy_type: Mapped[AllergyType] = column(phi=True, safety=True)
    reaction: Mapped[str] = column(phi=True, safety=True)
    severity: Mapped[AllergySeverity] = column(phi=True, safety=True, index=True)
    notes: Mapped[str | None] = column(phi=True)
    diagnosed_date: Mapped[dt.datetime | None] = column(phi=True, group="diagnosis")
    diagnosed_by: Mapped[uuid.UUID | None] = link("users.id", phi=True, group="diagnosis")
    diagnosed_by_name: Mapped[str | None] = column(String(255), phi=True, group="diagnosis")
    allergy_id: Mapped[uuid.UUID] = link("allergies.id", phi=True)
    ingredient_code: Mapped[str | None] = column(String(50), phi=True, safety=True)


class Prescription(Syncable, SoftDeleted, Signable, Base):
    """A prescriber's authorisation for a student, and its way through the pharmacy.

    The school's order that rests on it is `StudentMedication` (concern 18).
    """

    __tablename__ = "prescriptions"
    __table_args__ = (index("student_id", "status"),)
    __sync__ = SyncPolicy(
        SyncClass.SEALED,
        student(),
        signed_when="signed_at",
        after_sign=frozenset(
            {"status", "quantity_filled", "refills_used", "pharmacy_name", "filled_date", "picked_up_date"}
        ),
    )
    __rules__ = (
        AnyGiven(("prescribed_by", "prescribed_by_name")),
        Ordered("start_date", "end_date"),
        AtLeast("quantity", 1),
        AtLeast("quantity_filled", 0),
        NotAbove("quantity_filled", "quantity"),
        AtLeast("refills_authorized", 0),
        AtLeast("refills_used", 0),
        NotAbove("refills_used", "refills_authorized"),
        Ordered("filled_date", "picked_up_date"),
        TogetherGiven(("dose_amount", "dose_unit")),
        AtLeast("dose_amount", 0, above=True),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", index=False, phi=True)
    visit_id: Mapped[uuid.UUID | None] = link("clinic_visits.id", phi=True)
    treatment_plan_id: Mapped[uuid.UUID | None] = link("treatment_plans.id", phi=True)
    prescribed_by: Mapped[uuid.UUID | None] = link("users.id", group="prescriber")
    prescribed_by_name: Mapped[str | None] = column(String(255), group="prescriber")
    drug_name: Mapped[str] = column(String(255), phi=True, group="drug")
    drug_code: Mapped[str | None] = column(String(100), phi=True, group="drug")
    dosage: Mapped[str] = column(String(100), phi=True, group="dose")
    frequency: Mapped[str] = column(String(100), phi=True, group="dose")
    route: Mapped[Route] = column(phi=True, group="dose")
    quantity: Mapped[int] = column(phi=True)
    quantity_filled: Mapped[int] = column(default=0, phi=True, group="fill")
    refills_authorized: Mapped[int] = column(default=0, phi=True)
    refills_used: Mapped[int] = column(default=0, phi=True, group="fill")
    start_date: Mapped[dt.date] = column(phi=True, group="dates")
    end_date: Mapped[dt.date | None] = column(phi=True, group="dates")
    instructions: Mapped[str | None] = column(phi=True)
    status: Mapped[PrescriptionStatus] = column(default=PrescriptionStatus.PENDING, index=True, phi=True, group="fill")
    pharmacy_name: Mapped[str | None] = column(String(255), phi=True)
    filled_date: Mapped[dt.datetime | None] = column(phi=True, group="fill")
    picked_up_date: Mapped[dt.datetime | None] = column(phi=True, group="fill")
    notes: Mapped[str | None] = column(phi=True)
    drug_catalog_id: Mapped[uuid.UUID | None] = link("drug_catalog.id", phi=True, group="drug")
    quantity_unit: Mapped[Unit] = column(default=Unit.EACH, phi=True)
    dose_amount: Mapped[Decimal | None] = column(Exact(12, 4), phi=True, group="dose")
    dose_unit: Mapped[Unit | None] = column(phi=True, group="dose")
    prescription_number: Mapped[str | None] = column(String(255), phi=True)
    document_id: Mapped[uuid.UUID | None] = link("attachments.id", phi=True)
