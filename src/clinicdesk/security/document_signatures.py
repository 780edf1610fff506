"""Electronic signatures of people (security-spec 2.6): Ed25519 over canonical record, document hash and meaning."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import uuid
from collections.abc import Mapping
from typing import Literal

import msgspec

from clinicdesk.security.canonical_json import JsonValue, canonical, canonical_struct
from clinicdesk.security.errors import SignatureRefusedError
from clinicdesk.security.key_pairs import KeyPairs, PublicKeys

_PURPOSE = "document signature/v1"


class Meaning(enum.StrEnum):
    """What a person states by signing; shown on every rendering."""

    ADMINISTERED = "ADMINISTERED"
    WITNESSED = "WITNESSED"
    COUNTED = "COUNTED"
    DOCUMENTED = "DOCUMENTED"
    AMENDED = "AMENDED"
    CONSENTED = "CONSENTED"
    WITHDREW = "WITHDREW"
    REVIEWED = "REVIEWED"
    APPROVED = "APPROVED"


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is signed: who, what it means, when, and the hashes of the record and of the document, if there is one."""

    signer: uuid.UUID
    printed_name: str
    meaning: Meaning
    signed_at: dt.datetime
    record_hash: bytes
    document_hash: bytes | None
    key_id: str
    format: Literal["clinicdesk-signature/1"] = "clinicdesk-signature/1"


class DocumentSignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A statement and the signer's Ed25519 signature of it."""

    statement: Statement
    signature: bytes

    def encode(self) -> bytes:
        return msgspec.json.encode(self)


def record_hash(record: Mapping[str, JsonValue]) -> bytes:
    """SHA-256 of the record in canonical JSON; values are in the wire form of D20."""
    return hashlib.sha256(b"clinicdesk record/v1\0" + canonical(record)).digest()


def sign_document(
    keys: KeyPairs,
    *,
    signer: uuid.UUID,
    printed_name: str,
    meaning: Meaning,
    signed_at: dt.datetime,
    record: Mapping[str, JsonValue],
    document: bytes | None = None,
) -> DocumentSignature:
    """Sign as the person who has just given her password."""
    document_hash = None if document is None else hashlib.sha256(document).digest()
    key_id = keys.public.key_id()
    statement = Statement(signer, printed_name, meaning, signed_at, record_hash(record), document_hash, key_id)
    return DocumentSignature(statement, keys.sign(_PURPOSE, canonical_struct(statement)))


def decode_signature(content: bytes) -> DocumentSignature:
    """Raises `SignatureRefusedError` for what is no signature; it is not yet verified."""
    try:
        return msgspec.json.decode(content, type=DocumentSignature)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SignatureRefusedError("not_readable") from error


def verify_document(
    signature: DocumentSignature, keys: PublicKeys, record: Mapping[str, JsonValue], document: bytes | None = None
) -> Statement:
    """The statement, if these keys signed it over this record and document.

    Raises:
        SignatureRefusedError: other_key, record_changed, document_changed, does_not_verify.
    """
    statement = signature.statement
    if statement.key_id != keys.key_id():
        raise SignatureRefusedError("other_key")
    keys.verify(_PURPOSE, canonical_struct(statement), signature.signature)
    if statement.record_hash != record_hash(record):
        raise SignatureRefusedError("record_changed")
    if statement.document_hash != (None if document is None else hashlib.sha256(document).digest()):
        raise SignatureRefusedError("document_changed")
    return statement
