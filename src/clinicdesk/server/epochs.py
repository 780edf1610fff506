"""The epoch of a district's database: each restore, rollback or promotion begins a new one, and says so (s17, s18).

Three witnesses tell: the mark in the file beside the database, the pair of sequence and commit that a workstation's
cursor carries, and PostgreSQL's own timeline. A database that moved by dump and restore keeps its epoch: it knows the
mark and every pair (s19).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from clinicdesk.core.identifiers import random_id

if TYPE_CHECKING:
    from clinicdesk.server.database import Connection

_LOG = logging.getLogger(__name__)

_IDENTITY = (
    "SELECT (pg_control_system()).system_identifier::text, CASE WHEN NOT pg_is_in_recovery()"
    " THEN ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint END"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the history of a database that was certainly reached: its epoch, and a commit with its sequence."""

    epoch: str
    seq: int = 0
    commit: str | None = None

    def text(self) -> str:
        return f"{self.epoch} {self.seq} {self.commit or '-'}"

    @classmethod
    def read(cls, text: str) -> Mark:
        """What a file says; an epoch alone is a mark too."""
        epoch, seq, commit = (*text.split(), "0", "-")[:3]
        return cls(epoch, int(seq), None if commit == "-" else commit)


def current(connection: Connection) -> str:
    """The epoch as this transaction sees it: it may have changed since the server started."""
    (epoch,) = connection.execute("SELECT epoch::text FROM server_state").fetchone() or ("",)
    return str(epoch)


def present_mark(connection: Connection) -> Mark | None:
    """Where this database stands; None before a district is founded."""
    found = connection.execute(
        "SELECT s.epoch::text, s.last_seq, (SELECT c.commit_id::text FROM sync_commits c WHERE c.seq = s.last_seq)"
        " FROM server_state s"
    ).fetchone()
    return None if found is None else Mark(*found)


def oldest_known(connection: Connection) -> int:
    """The sequence of the oldest commit that is still told apart; older cursors are behind the compaction horizon."""
    (oldest,) = connection.execute("SELECT coalesce(min(seq), 0) FROM sync_commits").fetchone() or (0,)
    return int(oldest)


def knows(connection: Connection, seq: int, commit: str | None) -> bool:
    """Whether this pair was ever given out by this history."""
    if seq == 0:
        return True
    found = connection.execute(
        "SELECT 1 FROM sync_commits WHERE seq = %s AND commit_id::text = %s", (seq, commit)
    ).fetchone()
    return found is not None


def is_rewound(connection: Connection, seq: int, commit: str | None) -> bool:
    """Whether the pair proves that the database went back: unknown, and not merely compacted away."""
    return not knows(connection, seq, commit) and seq >= oldest_known(connection)


def continues(connection: Connection, mark: Mark, present: Mark) -> bool:
    """Whether this database is the one that the mark was written beside, or went on from it knowingly."""
    if mark.epoch == present.epoch:
        return not is_rewound(connection, mark.seq, mark.commit)
    # It noticed by itself that it was promoted or set back, and has not been marked since.
    found = connection.execute("SELECT 1 FROM server_epochs WHERE epoch::text = %s", (mark.epoch,)).fetchone()
    return found is not None


def begin(connection: Connection, reason: str, now: dt.datetime) -> str:
    """Begin a new epoch. What the database remembers of its devices' nonces is older than what they hold."""
    epoch = str(random_id())
    connection.execute("UPDATE server_state SET epoch = %s, updated_at = %s", (epoch, now))
    connection.execute("UPDATE devices SET session_nonce = NULL, previous_nonce = NULL")
    note_epoch(connection, reason, now)
    _LOG.warning("epoch_began: %s", reason)
    return epoch


def note_epoch(connection: Connection, reason: str, now: dt.datetime) -> None:
    """Remember where the present epoch began, and on which PostgreSQL."""
    system, timeline = _identity(connection)
    connection.execute(
        "INSERT INTO server_epochs (epoch, began_at, began_seq, reason, system_identifier, timeline)"
        " SELECT epoch, %s, last_seq, %s, %s, %s FROM server_state ON CONFLICT (epoch) DO NOTHING",
        (now, reason[:40], system, timeline),
    )


def began_at_seq(connection: Connection) -> int:
    """The sequence that the present epoch found."""
    found = connection.execute(
        "SELECT e.began_seq FROM server_epochs e JOIN server_state s ON s.epoch = e.epoch"
    ).fetchone()
    return 0 if found is None else int(found[0])


def notice(connection: Connection, merge_role: str) -> None:
    """Called for each new connection, before anything is asked of it: a promoted standby is another history (s18).

    Its timeline is not the one that the epoch was seen on. A system identifier that differs says that the database
    moved by dump and restore; the mark and the cursors tell whether it is whole (s19).
    """
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (merge_role,)).fetchone() is None:
        return
    with connection.transaction():
        connection.execute("SELECT set_config('role', %s, true)", (merge_role,))
        found = connection.execute("SELECT to_regclass('server_epochs') IS NOT NULL, now()").fetchone()
        if found is None or not found[0]:
            return
        seen = connection.execute(
            "SELECT e.system_identifier, e.timeline FROM server_state s LEFT JOIN server_epochs e ON e.epoch = s.epoch"
            " WHERE NOT pg_is_in_recovery()"
        ).fetchone()
        if seen is None:
            return
        system, timeline = _identity(connection)
        if tuple(seen) == (system, timeline):
            return
        now: dt.datetime = found[1]
        # The state's row is the lock: of connections that come at once one begins the epoch.
        connection.execute("SELECT 1 FROM server_state FOR UPDATE")
        again = connection.execute(
            "SELECT e.system_identifier, e.timeline FROM server_state s LEFT JOIN server_epochs e ON e.epoch = s.epoch"
        ).fetchone()
        before = (None, None) if again is None else (again[0], again[1])
        if before[0] is not None and before[0] == system and before[1] != timeline:
            begin(connection, "timeline", now)
        else:
            note_epoch(connection, "first_seen", now)
            connection.execute(
                "UPDATE server_epochs SET system_identifier = %s, timeline = %s"
                " WHERE epoch = (SELECT epoch FROM server_state)",
                (system, timeline),
            )


def _identity(connection: Connection) -> tuple[str | None, int | None]:
    """PostgreSQL's identifier and timeline; a managed one that does not tell leaves the other two witnesses."""
    with contextlib.suppress(psycopg.errors.InsufficientPrivilege), connection.transaction():
        found = connection.execute(_IDENTITY).fetchone()
        if found is not None:
            return found[0], found[1]
    return None, None
