"""Vital signs: kept in the unit given, held against ranges by age and sex; BMI is derived, never typed.

Sources of the ranges: heart and breathing rates and low blood pressure, American Heart Association, Pediatric
Advanced Life Support (awake child); raised blood pressure, American Academy of Pediatrics 2017, screening table by
age and sex (90th percentile at the 5th height percentile, 120/80 from 13 years). Fever from 38.0 degrees Celsius.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.numbers import BloodPressure, Height, Temperature, Weight
from clinicdesk.domain.findings import Finding, soft_stop
from clinicdesk.domain.medication.quantities import plain


class Vital(enum.StrEnum):
    """The measurements of a row of vital signs."""

    TEMPERATURE = "TEMPERATURE"
    HEART_RATE = "HEART_RATE"
    RESPIRATORY_RATE = "RESPIRATORY_RATE"
    SYSTOLIC = "SYSTOLIC"
    DIASTOLIC = "DIASTOLIC"
    OXYGEN_SATURATION = "OXYGEN_SATURATION"
    WEIGHT = "WEIGHT"
    HEIGHT = "HEIGHT"
    PAIN = "PAIN"
    GLUCOSE = "GLUCOSE"
    PEAK_FLOW = "PEAK_FLOW"


class Sex(enum.StrEnum):
    """The sex that a reference table asks for; where it is not known, the stricter row counts."""

    MALE = "MALE"
    FEMALE = "FEMALE"


class Level(enum.StrEnum):
    """A measurement against its range."""

    LOW = "LOW"
    NORMAL = "NORMAL"
    HIGH = "HIGH"


@dataclass(frozen=True, slots=True)
class Limits:
    """Below `impossible_low` or above `impossible_high` nothing is kept; outside the inner pair a reason is asked."""

    impossible_low: Decimal
    implausible_low: Decimal
    implausible_high: Decimal
    impossible_high: Decimal


def _limits(impossible_low: int, implausible_low: int, implausible_high: int, impossible_high: int) -> Limits:
    return Limits(
        Decimal(impossible_low), Decimal(implausible_low), Decimal(implausible_high), Decimal(impossible_high)
    )


LIMITS = {
    Vital.TEMPERATURE: _limits(15, 34, 42, 50),
    Vital.HEART_RATE: _limits(0, 40, 220, 350),
    Vital.RESPIRATORY_RATE: _limits(0, 8, 60, 120),
    Vital.SYSTOLIC: _limits(20, 65, 190, 320),
    Vital.DIASTOLIC: _limits(5, 30, 125, 220),
    Vital.OXYGEN_SATURATION: _limits(0, 85, 100, 100),
    Vital.WEIGHT: _limits(1, 10, 160, 400),
    Vital.HEIGHT: _limits(30, 75, 205, 260),
    Vital.PAIN: _limits(0, 0, 10, 10),
    Vital.GLUCOSE: _limits(0, 40, 400, 2000),
    Vital.PEAK_FLOW: _limits(0, 50, 800, 1200),
}
"""In degrees Celsius, per minute, mmHg, %, kg, cm, 0-10, mg/dL and L/min."""


@dataclass(frozen=True, slots=True)
class AgeRange:
    """The usual range from `from_years` on, up to the next row."""

    from_years: int
    low: int
    high: int


HEART_RATE_RANGES = (
    AgeRange(1, 98, 140),
    AgeRange(3, 80, 120),
    AgeRange(6, 75, 118),
    AgeRange(12, 60, 100),
)

RESPIRATORY_RATE_RANGES = (
    AgeRange(1, 22, 37),
    AgeRange(3, 20, 28),
    AgeRange(6, 18, 25),
    AgeRange(12, 12, 20),
)

RAISED_PRESSURE: dict[int, tuple[tuple[int, int], tuple[int, int]]] = {
    1: ((98, 52), (98, 54)),
    2: ((100, 55), (101, 58)),
    3: ((101, 58), (102, 60)),
    4: ((102, 60), (103, 62)),
    5: ((103, 63), (104, 64)),
    6: ((105, 66), (105, 67)),
    7: ((106, 68), (106, 68)),
    8: ((107, 69), (107, 69)),
    9: ((107, 70), (108, 71)),
    10: ((108, 72), (109, 72)),
    11: ((110, 74), (111, 74)),
    12: ((113, 75), (114, 75)),
    13: ((120, 80), (120, 80)),
}
"""Systolic and diastolic from which blood pressure is raised: boys, girls, by age in years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VitalSigns:
    """One row of measurements; whatever was not taken is null. Glucose in mg/dL, peak flow in L/min."""

    temperature: Temperature | None = None
    heart_rate: int | None = None
    respiratory_rate: int | None = None
    blood_pressure: BloodPressure | None = None
    oxygen_saturation: Decimal | None = None
    weight: Weight | None = None
    height: Height | None = None
    pain: int | None = None
    glucose: Decimal | None = None
    peak_flow: int | None = None

    def values(self) -> dict[Vital, Decimal]:
        """What was measured, each in the unit of the limits."""
        pressure = self.blood_pressure
        measured = {
            Vital.TEMPERATURE: self.temperature.celsius if self.temperature else None,
            Vital.HEART_RATE: self.heart_rate,
            Vital.RESPIRATORY_RATE: self.respiratory_rate,
            Vital.SYSTOLIC: pressure.systolic if pressure else None,
            Vital.DIASTOLIC: pressure.diastolic if pressure else None,
            Vital.OXYGEN_SATURATION: self.oxygen_saturation,
            Vital.WEIGHT: self.weight.kilograms if self.weight else None,
            Vital.HEIGHT: self.height.centimetres if self.height else None,
            Vital.PAIN: self.pain,
            Vital.GLUCOSE: self.glucose,
            Vital.PEAK_FLOW: self.peak_flow,
        }
        return {vital: Decimal(value) for vital, value in measured.items() if value is not None}

    @property
    def bmi(self) -> Decimal | None:
        """Weight in kilograms over the square of the height in metres, to one decimal."""
        if self.weight is None or self.height is None:
            return None
        return body_mass_index(self.weight, self.height)


