"""The hand of the tour: real key events to whatever has the focus, waits for facts, and pictures."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from clinicdesk.gui.shell.window import MainWindow

K = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier
WAIT_S = 20.0
MOST_TABS = 120
BETWEEN_KEYS_S = 0.05


class TourError(Exception):
    """Something the tour needed did not come about."""


class Hand:
    """Types at one window and counts its keys."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.keys = 0

    def press(self, *keys: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """One key after another, to the widget with the focus."""
        for key in keys:
            QTest.keyClick(self._focus(), key, modifiers)
            self.keys += 1
            self.rest()

    def write(self, text: str) -> None:
        """Type a text letter by letter, slower than a scanner does."""
        for letter in text:
            QTest.keyClicks(self._focus(), letter)
            self.keys += 1
            self._pass_on()
        self.rest()

    def paste(self, text: str) -> None:
        """Ctrl+V of a text that somebody put on the clipboard."""
        QApplication.clipboard().setText(text)
        self.press(K.Key_V, modifiers=CTRL)

    def go_to(self, object_name: str, *, back: bool = False) -> None:
        """Tab until the widget of that name has the focus."""
        for _ in range(MOST_TABS):
            if self.at(object_name):
                return
            self.press(K.Key_Backtab if back else K.Key_Tab, modifiers=SHIFT if back else PLAIN)
        raise TourError(f"{object_name} is out of reach of Tab")

    def at(self, object_name: str) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and focus.objectName() == object_name

    def focused(self) -> str:
        focus = QApplication.focusWidget()
        return "" if focus is None else focus.objectName()

    def rest(self) -> None:
        """Let what a key started be painted; work on other threads is waited for by `until`."""
        self._pass_on()
        settle()

    def until(self, condition: Callable[[], bool], what: str, seconds: float = WAIT_S) -> None:
        """Run the event loop until a fact holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise TourError(f"no {what} within {seconds:g} s; focus at {self.focused() or 'nothing'}")
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        settle()

    def picture(self, target: Path) -> None:
        """The window with the focus: the family's page stands in a window of its own."""
        settle()
        focus = QApplication.focusWidget()
        shown = self.window if self.window.isVisible() or focus is None else focus.window()
        if shown.size() != self.window.size():
            shown.resize(self.window.size())
            settle()
        if not shown.grab().save(str(target)):
            raise TourError(f"{target.name} could not be written")

    def _focus(self) -> QWidget:
        """Where a keyboard's key would arrive: an open list takes it before the field it belongs to."""
        popup = QApplication.activePopupWidget()
        if popup is not None:
            return popup.focusWidget() or popup
        return QApplication.focusWidget() or self.window

    def _pass_on(self) -> None:
        """Let the time pass in which the window waits for more letters of a scanner, as it does between real keys."""
        ends = time.monotonic() + BETWEEN_KEYS_S
        while self.window.keyboard is not None and time.monotonic() < ends:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)


def settle(rounds: int = 4) -> None:
    """Layouts, queued signals and deletions; without a running loop Qt would keep what was deleted."""
    for _ in range(rounds):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
