"""The state of a consent, computed from requests, signature rows and withdrawals; who may sign (M2, D42)."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.calendar import SchoolCalendar
from clinicdesk.domain.people import age_on

ADULT_AGE = 18


class ConsentState(enum.StrEnum):
    """Where a consent stands (`ux-spec.md` 7.7). FORKED: two desks continued one signature differently (D1)."""

    DRAFT = "DRAFT"
    SENT = "SENT"
    SIGNED = "SIGNED"
    NOT_YET_VALID = "NOT_YET_VALID"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"
    FORKED = "FORKED"


class ConsentDecision(enum.StrEnum):
    """What one row of the signature log says; WITHDRAWN ends an earlier yes."""

    GRANTED = "GRANTED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


class ValidityRule(enum.StrEnum):
    """How long a signature holds."""

    ONE_YEAR = "ONE_YEAR"
    SCHOOL_YEAR = "SCHOOL_YEAR"
    UNTIL_DATE = "UNTIL_DATE"
    UNTIL_REVOKED = "UNTIL_REVOKED"


class SignerCapacity(enum.StrEnum):
    """In which capacity a person signs."""

    GUARDIAN = "GUARDIAN"
    STUDENT_18 = "STUDENT_18"
    MINOR_BY_RULE = "MINOR_BY_RULE"


class SigningBar(enum.StrEnum):
    """Why a person may not sign this consent (D42)."""

    CUSTODY_LIMITED = "CUSTODY_LIMITED"
    NOT_A_GUARDIAN = "NOT_A_GUARDIAN"
    STUDENT_IS_ADULT = "STUDENT_IS_ADULT"
    STUDENT_IS_MINOR = "STUDENT_IS_MINOR"
    STATE_RULE = "STATE_RULE"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRequest:
    """A form asked for a student. `sent_at` is null while it is a draft."""

    form_id: uuid.UUID
    student_id: uuid.UUID
    sent_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureRow:
    """One row of the append-only signature log.

    A withdrawal or correction supersedes the signature that it ends; `event_at` is when the person signed or
    withdrew. A row `in_error` takes back a wrong entry.
    """

    id: uuid.UUID
    form_id: uuid.UUID
    form_version: str
    student_id: uuid.UUID
    decision: ConsentDecision
    event_at: dt.datetime
    supersedes_id: uuid.UUID | None = None
    in_error: bool = False
    capacity: SignerCapacity | None = None
    order_root: uuid.UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """The validity rule of a form; `until` belongs to UNTIL_DATE. `starts` delays a signature given in summer."""

    rule: ValidityRule
    until: dt.date | None = None
    starts: dt.date | None = None

    def __post_init__(self) -> None:
        if (self.rule is ValidityRule.UNTIL_DATE) != (self.until is not None):
            raise InvalidValueError("valid_until", "missing" if self.until is None else "not_allowed")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentStanding:
    """A consent at a moment: its state, the row that decides it, and the last day it holds."""

    state: ConsentState
    row: SignatureRow | None = None
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    heads: tuple[SignatureRow, ...] = ()

    @property
    def permits(self) -> bool:
        return self.state is ConsentState.SIGNED

    def days_left(self, day: dt.date) -> int | None:
        """Days until the last valid one; null where the consent does not hold or has no end."""
        return (self.valid_until - day).days if self.permits and self.valid_until is not None else None


def standing_of(
    request: ConsentRequest | None,
    rows: Iterable[SignatureRow],
    validity: Validity,
    calendar: SchoolCalendar,
    now: dt.datetime,
) -> ConsentStanding:
    """The state of one consent at `now`, from the rows of one form and student up to then.

    Several signers may sign; the newest head decides. A fork, two rows that continue one row, keeps the consent
    shut until a person has resolved it (D1).
    """
    known = tuple(rows)
    heads = _heads(known)
    if _is_forked(known, heads):
        return ConsentStanding(state=ConsentState.FORKED, heads=heads)
    if not heads:
        sent = request is not None and request.sent_at is not None
        return ConsentStanding(state=ConsentState.SENT if sent else ConsentState.DRAFT)
    newest = heads[-1]
    if newest.decision is ConsentDecision.WITHDRAWN:
        return ConsentStanding(state=ConsentState.REVOKED, row=newest, heads=heads)
    if newest.decision is ConsentDecision.REFUSED:
        return ConsentStanding(state=ConsentState.DECLINED, row=newest, heads=heads)
    signed_on = calendar.local_date(newest.event_at)
    first = max(signed_on, validity.starts or signed_on)
    last = valid_until(first, validity, calendar)
    today = calendar.local_date(now)
    if last is not None and today > last:
        state = ConsentState.EXPIRED
    elif today < first:
        state = ConsentState.NOT_YET_VALID
    else:
        state = ConsentState.SIGNED
    return ConsentStanding(state=state, row=newest, valid_from=first, valid_until=last, heads=heads)


def valid_until(first: dt.date, validity: Validity, calendar: SchoolCalendar) -> dt.date | None:
    """The last day a consent holds that begins on `first`; null = until revoked.

    A year runs to the day before its anniversary; the school-year rule falls back to the year where the calendar
    does not reach that far.
    """
    match validity.rule:
        case ValidityRule.UNTIL_REVOKED:
            return None
        case ValidityRule.UNTIL_DATE:
            return validity.until
        case ValidityRule.SCHOOL_YEAR:
            return calendar.school_year_end(first) or _year_after(first)
        case ValidityRule.ONE_YEAR:
            return _year_after(first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """The person in front of the form. `is_guardian` and the custody limit come from the contact's role."""

    is_student: bool
    is_guardian: bool = False
    custody_limited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MinorRule:
    """The state's rule for minors: the age from which a student signs certain consent kinds alone."""

    from_age: int
    consent_kinds: frozenset[str]


