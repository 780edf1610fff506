"""What a district administrator does with the roster screen, by keys and without a mouse."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from tests.support import oneroster
from tests.support.roster_office import Office
from tests.support.windows import SmallFrame, unnamed_widgets

from clinicdesk.domain.roster.difference import RosterPolicy
from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.roster.screen import RosterScreen
from clinicdesk.gui.screens.roster.view import CHANGES, PAST, SET_ASIDE, UNDECIDED, RosterView
from clinicdesk.gui.widgets.buttons import Button
from clinicdesk.models import School, Student, StudentEnrollment
from clinicdesk.models.enums import EnrollmentStatus, Gender, NumberStatus, WriteMode, WritePurpose
from clinicdesk.presentation.roster.presenter import RosterState, StepLine
from clinicdesk.services.roster import RosterService
from clinicdesk.services.roster_report import ImportReport
from clinicdesk.storage.context import WorkContext


class RosterDriver:
    """The roster screen in the words of the person before it."""

    def __init__(self, qtbot: QtBot, office: Office) -> None:
        self.office = office
        self.frame = SmallFrame()
        policy = RosterPolicy(leaving_floor=3, set_aside_floor=3)
        self.screen = RosterScreen(self.frame, RosterService(office.desk, office.district, policy))
        view = self.screen.widget()
        assert isinstance(view, RosterView)
        self.view = view
        qtbot.addWidget(view)
        view.resize(1232, 844)
        view.show()
        self.screen.activate()

    def check(self, path: str) -> None:
        """Paste a path and press Enter."""
        self.view.path.setFocus()
        self.view.path.setText(path)
        QTest.keyClick(self.view.path, Qt.Key.Key_Return)

    def press(self, title: str) -> None:
        """Run a command of the screen by its words, as the palette would."""
        bound = next(one for one in self.screen.commands() if one.command.title == title)
        assert bound.available, bound.reason()
        bound.run()

    def why_not(self, title: str) -> str:
        return next(one for one in self.screen.commands() if one.command.title == title).reason()

    def counters(self) -> list[str]:
        return [cell.accessibleName() for cell in self.view.counters.cells]

    def tab_titles(self) -> list[str]:
        return [self.view.tabs.tabText(at) for at in range(self.view.tabs.count())]

    def students(self) -> int:
        with self.office.desk.store.read() as session:
            return session.query(Student).filter(Student.deleted_at.is_(None)).count()


@pytest.fixture
def driver(built: Application, qtbot: QtBot, office: Office) -> RosterDriver:
    return RosterDriver(qtbot, office)


def _enter_ada(office: Office) -> None:
    """A nurse entered Ada before any roster came."""
    context = WorkContext(author=None, purpose=WritePurpose.SYNC, mode=WriteMode.APPLY)
    with office.desk.store.apply(context) as work:
        school = work.session.get_one(School, office.desk.school.id)
        ada = Student(
            first_name="Ada",
            last_name="Testperson",
            date_of_birth=dt.date(2018, 2, 28),
            gender=Gender.FEMALE,
            grade="3",
            number_status=NumberStatus.PROVISIONAL,
            enrollment_date=work.at,
            school_id=school.id,
        )
        work.session.add(ada)
        work.session.flush()
        work.session.add(
            StudentEnrollment(
                student_id=ada.id,
                school_id=school.id,
                starts_on=dt.date(2026, 9, 1),
                status=EnrollmentStatus.PROVISIONAL,
            )
        )


def test_checking_a_package_shows_its_difference_and_writes_nothing(driver: RosterDriver) -> None:
    driver.check(str(driver.office.package("pinewood")))
    assert driver.counters()[0] == "New students: 9"
    assert driver.tab_titles()[0] == "Difference (38)"
    assert driver.view.tabs.chosen() == CHANGES
    assert driver.students() == 0


def test_importing_by_key_writes_it_and_offers_to_take_it_back(driver: RosterDriver) -> None:
    driver.check(str(driver.office.package("pinewood")))
    driver.press("Import this package")
    assert driver.students() == 9
    assert driver.frame.toasts == ["38 rows imported"]
    assert driver.why_not("Import this package") == "This package has been imported."
    assert driver.frame.last_undo is not None
    driver.frame.last_undo()
    assert driver.students() == 0
    assert driver.frame.toasts[-1] == "38 rows put back"


def test_a_refused_package_is_answered_with_a_sentence(driver: RosterDriver) -> None:
    path = driver.office.folder / "broken.zip"
    path.write_bytes(oneroster.broken("foreign-headers").getvalue())
    driver.check(str(path))
    assert driver.view.problem.isVisible()
    assert "users.csv is not a OneRoster file" in driver.view.problem.accessibleName()
    assert driver.why_not("Import this package") == "Check a package first."


def test_a_path_that_leads_nowhere_is_answered_with_a_sentence(driver: RosterDriver) -> None:
    driver.check("/no/such/file.zip")
    assert "cannot be opened" in driver.view.problem.accessibleName()


def test_rows_set_aside_stand_with_place_and_remedy(driver: RosterDriver) -> None:
    driver.check(str(driver.office.package("pinewood-bad-rows")))
    driver.view.tabs.choose(SET_ASIDE)
    lines = {line.source_id: line for line in driver.view.set_aside.rows()}
    assert lines["u-dup"].place == "users.csv, line 5"
    assert "Two rows carry this ID" in lines["u-dup"].remedy


def test_what_stops_an_import_must_be_confirmed(driver: RosterDriver) -> None:
    driver.check(str(driver.office.package("pinewood-bad-rows")))
    assert driver.view.stop.isVisible()
    assert driver.why_not("Import this package").startswith("Confirm")
    # The tick has the focus, so Space and Ctrl+Enter are all it takes.
    assert driver.view.focusWidget() is driver.view.accept
    QTest.keyClick(driver.view.accept, Qt.Key.Key_Space)
    driver.press("Import this package")
    assert driver.students() == 2


def test_a_possible_twin_waits_and_a_single_key_decides(driver: RosterDriver) -> None:
    _enter_ada(driver.office)
    driver.check(str(driver.office.package("pinewood")))
    assert driver.view.tabs.chosen() == UNDECIDED
    assert driver.counters()[4] == "Need you: 1"
    facts = {line.label: (line.theirs, line.ours, line.differs) for line in driver.view.deciding.compared.rows()}
    assert facts["Student number"] == ("100001", "", True)
    assert facts["Birth date"] == ("Feb 28, 2018", "Feb 28, 2018", False)
    driver.press("This is record 1")
    assert driver.counters()[4] == "Need you: 0"
    driver.press("Import this package")
    assert driver.students() == 9


def test_a_person_can_say_that_it_is_a_new_student(driver: RosterDriver) -> None:
    _enter_ada(driver.office)
    driver.check(str(driver.office.package("pinewood")))
    driver.press("This is a new student")
    driver.press("Import this package")
    assert driver.students() == 10


def test_past_imports_are_listed_and_the_chosen_one_is_undone(driver: RosterDriver) -> None:
    driver.check(str(driver.office.package("pinewood")))
    driver.press("Import this package")
    driver.view.tabs.choose(PAST)
    driver.view.past.setFocus()
    assert [line.undoable for line in driver.view.past.rows()] == [True]
    driver.view.undo_button.click()
    assert driver.students() == 0
    assert [line.undoable for line in driver.view.past.rows()] == [False]


def test_every_widget_that_takes_the_focus_has_a_name(driver: RosterDriver) -> None:
    _enter_ada(driver.office)
    driver.check(str(driver.office.package("pinewood")))
    assert unnamed_widgets(driver.view) == []


def test_work_beyond_two_seconds_shows_its_step_and_a_way_out(driver: RosterDriver, qtbot: QtBot) -> None:
    driver.view.draw(RosterState(busy="Importing…", step=StepLine("Writing the difference…", 40, 100)))
    assert driver.view.progress.isHidden()
    qtbot.waitUntil(driver.view.progress.isVisible, timeout=4_000)
    assert (driver.view.progress.bar.value(), driver.view.progress.bar.maximum()) == (40, 100)
    way_out = driver.view.findChild(Button, "roster.progress.cancel")
    assert way_out is not None
    with qtbot.waitSignal(driver.view.stop_wanted):
        QTest.keyClick(way_out, Qt.Key.Key_Return)
    driver.view.draw(RosterState())
    assert driver.view.progress.isHidden()


def test_what_is_being_saved_cannot_be_stopped_any_more(driver: RosterDriver) -> None:
    driver.view.draw(RosterState(busy="Importing…", step=StepLine("Saving…", 0, 0, "Everything is written.")))
    way_out = driver.view.findChild(Button, "roster.progress.cancel")
    assert way_out is not None
    assert not way_out.isEnabled()
    assert way_out.toolTip() == "Everything is written."


def test_stopping_an_import_leaves_nothing_and_says_so(driver: RosterDriver) -> None:
    driver.check(str(driver.office.package("pinewood")))
    driver.view.progress.cancelled.emit()
    assert driver.students() == 0

    class Stopping(RosterService):
        """A person presses Cancel as soon as the district is being asked."""

        def import_package(self, *args: Any, **named: Any) -> ImportReport:  # as the service takes them
            driver.view.stop_wanted.emit()
            return super().import_package(*args, **named)

    driver.screen = RosterScreen(driver.frame, Stopping(driver.office.desk, driver.office.district))
    view = driver.screen.widget()
    assert isinstance(view, RosterView)
    driver.view = view
    driver.check(str(driver.office.package("pinewood")))
    driver.press("Import this package")
    assert driver.frame.toasts[-1] == "Stopped. Nothing was changed."
    assert driver.students() == 0
    assert driver.why_not("Import this package") == ""
