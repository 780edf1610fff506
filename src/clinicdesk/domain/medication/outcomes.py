"""What each outcome of a dose means and asks for: reasons, follow-up tasks, the PRN effect check (M4, M5, M14, M16)."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable
from dataclasses import dataclass

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.findings import Finding, advisory
from clinicdesk.domain.medication.log import TAKEN, DoseOutcome, DoseRow
from clinicdesk.domain.medication.orders import Order


class DoseReason(enum.StrEnum):
    """Why a dose was late, early or not given (M4)."""

    ABSENT = "ABSENT"
    FIELD_TRIP = "FIELD_TRIP"
    REFUSED = "REFUSED"
    NO_SUPPLY = "NO_SUPPLY"
    HELD_BY_NURSE = "HELD_BY_NURSE"
    NO_SHOW = "NO_SHOW"
    EARLY_DISMISSAL = "EARLY_DISMISSAL"
    ORDER_PROBLEM = "ORDER_PROBLEM"
    OTHER = "OTHER"


_REASONS: dict[DoseOutcome, frozenset[DoseReason]] = {
    DoseOutcome.GIVEN: frozenset(),
    DoseOutcome.REFUSED: frozenset({DoseReason.REFUSED, DoseReason.OTHER}),
    DoseOutcome.ABSENT: frozenset({DoseReason.ABSENT, DoseReason.FIELD_TRIP, DoseReason.EARLY_DISMISSAL}),
    DoseOutcome.HELD: frozenset({DoseReason.HELD_BY_NURSE, DoseReason.ORDER_PROBLEM, DoseReason.OTHER}),
    DoseOutcome.NOT_AVAILABLE: frozenset({DoseReason.NO_SUPPLY, DoseReason.ORDER_PROBLEM}),
    DoseOutcome.SELF_CARRIED: frozenset(),
    DoseOutcome.WASTED: frozenset({DoseReason.REFUSED, DoseReason.OTHER}),
    DoseOutcome.VOMITED: frozenset(),
    DoseOutcome.MISSED: frozenset(DoseReason),
}


_WHY_EARLY = (DoseReason.FIELD_TRIP, DoseReason.EARLY_DISMISSAL, DoseReason.ORDER_PROBLEM)
_WHY_LATE = (
    DoseReason.NO_SHOW,
    DoseReason.FIELD_TRIP,
    DoseReason.ABSENT,
    DoseReason.REFUSED,
    DoseReason.HELD_BY_NURSE,
    DoseReason.NO_SUPPLY,
    DoseReason.ORDER_PROBLEM,
)


class TaskKind(enum.StrEnum):
    """What someone must still do after a dose."""

    EFFECT_CHECK = "EFFECT_CHECK"
    PARENT_CONTACT = "PARENT_CONTACT"
    PRESCRIBER_CONTACT = "PRESCRIBER_CONTACT"
    STOCK_LOW = "STOCK_LOW"
    EMERGENCY_CALL = "EMERGENCY_CALL"
    INCIDENT_DRAFT = "INCIDENT_DRAFT"
    CO_REVIEW = "CO_REVIEW"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpTask:
    """A task that an outcome makes, and when it is due."""

    kind: TaskKind
    due_at: dt.datetime
    code: str


_SAME_DAY = dt.timedelta(hours=2)
_AT_ONCE = dt.timedelta(0)
_CONSECUTIVE_FOR_PRESCRIBER = 3

_TASKS: dict[DoseOutcome, tuple[tuple[TaskKind, dt.timedelta], ...]] = {
    DoseOutcome.REFUSED: ((TaskKind.PARENT_CONTACT, _SAME_DAY),),
    DoseOutcome.HELD: ((TaskKind.PARENT_CONTACT, _SAME_DAY), (TaskKind.PRESCRIBER_CONTACT, _SAME_DAY)),
    DoseOutcome.NOT_AVAILABLE: ((TaskKind.PARENT_CONTACT, _SAME_DAY), (TaskKind.STOCK_LOW, _SAME_DAY)),
    DoseOutcome.VOMITED: ((TaskKind.PARENT_CONTACT, _AT_ONCE), (TaskKind.PRESCRIBER_CONTACT, _AT_ONCE)),
    DoseOutcome.MISSED: ((TaskKind.PARENT_CONTACT, _SAME_DAY), (TaskKind.INCIDENT_DRAFT, _AT_ONCE)),
}


def reasons_for(outcome: DoseOutcome) -> frozenset[DoseReason]:
    """The reasons that fit an outcome; empty where none is asked."""
    return _REASONS[outcome]


def timing_reasons(code: str) -> tuple[DoseReason, ...]:
    """The reasons a dose outside its window is given for, commonest first (M4); none where time is not the matter."""
    match code:
        case "dose.early":
            return _WHY_EARLY
        case "dose.late" | "dose.after_cut_off":
            return _WHY_LATE
    return ()


def check_reason(outcome: DoseOutcome, reason: DoseReason | None, note: str = "") -> None:
    """Refuse an outcome without its reason (M4, M14).

    Raises:
        InvalidValueError: the reason is missing, does not fit, or OTHER has no words.
    """
    allowed = _REASONS[outcome]
    if reason is None:
        if allowed:
            raise InvalidValueError("reason_not_given", "missing")
        return
    if reason not in allowed:
        raise InvalidValueError("reason_not_given", "not_allowed", outcome=str(outcome), reason=str(reason))
    if reason is DoseReason.OTHER and not note.strip():
        raise InvalidValueError("notes", "missing")


def takes_stock(outcome: DoseOutcome) -> bool:
    """Whether the school's stock goes down: a self-carried dose is the student's own."""
    return outcome in {DoseOutcome.GIVEN, DoseOutcome.WASTED, DoseOutcome.VOMITED}


def follow_up(
    order: Order, outcome: DoseOutcome, at: dt.datetime, *, earlier: Iterable[DoseRow] = (), by_delegate: bool = False
) -> tuple[FollowUpTask, ...]:
    """The tasks after an outcome. No outcome makes a new dose: a re-dose is a decision of the prescriber (M14).

    `earlier` are the order's current rows before this one: the third refusal in a row goes to the prescriber.
    """
    due: list[tuple[TaskKind, dt.timedelta]] = list(_TASKS.get(outcome, ()))
    if order.emergency and outcome in TAKEN:
        due += [
            (TaskKind.EMERGENCY_CALL, _AT_ONCE),
            (TaskKind.PARENT_CONTACT, _AT_ONCE),
            (TaskKind.STOCK_LOW, _SAME_DAY),
        ]
    if order.prn is not None and outcome is DoseOutcome.GIVEN:
        due.append((TaskKind.EFFECT_CHECK, order.prn.effect_check_after))
    if outcome is DoseOutcome.REFUSED and _refusals_in_a_row(earlier) + 1 >= _CONSECUTIVE_FOR_PRESCRIBER:
        due.append((TaskKind.PRESCRIBER_CONTACT, _SAME_DAY))
    if by_delegate and outcome in TAKEN | {DoseOutcome.WASTED}:
        due.append((TaskKind.CO_REVIEW, dt.timedelta(hours=24)))
    return tuple(
        FollowUpTask(kind=kind, due_at=at + after, code=f"task.{kind.lower()}") for kind, after in dict(due).items()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyTimer:
    """The clock of an emergency: it runs from the first dose of the event (M16)."""

    first_dose_at: dt.datetime

    def elapsed(self, now: dt.datetime) -> dt.timedelta:
        return max(dt.timedelta(0), now - self.first_dose_at)


def emergency_timer(
    rows: Iterable[DoseRow], now: dt.datetime, within: dt.timedelta = dt.timedelta(hours=4)
) -> EmergencyTimer | None:
    """The timer of the running event: from the first taken dose of the last hours; null when there is none."""
    moments = [row.event_at for row in rows if row.taken and now - within <= row.event_at <= now]
    return EmergencyTimer(first_dose_at=min(moments)) if moments else None


def re_dose_warning(rows: Iterable[DoseRow]) -> Finding | None:
    """Said on the card after a vomited dose: it counts as taken, the prescriber decides (M14)."""
    vomited = [row for row in rows if row.outcome is DoseOutcome.VOMITED]
    return advisory("M14", "dose.vomited_counts", count=len(vomited)) if vomited else None


def _refusals_in_a_row(rows: Iterable[DoseRow]) -> int:
    count = 0
    for row in sorted(rows, key=lambda one: one.event_at, reverse=True):
        if row.outcome is not DoseOutcome.REFUSED:
            break
        count += 1
    return count
