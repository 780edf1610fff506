"""The stricter of two sides of a conflict, for the data that safety reads (D22: M2, M5, M6).

Until a person decides, an allergy, restriction or contraindication holds if any side states it, and an order is as
narrow as its narrowest side. Nothing here looks at the base: a side that left a value alone states it still.
"""

from __future__ import annotations

import decimal
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clinicdesk.domain.canonical import WireValue, same_value


class Strictness(enum.Enum):
    """How the stricter of two values of a field is found."""

    GRAVER = enum.auto()  # a severity
    STATED = enum.auto()  # true if any side says so
    DENIED = enum.auto()  # false if any side says so
    STOPPED = enum.auto()  # the state of an order: any stop stops
    STANDING = enum.auto()  # the state of a condition: it stands while any side has it
    UNION = enum.auto()  # every line of both lists
    TEXTS = enum.auto()  # both texts, where neither holds the other
    LESS = enum.auto()  # a maximum, or a last day; none is no limit
    MORE = enum.auto()  # a minimum, or a first day; none is no limit


@dataclass(frozen=True, slots=True)
class Stricter:
    """A value, and which sides it comes from: one of them, or both put together."""

    value: WireValue
    mine: bool
    theirs: bool


_LIMITS: Mapping[str, Strictness] = {
    "min_interval_minutes": Strictness.MORE,
    "min_age_months": Strictness.MORE,
    "max_per_day": Strictness.LESS,
    "max_per_year": Strictness.LESS,
    "max_dose_amount": Strictness.LESS,
}

RULES: Mapping[str, Mapping[str, Strictness]] = {
    "allergies": {
        "severity": Strictness.GRAVER,
        "active": Strictness.STATED,
        "reactions": Strictness.UNION,
        "emergency_protocol": Strictness.TEXTS,
        "epi_pen_required": Strictness.STATED,
    },
    "chronic_conditions": {
        "severity": Strictness.GRAVER,
        "status": Strictness.STANDING,
        "is_active": Strictness.STATED,
        "restrictions": Strictness.UNION,
        "triggers": Strictness.UNION,
        "contraindicated_ingredients": Strictness.UNION,
        "emergency_protocol": Strictness.TEXTS,
    },
    "medical_history": {
        "severity": Strictness.GRAVER,
        "is_active": Strictness.STATED,
        "is_critical": Strictness.STATED,
        "requires_monitoring": Strictness.STATED,
    },
    "emergency_contacts": {
        "can_pickup_student": Strictness.DENIED,
        "may_consent": Strictness.DENIED,
        "custody_limits": Strictness.TEXTS,
    },
    "student_medications": {
        "status": Strictness.STOPPED,
        "is_active": Strictness.DENIED,
        "start_date": Strictness.MORE,
        "end_date": Strictness.LESS,
        "prn_min_interval_minutes": Strictness.MORE,
        "prn_max_per_day": Strictness.LESS,
        "is_controlled": Strictness.STATED,
        "requires_witness": Strictness.STATED,
        "delegation_allowed": Strictness.DENIED,
        "self_carry": Strictness.DENIED,
    },
    "standing_orders": {
        "is_active": Strictness.DENIED,
        "consent_required": Strictness.STATED,
        "starts_on": Strictness.MORE,
        "ends_on": Strictness.LESS,
        **_LIMITS,
    },
}
"""By table and column. What makes a dose (drug, amount, unit, route, times) has no stricter side: it is a hard stop."""

_GRAVITY = ("MILD", "LOW", "MODERATE", "MEDIUM", "HIGH", "SEVERE", "CRITICAL", "LIFE_THREATENING")
_STOPS = ("ACTIVE", "DRAFT", "ON_HOLD", "COMPLETED", "DISCONTINUED")
_STANDS = ("RESOLVED", "MANAGED", "MONITORING", "ACTIVE")
_RANKS: Mapping[Strictness, Sequence[str]] = {
    Strictness.GRAVER: _GRAVITY,
    Strictness.STOPPED: _STOPS,
    Strictness.STANDING: _STANDS,
}


def has_stricter_side(table: str, column: str) -> bool:
    """Whether one of two values of this field is the safer one."""
    return column in RULES.get(table, {})


def stricter(table: str, column: str, mine: WireValue, theirs: WireValue) -> Stricter | None:
    """The value that safety goes by while both stand; None where there is no stricter one."""
    rule = RULES.get(table, {}).get(column)
    if rule is None:
        return None
    if same_value(mine, theirs):
        return Stricter(mine, mine=True, theirs=True)
    match rule:
        case Strictness.UNION:
            return Stricter(union(mine, theirs), mine=True, theirs=True)
        case Strictness.TEXTS:
            return _texts(mine, theirs)
        case Strictness.STATED | Strictness.DENIED:
            # A side that says nothing neither states nor allows.
            wanted = rule is Strictness.STATED
            return _side(mine, theirs, mine_is_stricter=(mine is wanted) or theirs is None)
        case Strictness.LESS | Strictness.MORE:
            return _limit(mine, theirs, least=rule is Strictness.LESS)
    return _ranked(_RANKS[rule], mine, theirs)


def union(*sides: WireValue) -> list[WireValue]:
    """All lines of the lists, each once, in their order."""
    lines: list[WireValue] = []
    for side in sides:
        for line in side if isinstance(side, list) else ():
            if not any(same_value(line, one) for one in lines):
                lines.append(line)
    return lines


def _texts(mine: WireValue, theirs: WireValue) -> Stricter:
    first, second = str(mine or "").strip(), str(theirs or "").strip()
    if not second or second in first:
        return Stricter(mine, mine=True, theirs=False)
    if first in second:
        return Stricter(theirs, mine=False, theirs=True)
    return Stricter(f"{mine}\n{theirs}", mine=True, theirs=True)


def _limit(mine: WireValue, theirs: WireValue, *, least: bool) -> Stricter:
    if mine is None or theirs is None:
        return _side(mine, theirs, mine_is_stricter=theirs is None)
    smaller = _measure(mine) < _measure(theirs)
    return _side(mine, theirs, mine_is_stricter=smaller is least)


def _measure(value: WireValue) -> tuple[decimal.Decimal, str]:
    """Numbers by their size; days and instants by their canonical text."""
    try:
        return decimal.Decimal(str(value)), ""
    except decimal.InvalidOperation:
        return decimal.Decimal(0), str(value)


def _ranked(ranks: Sequence[str], mine: WireValue, theirs: WireValue) -> Stricter | None:
    places = [ranks.index(str(side)) if side in ranks else None for side in (mine, theirs)]
    if places[0] is None and places[1] is None:
        return None
    first, second = (-1 if place is None else place for place in places)
    return _side(mine, theirs, mine_is_stricter=first > second)


def _side(mine: WireValue, theirs: WireValue, *, mine_is_stricter: bool) -> Stricter:
    return Stricter(mine if mine_is_stricter else theirs, mine=mine_is_stricter, theirs=not mine_is_stricter)
