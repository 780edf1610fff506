"""The opening of a session: is it this device, does it know what it once knew, what is new for it (s13, s15, s17)."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from clinicdesk.core.identifiers import random_id
from clinicdesk.domain.canonical import CanonicalError, Kind, canonical_value, python_value
from clinicdesk.domain.permissions import Act, allowed
from clinicdesk.server import epochs
from clinicdesk.server.authors import Authors
from clinicdesk.server.cursors import proves_rewind, read_cursor, require_known
from clinicdesk.server.database import Connection
from clinicdesk.server.digests import roots_of
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.server.proofs import ProofKey, read_key, was_acknowledged
from clinicdesk.server.scopes import DeviceScopes
from clinicdesk.sync.protocol import (
    PROTOCOL,
    UNASSIGNED,
    ErrorCode,
    ScopeState,
    SessionOpen,
    SessionReply,
    SessionState,
)
from clinicdesk.sync.versions import HISTORY, SchemaHistory

CURSOR_LIFE = dt.timedelta(days=100)
"""A cursor that stands so long is renewed though nothing changed in its scope."""

RECEIPT_LIFE = dt.timedelta(days=400)
"""A workstation that was away for a year may still send an item again (s1, s9)."""


@dataclass(frozen=True, slots=True)
class District:
    """What the server knows of itself, read at start."""

    id: str
    name: str
    epoch: str
    system_user: str | None
    key: ProofKey


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device as its row says."""

    id: str
    status: str
    signing_key: bytes
    everything: bool
    schools: tuple[str, ...]
    last_seq: int

    @property
    def revoked(self) -> bool:
        return self.status == "REVOKED"


def read_district(connection: Connection) -> District:
    """Raises: RefusedRequestError: the schema is there, the district is not."""
    found = connection.execute(
        "SELECT s.district_id::text, d.name, s.epoch::text,"
        " (SELECT id::text FROM users WHERE role = 'SYSTEM' AND deleted_at IS NULL LIMIT 1)"
        " FROM server_state s JOIN districts d ON d.id = s.district_id"
    ).fetchone()
    if found is None:
        raise RefusedRequestError(ErrorCode.NOT_READY)
    district, name, epoch, system_user = found
    return District(district, name, epoch, system_user, read_key(connection))


def read_device(connection: Connection, device: str) -> KnownDevice | None:
    found = connection.execute(
        "SELECT id::text, status, signing_key, scope_all, school_ids, coalesce(last_seq, 0) FROM devices WHERE id = %s",
        (device,),
    ).fetchone()
    if found is None:
        return None
    name, status, key, everything, schools, last_seq = found
    return KnownDevice(name, status, key, everything, tuple(schools or ()), last_seq)


def scopes_of(connection: Connection, device: KnownDevice, district: str) -> list[str]:
    """The scopes a device pulls, the district's first: rows of schools refer to its rows.

    The one of students without a school is among all of them also while it is empty: a session does not lose it.
    """
    if not device.everything:
        return [district, *sorted(device.schools)]
    found = connection.execute("SELECT DISTINCT scope_id::text FROM scope_members ORDER BY 1").fetchall()
    schools = {scope for (scope,) in found} - {district, UNASSIGNED}
    return [district, *sorted(schools), UNASSIGNED]


def device_scopes(connection: Connection, device: KnownDevice, district: str) -> DeviceScopes:
    return DeviceScopes(device.everything, frozenset(scopes_of(connection, device, district)))


def settled_epoch(
    connection: Connection, request: SessionOpen, device: KnownDevice, now: dt.datetime, key: ProofKey
) -> str:
    """The present epoch; a new one where this device proves that the database was set back unnoticed (s17, s18)."""
    epoch = epochs.current(connection)
    if request.epoch != epoch or device.revoked or not _knows_more(connection, request, device, epoch, now, key):
        return epoch
    # Of devices that come at once with such a proof one begins the epoch; the others find it.
    connection.execute("SELECT 1 FROM server_state FOR UPDATE")
    if epochs.current(connection) == epoch:
        return epochs.begin(connection, "workstation", now)
    return epochs.current(connection)


def _knows_more(
    connection: Connection, request: SessionOpen, device: KnownDevice, epoch: str, now: dt.datetime, key: ProofKey
) -> bool:
    """Whether it holds a cursor, or an acknowledgement, that this district gave and does not remember."""
    for token in set(request.cursors.values()):
        try:
            cursor = read_cursor(token, epoch, key)
        except RefusedRequestError:
            continue
        if proves_rewind(connection, cursor):
            return True
    # What anybody could say of a lost acknowledgement would be a way to set the whole district back (s59).
    if request.last_mutation is None or not was_acknowledged(key, device.id, request.last_mutation, request.proof):
        return False
    found = connection.execute(
        "SELECT d.last_mutation_id IS NOT DISTINCT FROM %s::uuid OR d.incarnation <> %s"
        " OR d.last_seen_at IS NULL OR d.last_seen_at < %s"
        " OR EXISTS (SELECT FROM sync_receipts r WHERE r.mutation_id = %s) FROM devices d WHERE d.id = %s",
        (request.last_mutation, request.incarnation, now - RECEIPT_LIFE, request.last_mutation, device.id),
    ).fetchone()
    return found is not None and not found[0]


