"""The sealed bytes of attachments at the district: in its database, range by range, under their hash (s10, ADR 0004).

The district has no key to them (D32). Who may bring or fetch a file is said by the rows that speak of it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass

from clinicdesk.core.clock import Clock
from clinicdesk.security.attachments import LARGEST_SEALED_BYTES
from clinicdesk.server import sessions
from clinicdesk.server.database import Connection, Database
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.server.sessions import District, KnownDevice
from clinicdesk.storage.district_schema import ALL_SCOPES
from clinicdesk.sync.protocol import ErrorCode, FileStanding

PARTIAL_LIFE = dt.timedelta(days=30)
"""What began to arrive and was never gone on with is dropped after so long; its desk has it whole."""

UNREFERRED_LIFE = dt.timedelta(days=400)
"""As long as receipts: a row that was purged may still come back with a workstation that was away."""

_VISIBLE = (
    "SELECT 1 FROM attachments WHERE content_hash = %s AND deleted_at IS NULL AND wrapped_key IS NOT NULL LIMIT 1"
)
_OWN = (
    "SELECT 1 FROM attachments a JOIN change_history h ON h.table_name = 'attachments' AND h.row_id = a.id"
    " WHERE a.content_hash = %(name)s AND h.device_id = %(device)s"
    " UNION ALL SELECT 1 FROM sync_inbox WHERE device_id = %(device)s AND table_name = 'attachments'"
    " AND state <> 'SETTLED' AND jsonb_path_exists(payload, '$.**.content_hash ? (@ == $name || @[1] == $name)',"
    " jsonb_build_object('name', %(name)s::text)) LIMIT 1"
)
_GIVEN_UP = "SELECT content_hash FROM attachment_contents WHERE completed_at IS NULL AND touched_at < %s"
_UNREFERRED = (
    "SELECT c.content_hash FROM attachment_contents c WHERE NOT EXISTS (SELECT FROM attachments a"
    " WHERE a.content_hash = c.content_hash)"
)


@dataclass(frozen=True, slots=True)
class Files:
    """What a known device can ask of the files. Every method is one transaction, and may be repeated."""

    database: Database
    clock: Clock
    district: District

    def standing(self, device: KnownDevice, name: str) -> FileStanding:
        """How much of a file is here, for one that may be brought or fetched by this device.

        Raises:
            RefusedRequestError: none that this device has anything to do with; that there is one is not said.
        """
        if not self._may_bring(device, name):
            raise RefusedRequestError(ErrorCode.SCOPE)
        with self.database.merging(device.id) as connection:
            return _standing(connection, name)

    def take(self, device: KnownDevice, name: str, start: int, size: int, content: bytes) -> FileStanding:
        """The next range of a file; with the last one it is looked at whole, and shown only if it is the file it
        says it is. A range that is here already, or a file that is, changes nothing.

        Raises:
            RefusedRequestError: not this device's to bring, too large, or another byte comes next.
        """
        if size > LARGEST_SEALED_BYTES:
            raise RefusedRequestError(ErrorCode.TOO_LARGE, limit=LARGEST_SEALED_BYTES)
        if not content or start + len(content) > size:
            raise RefusedRequestError(ErrorCode.BAD_BODY, problem="range")
        if not self._may_bring(device, name):
            raise RefusedRequestError(ErrorCode.SCOPE)
        now = self.clock.now()
        with self.database.merging(device.id) as connection:
            connection.execute(
                "INSERT INTO attachment_contents (content_hash, size_bytes, received_bytes, device_id, touched_at)"
                " VALUES (%s, %s, 0, %s, %s) ON CONFLICT DO NOTHING",
                (name, size, device.id, now),
            )
            (known, received, done) = connection.execute(
                "SELECT size_bytes, received_bytes, completed_at FROM attachment_contents WHERE content_hash = %s"
                " FOR UPDATE",
                (name,),
            ).fetchone() or (0, 0, None)
            if done is not None:
                return FileStanding(received, known)
            if known != size:
                if start:
                    raise RefusedRequestError(ErrorCode.OTHER_PLACE)
                # Whichever of two sizes is wrong, the hash will say so; the newer one has its try.
                received = _begin_anew(connection, name, size, device.id, now)
            if start + len(content) <= received:
                return FileStanding(received, size)
            if start != received:
                raise RefusedRequestError(ErrorCode.OTHER_PLACE)
            return _append(connection, name, start, size, content, now)

    def give(self, device: KnownDevice, name: str, start: int, length: int) -> tuple[bytes, int]:
        """A range of a whole file that a row in the device's scopes speaks of, and the size of the file.

        Raises:
            RefusedRequestError: there is none for this device, it is not whole yet, or it is not that long.
        """
        if device.revoked:
            raise RefusedRequestError(ErrorCode.REVOKED)
        if not self._may_see(device, name):
            raise RefusedRequestError(ErrorCode.SCOPE)
        with self.database.merging(device.id) as connection:
            found = connection.execute(
                "SELECT size_bytes FROM attachment_contents WHERE content_hash = %s AND completed_at IS NOT NULL",
                (name,),
            ).fetchone()
            if found is None:
                raise RefusedRequestError(ErrorCode.NO_SUCH_FILE)
            size = int(found[0])
            if start >= size:
                raise RefusedRequestError(ErrorCode.OTHER_PLACE)
            return _range(connection, name, start, min(length, size - start)), size

    def _may_see(self, device: KnownDevice, name: str) -> bool:
        with self.database.merging(device.id) as connection:
            scopes = sessions.scopes_of(connection, device, self.district.id)
        with self.database.reading(ALL_SCOPES if device.everything else scopes) as connection:
            return connection.execute(_VISIBLE, (name,)).fetchone() is not None

    def _may_bring(self, device: KnownDevice, name: str) -> bool:
        """A row in its scopes speaks of it, or one that it wrote itself, taken or not: a revoked device's too (s43)."""
        if not device.revoked and self._may_see(device, name):
            return True
        with self.database.merging(device.id) as connection:
            return connection.execute(_OWN, {"name": name, "device": device.id}).fetchone() is not None


