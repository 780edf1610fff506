"""Finding and opening a student with real keys, and what the chart shows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from tests.support import accessibility, layout
from tests.support.busy_day import BusyDay
from tests.support.clinic_window import ClinicWindow
from tests.support.looks import Display, on_every_display

from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.students.chart_screen import ChartScreen
from clinicdesk.gui.screens.students.entry_sheets import EntrySheet
from clinicdesk.gui.screens.students.glance import GlanceStrip
from clinicdesk.gui.screens.students.listing import StudentsScreen
from clinicdesk.gui.widgets.fields import TextEditor
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.models import Allergy, AuditLog
from clinicdesk.models.enums import AuditAction
from clinicdesk.presentation.students.chart import Phase, Tab

_BUDGET = 8
_CONTROL = Qt.KeyboardModifier.ControlModifier


def _chart(window: ClinicWindow) -> ChartScreen:
    current = window.workspace.current()
    assert isinstance(current, ChartScreen)
    return current


def _words(part: QWidget) -> str:
    shown = [one.text() for one in part.findChildren(QLabel) if one.isVisibleTo(part)]
    shown += [one.text() for one in part.findChildren(Paragraph) if one.isVisibleTo(part)]
    return "\n".join(shown)


def _open(window: ClinicWindow, day: BusyDay, who: str, tab: Tab = Tab.SUMMARY) -> ChartScreen:
    window.workspace.navigate("students.chart", student_id=str(day.students[who]), tab=tab.value)
    window.rest()
    return _chart(window)


def test_t02_a_student_is_found_and_opened_within_eight_keys(window: ClinicWindow) -> None:
    window.press(Qt.Key.Key_K, _CONTROL)
    window.type("okon")
    window.press(Qt.Key.Key_Return)
    keys = 1 + len("okon") + 1
    assert keys <= _BUDGET
    assert _chart(window).title == "Amara Okonkwo-Lindqvist"


def test_t02_one_of_a_same_name_pair_opens_after_one_more_key_within_the_budget(
    window: ClinicWindow, day: BusyDay
) -> None:
    window.press(Qt.Key.Key_K, _CONTROL)
    window.type("obri")
    window.press(Qt.Key.Key_Return)
    strips = _chart(window).view.findChildren(GlanceStrip)
    assert len(strips) == 1
    assert "Apr 22, 2014" in _words(strips[0])
    assert "Dec 30, 2018" in _words(strips[0])
    assert day.clinic.count(AuditLog, AuditLog.action == AuditAction.READ) == 0
    window.press(Qt.Key.Key_Return)
    assert 1 + len("obri") + 2 <= _BUDGET
    assert _chart(window).title == "Siobhán O'Brien"
    assert day.clinic.count(AuditLog, AuditLog.action == AuditAction.READ) == 1


def test_the_search_that_led_to_a_chart_is_on_record_with_it(window: ClinicWindow, day: BusyDay) -> None:
    window.press(Qt.Key.Key_K, _CONTROL)
    window.type("okon")
    window.press(Qt.Key.Key_Return)
    (row,) = day.clinic.rows(AuditLog, AuditLog.action == AuditAction.SEARCH)
    assert (row.metadata_ or {})["opened"] == [str(day.students["amara"])]


def test_the_list_follows_the_typing_and_opens_with_enter(window: ClinicWindow) -> None:
    window.press(Qt.Key.Key_2, _CONTROL)
    window.type("obri")
    screen = window.workspace.current()
    assert isinstance(screen, StudentsScreen)
    names = [line.hit.name for line in screen.view.list.rows() if line.hit is not None]
    assert names == ["Siobhán O'Brien", "Siobhan O’Brien", "Nkechi Obri-Tetteh"]
    window.press(Qt.Key.Key_Down)
    window.press(Qt.Key.Key_Down)
    window.press(Qt.Key.Key_Return)
    assert _chart(window).title == "Nkechi Obri-Tetteh"


def test_brackets_walk_along_the_list_the_chart_was_opened_from(window: ClinicWindow) -> None:
    window.press(Qt.Key.Key_2, _CONTROL)
    window.type("qu")
    window.press(Qt.Key.Key_A, _CONTROL)
    window.type("a")
    screen = window.workspace.current()
    assert isinstance(screen, StudentsScreen)
    names = [line.hit.name for line in screen.view.list.rows() if line.hit is not None]
    window.press(Qt.Key.Key_Return)
    assert _chart(window).title == names[0]
    window.press(Qt.Key.Key_BracketRight)
    assert _chart(window).title == names[1]


def test_the_summary_warns_of_whom_the_student_must_not_leave_with(window: ClinicWindow, day: BusyDay) -> None:
    words = _words(_open(window, day, "amara").view)
    for expected in (
        "Do not release to Gregor Halloran",
        "Conflict: this device Severe, district Life-threatening",
        "1 restricted note",
        "Compliance is not judged here. See Immunizations.",
        "1 this month, 6 this school year",
    ):
        assert expected in words


def test_not_asked_is_shown_apart_from_none_known(window: ClinicWindow, day: BusyDay) -> None:
    words = _words(_open(window, day, "harriet").view)
    assert "Not asked" in words
    assert "No known allergies" not in words


def test_an_allergy_is_added_with_the_keyboard_alone_and_undone(window: ClinicWindow, day: BusyDay) -> None:
    _open(window, day, "harriet")
    window.press(Qt.Key.Key_A)
    window.type("Latex")
    window.press(Qt.Key.Key_Return, _CONTROL)
    (row,) = day.clinic.rows(Allergy, Allergy.student_id == day.students["harriet"])
    assert row.allergen == "Latex"
    assert "Latex" in _words(_chart(window).view)
    window.press(Qt.Key.Key_Z, _CONTROL)
    assert day.clinic.rows(Allergy, Allergy.student_id == day.students["harriet"])[0].deleted_at is not None


def test_an_entry_without_its_required_words_is_refused_at_the_field(window: ClinicWindow, day: BusyDay) -> None:
    _open(window, day, "harriet")
    window.press(Qt.Key.Key_A)
    window.press(Qt.Key.Key_Return, _CONTROL)
    (sheet,) = window.workspace.findChildren(EntrySheet)
    editor = sheet.findChild(TextEditor, "allergySheet.allergen")
    assert isinstance(editor, TextEditor)
    assert editor.accessibleDescription()
    assert day.clinic.count(Allergy, Allergy.student_id == day.students["harriet"]) == 0


def test_the_emergency_card_and_a_plan_open_with_one_key(window: ClinicWindow, day: BusyDay) -> None:
    _open(window, day, "amara")
    window.press(Qt.Key.Key_E, _CONTROL)
    content = window.workspace.sheet.content
    assert content is not None
    assert content.objectName() == "emergencyCard"
    assert "Give epinephrine" in _words(content)
    window.press(Qt.Key.Key_Escape)
    window.press(Qt.Key.Key_1)
    content = window.workspace.sheet.content
    assert content is not None
    assert content.objectName() == "planCard"


def test_the_keys_of_the_chart_lead_to_the_other_screens_with_the_student(window: ClinicWindow, day: BusyDay) -> None:
    student = str(day.students["amara"])
    for key, screen in ((Qt.Key.Key_N, "visits.visit"), (Qt.Key.Key_M, "medications"), (Qt.Key.Key_I, "immunizations")):
        _open(window, day, "amara")
        window.press(key, _CONTROL)
        assert window.at() == screen
        assert window.elsewhere[screen].activated[-1]["student_id"] == student


def test_a_new_visit_of_a_student_who_is_here_opens_the_visit(window: ClinicWindow, day: BusyDay) -> None:
    _open(window, day, "zoe")
    window.press(Qt.Key.Key_N, _CONTROL)
    assert window.elsewhere["visits.visit"].activated[-1] == {"visit_id": str(day.visits["zoe"])}


def test_each_page_is_shown_without_a_cut(window: ClinicWindow, day: BusyDay) -> None:
    for tab in Tab:
        screen = _open(window, day, "amara", tab)
        assert screen.view.tabs.chosen() == tab.value
        assert screen._presenter.state.phase is Phase.READY, tab
        assert screen._presenter.state.page is not None or tab is Tab.SUMMARY, tab
        assert layout.problems(window.window) == [], tab


def test_privacy_mode_masks_the_name_in_chart_and_list(window: ClinicWindow, day: BusyDay) -> None:
    screen = _open(window, day, "amara")
    window.press(Qt.Key.Key_F9)
    assert screen.title == "A. O."
    assert "Okonkwo" not in _words(screen.view.header)


def test_every_stop_of_list_chart_and_glance_has_a_name_and_tab_reaches_it(window: ClinicWindow, day: BusyDay) -> None:
    _open(window, day, "amara")
    assert accessibility.problems(window.window) == []
    _open(window, day, "siobhan")
    assert accessibility.problems(window.window) == []
    window.workspace.navigate("students", query="obri")
    window.rest()
    assert accessibility.problems(window.window) == []


@on_every_display
def test_nothing_is_cut_in_a_small_window_or_at_twice_the_text(
    window: ClinicWindow, day: BusyDay, built: Application, display: Display
) -> None:
    display.put_on(built, window.window)
    _open(window, day, "amara")
    assert layout.problems(window.window) == []
    window.workspace.navigate("students", query="obri")
    window.rest()
    assert layout.problems(window.window) == []


def test_m01_a_visit_of_one_of_a_same_name_pair_begins_after_the_second_look(
    window: ClinicWindow, day: BusyDay
) -> None:
    window.press(Qt.Key.Key_2, _CONTROL)
    window.type("obri")
    window.press(Qt.Key.Key_N, _CONTROL)
    assert _chart(window).view.findChildren(GlanceStrip)
    window.press(Qt.Key.Key_Return)
    window.press(Qt.Key.Key_N, _CONTROL)
    assert window.elsewhere["visits.visit"].activated[-1] == {"student_id": str(day.students["siobhan"])}


def test_the_empty_list_says_its_sentence_once(window: ClinicWindow) -> None:
    window.workspace.navigate("students")
    window.rest()
    current = window.workspace.current()
    assert isinstance(current, StudentsScreen)
    assert _words(current.widget()).count("Type a name, an ID or a birth date.") == 1
