"""Medication orders as the rules see them: rows joined with the formulary, read as values."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.domain.medication.orders import (
    Drug,
    Order,
    OrderStatus,
    PreCheck,
    PrnSchedule,
    Schedule,
    Strength,
    TimedSchedule,
)
from clinicdesk.domain.medication.quantities import DoseUnit, Quantity
from clinicdesk.domain.name_forms import joined
from clinicdesk.models import DrugCatalog, Medication, StandingOrder, Student, StudentEnrollment, StudentMedication
from clinicdesk.models.enums import EnrollmentStatus, ScheduleKind

OVER_THE_COUNTER_CLASS = "OTC"
"""A drug class of the catalogue that marks over-the-counter products (M2)."""

# What a standing order without limits of its own is held to.
_STANDING_INTERVAL = dt.timedelta(minutes=5)
_STANDING_PER_DAY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order version with the words that rules do not need."""

    order: Order
    instructions: str
    prescriber_phone: str | None
    is_liquid: bool
    self_carry: bool
    given_elsewhere: bool
    consent_id: uuid.UUID | None
    standing_order_id: uuid.UUID | None
    status_reason: str | None


def versions_of(session: Session, order_id: uuid.UUID, zone: ZoneInfo) -> tuple[OrderRow, ...]:
    """The whole history of the order that `order_id` is a version of, oldest first; empty where there is none."""
    root = session.scalar(sa.select(StudentMedication.root_id).where(StudentMedication.id == order_id))
    if root is None:
        return ()
    return tuple(_read(session, [StudentMedication.root_id == root], zone))


def orders_of_student(session: Session, students: Iterable[uuid.UUID], zone: ZoneInfo) -> tuple[OrderRow, ...]:
    """Every version of every order of a student (and of the records merged into hers), oldest first."""
    return tuple(_read(session, [StudentMedication.student_id.in_(list(students))], zone))


def orders_of_school(session: Session, school: uuid.UUID, day: dt.date, zone: ZoneInfo) -> tuple[OrderRow, ...]:
    """Orders begun by `day` of the students who are enrolled at a school; drafts and long ended ones left out."""
    ended = dt.datetime.combine(day - dt.timedelta(days=1), dt.time.min, tzinfo=zone)
    enrolled = sa.select(StudentEnrollment.student_id).where(
        StudentEnrollment.school_id == school,
        StudentEnrollment.deleted_at.is_(None),
        StudentEnrollment.status != EnrollmentStatus.ENDED,
    )
    where = [
        StudentMedication.student_id.in_(enrolled),
        StudentMedication.activated_at.is_not(None),
        sa.or_(StudentMedication.end_date.is_(None), StudentMedication.end_date >= ended),
    ]
    return tuple(_read(session, where, zone))


def standing_order(session: Session, standing: uuid.UUID, student: uuid.UUID) -> OrderRow | None:
    """A standing order of the district or school, read as an order of this student."""
    found = session.execute(
        sa.select(StandingOrder, Medication, DrugCatalog)
        .join(Medication, Medication.id == StandingOrder.medication_id)
        .outerjoin(DrugCatalog, DrugCatalog.id == Medication.drug_catalog_id)
        .where(StandingOrder.id == standing, StandingOrder.deleted_at.is_(None))
    ).first()
    if found is None:
        return None
    row, medication, catalogue = found
    drug = drug_of(medication, catalogue)
    strength = _strength(medication.strength_amount, medication.strength_unit, medication.form_unit)
    dose = (
        strength.dose_in(Decimal(1))
        if row.dose_amount is None or row.dose_unit is None
        else Quantity(amount=row.dose_amount, unit=DoseUnit(row.dose_unit.value))
    )
    interval = row.min_interval_minutes
    order = Order(
        id=row.id,
        root_id=row.id,
        version=1,
        status=OrderStatus.ACTIVE if row.is_active else OrderStatus.DISCONTINUED,
        student_id=student,
        drug=drug,
        dose=dose,
        strength=strength,
        form_count=strength.form_units_for(dose),
        route=row.route,
        schedule=PrnSchedule(
            min_interval=dt.timedelta(minutes=interval) if interval else _STANDING_INTERVAL,
            max_per_day=row.max_per_day or _STANDING_PER_DAY,
            indications=tuple(row.indications),
            max_per_school_year=row.max_per_year,
            effect_check_after=dt.timedelta(minutes=row.effect_check_minutes or 45),
        ),
        start_date=row.starts_on,
        end_date=row.ends_on,
        controlled=medication.is_controlled,
        requires_witness=medication.requires_witness,
        emergency=row.emergency,
        standing=True,
        over_the_counter=_over_the_counter(catalogue),
        prescriber_name=row.prescribed_by_name,
    )
    return OrderRow(
        order=order,
        instructions=row.instructions or "",
        prescriber_phone=None,
        is_liquid=strength.per.unit is DoseUnit.MILLILITRE,
        self_carry=False,
        given_elsewhere=True,
        consent_id=None,
        standing_order_id=row.id,
        status_reason=None,
    )


