"""The district over TLS: signed requests, enrolment from invite to first push, and whatever else may come in."""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
import urllib3
import zstandard
from tests.support.databases import DISTRICT_SCHEMA
from tests.support.district import Town, allergy, insert

from clinicdesk.core.clock import SystemClock
from clinicdesk.security import enrolment as handshake
from clinicdesk.security.certificates import decode_certificate, verify_certificate
from clinicdesk.security.device_keys import DeviceKeys
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.sealed_fields import DataKeyRing, open_data_keys
from clinicdesk.security.signing import HttpRequest, sign_request
from clinicdesk.security.tls import client_context
from clinicdesk.server import office
from clinicdesk.server.door import Door
from clinicdesk.server.house import House, build_house
from clinicdesk.server.running import make_server, opened_services
from clinicdesk.sync import enrolment_messages as e
from clinicdesk.sync import protocol as p
from clinicdesk.sync.body import check_digest, content_digest, decode, encode

M = TypeVar("M", bound=msgspec.Struct)
CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class Served:
    """A running district server and the town behind it."""

    town: Town
    house: House
    pool: urllib3.HTTPSConnectionPool

    def raw(self, path: str, body: bytes, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        return self.pool.urlopen("POST", path, body=body, headers=dict(headers), decode_content=False, retries=False)


@pytest.fixture
def served(town: Town, tmp_path: Path) -> Iterator[Served]:
    house = build_house(
        CLOCK,
        embedded=None,
        config=tmp_path / "district.json",
        district="Example",
        schema=DISTRICT_SCHEMA,
        host="127.0.0.1",
        database=town.database.conninfo,
    )
    ready = threading.Event()
    with opened_services(house, CLOCK) as services:
        server = make_server(house, services, ready.set)
        thread = threading.Thread(target=server.run)
        thread.start()
        assert ready.wait(20)
        context = client_context(house.authority_pem().encode(), house.settings.pins)
        pool = urllib3.HTTPSConnectionPool("127.0.0.1", house.settings.port, ssl_context=context, maxsize=1)
        with contextlib.closing(pool):
            yield Served(town, house, pool)
        server.should_exit = True
        thread.join(20)


@dataclass(slots=True)
class Station:
    """A workstation with keys, as far as the wire sees it."""

    served: Served
    user_name: str
    keys: DeviceKeys = field(default_factory=lambda: DeviceKeys.generate(uuid.uuid4()))
    person: KeyPairs = field(default_factory=KeyPairs.generate)

    def headers(self, path: str, body: bytes, encoding: str = "identity", nonce: str | None = None) -> dict[str, str]:
        plain = {"Content-Type": p.CONTENT_TYPE}
        if encoding != "identity":
            plain["Content-Encoding"] = encoding
        return sign_request(
            HttpRequest("POST", path, plain, body),
            key_id=str(self.keys.device),
            key=self.keys.pairs.signing_key(),
            now=CLOCK.now(),
            nonce=nonce,
        )

    def post(self, path: str, message: msgspec.Struct) -> urllib3.BaseHTTPResponse:
        body, encoding = encode(message)
        return self.served.raw(path, body, self.headers(path, body, encoding))

    def ask(self, path: str, message: msgspec.Struct, kind: type[M]) -> M:
        answer = self.post(path, message)
        assert answer.status == 200, answer.data
        check_digest(answer.data, answer.headers["Content-Digest"])
        return decode(answer.data, answer.headers.get("Content-Encoding", "identity"), kind)

    def enrol(self, invite: handshake.Invite, code: str) -> e.EnrolReply:
        stretched = handshake.invite_keys(invite.host, invite.pins, code)
        hello = handshake.EnrolmentHello(stretched.locator, self.keys.device, self.keys.public, handshake.new_nonce())
        request = e.EnrolRequest(
            hello, "Desk", "Linux", "0.1.0", p.PROTOCOL, p.SCHEMA, self.user_name, self.person.public
        )
        challenge = self.ask("/v1/enrol", request, handshake.EnrolmentChallenge)
        transcript = handshake.Transcript(invite.host, invite.pins[0], hello, challenge)
        proof = handshake.EnrolmentProof(self.keys.device, handshake.client_proof(stretched.proof_key, transcript))
        reply = self.ask("/v1/enrol/proof", proof, e.EnrolReply)
        assert reply.proof == handshake.server_proof(stretched.proof_key, transcript)
        return reply


def first_station(served: Served) -> tuple[Station, DataKeyRing]:
    """The first administrator's workstation, in by the invite alone."""
    invite = office.first_invite(served.house, served.town.database, CLOCK, DataKeyRing.generate())
    station = Station(served, "dora")
    reply = station.enrol(invite.invite, invite.code)
    assert reply.state is e.EnrolState.APPROVED
    stretched = handshake.invite_keys(invite.invite.host, invite.invite.pins, invite.code)
    assert invite.invite.sealed_data_keys is not None
    ring = handshake.open_data_keys_of_invite(
        invite.invite.sealed_data_keys, stretched, uuid.UUID(served.town.district)
    )
    return station, ring


def second_station(served: Served, first: Station, ring: DataKeyRing) -> tuple[Station, e.EnrolReply]:
    """The nurse's workstation, let in by the administrator's own signature."""
    invite = office.further_invite(served.house, served.town.database, CLOCK, ["OAK"], everything=False)
    station = Station(served, "ann")
    assert station.enrol(invite.invite, invite.code).state is e.EnrolState.PENDING
    (waiting,) = first.ask("/v1/devices", e.DevicesRequest(served.town.dora), e.DevicesReply).pending
    assert waiting.number == handshake.check_number(station.keys.device, station.keys.public)
    sealed = ring.seal_to_device(uuid.UUID(served.town.district), station.keys.device, waiting.keys.sealing)
    request = e.ApproveRequest(waiting.device, served.town.dora, waiting.scopes, False, sealed, b"")
    signature = first.person.sign(e.APPROVAL_PURPOSE, e.approval_statement(request, waiting.keys))
    first.ask("/v1/enrol/approve", msgspec.structs.replace(request, signature=signature), e.EnrolReply)
    return station, station.ask("/v1/enrol/status", e.EnrolStatusRequest(waiting.device), e.EnrolReply)


def error(answer: urllib3.BaseHTTPResponse) -> tuple[int, str]:
    assert answer.headers["Content-Type"].startswith(p.CONTENT_TYPE)
    return answer.status, msgspec.json.decode(answer.data, type=p.ErrorReply).code


def opening(station: Station) -> p.SessionOpen:
    return p.SessionOpen(str(station.keys.device), 1, p.PROTOCOL, p.SCHEMA, "0.1.0")


def test_d24_from_the_first_invite_to_a_second_desk_that_pushes(served: Served) -> None:
    first, ring = first_station(served)
    second, reply = second_station(served, first, ring)
    opened = open_data_keys(second.keys.pairs, uuid.UUID(reply.district), second.keys.device, reply.data_keys)
    assert opened.epochs == ring.epochs
    assert reply.certificate is not None
    assert reply.district_key is not None
    certified = verify_certificate(decode_certificate(reply.certificate), uuid.UUID(reply.district), reply.district_key)
    assert (str(certified.user), certified.keys) == (served.town.ann, second.person.public)
    desk = served.town.desk(served.town.ann)
    batch = desk.batch(insert("allergies", allergy(served.town.students["iris"])))
    pushed = second.ask("/v1/push", msgspec.structs.replace(batch, device=str(second.keys.device)), p.PushReply)
    assert [result.outcome for result in pushed.results] == [p.Outcome.APPLIED]


def test_d24_an_invite_is_used_once(served: Served) -> None:
    invite = office.first_invite(served.house, served.town.database, CLOCK, DataKeyRing.generate())
    Station(served, "dora").enrol(invite.invite, invite.code)
    again = Station(served, "dora")
    stretched = handshake.invite_keys(invite.invite.host, invite.invite.pins, invite.code)
    hello = handshake.EnrolmentHello(stretched.locator, again.keys.device, again.keys.public, handshake.new_nonce())
    request = e.EnrolRequest(hello, "Desk", "Linux", "1", p.PROTOCOL, p.SCHEMA, "dora", again.person.public)
    assert error(again.post("/v1/enrol", request)) == (403, "invite")


def test_d24_five_wrong_codes_end_an_invite(served: Served) -> None:
    invite = office.first_invite(served.house, served.town.database, CLOCK, DataKeyRing.generate())
    station = Station(served, "dora")
    for _ in range(handshake.CODE_TRIES):
        hello = handshake.EnrolmentHello(
            uuid.uuid4().bytes, station.keys.device, station.keys.public, handshake.new_nonce()
        )
        request = e.EnrolRequest(hello, "Desk", "Linux", "1", p.PROTOCOL, p.SCHEMA, "dora", station.person.public)
        assert error(station.post("/v1/enrol", request)) == (403, "invite")
    stretched = handshake.invite_keys(invite.invite.host, invite.invite.pins, invite.code)
    hello = handshake.EnrolmentHello(stretched.locator, station.keys.device, station.keys.public, b"n" * 32)
    request = e.EnrolRequest(hello, "Desk", "Linux", "1", p.PROTOCOL, p.SCHEMA, "dora", station.person.public)
    assert error(station.post("/v1/enrol", request)) == (403, "invite")


def test_d33_a_workstation_alone_cannot_approve(served: Served) -> None:
    first, ring = first_station(served)
    invite = office.further_invite(served.house, served.town.database, CLOCK, ["OAK"], everything=False)
    station = Station(served, "ann")
    station.enrol(invite.invite, invite.code)
    sealed = ring.seal_to_device(uuid.UUID(served.town.district), station.keys.device, station.keys.public.sealing)
    request = e.ApproveRequest(str(station.keys.device), served.town.dora, [], True, sealed, b"x" * 64)
    assert error(first.post("/v1/enrol/approve", request)) == (401, "bad_signature")
    assert error(first.post("/v1/devices", e.DevicesRequest(served.town.ann))) == (403, "denied")


def test_scenario_43_a_revoked_device_gets_nothing_back(served: Served) -> None:
    first, ring = first_station(served)
    second, _reply = second_station(served, first, ring)
    request = e.RevokeRequest(str(second.keys.device), served.town.dora, b"")
    signature = first.person.sign(e.REVOCATION_PURPOSE, e.revocation_statement(request))
    first.ask("/v1/devices/revoke", msgspec.structs.replace(request, signature=signature), e.DevicesReply)
    state = second.ask("/v1/session", opening(second), p.SessionReply).state
    assert (state, error(second.post("/v1/pull", p.PullRequest([served.town.oak])))) == (
        p.SessionState.REVOKED,
        (403, "revoked"),
    )
    told = served.town.query("SELECT metadata ->> 'device' FROM audit_logs WHERE result = 'revoked'")
    assert told == [(str(second.keys.device),)]


def test_t17_a_request_that_comes_twice_is_refused(served: Served) -> None:
    station, _ring = first_station(served)
    body, _encoding = encode(opening(station))
    headers = station.headers("/v1/session", body)
    assert served.raw("/v1/session", body, headers).status == 200
    assert error(served.raw("/v1/session", body, headers)) == (401, "replayed")


def test_t17_a_request_of_an_unknown_device_is_refused(served: Served) -> None:
    stranger = Station(served, "dora")
    assert error(stranger.post("/v1/session", opening(stranger))) == (401, "unknown_device")
    told = served.town.query("SELECT result, metadata ->> 'path', metadata -> 'device' FROM audit_logs")
    assert told == [("unknown_device", "/v1/session", None)]


def test_t17_a_request_signed_for_another_route_is_refused(served: Served) -> None:
    station, _ring = first_station(served)
    body, _encoding = encode(opening(station))
    assert error(served.raw("/v1/session", body, station.headers("/v1/push", body))) == (401, "bad_signature")


def test_t17_one_device_cannot_speak_for_another(served: Served) -> None:
    station, _ring = first_station(served)
    other = served.town.desk(served.town.ann, served.town.oak)
    request = msgspec.structs.replace(opening(station), device=other.device)
    assert error(station.post("/v1/session", request)) == (401, "bad_signature")


def test_scenario_06_a_body_that_was_cut_is_not_decoded(served: Served) -> None:
    station, _ring = first_station(served)
    body, _encoding = encode(opening(station))
    assert error(served.raw("/v1/session", body[:-1], station.headers("/v1/session", body))) == (400, "bad_body")


GARBAGE = [
    (b"", "identity"),
    (b"\x00\xff\xfe garbage", "identity"),
    (b"{}", "identity"),
    (b"[[[[[[", "identity"),
    (b'{"device": 1}', "identity"),
    (b"not zstd", "zstd"),
    (b"{}", "br"),
    (b"<html><body>login</body></html>", "identity"),
    (zstandard.ZstdCompressor().compress(b" " * (64 << 20)), "zstd"),
]


def test_t14_garbage_is_refused_with_a_code(served: Served) -> None:
    """A stranger's is not even unpacked; what a known device sends is named for what it is."""
    station, _ring = first_station(served)
    strangers, known = [], []
    for body, encoding in GARBAGE:
        plain = {"Content-Type": p.CONTENT_TYPE, "Content-Digest": content_digest(body), "Content-Encoding": encoding}
        strangers.append(error(served.raw("/v1/session", body, plain)))
        known.append(error(served.raw("/v1/session", body, station.headers("/v1/session", body, encoding))))
    assert strangers == [(401, "bad_signature")] * len(GARBAGE)
    assert known == [(400, "bad_body")] * (len(GARBAGE) - 1) + [(413, "too_large")]
    named = str(station.keys.device)
    told = served.town.query("SELECT result FROM audit_logs WHERE metadata ->> 'device' = %s ORDER BY seq", named)
    assert told == [("bad_body",), ("too_large",)]


@pytest.mark.parametrize("kind", ["text/html", "application/json", ""])
def test_t14_another_kind_of_body_is_refused(served: Served, kind: str) -> None:
    assert error(served.raw("/v1/push", b"<html>", {"Content-Type": kind})) == (415, "unsupported")


def test_t14_a_body_beyond_the_limit_is_refused(served: Served) -> None:
    for path, most in (("/v1/push", p.MAX_LONE_BYTES), ("/v1/outcomes", p.MAX_BODY_BYTES)):
        body = b"x" * (most + 1)
        assert error(served.raw(path, body, {"Content-Type": p.CONTENT_TYPE})) == (413, "too_large")


def test_an_unsigned_request_is_refused(served: Served) -> None:
    body = msgspec.json.encode(p.PullRequest([served.town.oak]))
    headers = {"Content-Type": p.CONTENT_TYPE, "Content-Digest": content_digest(body)}
    assert error(served.raw("/v1/pull", body, headers)) == (401, "bad_signature")


@pytest.fixture
def full_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A district at whose door nobody may stand any more."""
    monkeypatch.setattr("clinicdesk.server.app.Door", partial(Door, at_work=0, most_waiting=0))


def test_scenario_59_strangers_do_not_stand_in_the_line(full_line: None, served: Served) -> None:
    station, _ring = first_station(served)
    asked = opening(station)
    assert error(station.post("/v1/session", asked)) == (503, "busy")
    body, encoding = encode(asked)
    forged = {**station.headers("/v1/session", body, encoding), "Signature": "sig1=:" + "A" * 86 + "==:"}
    assert error(served.raw("/v1/session", body, forged)) == (401, "bad_signature")
    stranger = Station(served, "ann")
    assert error(stranger.post("/v1/session", opening(stranger))) == (401, "unknown_device")


def test_the_description_of_the_protocol_is_served_with_its_number(served: Served) -> None:
    described = msgspec.json.decode(served.pool.request("GET", "/v1/openapi.json").data)
    assert (described["info"]["version"], "/v1/push" in described["paths"]) == (str(p.PROTOCOL), True)


def test_answers_are_not_kept_by_anything_on_the_way(served: Served) -> None:
    station, _ring = first_station(served)
    assert station.post("/v1/session", opening(station)).headers["Cache-Control"] == "no-store"


def test_scenario_57_a_full_server_says_when_to_come_again(served: Served) -> None:
    station, _ring = first_station(served)
    batch = msgspec.structs.replace(served.town.desk(served.town.ann).batch(), device=str(station.keys.device))
    answers: list[tuple[int, str]] = []
    turned_away = threading.Event()

    def push() -> None:
        context = client_context(served.house.authority_pem().encode(), served.house.settings.pins)
        body, encoding = encode(batch)
        headers = station.headers("/v1/push", body, encoding)
        port = served.house.settings.port
        with urllib3.HTTPSConnectionPool("127.0.0.1", port, ssl_context=context, timeout=20) as pool:
            answer = pool.urlopen("POST", "/v1/push", body=body, headers=headers, retries=False)
            answers.append((answer.status, answer.headers.get("Retry-After", "")))
        if answer.status == 503:
            turned_away.set()

    threads = [threading.Thread(target=push) for _ in range(5)]
    with served.town.database.owning() as connection:
        # Every push of this device waits for its lock, so the places stay taken until this block ends.
        lock = int.from_bytes(station.keys.device.bytes[8:], "big", signed=True)
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (lock,))
        for thread in threads:
            thread.start()
        assert turned_away.wait(20)
    for thread in threads:
        thread.join()
    assert sorted(status for status, _after in answers) == [200, 200, 200, 200, 503]
    assert [int(after) > 0 for status, after in answers if status == 503] == [True]
