"""Fuzz of every route of the served district: clean refusals, little memory, no effect on the data (T14, T17).

`FUZZ_EXAMPLES` says how many examples each route and kind of spoiling gets; the night run gives more.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core import NotSet
from tests.fuzz.messages import NEWCOMERS, PUSH, good_messages
from tests.fuzz.spoiling import bomb, heavy, spoiled_bytes, spoiled_trees
from tests.fuzz.target import Signer, Target, Told, forget_peak, peak, resident

from clinicdesk.sync import protocol as p

pytestmark = pytest.mark.prove

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
MOST_MEMORY = 160 << 20
WRITING = frozenset({PUSH, "/v1/import-lease", "/v1/session"})
NO_FAULT = frozenset({"cursor_unknown", "epoch_changed", "resnapshot", "upgrade_needed", "not_ready", "busy"})
"""Refusals that say something of the district; the trail has no word of them."""

PATHS = tuple(sorted([*NEWCOMERS, "/v1/enrol/approve", "/v1/devices", "/v1/devices/revoke", *WRITING]))
READING = ("/v1/outcomes", "/v1/pull", "/v1/digests", "/v1/rows")
ALL_PATHS = (*PATHS, *READING)

fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    derandomize="FUZZ_EXAMPLES" not in os.environ,
)


class Watched:
    """Sends a request and sees to it that one that is refused changes nothing."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.rows = target.rows()

    def check(self, path: str, told: Told) -> None:
        if not told.refused and path in WRITING:
            self.rows = self.target.rows()
        else:
            assert self.target.rows() == self.rows, (path, told)


@pytest.fixture(scope="module")
def watched(worker: Target) -> Iterator[Watched]:
    """All that is sent in this module, with the server's memory from its first idle moment to the end."""
    for path, tree in good_messages(worker.devices[0].desk).items():
        worker.signed(path, msgspec.json.encode(tree))
    idle = resident(worker.process)
    forget_peak(worker.process)
    yield Watched(worker)
    assert peak(worker.process) - idle < MOST_MEMORY
    assert {code for code, known in worker.seen if known} - NO_FAULT <= worker.audited()


@pytest.fixture(scope="module")
def messages(worker: Target) -> dict[str, tuple[Signer, Any]]:
    """Good ones by path, each of a device of its own, with a cursor that the district gave."""
    made = {}
    for position, path in enumerate(ALL_PATHS):
        signer = worker.devices[position % len(worker.devices)]
        signer.desk.pull()
        made[path] = (signer, good_messages(signer.desk, signer.desk.cursors[worker.town.oak])[path])
    return made


@pytest.mark.parametrize("path", ALL_PATHS)
def test_t14_a_message_that_is_spoiled_anywhere_is_refused_cleanly(
    watched: Watched, messages: dict[str, tuple[Signer, Any]], path: str
) -> None:
    signer, message = messages[path]

    @fuzzed
    @given(body=spoiled_trees(message))
    def send(body: bytes) -> None:
        watched.check(path, watched.target.signed(path, body, by=signer))

    send()


@pytest.mark.parametrize("path", ["/v1/session", PUSH, "/v1/pull", "/v1/enrol"])
def test_t14_bytes_that_are_cut_altered_or_packed_otherwise_are_refused_cleanly(
    watched: Watched, messages: dict[str, tuple[Signer, Any]], path: str
) -> None:
    @fuzzed
    @given(packed=spoiled_bytes(messages[path][1]))
    def send(packed: tuple[bytes, str]) -> None:
        body, encoding = packed
        watched.check(path, watched.target.signed(path, body, encoding))

    send()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("path", ALL_PATHS)
def test_t14_whatever_the_served_description_allows_or_forbids_is_answered_cleanly(
    watched: Watched, path: str, mode: GenerationMode
) -> None:
    """Schemathesis makes the bodies from the description as it is served; the device's key signs them."""
    if path == "/v1/authority" and mode is GenerationMode.NEGATIVE:
        # It asks nothing, so every object is a good one.
        mode = GenerationMode.POSITIVE
    document = msgspec.json.decode(watched.target.pool.request("GET", "/v1/openapi.json").data)
    document["paths"] = {path: document["paths"][path]}
    document["paths"][path]["post"]["parameters"] = []
    operation = schemathesis.openapi.from_dict(document)[path]["POST"]

    @fuzzed
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: schemathesis.Case[Any]) -> None:
        watched.check(path, watched.target.signed(path, _encoded(case.body)))

    send()


HEADERS = ["Content-Digest", "Signature-Input", "Signature", "Date", "Content-Type", "Content-Encoding"]
odd_words = st.one_of(
    # Control characters are no HTTP: the listener refuses them before there is a request.
    st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=80),
    st.sampled_from(
        ["device=()", "device=:AAAA:", "sha-256=:::", "Mon, 99 Foo 99999 99:99:99 GMT", "(" * 3_000, "a=1;b" * 900]
    ),
)


def test_t17_headers_that_are_spoiled_are_refused_cleanly(
    watched: Watched, messages: dict[str, tuple[Signer, Any]]
) -> None:
    body = msgspec.json.encode(messages["/v1/pull"][1])

    @settings(parent=fuzzed, max_examples=EXAMPLES * 4)
    @given(name=st.sampled_from(HEADERS), words=odd_words, alter=st.integers(0, 3), data=st.data())
    def send(name: str, words: str, alter: int, data: st.DataObject) -> None:
        headers = watched.target.device().headers("/v1/pull", body)
        old = headers.get(name, "")
        if alter == 0:
            headers.pop(name, None)
        elif alter == 1 or not old:
            headers[name] = words
        else:
            at = data.draw(st.integers(0, len(old) - 1))
            headers[name] = old[:at] + data.draw(st.sampled_from('"\\;=:,() A\t9')) + old[at + (alter == 2) :]
        watched.check("/v1/pull", watched.target.send("/v1/pull", body, headers))

    send()


def test_t14_bombs_among_the_noise_take_no_more_memory_than_there_is_room_for(
    watched: Watched, messages: dict[str, tuple[Signer, Any]]
) -> None:
    """Many at once: the rest are told when to come again."""
    target = watched.target
    batch = msgspec.convert(messages[PUSH][1], p.PushBatch)
    bodies = [
        heavy(batch, 890_000, b"{}"),
        heavy(batch, 30 << 20),
        bomb(1 << 30),
        bomb(p.MAX_PUSH_PLAIN_BYTES - 1, b"x"),
    ]
    with ThreadPoolExecutor(12) as many:
        answers = list(many.map(lambda n: target.signed(PUSH, bodies[n % len(bodies)], "zstd"), range(48)))
    assert {told.code for told in answers} <= {"bad_body", "too_large", "busy", "bad_signature"}
    assert target.rows() == watched.rows


def _encoded(body: Any) -> bytes:
    """A generated body as it travels: bytes as they are, half surrogates too."""
    if isinstance(body, NotSet | bytes):
        return body if isinstance(body, bytes) else b""
    return json.dumps(body, ensure_ascii=False, default=repr).encode("utf-8", "surrogatepass")
