"""Bodies on the wire: whole or refused (scenarios 6, 7 and 50)."""

from __future__ import annotations

import pytest
import zstandard

from clinicdesk.sync.body import BadBodyError, check_digest, content_digest, decode, encode
from clinicdesk.sync.protocol import HeldRequest, LeaseReply

KEYS = [f"0192f000-0000-7000-8000-{number:012x}" for number in range(200)]


def test_a_large_message_travels_compressed_and_comes_back() -> None:
    body, encoding = encode(HeldRequest(KEYS))
    assert (encoding, len(body) < 2_000, decode(body, encoding, HeldRequest)) == ("zstd", True, HeldRequest(KEYS))


def test_a_small_message_travels_as_it_is() -> None:
    assert encode(LeaseReply(granted=True)) == (b'{"granted":true}', "identity")


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_scenario_06_a_body_that_was_cut_is_refused(cut: int) -> None:
    body, encoding = encode(HeldRequest(KEYS))
    with pytest.raises(BadBodyError):
        decode(body[:cut], encoding, HeldRequest)


def test_scenario_06_a_body_that_is_not_what_was_sent_is_refused() -> None:
    body, _encoding = encode(HeldRequest(KEYS))
    with pytest.raises(BadBodyError, match="digest"):
        check_digest(body[:-1], content_digest(body))


def test_a_body_without_a_digest_is_refused() -> None:
    with pytest.raises(BadBodyError, match="digest"):
        check_digest(b"{}", None)


def test_the_body_as_sent_fits_its_digest() -> None:
    check_digest(b"{}", content_digest(b"{}"))


def test_scenario_50_a_login_page_is_not_an_answer() -> None:
    with pytest.raises(BadBodyError, match="not_the_message"):
        decode(b"<!DOCTYPE html><html><body>Sign in</body></html>", "identity", LeaseReply)


@pytest.mark.parametrize("known_size", [True, False])
def test_t14_a_body_that_would_grow_beyond_the_limit_is_refused(known_size: bool) -> None:
    bomb = zstandard.ZstdCompressor(write_content_size=known_size).compress(b" " * (64 << 20))
    with pytest.raises(BadBodyError):
        decode(bomb, "zstd", LeaseReply)


def test_t14_a_plain_body_beyond_the_limit_is_refused() -> None:
    with pytest.raises(BadBodyError, match="too_large"):
        decode(b"x" * 11, "identity", LeaseReply, limit=10)


def test_an_encoding_nobody_asked_for_is_refused() -> None:
    with pytest.raises(BadBodyError, match="encoding"):
        decode(b"{}", "br", LeaseReply)


def test_t14_a_deeply_nested_body_is_refused() -> None:
    with pytest.raises(BadBodyError, match="not_the_message"):
        decode(b'{"granted":' + b"[" * 100_000, "identity", LeaseReply)


def test_bytes_behind_the_frame_are_refused() -> None:
    body, encoding = encode(HeldRequest(KEYS))
    with pytest.raises(BadBodyError, match="not_zstd"):
        decode(body + b"x", encoding, HeldRequest)
