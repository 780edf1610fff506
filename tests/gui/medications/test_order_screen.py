"""A new order by real keys: typed, checked under its fields, drafted, put in force."""

from __future__ import annotations

from PySide6.QtCore import Qt
from tests.gui.medications.conftest import Station
from tests.support import accessibility, layout
from tests.support.desk import Clinic
from tests.support.looks import Display, on_every_display
from tests.support.medication import DAY
from tests.support.qt import settle, until

from clinicdesk.domain.medication.orders import PreCheck
from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.medications.order import OrderScreen
from clinicdesk.gui.theme import theme
from clinicdesk.gui.widgets.states import NoPermission
from clinicdesk.models import Draft, StudentMedication
from clinicdesk.models.enums import OrderStatus, ScheduleKind
from clinicdesk.presentation.medications.order import OrderPresenter
from clinicdesk.presentation.medications.order_state import Part
from clinicdesk.presentation.runner import ImmediateRunner
from clinicdesk.services.orders import Orders
from clinicdesk.services.search import Search

K = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


def order_screen(station: Station) -> OrderScreen:
    screen = station.workspace.current()
    assert isinstance(screen, OrderScreen)
    return screen


def newest(clinic: Clinic) -> StudentMedication:
    """The order that the form wrote: its drug is ordered for nobody else with this prescriber."""
    (row,) = [one for one in clinic.rows(StudentMedication) if one.prescribed_by_name == "Dr. Lund"]
    return row


def open_form(station: Station) -> OrderScreen:
    """From the open dose of José: the new order is his."""
    station.round._presenter.open(station.day.inhaler, station.day.jose, None)
    station.rest()
    station.press(K.Key_O)
    settle(4)
    return order_screen(station)


def fill(station: Station, screen: OrderScreen, part: Part, text: str) -> None:
    screen.view.fields[part].editor.setFocus()
    station.write(text)


def by_mouth(station: Station, screen: OrderScreen) -> None:
    """The route as a person picks it: from the list, down to its line."""
    screen.view.route.setFocus()
    station.press(K.Key_Down)


def filled(station: Station) -> OrderScreen:
    screen = open_form(station)
    fill(station, screen, Part.MEDICINE, "ibuprofen")
    by_mouth(station, screen)
    fill(station, screen, Part.COUNT, "2")
    fill(station, screen, Part.TIMES, "1215")
    fill(station, screen, Part.END, "2027-06-18")
    fill(station, screen, Part.PRESCRIBER, "Dr. Lund")
    return screen


def test_an_order_is_put_in_force_with_its_dose_shown_both_ways(station: Station, clinic: Clinic) -> None:
    screen = filled(station)
    assert screen.view.fields[Part.COUNT].echo.text() == "2 tablets = 400 mg"
    station.press(K.Key_Return, modifiers=CONTROL)
    row = newest(clinic)
    assert (row.student_id, row.status, row.times_of_day) == (station.day.jose, OrderStatus.ACTIVE, ["12:15"])
    assert row.consent_signature_id is not None
    assert row.signed_by == clinic.nurse.id


def test_a_draft_is_saved_and_activated_later(station: Station, clinic: Clinic) -> None:
    screen = filled(station)
    station.press(K.Key_S, modifiers=CONTROL)
    row = newest(clinic)
    assert row.status is OrderStatus.DRAFT
    assert screen.view.fields[Part.COUNT].editor.property("text") == ""
    screen._presenter.activate_draft(row.id)
    station.rest()
    row = next(one for one in clinic.rows(StudentMedication) if one.id == row.id)
    assert row.status is OrderStatus.ACTIVE


def test_problems_stand_under_their_fields_and_nothing_is_written(station: Station, clinic: Clinic) -> None:
    before = clinic.count(StudentMedication)
    screen = open_form(station)
    fill(station, screen, Part.COUNT, ".5")
    fill(station, screen, Part.TIMES, "25:00")
    station.press(K.Key_Return, modifiers=CONTROL)
    wrong = {part for part, field in screen.view.fields.items() if field.has_error()}
    assert wrong == {Part.MEDICINE, Part.COUNT, Part.ROUTE, Part.TIMES, Part.END, Part.PRESCRIBER}
    assert clinic.count(StudentMedication) == before


def as_needed(station: Station, indications: str) -> OrderScreen:
    """A whole order as needed, but for its last key."""
    screen = open_form(station)
    fill(station, screen, Part.MEDICINE, "ibuprofen")
    by_mouth(station, screen)
    fill(station, screen, Part.COUNT, "1")
    fill(station, screen, Part.END, "2027-06-18")
    fill(station, screen, Part.PRESCRIBER, "Dr. Lund")
    screen.view.kind.chip("prn").click()
    station.rest()
    fill(station, screen, Part.INTERVAL, "6")
    fill(station, screen, Part.PER_DAY, "2")
    fill(station, screen, Part.INDICATIONS, indications)
    return screen


