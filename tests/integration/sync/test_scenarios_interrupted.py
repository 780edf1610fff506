"""Scenarios 2, 3, 14, 16 and 58: killed between and inside transactions, after a long sleep, and a second instance."""

from __future__ import annotations

import collections
import datetime as dt
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from tests.support.district import Town
from tests.support.faulty import DyingClock, Killed
from tests.support.sync_rows import a_visit
from tests.support.workstation import DirectLine, Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.bootstrap.programs import Programs
from clinicdesk.cli.credentials import Access
from clinicdesk.core.paths import ProfilePaths
from clinicdesk.storage.profile_lock import ProfileInUseError, ProfileLock
from clinicdesk.sync.desk import DeskStore, DeviceIdentity
from clinicdesk.sync.engine import Phase, Session
from clinicdesk.sync.nonce_file import NonceFile
from clinicdesk.sync.outbox import BatchSize
from clinicdesk.sync.ports import Answer, Line, M, Unwatched
from clinicdesk.sync.protocol import PullRequest
from clinicdesk.sync.runs import run_session
from clinicdesk.sync.session_facts import ACKNOWLEDGED

FULL, NORMAL = 2, 1


class DiesWithAnswer:
    """The process dies when the nth answer of a path has arrived and before anything is made of it."""

    def __init__(self, line: Line, path: str, which: int = 1) -> None:
        self._line = line
        self._path = path
        self._left = which

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        answer = self._line.ask(path, request, kind)
        self._left -= path == self._path
        if self._left == 0:
            raise Killed
        return answer


class SmallPages(DeskStore):
    """Asks for a few rows at a time, so that a small district has many pages."""

    def page_rows(self) -> int:
        return 5


def store_of(desk: Workstation, clock: DyingClock | None = None) -> SmallPages:
    return SmallPages(
        desk.store,
        DeviceIdentity(desk.device, 1, "test", desk.user),
        NonceFile(desk.folder / "session-nonce"),
        clock or desk.clock,
        unlocked=False,
        pause=lambda _seconds: None,
    )


def cursors(desk: Workstation) -> dict[str, str]:
    return {row["scope_id"]: row["cursor"] for row in desk.rows("SELECT scope_id, cursor FROM sync_cursors")}


def test_scenario_02_a_client_that_dies_with_the_acknowledgement_drains_its_queue_the_next_time(
    town: Town, ann: Workstation
) -> None:
    visit = ann.insert(a_visit(town, notes="typed"))
    with pytest.raises(Killed):
        ann.session(DiesWithAnswer(ann.direct(), "/v1/push")).run()
    ann.reopen()
    assert [item["state"] for item in ann.queue()] == ["IN_FLIGHT"]
    assert town.rows("clinic_visits", visit) is not None
    ann.sync()
    assert [item["state"] for item in ann.queue()] == ["APPLIED"]
    ((versions, changes),) = town.query(
        "SELECT max(row_version), count(*) FROM change_history WHERE row_id = %s", visit
    )
    assert (versions, changes) == (1, 1)
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)


def test_scenario_03_a_client_that_dies_inside_a_page_has_none_of_it_and_gets_it_again(
    town: Town, ann: Workstation, second: Workstation
) -> None:
    with second.write() as writing:
        writing.add_all([a_visit(town, notes=f"visit {number}") for number in range(4)])
    second.sync()
    before = cursors(ann)
    died_inside = 0
    for look in range(1, 40):
        line = ann.direct()
        session = Session(line, store_of(ann, DyingClock(town.clock, look)), Unwatched(), BatchSize())
        try:
            session.run()
        except Killed:
            ann.reopen()
        else:
            break
        if session.phase is Phase.PULL and line.paths[-1] == "/v1/pull" and cursors(ann) == before:
            died_inside += 1
            assert ann.rows("SELECT id FROM clinic_visits") == [], "all of a page or nothing"
    assert died_inside > 0
    assert len(ann.rows("SELECT id FROM clinic_visits")) == 4
    assert cursors(ann) != before
    ann.sync()
    assert_equal_to_district(ann)


