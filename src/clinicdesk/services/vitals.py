"""Rows of vital signs: written with their visit, sealed with it, read back as measured (V1, D2, concern 20)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.numbers import BloodPressure, Height, Temperature, Weight
from clinicdesk.domain.entry.numbers import HeightUnit as TypedHeightUnit
from clinicdesk.domain.entry.numbers import TemperatureUnit as TypedTemperatureUnit
from clinicdesk.domain.entry.numbers import WeightUnit as TypedWeightUnit
from clinicdesk.domain.findings import Finding
from clinicdesk.domain.vitals import VitalSigns, assess_vitals
from clinicdesk.models import VitalSigns as VitalRow
from clinicdesk.models.enums import GlucoseUnit, HeightUnit, TemperatureUnit, WeightUnit
from clinicdesk.models.rules import validate
from clinicdesk.services.desk import Desk
from clinicdesk.storage.queries import visits as queries
from clinicdesk.storage.store import Work

_AMENDED = "Measured anew"
_DECIMALS = 2


def implausible(signs: VitalSigns, reasons: Mapping[str, str]) -> tuple[Finding, ...]:
    """The soft stops that nobody has given a reason for.

    Raises:
        InvalidValueError: a measurement is impossible, or finer than a row can hold.
    """
    for name, value in vital_values(signs).items():
        if isinstance(value, Decimal) and value != round(value, _DECIMALS):
            raise InvalidValueError(name, "too_long", maximum=_DECIMALS)
    return tuple(found for found in assess_vitals(signs) if not reasons.get(found.code, "").strip())


def vital_values(signs: VitalSigns) -> dict[str, Any]:
    """The columns of the measurements, each with the unit it was read in."""
    pressure, temperature = signs.blood_pressure, signs.temperature
    weight, height = signs.weight, signs.height
    return {
        "temperature": None if temperature is None else temperature.value,
        "temperature_unit": None if temperature is None else TemperatureUnit(temperature.unit.value),
        "heart_rate": signs.heart_rate,
        "respiratory_rate": signs.respiratory_rate,
        "blood_pressure_systolic": None if pressure is None else pressure.systolic,
        "blood_pressure_diastolic": None if pressure is None else pressure.diastolic,
        "oxygen_saturation": signs.oxygen_saturation,
        "weight": None if weight is None else weight.value,
        "weight_unit": None if weight is None else WeightUnit(weight.unit.value),
        "height": None if height is None else height.value,
        "height_unit": None if height is None else HeightUnit(height.unit.value),
        "pain": signs.pain,
        "blood_glucose": signs.glucose,
        "blood_glucose_unit": None if signs.glucose is None else GlucoseUnit.MG_PER_DL,
        "peak_flow": signs.peak_flow,
    }


def signs_of(row: VitalRow | None) -> VitalSigns:
    """A row as it was measured; nothing where there is none."""
    if row is None:
        return VitalSigns()
    systolic, diastolic = row.blood_pressure_systolic, row.blood_pressure_diastolic
    temperature = weight = height = None
    if row.temperature is not None and row.temperature_unit is not None:
        unit = TypedTemperatureUnit(row.temperature_unit.value)
        temperature = Temperature(value=row.temperature, unit=unit)
    if row.weight is not None and row.weight_unit is not None:
        weight = Weight(value=row.weight, unit=TypedWeightUnit(row.weight_unit.value))
    if row.height is not None and row.height_unit is not None:
        height = Height(value=row.height, unit=TypedHeightUnit(row.height_unit.value))
    return VitalSigns(
        temperature=temperature,
        heart_rate=row.heart_rate,
        respiratory_rate=row.respiratory_rate,
        blood_pressure=(
            None if systolic is None or diastolic is None else BloodPressure(systolic=systolic, diastolic=diastolic)
        ),
        oxygen_saturation=row.oxygen_saturation,
        weight=weight,
        height=height,
        pain=row.pain,
        glucose=row.blood_glucose,
        peak_flow=row.peak_flow,
    )


def write_vitals(
    work: Work, desk: Desk, visit: uuid.UUID, student: uuid.UUID, signs: VitalSigns, notes: str | None
) -> VitalRow | None:
    """Put the measurements of a visit on record: its open row, or a row that amends the signed one (D2).

    Raises:
        InvalidValueError: a rule of the table is broken.
    """
    row = queries.vitals(work.session, visit)
    values = vital_values(signs)
    if row is None and not signs.values():
        return None
    if row is not None and _same(row, values):
        return row
    if row is None or row.signed_at is not None:
        row = _new_row(desk, visit, student, work.at, amends=row)
        work.session.add(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.notes = notes
    problems = validate("VitalSigns", columns_of(row))
    if problems:
        raise problems[0]
    return row


def columns_of(row: VitalRow) -> dict[str, Any]:
    """Every column of a row, as rules and signatures read it."""
    return {column.key: getattr(row, column.key) for column in sa.inspect(VitalRow).columns}


def _new_row(desk: Desk, visit: uuid.UUID, student: uuid.UUID, at: dt.datetime, amends: VitalRow | None) -> VitalRow:
    return VitalRow(
        student_id=student,
        visit_id=visit,
        measurement_date=at,
        zone_offset_minutes=desk.zone_offset_minutes(at),
        measured_by=desk.person.user_id,
        measured_by_name=desk.person.name,
        is_abnormal=False,
        amends_id=None if amends is None else amends.id,
        amendment_reason=None if amends is None else _AMENDED,
    )


def _same(row: VitalRow, values: Mapping[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in values.items())
