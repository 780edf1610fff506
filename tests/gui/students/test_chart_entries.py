"""What a nurse corrects, ends and states in a chart with the keyboard alone (ux-spec 7.3, D42)."""

from __future__ import annotations

import uuid
from io import BytesIO

from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from tests.support import accessibility, layout
from tests.support.busy_day import BusyDay
from tests.support.clinic_window import ClinicWindow
from tests.support.looks import Display, on_every_display
from tests.support.qt import settle

from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.students.chart_screen import ChartScreen
from clinicdesk.gui.screens.students.entry_sheets import EntrySheet
from clinicdesk.gui.widgets.fields import Choice, Field, TextEditor
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.models import Allergy, AuditLog, ChronicCondition, EmergencyContact, HealthRecord
from clinicdesk.models.enums import AuditAction, ConditionStatus
from clinicdesk.presentation.students.chart import Tab

_CONTROL = Qt.KeyboardModifier.ControlModifier
_ALT = Qt.KeyboardModifier.AltModifier


def _words(part: QWidget) -> str:
    shown = [one.text() for one in part.findChildren(QLabel) if one.isVisibleTo(part)]
    shown += [one.text() for one in part.findChildren(Paragraph) if one.isVisibleTo(part)]
    return "\n".join(shown)


def _open(window: ClinicWindow, day: BusyDay, who: str, tab: Tab) -> ChartScreen:
    window.workspace.navigate("students.chart", student_id=str(day.students[who]), tab=tab.value)
    window.rest()
    current = window.workspace.current()
    assert isinstance(current, ChartScreen)
    return current


def _tab_to(window: ClinicWindow, object_name: str) -> None:
    """Tab until the part with this name has the focus."""
    for _ in range(80):
        focus = QApplication.focusWidget()
        if focus is not None and focus.objectName() == object_name:
            return
        window.press(Qt.Key.Key_Tab)
    raise AssertionError(object_name)


def _sheet(window: ClinicWindow) -> EntrySheet:
    content = window.workspace.sheet.content
    assert isinstance(content, EntrySheet)
    return content


def _contact(day: BusyDay, last_name: str) -> EmergencyContact:
    (row,) = day.clinic.rows(EmergencyContact, EmergencyContact.last_name == last_name)
    return row


def test_d42_a_guardian_of_the_roster_may_sign_after_the_nurse_stated_it_by_keyboard(
    window: ClinicWindow, day: BusyDay
) -> None:
    screen = _open(window, day, "amara", Tab.CONTACTS)
    mother = _contact(day, "Lindqvist")
    assert not mother.may_consent
    assert "Nobody has stated yet that this person may consent." in _words(screen.view)
    _tab_to(window, f"chart.contact.{mother.id}.change")
    window.press(Qt.Key.Key_Return)
    _tab_to(window, "contactSheet.may_consent")
    window.press(Qt.Key.Key_Space)
    window.press(Qt.Key.Key_Return, _CONTROL)
    refused = _sheet(window).fields["rests_on"]
    assert isinstance(refused, Field)
    assert refused.error.text()
    window.type("birth certificate seen")
    window.press(Qt.Key.Key_Return, _CONTROL)
    assert _contact(day, "Lindqvist").may_consent
    assert day.clinic.rows(HealthRecord)[-1].description == "birth certificate seen"
    shown = _words(screen.view)
    assert "may consent" in shown
    assert "Rests on: birth certificate seen (R. Olszewski," in shown


def test_the_call_order_changes_with_alt_and_the_arrows_and_the_focus_stays_with_the_person(
    window: ClinicWindow, day: BusyDay
) -> None:
    _open(window, day, "amara", Tab.CONTACTS)
    second = _contact(day, "Lindqvist")
    before = second.call_order
    _tab_to(window, f"chart.contact.{second.id}.change")
    window.press(Qt.Key.Key_Up, _ALT)
    assert _contact(day, "Lindqvist").call_order < before
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.objectName() == f"chart.contact.{second.id}.change"
    window.press(Qt.Key.Key_Z, _CONTROL)
    assert _contact(day, "Lindqvist").call_order == before


def test_an_allergy_is_corrected_and_keeps_what_its_sheet_does_not_ask(window: ClinicWindow, day: BusyDay) -> None:
    row = day.clinic.add(
        Allergy(
            student_id=day.students["harriet"],
            allergen="Amoxicilin",
            severity="MILD",
            ingredient_code="723",
            treatment="stop the drug",
        )
    )
    _open(window, day, "harriet", Tab.CONDITIONS)
    _tab_to(window, f"chart.allergy.{row.id}.change")
    window.press(Qt.Key.Key_Return)
    window.press(Qt.Key.Key_A, _CONTROL)
    window.type("Amoxicillin")
    window.press(Qt.Key.Key_Return, _CONTROL)
    (now,) = day.clinic.rows(Allergy, Allergy.id == row.id)
    assert (now.allergen, now.ingredient_code, now.treatment) == ("Amoxicillin", "723", "stop the drug")


def test_an_allergy_ends_with_a_reason_that_stays_readable(window: ClinicWindow, day: BusyDay) -> None:
    row = day.clinic.add(Allergy(student_id=day.students["harriet"], allergen="Latex", severity="MILD"))
    screen = _open(window, day, "harriet", Tab.CONDITIONS)
    _tab_to(window, f"chart.allergy.{row.id}.change")
    window.press(Qt.Key.Key_Return)
    _tab_to(window, "allergySheet.end")
    window.press(Qt.Key.Key_Return)
    window.press(Qt.Key.Key_Return, _CONTROL)
    assert day.clinic.rows(Allergy, Allergy.id == row.id)[0].active
    window.type("entered for another child")
    window.press(Qt.Key.Key_Return, _CONTROL)
    assert not day.clinic.rows(Allergy, Allergy.id == row.id)[0].active
    assert "No longer: entered for another child" in _words(screen.view)
    _tab_to(window, f"chart.allergy.{row.id}.change")
    window.press(Qt.Key.Key_Return)
    assert day.clinic.rows(Allergy, Allergy.id == row.id)[0].active


