"""The district's word that public keys belong to a person on a device (D33)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clinicdesk.security.canonical_json import canonical_struct
from clinicdesk.security.errors import CertificateRefusedError, SignatureRefusedError
from clinicdesk.security.key_pairs import PublicKeys, sign_with, verify_signature

PURPOSE = "user key certificate/v1"


class CertifiedKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the district signs."""

    district: uuid.UUID
    user: uuid.UUID
    device: uuid.UUID
    keys: PublicKeys
    issued: dt.datetime
    format: Literal["clinicdesk-user-keys/1"] = "clinicdesk-user-keys/1"


class UserKeyCertificate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Synced with the user; a signature names `key_id` and is verified through it."""

    certified: CertifiedKeys
    signature: bytes

    @property
    def key_id(self) -> str:
        return self.certified.keys.key_id()

    def encode(self) -> bytes:
        return msgspec.json.encode(self)


def certify(district_key: Ed25519PrivateKey, certified: CertifiedKeys) -> UserKeyCertificate:
    """Sign as the district."""
    return UserKeyCertificate(certified, sign_with(district_key, PURPOSE, canonical_struct(certified)))


def decode_certificate(content: bytes) -> UserKeyCertificate:
    """Raises `CertificateRefusedError` for what is no certificate; it is not yet verified."""
    try:
        return msgspec.json.decode(content, type=UserKeyCertificate)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CertificateRefusedError("not_readable") from error


def verify_certificate(certificate: UserKeyCertificate, district: uuid.UUID, district_public: bytes) -> CertifiedKeys:
    """What the district vouches for.

    Raises:
        CertificateRefusedError: of another district, or changed.
    """
    if certificate.certified.district != district:
        raise CertificateRefusedError("other_district")
    try:
        message = canonical_struct(certificate.certified)
        verify_signature(district_public, PURPOSE, message, certificate.signature)
    except SignatureRefusedError as error:
        raise CertificateRefusedError("does_not_verify") from error
    return certificate.certified
