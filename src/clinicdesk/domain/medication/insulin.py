"""The insulin calculator: it shows its working, a nurse confirms the dose; it never doses by itself (M15)."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.findings import Finding, OverrideBy, advisory, hard_stop, soft_stop
from clinicdesk.domain.medication.facts import DoseActor
from clinicdesk.domain.medication.quantities import plain

GLUCOSE_GOOD_FOR = dt.timedelta(minutes=15)
"""A reading older than this is not the glucose before the dose."""
_CLOCK_TOLERANCE = dt.timedelta(minutes=2)
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class InsulinPlan:
    """The figures of one version of a student's diabetes plan. Glucose in mg/dL, carbohydrate in grams.

    `uses_iob`: the plan states that insulin on board is taken off the correction.
    """

    version: int
    valid_from: dt.date
    valid_until: dt.date
    carb_ratio: Decimal
    target_glucose: Decimal
    correction_factor: Decimal
    step: Decimal
    max_dose: Decimal
    second_check_above: Decimal
    treat_low_below: Decimal = Decimal(70)
    ketones_from: Decimal = Decimal(250)
    uses_iob: bool = False

    def __post_init__(self) -> None:
        for name in ("carb_ratio", "target_glucose", "correction_factor", "step", "max_dose"):
            value: Decimal = getattr(self, name)
            if not value.is_finite() or value <= 0:
                raise InvalidValueError(name, "not_positive")
        if self.valid_until < self.valid_from:
            raise InvalidValueError("valid_until", "wrong_order")

    def holds_on(self, day: dt.date) -> bool:
        return self.valid_from <= day <= self.valid_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Glucose:
    """A blood glucose in mg/dL, and when it was measured."""

    value: Decimal
    at: dt.datetime

    def __post_init__(self) -> None:
        if not self.value.is_finite() or not Decimal(10) <= self.value <= Decimal(1500):
            raise InvalidValueError("glucose", "out_of_range", minimum=10, maximum=1500)
        if self.at.tzinfo is None:
            raise InvalidValueError("event_at", "no_zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class InsulinEntry:
    """What is known before the dose. `carbs` 0 = no food; `iob` is None where nobody read it off."""

    plan: InsulinPlan
    glucose: Glucose | None
    carbs: Decimal
    iob: Decimal | None
    at: dt.datetime

    def __post_init__(self) -> None:
        if not self.carbs.is_finite() or not _ZERO <= self.carbs <= Decimal(400):
            raise InvalidValueError("carbs", "out_of_range", minimum=0, maximum=400)
        if self.iob is not None and (not self.iob.is_finite() or self.iob < 0):
            raise InvalidValueError("iob", "negative")


class Step(enum.StrEnum):
    """The lines of the working."""

    CARBS = "CARBS"
    CORRECTION = "CORRECTION"
    ON_BOARD = "ON_BOARD"
    SUM = "SUM"
    ROUNDED = "ROUNDED"


@dataclass(frozen=True, slots=True)
class WorkingLine:
    """One line of the working: the sum as it is written down, and the units it makes."""

    step: Step
    sum: str
    units: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class InsulinProposal:
    """Units proposed with the working behind them, of a named plan version. Nothing is given by it."""

    units: Decimal
    working: tuple[WorkingLine, ...]
    plan_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What the nurse decided: the units, her reason where they are not the proposed ones, ketones where asked for."""

    units: Decimal
    reason: str = ""
    ketones: str = ""
    checked_by: DoseActor | None = None
    """The second person of the check above the limit, proved by the own password."""


