"""Today: reads the board, keeps it fresh, and leads to where the work is done."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from clinicdesk.i18n import sentence, tr
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.paper_day import day_pdf
from clinicdesk.presentation.runner import Runner
from clinicdesk.presentation.shell import Navigator
from clinicdesk.presentation.today.words import Local
from clinicdesk.presentation.viewing import ShowDocument
from clinicdesk.services.dose_values import DueDose
from clinicdesk.services.paper_day import PaperDay
from clinicdesk.services.tasks import Tasks
from clinicdesk.services.today import Alert, AlertKind, OpenVisit, Today, TodayBoard

_TASK_SCREENS = {"IMPORT_REVIEW": "admin.roster", "STOCK_LOW": "inventory", "RECOUNT": "medications"}


class Column(StrEnum):
    """The columns, and the tabs they become in a narrow window."""

    VISITS = "visits"
    DOSES = "doses"
    ALERTS = "alerts"


@dataclass(frozen=True, slots=True)
class TodayState:
    """What Today shows. The board stays while a fresh one is read."""

    board: TodayBoard | None = None
    busy: bool = False
    failure: str = ""
    column: Column = Column.VISITS
    message: str = ""


class TodayPresenter:
    """Decides what Today shows. `on_change` draws a state; `show` hands a document to the machine's viewer."""

    def __init__(
        self,
        today: Today,
        tasks: Tasks,
        paper: PaperDay,
        runner: Runner,
        navigator: Navigator,
        acts: LastActs,
        *,
        local: Local,
        show: ShowDocument,
    ) -> None:
        self._paper = paper
        self._local = local
        self._show = show
        self._today = today
        self._tasks = tasks
        self._runner = runner
        self._navigator = navigator
        self.acts = acts
        self._state = TodayState()
        self.on_change: Callable[[TodayState], None] | None = None
        acts.subscribe(self._on_act)

    @property
    def state(self) -> TodayState:
        return self._state

    def refresh(self) -> None:
        """Read the board anew; screens call it on arrival and every half minute."""
        self._set(replace(self._state, busy=True, failure=""))
        self._runner.run(self._today.board, done=self._on_board, failed=self._on_failed, key="today.board")

    def show_column(self, column: Column) -> None:
        self._set(replace(self._state, column=column))

    def new_visit(self) -> None:
        self._navigator.navigate("visits.visit")

    def open_visit(self, visit: OpenVisit) -> None:
        self._navigator.navigate("visits.visit", visit_id=str(visit.id))

    def dispose(self, visit: OpenVisit) -> None:
        """Go to the visit with its disposition in front."""
        self._navigator.navigate("visits.visit", visit_id=str(visit.id), part="disposition")

    def open_chart(self, student: uuid.UUID) -> None:
        self._navigator.navigate("students.chart", student_id=str(student))

    def open_dose(self, dose: DueDose) -> None:
        """The round at the time of this dose, with its card open."""
        self._navigator.navigate(
            "medications",
            student_id=str(dose.student.id),
            order_id=str(dose.order.id),
            slot_key=dose.slot.key,
            at=dose.slot.due_at.isoformat(),
        )

    def open_round(self) -> None:
        self._navigator.navigate("medications")

    def open_alert(self, alert: Alert) -> None:
        """Where the alert is dealt with."""
        match alert.kind:
            case AlertKind.CONFLICTS:
                self._navigator.navigate("sync")
            case AlertKind.STOCK_LOW | AlertKind.LOT_EXPIRES:
                self._navigator.navigate("inventory")
            case AlertKind.CO_REVIEW:
                self._navigator.navigate("visits.visit", visit_id=str(alert.row_id))
            case AlertKind.CONSENT_MISSING | AlertKind.ORDER_ENDS:
                self._navigator.navigate("medications", student_id=str(alert.students[0].id), order_id=str(alert.id))
            case _ if alert.task_kind == "CONSENT_EXPIRING":
                self._navigator.navigate("forms", signature_id=str(alert.row_id))
            case _ if alert.task_kind in _TASK_SCREENS:
                self._navigator.navigate(_TASK_SCREENS[alert.task_kind])
            case _ if alert.task_kind == "EFFECT_CHECK" and alert.students:
                self._navigator.navigate("medications", student_id=str(alert.students[0].id), task_id=str(alert.id))
            case _ if alert.students:
                self.open_chart(alert.students[0].id)

    def finish(self, alert: Alert) -> None:
        """Tick a task off where nothing more has to be said (Space)."""
        if alert.kind is AlertKind.TASK and alert.task_kind != "EFFECT_CHECK":
            self._runner.run(
                lambda: self._tasks.finish(alert.id), done=self.acts.done, failed=self._on_refused, key="today.task"
            )
        else:
            self.open_alert(alert)

    def print_day(self) -> None:
        """Today's round and a blank log, in one key: for the day the computer is down."""
        self._set(replace(self._state, message=tr("Making the sheets…")))
        self._runner.run(
            lambda: day_pdf(self._paper.round(), self._local),
            done=self._on_paper,
            failed=self._on_refused,
            key="today.paper",
        )

    def undo(self) -> None:
        self.acts.undo()

    def _on_act(self) -> None:
        self._set(replace(self._state, message=self.acts.message))
        self.refresh()

    def _on_board(self, board: TodayBoard) -> None:
        self._set(replace(self._state, board=board, busy=False, failure=""))

    def _on_paper(self, content: bytes) -> None:
        shown = self._show(content, "round.pdf")
        words = tr("The sheets are open: print them from there.")
        self._set(replace(self._state, message=words if shown else tr("This machine could not open the sheets.")))

    def _on_failed(self, error: Exception) -> None:
        self._set(replace(self._state, busy=False, failure=sentence(error)))

    def _on_refused(self, error: Exception) -> None:
        self._set(replace(self._state, message=sentence(error)))

    def _set(self, state: TodayState) -> None:
        self._state = state
        if self.on_change is not None:
            self.on_change(state)
