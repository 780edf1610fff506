"""A student's order for a drug: what, how much, when, and the dose arithmetic shown both ways (M2, M3)."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.medication.quantities import COUNTED_FORMS, DoseUnit, Quantity, comparable, plain


class OrderStatus(enum.StrEnum):
    """Where one version of an order stands."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    ON_HOLD = "ON_HOLD"
    DISCONTINUED = "DISCONTINUED"
    COMPLETED = "COMPLETED"


class Route(enum.StrEnum):
    """How a medicine or vaccine enters the body; a screen offers them by use, not in this order."""

    INTRAMUSCULAR = "INTRAMUSCULAR"
    SUBCUTANEOUS = "SUBCUTANEOUS"
    INTRADERMAL = "INTRADERMAL"
    ORAL = "ORAL"
    INTRANASAL = "INTRANASAL"
    INTRAVENOUS = "INTRAVENOUS"
    OTHER = "OTHER"
    SUBLINGUAL = "SUBLINGUAL"
    BUCCAL = "BUCCAL"
    INHALED = "INHALED"
    NEBULIZED = "NEBULIZED"
    TOPICAL = "TOPICAL"
    TRANSDERMAL = "TRANSDERMAL"
    RECTAL = "RECTAL"
    OPHTHALMIC = "OPHTHALMIC"
    OTIC = "OTIC"
    GASTROSTOMY = "GASTROSTOMY"


class PreCheck(enum.StrEnum):
    """What must be known before a PRN dose (`ux-spec.md` 7.5)."""

    PEAK_FLOW = "PEAK_FLOW"
    GLUCOSE = "GLUCOSE"
    TEMPERATURE = "TEMPERATURE"
    PARENT_CALL = "PARENT_CALL"
    HOME_DOSE_ASKED = "HOME_DOSE_ASKED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drug:
    """A formulary drug with the ingredients (RxNorm codes) and classes that rules compare."""

    id: uuid.UUID
    name: str
    ingredients: frozenset[str]
    classes: frozenset[str] = frozenset()

    def shares_ingredient(self, ingredients: frozenset[str]) -> bool:
        return bool(self.ingredients & ingredients)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """How much drug is in how much of the form: 5 mg in 1 tablet, 160 mg in 5 mL."""

    content: Quantity
    per: Quantity

    def dose_in(self, count: Decimal) -> Quantity:
        """The dose that `count` units of the form hold."""
        return Quantity(amount=count * self.content.amount / self.per.amount, unit=self.content.unit)

    def form_units_for(self, dose: Quantity) -> Decimal:
        """How many units of the form hold `dose`.

        Raises:
            InvalidValueError: the dose is in a unit that this strength cannot give.
        """
        return dose.converted(self.content.unit).amount * self.per.amount / self.content.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseShown:
    """A dose both ways: `form_count` of `form_unit` and the amount of drug in it (M3)."""

    form_count: Decimal
    form_unit: DoseUnit
    dose: Quantity

    def sentence(self, words: Mapping[str, str]) -> str:
        """ "2 tablets = 10 mg", with the unit words of `words` (codes `unit.<unit>.one|other`)."""
        return (
            f"{in_words(self.form_count, self.form_unit, words)} = {in_words(self.dose.amount, self.dose.unit, words)}"
        )


