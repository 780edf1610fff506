"""Scenario 52: no room on the workstation while a page comes, none at the district while a batch goes in."""

from __future__ import annotations

import contextlib
import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from tests.support.district import Town
from tests.support.sync_rows import a_visit
from tests.support.workstation import Workstation, assert_equal_to_district, assert_nothing_lost, open_workstation

from clinicdesk.i18n import sentence
from clinicdesk.storage.errors import DiskFullError
from clinicdesk.sync.desk import DeskStore, DeviceIdentity
from clinicdesk.sync.engine import Session
from clinicdesk.sync.errors import NoRoomError
from clinicdesk.sync.nonce_file import NonceFile
from clinicdesk.sync.outbox import BatchSize
from clinicdesk.sync.pages import RESERVE_BYTES
from clinicdesk.sync.ports import Unwatched
from clinicdesk.sync.runs import run_session


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path, leave: int = 0) -> Path:
    """Take all the room but `leave` bytes."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)) == 4096:
            pass
    os.truncate(ballast, max(0, ballast.stat().st_size - leave))
    return ballast


def store_of(desk: Workstation, free: int) -> DeskStore:
    return DeskStore(
        desk.store,
        DeviceIdentity(desk.device, 1, "test", desk.user),
        NonceFile(desk.folder / "session-nonce"),
        desk.clock,
        unlocked=False,
        pause=lambda _seconds: None,
        room=lambda: free,
    )


def cursors(desk: Workstation) -> list[str]:
    return [row["cursor"] for row in desk.rows("SELECT cursor FROM sync_cursors ORDER BY scope_id")]


def test_scenario_52_without_reserve_nothing_is_pulled_and_what_people_enter_still_goes(
    town: Town, ann: Workstation, second: Workstation
) -> None:
    second.insert(a_visit(town, notes="theirs"))
    second.sync()
    mine = ann.insert(a_visit(town, notes="mine"))
    before = cursors(ann)
    session = Session(ann.direct(), store_of(ann, RESERVE_BYTES - 1), Unwatched(), BatchSize())
    with pytest.raises(NoRoomError) as told:
        run_session(ann.store, session, ann.device, ann.user, ann.clock)
    assert "nearly full" in sentence(told.value)
    assert (town.rows("clinic_visits", mine) or {})["notes"] == "mine"
    assert ann.queue("PENDING", "IN_FLIGHT") == []
    assert cursors(ann) == before
    (row,) = ann.rows("SELECT status, last_error, phase FROM sync_sessions ORDER BY session_seq DESC LIMIT 1")
    assert row == {"status": "FAILED", "last_error": "sync_no_room", "phase": "pull"}
    ann.insert(a_visit(town, notes="saved with the reserve"))
    enough = Session(ann.direct(), store_of(ann, RESERVE_BYTES), Unwatched(), BatchSize())
    run_session(ann.store, enough, ann.device, ann.user, ann.clock)
    assert len(ann.rows("SELECT id FROM clinic_visits")) == 3


def test_scenario_52_a_disk_that_fills_up_during_a_page_takes_it_back_whole(
    town: Town, second: Workstation, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", "24m") as disk:
        desk = open_workstation(disk / "desk", town, town.ann, town.oak)
        desk.sync()
        with second.write() as session:
            session.add_all([a_visit(town, notes=f"{number} {'x' * 3000}") for number in range(800)])
        second.sync()
        mine = desk.insert(a_visit(town, notes="mine"))
        before = cursors(desk)
        ballast = fill(disk, leave=1_000_000)
        with pytest.raises(DiskFullError):
            desk.sync()
        desk.reopen()
        assert cursors(desk) == before
        assert [row["id"] for row in desk.rows("SELECT id FROM clinic_visits")] == [mine], "all of a page or nothing"
        assert desk.row("clinic_visits", mine)["notes"] == "mine"
        ballast.unlink()
        desk.sync()
        assert len(desk.rows("SELECT id FROM clinic_visits")) == 801
        failed = desk.rows("SELECT DISTINCT status FROM sync_sessions WHERE last_error IS NOT NULL")
        assert failed == [{"status": "FAILED"}]
        desk.sync()
        assert_nothing_lost(town, desk, second)
        assert_equal_to_district(desk)
        desk.close()


def test_scenario_52_a_district_without_room_takes_nothing_of_the_batch_and_all_of_it_later(
    town: Town, ann: Workstation, postgres_uri: str, district_uri: str
) -> None:
    """The table of visits lies on a disk of 2 MB: PostgreSQL answers 53100 and rolls back."""
    with psycopg.connect(district_uri, autocommit=True) as connection:
        found = connection.execute("SHOW data_directory").fetchone()
        assert found is not None
        data = Path(found[0])
        owner = data.stat()
        space = f"small_{uuid.uuid4().hex[:8]}"
        with small_disk(data.parent / space, "2m") as disk:
            os.chown(disk, owner.st_uid, owner.st_gid)
            connection.execute(sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(sql.Identifier(space), str(disk)))
            schema = connection.execute("SELECT schemaname FROM pg_tables WHERE tablename = 'clinic_visits'").fetchone()
            assert schema is not None
            table = sql.Identifier(str(schema[0]), "clinic_visits")
            # What earlier tests left of their visits' file would not fit.
            connection.execute(sql.SQL("VACUUM (FULL) {}").format(table))
            connection.execute(sql.SQL("ALTER TABLE {} SET TABLESPACE {}").format(table, sql.Identifier(space)))
            small = ann.insert(a_visit(town, notes="goes in"))
            ann.sync()
            with ann.write() as session:
                session.add_all([a_visit(town, notes=os.urandom(1500).hex()) for _ in range(1000)])
            counted = "SELECT count(*) FROM change_log", "SELECT count(*) FROM sync_receipts"
            before = [town.query(one) for one in counted]
            with pytest.raises(psycopg.errors.DiskFull):
                ann.session().run()
            assert [town.query(one) for one in counted] == before
            assert town.query("SELECT id::text FROM clinic_visits") == [(small,)]
            ann.reopen()
            assert len(ann.queue("PENDING", "IN_FLIGHT")) == 1000
            connection.execute(sql.SQL("ALTER TABLE {} SET TABLESPACE pg_default").format(table))
            connection.execute(sql.SQL("DROP TABLESPACE {}").format(sql.Identifier(space)))
        ann.sync()
        assert town.query("SELECT count(*) FROM clinic_visits") == [(1001,)]
        ann.sync()
        assert_nothing_lost(town, ann)
        assert_equal_to_district(ann)
