"""The school calendar as a screen of the frame."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.screens.calendar.view import DAYS, SESSIONS, CalendarView
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.gui.theme import Tone
from clinicdesk.i18n import tr
from clinicdesk.presentation.calendar.presenter import CalendarKeeping, CalendarPresenter
from clinicdesk.presentation.commands import BoundCommand, Command, Group, Scope
from clinicdesk.presentation.shell import COMMANDS, Keys

SCREEN = "admin.calendar"
OPEN = Command("admin.open-calendar", "School calendar", "", Group.GO, icon="calendar", act=Act.VIEW_CALENDAR)
"""For the palette: `bootstrap` binds it to `navigator.navigate(SCREEN)`."""
SAVE = replace(COMMANDS[Keys.PRIMARY], title="Save to the calendar")
REMOVE = Command(
    "calendar.remove", "Remove the chosen row", "Del", Group.LIST, Scope.SCREEN, icon="trash", screen=SCREEN
)


class CalendarScreen:
    """Made by `bootstrap` with the calendar service of the signed-in desk and its date."""

    id = SCREEN

    def __init__(self, shell: ShellContext, service: CalendarKeeping, today: Callable[[], dt.date]) -> None:
        self._shell = shell
        self._view = CalendarView(today)
        self._presenter = CalendarPresenter(service, shell.runner, today, self._view.draw, self._on_said)
        view, presenter = self._view, self._presenter
        view.school_picked.connect(presenter.choose_school)
        view.day_typed.connect(presenter.type_day)
        view.session_typed.connect(presenter.type_session)
        view.day_saved.connect(presenter.save_day)
        view.session_saved.connect(presenter.save_session)
        view.day_opened.connect(presenter.edit_day)
        view.session_opened.connect(presenter.edit_session)
        view.day_removed.connect(presenter.remove_day)
        view.session_removed.connect(presenter.remove_session)

    @property
    def title(self) -> str:
        return tr("School calendar")

    def widget(self) -> QWidget:
        return self._view

    def activate(self, **params: object) -> None:
        """`tab` may be `days` or `sessions`."""
        if params.get("tab") in {DAYS, SESSIONS}:
            self._view.tabs.choose(str(params["tab"]))
        self._presenter.open()
        self._view.focus_first()

    def deactivate(self) -> None:
        """What is typed stays in the form for as long as the person is signed in."""

    def commands(self) -> Sequence[BoundCommand]:
        return (
            BoundCommand(SAVE, self._save, self._reason),
            BoundCommand(REMOVE, self._view.remove_current),
        )

    def _save(self) -> None:
        if self._view.tab() == DAYS:
            self._presenter.save_day()
        else:
            self._presenter.save_session()

    def _reason(self) -> str:
        return "" if self._presenter.state.editable else tr("Only the office changes this calendar.")

    def _on_said(self, words: str, undo: Callable[[], None] | None) -> None:
        self._shell.toast(words, Tone.SUCCESS, tr("Undo") if undo is not None else "", undo)
