"""Visit documentation as a screen of the frame: commands, toasts with undo, drafts on leaving."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from clinicdesk.gui.screens.students.cards import emergency_card
from clinicdesk.gui.screens.visits.reason import ReasonSheet
from clinicdesk.gui.screens.visits.view import VisitView
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.gui.theme import Tone
from clinicdesk.i18n import sentence, tr
from clinicdesk.presentation.commands import BoundCommand, Command, Group, Scope
from clinicdesk.presentation.shell import COMMANDS, Keys
from clinicdesk.presentation.students.words import shown
from clinicdesk.presentation.visits.form import RESTING
from clinicdesk.presentation.visits.ports import SearchService, VisitService
from clinicdesk.presentation.visits.presenter import VisitPresenter
from clinicdesk.presentation.visits.state import STEPS, VisitState
from clinicdesk.services.student_values import EmergencyCard
from clinicdesk.services.undo import LastAct

SCREEN = "visits.visit"
_TICK_MS = 1000
_CARD = "visit.card"
_GOES = ("RETURN_TO_CLASS", "SENT_HOME", "EMERGENCY_TRANSPORT", RESTING)
_GOES_WORDS = ("Back to class", "Home", "ER or 911", "Rest in clinic")

SIGN = replace(COMMANDS[Keys.PRIMARY], title="Sign the visit")
UNDO = replace(COMMANDS[Keys.UNDO], title="Undo the last act")


def _own(id_: str, title: str, key: str) -> Command:
    return Command(id_, title, key, Group.SCREEN, Scope.SCREEN, screen=SCREEN)


COMPLAINT = _own("visit.complaint", "Add a complaint", "C")


class VisitScreen:
    """Made by `bootstrap` with the services of the signed-in desk; `noted` hears of each act that can be undone."""

    id = SCREEN

    def __init__(
        self,
        shell: ShellContext,
        visits: VisitService,
        search: SearchService,
        zone: ZoneInfo,
        noted: Callable[[LastAct], None] = lambda _act: None,
        card: Callable[[uuid.UUID], EmergencyCard] | None = None,
    ) -> None:
        self._shell = shell
        self._noted = noted
        self._card = card
        self._last: LastAct | None = None
        self._view = VisitView()
        self._presenter = VisitPresenter(visits, search, shell.runner, shell.clock, zone, self)
        self._clock = QTimer(self._view, interval=_TICK_MS)
        self._clock.timeout.connect(self._presenter.tick)
        self._connect()

    @property
    def title(self) -> str:
        sheet = self._presenter.state.sheet
        return shown(sheet.student.name, private=self._shell.private) if sheet is not None else tr("New visit")

    @property
    def presenter(self) -> VisitPresenter:
        return self._presenter

    def widget(self) -> QWidget:
        return self._view

    def activate(self, **params: object) -> None:
        here, private = self._clock.isActive(), self._shell.private
        self._clock.start()
        if private != self._view.private:
            self._view.private = self._presenter.private = private
            if here:
                # Privacy mode alone has changed (F9): what stands here stays, with other names.
                self._view.draw(self._presenter.state)
                return
        self._presenter.open(visit_id=_key(params.get("visit_id")), student_id=_key(params.get("student_id")))

    def deactivate(self) -> None:
        self._clock.stop()
        self._view.stop_autosave()
        self._presenter.leave()

    def commands(self) -> Sequence[BoundCommand]:
        presenter = self._presenter
        places = tuple(
            BoundCommand(_own(f"visit.goes-{at}", words, str(at)), self._disposing(key), self._closed)
            for at, (key, words) in enumerate(zip(_GOES, _GOES_WORDS, strict=True), start=1)
        )
        steps = tuple(
            BoundCommand(_own(f"visit.step-{step.code}", step.title, step.key), self._logging(step.code), self._closed)
            for step in STEPS
        )
        return (
            BoundCommand(SIGN, presenter.sign, self._closed),
            BoundCommand(COMMANDS[Keys.SAVE_DRAFT], presenter.save, self._closed),
            BoundCommand(COMMANDS[Keys.CONFIRM_TEMPLATE], presenter.confirm_all, self._closed),
            BoundCommand(COMMANDS[Keys.START_911], presenter.start_911, self._closed),
            BoundCommand(COMMANDS[Keys.PREVIOUS_STUDENT], self._previous),
            BoundCommand(COMMANDS[Keys.NEXT_STUDENT], self._next),
            BoundCommand(UNDO, self._undo_last, self._nothing_to_undo),
            BoundCommand(COMPLAINT, self._to_complaint, self._closed),
            BoundCommand(COMMANDS[Keys.GIVE_MEDICATION], self._going("medications"), self._nobody),
            BoundCommand(COMMANDS[Keys.RECORD_IMMUNIZATION], self._going("immunizations"), self._nobody),
            BoundCommand(COMMANDS[Keys.EMERGENCY_CARD], self._read_card, self._nobody),
            *places,
            *steps,
        )

    # What the presenter says

    def draw(self, state: VisitState) -> None:
        self._view.draw(state)

    def focus(self, place: str) -> None:
        self._view.go_to(place)

    def said(self, words: str, act: LastAct | None) -> None:
        self._last = act
        if act is None:
            self._shell.toast(words)
            return
        self._noted(act)
        self._shell.toast(words, Tone.SUCCESS, tr("Undo"), lambda: self._presenter.undo(act))

    def left(self) -> None:
        self._shell.navigator.navigate("today")

    def ask_reason(self, title: str, verb: str, answered: Callable[[str], None]) -> None:
        def given(reason: str) -> None:
            self._shell.close_sheet()
            answered(reason)

        self._shell.open_sheet(title, ReasonSheet(verb, given))

    # What the person does

    def _connect(self) -> None:
        view, presenter = self._view, self._presenter
        view.asking.typed.connect(presenter.look_for)
        view.asking.chosen.connect(presenter.choose)
        arrival, findings, leaving = view.arrival, view.findings, view.leaving
        arrival.came_typed.connect(lambda text: presenter.change(came=text))
        arrival.brought_by_typed.connect(lambda text: presenter.change(brought_by=text))
        arrival.complaint_added.connect(presenter.add_complaint)
        arrival.complaint_removed.connect(presenter.remove_complaint)
        arrival.template_picked.connect(presenter.pick_template)
        arrival.step_wanted.connect(presenter.log)
        findings.emergency_wanted.connect(presenter.start_911)
        findings.vital_typed.connect(presenter.set_vital)
        findings.vital_left.connect(presenter.check_fields)
        findings.field_typed.connect(presenter.set_field)
        findings.reason_typed.connect(presenter.set_reason)
        findings.touched.connect(lambda key, found: presenter.touch(key, found=found))
        findings.danger_set.connect(lambda key, found: presenter.set_danger(key, found=found))
        findings.intervened.connect(presenter.set_interventions)
        findings.medication_wanted.connect(self._going("medications"))
        findings.note_typed.connect(presenter.set_note)
        leaving.disposed.connect(presenter.dispose)
        leaving.reason_typed.connect(lambda text: presenter.change(disposition_reason=text))
        leaving.released_typed.connect(lambda text: presenter.change(released_to=text))
        leaving.called.connect(presenter.log_call)
        leaving.follow_up_picked.connect(lambda words: presenter.change(follow_up=words))
        leaving.follow_up_on_typed.connect(lambda text: presenter.change(follow_up_on=text))
        leaving.left_typed.connect(lambda text: presenter.change(left=text))
        view.sign_wanted.connect(presenter.sign)
        view.save_wanted.connect(presenter.save)
        view.confirm_wanted.connect(presenter.confirm_all)
        view.amend_wanted.connect(presenter.amend)
        view.review_wanted.connect(presenter.co_review)
        view.unamend_wanted.connect(presenter.leave_as_signed)
        view.version_wanted.connect(presenter.other_version)
        view.chart_wanted.connect(self._open_chart)
        view.tab_picked.connect(lambda key: presenter.open(visit_id=key))
        view.autosave_due.connect(presenter.keep_draft)

    def _closed(self) -> str:
        return "" if self._presenter.state.editable else tr("Open a visit first.")

    def _nothing_to_undo(self) -> str:
        return "" if self._last is not None else tr("There is nothing to undo.")

    def _undo_last(self) -> None:
        if self._last is not None:
            self._presenter.undo(self._last)

    def _disposing(self, key: str) -> Callable[[], None]:
        return lambda: self._presenter.dispose(key)

    def _logging(self, code: str) -> Callable[[], None]:
        return lambda: self._presenter.log(code)

    def _previous(self) -> None:
        self._presenter.step_through(-1)

    def _next(self) -> None:
        self._presenter.step_through(1)

    def _to_complaint(self) -> None:
        self._view.go_to("complaints")

    def _open_chart(self) -> None:
        self._going("students.chart")()

    def _going(self, screen: str) -> Callable[[], None]:
        """Elsewhere, with the student who is here."""

        def go() -> None:
            sheet = self._presenter.state.sheet
            if sheet is not None:
                self._shell.navigator.navigate(screen, student_id=str(sheet.student.id))

        return go

    def _nobody(self) -> str:
        return "" if self._presenter.state.sheet is not None else tr("Find the student first.")

    def _read_card(self) -> None:
        """The emergency card of the student who is here, beside her visit (Ctrl+E)."""
        sheet, read = self._presenter.state.sheet, self._card
        if sheet is None or read is None:
            return
        student = sheet.student.id
        self._shell.runner.run(lambda: read(student), done=self._show_card, failed=self._on_card_failed, key=_CARD)

    def _show_card(self, card: EmergencyCard) -> None:
        made = emergency_card(card, private=self._shell.private)
        self._shell.open_sheet(tr("Emergency card"), made, width=420)

    def _on_card_failed(self, error: Exception) -> None:
        self._shell.toast(sentence(error), Tone.DANGER)


def _key(value: object) -> uuid.UUID | None:
    """A route carries keys as text; both forms are understood."""
    if isinstance(value, uuid.UUID):
        return value
    return uuid.UUID(value) if isinstance(value, str) and value else None
