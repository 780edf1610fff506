"""What a nurse types for a check before a PRN dose, read so that it cannot be misread (ux-spec 4 and 7.5)."""

from __future__ import annotations

from decimal import Decimal

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.numbers import TemperatureUnit, parse_decimal, parse_temperature
from clinicdesk.domain.medication.orders import PreCheck
from clinicdesk.domain.medication.quantities import plain

PEAK_FLOW_UNIT = "L/min"
GLUCOSE_UNITS = ("mg/dL", "mmol/L")
_PEAK_FLOW = (Decimal(30), Decimal(900))
_GLUCOSE = {"mg/dL": (Decimal(10), Decimal(1500)), "mmol/L": (Decimal("0.6"), Decimal(83))}
_CELSIUS = (Decimal(30), Decimal(44))


def read_precheck(check: PreCheck, text: str) -> str:
    """The result with its unit, as the record keeps it: "190 L/min". Words stay as they were typed.

    Raises:
        InvalidValueError: the field is `check`'s name in lower case; the number is missing, impossible or misread.
    """
    field = check.value.lower()
    match check:
        case PreCheck.PEAK_FLOW:
            value = parse_decimal(_without_unit(text, PEAK_FLOW_UNIT), field)
            _within(value, _PEAK_FLOW, field)
            return f"{plain(value)} {PEAK_FLOW_UNIT}"
        case PreCheck.GLUCOSE:
            return _glucose(text, field)
        case PreCheck.TEMPERATURE:
            read = parse_temperature(text, field)
            _within(read.celsius, _CELSIUS, field)
            return f"{plain(read.value)} {'°C' if read.unit is TemperatureUnit.C else '°F'}"
        case PreCheck.PARENT_CALL | PreCheck.HOME_DOSE_ASKED:
            if not text.strip():
                raise InvalidValueError(field, "missing")
            return text


def _glucose(text: str, field: str) -> str:
    """Without a unit mg/dL: an American meter's. A number that only mmol/L can mean must say so."""
    named = next((unit for unit in GLUCOSE_UNITS if text.strip().casefold().endswith(unit.casefold())), None)
    short = named is None and text.strip().casefold().endswith("mmol")
    unit = "mmol/L" if short else named or GLUCOSE_UNITS[0]
    value = parse_decimal(_without_unit(text, "mmol" if short else unit), field)
    _within(value, _GLUCOSE[unit], field)
    return f"{plain(value)} {unit}"


def _without_unit(text: str, unit: str) -> str:
    typed = text.strip()
    return typed[: -len(unit)].strip() if typed.casefold().endswith(unit.casefold()) else typed


def _within(value: Decimal, limits: tuple[Decimal, Decimal], field: str) -> None:
    least, most = limits
    if not least <= value <= most:
        raise InvalidValueError(field, "out_of_range", minimum=plain(least), maximum=plain(most))
