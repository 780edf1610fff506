"""Scanner bursts, typed text and command keys, as they arrive at the application."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from tests.support.frame import Frame
from tests.support.qt import settle

from clinicdesk.gui.app import Application


class Pace:
    """A clock that the test moves: the time between two keys is what tells a scanner from a person."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def frame(built: Application) -> Iterator[Frame]:
    made = Frame(built)
    yield made
    made.close()
    settle()


@pytest.fixture
def pace(frame: Frame) -> Iterator[Pace]:
    made = Pace()
    keyboard = frame.window.keyboard
    assert keyboard is not None
    before, keyboard._seconds = keyboard._seconds, made
    frame.scans.clear()
    frame.screen("today").line.clear()
    frame.screen("today").ran = 0
    yield made
    keyboard.hand_on()
    keyboard._seconds = before


def _type(frame: Frame, pace: Pace, text: str, gap: float) -> None:
    for letter in text:
        pace.now += gap
        focus = QApplication.focusWidget()
        assert focus is not None
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, ord(letter.upper()), Qt.KeyboardModifier.NoModifier, letter)
            QApplication.sendEvent(focus, event)


def _end(frame: Frame, pace: Pace, gap: float, key: Qt.Key = Qt.Key.Key_Return) -> None:
    pace.now += gap
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key)


def _hand_on(frame: Frame) -> None:
    assert frame.window.keyboard is not None
    frame.window.keyboard.hand_on()


def test_a_scan_reaches_its_handler_and_leaks_nothing(frame: Frame, pace: Pace) -> None:
    line = frame.screen("today").line
    line.setFocus()
    _type(frame, pace, "STU-2041187", 0.004)
    _end(frame, pace, 0.004)
    assert frame.scans == ["STU-2041187"]
    assert line.text() == ""


def test_a_scan_ended_by_tab_keeps_the_focus(frame: Frame, pace: Pace) -> None:
    frame.screen("today").line.setFocus()
    _type(frame, pace, "012345678905", 0.002)
    _end(frame, pace, 0.002, Qt.Key.Key_Tab)
    assert frame.scans == ["012345678905"]
    assert QApplication.focusWidget() is frame.screen("today").line


def test_typed_text_arrives_in_order(frame: Frame, pace: Pace) -> None:
    line = frame.screen("today").line
    line.setFocus()
    _type(frame, pace, "albuterol", 0.09)
    _hand_on(frame)
    assert line.text() == "albuterol"
    assert frame.scans == []


def test_a_fast_typist_is_no_scanner(frame: Frame, pace: Pace) -> None:
    line = frame.screen("today").line
    line.setFocus()
    _type(frame, pace, "wheeze", 0.012)
    _end(frame, pace, 0.200)
    assert line.text() == "wheeze"
    assert frame.scans == []


def test_a_short_burst_is_text(frame: Frame, pace: Pace) -> None:
    line = frame.screen("today").line
    line.setFocus()
    _type(frame, pace, "12345", 0.003)
    _end(frame, pace, 0.003)
    assert (line.text(), frame.scans) == ("12345", [])


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    code=st.text(st.sampled_from("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789-./"), min_size=6, max_size=24),
    gaps=st.lists(st.floats(0.0005, 0.034), min_size=24, max_size=24),
)
def test_any_scan_is_routed_whole_and_never_leaks(frame: Frame, pace: Pace, code: str, gaps: list[float]) -> None:
    line = frame.screen("today").line
    line.clear()
    line.setFocus()
    frame.scans.clear()
    pace.now += 1
    for letter, gap in zip(code, gaps, strict=False):
        _type(frame, pace, letter, gap)
    _end(frame, pace, 0.01)
    assert frame.scans == [code]
    assert line.text() == ""


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789 "), min_size=1, max_size=24),
    gaps=st.lists(st.floats(0.036, 0.5), min_size=24, max_size=24),
)
def test_any_typed_text_arrives_whole(frame: Frame, pace: Pace, text: str, gaps: list[float]) -> None:
    line = frame.screen("today").line
    line.clear()
    line.setFocus()
    pace.now += 1
    for letter, gap in zip(text, gaps, strict=False):
        _type(frame, pace, letter, gap)
    _hand_on(frame)
    assert line.text() == text


def test_single_letters_act_only_outside_text_fields(frame: Frame, pace: Pace) -> None:
    today = frame.screen("today")
    today.line.setFocus()
    _type(frame, pace, "d", 0.1)
    _hand_on(frame)
    assert (today.ran, today.line.text()) == (0, "d")
    today.button.setFocus()
    _type(frame, pace, "d", 0.1)
    _hand_on(frame)
    assert today.ran == 1


def test_ctrl_z_belongs_to_the_field_while_it_has_something_to_undo(frame: Frame, pace: Pace) -> None:
    line = frame.screen("today").line
    line.setFocus()
    line.insert("pulse 92")
    assert isinstance(line, QLineEdit)
    QTest.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert line.text() == ""


def test_slash_opens_the_search_outside_fields_only(frame: Frame, pace: Pace) -> None:
    today = frame.screen("today")
    today.line.setFocus()
    _type(frame, pace, "/", 0.1)
    _hand_on(frame)
    assert not frame.workspace.palette_layer.isVisible()
    today.button.setFocus()
    _type(frame, pace, "/", 0.1)
    _hand_on(frame)
    assert frame.workspace.palette_layer.isVisible()
    frame.workspace.palette_layer.close_palette()


@pytest.mark.parametrize("as_control", [False, True], ids=["as it is", "as Ctrl+]"])
def test_a_separator_in_a_code_does_not_break_the_burst(frame: Frame, pace: Pace, as_control: bool) -> None:
    line = frame.screen("today").line
    line.setFocus()
    _type(frame, pace, "010034567890123421A7B", 0.004)
    _separator(pace, control=as_control)
    _type(frame, pace, "10LOT7", 0.004)
    _end(frame, pace, 0.004)
    assert frame.scans == ["010034567890123421A7B\x1d10LOT7"]
    assert line.text() == ""


def test_ctrl_after_a_fast_letter_is_still_a_command(frame: Frame, pace: Pace) -> None:
    line = frame.screen("today").line
    line.setFocus()
    _type(frame, pace, "a", 0.09)
    pace.now += 0.010
    QTest.keyClick(line, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert frame.locks == 1


def _separator(pace: Pace, *, control: bool) -> None:
    """FNC1 in the middle of a code, as scanners type it: the sign alone, or Ctrl held and a bracket."""
    focus = QApplication.focusWidget()
    assert focus is not None
    held = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
    keys = [(Qt.Key.Key_BracketRight, "\x1d")]
    if control:
        keys.insert(0, (Qt.Key.Key_Control, ""))
    for key, text in keys:
        pace.now += 0.004
        QApplication.sendEvent(focus, QKeyEvent(QEvent.Type.KeyPress, key, held, text))
    for key, text in reversed(keys):
        QApplication.sendEvent(focus, QKeyEvent(QEvent.Type.KeyRelease, key, held, text))
