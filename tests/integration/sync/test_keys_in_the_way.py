"""A key of a row that comes is held here by another row: the page is stored whole, and nothing typed is lost (s33).

The orders of a school have a number that is never empty, and lines that name them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal

import msgspec
import pytest
from tests.integration.sync.test_giving_way import a_pupil, number_of
from tests.integration.sync.test_scenarios_delivery import transfer
from tests.support.district import NOW, Town, fresh
from tests.support.sync_rows import a_visit, vitals
from tests.support.workstation import DirectLine, Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.models import Base, InventoryItem, PurchaseOrder, PurchaseOrderItem
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.sync.ports import Answer, M
from clinicdesk.sync.protocol import PullRequest
from clinicdesk.sync.row_check import verify_every_row
from clinicdesk.sync.session_facts import instant
from clinicdesk.sync.tables import wire_tables

ZERO = Decimal("0.00")


class Meanwhile:
    """Somebody writes at the desk once, while its session is about to pull."""

    def __init__(self, line: DirectLine, act: Callable[[], object]) -> None:
        self._line = line
        self._act: Callable[[], object] | None = act

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        if path == "/v1/pull" and self._act is not None:
            self._act()
            self._act = None
        return self._line.ask(path, request, kind)


class RowByRow:
    """Every page has one row."""

    def __init__(self, line: DirectLine) -> None:
        self._line = line

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        if isinstance(request, PullRequest):
            request = msgspec.structs.replace(request, limit=1)
        return self._line.ask(path, request, kind)


@pytest.fixture
def vendor(town: Town) -> str:
    key = fresh()
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, None, town.clock.now())
        writes.insert("vendors", {key: {"name": "Sample Supplies"}})
        writes.close()
    return key


@pytest.fixture
def both(vendor: str, ann: Workstation, second: Workstation) -> tuple[Workstation, Workstation]:
    """Two desks of one school, which know the vendor."""
    return ann, second


def an_order(town: Town, vendor: str, number: str, key: str | None = None) -> PurchaseOrder:
    return PurchaseOrder(
        id=uuid.UUID(key or fresh()),
        order_number=number,
        vendor_id=uuid.UUID(vendor),
        school_id=uuid.UUID(town.oak),
        order_date=NOW,
        subtotal=ZERO,
        tax=ZERO,
        shipping=ZERO,
        total=ZERO,
        notes=f"written as {number}",
    )


def with_a_line(town: Town, order: PurchaseOrder) -> tuple[Base, ...]:
    """The order, a thing, and a line that names both."""
    thing = InventoryItem(
        id=uuid.UUID(fresh()),
        name="Gauze",
        category="Supplies",
        reorder_level=1,
        reorder_quantity=1,
        school_id=uuid.UUID(town.oak),
    )
    line = PurchaseOrderItem(
        purchase_order_id=order.id, inventory_item_id=thing.id, quantity=1, unit_cost=ZERO, total_cost=ZERO
    )
    return order, thing, line


def numbers(desk: Workstation) -> dict[str, str]:
    """The orders that the desk shows."""
    found = desk.rows("SELECT id, order_number FROM purchase_orders WHERE deleted_at IS NULL")
    return {row["id"]: row["order_number"] for row in found}


def lines_of(desk: Workstation, order: str) -> int:
    return len(desk.rows("SELECT id FROM purchase_order_items WHERE purchase_order_id = ?", order))


def assert_same(town: Town, *desks: Workstation) -> None:
    """Every row of every desk is what the district has, in its tables as well as in its copies."""
    for desk in desks:
        checked = verify_every_row(desk.store, wire_tables(), instant(town.clock.now()), repair=False)
        assert checked is not None
        assert (checked.differing, checked.first) == (0, None)
    assert_nothing_lost(town, *desks)
    assert_equal_to_district(*desks)


@pytest.mark.sent_once
def test_scenario_33_an_order_typed_while_its_number_is_on_its_way_stops_no_page(
    town: Town, vendor: str, both: tuple[Workstation, Workstation]
) -> None:
    """What came stands beside it until the district has answered; then the refused one waits for its author."""
    ann, second = both
    came = second.insert(*with_a_line(town, an_order(town, vendor, "PO-1")))
    second.sync()
    typed = fresh()
    rows = with_a_line(town, an_order(town, vendor, "PO-1", typed))
    ann.sync(Meanwhile(ann.direct(), lambda: ann.insert(*rows)))
    assert ann.last is not None
    assert ann.last.equal is True
    assert numbers(ann) == {typed: "PO-1"}
    assert (lines_of(ann, came), lines_of(ann, typed)) == (1, 1)
    assert ann.row("purchase_orders", came)["delete_reason"] == "unique"
    ann.sync()
    assert numbers(ann) == {came: "PO-1"}
    (refused,) = ann.queue("REJECTED")
    assert (refused["entity_id"], refused["last_error"]) == (typed, "unique")
    assert msgspec.json.decode(refused["changes"])["notes"][1] == "written as PO-1"
    line = ann.direct()
    ann.sync(line)
    assert "/v1/rows" not in line.paths
    # Its author gives it another number, and it stands again as it was written.
    ann.update("purchase_orders", typed, order_number="PO-2")
    for desk in (ann, second):
        desk.sync()
    ann.sync()
    for desk in (ann, second):
        assert numbers(desk) == {came: "PO-1", typed: "PO-2"}
        assert desk.row("purchase_orders", typed)["notes"] == "written as PO-1"
        assert (lines_of(desk, came), lines_of(desk, typed)) == (1, 1)
    assert ann.queue("HELD", "REJECTED") == []
    assert_same(town, ann, second)


@pytest.mark.sent_once
def test_scenario_33_an_order_renumbered_while_its_number_is_on_its_way_stops_no_page(
    town: Town, vendor: str, both: tuple[Workstation, Workstation]
) -> None:
    ann, second = both
    known = ann.insert(an_order(town, vendor, "PO-5"))
    for desk in both:
        desk.sync()
    came = second.insert(*with_a_line(town, an_order(town, vendor, "PO-1")))
    second.sync()
    changed = {"order_number": "PO-1", "notes": "the number was wrong"}
    ann.sync(Meanwhile(ann.direct(), lambda: ann.update("purchase_orders", known, **changed)))
    assert numbers(ann) == {known: "PO-1"}
    assert lines_of(ann, came) == 1
    ann.sync()
    assert numbers(ann) == {known: "PO-5", came: "PO-1"}
    assert [item["last_error"] for item in ann.queue("REJECTED")] == ["unique"]
    ann.update("purchase_orders", known, order_number="PO-6")
    for desk in (ann, second):
        desk.sync()
    ann.sync()
    for desk in both:
        assert numbers(desk) == {known: "PO-6", came: "PO-1"}
        assert desk.row("purchase_orders", known)["notes"] == "the number was wrong"
    assert_same(town, ann, second)


@pytest.mark.parametrize("edited", [pytest.param(False, marks=pytest.mark.prove), True], ids=["settled", "edited"])
def test_scenario_33_a_number_that_goes_to_another_order_stops_no_page_that_has_only_one_of_them(
    town: Town, vendor: str, both: tuple[Workstation, Workstation], edited: bool
) -> None:
    """What holds it here is behind; what a person wrote into it stays."""
    ann, second = both
    taker, giver = fresh(), fresh()
    second.insert(an_order(town, vendor, "PO-1", giver))
    for desk in (second, ann):
        desk.sync()
    second.update("purchase_orders", giver, order_number="PO-9")
    second.sync()
    second.insert(*with_a_line(town, an_order(town, vendor, "PO-1", taker)))
    second.sync()
    second.update("purchase_orders", giver, order_number="PO-10")
    second.sync()
    if edited:
        line = Meanwhile(ann.direct(), lambda: ann.update("purchase_orders", giver, notes="typed meanwhile"))
    ann.sync(RowByRow(line if edited else ann.direct()))  # type: ignore[arg-type]  # a line around a line
    assert numbers(ann) == {giver: "PO-10", taker: "PO-1"}
    assert lines_of(ann, taker) == 1
    for desk in (ann, second, ann):
        desk.sync()
    for desk in both:
        assert numbers(desk) == {giver: "PO-10", taker: "PO-1"}
        assert (desk.row("purchase_orders", giver)["notes"] == "typed meanwhile") is edited
    assert_same(town, ann, second)


def test_scenario_33_orders_whose_numbers_went_round_in_a_circle_are_shown_with_the_new_ones(
    town: Town, vendor: str, both: tuple[Workstation, Workstation]
) -> None:
    ann, second = both
    keys = [second.insert(an_order(town, vendor, f"PO-{number}")) for number in (1, 2, 3)]
    for desk in (second, ann):
        desk.sync()
    for key, number in ((keys[0], "PO-X"), (keys[1], "PO-1"), (keys[2], "PO-2"), (keys[0], "PO-3")):
        second.update("purchase_orders", key, order_number=number)
        second.sync()
    line = ann.direct()
    ann.sync(line)
    assert "/v1/rows" not in line.paths
    assert numbers(ann) == dict(zip(keys, ("PO-3", "PO-1", "PO-2"), strict=True))
    assert_same(town, ann, second)


def test_scenario_33_a_student_who_left_gives_way_with_the_number_she_had_here(town: Town, ann: Workstation) -> None:
    """She is here for the sake of what names her, and nobody tells this desk what became of her."""
    iris = town.students["iris"]
    had = ann.row("students", iris)["student_number"]
    visit = ann.insert(a_visit(town))
    ann.insert(vitals(town, "jack", visit_id=uuid.UUID(visit), heart_rate=88))
    ann.sync()
    transfer(town, iris, town.elm)
    ann.sync()
    assert ann.rows("SELECT companion FROM sync_rows WHERE row_id = ?", iris) == [{"companion": 1}]
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, None, town.clock.now())
        writes.update("students", iris, {"student_number": "S-1001"})
        writes.close()
    new = a_pupil(town, had)
    ann.sync()
    assert number_of(ann, new) == (had, "CONFIRMED")
    line = ann.direct()
    ann.sync(line)
    assert "/v1/rows" not in line.paths
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)
