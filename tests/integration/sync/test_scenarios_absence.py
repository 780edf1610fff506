"""A hundred thousand edits after three months: split, bounded, resumable after any batch, the desk writable (s9)."""

from __future__ import annotations

import datetime as dt
import os
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from tests.fuzz.target import forget_peak, peak, resident
from tests.integration.sync.conftest import NewDesk
from tests.support.district import Town, fresh
from tests.support.faulty import Killed
from tests.support.served import give_keys, served
from tests.support.sync_rows import a_visit
from tests.support.workstation import Workstation, assert_equal_to_district

from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.storage.engine import BUSY_TIMEOUT_MS
from clinicdesk.sync import protocol as p
from clinicdesk.sync.body import encode
from clinicdesk.sync.outbox import BatchSize
from clinicdesk.sync.ports import Answer, Line, M

EDITS = 100_000
A_TRANSACTION = 200
"""Rows that went in together, as by an afternoon's screening."""

MOST_MEMORY = (60 + 100) << 20
"""Desk and district live in this one process: what either may take over its idle state, together."""

MOST_WAIT = BUSY_TIMEOUT_MS / 1000
"""Seconds after which a save would fail. How long it takes is a benchmark's matter: here all share one process."""

USUAL_WAIT = 0.1

COPY = "INSERT INTO clinic_visits SELECT {columns} FROM clinic_visits v JOIN json_each(?) n WHERE v.id = ?"


def absent(desk: Workstation, town: Town, edits: int) -> None:
    """Months of visits at a desk without a network, captured by the triggers as any other write."""
    first = desk.insert(a_visit(town, notes="Rested ten minutes"))
    (shape,) = desk.rows("SELECT group_concat(name) AS names FROM pragma_table_info('clinic_visits')")
    named = {"id": "n.value", "notes": "'Visit ' || n.key"}
    columns = ", ".join(named.get(name, f'v."{name}"') for name in shape["names"].split(","))
    for start in range(0, edits, A_TRANSACTION):
        keys = msgspec.json.encode([fresh() for _ in range(min(A_TRANSACTION, edits - start))]).decode()
        with desk.write() as session:
            session.connection().exec_driver_sql(COPY.format(columns=columns), (keys, first))


class Measures:
    """Keeps the size of every push, and dies behind the answers that are told."""

    def __init__(self, line: Line, dies_after: frozenset[int] = frozenset()) -> None:
        self._line = line
        self._dies_after = dies_after
        self.pushes: list[tuple[int, int]] = []

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        answer = self._line.ask(path, request, kind)
        if isinstance(request, p.PushBatch):
            self.pushes.append((len(request.items), len(encode(request)[0])))
            if len(self.pushes) in self._dies_after:
                raise Killed
        return answer


@contextmanager
def writing(desk: Workstation, town: Town) -> Iterator[list[float]]:
    """A nurse who saves a visit every so often; how long each save took."""
    stop, waits, failed = threading.Event(), list[float](), list[BaseException]()

    def save() -> None:
        try:
            while not stop.wait(0.2):
                began = time.monotonic()
                desk.insert(a_visit(town, notes="saved meanwhile"))
                waits.append(time.monotonic() - began)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=save)
    thread.start()
    try:
        yield waits
    finally:
        stop.set()
        thread.join()
    assert failed == []


@pytest.mark.prove
@pytest.mark.sent_once
def test_scenario_09_a_hundred_thousand_edits_go_in_whole_while_the_desk_stays_writable(
    town: Town, new_desk: NewDesk, tmp_path: Path
) -> None:
    desk = new_desk(town.ann, town.oak)
    desk.sync()
    absent(desk, town, EDITS)
    town.clock.advance(dt.timedelta(days=90))
    keys = KeyPairs.generate()
    give_keys(town, desk.device, keys)
    with served(town, tmp_path / "server") as wire:
        line = Measures(wire.line(desk.device, keys, town.clock), frozenset({1, 7, 20}))
        size = BatchSize()
        forget_peak(os.getpid())
        idle = resident(os.getpid())
        with writing(desk, town) as waits:
            for _ in range(3):
                with pytest.raises(Killed):
                    desk.session(line, size).run()
            desk.sync(line, size)
        taken = peak(os.getpid()) - idle
        desk.sync(line, size)
    pushed = sum(items for items, _bytes in line.pushes)
    assert max(items for items, _bytes in line.pushes) <= p.MAX_PUSH_ITEMS
    assert max(bytes_ for _items, bytes_ in line.pushes) <= p.MAX_BODY_BYTES
    assert len(line.pushes) >= EDITS // p.MAX_PUSH_ITEMS
    # Of three batches the answer was lost; they came again under the same identifiers, and once is enough.
    assert pushed <= EDITS + 1 + len(waits) + 3 * p.MAX_PUSH_ITEMS
    assert town.query("SELECT count(*) FROM clinic_visits") == [(EDITS + 1 + len(waits),)]
    assert taken < MOST_MEMORY
    assert len(waits) > 10
    assert max(waits) < MOST_WAIT
    assert statistics.median(waits) < USUAL_WAIT
    assert_equal_to_district(desk)
