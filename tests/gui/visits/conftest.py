"""The visit screen in the real window, over the real services on an encrypted file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from tests.support.desk import ZONE, Clinic, Member, clinic
from tests.support.frame import PERSON, PlainScreen
from tests.support.qt import NoSearch, settle, shown, until

from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.visits import screens
from clinicdesk.gui.screens.visits.screen import VisitScreen
from clinicdesk.gui.shell.screen import ScreenSpec, ShellContext
from clinicdesk.gui.shell.window import MainWindow
from clinicdesk.gui.shell.workspace import Session
from clinicdesk.presentation.commands import BoundCommand
from clinicdesk.presentation.shell import COMMANDS, RAIL, Keys
from clinicdesk.services.search import Search
from clinicdesk.services.students import Students
from clinicdesk.services.visits import Visits

__all__ = ["clinic"]

_PACE_MS = 40
"""Slower than a scanner, faster than any hand."""


class VisitDesk:
    """What a nurse can do at the visit screen, with real keys; it counts them."""

    def __init__(self, built: Application, clinic: Clinic, who: Member | None = None) -> None:
        desk = clinic.desk(who)
        self.clinic = clinic
        self.visits = Visits(desk)
        self.keys = 0
        self.window = MainWindow(built.runner, clinic.clock, QWidget)
        places = [ScreenSpec(place.id, _plain(place.id)) for place in RAIL]
        new = BoundCommand(COMMANDS[Keys.NEW_VISIT], lambda: self.workspace.navigate("visits.visit"))
        self.session = Session(
            PERSON,
            [
                *places,
                ScreenSpec("students.chart", _plain("students.chart")),
                *screens(self.visits, Search(desk), ZONE, card=Students(desk).emergency_card),
            ],
            NoSearch(),
            lambda _act: True,
            commands=[new],
        )
        self.workspace = self.window.show_workspace(self.session)
        shown(self.window, 1440, 900)

    @property
    def screen(self) -> VisitScreen:
        current = self.workspace.current()
        assert isinstance(current, VisitScreen)
        return current

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """One chord counts as the keys that are held down for it."""
        self.keys += 1 + bin(modifiers.value).count("1")
        QTest.keyClick(self._focus(), key, modifiers)
        QTest.qWait(_PACE_MS)
        settle()

    def type(self, text: str) -> None:
        for sign in text:
            self.keys += 1
            QTest.keyClicks(self._focus(), sign)
            QTest.qWait(_PACE_MS)
        settle()

    def widget(self, object_name: str) -> QWidget:
        found = self.window.findChild(QWidget, object_name)
        assert found is not None, object_name
        return found

    def wait_loaded(self) -> None:
        until(lambda: self.screen.presenter.state.sheet is not None, what="the sheet")

    def open(self, **params: object) -> None:
        self.workspace.navigate("visits.visit", **params)
        self.wait_loaded()
        settle()

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()
        settle()

    def _focus(self) -> QWidget:
        focus = QApplication.focusWidget()
        assert focus is not None
        return focus


def _plain(screen: str) -> Callable[[ShellContext], PlainScreen]:
    def make(shell: ShellContext) -> PlainScreen:
        return PlainScreen(screen, shell)

    return make


@pytest.fixture
def visit_desk(built: Application, clinic: Clinic) -> Iterator[VisitDesk]:
    made = VisitDesk(built, clinic)
    yield made
    made.close()
