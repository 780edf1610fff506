"""Doses, stock, counts, amendments and signatures keep every side, whatever a person decides (D1, D2, M10)."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from tests.integration.sync.conftest import NewDesk
from tests.integration.sync.test_scenarios_conflicts import settle
from tests.support.deciders import Decider, sign_in
from tests.support.district import NOW, Town
from tests.support.sync_rows import a_dose, a_visit, an_order, another_nurse
from tests.support.workstation import Workstation, assert_nothing_lost

from clinicdesk.core.identifiers import new_id
from clinicdesk.models import (
    ControlledCount,
    InventoryItem,
    InventoryLot,
    InventoryTransaction,
    Signature,
)
from clinicdesk.models.enums import (
    CountKind,
    DoseOutcome,
    DoseReason,
    EntryKind,
    InventoryTransactionType,
    SignatureMeaning,
    Unit,
    VisitDisposition,
)
from clinicdesk.services.conflict_ways import WayKind
from clinicdesk.sync.resolve import Choice, ChoiceNotPossibleError

_CLOSED: dict[str, Any] = {"check_out_time": NOW, "disposition": VisitDisposition.RETURN_TO_CLASS}


@pytest.fixture
def cora(new_desk: NewDesk, town: Town) -> Workstation:
    """Another nurse's desk at Oak, synced once."""
    desk = new_desk(another_nurse(town), town.oak)
    desk.sync()
    return desk


def only(desk: Workstation, table: str) -> dict[str, Any]:
    (conflict,) = [one for one in desk.conflicts() if one["table_name"] == table]
    return conflict


def content(desk: Workstation, table: str) -> dict[str, dict[str, Any]]:
    """Every row of a table by its key, without what the district stamps on it."""
    stamps = {"row_version", "scope_id", "updated_at", "updated_by", "field_versions"}
    return {
        row["id"]: {name: value for name, value in row.items() if name not in stamps}
        for row in desk.rows(f"SELECT * FROM {table}")
    }


def assert_kept(before: dict[str, dict[str, Any]], table: str, *desks: Workstation) -> None:
    """Whatever was said stands word for word at every desk."""
    for desk in desks:
        now = content(desk, table)
        assert {key: now[key] for key in before} == before


# --- Stock -------------------------------------------------------------------------------------------------------


class Cupboard:
    """One lot of a controlled drug, and the doses that desks take out of it."""

    def __init__(self, town: Town, desk: Workstation) -> None:
        self.town = town
        self.medicine, self.order = an_order(town)
        desk.sync()
        self.item, self.lot = new_id(), new_id()
        school = uuid.UUID(town.oak)
        desk.insert(
            InventoryItem(
                id=self.item,
                name="Samplin",
                category="MEDICATION",
                reorder_level=0,
                reorder_quantity=0,
                school_id=school,
                medication_id=uuid.UUID(self.medicine),
                unit=Unit.TABLET,
                is_controlled=True,
            ),
            InventoryLot(
                id=self.lot,
                inventory_item_id=self.item,
                school_id=school,
                medication_id=uuid.UUID(self.medicine),
                lot_number="6K204",
                expires_on=dt.date(2027, 1, 1),
                unit=Unit.TABLET,
                is_controlled=True,
                received_on=NOW.date(),
            ),
            self.movement(desk, 20, type=InventoryTransactionType.RECEIPT, witness_name="Ngozi Okonkwo"),
        )
        desk.sync()

    def movement(self, desk: Workstation, quantity: int, **more: Any) -> InventoryTransaction:
        values: dict[str, Any] = {
            "id": new_id(),
            "inventory_item_id": self.item,
            "type": InventoryTransactionType.USAGE,
            "quantity": Decimal(quantity),
            "performed_by_id": uuid.UUID(desk.user),
            "school_id": uuid.UUID(self.town.oak),
            "lot_id": self.lot,
            "unit": Unit.TABLET,
            "occurred_at": NOW,
            "zone_offset_minutes": -360,
            "is_controlled": True,
            "device_id": uuid.UUID(desk.device),
        }
        return InventoryTransaction(**{**values, **more})

    def given(self, desk: Workstation, **more: Any) -> tuple[str, uuid.UUID]:
        """A dose with its movement: both keys."""
        move = self.movement(desk, -1)
        log = a_dose(
            self.town, self.medicine, self.order, desk.device, lot_id=self.lot, stock_transaction_id=move.id, **more
        )
        log.id = new_id()
        desk.insert(move, log)
        return str(log.id), move.id

    def follows(
        self, desk: Workstation, dose: str, moved: uuid.UUID, kind: EntryKind, *, back: bool, **more: Any
    ) -> str:
        """A row that follows the dose; `back` gives its stock back."""
        said = {"entry_kind": kind, "supersedes_id": uuid.UUID(dose), "revision": 2, "correction_reason": "noted late"}
        values: dict[str, Any] = {**said, "lot_id": self.lot, "stock_transaction_id": moved, **more}
        rows: list[Any] = []
        if back:
            back_row = {**said, "entry_kind": EntryKind.WITHDRAWN, "supersedes_id": moved}
            rows.append(self.movement(desk, 1, **back_row))
            values["stock_transaction_id"] = rows[0].id
        said_of_it = {name: values.pop(name) for name in ("outcome", "was_given") if name in values}
        log = a_dose(self.town, self.medicine, self.order, desk.device, **values)
        log.id = new_id()
        for name, value in said_of_it.items():
            setattr(log, name, value)
        desk.insert(*rows, log)
        return str(log.id)

    def on_hand(self, desk: Workstation) -> str:
        ((row),) = desk.rows("SELECT quantity FROM stock_balances WHERE lot_id = ?", str(self.lot))
        return str(row["quantity"])


