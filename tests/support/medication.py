"""A medicine cupboard for tests: formulary, orders, consents and lots of a clinic, put there as a pull would."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.support.desk import ZONE, Clinic, furnished

from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.medication.facts import IdentityStep, LabelStep
from clinicdesk.models import (
    Allergy,
    ConsentForm,
    ConsentSignature,
    DrugCatalog,
    InventoryItem,
    InventoryLot,
    InventoryTransaction,
    Medication,
    StandingOrder,
    StudentMedication,
    TrainingCompletion,
    TrainingModule,
)
from clinicdesk.models.enums import (
    AllergySeverity,
    AllergyType,
    ConsentType,
    DeaSchedule,
    InventoryTransactionType,
    OrderStatus,
    Route,
    ScheduleKind,
    SignerCapacity,
    SigningMethod,
    TrainingCategory,
    Unit,
)
from clinicdesk.services.dose_values import NewDose

DAY = dt.date(2026, 10, 6)
CHECKED = IdentityStep(photo_matched=True, second_identifier_matched=True)
READ = LabelStep(label_read=True)


def at(text: str, day: dt.date = DAY) -> dt.datetime:
    """A local time of the clinic as a moment."""
    return dt.datetime.combine(day, dt.time.fromisoformat(text), tzinfo=ZONE).astimezone(dt.UTC)


@dataclass(frozen=True)
class Drugs:
    """A small formulary."""

    methylphenidate: uuid.UUID
    albuterol: uuid.UUID
    amoxicillin: uuid.UUID
    ibuprofen: uuid.UUID
    motrin: uuid.UUID
    epinephrine: uuid.UUID
    form: uuid.UUID


def stock_formulary(clinic: Clinic) -> Drugs:
    """The drugs that the tests give, with their ingredients, and the consent form for medication."""
    catalogue = {
        "methylphenidate": ("6901", ["stimulant"], []),
        "albuterol": ("435", ["beta2"], []),
        "amoxicillin": ("723", ["aminopenicillin"], ["penicillin"]),
        "ibuprofen": ("5640", ["nsaid"], []),
        "epinephrine": ("3992", ["sympathomimetic"], []),
    }
    entries = {}
    for name, (code, classes, allergies) in catalogue.items():
        entries[name] = new_id()
        clinic.add(
            DrugCatalog(
                id=entries[name],
                rxnorm_id=code,
                generic_name=name,
                drug_class=classes[0],
                ingredients=[code],
                allergy_classes=allergies,
            )
        )

    def medicine(name: str, strength: str, amount: str, unit: Unit, form: Unit, **more: Any) -> uuid.UUID:
        key = new_id()
        clinic.add(
            Medication(
                id=key,
                name=more.pop("brand", name),
                generic_name=name,
                dosage_form=form.value.strip("{}"),
                strength=strength,
                strength_amount=Decimal(amount),
                strength_unit=unit,
                form_unit=form,
                drug_catalog_id=entries[name],
                **more,
            )
        )
        return key

    form = new_id()
    clinic.add(
        ConsentForm(
            id=form,
            type=ConsentType.MEDICATION_ADMINISTRATION,
            title="Medication at school",
            description="Consent for medication at school",
            content="I agree.",
            family_id=form,
            text_hash="0" * 64,
            published_at=at("08:00", dt.date(2026, 7, 1)),
            published_by=clinic.administrator.id,
        )
    )
    return Drugs(
        methylphenidate=medicine(
            "methylphenidate",
            "10 mg",
            "10",
            Unit.MG,
            Unit.TABLET,
            is_controlled=True,
            dea_schedule=DeaSchedule.II,
            requires_witness=True,
        ),
        albuterol=medicine("albuterol", "90 mcg/puff", "90", Unit.UG, Unit.PUFF, brand="albuterol HFA inhaler"),
        amoxicillin=medicine("amoxicillin", "500 mg", "500", Unit.MG, Unit.CAPSULE),
        ibuprofen=medicine("ibuprofen", "200 mg", "200", Unit.MG, Unit.TABLET),
        motrin=medicine("ibuprofen", "200 mg", "200", Unit.MG, Unit.CAPSULE, brand="Motrin"),
        epinephrine=medicine("epinephrine", "0.3 mg", "0.3", Unit.MG, Unit.DOSE, is_emergency=True),
        form=form,
    )


def sign_consent(clinic: Clinic, drugs: Drugs, student: uuid.UUID, **changes: Any) -> uuid.UUID:
    """A mother's signed consent for the school year; `changes` are columns."""
    key = new_id()
    values: dict[str, Any] = {
        "consent_form_id": drugs.form,
        "student_id": student,
        "signed_by": "Ngozi Okonkwo",
        "relationship": "Mother",
        "signed_at": at("09:00", dt.date(2026, 8, 31)),
        "capacity": SignerCapacity.GUARDIAN,
        "form_version": "1.0",
        "text_hash": "0" * 64,
        "method": SigningMethod.PEN,
        "recorded_by": clinic.nurse.id,
        "recorded_at": at("09:00", dt.date(2026, 8, 31)),
        "zone_offset_minutes": -240,
        "effective_from": dt.date(2026, 8, 31),
        "expires_on": dt.date(2027, 6, 18),
        "scope_id": student,
    }
    clinic.add(ConsentSignature(id=key, **{**values, **changes}))
    return key


