"""The roster import as a screen of the frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.screens.roster.deciding import MOST_CANDIDATES
from clinicdesk.gui.screens.roster.view import RosterView
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.gui.theme import Tone
from clinicdesk.i18n import tr
from clinicdesk.presentation.commands import BoundCommand, Command, Group, Scope
from clinicdesk.presentation.roster.presenter import RosterPresenter, Rosters
from clinicdesk.presentation.shell import COMMANDS, Keys

SCREEN = "admin.roster"
OPEN = Command("admin.open-roster", "Import a roster", "", Group.GO, icon="upload", act=Act.IMPORT_ROSTER)
"""For the palette: `bootstrap` binds it to `navigator.navigate(SCREEN)`."""
IMPORT = replace(COMMANDS[Keys.PRIMARY], title="Import this package", icon="download")
UNDO = replace(COMMANDS[Keys.UNDO], title="Undo the last import")


def _pick(at: int) -> Command:
    words = "This is a new student" if at == 0 else f"This is record {at}"
    return Command(f"roster.pick-{at}", words, str(at), Group.SCREEN, Scope.SCREEN, screen=SCREEN, unlisted=True)


class RosterScreen:
    """Made by `bootstrap` with the roster service of the signed-in desk."""

    id = SCREEN

    def __init__(self, shell: ShellContext, service: Rosters) -> None:
        self._shell = shell
        self._view = RosterView()
        self._presenter = RosterPresenter(service, shell.runner, self._view.draw, self._on_said)
        self._view.check_wanted.connect(self._presenter.check)
        self._view.decided.connect(self._presenter.decide)
        self._view.stops_accepted.connect(self._presenter.accept_stops)
        self._view.import_wanted.connect(self._presenter.import_now)
        self._view.undo_wanted.connect(self._presenter.undo)
        self._view.stop_wanted.connect(self._presenter.stop)

    @property
    def title(self) -> str:
        return tr("Roster import")

    def widget(self) -> QWidget:
        return self._view

    def activate(self, **params: object) -> None:
        self._presenter.open()
        path = params.get("path")
        if isinstance(path, str) and path:
            self._presenter.check(path)
        else:
            self._view.focus_first()

    def deactivate(self) -> None:
        """Nothing is typed here that could be lost."""

    def commands(self) -> Sequence[BoundCommand]:
        presenter = self._presenter
        picks = tuple(BoundCommand(_pick(at), self._picking(at)) for at in range(MOST_CANDIDATES + 1))
        return (
            BoundCommand(IMPORT, presenter.import_now, lambda: presenter.state.import_reason),
            BoundCommand(UNDO, presenter.undo_last),
            *picks,
        )

    def _picking(self, at: int) -> Callable[[], None]:
        return lambda: self._view.choose_candidate(at)

    def _on_said(self, words: str, can_undo: bool) -> None:
        if can_undo:
            self._shell.toast(words, Tone.SUCCESS, tr("Undo import"), self._presenter.undo_last)
        else:
            self._shell.toast(words)
