"""The register of controlled drugs, its counts, and what follows an outcome."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.doses import NURSE, SECOND_NURSE, moment, prn_order, row, scheduled_order

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.findings import Tier
from clinicdesk.domain.medication.controlled import (
    Count,
    CountKind,
    InventoryTransactionType,
    Movement,
    MovementOrigin,
    assess_count,
    assess_movement,
    balance,
    discrepancy,
    reconciliation_due,
)
from clinicdesk.domain.medication.log import DoseOutcome
from clinicdesk.domain.medication.outcomes import (
    DoseReason,
    TaskKind,
    check_reason,
    emergency_timer,
    follow_up,
    re_dose_warning,
    reasons_for,
    takes_stock,
)

NOW = moment("11:30")
ID = uuid.UUID(int=300)


def movement(kind: InventoryTransactionType, change: str, **changes: Any) -> Movement:
    whole: dict[str, Any] = {
        "id": ID,
        "kind": kind,
        "change": Decimal(change),
        "at": NOW,
        "actor_id": NURSE,
        "witness_id": SECOND_NURSE,
        "reason": "counted",
    }
    return Movement(**{**whole, **changes})


def codes(moved: Movement, before: str, origin: MovementOrigin = MovementOrigin.DESK) -> set[str]:
    return {finding.code for finding in assess_movement(moved, Decimal(before), origin)}


@given(st.lists(st.decimals(min_value=-50, max_value=50, places=2).filter(bool), max_size=12))
def test_m09_the_balance_is_the_sum_in_any_order(changes: list[Decimal]) -> None:
    lines = [movement(InventoryTransactionType.ADJUSTMENT, str(change)) for change in changes]
    assert balance(lines) == balance(reversed(lines)) == sum(changes, Decimal(0))


def test_m09_a_witnessed_movement_within_the_balance_passes() -> None:
    assert codes(movement(InventoryTransactionType.USAGE, "-2"), "2") == set()


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        (movement(InventoryTransactionType.USAGE, "-3"), "controlled.balance_too_low"),
        (movement(InventoryTransactionType.USAGE, "-1", witness_id=None), "controlled.witness_missing"),
        (movement(InventoryTransactionType.USAGE, "-1", witness_id=NURSE), "controlled.witness_is_actor"),
        (movement(InventoryTransactionType.ADJUSTMENT, "1", reason=" "), "controlled.reason_missing"),
        (movement(InventoryTransactionType.WASTE, "-1", reason=""), "controlled.reason_missing"),
        (movement(InventoryTransactionType.RECEIPT, "30", witness_id=None), "controlled.witness_missing"),
    ],
)
def test_m09_d44_the_desk_refuses(moved: Movement, expected: str) -> None:
    found = assess_movement(moved, Decimal(2), MovementOrigin.DESK)
    assert [(one.code, one.tier) for one in found] == [(expected, Tier.HARD_STOP)]


def test_m09_the_adult_who_delivers_may_sign_a_receipt() -> None:
    received = movement(InventoryTransactionType.RECEIPT, "30", witness_id=None, delivered_by="the mother")
    assert codes(received, "0") == set()


def test_d44_sync_accepts_a_dose_below_zero_and_opens_a_discrepancy() -> None:
    found = assess_movement(movement(InventoryTransactionType.USAGE, "-3"), Decimal(2), MovementOrigin.SYNC)
    assert [(one.rule, one.code, one.tier) for one in found] == [("M10", "controlled.negative_by_sync", Tier.ADVISORY)]


def test_d01_undoing_a_dose_gives_the_stock_back_without_witness() -> None:
    undo = movement(InventoryTransactionType.USAGE, "2", reverses_id=ID, witness_id=None, reason="")
    assert codes(undo, "0") == set()
    with pytest.raises(InvalidValueError, match="wrong_sign"):
        movement(InventoryTransactionType.USAGE, "-2", reverses_id=ID)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (InventoryTransactionType.USAGE, "2"),
        (InventoryTransactionType.RECEIPT, "-2"),
        (InventoryTransactionType.WASTE, "1"),
        (InventoryTransactionType.ADJUSTMENT, "0"),
        (InventoryTransactionType.ADJUSTMENT, "NaN"),
    ],
)
def test_a_movement_has_the_sign_of_its_kind(kind: InventoryTransactionType, change: str) -> None:
    with pytest.raises(InvalidValueError):
        movement(kind, change)


def count(counted: str, **changes: Any) -> Count:
    whole = Count(counted=Decimal(counted), at=NOW, kind=CountKind.HANDOVER, actor_id=NURSE, witness_id=SECOND_NURSE)
    return dataclasses.replace(whole, **changes)


def test_m09_a_count_needs_a_second_person() -> None:
    assert assess_count(count("3")) == ()
    assert [one.code for one in assess_count(count("3", witness_id=None))] == ["controlled.witness_missing"]
    assert [one.code for one in assess_count(count("3", witness_id=NURSE))] == ["controlled.witness_is_actor"]
    with pytest.raises(InvalidValueError, match="negative"):
        count("-1")


def test_m10_any_difference_of_a_counted_form_is_a_discrepancy() -> None:
    found = discrepancy(Decimal(20), count("19"), tolerance=Decimal(5))
    assert found is not None
    assert (found.difference, found.missing) == (Decimal(-1), True)
    assert discrepancy(Decimal(20), count("20")) is None


def test_m11_an_estimated_count_has_its_tolerance() -> None:
    liquid = count("98", estimated=True)
    assert discrepancy(Decimal(100), liquid, tolerance=Decimal(2)) is None
    assert discrepancy(Decimal(100), liquid, tolerance=Decimal(1)) is not None


def test_m09_reconciliation_is_due_weekly_and_after_absence() -> None:
    assert reconciliation_due(None, NOW)
    assert reconciliation_due(NOW - dt.timedelta(days=7), NOW)
    assert not reconciliation_due(NOW - dt.timedelta(days=6), NOW)
    assert reconciliation_due(NOW, NOW, nurse_was_away=True)


# Outcomes


def kinds(outcome: DoseOutcome, **known: Any) -> set[TaskKind]:
    return {task.kind for task in follow_up(known.pop("order", scheduled_order()), outcome, NOW, **known)}


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (DoseOutcome.GIVEN, set()),
        (DoseOutcome.ABSENT, set()),
        (DoseOutcome.REFUSED, {TaskKind.PARENT_CONTACT}),
        (DoseOutcome.HELD, {TaskKind.PARENT_CONTACT, TaskKind.PRESCRIBER_CONTACT}),
        (DoseOutcome.NOT_AVAILABLE, {TaskKind.PARENT_CONTACT, TaskKind.STOCK_LOW}),
        (DoseOutcome.VOMITED, {TaskKind.PARENT_CONTACT, TaskKind.PRESCRIBER_CONTACT}),
        (DoseOutcome.MISSED, {TaskKind.PARENT_CONTACT, TaskKind.INCIDENT_DRAFT}),
    ],
)
def test_m14_each_outcome_makes_its_tasks(outcome: DoseOutcome, expected: set[TaskKind]) -> None:
    assert kinds(outcome) == expected


def test_m05_a_prn_dose_makes_an_effect_check_after_45_minutes() -> None:
    tasks = follow_up(prn_order(), DoseOutcome.GIVEN, NOW)
    assert [(task.kind, task.due_at, task.code) for task in tasks] == [
        (TaskKind.EFFECT_CHECK, NOW + dt.timedelta(minutes=45), "task.effect_check")
    ]


def test_m14_the_third_refusal_in_a_row_goes_to_the_prescriber() -> None:
    order = scheduled_order()
    day = dt.timedelta(days=1)
    refusals = tuple(
        row(number, "11:30", order, event_at=NOW - number * day, outcome=DoseOutcome.REFUSED) for number in (1, 2)
    )
    assert TaskKind.PRESCRIBER_CONTACT in kinds(DoseOutcome.REFUSED, earlier=refusals)
    between = row(3, "11:30", order, event_at=NOW - dt.timedelta(hours=1))
    assert TaskKind.PRESCRIBER_CONTACT not in kinds(DoseOutcome.REFUSED, earlier=(*refusals, between))


def test_m16_an_emergency_dose_calls_911_and_the_parent() -> None:
    expected = {TaskKind.EMERGENCY_CALL, TaskKind.PARENT_CONTACT, TaskKind.STOCK_LOW, TaskKind.EFFECT_CHECK}
    assert kinds(DoseOutcome.GIVEN, order=prn_order(emergency=True)) == expected


def test_m16_the_timer_runs_from_the_first_dose_of_the_event() -> None:
    order = prn_order(emergency=True)
    rows = (row(1, "11:20", order), row(2, "11:10", order), row(3, "07:00", order))
    timer = emergency_timer(rows, NOW)
    assert timer is not None
    assert timer.elapsed(NOW) == dt.timedelta(minutes=20)
    assert emergency_timer((row(3, "07:00", order),), NOW) is None


def test_m18_a_delegates_dose_goes_to_the_nurses_review() -> None:
    assert kinds(DoseOutcome.GIVEN, by_delegate=True) == {TaskKind.CO_REVIEW}


def test_m14_a_vomited_dose_warns_of_a_second_one() -> None:
    order = scheduled_order()
    warning = re_dose_warning((row(1, "11:30", order, outcome=DoseOutcome.VOMITED),))
    assert warning is not None
    assert warning.code == "dose.vomited_counts"
    assert re_dose_warning((row(1, "11:30", order),)) is None


@pytest.mark.parametrize("outcome", list(DoseOutcome))
def test_m04_an_outcome_takes_its_own_reasons_only(outcome: DoseOutcome) -> None:
    allowed = reasons_for(outcome)
    for reason in DoseReason:
        if reason in allowed:
            check_reason(outcome, reason, "in words")
        else:
            with pytest.raises(InvalidValueError, match="not_allowed"):
                check_reason(outcome, reason, "in words")
    if allowed:
        with pytest.raises(InvalidValueError, match="missing"):
            check_reason(outcome, None)
    else:
        check_reason(outcome, None)


def test_m04_other_asks_for_words() -> None:
    with pytest.raises(InvalidValueError, match="notes"):
        check_reason(DoseOutcome.REFUSED, DoseReason.OTHER, "  ")


def test_stock_goes_down_for_what_left_the_package() -> None:
    gone = {outcome for outcome in DoseOutcome if takes_stock(outcome)}
    assert gone == {DoseOutcome.GIVEN, DoseOutcome.WASTED, DoseOutcome.VOMITED}
