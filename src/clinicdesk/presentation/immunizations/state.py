"""What the immunization screen shows: one frozen value for all of it (`ux-spec.md` 7.6)."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass, field

from clinicdesk.domain.entry.historic import HistoricCell, HistoricLine
from clinicdesk.domain.permissions import Act
from clinicdesk.domain.vaccines_on_record import DoseMark, on_record
from clinicdesk.presentation.immunizations.entry import DoseEntry
from clinicdesk.services.immunization_values import ReportedDose, VaccineEntry, VaccineHistory
from clinicdesk.services.search import FoundStudent
from clinicdesk.services.student_values import StudentFacts

Problems = tuple[tuple[str, str], ...]
DUPLICATE = "duplicate"


class Sheet(enum.StrEnum):
    """What stands in the side sheet."""

    OLD = "old"
    ENTRY = "entry"
    REPORTED = "reported"
    EXEMPTION = "exemption"


@dataclass(frozen=True, slots=True, kw_only=True)
class OldDoses:
    """The grid of old doses: the text as typed, what it was read as, where it is from.

    `known` are the doses on record; a line that repeats one is told before anything is kept.
    """

    text: str = ""
    source: str = "PARENT_RECORD"
    detail: str = ""
    lines: tuple[HistoricLine, ...] = ()
    known: tuple[DoseMark, ...] = ()
    problem: str = ""

    @property
    def doses(self) -> tuple[ReportedDose, ...]:
        """Those that can be kept; a cell with a problem waits for a correction."""
        return tuple(
            _reported(line, cell)
            for line in self.lines
            for cell in line.cells
            if cell.problem is None and not self.repeats(line, cell)
        )

    @property
    def bad(self) -> int:
        return sum(1 for line in self.lines for cell in line.cells if cell.problem not in {None, DUPLICATE})

    def repeats(self, line: HistoricLine, cell: HistoricCell) -> bool:
        """Whether a dose stands on record already."""
        mark = _reported(line, cell).mark if cell.problem is None else None
        return mark is not None and on_record(mark, self.known) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedForm:
    """The correction of a dose given elsewhere, as typed."""

    vaccine: str = ""
    date: str = ""
    lot: str = ""
    source: str = "PARENT_RECORD"
    detail: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptionForm:
    """A new exemption, as typed."""

    vaccine: str = ""
    kind: str = "MEDICAL"
    reason: str = ""
    since: str = "today"
    until: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImmunizationState:
    """What the screen shows; without a history it asks for a student.

    `opened` is the entry in the sheet. `warnings` are told while the form is open, `problems` after saving was tried.
    """

    history: VaccineHistory | None = None
    entry: DoseEntry = field(default_factory=DoseEntry)
    old: OldDoses = field(default_factory=OldDoses)
    sheet: Sheet | None = None
    opened: VaccineEntry | None = None
    reported: ReportedForm = field(default_factory=ReportedForm)
    exemption: ExemptionForm = field(default_factory=ExemptionForm)
    query: str = ""
    found: tuple[FoundStudent, ...] = ()
    sure: FoundStudent | None = None
    waiting: tuple[StudentFacts, ...] = ()
    loading: bool = False
    busy: bool = False
    problems: Problems = ()
    sheet_problems: Problems = ()
    warnings: Problems = ()
    needs_reason: bool = False
    failure: str = ""
    denied: str = ""
    draft_at: dt.datetime | None = None

    def may(self, act: Act) -> bool:
        return self.history is not None and act in self.history.may


def _reported(line: HistoricLine, cell: HistoricCell) -> ReportedDose:
    return ReportedDose(vaccine=line.name, cvx=line.cvx_code, date=cell.date, year=cell.year, month=cell.month)
