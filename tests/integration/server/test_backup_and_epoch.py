"""A district moved and restored: versions, sequences and receipts stay, the epoch tells (scenarios 17 and 19)."""

from __future__ import annotations

import contextlib
import uuid
from pathlib import Path

from tests.support.databases import DISTRICT_SCHEMA, empty_district_uri
from tests.support.district import Town, allergy, insert, update

from clinicdesk.core.clock import SystemClock
from clinicdesk.server import office
from clinicdesk.server.database import Database
from clinicdesk.server.exchange import Exchange
from clinicdesk.server.house import House, Settings, settle_epoch
from clinicdesk.server.sessions import read_district
from clinicdesk.sync.protocol import SessionState

__all__ = ["empty_district_uri"]


def house_in(folder: Path) -> House:
    return House(folder, Settings(DISTRICT_SCHEMA, "127.0.0.1:1", []))


def test_scenario_19_a_district_moved_by_dump_and_restore_is_the_same(
    town: Town, empty_district_uri: str, tmp_path: Path
) -> None:
    desk = town.desk(town.ann, town.oak)
    batch = desk.batch(insert("allergies", allergy(town.students["iris"])))
    first = town.exchange.push(desk.known(), batch)
    desk.pull()
    told = office.digest(town.database)
    covered = office.back_up(house_in(tmp_path), town.database, tmp_path / "district.dump")
    moved = Database(empty_district_uri, DISTRICT_SCHEMA)
    with contextlib.closing(moved):
        office.restore(moved, tmp_path / "district.dump")
        assert (office.digest(moved), office.verify(moved)) == (told, [])
        town.database = moved
        with moved.owning() as connection:
            town.exchange = Exchange(moved, town.clock, read_district(connection))
        again = town.exchange.push(desk.known(), batch)
        reply = desk.open()
        assert (again.results, reply.state, reply.horizon) == (first.results, SessionState.CONTINUE, covered)
        assert not any(scope.changed for scope in reply.scopes)


def test_scenario_17_a_restored_database_begins_a_new_epoch(town: Town, tmp_path: Path) -> None:
    house = house_in(tmp_path)
    desk = town.desk(town.ann, town.oak)
    epoch = desk.open().epoch
    assert settle_epoch(house, town.database, SystemClock())
    assert not settle_epoch(house, town.database, SystemClock())
    with town.database.owning() as connection:
        town.exchange = Exchange(town.database, town.clock, read_district(connection))
    reply = desk.open(epoch=epoch)
    assert (reply.state, reply.epoch != epoch) == (SessionState.EPOCH_CHANGED, True)


def test_a_row_changed_behind_the_districts_back_is_found(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    draft = insert("allergies", allergy(town.students["iris"]))
    desk.push(draft)
    desk.push(update("allergies", draft.key, 1, notes=(None, "b")))
    assert office.verify(town.database) == []
    with town.database.owning() as connection:
        connection.execute("UPDATE allergies SET notes = 'altered' WHERE id = %s", (draft.key,))
    (problem,) = office.verify(town.database)
    bucket = uuid.UUID(draft.key).bytes[-1]
    assert problem.startswith(f"{town.oak} allergies bucket {bucket}: 1 rows")


def test_d21_every_sum_is_checked_and_repaired_from_the_rows(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    drafts = [insert("allergies", allergy(town.students["iris"], allergen=name)) for name in ("Peanut", "Milk")]
    desk.push(*drafts)
    before = town.query("SELECT scope_id, table_name, bucket, rows, digest FROM scope_digests ORDER BY 1, 2, 3")
    bucket = uuid.UUID(drafts[0].key).bytes[-1]
    harm = (
        (
            "UPDATE scope_digests SET digest = digest + 1 WHERE scope_id = %s AND bucket = %s AND table_name = %s",
            bucket,
        ),
        ("UPDATE scope_digests SET rows = rows + 7 WHERE scope_id = %s AND bucket = %s AND table_name = %s", -1),
    )
    with town.database.owning() as connection:
        for statement, where in harm:
            connection.execute(statement.encode(), (town.oak, where, "allergies"))
        connection.execute(
            "UPDATE scope_digests SET digest = 5 WHERE scope_id = %s AND table_name = ''", (town.district,)
        )
        connection.execute("DELETE FROM scope_digests WHERE scope_id = %s AND table_name = 'students'", (town.elm,))
    found = office.verify(town.database)
    told = {line.partition(":")[0] for line in found}
    assert {f"{town.oak} allergies bucket {bucket}", f"{town.oak} allergies", town.district} <= told
    assert any(line.startswith(f"{town.elm} students bucket ") for line in found)
    assert office.verify(town.database) == found, "looking changes nothing"
    assert office.verify(town.database, repair=True) == found
    assert office.verify(town.database) == []
    after = town.query("SELECT scope_id, table_name, bucket, rows, digest FROM scope_digests ORDER BY 1, 2, 3")
    assert after == before