def drug_of(medication: Medication, catalogue: DrugCatalog | None) -> Drug:
    """The drug with its ingredient and class codes; without a catalogue entry its name stands for the ingredient."""
    ingredients: set[str] = set()
    classes: set[str] = set()
    if catalogue is not None:
        ingredients |= {_code(one) for one in catalogue.ingredients}
        if catalogue.rxnorm_id:
            ingredients.add(catalogue.rxnorm_id)
        classes |= set(catalogue.allergy_classes)
        if catalogue.drug_class and catalogue.drug_class != OVER_THE_COUNTER_CLASS:
            classes.add(catalogue.drug_class)
    if not ingredients:
        ingredients.add(f"name:{joined(medication.generic_name or medication.name)}")
    return Drug(id=medication.id, name=medication.name, ingredients=frozenset(ingredients), classes=frozenset(classes))


def drugs_of(session: Session, medications: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, Drug]:
    """The drugs of formulary entries, by their id."""
    rows = session.execute(
        sa.select(Medication, DrugCatalog)
        .outerjoin(DrugCatalog, DrugCatalog.id == Medication.drug_catalog_id)
        .where(Medication.id.in_(list(medications)))
    )
    return {medication.id: drug_of(medication, catalogue) for medication, catalogue in rows}


def formulary(session: Session) -> list[tuple[Medication, DrugCatalog | None]]:
    """The medicines that may be ordered, by name."""
    rows = session.execute(
        sa.select(Medication, DrugCatalog)
        .outerjoin(DrugCatalog, DrugCatalog.id == Medication.drug_catalog_id)
        .where(Medication.deleted_at.is_(None), Medication.is_active)
        .order_by(Medication.name, Medication.id)
    )
    return [(medication, catalogue) for medication, catalogue in rows]


def students_named(session: Session, students: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, Student]:
    """Student rows by id."""
    rows = session.scalars(sa.select(Student).where(Student.id.in_(list(students))))
    return {row.id: row for row in rows}


def by_root(rows: Iterable[OrderRow]) -> Mapping[uuid.UUID, tuple[OrderRow, ...]]:
    """The versions of each order, oldest first."""
    grouped: defaultdict[uuid.UUID, list[OrderRow]] = defaultdict(list)
    for row in rows:
        grouped[row.order.root_id].append(row)
    return {root: tuple(versions) for root, versions in grouped.items()}


def _read(session: Session, where: list[sa.ColumnElement[bool]], zone: ZoneInfo) -> Iterable[OrderRow]:
    rows = session.execute(
        sa.select(StudentMedication, Medication, DrugCatalog, StandingOrder.max_per_year)
        .join(Medication, Medication.id == StudentMedication.medication_id)
        .outerjoin(DrugCatalog, DrugCatalog.id == Medication.drug_catalog_id)
        .outerjoin(StandingOrder, StandingOrder.id == StudentMedication.standing_order_id)
        .where(StudentMedication.deleted_at.is_(None), *where)
        .order_by(StudentMedication.root_id, StudentMedication.version, StudentMedication.id)
    )
    for row, medication, catalogue, max_per_year in rows:
        yield _order_row(row, drug_of(medication, catalogue), catalogue, max_per_year, zone)


