"""The district's own audit chain: what it refused, and what a person decided about it (s59, T17, D34)."""

from __future__ import annotations

import datetime as dt
import enum
import threading
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from clinicdesk.core.clock import Clock
from clinicdesk.domain.merge import ConflictKind
from clinicdesk.models.enums import AuditAction, Severity, WritePurpose
from clinicdesk.security.audit_chain import GENESIS
from clinicdesk.server.database import Connection, Database
from clinicdesk.storage.audit import AuditEntry, AuditTrail, Head
from clinicdesk.storage.context import WorkContext
from clinicdesk.sync.protocol import ItemResult, Outcome

APP_VERSION = "district"
_LOCK = int.from_bytes(b"district", "big", signed=True)
_PURPOSE = WritePurpose.SYNC

DOUBTED = frozenset({"scope", "role", "author_inactive", "no_lease", "device_revoked"})
"""Reasons that put an item before a person."""


@dataclass(frozen=True, slots=True)
class DistrictTrail:
    """Appends to the chain whose device is the district itself. Its rows hold identifiers, counts and codes alone."""

    district: str

    def append(
        self,
        connection: Connection,
        now: dt.datetime,
        action: AuditAction,
        result: str,
        facts: Mapping[str, Any],
        *,
        by: str | None = None,
        is_phi: bool = False,
        severity: Severity = Severity.MEDIUM,
    ) -> None:
        """One row, in the transaction it speaks of; other writers of the chain wait for that transaction."""
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        last = connection.execute(
            "SELECT seq, hash FROM audit_logs WHERE device_id = %s ORDER BY seq DESC LIMIT 1", (self.district,)
        ).fetchone()
        head = Head(0, GENESIS) if last is None else Head(last[0], bytes.fromhex(last[1]))
        trail = AuditTrail(_At(now), uuid.UUID(self.district), APP_VERSION, "UTC", _nothing_to_seal)
        work = WorkContext(None if by is None else uuid.UUID(by), _PURPOSE)
        entry = AuditEntry(action, "SyncInbox", facts=facts, is_phi=is_phi, severity=severity, result=result[:40])
        row = {**trail.row_after(head, work, now, entry), "row_version": 1, "tags": []}
        names = list(row)
        connection.execute(
            sql.SQL("INSERT INTO audit_logs ({}) VALUES ({})").format(
                sql.SQL(", ").join(map(sql.Identifier, names)), sql.SQL(", ").join([sql.Placeholder()] * len(names))
            ),
            [_adapted(row[name]) for name in names],
        )


def note_refusals(
    connection: Connection, district: str, device: str, results: Iterable[ItemResult], now: dt.datetime
) -> None:
    """One row for each reason for which items of a push were refused or put before a person (s59, T17)."""
    reasons = Counter(reason for result in results if (reason := _refusal(result)) is not None)
    for reason, items in sorted(reasons.items()):
        facts = {"device": device, "items": items}
        DistrictTrail(district).append(connection, now, AuditAction.DENIED, reason, facts)


def _refusal(result: ItemResult) -> str | None:
    """The word of an item that a person has to look at; what only waits for its parent is no refusal."""
    if result.outcome is Outcome.CONFLICT:
        return "diverged" if result.reason == ConflictKind.DIVERGED else None
    if result.outcome is Outcome.REJECTED:
        return result.reason or "rejected"
    doubted = result.outcome is Outcome.HELD and result.reason in DOUBTED
    return result.reason if doubted else None


@dataclass(slots=True)
class RefusalNotes:
    """Audit rows of requests that were refused whole: one a minute for each device and reason, with their number.

    A broken or hostile client can send thousands; the trail says so in one row, not in thousands.
    """

    database: Database
    clock: Clock
    trail: DistrictTrail
    every_seconds: float = 60.0
    most_places: int = 10_000
    _seen: dict[tuple[str | None, str], tuple[float, int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, reason: str, path: str, device: str | None) -> None:
        """Say that a request was refused; the first at once, the next ones together."""
        times = self._due((device, reason))
        if not times:
            return
        facts = {"device": device, "path": path, "times": times}
        with self.database.merging(self.trail.district) as connection:
            self.trail.append(connection, self.clock.now(), AuditAction.DENIED, reason, facts)

    def _due(self, place: tuple[str | None, str]) -> int:
        """How many refusals the row due now speaks of; none is due yet at 0."""
        now = self.clock.monotonic()
        with self._lock:
            written, waiting = self._seen.get(place, (now - self.every_seconds, 0))
            if now - written < self.every_seconds:
                self._seen[place] = (written, waiting + 1)
                return 0
            if len(self._seen) >= self.most_places:
                self._seen.clear()
            self._seen[place] = (now, 0)
            return waiting + 1


@dataclass(frozen=True, slots=True)
class _At:
    """The moment of the transaction."""

    moment: dt.datetime

    def now(self) -> dt.datetime:
        return self.moment

    def monotonic(self) -> float:
        return 0.0


def _adapted(value: object) -> object:
    if isinstance(value, enum.Enum):
        return value.value
    return Jsonb(value) if isinstance(value, dict | list) else value


def _nothing_to_seal(student: uuid.UUID | None, column: str, row: uuid.UUID, plain: bytes) -> bytes:
    raise ValueError("the district holds no keys to seal with")
