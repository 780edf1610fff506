"""Admin as a screen of the frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from clinicdesk.gui.screens.admin.sheets import AdmitSheet, DecideSheet
from clinicdesk.gui.screens.admin.view import AdminView
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.i18n import tr
from clinicdesk.presentation.admin.presenter import (
    AdminPresenter,
    AdminState,
    KnownLine,
    PersonLine,
    PlaceLink,
    WaitingLine,
)
from clinicdesk.presentation.commands import BoundCommand, Command, Group, Scope
from clinicdesk.presentation.shell import COMMANDS, Keys

SCREEN = "admin"
SUBMIT = replace(COMMANDS[Keys.PRIMARY], title="Admit or approve", icon="check")
REVOKE = Command(
    "admin.revoke", "Revoke the chosen workstation", "Del", Group.LIST, Scope.SCREEN, icon="lock", screen=SCREEN
)
_SHEET_WIDTH = 400
Presenting = Callable[[Callable[[AdminState], None], Callable[[str], None]], AdminPresenter]


class AdminScreen:
    """Made by `screens`; `presenting` builds the presenter over what it draws with."""

    id = SCREEN

    def __init__(self, shell: ShellContext, presenting: Presenting) -> None:
        self._shell = shell
        self._view = AdminView()
        self._sheet: AdmitSheet | DecideSheet | None = None
        self._presenter = presenting(self._draw, shell.toast)
        self._view.link_opened.connect(self._on_link)
        self._view.person_opened.connect(self._on_person)
        self._view.waiting_opened.connect(self._on_waiting)
        self._view.revoke_wanted.connect(self._on_revoke)
        self._view.refresh_wanted.connect(self._presenter.read_devices)
        self._view.draw(self._presenter.state)

    @property
    def title(self) -> str:
        return tr("Admin")

    def widget(self) -> QWidget:
        return self._view

    def activate(self, **params: object) -> None:
        self._presenter.open()
        self._view.focus_first()

    def deactivate(self) -> None:
        """A half-typed password is not kept."""
        if self._sheet is not None:
            self._shell.close_sheet()

    def commands(self) -> Sequence[BoundCommand]:
        return (
            BoundCommand(SUBMIT, self._submit, self._submit_reason),
            BoundCommand(REVOKE, self._view.revoke_current, self._revoke_reason),
        )

    def _submit(self) -> None:
        if self._sheet is not None:
            self._sheet.submit()

    def _submit_reason(self) -> str:
        if self._sheet is None:
            return tr("Open a person or a workstation first.")
        return self._presenter.state.busy

    def _revoke_reason(self) -> str:
        return self._presenter.revoke_reason(self._view.known.current())

    def _draw(self, state: AdminState) -> None:
        self._view.draw(state)
        if self._sheet is None:
            return
        if state.admitting is None and state.deciding is None:
            self._shell.close_sheet()
        else:
            self._sheet.draw(state)

    def _on_link(self, link: PlaceLink) -> None:
        self._shell.navigator.navigate(link.screen)

    def _on_person(self, line: PersonLine) -> None:
        if self._presenter.begin_admitting(line):
            sheet = AdmitSheet(line, self._presenter.least_password, self._on_closed)
            sheet.admitted.connect(self._presenter.admit)
            self._open(tr("Admit {name}", name=line.name), sheet)

    def _on_waiting(self, line: WaitingLine) -> None:
        if self._presenter.begin_deciding(line):
            sheet = DecideSheet(line, self._presenter.school_choices, self._on_closed)
            sheet.approved.connect(self._on_approved)
            sheet.refused.connect(self._presenter.refuse)
            self._open(tr("Let {name} in?", name=line.name), sheet)

    def _open(self, title: str, sheet: AdmitSheet | DecideSheet) -> None:
        self._shell.open_sheet(title, sheet, width=_SHEET_WIDTH)
        self._sheet = sheet

    def _on_approved(self, schools: Sequence[str], compared: bool) -> None:
        self._presenter.approve(schools, compared=compared)

    def _on_revoke(self, line: KnownLine | None) -> None:
        """One of the five questions (ux-spec 1.3): a workstation cannot be let in again without a new invite."""
        if line is None or self._presenter.revoke_reason(line):
            return

        def answered(yes: bool) -> None:
            if yes:
                self._presenter.revoke(line)

        self._shell.asker.confirm(
            tr("Shut {name} out?", name=line.name),
            tr("It cannot send or fetch anything from its next contact on. Only a new invite brings it back."),
            tr("Shut it out"),
            answered,
        )

    def _on_closed(self) -> None:
        self._sheet = None
        self._presenter.close_sheet()
