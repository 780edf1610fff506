"""A row far larger than a batch: alone in its request, and in nobody's way (scenario 10)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.integration.sync.conftest import NewDesk
from tests.support.district import Town
from tests.support.served import ServedTown, give_keys, served
from tests.support.sync_rows import a_visit
from tests.support.workstation import Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.sync.ports import Answer, Line, M
from clinicdesk.sync.protocol import PushBatch


class Counted:
    """The real line; `batches` are the sizes of the pushes that the district answered."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.batches: list[tuple[int, int]] = []

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        answer = self._line.ask(path, request, kind)
        if isinstance(request, PushBatch):
            self.batches.append((len(request.items), answer.sent))
        return answer


@pytest.fixture
def wire(town: Town, tmp_path: Path) -> Iterator[ServedTown]:
    with served(town, tmp_path / "server") as running:
        yield running


def over_https(wire: ServedTown, desk: Workstation) -> Counted:
    keys = KeyPairs.generate()
    give_keys(wire.town, desk.device, keys)
    line = Counted(wire.line(desk.device, keys, wire.town.clock))
    desk.line = line
    return line


def test_scenario_10_a_note_of_5_mb_goes_alone_and_arrives_whole(
    town: Town, wire: ServedTown, new_desk: NewDesk
) -> None:
    ann, other = new_desk(town.ann, town.oak), new_desk(town.ann, town.oak)
    line = over_https(wire, ann)
    over_https(wire, other)
    for desk in (ann, other):
        desk.sync()
    line.batches.clear()
    # Letters that do not compress: as large on the wire as such a note can be.
    note = secrets.token_hex(2_500_000)
    with ann.write() as session:
        session.add_all([a_visit(town, notes=f"before {n}") for n in range(40)])
    huge = ann.insert(a_visit(town, notes=note))
    with ann.write() as session:
        session.add_all([a_visit(town, notes=f"after {n}") for n in range(40)])
    ann.sync()
    (alone,) = [items for items, sent in line.batches if sent > 1 << 20]
    assert alone == 1
    assert max(items for items, _sent in line.batches) > 1
    other.sync()
    assert other.row("clinic_visits", huge)["notes"] == note
    assert_nothing_lost(town, ann, other)
    assert_equal_to_district(ann, other)


def test_scenario_10_a_row_that_no_request_carries_is_shown_and_holds_nothing_up(
    town: Town, wire: ServedTown, new_desk: NewDesk
) -> None:
    desk = new_desk(town.ann, town.oak)
    over_https(wire, desk)
    desk.sync()
    giant = desk.insert(a_visit(town, notes="x" * (17 << 20)))
    after = desk.insert(a_visit(town, notes="after"))
    totals = desk.sync()
    assert totals.rejected == 1
    assert town.rows("clinic_visits", after) is not None
    (kept,) = desk.queue("REJECTED")
    assert (kept["entity_id"], kept["last_error"]) == (giant, "too_large")
    assert len(desk.row("clinic_visits", giant)["notes"]) == 17 << 20
    desk.update("clinic_visits", giant, notes="shortened")
    desk.sync()
    found = town.rows("clinic_visits", giant)
    assert found is not None
    assert found["notes"] == "shortened"
    assert_equal_to_district(desk)
