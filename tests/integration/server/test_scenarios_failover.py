"""Another PostgreSQL takes over: promoted with commits missing, or moved whole; and one that hangs (s18, s19, s49)."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.integration.server.test_scenarios_durability import (
    NewDesk,
    a_day_of_two_desks,
    backups,
    district_uri,
    epoch_of,
    house,
    new_desk,
    open_conflicts,
    postgres_uri,
    town,
)
from tests.support.databases import DISTRICT_SCHEMA, empty_district_uri
from tests.support.district import Town, allergy, insert
from tests.support.restoring import Backups
from tests.support.standby import standby_of
from tests.support.sync_rows import a_visit
from tests.support.workstation import assert_equal_to_district, assert_nothing_lost

from clinicdesk.server import office
from clinicdesk.server.database import Database
from clinicdesk.server.health import ALARM_SECONDS, LONG_TRANSACTION, health_of
from clinicdesk.server.house import House, settle_epoch, write_mark
from clinicdesk.server.watch import look

__all__ = ["backups", "district_uri", "empty_district_uri", "house", "new_desk", "postgres_uri", "town"]


@contextlib.contextmanager
def failed_over(town: Town, uri: str) -> Iterator[None]:
    """The same server, whose next connection reaches another PostgreSQL."""
    town.database.close()
    with contextlib.closing(Database(uri, DISTRICT_SCHEMA, connections=6)) as database:
        town.database = town.exchange.database = database
        yield


def test_scenario_18_another_timeline_is_noticed_by_the_next_connection(
    town: Town, backups: Backups, new_desk: NewDesk
) -> None:
    """As the test below, with a copy in place of the replica: the timeline it was last seen on is put back by one."""
    ann, second = new_desk(town.ann, town.oak), new_desk(town.ann, town.oak)
    before = epoch_of(town)
    restore = backups.keep()
    visit = a_day_of_two_desks(ann, second)
    restore()
    town.query("UPDATE server_epochs SET timeline = timeline - 1 RETURNING 1")
    with failed_over(town, town.database.conninfo):
        assert epoch_of(town) != before
        for desk in (ann, second, ann):
            desk.sync()
        assert town.query("SELECT count(*) FROM server_epochs WHERE reason = 'timeline'") == [(1,)]
        assert (town.rows("clinic_visits", visit) or {})["treatment"] == "Ice pack"
        assert_nothing_lost(town, ann, second)
        assert_equal_to_district(ann, second)


@pytest.mark.prove
def test_scenario_18_a_promoted_replica_without_the_last_commits_is_a_new_epoch_by_itself(
    town: Town, new_desk: NewDesk, postgres_uri: str, house: House
) -> None:
    ann, second = new_desk(town.ann, town.oak), new_desk(town.ann, town.oak)
    settle_epoch(house, town.database, town.clock)
    ((name,),) = town.query("SELECT current_database()")
    before = epoch_of(town)
    with standby_of(postgres_uri) as standby:
        visit = a_day_of_two_desks(ann, second)
        with contextlib.closing(Database(standby.database(name), DISTRICT_SCHEMA)) as reading:
            with reading.reading([town.oak]) as connection:
                found = connection.execute("SELECT count(*) FROM clinic_visits").fetchone()
            assert found == (0,), "the replica lags, and is read without being changed"
        standby.promote()
        # Neither restarted nor told: the connection itself is looked at.
        with failed_over(town, standby.database(name)):
            for desk in (second, ann, second):
                desk.sync()
            assert epoch_of(town) != before
            assert town.query("SELECT count(*) FROM server_epochs WHERE reason = 'timeline'") == [(1,)]
            found_row = town.rows("clinic_visits", visit) or {}
            assert (found_row["notes"], found_row["treatment"]) == ("seen by the second desk", "Ice pack")
            assert open_conflicts(town) == 0
            assert_nothing_lost(town, ann, second)
            assert_equal_to_district(ann, second)
            epoch = epoch_of(town)
            assert not settle_epoch(house, town.database, town.clock), "the file follows an epoch begun knowingly"
            assert epoch_of(town) == epoch


def test_scenario_19_workstations_notice_nothing_of_a_move_to_another_postgresql(
    town: Town, new_desk: NewDesk, empty_district_uri: str, house: House, tmp_path: Path
) -> None:
    ann, second = new_desk(town.ann, town.oak), new_desk(town.ann, town.oak)
    settle_epoch(house, town.database, town.clock)
    visit = a_day_of_two_desks(ann, second)
    late = ann.insert(a_visit(town, notes="written while it moved"))
    write_mark(house, town.database)
    told, epoch = office.digest(town.database), epoch_of(town)
    receipts = town.query("SELECT mutation_id, outcome FROM sync_receipts ORDER BY mutation_id")
    state = town.query("SELECT last_seq, epoch, district_id FROM server_state")
    rows = town.query("SELECT id, row_version, field_versions FROM clinic_visits ORDER BY id")
    office.back_up(house, town.database, tmp_path / "moving.dump")
    town.database.close()
    with contextlib.closing(Database(empty_district_uri, DISTRICT_SCHEMA, connections=6)) as moved:
        office.restore(moved, tmp_path / "moving.dump")
        town.database = town.exchange.database = moved
        assert not settle_epoch(house, moved, town.clock)
        assert (office.digest(moved), epoch_of(town)) == (told, epoch)
        assert town.query("SELECT mutation_id, outcome FROM sync_receipts ORDER BY mutation_id") == receipts
        assert town.query("SELECT last_seq, epoch, district_id FROM server_state") == state
        assert town.query("SELECT id, row_version, field_versions FROM clinic_visits ORDER BY id") == rows
        totals = ann.sync()
        assert (totals.pushed, totals.pulled, totals.repaired, totals.mismatches) == (1, 0, 0, 0)
        second.sync()
        assert second.row("clinic_visits", late)["notes"] == "written while it moved"
        assert second.row("clinic_visits", visit)["treatment"] == "Ice pack"
        assert office.verify(moved) == []
        assert_nothing_lost(town, ann, second)
        assert_equal_to_district(ann, second)


def test_scenario_17_an_older_dump_brought_back_with_the_house_as_it_was_is_noticed(
    town: Town, new_desk: NewDesk, empty_district_uri: str, house: House, tmp_path: Path
) -> None:
    ann = new_desk(town.ann, town.oak)
    settle_epoch(house, town.database, town.clock)
    office.back_up(house, town.database, tmp_path / "yesterday.dump")
    visit = ann.insert(a_visit(town))
    ann.sync()
    write_mark(house, town.database)
    with contextlib.closing(Database(empty_district_uri, DISTRICT_SCHEMA, connections=6)) as older:
        office.restore(older, tmp_path / "yesterday.dump")
        town.database.close()
        town.database = town.exchange.database = older
        assert settle_epoch(house, older, town.clock)
        ann.sync()
        assert town.rows("clinic_visits", visit) is not None
        assert office.verify(older) == []
        assert_equal_to_district(ann)


def test_scenario_49_a_long_transaction_holds_nothing_back_but_what_it_writes_itself(
    town: Town, new_desk: NewDesk
) -> None:
    ann, second = new_desk(town.ann, town.oak), new_desk(town.ann, town.oak)
    desk = town.desk(town.ann, town.oak)
    slow = insert("allergies", allergy(town.students["jack"]))
    batch = desk.batch(slow)
    with psycopg.connect(town.database.conninfo, autocommit=True) as hanging:
        # A reader that began before everything, as a report or a dump does, and never ends.
        hanging.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        hanging.execute("SELECT count(*) FROM clinic_visits")
        with psycopg.connect(town.database.conninfo, autocommit=True) as writer:
            # A writer that has its row and has not come to its sequence number.
            writer.execute("BEGIN")
            writer.execute("SELECT 1 FROM students WHERE id = %s FOR UPDATE", (town.students["jack"],))
            waiting = threading.Thread(target=lambda: town.exchange.push(desk.known(), batch))
            visit = ann.insert(a_visit(town))
            ann.sync()
            second.sync()
            assert second.row("clinic_visits", visit)["notes"] == "Rested ten minutes"
            waiting.start()
            waiting.join(0.5)
            writer.execute("COMMIT")
            waiting.join()
        second.sync()
        assert second.row("allergies", slow.key)["allergen"] == "Peanut"
        hanging.execute("COMMIT")
    ann.sync()
    assert_nothing_lost(town, ann, second)
    assert_equal_to_district(ann, second)


def test_scenario_49_a_transaction_that_is_open_too_long_is_an_alarm_in_log_and_health(
    town: Town, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    assert ALARM_SECONDS == 60.0
    assert town.exchange.health().alarms == ()
    with psycopg.connect(town.database.conninfo, autocommit=True) as hanging:
        hanging.execute("BEGIN")
        hanging.execute("SELECT pg_sleep(0.3)")
        with town.database.watching() as connection:
            health = health_of(connection, alarm_seconds=0.2)
        assert (health.alarms, health.oldest_transaction_seconds >= 0.2) == ((LONG_TRANSACTION,), True)
        with caplog.at_level(logging.WARNING):
            look(house, town.database, town.clock, alarm_seconds=0.2)
        hanging.execute("COMMIT")
    assert any(record.message.startswith("long_transaction: ") for record in caplog.records)
    assert look(house, town.database, town.clock, alarm_seconds=0.2).alarms == ()
