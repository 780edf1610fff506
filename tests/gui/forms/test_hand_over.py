"""Collecting a consent by keys, and the hand-over from which only a staff password leads out."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeySequence, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from tests.support import accessibility, layout
from tests.support.consents import add_parent, publish_form
from tests.support.desk import PASSWORD, Clinic
from tests.support.looks import Display, on_every_display
from tests.support.paper_window import PaperWindow
from tests.support.qt import settle, until

from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.forms.collect import CollectScreen
from clinicdesk.gui.screens.forms.hand_over import HandOver
from clinicdesk.gui.theme import Density, Theme
from clinicdesk.gui.theme.metrics import LEAST_TOUCH_TARGET
from clinicdesk.i18n import Language
from clinicdesk.models import AuditLog, ConsentSignature, Draft
from clinicdesk.models.enums import AuditAction, ConsentDecision, SigningMethod

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


@dataclass
class Pen:
    """What a parent does with the pen: draws in the box, taps on a button."""

    sheet: HandOver

    def draw(self, *strokes: Sequence[tuple[float, float]]) -> None:
        pad = self.sheet.pad
        for stroke in strokes:
            points = [QPointF(x * pad.width(), y * pad.height()) for x, y in stroke]
            self._send(QEvent.Type.TabletPress, points[0])
            for point in points[1:]:
                self._send(QEvent.Type.TabletMove, point)
            self._send(QEvent.Type.TabletRelease, points[-1])

    def tap(self, button: QWidget) -> None:
        """Qt makes a click of a tap that no widget takes for itself."""
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def _send(self, kind: QEvent.Type, at: QPointF) -> None:
        down = kind is not QEvent.Type.TabletRelease
        pad = self.sheet.pad
        event = QTabletEvent(
            kind,
            QPointingDevice.primaryPointingDevice(),
            at,
            QPointF(pad.mapToGlobal(at.toPoint())),
            0.7 if down else 0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            Qt.KeyboardModifier.NoModifier,
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.LeftButton if down else Qt.MouseButton.NoButton,
        )
        QApplication.sendEvent(pad, event)


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


def test_t10_a_consent_in_person_takes_fourteen_keys_at_most_and_no_mouse_but_the_pen(office: Office) -> None:
    window = office.window
    window.type("okon")
    window.press(Qt.Key.Key_Return)  # the student's form
    assert window.focus() == "collect.identity.Driver's license"
    window.press(Qt.Key.Key_Space)  # it was seen
    window.press(Qt.Key.Key_Return, CTRL)  # hand over
    assert not window.window.isVisible()
    window.write("NO")  # the mother's initials are free text
    window.press(Qt.Key.Key_Tab)
    window.press(Qt.Key.Key_Space)  # yes, on a trip too
    pen = Pen(office.hand_over)
    pen.draw(((0.2, 0.6), (0.3, 0.3), (0.4, 0.7)), ((0.5, 0.5), (0.7, 0.4)))
    pen.tap(office.hand_over.sign)
    window.rest()

    (row,) = office.clinic.rows(ConsentSignature)
    assert (row.decision, row.method, row.signed_by) == (
        ConsentDecision.GRANTED,
        SigningMethod.PEN,
        "Ngozi Okonkwo",
    )
    assert window.keys <= 14
    print(f"T10 with the pen: {window.keys} keys")


def test_t10_without_a_pen_the_same_consent_takes_fourteen_keys_and_no_mouse_at_all(office: Office) -> None:
    window = office.window
    window.type("okon")
    window.press(Qt.Key.Key_Return)
    window.press(Qt.Key.Key_Space)
    window.press(Qt.Key.Key_Return, CTRL)
    window.write("NO")
    window.press(Qt.Key.Key_Tab)
    window.press(Qt.Key.Key_Space)
    for place in ("handOver.name", "handOver.relation", "handOver.pad"):
        window.press(Qt.Key.Key_Tab)
        assert window.focus() == place
    window.press(Qt.Key.Key_Space)  # in the box: by the name as it is typed
    assert window.focus() == "handOver.sign"
    window.press(Qt.Key.Key_Return)

    (row,) = office.clinic.rows(ConsentSignature)
    assert (row.decision, row.method) == (ConsentDecision.GRANTED, SigningMethod.ELECTRONIC)
    assert window.keys <= 14
    print(f"T10 by keys alone: {window.keys} keys")


def test_a_drawn_signature_is_kept_as_strokes(office: Office) -> None:
    office.hand()
    sheet = office.hand_over
    office.window.write("NO")
    office.window.press(Qt.Key.Key_Tab)
    office.window.press(Qt.Key.Key_Space)
    assert not sheet.undo.isEnabled()
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


@on_every_display
def test_nothing_of_the_form_is_cut_in_either_language(office: Office, built: Application, display: Display) -> None:
    office.hand()
    sheet = office.hand_over
    # A form is written in two languages; the pseudo language is the frame's alone.
    sheet._languages["es" if display.language is Language.SPANISH else "en"].click()
    display.put_on(built, sheet)
    settle(8)
    assert layout.problems(sheet) == []


def test_every_target_is_large_enough_for_pen_and_finger_and_staffs_density_comes_back(
    office: Office, theme: Theme
) -> None:
    office.hand()
    assert accessibility.small_targets(office.hand_over, LEAST_TOUCH_TARGET) == []
    office.hand_over.unlock.click()
    office.window.write(PASSWORD)
    office.window.press(Qt.Key.Key_Return)
    settle()
    assert theme.look.density is Density.COMFORTABLE


def test_i_do_not_agree_is_an_answer(office: Office) -> None:
    office.hand()
    office.hand_over.refuse.click()
    office.window.rest()
    assert office.clinic.rows(ConsentSignature)[0].decision is ConsentDecision.REFUSED


@pytest.mark.parametrize("place", ["handOver.block.talk", "handOver.sign", "handOver.pad", "handOver.unlock"])
def test_t20_no_registered_key_and_no_palette_leads_out_of_the_hand_over(office: Office, place: str) -> None:
    """In a text field, on a button, in the box: letters alone are commands where no text is typed."""
    office.hand()
    sheet, window = office.hand_over, office.window
    start = sheet.findChild(QWidget, place)
    assert start is not None
    keys = {key for bound in window.workspace.commands.all() for key in window.workspace.commands.keys(bound.command)}
    keys |= {"Escape", "Alt+F4", "Ctrl+W", "Ctrl+Q", "F11", "Menu"}
    assert len(keys) > 20
    for key in sorted(keys):
        combination = QKeySequence.fromString(key)[0]  # type: ignore[index]  # its stub forgets it
        start.setFocus()
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
    assert window.focus() == "collect.handOver"


def test_what_the_family_typed_is_kept_within_a_second_and_survives_a_crash(built: Application, office: Office) -> None:
    office.hand()
    office.window.write("NO")
    office.window.press(Qt.Key.Key_Tab)
    office.window.press(Qt.Key.Key_Space)
    until(lambda: office.clinic.count(Draft) == 1, 1.5, "the draft on record")
    assert b"talk" not in bytes(office.clinic.rows(Draft)[0].content)

    again = PaperWindow(built, office.clinic, "forms")
    again.workspace.navigate("forms.collect", form_id=str(office.form), student_id=str(office.student))
    again.rest()
    screen = again.workspace.current()
    assert isinstance(screen, CollectScreen)
    state = screen.view._presenter.state
    assert dict(state.answers) == {"talk": "NO", "trip": "yes"}
    assert state.identity == ""  # staff checks anew who signs
    assert "here again" in screen.view.note.text()
    again.close()


def test_the_lock_keeps_what_was_typed_in_the_last_second_and_signing_ends_the_draft(office: Office) -> None:
    office.hand()
    office.window.write("NO")
    office.screen.deactivate()
    assert office.clinic.count(Draft) == 1
    office.window.workspace.navigate("forms")
    office.hand()
    office.window.press(Qt.Key.Key_Tab)
    office.window.press(Qt.Key.Key_Space)
    pen = Pen(office.hand_over)
    pen.draw(((0.2, 0.6), (0.3, 0.3)))
    pen.tap(office.hand_over.sign)
    office.window.rest()
    assert office.clinic.rows(ConsentSignature)[0].conditions == "talk=NO\ntrip=yes"
    assert office.clinic.count(Draft) == 0


def test_another_person_at_the_desk_does_not_get_the_draft(built: Application, office: Office) -> None:
    office.hand()
    office.window.write("NO")
    office.screen.deactivate()
    other = PaperWindow(built, office.clinic, "forms", office.clinic.second_nurse)
    other.workspace.navigate("forms.collect", form_id=str(office.form), student_id=str(office.student))
    other.rest()
    screen = other.workspace.current()
    assert isinstance(screen, CollectScreen)
    assert screen.view._presenter.state.answers == {}
    other.close()


def test_use_paper_instead_leads_staff_to_the_blank_form(office: Office) -> None:
    office.hand()
    office.hand_over.paper.click()
    office.window.write(PASSWORD)
    office.window.press(Qt.Key.Key_Return)
    settle()
    assert office.window.focus() == "collect.blank"
    office.window.press(Qt.Key.Key_Return)
    ((content, name),) = office.window.opened
    assert name == "consent-form.pdf"
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    assert "Permiso para medicamentos en la escuela" in text


def test_the_familys_copy_is_printed_saved_and_kept_as_text_once_the_screen_is_back(
    office: Office, tmp_path: Path
) -> None:
    office.hand()
    office.window.write("NO")
    office.window.press(Qt.Key.Key_Tab)
    office.window.press(Qt.Key.Key_Space)
    Pen(office.hand_over).draw(((0.2, 0.6), (0.3, 0.3)))
    office.hand_over.sign.click()
    office.window.rest()
    office.hand_over.unlock.click()
    office.window.write(PASSWORD)
    office.window.press(Qt.Key.Key_Return)
    settle()
    assert office.window.focus() == "collect.print"
    assert "printed copy" in office.screen.view.result.wanted.text()
    office.window.press(Qt.Key.Key_P, CTRL)
    office.window.file = tmp_path / "copy.pdf"
    office.screen.view.result.save.click()
    office.window.rest()
    assert office.window.opened == [((tmp_path / "copy.pdf").read_bytes(), "consent.pdf")]
    office.window.file = tmp_path / "copy.txt"
    office.screen.view.result.save_text.click()
    office.window.rest()
    assert "Signed by: Ngozi Okonkwo" in (tmp_path / "copy.txt").read_text()
    actions = [row.action for row in office.clinic.rows(AuditLog)]
    assert (actions.count(AuditAction.PRINT), actions.count(AuditAction.EXPORT)) == (1, 2)


def test_a_place_that_refuses_the_file_is_said_and_nothing_is_lost(office: Office, tmp_path: Path) -> None:
    office.hand()
    office.hand_over.refuse.click()
    office.window.rest()
    office.hand_over.unlock.click()
    office.window.write(PASSWORD)
    office.window.press(Qt.Key.Key_Return)
    settle()
    office.window.file = tmp_path / "none" / "copy.pdf"
    office.screen.view.result.save.click()
    office.window.rest()
    assert "Choose another place" in office.screen.view.result.problem.text()
    assert office.clinic.count(ConsentSignature) == 1


def test_the_lock_takes_the_form_off_the_screen(office: Office) -> None:
    office.hand()
    sheet = office.hand_over
    office.screen.deactivate()
    assert not sheet.isVisible()
    assert office.screen.view._presenter.state.paper is None
