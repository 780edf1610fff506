"""A frame with two plain screens, for tests of the window itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget
from tests.support.qt import NoSearch, shown

from clinicdesk.core.clock import SettableClock
from clinicdesk.gui.app import Application
from clinicdesk.gui.shell.screen import ScreenSpec, ShellContext
from clinicdesk.gui.shell.window import MainWindow
from clinicdesk.gui.shell.workspace import Session, Workspace
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.cards import PageTitle
from clinicdesk.gui.widgets.fields import Field, TextEditor
from clinicdesk.gui.widgets.layout import STRETCH, column
from clinicdesk.presentation.commands import BoundCommand, Command, Group, Scope
from clinicdesk.presentation.search import SearchProvider
from clinicdesk.presentation.shell import RAIL, SignedIn, SyncChip

PERSON = SignedIn("u1", "Renata Olszewski", "School nurse, RN", "Cedar Ridge K–8", "Tamarack Valley USD", "UTC")
NOON = dt.datetime(2026, 10, 6, 11, 42, tzinfo=dt.UTC)


class PlainScreen:
    """A title, a field and a button; remembers what the frame told it."""

    def __init__(self, screen_id: str, shell: ShellContext) -> None:
        self.id = screen_id
        self.title = screen_id
        self.shell = shell
        self.activated: list[dict[str, object]] = []
        self.left = 0
        self.ran = 0
        self.line = TextEditor(f"{screen_id}.text", "Words")
        self.button = Button("Do it", f"{screen_id}.do", kind=Kind.PRIMARY)
        self._view = QWidget()
        self._view.setLayout(
            column(
                PageTitle(screen_id, "", self.button),
                Field("Words", self.line),
                STRETCH,
                gap=12,
                margins=(24, 16, 24, 24),
            )
        )

    def widget(self) -> QWidget:
        return self._view

    def activate(self, **params: object) -> None:
        self.activated.append(params)

    def deactivate(self) -> None:
        self.left += 1

    def commands(self) -> Sequence[BoundCommand]:
        command = Command(f"{self.id}.d", "Disposition", "D", Group.SCREEN, Scope.SCREEN, screen=self.id)
        return (BoundCommand(command, self._run),)

    def _run(self) -> None:
        self.ran += 1


class Frame:
    """The main window, signed in, with plain screens for every place of the rail."""

    def __init__(
        self,
        built: Application,
        *,
        allowed: Callable[[str], bool] = lambda _act: True,
        search: SearchProvider | None = None,
    ) -> None:
        self.clock = SettableClock(NOON)
        self.screens: dict[str, PlainScreen] = {}
        self.scans: list[str] = []
        self.locks = 0
        self.window = MainWindow(built.runner, self.clock, QWidget)
        places = [place.id for place in RAIL]
        self.session = Session(
            PERSON,
            [ScreenSpec(screen, self._maker(screen)) for screen in [*places, "students.chart"]],
            search or NoSearch(),
            allowed,
            lock=self._lock,
            scanned=self.scans.append,
        )
        self.workspace: Workspace = self.window.show_workspace(self.session)
        self.workspace.set_sync(SyncChip("Synced 2 min ago"))
        shown(self.window, 1440, 900)

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()

    def screen(self, screen: str) -> PlainScreen:
        return self.screens[screen]

    def _lock(self) -> None:
        self.locks += 1
        self.window.show_locked()

    def _maker(self, screen: str) -> Callable[[ShellContext], PlainScreen]:
        def make(shell: ShellContext) -> PlainScreen:
            self.screens[screen] = PlainScreen(screen, shell)
            return self.screens[screen]

        return make
