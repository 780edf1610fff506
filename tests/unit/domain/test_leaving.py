"""Who has left school today, from visits, doses and enrolments: *absent* is proposed for what comes after (D41)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from tests.support.doses import DAY, calendar, moment, scheduled_order

from clinicdesk.domain.calendar import Attendance, AttendanceStatus, AwayCause
from clinicdesk.domain.leaving import Stay, enrolment_over, left_school
from clinicdesk.domain.medication.log import DoseOutcome
from clinicdesk.domain.medication.slots import DoseSlot, SlotPolicy, SlotState, slots_of_day, state_of

ZONE = ZoneInfo(calendar().zone)
HOME = Stay(came_at=moment("10:20"), left_at=moment("10:42"), away=AwayCause.SENT_HOME)
BACK_TO_CLASS = Stay(came_at=moment("09:00"), left_at=moment("09:10"))


def slot() -> DoseSlot:
    """The dose of 11:30."""
    return slots_of_day(scheduled_order(), DAY, calendar(), SlotPolicy())[0]


def test_d41_a_visit_that_ended_at_home_says_since_when_and_how() -> None:
    away = left_school([BACK_TO_CLASS, HOME], (), DAY, ZONE)
    assert away == Attendance(
        date=DAY, status=AttendanceStatus.LEFT_EARLY, at=dt.time(10, 42), cause=AwayCause.SENT_HOME
    )


def test_d41_a_later_dose_proposes_absent_and_stays_owed_by_the_clock() -> None:
    away = left_school([HOME], (), DAY, ZONE)
    found = {at: state_of(slot(), (), moment(at), away, calendar()) for at in ("10:45", "11:35", "12:30", "14:00")}
    assert {one.proposed for one in found.values()} == {DoseOutcome.ABSENT}
    assert {at: one.state for at, one in found.items()} == {
        "10:45": SlotState.SOON,
        "11:35": SlotState.DUE,
        "12:30": SlotState.LATE,
        "14:00": SlotState.MISSED,
    }
    assert found["11:35"].away == away


@pytest.mark.parametrize(
    ("stays", "seen"),
    [
        ([], ()),
        ([BACK_TO_CLASS], ()),
        ([HOME, Stay(came_at=moment("11:05"))], ()),
        ([HOME], (moment("11:10"),)),
        ([Stay(came_at=moment("10:20"))], ()),
    ],
    ids=["no visit", "back to class", "came again", "took a dose since", "still in the clinic"],
)
def test_d41_who_is_at_school_is_not_proposed_absent(stays: list[Stay], seen: tuple[dt.datetime, ...]) -> None:
    assert left_school(stays, seen, DAY, ZONE) is None


def test_d41_a_dose_owed_before_the_child_left_is_not_explained_by_her_leaving() -> None:
    left_after = Stay(came_at=moment("11:40"), left_at=moment("11:50"), away=AwayCause.EMERGENCY_TRANSPORT)
    away = left_school([left_after], (), DAY, ZONE)
    standing = state_of(slot(), (), moment("12:30"), away, calendar())
    assert (standing.state, standing.proposed, standing.away) == (SlotState.LATE, None, None)


def test_d41_yesterdays_leaving_says_nothing_of_today() -> None:
    assert left_school([HOME], (), DAY + dt.timedelta(days=1), ZONE) is None


def test_d41_the_minute_of_leaving_counts_as_gone() -> None:
    at_noon = Stay(came_at=moment("11:20"), left_at=moment("11:30") + dt.timedelta(seconds=40), away=HOME.away)
    away = left_school([at_noon], (), DAY, ZONE)
    assert state_of(slot(), (), moment("11:35"), away, calendar()).proposed is DoseOutcome.ABSENT


@pytest.mark.parametrize(
    ("ends", "over"),
    [
        ([DAY - dt.timedelta(days=1)], True),
        ([DAY], False),
        ([None], False),
        ([DAY - dt.timedelta(days=1), None], False),
        ([], False),
    ],
)
def test_d41_an_enrolment_that_is_over_means_absent_all_day(ends: list[dt.date | None], over: bool) -> None:
    found = enrolment_over(ends, DAY)
    assert (found is not None) is over
    if found is not None:
        assert (found.status, found.cause) == (AttendanceStatus.ABSENT, AwayCause.ENROLLMENT_ENDED)
