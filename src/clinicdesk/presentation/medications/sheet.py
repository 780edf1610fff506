"""The dose sheet: six rights, guard, overrides, witness and outcome of one dose (ux-spec 7.5, M1-M9, D40)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from clinicdesk.domain.findings import Finding, OverrideBy
from clinicdesk.domain.medication.facts import IdentityStep, LabelStep
from clinicdesk.domain.medication.log import DoseOutcome
from clinicdesk.domain.medication.names import tall_man
from clinicdesk.domain.medication.orders import Order, PreCheck
from clinicdesk.domain.medication.outcomes import DoseReason, reasons_for
from clinicdesk.domain.medication.slots import OPEN_STATES
from clinicdesk.i18n import formats, sentence, term, tr
from clinicdesk.presentation.medications.words import Local, both_ways
from clinicdesk.presentation.runner import Runner
from clinicdesk.services.dose_values import (
    AlreadyGivenError,
    DoseRefusedError,
    DoseSheet,
    NewDose,
    OverrideWords,
    Proof,
    Recorded,
)
from clinicdesk.services.doses import Doses


class RightState(StrEnum):
    """Where one of the six rights stands."""

    DONE = "done"
    NEXT = "next"
    WAITING = "waiting"
    DEVIATION = "deviation"


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
    second: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetState:
    """Everything the sheet shows."""

    sheet: DoseSheet | None = None
    identity: bool = False
    label: bool = False
    indication: str = ""
    prechecks: Mapping[PreCheck, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    lifting: Mapping[str, Lifting] = field(default_factory=dict)
    witness: str = ""
    counted: str = ""
    outcome: DoseOutcome | None = None
    """The outcome other than given that is being charted: its reason is asked."""
    reason: DoseReason | None = None
    note: str = ""
    busy: bool = False
    message: str = ""
    failure: str = ""
    rights: tuple[Right, ...] = ()
    blocked: str = ""
    """Why Given is off; empty when it is on."""

    @property
    def stops(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.stops)

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


class DosePresenter:
    """One dose at a time. Nothing is charted before the person says which outcome."""

    def __init__(
        self, doses: Doses, runner: Runner, local: Local, staff: Callable[[], tuple[str, ...]] = tuple
    ) -> None:
        self._doses = doses
        self._runner = runner
        self.local = local
        self.staff = staff
        self.state = SheetState()
        self.on_change: Callable[[SheetState], None] = lambda _state: None
        self.on_recorded: Callable[[Recorded], None] = lambda _recorded: None
        self._order: uuid.UUID | None = None
        self._slot: str | None = None

    def open(self, order_id: uuid.UUID, student_id: uuid.UUID, slot_key: str | None) -> None:
        """Read the sheet; what was filled in for another dose is gone."""
        self._order, self._slot = order_id, slot_key
        self._set(SheetState())
        self._runner.run(
            lambda: self._doses.open_dose(order_id, student_id, slot_key),
            done=self._opened,
            failed=self._failed,
            key="dose",
        )

    # Rights

    def tick_next(self) -> None:
        """Space: the photo and date of birth match, then the label was read."""
        if not self.state.identity:
            self.tick_identity()
        elif not self.state.label:
            self.tick_label()

    def tick_identity(self) -> None:
        self._change(identity=not self.state.identity)

    def tick_label(self) -> None:
        self._change(label=not self.state.label)

    # Guard, witness, overrides

    def indications(self) -> tuple[str, ...]:
        prn = self.state.sheet.order.prn if self.state.sheet is not None else None
        return () if prn is None else prn.indications

    def choose_indication(self, words: str) -> None:
        self._change(indication=words)

    def set_precheck(self, check: PreCheck, said: str) -> None:
        self._change(prechecks={**self.state.prechecks, check: said})

    def set_witness(self, user_name: str) -> None:
        self._change(witness=user_name)

    def set_counted(self, text: str) -> None:
        self._change(counted=text)

    def set_reason_for(self, code: str, words: str) -> None:
        self._lift(code, reason=words)

    def set_contact_for(self, code: str, words: str) -> None:
        self._lift(code, contact=words)

    def set_second_for(self, code: str, user_name: str) -> None:
        self._lift(code, second=user_name)

    # Outcomes

    def give(self, witness_password: str = "", second_password: str = "") -> None:
        """G: chart the dose as given."""
        state = self.state
        if state.blocked or state.sheet is None or state.busy:
            return
        self._record(self._dose(DoseOutcome.GIVEN), witness_password, second_password)

    def choose_outcome(self, outcome: DoseOutcome) -> None:
        """R, A, H, N, S, W: asks the reason where the outcome has one, else charts at once."""
        if self.state.sheet is None or self.state.busy:
            return
        reasons = self.reasons(outcome)
        if not reasons:
            self._record(self._dose(outcome), "", "")
            return
        self._change(outcome=outcome, reason=reasons[0])

    def reasons(self, outcome: DoseOutcome) -> tuple[DoseReason, ...]:
        """The reasons that fit, in the order of the list of reasons."""
        fitting = reasons_for(outcome)
        return tuple(reason for reason in DoseReason if reason in fitting)

    def choose_reason(self, reason: DoseReason) -> None:
        self._change(reason=reason)

    def set_note(self, words: str) -> None:
        self._change(note=words)

    def leave_outcome(self) -> None:
        self._change(outcome=None, reason=None, note="")

    def chart_outcome(self, witness_password: str = "") -> None:
        """Chart the outcome that was chosen, with its reason."""
        if self.state.outcome is not None and not self.state.busy:
            dose = replace(self._dose(self.state.outcome), reason=self.state.reason, note=self.state.note)
            self._record(dose, witness_password, "")

    def _dose(self, outcome: DoseOutcome) -> NewDose:
        state = self.state
        if state.sheet is None or self._order is None:
            raise RuntimeError("no dose is open")
        return NewDose(
            student_id=state.sheet.student.id,
            order_id=self._order,
            outcome=outcome,
            slot_key=self._slot,
            identity=IdentityStep(photo_matched=state.identity, second_identifier_matched=state.identity),
            label=LabelStep(label_read=state.label),
            indication=state.indication or None,
            prechecks={check: said for check, said in state.prechecks.items() if said.strip()},
            lot_id=None if state.sheet.stock is None else state.sheet.stock.lot_id,
            counted=counted_value(state.counted) if outcome is DoseOutcome.GIVEN else None,
        )

    def _record(self, dose: NewDose, witness_password: str, second_password: str) -> None:
        state = self.state
        name = person_named(state.witness, self.staff())
        witness = Proof(user_name=name, password=witness_password) if name else None
        overrides = [
            OverrideWords(
                code=finding.code,
                reason=lifting.reason,
                prescriber_contact=lifting.contact or None,
                by=Proof(user_name=person_named(lifting.second, self.staff()), password=second_password)
                if lifting.second
                else None,
            )
            for finding in state.stops
            if (lifting := state.lifting.get(finding.code)) is not None
        ]
        self._change(busy=True, message="")
        self._runner.run(lambda: self._doses.record(dose, overrides, witness), done=self._recorded, failed=self._failed)

    def _recorded(self, recorded: Recorded) -> None:
        self._change(busy=False, outcome=None)
        self.on_recorded(recorded)

    def _opened(self, sheet: DoseSheet) -> None:
        only = sheet.order.prn.indications if sheet.order.prn is not None else ()
        self._change(sheet=sheet, findings=sheet.findings, failure="", indication=only[0] if len(only) == 1 else "")

    def _failed(self, error: Exception) -> None:
        if isinstance(error, AlreadyGivenError):
            at = formats().time(self.local(error.at))
            words = tr("This dose was already given at {time} by {name}.", time=at, name=error.by)
            self._change(busy=False, message=words, findings=error.findings)
        elif isinstance(error, DoseRefusedError):
            advice = tuple(finding for finding in self.state.findings if not finding.stops)
            self._change(busy=False, findings=(*error.findings, *advice), message=tr("Not charted. See what stops it."))
        elif self.state.sheet is None:
            self._change(busy=False, failure=sentence(error))
        else:
            self._change(busy=False, message=sentence(error))

    def _lift(self, code: str, **changes: str) -> None:
        known = self.state.lifting.get(code, Lifting())
        self._change(lifting={**self.state.lifting, code: replace(known, **changes)})

    def _change(self, **changes: object) -> None:
        state = replace(self.state, **changes)  # type: ignore[arg-type]  # named by the callers above
        rights = _rights(state, self.local) if state.sheet is not None else ()
        state = replace(state, rights=rights)
        self._set(replace(state, blocked=_blocked(state)))

    def _set(self, state: SheetState) -> None:
        self.state = state
        self.on_change(state)


def person_named(typed: str, staff: tuple[str, ...]) -> str:
    """The sign-in name that was meant: the beginning of one name alone is enough."""
    wanted = typed.strip()
    found = [one for one in staff if wanted and one.casefold().startswith(wanted.casefold())]
    return found[0] if len(found) == 1 else wanted


def counted_value(text: str) -> Decimal | None:
    """A typed count; None where there is none or it is no number."""
    try:
        value = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() and value >= 0 else None


def lifted(state: SheetState, finding: Finding) -> bool:
    """Whether everything that the stop asks for was filled in (the service judges it again)."""
    lifting = state.lifting.get(finding.code)
    if lifting is None or not lifting.reason.strip() or finding.override is OverrideBy.NONE:
        return False
    if finding.needs_prescriber_contact and not lifting.contact.strip():
        return False
    return finding.override is not OverrideBy.SECOND_PERSON or bool(lifting.second.strip())


def _rights(state: SheetState, local: Local) -> tuple[Right, ...]:
    sheet = state.sheet
    if sheet is None:
        return ()
    codes = {finding.code for finding in state.stops if not lifted(state, finding)}
    order = sheet.order
    wrong_dose, wrong_time = bool(codes & _DOSE_CODES), bool(codes & _TIME_CODES)
    student = RightState.DONE if state.identity else RightState.NEXT
    label = RightState.DONE if state.label else (RightState.NEXT if state.identity else RightState.WAITING)
    return (
        Right(1, tr("Student"), tr("photo, DOB") if state.identity else tr("scan, or Space"), student),
        Right(2, tr("Medication"), tr("label read") if state.label else tr("scan, or Space"), label),
        Right(3, tr("Dose"), both_ways(order), RightState.DEVIATION if wrong_dose else RightState.DONE),
        Right(4, tr("Route"), term("dose_route", order.route.value), RightState.DONE),
        Right(5, tr("Time"), _time_evidence(sheet, local), RightState.DEVIATION if wrong_time else RightState.DONE),
        Right(6, tr("Record"), tr("written on Given"), RightState.WAITING),
    )


def _time_evidence(sheet: DoseSheet, local: Local) -> str:
    if sheet.slot is not None:
        return tr("due {time}", time=formats().time(local(sheet.slot.due_at)))
    if sheet.guard is not None and sheet.guard.last_dose is not None:
        return tr("{span} gap", span=formats().duration(sheet.opened_at - sheet.guard.last_dose.event_at))
    return tr("as needed")


def _blocked(state: SheetState) -> str:
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
    if not state.identity:
        return tr("Right 1: check photo and date of birth.")
    if not state.label:
        return tr("Right 2: read the label.")
    for finding in state.stops:
        if not lifted(state, finding):
            return tr("Something stops this dose.")
    prn = sheet.order.prn
    if prn is not None and prn.indications and not state.indication:
        return tr("Choose the reason it is given for.")
    if prn is not None and any(not state.prechecks.get(check, "").strip() for check in prn.prechecks):
        return tr("A check before the dose is missing.")
    if sheet.witness_needed and not state.witness.strip():
        return tr("A witness is needed.")
    if sheet.count_back and counted_value(state.counted) is None:
        return tr("Count what is left in the package.")
    return ""


def title_of(order: Order | None) -> str:
    """The head of the sheet."""
    if order is None:
        return tr("Dose")
    if order.emergency:
        return tr("Emergency dose")
    return tr("PRN dose") if order.is_prn else tr("Scheduled dose")


def order_title(sheet: DoseSheet) -> str:
    content, per = sheet.order.strength.content, sheet.order.strength.per
    name = tall_man(sheet.order.drug.name)
    if content.unit is per.unit:
        return name
    return f"{name} {strength_words(sheet)}"


def strength_words(sheet: DoseSheet) -> str:
    """ "90 mcg/puff"."""
    strength = sheet.order.strength
    amount = strength.content.amount.normalize()
    return f"{amount:f} {term(strength.content.unit.word, 'one')}/{term(strength.per.unit.word, 'one')}"


def dose_line(sheet: DoseSheet) -> str:
    return f"{both_ways(sheet.order)}, {term('dose_route', sheet.order.route.value).lower()}"


def emergency_minutes(sheet: DoseSheet, now: dt.datetime) -> int | None:
    """Minutes since the first dose of the running emergency (M16)."""
    since = sheet.emergency_since
    return None if since is None else int((now - since).total_seconds() // 60)
