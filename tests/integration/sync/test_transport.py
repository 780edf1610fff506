"""The line to the district against real TLS servers that misbehave (T16, F16-F18, scenarios 6, 7, 50, 57)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
import ssl
import time
import warnings
from pathlib import Path

import msgspec
import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from tests.support.odd_server import NOW, Authority, Odd, OddServer, closed_port

from clinicdesk.core.clock import SettableClock
from clinicdesk.core.errors import ClinicDeskError
from clinicdesk.security import tls
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.signing import HttpRequest, verify_request
from clinicdesk.sync.body import BadBodyError
from clinicdesk.sync.errors import (
    BusyError,
    NotADistrictServerError,
    RefusedError,
    RevokedError,
    TooLargeError,
    TooSlowError,
    UnreachableError,
    UpgradeNeededError,
    WrongCertificateError,
)
from clinicdesk.sync.ports import Answer
from clinicdesk.sync.protocol import HeldReply, HeldRequest
from clinicdesk.sync.transport import HttpsLine, Patience, device_signer

KEYS = KeyPairs.generate()
IMPATIENT = Patience(attempts=3, first_wait=0.01, longest_wait=0.02, jitter=0.01, busy_wait=2.0, connect=1.0, read=0.5)
QUESTION = HeldRequest(mutations=["00000000-0000-7000-8000-000000000001"])
GOOD = Odd(body=msgspec.json.encode(HeldReply(results={})))
HTML = Odd(body=b"<html>Please sign in</html>", kind="text/html; charset=utf-8")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def server(authority: Authority, *answers: Odd) -> OddServer:
    return OddServer(tls.server_context(authority.certificate_file, authority.key_file), list(answers))


def line(port: int, context: ssl.SSLContext, host: str = "127.0.0.1") -> HttpsLine:
    signer = device_signer("device-1", KEYS, SettableClock(NOW))
    return HttpsLine(f"https://{host}:{port}", context, signer, IMPATIENT)


def ask(port: int, context: ssl.SSLContext, question: msgspec.Struct = QUESTION) -> Answer[HeldReply]:
    one = line(port, context)
    try:
        return one.ask("/v1/outcomes", question, HeldReply)
    finally:
        one.close()


def test_d23_a_request_is_signed_over_the_body_as_sent(authority: Authority) -> None:
    with server(authority, GOOD) as running:
        answer = ask(running.port, authority.client())
        path, headers, body = running.requests[0]
    assert answer.message.results == {}
    known = Ed25519PublicKey.from_public_bytes(KEYS.public.signing)
    signed = verify_request(HttpRequest("POST", path, headers, body), lambda _key: known, now=NOW)
    assert signed.key_id == "device-1"


def test_large_bodies_travel_compressed_and_one_connection_is_kept(authority: Authority) -> None:
    packed = zstandard.compress(GOOD.body)
    with server(authority, Odd(body=packed, headers={"Content-Encoding": "zstd"})) as running:
        one = line(running.port, authority.client())
        many = HeldRequest(mutations=[f"00000000-0000-7000-8000-{n:012d}" for n in range(100)])
        for _ in range(3):
            assert one.ask("/v1/outcomes", many, HeldReply).message.results == {}
        one.close()
        bodies = [body for _path, _headers, body in running.requests]
    assert all(msgspec.json.decode(zstandard.decompress(body)) == msgspec.to_builtins(many) for body in bodies)


@pytest.mark.parametrize(
    "odd",
    [
        HTML,
        Odd(body=b"", status=302, headers={"Location": "https://login.example.org/"}, kind="text/plain"),
        Odd(body=b"<html>", status=511, kind="text/html"),
    ],
)
def test_scenario_50_a_login_page_is_treated_as_offline(authority: Authority, odd: Odd) -> None:
    with server(authority, odd) as running, pytest.raises(UnreachableError) as caught:
        ask(running.port, authority.client())
    assert caught.value.params == {"reason": "captive_portal"}


def test_scenario_50_once_the_login_page_is_gone_the_same_request_passes(authority: Authority) -> None:
    with server(authority, HTML, GOOD) as running:
        assert ask(running.port, authority.client()).message.results == {}


@pytest.mark.parametrize(
    "odd",
    [
        Odd(body=GOOD.body, digest="sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"),
        Odd(body=b'{"results": {"a": 1}}' * 200, cut=True),
        Odd(body=b"[]"),
        Odd(body=b"\x28\xb5\x2f\xfdnot zstd", headers={"Content-Encoding": "zstd"}),
        Odd(body=GOOD.body, headers={"Content-Encoding": "br"}),
        Odd(body=zstandard.compress(b" " * (40 << 20)), headers={"Content-Encoding": "zstd"}),
    ],
)
def test_scenario_07_an_answer_that_is_cut_or_altered_is_not_used(authority: Authority, odd: Odd) -> None:
    with server(authority, odd) as running, pytest.raises(BadBodyError):
        ask(running.port, authority.client())
    assert len(running.requests) == IMPATIENT.attempts


def test_scenario_07_after_a_cut_answer_the_same_request_is_sent_again(authority: Authority) -> None:
    with server(authority, Odd(body=GOOD.body, cut=True), Odd(hang_up=True), GOOD) as running:
        assert ask(running.port, authority.client()).message.results == {}
    assert len({body for _path, _headers, body in running.requests}) == 1
    nonces = {headers["Signature-Input"] for _path, headers, _body in running.requests}
    assert len(nonces) == 3


def test_nobody_listening_is_unreachable(authority: Authority) -> None:
    with pytest.raises(UnreachableError) as caught:
        ask(closed_port(), authority.client())
    assert caught.value.params == {"reason": "no_connection"}


def test_a_name_that_does_not_resolve_is_unreachable(authority: Authority) -> None:
    one = line(443, authority.client(), host="district.invalid")
    with pytest.raises(UnreachableError):
        one.ask("/v1/outcomes", QUESTION, HeldReply)


def test_a_late_answer_is_too_slow_and_not_repeated_by_the_line(authority: Authority) -> None:
    with server(authority, Odd(body=GOOD.body, late=1.0)) as running:
        with pytest.raises(TooSlowError):
            ask(running.port, authority.client())
        assert len(running.requests) == 1


def test_scenario_57_a_busy_district_is_asked_again_when_it_says(authority: Authority) -> None:
    busy = Odd(status=503, headers={"Retry-After": "1"})
    with server(authority, busy, GOOD) as running:
        began = time.monotonic()
        ask(running.port, authority.client())
        assert time.monotonic() - began >= 1.0


def test_scenario_57_a_long_wait_is_left_to_the_next_session(authority: Authority) -> None:
    with server(authority, Odd(status=503, headers={"Retry-After": "600"})) as running:
        with pytest.raises(BusyError) as caught:
            ask(running.port, authority.client())
        assert (caught.value.params, len(running.requests)) == ({"seconds": 600}, 1)


@pytest.mark.parametrize(
    ("odd", "error"),
    [
        (Odd(status=413, body=b'{"code":"too_large"}'), TooLargeError),
        (Odd(status=403, body=b'{"code":"revoked"}'), RevokedError),
        (Odd(status=409, body=b'{"code":"upgrade_needed"}'), UpgradeNeededError),
        (Odd(status=403, body=b'{"code":"scope"}'), RefusedError),
        (Odd(status=500, body=b'{"code":"internal"}'), UnreachableError),
        (Odd(body=b"hello", kind="text/plain"), NotADistrictServerError),
    ],
)
def test_f17_each_refusal_has_its_own_error(authority: Authority, odd: Odd, error: type[ClinicDeskError]) -> None:
    with server(authority, odd) as running, pytest.raises(error):
        ask(running.port, authority.client())


def test_a_request_larger_than_the_wire_allows_is_not_sent(authority: Authority) -> None:
    many = HeldRequest(mutations=[secrets.token_hex(1000) for _ in range(1500)])
    with server(authority, GOOD) as running:
        with pytest.raises(TooLargeError):
            ask(running.port, authority.client(), many)
        assert running.requests == []


def test_t16_another_authority_is_refused_and_nothing_is_sent(authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path)
    with server(other, GOOD) as running:
        with pytest.raises(WrongCertificateError):
            ask(running.port, authority.client())
        assert running.requests == []


def test_t16_an_expired_certificate_is_refused(tmp_path: Path) -> None:
    long_ago = Authority(tmp_path, now=NOW - dt.timedelta(days=365 * 40))
    with server(long_ago, GOOD) as running, pytest.raises(WrongCertificateError):
        ask(running.port, long_ago.client())


def test_t16_a_certificate_for_another_host_is_refused(tmp_path: Path) -> None:
    elsewhere = Authority(tmp_path, host="district.example.org")
    with server(elsewhere, GOOD) as running, pytest.raises(WrongCertificateError):
        ask(running.port, elsewhere.client())


def test_t16_tls_1_2_is_refused(authority: Authority) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.maximum_version = ssl.TLSVersion.TLSv1_2
    old.load_cert_chain(authority.certificate_file, authority.key_file)
    with OddServer(old, [GOOD]) as running:
        with pytest.raises(WrongCertificateError):
            ask(running.port, authority.client())
        assert running.requests == []


def test_a_server_without_tls_is_no_district_server(authority: Authority) -> None:
    with OddServer(None, [GOOD]) as running, pytest.raises(NotADistrictServerError):
        ask(running.port, authority.client())


def test_an_address_without_https_is_not_tried(authority: Authority) -> None:
    with pytest.raises(NotADistrictServerError):
        HttpsLine("http://127.0.0.1:1", authority.client(), device_signer("d", KEYS, SettableClock(NOW)))


@pytest.mark.parametrize("answers", ["an-older-nonce", ""])
@pytest.mark.parametrize("odd", [GOOD, Odd(status=403, body=b'{"code":"revoked"}')])
def test_scenario_51_an_answer_to_another_request_is_not_used(authority: Authority, odd: Odd, answers: str) -> None:
    with server(authority, dataclasses.replace(odd, answers=answers)) as running:
        with pytest.raises(BadBodyError) as caught:
            ask(running.port, authority.client())
        assert caught.value.problem == "not_this_request"
        assert len(running.requests) == IMPATIENT.attempts
