"""The chart: a header that always says who, tabs, and the sheets of what is written down from it (mockup 02)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.screens.people import tags_of
from clinicdesk.gui.screens.students import pages
from clinicdesk.gui.screens.students.cards import emergency_card, plan_card, restricted_card
from clinicdesk.gui.screens.students.chart_sheets import ChartSheets
from clinicdesk.gui.screens.students.contacts import contacts_page, line_of
from clinicdesk.gui.screens.students.glance import GlanceStrip
from clinicdesk.gui.screens.students.parts import grow_downwards
from clinicdesk.gui.screens.students.summary import summary_page
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.gui.theme import Tone
from clinicdesk.gui.theme.metrics import CONTENT_MARGINS
from clinicdesk.gui.widgets.buttons import Button, Kind, LinkText
from clinicdesk.gui.widgets.layout import FlowLayout, box, clear, column, scrolling
from clinicdesk.gui.widgets.naming import announce, name
from clinicdesk.gui.widgets.people import StudentHeader, StudentIdentity
from clinicdesk.gui.widgets.states import NoPermission, Skeleton, StateStack
from clinicdesk.gui.widgets.tabs import TabBar, TabStrip
from clinicdesk.i18n import tr
from clinicdesk.presentation.shell import COMMANDS, Keys
from clinicdesk.presentation.students.chart import ChartPresenter, ChartState, Phase, Tab
from clinicdesk.presentation.students.words import (
    badges,
    birth_words,
    detail_words,
    legal_words,
    plan_words,
    shown,
)
from clinicdesk.services.restricted import RestrictedNote
from clinicdesk.services.student_values import (
    AllergyOnRecord,
    Chart,
    ConditionOnRecord,
    ContactOnRecord,
    EmergencyCard,
    PlanOnRecord,
)

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


class ChartView(QWidget):
    """Draws a `ChartState`."""

    def __init__(self, shell: ShellContext, presenter: ChartPresenter, zone: ZoneInfo) -> None:
        super().__init__()
        name(self, "chart", tr("Student chart"))
        self._shell = shell
        self._presenter = presenter
        self._zone = zone
        self.sheets = ChartSheets(shell, presenter)
        self._drawn: object = None
        self._told = ""
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
        presenter.on_restricted = self.show_restricted

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
        if self.sheets.open:
            self.sheets.draw(state)
        elif state.failure != self._told and state.failure and state.phase is Phase.READY:
            self._shell.toast(state.failure, Tone.DANGER)
        self._told = state.failure

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
            held, at = self._focus_held(), self._area.verticalScrollBar().value()
            same = bool(held)
            clear(self._page)
            page = self._made(state, chart, content)
            self._page.addWidget(page)
            self._area.verticalScrollBar().setValue(at if same else 0)
            self._hold_focus(page, held)
        self.page_states.show_content()

    def _focus_held(self) -> str:
        """The name of the part of the page that has the focus: the page built anew gives it back (ux-spec 8)."""
        focus = self.window().focusWidget()
        return focus.objectName() if focus is not None and self._area.isAncestorOf(focus) else ""

    def _hold_focus(self, page: QWidget, held: str) -> None:
        part = page.findChild(QWidget, held) if held else None
        if held and (part is None or not part.isEnabled()):
            self.tabs.setFocus(Qt.FocusReason.OtherFocusReason)
        elif part is not None:
            part.setFocus(Qt.FocusReason.OtherFocusReason)

    def _made(self, state: ChartState, chart: Chart, content: Any) -> QWidget:  # Any: each tab has its own values
        zone = self._zone
        match state.tab:
            case Tab.SUMMARY:
                return summary_page(chart, state.may, zone, self)
            case Tab.VISITS:
                return pages.visits_page(content, zone, self)
            case Tab.MEDICATIONS:
                order = ("orders.new", tr("New order"), Act.WRITE_ORDER, self._presenter.new_order)
                return pages.medications_page(content, zone, *self._links(state, order))
            case Tab.IMMUNIZATIONS:
                return pages.immunizations_page(content)
            case Tab.CONDITIONS:
                add_condition = ("conditions.add", tr("Add"), Act.EDIT_CONDITIONS, self.sheets.add_condition)
                adds = self._links(state, add_condition)
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
                scan = ("documents.scan", tr("Add a scan"), Act.EDIT_HEALTH_RECORD, self.sheets.add_scan)
                return pages.documents_page(content, self._presenter.open_paper, *self._links(state, scan, collect))
            case Tab.CONTACTS:
                add = ("contacts.add", tr("Add"), Act.EDIT_EMERGENCY_CONTACTS, self.sheets.add_contact)
                return contacts_page(content, state.may, zone, self, *self._links(state, add))
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

    # --- what the pages offer (SummaryActs) ---------------------------------------------------------------------

    def add_allergy(self) -> None:
        self.sheets.add_allergy()

    def amend_allergy(self, known: AllergyOnRecord) -> None:
        self.sheets.amend_allergy(known)

    def resume_allergy(self, known: AllergyOnRecord) -> None:
        self._presenter.entries.resume_allergy(known.id)

    def state_none_known(self) -> None:
        self.sheets.state_none_known()

    def amend_condition(self, known: ConditionOnRecord) -> None:
        self.sheets.amend_condition(known)

    def amend_contact(self, known: ContactOnRecord) -> None:
        self.sheets.amend_contact(known)

    def call_earlier(self, contacts: Sequence[ContactOnRecord], moved: uuid.UUID, by: int) -> None:
        self._presenter.entries.call_earlier(contacts, moved, by)

    def move_contact(self, by: int) -> None:
        """Alt+Up and Alt+Down in the call order."""
        line = line_of(self.window().focusWidget())
        if line is not None:
            line.shift(by)

    def needs_contact(self) -> str:
        here = line_of(self.window().focusWidget()) is not None
        return "" if here else tr("Go to a line of the call order first.")

    def open_plan(self, plan: PlanOnRecord) -> None:
        self._shell.open_sheet(plan_words(plan), plan_card(plan), width=400)

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

    def open_restricted(self) -> None:
        chart = self._presenter.state.chart
        if chart is not None and chart.summary.may_read_restricted:
            self._presenter.read_restricted()
        elif chart is not None:
            self.sheets.break_glass()

    def show_restricted(self, notes: tuple[RestrictedNote, ...]) -> None:
        self.sheets.let_go()
        self._shell.open_sheet(tr("Restricted notes"), restricted_card(notes, self._zone), width=420)

    def show_card(self, card: EmergencyCard) -> None:
        may_print = Act.PRINT_RECORD in self._presenter.state.may
        made = emergency_card(
            card, private=self._shell.private, print_card=self._presenter.print_card if may_print else None
        )
        self._shell.open_sheet(tr("Emergency card"), made, width=420)

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
