"""Key pairs and the district's certificates for them (D33)."""

from __future__ import annotations

import datetime as dt
import uuid

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clinicdesk.security.certificates import (
    CertifiedKeys,
    UserKeyCertificate,
    certify,
    decode_certificate,
    verify_certificate,
)
from clinicdesk.security.errors import (
    CertificateRefusedError,
    KeysGoneError,
    SealBrokenError,
    SignatureRefusedError,
    WeakParametersError,
)
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.sealing import open_sealed, seal_to

DISTRICT, USER, DEVICE = (uuid.UUID(int=number) for number in range(1, 4))
KEYS = KeyPairs(bytearray(range(64)))
DISTRICT_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
DISTRICT_PUBLIC = DISTRICT_KEY.public_key().public_bytes_raw()
CERTIFIED = CertifiedKeys(DISTRICT, USER, DEVICE, KEYS.public, dt.datetime(2026, 9, 1, tzinfo=dt.UTC))


def test_a_signature_serves_one_purpose_and_message() -> None:
    signature = KEYS.sign("witness", b"count 12")
    KEYS.public.verify("witness", b"count 12", signature)
    for purpose, message, given in (
        ("consent", b"count 12", signature),
        ("witness", b"count 13", signature),
        ("witness", b"count 12", b""),
        ("witness", b"count 12", bytes(64)),
    ):
        with pytest.raises(SignatureRefusedError):
            KEYS.public.verify(purpose, message, given)
    with pytest.raises(SignatureRefusedError):
        KeyPairs.generate().public.verify("witness", b"count 12", signature)


def test_a_seal_opens_for_its_key_and_purpose_only() -> None:
    sealed = seal_to(KEYS.public.sealing, b"root", "drk/v1")
    assert KEYS.open_sealed(sealed, "drk/v1") == b"root"
    for broken, info in ((sealed, "drk/v2"), (sealed[:-1], "drk/v1"), (sealed[:20], "drk/v1"), (b"", "drk/v1")):
        with pytest.raises(SealBrokenError):
            KEYS.open_sealed(broken, info)
    with pytest.raises(SealBrokenError):
        KeyPairs.generate().open_sealed(sealed, "drk/v1")


def test_an_unknown_suite_is_refused() -> None:
    with pytest.raises(WeakParametersError):
        open_sealed(bytes(range(32)), b"", "drk/v1", "MLKEM768-X25519")


def test_t13_destroyed_keys_are_zero() -> None:
    private = bytearray(range(64))
    keys = KeyPairs(private)
    keys.destroy()
    assert not any(private)
    for use in (lambda: keys.sign("witness", b""), lambda: keys.use_private(bytes), lambda: keys.open_sealed(b"", "x")):
        with pytest.raises(KeysGoneError):
            use()


def test_keys_of_the_wrong_size_are_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        KeyPairs(bytearray(63))


def test_d33_a_certificate_holds_for_its_district() -> None:
    certificate = decode_certificate(certify(DISTRICT_KEY, CERTIFIED).encode())
    assert verify_certificate(certificate, DISTRICT, DISTRICT_PUBLIC) == CERTIFIED
    assert certificate.key_id == KEYS.public.key_id()


def test_d33_a_changed_or_foreign_certificate_is_refused() -> None:
    certificate = certify(DISTRICT_KEY, CERTIFIED)
    other_user = msgspec.structs.replace(CERTIFIED, user=uuid.uuid4())
    for changed, district, public in (
        (UserKeyCertificate(other_user, certificate.signature), DISTRICT, DISTRICT_PUBLIC),
        (certificate, uuid.uuid4(), DISTRICT_PUBLIC),
        (certificate, DISTRICT, KEYS.public.signing),
        (certify(KEYS.signing_key(), CERTIFIED), DISTRICT, DISTRICT_PUBLIC),
    ):
        with pytest.raises(CertificateRefusedError):
            verify_certificate(changed, district, public)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"certified": 1, "signature": ""}'])
def test_d33_what_is_no_certificate_is_refused(content: bytes) -> None:
    with pytest.raises(CertificateRefusedError):
        decode_certificate(content)
