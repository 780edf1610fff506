"""People as rules see them, and the entry of a vaccine dose."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.doses import DAY, STUDENT, moment

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.people import NamedStudent, PersonName, age_on, initials, masked, similar_names
from clinicdesk.domain.vaccination_entry import (
    AdministeredDose,
    AgeLimits,
    AgeVerdict,
    IntervalLimits,
    IntervalVerdict,
    Span,
    VfcEligibility,
    add_span,
    after_vaccination,
    age_verdict,
    assess_vaccination,
    describes_unspecified,
    evaluable,
    interval_verdict,
    lot_last_day,
    missing_fields,
    parse_span,
)


@pytest.mark.parametrize(
    ("birth", "years", "months"),
    [
        (dt.date(2015, 11, 3), 10, 11),
        (dt.date(2015, 10, 6), 11, 0),
        (dt.date(2015, 10, 7), 10, 11),
        (DAY, 0, 0),
    ],
)
def test_an_age_is_counted_in_completed_years_and_months(birth: dt.date, years: int, months: int) -> None:
    age = age_on(birth, DAY)
    assert (age.years, age.months, age.total_months) == (years, months, years * 12 + months)


def test_a_child_of_29_february_ages_on_1_march() -> None:
    assert age_on(dt.date(2016, 2, 29), dt.date(2026, 2, 28)).years == 9
    assert age_on(dt.date(2016, 2, 29), dt.date(2026, 3, 1)).years == 10
    with pytest.raises(InvalidValueError):
        age_on(dt.date(2027, 1, 1), DAY)


JOSE = PersonName(first="José Ángel", last="Ñúñez-Villaseñor", preferred="José")


def test_a_name_is_shown_as_the_student_is_called() -> None:
    assert (JOSE.shown, JOSE.legal) == ("José Ñúñez-Villaseñor", "José Ángel Ñúñez-Villaseñor")
    assert JOSE.sorted_by == "Ñúñez-Villaseñor, José"
    assert PersonName(first="Ann", last="Lee", preferred=" ").called == "Ann"


def test_privacy_mode_shows_initials_only() -> None:
    assert initials(JOSE) == "J. Ñ."
    assert masked(JOSE, private=True) == "J. Ñ."
    assert masked(JOSE, private=False) == JOSE.shown
    assert initials(PersonName(first="'Ana", last="")) == "A."


@given(st.text(min_size=1, max_size=20), st.text(max_size=20))
def test_a_masked_name_holds_at_most_two_letters(first: str, last: str) -> None:
    shown = masked(PersonName(first=first, last=last), private=True)
    assert sum(part != "." for part in shown.replace(" ", "").split(".") if part) <= 2


def student(number: int, first: str, last: str, preferred: str | None = None) -> NamedStudent:
    return NamedStudent(
        id=uuid.UUID(int=number),
        name=PersonName(first=first, last=last, preferred=preferred),
        birth_date=dt.date(2015, 1, number),
    )


@pytest.mark.parametrize(
    ("first", "last", "alike", "same"),
    [
        ("Siobhan", "OBrien", True, True),
        ("Siobhán", "O’Brien", True, True),
        ("O'Brien", "Siobhan", True, True),
        ("Siobhann", "O'Brien", True, False),
        ("Shivani", "O'Brien", False, False),
        ("Siobhan", "Kowalski", False, False),
    ],
)
def test_m01_names_that_can_be_mixed_up_are_found(first: str, last: str, alike: bool, same: bool) -> None:
    found = similar_names(student(1, "Siobhán", "O'Brien"), [student(2, first, last)])
    assert [one.same_name for one in found] == ([same] if alike else [])


def test_m01_short_names_are_alike_only_when_equal() -> None:
    li = student(1, "Li", "Wu")
    assert similar_names(li, [student(2, "Lu", "Wu")]) == ()
    assert len(similar_names(li, [student(2, "Li", "Wu"), li])) == 1


def test_m01_the_same_name_comes_first_and_preferred_names_count() -> None:
    others = [student(3, "Katherine", "Lowe"), student(2, "Catherine", "Lowe", "Kate")]
    found = similar_names(student(1, "Kate", "Lowe"), others)
    assert found[0].student_id == others[1].id
    assert found[0].same_name


# I1


@pytest.mark.parametrize(
    ("start", "span", "expected"),
    [
        (dt.date(2000, 3, 31), "6 months", dt.date(2000, 10, 1)),
        (dt.date(2000, 1, 31), "6 months - 4 days", dt.date(2000, 7, 27)),
        (dt.date(2016, 2, 29), "1 year", dt.date(2017, 3, 1)),
        (dt.date(2000, 12, 31), "2 months", dt.date(2001, 3, 1)),
        (dt.date(2000, 12, 31), "11 months", dt.date(2001, 12, 1)),
        (dt.date(2000, 1, 1), "4 weeks", dt.date(2000, 1, 29)),
        (dt.date(2000, 10, 15), "3 months", dt.date(2001, 1, 15)),
        (dt.date(2001, 3, 31), "-1 month", dt.date(2001, 3, 1)),
    ],
)
def test_i01_an_unreal_date_moves_to_the_first_of_the_next_month(start: dt.date, span: str, expected: dt.date) -> None:
    assert add_span(start, parse_span(span)) == expected


@given(st.dates(dt.date(1950, 1, 1), dt.date(2060, 1, 1)), st.integers(0, 30), st.integers(0, 40))
def test_i01_the_day_is_kept_or_becomes_the_first(start: dt.date, years: int, months: int) -> None:
    end = add_span(start, Span(years=years, months=months))
    total = start.year * 12 + start.month - 1 + years * 12 + months
    if end.day == start.day:
        assert end.year * 12 + end.month - 1 == total
    else:
        assert (end.day, end.year * 12 + end.month - 1) == (1, total + 1)


@given(st.dates(dt.date(1950, 1, 1), dt.date(2060, 1, 1)), st.integers(0, 60), st.integers(-30, 30))
def test_i01_a_longer_span_never_ends_earlier(start: dt.date, months: int, days: int) -> None:
    span = Span(months=months, days=days)
    assert add_span(start, span) <= add_span(start, dataclasses.replace(span, months=months + 1))
    assert add_span(start, dataclasses.replace(span, days=days + 1)) - add_span(start, span) == dt.timedelta(days=1)


@pytest.mark.parametrize("text", ["", "months", "6 moons", "6 months and", "x 6 months"])
def test_i01_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError):
        parse_span(text)


def test_i14_a_lot_of_month_and_year_is_good_to_the_last_day() -> None:
    assert lot_last_day(2028, 2) == dt.date(2028, 2, 29)
    assert lot_last_day(2027, 6, 5) == dt.date(2027, 6, 5)
    with pytest.raises(InvalidValueError):
        lot_last_day(2027, 13)


AGE = AgeLimits(
    absolute_minimum=parse_span("12 months - 4 days"), minimum=parse_span("12 months"), maximum=parse_span("5 years")
)
BIRTH = dt.date(2020, 6, 15)


@pytest.mark.parametrize(
    ("given_on", "verdict"),
    [
        (dt.date(2021, 6, 10), AgeVerdict.TOO_YOUNG),
        (dt.date(2021, 6, 11), AgeVerdict.GRACE_PERIOD),
        (dt.date(2021, 6, 14), AgeVerdict.GRACE_PERIOD),
        (dt.date(2021, 6, 15), AgeVerdict.VALID),
        (dt.date(2025, 6, 14), AgeVerdict.VALID),
        (dt.date(2025, 6, 15), AgeVerdict.TOO_OLD),
    ],
)
def test_i02_the_age_limits_have_a_grace_of_four_days(given_on: dt.date, verdict: AgeVerdict) -> None:
    assert age_verdict(BIRTH, given_on, AGE) is verdict


@pytest.mark.parametrize(
    ("days", "verdict"),
    [(23, IntervalVerdict.TOO_SOON), (24, IntervalVerdict.GRACE_PERIOD), (28, IntervalVerdict.VALID)],
)
def test_i03_the_interval_grace_is_data(days: int, verdict: IntervalVerdict) -> None:
    limits = IntervalLimits(absolute_minimum=Span(days=24), minimum=Span(days=28))
    assert interval_verdict(BIRTH, BIRTH + dt.timedelta(days=days), limits) is verdict
    if days == 24:
        no_grace = IntervalLimits(absolute_minimum=Span(days=28), minimum=Span(days=28))
        assert interval_verdict(BIRTH, BIRTH + dt.timedelta(days=days), no_grace) is IntervalVerdict.TOO_SOON


COMPLETE = AdministeredDose(
    student_id=STUDENT,
    birth_date=BIRTH,
    cvx_code="03",
    given_on=DAY,
    lot_number="A-17",
    manufacturer="MSD",
    expires_on=dt.date(2027, 6, 30),
    site="ARM_LEFT",
    route="SUBCUTANEOUS",
    amount=Decimal("0.5"),
    unit="mL",
    information_edition=dt.date(2025, 1, 31),
    information_given_on=DAY,
    administrator_name="R. Example",
    administrator_title="RN",
    administrator_address="1 Example Road",
    vfc=VfcEligibility.NOT_ELIGIBLE,
    screening_answered=True,
    consent_holds=True,
)


def test_i14_a_complete_dose_meets_no_finding() -> None:
    assert missing_fields(COMPLETE) == ()
    assert assess_vaccination(COMPLETE, DAY) == ()


@pytest.mark.parametrize(
    "field",
    [
        "cvx_code", "given_on", "lot_number", "manufacturer", "expires_on", "site", "route", "amount", "unit",
        "information_edition", "information_given_on", "administrator_name", "administrator_title",
        "administrator_address", "vfc",
    ],
)  # fmt: skip
def test_i14_each_field_of_an_administered_dose_is_asked(field: str) -> None:
    blank: dict[str, Any] = {field: None}
    lacking = dataclasses.replace(COMPLETE, **blank)
    assert missing_fields(lacking) == (field,)
    assert [one.code for one in assess_vaccination(lacking, DAY)] == [f"vaccine.field_missing.{field}"]


def test_i14_the_screening_is_asked() -> None:
    assert missing_fields(dataclasses.replace(COMPLETE, screening_answered=False)) == ("screening_answered",)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"consent_holds": False}, "vaccine.consent_missing"),
        ({"given_on": DAY + dt.timedelta(days=1)}, "vaccine.in_future"),
        ({"expires_on": DAY - dt.timedelta(days=1)}, "vaccine.lot_expired"),
        ({"information_edition": DAY + dt.timedelta(days=1)}, "vaccine.information_newer_than_dose"),
        ({"information_given_on": DAY + dt.timedelta(days=1)}, "vaccine.information_after_dose"),
        ({"birth_date": DAY + dt.timedelta(days=1)}, "vaccine.before_birth"),
        ({"amount": Decimal(0)}, "vaccine.amount_not_positive"),
        ({"screening_positive": True}, "vaccine.screening_positive"),
    ],
)
def test_i14_a_dose_that_cannot_be_so_stops(changes: dict[str, Any], code: str) -> None:
    found = assess_vaccination(dataclasses.replace(COMPLETE, **changes), DAY)
    assert [one.code for one in found] == [code]
    assert found[0].stops


def test_i02_i03_a_dose_too_early_soft_stops_at_entry() -> None:
    found = assess_vaccination(COMPLETE, DAY, age=AgeVerdict.TOO_YOUNG, intervals=(IntervalVerdict.TOO_SOON,))
    assert [one.code for one in found] == ["vaccine.too_young", "vaccine.interval_too_short"]
    grace = assess_vaccination(COMPLETE, DAY, age=AgeVerdict.GRACE_PERIOD, intervals=(IntervalVerdict.GRACE_PERIOD,))
    assert grace == ()
    assert [one.code for one in assess_vaccination(COMPLETE, DAY, age=AgeVerdict.TOO_OLD)] == ["vaccine.too_old"]


def test_i14_the_student_is_observed_for_15_minutes_and_asked() -> None:
    after = after_vaccination(moment("11:30"))
    assert after.observe_until == moment("11:45")
    assert after.ask_adverse_event


def test_i15_unspecified_and_partial_doses_are_kept_but_not_counted() -> None:
    unspecified = {"45", "89"}
    assert evaluable("03", date_is_exact=True, unspecified=unspecified)
    assert not evaluable("45", date_is_exact=True, unspecified=unspecified)
    assert not evaluable("03", date_is_exact=False, unspecified=unspecified)
    assert not evaluable(None, date_is_exact=True, unspecified=unspecified)
    assert describes_unspecified("polio, unspecified formulation")
    assert not describes_unspecified("MMR")
