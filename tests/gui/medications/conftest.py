"""The real window of a clinic with the medication screens, its work done at once, its keys real."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from tests.support.desk import Clinic, clinic
from tests.support.qt import NoSearch, settle, shown, until
from tests.support.round_day import RoundDay, stock_round

from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.medications import screens
from clinicdesk.gui.screens.medications.count import CountScreen
from clinicdesk.gui.screens.medications.screen import MedicationsScreen
from clinicdesk.gui.shell.window import MainWindow
from clinicdesk.gui.shell.workspace import Session, Workspace
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.shell import Route, SignedIn
from clinicdesk.services.desk import Desk

__all__ = ["Station", "clinic", "station"]


@dataclass
class Station:
    """A nurse's window on the round; counts every key."""

    built: Application
    window: MainWindow
    workspace: Workspace
    desk: Desk
    acts: LastActs
    day: RoundDay
    folder: Path
    keys: int = 0

    def press(self, *keys: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Real key events to whatever has the focus."""
        for key in keys:
            target = QApplication.focusWidget() or self.window
            self.keys += 1
            QTest.keyClick(target, key, modifiers)
            self.rest()

    def write(self, text: str, *, free: bool = False) -> None:
        """Type into the field with the focus; free text and passwords are not counted (ux-spec 2)."""
        for letter in text:
            target = QApplication.focusWidget() or self.window
            QTest.keyClicks(target, letter)
            self.keys += 0 if free else 1
            self.rest()

    def rest(self) -> None:
        """Let the held key go to its widget, and the work it asked for end."""
        keyboard = self.window.keyboard
        assert keyboard is not None
        keyboard.hand_on()
        until(lambda: not self.built.runner.busy(), what="the end of the work")
        settle(2)

    @property
    def round(self) -> MedicationsScreen:
        screen = self.workspace.current()
        assert isinstance(screen, MedicationsScreen)
        return screen

    @property
    def count(self) -> CountScreen:
        screen = self.workspace.current()
        assert isinstance(screen, CountScreen)
        return screen


@pytest.fixture
def station(built: Application, clinic: Clinic, tmp_path: Path) -> Iterator[Station]:
    day = stock_round(clinic)
    desk = clinic.desk()
    acts = LastActs(clinic.clock, built.runner)
    window = MainWindow(built.runner, clinic.clock, QWidget)
    staff = ("carvalho", "ferrer", "olszewski")
    session = Session(
        SignedIn(
            "u1", "Renata Olszewski", "School nurse, RN", "Cedar Ridge K–8", "Tamarack Valley USD", "America/New_York"
        ),
        screens(desk, acts, lambda: staff, lambda proposed: str(tmp_path / proposed)),
        NoSearch(),
        lambda _act: True,
        start=Route("medications"),
        lock=lambda: None,
        scanned=lambda _code: None,
    )
    workspace = window.show_workspace(session)
    shown(window, 1440, 900)
    made = Station(built, window, workspace, desk, acts, day, tmp_path)
    made.rest()
    yield made
    made.rest()
    window.close()
    window.deleteLater()
    settle()