def test_a_condition_is_corrected_and_ended_with_its_reason_on_record(window: ClinicWindow, day: BusyDay) -> None:
    _open(window, day, "amara", Tab.CONDITIONS)
    row = day.clinic.rows(ChronicCondition, ChronicCondition.student_id == day.students["amara"])[0]
    _tab_to(window, f"chart.condition.{row.id}.change")
    window.press(Qt.Key.Key_Return)
    _tab_to(window, "conditionSheet.restrictions")
    window.type("no swimming alone")
    window.press(Qt.Key.Key_Return, _CONTROL)
    (now,) = day.clinic.rows(ChronicCondition, ChronicCondition.id == row.id)
    assert now.restrictions == ["no swimming alone"]
    assert now.emergency_protocol == row.emergency_protocol
    _tab_to(window, f"chart.condition.{row.id}.change")
    window.press(Qt.Key.Key_Return)
    _tab_to(window, "conditionSheet.end")
    window.press(Qt.Key.Key_Return)
    window.type("outgrown")
    window.press(Qt.Key.Key_Return, _CONTROL)
    assert day.clinic.rows(ChronicCondition, ChronicCondition.id == row.id)[0].status is ConditionStatus.RESOLVED
    said = day.clinic.rows(AuditLog, AuditLog.action == AuditAction.UPDATE, AuditLog.entity_id == row.id)
    assert len(said) == 2


def test_what_was_typed_into_a_sheet_and_left_is_there_again(window: ClinicWindow, day: BusyDay) -> None:
    _open(window, day, "harriet", Tab.CONDITIONS)
    window.press(Qt.Key.Key_A)
    window.type("Latex glo")
    window.press(Qt.Key.Key_Escape)
    window.press(Qt.Key.Key_A)
    allergen = _sheet(window).fields["allergen"]
    assert isinstance(allergen, Field)
    assert isinstance(allergen.editor, TextEditor)
    assert allergen.editor.text() == "Latex glo"
    assert day.clinic.count(Allergy, Allergy.student_id == day.students["harriet"]) == 0


def test_a_language_that_the_list_does_not_have_survives_a_correction(window: ClinicWindow, day: BusyDay) -> None:
    contact = _contact(day, "Lindqvist")
    key: uuid.UUID = contact.id
    screen = _open(window, day, "amara", Tab.CONTACTS)
    page = screen._presenter.state.page
    assert isinstance(page, tuple)
    known = next(one for one in page if one.id == key)
    screen.view.amend_contact(
        type(known)(**{name: getattr(known, name) for name in known.__slots__} | {"language": "so"})
    )
    settle()
    language = _sheet(window).fields["language"]
    assert isinstance(language, Field)
    assert isinstance(language.editor, Choice)
    assert language.editor.chosen() == "so"


def test_restricted_notes_stay_collapsed_and_open_for_a_nurse_behind_a_reason(
    window: ClinicWindow, day: BusyDay
) -> None:
    _open(window, day, "amara", Tab.SUMMARY)
    _tab_to(window, "chart.restricted.open")
    window.press(Qt.Key.Key_Return)
    window.press(Qt.Key.Key_Return, _CONTROL)
    assert day.clinic.count(AuditLog, AuditLog.action == AuditAction.BREAK_GLASS) == 0
    window.type("she is missing")
    window.press(Qt.Key.Key_Return, _CONTROL)
    content = window.workspace.sheet.content
    assert content is not None
    assert content.objectName() == "restrictedNotes"
    assert "Sealed: this computer does not hold the key of this note." in _words(content)
    assert day.clinic.count(AuditLog, AuditLog.action == AuditAction.BREAK_GLASS) == 1


def test_a_new_order_begins_from_the_chart_with_its_student(window: ClinicWindow, day: BusyDay) -> None:
    _open(window, day, "amara", Tab.SUMMARY)
    window.press(Qt.Key.Key_O)
    assert window.at() == "medications.order"
    assert window.elsewhere["medications.order"].activated[-1] == {"student_id": str(day.students["amara"])}


def test_the_emergency_card_is_printed_from_the_chart_and_each_print_is_on_record(
    window: ClinicWindow, day: BusyDay
) -> None:
    _open(window, day, "amara", Tab.SUMMARY)
    window.press(Qt.Key.Key_P, _CONTROL)
    name, content = window.documents[-1]
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    for expected in ("Amara Okonkwo-Lindqvist", "Peanut", "Do not release to Gregor Halloran", "Give epinephrine"):
        assert expected in text
    assert name == "emergency-card.pdf"
    (row,) = day.clinic.rows(AuditLog, AuditLog.action == AuditAction.PRINT)
    assert row.student_id == day.students["amara"]


@on_every_display
def test_pages_that_can_be_corrected_are_not_cut_and_every_stop_has_a_name(
    window: ClinicWindow, day: BusyDay, built: Application, display: Display
) -> None:
    display.put_on(built, window.window)
    for tab in (Tab.CONDITIONS, Tab.CONTACTS):
        _open(window, day, "amara", tab)
        assert layout.problems(window.window) == [], tab
        assert accessibility.problems(window.window) == [], tab
