"""What the immunization service takes and gives: new doses, reported doses, exemptions, the history."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from clinicdesk.core.errors import UserFacingError
from clinicdesk.domain.findings import Finding
from clinicdesk.domain.permissions import Act
from clinicdesk.domain.vaccination_entry import VfcEligibility
from clinicdesk.domain.vaccines_on_record import DoseMark
from clinicdesk.services.student_values import StudentBadge, StudentFacts
from clinicdesk.services.undo import LastAct


class VaccinationRefusedError(UserFacingError):
    """The rules forbid the dose: `findings` are the stops that nothing lifted. Nothing was written."""

    code = "vaccination_refused"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(rule=findings[0].rule, finding=findings[0].code)
        self.findings = findings


class EntryOutdatedError(UserFacingError):
    """Somebody has corrected or taken back this entry meanwhile. Nothing was written."""

    code = "entry_outdated"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVaccination:
    """A dose given here as the form has it (I14). `lot_id` is a lot of the stock; a typed lot has none.

    `given_at` None means now. `consent_by` names who consented on paper where no signature is on record.
    `lifts` is the reason for going on in spite of a soft stop: a positive screening answer, a dose on record already.
    """

    student_id: uuid.UUID
    cvx: str | None
    given_at: dt.datetime | None = None
    lot_id: uuid.UUID | None = None
    lot_number: str = ""
    manufacturer: str = ""
    expires_on: dt.date | None = None
    ndc: str | None = None
    site: str | None = None
    route: str | None = None
    amount: Decimal | None = None
    unit: str | None = "mL"
    information_edition: dt.date | None = None
    information_given_on: dt.date | None = None
    vfc: VfcEligibility | None = None
    screening: Mapping[str, bool] = field(default_factory=dict)
    consent_by: str = ""
    visit_id: uuid.UUID | None = None
    lifts: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewExemption:
    """An exemption from a vaccine, with its ground. `document` says which paper it rests on and where that is kept."""

    student_id: uuid.UUID
    cvx: str
    kind: str
    reason: str
    since: dt.date
    until: dt.date | None = None
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedDose:
    """A dose given elsewhere. Without `date` only year, or year and month, are known (I15)."""

    vaccine: str
    cvx: str | None
    date: dt.date | None = None
    year: int | None = None
    month: int | None = None
    lot: str = ""

    @property
    def on(self) -> dt.date | None:
        """The day, or the first day of the month or year that is all that is known."""
        if self.date is not None or self.year is None:
            return self.date
        return dt.date(self.year, self.month or 1, 1)

    @property
    def precision(self) -> str:
        if self.date is not None:
            return "DAY"
        return "YEAR" if self.month is None else "MONTH"

    @property
    def mark(self) -> DoseMark | None:
        """None without any date."""
        on = self.on
        return None if on is None else DoseMark(cvx=self.cvx, name=self.vaccine, on=on, precision=self.precision)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What was written: the rows' keys, those that stood on record already, and how it is taken back.

    `observe_until` is the end of the observation that this act began.
    """

    ids: tuple[uuid.UUID, ...]
    known: tuple[ReportedDose, ...] = ()
    observe_until: dt.datetime | None = None
    last_act: LastAct | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VaccineLot:
    """A lot of the stock, as entry and scan need it."""

    id: uuid.UUID
    cvx: str | None
    vaccine: str
    number: str
    manufacturer: str
    expires_on: dt.date | None
    ndc: str | None
    funding: str
    balance: Decimal | None
    shut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLine:
    """One dose of the history. `problem` says why no engine may count it: `date_partial`, `product_unknown` (I15).

    `withdrawn` was entered in error: it stays readable and counts nowhere (D1). `disputed`: sync holds a conflict.
    """

    id: uuid.UUID
    here: bool
    vaccine: str
    cvx: str
    on: dt.date
    precision: str
    lot: str
    source: str
    source_detail: str
    protects: tuple[str, ...]
    problem: str = ""
    corrected: bool = False
    late_entry: bool = False
    withdrawn: bool = False
    disputed: bool = False
    reason: str = ""

    @property
    def mark(self) -> DoseMark:
        return DoseMark(cvx=self.cvx or None, name=self.vaccine, on=self.on, precision=self.precision)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptionLine:
    """An exemption on record; it holds through its last day."""

    id: uuid.UUID
    vaccine: str
    cvx: str
    kind: str
    reason: str
    since: dt.date
    until: dt.date | None
    document: str = ""
    withdrawn: bool = False
    disputed: bool = False
    correction_reason: str = ""

    def holds_on(self, day: dt.date) -> bool:
        return not self.withdrawn and self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRecord:
    """What is on record for one disease or group, without any verdict on it."""

    name: str
    doses: tuple[DoseLine, ...]
    exempt: ExemptionLine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VaccineConsent:
    """Whether a consent for vaccines stands. `shut` means that one was refused, withdrawn or disputed."""

    signature_id: uuid.UUID | None = None
    by: str = ""
    on: dt.date | None = None
    shut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VaccineHistory:
    """Everything the immunization screen shows of one student.

    `withdrawn` are the entries made in error: readable, and in no count (D1). `editions` are the information sheets
    handed out last, by CVX code.
    """

    student: StudentFacts
    badges: tuple[StudentBadge, ...]
    doses: tuple[DoseLine, ...]
    groups: tuple[OnRecord, ...]
    exemptions: tuple[ExemptionLine, ...]
    withdrawn: tuple[DoseLine | ExemptionLine, ...]
    lots: tuple[VaccineLot, ...]
    consent: VaccineConsent
    today: dt.date
    editions: Mapping[str, dt.date] = field(default_factory=dict)
    may: frozenset[Act] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryVersion:
    """One wording of an entry, from the first to the one that stands (D1, M17)."""

    kind: str
    at: dt.datetime
    by: str
    reason: str
    vaccine: str
    on: dt.date
    precision: str
    lot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VaccineEntry:
    """An entry with everything that was written of it: what its sheet shows and a correction starts from."""

    line: DoseLine | ExemptionLine
    versions: tuple[EntryVersion, ...]
    given_at: dt.datetime | None = None
    lot_id: uuid.UUID | None = None
    manufacturer: str = ""
    expires_on: dt.date | None = None
    ndc: str = ""
    site: str = ""
    route: str = ""
    amount: Decimal | None = None
    unit: str = ""
    edition: str = ""
    information_given_on: dt.date | None = None
    vfc: str = ""
    consent_by: str = ""
    given_by: str = ""
    screening: Mapping[str, object] = field(default_factory=dict)
    notes: str = ""
