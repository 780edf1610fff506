"""What a district has before the first child comes: staff, calendar, formulary and the consent form."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from clinicdesk.demonstration import medicines
from clinicdesk.demonstration.calendar_facts import SchoolYears
from clinicdesk.demonstration.medicines import Medicine
from clinicdesk.demonstration.people import DistrictPlan
from clinicdesk.demonstration.rows import Batch, Keys
from clinicdesk.demonstration.vaccine_stock import vaccine_rows
from clinicdesk.domain.consent_text import text_hash

CONSENT_SUMMARY = "The school nurse, or trained staff under her direction, may give this medicine at school."
_SCHOOL_YEAR = {"rule": "SCHOOL_YEAR", "until": None}


def _block(key: str, kind: str, heading: str, text: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": kind, "heading": heading, "text": text, "required": True, **more}


CONSENT_TEXT: tuple[dict[str, Any], ...] = (
    {
        "language": "en",
        "title": "Permission for medicine at school",
        "blocks": [
            _block("give", "text", "What you agree to", CONSENT_SUMMARY),
            _block("talk", "initials", "", "The nurse may talk with the prescriber about this medicine."),
            _block(
                "trip",
                "choice",
                "",
                "If my child is on a trip, trained staff may give it.",
                options=[{"key": "yes", "text": "Yes"}, {"key": "call", "text": "No, call me first"}],
            ),
            _block("lasts", "validity", "How long it lasts", "Until the end of the school year.", **_SCHOOL_YEAR),
            _block("sign", "signature", "Your signature", "I have read this and I give my permission."),
        ],
    },
    {
        "language": "es",
        "title": "Permiso para medicamentos en la escuela",
        "blocks": [
            _block(
                "give",
                "text",
                "Lo que usted autoriza",
                "La enfermera escolar, o personal capacitado bajo su dirección, puede dar este medicamento.",
            ),
            _block("talk", "initials", "", "La enfermera puede hablar con el médico sobre este medicamento."),
            _block(
                "trip",
                "choice",
                "",
                "En una excursión, el personal capacitado puede darlo.",
                options=[{"key": "yes", "text": "Sí"}, {"key": "call", "text": "No, llámenme antes"}],
            ),
            _block("lasts", "validity", "Cuánto dura", "Hasta el final del año escolar.", **_SCHOOL_YEAR),
            _block("sign", "signature", "Su firma", "He leído esto y doy mi permiso."),
        ],
    },
)
CONSENT_HASH = text_hash(CONSENT_TEXT)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the roster's people stand once it is loaded: row keys in the order of the plan."""

    district: uuid.UUID
    schools: Sequence[uuid.UUID]
    students: Sequence[uuid.UUID]
    contacts: dict[str, uuid.UUID]


@dataclass(frozen=True, slots=True)
class Formulary:
    """Row keys by the medicine's key."""

    medications: dict[str, uuid.UUID]
    items: dict[tuple[str, int], uuid.UUID]
    consent_form: uuid.UUID


def reference_rows(
    plan: DistrictPlan, placed: Placed, years: SchoolYears, zone: ZoneInfo, keys: Keys, system: uuid.UUID
) -> tuple[Batch, Formulary]:
    """Everything that belongs to no student, written before last year's first day."""
    start = dt.datetime.combine(years.years[0][0] - dt.timedelta(days=14), dt.time(9), tzinfo=zone)
    batch = Batch()
    _staff(batch, plan, placed, keys, start, system)
    _calendar(batch, years, keys, start, system)
    medications = {one.key: _medicine(batch, one, keys, start, system) for one in medicines.ALL}
    items = {
        (one.key, at): batch.put(
            "inventory_items", keys.at(start), start, system,
            name=f"{one.generic} {one.strength_words} {one.form}", category="MEDICATION", reorder_level=0,
            reorder_quantity=0, location="Medicine cabinet", school_id=school, medication_id=medications[one.key],
            unit=one.form_unit, is_controlled=one.controlled, description=None,
        )
        for one in medicines.ALL
        for at, school in enumerate(placed.schools)
    }  # fmt: skip
    form = batch.put(
        "consent_forms", keys.at(start), start, system,
        type="MEDICATION_ADMINISTRATION", title="Permission for medicine at school",
        description="Annual permission to give one medicine at school.", content=CONSENT_SUMMARY,
        version="1.0", family_id=keys.at(start), languages=list(CONSENT_TEXT), text_hash=CONSENT_HASH,
        published_at=start, published_by=system, valid_from=start.date(), disclosure_version="1",
    )  # fmt: skip
    vaccines, shelves = vaccine_rows(batch, placed.schools, keys, start, system)
    return batch, Formulary(medications | vaccines, items | shelves, form)


def _staff(batch: Batch, plan: DistrictPlan, placed: Placed, keys: Keys, start: dt.datetime, system: uuid.UUID) -> None:
    for person in plan.staff:
        home = placed.schools[person.schools[0]]
        batch.put(
            "users", person.id, start, system,
            email=person.email, first_name=person.first_name, last_name=person.last_name, role=person.role,
            school_id=home, district_id=placed.district, credentials=person.credentials,
            job_title="School nurse" if person.role == "NURSE" else "Health aide",
        )  # fmt: skip
        for at in person.schools:
            batch.put(
                "role_grants", keys.at(start), start, system,
                user_id=person.id, role=person.role, school_id=placed.schools[at], valid_from=start,
            )  # fmt: skip


def _calendar(batch: Batch, years: SchoolYears, keys: Keys, start: dt.datetime, system: uuid.UUID) -> None:
    first, last = years.years[0]
    batch.put(
        "academic_sessions", keys.at(start), start, system,
        title=f"{first.year}–{last.year}", kind="SCHOOL_YEAR", starts_on=first, ends_on=last,
        school_days=[0, 1, 2, 3, 4],
    )  # fmt: skip
    for day, name in years.closed.items():
        batch.put("calendar_days", keys.at(start), start, system, day=day, kind="CLOSED", title=name)


def _medicine(batch: Batch, one: Medicine, keys: Keys, start: dt.datetime, system: uuid.UUID) -> uuid.UUID:
    drug = batch.put(
        "drug_catalog", keys.at(start), start, system,
        rxnorm_code=one.rxnorm, generic_name=one.generic, brand_names=[], drug_class=one.drug_class,
        ingredients=[one.rxnorm], allergy_classes=[],
    )  # fmt: skip
    return batch.put(
        "medications", keys.at(start), start, system,
        name=one.generic, generic_name=one.generic, dosage_form=one.form,
        strength=one.strength_words, is_controlled=one.controlled, dea_schedule=one.schedule,
        requires_witness=one.controlled, drug_catalog_id=drug, strength_amount=one.strength, strength_unit=one.unit,
        form_unit=one.form_unit, default_route=one.route, is_emergency=one.emergency,
    )  # fmt: skip