def body_mass_index(weight: Weight, height: Height) -> Decimal:
    metres = height.centimetres / 100
    return (weight.kilograms / (metres * metres)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def check_possible(signs: VitalSigns) -> None:
    """Refuse what no living child shows.

    Raises:
        InvalidValueError: a measurement is impossible; `field` names it.
    """
    for vital, value in signs.values().items():
        limits = LIMITS[vital]
        if not value.is_finite() or not limits.impossible_low <= value <= limits.impossible_high:
            raise InvalidValueError(
                vital.lower(),
                "out_of_range",
                minimum=plain(limits.impossible_low),
                maximum=plain(limits.impossible_high),
            )
    pressure = signs.blood_pressure
    if pressure is not None and pressure.systolic <= pressure.diastolic:
        raise InvalidValueError("blood_pressure", "wrong_order")


def assess_vitals(signs: VitalSigns) -> tuple[Finding, ...]:
    """A soft stop for each implausible measurement: typed wrongly, or an emergency.

    Raises:
        InvalidValueError: a measurement is impossible.
    """
    check_possible(signs)
    return tuple(_implausible(signs))


def _implausible(signs: VitalSigns) -> Iterator[Finding]:
    for vital, value in signs.values().items():
        limits = LIMITS[vital]
        if not limits.implausible_low <= value <= limits.implausible_high:
            yield soft_stop("V1", f"vital.implausible.{vital.lower()}", value=plain(round(value, 1)))


def levels(signs: VitalSigns, age_years: int, sex: Sex | None) -> dict[Vital, Level]:
    """Each measurement that has a range for the age: low, normal or high."""
    found: dict[Vital, Level] = {}
    for vital, value in signs.values().items():
        bounds = _usual_range(vital, age_years, sex)
        if bounds is not None:
            low, high = bounds
            found[vital] = Level.LOW if value < low else Level.HIGH if value > high else Level.NORMAL
    return found


def abnormal(signs: VitalSigns, age_years: int, sex: Sex | None) -> tuple[Vital, ...]:
    """The measurements out of range, in the row's order."""
    return tuple(vital for vital, level in levels(signs, age_years, sex).items() if level is not Level.NORMAL)


def _usual_range(vital: Vital, age_years: int, sex: Sex | None) -> tuple[Decimal, Decimal] | None:
    # Upper bounds are the last normal value: fever begins at 38.0, raised pressure at the table's figure.
    match vital:
        case Vital.TEMPERATURE:
            return Decimal(35), Decimal("37.99")
        case Vital.HEART_RATE:
            return _row(HEART_RATE_RANGES, age_years)
        case Vital.RESPIRATORY_RATE:
            return _row(RESPIRATORY_RATE_RANGES, age_years)
        case Vital.SYSTOLIC:
            return Decimal(_lowest_systolic(age_years)), Decimal(_raised(age_years, sex)[0] - 1)
        case Vital.DIASTOLIC:
            return Decimal(0), Decimal(_raised(age_years, sex)[1] - 1)
        case Vital.OXYGEN_SATURATION:
            return Decimal(95), Decimal(100)
        case Vital.GLUCOSE:
            return Decimal(70), Decimal(180)
        case _:
            return None


def _row(ranges: tuple[AgeRange, ...], age_years: int) -> tuple[Decimal, Decimal]:
    row = next((one for one in reversed(ranges) if age_years >= one.from_years), ranges[0])
    return Decimal(row.low), Decimal(row.high)


def _lowest_systolic(age_years: int) -> int:
    """Below it the pressure is too low: 70 + twice the age, 90 from ten years on."""
    return min(90, 70 + 2 * max(age_years, 1))


def _raised(age_years: int, sex: Sex | None) -> tuple[int, int]:
    boys, girls = RAISED_PRESSURE[min(max(age_years, 1), 13)]
    if sex is Sex.MALE:
        return boys
    if sex is Sex.FEMALE:
        return girls
    return min(boys[0], girls[0]), min(boys[1], girls[1])
