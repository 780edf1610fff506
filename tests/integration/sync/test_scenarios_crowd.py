"""Two hundred workstations come online at once: a few at a time, the rest are told when, nothing is refused (s57)."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
import urllib3
from tests.support.district import Desk, Town, insert, visit
from tests.support.served import ServedTown, give_keys, served

from clinicdesk.core.clock import SystemClock
from clinicdesk.security import tls
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.signing import HttpRequest, sign_request
from clinicdesk.server.exchange import Exchange
from clinicdesk.server.sessions import KnownDevice
from clinicdesk.sync import protocol as p
from clinicdesk.sync.body import decode, encode

WORKSTATIONS = 200
EDITS = 20
SLOW = 0.3
"""Seconds that every push takes longer: the disk of the district is busy with the crowd."""

HURRY = 0.05
"""A second that the district asks for is so long here."""

CLOCK = SystemClock()

M = TypeVar("M", bound=msgspec.Struct)


class Counting(Exchange):
    """The district's exchange, which counts the pushes that are at work together."""

    __slots__ = ("at_work", "guard", "most")

    def count(self) -> None:
        self.at_work, self.most, self.guard = 0, 0, threading.Lock()

    def _push_once(self, device: KnownDevice, batch: p.PushBatch) -> p.PushReply:
        with self.guard:
            self.at_work += 1
            self.most = max(self.most, self.at_work)
        try:
            time.sleep(SLOW)
            return super()._push_once(device, batch)
        finally:
            with self.guard:
                self.at_work -= 1


@dataclass
class Crowd:
    """What the workstations heard."""

    wire: ServedTown
    told: list[int] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def one(self, desk: Desk, keys: KeyPairs, gate: threading.Barrier) -> None:
        """A whole session of one workstation, over a TLS connection of its own."""
        try:
            host, port = self.wire.host.split(":")
            context = tls.client_context(self.wire.pem, [self.wire.pin])
            with urllib3.HTTPSConnectionPool(host, int(port), ssl_context=context, timeout=120, maxsize=1) as pool:
                gate.wait(60)
                began = time.monotonic()
                self._session(desk, keys, pool)
                self.seconds.append(time.monotonic() - began)
        except Exception as error:  # a thread's failure is the test's
            self.failed.append(repr(error))

    def _session(self, desk: Desk, keys: KeyPairs, pool: urllib3.HTTPSConnectionPool) -> None:
        town = desk.town
        opening = p.SessionOpen(desk.device, 1, p.PROTOCOL, p.SCHEMA, "crowd", desk.user)
        assert self._ask(pool, desk, keys, "/v1/session", opening, p.SessionReply).state is p.SessionState.CONTINUE
        iris = town.students["iris"]
        batch = desk.batch(*(insert("clinic_visits", visit(iris, town.oak, town.ann)) for _ in range(EDITS)))
        reply = self._ask(pool, desk, keys, "/v1/push", batch, p.PushReply)
        assert {result.outcome for result in reply.results} == {p.Outcome.APPLIED}
        page = self._ask(pool, desk, keys, "/v1/pull", p.PullRequest([town.district], limit=500), p.PullPage)
        assert page.horizon > 0

    def _ask(
        self,
        pool: urllib3.HTTPSConnectionPool,
        desk: Desk,
        keys: KeyPairs,
        path: str,
        message: msgspec.Struct,
        kind: type[M],
    ) -> M:
        body, encoding = encode(message)
        plain = {"Content-Type": p.CONTENT_TYPE, "Content-Encoding": encoding}
        while True:
            request = HttpRequest("POST", path, plain, body)
            headers = sign_request(request, key_id=desk.device, key=keys.signing_key(), now=CLOCK.now())
            answer = pool.urlopen("POST", path, body=body, headers=headers, decode_content=False, retries=False)
            self.statuses[answer.status] += 1
            if answer.status == 200:
                return decode(answer.data, answer.headers.get("Content-Encoding", "identity"), kind)
            assert answer.status == 503, (path, answer.status, answer.data)
            after = int(answer.headers["Retry-After"])
            self.told.append(after)
            time.sleep(after * HURRY)


@contextmanager
def crowded(town: Town, folder: Path) -> Iterator[tuple[Crowd, Counting]]:
    counting = Counting(town.database, town.clock, town.exchange.district, max_pushes=4)
    counting.count()
    town.exchange = counting
    with served(town, folder) as wire:
        yield Crowd(wire), counting


@pytest.mark.prove
@pytest.mark.sent_once
def test_scenario_57_two_hundred_workstations_at_once_are_all_served_a_few_at_a_time(
    town: Town, tmp_path: Path
) -> None:
    """Nothing but 503 with `Retry-After` is refused, in different seconds; pushes are bounded; nobody is forgotten."""
    with crowded(town, tmp_path) as (crowd, counting):
        desks = []
        for _ in range(WORKSTATIONS):
            desk, keys = town.desk(town.ann, town.oak), KeyPairs.generate()
            give_keys(town, desk.device, keys)
            desks.append((desk, keys))
        gate = threading.Barrier(WORKSTATIONS)
        threads = [threading.Thread(target=crowd.one, args=(*desk, gate)) for desk in desks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(300)
    assert crowd.failed == []
    assert len(crowd.seconds) == WORKSTATIONS
    assert town.query("SELECT count(*) FROM clinic_visits") == [(WORKSTATIONS * EDITS,)]
    assert town.query("SELECT count(*), count(DISTINCT mutation_id) FROM sync_receipts") == [
        (WORKSTATIONS * EDITS, WORKSTATIONS * EDITS)
    ]
    assert set(crowd.statuses) <= {200, 503}
    assert counting.most <= 4
    assert crowd.told, "so many at once are not all let in"
    assert min(crowd.told) >= 1
    assert len(set(crowd.told)) > 1, "they do not all come again in the same second"
