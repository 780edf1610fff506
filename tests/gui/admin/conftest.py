"""The admin screen in the real window, over real admission on an encrypted file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from tests.support.admin_office import ListedDistrict, newcomer, open_profile
from tests.support.desk import Clinic, Member, clinic
from tests.support.frame import PERSON, PlainScreen
from tests.support.qt import NoSearch, settle, shown, until

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.admin import screens
from clinicdesk.gui.screens.admin.view import AdminView
from clinicdesk.gui.shell.screen import ScreenSpec, ShellContext
from clinicdesk.gui.shell.window import MainWindow
from clinicdesk.gui.shell.workspace import Session
from clinicdesk.services.admission import Admission

__all__ = ["clinic"]

Keys = Qt.Key


class AdminWindow:
    """Somebody of the office at the admin screen, with real keys."""

    def __init__(
        self, built: Application, clinic: Clinic, folder: Path, who: Member | None = None, *, away: bool = False
    ) -> None:
        self.built = built
        self.desk = clinic.desk(who or clinic.administrator)
        self.district = ListedDistrict(clinic, away=away)
        self.here = open_profile(clinic, folder)
        self.newcomer = newcomer(clinic)
        self.elsewhere: dict[str, PlainScreen] = {}
        self.window = MainWindow(built.runner, clinic.clock, QWidget)
        specs = [
            *[ScreenSpec(place, self._plain(place)) for place in ("today", "sync", "admin.roster", "admin.calendar")],
            *screens(self.desk, Admission(self.desk, self.here), self.district),
        ]
        session = Session(PERSON, specs, NoSearch(), lambda act: self.desk.may(Act(act)), idle_minutes=60)
        self.workspace = self.window.show_workspace(session)
        shown(self.window, 1440, 900)
        self.workspace.navigate("admin")
        self.rest()

    @property
    def view(self) -> AdminView:
        current = self.workspace.current()
        assert current is not None
        view = current.widget()
        assert isinstance(view, AdminView)
        return view

    @property
    def sheet(self) -> QWidget | None:
        return self.workspace.sheet.content

    def no_sheet(self) -> bool:
        return self.workspace.sheet.content is None

    def widget(self, object_name: str) -> QWidget:
        found = self.window.findChild(QWidget, object_name)
        assert found is not None, object_name
        return found

    def rest(self) -> None:
        until(lambda: not self.built.runner.busy(), 20, "the end of all work")
        settle()

    def press(self, *keys: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            QTest.keyClick(self._focus(), key, modifiers)
            self._hand_on()

    def type(self, text: str) -> None:
        for sign in text:
            QTest.keyClicks(self._focus(), sign)
            self._hand_on()

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()
        settle()

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window

    def _hand_on(self) -> None:
        assert self.window.keyboard is not None
        self.window.keyboard.hand_on()
        self.rest()

    def _plain(self, screen: str) -> Callable[[ShellContext], PlainScreen]:
        def make(shell: ShellContext) -> PlainScreen:
            self.elsewhere[screen] = PlainScreen(screen, shell)
            return self.elsewhere[screen]

        return make


@pytest.fixture
def admin(built: Application, clinic: Clinic, tmp_path: Path) -> Iterator[AdminWindow]:
    made = AdminWindow(built, clinic, tmp_path)
    yield made
    made.close()
