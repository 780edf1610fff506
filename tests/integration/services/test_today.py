"""Today on a real encrypted file."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.support.busy_day import BusyDay, busy_day
from tests.support.desk import Clinic

from clinicdesk.domain.visits import WaitLevel
from clinicdesk.models.enums import ClinicalTaskKind
from clinicdesk.services.today import AlertKind, NextStep, Today, When


@pytest.fixture
def day(clinic: Clinic) -> BusyDay:
    return busy_day(clinic)


def test_open_visits_stand_longest_first_with_their_warning(clinic: Clinic, day: BusyDay) -> None:
    visits = Today(clinic.desk()).board().visits
    assert visits is not None
    assert [(one.minutes, one.level) for one in visits] == [
        (43, WaitLevel.RED),
        (24, WaitLevel.AMBER),
        (9, WaitLevel.NORMAL),
        (1, WaitLevel.NORMAL),
    ]


def test_a_visit_says_what_it_waits_for(clinic: Clinic, day: BusyDay) -> None:
    visits = Today(clinic.desk()).board().visits
    assert visits is not None
    assert (visits[0].next_step, visits[0].next_words) == (NextStep.TASK, "Neuro check 3")
    assert visits[3].next_step is NextStep.NOT_ASSESSED


def test_the_counters_count_the_day(clinic: Clinic, day: BusyDay) -> None:
    counters = Today(clinic.desk()).board().counters
    assert (counters.visits, counters.open_visits) == (8, 4)
    assert (counters.given, counters.owed, counters.late, counters.held) == (2, 8, 1, 1)
    assert (counters.closed, counters.returned, counters.median_minutes) == (4, 3, 10)


def test_late_doses_stand_on_top_of_the_board(clinic: Clinic, day: BusyDay) -> None:
    doses = Today(clinic.desk()).board().doses
    assert doses is not None
    assert doses.doses[0].student.id == day.students["dmitri"]
    assert doses.doses[0].state == "LATE"


def test_alerts_stand_under_now_today_and_this_week(clinic: Clinic, day: BusyDay) -> None:
    alerts = Today(clinic.desk()).board().alerts
    by_heading = {when: [alert.kind for alert in alerts if alert.when is when] for when in When}
    assert by_heading[When.NOW][0] is AlertKind.TASK
    assert AlertKind.CONFLICTS in by_heading[When.NOW]
    assert AlertKind.CONSENT_MISSING in by_heading[When.NOW]
    assert AlertKind.STOCK_LOW in by_heading[When.TODAY]
    assert {AlertKind.ORDER_ENDS, AlertKind.LOT_EXPIRES} <= set(by_heading[When.WEEK])


def test_an_overdue_task_comes_first_and_says_so(clinic: Clinic, day: BusyDay) -> None:
    first = Today(clinic.desk()).board().alerts[0]
    assert (first.words, first.overdue) == ("Witness needed: waste of 5 mg", True)


def test_a_task_beyond_the_week_waits(clinic: Clinic, day: BusyDay) -> None:
    day.task("Next month", ClinicalTaskKind.FOLLOW_UP, 60 * 24 * 20)
    assert "Next month" not in {alert.words for alert in Today(clinic.desk()).board().alerts}


def test_a_visit_nobody_closed_yesterday_is_still_open(clinic: Clinic, day: BusyDay) -> None:
    clinic.clock.advance(dt.timedelta(days=1))
    visits = Today(clinic.desk()).board().visits
    assert visits is not None
    assert len(visits) == 4


def test_a_role_without_visits_or_doses_gets_neither(clinic: Clinic, day: BusyDay) -> None:
    board = Today(clinic.desk(clinic.principal)).board()
    assert board.visits is None
    assert board.doses is None
    assert all(alert.kind is not AlertKind.ORDER_ENDS for alert in board.alerts)


def test_another_schools_work_is_not_shown(clinic: Clinic, day: BusyDay) -> None:
    board = Today(clinic.desk(clinic.second_nurse, school=clinic.other_school)).board()
    assert board.visits == ()
    assert board.doses is not None
    assert board.doses.doses == ()
    assert [alert.kind for alert in board.alerts] == []