def _standing(connection: Connection, name: str) -> FileStanding:
    found = connection.execute(
        "SELECT received_bytes, size_bytes FROM attachment_contents WHERE content_hash = %s", (name,)
    ).fetchone()
    return FileStanding(0, 0) if found is None else FileStanding(*found)


def _begin_anew(connection: Connection, name: str, size: int, device: str, now: dt.datetime) -> int:
    connection.execute("DELETE FROM attachment_pieces WHERE content_hash = %s", (name,))
    connection.execute(
        "UPDATE attachment_contents SET size_bytes = %s, received_bytes = 0, device_id = %s, touched_at = %s"
        " WHERE content_hash = %s",
        (size, device, now, name),
    )
    return 0


def _append(connection: Connection, name: str, start: int, size: int, content: bytes, now: dt.datetime) -> FileStanding:
    connection.execute(
        "INSERT INTO attachment_pieces (content_hash, start_at, content) VALUES (%s, %s, %s)", (name, start, content)
    )
    received = start + len(content)
    done = now if received == size and _is_whole(connection, name) else None
    if received == size and done is None:
        connection.execute("DELETE FROM attachment_pieces WHERE content_hash = %s", (name,))
        received = 0
    connection.execute(
        "UPDATE attachment_contents SET received_bytes = %s, touched_at = %s, completed_at = %s"
        " WHERE content_hash = %s",
        (received, now, done, name),
    )
    return FileStanding(received, size)


def _is_whole(connection: Connection, name: str) -> bool:
    """Whether the pieces are the file that the name says, read one at a time."""
    found = hashlib.sha256()
    starts = connection.execute(
        "SELECT start_at FROM attachment_pieces WHERE content_hash = %s ORDER BY start_at", (name,)
    ).fetchall()
    for (start,) in starts:
        (piece,) = connection.execute(
            "SELECT content FROM attachment_pieces WHERE content_hash = %s AND start_at = %s", (name, start)
        ).fetchone() or (b"",)
        found.update(piece)
    return hmac.compare_digest(found.hexdigest(), name)


def _range(connection: Connection, name: str, start: int, length: int) -> bytes:
    """Bytes of a whole file, cut out of the pieces they lie in."""
    end = start + length
    pieces = connection.execute(
        "SELECT start_at, substring(content FROM greatest(%(start)s - start_at, 0)::int + 1"
        " FOR (least(%(end)s - start_at, length(content)) - greatest(%(start)s - start_at, 0))::int)"
        " FROM attachment_pieces WHERE content_hash = %(name)s AND start_at < %(end)s"
        " AND start_at + length(content) > %(start)s ORDER BY start_at",
        {"name": name, "start": start, "end": end},
    )
    return b"".join(bytes(piece) for _start, piece in pieces)


# --- What goes ---------------------------------------------------------------------------------------------------


def drop_unreferred(connection: Connection, names: Collection[str]) -> int:
    """Remove these files where no row speaks of them any more; erasure does not wait for upkeep (s60)."""
    gone = [name for (name,) in connection.execute(_UNREFERRED + " AND c.content_hash = ANY(%s)", (list(names),))]
    return _drop(connection, gone)


def keep_up(connection: Connection, now: dt.datetime) -> int:
    """Remove what began to arrive and was given up, and what no row has spoken of for long; how many files."""
    gone = [
        name
        for (name,) in connection.execute(
            _GIVEN_UP + " UNION " + _UNREFERRED + " AND c.touched_at < %s",
            (now - PARTIAL_LIFE, now - UNREFERRED_LIFE),
        )
    ]
    return _drop(connection, gone)


def names_of(connection: Connection, keys: Collection[str]) -> list[str]:
    """The files that these rows of `attachments` speak of."""
    return [
        name
        for (name,) in connection.execute(
            "SELECT DISTINCT content_hash FROM attachments WHERE id = ANY(%s::uuid[])", (list(keys),)
        )
    ]


def _drop(connection: Connection, names: Collection[str]) -> int:
    connection.execute("DELETE FROM attachment_pieces WHERE content_hash = ANY(%s)", (list(names),))
    connection.execute("DELETE FROM attachment_contents WHERE content_hash = ANY(%s)", (list(names),))
    return len(names)
