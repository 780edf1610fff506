"""Recording a vaccine dose: required fields, lot expiry and the schedule's date arithmetic (I1, I14, I15)."""

from __future__ import annotations

import calendar
import datetime as dt
import enum
import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.findings import Finding, hard_stop, soft_stop
from clinicdesk.domain.vaccines import Vaccine

OBSERVATION_MINUTES = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A time span of the schedule, such as "6 months - 4 days"."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0

    def negated(self) -> Span:
        return Span(years=-self.years, months=-self.months, weeks=-self.weeks, days=-self.days)


_SPAN_PART = re.compile(r"\s*([+-]?)\s*(\d+)\s*(year|month|week|day)s?", re.IGNORECASE)


def parse_span(text: str) -> Span:
    """Read a span as the supporting data writes it: "12 months - 4 days".

    Raises:
        InvalidValueError: the text is no span.
    """
    totals = {"year": 0, "month": 0, "week": 0, "day": 0}
    position = 0
    for part in _SPAN_PART.finditer(text):
        if part.start() != position:
            break
        totals[part[3].lower()] += -int(part[2]) if part[1] == "-" else int(part[2])
        position = part.end()
    if position == 0 or text[position:].strip():
        raise InvalidValueError("span", "not_a_span")
    return Span(years=totals["year"], months=totals["month"], weeks=totals["week"], days=totals["day"])


def add_span(date: dt.date, span: Span) -> dt.date:
    """CALCDT-1..6: years, then months, then weeks and days; an unreal date moves on to the 1st of the next month."""
    years, month = divmod(date.month - 1 + span.months, 12)
    year = date.year + span.years + years
    if date.day <= calendar.monthrange(year, month + 1)[1]:
        moved = dt.date(year, month + 1, date.day)
    elif month + 1 == 12:
        moved = dt.date(year + 1, 1, 1)
    else:
        moved = dt.date(year, month + 2, 1)
    return moved + dt.timedelta(weeks=span.weeks, days=span.days)


def lot_last_day(year: int, month: int, day: int | None = None) -> dt.date:
    """The last good day of a lot; month and year alone mean the month's last day (CALCDTLOTEXP-1).

    Raises:
        InvalidValueError: there is no such month or day.
    """
    if not 1 <= month <= 12 or not 2000 <= year <= 2100:
        raise InvalidValueError("expiration_date", "not_a_date")
    last = calendar.monthrange(year, month)[1]
    if day is not None and not 1 <= day <= last:
        raise InvalidValueError("expiration_date", "not_a_date")
    return dt.date(year, month, last if day is None else day)


class AgeVerdict(enum.StrEnum):
    """A dose's age against one schedule row (I2)."""

    TOO_YOUNG = "TOO_YOUNG"
    GRACE_PERIOD = "GRACE_PERIOD"
    VALID = "VALID"
    TOO_OLD = "TOO_OLD"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeLimits:
    """The age row of a dose in the schedule; null = no limit."""

    absolute_minimum: Span | None = None
    minimum: Span | None = None
    maximum: Span | None = None


def age_verdict(birth_date: dt.date, given_on: dt.date, limits: AgeLimits) -> AgeVerdict:
    """I2: below the absolute minimum not valid, up to the minimum in grace, from the maximum on extraneous."""
    if limits.absolute_minimum is not None and given_on < add_span(birth_date, limits.absolute_minimum):
        return AgeVerdict.TOO_YOUNG
    if limits.maximum is not None and given_on >= add_span(birth_date, limits.maximum):
        return AgeVerdict.TOO_OLD
    if limits.minimum is not None and given_on < add_span(birth_date, limits.minimum):
        return AgeVerdict.GRACE_PERIOD
    return AgeVerdict.VALID


class IntervalVerdict(enum.StrEnum):
    """The gap to a reference dose against one schedule row (I3)."""

    TOO_SOON = "TOO_SOON"
    GRACE_PERIOD = "GRACE_PERIOD"
    VALID = "VALID"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalLimits:
    """The interval row of a dose. The grace is data: the absolute minimum, never a constant."""

    absolute_minimum: Span | None = None
    minimum: Span | None = None


def interval_verdict(reference: dt.date, given_on: dt.date, limits: IntervalLimits) -> IntervalVerdict:
    """I3: the dose against the minimum interval from a reference dose."""
    if limits.absolute_minimum is not None and given_on < add_span(reference, limits.absolute_minimum):
        return IntervalVerdict.TOO_SOON
    if limits.minimum is not None and given_on < add_span(reference, limits.minimum):
        return IntervalVerdict.GRACE_PERIOD
    return IntervalVerdict.VALID


