"""Decides what the visit screen shows and does: who came, what is kept and signed (ux-spec 7.4, T3)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from clinicdesk.core.clock import Clock
from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError, WorldError
from clinicdesk.domain.visits import assess_closing
from clinicdesk.i18n import sentence, term, tr
from clinicdesk.presentation.runner import Runner
from clinicdesk.presentation.students.words import shown
from clinicdesk.presentation.visits import judging
from clinicdesk.presentation.visits.asking import WhoCame
from clinicdesk.presentation.visits.filling import UNTOLD
from clinicdesk.presentation.visits.form import (
    FIELD_OF,
    RESTING,
    VisitForm,
    came_at,
    entry_of,
    follow_up_of,
    from_draft,
    from_entry,
)
from clinicdesk.presentation.visits.form_in_hand import FormInHand
from clinicdesk.presentation.visits.ports import Listener, SearchService, VisitService
from clinicdesk.presentation.visits.state import CALL_911, STEP_OF, Asking, VisitState
from clinicdesk.services.search import FoundStudent
from clinicdesk.services.undo import LastAct, needs_reason
from clinicdesk.services.visit_reading import judged
from clinicdesk.services.visit_values import (
    CheckedIn,
    NewCall,
    NewVisit,
    OpenTab,
    Signed,
    VisitEntry,
    VisitRefusedError,
    VisitSheet,
)
from clinicdesk.services.vitals import implausible


class VisitPresenter(FormInHand):
    """One visit at a time; the others wait in their tabs. Nothing typed is lost (ux-spec 1.4)."""

    def __init__(
        self,
        visits: VisitService,
        search: SearchService,
        runner: Runner,
        clock: Clock,
        zone: ZoneInfo,
        listener: Listener,
    ) -> None:
        super().__init__(clock, zone, listener)
        self._visits = visits
        self._runner = runner
        self.private = False
        self._checking_in = False
        self._sign_wanted = False
        self._who = WhoCame(
            search, runner, lambda: self._state.asking, lambda asking: self._set(asking=asking), self._on_quiet
        )

    # Coming here

    def open(self, *, visit_id: uuid.UUID | None = None, student_id: uuid.UUID | None = None) -> None:
        """A visit, a student who came in, or nobody yet."""
        self.keep_draft()
        if visit_id is not None:
            self._load(lambda: self._visits.visit(visit_id))
        elif student_id is not None:
            self._load(lambda: self._visits.arriving(student_id))
        else:
            self._state = VisitState(now=self._here(), tabs=self._state.tabs, asking=Asking())
            self._draw()
            self._to.focus("who")
        self._runner.run(self._visits.open_visits, done=self._on_tabs, failed=self._on_quiet, key="visit.tabs")

    def other_version(self) -> None:
        """What was signed before the amendment; from there the newest again."""
        sheet = self._state.sheet
        if sheet is None or sheet.id is None or sheet.signed_at is None:
            return
        if sheet.superseded:
            self.open(visit_id=sheet.id)
        elif sheet.amends is not None:
            earlier = sheet.amends
            self._load(lambda: self._visits.version(earlier))

    def look_for(self, query: str) -> None:
        """Search while somebody types the name."""
        self._who.look_for(query)

    def choose(self, student: FoundStudent) -> None:
        """This one came in."""
        chosen = self._who.chosen(student)
        if chosen is not None:
            self.open(student_id=chosen)

    def step_through(self, by: int) -> None:
        """The previous or next open visit."""
        tabs = self._state.tabs
        keys = [tab.id for tab in tabs]
        if not keys:
            return
        at = keys.index(self._state.visit_id) if self._state.visit_id in keys else 0
        self.open(visit_id=keys[(at + by) % len(keys)])

    # Acts at once

    def log(self, code: str) -> None:
        """One key, one line of the event log."""
        visit = self._state.visit_id
        if visit is None or not self._state.editable:
            return
        step = CALL_911 if code == CALL_911.code else STEP_OF[code]
        kind, coded = step.kind, code
        if code == "rest_started" and self._resting():
            kind, coded = "REST_ENDED", "rest_ended"
        self._act(lambda: self._visits.note_step(visit, kind, code=coded), step.words)

    def start_911(self) -> None:
        """F4: the call is in the log and the timer runs. Nobody types a complaint first in an emergency (M16)."""
        if not self._state.editable or self._state.emergency_since is not None:
            return
        self._set(emergency_since=self._here())
        if self._state.visit_id is None:
            if not self._state.form.complaints:
                self.add_complaint(term("visit.complaint", UNTOLD))
            return
        self.log(CALL_911.code)

    def log_call(self, outcome: str, contact_id: uuid.UUID | None = None, name: str = "") -> None:
        visit = self._state.visit_id
        if visit is not None:
            call = NewCall(outcome=outcome, contact_id=contact_id, name=name)
            self._act(lambda: self._visits.note_call(visit, call), tr("Call logged"))

    # Keeping

    def keep_draft(self) -> None:
        """Keep what was typed, if anything is new (called within a second of the last key, and on leaving)."""
        sheet = self._state.sheet
        if not self._changed or sheet is None:
            return
        self._changed = False
        subject, content = _subject(sheet), self._state.form.as_draft()
        self._runner.run(
            lambda: self._visits.keep_draft(subject, content),
            done=lambda _none: self._set(draft_at=self._here()),
            failed=self._on_draft_failed,
            key="visit.draft",
        )

    def leave(self) -> None:
        """The person leaves or the desk locks: what was typed is written before the runner's work is dropped."""
        sheet = self._state.sheet
        if not self._changed or sheet is None:
            return
        try:
            self._visits.keep_draft(_subject(sheet), self._state.form.as_draft())
        except (WorldError, PermissionDeniedError) as error:
            self._on_draft_failed(error)
            return
        self._changed = False

    def save(self) -> None:
        """Ctrl+S: what was found so far goes into the open visit, where colleagues see it."""
        visit, entry = self._state.visit_id, self._entry()
        if visit is None or entry is None or self._state.signed:
            self.keep_draft()
            return
        self._busy()
        self._runner.run(
            lambda: self._visits.save(visit, entry), done=self._on_saved, failed=self._on_failed, key="visit.work"
        )

    def sign(self) -> None:
        """Ctrl+Enter: close and sign, or say what is missing and go there."""
        state = self._state
        if state.busy or state.sheet is None or not state.editable:
            return
        if state.visit_id is None:
            if self._checking_in:
                self._sign_wanted = True
            else:
                self._set(errors={"complaints": tr("Needed here.")})
                self._to.focus("complaints")
            return
        if state.form.disposition == RESTING:
            self.save()
            if not self._resting():
                self.log("rest_started")
            return
        entry = self._entry()
        if entry is not None and self._nothing_stops(entry):
            self._write(state.visit_id, entry)

    def amend(self) -> None:
        """Change a signed visit: the form opens, signing asks for the reason (D2)."""
        if self._state.sheet is not None and self._state.sheet.may_amend:
            self._set(amending=True)

    def leave_as_signed(self) -> None:
        """No amendment after all: what was typed for it goes, the signed visit stands."""
        sheet = self._state.sheet
        if sheet is None or sheet.id is None or not self._state.amending:
            return
        visit, subject = sheet.id, _subject(sheet)
        self._changed = False

        def read() -> VisitSheet:
            self._visits.discard_draft(subject)
            return self._visits.refreshed(visit)

        self._load(read)

    def co_review(self) -> None:
        visit = self._state.visit_id
        if visit is not None:
            self._runner.run(
                lambda: self._visits.co_review(visit), done=lambda _none: self._refresh(), failed=self._on_failed
            )

    def undo(self, act: LastAct) -> None:
        """Take the last act back: at once without a word, later with a reason."""
        if needs_reason(act.at, self._clock.now()):
            self._to.ask_reason(tr("Why is this taken back?"), tr("Take back"), lambda why: self._undo(act, why))
        else:
            self._undo(act, None)

    # Parts

    def _undo(self, act: LastAct, why: str | None) -> None:
        self._runner.run(lambda: act.undo(why), done=lambda _none: self._on_undone(), failed=self._on_failed)

    def _write(self, visit: uuid.UUID, entry: VisitEntry) -> None:
        if self._state.amending:
            self._to.ask_reason(
                tr("Why is the signed visit changed?"), tr("Amend visit"), lambda why: self._amend(visit, why, entry)
            )
            return
        try:
            plan = follow_up_of(self._state.form, self._here().date())
        except InvalidValueError as problem:
            self._on_failed(problem)
            return
        self._busy()
        self._changed = False
        self._runner.run(
            lambda: self._visits.close_and_sign(visit, entry, plan),
            done=self._on_signed,
            failed=self._on_failed,
            key="visit.work",
        )

    def _amend(self, visit: uuid.UUID, why: str, entry: VisitEntry) -> None:
        self._runner.run(
            lambda: self._visits.amend(visit, why, entry),
            done=lambda key: self._load(lambda: self._visits.refreshed(key)),
            failed=self._on_failed,
            key="visit.work",
        )

    def _check_in(self) -> None:
        sheet, form = self._state.sheet, self._state.form
        if sheet is None or sheet.id is not None or self._checking_in:
            return
        try:
            came = came_at(form, self._clock.now(), self._zone, None) if form.came.strip() else None
        except InvalidValueError as problem:
            self._on_failed(problem)
            return
        new = NewVisit(
            student_id=sheet.student.id,
            complaints=form.complaints,
            template=form.template,
            came_at=came,
            brought_by=form.brought_by,
        )
        self._checking_in = True

        def work() -> tuple[CheckedIn, VisitSheet, tuple[OpenTab, ...]]:
            begun = self._visits.check_in(new)
            return begun, self._visits.refreshed(begun.visit_id), self._visits.open_visits()

        self._runner.run(work, done=self._on_checked_in, failed=self._on_failed, key="visit.checkIn")

    def _entry(self) -> VisitEntry | None:
        """The form as an entry; a field that cannot be read is told and gone to."""
        sheet = self._state.sheet
        came = sheet.entry.came_at if sheet is not None and sheet.entry is not None else None
        try:
            entry = entry_of(self._state.form, self._clock.now(), self._zone, came)
            implausible(entry.vitals, entry.reasons)
        except InvalidValueError as problem:
            self._on_failed(problem)
            return None
        self._set(errors={})
        return entry

    def _nothing_stops(self, entry: VisitEntry) -> bool:
        sheet = self._state.sheet
        calls = sheet.calls if sheet is not None else ()
        left = entry.left_at or self._clock.now()
        found = (*implausible(entry.vitals, entry.reasons), *assess_closing(judged(entry, calls, left)))
        self._show_stops(found)
        return not found

    def _show_stops(self, found: tuple[Any, ...]) -> None:
        stops = judging.stops(found)
        self._set(stops=stops, busy=False)
        if stops:
            first = stops[0]
            self._to.focus(first.place if first.place and not first.by_reason else f"reason.{first.code}")

    def _act(self, work: Callable[[], LastAct], words: str) -> None:
        visit = self._state.visit_id

        def acted() -> tuple[LastAct, VisitSheet]:
            act = work()
            assert visit is not None
            return act, self._visits.refreshed(visit)

        def done(answer: tuple[LastAct, VisitSheet]) -> None:
            self._set(sheet=answer[1])
            self._to.said(words, answer[0])

        self._runner.run(acted, done=done, failed=self._on_failed)

    def _resting(self) -> bool:
        steps = self._state.sheet.steps if self._state.sheet is not None else ()
        rests = [step.kind for step in steps if step.kind in {"REST_STARTED", "REST_ENDED"}]
        return bool(rests) and rests[-1] == "REST_STARTED"

    def _load(self, read: Callable[[], VisitSheet]) -> None:
        self._state = VisitState(now=self._here(), tabs=self._state.tabs, loading=True)
        self._changed = self._checking_in = self._sign_wanted = False
        self._draw()

        def work() -> tuple[VisitSheet, dict[str, Any] | None]:
            sheet = read()
            return sheet, self._visits.draft(_subject(sheet)) if sheet.may_write or sheet.may_amend else None

        self._runner.run(work, done=self._on_loaded, failed=self._on_failed, key="visit.open")

    def _refresh(self) -> None:
        visit = self._state.visit_id
        if visit is not None:
            self._runner.run(
                lambda: self._visits.refreshed(visit),
                done=lambda sheet: self._set(sheet=sheet),
                failed=self._on_failed,
            )

    def _on_loaded(self, answer: tuple[VisitSheet, dict[str, Any] | None]) -> None:
        sheet, draft = answer
        form = from_entry(sheet.entry, self._zone) if sheet.entry is not None else VisitForm()
        since = next((step.at for step in sheet.steps if step.code == CALL_911.code), None)
        kept = from_draft(draft, form) if draft is not None else form
        self._state = VisitState(
            now=self._here(),
            tabs=self._state.tabs,
            sheet=sheet,
            form=kept,
            emergency_since=since if sheet.signed_at is None else None,
            draft_at=self._here() if draft is not None else None,
            amending=sheet.signed_at is not None and draft is not None,
        )
        self._set()
        self._to.focus("complaints" if not kept.complaints else self._first_place())

    def _on_checked_in(self, answer: tuple[CheckedIn, VisitSheet, tuple[OpenTab, ...]]) -> None:
        begun, sheet, tabs = answer
        self._checking_in = False
        came = self._state.form.came
        kept = from_entry(sheet.entry, self._zone).came if sheet.entry is not None else came
        self._set(sheet=sheet, tabs=tabs, form=replace(self._state.form, came=kept))
        self._to.said(tr("{name} checked in", name=shown(sheet.student.name, private=self.private)), begun.act)
        if self._state.emergency_since is not None:
            self.log(CALL_911.code)
        if self._sign_wanted:
            self._sign_wanted = False
            self.sign()

    def _on_signed(self, signed: Signed) -> None:
        sheet = self._state.sheet
        name = shown(sheet.student.name, private=self.private) if sheet is not None else ""
        self._state = VisitState(now=self._here())
        words = tr("Visit of {name} signed", name=name)
        self._to.said(tr("{words}; a nurse will review it", words=words) if signed.co_review else words, signed.act)
        self._to.left()

    def _on_saved(self, _none: None) -> None:
        self._changed = False
        self._set(busy=False, problem="", draft_at=self._here())
        self._refresh()

    def _on_undone(self) -> None:
        self._to.said(tr("Taken back"), None)
        visit = self._state.visit_id
        if visit is not None:
            self._load(lambda: self._visits.refreshed(visit))
        self._runner.run(self._visits.open_visits, done=self._on_tabs, failed=self._on_quiet, key="visit.tabs")

    def _on_tabs(self, tabs: tuple[OpenTab, ...]) -> None:
        self._set(tabs=tabs)

    def _on_draft_failed(self, error: Exception) -> None:
        self._changed = True
        self._set(problem=_safe(error))

    def _on_quiet(self, error: Exception) -> None:
        """The list of open visits is no reason to stop somebody who documents one."""
        if not isinstance(error, PermissionDeniedError):
            self._set(problem=sentence(error))

    def _on_failed(self, error: Exception) -> None:
        self._checking_in = self._sign_wanted = False
        self._changed = self._state.sheet is not None
        if isinstance(error, VisitRefusedError):
            self._show_stops(error.findings)
            return
        if isinstance(error, PermissionDeniedError) and self._state.sheet is None:
            self._set(loading=False, denied=sentence(error))
            return
        if isinstance(error, InvalidValueError):
            self._set(busy=False, loading=False, errors={**self._state.errors, error.field: sentence(error)})
            self._to.focus(f"vital.{error.field}" if error.field in FIELD_OF.values() else error.field)
            return
        self._set(busy=False, loading=False, problem=_safe(error))
        self.keep_draft()

    def _busy(self) -> None:
        self._set(busy=True, problem="", stops=())


def _subject(sheet: VisitSheet) -> str:
    if sheet.id is None:
        return f"new:{sheet.student.id}"
    return f"amend:{sheet.id}" if sheet.signed_at is not None else str(sheet.id)


def _safe(error: Exception) -> str:
    """What failed, and that nothing typed is lost (ux-spec 5)."""
    words = sentence(error)
    return f"{words} {tr('Your entry is kept as a draft.')}" if isinstance(error, WorldError) else words
