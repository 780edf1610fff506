"""What the dose sheet shows: the six rights, what stops the dose, and why Given is off (ux-spec 7.5, D40)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.findings import Finding, OverrideBy
from clinicdesk.domain.medication.log import DoseOutcome
from clinicdesk.domain.medication.orders import PreCheck
from clinicdesk.domain.medication.outcomes import DoseReason, timing_reasons
from clinicdesk.domain.medication.prechecks import read_precheck
from clinicdesk.domain.medication.slots import OPEN_STATES
from clinicdesk.i18n import formats, term, tr
from clinicdesk.presentation.medications.words import Local, both_ways
from clinicdesk.services.dose_values import DoseSheet

PRECHECK_MISSING = "dose.precheck_missing"
WRONG_STUDENT = "dose.wrong_student"


class RightState(StrEnum):
    """Where one of the six rights stands."""

    DONE = "done"
    NEXT = "next"
    WAITING = "waiting"
    DEVIATION = "deviation"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Right:
    """One item of the rights strip."""

    number: int
    word: str
    evidence: str
    state: RightState


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifting:
    """What was filled in to go on in spite of a stop. The password never stands in the state."""

    reason: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetState:
    """Everything the sheet shows."""

    sheet: DoseSheet | None = None
    identity: bool = False
    label: bool = False
    card: uuid.UUID | None = None
    """The student whose scanned card answered right 1; None where the person looked."""
    scanned_drug: uuid.UUID | None = None
    """The drug whose scanned label answered right 2."""
    wrong: tuple[Finding, ...] = ()
    """What a scan said against the dose: it stays until the right one is scanned or the sheet is closed."""
    scanned: str = ""
    """The words about a scan that nothing here has."""
    indication: str = ""
    prechecks: Mapping[PreCheck, str] = field(default_factory=dict)
    precheck_problems: Mapping[PreCheck, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    lifting: Mapping[str, Lifting] = field(default_factory=dict)
    timing: DoseReason | None = None
    """Why the dose is early or late, of the list of M4."""
    second: str = ""
    """The second licensed person, by the beginning of the sign-in name."""
    witness: str = ""
    counted: str = ""
    outcome: DoseOutcome | None = None
    """The outcome other than given that is being charted: its reason is asked."""
    reason: DoseReason | None = None
    note: str = ""
    busy: bool = False
    message: str = ""
    failure: str = ""
    draft_at: dt.datetime | None = None
    """When the words that came back with the sheet were typed."""
    rights: tuple[Right, ...] = ()
    blocked: str = ""
    """Why Given is off; empty when it is on."""

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        return (*self.wrong, *self.findings)

    @property
    def stops(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.all_findings if finding.stops)

    @property
    def open_stops(self) -> tuple[Finding, ...]:
        """The stops that nothing which was filled in lifts."""
        return tuple(finding for finding in self.stops if not lifted(self, finding))

    @property
    def timing_choices(self) -> tuple[DoseReason, ...]:
        """The reasons of M4 for the stop about time, if there is one that this person may lift."""
        found = (timing_reasons(one.code) for one in self.findings if one.stops and liftable(self, one))
        return next((reasons for reasons in found if reasons), ())

    @property
    def asks_second(self) -> bool:
        return any(one.stops and one.override is OverrideBy.SECOND_PERSON for one in self.findings)

    @property
    def needs_witness(self) -> bool:
        return self.sheet is not None and self.sheet.witness_needed

    @property
    def done(self) -> int:
        return sum(right.state is RightState.DONE for right in self.rights)


_TIME_CODES = frozenset({"dose.early", "dose.late", "dose.after_cut_off", "dose.in_future", "dose.no_such_slot"})
_DOSE_CODES = frozenset(
    {
        "dose.not_as_ordered",
        "dose.arithmetic_mismatch",
        "dose.unit_mismatch",
        "dose.half_tablet_not_ordered",
        "dose.cannot_be_split",
        "dose.weight_missing",
        "dose.weight_old",
    }
)


def liftable(state: SheetState, finding: Finding) -> bool:
    """Whether the person at the desk may be asked to go on at all: an aide is never asked what a nurse is (D40)."""
    if finding.override is OverrideBy.NONE:
        return False
    nurse = state.sheet is not None and state.sheet.nurse
    return finding.override is not OverrideBy.RN_WITH_REASON or nurse


def lifted(state: SheetState, finding: Finding) -> bool:
    """Whether everything that the stop asks for was filled in (the service judges it again)."""
    if not liftable(state, finding):
        return False
    lifting = state.lifting.get(finding.code, Lifting())
    timed = state.timing is not None and state.timing in timing_reasons(finding.code)
    if not timed and not lifting.reason.strip():
        return False
    if finding.needs_prescriber_contact and not lifting.contact.strip():
        return False
    return finding.override is not OverrideBy.SECOND_PERSON or bool(state.second.strip())


def missing_prechecks(state: SheetState) -> tuple[PreCheck, ...]:
    """The checks of a PRN order that are not answered, or not so that they can be read."""
    prn = state.sheet.order.prn if state.sheet is not None else None
    return tuple(
        check
        for check in sorted(prn.prechecks if prn is not None else ())
        if not _reads(check, state.prechecks.get(check, ""))
    )


def _reads(check: PreCheck, said: str) -> bool:
    try:
        read_precheck(check, said)
    except InvalidValueError:
        return False
    return True


def precheck_skipped(state: SheetState) -> bool:
    """A registered nurse said why a check could not be done: the rule is hers to lift with a reason (M5)."""
    lifting = state.lifting.get(PRECHECK_MISSING)
    nurse = state.sheet is not None and state.sheet.nurse
    return nurse and lifting is not None and bool(lifting.reason.strip())


def counted_value(text: str) -> Decimal | None:
    """A typed count; None where there is none or it is no number."""
    try:
        value = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() and value >= 0 else None


def rights_of(state: SheetState, local: Local) -> tuple[Right, ...]:
    """The six rights as they stand."""
    sheet = state.sheet
    if sheet is None:
        return ()
    codes = {finding.code for finding in state.open_stops}
    order = sheet.order
    wrong_dose, wrong_time = bool(codes & _DOSE_CODES), bool(codes & _TIME_CODES)
    return (
        Right(1, tr("Student"), _student_evidence(state), _student(state)),
        Right(2, tr("Medication"), _label_evidence(state), _label(state)),
        Right(3, tr("Dose"), both_ways(order), RightState.DEVIATION if wrong_dose else RightState.DONE),
        Right(4, tr("Route"), term("dose_route", order.route.value), RightState.DONE),
        Right(5, tr("Time"), _time_evidence(sheet, local), RightState.DEVIATION if wrong_time else RightState.DONE),
        Right(6, tr("Record"), tr("written on Given"), RightState.WAITING),
    )


def blocked_by(state: SheetState) -> str:
    """The one thing that keeps Given off, in words."""
    sheet = state.sheet
    if sheet is None:
        return tr("Loading")
    if state.outcome is not None:
        return tr("Another outcome is being charted.")
    if sheet.order.emergency:
        return ""
    if sheet.state is not None and sheet.state not in OPEN_STATES:
        return tr("This dose is charted already.")
    if any(finding.stops for finding in state.wrong):
        return tr("The scan does not fit. Stop.")
    if not state.identity:
        return tr("Right 1: check photo and date of birth.")
    if not state.label:
        return tr("Right 2: read the label.")
    if state.open_stops:
        return tr("Something stops this dose.")
    prn = sheet.order.prn
    if prn is not None and prn.indications and not state.indication:
        return tr("Choose the reason it is given for.")
    if missing_prechecks(state) and not precheck_skipped(state):
        return tr("A check before the dose is missing.")
    if sheet.witness_needed and not state.witness.strip():
        return tr("A witness is needed.")
    if sheet.count_back and counted_value(state.counted) is None:
        return tr("Count what is left in the package.")
    return ""


def _wrong_student(state: SheetState) -> bool:
    return any(one.stops and one.code == WRONG_STUDENT for one in state.wrong)


def _wrong_label(state: SheetState) -> bool:
    return any(one.stops and one.code != WRONG_STUDENT for one in state.wrong)


def _student(state: SheetState) -> RightState:
    if _wrong_student(state):
        return RightState.WRONG
    return RightState.DONE if state.identity else RightState.NEXT


def _student_evidence(state: SheetState) -> str:
    if _wrong_student(state):
        return tr("another student's card")
    if not state.identity:
        return tr("scan, or Space")
    return tr("card scanned") if state.card is not None else tr("photo, DOB")


def _label(state: SheetState) -> RightState:
    if _wrong_label(state):
        return RightState.WRONG
    if state.label:
        return RightState.DONE
    return RightState.NEXT if state.identity else RightState.WAITING


def _label_evidence(state: SheetState) -> str:
    if _wrong_label(state):
        return tr("another label")
    if not state.label:
        return tr("scan, or Space")
    return tr("label scanned") if state.scanned_drug is not None else tr("label read")


def _time_evidence(sheet: DoseSheet, local: Local) -> str:
    if sheet.slot is not None:
        return tr("due {time}", time=formats().time(local(sheet.slot.due_at)))
    if sheet.guard is not None and sheet.guard.last_dose is not None:
        last = sheet.guard.last_dose.event_at
        if sheet.opened_at - last >= dt.timedelta(days=1):
            return tr("last on {date}", date=formats().date_short(local(last).date()))
        return tr("{span} gap", span=formats().duration(sheet.opened_at - last))
    return tr("as needed")
