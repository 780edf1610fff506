"""Medicine that leaves the clinic: handed back or destroyed, told to the parent, watched by a second person (M12)."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from clinicdesk.domain.findings import Finding, hard_stop
from clinicdesk.domain.medication.facts import DoseActor
from clinicdesk.domain.medication.quantities import plain


class DisposalMethod(enum.StrEnum):
    """How it leaves."""

    RETURNED_TO_PARENT = "RETURNED_TO_PARENT"
    TAKE_BACK = "TAKE_BACK"
    REVERSE_DISTRIBUTOR = "REVERSE_DISTRIBUTOR"
    DRUG_DEACTIVATION = "DRUG_DEACTIVATION"
    SHARPS_CONTAINER = "SHARPS_CONTAINER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """Medicine about to leave. `parent_told` says who was told and when; `received_by` the adult who takes it home."""

    amount: Decimal | None
    method: DisposalMethod | None
    on: dt.date | None
    actor: DoseActor
    witness_id: uuid.UUID | None
    reason: str = ""
    parent_told: str = ""
    received_by: str = ""
    students_own: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Remainder:
    """What is left of a lot."""

    lot_id: uuid.UUID
    balance: Decimal


def assess_departure(departure: Departure, balance: Decimal, today: dt.date) -> tuple[Finding, ...]:
    """What stands against it (M12): parent told, a registered nurse and one witness, amount, method, date.

    The school's own stock has no parent to be told.
    """
    return tuple(_people(departure)) + tuple(_facts(departure, balance, today))


def not_empty(lots: Iterable[Remainder]) -> tuple[Remainder, ...]:
    """The lots that keep the register open at the end of the school year: it needs a zero balance (M12)."""
    return tuple(lot for lot in lots if lot.balance != 0)


def assess_year_end(lots: Iterable[Remainder]) -> tuple[Finding, ...]:
    """The end of the school year: every lot stands at zero, or the year cannot be closed (M12)."""
    left = not_empty(lots)
    return (hard_stop("M12", "controlled.year_end_not_empty", count=len(left)),) if left else ()


def _people(departure: Departure) -> Iterator[Finding]:
    if not departure.actor.is_registered_nurse:
        yield hard_stop("M12", "controlled.disposal_needs_nurse")
    if departure.witness_id is None:
        yield hard_stop("M12", "controlled.witness_missing")
    elif departure.witness_id == departure.actor.user_id:
        yield hard_stop("M12", "controlled.witness_is_actor")
    if departure.students_own and not departure.parent_told.strip():
        yield hard_stop("M12", "controlled.parent_not_told")
    returned = departure.method is DisposalMethod.RETURNED_TO_PARENT
    if returned and not departure.students_own:
        yield hard_stop("M12", "controlled.school_stock_is_not_returned")
    elif returned and not departure.received_by.strip():
        yield hard_stop("M12", "controlled.receiver_missing")


def _facts(departure: Departure, balance: Decimal, today: dt.date) -> Iterator[Finding]:
    if departure.amount is None or not departure.amount.is_finite() or departure.amount <= 0:
        yield hard_stop("M12", "controlled.amount_missing")
    elif departure.amount > balance:
        yield hard_stop("M12", "controlled.balance_too_low", balance=plain(balance))
    if departure.method is None:
        yield hard_stop("M12", "controlled.method_missing")
    elif departure.method is not DisposalMethod.RETURNED_TO_PARENT and not departure.reason.strip():
        yield hard_stop("M12", "controlled.reason_missing")
    if departure.on is None:
        yield hard_stop("M12", "controlled.date_missing")
    elif departure.on > today:
        yield hard_stop("M12", "controlled.date_in_future")
