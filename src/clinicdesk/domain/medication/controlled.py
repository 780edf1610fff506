"""The register of controlled drugs: append-only movements, counts, discrepancies (M9-M12, D44)."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.findings import Finding, advisory, hard_stop
from clinicdesk.domain.medication.quantities import plain

RECONCILE_EVERY = dt.timedelta(days=7)


class InventoryTransactionType(enum.StrEnum):
    """Why the balance of a lot moved; the sign of the quantity follows from it. RETURN goes back to the family."""

    PURCHASE = "PURCHASE"
    USAGE = "USAGE"
    ADJUSTMENT = "ADJUSTMENT"
    TRANSFER = "TRANSFER"
    RETURN = "RETURN"
    DISPOSAL = "DISPOSAL"
    RECEIPT = "RECEIPT"
    COUNT_ADJUSTMENT = "COUNT_ADJUSTMENT"
    WASTE = "WASTE"


_SIGNS = {
    InventoryTransactionType.RECEIPT: 1,
    InventoryTransactionType.PURCHASE: 1,
    InventoryTransactionType.USAGE: -1,
    InventoryTransactionType.WASTE: -1,
    InventoryTransactionType.DISPOSAL: -1,
    InventoryTransactionType.RETURN: -1,
}

_WITH_REASON = frozenset(
    {
        InventoryTransactionType.ADJUSTMENT,
        InventoryTransactionType.COUNT_ADJUSTMENT,
        InventoryTransactionType.WASTE,
        InventoryTransactionType.DISPOSAL,
    }
)


class MovementOrigin(enum.StrEnum):
    """Whose write it is: the negative-balance check binds a desk's own write alone (D44)."""

    DESK = "DESK"
    SYNC = "SYNC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One line of the register. `change` is signed; the witness of a receipt may be the delivering adult by name.

    A reversal gives back exactly what a taken-back entry moved: no witness, no reason of its own (D1). `again` reverses
    a reversal: what two desks gave back of one dose is taken out once more.
    """

    id: uuid.UUID
    kind: InventoryTransactionType
    change: Decimal
    at: dt.datetime
    actor_id: uuid.UUID
    witness_id: uuid.UUID | None = None
    delivered_by: str | None = None
    reason: str = ""
    reverses_id: uuid.UUID | None = None
    again: bool = False

    def __post_init__(self) -> None:
        if not self.change.is_finite() or self.change == 0:
            raise InvalidValueError("quantity", "zero")
        sign = _SIGNS.get(self.kind)
        expected_rise = sign is not None and (sign > 0) != (self.reverses_id is not None and not self.again)
        if sign is not None and (self.change > 0) != expected_rise:
            raise InvalidValueError("quantity", "wrong_sign", kind=str(self.kind))


def balance(movements: Iterable[Movement]) -> Decimal:
    """The stock of a lot: the sum of its movements, whatever their order."""
    return sum((movement.change for movement in movements), Decimal(0))


def assess_movement(movement: Movement, before: Decimal, origin: MovementOrigin) -> tuple[Finding, ...]:
    """What stands against a movement of a controlled drug (M9).

    A dose that was really given is never refused when it arrives by sync: the discrepancy opens an incident (D44).
    """
    found: list[Finding] = []
    after = before + movement.change
    reversal = movement.reverses_id is not None
    if origin is MovementOrigin.SYNC:
        return (advisory("M10", "controlled.negative_by_sync", balance=plain(after)),) if after < 0 else ()
    if after < 0:
        found.append(hard_stop("M9", "controlled.balance_too_low", balance=plain(before)))
    if movement.witness_id == movement.actor_id:
        found.append(hard_stop("M9", "controlled.witness_is_actor"))
    elif movement.witness_id is None and not reversal and not _delivered(movement):
        found.append(hard_stop("M9", "controlled.witness_missing"))
    if movement.kind in _WITH_REASON and not reversal and not movement.reason.strip():
        found.append(hard_stop("M9", "controlled.reason_missing"))
    return tuple(found)


class CountKind(enum.StrEnum):
    """Why a controlled drug was counted (M9)."""

    RECEIPT = "RECEIPT"
    DOSE = "DOSE"
    WEEKLY = "WEEKLY"
    AFTER_ABSENCE = "AFTER_ABSENCE"
    RECOUNT = "RECOUNT"
    HANDOVER = "HANDOVER"
    YEAR_END = "YEAR_END"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A blind count of a lot. Liquids and patches are `estimated` (M11)."""

    counted: Decimal
    at: dt.datetime
    kind: CountKind
    actor_id: uuid.UUID
    witness_id: uuid.UUID | None
    estimated: bool = False

    def __post_init__(self) -> None:
        if not self.counted.is_finite() or self.counted < 0:
            raise InvalidValueError("counted", "negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """What a count found against the register: negative = missing (M10)."""

    expected: Decimal
    counted: Decimal
    estimated: bool

    @property
    def difference(self) -> Decimal:
        return self.counted - self.expected

    @property
    def missing(self) -> bool:
        return self.difference < 0


def assess_count(count: Count) -> tuple[Finding, ...]:
    """A count needs a second person who is not the counter (M9)."""
    if count.witness_id is None:
        return (hard_stop("M9", "controlled.witness_missing"),)
    if count.witness_id == count.actor_id:
        return (hard_stop("M9", "controlled.witness_is_actor"),)
    return ()


def discrepancy(expected: Decimal, count: Count, tolerance: Decimal = Decimal(0)) -> Discrepancy | None:
    """The difference that opens an incident (M10). The tolerance serves estimated counts only (M11)."""
    allowed = tolerance if count.estimated else Decimal(0)
    found = Discrepancy(expected=expected, counted=count.counted, estimated=count.estimated)
    return found if abs(found.difference) > allowed else None


def reconciliation_due(last_count_at: dt.datetime | None, now: dt.datetime, *, nurse_was_away: bool = False) -> bool:
    """At least weekly, and after the nurse's absence (M9)."""
    return nurse_was_away or last_count_at is None or now - last_count_at >= RECONCILE_EVERY


def _delivered(movement: Movement) -> bool:
    return movement.kind is InventoryTransactionType.RECEIPT and bool((movement.delivered_by or "").strip())