def propose(entry: InsulinEntry) -> InsulinProposal | None:
    """Carbohydrate by the plan's ratio, correction above the target, insulin on board taken off the correction only.

    Rounded down to the plan's step: less insulin is the safer error. None where the glucose, or the insulin on board
    that the plan asks for, is not known: a missing figure is never taken for zero.
    """
    plan, glucose = entry.plan, entry.glucose
    if glucose is None or (plan.uses_iob and entry.iob is None):
        return None
    carbs = entry.carbs / plan.carb_ratio
    working = [WorkingLine(Step.CARBS, f"{plain(entry.carbs)} g / {plain(plan.carb_ratio)} g", _shown(carbs))]
    above = glucose.value - plan.target_glucose
    correction = above / plan.correction_factor
    written = f"({plain(glucose.value)} - {plain(plan.target_glucose)}) / {plain(plan.correction_factor)}"
    working.append(WorkingLine(Step.CORRECTION, written, _shown(correction)))
    if plan.uses_iob and entry.iob is not None and correction > 0:
        left = max(_ZERO, correction - entry.iob)
        working.append(WorkingLine(Step.ON_BOARD, f"{plain(_shown(correction))} - {plain(entry.iob)}", _shown(left)))
        correction = left
    # Thirds that make a whole again must not fall a step short.
    total = max(_ZERO, (carbs + correction).quantize(Decimal("0.000001")))
    parts = f"{plain(_shown(carbs))} + {plain(_shown(correction))}"
    working.append(WorkingLine(Step.SUM, parts, _shown(total)))
    units = (total / plan.step).to_integral_value(rounding=ROUND_DOWN) * plan.step
    working.append(WorkingLine(Step.ROUNDED, f"{plain(_shown(total))} > {plain(plan.step)}", units))
    return InsulinProposal(units=units, working=tuple(working), plan_version=plan.version)


def assess_insulin(
    entry: InsulinEntry, confirmed: Confirmation, actor: DoseActor, day: dt.date, current_version: int
) -> tuple[Finding, ...]:
    """What stands against the confirmed dose (M15). `day` is the school's date of the dose."""
    found = [*_plan(entry.plan, day, current_version), *_readings(entry), *_units(entry, confirmed, actor)]
    return tuple(found)


def _plan(plan: InsulinPlan, day: dt.date, current_version: int) -> Iterator[Finding]:
    if plan.version != current_version:
        yield hard_stop("M15", "dose.insulin_plan_changed", version=current_version)
    if not plan.holds_on(day):
        yield hard_stop("M15", "dose.insulin_plan_not_in_date", end=plan.valid_until.isoformat())


def _readings(entry: InsulinEntry) -> Iterator[Finding]:
    plan, glucose = entry.plan, entry.glucose
    if glucose is None:
        yield hard_stop("M15", "dose.glucose_missing")
    elif glucose.at > entry.at + _CLOCK_TOLERANCE:
        yield hard_stop("M15", "dose.glucose_in_future")
    elif entry.at - glucose.at > GLUCOSE_GOOD_FOR:
        minutes = int((entry.at - glucose.at).total_seconds() // 60)
        yield hard_stop("M15", "dose.glucose_old", minutes=minutes)
    elif glucose.value < plan.treat_low_below:
        yield hard_stop("M15", "dose.glucose_low", value=plain(glucose.value), limit=plain(plan.treat_low_below))
    if plan.uses_iob and entry.iob is None:
        yield hard_stop("M15", "dose.insulin_on_board_missing")


def _units(entry: InsulinEntry, confirmed: Confirmation, actor: DoseActor) -> Iterator[Finding]:
    plan, proposal = entry.plan, propose(entry)
    if not confirmed.units.is_finite() or confirmed.units < 0:
        raise InvalidValueError("units", "negative")
    if not actor.is_licensed:
        yield hard_stop("M15", "dose.insulin_needs_nurse")
    if confirmed.units > plan.max_dose:
        yield hard_stop("M15", "dose.insulin_over_maximum", maximum=plain(plan.max_dose))
    if confirmed.units > plan.second_check_above and not _checked(confirmed.checked_by, actor.user_id):
        yield hard_stop(
            "M15", "dose.insulin_second_check", OverrideBy.SECOND_PERSON, limit=plain(plan.second_check_above)
        )
    if proposal is not None and confirmed.units != proposal.units and not confirmed.reason.strip():
        yield soft_stop(
            "M15",
            "dose.insulin_not_as_calculated",
            confirmed=plain(confirmed.units),
            proposed=plain(proposal.units),
        )
    glucose = entry.glucose
    if glucose is not None and glucose.value >= plan.ketones_from and not confirmed.ketones.strip():
        yield advisory("M15", "dose.check_ketones", value=plain(glucose.value), limit=plain(plan.ketones_from))


def _checked(second: DoseActor | None, actor: uuid.UUID) -> bool:
    return second is not None and second.is_licensed and second.user_id != actor


def _shown(units: Decimal) -> Decimal:
    """Hundredths, cut: enough to follow the sum on paper."""
    return units.quantize(Decimal("0.01"), rounding=ROUND_DOWN)
