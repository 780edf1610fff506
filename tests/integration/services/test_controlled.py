"""The register of controlled drugs on a real encrypted file (M9, M10, D44)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

import pytest
import sqlalchemy as sa
from tests.support.desk import PASSWORD, Clinic
from tests.support.medication import Cupboard, stock_cupboard

from clinicdesk.core.errors import PermissionDeniedError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.medication.controlled import CountKind
from clinicdesk.models import (
    ClinicalTask,
    ControlledCount,
    IncidentReport,
    InventoryTransaction,
    Signature,
    StockBalance,
)
from clinicdesk.models.enums import ClinicalTaskKind, IncidentType, InventoryTransactionType, SignatureMeaning
from clinicdesk.services.controlled import ControlledDrugs, CountLine, Receipt
from clinicdesk.services.dose_values import DoseRefusedError, Proof, WitnessRefusedError
from clinicdesk.storage.errors import WriteRuleError

WITNESS = Proof(user_name="carvalho", password=PASSWORD)


@pytest.fixture
def cupboard(clinic: Clinic) -> Cupboard:
    return stock_cupboard(clinic)


@pytest.fixture
def drugs(clinic: Clinic) -> ControlledDrugs:
    return ControlledDrugs(clinic.desk())


def balance(clinic: Clinic, lot: uuid.UUID) -> Decimal:
    with clinic.store.read() as session:
        return session.execute(sa.select(StockBalance.quantity).where(StockBalance.lot_id == lot)).scalar_one()


def test_m09_a_count_is_blind(cupboard: Cupboard, drugs: ControlledDrugs) -> None:
    (line,) = drugs.lines()
    assert (line.lot_id, line.owner, line.due) == (cupboard.tablets, "Amara Okonkwo-Lindqvist", True)
    assert not {"expected", "balance"} & {field.name for field in dataclasses.fields(CountLine)}


def test_m09_a_count_that_fits_is_signed_by_both_and_opens_nothing(
    clinic: Clinic, cupboard: Cupboard, drugs: ControlledDrugs
) -> None:
    (line,) = drugs.count({cupboard.tablets: Decimal(20)}, CountKind.WEEKLY, WITNESS)
    assert (line.expected, line.discrepancy) == (Decimal(20), False)
    assert {(one.signer_id, one.meaning) for one in clinic.rows(Signature)} == {
        (clinic.nurse.id, SignatureMeaning.COUNTED),
        (clinic.second_nurse.id, SignatureMeaning.WITNESSED),
    }
    assert clinic.count(IncidentReport) == clinic.count(ClinicalTask) == 0
    assert not drugs.lines()[0].due


def test_m10_a_missing_tablet_opens_incident_recount_and_notice(
    clinic: Clinic, cupboard: Cupboard, drugs: ControlledDrugs
) -> None:
    (line,) = drugs.count({cupboard.tablets: Decimal(18)}, CountKind.HANDOVER, WITNESS)
    assert (line.difference, line.discrepancy) == (Decimal(-2), True)
    (incident,) = clinic.rows(IncidentReport)
    assert (incident.id, incident.type) == (line.incident, IncidentType.CONTROLLED_DISCREPANCY)
    assert {task.kind for task in clinic.rows(ClinicalTask)} == {
        ClinicalTaskKind.RECOUNT,
        ClinicalTaskKind.FOLLOW_UP,
    }
    assert balance(clinic, cupboard.tablets) == 20


def test_m09_the_witness_is_another_person_with_the_right(
    clinic: Clinic, cupboard: Cupboard, drugs: ControlledDrugs
) -> None:
    for name in ("olszewski", "moreau"):
        with pytest.raises(WitnessRefusedError):
            drugs.count({cupboard.tablets: Decimal(20)}, CountKind.WEEKLY, Proof(user_name=name, password=PASSWORD))
    assert clinic.count(ControlledCount) == 0


def test_m09_a_receipt_is_counted_with_the_adult_who_brings_it(clinic: Clinic, cupboard: Cupboard) -> None:
    drugs = ControlledDrugs(clinic.desk())
    lot = drugs.receive(
        Receipt(
            medication_id=cupboard.drugs.methylphenidate,
            student_id=cupboard.student,
            lot_number="7M110",
            expires_on=dt.date(2027, 8, 31),
            counted=Decimal(30),
            delivered_by="Ngozi Okonkwo",
        )
    )
    assert balance(clinic, lot) == 30
    (count,) = clinic.rows(ControlledCount)
    assert (count.witness_name, count.counted_by, count.is_discrepancy) == ("Ngozi Okonkwo", clinic.nurse.id, False)
    (movement,) = clinic.rows(InventoryTransaction, InventoryTransaction.lot_id == lot)
    assert (movement.type, movement.witness_name) == (InventoryTransactionType.RECEIPT, "Ngozi Okonkwo")


def test_m09_waste_needs_a_reason_and_a_witness(clinic: Clinic, cupboard: Cupboard, drugs: ControlledDrugs) -> None:
    with pytest.raises(DoseRefusedError):
        drugs.waste(cupboard.tablets, Decimal(1), " ", WITNESS)
    drugs.waste(cupboard.tablets, Decimal(1), "crushed", WITNESS)
    assert balance(clinic, cupboard.tablets) == 19


def test_d44_no_more_is_wasted_than_there_is(clinic: Clinic, cupboard: Cupboard, drugs: ControlledDrugs) -> None:
    with pytest.raises(DoseRefusedError):
        drugs.waste(cupboard.tablets, Decimal(21), "crushed", WITNESS)
    assert balance(clinic, cupboard.tablets) == 20


def test_d44_a_dose_really_given_elsewhere_arrives_though_the_balance_goes_below_zero(
    clinic: Clinic, cupboard: Cupboard
) -> None:
    (receipt,) = clinic.rows(InventoryTransaction, InventoryTransaction.lot_id == cupboard.tablets)
    clinic.add(
        InventoryTransaction(
            id=new_id(),
            inventory_item_id=receipt.inventory_item_id,
            type=InventoryTransactionType.USAGE,
            quantity=Decimal(-21),
            performed_by_id=clinic.second_nurse.id,
            school_id=clinic.school.id,
            lot_id=cupboard.tablets,
            unit=receipt.unit,
            occurred_at=clinic.clock.now(),
            zone_offset_minutes=-240,
            is_controlled=True,
        )
    )
    assert balance(clinic, cupboard.tablets) == -1


def test_m09_the_register_is_append_only(clinic: Clinic, cupboard: Cupboard, drugs: ControlledDrugs) -> None:
    drugs.adjust(cupboard.tablets, Decimal(19), "one found broken at recount", WITNESS)
    assert [(line.kind, line.change, line.balance) for line in drugs.register(cupboard.tablets)] == [
        ("RECEIPT", Decimal(20), Decimal(20)),
        ("COUNT_ADJUSTMENT", Decimal(-1), Decimal(19)),
    ]
    with pytest.raises(WriteRuleError), clinic.pulled() as work:
        work.session.execute(sa.update(InventoryTransaction).values(quantity=Decimal(5)))


def test_an_aide_counts_no_controlled_drugs(clinic: Clinic, cupboard: Cupboard) -> None:
    with pytest.raises(PermissionDeniedError):
        ControlledDrugs(clinic.desk(clinic.aide)).count({cupboard.tablets: Decimal(20)}, CountKind.WEEKLY, WITNESS)
