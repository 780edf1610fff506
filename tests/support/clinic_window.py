"""The main window with the real Today and student screens over a real encrypted file, and plain ones for the rest."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from tests.support.desk import Clinic, Member
from tests.support.frame import PlainScreen
from tests.support.qt import settle, shown, until

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.app import Application
from clinicdesk.gui.screens import students, today
from clinicdesk.gui.shell.screen import ScreenSpec, ShellContext
from clinicdesk.gui.shell.window import MainWindow
from clinicdesk.gui.shell.workspace import Session, Workspace
from clinicdesk.presentation.commands import BoundCommand
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.shell import COMMANDS, Keys, SignedIn, SyncChip

_ELSEWHERE = (
    "medications",
    "immunizations",
    "forms",
    "sync",
    "inventory",
    "admin.roster",
    "visits.visit",
    "visits",
    "medications.order",
)


class ClinicWindow:
    """A person signed in at Cedar Ridge; `elsewhere` remembers what the screens of others were opened with."""

    def __init__(
        self, built: Application, clinic: Clinic, who: Member | None = None, size: tuple[int, int] = (1440, 900)
    ) -> None:
        self.desk = clinic.desk(who)
        self.elsewhere: dict[str, PlainScreen] = {}
        self.documents: list[tuple[str, bytes]] = []
        self.runner = built.runner
        self.acts = LastActs(clinic.clock, built.runner)
        self.parts = students.parts(self.desk)
        self.window = MainWindow(built.runner, clinic.clock, QWidget)
        specs = [
            *today.screens(self.desk, self.acts, self._show_document),
            *students.screens(self.desk, self.parts, self.acts, clinic.folder / "attachments", self._show_document),
            *[ScreenSpec(screen, self._plain(screen)) for screen in _ELSEWHERE],
        ]
        person = self.desk.person
        session = Session(
            SignedIn(str(person.user_id), person.name, "School nurse, RN", self.desk.school.name, person.district_name),
            specs,
            self.parts.finder,
            lambda act: self.desk.may(Act(act)),
            commands=(BoundCommand(COMMANDS[Keys.UNDO], self.acts.undo, self.acts.reason),),
            idle_minutes=60,
        )
        self.workspace: Workspace = self.window.show_workspace(session)
        self.workspace.set_sync(SyncChip("Synced 2 min ago"))
        shown(self.window, *size)
        self.rest()

    def rest(self) -> None:
        """Until nothing is being read any more."""
        until(lambda: not self.runner.busy(), 10, "the end of all reading")
        # A page of wrapped text and whole tables finds its height in several layout passes.
        settle(12)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifiers)
        self._hand_on()

    def type(self, text: str) -> None:
        """One key after the other, each slow enough to be a person's."""
        for letter in text:
            QTest.keyClicks(QApplication.focusWidget() or self.window, letter)
            self._hand_on()

    def _hand_on(self) -> None:
        assert self.window.keyboard is not None
        self.window.keyboard.hand_on()
        self.rest()

    def at(self) -> str:
        current = self.workspace.current()
        return current.id if current is not None else ""

    def close(self) -> None:
        self.parts.close()
        self.window.close()
        self.window.deleteLater()
        settle()

    def _show_document(self, content: bytes, name: str) -> bool:
        """The machine's viewer: what it was given is kept."""
        self.documents.append((name, content))
        return True

    def _plain(self, screen: str) -> Callable[[ShellContext], PlainScreen]:
        def make(shell: ShellContext) -> PlainScreen:
            self.elsewhere[screen] = PlainScreen(screen, shell)
            return self.elsewhere[screen]

        return make
