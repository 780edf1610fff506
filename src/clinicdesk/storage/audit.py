"""The audit trail of this device: one hash chain, appended to inside the transaction it speaks of (2.5, D34)."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.core.clock import Clock
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.canonical import Kind, canonical_value
from clinicdesk.models.core import AuditLog
from clinicdesk.models.enums import AuditAction, ComplianceType, Severity
from clinicdesk.security.audit_chain import GENESIS, Plain, first_broken, record_hash
from clinicdesk.storage.context import WorkContext

Sealer = Callable[[uuid.UUID | None, str, uuid.UUID, bytes], bytes]
"""Seals a value of (student or none, column, row) under the student's key or the district data key (D32)."""

DONE = "DONE"

UPTIME_WRAPS_NS = 2**53
"""A machine that has run for 104 days has more nanoseconds than an integer on the wire may have (D20)."""

_TABLE: sa.Table = AuditLog.__table__  # type: ignore[assignment]  # declared as a FromClause
# Read in storage form: on SQLCipher that is the canonical text already, and ten times faster than typed objects.
_CHAINED = tuple(
    sa.type_coerce(_TABLE.c[name], sa.types.NullType()).label(name)
    for name in (
        "seq", "prev_hash", "hash", "occurred_at", "zone", "monotonic_ns", "device_id", "app_version", "user_id",
        "role", "session_id", "action", "entity_type", "entity_id", "student_id", "purpose", "result", "details_hash",
    )
)  # fmt: skip


