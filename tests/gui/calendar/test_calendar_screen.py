"""What the office does with the calendar screen, and what a nurse sees there."""

from __future__ import annotations

import datetime as dt

import pytest
from pytestqt.qtbot import QtBot
from tests.support.desk import Clinic, Member
from tests.support.windows import SmallFrame, unnamed_widgets

from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.calendar.screen import CalendarScreen
from clinicdesk.gui.screens.calendar.view import SESSIONS, CalendarView
from clinicdesk.models import AcademicSession, CalendarDay
from clinicdesk.services.calendar import Calendars

TODAY = dt.date(2026, 10, 6)


class CalendarDriver:
    """The calendar screen in the words of the office."""

    def __init__(self, qtbot: QtBot, clinic: Clinic, who: Member) -> None:
        self.clinic = clinic
        self.frame = SmallFrame()
        self.screen = CalendarScreen(self.frame, Calendars(clinic.desk(who)), lambda: TODAY)
        view = self.screen.widget()
        assert isinstance(view, CalendarView)
        self.view = view
        qtbot.addWidget(view)
        view.resize(1232, 844)
        view.show()
        self.screen.activate()

    def add_days(self, *, first: str, last: str = "", kind: str = "CLOSED", at_time: str = "", title: str = "") -> None:
        self.view.day_kind.choose(kind)
        self.view.day_kind.picked.emit(kind)
        self.view.day_first.set_text(first)
        self.view.day_last.set_text(last)
        if at_time:
            self.view.day_time.set_text(at_time)
        self.view.day_title.setText(title)
        self.view.day_title.textEdited.emit(title)
        self.save()

    def save(self) -> None:
        bound = next(one for one in self.screen.commands() if one.command.title == "Save to the calendar")
        assert bound.available, bound.reason()
        bound.run()

    def why_not_save(self) -> str:
        return next(one for one in self.screen.commands() if one.command.title == "Save to the calendar").reason()

    def days(self) -> list[tuple[str, str, str]]:
        return [(line.date, line.kind, line.title) for line in self.view.days.rows()]


@pytest.fixture
def office(built: Application, qtbot: QtBot, clinic: Clinic) -> CalendarDriver:
    return CalendarDriver(qtbot, clinic, clinic.principal)


def test_a_closure_is_typed_and_saved_and_can_be_taken_back(office: CalendarDriver) -> None:
    office.add_days(first="11/27", title="Thanksgiving break")
    assert office.days() == [("Fri, Nov 27, 2026", "No school", "Thanksgiving break")]
    assert office.frame.toasts == ["1 day saved"]
    assert office.view.day_first.text() == ""
    assert office.frame.last_undo is not None
    office.frame.last_undo()
    assert office.days() == []


def test_a_break_over_new_year_is_typed_once(office: CalendarDriver) -> None:
    office.add_days(first="12/21", last="1/1", title="Winter break")
    assert len(office.days()) == 10
    assert office.days()[-1][0] == "Fri, Jan 1, 2027"


def test_an_early_dismissal_asks_for_its_hour(office: CalendarDriver) -> None:
    office.add_days(first="11/25", kind="EARLY_DISMISSAL")
    assert office.view.day_time.has_error()
    assert office.clinic.count(CalendarDay) == 0
    office.view.day_time.set_text("1130")
    office.save()
    assert [line.time for line in office.view.days.rows()] == ["11:30"]


def test_a_wrong_date_is_answered_at_its_field(office: CalendarDriver) -> None:
    office.add_days(first="the day after")
    assert office.view.day_first.has_error()
    office.add_days(first="11/27", last="11/20")
    assert office.view.day_last.has_error()


def test_a_day_that_has_an_entry_is_answered_at_its_field(office: CalendarDriver) -> None:
    office.add_days(first="11/27")
    office.add_days(first="11/27", kind="EARLY_DISMISSAL", at_time="12:00")
    assert office.view.day_first.has_error()
    assert len(office.days()) == 1


def test_a_day_is_changed_in_the_form(office: CalendarDriver) -> None:
    office.add_days(first="11/27", title="Snwo")
    office.view.days.opened.emit(office.view.days.rows()[0])
    office.view.day_title.setText("Snow")
    office.view.day_title.textEdited.emit("Snow")
    office.save()
    assert [title for _, _, title in office.days()] == ["Snow"]


def test_a_removed_day_can_be_put_back(office: CalendarDriver) -> None:
    office.add_days(first="11/27", title="Snow")
    office.view.days.selectRow(0)
    office.view.remove_current()
    assert office.days() == []
    assert office.frame.last_undo is not None
    office.frame.last_undo()
    assert len(office.days()) == 1


def test_a_school_year_is_added(office: CalendarDriver) -> None:
    office.view.tabs.choose(SESSIONS)
    before = office.clinic.count(AcademicSession)
    office.save()
    assert office.view.session_first.has_error()
    office.view.session_title.setText("Summer school")
    office.view.session_title.textEdited.emit("Summer school")
    office.view.session_first.set_text("2027-07-01")
    office.view.session_last.set_text("2027-07-30")
    office.save()
    assert office.clinic.count(AcademicSession) == before + 1
    assert "Jul 1, 2027 to Jul 30, 2027" in {line.span for line in office.view.sessions.rows()}


def test_a_nurse_reads_the_calendar_and_is_told_who_changes_it(
    built: Application, qtbot: QtBot, clinic: Clinic
) -> None:
    driver = CalendarDriver(qtbot, clinic, clinic.nurse)
    assert driver.why_not_save() == "Only the office changes this calendar."
    assert not driver.view.save_day.isEnabled()
    driver.view.tabs.choose(SESSIONS)
    assert driver.view.sessions.rows()


def test_every_widget_that_takes_the_focus_has_a_name(office: CalendarDriver) -> None:
    office.add_days(first="11/27")
    assert unnamed_widgets(office.view) == []
