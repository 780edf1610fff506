"""Dose slots of a day: from order x school calendar x zone, and what the log says became of them (M4, M4a, M7)."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.calendar import Attendance, SchoolCalendar
from clinicdesk.domain.medication.log import TAKEN, DoseOutcome, DoseRow, current_rows
from clinicdesk.domain.medication.orders import Order, OrderStatus, in_force

_KEY_FORMAT = "%Y-%m-%dT%H:%M"


class SlotState(enum.StrEnum):
    """What a slot is at a moment: by the clock until the log says more."""

    UPCOMING = "UPCOMING"
    SOON = "SOON"
    DUE = "DUE"
    LATE = "LATE"
    MISSED = "MISSED"
    GIVEN = "GIVEN"
    REFUSED = "REFUSED"
    ABSENT = "ABSENT"
    HELD = "HELD"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    SELF_CARRIED = "SELF_CARRIED"
    VOMITED = "VOMITED"
    DOUBLE_CHARTED = "DOUBLE_CHARTED"
    MISSED_CHARTED = "MISSED_CHARTED"
    """Missed, and somebody has said why: nobody has to act any more."""


OPEN_STATES = frozenset({SlotState.UPCOMING, SlotState.SOON, SlotState.DUE, SlotState.LATE, SlotState.MISSED})
"""States in which the log says nothing final: someone still has to act or give a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotPolicy:
    """The windows of a district or school (M4). An order's own window replaces `before` and `after`."""

    before: dt.timedelta = dt.timedelta(minutes=30)
    after: dt.timedelta = dt.timedelta(minutes=30)
    cut_off: dt.timedelta = dt.timedelta(minutes=120)
    soon: dt.timedelta = dt.timedelta(minutes=60)

    def __post_init__(self) -> None:
        if min(self.before, self.after, self.cut_off, self.soon) < dt.timedelta(0):
            raise InvalidValueError("dose_window", "out_of_range", minimum=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseSlot:
    """One dose owed: `key` is stable text, moments are UTC. `opens_at <= due_at <= closes_at <= cut_off_at`."""

    order_root: uuid.UUID
    order_id: uuid.UUID
    student_id: uuid.UUID
    key: str
    due_at: dt.datetime
    opens_at: dt.datetime
    closes_at: dt.datetime
    cut_off_at: dt.datetime
    soon_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotStanding:
    """A slot with its state now and the current log rows that speak of it."""

    slot: DoseSlot
    state: SlotState
    rows: tuple[DoseRow, ...]
    proposed: DoseOutcome | None = None
    away: Attendance | None = None
    """Why *absent* is proposed; only with a proposal."""


def slot_key(day: dt.date, at: dt.time) -> str:
    """The name of a slot: the local date and the order's time, `2026-11-02T11:30`."""
    return f"{day:%Y-%m-%d}T{at:%H:%M}"


def parse_slot_key(key: str) -> tuple[dt.date, dt.time]:
    """Take a slot key apart.

    Raises:
        InvalidValueError: the text is no slot key.
    """
    try:
        moment = dt.datetime.strptime(key, _KEY_FORMAT)  # noqa: DTZ007 - a slot key is local by definition
    except ValueError as problem:
        raise InvalidValueError("slot_key", "not_a_slot") from problem
    if slot_key(moment.date(), moment.time()) != key:
        raise InvalidValueError("slot_key", "not_a_slot")
    return moment.date(), moment.time()


def owes_doses(order: Order, day: dt.date) -> bool:
    """Whether the order asks for doses on `day`, the school's calendar left aside."""
    timed = order.timed
    if timed is None or day.weekday() not in timed.weekdays or not order.in_date(day):
        return False
    if order.status in {OrderStatus.DISCONTINUED, OrderStatus.COMPLETED}:
        return order.end_date is not None
    return order.status is OrderStatus.ACTIVE


def slots_of_day(order: Order, day: dt.date, calendar: SchoolCalendar, policy: SlotPolicy) -> tuple[DoseSlot, ...]:
    """The slots of one order version on one day: on school days, between a late start and an early dismissal (D41)."""
    school_day = calendar.day(day)
    if not school_day.is_open or not owes_doses(order, day):
        return ()
    return tuple(_slot(order, day, at, calendar, policy) for at in _times(order) if school_day.holds(at))


def slots_left_to_family(order: Order, day: dt.date, calendar: SchoolCalendar) -> tuple[str, ...]:
    """Keys of the doses before a late start and after early dismissal: the parent is told, none counts as missed."""
    school_day = calendar.day(day)
    if not school_day.is_open or not owes_doses(order, day):
        return ()
    return tuple(slot_key(day, at) for at in _times(order) if not school_day.holds(at))


def slots_of_order(
    versions: Sequence[Order], day: dt.date, calendar: SchoolCalendar, policy: SlotPolicy
) -> tuple[DoseSlot, ...]:
    """The slots of an order on a day, by the version in force on that day."""
    order = in_force(versions, day)
    return () if order is None else slots_of_day(order, day, calendar, policy)


def state_of(
    slot: DoseSlot,
    rows: Iterable[DoseRow],
    now: dt.datetime,
    attendance: Attendance | None = None,
    calendar: SchoolCalendar | None = None,
) -> SlotStanding:
    """What the slot is at `now`. `rows` may hold other slots' rows and superseded ones.

    A wasted dose settles nothing: the student has not had it. With attendance and the calendar at hand, a slot
    of a student who is away proposes *absent*; a person charts it (D41).
    """
    mine = tuple(row for row in rows if row.order_root == slot.order_root and row.slot_key == slot.key)
    current = current_rows(mine)
    charted = _charted_state(current)
    if charted is not None:
        return SlotStanding(slot=slot, state=charted, rows=current)
    standing = SlotStanding(slot=slot, state=_clock_state(slot, now), rows=current)
    if attendance is None or calendar is None or not attendance.away_at(slot.due_at.astimezone(calendar.tzinfo)):
        return standing
    return replace(standing, proposed=DoseOutcome.ABSENT, away=attendance)


def _times(order: Order) -> tuple[dt.time, ...]:
    return tuple(sorted(order.timed.times)) if order.timed is not None else ()


def _slot(order: Order, day: dt.date, at: dt.time, calendar: SchoolCalendar, policy: SlotPolicy) -> DoseSlot:
    due = calendar.instant(day, at)
    before = policy.before if order.window_before is None else order.window_before
    after = policy.after if order.window_after is None else order.window_after
    return DoseSlot(
        order_root=order.root_id,
        order_id=order.id,
        student_id=order.student_id,
        key=slot_key(day, at),
        due_at=due,
        opens_at=due - before,
        closes_at=due + after,
        cut_off_at=due + max(after, policy.cut_off),
        soon_at=due - max(before, policy.soon),
    )


def _charted_state(current: tuple[DoseRow, ...]) -> SlotState | None:
    taken = [row for row in current if row.outcome in TAKEN]
    if len(taken) > 1:
        return SlotState.DOUBLE_CHARTED
    if taken:
        return SlotState(taken[0].outcome)
    settled = [row for row in current if row.outcome is not DoseOutcome.WASTED]
    if not settled:
        return None
    last = settled[-1].outcome
    return SlotState.MISSED_CHARTED if last is DoseOutcome.MISSED else SlotState(last)


def _clock_state(slot: DoseSlot, now: dt.datetime) -> SlotState:
    if now < slot.soon_at:
        return SlotState.UPCOMING
    if now < slot.opens_at:
        return SlotState.SOON
    if now <= slot.closes_at:
        return SlotState.DUE
    if now <= slot.cut_off_at:
        return SlotState.LATE
    return SlotState.MISSED