class VfcEligibility(enum.StrEnum):
    """Eligibility for the Vaccines for Children programme, asked for each dose (I14)."""

    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    MEDICAID = "MEDICAID"
    UNINSURED = "UNINSURED"
    NATIVE = "NATIVE"
    UNDERINSURED = "UNDERINSURED"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministeredDose:
    """A vaccine dose given in this clinic, as entered. Nulls are what the form still lacks."""

    student_id: uuid.UUID
    birth_date: dt.date
    cvx_code: str | None = None
    given_on: dt.date | None = None
    lot_number: str | None = None
    manufacturer: str | None = None
    expires_on: dt.date | None = None
    site: str | None = None
    route: str | None = None
    amount: Decimal | None = None
    unit: str | None = None
    information_edition: dt.date | None = None
    information_given_on: dt.date | None = None
    administrator_name: str | None = None
    administrator_title: str | None = None
    administrator_address: str | None = None
    vfc: VfcEligibility | None = None
    screening_answered: bool = False
    screening_positive: bool = False
    consent_holds: bool = False


_REQUIRED = (
    "cvx_code",
    "given_on",
    "lot_number",
    "manufacturer",
    "expires_on",
    "site",
    "route",
    "amount",
    "unit",
    "information_edition",
    "information_given_on",
    "administrator_name",
    "administrator_title",
    "administrator_address",
    "vfc",
)


def missing_fields(dose: AdministeredDose) -> tuple[str, ...]:
    """The I14 fields that an administered (not a historical) dose still lacks, in the form's order."""
    lacking = [name for name in _REQUIRED if _blank(getattr(dose, name))]
    return (*lacking, *(() if dose.screening_answered else ("screening_answered",)))


def assess_vaccination(
    dose: AdministeredDose,
    today: dt.date,
    *,
    age: AgeVerdict = AgeVerdict.VALID,
    intervals: tuple[IntervalVerdict, ...] = (),
) -> tuple[Finding, ...]:
    """What stands against recording the dose (I2, I3, I14). Age and interval verdicts come from the schedule."""
    found = [hard_stop("I14", f"vaccine.field_missing.{name}") for name in missing_fields(dose)]
    if not dose.consent_holds:
        found.append(hard_stop("I14", "vaccine.consent_missing"))
    if dose.given_on is not None:
        found.extend(_date_findings(dose, dose.given_on, today))
    if dose.amount is not None and dose.amount <= 0:
        found.append(hard_stop("I14", "vaccine.amount_not_positive"))
    if dose.screening_positive:
        found.append(soft_stop("I14", "vaccine.screening_positive"))
    if age is AgeVerdict.TOO_YOUNG:
        found.append(soft_stop("I2", "vaccine.too_young"))
    if age is AgeVerdict.TOO_OLD:
        found.append(soft_stop("I2", "vaccine.too_old"))
    if IntervalVerdict.TOO_SOON in intervals:
        found.append(soft_stop("I3", "vaccine.interval_too_short"))
    return tuple(found)


def lot_findings(cvx_code: str | None, inside: Vaccine | None, *, shut: bool) -> tuple[Finding, ...]:
    """M13: a quarantined or recalled lot is not given; M3: the vial of another vaccine is the wrong drug."""
    found = [hard_stop("M13", "dose.product_quarantined")] if shut else []
    if inside is not None and cvx_code is not None and inside.cvx != cvx_code:
        found.append(hard_stop("M3", "vaccine.lot_of_other_product", vaccine=inside.short))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class VaccineFollowUp:
    """What follows a vaccine dose: observation until, and the adverse-event prompt."""

    observe_until: dt.datetime
    ask_adverse_event: bool = True


def after_vaccination(given_at: dt.datetime) -> VaccineFollowUp:
    """15 minutes of observation, then the question for an adverse event (I14)."""
    return VaccineFollowUp(observe_until=given_at + dt.timedelta(minutes=OBSERVATION_MINUTES))


def describes_unspecified(short_description: str) -> bool:
    """Whether the code set calls a vaccine code unspecified: a real dose of an unknown product."""
    return "unspecified" in short_description.casefold()


def evaluable(cvx_code: str | None, *, date_is_exact: bool, unspecified: Collection[str]) -> bool:
    """Whether the engine may count a dose: a known product and a full date (I15).

    `unspecified` are the codes that the loaded schedule describes so. Other doses are kept and marked, never guessed.
    """
    return cvx_code is not None and date_is_exact and cvx_code not in unspecified


def _date_findings(dose: AdministeredDose, given_on: dt.date, today: dt.date) -> list[Finding]:
    found = []
    if given_on > today:
        found.append(hard_stop("I14", "vaccine.in_future"))
    if given_on < dose.birth_date:
        found.append(hard_stop("I14", "vaccine.before_birth"))
    if dose.expires_on is not None and given_on > dose.expires_on:
        found.append(hard_stop("M13", "vaccine.lot_expired", expired=dose.expires_on.isoformat()))
    if dose.information_edition is not None and dose.information_edition > given_on:
        found.append(hard_stop("I14", "vaccine.information_newer_than_dose"))
    if dose.information_given_on is not None and dose.information_given_on > given_on:
        found.append(hard_stop("I14", "vaccine.information_after_dose"))
    return found


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
