"""What the medication services hand out and take in: rounds, due boards, dose sheets, a dose to be charted."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from clinicdesk.core.errors import UserFacingError
from clinicdesk.domain.calendar import Attendance
from clinicdesk.domain.consent import ConsentState
from clinicdesk.domain.findings import Finding
from clinicdesk.domain.medication.facts import IdentityStep, LabelStep
from clinicdesk.domain.medication.frequency_rules import PrnGuard
from clinicdesk.domain.medication.log import DoseOutcome, RecordSource
from clinicdesk.domain.medication.orders import Order, PreCheck, Route
from clinicdesk.domain.medication.outcomes import DoseReason
from clinicdesk.domain.medication.quantities import DoseUnit, Quantity
from clinicdesk.domain.medication.slots import DoseSlot, SlotState
from clinicdesk.domain.people import PersonName
from clinicdesk.services.undo import LastAct

DoseId = uuid.UUID


class DoseRefusedError(UserFacingError):
    """The rules forbid the dose: `findings` are the stops that nothing lifted. Nothing was written."""

    code = "dose_refused"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(rule=findings[0].rule, finding=findings[0].code)
        self.findings = findings


class AlreadyGivenError(DoseRefusedError):
    """Someone has given this slot's dose already (M7): `by` and `at` say who and when."""

    code = "dose_already_given"

    def __init__(self, findings: tuple[Finding, ...], by: str, at: dt.datetime) -> None:
        super().__init__(findings)
        self.by = by
        self.at = at


class OrderNotFoundError(UserFacingError):
    """There is no such order, or it belongs to another student."""

    code = "order_not_found"


class WitnessRefusedError(UserFacingError):
    """The second person may not witness here: the own self, or a role without the right (M9)."""

    code = "witness_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundStudent:
    """A student as a round and a sheet show one."""

    id: uuid.UUID
    name: PersonName
    born: dt.date
    grade: str
    homeroom: str | None
    number: str | None
    photo: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One dose owed at a time of the day, and what became of it."""

    slot: DoseSlot
    state: SlotState
    at: dt.datetime | None = None
    by: str = ""
    log_id: uuid.UUID | None = None
    note: str = ""
    away: Attendance | None = None
    """Why *absent* is proposed for it; the state stays what the clock says (D41)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRow:
    """One student's order in the grid."""

    student: RoundStudent
    order: Order
    cells: Mapping[str, Cell]
    """By the order's time, `HH:MM`."""
    in_conflict: bool = False


class PrnState:
    """What a PRN order is at a moment."""

    READY = "READY"
    WAIT = "WAIT"
    BLOCKED = "BLOCKED"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrnRow:
    """One student's as-needed order: whether it may be given now."""

    student: RoundStudent
    order: Order
    state: str
    guard: PrnGuard
    consent: ConsentState | None
    last_from_home: bool = False
    in_conflict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The medication round of a day at a school."""

    day: dt.date
    now: dt.datetime
    site: str
    times: tuple[str, ...]
    rows: tuple[RoundRow, ...]
    prn: tuple[PrnRow, ...]
    is_school_day: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDose:
    """A dose on the board of Today."""

    student: RoundStudent
    order: Order
    slot: DoseSlot
    state: SlotState
    at: dt.datetime | None
    by: str
    away: Attendance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueBoard:
    """Doses from an hour ago to two hours ahead: late ones first, then in time order. Counts are of the whole day."""

    now: dt.datetime
    doses: tuple[DueDose, ...]
    given: int
    owed: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AllergyLine:
    """An allergy as the sheet names it."""

    allergen: str
    reaction: str
    severe: bool
    disputed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDose:
    """One of the last doses of an order or its ingredient."""

    id: uuid.UUID
    at: dt.datetime
    outcome: DoseOutcome
    count: Decimal | None
    unit: DoseUnit | None
    dose: Quantity | None
    indication: str
    by: str
    source: RecordSource
    effect: str | None
    effect_due_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDose:
    """The dose that an effect check is about (M5); `done` where somebody has checked it."""

    student_id: uuid.UUID
    order_id: uuid.UUID
    log_id: uuid.UUID
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLine:
    """The package a dose will come from. `balance` is None where nobody counted it yet."""

    lot_id: uuid.UUID
    lot_number: str
    expires_on: dt.date | None
    own: bool
    unit: DoseUnit
    balance: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseSheet:
    """Everything the person at the desk must see before the dose is given."""

    student: RoundStudent
    age_years: int
    age_months: int
    allergies: tuple[AllergyLine, ...]
    no_known_allergies: bool
    order: Order
    slot: DoseSlot | None
    state: SlotState | None
    instructions: str
    prescriber_phone: str | None
    consent: ConsentState | None
    consent_by: str
    consent_on: dt.date | None
    stock: StockLine | None
    last: tuple[PastDose, ...]
    findings: tuple[Finding, ...]
    """What stands against the dose now, with student and label taken as checked."""
    guard: PrnGuard | None
    witness_needed: bool
    count_back: bool
    opened_at: dt.datetime
    emergency_since: dt.datetime | None
    nurse: bool = False
    """Whether the person at the desk is a registered nurse, who alone lifts some stops (D40)."""
    away: Attendance | None = None
    """Why *absent* is proposed, where the student has left school (D41)."""

    @property
    def stops(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.stops)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a scanned code is: a student's card, a label, both or nothing known. In a sheet `finding` judges it."""

    code: str
    student_id: uuid.UUID | None = None
    drug_id: uuid.UUID | None = None
    lot_id: uuid.UUID | None = None
    finding: Finding | None = None
    known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A second person present: the sign-in name and the own password, checked before anything is written."""

    user_name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideWords:
    """A decision to go on in spite of the stop `code`: by the person at the desk, or by another who proves herself."""

    code: str
    reason: str
    prescriber_contact: str | None = None
    by: Proof | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDose:
    """A dose to be charted. What is None is as the order says, or now."""

    student_id: uuid.UUID
    order_id: uuid.UUID
    outcome: DoseOutcome = DoseOutcome.GIVEN
    slot_key: str | None = None
    event_at: dt.datetime | None = None
    identity: IdentityStep = field(default_factory=IdentityStep)
    label: LabelStep = field(default_factory=LabelStep)
    indication: str | None = None
    prechecks: Mapping[PreCheck, str] = field(default_factory=dict)
    reason: DoseReason | None = None
    note: str = ""
    lot_id: uuid.UUID | None = None
    counted: Decimal | None = None
    dose: Quantity | None = None
    form_count: Decimal | None = None
    route: Route | None = None
    source: RecordSource = RecordSource.DESK


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeDose:
    """A dose that the family gave (M5). It counts for intervals and daily limits as a school dose does."""

    student_id: uuid.UUID
    order_id: uuid.UUID
    given_at: dt.datetime
    told_by: str
    form_count: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A dose that was charted: its key, what was said beside it, the tasks it made, and how it is taken back."""

    id: DoseId
    outcome: DoseOutcome
    at: dt.datetime
    advisories: tuple[Finding, ...]
    tasks: tuple[str, ...]
    last_act: LastAct
    discrepancy: bool = False