_INSERT = sa.insert(_TABLE)
_LAST = (
    sa.select(_TABLE.c.seq, _TABLE.c.hash)
    .where(_TABLE.c.device_id == sa.bindparam("device"), _TABLE.c.seq > 0)
    .order_by(_TABLE.c.seq.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What one audit row says of an act.

    `entity_type` is a model's name, `entity_id` null for acts on many rows. `changes`, `previous` and `new` are
    sealed under the key of `student_id` (the district's where there is none) and may hold clinical values; `facts`
    are counts, identifiers and keyed hashes only. `result` is DONE or the code of the error.
    """

    action: AuditAction
    entity_type: str
    entity_id: uuid.UUID | None = None
    student_id: uuid.UUID | None = None
    changes: Mapping[str, Any] | None = None
    previous: Mapping[str, Any] | None = None
    new: Mapping[str, Any] | None = None
    facts: Mapping[str, Any] | None = None
    is_phi: bool = True
    severity: Severity = Severity.LOW
    compliance: ComplianceType = ComplianceType.FERPA
    result: str = DONE

    def failed(self, code: str) -> AuditEntry:
        """The same act, tried and not done; it names no values."""
        return replace(self, result=code, changes=None, previous=None, new=None)


@dataclass(frozen=True, slots=True)
class Head:
    """The last record of a chain."""

    seq: int
    hash: bytes


class AuditTrail:
    """Appends to the chain of one device. Callers hold the database's write lock, so `seq` has no gap and no twin."""

    def __init__(self, clock: Clock, device: uuid.UUID, app_version: str, zone: str, seal: Sealer) -> None:
        self._clock = clock
        self._device = device
        self._app_version = app_version
        self._zone = zone
        self._seal = seal

    def append(self, session: Session, work: WorkContext, at: dt.datetime, entries: list[AuditEntry]) -> Head:
        """Write one row per entry; returns the new head, which the anchor takes over once the commit stands."""
        head = chain_head(session, self._device)
        rows = []
        for entry in entries:
            row = self.row_after(head, work, at, entry)
            head = Head(row["seq"], bytes.fromhex(row["hash"]))
            rows.append(row)
        session.connection().execute(_INSERT, rows)
        return head

    def row_after(self, head: Head, work: WorkContext, at: dt.datetime, entry: AuditEntry) -> dict[str, Any]:
        """The columns of the record that follows `head`."""
        key = new_id()
        sealed = {
            "changes": self._sealed(entry.student_id, "changes", key, entry.changes),
            "previous_values": self._sealed(entry.student_id, "previous_values", key, entry.previous),
            "new_values": self._sealed(entry.student_id, "new_values", key, entry.new),
        }
        facts = dict(entry.facts) if entry.facts else None
        row: dict[str, Any] = {
            "id": key,
            "seq": head.seq + 1,
            "prev_hash": head.hash.hex(),
            "occurred_at": at,
            "zone": self._zone,
            "monotonic_ns": int(self._clock.monotonic() * 1_000_000_000) % UPTIME_WRAPS_NS,
            "device_id": self._device,
            "app_version": self._app_version,
            "user_id": work.author,
            "user_name": work.author_name,
            "role": work.role,
            "grant_id": work.grant,
            "session_id": work.session_id,
            "action": entry.action,
            "entity_type": entry.entity_type,
            "entity_id": entry.entity_id,
            "student_id": entry.student_id,
            "purpose": work.purpose,
            "result": entry.result,
            "success": entry.result == DONE,
            "error_message": None if entry.result == DONE else entry.result,
            "is_phi": entry.is_phi,
            "severity": entry.severity,
            "compliance_type": entry.compliance,
            "metadata": facts,
            "details_hash": _details_hash(facts, sealed),
            "created_at": at,
            "updated_at": at,
            "created_by": work.author,
            "updated_by": work.author,
            "scope_id": self._device,
            **sealed,
        }
        row["hash"] = record_hash(head.hash, _record(row)).hex()
        return row

    def _sealed(
        self, student: uuid.UUID | None, column: str, key: uuid.UUID, values: Mapping[str, Any] | None
    ) -> bytes | None:
        if values is None:
            return None
        return self._seal(student, column, key, msgspec.json.encode(values, order="sorted"))


def chain_head(session: Session, device: uuid.UUID) -> Head:
    """The last record of a device's chain, or the genesis."""
    last = session.connection().execute(_LAST, {"device": device}).first()
    return Head(0, GENESIS) if last is None else Head(last.seq, bytes.fromhex(last.hash))


def verify_chain(session: Session, device: uuid.UUID) -> int | None:
    """The first bad `seq` of a device's chain; None if it holds (T10). A cut-off tail is found by the anchor alone."""
    query = sa.select(*_CHAINED).where(_TABLE.c.device_id == device, _TABLE.c.seq > 0).order_by(_TABLE.c.seq)
    return first_broken(_records(session.execute(query).yield_per(2000)))


def _records(rows: sa.Result[*tuple[Any, ...]]) -> Iterator[tuple[int, bytes, bytes, Mapping[str, Plain]]]:
    names = tuple(rows.keys())
    for row in rows:
        record = dict(zip(names, row, strict=True))
        yield record["seq"], _from_hex(record["prev_hash"]), _from_hex(record["hash"]), _record(record)


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""  # whoever wrote that broke the chain here


def _record(row: Mapping[str, Any]) -> dict[str, Plain]:
    """The record of `security-spec.md` 2.5 from the columns of a row; 64-bit counts travel as text."""
    return {
        "seq": row["seq"],
        "utc": str(canonical_value(Kind.INSTANT, row["occurred_at"])),
        "zone": row["zone"],
        "monotonic": str(row["monotonic_ns"]),
        "device": str(row["device_id"]),
        "app_version": row["app_version"],
        "actor": _text(row["user_id"]),
        "role": _text(row["role"]),
        "session": row["session_id"],
        "action": str(row["action"]),
        "object_type": row["entity_type"],
        "object_id": _text(row["entity_id"]),
        "student_id": _text(row["student_id"]),
        "purpose": str(row["purpose"]),
        "result": row["result"],
        "details_hash": row["details_hash"],
        "prev": row["prev_hash"],
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _details_hash(facts: Mapping[str, Any] | None, sealed: Mapping[str, bytes | None]) -> str | None:
    """Binds the facts and the sealed bytes to the record; erasing them later leaves the chain whole."""
    if facts is None and not any(sealed.values()):
        return None
    digest = hashlib.sha256(b"audit-details/v1")
    for part in (msgspec.json.encode(facts, order="sorted"), *(value or b"" for value in sealed.values())):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
