"""Dose arithmetic, units and the versions of an order."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.doses import quantity, scheduled_order

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.medication.orders import (
    DoseMismatch,
    OrderStatus,
    PrnSchedule,
    Strength,
    TimedSchedule,
    dose_mismatch,
    heads,
    in_force,
)
from clinicdesk.domain.medication.quantities import DoseUnit, comparable, convert

WORDS = {"unit.tablet.one": "tablet", "unit.tablet.other": "tablets", "unit.milligram.other": "mg"}
SYRUP = Strength(content=quantity("160", DoseUnit.MILLIGRAM), per=quantity("5", DoseUnit.MILLILITRE))
TABLET = Strength(content=quantity("5", DoseUnit.MILLIGRAM), per=quantity("1", DoseUnit.TABLET))
AMOUNTS = st.decimals(min_value="0.001", max_value="9999", places=3)


def test_m03_a_dose_is_shown_both_ways() -> None:
    assert scheduled_order().shown.sentence(WORDS) == "2 tablets = 10 mg"


def test_m03_strength_times_units_gives_the_dose_also_of_a_liquid() -> None:
    dose = quantity("240", DoseUnit.MILLIGRAM)
    assert SYRUP.form_units_for(dose) == Decimal("7.5")
    assert SYRUP.dose_in(Decimal("7.5")).equals(dose)
    assert dose_mismatch(dose=dose, strength=SYRUP, form_count=Decimal("7.5"), half_tablet_allowed=False) is None


def test_m03_a_gram_and_a_thousand_milligrams_are_one_dose() -> None:
    dose = quantity("0.01", DoseUnit.GRAM)
    assert dose_mismatch(dose=dose, strength=TABLET, form_count=Decimal(2), half_tablet_allowed=False) is None


@pytest.mark.parametrize(
    ("dose", "count", "allowed", "expected"),
    [
        (quantity("10", DoseUnit.MILLIGRAM), "1", False, DoseMismatch.AMOUNT),
        (quantity("100", DoseUnit.MILLIGRAM), "2", False, DoseMismatch.AMOUNT),
        (quantity("10", DoseUnit.MILLILITRE), "2", False, DoseMismatch.UNIT),
        (quantity("2.5", DoseUnit.MILLIGRAM), "0.5", False, DoseMismatch.HALF),
        (quantity("2.5", DoseUnit.MILLIGRAM), "0.5", True, None),
        (quantity("1.25", DoseUnit.MILLIGRAM), "0.25", True, DoseMismatch.SPLIT),
    ],
)
def test_m03_what_does_not_fit_is_named(dose: object, count: str, allowed: bool, expected: DoseMismatch | None) -> None:
    found = dose_mismatch(
        dose=dose,  # type: ignore[arg-type]  # parametrised as object
        strength=TABLET,
        form_count=Decimal(count),
        half_tablet_allowed=allowed,
    )
    assert found is expected


def test_m03_a_capsule_is_never_halved() -> None:
    capsule = Strength(content=quantity("10", DoseUnit.MILLIGRAM), per=quantity("1", DoseUnit.CAPSULE))
    found = dose_mismatch(
        dose=quantity("5", DoseUnit.MILLIGRAM), strength=capsule, form_count=Decimal("0.5"), half_tablet_allowed=True
    )
    assert found is DoseMismatch.SPLIT


@given(AMOUNTS, st.sampled_from([DoseUnit.MICROGRAM, DoseUnit.MILLIGRAM, DoseUnit.GRAM]))
def test_m03_a_conversion_there_and_back_changes_nothing(amount: Decimal, unit: DoseUnit) -> None:
    for other in (DoseUnit.MICROGRAM, DoseUnit.MILLIGRAM, DoseUnit.GRAM):
        assert convert(convert(amount, unit, other), other, unit) == amount


@given(st.sampled_from(list(DoseUnit)), st.sampled_from(list(DoseUnit)))
def test_m03_a_conversion_stays_within_its_dimension(unit: DoseUnit, other: DoseUnit) -> None:
    if comparable(unit, other):
        assert convert(Decimal(1), unit, other) > 0
    else:
        with pytest.raises(InvalidValueError) as refused:
            convert(Decimal(1), unit, other)
        assert refused.value.problem == "unit_mismatch"


@given(st.integers(min_value=1, max_value=12), AMOUNTS)
def test_m03_any_whole_count_of_a_strength_is_its_dose(count: int, content: Decimal) -> None:
    strength = Strength(content=quantity(str(content), DoseUnit.MILLIGRAM), per=quantity("1", DoseUnit.TABLET))
    dose = strength.dose_in(Decimal(count))
    assert dose_mismatch(dose=dose, strength=strength, form_count=Decimal(count), half_tablet_allowed=False) is None


@pytest.mark.parametrize("amount", ["0", "-5", "NaN", "Infinity"])
def test_an_amount_that_is_no_dose_cannot_be_written(amount: str) -> None:
    with pytest.raises(InvalidValueError):
        quantity(amount, DoseUnit.MILLIGRAM)


def test_an_order_cannot_end_before_it_starts() -> None:
    with pytest.raises(InvalidValueError, match="wrong_order"):
        scheduled_order(end_date=dt.date(2026, 8, 1))


def test_a_schedule_names_each_time_once() -> None:
    with pytest.raises(InvalidValueError, match="duplicate"):
        TimedSchedule(times=(dt.time(8), dt.time(8)))
    with pytest.raises(InvalidValueError, match="missing"):
        TimedSchedule(times=())


def test_a_prn_order_has_an_interval_and_a_maximum() -> None:
    with pytest.raises(InvalidValueError):
        PrnSchedule(min_interval=dt.timedelta(0), max_per_day=3)
    with pytest.raises(InvalidValueError):
        PrnSchedule(min_interval=dt.timedelta(hours=4), max_per_day=0)


def test_d01_two_versions_that_supersede_one_are_both_heads() -> None:
    first = scheduled_order()
    left = scheduled_order(id=uuid.UUID(int=21), version=2, supersedes_id=first.id)
    right = scheduled_order(id=uuid.UUID(int=22), version=2, supersedes_id=first.id)
    assert heads((first, right, left)) == (left, right)


def test_d01_a_withdrawn_row_closes_the_head_of_a_fork() -> None:
    first = scheduled_order()
    left = scheduled_order(id=uuid.UUID(int=21), version=2, supersedes_id=first.id)
    right = scheduled_order(id=uuid.UUID(int=22), version=2, supersedes_id=first.id)
    closing = scheduled_order(id=uuid.UUID(int=23), version=3, supersedes_id=right.id, withdrawn=True)
    assert heads((first, left, right, closing)) == (left,)
    assert in_force((first, left, right, closing), dt.date(2026, 10, 6)) == left


def test_a_new_version_leaves_the_days_before_its_start_to_the_old_one() -> None:
    old = scheduled_order()
    new = scheduled_order(id=uuid.UUID(int=21), version=2, supersedes_id=old.id, start_date=dt.date(2026, 11, 1))
    draft = scheduled_order(id=uuid.UUID(int=22), version=3, supersedes_id=new.id, status=OrderStatus.DRAFT)
    assert in_force((old, new, draft), dt.date(2026, 10, 31)) == old
    assert in_force((old, new, draft), dt.date(2026, 11, 1)) == new
    assert in_force((old, new, draft), dt.date(2026, 8, 1)) is None
