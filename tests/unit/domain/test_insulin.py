"""The insulin calculator: its working, what is missing, who checks (M15)."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.doses import AIDE, DAY, NURSE, SECOND_NURSE, moment

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.findings import Finding, OverrideBy, Tier
from clinicdesk.domain.medication.facts import DoseActor, Licence
from clinicdesk.domain.medication.insulin import (
    Confirmation,
    Glucose,
    InsulinEntry,
    InsulinPlan,
    Step,
    assess_insulin,
    propose,
)
from clinicdesk.domain.permissions import UserRole

NOW = moment("11:30")
RN = DoseActor(user_id=NURSE, role=UserRole.NURSE, licence=Licence.RN)
SECOND = DoseActor(user_id=SECOND_NURSE, role=UserRole.NURSE, licence=Licence.RN)
UNLICENSED = DoseActor(user_id=AIDE, role=UserRole.HEALTH_AIDE, licence=Licence.NONE)
PLAN = InsulinPlan(
    version=3,
    valid_from=dt.date(2026, 8, 31),
    valid_until=dt.date(2027, 6, 18),
    carb_ratio=Decimal(15),
    target_glucose=Decimal(120),
    correction_factor=Decimal(50),
    step=Decimal("0.5"),
    max_dose=Decimal(12),
    second_check_above=Decimal(8),
)
ENTRY = InsulinEntry(
    plan=PLAN,
    glucose=Glucose(value=Decimal(195), at=NOW - dt.timedelta(minutes=3)),
    carbs=Decimal(60),
    iob=None,
    at=NOW,
)


def entry(**changes: Any) -> InsulinEntry:
    plan = {key: changes.pop(key) for key in list(changes) if hasattr(PLAN, key)}
    return dataclasses.replace(ENTRY, plan=dataclasses.replace(PLAN, **plan), **changes)


def glucose(value: str, minutes_ago: int = 0) -> Glucose:
    return Glucose(value=Decimal(value), at=NOW - dt.timedelta(minutes=minutes_ago))


def units(one: InsulinEntry) -> Decimal:
    proposal = propose(one)
    assert proposal is not None
    return proposal.units


def found(one: InsulinEntry, confirmed: Confirmation | None = None, actor: DoseActor = RN) -> dict[str, Finding]:
    asked = confirmed or Confirmation(units=units(one))
    return {finding.code: finding for finding in assess_insulin(one, asked, actor, DAY, 3)}


def test_m15_the_calculator_shows_its_working() -> None:
    proposal = propose(ENTRY)
    assert proposal is not None
    assert [(line.step, line.sum, line.units) for line in proposal.working] == [
        (Step.CARBS, "60 g / 15 g", Decimal(4)),
        (Step.CORRECTION, "(195 - 120) / 50", Decimal("1.5")),
        (Step.SUM, "4 + 1.5", Decimal("5.5")),
        (Step.ROUNDED, "5.5 > 0.5", Decimal("5.5")),
    ]
    assert (proposal.units, proposal.plan_version) == (Decimal("5.5"), 3)
    assert found(ENTRY) == {}


def test_m15_insulin_on_board_is_taken_off_the_correction_never_off_the_food() -> None:
    assert units(entry(uses_iob=True, iob=Decimal(1))) == Decimal("4.5")
    assert units(entry(uses_iob=True, iob=Decimal(9))) == Decimal(4)


@pytest.mark.parametrize(
    ("carbs", "value", "dose"),
    [
        ("20", "120", "1"),  # 1.33 is rounded down, never up
        ("0", "219", "1.5"),  # 1.98
        ("60", "95", "3.5"),  # under the target the food dose shrinks
        ("0", "95", "0"),  # no negative dose
        ("50", "203.333333", "5"),  # thirds that make a whole do not fall a step short
    ],
)
def test_m15_a_dose_is_rounded_down_to_the_step_of_the_plan(carbs: str, value: str, dose: str) -> None:
    assert units(entry(carbs=Decimal(carbs), glucose=glucose(value))) == Decimal(dose)


def test_m15_a_missing_figure_is_never_taken_for_zero() -> None:
    without = entry(glucose=None)
    assert propose(without) is None
    assert set(found(without, Confirmation(units=Decimal(4)))) == {"dose.glucose_missing"}
    on_board = entry(uses_iob=True)
    assert propose(on_board) is None
    assert set(found(on_board, Confirmation(units=Decimal(4)))) == {"dose.insulin_on_board_missing"}


@pytest.mark.parametrize(
    ("reading", "codes"),
    [
        (glucose("195", 15), set()),
        (glucose("195", 16), {"dose.glucose_old"}),
        (glucose("195", -3), {"dose.glucose_in_future"}),
        (glucose("70"), set()),
        (glucose("69"), {"dose.glucose_low"}),
    ],
)
def test_m15_the_glucose_is_measured_before_the_dose_and_a_low_is_treated_first(
    reading: Glucose, codes: set[str]
) -> None:
    one = entry(glucose=reading)
    stops = found(one)
    assert set(stops) == codes
    assert all(finding.tier is Tier.HARD_STOP and finding.override is OverrideBy.NONE for finding in stops.values())


def test_m15_above_the_limit_a_second_licensed_person_checks() -> None:
    big = entry(carbs=Decimal(120))
    amount = units(big)
    assert amount > PLAN.second_check_above
    stop = found(big)["dose.insulin_second_check"]
    assert stop.override is OverrideBy.SECOND_PERSON
    assert found(big, Confirmation(units=amount, checked_by=SECOND)) == {}
    for nobody in (RN, UNLICENSED):
        assert "dose.insulin_second_check" in found(big, Confirmation(units=amount, checked_by=nobody))


def test_m15_nothing_goes_over_the_plan_s_maximum() -> None:
    huge = entry(carbs=Decimal(300))
    stop = found(huge, Confirmation(units=units(huge), checked_by=SECOND))["dose.insulin_over_maximum"]
    assert (stop.tier, stop.override) == (Tier.HARD_STOP, OverrideBy.NONE)


def test_m15_the_nurse_confirms_and_says_why_where_she_gives_another_amount() -> None:
    assert set(found(ENTRY, Confirmation(units=Decimal(5)))) == {"dose.insulin_not_as_calculated"}
    assert found(ENTRY, Confirmation(units=Decimal(5), reason="PE after lunch")) == {}
    assert set(found(ENTRY, actor=UNLICENSED)) == {"dose.insulin_needs_nurse"}
    with pytest.raises(InvalidValueError):
        found(ENTRY, Confirmation(units=Decimal(-1)))


def test_m15_a_high_glucose_prompts_for_ketones_without_stopping() -> None:
    high = entry(glucose=glucose("250"), carbs=Decimal(0))
    prompt = found(high)["dose.check_ketones"]
    assert prompt.tier is Tier.ADVISORY
    assert "dose.check_ketones" not in found(high, Confirmation(units=units(high), ketones="0.2 mmol/L"))
    assert "dose.check_ketones" not in found(entry(glucose=glucose("249"), carbs=Decimal(0)))


def test_m15_the_carb_ratio_is_that_of_the_version_in_force() -> None:
    changed = assess_insulin(ENTRY, Confirmation(units=Decimal("5.5")), RN, DAY, 4)
    assert [one.code for one in changed] == ["dose.insulin_plan_changed"]
    assert set(found(entry(valid_until=DAY - dt.timedelta(days=1)))) == {"dose.insulin_plan_not_in_date"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("carb_ratio", "0"), ("correction_factor", "-1"), ("step", "NaN"), ("max_dose", "0"), ("target_glucose", "0")],
)
def test_m15_a_plan_with_an_impossible_figure_is_no_plan(field: str, value: str) -> None:
    with pytest.raises(InvalidValueError):
        entry(**{field: Decimal(value)})


@pytest.mark.parametrize("value", ["9", "1501", "NaN"])
def test_m15_an_impossible_glucose_is_not_taken(value: str) -> None:
    with pytest.raises(InvalidValueError):
        glucose(value)


@given(
    carbs=st.integers(min_value=0, max_value=400),
    value=st.integers(min_value=10, max_value=1500),
    iob=st.decimals(min_value=0, max_value=20, places=2),
)
def test_m15_the_dose_is_never_negative_never_more_than_the_sum_and_on_the_step(
    carbs: int, value: int, iob: Decimal
) -> None:
    one = entry(carbs=Decimal(carbs), glucose=glucose(str(value)), uses_iob=True, iob=iob)
    dose = units(one)
    assert dose >= 0
    assert dose % PLAN.step == 0
    limit = Decimal(carbs) / PLAN.carb_ratio + max(Decimal(0), Decimal(value - 120) / PLAN.correction_factor)
    assert dose <= limit + Decimal("0.000001")
