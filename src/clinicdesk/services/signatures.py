"""A person's electronic signature of a row, written beside it in one transaction (security-spec 2.6, D33)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.core.errors import UserFacingError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.canonical import canonical_value
from clinicdesk.models import Signature, UserKey
from clinicdesk.models.enums import KeyPurpose, SignatureMeaning
from clinicdesk.models.registry import canonical_kind, wire_columns
from clinicdesk.security.canonical_json import JsonValue
from clinicdesk.security.document_signatures import Meaning, sign_document
from clinicdesk.security.key_pairs import KeyPairs

_MEANINGS = {
    SignatureMeaning.ADMINISTERED: Meaning.ADMINISTERED,
    SignatureMeaning.WITNESSED: Meaning.WITNESSED,
    SignatureMeaning.COUNTED: Meaning.COUNTED,
    SignatureMeaning.RECORDED: Meaning.DOCUMENTED,
    SignatureMeaning.AMENDED: Meaning.AMENDED,
    SignatureMeaning.CONSENTED: Meaning.CONSENTED,
    SignatureMeaning.REVIEWED: Meaning.REVIEWED,
    SignatureMeaning.APPROVED: Meaning.APPROVED,
}


class SigningKeyUnknownError(UserFacingError):
    """The district has not sent back this person's key for this workstation yet; nothing was written."""

    code = "signing_key_unknown"


@dataclass(frozen=True, slots=True)
class Signer:
    """A person with the own keys at hand: signed in, or just proved by password."""

    user_id: uuid.UUID
    name: str
    keys: KeyPairs


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRow:
    """The row that is signed: its table, key and columns, and whose it is."""

    table: str
    id: uuid.UUID
    values: Mapping[str, Any]
    student: uuid.UUID | None
    school: uuid.UUID | None
    version: int = 0


def record_of(table: str, values: Mapping[str, Any]) -> dict[str, JsonValue]:
    """The columns that travel, in wire form (D20): what a signature of the row is over."""
    return {
        name: canonical_value(canonical_kind(table, name), values[name])
        for name in wire_columns(table)
        if values.get(name) is not None
    }


def sign_row(
    session: Session,
    row: SignedRow,
    by: Signer,
    meaning: SignatureMeaning,
    at: dt.datetime,
    zone_offset_minutes: int,
    device: uuid.UUID,
    key: uuid.UUID | None = None,
) -> uuid.UUID:
    """Write the signature of `row`; `key` where the row itself names the signature.

    Raises:
        SigningKeyUnknownError: the signer's public key is not among the district's.
    """
    signature_id = key or new_id()
    signed = sign_document(
        by.keys,
        signer=by.user_id,
        printed_name=by.name,
        meaning=_MEANINGS[meaning],
        signed_at=at,
        record=record_of(row.table, row.values),
    )
    session.add(
        Signature(
            id=signature_id,
            table_name=row.table,
            row_id=row.id,
            signed_version=row.version,
            student_id=row.student,
            school_id=row.school,
            signer_id=by.user_id,
            signer_name=by.name,
            meaning=meaning,
            record_hash=signed.statement.record_hash.hex(),
            user_key_id=_user_key(session, by, device),
            signature=signed.encode(),
            made_at=at,
            zone_offset_minutes=zone_offset_minutes,
        )
    )
    return signature_id


def _user_key(session: Session, by: Signer, device: uuid.UUID) -> uuid.UUID:
    found = session.scalar(
        sa.select(UserKey.id).where(
            UserKey.user_id == by.user_id,
            UserKey.device_id == device,
            UserKey.purpose == KeyPurpose.SIGNING,
            UserKey.public_key == by.keys.public.signing,
            UserKey.revoked_at.is_(None),
            UserKey.deleted_at.is_(None),
        )
    )
    if found is None:
        raise SigningKeyUnknownError
    return found
