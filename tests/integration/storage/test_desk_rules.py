"""Rules that no write at the desk escapes: append-only and signed rows, dose slots, stock, audit (D1, D2, D44)."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from tests.support.databases import NOW, TestDesk, a_visit

from clinicdesk.core.identifiers import new_id
from clinicdesk.models import (
    AuditLog,
    ClinicVisit,
    DoseSlot,
    InventoryItem,
    InventoryTransaction,
    Medication,
    MedicationLog,
    StockBalance,
    StudentMedication,
)
from clinicdesk.models.enums import (
    DoseOutcome,
    DoseReason,
    EntryKind,
    InventoryTransactionType,
    RecordSource,
    Route,
    ScheduleKind,
    Unit,
    VisitDisposition,
)
from clinicdesk.storage.context import WorkContext
from clinicdesk.storage.errors import WriteRuleError
from clinicdesk.storage.store import Store

ORDER = uuid.UUID("01900000-0000-7000-8000-000000000001")
SLOT = "2026-11-03T12:00"


def write(desk: TestDesk, *rows: Any) -> None:
    with desk.store.write(desk.context, attempt=desk.entry()) as work:
        for row in rows:
            work.session.add(row)
            work.session.flush()


def execute(desk: TestDesk, statement: sa.Executable, context: WorkContext | None = None) -> None:
    store: Store = desk.store
    opened = store.write(desk.context, attempt=desk.entry()) if context is None else store.apply(context)
    with opened as work:
        work.session.execute(statement)


def refused(rule: str) -> Any:
    return pytest.raises(WriteRuleError, match=f"rule={rule}")


# --- signed rows ----------------------------------------------------------------------------------------------------


@pytest.fixture
def signed_visit(desk: TestDesk) -> uuid.UUID:
    visit = a_visit(desk)
    visit.disposition, visit.check_out_time = VisitDisposition.RETURN_TO_CLASS, NOW
    visit.signed_at, visit.signed_by = NOW, desk.nurse
    write(desk, visit)
    return visit.id


@pytest.mark.usefixtures("signed_visit")
@pytest.mark.parametrize(
    "change", [{"notes": "later thought"}, {"signed_at": None, "signed_by": None}, {"deleted_at": NOW}], ids=str
)
def test_d02_a_signed_row_is_frozen_for_the_desk(desk: TestDesk, change: dict[str, Any]) -> None:
    with refused("signed_row"):
        execute(desk, sa.update(ClinicVisit).values(**change))


@pytest.mark.usefixtures("signed_visit")
def test_d02_columns_after_signing_stay_open(desk: TestDesk) -> None:
    execute(desk, sa.update(ClinicVisit).values(co_reviewed_by=desk.nurse, co_reviewed_at=NOW))
    with desk.store.read() as session:
        assert session.scalars(sa.select(ClinicVisit.co_reviewed_at)).one() == NOW


@pytest.mark.usefixtures("signed_visit")
def test_d02_the_district_state_of_a_signed_row_may_replace_it(desk: TestDesk) -> None:
    execute(desk, sa.update(ClinicVisit).values(notes="as the district has it"), desk.applying)
    with desk.store.read() as session:
        assert session.scalars(sa.select(ClinicVisit.notes)).one() == "as the district has it"


# --- append-only rows and dose slots --------------------------------------------------------------------------------


def a_dose(desk: TestDesk, medication: uuid.UUID, **values: Any) -> MedicationLog:
    given = {
        "outcome": DoseOutcome.GIVEN,
        "was_given": True,
        "student_medication_id": ORDER,
        "order_version": 1,
        "order_root_id": ORDER,
        "slot_key": SLOT,
        "source": RecordSource.PAPER,
        **values,
    }
    return MedicationLog(
        student_id=desk.student,
        medication_id=medication,
        dosage=Decimal(10),
        dosage_unit=Unit.MG,
        route=Route.ORAL,
        administered_at=NOW,
        administered_by=desk.nurse,
        scheduled_for=NOW,
        recorded_at=NOW,
        zone_offset_minutes=-300,
        device_id=desk.device,
        **given,
    )


@pytest.fixture
def medication(desk: TestDesk) -> uuid.UUID:
    drug = Medication(name="Ritalin", dosage_form="tablet", strength="10 mg")
    with desk.store.apply(desk.applying) as work:
        work.session.add(drug)
        work.session.flush()
        work.session.add(
            StudentMedication(
                id=ORDER,
                root_id=ORDER,
                student_id=desk.student,
                medication_id=drug.id,
                dosage="10 mg",
                frequency="noon",
                route=Route.ORAL,
                start_date=NOW,
                prescribed_by_name="Dr. Willow",
                dose_amount=Decimal(10),
                dose_unit=Unit.MG,
                schedule_kind=ScheduleKind.SCHEDULED,
                is_active=False,
            )
        )
    return drug.id


def slots(desk: TestDesk) -> dict[str, uuid.UUID]:
    with desk.store.read() as session:
        return {row.slot_key: row.medication_log_id for row in session.scalars(sa.select(DoseSlot))}


def test_d01_an_appended_row_never_changes_in_any_mode(desk: TestDesk, medication: uuid.UUID) -> None:
    write(desk, a_dose(desk, medication))
    change = sa.update(MedicationLog).values(notes="x")
    for context in (None, desk.applying, desk.retaining):
        with refused("append_only"):
            execute(desk, change, context)
    execute(desk, sa.update(MedicationLog).values(row_version=3, scope_id=desk.student), desk.applying)


def test_d01_the_retention_job_and_the_purge_remove_appended_rows(desk: TestDesk, medication: uuid.UUID) -> None:
    for context in (desk.retaining, desk.applying):
        write(desk, a_dose(desk, medication))
        assert len(slots(desk)) == 1
        execute(desk, sa.delete(MedicationLog), context)
        assert slots(desk) == {}
    with refused("physical_delete"):
        write(desk, a_dose(desk, medication))
        execute(desk, sa.delete(MedicationLog))


def test_d01_a_slot_takes_one_given_dose_from_the_desk(desk: TestDesk, medication: uuid.UUID) -> None:
    first = a_dose(desk, medication)
    write(desk, first)
    with refused("dose_slot_taken"):
        write(desk, a_dose(desk, medication))
    write(desk, a_dose(desk, medication, slot_key="2026-11-04T12:00"))
    assert slots(desk)[SLOT] == first.id


def test_d01_a_correction_takes_over_its_slot_and_an_undone_dose_frees_it(
    desk: TestDesk, medication: uuid.UUID
) -> None:
    first = a_dose(desk, medication)
    write(desk, first)
    correction = a_dose(
        desk,
        medication,
        supersedes_id=first.id,
        revision=2,
        entry_kind=EntryKind.CORRECTION,
        correction_reason="wrong minute",
    )
    write(desk, correction)
    assert slots(desk) == {SLOT: correction.id}
    undone = a_dose(
        desk,
        medication,
        supersedes_id=correction.id,
        revision=3,
        entry_kind=EntryKind.WITHDRAWN,
        correction_reason="wrong student",
    )
    write(desk, undone)
    assert slots(desk) == {}
    again = a_dose(desk, medication, supersedes_id=undone.id, revision=4, entry_kind=EntryKind.CORRECTION)
    again.correction_reason = "given after all"
    write(desk, again)
    assert slots(desk) == {SLOT: again.id}


def test_d01_a_given_dose_stands_before_a_refused_one_in_its_slot(desk: TestDesk, medication: uuid.UUID) -> None:
    refusal = a_dose(
        desk,
        medication,
        outcome=DoseOutcome.REFUSED,
        was_given=False,
        reason_code=DoseReason.REFUSED,
        reason_not_given="spat it out",
    )
    given = a_dose(desk, medication)
    write(desk, refusal)
    assert slots(desk) == {SLOT: refusal.id}
    write(desk, given)
    assert slots(desk) == {SLOT: given.id}


def test_d01_two_desks_that_gave_one_dose_are_both_kept(desk: TestDesk, medication: uuid.UUID) -> None:
    mine, theirs = a_dose(desk, medication), a_dose(desk, medication)
    theirs.device_id = new_id()
    write(desk, mine)
    with desk.store.apply(desk.applying) as work:
        work.session.add(theirs)
    assert slots(desk)[SLOT] == min(mine.id, theirs.id)
    with desk.store.read() as session:
        assert session.execute(sa.select(sa.func.count()).select_from(MedicationLog)).scalar_one() == 2


def test_d01_rows_that_arrive_child_first_give_the_same_slot(desk: TestDesk, medication: uuid.UUID) -> None:
    first = a_dose(desk, medication)
    first.id = new_id()
    moved = a_dose(
        desk,
        medication,
        slot_key="2026-11-03T15:00",
        supersedes_id=first.id,
        revision=2,
        entry_kind=EntryKind.CORRECTION,
        correction_reason="the afternoon dose",
    )
    with desk.store.apply(desk.applying) as work:
        for row in (moved, first):
            work.session.add(row)
            work.session.flush()
    assert slots(desk) == {"2026-11-03T15:00": moved.id}


# --- stock ----------------------------------------------------------------------------------------------------------


def an_item(desk: TestDesk, *, controlled: bool) -> InventoryItem:
    return InventoryItem(
        name="Ritalin 10 mg",
        category="Medicine",
        reorder_level=1,
        reorder_quantity=10,
        school_id=desk.school,
        is_controlled=controlled,
    )


def a_movement(desk: TestDesk, item: uuid.UUID, quantity: str) -> InventoryTransaction:
    kind = InventoryTransactionType.USAGE if quantity.startswith("-") else InventoryTransactionType.PURCHASE
    return InventoryTransaction(
        inventory_item_id=item,
        type=kind,
        quantity=Decimal(quantity),
        performed_by_id=desk.nurse,
        school_id=desk.school,
        occurred_at=NOW,
        zone_offset_minutes=-300,
    )


def balance(desk: TestDesk) -> StockBalance:
    with desk.store.read() as session:
        return session.scalars(sa.select(StockBalance)).one()


def test_concern_41_the_balance_is_the_exact_sum_of_the_movements(desk: TestDesk) -> None:
    item = an_item(desk, controlled=False)
    write(desk, item)
    write(desk, *(a_movement(desk, item.id, quantity) for quantity in ("0.1", "0.2", "10", "-0.3", "-12.25")))
    assert balance(desk).quantity == Decimal("-2.25")
    assert (balance(desk).location, balance(desk).unit) == ("CLINIC", Unit.EACH)


def test_d44_a_person_takes_no_more_of_a_controlled_drug_than_there_is(desk: TestDesk) -> None:
    item = an_item(desk, controlled=True)
    write(desk, item)
    write(desk, a_movement(desk, item.id, "2"))
    with refused("negative_controlled_balance"):
        write(desk, a_movement(desk, item.id, "-3"))
    assert balance(desk).quantity == 2


def test_d44_a_movement_that_really_happened_elsewhere_is_accepted_and_marked(desk: TestDesk) -> None:
    item = an_item(desk, controlled=True)
    write(desk, item)
    write(desk, a_movement(desk, item.id, "2"))
    with desk.store.apply(desk.applying) as work:
        work.session.add(a_movement(desk, item.id, "-3"))
    assert (balance(desk).quantity, balance(desk).shortfall_accepted) == (Decimal(-1), True)
    write(desk, a_movement(desk, item.id, "5"))
    assert balance(desk).quantity == 4


# --- the audit trail ------------------------------------------------------------------------------------------------


def test_concern_23_an_audit_row_is_never_changed_nor_removed_by_the_desk(desk: TestDesk) -> None:
    with desk.store.write(desk.context, attempt=desk.entry()):
        pass
    for context in (None, desk.applying, desk.retaining):
        with refused("audit_immutable"):
            execute(desk, sa.update(AuditLog).values(tags=["x"]), context)
    for context in (None, desk.applying):
        with refused("audit_immutable|rule=physical_delete"):
            execute(desk, sa.delete(AuditLog), context)
    execute(desk, sa.delete(AuditLog), desk.retaining)
    with desk.store.read() as session:
        assert session.scalars(sa.select(AuditLog)).all() == []