def write_order(
    clinic: Clinic, student: uuid.UUID, medication: uuid.UUID, consent: uuid.UUID | None, **changes: Any
) -> uuid.UUID:
    """An active order; unless `changes` say otherwise, one unit by mouth at 11:30 on school days."""
    key = new_id()
    values: dict[str, Any] = {
        "student_id": student,
        "medication_id": medication,
        "dosage": "1",
        "frequency": "11:30",
        "route": Route.ORAL,
        "start_date": at("00:00", dt.date(2026, 9, 1)),
        "end_date": at("00:00", dt.date(2027, 6, 18)),
        "prescribed_by_name": "Dr. P. Vantongeren",
        "root_id": key,
        "status": OrderStatus.ACTIVE,
        "activated_at": at("09:00", dt.date(2026, 9, 1)),
        "activated_by": clinic.nurse.id,
        "signed_at": at("09:00", dt.date(2026, 9, 1)),
        "signed_by": clinic.nurse.id,
        "consent_signature_id": consent,
        "form_count": Decimal(1),
        "schedule_kind": ScheduleKind.SCHEDULED,
        "times_of_day": ["11:30"],
        "days_of_week": [0, 1, 2, 3, 4],
        "first_dose_given_elsewhere": True,
        "scope_id": student,
    }
    clinic.add(StudentMedication(id=key, **{**values, **changes}))
    return key


def strength_of(amount: str, unit: Unit, form: Unit, count: str = "1") -> dict[str, Any]:
    """The dose columns of an order: `count` forms of a strength."""
    return {
        "dose_amount": Decimal(amount) * Decimal(count),
        "dose_unit": unit,
        "form_count": Decimal(count),
        "form_unit": form,
        "strength_amount": Decimal(amount),
        "strength_unit": unit,
    }


PRN: dict[str, Any] = {
    "schedule_kind": ScheduleKind.PRN,
    "times_of_day": [],
    "frequency": "as needed",
    "prn_min_interval_minutes": 240,
    "prn_max_per_day": 3,
    "prn_indications": ["wheeze", "before exercise"],
}


@dataclass(frozen=True)
class Cupboard:
    """A student with two scheduled orders (one of them controlled), a PRN inhaler and an emergency auto-injector."""

    clinic: Clinic
    drugs: Drugs
    student: uuid.UUID
    consent: uuid.UUID
    amoxicillin: uuid.UUID
    methylphenidate: uuid.UUID
    albuterol: uuid.UUID
    epinephrine: uuid.UUID
    tablets: uuid.UUID
    """The lot of the controlled tablets: twenty counted."""
    capsules: uuid.UUID

    def dose(self, order: uuid.UUID, **changes: Any) -> NewDose:
        """A dose with student and label checked; scheduled ones for 11:30 of the test's day."""
        prn = order in {self.albuterol, self.epinephrine}
        values: dict[str, Any] = {
            "student_id": self.student,
            "order_id": order,
            "slot_key": None if prn else f"{DAY}T11:30",
            "identity": CHECKED,
            "label": READ,
            "indication": "wheeze" if order == self.albuterol else None,
        }
        return NewDose(**{**values, **changes})


