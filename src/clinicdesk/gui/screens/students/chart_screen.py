"""The chart as a screen of the frame: its title, its route, and its commands."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.screens.students.chart import ChartView
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.i18n import tr
from clinicdesk.presentation.commands import BoundCommand, Command, Group, Scope
from clinicdesk.presentation.shell import COMMANDS, Keys
from clinicdesk.presentation.students.chart import ChartPresenter, ChartState, Phase, Tab
from clinicdesk.presentation.students.words import shown

_HERE: dict[str, Any] = {"group": Group.SCREEN, "scope": Scope.SCREEN, "screen": "students.chart"}
_ALLERGY = Command("chart.add-allergy", "Add allergy", "A", icon="plus", act=Act.EDIT_ALLERGIES, **_HERE)
_CONDITION = Command("chart.add-condition", "Add condition", icon="plus", act=Act.EDIT_CONDITIONS, **_HERE)
_CONTACT = Command("chart.add-contact", "Add contact", icon="plus", act=Act.EDIT_EMERGENCY_CONTACTS, **_HERE)
_SCAN = Command("chart.add-scan", "Add a scanned paper", "S", icon="document", act=Act.EDIT_HEALTH_RECORD, **_HERE)
_ORDER = Command("chart.new-order", "New order", "O", icon="pill", act=Act.WRITE_ORDER, **_HERE)
_EARLIER = Command("chart.contact-earlier", "Call this contact earlier", "Alt+Up", icon="arrow-up", **_HERE)
_LATER = Command("chart.contact-later", "Call this contact later", "Alt+Down", icon="arrow-down", **_HERE)
_NAME = Command("chart.preferred-name", "Change preferred name", icon="pen", act=Act.EDIT_STUDENT, **_HERE)


class ChartScreen:
    """One student's chart as a screen of the frame; `student_id` says whose, `tab` which page."""

    id = "students.chart"

    def __init__(self, shell: ShellContext, presenter: ChartPresenter, zone: ZoneInfo) -> None:
        self._shell = shell
        self._presenter = presenter
        self._view = ChartView(shell, presenter, zone)
        self._offered: tuple[object, ...] = ()
        presenter.on_change = self._on_change

    @property
    def title(self) -> str:
        facts = self._presenter.state.facts
        return shown(facts.name, private=self._shell.private) if facts is not None else tr("Students")

    @property
    def view(self) -> ChartView:
        return self._view

    def widget(self) -> QWidget:
        return self._view

    def activate(self, **params: object) -> None:
        if "student_id" in params:
            tab = Tab(str(params.get("tab", Tab.SUMMARY)))
            self._presenter.open(uuid.UUID(str(params["student_id"])), tab)
        else:
            self._view.draw(self._presenter.state)

    def deactivate(self) -> None:
        self._presenter.forget_entry()

    def commands(self) -> Sequence[BoundCommand]:
        presenter, view = self._presenter, self._view
        shared = (
            (Keys.EMERGENCY_CARD, presenter.emergency_card, self._needs_chart),
            (Keys.GIVE_MEDICATION, presenter.give_medication, self._needs_chart),
            (Keys.NEW_VISIT, presenter.new_visit, self._needs_chart),
            (Keys.RECORD_IMMUNIZATION, presenter.record_immunization, self._needs_chart),
            (Keys.PRINT, presenter.print_card, self._why_no_print),
            (Keys.PREVIOUS_STUDENT, lambda: presenter.beside(-1), lambda: presenter.beside_reason(-1)),
            (Keys.NEXT_STUDENT, lambda: presenter.beside(1), lambda: presenter.beside_reason(1)),
        )
        bound = [BoundCommand(COMMANDS[key], run, reason) for key, run, reason in shared]
        bound += [
            BoundCommand(_ALLERGY, view.sheets.add_allergy, self._needs_chart),
            BoundCommand(_CONDITION, view.sheets.add_condition, self._needs_chart),
            BoundCommand(_CONTACT, view.sheets.add_contact, self._needs_chart),
            BoundCommand(_NAME, view.sheets.change_name, self._needs_chart),
            BoundCommand(_SCAN, view.sheets.add_scan, self._needs_chart),
            BoundCommand(_ORDER, presenter.new_order, self._needs_chart),
            BoundCommand(_EARLIER, lambda: view.move_contact(-1), view.needs_contact),
            BoundCommand(_LATER, lambda: view.move_contact(1), view.needs_contact),
        ]
        bound += [BoundCommand(_plan_key(at), _Plan(view, at), self._needs_chart) for at in range(1, 10)]
        return bound

    def _needs_chart(self) -> str:
        return "" if self._presenter.state.phase is Phase.READY else tr("Open a student first.")

    def _why_no_print(self) -> str:
        may = Act.PRINT_RECORD in self._presenter.state.may
        return self._needs_chart() or ("" if may else tr("Your role does not include this."))

    def _on_change(self, state: ChartState) -> None:
        self._view.draw(state)
        offered = (state.phase, state.student)
        if offered != self._offered:
            self._offered = offered
            self._shell.title_changed()


class _Plan:
    """Opens the plan behind a digit."""

    def __init__(self, view: ChartView, at: int) -> None:
        self._view = view
        self._at = at

    def __call__(self) -> None:
        self._view.open_plan_at(self._at)


def _plan_key(at: int) -> Command:
    return Command(f"chart.plan.{at}", "Open action plan {at}", str(at), unlisted=True, icon="document", **_HERE)
