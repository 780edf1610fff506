"""Sequence numbers are given out in the order of commits: who reads on from the last one misses nothing (s48)."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import psycopg
import pytest
from tests.support.district import Desk, Town, fresh, insert, visit

from clinicdesk.server.database import Connection
from clinicdesk.server.judging import Sender
from clinicdesk.server.push import Push
from clinicdesk.server.sessions import device_scopes

Writing = Callable[[], AbstractContextManager[str]]
"""A transaction that has its number when the block begins, and commits when it ends; the value is the row's key."""


@dataclass(slots=True)
class FromTheLastNumber:
    """Reads the log from the highest number it has seen, as anybody would."""

    town: Town
    cursor: int
    seen: set[str] = field(default_factory=set)

    def read(self) -> None:
        for seq, key in self.town.query(
            "SELECT seq, row_id::text FROM change_log WHERE scope_id = %s AND seq > %s ORDER BY seq",
            self.town.oak,
            self.cursor,
        ):
            self.seen.add(key)
            self.cursor = seq


def crossed(town: Town, first: Writing, second: Writing, read: Callable[[], None]) -> tuple[str, str]:
    """The first takes its number before the second and commits after it, if it can; readers come in between."""
    keys: list[str] = []

    def run_second() -> None:
        with second() as key:
            keys.append(key)

    other = threading.Thread(target=run_second)
    with first() as early:
        other.start()
        until_over_or_waiting(town, other)
        read()
    other.join(timeout=20)
    assert not other.is_alive()
    read()
    return early, keys[0]


def until_over_or_waiting(town: Town, thread: threading.Thread) -> None:
    deadline = time.monotonic() + 20
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    while thread.is_alive() and town.query(waiting) == [(0,)]:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def numbered_on_insert(town: Town, connection: psycopg.Connection[tuple[object, ...]]) -> Writing:
    """What an identity column does: the number is taken when the row is written, whoever commits first."""

    @contextlib.contextmanager
    def write() -> Iterator[str]:
        key = fresh()
        with connection.transaction():
            connection.execute(
                "INSERT INTO change_log (seq, scope_id, table_name, row_id, operation, row_version, anchor_id)"
                " VALUES (nextval('numbers'), %s, 'clinic_visits', %s, 'UPSERT', 1, %s)",
                (town.oak, key, town.students["iris"]),
            )
            yield key

    return write


def pushed_by(town: Town, desk: Desk) -> Writing:
    """A real push of one new visit, whose transaction ends with the block."""

    @contextlib.contextmanager
    def write() -> Iterator[str]:
        draft = insert("clinic_visits", visit(town.students["iris"], town.oak, town.ann))
        known = desk.known()
        with town.database.merging(desk.device) as connection:
            push = Push(connection, town.district, None, sender(town, desk, connection), town.clock.now())
            answer = push.run(desk.batch(draft))
            assert [result.outcome for result in answer.results] == ["applied"]
            assert known.id == desk.device
            yield draft.key

    return write


def sender(town: Town, desk: Desk, connection: Connection) -> Sender:
    known = desk.known()
    return Sender(desk.device, device_scopes(connection, known, town.district), known.last_seq, town.clock.now())


@pytest.fixture
def last(town: Town) -> int:
    ((seq,),) = town.query("SELECT last_seq FROM server_state")
    return int(seq)


def test_scenario_48_a_number_taken_early_and_committed_late_is_missed_by_a_naive_log_and_not_by_ours(
    town: Town, last: int
) -> None:
    with psycopg.connect(town.database.conninfo, autocommit=True) as owner:
        owner.execute(f"CREATE SEQUENCE numbers START {last + 1}".encode())
    naive = FromTheLastNumber(town, last)
    with (
        psycopg.connect(town.database.conninfo, autocommit=True) as one,
        psycopg.connect(town.database.conninfo, autocommit=True) as other,
    ):
        early, late = crossed(town, numbered_on_insert(town, one), numbered_on_insert(town, other), naive.read)
    assert naive.seen == {late}, "the hole: the row that committed last is behind the reader for ever"
    assert early not in naive.seen
    with psycopg.connect(town.database.conninfo, autocommit=True) as owner:
        owner.execute("DELETE FROM change_log WHERE row_id = ANY(%s::uuid[])", ([early, late],))

    ours = FromTheLastNumber(town, last)
    desks = [town.desk(town.ann, town.oak) for _ in range(2)]
    early, late = crossed(town, pushed_by(town, desks[0]), pushed_by(town, desks[1]), ours.read)
    assert ours.seen == {early, late}


def test_scenario_48_a_pull_between_two_crossing_pushes_brings_both_in_the_end(town: Town) -> None:
    reader = town.desk(town.ann, town.oak)
    reader.pull()
    desks = [town.desk(town.ann, town.oak) for _ in range(2)]
    came: list[set[str]] = []

    def read() -> None:
        reader.pull()
        came.append({key for table, key in reader.held if table == "clinic_visits"})

    early, late = crossed(town, pushed_by(town, desks[0]), pushed_by(town, desks[1]), read)
    assert came == [set(), {early, late}]
    assert reader.pull() == reader.digests()
