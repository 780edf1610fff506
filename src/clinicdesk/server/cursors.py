"""The opaque cursor of a pull: how far a scope was pulled, and where in the window the next page begins."""

from __future__ import annotations

import uuid
from typing import Annotated

import msgspec

from clinicdesk.server import epochs
from clinicdesk.server.database import Connection
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.server.proofs import ProofKey
from clinicdesk.sync.protocol import Count, ErrorCode, Guid

_PURPOSE = "cursor"


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """How far a pull came; packed in its token, or as the first desks of this protocol were given it, a JSON array.

    `seq` and `commit`: everything up to there was pulled. `horizon` > 0: in a window, at a table after `at`.

    `end` is the commit of the horizon: pages of a window that a restore took back show by it. `left` is how many
    changes of the window are still to come, counted once at its beginning.
    """

    epoch: Guid
    seq: Count = 0
    commit: Guid | None = None
    horizon: Count = 0
    table: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 0
    at: Count = 0
    end: Guid | None = None
    left: Count = 0

    def token(self, key: ProofKey) -> str:
        """Every scope of every session carries it and no compression makes it smaller, so it is packed."""
        places: list[object] = [_packed(self.epoch), self.seq, _packed(self.commit)]
        places += [self.horizon, self.table, self.at, _packed(self.end), self.left]
        while not places[-1]:
            places.pop()
        return key.sealed(_PURPOSE, msgspec.msgpack.encode(places))


def read_cursor(token: str | None, epoch: str, key: ProofKey) -> Cursor:
    """The cursor a token stands for; the beginning for none.

    Raises:
        RefusedRequestError: of another epoch, or none that this district ever gave out: that scope starts anew.
    """
    if token is None:
        return Cursor(epoch)
    content = key.opened(_PURPOSE, token)
    if content is None:
        raise RefusedRequestError(ErrorCode.CURSOR_UNKNOWN)
    try:
        cursor = msgspec.json.decode(content, type=Cursor) if content.startswith(b"[") else _unpacked(content)
    except (msgspec.DecodeError, ValueError) as error:
        # Made by an older program of this district.
        raise RefusedRequestError(ErrorCode.CURSOR_UNKNOWN) from error
    if cursor.epoch != epoch:
        raise RefusedRequestError(ErrorCode.EPOCH_CHANGED)
    return cursor


def _packed(key: str | None) -> bytes | None:
    return None if key is None else uuid.UUID(key).bytes


def _unpacked(content: bytes) -> Cursor:
    """Raises: ValueError, msgspec.DecodeError."""
    places = msgspec.msgpack.decode(content, type=list[bytes | int | None])
    named = [str(uuid.UUID(bytes=place)) if isinstance(place, bytes) else place for place in places]
    return msgspec.convert(named, Cursor)


def require_known(connection: Connection, cursor: Cursor) -> None:
    """A pair of sequence and commit that the district does not know proves that it was rewound, or is too old.

    Raises:
        RefusedRequestError: rewound; or behind the compaction horizon: start from nothing (s20).
    """
    known = epochs.knows(connection, cursor.seq, cursor.commit)
    if known and cursor.horizon == 0:
        return
    if proves_rewind(connection, cursor):
        raise RefusedRequestError(ErrorCode.EPOCH_CHANGED)
    if not known:
        raise RefusedRequestError(ErrorCode.RESNAPSHOT)


def proves_rewind(connection: Connection, cursor: Cursor) -> bool:
    """Whether this district gave the cursor out and does not remember: it was set back."""
    return epochs.is_rewound(connection, cursor.seq, cursor.commit) or (
        cursor.horizon > 0 and epochs.is_rewound(connection, cursor.horizon, cursor.end)
    )
