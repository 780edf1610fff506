"""Medicine handed back or destroyed, and the register at the end of the school year (M12)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from tests.support.doses import AIDE, DAY, NURSE, SECOND_NURSE

from clinicdesk.domain.medication.disposal import (
    Departure,
    DisposalMethod,
    Remainder,
    assess_departure,
    assess_year_end,
    not_empty,
)
from clinicdesk.domain.medication.facts import DoseActor, Licence
from clinicdesk.domain.permissions import UserRole

RN = DoseActor(user_id=NURSE, role=UserRole.NURSE, licence=Licence.RN)
DESTROYED = Departure(
    amount=Decimal(4),
    method=DisposalMethod.DRUG_DEACTIVATION,
    on=DAY,
    actor=RN,
    witness_id=SECOND_NURSE,
    reason="order ended",
    parent_told="Ngozi Okonkwo, 6 Oct 10:40",
)


def codes(balance: str = "10", **changes: Any) -> set[str]:
    return {one.code for one in assess_departure(dataclasses.replace(DESTROYED, **changes), Decimal(balance), DAY)}


def test_m12_medicine_leaves_with_parent_told_nurse_witness_amount_method_and_date() -> None:
    assert codes() == set()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"parent_told": "  "}, "controlled.parent_not_told"),
        ({"witness_id": None}, "controlled.witness_missing"),
        ({"witness_id": NURSE}, "controlled.witness_is_actor"),
        ({"amount": None}, "controlled.amount_missing"),
        ({"amount": Decimal(0)}, "controlled.amount_missing"),
        ({"amount": Decimal("NaN")}, "controlled.amount_missing"),
        ({"amount": Decimal(11)}, "controlled.balance_too_low"),
        ({"method": None}, "controlled.method_missing"),
        ({"reason": ""}, "controlled.reason_missing"),
        ({"on": None}, "controlled.date_missing"),
        ({"on": DAY + dt.timedelta(days=1)}, "controlled.date_in_future"),
    ],
)
def test_m12_whatever_is_missing_keeps_the_medicine_here(changes: dict[str, Any], code: str) -> None:
    assert codes(**changes) == {code}


@pytest.mark.parametrize(
    "actor",
    [
        DoseActor(user_id=AIDE, role=UserRole.HEALTH_AIDE, licence=Licence.NONE),
        DoseActor(user_id=AIDE, role=UserRole.HEALTH_AIDE, licence=Licence.RN),
        DoseActor(user_id=AIDE, role=UserRole.NURSE, licence=Licence.LPN),
    ],
)
def test_m12_only_a_registered_nurse_hands_medicine_out(actor: DoseActor) -> None:
    assert codes(actor=actor) == {"controlled.disposal_needs_nurse"}


def test_m12_a_return_names_who_takes_it_home_and_needs_no_other_reason() -> None:
    back = {"method": DisposalMethod.RETURNED_TO_PARENT, "reason": ""}
    assert codes(**back) == {"controlled.receiver_missing"}
    assert codes(**back, received_by="Ngozi Okonkwo") == set()


def test_m12_school_stock_has_no_parent_and_goes_to_no_family() -> None:
    assert codes(students_own=False, parent_told="") == set()
    back = {"method": DisposalMethod.RETURNED_TO_PARENT, "received_by": "Ngozi Okonkwo"}
    assert codes(students_own=False, **back) == {"controlled.school_stock_is_not_returned"}


def test_m12_the_year_closes_at_a_zero_balance_only() -> None:
    empty = Remainder(lot_id=uuid.UUID(int=1), balance=Decimal("0.000"))
    left = Remainder(lot_id=uuid.UUID(int=2), balance=Decimal("0.5"))
    short = Remainder(lot_id=uuid.UUID(int=3), balance=Decimal(-1))
    assert assess_year_end([empty]) == ()
    assert not_empty([empty, left, short]) == (left, short)
    (finding,) = assess_year_end([empty, left, short])
    assert (finding.rule, finding.code, finding.params) == ("M12", "controlled.year_end_not_empty", {"count": 2})