def judge_session(
    connection: Connection,
    request: SessionOpen,
    device: KnownDevice,
    epoch: str,
    now: dt.datetime,
    key: ProofKey,
    history: SchemaHistory = HISTORY,
) -> tuple[SessionState, str]:
    """What this device is, and the nonce of its next session; called in the transaction that remembers both."""
    stored = connection.execute(
        "SELECT incarnation, acked_items, session_nonce::text, previous_nonce::text FROM devices"
        " WHERE id = %s FOR UPDATE",
        (device.id,),
    ).fetchone()
    assert stored is not None
    incarnation, acked, nonce, previous = stored
    state = _state(request, device, epoch, (incarnation, acked, nonce, previous), history)
    # At its first contact after a restore the device may have recovered in the time that the district lost.
    restored = nonce is None and state is SessionState.EPOCH_CHANGED
    recovers = request.incarnation > incarnation and not restored
    if recovers and not device.revoked and not _may_recover(connection, request.user, now):
        state = SessionState.REWOUND
    used = request.nonce or nonce
    fresh = _following(used)
    if state in {SessionState.CONTINUE, SessionState.EPOCH_CHANGED, SessionState.UPGRADE_NEEDED}:
        connection.execute(
            "UPDATE devices SET incarnation = %s, acked_items = %s, last_mutation_id = %s, session_nonce = %s,"
            " previous_nonce = %s, last_seen_at = %s, app_version = %s, last_seq = %s WHERE id = %s",
            (
                request.incarnation,
                request.acked,
                request.last_mutation,
                fresh,
                used,
                now,
                request.client[:40],
                _acknowledged(request, epoch, key),
                device.id,
            ),
        )
    else:
        connection.execute("UPDATE devices SET last_seen_at = %s WHERE id = %s", (now, device.id))
        fresh = request.nonce or fresh
    return state, fresh


def _state(
    request: SessionOpen,
    device: KnownDevice,
    epoch: str,
    stored: tuple[int, int, str | None, str | None],
    history: SchemaHistory,
) -> SessionState:
    incarnation, acked, nonce, previous = stored
    if device.revoked:
        return SessionState.REVOKED
    if request.incarnation < incarnation:
        return SessionState.CLONED
    # A recovery that an authorised person confirmed says so by its incarnation: it may know less (D26).
    if request.incarnation == incarnation:
        if nonce is not None and request.nonce not in {nonce, previous} and not _follows(request.nonce, previous):
            return SessionState.CLONED
        if request.acked < acked:
            return SessionState.REWOUND
    if request.schema < history.oldest_served or request.protocol < PROTOCOL:
        return SessionState.UPGRADE_NEEDED
    if request.epoch is not None and request.epoch != epoch:
        return SessionState.EPOCH_CHANGED
    return SessionState.CONTINUE


def _following(used: str | None) -> str:
    """A nonce that shows which one it was given for.

    A session that is opened twice on one nonce, because an answer was lost or a request came late, gives two of them.
    Either is good until one is used; from then on the other belongs to a second machine (s15).
    """
    return str(uuid.UUID(bytes=_mark(used) + random_id().bytes[8:]))


def _follows(nonce: str | None, used: str | None) -> bool:
    return nonce is not None and uuid.UUID(nonce).bytes[:8] == _mark(used)


def _mark(used: str | None) -> bytes:
    return hashlib.blake2b((used or "").encode(), digest_size=8).digest()


def _may_recover(connection: Connection, user: str | None, now: dt.datetime) -> bool:
    """Whether this person may confirm a recovery: the district's own word, whatever the desk's older rows say (D26)."""
    if user is None:
        return False
    authors = Authors()
    authors.read(connection, [user])
    actor = authors.known.get(user)
    return actor is not None and bool(allowed(actor, Act.OPEN_RECOVERY, at=now))


def note_acknowledged(connection: Connection, device: str, acked: int) -> None:
    """So much the device has in a durable commit; coming back with less it was set back (s13, s14)."""
    if acked:
        connection.execute(
            "UPDATE devices SET acked_items = %s WHERE id = %s AND acked_items < %s", (acked, device, acked)
        )


def _acknowledged(request: SessionOpen, epoch: str, key: ProofKey) -> int:
    """The sequence up to which the device has pulled every scope it holds: what it may know of scopes it left."""
    seqs = []
    for token in request.cursors.values():
        try:
            seqs.append(read_cursor(token, epoch, key).seq)
        except RefusedRequestError:
            return 0
    return min(seqs, default=0)


