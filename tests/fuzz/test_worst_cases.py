"""The worst that a body can be, each once over the real wire: a clean refusal, little memory, no effect (T14, T17)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import msgspec
import pytest
import zstandard
from tests.fuzz.messages import NEWCOMERS, PUSH, a_batch, good_messages
from tests.fuzz.spoiling import NESTED, bomb, gzip_bomb, heavy, lying_bomb
from tests.fuzz.target import Signer, Target, forget_peak, judged, peak, resident
from tests.support.district import allergy, insert

from clinicdesk.core.identifiers import new_id
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.sync import protocol as p
from clinicdesk.sync.body import content_digest, decode

MOST_MEMORY = 140 << 20
"""What all requests at work may take above the idle server; the room for bodies is 96 MiB of it."""

_ZSTD = b"\x28\xb5\x2f\xfd"


@pytest.fixture
def unchanged(target: Target) -> Iterator[Target]:
    """Whatever the test sends, no row but bookkeeping is another afterwards."""
    before = target.rows()
    yield target
    assert target.rows() == before


@pytest.fixture(scope="module")
def messages(target: Target) -> dict[str, bytes]:
    return {path: msgspec.json.encode(tree) for path, tree in good_messages(target.devices[0].desk).items()}


def test_t14_bombs_are_refused_with_little_memory(unchanged: Target) -> None:
    """Each of a few kilobytes; unpacked, or as values, they take from 64 MB to a gigabyte."""
    signer = unchanged.devices[0]
    batch = a_batch(signer.desk)
    bombs = {
        "zstd": (bomb(1 << 30), "zstd", "too_large"),
        "zstd that does not say": (lying_bomb(64 << 20), "zstd", "bad_body"),
        "gzip": (gzip_bomb(64 << 20), "gzip", "bad_body"),
        "empty lists": (heavy(batch, 30 << 20), "zstd", "too_large"),
        "empty objects": (heavy(batch, 30 << 20, b"{}"), "zstd", "too_large"),
        "one long text": (bomb(p.MAX_PUSH_PLAIN_BYTES - 1, b"x"), "zstd", "bad_body"),
        "nested": (zstandard.compress(b"[" * (p.MAX_VALUES - 1)), "zstd", "bad_body"),
    }
    assert max(len(body) for body, _encoding, _refusal in bombs.values()) < 100_000
    forget_peak(unchanged.process)
    idle = resident(unchanged.process)
    for name, (body, encoding, refusal) in bombs.items():
        assert unchanged.signed(PUSH, body, encoding, by=signer).code == refusal, name
        stranger = unchanged.send(PUSH, body, {**_plain(body), "Content-Encoding": encoding})
        assert stranger.code == "bad_signature", name
    assert peak(unchanged.process) - idle < MOST_MEMORY
    assert {"too_large", "bad_body", "bad_signature"} <= unchanged.audited()


def test_t14_a_hundred_megabytes_are_refused_and_not_kept(unchanged: Target) -> None:
    """Neither where the length is told nor where it comes in chunks; what comes behind the limit is thrown away."""
    headers = {"Content-Type": p.CONTENT_TYPE}
    forget_peak(unchanged.process)
    idle = resident(unchanged.process)
    chunks = (bytes(1 << 16) for _ in range(1_600))
    answer = unchanged.pool.urlopen("POST", PUSH, body=chunks, headers=headers, retries=False, chunked=True)
    assert judged(answer.status, answer.headers, answer.data).code == "too_large"
    chunks = (bytes(1 << 16) for _ in range(1_600))
    told = {**headers, "Content-Length": str(1_600 << 16)}
    answer = unchanged.pool.urlopen("POST", PUSH, body=chunks, headers=told, retries=False)
    assert judged(answer.status, answer.headers, answer.data).code == "too_large"
    assert peak(unchanged.process) - idle < 30 << 20


def test_t14_oddities_of_json_are_refused_or_read_as_one_thing(unchanged: Target, messages: dict[str, bytes]) -> None:
    """NUL, huge numbers, deep nesting, half a surrogate, members twice, wrong types, a future protocol."""
    session = messages["/v1/session"]
    pull = messages["/v1/pull"]
    odd = [
        ("/v1/session", session.replace(b'"fuzz"', b'"f\\u0000z"')),
        ("/v1/session", session.replace(b'"fuzz"', b'"\\ud800"')),
        ("/v1/session", session.replace(b'"incarnation":1', b'"incarnation":1e400')),
        ("/v1/session", session.replace(b'"incarnation":1', b'"incarnation":99999999999999999999')),
        ("/v1/session", session.replace(b'"incarnation":1', b'"incarnation":-1')),
        ("/v1/session", session[:-1] + b',"acked":9007199254740993}'),
        ("/v1/session", session[:-1] + b',"device":' + NESTED.encode() + b"}"),
        ("/v1/pull", pull[:-1] + b',"limit":0}'),
        ("/v1/pull", pull[:-1] + b',"limit":1000000}'),
        ("/v1/pull", pull[:-1] + b',"cursor":"%s"}' % (b"A" * 599)),
        ("/v1/pull", pull[:-1] + b',"scopes":["%s\\n"]}' % unchanged.town.oak.encode()),
        ("/v1/digests", messages["/v1/digests"].replace(b'"bucket":7', b'"bucket":256')),
        ("/v1/digests", messages["/v1/digests"].replace(b"clinic_visits", b"clinic\\u0000visits")),
        ("/v1/rows", messages["/v1/rows"].replace(b"students", b"pg_class")),
        ("/v1/outcomes", messages["/v1/outcomes"][:-1] + b',"schema":NaN}'),
        (PUSH, messages[PUSH][: len(messages[PUSH]) // 2]),
    ]
    for path, body in odd:
        assert body != messages[path]
        told = unchanged.signed(path, body, by=unchanged.devices[0])
        assert told.status in {200, 400, 403, 409}, (path, body[:200], told)
    # Of this device the district keeps no request to join.
    again = unchanged.signed("/v1/enrol/status", messages["/v1/enrol/status"], by=unchanged.devices[0])
    assert again.status == 200


def test_t17_forged_and_replayed_requests_leave_only_a_word_in_the_trail(
    unchanged: Target, messages: dict[str, bytes]
) -> None:
    signer, other = unchanged.devices[0], unchanged.devices[1]
    body = messages[PUSH]
    headers = signer.headers("/v1/rows", messages["/v1/rows"])
    assert unchanged.send("/v1/rows", messages["/v1/rows"], headers).status == 200
    forger = Signer(signer.desk, KeyPairs.generate())
    newcomer = Signer(signer.desk, KeyPairs.generate())
    asked = {
        "replayed": unchanged.send("/v1/rows", messages["/v1/rows"], headers),
        "another key": unchanged.signed(PUSH, body, by=forger),
        "another route": unchanged.send(PUSH, body, signer.headers("/v1/pull", body)),
        "another body": unchanged.send(
            PUSH, body + b" ", {**signer.headers(PUSH, body), "Content-Digest": content_digest(body + b" ")}
        ),
        "another's device": unchanged.signed(PUSH, body, by=other),
        "unsigned": unchanged.send(PUSH, body, _plain(body)),
        "no digest": unchanged.send(PUSH, body, {"Content-Type": p.CONTENT_TYPE}),
        "half a signature": unchanged.send(PUSH, body, {**signer.headers(PUSH, body), "Signature": "device=:AA"}),
        "odd words": unchanged.send(
            PUSH, body, {**signer.headers(PUSH, body), "Signature-Input": "device=" + "(" * 500}
        ),
        "no invite": unchanged.signed("/v1/enrol", messages["/v1/enrol"], by=newcomer),
    }
    assert {name: told.code for name, told in asked.items()} == {
        "replayed": "replayed",
        "another key": "bad_signature",
        "another route": "bad_signature",
        "another body": "bad_signature",
        "another's device": "bad_signature",
        "unsigned": "bad_signature",
        "no digest": "bad_body",
        "half a signature": "bad_signature",
        "odd words": "bad_signature",
        "no invite": "bad_signature",
    }
    assert {"replayed", "bad_signature"} <= unchanged.audited()


def test_t17_strangers_by_the_hundred_leave_next_to_nothing(unchanged: Target, messages: dict[str, bytes]) -> None:
    """Neither a nonce of somebody without an invite nor a row for each refusal stays in the database."""
    device = unchanged.devices[0].desk
    before = unchanged.bookkept()
    for number in range(60):
        tree = msgspec.json.decode(messages["/v1/enrol"])
        keys = KeyPairs.generate()
        tree["hello"]["device"] = str(new_id())
        tree["hello"]["keys"] = msgspec.to_builtins(keys.public)
        body = msgspec.json.encode(tree)
        path = sorted(NEWCOMERS - {"/v1/authority"})[number % 3]
        stranger = Signer(dataclasses.replace(device, device=tree["hello"]["device"]), keys)
        assert unchanged.signed(path, body if path == "/v1/enrol" else messages[path], by=stranger).refused
    after = unchanged.bookkept()
    assert after["device_nonces"] == before["device_nonces"]
    assert after["audit_logs"] - before["audit_logs"] <= 4


def test_scenario_59_rows_of_other_schools_are_kept_for_a_person_and_told(target: Target) -> None:
    signer = target.devices[2]
    before = target.town.query("SELECT id, row_version, grade FROM students ORDER BY id")
    told = target.signed(PUSH, msgspec.json.encode(a_batch(signer.desk)), by=signer)
    encoding = "zstd" if told.body.startswith(_ZSTD) else "identity"
    results = decode(told.body, encoding, p.PushReply).results
    assert [(result.outcome.value, result.reason) for result in results[1:4:2]] == [("held", "scope")] * 2
    assert results[4].version == 0, "there was nothing to delete"
    others = [row for row in before if str(row[0]) != target.town.students["iris"]]
    now = target.town.query("SELECT id, row_version, grade FROM students ORDER BY id")
    assert [row for row in now if str(row[0]) != target.town.students["iris"]] == others
    assert "scope" in target.audited()


def test_t14_as_many_values_as_may_be_fit_into_the_room_for_them(target: Target) -> None:
    """The heaviest body that is read at all: its item is refused, the others of the batch are not."""
    signer = target.devices[4]
    forget_peak(target.process)
    idle = resident(target.process)
    body = heavy(a_batch(signer.desk), 890_000, b"{}")
    told = target.signed(PUSH, body, "zstd", by=signer)
    results = decode(told.body, "zstd" if told.body.startswith(_ZSTD) else "identity", p.PushReply).results
    assert (results[0].outcome, results[0].reason) == (p.Outcome.REJECTED, "values")
    assert peak(target.process) - idle < MOST_MEMORY


def test_a_batch_of_the_most_items_has_room(target: Target) -> None:
    """What the protocol allows is not taken for a bomb."""
    signer = target.devices[3]
    iris = target.town.students["iris"]
    batch = signer.desk.batch(
        *(insert("allergies", allergy(iris, allergen=f"Nut {n}")) for n in range(p.MAX_PUSH_ITEMS))
    )
    told = target.signed(PUSH, zstandard.compress(msgspec.json.encode(batch)), "zstd", by=signer)
    assert told.status == 200


def _plain(body: bytes) -> dict[str, str]:
    return {"Content-Type": p.CONTENT_TYPE, "Content-Digest": content_digest(body)}
