"""Collecting a consent by keys, and the hand-over from which only a staff password leads out."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.support import layout
from tests.support.consents import add_parent, publish_form
from tests.support.desk import PASSWORD, Clinic
from tests.support.paper_window import PaperWindow
from tests.support.qt import settle

from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.forms.collect import CollectScreen
from clinicdesk.gui.screens.forms.hand_over import HandOver
from clinicdesk.models import ConsentSignature
from clinicdesk.models.enums import ConsentDecision, SigningMethod

CTRL = Qt.KeyboardModifier.ControlModifier


@dataclass
class Office:
    """The window on the forms screen, with one student and her mother."""

    clinic: Clinic
    window: PaperWindow
    student: uuid.UUID
    form: uuid.UUID

    @property
    def screen(self) -> CollectScreen:
        found = self.window.workspace.current()
        assert isinstance(found, CollectScreen)
        return found

    @property
    def hand_over(self) -> HandOver:
        found = self.screen.view.hand_over_window
        assert found is not None
        return found

    def hand(self) -> None:
        """Straight to the hand-over."""
        self.window.workspace.navigate("forms.collect", form_id=str(self.form), student_id=str(self.student))
        self.window.rest()
        self.window.press(Qt.Key.Key_Space)
        self.window.press(Qt.Key.Key_Return, CTRL)
        settle()


@pytest.fixture
def office(built: Application, clinic: Clinic) -> Iterator[Office]:
    student = clinic.student()
    add_parent(clinic, student)
    form = publish_form(clinic)
    window = PaperWindow(built, clinic, "forms")
    yield Office(clinic, window, student, form)
    current = window.workspace.current()
    if isinstance(current, CollectScreen):
        current.deactivate()
    window.close()


def test_t10_a_consent_in_person_takes_fourteen_keys_and_the_typed_name(office: Office) -> None:
    window = office.window
    window.type("okon")
    window.press(Qt.Key.Key_Return)  # the student's form
    window.press(Qt.Key.Key_Space)  # the driver's license was seen
    window.press(Qt.Key.Key_Return, CTRL)  # hand over
    assert not window.window.isVisible()
    window.write("NO")  # the mother's initials
    window.press(Qt.Key.Key_Tab)
    window.press(Qt.Key.Key_Space)  # yes, on a trip too
    office.hand_over.type_name.click()
    window.press(Qt.Key.Key_Return)  # sign
    window.rest()

    (row,) = office.clinic.rows(ConsentSignature)
    assert (row.decision, row.method, row.signed_by) == (
        ConsentDecision.GRANTED,
        SigningMethod.ELECTRONIC,
        "Ngozi Okonkwo",
    )
    assert window.keys <= 14
    print(f"T10: {window.keys} keys")


def test_a_drawn_signature_is_kept_as_strokes(office: Office) -> None:
    office.hand()
    sheet = office.hand_over
    office.window.write("NO")
    office.window.press(Qt.Key.Key_Tab)
    office.window.press(Qt.Key.Key_Space)
    pad = sheet.pad
    assert pad.width() >= 480
    assert pad.height() >= 160
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=pad.rect().center())
    QTest.mouseMove(pad, pad.rect().center() * 1.2)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=pad.rect().center() * 1.2)
    sheet.undo.click()
    assert not pad.is_signed()
    for at in (0.8, 1.0):
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=pad.rect().center() * at)
        QTest.mouseMove(pad, pad.rect().center() * (at + 0.2))
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=pad.rect().center() * (at + 0.2))
    sheet.sign.click()
    office.window.rest()
    (row,) = office.clinic.rows(ConsentSignature)
    assert row.method is SigningMethod.PEN
    assert row.strokes_attachment_id is not None


def test_a_mark_needs_its_witness(office: Office) -> None:
    office.hand()
    sheet = office.hand_over
    office.window.write("NO")
    office.window.press(Qt.Key.Key_Tab)
    office.window.press(Qt.Key.Key_Space)
    sheet.mark.click()
    sheet.sign.click()
    office.window.rest()
    assert "witness" in sheet.problem.text()
    sheet.witness.setFocus()
    office.window.write("Dan Whitfield")
    sheet.sign.click()
    office.window.rest()
    assert "Dan Whitfield" in (office.clinic.rows(ConsentSignature)[0].signature_data or "")


def test_the_language_changes_under_the_form_and_keeps_what_was_entered(office: Office) -> None:
    office.hand()
    sheet = office.hand_over
    office.window.write("NO")
    sheet._languages["es"].click()
    settle()
    assert sheet._title.text() == "Permiso para medicamentos en la escuela"
    assert sheet.sign.text() == "Firmar y dar permiso"
    assert sheet.unlock.text() == "Personal: desbloquear para salir"
    assert office.screen.view._presenter.state.answers["talk"] == "NO"
    for width, height in ((1440, 900), (1024, 700)):
        sheet.resize(width, height)
        settle()
        assert layout.problems(sheet) == []


def test_i_do_not_agree_is_an_answer(office: Office) -> None:
    office.hand()
    office.hand_over.refuse.click()
    office.window.rest()
    assert office.clinic.rows(ConsentSignature)[0].decision is ConsentDecision.REFUSED


def test_t20_no_registered_key_and_no_palette_leads_out_of_the_hand_over(office: Office) -> None:
    office.hand()
    sheet, window = office.hand_over, office.window
    keys = {key for bound in window.workspace.commands.all() for key in window.workspace.commands.keys(bound.command)}
    keys |= {"Escape", "Alt+F4", "Ctrl+W", "Ctrl+Q", "F11", "Menu"}
    assert len(keys) > 20
    for key in sorted(keys):
        combination = QKeySequence.fromString(key)[0]  # type: ignore[index]  # its stub forgets it
        QTest.keyClick(QApplication.focusWidget() or sheet, combination.key(), combination.keyboardModifiers())
        assert window.window.keyboard is not None
        window.window.keyboard.hand_on()
        settle(1)
        assert sheet.isVisible(), key
        assert not window.window.isVisible(), key
        assert not window.workspace.palette_layer.isVisible(), key
        assert window.workspace.current() is not None
        assert window.workspace.current().id == "forms.collect", key  # type: ignore[union-attr]
    sheet.close()
    settle()
    assert sheet.isVisible()
    assert window.scans == []


def test_t20_a_scan_goes_nowhere_during_the_hand_over(office: Office) -> None:
    office.hand()
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClicks(focus, "S1234567")
    QTest.keyClick(focus, Qt.Key.Key_Return)
    settle()
    assert office.window.scans == []


def test_t20_only_the_password_of_the_person_signed_in_leads_out(office: Office) -> None:
    office.hand()
    sheet, window = office.hand_over, office.window
    sheet.unlock.click()
    window.write("wrong password")
    window.press(Qt.Key.Key_Return)
    window.rest()
    assert sheet.isVisible()
    assert sheet.password.has_error()
    window.write(PASSWORD)
    window.press(Qt.Key.Key_Return)
    window.rest()
    settle()
    assert window.window.isVisible()
    assert office.screen.view.hand_over_window is None
    assert window.window.keyboard is not None
    assert window.window.keyboard.scans


def test_the_lock_takes_the_form_off_the_screen(office: Office) -> None:
    office.hand()
    sheet = office.hand_over
    office.screen.deactivate()
    assert not sheet.isVisible()
    assert office.screen.view._presenter.state.paper is None
