"""Amounts with a unit from a fixed UCUM list; a conversion stays within one dimension (M3)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import Decimal

from clinicdesk.core.errors import InvalidValueError


class Dimension(enum.StrEnum):
    """What a unit measures. Counted forms are each a dimension of their own: a tablet is no capsule."""

    MASS = "MASS"
    VOLUME = "VOLUME"
    ACTIVITY = "ACTIVITY"
    CHARGE = "CHARGE"
    SUBSTANCE = "SUBSTANCE"
    COUNT = "COUNT"


class DoseUnit(enum.StrEnum):
    """The units a dose, a strength or a stock amount may have: UCUM codes."""

    MICROGRAM = "ug"
    MILLIGRAM = "mg"
    GRAM = "g"
    MILLILITRE = "mL"
    LITRE = "L"
    INTERNATIONAL_UNIT = "[iU]"
    MILLIEQUIVALENT = "meq"
    MILLIMOLE = "mmol"
    TABLET = "{tablet}"
    CAPSULE = "{capsule}"
    PUFF = "{puff}"
    SPRAY = "{spray}"
    DROP = "[drp]"
    PATCH = "{patch}"
    SUPPOSITORY = "{suppository}"
    APPLICATION = "{application}"
    DOSE = "{dose}"
    EACH = "{each}"
    PERCENT = "%"

    @property
    def word(self) -> str:
        """The code of the unit's word in the catalogue, to which `.one` or `.other` is added."""
        return f"unit.{self.name.lower()}"


_SCALES: dict[DoseUnit, tuple[Dimension, Decimal]] = {
    DoseUnit.MICROGRAM: (Dimension.MASS, Decimal("0.001")),
    DoseUnit.MILLIGRAM: (Dimension.MASS, Decimal(1)),
    DoseUnit.GRAM: (Dimension.MASS, Decimal(1000)),
    DoseUnit.MILLILITRE: (Dimension.VOLUME, Decimal(1)),
    DoseUnit.LITRE: (Dimension.VOLUME, Decimal(1000)),
    DoseUnit.INTERNATIONAL_UNIT: (Dimension.ACTIVITY, Decimal(1)),
    DoseUnit.MILLIEQUIVALENT: (Dimension.CHARGE, Decimal(1)),
    DoseUnit.MILLIMOLE: (Dimension.SUBSTANCE, Decimal(1)),
}

COUNTED_FORMS = frozenset(
    {
        DoseUnit.TABLET,
        DoseUnit.CAPSULE,
        DoseUnit.PUFF,
        DoseUnit.SPRAY,
        DoseUnit.DROP,
        DoseUnit.PATCH,
        DoseUnit.SUPPOSITORY,
        DoseUnit.APPLICATION,
        DoseUnit.DOSE,
        DoseUnit.EACH,
    }
)
"""Forms that are counted whole; a tablet may be halved where the order says so."""


def dimension_of(unit: DoseUnit) -> Dimension:
    return _SCALES[unit][0] if unit in _SCALES else Dimension.COUNT


def plain(value: Decimal) -> str:
    """A number as a person writes it: no exponent, no trailing zeros."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def comparable(left: DoseUnit, right: DoseUnit) -> bool:
    """Whether amounts in the two units measure the same thing."""
    if left is right:
        return True
    return left in _SCALES and right in _SCALES and _SCALES[left][0] is _SCALES[right][0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """An exact, finite amount above zero and its unit."""

    amount: Decimal
    unit: DoseUnit

    def __post_init__(self) -> None:
        if not self.amount.is_finite() or self.amount <= 0:
            raise InvalidValueError("dose_amount", "not_positive")

    def converted(self, unit: DoseUnit) -> Quantity:
        """The same amount in another unit of the dimension.

        Raises:
            InvalidValueError: the units measure different things.
        """
        return Quantity(amount=convert(self.amount, self.unit, unit), unit=unit)

    def equals(self, other: Quantity) -> bool:
        """Whether both are one amount; false where the units cannot be compared."""
        return comparable(self.unit, other.unit) and self.converted(other.unit).amount == other.amount

    def __str__(self) -> str:
        return f"{plain(self.amount)} {self.unit}"


def convert(amount: Decimal, unit: DoseUnit, to: DoseUnit) -> Decimal:
    """`amount` expressed in the unit `to`, exactly.

    Raises:
        InvalidValueError: the units measure different things.
    """
    if unit is to:
        return amount
    if not comparable(unit, to):
        raise InvalidValueError("dose_unit", "unit_mismatch", given=str(unit), expected=str(to))
    return amount * _SCALES[unit][1] / _SCALES[to][1]
