"""Medicine handed back or destroyed, on a real encrypted file: one line of the register, the parent told (M12)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from tests.support.desk import PASSWORD, Clinic
from tests.support.medication import Cupboard, put_in_stock, stock_cupboard

from clinicdesk.domain.medication.disposal import DisposalMethod
from clinicdesk.models import ClinicalTask, InventoryTransaction, StockBalance
from clinicdesk.models.enums import ClinicalTaskKind, InventoryTransactionType, TaskStatus, Unit
from clinicdesk.security.errors import WrongPasswordError
from clinicdesk.services.controlled import ControlledDrugs
from clinicdesk.services.controlled_leaving import Leaving
from clinicdesk.services.dose_values import DoseRefusedError, OrderNotFoundError, Proof, WitnessRefusedError

WITNESS = Proof(user_name="carvalho", password=PASSWORD)
TODAY = dt.date(2026, 10, 6)


@pytest.fixture
def cupboard(clinic: Clinic) -> Cupboard:
    return stock_cupboard(clinic)


@pytest.fixture
def drugs(clinic: Clinic) -> ControlledDrugs:
    return ControlledDrugs(clinic.desk())


def leaving(cupboard: Cupboard, **changes: Any) -> Leaving:
    whole = Leaving(
        lot_id=cupboard.tablets,
        amount=Decimal(20),
        method=DisposalMethod.DRUG_DEACTIVATION,
        on=TODAY,
        reason="order ended",
        parent_told="Ngozi Okonkwo, 10:40",
    )
    return dataclasses.replace(whole, **changes)


def balance(clinic: Clinic, lot: uuid.UUID) -> Decimal:
    with clinic.store.read() as session:
        return session.execute(sa.select(StockBalance.quantity).where(StockBalance.lot_id == lot)).scalar_one()


def moves(clinic: Clinic, lot: uuid.UUID) -> list[InventoryTransaction]:
    return clinic.rows(InventoryTransaction, InventoryTransaction.lot_id == lot)


def test_m12_destroying_the_rest_leaves_zero_one_line_both_names_and_the_call(
    clinic: Clinic, cupboard: Cupboard, drugs: ControlledDrugs
) -> None:
    assert [line.lot_id for line in drugs.left_over()] == [cupboard.capsules, cupboard.tablets]
    key = drugs.let_go(leaving(cupboard), WITNESS)
    (_, row) = moves(clinic, cupboard.tablets)
    assert (row.id, row.type, row.quantity) == (key, InventoryTransactionType.DISPOSAL, Decimal(-20))
    assert (row.performed_by_id, row.witness_id) == (clinic.nurse.id, clinic.second_nurse.id)
    assert (row.disposal_method, row.reason) == ("DRUG_DEACTIVATION", "order ended")
    assert balance(clinic, cupboard.tablets) == 0
    (task,) = clinic.rows(ClinicalTask)
    assert (task.kind, task.status, task.result_note) == (
        ClinicalTaskKind.PARENT_CONTACT,
        TaskStatus.DONE,
        "Ngozi Okonkwo, 10:40",
    )
    assert (task.student_id, task.subject_id) == (cupboard.student, key)
    assert [line.lot_id for line in drugs.left_over()] == [cupboard.capsules]


def test_m12_a_return_to_the_family_names_who_takes_it_home(
    clinic: Clinic, cupboard: Cupboard, drugs: ControlledDrugs
) -> None:
    back = leaving(cupboard, method=DisposalMethod.RETURNED_TO_PARENT, reason="", amount=Decimal(5))
    with pytest.raises(DoseRefusedError) as refused:
        drugs.let_go(back, WITNESS)
    assert {one.code for one in refused.value.findings} == {"controlled.receiver_missing"}
    drugs.let_go(dataclasses.replace(back, received_by="Ngozi Okonkwo"), WITNESS)
    row = moves(clinic, cupboard.tablets)[-1]
    assert (row.type, row.notes) == (InventoryTransactionType.RETURN, "Received by Ngozi Okonkwo")
    assert balance(clinic, cupboard.tablets) == 15


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"parent_told": ""}, "controlled.parent_not_told"),
        ({"amount": Decimal(21)}, "controlled.balance_too_low"),
        ({"amount": None}, "controlled.amount_missing"),
        ({"method": None}, "controlled.method_missing"),
        ({"on": None}, "controlled.date_missing"),
        ({"on": TODAY + dt.timedelta(days=1)}, "controlled.date_in_future"),
        ({"reason": " "}, "controlled.reason_missing"),
    ],
)
def test_m12_nothing_leaves_while_something_is_missing(
    clinic: Clinic, cupboard: Cupboard, drugs: ControlledDrugs, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(DoseRefusedError) as refused:
        drugs.let_go(leaving(cupboard, **changes), WITNESS)
    assert {one.code for one in refused.value.findings} == {code}
    assert len(moves(clinic, cupboard.tablets)) == 1
    assert clinic.count(ClinicalTask) == 0


def test_m12_the_witness_is_another_person_with_the_own_password(
    clinic: Clinic, cupboard: Cupboard, drugs: ControlledDrugs
) -> None:
    with pytest.raises(WitnessRefusedError):
        drugs.let_go(leaving(cupboard), Proof(user_name="olszewski", password=PASSWORD))
    with pytest.raises(WrongPasswordError):
        drugs.let_go(leaving(cupboard), Proof(user_name="carvalho", password="guessed at"))
    assert len(moves(clinic, cupboard.tablets)) == 1


def test_m12_an_aide_lets_nothing_go(clinic: Clinic, cupboard: Cupboard) -> None:
    with pytest.raises(DoseRefusedError) as refused:
        ControlledDrugs(clinic.desk(clinic.aide)).let_go(leaving(cupboard), WITNESS)
    assert refused.value.findings[0].code == "controlled.disposal_needs_nurse"
    assert len(moves(clinic, cupboard.tablets)) == 1


def test_m12_an_earlier_day_keeps_its_date_and_the_entry_its_own(
    clinic: Clinic, cupboard: Cupboard, drugs: ControlledDrugs
) -> None:
    drugs.let_go(leaving(cupboard, on=TODAY - dt.timedelta(days=1)), WITNESS)
    row = moves(clinic, cupboard.tablets)[-1]
    assert clinic.desk().local(row.occurred_at).date() == TODAY - dt.timedelta(days=1)
    assert row.created_at == clinic.clock.now()


def test_m12_school_stock_needs_no_parent_and_a_lot_of_another_school_is_not_found(
    clinic: Clinic, cupboard: Cupboard, drugs: ControlledDrugs
) -> None:
    lot = put_in_stock(clinic, cupboard.drugs.ibuprofen, "10", Unit.TABLET)
    drugs.let_go(leaving(cupboard, lot_id=lot, amount=Decimal(10), parent_told=""), WITNESS)
    assert balance(clinic, lot) == 0
    assert clinic.count(ClinicalTask) == 0
    elsewhere = ControlledDrugs(clinic.desk(clinic.second_nurse, school=clinic.other_school))
    with pytest.raises(OrderNotFoundError):
        elsewhere.let_go(leaving(cupboard), Proof(user_name="olszewski", password=PASSWORD))
