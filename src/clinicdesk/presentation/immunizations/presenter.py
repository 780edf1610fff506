"""The immunization screen: whom it is about, the entry of a dose, the history, old doses (`ux-spec.md` 7.6, T7)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.historic import HistoricLine, parse_historic_text
from clinicdesk.domain.vaccines import BY_CVX
from clinicdesk.i18n import clinical, plural, sentence, tr
from clinicdesk.presentation.immunizations.entry import (
    DoseEntry,
    all_clear,
    lot_typed,
    read_entry,
    with_lot,
    with_vaccine,
)
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.runner import Runner
from clinicdesk.services.desk import Desk
from clinicdesk.services.immunization_values import (
    Recorded,
    ReportedDose,
    VaccinationRefusedError,
    VaccineHistory,
)
from clinicdesk.services.immunizations import Immunizations
from clinicdesk.services.search import FoundStudent, Search, SearchAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class OldDoses:
    """The grid of old doses: the text as typed, what it was read as, where it is from."""

    text: str = ""
    source: str = "PARENT_RECORD"
    detail: str = ""
    lines: tuple[HistoricLine, ...] = ()
    problem: str = ""

    @property
    def doses(self) -> tuple[ReportedDose, ...]:
        """Those that can be kept; a cell with a problem waits for a correction."""
        return tuple(
            ReportedDose(vaccine=line.name, cvx=line.cvx_code, date=cell.date, year=cell.year, month=cell.month)
            for line in self.lines
            for cell in line.cells
            if cell.problem is None
        )

    @property
    def bad(self) -> int:
        return sum(1 for line in self.lines for cell in line.cells if cell.problem not in {None, "duplicate"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImmunizationState:
    """What the screen shows; without a history it asks for a student."""

    history: VaccineHistory | None = None
    entry: DoseEntry = field(default_factory=DoseEntry)
    old: OldDoses | None = None
    query: str = ""
    found: tuple[FoundStudent, ...] = ()
    busy: bool = False
    problems: tuple[tuple[str, str], ...] = ()
    needs_reason: bool = False
    failure: str = ""


class ImmunizationPresenter:
    """Intents of the immunization screen."""

    def __init__(self, desk: Desk, service: Immunizations, search: Search, runner: Runner, acts: LastActs) -> None:
        self._desk = desk
        self._service = service
        self._search = search
        self._runner = runner
        self._acts = acts
        self.state = ImmunizationState()
        self.on_change: Callable[[ImmunizationState], None] = _nothing
        self.on_said: Callable[[str], None] = _nothing_said

    # Whom it is about

    def open(self, student: str) -> None:
        """The history of a student; audited."""
        key = uuid.UUID(student)
        if self.state.history is not None and self.state.history.student.id == key:
            self.refresh()
            return
        self.state = ImmunizationState()
        self._runner.run(
            lambda: self._service.open(key), done=self._on_history, failed=self._on_failed, key="immunizations"
        )

    def refresh(self) -> None:
        history = self.state.history
        if history is not None:
            key = history.student.id
            self._runner.run(
                lambda: self._service.history(key), done=self._on_history, failed=self._on_failed, key="immunizations"
            )

    def another(self) -> None:
        """Leave this student and look for the next one."""
        self.state = ImmunizationState()
        self.on_change(self.state)

    def find(self, query: str) -> None:
        self._set(query=query)
        if not query.strip():
            self._set(found=())
            return
        self._runner.run(lambda: self._search.widened(query, limit=8), done=self._on_found, key="immunizations.find")

    # A dose given here

    def type(self, name: str, text: str) -> None:
        """A field of the entry, as typed."""
        self._entry(**{name: text})

    def choose_vaccine(self, text: str) -> None:
        """The vaccine fills what is usual for it: site, route, amount, and the sheet handed out last."""
        entry = replace(self.state.entry, vaccine=text)
        vaccine = entry.product
        if vaccine is None:
            self._entry(vaccine=text)
            return
        self._entry(**with_vaccine(entry, vaccine))
        self._propose_edition(vaccine.cvx)

    def type_lot(self, text: str) -> None:
        """A lot of the stock fills vaccine, maker and expiry; another one is kept as typed."""
        history = self.state.history
        lot = lot_typed(text, history.lots) if history is not None else None
        if lot is None:
            self._entry(lot=text, lot_id=None)
            return
        self._entry(**with_lot(self.state.entry, lot))
        if lot.cvx is not None:
            self._propose_edition(lot.cvx)

    def scanned(self, code: str) -> bool:
        """Whether a scan was a lot of ours."""
        history = self.state.history
        if history is None or lot_typed(code, history.lots) is None:
            return False
        self.type_lot(code)
        return True

    def screen(self, question: str, *, yes: bool) -> None:
        self._entry(screening={**self.state.entry.screening, question: yes})

    def screen_all_clear(self) -> None:
        self._entry(screening=all_clear())

    def save(self) -> None:
        """Write the dose, or say what it lacks."""
        history = self.state.history
        if history is None or self.state.busy:
            return
        try:
            new = read_entry(self.state.entry, history, self._desk.local(self._desk.now()))
        except InvalidValueError as problem:
            self._set(problems=((problem.field, sentence(problem)),))
            return
        self._set(busy=True, problems=())
        self._runner.run(lambda: self._service.record_vaccination(new), done=self._on_recorded, failed=self._on_refused)

    # Old doses

    def show_old(self) -> None:
        self._set(old=OldDoses())

    def hide_old(self) -> None:
        self._set(old=None)

    def type_old(self, text: str) -> None:
        """Read the lines as they are typed or pasted; what cannot be read is named, never guessed (I15)."""
        history, old = self.state.history, self.state.old
        if history is None or old is None:
            return
        try:
            lines = parse_historic_text(text, history.today, history.student.birth_date)
            problem = ""
        except InvalidValueError as error:
            lines = ()
            problem = tr("Line {line}: {what}", line=error.params.get("line", 1), what=sentence(error))
        self._set(old=replace(old, text=text, lines=lines, problem=problem))

    def choose_source(self, source: str) -> None:
        if self.state.old is not None:
            self._set(old=replace(self.state.old, source=source))

    def save_old(self) -> None:
        """Keep what was read; duplicates are recognised and told."""
        history, old = self.state.history, self.state.old
        if history is None or old is None or not old.doses or self.state.busy:
            return
        if old.problem or old.bad:
            words = plural("{count} date cannot be read.", "{count} dates cannot be read.", old.bad)
            self._set(old=replace(old, problem=old.problem or words))
            return
        self._set(busy=True)
        self._runner.run(
            lambda: self._service.record_reported(history.student.id, old.source, old.doses, old.detail),
            done=self._on_old,
            failed=self._on_old_failed,
        )

    def take_back(self, entry: uuid.UUID, reason: str) -> None:
        """An entry made in error."""
        self._runner.run(
            lambda: self._service.take_back(entry, reason), done=self._on_taken_back, failed=self._on_refused
        )

    # Answers

    def _propose_edition(self, cvx: str) -> None:
        if not self.state.entry.edition:
            self._runner.run(lambda: self._service.last_edition(cvx), done=self._on_edition, key="immunizations.vis")

    def _on_edition(self, edition: object) -> None:
        if edition is not None and not self.state.entry.edition:
            self._entry(edition=str(edition))

    def _on_history(self, history: VaccineHistory) -> None:
        entry = self.state.entry
        if self.state.history is None and history.consent.signature_id is None and not history.consent.shut:
            entry = replace(entry, consent_by="")
        self._set(history=history, entry=entry, failure="", busy=False)

    def _on_found(self, answer: SearchAnswer) -> None:
        if answer.query == self.state.query:
            self._set(found=answer.students)

    def _on_recorded(self, recorded: Recorded) -> None:
        if recorded.last_act is not None:
            self._acts.done(recorded.last_act)
        said = tr("Dose recorded. The 15-minute observation is running.")
        self.on_said(said if recorded.observe_until is not None else tr("Dose recorded."))
        self._set(entry=DoseEntry(), busy=False, needs_reason=False)
        self.refresh()

    def _on_refused(self, error: Exception) -> None:
        if isinstance(error, VaccinationRefusedError):
            problems = tuple(
                (_field_of(one.code), clinical(one.code, **one.params) or sentence(error)) for one in error.findings
            )
            reason = any(one.code == "vaccine.screening_positive" for one in error.findings)
            self._set(problems=problems, busy=False, needs_reason=reason)
            return
        where = error.field if isinstance(error, InvalidValueError) else ""
        self._set(problems=((where, sentence(error)),), busy=False)

    def _on_old(self, recorded: Recorded) -> None:
        if recorded.last_act is not None:
            self._acts.done(recorded.last_act)
        words = plural("{count} old dose recorded", "{count} old doses recorded", len(recorded.ids))
        if recorded.known:
            known = plural("{count} was on record already", "{count} were on record already", len(recorded.known))
            words = f"{words}. {known}."
        self.on_said(words)
        self._set(old=None, busy=False)
        self.refresh()

    def _on_old_failed(self, error: Exception) -> None:
        old = self.state.old
        if old is not None:
            self._set(old=replace(old, problem=sentence(error)), busy=False)

    def _on_taken_back(self, _nothing: None) -> None:
        self.on_said(tr("Taken back"))
        self.refresh()

    def _on_failed(self, error: Exception) -> None:
        self._set(failure=sentence(error), busy=False)

    def _entry(self, **changes: object) -> None:
        self._set(entry=replace(self.state.entry, **changes), problems=())  # type: ignore[arg-type]  # entry's names

    def _set(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]  # names of the state
        self.on_change(self.state)


_FIELDS = {
    "vaccine.field_missing.cvx_code": "vaccine",
    "vaccine.field_missing.lot_number": "lot",
    "vaccine.field_missing.manufacturer": "maker",
    "vaccine.field_missing.expires_on": "expiry",
    "vaccine.field_missing.site": "site",
    "vaccine.field_missing.route": "site",
    "vaccine.field_missing.amount": "amount",
    "vaccine.field_missing.information_edition": "edition",
    "vaccine.field_missing.vfc": "vfc",
    "vaccine.field_missing.screening_answered": "screening",
    "vaccine.screening_positive": "lifts",
    "vaccine.consent_missing": "consent_by",
    "vaccine.lot_expired": "expiry",
    "dose.product_quarantined": "lot",
    "vaccine.in_future": "date",
    "vaccine.before_birth": "date",
    "vaccine.amount_not_positive": "amount",
    "vaccine.information_newer_than_dose": "edition",
}


def _field_of(code: str) -> str:
    return _FIELDS.get(code, "")


def vaccine_choices() -> tuple[str, ...]:
    """The lines of the type-ahead."""
    return tuple(vaccine.words for vaccine in BY_CVX.values() if not vaccine.unspecified)


def _nothing(_state: ImmunizationState) -> None:
    return


def _nothing_said(_words: str) -> None:
    return
