"""D23: requests signed and verified over the bytes as sent."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from clinicdesk.security.errors import SignatureRefusedError
from clinicdesk.security.signing import HttpRequest, SignedBy, sign_request, verify_request

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NOW = dt.datetime(2026, 9, 1, 12, tzinfo=dt.UTC)
DEVICE = "6f0f5a0e-7a3c-4c1d-9a57-0d3f3a6f1c11"
REQUEST = HttpRequest("POST", "/v1/push?part=2", {"Content-Type": "application/json"}, b'{"items":[]}')


def resolve(key_id: str) -> Ed25519PublicKey | None:
    return KEY.public_key() if key_id == DEVICE else None


def signed(request: HttpRequest = REQUEST, *, key_id: str = DEVICE, nonce: str | None = None) -> HttpRequest:
    return replace(request, headers=sign_request(request, key_id=key_id, key=KEY, now=NOW, nonce=nonce))


def verified(request: HttpRequest, **more: dt.timedelta) -> SignedBy:
    return verify_request(request, resolve, now=NOW, **more)


def with_header(request: HttpRequest, name: str, value: str) -> HttpRequest:
    return replace(request, headers={**request.headers, name: value})


def test_d23_a_signed_request_is_verified_and_gives_its_nonce_out() -> None:
    assert verified(signed(nonce="n-1")) == SignedBy(DEVICE, "n-1", NOW)


def test_d23_every_request_has_a_nonce_of_its_own() -> None:
    assert len({verified(signed()).nonce for _ in range(20)}) == 20


@given(st.binary(max_size=400), st.sampled_from(["GET", "POST", "PUT", "DELETE"]))
def test_d23_any_body_reads_back(body: bytes, method: str) -> None:
    request = signed(HttpRequest(method, "/v1/pull", {}, body))
    assert verified(request).key_id == DEVICE


def test_d23_header_names_may_arrive_in_any_case() -> None:
    request = signed()
    lower = replace(request, headers={name.lower(): value for name, value in request.headers.items()})
    assert verified(lower).key_id == DEVICE


def test_d23_headers_outside_the_signature_may_be_added_by_a_proxy() -> None:
    assert verified(with_header(signed(), "Via", "1.1 school-proxy")).key_id == DEVICE


CHANGES = {
    "method": (replace(signed(), method="PUT"), "does_not_verify"),
    "path": (replace(signed(), target="/v1/pull?part=2"), "does_not_verify"),
    "query": (replace(signed(), target="/v1/push?part=3"), "does_not_verify"),
    "body": (replace(signed(), body=b'{"items":[1]}'), "digest"),
    "body_cut": (replace(signed(), body=b""), "digest"),
    "date": (with_header(signed(), "Date", "Tue, 01 Sep 2026 12:00:01 GMT"), "does_not_verify"),
    "digest": (
        with_header(signed(), "Content-Digest", signed(replace(REQUEST, body=b"x")).headers["Content-Digest"]),
        "does_not_verify",
    ),
    "nonce": (
        with_header(signed(nonce="a"), "Signature-Input", signed(nonce="b").headers["Signature-Input"]),
        "does_not_verify",
    ),
    "signature": (with_header(signed(), "Signature", "device=:AAAA:"), "does_not_verify"),
    "mangled": (with_header(signed(), "Signature-Input", "((("), "does_not_verify"),
    "other_tag": (
        with_header(
            signed(), "Signature-Input", signed().headers["Signature-Input"].replace("clinicdesk/1", "clinicdesk/2")
        ),
        "does_not_verify",
    ),
    "unknown_device": (signed(key_id="somebody"), "unknown_device"),
    "unsigned": (REQUEST, "missing"),
}


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_d23_every_change_is_refused(change: str) -> None:
    request, reason = CHANGES[change]
    with pytest.raises(SignatureRefusedError) as refused:
        verified(request)
    assert refused.value.reason == reason


def test_d23_a_signature_that_leaves_the_digest_out_is_refused() -> None:
    request = signed()
    weaker = request.headers["Signature-Input"].replace(' "content-digest"', "")
    assert weaker != request.headers["Signature-Input"]
    with pytest.raises(SignatureRefusedError):
        verified(with_header(request, "Signature-Input", weaker))


def test_d23_the_key_of_another_device_is_refused() -> None:
    other = Ed25519PrivateKey.generate()
    headers = sign_request(REQUEST, key_id=DEVICE, key=other, now=NOW)
    with pytest.raises(SignatureRefusedError):
        verified(replace(REQUEST, headers=headers))


def test_scenario_11_a_clock_years_off_still_syncs_and_shows_its_date() -> None:
    ahead = NOW + dt.timedelta(days=1_095)
    request = replace(REQUEST, headers=sign_request(REQUEST, key_id=DEVICE, key=KEY, now=ahead))
    assert verified(request).date == ahead
    with pytest.raises(SignatureRefusedError) as refused:
        verified(request, max_skew=dt.timedelta(minutes=5))
    assert refused.value.reason == "date"


field_text = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=60)


@given(st.sampled_from(["Date", "Content-Digest", "Signature-Input", "Signature"]), field_text)
def test_no_header_text_crashes_the_verification(name: str, value: str) -> None:
    with pytest.raises(SignatureRefusedError):
        verified(with_header(signed(), name, value))


@given(field_text)
def test_no_target_crashes_the_verification(target: str) -> None:
    with pytest.raises(SignatureRefusedError):
        verified(replace(signed(), target=target))


def test_signing_again_replaces_the_first_signature() -> None:
    again = signed(signed(nonce="first"), nonce="second")
    assert verified(again).nonce == "second"
    assert "first" not in again.headers["Signature-Input"]