def in_words(amount: Decimal, unit: DoseUnit, words: Mapping[str, str]) -> str:
    """An amount with the unit's word; one and less than one take the singular."""
    number = "one" if amount <= 1 else "other"
    return f"{plain(amount)} {words[f'{unit.word}.{number}']}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedSchedule:
    """Given at times of day on weekdays (Monday = 0)."""

    times: tuple[dt.time, ...]
    weekdays: frozenset[int] = frozenset(range(5))

    def __post_init__(self) -> None:
        if not self.times:
            raise InvalidValueError("schedule_times", "missing")
        if len(set(self.times)) != len(self.times):
            raise InvalidValueError("schedule_times", "duplicate")
        if any(time.tzinfo is not None or time.second or time.microsecond for time in self.times):
            raise InvalidValueError("schedule_times", "not_a_time")
        if not self.weekdays or not self.weekdays <= frozenset(range(7)):
            raise InvalidValueError("schedule_weekdays", "out_of_range", minimum=0, maximum=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrnSchedule:
    """Given when needed, for a named reason, within limits (M5)."""

    min_interval: dt.timedelta
    max_per_day: int
    indications: tuple[str, ...] = ()
    prechecks: frozenset[PreCheck] = frozenset()
    max_per_school_year: int | None = None
    effect_check_after: dt.timedelta = dt.timedelta(minutes=45)

    def __post_init__(self) -> None:
        if self.min_interval <= dt.timedelta(0):
            raise InvalidValueError("min_interval", "not_positive")
        if self.max_per_day < 1:
            raise InvalidValueError("max_per_day", "out_of_range", minimum=1)


Schedule = TimedSchedule | PrnSchedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One version of an order. An order is known by `root_id`, the id of its first version (D1).

    `accepted_with` are the roots of orders that the prescriber knowingly gave beside this one (M6). A `withdrawn`
    version takes back the one that it supersedes, as when a fork is resolved.
    """

    id: uuid.UUID
    root_id: uuid.UUID
    version: int
    supersedes_id: uuid.UUID | None = None
    withdrawn: bool = False
    status: OrderStatus
    student_id: uuid.UUID
    drug: Drug
    dose: Quantity
    strength: Strength
    form_count: Decimal
    route: Route
    schedule: Schedule
    start_date: dt.date
    end_date: dt.date | None = None
    window_before: dt.timedelta | None = None
    window_after: dt.timedelta | None = None
    controlled: bool = False
    requires_witness: bool = False
    emergency: bool = False
    standing: bool = False
    over_the_counter: bool = False
    half_tablet_allowed: bool = False
    weight_based: bool = False
    delegation_allowed: bool = True
    consent_id: uuid.UUID | None = None
    prescriber_name: str | None = None
    accepted_with: frozenset[uuid.UUID] = frozenset()

    def __post_init__(self) -> None:
        if self.version < 1:
            raise InvalidValueError("version", "out_of_range", minimum=1)
        if self.end_date is not None and self.end_date < self.start_date:
            raise InvalidValueError("end_date", "wrong_order")

    @property
    def is_prn(self) -> bool:
        return isinstance(self.schedule, PrnSchedule)

    @property
    def prn(self) -> PrnSchedule | None:
        return self.schedule if isinstance(self.schedule, PrnSchedule) else None

    @property
    def timed(self) -> TimedSchedule | None:
        return self.schedule if isinstance(self.schedule, TimedSchedule) else None

    @property
    def shown(self) -> DoseShown:
        """The dose both ways, as the order states it."""
        return DoseShown(form_count=self.form_count, form_unit=self.strength.per.unit, dose=self.dose)

    def in_date(self, day: dt.date) -> bool:
        return self.start_date <= day and (self.end_date is None or day <= self.end_date)


class DoseMismatch(enum.StrEnum):
    """Why strength, count and dose do not fit together (M3)."""

    UNIT = "UNIT"
    AMOUNT = "AMOUNT"
    HALF = "HALF"
    SPLIT = "SPLIT"


def dose_mismatch(
    *, dose: Quantity, strength: Strength, form_count: Decimal, half_tablet_allowed: bool
) -> DoseMismatch | None:
    """Check strength x units against the dose, and that the form can be divided so (M3)."""
    if not form_count.is_finite() or form_count <= 0:
        raise InvalidValueError("form_count", "not_positive")
    if not comparable(dose.unit, strength.content.unit):
        return DoseMismatch.UNIT
    # Compared without division, so that 1/3 of a millilitre is exact too.
    held = form_count * strength.content.converted(dose.unit).amount
    if held != dose.amount * strength.per.amount:
        return DoseMismatch.AMOUNT
    if strength.per.unit not in COUNTED_FORMS or form_count % 1 == 0:
        return None
    if strength.per.unit is DoseUnit.TABLET and form_count % Decimal("0.5") == 0:
        return None if half_tablet_allowed else DoseMismatch.HALF
    return DoseMismatch.SPLIT


def heads(versions: Iterable[Order]) -> tuple[Order, ...]:
    """The versions of one order that nobody supersedes; two or more are a fork (D1)."""
    rows = tuple(versions)
    superseded = {row.supersedes_id for row in rows}
    return tuple(
        sorted(
            (row for row in rows if row.id not in superseded and not row.withdrawn),
            key=lambda row: (row.version, row.id),
        )
    )


def in_force(versions: Sequence[Order], day: dt.date) -> Order | None:
    """The version that governs `day`: the newest one begun by then that was ever active.

    A version counts from its start date; a newer one that begins later leaves the earlier days to its predecessor.
    """
    taken_back = {row.supersedes_id for row in versions if row.withdrawn}
    begun = [
        row
        for row in versions
        if row.status is not OrderStatus.DRAFT
        and row.id not in taken_back
        and not row.withdrawn
        and row.start_date <= day
    ]
    return max(begun, key=lambda row: (row.version, row.id), default=None)
