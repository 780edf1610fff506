"""Electronic signatures of people (security-spec 2.6)."""

from __future__ import annotations

import datetime as dt
import uuid

import msgspec
import pytest

from clinicdesk.security.document_signatures import (
    DocumentSignature,
    Meaning,
    decode_signature,
    sign_document,
    verify_document,
)
from clinicdesk.security.errors import SignatureRefusedError
from clinicdesk.security.key_pairs import KeyPairs

KEYS = KeyPairs(bytearray(range(64)))
RECORD = {"id": "r1", "dose": "5", "unit": "mg", "witness": None, "tags": ["a", "b"]}
PDF = b"%PDF-2.0 consent"


def signed() -> DocumentSignature:
    return sign_document(
        KEYS,
        signer=uuid.UUID(int=7),
        printed_name="R. Rivera, RN",
        meaning=Meaning.WITNESSED,
        signed_at=dt.datetime(2026, 9, 1, 12, tzinfo=dt.UTC),
        record=RECORD,
        document=PDF,
    )


def test_a_signature_read_back_states_who_what_and_when() -> None:
    statement = verify_document(decode_signature(signed().encode()), KEYS.public, dict(reversed(RECORD.items())), PDF)
    assert (statement.printed_name, statement.meaning) == ("R. Rivera, RN", Meaning.WITNESSED)


@pytest.mark.parametrize(
    ("record", "document", "reason"),
    [
        ({**RECORD, "dose": "50"}, PDF, "record_changed"),
        (RECORD, PDF + b" ", "document_changed"),
        (RECORD, None, "document_changed"),
    ],
)
def test_any_later_change_invalidates_it(record: dict[str, str], document: bytes | None, reason: str) -> None:
    with pytest.raises(SignatureRefusedError) as refused:
        verify_document(signed(), KEYS.public, record, document)
    assert refused.value.reason == reason


def test_t05_another_persons_key_does_not_verify_it() -> None:
    other = KeyPairs.generate().public
    with pytest.raises(SignatureRefusedError) as refused:
        verify_document(signed(), other, RECORD, PDF)
    assert refused.value.reason == "other_key"
    claimed = msgspec.structs.replace(signed().statement, key_id=other.key_id())
    with pytest.raises(SignatureRefusedError):
        verify_document(DocumentSignature(claimed, signed().signature), other, RECORD, PDF)


@pytest.mark.parametrize(
    "change", [{"meaning": Meaning.ADMINISTERED}, {"printed_name": "Somebody"}, {"signer": uuid.UUID(int=8)}]
)
def test_the_statement_cannot_be_changed(change: dict[str, object]) -> None:
    changed = msgspec.structs.replace(signed().statement, **change)
    with pytest.raises(SignatureRefusedError) as refused:
        verify_document(DocumentSignature(changed, signed().signature), KEYS.public, RECORD, PDF)
    assert refused.value.reason == "does_not_verify"


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xff"])
def test_what_is_no_signature_is_refused(content: bytes) -> None:
    with pytest.raises(SignatureRefusedError):
        decode_signature(content)
