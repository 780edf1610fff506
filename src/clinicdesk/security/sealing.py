"""Seals: AES-256-GCM under a key both sides hold, HPKE (RFC 9180) to a public key."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from clinicdesk.security.errors import SealBrokenError, WeakParametersError

# The name that is stored beside each seal; `MLKEM768-X25519` is the planned next one.
SUITE = "X25519-HKDF-SHA256/AES-256-GCM"
NONCE_BYTES = 12
_SUITES = {SUITE: Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)}


def lock(key: bytes | bytearray, plaintext: bytes | bytearray, associated: bytes) -> bytes:
    """AES-256-GCM: random 96-bit nonce, then ciphertext and tag."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, associated)


def unlock_bytes(key: bytes | bytearray, locked: bytes, associated: bytes) -> bytearray:
    """What `lock` locked, in a buffer the caller wipes.

    Raises:
        SealBrokenError: other key, other associated data, or changed bytes.
    """
    nonce, body = locked[:NONCE_BYTES], locked[NONCE_BYTES:]
    if len(body) < 16:
        raise SealBrokenError(reason="short")
    out = bytearray(len(body) - 16)
    try:
        AESGCM(key).decrypt_into(nonce, body, associated, out)
    except InvalidTag as error:
        raise SealBrokenError(reason="tag") from error
    return out


def seal_to(public: bytes, plaintext: bytes | bytearray, info: str, suite: str = SUITE) -> bytes:
    """HPKE base mode to a raw X25519 public key: encapsulated key, then ciphertext."""
    return _suite(suite).encrypt(plaintext, X25519PublicKey.from_public_bytes(public), info.encode())


def open_sealed(private: bytes | bytearray, sealed: bytes, info: str, suite: str = SUITE) -> bytearray:
    """What was sealed to the public half of this raw X25519 key.

    Raises:
        SealBrokenError: sealed to another key or for another purpose, or changed.
    """
    key = X25519PrivateKey.from_private_bytes(bytes(private))
    try:
        return bytearray(_suite(suite).decrypt(sealed, key, info.encode()))
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError(reason="hpke") from error


def _suite(name: str) -> Suite:
    if name not in _SUITES:
        raise WeakParametersError(suite=name)
    return _SUITES[name]
