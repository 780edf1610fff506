"""The list of requests and consents: finding, asking, opening, withdrawing (`ux-spec.md` 7.7)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from clinicdesk.i18n import plural, sentence, tr
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.runner import Runner
from clinicdesk.presentation.shell import Navigator
from clinicdesk.services.consent_forms import ConsentForms
from clinicdesk.services.consent_values import (
    ConsentLine,
    ConsentRecord,
    FormOnRecord,
    How,
    Withdrawal,
    Withdrawn,
)
from clinicdesk.services.consents import Consents
from clinicdesk.services.search import FoundStudent, Search, SearchAnswer
from clinicdesk.services.undo import LastAct


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardState:
    """What the forms screen shows; `lines` null while they are being read."""

    lines: tuple[ConsentLine, ...] | None = None
    forms: tuple[FormOnRecord, ...] = ()
    query: str = ""
    found: tuple[FoundStudent, ...] = ()
    opened: ConsentRecord | None = None
    form: str = ""
    failure: str = ""
    problem: str = ""


class FormsPresenter:
    """Intents of the forms screen."""

    def __init__(
        self,
        consents: Consents,
        forms: ConsentForms,
        search: Search,
        runner: Runner,
        navigator: Navigator,
        acts: LastActs,
    ) -> None:
        self._consents = consents
        self._forms = forms
        self._search = search
        self._runner = runner
        self._navigator = navigator
        self._acts = acts
        self.state = BoardState()
        self.on_change: Callable[[BoardState], None] = _nothing
        self.on_said: Callable[[str], None] = _nothing_said

    def refresh(self) -> None:
        """Read the list anew; the reminders that are due are made on the way."""
        self._runner.run(self._read, done=self._on_read, failed=self._on_failed, key="forms.board")

    def find(self, query: str) -> None:
        """Students whose name or number begins so."""
        self._set(query=query)
        if not query.strip():
            self._set(found=())
            return
        self._runner.run(lambda: self._search.widened(query, limit=8), done=self._on_found, key="forms.find")

    def choose_form(self, form: str) -> None:
        self._set(form=form)

    def collect(self, student: uuid.UUID) -> None:
        """Go to the form for this student."""
        if self.state.form:
            self._navigator.navigate("forms.collect", student_id=str(student), form_id=self.state.form)

    def ask(self, student: uuid.UUID) -> None:
        """Put a request among the sent ones."""
        form = self.state.form
        if form:
            self._runner.run(
                lambda: self._consents.ask(uuid.UUID(form), student), done=self._on_act, failed=self._on_problem
            )

    def open(self, line: ConsentLine) -> None:
        """A request leads to the form, a consent to its record."""
        if line.signature_id is None:
            self._navigator.navigate("forms.collect", student_id=str(line.student.id), form_id=str(line.form_id))
            return
        signature = line.signature_id
        self._runner.run(
            lambda: self._consents.open(signature), done=self._on_opened, failed=self._on_problem, key="forms.open"
        )

    def renew(self, line: ConsentLine) -> None:
        """Sign again: the new signature continues the consent that orders name."""
        newest = next((form for form in self.state.forms if form.newest and form.id == line.form_id), None)
        family = next((form.family for form in self.state.forms if form.id == line.form_id), None)
        newest = newest or next((form for form in self.state.forms if form.newest and form.family == family), None)
        if newest is None or newest.id is None:
            return
        self._navigator.navigate(
            "forms.collect",
            student_id=str(line.student.id),
            form_id=str(newest.id),
            renews=str(line.signature_id) if newest.id == line.form_id else "",
        )

    def withdraw(self, by: str, how: How, reason: str) -> None:
        """End the consent that is open."""
        opened = self.state.opened
        if opened is None or opened.line.signature_id is None:
            return
        signature = opened.line.signature_id
        withdrawal = Withdrawal(by=by, how=how, reason=reason)
        self._runner.run(
            lambda: self._consents.withdraw(signature, withdrawal),
            done=self._on_withdrawn,
            failed=self._on_problem,
        )

    def print_document(self, signature: uuid.UUID, done: Callable[[bytes], None]) -> None:
        """The sealed document, for the printer or a file; it is on record."""
        self._runner.run(lambda: self._consents.document(signature), done=done, failed=self._on_problem)

    def _read(self) -> tuple[tuple[ConsentLine, ...], tuple[FormOnRecord, ...]]:
        if self._consents.may_remind:
            self._consents.remind()
        return self._consents.board(), self._forms.published()

    def _on_read(self, read: tuple[tuple[ConsentLine, ...], tuple[FormOnRecord, ...]]) -> None:
        lines, forms = read
        newest = [form for form in forms if form.newest]
        form = self.state.form or (str(newest[0].id) if newest else "")
        self._set(lines=lines, forms=forms, form=form, failure="")

    def _on_found(self, answer: SearchAnswer) -> None:
        if answer.query == self.state.query:
            self._set(found=answer.students)

    def _on_opened(self, record: ConsentRecord) -> None:
        self._set(opened=record, problem="")

    def _on_withdrawn(self, done: Withdrawn) -> None:
        self._set(opened=None)
        stopped = ", ".join(one.words for one in done.blocked)
        words = tr("Consent withdrawn. Stopped at once: {what}", what=stopped) if stopped else tr("Consent withdrawn")
        self.on_said(words)
        self._on_act(done.last_act)

    def _on_act(self, act: LastAct) -> None:
        self._acts.done(act)
        self.refresh()

    def _on_problem(self, error: Exception) -> None:
        self._set(problem=sentence(error))

    def _on_failed(self, error: Exception) -> None:
        self._set(failure=sentence(error))

    def _set(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]  # names of the state
        self.on_change(self.state)


def waiting_words(lines: tuple[ConsentLine, ...]) -> str:
    """How many wait for an answer."""
    waiting = sum(1 for line in lines if line.signature_id is None)
    return plural("{count} waits for an answer", "{count} wait for an answer", waiting)


def _nothing(_state: BoardState) -> None:
    return


def _nothing_said(_words: str) -> None:
    return
