"""Numbers with units as a nurse types them: `98.6f`, `37c`, `62lb`, `28kg`, `120/70`, `2 tab` (`ux-spec.md` 4)."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from decimal import Decimal

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.findings import Finding, soft_stop
from clinicdesk.domain.medication.quantities import DoseUnit, Quantity, comparable, plain

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_WITH_UNIT = re.compile(r"\s*([^\sa-zA-Z°\[{'\"%]*)\s*(.*?)\s*", re.DOTALL)
_MOST_DIGITS = 9
_INCHES = Decimal(12)
_CENTIMETRES = Decimal("2.54")
_KILOGRAMS = Decimal("0.45359237")


class TemperatureUnit(enum.StrEnum):
    """UCUM codes; kept as given."""

    F = "[degF]"
    C = "Cel"


class WeightUnit(enum.StrEnum):
    """UCUM codes; kept as given."""

    LBS = "[lb_av]"
    KG = "kg"


class HeightUnit(enum.StrEnum):
    """UCUM codes; metres are kept as centimetres, feet as inches."""

    INCHES = "[in_i]"
    CM = "cm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Temperature:
    """A body temperature in the unit it was read in."""

    value: Decimal
    unit: TemperatureUnit

    @property
    def celsius(self) -> Decimal:
        return self.value if self.unit is TemperatureUnit.C else (self.value - 32) * 5 / 9

    @property
    def fahrenheit(self) -> Decimal:
        return self.value if self.unit is TemperatureUnit.F else self.value * 9 / 5 + 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """A body weight in the unit it was read in."""

    value: Decimal
    unit: WeightUnit

    @property
    def kilograms(self) -> Decimal:
        return self.value if self.unit is WeightUnit.KG else self.value * _KILOGRAMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Height:
    """A body height in the unit it was read in."""

    value: Decimal
    unit: HeightUnit

    @property
    def centimetres(self) -> Decimal:
        return self.value if self.unit is HeightUnit.CM else self.value * _CENTIMETRES


@dataclass(frozen=True, slots=True, kw_only=True)
class BloodPressure:
    """Systolic over diastolic, mmHg."""

    systolic: int
    diastolic: int


def parse_decimal(text: str, field: str) -> Decimal:
    """Read a number that cannot be misread.

    Raises:
        InvalidValueError: `comma_decimal`, `foreign_digits`, `negative`, `leading_zero_missing` (.5 looks like 5),
            `too_long` or `not_a_number`.
    """
    typed = text.strip()
    if not typed:
        raise InvalidValueError(field, "missing")
    if any(char.isnumeric() and not ("0" <= char <= "9") for char in typed):
        raise InvalidValueError(field, "foreign_digits")
    if "," in typed:
        raise InvalidValueError(field, "comma_decimal")
    if typed[0] in "-\u2212":
        raise InvalidValueError(field, "negative")
    if typed[0] == "." and typed[1:].isdecimal():
        raise InvalidValueError(field, "leading_zero_missing", suggestion=f"0{typed}")
    if _NUMBER.fullmatch(typed) is None:
        raise InvalidValueError(field, "not_a_number")
    if len(typed.replace(".", "")) > _MOST_DIGITS:
        raise InvalidValueError(field, "too_long", maximum=_MOST_DIGITS)
    return Decimal(typed)


def parse_whole(text: str, field: str) -> int:
    """Read a whole number.

    Raises:
        InvalidValueError: as `parse_decimal`, or `not_whole`.
    """
    value = parse_decimal(text, field)
    if value != value.to_integral_value():
        raise InvalidValueError(field, "not_whole")
    return int(value)


def parse_temperature(text: str, field: str = "temperature") -> Temperature:
    """Read a temperature. Without a unit the number itself tells: no body reads both as Celsius and Fahrenheit.

    Raises:
        InvalidValueError: not a number, an unknown unit, or a number that tells no unit (`unit_missing`).
    """
    number, unit = _split(text)
    value = parse_decimal(number, field)
    match unit.casefold().lstrip("°º"):
        case "f":
            return Temperature(value=value, unit=TemperatureUnit.F)
        case "c":
            return Temperature(value=value, unit=TemperatureUnit.C)
        case "" if Decimal(25) <= value <= Decimal(45):
            return Temperature(value=value, unit=TemperatureUnit.C)
        case "" if Decimal(77) <= value <= Decimal(113):
            return Temperature(value=value, unit=TemperatureUnit.F)
        case "":
            raise InvalidValueError(field, "unit_missing")
    raise InvalidValueError(field, "unknown_unit")


def parse_weight(text: str, default: WeightUnit | None = None, field: str = "weight") -> Weight:
    """Read a weight; without a unit the field's own one, if it has one.

    Raises:
        InvalidValueError: not a number, or the unit is missing or unknown.
    """
    number, unit = _split(text)
    value = parse_decimal(number, field)
    match unit.casefold().rstrip("."):
        case "lb" | "lbs" | "#" | "pound" | "pounds":
            return Weight(value=value, unit=WeightUnit.LBS)
        case "kg" | "kgs" | "kilo" | "kilos":
            return Weight(value=value, unit=WeightUnit.KG)
        case "" if default is not None:
            return Weight(value=value, unit=default)
        case "":
            raise InvalidValueError(field, "unit_missing")
    raise InvalidValueError(field, "unknown_unit")


_FEET_AND_INCHES = re.compile(
    r"([0-9]+)\s*(?:'|’|ft|feet)\s*(?:([0-9]+(?:\.[0-9]+)?)\s*(?:\"|”|''|in|inches)?)?", re.IGNORECASE
)


def parse_height(text: str, default: HeightUnit | None = None, field: str = "height") -> Height:
    """Read a height: `132cm`, `1.32m`, `52in`, `4'4"`, `4ft 4in`.

    Raises:
        InvalidValueError: not a number, 12 or more inches beside feet, or the unit is missing or unknown.
    """
    split = _FEET_AND_INCHES.fullmatch(text.strip())
    if split is not None:
        inches = Decimal(split[2] or 0)
        if inches >= _INCHES:
            raise InvalidValueError(field, "out_of_range", maximum=11)
        return Height(value=Decimal(split[1]) * _INCHES + inches, unit=HeightUnit.INCHES)
    number, unit = _split(text)
    value = parse_decimal(number, field)
    match unit.casefold().rstrip("."):
        case "in" | '"' | "inch" | "inches":
            return Height(value=value, unit=HeightUnit.INCHES)
        case "cm":
            return Height(value=value, unit=HeightUnit.CM)
        case "m":
            return Height(value=value * 100, unit=HeightUnit.CM)
        case "" if default is not None:
            return Height(value=value, unit=default)
        case "":
            raise InvalidValueError(field, "unit_missing")
    raise InvalidValueError(field, "unknown_unit")


def parse_blood_pressure(text: str, field: str = "blood_pressure") -> BloodPressure:
    """Read `120/70`.

    Raises:
        InvalidValueError: not two whole numbers, or the lower one first (`wrong_order`).
    """
    parts = text.strip().split("/")
    if len(parts) != 2:
        raise InvalidValueError(field, "not_a_pressure")
    systolic, diastolic = (parse_whole(part, field) for part in parts)
    if systolic <= diastolic:
        raise InvalidValueError(field, "wrong_order")
    return BloodPressure(systolic=systolic, diastolic=diastolic)


_DOSE_UNITS = {
    "mcg": DoseUnit.MICROGRAM, "ug": DoseUnit.MICROGRAM, "mg": DoseUnit.MILLIGRAM, "g": DoseUnit.GRAM,
    "ml": DoseUnit.MILLILITRE, "l": DoseUnit.LITRE, "unit": DoseUnit.INTERNATIONAL_UNIT,
    "units": DoseUnit.INTERNATIONAL_UNIT, "meq": DoseUnit.MILLIEQUIVALENT, "mmol": DoseUnit.MILLIMOLE,
    "tab": DoseUnit.TABLET, "tabs": DoseUnit.TABLET, "tablet": DoseUnit.TABLET, "tablets": DoseUnit.TABLET,
    "tableta": DoseUnit.TABLET, "tabletas": DoseUnit.TABLET, "cap": DoseUnit.CAPSULE, "caps": DoseUnit.CAPSULE,
    "capsule": DoseUnit.CAPSULE, "capsules": DoseUnit.CAPSULE, "puff": DoseUnit.PUFF, "puffs": DoseUnit.PUFF,
    "spray": DoseUnit.SPRAY, "sprays": DoseUnit.SPRAY, "drop": DoseUnit.DROP, "drops": DoseUnit.DROP,
    "gtt": DoseUnit.DROP, "patch": DoseUnit.PATCH, "patches": DoseUnit.PATCH, "suppository": DoseUnit.SUPPOSITORY,
    "application": DoseUnit.APPLICATION, "applications": DoseUnit.APPLICATION,
} | {unit.value.casefold(): unit for unit in DoseUnit}  # fmt: skip


def parse_dose(text: str, default: DoseUnit | None = None, field: str = "dose_amount") -> Quantity:
    """Read a dose: `10mg`, `2 tab`, `5 ml`, `12 units`. "U" and "IU" are refused: they are read as 0 and 10.

    Raises:
        InvalidValueError: not a number above zero, or the unit is missing or unknown.
    """
    number, unit = _split(text)
    value = parse_decimal(number, field)
    if not unit and default is None:
        raise InvalidValueError(field, "unit_missing")
    found = _DOSE_UNITS.get(unit.casefold().rstrip(".")) if unit else default
    if found is None:
        raise InvalidValueError(field, "unknown_unit")
    return Quantity(amount=value, unit=found)


def ten_fold(typed: Quantity, reference: Quantity, rule: str = "M3") -> Finding | None:
    """A soft stop for a dose ten times, or a tenth of, the known one: a slipped decimal point."""
    if not comparable(typed.unit, reference.unit):
        return None
    ratio = typed.converted(reference.unit).amount / reference.amount
    if Decimal("0.1") < ratio < Decimal(10):
        return None
    return soft_stop(rule, "entry.ten_fold", typed=str(typed), known=str(reference), times=plain(round(ratio, 2)))


def _split(text: str) -> tuple[str, str]:
    match = _WITH_UNIT.fullmatch(text)
    return (match[1], match[2]) if match is not None else (text, "")
