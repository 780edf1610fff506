"""The school calendar and the computed state of a consent."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from tests.support.doses import DAY, SCHOOL, STUDENT, calendar, moment

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.calendar import Closure, DayKind, SchoolCalendar, SessionDates
from clinicdesk.domain.consent import (
    ConsentDecision,
    ConsentRequest,
    ConsentStanding,
    ConsentState,
    DependentAct,
    MinorRule,
    SignatureRow,
    Signer,
    SignerCapacity,
    SigningBar,
    Validity,
    ValidityRule,
    blocked_acts,
    expiry_task_due,
    may_sign,
    standing_of,
)

FORM = uuid.UUID(int=400)
YEAR = Validity(rule=ValidityRule.ONE_YEAR)
SIGNED_ON = dt.date(2026, 8, 31)


def signature(number: int, decision: ConsentDecision, day: dt.date = SIGNED_ON, **changes: Any) -> SignatureRow:
    whole: dict[str, Any] = {
        "id": uuid.UUID(int=500 + number),
        "form_id": FORM,
        "form_version": "1",
        "student_id": STUDENT,
        "decision": decision,
        "event_at": moment("09:00", day) + dt.timedelta(minutes=number),
    }
    return SignatureRow(**{**whole, **changes})


GRANTED = signature(1, ConsentDecision.GRANTED)


def standing(*rows: SignatureRow, sent: bool = True, validity: Validity = YEAR, day: dt.date = DAY) -> ConsentStanding:
    request = ConsentRequest(form_id=FORM, student_id=STUDENT, sent_at=moment("08:00") if sent else None)
    return standing_of(request, rows, validity, calendar(), moment("11:30", day))


def test_a_consent_goes_from_draft_over_sent_to_signed() -> None:
    assert standing(sent=False).state is ConsentState.DRAFT
    assert standing().state is ConsentState.SENT
    assert standing(GRANTED).state is ConsentState.SIGNED


def test_a_refusal_is_a_declined_consent() -> None:
    assert standing(signature(1, ConsentDecision.REFUSED)).state is ConsentState.DECLINED


def test_a_later_row_revokes_and_a_new_signature_gives_it_again() -> None:
    revoked = signature(2, ConsentDecision.WITHDRAWN, supersedes_id=GRANTED.id)
    again = signature(3, ConsentDecision.GRANTED)
    assert standing(GRANTED, revoked).state is ConsentState.REVOKED
    assert standing(GRANTED, revoked, again).state is ConsentState.SIGNED


def test_an_entry_in_error_is_taken_back() -> None:
    taken_back = signature(2, ConsentDecision.GRANTED, supersedes_id=GRANTED.id, in_error=True)
    assert standing(GRANTED, taken_back).state is ConsentState.SENT


def test_the_newest_of_two_guardians_decides() -> None:
    refused = signature(2, ConsentDecision.REFUSED)
    assert standing(GRANTED, refused).state is ConsentState.DECLINED


def test_d01_two_rows_that_continue_one_signature_keep_the_consent_shut() -> None:
    left = signature(2, ConsentDecision.WITHDRAWN, supersedes_id=GRANTED.id)
    right = signature(3, ConsentDecision.GRANTED, supersedes_id=GRANTED.id)
    found = standing(GRANTED, left, right)
    assert (found.state, found.permits, found.heads) == (ConsentState.FORKED, False, (left, right))
    resolved = signature(4, ConsentDecision.GRANTED, supersedes_id=left.id)
    closing = signature(5, ConsentDecision.GRANTED, supersedes_id=right.id, in_error=True)
    assert standing(GRANTED, left, right, resolved, closing).state is ConsentState.SIGNED


@pytest.mark.parametrize(
    ("day", "state"),
    [(dt.date(2027, 8, 30), ConsentState.SIGNED), (dt.date(2027, 8, 31), ConsentState.EXPIRED)],
)
def test_m02_a_year_runs_to_the_day_before_its_anniversary(day: dt.date, state: ConsentState) -> None:
    assert standing(GRANTED, day=day).state is state


def test_m02_a_year_from_29_february_ends_on_28_february() -> None:
    leap = signature(1, ConsentDecision.GRANTED, dt.date(2028, 2, 29))
    assert standing(leap, day=dt.date(2028, 3, 1)).valid_until == dt.date(2029, 2, 28)


def test_m02_the_school_year_rule_ends_with_the_school_year() -> None:
    rule = Validity(rule=ValidityRule.SCHOOL_YEAR)
    assert standing(GRANTED, validity=rule).valid_until == dt.date(2027, 6, 18)
    assert standing(GRANTED, validity=rule, day=dt.date(2027, 6, 19)).state is ConsentState.EXPIRED


def test_m02_a_summer_signature_waits_for_its_start() -> None:
    rule = Validity(rule=ValidityRule.ONE_YEAR, starts=dt.date(2026, 11, 1))
    assert standing(GRANTED, validity=rule).state is ConsentState.NOT_YET_VALID
    assert standing(GRANTED, validity=rule, day=dt.date(2026, 11, 1)).state is ConsentState.SIGNED


def test_m02_a_rule_with_a_date_needs_its_date() -> None:
    until = Validity(rule=ValidityRule.UNTIL_DATE, until=DAY)
    assert standing(GRANTED, validity=until).state is ConsentState.SIGNED
    assert standing(GRANTED, validity=until, day=DAY + dt.timedelta(days=1)).state is ConsentState.EXPIRED
    assert standing(GRANTED, validity=Validity(rule=ValidityRule.UNTIL_REVOKED)).valid_until is None
    with pytest.raises(InvalidValueError):
        Validity(rule=ValidityRule.UNTIL_DATE)


def test_a_signature_counts_on_the_schools_date() -> None:
    late = signature(0, ConsentDecision.GRANTED, event_at=dt.datetime(2026, 9, 2, 2, 0, tzinfo=dt.UTC))
    assert standing(late).valid_from == dt.date(2026, 9, 1)


MINOR = MinorRule(from_age=14, consent_kinds=frozenset({"MENTAL_HEALTH"}))
GUARDIAN = Signer(is_student=False, is_guardian=True)
STUDENT_HERSELF = Signer(is_student=True)


@pytest.mark.parametrize(
    ("signer", "birth", "kind", "expected"),
    [
        (GUARDIAN, dt.date(2015, 1, 1), "MEDICATION_ADMINISTRATION", SignerCapacity.GUARDIAN),
        (
            Signer(is_student=False, is_guardian=True, custody_limited=True),
            dt.date(2015, 1, 1),
            "MEDICATION_ADMINISTRATION",
            SigningBar.CUSTODY_LIMITED,
        ),
        (Signer(is_student=False), dt.date(2015, 1, 1), "MEDICATION_ADMINISTRATION", SigningBar.NOT_A_GUARDIAN),
        (GUARDIAN, dt.date(2008, 10, 6), "MEDICATION_ADMINISTRATION", SigningBar.STUDENT_IS_ADULT),
        (STUDENT_HERSELF, dt.date(2008, 10, 6), "MEDICATION_ADMINISTRATION", SignerCapacity.STUDENT_18),
        (STUDENT_HERSELF, dt.date(2008, 10, 7), "MEDICATION_ADMINISTRATION", SigningBar.STUDENT_IS_MINOR),
        (STUDENT_HERSELF, dt.date(2012, 10, 6), "MENTAL_HEALTH", SignerCapacity.MINOR_BY_RULE),
        (STUDENT_HERSELF, dt.date(2012, 10, 7), "MENTAL_HEALTH", SigningBar.STATE_RULE),
    ],
)
def test_d42_who_may_sign(signer: Signer, birth: dt.date, kind: str, expected: SignerCapacity | SigningBar) -> None:
    assert may_sign(signer, birth_date=birth, day=DAY, consent_kind=kind, minor_rules=(MINOR,)) is expected


def test_a_revoked_consent_blocks_what_rests_on_it_but_no_emergency() -> None:
    order = DependentAct(kind="order", id=uuid.UUID(int=1), consent_id=FORM)
    rescue = DependentAct(kind="order", id=uuid.UUID(int=2), consent_id=FORM, emergency=True)
    other = DependentAct(kind="order", id=uuid.UUID(int=3), consent_id=uuid.UUID(int=9))
    revoked = ConsentStanding(state=ConsentState.REVOKED)
    assert blocked_acts(FORM, revoked, (order, rescue, other)) == (order,)
    assert blocked_acts(FORM, ConsentStanding(state=ConsentState.SIGNED), (order,)) == ()


@pytest.mark.parametrize(("left", "task"), [(31, None), (30, 30), (8, 30), (7, 7), (0, 7)])
def test_the_expiry_is_announced_30_and_7_days_before(left: int, task: int | None) -> None:
    found = ConsentStanding(state=ConsentState.SIGNED, valid_until=DAY + dt.timedelta(days=left))
    assert expiry_task_due(found, DAY) == task
    assert expiry_task_due(ConsentStanding(state=ConsentState.REVOKED, valid_until=DAY), DAY) is None


# Calendar

HOLIDAY = calendar(
    closures=(Closure(first=dt.date(2026, 11, 25), last=dt.date(2026, 11, 27), name="Thanksgiving"),),
    early_dismissals=((DAY, dt.time(13)), (DAY, dt.time(12))),
    make_up_days=frozenset({dt.date(2026, 10, 10)}),
)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (dt.date(2026, 10, 7), DayKind.SCHOOL),
        (DAY, DayKind.EARLY_DISMISSAL),
        (dt.date(2026, 10, 10), DayKind.SCHOOL),
        (dt.date(2026, 10, 11), DayKind.WEEKEND),
        (dt.date(2026, 11, 26), DayKind.CLOSED),
        (dt.date(2026, 7, 1), DayKind.NO_SESSION),
    ],
)
def test_d41_every_date_has_its_kind(day: dt.date, kind: DayKind) -> None:
    assert HOLIDAY.day(day).kind is kind


def test_d41_the_earliest_of_two_dismissals_counts_and_a_closure_keeps_its_name() -> None:
    assert HOLIDAY.day(DAY).dismissal == dt.time(12)
    assert HOLIDAY.day(dt.date(2026, 11, 25)).closure == "Thanksgiving"


def test_d41_the_next_school_day_jumps_over_holidays() -> None:
    assert HOLIDAY.next_school_day(dt.date(2026, 11, 24)) == dt.date(2026, 11, 30)
    assert HOLIDAY.next_school_day(dt.date(2027, 6, 18)) is None
    week = [day.date.day for day in HOLIDAY.school_days(dt.date(2026, 11, 23), dt.date(2026, 11, 30))]
    assert week == [23, 24, 30]


def test_d41_a_school_year_of_two_terms_ends_with_the_year() -> None:
    end = dt.date(2027, 6, 18)
    terms = (
        SessionDates(first=dt.date(2026, 8, 31), last=dt.date(2026, 12, 18), school_year_end=end),
        SessionDates(first=dt.date(2027, 1, 4), last=end, school_year_end=end),
    )
    assert calendar(sessions=terms).school_year_end(dt.date(2026, 9, 1)) == end
    assert calendar(sessions=terms).day(dt.date(2026, 12, 25)).kind is DayKind.NO_SESSION


def test_a_calendar_refuses_dates_out_of_order_and_unknown_zones() -> None:
    with pytest.raises(InvalidValueError, match="wrong_order"):
        SessionDates(first=DAY, last=DAY - dt.timedelta(days=1))
    with pytest.raises(InvalidValueError, match="wrong_order"):
        Closure(first=DAY, last=DAY - dt.timedelta(days=1))
    with pytest.raises(InvalidValueError, match="unknown_zone"):
        SchoolCalendar(school_id=SCHOOL, zone="America/Nowhere", sessions=())
