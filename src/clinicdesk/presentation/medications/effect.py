"""The check of what an as-needed dose did: one of four effects and a note, for a task of Today (M5)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from clinicdesk.i18n import sentence, term, tr
from clinicdesk.presentation.medications.words import Local
from clinicdesk.presentation.runner import Runner
from clinicdesk.services.dose_values import DoseSheet, PastDose, TaskDose
from clinicdesk.services.doses import Doses

EFFECTS = ("RELIEVED", "IMPROVED", "UNCHANGED", "WORSE")


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectState:
    """What the sheet shows: whose dose it was, what was found."""

    task: uuid.UUID | None = None
    sheet: DoseSheet | None = None
    dose: PastDose | None = None
    effect: str = ""
    note: str = ""
    done: bool = False
    busy: bool = False
    message: str = ""
    failure: str = ""

    @property
    def blocked(self) -> str:
        """Why it cannot be saved; empty when it can."""
        if self.sheet is None:
            return tr("Loading")
        if self.done:
            return tr("This check is done already.")
        if self.busy:
            return tr("Writing")
        return "" if self.effect else tr("Choose what the dose did.")


class EffectPresenter:
    """One effect check."""

    def __init__(self, doses: Doses, runner: Runner, local: Local) -> None:
        self._doses = doses
        self._runner = runner
        self.local = local
        self.state = EffectState()
        self.on_change: Callable[[EffectState], None] = lambda _state: None
        self.on_saved: Callable[[str], None] = lambda _words: None

    def open(self, task_id: uuid.UUID) -> None:
        """Read the dose that the task is about."""
        self._set(EffectState(task=task_id))

        def read() -> tuple[TaskDose, DoseSheet]:
            about = self._doses.dose_of_task(task_id)
            return about, self._doses.open_dose(about.order_id, about.student_id)

        def done(answer: tuple[TaskDose, DoseSheet]) -> None:
            about, sheet = answer
            dose = next((one for one in sheet.last if one.id == about.log_id), None)
            self._set(replace(self.state, sheet=sheet, dose=dose, done=about.done))

        def failed(error: Exception) -> None:
            self._set(replace(self.state, failure=sentence(error)))

        self._runner.run(read, done=done, failed=failed, key="effect")

    def choose(self, effect: str) -> None:
        self._set(replace(self.state, effect=effect, message=""))

    def set_note(self, words: str) -> None:
        self._set(replace(self.state, note=words))

    def save(self) -> None:
        """Close the task with what was found."""
        state = self.state
        task = state.task
        if state.blocked or task is None:
            return
        self._set(replace(state, busy=True, message=""))

        def done(_none: None) -> None:
            self._set(replace(self.state, busy=False, done=True))
            self.on_saved(tr("Checked: {effect}", effect=term("effect", state.effect)))

        def failed(error: Exception) -> None:
            self._set(replace(self.state, busy=False, message=sentence(error)))

        self._runner.run(lambda: self._doses.check_effect(task, state.effect, state.note), done=done, failed=failed)

    def _set(self, state: EffectState) -> None:
        self.state = state
        self.on_change(state)
