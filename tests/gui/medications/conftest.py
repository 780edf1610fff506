"""The real window of a clinic with the medication screens, its work done at once, its keys real."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from tests.support.desk import Clinic, Member, clinic
from tests.support.medication import train_aide
from tests.support.qt import NoSearch, settle, shown, until
from tests.support.round_day import RoundDay, stock_round

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.medications import screens
from clinicdesk.gui.screens.medications.count import CountScreen
from clinicdesk.gui.screens.medications.screen import MedicationsScreen
from clinicdesk.gui.shell.scanning import hand_scan
from clinicdesk.gui.shell.window import MainWindow
from clinicdesk.gui.shell.workspace import Session, Workspace
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.medications.sheet import DosePresenter
from clinicdesk.presentation.shell import Route, SignedIn
from clinicdesk.services.desk import Desk

__all__ = ["Station", "clinic", "station"]

STAFF = ("carvalho", "ferrer", "olszewski", "whitfield")


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
    unknown: list[str]
    """Codes that the screen left."""
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

    def scan(self, code: str) -> None:
        """A scanner: a burst of keys, then Enter, into whatever has the focus. It is no key press of a person."""
        for letter in (*code, None):
            target = QApplication.focusWidget() or self.window
            if letter is None:
                QTest.keyClick(target, Qt.Key.Key_Return)
            else:
                QTest.keyClicks(target, letter)
        self.rest()

    def seek(self, order: object) -> None:
        """Move to an order's row with J and K, counting."""
        lines = self.round.view.grid.grid.lines
        target = next(at for at, line in enumerate(lines) if line.order_id == order)
        for _ in lines:
            here = self.round.view.grid.currentIndex().row()
            if here == target:
                return
            self.press(Qt.Key.Key_J if here < target else Qt.Key.Key_K)
        raise AssertionError(f"row {target} is out of reach")

    @property
    def focused(self) -> str:
        widget = QApplication.focusWidget()
        return "" if widget is None else widget.objectName()

    @property
    def dose(self) -> DosePresenter:
        return self.round._presenter.sheet

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


@contextlib.contextmanager
def signed_in(built: Application, clinic: Clinic, folder: Path, day: RoundDay, who: Member) -> Iterator[Station]:
    """The window of one of the staff on the round."""
    desk = clinic.desk(who)
    acts = LastActs(clinic.clock, built.runner)
    window = MainWindow(built.runner, clinic.clock, QWidget)
    unknown: list[str] = []

    def scanned(code: str) -> None:
        hand_scan(workspace.current(), code, unknown.append)

    session = Session(
        SignedIn("u1", who.name, "School nurse, RN", "Cedar Ridge K–8", "Tamarack Valley USD", "America/New_York"),
        screens(desk, acts, lambda: STAFF, lambda proposed: str(folder / proposed)),
        NoSearch(),
        lambda act: desk.may(Act(act)),
        start=Route("medications"),
        lock=lambda: None,
        scanned=scanned,
    )
    workspace = window.show_workspace(session)
    shown(window, 1440, 900)
    made = Station(built, window, workspace, desk, acts, day, folder, unknown)
    made.rest()
    try:
        yield made
        made.rest()
    finally:
        window.close()
        window.deleteLater()
        settle()


@pytest.fixture
def day(clinic: Clinic) -> RoundDay:
    return stock_round(clinic)


@pytest.fixture
def station(built: Application, clinic: Clinic, tmp_path: Path, day: RoundDay) -> Iterator[Station]:
    with signed_in(built, clinic, tmp_path, day, clinic.nurse) as made:
        yield made


@pytest.fixture
def aides_station(built: Application, clinic: Clinic, tmp_path: Path, day: RoundDay) -> Iterator[Station]:
    """The trained health aide's window (M18)."""
    train_aide(clinic)
    with signed_in(built, clinic, tmp_path, day, clinic.aide) as made:
        yield made
