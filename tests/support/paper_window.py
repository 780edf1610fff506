"""The main window with the real immunization and forms screens over a real encrypted file, driven by keys."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from tests.support.desk import Clinic, Member
from tests.support.frame import PlainScreen
from tests.support.qt import NoSearch, settle, shown, until

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.app import Application
from clinicdesk.gui.screens import forms
from clinicdesk.gui.shell.scanning import hand_scan
from clinicdesk.gui.shell.screen import ScreenSpec
from clinicdesk.gui.shell.window import MainWindow
from clinicdesk.gui.shell.workspace import Session
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.shell import Route, SignedIn
from clinicdesk.services.desk import Desk


class PaperWindow:
    """A nurse signed in at Cedar Ridge; `keys` counts what she pressed (free text and passwords are typed apart).

    `scans` are the codes that no screen took.
    """

    def __init__(self, built: Application, clinic: Clinic, start: str, who: Member | None = None) -> None:
        self.desk = clinic.desk(who)
        self.keys = 0
        self.scans: list[str] = []
        self.opened: list[tuple[bytes, str]] = []
        """Documents that went to the machine's viewer, from where they are printed."""
        self.file: Path | None = None
        """Where the person saves what is saved."""
        self.runner = built.runner
        self.acts = LastActs(clinic.clock, built.runner)
        self.window = MainWindow(built.runner, clinic.clock, QWidget)
        specs = [
            ScreenSpec("today", lambda shell: PlainScreen("today", shell)),
            *(_immunizations(self.desk, self.acts) if start == "immunizations" else ()),
            *forms.screens(self.desk, clinic.folder / "attachments", self.acts, self._ask_path, self._show),
        ]
        person = self.desk.person
        self.session = Session(
            SignedIn(str(person.user_id), person.name, "School nurse, RN", self.desk.school.name, person.district_name),
            specs,
            NoSearch(),
            lambda act: self.desk.may(Act(act)),
            start=Route(start),
            scanned=self._on_scan,
            idle_minutes=60,
        )
        self.workspace = self.window.show_workspace(self.session)
        shown(self.window, 1440, 900)
        self.rest()

    def rest(self) -> None:
        """Until nothing is being read or written any more."""
        until(lambda: not self.runner.busy(), 20, "the end of all work")
        settle()

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """One key, counted."""
        self.keys += 1
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifiers)
        self._hand_on()

    def type(self, text: str) -> None:
        """Letters, each counted."""
        self.keys += len(text)
        self.write(text)

    def write(self, text: str) -> None:
        """Free text or a password: not counted (ux-spec 2)."""
        for letter in text:
            QTest.keyClicks(QApplication.focusWidget() or self.window, letter)
            self._hand_on()

    def scan(self, code: str) -> None:
        """A scanner reads a code: a burst of keys with Enter at its end, one act of the hand."""
        self.keys += 1
        for letter in code:
            QTest.keyClicks(QApplication.focusWidget() or self.window, letter)
        QTest.keyClick(QApplication.focusWidget() or self.window, Qt.Key.Key_Return)
        self.rest()

    def focus(self) -> str:
        widget = QApplication.focusWidget()
        return widget.objectName() if widget is not None else ""

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()
        settle()

    def _ask_path(self, proposed: str) -> str | None:
        return None if self.file is None else str(self.file)

    def _show(self, content: bytes, name: str) -> bool:
        self.opened.append((content, name))
        return True

    def _on_scan(self, code: str) -> None:
        hand_scan(self.workspace.current(), code, self.scans.append)

    def _hand_on(self) -> None:
        assert self.window.keyboard is not None
        self.window.keyboard.hand_on()
        self.rest()


def _immunizations(desk: Desk, acts: LastActs) -> list[ScreenSpec]:
    from clinicdesk.gui.screens import immunizations

    return immunizations.screens(desk, acts)