def _order_row(
    row: StudentMedication, drug: Drug, catalogue: DrugCatalog | None, max_per_year: int | None, zone: ZoneInfo
) -> OrderRow:
    strength = _strength(row.strength_amount, row.strength_unit, row.form_unit or row.dose_unit)
    dose = Quantity(amount=row.dose_amount, unit=DoseUnit(row.dose_unit.value))
    order = Order(
        id=row.id,
        root_id=row.root_id,
        version=row.version,
        supersedes_id=row.previous_version_id,
        withdrawn=row.amends_id is not None,
        status=OrderStatus(row.status.value),
        student_id=row.student_id,
        drug=drug,
        dose=dose,
        strength=strength,
        form_count=row.form_count if row.form_count is not None else strength.form_units_for(dose),
        route=row.route,
        schedule=_schedule(row, max_per_year),
        start_date=row.start_date.astimezone(zone).date(),
        end_date=row.end_date.astimezone(zone).date() if row.end_date else None,
        window_before=_span(row.window_before_minutes),
        window_after=_span(row.window_after_minutes),
        controlled=row.is_controlled,
        requires_witness=row.requires_witness,
        emergency=row.emergency,
        standing=row.standing_order_id is not None,
        over_the_counter=_over_the_counter(catalogue),
        half_tablet_allowed=row.half_tablet_allowed,
        weight_based=row.weight_based,
        delegation_allowed=row.delegation_allowed,
        consent_id=row.consent_signature_id,
        prescriber_name=row.prescribed_by_name,
    )
    return OrderRow(
        order=order,
        instructions=row.instructions or "",
        prescriber_phone=row.prescriber_phone,
        is_liquid=strength.per.unit is DoseUnit.MILLILITRE,
        self_carry=row.self_carry,
        given_elsewhere=row.first_dose_given_elsewhere,
        consent_id=row.consent_signature_id,
        standing_order_id=row.standing_order_id,
        status_reason=row.status_reason,
    )


def _schedule(row: StudentMedication, max_per_year: int | None) -> Schedule:
    if row.schedule_kind is ScheduleKind.PRN:
        return PrnSchedule(
            min_interval=dt.timedelta(minutes=row.prn_min_interval_minutes or 1),
            max_per_day=row.prn_max_per_day or 1,
            indications=tuple(row.prn_indications),
            prechecks=prechecks_of(row.prn_precheck),
            max_per_school_year=max_per_year,
            effect_check_after=dt.timedelta(minutes=row.effect_check_minutes or 45),
        )
    times = tuple(dt.time.fromisoformat(text) for text in row.times_of_day)
    weekdays = frozenset(row.days_of_week) or frozenset(range(5))
    return TimedSchedule(times=times, weekdays=weekdays)


def prechecks_of(text: str | None) -> frozenset[PreCheck]:
    """The pre-checks of an order, written as codes with commas; other words are instructions, not checks."""
    codes = {word.strip().upper() for word in (text or "").split(",")}
    return frozenset(check for check in PreCheck if check.value in codes)


def _strength(amount: Decimal | None, unit: object, form: object) -> Strength:
    """Drug in one unit of the form; a drug without a strength is counted by the form alone."""
    per = DoseUnit(str(form)) if form is not None else DoseUnit.EACH
    if amount is None or unit is None:
        return Strength(content=Quantity(amount=Decimal(1), unit=per), per=Quantity(amount=Decimal(1), unit=per))
    return Strength(
        content=Quantity(amount=amount, unit=DoseUnit(str(unit))), per=Quantity(amount=Decimal(1), unit=per)
    )


def _span(minutes: int | None) -> dt.timedelta | None:
    return None if minutes is None else dt.timedelta(minutes=minutes)


def _over_the_counter(catalogue: DrugCatalog | None) -> bool:
    return catalogue is not None and catalogue.drug_class == OVER_THE_COUNTER_CLASS


def _code(ingredient: object) -> str:
    """An ingredient as the catalogue lists it: a code, or an object that names it."""
    return str(ingredient.get("code", "")) if isinstance(ingredient, dict) else str(ingredient)
