"""Lots as printed and as scanned: expiry `06/2027`, `jun 2027`, `270600`; the code on a box (I14, CALCDTLOTEXP-1)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain import gs1
from clinicdesk.domain.vaccination_entry import lot_last_day

_MONTHS = {
    "jan": 1, "ene": 1, "feb": 2, "mar": 3, "apr": 4, "abr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "ago": 8,
    "sep": 9, "oct": 10, "nov": 11, "dec": 12, "dic": 12,
}  # fmt: skip
_MONTH_YEAR = re.compile(r"([0-9]{1,2})[/-]([0-9]{4}|[0-9]{2})")
_YEAR_MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})(?:-([0-9]{1,2}))?")
_FULL = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4}|[0-9]{2})")
_NAMED = re.compile(r"(?:([0-9]{1,2})[\s-]*)?([a-z]{3})[a-z]*\.?[\s-]*([0-9]{4}|[0-9]{2})")
_GS1 = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})")


def parse_lot_expiry(text: str, field: str = "expiration_date") -> dt.date:
    """The last good day of a lot; month and year alone, or the day 00 of a barcode, mean the month's last day.

    Raises:
        InvalidValueError: not a date.
    """
    typed = text.strip().casefold()
    if not typed:
        raise InvalidValueError(field, "missing")
    if match := _MONTH_YEAR.fullmatch(typed):
        return lot_last_day(_century(match[2]), int(match[1]))
    if match := _YEAR_MONTH.fullmatch(typed):
        return lot_last_day(int(match[1]), int(match[2]), int(match[3]) if match[3] else None)
    if match := _FULL.fullmatch(typed):
        return lot_last_day(_century(match[3]), int(match[1]), int(match[2]))
    if match := _GS1.fullmatch(typed):
        return lot_last_day(_century(match[1]), int(match[2]), int(match[3]) or None)
    if (match := _NAMED.fullmatch(typed)) and match[2] in _MONTHS:
        return lot_last_day(_century(match[3]), _MONTHS[match[2]], int(match[1]) if match[1] else None)
    raise InvalidValueError(field, "not_a_date")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedLot:
    """What a GS1 code says of a package: its lot, and its last good day where it tells."""

    number: str
    expires_on: dt.date | None = None


def read_lot_code(code: str) -> ScannedLot | None:
    """The lot in a scanned GS1 code; None for any other code."""
    found = gs1.elements(code)
    if found is None or gs1.LOT not in found:
        return None
    try:
        expires = parse_lot_expiry(found[gs1.EXPIRY]) if gs1.EXPIRY in found else None
    except InvalidValueError:
        return None
    return ScannedLot(number=found[gs1.LOT], expires_on=expires)


def _century(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)
