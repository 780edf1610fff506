"""A row of this desk that waits, or was refused, stands in no way of the district's rows that have its key (s33)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal

import msgspec
import pytest
from tests.integration.sync.conftest import NewDesk
from tests.support.district import NOW, Town, fresh, student
from tests.support.sync_rows import a_student
from tests.support.workstation import DirectLine, Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.models import InventoryItem, PurchaseOrder, PurchaseOrderItem
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.server.review import Review, Wanted
from clinicdesk.sync.ports import Answer, M


class Meanwhile:
    """Somebody writes at the desk while its session is about to pull."""

    def __init__(self, line: DirectLine, act: Callable[[], None]) -> None:
        self._line = line
        self._act = act

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        if path == "/v1/pull":
            self._act()
        return self._line.ask(path, request, kind)


def district_writes(town: Town, write: Callable[[OwnWrites], None]) -> None:
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, None, town.clock.now())
        write(writes)
        writes.close()


def a_pupil(town: Town, number: str) -> str:
    """The district enrols another student at Oak."""
    key = fresh()

    def write(writes: OwnWrites) -> None:
        writes.insert("students", {key: student("nora", number, town.oak)})
        enrolled = {"student_id": key, "school_id": town.oak, "starts_on": NOW.date()}
        writes.insert("student_enrollments", {fresh(): enrolled})

    district_writes(town, write)
    return key


def number_of(desk: Workstation, key: str) -> tuple[str | None, str]:
    row = desk.row("students", key)
    return row["student_number"], row["number_status"]


@pytest.mark.sent_once
def test_scenario_33_numbers_that_wait_for_review_give_way_and_come_back(town: Town, ann: Workstation) -> None:
    """A new row goes without its number, a changed one shows the district's; nothing still to be sent is touched."""
    jack = town.students["jack"]
    new, enrolment = a_student(town, "N-9")
    new.school_id = enrolment.school_id = uuid.UUID(town.elm)
    waiting = ann.insert(new, enrolment)
    had = number_of(ann, jack)
    ann.update("students", jack, student_number="N-8")
    ann.sync()
    assert {item["entity_id"] for item in ann.queue("HELD")} >= {waiting, jack}
    pupils = [a_pupil(town, "N-9"), a_pupil(town, "N-8")]
    line = ann.direct()
    ann.sync(Meanwhile(line, lambda: ann.update("students", waiting, first_name="Nilsson")))
    assert "/v1/rows" not in line.paths
    assert number_of(ann, waiting) == ("N-9", "CONFIRMED")
    assert number_of(ann, pupils[0]) == (None, "CONTESTED")
    assert number_of(ann, jack) == had
    ann.sync()
    assert [number_of(ann, key) for key in pupils] == [("N-9", "CONFIRMED"), ("N-8", "CONFIRMED")]
    assert number_of(ann, waiting) == (None, "CONTESTED")
    line = ann.direct()
    ann.sync(line)
    assert "/v1/rows" not in line.paths
    assert_equal_to_district(ann)
    # The number is free again, and what waited is let in: it stands here as it was written.
    district_writes(town, lambda writes: writes.update("students", pupils[1], {"student_number": "N-88"}))
    Review(town.database, town.clock).release(Wanted(), "dora@example.org")
    ann.sync()
    ann.sync()
    assert number_of(ann, jack)[0] == "N-8"
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)


def an_order_of(town: Town, vendor: str) -> tuple[PurchaseOrder, InventoryItem, PurchaseOrderItem]:
    zero, school = Decimal("0.00"), uuid.UUID(town.oak)
    order = PurchaseOrder(
        id=uuid.UUID(fresh()),
        order_number="PO-1",
        vendor_id=uuid.UUID(vendor),
        school_id=school,
        order_date=NOW,
        subtotal=zero,
        tax=zero,
        shipping=zero,
        total=zero,
    )
    thing = InventoryItem(
        id=uuid.UUID(fresh()), name="Gauze", category="Supplies", reorder_level=1, reorder_quantity=1, school_id=school
    )
    line = PurchaseOrderItem(
        purchase_order_id=order.id, inventory_item_id=thing.id, quantity=1, unit_cost=zero, total_cost=zero
    )
    return order, thing, line


def test_scenario_33_a_refused_row_that_others_name_is_shown_as_deleted(
    town: Town, ann: Workstation, new_desk: NewDesk
) -> None:
    """It cannot go without its key, and not altogether either: what names it stays whole."""
    vendor = fresh()
    district_writes(town, lambda writes: writes.insert("vendors", {vendor: {"name": "Sample Supplies"}}))
    second = new_desk(town.ann, town.oak)
    for desk in (ann, second):
        desk.sync()
    first = second.insert(*an_order_of(town, vendor))
    late = ann.insert(*an_order_of(town, vendor))
    second.sync()
    assert ann.sync().rejected == 1
    ann.sync()
    shown = {row["id"]: row["deleted_at"] is None for row in ann.rows("SELECT id, deleted_at FROM purchase_orders")}
    assert shown == {first: True, late: False}
    assert ann.row("purchase_orders", late)["delete_reason"] == "unique"
    names = [row["purchase_order_id"] for row in ann.rows("SELECT purchase_order_id FROM purchase_order_items")]
    assert sorted(names) == sorted([first, late])
    second.sync()
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann, second)
