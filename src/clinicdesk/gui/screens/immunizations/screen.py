"""The immunization screen in the frame: its routes, commands, scans and drafts (`ux-spec.md` 7.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.screens.immunizations.view import ImmunizationView
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.gui.theme import Tone
from clinicdesk.gui.widgets.naming import announce
from clinicdesk.i18n import tr
from clinicdesk.presentation.commands import BoundCommand
from clinicdesk.presentation.immunizations.presenter import ImmunizationPresenter
from clinicdesk.presentation.immunizations.state import Sheet
from clinicdesk.presentation.shell import COMMANDS, Keys

SCREEN = "immunizations"
SAVE = replace(COMMANDS[Keys.PRIMARY], title="Save dose")
ALL_CLEAR = replace(COMMANDS[Keys.CONFIRM_TEMPLATE], title="All screening questions clear")
PASTE = COMMANDS[Keys.PASTE_HISTORY]


class ImmunizationScreen:
    """`activate(student_id="")`; without a student it asks for one."""

    id = SCREEN

    def __init__(self, shell: ShellContext, presenter: ImmunizationPresenter) -> None:
        self._shell = shell
        self._presenter = presenter
        self._view = ImmunizationView(shell, presenter, self._on_opened)
        presenter.on_change = self._view.draw
        presenter.on_said = self._on_said

    @property
    def title(self) -> str:
        return tr("Immunizations")

    @property
    def view(self) -> ImmunizationView:
        return self._view

    def widget(self) -> QWidget:
        return self._view

    def scanned(self, code: str) -> bool:
        """A scan while this screen shows: a lot fills the form, and the focus goes to what is still empty."""
        taken = self._presenter.scanned(code)
        if taken:
            self._view.focus_empty()
        return taken

    def activate(self, **params: object) -> None:
        self._view.draw(self._presenter.state)
        student = str(params.get("student_id", ""))
        if student:
            self._presenter.open(student)
        else:
            self._presenter.refresh()
        if not self._presenter.state.loading:
            self._view.focus_first()

    def deactivate(self) -> None:
        """What is typed is kept as a draft; the sheet goes, its text stays."""
        self._view.stop_autosave()
        self._presenter.leave()
        self._presenter.close_sheet()

    def commands(self) -> Sequence[BoundCommand]:
        return (
            BoundCommand(SAVE, self._view.save, self._no_save),
            BoundCommand(COMMANDS[Keys.SAVE_DRAFT], self._presenter.keep_draft, self._no_student),
            BoundCommand(ALL_CLEAR, self._presenter.screen_all_clear, self._no_giving),
            BoundCommand(PASTE, self._presenter.old.show, self._no_student),
        )

    def _no_student(self) -> str:
        return "" if self._presenter.state.history is not None else tr("Find the student first.")

    def _no_giving(self) -> str:
        if self._presenter.state.may(Act.RECORD_VACCINATION):
            return ""
        return self._no_student() or tr("Your role does not give vaccines.")

    def _no_save(self) -> str:
        sheet = self._presenter.state.sheet
        return self._no_student() if sheet in {Sheet.OLD, Sheet.REPORTED} else self._no_giving()

    def _on_opened(self, student: str) -> None:
        self._shell.navigator.navigate(SCREEN, student_id=student)

    def _on_said(self, words: str, undoable: bool) -> None:
        """What was done, with its undo; a mere notice has none."""
        if undoable:
            self._shell.toast(words, Tone.SUCCESS, tr("Undo"), self._presenter.undo)
        else:
            self._shell.toast(words, Tone.INFO)
        announce(self._view, words)
