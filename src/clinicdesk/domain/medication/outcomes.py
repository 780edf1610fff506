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


class NotGivenReason(enum.StrEnum):
    """Why a dose was not given (M4)."""

    ABSENT = "ABSENT"
    FIELD_TRIP = "FIELD_TRIP"
    REFUSED = "REFUSED"
    NO_SUPPLY = "NO_SUPPLY"
    HELD_BY_NURSE = "HELD_BY_NURSE"
    NO_SHOW = "NO_SHOW"
    EARLY_DISMISSAL = "EARLY_DISMISSAL"
    ORDER_PROBLEM = "ORDER_PROBLEM"
    SPILLED = "SPILLED"
    VOMITED = "VOMITED"
    SELF_ADMINISTERED = "SELF_ADMINISTERED"
    ENTERED_IN_ERROR = "ENTERED_IN_ERROR"
    OTHER = "OTHER"


_REASONS: dict[DoseOutcome, frozenset[NotGivenReason]] = {
    DoseOutcome.GIVEN: frozenset(),
    DoseOutcome.REFUSED: frozenset({NotGivenReason.REFUSED, NotGivenReason.OTHER}),
    DoseOutcome.ABSENT: frozenset({NotGivenReason.ABSENT, NotGivenReason.FIELD_TRIP, NotGivenReason.EARLY_DISMISSAL}),
    DoseOutcome.HELD: frozenset({NotGivenReason.HELD_BY_NURSE, NotGivenReason.ORDER_PROBLEM, NotGivenReason.OTHER}),
    DoseOutcome.NOT_AVAILABLE: frozenset({NotGivenReason.NO_SUPPLY, NotGivenReason.ORDER_PROBLEM}),
    DoseOutcome.SELF_CARRIED: frozenset({NotGivenReason.SELF_ADMINISTERED}),
    DoseOutcome.WASTED: frozenset({NotGivenReason.SPILLED, NotGivenReason.REFUSED, NotGivenReason.OTHER}),
    DoseOutcome.VOMITED: frozenset({NotGivenReason.VOMITED}),
    DoseOutcome.MISSED: frozenset(NotGivenReason)
    - {NotGivenReason.VOMITED, NotGivenReason.SELF_ADMINISTERED, NotGivenReason.ENTERED_IN_ERROR},
    DoseOutcome.WITHDRAWN: frozenset({NotGivenReason.ENTERED_IN_ERROR}),
}


class TaskKind(enum.StrEnum):
    """What someone must still do after a dose."""

    EFFECT_CHECK = "EFFECT_CHECK"
    TELL_PARENT = "TELL_PARENT"
    TELL_PRESCRIBER = "TELL_PRESCRIBER"
    REQUEST_SUPPLY = "REQUEST_SUPPLY"
    CALL_911 = "CALL_911"
    INCIDENT_DRAFT = "INCIDENT_DRAFT"
    NURSE_REVIEW = "NURSE_REVIEW"
    REPLACE_STOCK = "REPLACE_STOCK"


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
    DoseOutcome.REFUSED: ((TaskKind.TELL_PARENT, _SAME_DAY),),
    DoseOutcome.HELD: ((TaskKind.TELL_PARENT, _SAME_DAY), (TaskKind.TELL_PRESCRIBER, _SAME_DAY)),
    DoseOutcome.NOT_AVAILABLE: ((TaskKind.TELL_PARENT, _SAME_DAY), (TaskKind.REQUEST_SUPPLY, _SAME_DAY)),
    DoseOutcome.VOMITED: ((TaskKind.TELL_PARENT, _AT_ONCE), (TaskKind.TELL_PRESCRIBER, _AT_ONCE)),
    DoseOutcome.MISSED: ((TaskKind.TELL_PARENT, _SAME_DAY), (TaskKind.INCIDENT_DRAFT, _AT_ONCE)),
}


def reasons_for(outcome: DoseOutcome) -> frozenset[NotGivenReason]:
    """The reasons that fit an outcome; empty where none is asked."""
    return _REASONS[outcome]


def check_reason(outcome: DoseOutcome, reason: NotGivenReason | None, note: str = "") -> None:
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
    if reason is NotGivenReason.OTHER and not note.strip():
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
            (TaskKind.CALL_911, _AT_ONCE),
            (TaskKind.TELL_PARENT, _AT_ONCE),
            (TaskKind.REPLACE_STOCK, _SAME_DAY),
        ]
    if order.prn is not None and outcome is DoseOutcome.GIVEN:
        due.append((TaskKind.EFFECT_CHECK, order.prn.effect_check_after))
    if outcome is DoseOutcome.REFUSED and _refusals_in_a_row(earlier) + 1 >= _CONSECUTIVE_FOR_PRESCRIBER:
        due.append((TaskKind.TELL_PRESCRIBER, _SAME_DAY))
    if by_delegate and outcome in TAKEN | {DoseOutcome.WASTED}:
        due.append((TaskKind.NURSE_REVIEW, dt.timedelta(hours=24)))
    return tuple(
        FollowUpTask(kind=kind, due_at=at + after, code=f"task.{kind.lower()}") for kind, after in dict(due).items()
    )


class Effect(enum.StrEnum):
    """How a PRN dose worked, found at the effect check."""

    BETTER = "BETTER"
    UNCHANGED = "UNCHANGED"
    WORSE = "WORSE"
    LEFT_CLINIC = "LEFT_CLINIC"


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