def may_sign(
    signer: Signer,
    *,
    birth_date: dt.date,
    day: dt.date,
    consent_kind: str,
    minor_rules: Collection[MinorRule] = (),
) -> SignerCapacity | SigningBar:
    """In which capacity the person may sign, or why not (D42)."""
    years = age_on(birth_date, day).years
    if signer.is_student:
        if years >= ADULT_AGE:
            return SignerCapacity.STUDENT_18
        covering = [rule for rule in minor_rules if consent_kind in rule.consent_kinds]
        if not covering:
            return SigningBar.STUDENT_IS_MINOR
        return (
            SignerCapacity.MINOR_BY_RULE if any(years >= rule.from_age for rule in covering) else SigningBar.STATE_RULE
        )
    if years >= ADULT_AGE:
        return SigningBar.STUDENT_IS_ADULT
    if not signer.is_guardian:
        return SigningBar.NOT_A_GUARDIAN
    return SigningBar.CUSTODY_LIMITED if signer.custody_limited else SignerCapacity.GUARDIAN


@dataclass(frozen=True, slots=True, kw_only=True)
class DependentAct:
    """Something that rests on a consent and stops with it: an order, a self-carry permission, a data release."""

    kind: str
    id: uuid.UUID
    consent_id: uuid.UUID
    emergency: bool = False


def blocked_acts(
    consent_id: uuid.UUID, standing: ConsentStanding, acts: Iterable[DependentAct]
) -> tuple[DependentAct, ...]:
    """What a consent that does not hold blocks at once; emergency medication is never withheld (M16)."""
    if standing.permits:
        return ()
    return tuple(act for act in acts if act.consent_id == consent_id and not act.emergency)


EXPIRY_TASK_DAYS = (30, 7)


def expiry_task_due(standing: ConsentStanding, day: dt.date) -> int | None:
    """The reminder (30 or 7 days) whose day has come, the nearer one first; null if none."""
    left = standing.days_left(day)
    if left is None or left < 0:
        return None
    return next((limit for limit in sorted(EXPIRY_TASK_DAYS) if left <= limit), None)


def _heads(rows: tuple[SignatureRow, ...]) -> tuple[SignatureRow, ...]:
    superseded = {row.supersedes_id for row in rows}
    open_rows = (row for row in rows if row.id not in superseded and not row.in_error)
    return tuple(sorted(open_rows, key=lambda row: (row.event_at, row.id)))


def _is_forked(rows: tuple[SignatureRow, ...], heads: tuple[SignatureRow, ...]) -> bool:
    """Two open rows that descend from one common row by different ways."""
    by_id = {row.id: row for row in rows}
    seen: dict[uuid.UUID, uuid.UUID] = {}
    for head in heads:
        above = head.supersedes_id
        while above is not None:
            if seen.setdefault(above, head.id) != head.id:
                return True
            above = by_id[above].supersedes_id if above in by_id else None
    return False


def _year_after(first: dt.date) -> dt.date:
    try:
        anniversary = first.replace(year=first.year + 1)
    except ValueError:
        anniversary = dt.date(first.year + 1, 3, 1)
    return anniversary - dt.timedelta(days=1)
