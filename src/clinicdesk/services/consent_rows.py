"""Columns of the signature log: how one row follows on another, and the tables' words for ours."""

from __future__ import annotations

import hashlib
from typing import Any

from clinicdesk.models import ConsentSignature
from clinicdesk.models.base import STAMPS
from clinicdesk.models.enums import ConsentDecision, EntryKind, SigningMethod
from clinicdesk.services.consent_values import How

_METHODS = {
    How.PEN: SigningMethod.PEN,
    How.MARK: SigningMethod.PEN,
    How.TYPED: SigningMethod.ELECTRONIC,
    How.PAPER: SigningMethod.PAPER,
    How.PHONE: SigningMethod.PHONE,
}


def columns() -> list[str]:
    """The columns that a person's act fills."""
    return [column.key for column in ConsentSignature.__table__.columns if column.key not in STAMPS | {"id"}]


def copied(row: ConsentSignature) -> dict[str, Any]:
    """The columns of a row for the row that follows on it."""
    return {name: getattr(row, name) for name in columns()}


def follows(row: ConsentSignature, kind: EntryKind, reason: str) -> dict[str, Any]:
    """What makes a row the next one of a chain (D1)."""
    return {
        "supersedes_id": row.id,
        "revision": row.revision + 1,
        "entry_kind": kind,
        "correction_reason": reason,
    }


def method_of(how: How) -> SigningMethod:
    return _METHODS[how]


def decision_of(*, refused: bool) -> ConsentDecision:
    return ConsentDecision.REFUSED if refused else ConsentDecision.GRANTED


def document_hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
