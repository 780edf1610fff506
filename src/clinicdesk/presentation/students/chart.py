"""One student's chart: the second look before it opens, its tabs, the ways to other screens."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError
from clinicdesk.domain.permissions import Act
from clinicdesk.i18n import sentence, tr
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.runner import Runner
from clinicdesk.presentation.shell import Navigator
from clinicdesk.presentation.students.entries import ChartEntries
from clinicdesk.presentation.students.listing import StudentOrder
from clinicdesk.presentation.students.papers import ChartPapers
from clinicdesk.presentation.students.printing import emergency_paper
from clinicdesk.presentation.viewing import ShowDocument
from clinicdesk.reports.emergency_card import emergency_card_pdf
from clinicdesk.services.allergies import HealthFacts
from clinicdesk.services.charts import Charts
from clinicdesk.services.contacts import Contacts
from clinicdesk.services.desk import Desk
from clinicdesk.services.restricted import RestrictedNote, RestrictedNotes
from clinicdesk.services.student_papers import StudentPapers
from clinicdesk.services.student_values import Chart, EmergencyCard, PaperOnRecord, StudentFacts
from clinicdesk.services.students import Glance, Students
from clinicdesk.services.undo import LastAct


class Tab(StrEnum):
    """The pages of a chart, in their order."""

    SUMMARY = "summary"
    VISITS = "visits"
    MEDICATIONS = "medications"
    IMMUNIZATIONS = "immunizations"
    CONDITIONS = "conditions"
    SCREENINGS = "screenings"
    GROWTH = "growth"
    DOCUMENTS = "documents"
    CONTACTS = "contacts"
    TIMELINE = "timeline"


class Phase(StrEnum):
    """What the chart shows as a whole."""

    EMPTY = "empty"
    LOADING = "loading"
    GLANCE = "glance"
    READY = "ready"
    FAILED = "failed"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class ChartState:
    """What the chart shows. `page` is the content of the tab in front, None while it is read."""

    phase: Phase = Phase.EMPTY
    student: uuid.UUID | None = None
    glance: Glance | None = None
    chart: Chart | None = None
    tab: Tab = Tab.SUMMARY
    page: object = None
    page_failure: str = ""
    page_denied: str = ""
    failure: str = ""
    needed_roles: str = ""
    field_errors: tuple[tuple[str, str], ...] = ()
    saved: int = 0
    may: frozenset[Act] = field(default_factory=frozenset)

    @property
    def facts(self) -> StudentFacts | None:
        return self.chart.student if self.chart is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartServices:
    """What the chart works with."""

    students: Students
    charts: Charts
    health: HealthFacts
    contacts: Contacts
    restricted: RestrictedNotes
    papers: StudentPapers


_WRITING = (
    Act.EDIT_ALLERGIES,
    Act.EDIT_CONDITIONS,
    Act.EDIT_EMERGENCY_CONTACTS,
    Act.EDIT_STUDENT,
    Act.CHECK_IN,
    Act.GIVE_SCHEDULED_DOSE,
    Act.RECORD_VACCINATION,
    Act.VIEW_EMERGENCY_CARD,
    Act.VIEW_HEALTH_RECORD,
    Act.COLLECT_CONSENT,
    Act.WRITE_ORDER,
    Act.PRINT_RECORD,
    Act.EDIT_HEALTH_RECORD,
)


class ChartPresenter:
    """Decides what the chart shows.

    `on_change` draws a state, `on_card` shows the emergency card, `on_restricted` the restricted notes.
    """

    def __init__(
        self,
        desk: Desk,
        services: ChartServices,
        runner: Runner,
        navigator: Navigator,
        acts: LastActs,
        order: StudentOrder,
        opened: Callable[[uuid.UUID, dt.datetime], None],
        show: ShowDocument,
    ) -> None:
        self._desk = desk
        self._services = services
        self._runner = runner
        self._navigator = navigator
        self._acts = acts
        self._order = order
        self._opened = opened
        self._show = show
        self._state = ChartState()
        self.entries = ChartEntries(
            services.students, services.health, services.contacts, desk.today, self._write, self._on_refused
        )
        self.papers = ChartPapers(
            services.papers, runner, navigator, show, self._write, self._on_refused, self.collect_consent
        )
        self.on_change: Callable[[ChartState], None] | None = None
        self.on_card: Callable[[EmergencyCard], None] | None = None
        self.on_restricted: Callable[[tuple[RestrictedNote, ...]], None] | None = None

    @property
    def state(self) -> ChartState:
        return self._state

    # --- opening ------------------------------------------------------------------------------------------------

    def open(self, student: uuid.UUID, tab: Tab = Tab.SUMMARY) -> None:
        """Open a chart. The one already open is read anew and not opened again."""
        if student == self._state.student and self._state.phase is Phase.READY:
            if tab is not self._state.tab:
                self.show_tab(tab)
            else:
                self.refresh()
            return
        self._set(ChartState(phase=Phase.LOADING, student=student, tab=tab))
        self._runner.run(
            lambda: self._services.students.glance(student),
            done=self._on_glance,
            failed=self._on_failed,
            key="students.chart",
        )

    def confirm_identity(self) -> None:
        """Photo and birth date match: this is the student meant (M1)."""
        if self._state.phase is Phase.GLANCE and self._state.student is not None:
            self._read(self._state.student)

    def refresh(self) -> None:
        """Read the open chart again; what is shown stays until the answer is there."""
        student = self._state.student
        if student is None or self._state.phase is not Phase.READY:
            return
        self._runner.run(
            lambda: self._services.students.refresh(student),
            done=self._on_chart,
            failed=self._on_failed,
            key="students.chart",
        )

    def beside(self, by: int) -> None:
        """The previous or next student of the list the chart was opened from."""
        if self._state.student is None:
            return
        other = self._order.beside(self._state.student, by)
        if other is not None:
            self._navigator.navigate("students.chart", student_id=str(other))

    def beside_reason(self, by: int) -> str:
        """Why there is nobody in that direction."""
        student = self._state.student
        there = student is not None and self._order.beside(student, by) is not None
        return "" if there else tr("There is no further student in the list.")

    # --- pages --------------------------------------------------------------------------------------------------

    def show_tab(self, tab: Tab) -> None:
        self._set(replace(self._state, tab=tab, page=None, page_failure="", page_denied=""))
        self._read_page()

    # --- going elsewhere ----------------------------------------------------------------------------------------

    def new_visit(self) -> None:
        """The open visit of this student, or a new one."""
        chart = self._state.chart
        if chart is None:
            return
        if chart.summary.open_visit is not None:
            self._navigator.navigate("visits.visit", visit_id=str(chart.summary.open_visit))
        else:
            self._navigator.navigate("visits.visit", student_id=str(chart.student.id))

    def open_visit(self, visit: uuid.UUID) -> None:
        self._navigator.navigate("visits.visit", visit_id=str(visit))

    def give_medication(self) -> None:
        self._with_student("medications")

    def record_immunization(self) -> None:
        self._with_student("immunizations")

    def open_paper(self, paper: PaperOnRecord) -> None:
        """A line of documents and consent, where it is read; what was said of another one is over."""
        self.forget_entry()
        self.papers.open(paper)

    def collect_consent(self) -> None:
        self._with_student("forms")

    def new_order(self) -> None:
        self._with_student("medications.order")

    def emergency_card(self) -> None:
        student = self._state.student
        if student is not None:
            self._runner.run(
                lambda: self._services.students.emergency_card(student), done=self._on_card, failed=self._on_refused
            )

    def print_card(self) -> None:
        """The emergency card as a PDF, shown from where it is printed (Ctrl+P)."""
        student = self._state.student
        if student is None:
            return

        def paper() -> bytes:
            card = self._services.students.emergency_card(student, printed=True)
            return emergency_card_pdf(emergency_paper(card, self._desk.school.name, self._desk.local(self._desk.now())))

        self._runner.run(paper, done=self._on_paper, failed=self._on_refused, key="students.paper")

    def read_restricted(self) -> None:
        """The restricted notes, for the role that reads them."""
        student = self._state.student
        if student is not None:
            self._runner.run(
                lambda: self._services.restricted.read(student), done=self._on_restricted, failed=self._on_refused
            )

    def break_glass(self, reason: str) -> None:
        """The restricted notes in an emergency, with the reason on record."""
        student = self._state.student
        if student is not None:
            self._set(replace(self._state, field_errors=(), failure=""))
            self._runner.run(
                lambda: self._services.restricted.break_glass(student, reason),
                done=self._on_restricted,
                failed=self._on_refused,
            )

    def forget_entry(self) -> None:
        """A sheet was closed: its errors go with it."""
        self._set(replace(self._state, field_errors=(), failure=""))

    # --- parts --------------------------------------------------------------------------------------------------

    def _with_student(self, screen: str) -> None:
        if self._state.student is not None:
            self._navigator.navigate(screen, student_id=str(self._state.student))

    def _on_glance(self, glance: Glance) -> None:
        if glance.same_name:
            self._set(replace(self._state, phase=Phase.GLANCE, glance=glance))
        else:
            self._read(glance.student.id)

    def _read(self, student: uuid.UUID) -> None:
        self._set(replace(self._state, phase=Phase.LOADING))

        def read() -> Chart:
            chart = self._services.students.open(student)
            self._opened(student, self._desk.now())
            return chart

        self._runner.run(read, done=self._on_chart, failed=self._on_failed, key="students.chart")

    def _on_chart(self, chart: Chart) -> None:
        schools = (chart.student.school_id,) if chart.student.school_id is not None else None
        may = frozenset(act for act in _WRITING if self._desk.may(act, schools))
        shown = self._state.page if self._state.phase is Phase.READY else None
        self._set(replace(self._state, phase=Phase.READY, student=chart.student.id, chart=chart, may=may, page=shown))
        self._read_page()

    def _read_page(self) -> None:
        student, tab = self._state.student, self._state.tab
        if student is None or tab is Tab.SUMMARY:
            return
        charts = self._services.charts
        pages: dict[Tab, Callable[[uuid.UUID], Any]] = {
            Tab.VISITS: charts.visits,
            Tab.MEDICATIONS: charts.medications,
            Tab.IMMUNIZATIONS: charts.immunizations,
            Tab.CONDITIONS: charts.conditions,
            Tab.SCREENINGS: charts.screenings,
            Tab.GROWTH: charts.growth,
            Tab.DOCUMENTS: charts.papers,
            Tab.CONTACTS: charts.contacts,
            Tab.TIMELINE: charts.timeline,
        }

        def on_page(page: object) -> None:
            if tab is self._state.tab:
                self._set(replace(self._state, page=page))

        self._runner.run(
            lambda: pages[tab](student), done=on_page, failed=self._on_page_failed, key="students.chart.page"
        )

    def _on_page_failed(self, error: Exception) -> None:
        if isinstance(error, PermissionDeniedError):
            self._set(replace(self._state, page=None, page_denied=str(error.params.get("roles", ""))))
        else:
            self._set(replace(self._state, page=None, page_failure=sentence(error)))

    def _on_card(self, card: EmergencyCard) -> None:
        if self.on_card is not None:
            self.on_card(card)

    def _on_paper(self, content: bytes) -> None:
        if not self._show(content, "emergency-card.pdf"):
            self._set(replace(self._state, failure=tr("No program that shows PDF was found on this computer.")))

    def _on_restricted(self, notes: tuple[RestrictedNote, ...]) -> None:
        if self.on_restricted is not None:
            self.on_restricted(notes)

    def _write(self, act: Callable[[uuid.UUID], LastAct | None]) -> None:
        student = self._state.student
        if student is None:
            return
        self._set(replace(self._state, field_errors=(), failure=""))
        self._runner.run(lambda: act(student), done=self._on_written, failed=self._on_refused)

    def _on_written(self, act: LastAct | None) -> None:
        if act is not None:
            self._acts.done(act)
        self._set(replace(self._state, saved=self._state.saved + 1))
        self.refresh()

    def _on_refused(self, error: Exception) -> None:
        if isinstance(error, InvalidValueError):
            self._set(replace(self._state, field_errors=((error.field, sentence(error)),)))
        else:
            self._set(replace(self._state, failure=sentence(error)))

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, PermissionDeniedError):
            roles = str(error.params.get("roles", ""))
            self._set(replace(self._state, phase=Phase.DENIED, chart=None, needed_roles=roles))
        else:
            self._set(replace(self._state, phase=Phase.FAILED, chart=None, failure=sentence(error)))

    def _set(self, state: ChartState) -> None:
        self._state = state
        if self.on_change is not None:
            self.on_change(state)
