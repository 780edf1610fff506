"""The kinds of rule and condition by hand, at their edges."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicdesk.domain.validation import (
    ALWAYS,
    All,
    Any_,
    AnyGiven,
    AtLeast,
    Between,
    Equals,
    Given,
    Holds,
    Lowercase,
    MaxLength,
    Missing,
    Not,
    NotAbove,
    Occurs,
    OneOf,
    Ordered,
    Pattern,
    ProductOf,
    Required,
    RequiredWhen,
    Rule,
    SignWhen,
    SumOf,
    TogetherGiven,
    Unequal,
    violations,
)
from clinicdesk.domain.validation.shapes import CLOCK_TIME, EMAIL, ICD10, NDC, NPI, PHONE, STATE, ZIP

MOMENT = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def word(rule: Rule, **values: object) -> str | None:
    found = rule.problem(values)
    return found.problem if found else None


def test_blank_text_is_missing() -> None:
    assert word(Required("name"), name="  ") == "missing"
    assert word(Required("name"), name="x") is None
    assert word(Required("flag"), flag=False) is None


def test_length_counts_characters_not_bytes() -> None:
    assert word(MaxLength("name", 3), name="äöü") is None
    assert word(MaxLength("name", 3), name="äöüß") == "too_long"


def test_a_word_outside_the_list_is_refused_and_none_is_not() -> None:
    assert word(OneOf("kind", ("A", "B")), kind="C") == "not_a_choice"
    assert word(OneOf("kind", ("A", "B")), kind=None) is None


@pytest.mark.parametrize("bound", [0, 10])
def test_bounds_are_inside_the_range(bound: int) -> None:
    assert word(Between("pain", 0, 10), pain=bound) is None


def test_numbers_outside_the_range_are_refused_with_both_bounds() -> None:
    problem = Between("pain", 0, 10).problem({"pain": 11})
    assert problem is not None
    assert problem.params == {"field": "pain", "problem": "out_of_range", "minimum": "0", "maximum": "10"}


def test_yes_is_no_number_and_neither_is_text_or_nan() -> None:
    for value in (True, "12", Decimal("NaN"), Decimal("Infinity")):
        assert word(Between("pain", 0, 10), pain=value) is None


def test_zero_is_refused_where_the_bound_is_excluded() -> None:
    assert word(AtLeast("dose", 0), dose=Decimal(0)) is None
    assert word(AtLeast("dose", 0, above=True), dose=Decimal(0)) == "too_low"


def test_a_bound_speaks_only_while_its_condition_holds() -> None:
    rule = AtLeast("count", 2, when=Holds("checked"))
    assert word(rule, count=1, checked=True) == "too_low"
    assert word(rule, count=1, checked=False) is None


def test_the_sign_follows_the_kind_of_movement() -> None:
    rule = SignWhen("quantity", "negative", Equals("type", "USAGE"))
    assert word(rule, type="USAGE", quantity=Decimal(1)) == "wrong_sign"
    assert word(rule, type="USAGE", quantity=Decimal(-1)) is None
    assert word(rule, type="PURCHASE", quantity=Decimal(1)) is None


def test_one_number_may_not_exceed_the_other() -> None:
    assert word(NotAbove("used", "allowed"), used=3, allowed=2) == "above_limit"
    assert word(NotAbove("used", "allowed"), used=2, allowed=2) is None
    assert word(NotAbove("used", "allowed"), used=3, allowed=None) is None


def test_order_of_moments_days_and_keys() -> None:
    later = MOMENT + dt.timedelta(microseconds=1)
    assert word(Ordered("a", "b"), a=later, b=MOMENT) == "wrong_order"
    assert word(Ordered("a", "b"), a=MOMENT, b=MOMENT) is None
    assert word(Ordered("a", "b", strictly=True), a=MOMENT, b=MOMENT) == "wrong_order"
    assert word(Ordered("a", "b"), a=dt.date(2026, 3, 2), b=dt.date(2026, 3, 1)) == "wrong_order"
    assert word(Ordered("a", "b", strictly=True), a=uuid.UUID(int=2), b=uuid.UUID(int=1)) == "wrong_order"


def test_a_day_and_a_moment_are_not_compared() -> None:
    assert word(Ordered("a", "b"), a=MOMENT, b=dt.date(1999, 1, 1)) is None


def test_a_reason_is_required_when_the_dose_was_not_given() -> None:
    rule = RequiredWhen("reason", Equals("outcome", "REFUSED", "HELD"), "not_given")
    assert word(rule, outcome="HELD", reason=None) == "missing"
    assert word(rule, outcome="GIVEN", reason=None) is None
    assert word(rule, outcome=None, reason=None) is None


def test_a_person_stands_by_key_or_by_name() -> None:
    rule = AnyGiven(("by", "by_name"))
    assert word(rule, by=None, by_name=None) == "missing"
    assert word(rule, by=None, by_name="Dr. Example") is None


def test_an_amount_and_its_unit_come_together() -> None:
    rule = TogetherGiven(("amount", "unit"))
    problem = rule.problem({"amount": Decimal(1), "unit": None})
    assert problem is not None
    assert problem.field == "unit"
    assert word(rule, amount=None, unit=None) is None


def test_nobody_witnesses_himself() -> None:
    assert word(Unequal("witness", "actor"), witness=uuid.UUID(int=1), actor=uuid.UUID(int=1)) == "same_as"
    assert word(Unequal("witness", "actor"), witness=None, actor=None) is None


def test_sums_and_products_are_exact() -> None:
    total = SumOf("total", ("a", "b"))
    assert word(total, total=Decimal("0.3"), a=Decimal("0.1"), b=Decimal("0.2")) is None
    assert word(total, total=Decimal("0.31"), a=Decimal("0.1"), b=Decimal("0.2")) == "wrong_sum"
    product = ProductOf("total", ("count", "price"))
    assert word(product, total=Decimal("59.97"), count=3, price=Decimal("19.99")) is None
    assert word(product, total=Decimal(60), count=3, price=Decimal("19.99")) == "wrong_product"


def test_nothing_is_said_of_a_sum_whose_part_is_missing() -> None:
    assert word(SumOf("total", ("a", "b")), total=Decimal(9), a=Decimal(1), b=None) is None


def test_addresses_are_kept_in_lower_case() -> None:
    assert word(Lowercase("email"), email="Nurse@example.org") == "not_lower_case"


@pytest.mark.parametrize(
    ("shape", "good", "bad"),
    [
        (EMAIL, "nurse@example.org", "nurse@example"),
        (PHONE, "+1 555-0142", "none"),
        (STATE, "MA", "ma"),
        (ZIP, "02101-1234", "2101"),
        (NPI, "1234567893", "123456789"),
        (NDC, "0093-0058-01", "aspirin"),
        (ICD10, "J45.901", "45"),
        (CLOCK_TIME, "23:59", "24:00"),
    ],
)
def test_shapes_of_text(shape: str, good: str, bad: str) -> None:
    rule = Pattern("text", "shape", shape)
    assert word(rule, text=good) is None
    assert word(rule, text=bad) == "wrong_shape"


def test_all_violations_come_in_the_order_of_the_rules() -> None:
    found = violations((Required("a"), Required("b"), Required("c")), {"b": 1})
    assert [each.field for each in found] == ["a", "c"]


@given(a=st.booleans(), b=st.booleans())
def test_conditions_follow_logic(a: bool, b: bool) -> None:
    values = {"a": a, "b": b}
    assert All(Holds("a"), Holds("b")).holds(values) == (a and b)
    assert Any_(Holds("a"), Holds("b")).holds(values) == (a or b)
    assert Not(Holds("a")).holds(values) == (not a)
    assert ALWAYS.holds(values)


@given(value=st.none() | st.integers())
def test_given_and_missing_are_opposites(value: int | None) -> None:
    assert Given("x").holds({"x": value}) != Missing("x").holds({"x": value})


def test_a_condition_that_must_follow_is_named() -> None:
    rule = Occurs("witness", "controlled_needs_witness", Holds("witness"), Holds("controlled"))
    assert word(rule, controlled=True, witness=False) == "controlled_needs_witness"
    assert word(rule, controlled=False, witness=False) is None