@furnished
def stock_cupboard(clinic: Clinic) -> Cupboard:
    """The cupboard on a Tuesday at 11:32."""
    drugs = stock_formulary(clinic)
    student = clinic.student()
    consent = sign_consent(clinic, drugs, student)
    tablets = put_in_stock(clinic, drugs.methylphenidate, "20", Unit.TABLET, student=student, controlled=True)
    capsules = put_in_stock(clinic, drugs.amoxicillin, "12", Unit.CAPSULE, student=student)
    return Cupboard(
        clinic=clinic,
        drugs=drugs,
        student=student,
        consent=consent,
        amoxicillin=write_order(
            clinic, student, drugs.amoxicillin, consent, **strength_of("500", Unit.MG, Unit.CAPSULE)
        ),
        methylphenidate=write_order(
            clinic,
            student,
            drugs.methylphenidate,
            consent,
            **strength_of("10", Unit.MG, Unit.TABLET),
            is_controlled=True,
            requires_witness=True,
        ),
        albuterol=write_order(
            clinic,
            student,
            drugs.albuterol,
            consent,
            **strength_of("90", Unit.UG, Unit.PUFF, "2"),
            **PRN,
            route=Route.INHALED,
        ),
        epinephrine=write_order(
            clinic,
            student,
            drugs.epinephrine,
            None,
            **strength_of("0.3", Unit.MG, Unit.DOSE),
            **{**PRN, "prn_indications": [], "prn_min_interval_minutes": 5},
            route=Route.INTRAMUSCULAR,
            emergency=True,
        ),
        tablets=tablets,
        capsules=capsules,
    )


def put_in_stock(
    clinic: Clinic,
    medication: uuid.UUID,
    amount: str,
    unit: Unit,
    *,
    student: uuid.UUID | None = None,
    controlled: bool = False,
    expires_on: dt.date = dt.date(2027, 3, 31),
    **lot_changes: Any,
) -> uuid.UUID:
    """A lot of a medicine at the clinic's school with a receipt of `amount`."""
    item, lot = new_id(), new_id()
    clinic.add(
        InventoryItem(
            id=item,
            name="Medicine",
            category="MEDICATION",
            reorder_level=0,
            reorder_quantity=0,
            school_id=clinic.school.id,
            medication_id=medication,
            unit=unit,
            is_controlled=controlled,
        ),
        InventoryLot(
            id=lot,
            inventory_item_id=item,
            school_id=clinic.school.id,
            medication_id=medication,
            student_id=student,
            lot_number="6K204",
            expires_on=expires_on,
            unit=unit,
            is_controlled=controlled,
            received_on=dt.date(2026, 9, 1),
            **lot_changes,
        ),
    )
    if Decimal(amount) > 0:
        clinic.add(
            InventoryTransaction(
                inventory_item_id=item,
                type=InventoryTransactionType.RECEIPT,
                quantity=Decimal(amount),
                performed_by_id=clinic.nurse.id,
                school_id=clinic.school.id,
                lot_id=lot,
                unit=unit,
                occurred_at=at("09:00", dt.date(2026, 9, 1)),
                zone_offset_minutes=-240,
                is_controlled=controlled,
                witness_name="Ngozi Okonkwo" if controlled else None,
            )
        )
    return lot


def note_allergy(clinic: Clinic, student: uuid.UUID, allergen: str, **changes: Any) -> uuid.UUID:
    """An allergy of a student, severe unless `changes` say otherwise."""
    key = new_id()
    values: dict[str, Any] = {
        "student_id": student,
        "allergen": allergen,
        "allergy_type": AllergyType.MEDICATION,
        "severity": AllergySeverity.SEVERE,
        "reactions": ["hives"],
        "scope_id": student,
    }
    clinic.add(Allergy(id=key, **{**values, **changes}))
    return key


def standing_epinephrine(clinic: Clinic, drugs: Drugs) -> uuid.UUID:
    """The district's standing order for epinephrine: any student, in an emergency."""
    key = new_id()
    clinic.add(
        StandingOrder(
            id=key,
            name="Anaphylaxis",
            medication_id=drugs.epinephrine,
            emergency=True,
            dose_amount=Decimal("0.3"),
            dose_unit=Unit.MG,
            route=Route.INTRAMUSCULAR,
            prescribed_by_name="Dr. H. Lund",
            starts_on=dt.date(2026, 8, 1),
            consent_required=False,
        )
    )
    return key


def train_aide(clinic: Clinic, until: dt.date = dt.date(2027, 8, 31)) -> None:
    """The aide's training in giving medication."""
    module = new_id()
    clinic.add(
        TrainingModule(
            id=module,
            title="Giving medication",
            category=TrainingCategory.MEDICATION_MANAGEMENT,
            content="…",
            version="1",
        ),
        TrainingCompletion(
            training_module_id=module,
            user_id=clinic.aide.id,
            completed_on=dt.date(2026, 8, 20),
            expires_on=until,
            module_version="1",
            recorded_by=clinic.nurse.id,
        ),
    )
