"""The chart: a header that always says who, tabs, and the sheets of what is written down from it (mockup 02)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.screens.people import tags_of
from clinicdesk.gui.screens.students import entry_sheets as sheets
from clinicdesk.gui.screens.students import pages
from clinicdesk.gui.screens.students.cards import emergency_card, plan_card
from clinicdesk.gui.screens.students.glance import GlanceStrip
from clinicdesk.gui.screens.students.parts import grow_downwards
from clinicdesk.gui.screens.students.summary import plan_title, summary_page
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.gui.theme.metrics import CONTENT_MARGINS
from clinicdesk.gui.widgets.buttons import Button, Kind, LinkText
from clinicdesk.gui.widgets.layout import FlowLayout, box, clear, column, scrolling
from clinicdesk.gui.widgets.naming import announce, name
from clinicdesk.gui.widgets.people import StudentHeader, StudentIdentity
from clinicdesk.gui.widgets.states import NoPermission, Skeleton, StateStack
from clinicdesk.gui.widgets.tabs import TabBar, TabStrip
from clinicdesk.i18n import tr
from clinicdesk.presentation.commands import BoundCommand, Command, Group, Scope
from clinicdesk.presentation.shell import COMMANDS, Keys
from clinicdesk.presentation.students.chart import ChartPresenter, ChartState, Phase, Tab
from clinicdesk.presentation.students.words import (
    badges,
    birth_words,
    detail_words,
    legal_words,
    shown,
)
from clinicdesk.services.contacts import ContactEntry
from clinicdesk.services.student_values import Chart, EmergencyCard, PlanOnRecord

_TABS = {
    Tab.SUMMARY: "Summary",
    Tab.VISITS: "Visits",
    Tab.MEDICATIONS: "Medications",
    Tab.IMMUNIZATIONS: "Immunizations",
    Tab.CONDITIONS: "Conditions & plans",
    Tab.SCREENINGS: "Screenings",
    Tab.GROWTH: "Growth",
    Tab.DOCUMENTS: "Documents & consent",
    Tab.CONTACTS: "Contacts",
    Tab.TIMELINE: "Timeline",
}
_FIELDS = {
    "diagnosed_date": "diagnosed_on",
    "diagnosed_by_name": "diagnosed_by",
    "next_review_date": "next_review",
    "phone_number": "phone",
    "preferred_name": "name",
}
_HERE: dict[str, Any] = {"group": Group.SCREEN, "scope": Scope.SCREEN, "screen": "students.chart"}
_ALLERGY = Command("chart.add-allergy", "Add allergy", "A", icon="plus", act=Act.EDIT_ALLERGIES, **_HERE)
_CONDITION = Command("chart.add-condition", "Add condition", icon="plus", act=Act.EDIT_CONDITIONS, **_HERE)
_CONTACT = Command("chart.add-contact", "Add contact", icon="plus", act=Act.EDIT_EMERGENCY_CONTACTS, **_HERE)
_NAME = Command("chart.preferred-name", "Change preferred name", icon="pen", act=Act.EDIT_STUDENT, **_HERE)


class ChartView(QWidget):
    """Draws a `ChartState`."""

    def __init__(self, shell: ShellContext, presenter: ChartPresenter, zone: ZoneInfo) -> None:
        super().__init__()
        name(self, "chart", tr("Student chart"))
        self._shell = shell
        self._presenter = presenter
        self._zone = zone
        self._sheet: sheets.EntrySheet | None = None
        self._saved = 0
        self._drawn: object = None
        self.card_button = self._action(Keys.EMERGENCY_CARD, "ambulance", presenter.emergency_card)
        self.dose_button = self._action(Keys.GIVE_MEDICATION, "pill", presenter.give_medication)
        self.visit_button = self._action(Keys.NEW_VISIT, "plus", presenter.new_visit, kind=Kind.PRIMARY)
        blank = StudentIdentity("", "", "", "")
        self.header = StudentHeader(blank, self._actions(), large=True, line=False)
        self.tabs = TabBar(
            "chart.tabs", tr("Pages of the chart"), [(tab.value, tr(words)) for tab, words in _TABS.items()]
        )
        self._page = QVBoxLayout()
        self._page.setContentsMargins(*CONTENT_MARGINS)
        self._area = scrolling(box(self._page), "chart.page", tr("Page of the chart"))
        self.page_states = StateStack(self._area, Skeleton(6))
        body = QWidget()
        lines = column(self.header, TabStrip(self.tabs), self.page_states, gap=0)
        lines.setStretch(2, 1)
        body.setLayout(lines)
        self.states = StateStack(body, Skeleton(6, row_height=58, photo=True))
        self.setLayout(column(self.states, gap=0))
        self.tabs.picked.connect(self._on_tab)
        self.states.retried.connect(self._on_retry)
        self.page_states.retried.connect(self._on_page_retry)
        presenter.on_card = self.show_card

    # --- drawing ------------------------------------------------------------------------------------------------

    def draw(self, state: ChartState) -> None:
        match state.phase:
            case Phase.EMPTY | Phase.LOADING:
                self.states.show_loading()
            case Phase.GLANCE:
                self._draw_glance(state)
            case Phase.FAILED:
                self.states.show_error(state.failure, tr("Nothing was changed."))
            case Phase.DENIED:
                self.states.show_other(NoPermission(state.needed_roles, object_name="chart.denied"))
            case Phase.READY if state.chart is not None:
                self._draw_chart(state, state.chart)
        self._draw_sheet(state)

    def _draw_glance(self, state: ChartState) -> None:
        if state.glance is None:
            return
        strip = GlanceStrip(state.glance, private=self._shell.private)
        strip.confirmed.connect(self._presenter.confirm_identity)
        strip.declined.connect(self._on_declined)
        self.states.show_other(strip)
        strip.confirm.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(strip, tr("Another student here has the same name. Check the date of birth."), assertive=True)

    def _draw_chart(self, state: ChartState, chart: Chart) -> None:
        private = self._shell.private
        student = chart.student
        self.header.set_identity(
            StudentIdentity(
                "" if private or student.photo is None else str(student.id),
                shown(student.name, private=private),
                birth_words(student.birth_date, chart.today),
                detail_words(student, self._zone),
                "" if private else legal_words(student.name),
                tags_of(badges(chart.badges)),
            )
        )
        allowed = {self.card_button: Act.VIEW_EMERGENCY_CARD, self.dose_button: Act.GIVE_SCHEDULED_DOSE}
        for button, act in allowed.items():
            button.setVisible(act in state.may)
        self.visit_button.setVisible(Act.CHECK_IN in state.may)
        words = tr("Open visit") if chart.summary.open_visit is not None else tr("New visit")
        self.visit_button.set_text(words)
        self.tabs.choose(state.tab.value)
        fresh = self.states.shown() is not self.states.layout().itemAt(0).widget()  # type: ignore[union-attr]
        self.states.show_content()
        self._draw_page(state, chart)
        if fresh:
            self.tabs.setFocus(Qt.FocusReason.OtherFocusReason)

    def _draw_page(self, state: ChartState, chart: Chart) -> None:
        if state.page_denied:
            self.page_states.show_other(NoPermission(state.page_denied, object_name="chart.page.denied"))
            return
        if state.page_failure:
            self.page_states.show_error(state.page_failure)
            return
        content = chart if state.tab is Tab.SUMMARY else state.page
        if content is None:
            self.page_states.show_loading()
            return
        # A page is built anew only when its content is another: focus and scroll position stay.
        drawn = (state.tab, content, state.may, self._shell.private)
        if drawn != self._drawn:
            self._drawn = drawn
            clear(self._page)
            self._page.addWidget(self._made(state, chart, content))
            self._area.verticalScrollBar().setValue(0)
        self.page_states.show_content()

    def _made(self, state: ChartState, chart: Chart, content: Any) -> QWidget:  # Any: each tab has its own values
        zone = self._zone
        match state.tab:
            case Tab.SUMMARY:
                return summary_page(chart, state.may, zone, self)
            case Tab.VISITS:
                return pages.visits_page(content, zone, self)
            case Tab.MEDICATIONS:
                return pages.medications_page(content, zone)
            case Tab.IMMUNIZATIONS:
                return pages.immunizations_page(content)
            case Tab.CONDITIONS:
                adds = self._links(state, ("conditions.add", tr("Add"), Act.EDIT_CONDITIONS, self.add_condition))
                return pages.conditions_page(content, state.may, zone, self, *adds)
            case Tab.SCREENINGS:
                return pages.screenings_page(content, zone)
            case Tab.GROWTH:
                return pages.growth_page(content, zone)
            case Tab.DOCUMENTS:
                collect = (
                    "documents.collect",
                    tr("Collect consent"),
                    Act.COLLECT_CONSENT,
                    self._presenter.collect_consent,
                )
                return pages.documents_page(content, *self._links(state, collect))
            case Tab.CONTACTS:
                add = ("contacts.add", tr("Add"), Act.EDIT_EMERGENCY_CONTACTS, self.add_contact)
                return pages.contacts_page(content, *self._links(state, add))
            case Tab.TIMELINE:
                return pages.timeline_page(content, zone)

    def _links(self, state: ChartState, *wanted: tuple[str, str, Act, Callable[[], None]]) -> list[LinkText]:
        made = []
        for key, words, act, run in wanted:
            if act in state.may:
                link = LinkText(words, f"chart.{key}")
                link.clicked.connect(run)
                made.append(link)
        return made

    # --- what the summary offers (SummaryActs) ------------------------------------------------------------------

    def add_allergy(self) -> None:
        self._open_sheet(tr("Add an allergy"), sheets.allergy_sheet(), self._save_allergy)

    def state_none_known(self) -> None:
        self._open_sheet(tr("No known allergies"), sheets.none_known_sheet(), self._save_none_known)

    def add_condition(self) -> None:
        self._open_sheet(tr("Add a condition"), sheets.condition_sheet(), self._save_condition)

    def add_contact(self) -> None:
        self._open_sheet(tr("Add a contact"), sheets.contact_sheet(), self._save_contact)

    def change_name(self) -> None:
        facts = self._presenter.state.facts
        if facts is not None:
            sheet = sheets.name_sheet(facts.name.preferred or "")
            self._open_sheet(tr("Preferred name"), sheet, self._save_name)

    def open_plan(self, plan: PlanOnRecord) -> None:
        self._shell.open_sheet(plan_title(plan), plan_card(plan), width=400)

    def open_plan_at(self, at: int) -> None:
        """The plan behind a digit key."""
        chart = self._presenter.state.chart
        plans = chart.summary.plans if chart is not None else None
        if plans and at <= len(plans):
            self.open_plan(plans[at - 1])

    def show_medications(self) -> None:
        self._presenter.show_tab(Tab.MEDICATIONS)

    def show_visits(self) -> None:
        self._presenter.show_tab(Tab.VISITS)

    def open_visit(self, visit: uuid.UUID) -> None:
        self._presenter.open_visit(visit)

    def show_card(self, card: EmergencyCard) -> None:
        made = emergency_card(card, private=self._shell.private)
        self._shell.open_sheet(tr("Emergency card"), made, width=420)

    # --- sheets -------------------------------------------------------------------------------------------------

    def _open_sheet(
        self, title: str, sheet: sheets.EntrySheet, save: Callable[[Mapping[str, str | bool]], None]
    ) -> None:
        self._presenter.forget_entry()
        self._sheet = sheet
        self._saved = self._presenter.state.saved
        sheet.submitted.connect(save)
        sheet.destroyed.connect(self._on_sheet_gone)
        self._shell.open_sheet(title, sheet, width=380)

    def _draw_sheet(self, state: ChartState) -> None:
        if self._sheet is None:
            if state.failure and state.phase is Phase.READY:
                announce(self, state.failure)
            return
        if state.saved > self._saved:
            self._sheet = None
            self._shell.close_sheet()
            self._shell.toast(tr("Saved"))
            return
        self._sheet.show_problems(state.field_errors, state.failure, _FIELDS)

    def _on_sheet_gone(self, _gone: object) -> None:
        self._sheet = None

    def _save_allergy(self, typed: Mapping[str, str | bool]) -> None:
        self._presenter.add_allergy(
            allergen=str(typed["allergen"]),
            kind=str(typed["kind"]),
            severity=str(typed["severity"]),
            reactions=str(typed["reactions"]),
            verified=bool(typed["verified"]),
        )

    def _save_none_known(self, typed: Mapping[str, str | bool]) -> None:
        self._presenter.state_none_known(str(typed["informant"]))

    def _save_condition(self, typed: Mapping[str, str | bool]) -> None:
        self._presenter.add_condition(**{key: str(value) for key, value in typed.items()})

    def _save_contact(self, typed: Mapping[str, str | bool]) -> None:
        self._presenter.add_contact(
            ContactEntry(
                first_name=str(typed["first_name"]),
                last_name=str(typed["last_name"]),
                relationship=str(typed["relationship"]),
                phone=str(typed["phone"]),
                may_pick_up=bool(typed["may_pick_up"]),
                custody_limits=str(typed["custody_limits"]).strip() or None,
                notes=str(typed["notes"]).strip() or None,
            )
        )

    def _save_name(self, typed: Mapping[str, str | bool]) -> None:
        self._presenter.call_by(str(typed["name"]))

    # --- parts --------------------------------------------------------------------------------------------------

    def _actions(self) -> QWidget:
        """The buttons wrap where a sheet leaves no room for all of them."""
        made = QWidget()
        flow = FlowLayout(made)
        for button in (self.card_button, self.dose_button, self.visit_button):
            flow.addWidget(button)
        return grow_downwards(made)

    def _action(self, key: str, icon: str, run: Callable[[], None], kind: Kind = Kind.SECONDARY) -> Button:
        command = COMMANDS[key]
        made = Button(command.words, f"chart.{icon}", kind=kind, icon=icon, shortcut=command.shortcut)
        made.clicked.connect(run)
        return made

    def _on_tab(self, key: str) -> None:
        if Tab(key) is not self._presenter.state.tab:
            self._presenter.show_tab(Tab(key))

    def _on_retry(self) -> None:
        student = self._presenter.state.student
        if student is not None:
            self._presenter.open(student)

    def _on_page_retry(self) -> None:
        self._presenter.show_tab(self._presenter.state.tab)

    def _on_declined(self) -> None:
        self._shell.navigator.back()


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
            (Keys.PREVIOUS_STUDENT, lambda: presenter.beside(-1), lambda: presenter.beside_reason(-1)),
            (Keys.NEXT_STUDENT, lambda: presenter.beside(1), lambda: presenter.beside_reason(1)),
        )
        bound = [BoundCommand(COMMANDS[key], run, reason) for key, run, reason in shared]
        bound += [
            BoundCommand(_ALLERGY, view.add_allergy, self._needs_chart),
            BoundCommand(_CONDITION, view.add_condition, self._needs_chart),
            BoundCommand(_CONTACT, view.add_contact, self._needs_chart),
            BoundCommand(_NAME, view.change_name, self._needs_chart),
        ]
        bound += [BoundCommand(_plan_key(at), _Plan(view, at), self._needs_chart) for at in range(1, 10)]
        return bound

    def _needs_chart(self) -> str:
        return "" if self._presenter.state.phase is Phase.READY else tr("Open a student first.")

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
