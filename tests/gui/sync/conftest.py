"""The real window with the sync centre, over a real encrypted file with real conflict rows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from tests.support.desk import (
    Clinic,
    Member,
    clinic,  # noqa: F401 - the fixture is found by name
)
from tests.support.qt import NoSearch, settle, shown, until
from tests.support.sync_conflicts import ScriptedLine, allergy_conflict, sync_of, visit_conflict

from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.sync import screens
from clinicdesk.gui.screens.sync.screen import SyncScreen
from clinicdesk.gui.shell.window import MainWindow
from clinicdesk.gui.shell.workspace import Session, Workspace
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.shell import Route, SignedIn


@dataclass
class Centre:
    """A nurse at the sync centre, with two conflicts; counts every key."""

    built: Application
    clinic: Clinic
    window: MainWindow
    workspace: Workspace
    line: ScriptedLine
    acts: LastActs
    student: uuid.UUID
    allergy: uuid.UUID
    allergy_conflict: uuid.UUID
    visit: uuid.UUID
    visit_conflict: uuid.UUID
    keys: int = 0

    @property
    def screen(self) -> SyncScreen:
        screen = self.workspace.current()
        assert isinstance(screen, SyncScreen)
        return screen

    def press(self, *keys: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            self.keys += 1
            QTest.keyClick(QApplication.focusWidget() or self.window, key, modifiers)
            self.rest()

    def write(self, text: str) -> None:
        for letter in text:
            QTest.keyClicks(QApplication.focusWidget() or self.window, letter)
            self.rest()

    def open(self, conflict: uuid.UUID) -> None:
        """Read the list anew, go to this conflict with the arrow keys, and open it with Enter."""
        self.screen.presenter.later()
        self.screen.presenter.load()
        self.rest()
        view = self.screen.view
        view.list.setFocus()
        wanted = next(at for at, row in enumerate(view.list.rows()) if row.conflict == conflict)
        self.press(Qt.Key.Key_Home)
        for _ in range(len(view.list.rows())):
            if view.list.currentIndex().row() == wanted:
                break
            self.press(Qt.Key.Key_Down)
        self.press(Qt.Key.Key_Return)
        settle(3)

    def rest(self) -> None:
        assert self.window.keyboard is not None
        self.window.keyboard.hand_on()
        until(lambda: not self.built.runner.busy(), what="the end of the work")
        settle(3)


@pytest.fixture
def centre(built: Application, clinic: Clinic) -> Iterator[Centre]:  # noqa: F811
    """The nurse at the sync centre."""
    yield from _centre(built, clinic, clinic.nurse)


@pytest.fixture
def office(built: Application, clinic: Clinic) -> Iterator[Centre]:  # noqa: F811
    """The district administrator at the sync centre."""
    yield from _centre(built, clinic, clinic.administrator)


def _centre(built: Application, clinic: Clinic, who: Member) -> Iterator[Centre]:  # noqa: F811
    student = clinic.student("José Ángel", "Núñez-Villaseñor", dt.date(2015, 11, 3))
    other = clinic.student("Harriet", "Quill")
    allergy, first = allergy_conflict(clinic, student)
    visit, second = visit_conflict(clinic, other)
    desk = clinic.desk(who)
    line = ScriptedLine()
    acts = LastActs(clinic.clock, built.runner)
    window = MainWindow(built.runner, clinic.clock, QWidget)
    session = Session(
        SignedIn("u1", who.name, "School nurse, RN", "Cedar Ridge K–8", "Tamarack Valley USD", "America/New_York"),
        screens(desk, sync_of(clinic, built.runner, line), acts),
        NoSearch(),
        lambda _act: True,
        start=Route("sync"),
        lock=lambda: None,
        scanned=lambda _code: None,
    )
    workspace = window.show_workspace(session)
    shown(window, 1440, 900)
    made = Centre(built, clinic, window, workspace, line, acts, student, allergy, first, visit, second)
    made.rest()
    yield made
    made.rest()
    window.close()
    window.deleteLater()
    settle()
