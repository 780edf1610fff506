"""Rules about how often: exactly once a slot, PRN interval and limits, the first dose (M5, M7, M8)."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator

from clinicdesk.domain.findings import Finding, OverrideBy, advisory, hard_stop
from clinicdesk.domain.medication.facts import ProposedDose, SafetyFacts
from clinicdesk.domain.medication.log import DoseRow, current_rows
from clinicdesk.domain.medication.orders import Order, PrnSchedule

_DAY = dt.timedelta(hours=24)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PrnGuard:
    """What the PRN card shows: the last dose, when the next may be given, and how many of how many (M5)."""

    last_dose: DoseRow | None
    next_allowed_at: dt.datetime | None
    count: int
    maximum: int

    @property
    def limit_reached(self) -> bool:
        return self.count >= self.maximum


def exactly_once(dose: ProposedDose, order: Order, facts: SafetyFacts) -> Iterator[Finding]:
    """M7: a slot takes one dose, here or by sync."""
    if dose.slot_key is None:
        return
    taken = [
        row
        for row in _standing(dose, facts)
        if row.order_root == order.root_id and row.slot_key == dose.slot_key and row.taken
    ]
    if len(taken) > 1:
        yield hard_stop("M7", "dose.double_charted", count=len(taken))
    elif taken:
        yield hard_stop("M7", "dose.already_given", at=taken[0].event_at.isoformat())


def as_needed(dose: ProposedDose, order: Order, facts: SafetyFacts) -> Iterator[Finding]:
    """M5: indication, pre-checks, interval, daily and yearly limits, counting any dose of the ingredient.

    A scheduled dose answers to the interval of a PRN order that shares its ingredient.
    """
    prn = order.prn
    taken = _same_ingredient(_standing(dose, facts), order)
    yield from _interval(dose, _strictest_interval(order, facts), taken)
    if prn is None:
        return
    if prn.indications and dose.indication not in prn.indications:
        yield hard_stop("M5", "dose.indication_not_ordered")
    missing = prn.prechecks - dose.prechecks_done
    if missing:
        names = ", ".join(sorted(missing))
        yield hard_stop("M5", "dose.precheck_missing", OverrideBy.RN_WITH_REASON, checks=names)
    yield from _daily_limits(dose, prn, taken, facts)
    if prn.max_per_school_year is not None and facts.doses_this_year >= prn.max_per_school_year:
        yield _nurse_with_prescriber(
            "M5", "dose.over_year_cap", count=facts.doses_this_year, maximum=prn.max_per_school_year
        )


def first_dose(facts: SafetyFacts) -> Iterator[Finding]:
    """M8: the first dose ever is not for school, unless recorded as given before."""
    if not facts.given_before:
        yield advisory("M8", "dose.first_ever")


def prn_guard(order: Order, doses: Iterable[DoseRow], at: dt.datetime, zone: dt.tzinfo) -> PrnGuard:
    """The guard of a PRN order at `at`: the stricter of today's count and the last 24 hours' (M5)."""
    prn = order.prn
    if prn is None:
        raise ValueError("the order is not given as needed")
    taken = [row for row in _same_ingredient(current_rows(doses), order) if row.event_at <= at]
    last = taken[-1] if taken else None
    day = at.astimezone(zone).date()
    today = sum(row.event_at.astimezone(zone).date() == day for row in taken)
    rolling = [row for row in taken if at - row.event_at < _DAY]
    count = max(today, len(rolling))
    moments = [last.event_at + prn.min_interval] if last is not None else []
    if len(rolling) >= prn.max_per_day:
        moments.append(rolling[-prn.max_per_day].event_at + _DAY)
    return PrnGuard(last_dose=last, next_allowed_at=max(moments, default=None), count=count, maximum=prn.max_per_day)


def _standing(dose: ProposedDose, facts: SafetyFacts) -> tuple[DoseRow, ...]:
    """Current rows of the student, without the one that this dose corrects."""
    corrected = dose.corrects.row_id if dose.corrects is not None else None
    return tuple(
        row for row in current_rows(facts.doses) if row.id != corrected and row.student_id in facts.student_ids
    )


def _same_ingredient(rows: Iterable[DoseRow], order: Order) -> list[DoseRow]:
    return [
        row
        for row in rows
        if row.taken and (row.order_root == order.root_id or order.drug.shares_ingredient(row.ingredients))
    ]


def _strictest_interval(order: Order, facts: SafetyFacts) -> dt.timedelta | None:
    sharing = (other for other in facts.other_orders if order.drug.shares_ingredient(other.drug.ingredients))
    intervals = [one.prn.min_interval for one in (order, *sharing) if one.prn is not None]
    return max(intervals, default=None)


def _interval(dose: ProposedDose, minimum: dt.timedelta | None, taken: list[DoseRow]) -> Iterator[Finding]:
    if minimum is None or not taken:
        return
    nearest = min(taken, key=lambda row: abs(dose.event_at - row.event_at))
    gap = abs(dose.event_at - nearest.event_at)
    if gap < minimum:
        yield _nurse_with_prescriber(
            "M5",
            "dose.interval_too_short",
            minutes=int(gap.total_seconds() // 60),
            minimum=int(minimum.total_seconds() // 60),
            last=nearest.event_at.isoformat(),
            source=str(nearest.source),
        )


def _daily_limits(dose: ProposedDose, prn: PrnSchedule, taken: list[DoseRow], facts: SafetyFacts) -> Iterator[Finding]:
    day = facts.calendar.local_date(dose.event_at)
    today = sum(facts.calendar.local_date(row.event_at) == day for row in taken)
    if today >= prn.max_per_day:
        yield _nurse_with_prescriber("M5", "dose.over_daily_maximum", count=today, maximum=prn.max_per_day)
        return
    rolling = _fullest_day_around(dose.event_at, [row.event_at for row in taken])
    if rolling >= prn.max_per_day:
        yield _nurse_with_prescriber("M5", "dose.over_24_hour_maximum", count=rolling, maximum=prn.max_per_day)


def _fullest_day_around(event_at: dt.datetime, moments: list[dt.datetime]) -> int:
    """The most other doses in any 24 hours that hold `event_at`: a late entry is held against later doses too."""
    ends = [event_at, *(moment for moment in moments if event_at <= moment < event_at + _DAY)]
    return max(sum(end - _DAY < moment <= end for moment in moments) for end in ends)


def _nurse_with_prescriber(rule: str, code: str, **params: str | int) -> Finding:
    """D40: a registered nurse may go on with a reason and the prescriber's word, an aide never."""
    stop = hard_stop(rule, code, OverrideBy.RN_WITH_REASON, **params)
    return dataclasses.replace(stop, needs_prescriber_contact=True)