def opening(
    connection: Connection,
    request: SessionOpen,
    device: KnownDevice,
    district: District,
    state: SessionState,
    nonce: str,
    now: dt.datetime,
    history: SchemaHistory = HISTORY,
) -> SessionReply:
    """The reply, of one snapshot: horizon, roots and what changed belong together."""
    (horizon, durable, waiting) = connection.execute(
        "SELECT last_seq, durable_seq, (SELECT count(*) FROM devices WHERE status = 'PENDING') FROM server_state"
    ).fetchone() or (0, 0, 0)
    scopes: Sequence[ScopeState] = ()
    incarnation = 0
    if state in {SessionState.REWOUND, SessionState.CLONED}:
        (incarnation,) = connection.execute(
            "SELECT incarnation FROM devices WHERE id = %s", (device.id,)
        ).fetchone() or (0,)
    if state in {SessionState.CONTINUE, SessionState.EPOCH_CHANGED}:
        names = scopes_of(connection, device, district.id)
        roots = roots_of(connection, names)
        changed = _changed(connection, request, names, device, district, now)
        scopes = [ScopeState(scope, roots[scope][1], scope in changed, roots[scope][0]) for scope in names]
    return SessionReply(
        state,
        PROTOCOL,
        history.schema,
        history.oldest_served,
        district.epoch,
        nonce,
        horizon,
        durable,
        str(canonical_value(Kind.INSTANT, now)),
        _skew_seconds(request, now),
        district=district.id,
        all_scopes=device.everything,
        scopes=list(scopes),
        approvals_waiting=waiting if scopes else 0,
        incarnation=incarnation,
        migrated=_migrated(request, history),
    )


def _migrated(request: SessionOpen, history: SchemaHistory) -> list[str]:
    """Tables whose rows look otherwise than when this device pulled them, because of its update or of ours (s23)."""
    if request.pulled is None:
        return []
    device, district = request.pulled
    updated = history.tables_changed(device) if device < request.schema else set()
    return sorted(updated | history.tables_changed(district))


def _changed(
    connection: Connection,
    request: SessionOpen,
    scopes: Sequence[str],
    device: KnownDevice,
    district: District,
    now: dt.datetime,
) -> set[str]:
    """The scopes of which a pull would bring anything: changes of others behind the cursor, or no cursor that counts.

    One of a quiet scope is renewed from time to time, or it would fall behind the compaction horizon (s20). Scopes
    that stand at one and the same place, as most do, are asked for together.
    """
    standing: dict[str | None, list[str]] = {}
    for scope in scopes:
        standing.setdefault(request.cursors.get(scope), []).append(scope)
    changed: set[str] = set()
    for token, there in standing.items():
        changed.update(_changed_since(connection, token, there, device, district, now))
    return changed


def _changed_since(
    connection: Connection,
    token: str | None,
    scopes: list[str],
    device: KnownDevice,
    district: District,
    now: dt.datetime,
) -> list[str]:
    if token is None:
        return scopes
    try:
        cursor = read_cursor(token, district.epoch, district.key)
        require_known(connection, cursor)
    except RefusedRequestError:
        return scopes
    if cursor.horizon:
        return scopes
    # In the order of the index: without it, a plan for any sequence number expects news everywhere and reads all.
    found = connection.execute(
        "SELECT s::text FROM unnest(%s::uuid[]) s LEFT JOIN LATERAL (SELECT l.seq FROM change_log l"
        " WHERE l.scope_id = s AND l.seq > %s AND l.device_id IS DISTINCT FROM %s ORDER BY l.seq LIMIT 1) news ON true"
        " WHERE news.seq IS NOT NULL OR EXISTS (SELECT FROM sync_commits c"
        " JOIN server_state t ON t.last_seq > c.seq WHERE c.seq = %s AND c.committed_at < %s)",
        (scopes, cursor.seq, device.id, cursor.seq, now - CURSOR_LIFE),
    )
    return [scope for (scope,) in found]


def _skew_seconds(request: SessionOpen, now: dt.datetime) -> float:
    """How far the device's clock is ahead, as it claims; it orders nothing (s11)."""
    return float(round(skew_of(request.clock, now).total_seconds(), 3))


def skew_of(clock: str | None, now: dt.datetime) -> dt.timedelta:
    """How far ahead a clock is that says this now; one that says nothing is taken to be right.

    Raises:
        RefusedRequestError: that is no moment.
    """
    if clock is None:
        return dt.timedelta()
    try:
        claimed = python_value(Kind.INSTANT, canonical_value(Kind.INSTANT, clock))
    except CanonicalError as error:
        raise RefusedRequestError(ErrorCode.BAD_BODY, problem="clock") from error
    assert isinstance(claimed, dt.datetime)
    return claimed - now
