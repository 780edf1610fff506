"""The opaque cursor of a pull: how far a scope was pulled, and where in the window the next page begins."""

from __future__ import annotations

import base64
import binascii

import msgspec

from clinicdesk.server.database import Connection
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.sync.protocol import ErrorCode


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """`seq` and `commit`: everything up to there was pulled. `horizon` > 0: in a window, at a table after `at`."""

    epoch: str
    seq: int = 0
    commit: str | None = None
    horizon: int = 0
    table: int = 0
    at: int = 0

    def token(self) -> str:
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode("ascii")


def read_cursor(token: str | None, epoch: str) -> Cursor:
    """The cursor a token stands for; the beginning for none.

    Raises:
        RefusedRequestError: of another epoch, or no cursor at all.
    """
    if token is None:
        return Cursor(epoch)
    try:
        cursor = msgspec.json.decode(base64.urlsafe_b64decode(token), type=Cursor)
    except (msgspec.DecodeError, binascii.Error, ValueError) as error:
        raise RefusedRequestError(ErrorCode.CURSOR_UNKNOWN) from error
    if cursor.epoch != epoch:
        raise RefusedRequestError(ErrorCode.EPOCH_CHANGED)
    return cursor


def require_known(connection: Connection, cursor: Cursor) -> None:
    """A pair of sequence and commit that the district does not know proves that it was rewound.

    Raises:
        RefusedRequestError: start from nothing.
    """
    if cursor.seq == 0:
        return
    known = connection.execute(
        "SELECT 1 FROM sync_commits WHERE seq = %s AND commit_id::text = %s", (cursor.seq, cursor.commit)
    ).fetchone()
    if known is None:
        raise RefusedRequestError(ErrorCode.CURSOR_UNKNOWN)


def commit_at(connection: Connection, seq: int) -> str | None:
    """The commit that gave out a sequence number as its last."""
    found = connection.execute("SELECT commit_id::text FROM sync_commits WHERE seq = %s", (seq,)).fetchone()
    return None if found is None else str(found[0])