def test_scenario_58_a_session_killed_by_twelve_hours_of_sleep_goes_on_where_it_was(
    town: Town, ann: Workstation, second: Workstation
) -> None:
    with second.write() as session:
        session.add_all([a_visit(town, notes=f"visit {number}") for number in range(30)])
    second.sync()
    first = ann.direct()
    asleep = Session(DiesWithAnswer(first, "/v1/pull", 4), store_of(ann), Unwatched(), BatchSize())
    with pytest.raises(Killed):
        run_session(ann.store, asleep, ann.device, ann.user, ann.clock)
    ann.reopen()
    arrived = len(ann.rows("SELECT id FROM clinic_visits"))
    assert 0 < arrived < 30
    town.clock.advance(dt.timedelta(hours=12))
    again = ann.direct()
    awake = Session(again, store_of(ann), Unwatched(), BatchSize())
    run_session(ann.store, awake, ann.device, ann.user, ann.clock)
    asked = collections.Counter(token for line in (first, again) for token in pulled_from(line))
    repeated = [token for token, times in asked.items() if times > 1]
    assert (len(repeated), max(asked.values())) == (1, 2), "only the page that was not applied comes once more"
    assert repeated == [pulled_from(again)[0]]
    assert awake.totals.pulled == 30 - arrived
    states = ann.rows("SELECT status, last_error FROM sync_sessions ORDER BY session_seq DESC LIMIT 2")
    assert states == [
        {"status": "COMPLETED", "last_error": None},
        {"status": "FAILED", "last_error": "sync_interrupted"},
    ]
    ann.sync()
    assert_equal_to_district(ann)


def pulled_from(line: DirectLine) -> list[tuple[str | None, str]]:
    """Where each page was asked from: cursor and scopes."""
    requests = [request for path, request in line.asked if path == "/v1/pull"]
    return [(one.cursor, ",".join(one.scopes)) for one in requests if isinstance(one, PullRequest)]


@pytest.fixture
def commits() -> Iterator[list[tuple[int, int, str | None]]]:
    """Of each commit on a workstation's file: the synchronous mode, how many audit rows stand, what is acknowledged."""
    seen: list[tuple[int, int, str | None]] = []

    def look(connection: sa.Connection) -> None:
        if connection.dialect.name != "sqlite":
            return
        raw = connection.connection.driver_connection
        assert raw is not None
        (mode,) = raw.execute("PRAGMA synchronous").fetchone()
        (rows,) = raw.execute("SELECT count(*) FROM audit_logs").fetchone()
        fact = raw.execute("SELECT text_value FROM device_facts WHERE name = ?", (ACKNOWLEDGED,)).fetchone()
        seen.append((mode, rows, fact[0] if fact else None))

    sa.event.listen(sa.Engine, "commit", look)
    yield seen
    sa.event.remove(sa.Engine, "commit", look)


def test_scenario_14_what_is_acknowledged_or_audited_is_committed_full_and_only_pages_are_not(
    town: Town, ann: Workstation, second: Workstation, commits: list[tuple[int, int, str | None]]
) -> None:
    for number in range(3):
        second.insert(a_visit(town, notes=f"theirs {number}"))
    second.sync()
    commits.clear()
    ann.insert(a_visit(town, notes="mine"))
    ann.sync()
    before = commits[0]
    moved = []
    for mode, audited, acknowledged in commits[1:]:
        moved.append((mode, audited != before[1], acknowledged != before[2]))
        before = (mode, audited, acknowledged)
    assert commits[0][0] == FULL, "a person's own save"
    assert {mode for mode, audited, acknowledged in moved if audited or acknowledged} == {FULL}
    assert any(acknowledged for _mode, _audited, acknowledged in moved)
    assert NORMAL in {mode for mode, _audited, _acknowledged in moved}, "pulled pages can be pulled again"


HOLDER = (
    "import sys, time; from pathlib import Path; from clinicdesk.storage.profile_lock import ProfileLock;"
    " lock = ProfileLock(Path(sys.argv[1])); print(lock.take(), flush=True); time.sleep(60)"
)


def test_scenario_16_a_second_instance_on_one_database_is_refused_and_a_dead_one_holds_nothing(tmp_path: Path) -> None:
    """The lock is the system's: it needs no lease that could run out under a sleeping first instance."""
    paths = ProfilePaths(tmp_path / "profile")
    first = subprocess.Popen([sys.executable, "-c", HOLDER, str(paths.lock)], stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    assert first.stdout.readline() == "True\n"
    with pytest.raises(ProfileInUseError):
        Programs().sync(Access(paths.root, None, "ada", "a very long password for tests only"))
    assert not paths.database.exists()
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    first.stdout.close()
    lock = ProfileLock(paths.lock)
    assert lock.take()
    lock.release()