def test_m05_an_order_as_needed_carries_interval_maximum_and_reasons(station: Station, clinic: Clinic) -> None:
    as_needed(station, "headache, cramps")
    station.press(K.Key_Return, modifiers=CONTROL)
    row = newest(clinic)
    assert (row.schedule_kind, row.prn_min_interval_minutes, row.prn_max_per_day) == (ScheduleKind.PRN, 360, 2)
    assert row.prn_indications == ["headache", "cramps"]


def test_what_was_typed_is_there_again_after_a_look_elsewhere(station: Station) -> None:
    screen = open_form(station)
    fill(station, screen, Part.PRESCRIBER, "Dr. Lund")
    station.press(K.Key_Left, modifiers=Qt.KeyboardModifier.AltModifier)
    station.press(K.Key_Right, modifiers=Qt.KeyboardModifier.AltModifier)
    assert order_screen(station).view.fields[Part.PRESCRIBER].editor.property("text") == "Dr. Lund"


@on_every_display
def test_the_form_cuts_nothing_and_every_stop_has_a_name(
    station: Station, built: Application, display: Display
) -> None:
    before = theme().look.text_scale
    screen = open_form(station)
    display.put_on(built, station.window)
    settle(6)
    station.press(K.Key_Return, modifiers=CONTROL)
    settle(4)
    try:
        assert layout.problems(screen.view) == []
        assert accessibility.problems(screen.view) == []
    finally:
        theme().change(text_scale=before)


def test_what_was_typed_outlives_a_lock_as_a_sealed_draft(station: Station, clinic: Clinic) -> None:
    """Within a second of the last key it is kept; the lock drops the window, the words come back."""
    screen = open_form(station)
    fill(station, screen, Part.PRESCRIBER, "Dr. Lund")
    screen.view.kind.chip("prn").click()
    screen.view.checks[PreCheck.PEAK_FLOW].click()
    station.rest()
    assert screen._presenter.unsaved
    until(lambda: clinic.count(Draft) == 1, what="the draft", seconds=3)
    station.rest()
    (draft,) = clinic.rows(Draft)
    assert b"Lund" not in draft.content
    fill(station, screen, Part.NOTE, "with food")
    station.workspace.leave()  # the lock
    again = OrderPresenter(
        Orders(clinic.desk()), Search(clinic.desk()), ImmediateRunner(), lambda: DAY, clinic.clock.now, lambda at: at
    )
    again.load(station.day.jose)
    state = again.state
    assert (state.text[Part.PRESCRIBER], state.text[Part.NOTE]) == ("Dr. Lund", "with food")
    assert (state.prn, state.prechecks) == (True, frozenset({PreCheck.PEAK_FLOW}))
    assert state.student is not None
    assert state.student.id == station.day.jose
    for who, student in ((clinic.nurse, station.day.dmitri), (clinic.second_nurse, station.day.jose)):
        desk = clinic.desk(who)
        other = OrderPresenter(
            Orders(desk), Search(desk), ImmediateRunner(), lambda: DAY, clinic.clock.now, lambda at: at
        )
        other.load(student)
        assert other.state.text.get(Part.PRESCRIBER, "") == ""


def test_an_order_that_was_written_leaves_no_draft(station: Station, clinic: Clinic) -> None:
    screen = filled(station)
    screen._presenter.keep()
    station.rest()
    assert clinic.count(Draft) == 1
    station.press(K.Key_Return, modifiers=CONTROL)
    assert newest(clinic).status is OrderStatus.ACTIVE
    assert clinic.count(Draft) == 0


def test_a_form_that_was_cleared_comes_back_with_undo(station: Station, clinic: Clinic) -> None:
    screen = open_form(station)
    fill(station, screen, Part.PRESCRIBER, "Dr. Lund")
    again = screen._presenter.clear()
    station.rest()
    assert screen.view.fields[Part.PRESCRIBER].editor.property("text") == ""
    assert screen._presenter.state.student is not None
    again()
    station.rest()
    assert screen.view.fields[Part.PRESCRIBER].editor.property("text") == "Dr. Lund"
    assert screen._presenter.unsaved


def test_a_new_order_is_reached_from_a_chart_with_its_student_and_the_cursor_in_the_medicine(
    station: Station,
) -> None:
    station.workspace.navigate("medications.order", student_id=str(station.day.dmitri))
    station.rest()
    settle(4)
    screen = order_screen(station)
    assert screen._presenter.state.student is not None
    assert screen._presenter.state.student.id == station.day.dmitri
    assert station.focused == "order.medicine"


def test_m05_the_checks_an_order_asks_for_stand_on_it(station: Station, clinic: Clinic) -> None:
    screen = as_needed(station, "headache")
    for check in (PreCheck.TEMPERATURE, PreCheck.PARENT_CALL):
        screen.view.checks[check].setFocus()
        station.press(K.Key_Space)
    station.press(K.Key_Return, modifiers=CONTROL)
    assert newest(clinic).prn_precheck == "PARENT_CALL,TEMPERATURE"


def test_an_aide_is_told_whose_work_an_order_is(aides_station: Station) -> None:
    aides_station.workspace.navigate("medications.order", student_id=str(aides_station.day.jose))
    aides_station.rest()
    shown = [one.objectName() for one in order_screen(aides_station).view.findChildren(NoPermission)]
    assert shown == ["order.denied"]
