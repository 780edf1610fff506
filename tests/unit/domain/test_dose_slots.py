"""Dose slots of a day over calendar and clock changes, and what the log says of them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.doses import DAY, calendar, moment, prn_order, row, scheduled_order

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.calendar import Attendance, AttendanceStatus, Closure, SessionDates
from clinicdesk.domain.medication.log import DoseOutcome
from clinicdesk.domain.medication.orders import OrderStatus, TimedSchedule
from clinicdesk.domain.medication.slots import (
    DoseSlot,
    SlotPolicy,
    SlotState,
    parse_slot_key,
    slot_key,
    slots_left_to_family,
    slots_of_day,
    slots_of_order,
    state_of,
)

POLICY = SlotPolicy()
TIMES = st.times().map(lambda time: time.replace(second=0, microsecond=0, tzinfo=None))
YEAR_ROUND = calendar(
    sessions=(SessionDates(first=dt.date(2024, 1, 1), last=dt.date(2028, 12, 31)),), weekdays=frozenset(range(7))
)


def noon_slot() -> DoseSlot:
    return slots_of_day(scheduled_order(), DAY, calendar(), POLICY)[0]


def test_m04a_a_slot_exists_on_a_school_day() -> None:
    slot = noon_slot()
    assert slot.key == "2026-10-06T11:30"
    assert slot.due_at == moment("11:30")
    assert (slot.opens_at, slot.closes_at) == (moment("11:00"), moment("12:00"))


@pytest.mark.parametrize(
    "day",
    [dt.date(2026, 10, 10), dt.date(2026, 10, 11), dt.date(2026, 8, 30), dt.date(2027, 6, 19), dt.date(2026, 11, 26)],
)
def test_m04a_no_slot_exists_where_there_is_no_school(day: dt.date) -> None:
    closed = calendar(closures=(Closure(first=dt.date(2026, 11, 25), last=dt.date(2026, 11, 27)),))
    order = scheduled_order(schedule=TimedSchedule(times=(dt.time(11, 30),), weekdays=frozenset(range(7))))
    order = dataclasses.replace(order, start_date=dt.date(2026, 1, 1), end_date=None)
    assert slots_of_day(order, day, closed, POLICY) == ()


def test_d41_early_dismissal_leaves_the_later_doses_to_the_family() -> None:
    short = calendar(early_dismissals=((DAY, dt.time(12)),))
    order = scheduled_order(schedule=TimedSchedule(times=(dt.time(8), dt.time(11, 30), dt.time(12), dt.time(13))))
    assert [slot.key[-5:] for slot in slots_of_day(order, DAY, short, POLICY)] == ["08:00", "11:30"]
    assert slots_left_to_family(order, DAY, short) == ("2026-10-06T12:00", "2026-10-06T13:00")


def test_d41_a_late_start_leaves_the_earlier_doses_to_the_family() -> None:
    late = calendar(late_starts=((DAY, dt.time(10)),))
    order = scheduled_order(schedule=TimedSchedule(times=(dt.time(8), dt.time(10), dt.time(11, 30))))
    assert [slot.key[-5:] for slot in slots_of_day(order, DAY, late, POLICY)] == ["10:00", "11:30"]
    assert slots_left_to_family(order, DAY, late) == ("2026-10-06T08:00",)
    assert late.day(DAY).is_open


def test_d41_a_day_may_begin_late_and_end_early() -> None:
    both = calendar(late_starts=((DAY, dt.time(10)),), early_dismissals=((DAY, dt.time(12)),))
    order = scheduled_order(schedule=TimedSchedule(times=(dt.time(8), dt.time(11, 30), dt.time(13))))
    assert [slot.key[-5:] for slot in slots_of_day(order, DAY, both, POLICY)] == ["11:30"]
    assert slots_left_to_family(order, DAY, both) == ("2026-10-06T08:00", "2026-10-06T13:00")


def test_m04a_weekdays_dates_and_status_of_the_order_decide_too() -> None:
    monday = TimedSchedule(times=(dt.time(11, 30),), weekdays=frozenset({0}))
    assert slots_of_day(scheduled_order(schedule=monday), DAY, calendar(), POLICY) == ()
    assert slots_of_day(scheduled_order(status=OrderStatus.ON_HOLD), DAY, calendar(), POLICY) == ()
    assert slots_of_day(scheduled_order(end_date=dt.date(2026, 10, 5)), DAY, calendar(), POLICY) == ()
    assert slots_of_day(prn_order(), DAY, calendar(), POLICY) == ()


def test_m04_a_stopped_order_keeps_the_slots_of_its_days() -> None:
    stopped = scheduled_order(status=OrderStatus.DISCONTINUED, end_date=DAY)
    assert len(slots_of_day(stopped, DAY, calendar(), POLICY)) == 1
    assert slots_of_day(stopped, DAY + dt.timedelta(days=1), calendar(), POLICY) == ()


def test_m04_the_version_in_force_makes_the_slots() -> None:
    old = scheduled_order()
    new = scheduled_order(
        id=uuid.UUID(int=21),
        version=2,
        supersedes_id=old.id,
        start_date=DAY,
        schedule=TimedSchedule(times=(dt.time(12),)),
    )
    yesterday = DAY - dt.timedelta(days=1)
    assert [slot.key for slot in slots_of_order((old, new), DAY, calendar(), POLICY)] == ["2026-10-06T12:00"]
    assert [slot.order_id for slot in slots_of_order((old, new), yesterday, calendar(), POLICY)] == [old.id]


@pytest.mark.parametrize(
    ("at", "state"),
    [
        ("10:29", SlotState.UPCOMING),
        ("10:30", SlotState.SOON),
        ("10:59", SlotState.SOON),
        ("11:00", SlotState.DUE),
        ("12:00", SlotState.DUE),
        ("12:01", SlotState.LATE),
        ("13:30", SlotState.LATE),
        ("13:31", SlotState.MISSED),
    ],
)
def test_m04_an_uncharted_slot_follows_the_clock(at: str, state: SlotState) -> None:
    assert state_of(noon_slot(), (), moment(at)).state is state


def test_m04_the_orders_own_window_replaces_the_policys() -> None:
    order = scheduled_order(window_before=dt.timedelta(minutes=5), window_after=dt.timedelta(minutes=180))
    slot = slots_of_day(order, DAY, calendar(), POLICY)[0]
    assert slot.opens_at == moment("11:25")
    assert slot.cut_off_at == slot.closes_at == moment("14:30")


@pytest.mark.parametrize("outcome", [outcome for outcome in DoseOutcome if outcome is not DoseOutcome.WASTED])
def test_m14_the_log_decides_once_a_slot_is_charted(outcome: DoseOutcome) -> None:
    charted = row(1, "11:30", scheduled_order(), outcome=outcome)
    state = "MISSED_CHARTED" if outcome is DoseOutcome.MISSED else outcome.value
    assert state_of(noon_slot(), (charted,), moment("14:00")).state == state


def test_m14_a_wasted_dose_leaves_the_slot_open() -> None:
    wasted = row(1, "11:30", scheduled_order(), outcome=DoseOutcome.WASTED)
    assert state_of(noon_slot(), (wasted,), moment("11:35")).state is SlotState.DUE


def test_m14_a_dose_given_after_a_refusal_counts() -> None:
    order = scheduled_order()
    rows = (row(1, "11:30", order, outcome=DoseOutcome.REFUSED), row(2, "11:30", order))
    assert state_of(noon_slot(), rows, moment("11:35")).state is SlotState.GIVEN


def test_d01_an_undone_dose_frees_its_slot() -> None:
    order = scheduled_order()
    given_row = row(1, "11:30", order)
    undo = row(2, "11:30", order, supersedes_id=given_row.id, revision=2, withdrawn=True)
    assert state_of(noon_slot(), (given_row, undo), moment("11:35")).state is SlotState.DUE


def test_m17_a_correction_replaces_the_row_it_supersedes() -> None:
    order = scheduled_order()
    given_row = row(1, "11:30", order)
    corrected = row(2, "11:30", order, supersedes_id=given_row.id, revision=2, outcome=DoseOutcome.REFUSED)
    standing = state_of(noon_slot(), (corrected, given_row), moment("11:35"))
    assert (standing.state, standing.rows) == (SlotState.REFUSED, (corrected,))


def test_m07_two_given_rows_of_two_desks_are_shown_as_charted_twice() -> None:
    order = scheduled_order()
    rows = (row(1, "11:30", order), row(2, "11:30", order, device_id=uuid.UUID(int=99)))
    standing = state_of(noon_slot(), rows, moment("11:35"))
    assert (standing.state, len(standing.rows)) == (SlotState.DOUBLE_CHARTED, 2)


def test_m07_rows_of_another_order_or_slot_say_nothing() -> None:
    other = row(1, "11:30", scheduled_order(root_id=uuid.UUID(int=50)))
    yesterday = row(2, "11:30", scheduled_order(), day=DAY - dt.timedelta(days=1))
    assert state_of(noon_slot(), (other, yesterday), moment("11:35")).state is SlotState.DUE


def test_d41_attendance_proposes_absent_and_charts_nothing() -> None:
    away = Attendance(date=DAY, status=AttendanceStatus.ABSENT)
    standing = state_of(noon_slot(), (), moment("11:35"), away, calendar())
    assert (standing.state, standing.proposed) == (SlotState.DUE, DoseOutcome.ABSENT)


@pytest.mark.parametrize(
    ("attendance", "proposed"),
    [
        (Attendance(date=DAY, status=AttendanceStatus.PRESENT), None),
        (Attendance(date=DAY, status=AttendanceStatus.TARDY, at=dt.time(11, 45)), DoseOutcome.ABSENT),
        (Attendance(date=DAY, status=AttendanceStatus.TARDY, at=dt.time(9)), None),
        (Attendance(date=DAY, status=AttendanceStatus.LEFT_EARLY, at=dt.time(11)), DoseOutcome.ABSENT),
        (Attendance(date=DAY, status=AttendanceStatus.LEFT_EARLY, at=dt.time(14)), None),
        (Attendance(date=DAY - dt.timedelta(days=1), status=AttendanceStatus.ABSENT), None),
    ],
)
def test_d41_only_an_absence_over_the_slot_proposes(attendance: Attendance, proposed: DoseOutcome | None) -> None:
    assert state_of(noon_slot(), (), moment("11:35"), attendance, calendar()).proposed is proposed


def test_slots_keep_their_local_hour_over_both_clock_changes() -> None:
    order = scheduled_order(start_date=dt.date(2024, 1, 1), end_date=None)
    for day, offset in ((dt.date(2026, 10, 30), 4), (dt.date(2026, 11, 2), 5), (dt.date(2027, 3, 15), 4)):
        slot = slots_of_day(order, day, calendar(), POLICY)[0]
        assert slot.due_at == dt.datetime.combine(day, dt.time(11, 30), tzinfo=dt.UTC) + dt.timedelta(hours=offset)


def test_a_time_that_spring_leaves_out_moves_forward() -> None:
    every_day = TimedSchedule(times=(dt.time(2, 30),), weekdays=frozenset(range(7)))
    order = scheduled_order(schedule=every_day, start_date=dt.date(2024, 1, 1), end_date=None)
    slot = slots_of_day(order, dt.date(2026, 3, 8), YEAR_ROUND, POLICY)[0]
    assert slot.due_at.astimezone(ZoneInfo(YEAR_ROUND.zone)).time() == dt.time(3, 30)
    assert slot.key == "2026-03-08T02:30"


@given(
    st.dates(dt.date(2024, 1, 1), dt.date(2028, 12, 31)),
    st.sets(TIMES, min_size=1, max_size=6),
    st.sampled_from(["America/New_York", "America/Phoenix", "America/Anchorage", "Pacific/Honolulu"]),
)
def test_m04a_a_school_day_has_one_slot_for_each_time_in_any_zone(day: dt.date, times: set[dt.time], zone: str) -> None:
    schedule = TimedSchedule(times=tuple(times), weekdays=frozenset(range(7)))
    order = scheduled_order(schedule=schedule, start_date=dt.date(2024, 1, 1), end_date=None)
    school = dataclasses.replace(YEAR_ROUND, zone=zone)
    slots = slots_of_day(order, day, school, POLICY)
    assert [parse_slot_key(slot.key) for slot in slots] == [(day, time) for time in sorted(times)]
    for slot in slots:
        local = slot.due_at.astimezone(ZoneInfo(zone))
        assert abs(local.replace(tzinfo=None) - dt.datetime.combine(day, parse_slot_key(slot.key)[1])) in {
            dt.timedelta(0),
            dt.timedelta(hours=1),
        }
        assert slot.soon_at <= slot.opens_at <= slot.due_at <= slot.closes_at <= slot.cut_off_at


@given(st.dates(), TIMES)
def test_m07_a_slot_key_is_read_back(day: dt.date, at: dt.time) -> None:
    if day.year >= 1000:
        assert parse_slot_key(slot_key(day, at)) == (day, at)


@pytest.mark.parametrize("text", ["", "2026-10-06", "2026-10-06 11:30", "2026-10-06T1:30", "2026-13-06T11:30"])
def test_what_is_no_slot_key_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError):
        parse_slot_key(text)
