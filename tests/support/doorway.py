"""The whole program in front of a person: the real window, profile, keys and database, driven by real key events."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.support.desk import Clinic
from tests.support.profile import PASSWORD, joined_profile
from tests.support.qt import settle, shown, until

from clinicdesk.bootstrap.desktop import Desktop
from clinicdesk.bootstrap.person import PersonAtWork
from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.unlock.card import UnlockView
from clinicdesk.gui.shell.workspace import Workspace

PIN = "480613"
CTRL = Qt.KeyboardModifier.ControlModifier


class Doorway:
    """The program in front of the nurse, in her words; counts her keys."""

    def __init__(self, built: Application, clinic: Clinic, folder: Path, **policy: object) -> None:
        self.clinic = clinic
        people = (clinic.aide, clinic.nurse, clinic.administrator)
        profile = joined_profile(clinic, folder, people, **policy)
        self.desktop = Desktop(built, profile.paths.root, profile.policy, clinic.clock)
        self.runner = built.runner
        self.keys = 0
        shown(self.desktop.window, 1440, 900)

    def close(self) -> None:
        self.desktop.close()
        self.desktop.window.close()
        self.desktop.window.deleteLater()
        settle()

    @property
    def card(self) -> UnlockView:
        view = self.desktop.window.locked_view
        assert isinstance(view, UnlockView)
        return view

    @property
    def person(self) -> PersonAtWork:
        assert self.desktop.person is not None
        return self.desktop.person

    @property
    def workspace(self) -> Workspace:
        workspace = self.desktop.window.workspace
        assert workspace is not None
        return workspace

    def focus(self) -> str:
        focus = QApplication.focusWidget()
        return "" if focus is None else focus.objectName()

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.desktop.window, key, modifiers)
        self.keys += 1
        self.rest()

    def type(self, text: str) -> None:
        for letter in text:
            QTest.keyClicks(QApplication.focusWidget() or self.desktop.window, letter)
            self.keys += 1
            if self.desktop.window.keyboard is not None:
                self.desktop.window.keyboard.hand_on()
        self.rest()

    def sign_in(self, user: str, password: str = PASSWORD) -> None:
        for _ in range(3):
            if self.card.presenter.state.chosen == user:
                break
            self.press(Qt.Key.Key_Down)
        self.type(password)
        self.press(Qt.Key.Key_Return)

    def set_pin(self, pin: str = PIN) -> None:
        """Through the palette, as a nurse would."""
        self.press(Qt.Key.Key_K, CTRL)
        self.type("quick-unlock")
        self.press(Qt.Key.Key_Return)
        self.type(pin)
        self.press(Qt.Key.Key_Return)
        self.type(pin)
        self.press(Qt.Key.Key_Return)

    def lock(self) -> None:
        self.press(Qt.Key.Key_L, CTRL)

    def rest(self) -> None:
        until(lambda: not self.runner.busy(), 20, "the end of the work")
        settle(6)