def standing(desk: Workstation) -> list[tuple[str, str]]:
    logs = content(desk, "medication_logs")
    followed = {row["supersedes_id"] for row in logs.values()}
    return sorted(
        (row["entry_kind"], row["outcome"])
        for key, row in logs.items()
        if key not in followed and row["entry_kind"] != "WITHDRAWN"
    )


def test_d44_of_one_dose_charted_at_two_desks_stock_follows_what_the_nurse_decides(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    cupboard = Cupboard(town, ann)
    cora.sync()
    cupboard.given(ann)
    other, _move = cupboard.given(cora)
    settle(town, ann, cora)
    assert [cupboard.on_hand(desk) for desk in (ann, cora)] == ["18", "18"], "both movements count until it is decided"
    before = {table: content(ann, table) for table in ("medication_logs", "inventory_transactions")}
    decider = Decider(sign_in(town, ann, ann.user))
    conflict = only(ann, "medication_logs")
    decider.take(conflict["id"], decider.way(conflict["id"], WayKind.IN_ERROR, other))
    settle(town, ann, cora)
    assert [cupboard.on_hand(desk) for desk in (ann, cora)] == ["19", "19"]
    assert standing(ann) == [("ORIGINAL", "GIVEN")]
    for table, rows in before.items():
        assert_kept(rows, table, ann, cora)
    assert_nothing_lost(town, ann, cora)


@pytest.mark.parametrize(("outcome", "left"), [("GIVEN", "19"), ("REFUSED", "20")])
def test_m10_a_dose_corrected_at_two_desks_leaves_the_stock_of_what_was_decided(
    town: Town, ann: Workstation, cora: Workstation, outcome: str, left: str
) -> None:
    cupboard = Cupboard(town, ann)
    dose, moved = cupboard.given(ann)
    for desk in (ann, cora):
        desk.sync()
    refused: dict[str, Any] = {"outcome": DoseOutcome.REFUSED, "was_given": False, "reason_not_given": "spat it out"}
    refused["reason_code"] = DoseReason.REFUSED
    cupboard.follows(ann, dose, moved, EntryKind.CORRECTION, back=True, **refused)
    cupboard.follows(cora, dose, moved, EntryKind.CORRECTION, back=False, notes="with food")
    settle(town, ann, cora)
    assert cupboard.on_hand(ann) == "20"
    before = {table: content(ann, table) for table in ("medication_logs", "inventory_transactions")}
    decider = Decider(sign_in(town, cora, cora.user))
    conflict = only(cora, "medication_logs")
    assert conflict["kind"] == "FORK"
    result: dict[str, Any] = {"outcome": outcome, "was_given": outcome == "GIVEN"}
    result["reason_not_given"] = None if outcome == "GIVEN" else "spat it out"
    result["reason_code"] = None if outcome == "GIVEN" else "REFUSED"
    decider.follow(conflict["id"], result)
    settle(town, cora, ann)
    assert [cupboard.on_hand(desk) for desk in (ann, cora)] == [left, left]
    assert standing(ann) == [("CORRECTION", outcome)]
    for table, rows in before.items():
        assert_kept(rows, table, ann, cora)
    assert_nothing_lost(town, ann, cora)


def test_m10_a_dose_taken_back_at_two_desks_is_given_back_to_stock_once(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    cupboard = Cupboard(town, ann)
    dose, moved = cupboard.given(ann)
    for desk in (ann, cora):
        desk.sync()
    for desk in (ann, cora):
        cupboard.follows(desk, dose, moved, EntryKind.WITHDRAWN, back=True)
    settle(town, ann, cora)
    assert cupboard.on_hand(ann) == "21", "two gave it back"
    before = {table: content(ann, table) for table in ("medication_logs", "inventory_transactions")}
    decider = Decider(sign_in(town, cora, cora.user))
    decider.choose(only(cora, "medication_logs")["id"], Choice.BOTH)
    settle(town, cora, ann)
    assert [cupboard.on_hand(desk) for desk in (ann, cora)] == ["20", "20"]
    assert standing(ann) == []
    for table, rows in before.items():
        assert_kept(rows, table, ann, cora)
    assert_nothing_lost(town, ann, cora)


# --- Counts ------------------------------------------------------------------------------------------------------


def a_count(town: Town, desk: Workstation, lot: uuid.UUID, counted: int, **more: Any) -> ControlledCount:
    values: dict[str, Any] = {
        "lot_id": lot,
        "school_id": uuid.UUID(town.oak),
        "kind": CountKind.WEEKLY,
        "counted": Decimal(counted),
        "expected": Decimal(20),
        "unit": Unit.TABLET,
        "counted_by": uuid.UUID(desk.user),
        "witness_name": "Ngozi Okonkwo",
        "counted_at": NOW,
        "zone_offset_minutes": -360,
        "is_discrepancy": counted != 20,
        "discrepancy_reason": None if counted == 20 else "counted by two",
    }
    return ControlledCount(**{**values, **more})


@pytest.mark.parametrize("decided", ["19", "18", "20"])
def test_m09_a_count_corrected_at_two_desks_keeps_every_count(
    town: Town, ann: Workstation, cora: Workstation, decided: str
) -> None:
    cupboard = Cupboard(town, ann)
    first = ann.insert(a_count(town, ann, cupboard.lot, 20))
    for desk in (ann, cora):
        desk.sync()
    follows = {"supersedes_id": uuid.UUID(first), "revision": 2, "entry_kind": EntryKind.CORRECTION}
    for desk, counted in ((ann, 19), (cora, 18)):
        desk.insert(a_count(town, desk, cupboard.lot, counted, correction_reason="counted again", **follows))
    settle(town, ann, cora)
    before = content(ann, "controlled_counts")
    assert len(before) == 3
    conflict = only(cora, "controlled_counts")
    decider = Decider(sign_in(town, cora, cora.user))
    for choice in (Choice.MINE, Choice.THEIRS, Choice.BOTH):
        with pytest.raises(ChoiceNotPossibleError):
            decider.choose(conflict["id"], choice)
    reason = None if decided == "20" else "counted a third time"
    result: dict[str, Any] = {"counted": decided, "is_discrepancy": decided != "20", "discrepancy_reason": reason}
    decider.follow(conflict["id"], result)
    settle(town, cora, ann)
    assert_kept(before, "controlled_counts", ann, cora)
    followed = {row["supersedes_id"] for row in content(ann, "controlled_counts").values()}
    ends = [row for key, row in content(ann, "controlled_counts").items() if key not in followed]
    assert sorted((row["entry_kind"], row["counted"]) for row in ends if row["entry_kind"] != "WITHDRAWN") == [
        ("CORRECTION", decided)
    ]
    assert_nothing_lost(town, ann, cora)


# --- Signatures and amendments -----------------------------------------------------------------------------------


def a_signature(desk: Workstation, visit: str) -> Signature:
    """What stands beside a signed row; the key is the signer's own, as the district has certified it."""
    (key,) = desk.rows("SELECT id FROM user_keys WHERE user_id = ?", desk.user)
    return Signature(
        table_name="clinic_visits",
        row_id=uuid.UUID(visit),
        school_id=uuid.UUID(desk.town.oak),
        signer_id=uuid.UUID(desk.user),
        signer_name="A nurse",
        meaning=SignatureMeaning.RECORDED,
        record_hash="0" * 64,
        user_key_id=uuid.UUID(key["id"]),
        signature=bytes(64),
        made_at=NOW,
        zone_offset_minutes=-360,
    )


def test_d02_a_visit_signed_at_two_desks_keeps_both_signatures_and_both_words(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    sign_in(town, ann, ann.user)
    decider = Decider(sign_in(town, cora, cora.user))
    visit = ann.insert(a_visit(town))
    for desk in (ann, cora):
        desk.sync()
    for desk, words in ((ann, "by Ann"), (cora, "by Cora")):
        desk.update("clinic_visits", visit, notes=words, **_CLOSED)
        desk.update("clinic_visits", visit, signed_at=NOW, signed_by=uuid.UUID(desk.user))
        desk.insert(a_signature(desk, visit))
    settle(town, ann, cora)
    stands, signatures = content(ann, "clinic_visits"), content(ann, "signatures")
    assert {row["signer_id"] for row in signatures.values()} == {ann.user, cora.user}
    conflict = only(cora, "clinic_visits")
    assert (conflict["kind"], conflict["client_version"]["notes"]) == ("SIGN_VS_EDIT", "by Cora")
    decider.take(conflict["id"], decider.way(conflict["id"], WayKind.AMEND), reason="what I saw")
    settle(town, cora, ann)
    assert_kept(stands, "clinic_visits", ann, cora)
    assert_kept(signatures, "signatures", ann, cora)
    assert {row["notes"] for row in content(ann, "clinic_visits").values()} == {"by Ann", "by Cora"}
    signed = {row["row_id"] for row in content(ann, "signatures").values()}
    (amendment,) = content(ann, "clinic_visits").keys() - stands.keys()
    assert amendment in signed
    assert_nothing_lost(town, ann, cora)


def amended_twice(town: Town, ann: Workstation, cora: Workstation) -> tuple[str, str, str]:
    visit = ann.insert(a_visit(town, signed_at=NOW, signed_by=uuid.UUID(ann.user), **_CLOSED))
    for desk in (ann, cora):
        desk.sync()
    amends: dict[str, Any] = {"amends_id": uuid.UUID(visit), "signed_at": NOW, **_CLOSED}
    said = ((ann, "ice pack given", "forgot the ice pack"), (cora, "mother called", "the call came later"))
    mine, theirs = (
        desk.insert(a_visit(town, notes=notes, amendment_reason=why, signed_by=uuid.UUID(desk.user), **amends))
        for desk, notes, why in said
    )
    settle(town, ann, cora)
    return visit, mine, theirs


def test_d02_two_amendments_of_one_visit_are_shown_and_both_stay(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    _visit, mine, theirs = amended_twice(town, ann, cora)
    before = content(ann, "clinic_visits")
    assert len(before) == 3
    conflict = only(cora, "clinic_visits")
    assert (conflict["kind"], conflict["fields"]) == ("FORK", ["amends_id"])
    assert {conflict["entity_id"], conflict["other_entity_id"]} == {mine, theirs}
    decider = Decider(sign_in(town, cora, cora.user))
    sheet = decider.conflicts.open(uuid.UUID(conflict["id"]))
    assert sheet is not None
    assert sheet.beside is not None
    assert sheet.amended_twice
    assert {field.name for field in sheet.beside.fields} >= {"notes", "amendment_reason"}
    decider.choose(conflict["id"], Choice.BOTH)
    settle(town, cora, ann)
    for desk in (ann, cora):
        assert desk.conflicts() == []
    assert_kept(before, "clinic_visits", ann, cora)
    assert_nothing_lost(town, ann, cora)


def test_d02_an_amendment_that_was_taken_back_is_no_second_one(town: Town, ann: Workstation, cora: Workstation) -> None:
    visit = ann.insert(a_visit(town, signed_at=NOW, signed_by=uuid.UUID(ann.user), **_CLOSED))
    for desk in (ann, cora):
        desk.sync()
    draft = ann.insert(a_visit(town, amends_id=uuid.UUID(visit), amendment_reason="wrong visit"))
    ann.delete("clinic_visits", draft)
    ann.sync()
    cora.insert(a_visit(town, amends_id=uuid.UUID(visit), amendment_reason="mother called"))
    settle(town, ann, cora)
    assert ann.conflicts() == cora.conflicts() == []
