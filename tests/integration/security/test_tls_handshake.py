"""T16: real handshakes against good and bad servers."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from pathlib import Path

import pytest

from clinicdesk.security import tls
from clinicdesk.security.errors import TlsRefusedError
from clinicdesk.security.private_files import replace_private
from clinicdesk.security.tls import CertifiedKey

NOW = dt.datetime.now(dt.UTC)
AUTHORITY = tls.make_authority("Lakeside", tls.new_authority_key(), NOW)
BACKUP_KEY = tls.new_authority_key()
BACKUP = tls.make_authority("Lakeside", BACKUP_KEY, NOW)
PINS = (AUTHORITY.pin(), BACKUP.pin())


def pem(authority: CertifiedKey) -> bytes:
    return authority.certificate_pem().encode()


def server_context(server: CertifiedKey, folder: Path) -> ssl.SSLContext:
    replace_private(folder / "server.pem", pem(server))
    replace_private(folder / "server.key", server.key_pem())
    return tls.server_context(folder / "server.pem", folder / "server.key")


def talk(server: ssl.SSLContext, client: ssl.SSLContext, host: str) -> tuple[str | None, bytes]:
    """One handshake and one line from the client; gives back the TLS version and what the server received."""
    near, far = socket.socketpair()
    received = bytearray()

    def serve() -> None:
        with far:
            try:
                with server.wrap_socket(far, server_side=True) as connection:
                    received.extend(connection.recv(100))
            except (ssl.SSLError, OSError):
                return

    thread = threading.Thread(target=serve)
    thread.start()
    version = None
    failure = None
    with near:
        try:
            with client.wrap_socket(near, server_hostname=host) as connection:
                version = connection.version()
                connection.sendall(b"secret")
        except ssl.SSLError as error:
            failure = error
    thread.join(10)
    if failure is not None:
        assert not received
        raise tls.refusal_of(failure) from failure
    return version, bytes(received)


@pytest.mark.parametrize("host", ["sync.example.org", "127.0.0.1"])
def test_t16_the_pinned_district_is_reached_with_tls_13(tmp_path: Path, host: str) -> None:
    server = tls.issue_server_certificate(AUTHORITY, ["sync.example.org", "127.0.0.1"], NOW)
    client = tls.client_context(pem(AUTHORITY), PINS)
    assert talk(server_context(server, tmp_path), client, host) == ("TLSv1.3", b"secret")


def test_t16_after_a_rotation_the_backup_pin_holds(tmp_path: Path) -> None:
    rotated = tls.make_authority("Lakeside", BACKUP_KEY, NOW + dt.timedelta(hours=1))
    server = tls.issue_server_certificate(rotated, ["sync.example.org"], NOW)
    client = tls.client_context(pem(rotated), PINS)
    assert talk(server_context(server, tmp_path), client, "sync.example.org")[1] == b"secret"


@pytest.mark.parametrize(
    ("authority", "host", "made", "reason"),
    [
        (tls.make_authority("Evil", tls.new_authority_key(), NOW), "sync.example.org", NOW, "unknown_authority"),
        (AUTHORITY, "other.example.org", NOW, "wrong_host"),
        (AUTHORITY, "sync.example.org", NOW - dt.timedelta(days=400), "expired"),
        (AUTHORITY, "sync.example.org", NOW + dt.timedelta(days=30), "not_yet_valid"),
    ],
    ids=["unknown_authority", "wrong_host", "expired", "not_yet_valid"],
)
def test_f18_a_wrong_certificate_is_refused_and_nothing_is_sent(
    tmp_path: Path, authority: CertifiedKey, host: str, made: dt.datetime, reason: str
) -> None:
    server = tls.issue_server_certificate(authority, [host], made)
    with pytest.raises(TlsRefusedError) as refused:
        talk(server_context(server, tmp_path), tls.client_context(pem(AUTHORITY), PINS), "sync.example.org")
    assert refused.value.reason == reason


def test_f18_a_wrong_address_is_refused(tmp_path: Path) -> None:
    server = tls.issue_server_certificate(AUTHORITY, ["10.0.0.1"], NOW)
    with pytest.raises(TlsRefusedError) as refused:
        talk(server_context(server, tmp_path), tls.client_context(pem(AUTHORITY), PINS), "127.0.0.1")
    assert refused.value.reason == "wrong_host"


def test_t16_a_server_of_tls_12_is_refused(tmp_path: Path) -> None:
    old = server_context(tls.issue_server_certificate(AUTHORITY, ["sync.example.org"], NOW), tmp_path)
    old.minimum_version = ssl.TLSVersion.TLSv1_2
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(TlsRefusedError) as refused:
        talk(old, tls.client_context(pem(AUTHORITY), PINS), "sync.example.org")
    assert refused.value.reason == "protocol"


def test_t16_an_authority_that_is_not_pinned_makes_no_context() -> None:
    evil = tls.make_authority("Lakeside", tls.new_authority_key(), NOW)
    for content in (pem(evil), b"", b"<html>login</html>"):
        with pytest.raises(TlsRefusedError) as refused:
            tls.client_context(content, PINS)
        assert refused.value.reason == "wrong_pin"


def test_the_authority_itself_is_fetched_before_it_can_be_checked(tmp_path: Path) -> None:
    server = tls.issue_server_certificate(AUTHORITY, ["sync.example.org"], NOW)
    version, _ = talk(server_context(server, tmp_path), tls.authority_fetch_context(), "sync.example.org")
    assert version == "TLSv1.3"
    assert tls.require_pinned(pem(AUTHORITY), PINS) == AUTHORITY.certificate_pem()


def test_a_key_reads_back_with_its_certificate_only() -> None:
    server = tls.issue_server_certificate(AUTHORITY, ["sync.example.org"], NOW)
    assert tls.load_certified_key(pem(server), server.key_pem()).pin() == server.pin()
    with pytest.raises(ValueError, match="belong together"):
        tls.load_certified_key(pem(server), AUTHORITY.key_pem())


def test_d24_a_pin_has_the_form_an_invite_carries() -> None:
    from clinicdesk.security.enrolment import Invite, parse_invite

    assert parse_invite(Invite("sync.example.org", PINS, "ABCDE12345").uri()).pins == PINS
