"""What is done to entries on record: looked at, put right, taken back as made in error; and new exemptions (D1)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import replace

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.historic import HistoricCell, parse_historic_line
from clinicdesk.domain.entry.when import Facing, parse_date
from clinicdesk.domain.permissions import Act
from clinicdesk.domain.vaccines import find_vaccine
from clinicdesk.i18n import sentence, tr
from clinicdesk.presentation.immunizations.entry import correcting
from clinicdesk.presentation.immunizations.owner import Owner
from clinicdesk.presentation.immunizations.state import ExemptionForm, ReportedForm, Sheet
from clinicdesk.presentation.immunizations.words import date_words
from clinicdesk.presentation.runner import Runner
from clinicdesk.services.desk import Desk
from clinicdesk.services.immunization_values import (
    DoseLine,
    ExemptionLine,
    NewExemption,
    Recorded,
    ReportedDose,
    VaccineEntry,
)
from clinicdesk.services.immunizations import Immunizations

_NO_DATE = re.compile(r"^\s*$")


class RecordSheets:
    """The side sheets about entries that stand on record."""

    def __init__(self, owner: Owner, desk: Desk, service: Immunizations, runner: Runner) -> None:
        self._owner = owner
        self._desk = desk
        self._service = service
        self._runner = runner

    def open(self, entry: uuid.UUID) -> None:
        """Everything that was written of an entry, with what may be done to it."""
        history = self._owner.state.history
        if history is None:
            return
        student = history.student.id
        self._runner.run(
            lambda: self._service.entry(student, entry),
            done=self._on_entry,
            failed=self._on_failed,
            key="immunizations.entry",
        )

    def may_change(self) -> bool:
        """Whether the entry in the sheet may be put right or taken back by this person."""
        opened = self._owner.state.opened
        if opened is None or opened.line.withdrawn:
            return False
        return self._owner.state.may(_act_of(opened))

    def correct(self) -> None:
        """A dose given here goes into the entry card; one from outside gets its own fields in the sheet."""
        opened, history = self._owner.state.opened, self._owner.state.history
        if opened is None or history is None or not self.may_change() or isinstance(opened.line, ExemptionLine):
            return
        line = opened.line
        if line.here:
            self._owner.begin_correction(correcting(opened, history))
            return
        vaccine = find_vaccine(line.cvx) if line.cvx else None
        form = ReportedForm(
            vaccine=vaccine.words if vaccine is not None else line.vaccine,
            date=date_words(line.on, line.precision) if line.precision != "DAY" else line.on.isoformat(),
            lot=line.lot,
            source=line.source,
            detail=line.source_detail,
        )
        self._owner.set(sheet=Sheet.REPORTED, reported=form, sheet_problems=())

    def take_back(self, reason: str) -> None:
        """The entry was made in error: it stays readable and counts nowhere (D1)."""
        opened = self._owner.state.opened
        if opened is None or not self.may_change() or self._owner.state.busy:
            return
        if not reason.strip():
            self._owner.set(sheet_problems=(("reason", tr("Needed here.")),))
            return
        key = opened.line.id
        self._write(tr("Entered in error"), lambda: Recorded(ids=(), last_act=self._service.take_back(key, reason)))

    def type_reported(self, name: str, text: str) -> None:
        self._owner.set(reported=replace(self._owner.state.reported, **{name: text}), sheet_problems=())

    def save_reported(self) -> None:
        """The dose as the paper really has it."""
        opened, history, form = self._owner.state.opened, self._owner.state.history, self._owner.state.reported
        if opened is None or history is None or self._owner.state.busy:
            return
        try:
            dose = self._read(form)
        except InvalidValueError as problem:
            self._owner.set(sheet_problems=((problem.field, sentence(problem)),))
            return
        if not form.why.strip():
            self._owner.set(sheet_problems=(("why", tr("Needed here.")),))
            return
        key, student = opened.line.id, history.student.id
        self._write(
            tr("Dose corrected"),
            lambda: self._service.correct_reported(key, student, form.source, dose, form.detail, form.why),
        )

    def show_exemption(self) -> None:
        if self._owner.state.may(Act.RECORD_EXEMPTION):
            self._owner.set(sheet=Sheet.EXEMPTION, sheet_problems=())

    def type_exemption(self, name: str, text: str) -> None:
        self._owner.touched()
        self._owner.set(exemption=replace(self._owner.state.exemption, **{name: text}), sheet_problems=())

    def save_exemption(self) -> None:
        """Write the exemption, or say what it lacks."""
        history, form = self._owner.state.history, self._owner.state.exemption
        if history is None or self._owner.state.busy:
            return
        vaccine = find_vaccine(form.vaccine) if form.vaccine.strip() else None
        if vaccine is None:
            self._owner.set(sheet_problems=(("vaccine", tr("Choose a vaccine of the list.")),))
            return
        try:
            new = NewExemption(
                student_id=history.student.id,
                cvx=vaccine.cvx,
                kind=form.kind,
                reason=form.reason,
                since=parse_date(form.since, history.today, field="since"),
                until=parse_date(form.until, history.today, Facing.FUTURE, "until") if form.until.strip() else None,
                document=form.document,
            )
        except InvalidValueError as problem:
            self._owner.set(sheet_problems=((problem.field, sentence(problem)),))
            return
        self._write(tr("Exemption recorded"), lambda: self._service.record_exemption(new), fresh=True)

    # Parts

    def _read(self, form: ReportedForm) -> ReportedDose:
        """The typed dose; a name that is none of the list is kept as it stands (I15)."""
        history = self._owner.state.history
        assert history is not None
        if _NO_DATE.match(form.date):
            raise InvalidValueError("date", "missing")
        if not form.vaccine.strip():
            raise InvalidValueError("vaccine", "missing")
        line = parse_historic_line(f"x {form.date.strip()}", history.today, history.student.birth_date)
        cell = line.cells[0] if len(line.cells) == 1 else HistoricCell(typed=form.date, problem="not_a_date")
        if cell.problem is not None:
            raise InvalidValueError("date", cell.problem)
        vaccine = find_vaccine(form.vaccine)
        return ReportedDose(
            vaccine=form.vaccine if vaccine is None else vaccine.short,
            cvx=None if vaccine is None else vaccine.cvx,
            date=cell.date,
            year=cell.year,
            month=cell.month,
            lot=form.lot,
        )

    def _write(self, words: str, work: Callable[[], Recorded], *, fresh: bool = False) -> None:
        """One act of a sheet; `fresh` empties the form of exemptions, whose text is in a draft."""

        def done(recorded: Recorded) -> None:
            self._owner.set(
                sheet=None,
                opened=None,
                busy=False,
                exemption=ExemptionForm(),
                reported=ReportedForm(),
                sheet_problems=(),
            )
            self._owner.done(words, recorded)

        self._owner.set(busy=True, sheet_problems=())
        self._runner.run(work, done=done, failed=self._on_failed)

    def _on_entry(self, entry: VaccineEntry) -> None:
        self._owner.set(sheet=Sheet.ENTRY, opened=entry, sheet_problems=())

    def _on_failed(self, error: Exception) -> None:
        name = _PLACES.get(error.field, error.field) if isinstance(error, InvalidValueError) else ""
        self._owner.set(sheet_problems=((name, sentence(error)),), busy=False)


_PLACES = {
    "exemption_reason": "reason",
    "exemption_expires_on": "until",
    "exemption_kind": "kind",
    "cvx_code": "vaccine",
    "administered_date": "date",
    "correction_reason": "why",
    "lot_number": "lot",
    "vaccine_name": "vaccine",
}
"""Columns by the fields of the sheets."""


def _act_of(entry: VaccineEntry) -> Act:
    if isinstance(entry.line, DoseLine):
        return Act.RECORD_VACCINATION if entry.line.here else Act.RECORD_OUTSIDE_DOSE
    return Act.RECORD_EXEMPTION
