"""The list of requests and consents: finding, asking, opening, withdrawing (`ux-spec.md` 7.7)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain import name_forms
from clinicdesk.domain.consent import ConsentState
from clinicdesk.domain.entry.when import ParsedMoment, parse_moment
from clinicdesk.i18n import plural, tr
from clinicdesk.presentation.forms.papers import PaperTray
from clinicdesk.presentation.forms.words import failure_words
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
from clinicdesk.services.desk import Desk
from clinicdesk.services.search import FoundStudent, Search, SearchAnswer
from clinicdesk.services.undo import LastAct

_SOON = 30


class Show(StrEnum):
    """Which lines of the list are shown."""

    ALL = "ALL"
    WAITING = "WAITING"
    ENDING = "ENDING"
    STOPPED = "STOPPED"


_STOPPED = frozenset({ConsentState.EXPIRED, ConsentState.REVOKED, ConsentState.DECLINED, ConsentState.FORKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardState:
    """What the forms screen shows; `lines` null while they are being read."""

    lines: tuple[ConsentLine, ...] | None = None
    forms: tuple[FormOnRecord, ...] = ()
    query: str = ""
    found: tuple[FoundStudent, ...] = ()
    opened: ConsentRecord | None = None
    asked: ConsentLine | None = None
    """A request that is open; a consent on record is `opened`."""
    show: Show = Show.ALL
    form: str = ""
    failure: str = ""
    problem: str = ""
    field: str = ""

    @property
    def visible(self) -> tuple[ConsentLine, ...]:
        """The lines of the chosen kind, those of the student whose name is being typed."""
        wanted = name_forms.words(self.query)
        return tuple(
            line for line in self.lines or () if is_of(line, self.show) and (not wanted or _named(line, wanted))
        )


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
        tray: PaperTray,
        desk: Desk,
    ) -> None:
        self._consents = consents
        self._forms = forms
        self._search = search
        self._runner = runner
        self._navigator = navigator
        self._acts = acts
        self._tray = tray
        self._desk = desk
        self.state = BoardState()
        self._shown = False
        self._about: uuid.UUID | None = None
        acts.subscribe(self._on_acts)
        self.on_change: Callable[[BoardState], None] = _nothing
        self.on_said: Callable[[str], None] = _nothing_said

    def come(self, about: uuid.UUID | None = None) -> None:
        """The list is on the screen: it follows what is done and taken back; `about` opens one signature of it."""
        self._shown = True
        self._about = about
        self.refresh()

    def go(self) -> None:
        """The person goes elsewhere: the sheet goes with the screen."""
        self._shown = False
        self.close()

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

    def show(self, what: Show) -> None:
        self._set(show=what)

    def choose_form(self, form: str) -> None:
        self._set(form=form)

    def collect(self, student: uuid.UUID) -> None:
        """Go to the form for this student."""
        if self.state.form:
            self._navigator.navigate("forms.collect", student_id=str(student), form_id=self.state.form)

    def ask(self, student: uuid.UUID, *, send: bool = True) -> None:
        """Put a request among the sent ones, or among the drafts."""
        form = self.state.form
        if form:
            self._runner.run(
                lambda: self._consents.ask(uuid.UUID(form), student, send=send),
                done=self._on_act,
                failed=self._on_problem,
            )

    def open(self, line: ConsentLine) -> None:
        """A request with what can be done about it, or a consent with its text and what rests on it."""
        if line.signature_id is None:
            self._set(asked=line, opened=None, problem="", field="")
            return
        signature = line.signature_id
        self._runner.run(
            lambda: self._consents.open(signature), done=self._on_opened, failed=self._on_problem, key="forms.open"
        )

    def close(self) -> None:
        """Back to the list."""
        if self.state.opened is not None or self.state.asked is not None:
            self._set(opened=None, asked=None, field="", problem="")

    # A request

    def collect_asked(self, *, on_paper: bool = False) -> None:
        """To the form that was asked for, in its newest version; or to the paper that came back."""
        line = self.state.asked
        newest = self._newest(line.form_id) if line is not None else None
        if line is not None and newest is not None:
            paper = {"part": "paper"} if on_paper else {}
            self._navigator.navigate("forms.collect", student_id=str(line.student.id), form_id=str(newest), **paper)

    def send(self) -> None:
        """A drafted request goes out."""
        line = self.state.asked
        if line is None or line.request_id is None:
            return
        request = line.request_id
        self._runner.run(lambda: self._consents.send(request), done=self._on_changed, failed=self._on_problem)

    def cancel(self) -> None:
        """It is not needed after all."""
        line = self.state.asked
        if line is None or line.request_id is None:
            return
        request = line.request_id
        self._set(asked=None)
        self._runner.run(lambda: self._consents.cancel(request), done=self._on_act, failed=self._on_problem)

    def print_blank(self) -> None:
        """The form that was asked for, to be signed with a pen."""
        line = self.state.asked
        newest = self._newest(line.form_id) if line is not None else None
        if line is not None and newest is not None:
            self._tray.print_blank(newest, line.student.id, None, self._on_problem)

    # A consent on record

    def renew(self, line: ConsentLine) -> None:
        """Sign again, on the newest version: the new signature continues the consent that orders name."""
        newest = self._newest(line.form_id)
        if newest is not None:
            self._navigator.navigate(
                "forms.collect", student_id=str(line.student.id), form_id=str(newest), renews=str(line.signature_id)
            )

    def read_moment(self, text: str) -> ParsedMoment:
        """When the family took it back, as typed.

        Raises:
            InvalidValueError: no moment, or one that is still to come.
        """
        return parse_moment(text, self._desk.now(), self._desk.school.zone.key, field="withdrawn_at")

    def withdraw(self, by: str, when: str, how: How, reason: str) -> None:
        """End the consent that is open; without a time it is now."""
        opened = self.state.opened
        if opened is None or opened.line.signature_id is None:
            return
        signature = opened.line.signature_id
        try:
            at: dt.datetime | None = self.read_moment(when).at if when.strip() else None
        except InvalidValueError as error:
            self._on_problem(error)
            return
        withdrawal = Withdrawal(by=by, how=how, at=at, reason=reason)
        self._runner.run(
            lambda: self._consents.withdraw(signature, withdrawal),
            done=self._on_withdrawn,
            failed=self._on_problem,
        )

    def print_document(self) -> None:
        """The sealed document, for the printer; it is on record."""
        signature = self._opened_signature()
        if signature is not None:
            self._tray.print_document(signature, self._on_problem)

    def save_document(self) -> None:
        signature = self._opened_signature()
        if signature is not None:
            self._tray.save_document(signature, self.on_said, self._on_problem)

    def save_text(self) -> None:
        signature = self._opened_signature()
        if signature is not None:
            self._tray.save_text(signature, self.on_said, self._on_problem)

    def _opened_signature(self) -> uuid.UUID | None:
        return self.state.opened.line.signature_id if self.state.opened is not None else None

    def _newest(self, form: uuid.UUID) -> uuid.UUID | None:
        """The version that signatures are given on now."""
        family = next((one.family for one in self.state.forms if one.id == form), None)
        found = next((one for one in self.state.forms if one.newest and one.family == family), None)
        if found is None:
            self._set(problem=tr("This form is not in use any more."))
        return found.id if found is not None else None

    def _read(self) -> tuple[tuple[ConsentLine, ...], tuple[FormOnRecord, ...]]:
        if self._consents.may_remind:
            self._consents.remind()
        return self._consents.board(), self._forms.published()

    def _on_read(self, read: tuple[tuple[ConsentLine, ...], tuple[FormOnRecord, ...]]) -> None:
        lines, forms = read
        newest = [form for form in forms if form.newest]
        form = self.state.form or (str(newest[0].id) if newest else "")
        self._set(lines=lines, forms=forms, form=form, failure="")
        about, self._about = self._about, None
        line = next((line for line in lines if about is not None and line.signature_id == about), None)
        if line is not None:
            self.open(line)

    def _on_found(self, answer: SearchAnswer) -> None:
        if answer.query == self.state.query:
            self._set(found=answer.students)

    def _on_opened(self, record: ConsentRecord) -> None:
        self._set(opened=record, asked=None, problem="", field="")

    def _on_withdrawn(self, done: Withdrawn) -> None:
        self._set(opened=None)
        stopped = ", ".join(one.words for one in done.blocked)
        words = tr("Consent withdrawn. Stopped at once: {what}", what=stopped) if stopped else tr("Consent withdrawn")
        self.on_said(words)
        self._on_act(done.last_act)

    def _on_act(self, act: LastAct) -> None:
        self._set(problem="")
        self._acts.done(act)

    def _on_acts(self) -> None:
        if self._shown:
            self.refresh()

    def _on_changed(self, _nothing: None) -> None:
        self._set(asked=None, problem="")
        self.refresh()

    def _on_problem(self, error: Exception) -> None:
        self._set(problem=failure_words(error), field=error.field if isinstance(error, InvalidValueError) else "")

    def _on_failed(self, error: Exception) -> None:
        self._set(failure=failure_words(error))

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


def is_of(line: ConsentLine, show: Show) -> bool:
    match show:
        case Show.WAITING:
            return line.signature_id is None
        case Show.ENDING:
            return line.days_left is not None and line.days_left <= _SOON
        case Show.STOPPED:
            return line.state in _STOPPED
        case Show.ALL:
            return True


def _named(line: ConsentLine, wanted: tuple[str, ...]) -> bool:
    """Whether every word typed begins a word of the student's names; a number finds its student too."""
    name = line.student.name
    known = name_forms.words(f"{name.legal} {name.shown}")
    if all(any(word.startswith(one) for word in known) for one in wanted):
        return True
    return (line.student.number or "").startswith(wanted[0])
