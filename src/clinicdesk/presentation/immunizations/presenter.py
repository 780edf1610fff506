"""The immunization screen: whom it is about, the entry of a dose and its draft (`ux-spec.md` 7.6, T7)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError, WorldError
from clinicdesk.domain.permissions import Act
from clinicdesk.i18n import sentence, tr
from clinicdesk.presentation.immunizations.drafts import Typed, as_draft, from_draft
from clinicdesk.presentation.immunizations.entry import (
    DoseEntry,
    all_clear,
    field_of,
    for_vaccine,
    lot_scanned,
    lot_typed,
    lot_warnings,
    read_entry,
    with_foreign_lot,
    with_lot,
    with_vaccine,
)
from clinicdesk.presentation.immunizations.old_doses import OldDoseGrid
from clinicdesk.presentation.immunizations.records import RecordSheets
from clinicdesk.presentation.immunizations.state import ImmunizationState
from clinicdesk.presentation.immunizations.words import finding_words, kept_words
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.runner import Runner
from clinicdesk.services.desk import Desk
from clinicdesk.services.immunization_drafts import VaccineDrafts
from clinicdesk.services.immunization_values import (
    Recorded,
    VaccinationRefusedError,
    VaccineHistory,
    VaccineLot,
)
from clinicdesk.services.immunizations import Immunizations
from clinicdesk.services.search import FoundStudent, Search, SearchAnswer
from clinicdesk.services.student_values import StudentFacts


class ImmunizationPresenter:
    """Intents of the immunization screen; `records` and `old` take those of the side sheets."""

    def __init__(
        self,
        desk: Desk,
        service: Immunizations,
        drafts: VaccineDrafts,
        search: Search,
        runner: Runner,
        acts: LastActs,
    ) -> None:
        self._desk = desk
        self._service = service
        self._drafts = drafts
        self._search = search
        self._runner = runner
        self._acts = acts
        self._answer: SearchAnswer | None = None
        self._parked: DoseEntry | None = None
        self._asked = ""
        self._changed = False
        self.state = ImmunizationState()
        self.on_change: Callable[[ImmunizationState], None] = _nothing
        self.on_said: Callable[[str, bool], None] = _nothing_said
        self.records = RecordSheets(self, desk, service, runner)
        self.old = OldDoseGrid(self, service, runner)
        acts.subscribe(self._on_act)

    # Whom it is about

    def open(self, student: str) -> None:
        """The history of a student, audited, with what was typed for her before."""
        key = uuid.UUID(student)
        if self.state.history is not None and self.state.history.student.id == key:
            self.refresh()
            return
        self.keep_draft()
        self._asked = student
        self._begin(ImmunizationState(loading=True))

        def work() -> tuple[VaccineHistory, dict[str, Any] | None]:
            return self._service.open(key), self._drafts.of(key)

        self._runner.run(work, done=self._on_opened, failed=self._on_failed, key="immunizations")

    def refresh(self) -> None:
        """Read once more: after an act, a sync, or on coming back."""
        history = self.state.history
        if history is None:
            self._runner.run(
                self._drafts.waiting, done=self._on_waiting, failed=self._on_failed, key="immunizations.waiting"
            )
            return
        key = history.student.id
        self._runner.run(
            lambda: self._service.history(key), done=self._on_history, failed=self._on_failed, key="immunizations"
        )

    def retry(self) -> None:
        """Once more what could not be read."""
        if self.state.history is None and self._asked:
            self.open(self._asked)
        else:
            self.refresh()

    def another(self) -> None:
        """Leave this student and look for the next one."""
        self.keep_draft()
        self._asked = ""
        self._begin(ImmunizationState())
        self.refresh()

    def find(self, query: str) -> None:
        self.set(query=query, sure=None)
        if not query.strip():
            self.set(found=())
            return
        self._runner.run(lambda: self._search.widened(query, limit=8), done=self._on_found, key="immunizations.find")

    def choose(self, student: FoundStudent) -> bool:
        """Whether this one is meant: one of a same-name pair is looked at twice, by birth date (M1)."""
        if student.same_name and self.state.sure != student:
            self.set(sure=student)
            return False
        answer = self._answer
        if answer is not None:
            self._runner.run(lambda: self._search.used(answer, (student.id,)), failed=_nothing_failed)
        return True

    # A dose given here

    def type(self, name: str, text: str) -> None:
        """A field of the entry, as typed; a lot that is being typed is none of the stock yet."""
        self.change_entry(**{name: text}, **({"lot_id": None, "ndc": ""} if name == "lot" else {}))

    def choose_vaccine(self, text: str) -> None:
        """The vaccine fills what is usual for it: site, route, amount, and the sheet handed out last."""
        entry = replace(self.state.entry, vaccine=text)
        vaccine = entry.product
        if vaccine is None:
            self.change_entry(vaccine=text)
            return
        entry = for_vaccine(entry, vaccine)
        self.change_entry(edition=self._edition(entry, vaccine.cvx), **with_vaccine(entry, vaccine))

    def type_lot(self, text: str) -> None:
        """A lot of the stock fills vaccine, maker and expiry; another one is kept as typed."""
        history, product = self.state.history, self.state.entry.product
        lot = lot_typed(text, history.lots, product.cvx if product else None) if history is not None else None
        if lot is None:
            self.change_entry(lot=text, lot_id=None, ndc="")
        else:
            self._take_lot(lot)

    def scanned(self, code: str) -> bool:
        """Whether a scan was a lot: one of ours fills the form, a foreign one gives its number and expiry."""
        history, product = self.state.history, self.state.entry.product
        if history is None or not self.state.may(Act.RECORD_VACCINATION):
            return False
        read = lot_scanned(code, history.lots, product.cvx if product else None)
        if isinstance(read, VaccineLot):
            self._take_lot(read)
        elif read is not None:
            self.change_entry(**with_foreign_lot(read))
            self.on_said(tr("This lot is not in the stock of this school: type its vaccine and maker."), False)
        return read is not None

    def screen(self, question: str, *, yes: bool) -> None:
        self.change_entry(screening={**self.state.entry.screening, question: yes})

    def screen_all_clear(self) -> None:
        self.change_entry(screening=all_clear())

    def save(self) -> None:
        """Write the dose or its correction, or say what it lacks."""
        history, entry = self.state.history, self.state.entry
        if history is None or self.state.busy or not self.state.may(Act.RECORD_VACCINATION):
            return
        try:
            new = read_entry(entry, history, self._desk.local(self._desk.now()))
        except InvalidValueError as problem:
            self.set(problems=((field_of(problem.field), sentence(problem)),))
            return
        if entry.corrects is not None and not entry.why.strip():
            self.set(problems=(("why", tr("Needed here.")),))
            return
        corrects = entry.corrects
        self.set(busy=True, problems=())

        def work() -> Recorded:
            if corrects is not None:
                return self._service.correct_vaccination(corrects, new, entry.why)
            return self._service.record_vaccination(new)

        self._runner.run(work, done=self._on_recorded, failed=self._on_refused)

    def begin_correction(self, entry: DoseEntry) -> None:
        """Put a dose on record into the fields; what was being entered waits."""
        if self.state.entry.corrects is None:
            self._parked = self.state.entry
        self.set(entry=entry, problems=(), needs_reason=bool(entry.lifts), sheet=None)

    def leave_correction(self) -> None:
        """Let the correction go; what was being entered comes back."""
        if self.state.entry.corrects is not None:
            self._changed = True
            self.set(entry=self._parked or DoseEntry(), problems=(), needs_reason=False)
            self._parked = None

    def close_sheet(self) -> None:
        """Esc: the sheet goes, what was typed in it stays (ux-spec 3)."""
        if self.state.sheet is not None:
            self.set(sheet=None, opened=None, sheet_problems=())

    # Keeping

    def keep_draft(self) -> None:
        """Keep what was typed, if anything is new: within a second of the last key, and on leaving (ux-spec 1.4)."""
        history = self.state.history
        if not self._changed or history is None:
            return
        self._changed = False
        key, content = history.student.id, self._content()
        self._runner.run(
            lambda: self._drafts.keep(key, content),
            done=lambda _none: self._on_kept(key),
            failed=self._on_draft_failed,
            key=f"immunizations.draft.{key}",
        )

    def leave(self) -> None:
        """The person leaves or the desk locks: what was typed is written before the runner's work is dropped."""
        history = self.state.history
        if not self._changed or history is None:
            return
        try:
            self._drafts.keep(history.student.id, self._content())
        except (WorldError, PermissionDeniedError) as error:
            self._on_draft_failed(error)
            return
        self._changed = False

    # For the sheets

    def touched(self) -> None:
        """Something was typed that no draft holds yet."""
        self._changed = True

    def set(self, **changes: Any) -> None:
        state = replace(self.state, **changes)
        warnings = lot_warnings(state.entry, state.history) if state.history is not None else ()
        self.state = replace(state, warnings=warnings)
        self.on_change(self.state)

    def done(self, words: str, recorded: Recorded) -> None:
        """An act is written: say it, offer to take it back, read again."""
        if recorded.last_act is not None:
            self._acts.done(recorded.last_act)
        self.on_said(words, recorded.last_act is not None)
        self.refresh()

    def undo(self) -> None:
        """Take the last act back, within its minute without a word."""
        self._acts.undo()

    def change_entry(self, **changes: Any) -> None:
        self._changed = True
        self.set(entry=replace(self.state.entry, **changes), problems=())

    # Answers

    def _take_lot(self, lot: VaccineLot) -> None:
        filled = with_lot(self.state.entry, lot)
        self.change_entry(**filled)
        self.change_entry(edition=self._edition(self.state.entry, lot.cvx or ""))

    def _edition(self, entry: DoseEntry, cvx: str) -> str:
        """The sheet as it stands in the form, else the one handed out last for this vaccine."""
        history = self.state.history
        known = history.editions.get(cvx) if history is not None else None
        return entry.edition or (known.isoformat() if known is not None else "")

    def _content(self) -> dict[str, Any] | None:
        state = self.state
        typed = Typed(entry=state.entry, parked=self._parked, old=state.old, exemption=state.exemption)
        return as_draft(typed, self._desk.today())

    def _begin(self, state: ImmunizationState) -> None:
        """Another student or none: nothing of the one before stays on the screen (M1)."""
        self._parked = None
        self._changed = False
        self.state = state
        self.on_change(self.state)

    def _on_opened(self, answer: tuple[VaccineHistory, dict[str, Any] | None]) -> None:
        history, draft = answer
        self.set(history=history, loading=False, failure="", denied="")
        if draft is None:
            return
        typed = from_draft(draft, history.today)
        entry, self._parked = typed.entry, typed.parked
        if entry.corrects is not None and entry.corrects not in {line.id for line in history.doses}:
            # Somebody was here before: a correction of what does not stand any more is let go.
            entry, self._parked = self._parked or DoseEntry(), None
        self.set(
            entry=entry,
            needs_reason=bool(entry.lifts),
            old=self.old.read(typed.old),
            exemption=typed.exemption,
            draft_at=self._desk.local(self._desk.now()),
        )

    def _on_history(self, history: VaccineHistory) -> None:
        self.set(history=history, failure="", busy=False)
        if self.state.old.text:
            self.set(old=self.old.read(self.state.old))

    def _on_waiting(self, waiting: tuple[StudentFacts, ...]) -> None:
        if self.state.history is None:
            self.set(waiting=waiting)

    def _on_found(self, answer: SearchAnswer) -> None:
        self._answer = answer
        if answer.query == self.state.query:
            self.set(found=answer.students)

    def _on_recorded(self, recorded: Recorded) -> None:
        said = tr("Dose recorded.")
        if self.state.entry.corrects is not None:
            said = tr("Dose corrected")
        elif recorded.observe_until is not None:
            said = tr("Dose recorded. The 15-minute observation is running.")
        entry = self._parked if self.state.entry.corrects is not None and self._parked else DoseEntry()
        self._parked = None
        self._changed = True
        self.set(entry=entry, busy=False, needs_reason=False)
        self.keep_draft()
        self.done(said, recorded)

    def _on_refused(self, error: Exception) -> None:
        if isinstance(error, VaccinationRefusedError):
            found = tuple((field_of(finding.code), finding_words(finding)) for finding in error.findings)
            needs = self.state.needs_reason or any(name == "lifts" for name, _ in found)
            self.set(problems=found, needs_reason=needs, busy=False)
        elif isinstance(error, InvalidValueError):
            self.set(problems=((field_of(error.field), sentence(error)),), busy=False)
        else:
            self.set(problems=(("", kept_words(error)),), busy=False)
            self._changed = True
            self.keep_draft()

    def _on_kept(self, student: uuid.UUID) -> None:
        history = self.state.history
        if history is None or history.student.id != student:
            return
        content = self._content()
        self.set(draft_at=None if content is None else self._desk.local(self._desk.now()))

    def _on_draft_failed(self, error: Exception) -> None:
        self._changed = True
        self.set(problems=(("", sentence(error)),))

    def _on_act(self) -> None:
        """Something was taken back, here or on Today: show what stands now."""
        if self._acts.act is None and self.state.history is not None:
            self.refresh()

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, PermissionDeniedError):
            self.set(denied=str(error.params.get("roles", "")), loading=False, busy=False)
            return
        self.set(failure=sentence(error), loading=False, busy=False)


def _nothing(_state: ImmunizationState) -> None:
    return


def _nothing_said(_words: str, _undoable: bool) -> None:
    return


def _nothing_failed(_error: Exception) -> None:
    return
