"""What a known device can ask of the district: sessions, pushes, pulls, digests, leases. Knows no HTTP."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import threading
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

import msgspec
import psycopg

from clinicdesk.core.clock import Clock
from clinicdesk.domain.canonical import Kind, canonical_value
from clinicdesk.domain.permissions import Act, allowed
from clinicdesk.server import digests, epochs, lost_rows, pull, records, sessions
from clinicdesk.server.adapters import Adapter, waiting_for_schema
from clinicdesk.server.authors import Authors
from clinicdesk.server.compaction import compact_before
from clinicdesk.server.database import Connection, Database
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.server.health import Health, health_of
from clinicdesk.server.judging import Sender
from clinicdesk.server.pace import Turns
from clinicdesk.server.proofs import acknowledgement
from clinicdesk.server.push import Push
from clinicdesk.server.sessions import District, KnownDevice
from clinicdesk.server.synced_tables import synced_tables
from clinicdesk.server.telling import rows_to_send
from clinicdesk.storage.district_schema import ALL_SCOPES
from clinicdesk.sync.protocol import (
    DigestReply,
    DigestRequest,
    ErrorCode,
    HeldReply,
    HeldRequest,
    LeaseReply,
    LeaseRequest,
    Outcome,
    PullPage,
    PullRequest,
    PushBatch,
    PushReply,
    RowsReply,
    RowsRequest,
    SessionOpen,
    SessionReply,
    SessionState,
)
from clinicdesk.sync.rare import NEVER, Chance, Rare
from clinicdesk.sync.versions import HISTORY, SchemaHistory

_ATTEMPTS = 4
_LEASE = dt.timedelta(minutes=60)
_ADMISSION_SECONDS = 2.0


@dataclass(slots=True)
class Exchange:
    """The district for its devices. Every method is one transaction, and may be repeated."""

    database: Database
    clock: Clock
    district: District
    max_pushes: int = 4
    rare: Chance = NEVER
    jitter: random.Random = field(default_factory=random.SystemRandom)
    history: SchemaHistory = HISTORY
    turns: Turns = field(default_factory=Turns)
    _pushes: threading.BoundedSemaphore = field(init=False)

    def __post_init__(self) -> None:
        self._pushes = threading.BoundedSemaphore(self.max_pushes)

    def health(self) -> Health:
        """How the database is; raises where it does not answer."""
        with self.database.watching() as connection:
            return health_of(connection)

    def open_session(self, device: KnownDevice, request: SessionOpen) -> SessionReply:
        _require_same(device, request.device)
        now = self.clock.now()
        with self.database.merging(device.id) as connection:
            if self.rare.takes(Rare.COMPACTION):
                compact_before(connection, now)
            epoch = sessions.settled_epoch(connection, request, device, now, self.district.key)
            key, history = self.district.key, self.history
            state, nonce = sessions.judge_session(connection, request, device, epoch, now, key, history)
            if state in {SessionState.CONTINUE, SessionState.EPOCH_CHANGED}:
                self._let_in(connection, device, now)
        district = replace(self.district, epoch=epoch)
        with self.database.reading(ALL_SCOPES) as connection:
            return sessions.opening(connection, request, device, district, state, nonce, now, self.history)

    def push(self, device: KnownDevice, batch: PushBatch) -> PushReply:
        """Take a batch. A clash with another push is tried again; the answer is the same however often it comes."""
        _require_same(device, batch.device)
        with self.turns.of(device.id), self._admitted():
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    reply = self._push_once(device, batch)
                except (
                    psycopg.errors.DeadlockDetected,
                    psycopg.errors.SerializationFailure,
                    psycopg.errors.UniqueViolation,
                ):
                    # Another connection took one of these mutations, or waits for what we hold (s4).
                    if attempt == _ATTEMPTS:
                        raise
                else:
                    if self.rare.takes(Rare.LATE_RECEIPT):
                        raise self._busy()
                    return reply
        raise AssertionError

    def pull(self, device: KnownDevice, request: PullRequest) -> PullPage:
        _require_active(device)
        scopes = self._scopes(device, request.scopes, request.acked)
        if request.cursor is not None and self.rare.takes(Rare.FORGOTTEN_CURSOR):
            raise RefusedRequestError(ErrorCode.CURSOR_UNKNOWN)
        with self.database.reading(ALL_SCOPES if device.everything else scopes) as connection:
            page = pull.page(connection, request, device.id, scopes, self.district.key)
        return msgspec.structs.replace(page, tables=Adapter(self.history).rows(page.tables, request.schema))

    def outcomes(self, device: KnownDevice, request: HeldRequest) -> HeldReply:
        """What became of items that were held, with the rows that are not what their author wrote."""
        _require_active(device)
        with self.database.merging(device.id) as connection:
            found = {
                mutation: receipt.result
                for mutation, receipt in records.receipts_of(connection, request.mutations).items()
                if receipt.device == device.id
            }
            wanted: dict[str, dict[str, None]] = {}
            for table, key, mutation in connection.execute(
                "SELECT table_name, row_id::text, mutation_id::text FROM change_history"
                " WHERE mutation_id = ANY(%s::uuid[])",
                (list(found),),
            ):
                if found[mutation].outcome in {Outcome.MERGED, Outcome.CONFLICT}:
                    wanted.setdefault(table, {})[key] = None
            scopes = sessions.device_scopes(connection, device, self.district.id)
            rows = rows_to_send(connection, wanted, {}, scopes)
        return HeldReply(found, Adapter(self.history).rows(rows, request.schema))

    def digests(self, device: KnownDevice, request: DigestRequest) -> DigestReply:
        _require_active(device)
        scopes = self._scopes(device, [request.scope])
        with self.database.reading(ALL_SCOPES if device.everything else scopes) as connection:
            return digests.answer(connection, request)

    def rows(self, device: KnownDevice, request: RowsRequest) -> RowsReply:
        _require_active(device)
        if request.table not in synced_tables():
            raise RefusedRequestError(ErrorCode.BAD_BODY, problem="unknown_table")
        scopes = self._scopes(device, ())
        with self.database.reading(ALL_SCOPES if device.everything else scopes) as connection:
            restored = lost_rows.versions_at_restore(connection, request.table, request.keys)
            rows = pull.fetch_rows(connection, request.table, request.keys)
            shown = Adapter(self.history).rows(rows, request.schema)
            return RowsReply(shown, epochs.current(connection), restored)

    def import_lease(self, device: KnownDevice, request: LeaseRequest) -> LeaseReply:
        """The one roster import at a time: a device with all scopes, a user with district authority (D5)."""
        _require_active(device)
        now = self.clock.now()
        with self.database.merging(device.id) as connection:
            if request.release:
                # The row stays: it says whose import the next rows of an import are.
                connection.execute("UPDATE import_leases SET expires_at = %s WHERE device_id = %s", (now, device.id))
                return LeaseReply(granted=False, reason="released")
            if not device.everything:
                return LeaseReply(granted=False, reason="not_all_scopes")
            authors = Authors()
            authors.read(connection, [request.user])
            actor = authors.known.get(request.user)
            if actor is None or not allowed(actor, Act.IMPORT_ROSTER, at=now):
                return LeaseReply(granted=False, reason="role")
            taken = connection.execute(
                "INSERT INTO import_leases AS l (id, device_id, user_id, taken_at, expires_at)"
                " VALUES (1, %s, %s, %s, %s) ON CONFLICT (id) DO UPDATE SET device_id = excluded.device_id,"
                " user_id = excluded.user_id, taken_at = excluded.taken_at, expires_at = excluded.expires_at"
                " WHERE l.device_id = excluded.device_id OR l.expires_at IS NULL OR l.expires_at <= %s RETURNING 1",
                (device.id, request.user, now, now + _LEASE, now),
            ).fetchone()
            if taken is None:
                holder = connection.execute("SELECT user_id::text FROM import_leases").fetchone()
                return LeaseReply(granted=False, holder=None if holder is None else holder[0], reason="taken")
            return LeaseReply(granted=True, expires_at=str(canonical_value(Kind.INSTANT, now + _LEASE)))

    def _push_once(self, device: KnownDevice, batch: PushBatch) -> PushReply:
        now = self.clock.now()
        with self.database.merging(device.id) as connection:
            # One push of a device at a time: a doubled one finds the receipts of the first (s4).
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (lock_of(device.id),))
            sessions.note_acknowledged(connection, device.id, batch.acked)
            push = self._push(connection, device, now, sessions.skew_of(batch.clock, now))
            epoch = epochs.current(connection)
            if batch.epoch not in {None, epoch} and not device.revoked:
                # What it rests on was numbered otherwise: the session begins anew and says so (s17).
                raise RefusedRequestError(ErrorCode.EPOCH_CHANGED)
            if device.revoked:
                answer = push.quarantine(batch)
            elif (batch.reader or batch.schema) < self.history.oldest_served:
                answer = push.keep_for_upgrade(batch)
            else:
                answer = push.run(batch)
        adapter = Adapter(self.history)
        return PushReply(
            batch.batch,
            epoch,
            answer.written.commit,
            adapter.results(batch, answer.results, batch.schema),
            adapter.rows(answer.rows, batch.reader or batch.schema),
            answer.released,
            str(canonical_value(Kind.INSTANT, now)),
            acknowledgement(self.district.key, device.id, batch.items[-1].mutation) if batch.items else None,
        )

    def _let_in(self, connection: Connection, device: KnownDevice, now: dt.datetime) -> None:
        """Program and district understand each other: what waited for that goes in, and is told when asked (s22)."""
        if not waiting_for_schema(connection, device.id, self.history):
            return
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (lock_of(device.id),))
        waiting = waiting_for_schema(connection, device.id, self.history)
        self._push(connection, device, now).release(waiting, None, None)

    def _push(
        self, connection: Connection, device: KnownDevice, now: dt.datetime, skew: dt.timedelta = dt.timedelta()
    ) -> Push:
        scopes = sessions.device_scopes(connection, device, self.district.id)
        sender = Sender(device.id, scopes, device.last_seq, now, skew)
        return Push(connection, self.district.id, self.district.system_user, sender, now, self.history)

    def _scopes(self, device: KnownDevice, asked: Collection[str], acked: int = 0) -> list[str]:
        """The device's scopes, of which every one asked for must be."""
        # A crash that forgets the note leaves what a lost pull would have left: it comes with the next session.
        with self.database.merging(device.id, durable=False) as connection:
            scopes = sessions.scopes_of(connection, device, self.district.id)
            sessions.note_acknowledged(connection, device.id, acked)
        if not set(asked) <= set(scopes):
            raise RefusedRequestError(ErrorCode.SCOPE)
        return scopes

    @contextlib.contextmanager
    def _admitted(self) -> Iterator[None]:
        """A few pushes at a time; the rest are told when to come again (s57)."""
        if self.rare.takes(Rare.BUSY) or not self._pushes.acquire(timeout=_ADMISSION_SECONDS):
            raise self._busy()
        try:
            yield
        finally:
            self._pushes.release()

    def _busy(self) -> RefusedRequestError:
        return RefusedRequestError(ErrorCode.BUSY, seconds=self.jitter.randint(2, 6))


def lock_of(device: str) -> int:
    """The advisory lock under which one thing at a time is done for a device."""
    return int.from_bytes(uuid.UUID(device).bytes[8:], "big", signed=True)


def _require_same(device: KnownDevice, named: str) -> None:
    if device.id != named:
        raise RefusedRequestError(ErrorCode.BAD_SIGNATURE, problem="other_device")


def _require_active(device: KnownDevice) -> None:
    if device.revoked:
        raise RefusedRequestError(ErrorCode.REVOKED)
