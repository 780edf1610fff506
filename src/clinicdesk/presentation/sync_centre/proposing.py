"""What the resolver proposes before a person decides: for safety data the union, or the stricter value (D22)."""

from __future__ import annotations

import decimal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from clinicdesk.domain.canonical import Kind, WireValue
from clinicdesk.i18n import tr
from clinicdesk.presentation.sync_centre.words import is_list
from clinicdesk.services.conflicts import ConflictField


class Side(StrEnum):
    """Where a value comes from; the digits are the keys that pick it."""

    BASE = "1"
    MINE = "2"
    THEIRS = "3"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value to begin with. `decided` is false where only a person can know; then nothing is picked."""

    value: WireValue
    sides: tuple[Side, ...] = ()
    why: str = ""
    decided: bool = True


_GRAVER = ("MILD", "LOW", "MODERATE", "MEDIUM", "HIGH", "SEVERE", "CRITICAL", "LIFE_THREATENING")
_SMALLER = frozenset({"max_per_day", "max_per_year", "max_dose_amount", "max_daily_amount", "ends_on", "expires_on"})
_LARGER = frozenset({"min_interval_minutes", "min_age_months", "starts_on", "severity"})
_HOLDS = frozenset({"active", "is_active", "epi_pen_required", "is_controlled", "requires_witness"})
_ORDERS = frozenset({"student_medications", "standing_orders"})


def propose(table: str, kind: Kind, field: ConflictField) -> Proposal:
    """The value a row of the resolver begins with."""
    if field.mine == field.theirs:
        return Proposal(field.mine, (Side.MINE, Side.THEIRS), tr("the same on both sides"))
    if field.theirs == field.base:
        return Proposal(field.mine, (Side.MINE,), tr("changed on one side, proposed"))
    if field.mine == field.base:
        return Proposal(field.theirs, (Side.THEIRS,), tr("changed on one side, proposed"))
    if is_list(field):
        return Proposal(union(field.mine, field.theirs), (Side.MINE, Side.THEIRS), tr("union of both, proposed"))
    found = _strict(table, kind, field)
    return found or Proposal(field.theirs, why=tr("your choice"), decided=False)


def union(*sides: WireValue) -> WireValue:
    """All lines of the lists, each once, in their order."""
    lines: dict[str, None] = {}
    for side in sides:
        lines.update(dict.fromkeys(map(str, side if isinstance(side, list) else ())))
    return list(lines)


def _strict(table: str, kind: Kind, field: ConflictField) -> Proposal | None:
    stricter = tr("most restrictive, proposed")
    if field.name == "severity" and {field.mine, field.theirs} <= set(_GRAVER):
        return _by(field, lambda value: _GRAVER.index(str(value)), stricter)
    if kind is Kind.BOOLEAN and field.name in _HOLDS and field.is_safety:
        # An allergy holds if any side states it; an order ends if any side ends it.
        holds = table not in _ORDERS or field.name not in {"active", "is_active"}
        return _by(field, lambda value: bool(value) is holds, stricter)
    if field.name in _SMALLER | _LARGER and None not in (field.mine, field.theirs):
        number = kind in {Kind.NUMBER, Kind.INTEGER}
        read = _number if number else str
        return _by(field, read, stricter, least=field.name in _SMALLER)
    if field.name in _SMALLER | _LARGER and field.is_safety:
        side = Side.MINE if field.theirs is None else Side.THEIRS
        return Proposal(field.mine if side is Side.MINE else field.theirs, (side,), stricter)
    if kind is Kind.TEXT and field.is_safety and field.group is None and not field.codes:
        both = "\n".join(str(side) for side in (field.mine, field.theirs) if side)
        return Proposal(both, (), tr("both texts, proposed"))
    if kind is Kind.DATE and field.group is None and not field.is_safety and field.mine and field.theirs:
        return _by(field, str, tr("later of the two, proposed"))
    return None


def _by(field: ConflictField, key: Callable[[WireValue], object], why: str, *, least: bool = False) -> Proposal:
    sides: Mapping[Side, WireValue] = {Side.MINE: field.mine, Side.THEIRS: field.theirs}
    ordered = sorted(sides, key=lambda side: key(sides[side]))  # type: ignore[arg-type,return-value]  # one kind
    side = ordered[0] if least else ordered[-1]
    return Proposal(sides[side], (side,), why)


def _number(value: WireValue) -> decimal.Decimal:
    return decimal.Decimal(str(value))
