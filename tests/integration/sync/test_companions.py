"""Rows outside a desk's schools that its own rows name travel beside them, read-only and uncounted (D11, D21)."""

from __future__ import annotations

import uuid

import pytest
from tests.integration.sync.conftest import NewDesk
from tests.integration.sync.test_scenarios_delivery import transfer
from tests.support.district import Town, fresh
from tests.support.sync_rows import a_dose, an_order
from tests.support.workstation import Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.server.own_writes import OwnWrites


@pytest.fixture
def lot(town: Town) -> str:
    """A lot in Oak's cupboard."""
    item, key = fresh(), fresh()
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, None, town.clock.now())
        stock = {"name": "Samplin 10 mg", "category": "MEDICATION", "reorder_level": 1, "reorder_quantity": 1}
        writes.insert("inventory_items", {item: {**stock, "school_id": town.oak}})
        writes.insert(
            "inventory_lots",
            {
                key: {
                    "inventory_item_id": item,
                    "school_id": town.oak,
                    "lot_number": "A-17",
                    "expires_on": "2027-01-31",
                    "unit": "{each}",
                    "received_on": "2026-01-05",
                }
            },
        )
        writes.close()
    return key


@pytest.fixture
def elm(new_desk: NewDesk, town: Town) -> Workstation:
    """Ben's desk at Elm, synced once."""
    desk = new_desk(town.ben, town.elm)
    desk.sync()
    return desk


@pytest.fixture
def dose(town: Town, lot: str, ann: Workstation, elm: Workstation) -> str:
    """A dose that Iris had from Oak's lot before she was transferred to Elm, where both desks know of it."""
    medicine, order = an_order(town)
    ann.sync()
    given = ann.insert(a_dose(town, medicine, order, ann.device, lot_id=uuid.UUID(lot)))
    ann.sync()
    transfer(town, town.students["iris"], town.elm)
    elm.sync()
    ann.sync()
    return given


def companions(desk: Workstation) -> set[tuple[str, str]]:
    found = desk.rows("SELECT table_name, row_id FROM sync_rows WHERE companion")
    return {(row["table_name"], row["row_id"]) for row in found}


def test_d11_the_lot_of_a_dose_comes_with_the_student_to_the_new_school(
    town: Town, lot: str, dose: str, ann: Workstation, elm: Workstation
) -> None:
    assert elm.row("medication_logs", dose)["lot_id"] == lot
    item = elm.row("inventory_lots", lot)["inventory_item_id"]
    assert companions(elm) == {("inventory_lots", lot), ("inventory_items", item)}
    assert_equal_to_district(ann, elm)


def test_d21_digest_and_pending_leave_companions_out(
    town: Town, lot: str, dose: str, ann: Workstation, elm: Workstation
) -> None:
    counted = elm.rows("SELECT count(*) AS n FROM sync_digests WHERE table_name = 'inventory_lots' AND rows <> 0")
    assert counted == [{"n": 0}]
    assert elm.queue("PENDING", "IN_FLIGHT") == []
    ann.update("inventory_lots", lot, lot_number="A-18")
    ann.sync()
    elm.sync()
    assert_equal_to_district(ann, elm)


def test_d11_a_companion_is_not_the_new_schools_to_change(
    town: Town, lot: str, dose: str, ann: Workstation, elm: Workstation
) -> None:
    elm.update("inventory_lots", lot, lot_number="B-99")
    elm.sync()
    (item,) = elm.queue("HELD")
    assert (item["table_name"], item["last_error"]) == ("inventory_lots", "scope")
    assert (town.rows("inventory_lots", lot) or {})["lot_number"] == "A-17"
    assert_nothing_lost(town, elm)


def test_d11_a_companion_counts_once_its_school_is_given_to_the_desk(
    town: Town, lot: str, dose: str, ann: Workstation, elm: Workstation
) -> None:
    with town.database.owning() as connection:
        connection.execute(
            "UPDATE devices SET school_ids = to_jsonb(%s::text[]) WHERE id = %s", ([town.oak, town.elm], elm.device)
        )
    elm.sync()
    assert companions(elm) == set()
    assert_equal_to_district(elm)


def test_d11_the_old_desk_keeps_nothing_of_the_dose_but_its_own_lot(
    town: Town, lot: str, dose: str, ann: Workstation, elm: Workstation
) -> None:
    assert ann.rows("SELECT id FROM medication_logs") == []
    assert ann.row("inventory_lots", lot)["lot_number"] == "A-17"
    assert companions(ann) == set()
    assert_equal_to_district(ann)
