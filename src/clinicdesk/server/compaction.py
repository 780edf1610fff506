"""What is forgotten of the order of changes: tombstones and commits that no cursor may need any more (s20, s29).

Only words about rows that are gone are dropped. Live entries stay, each row once, for whoever starts from nothing; so
do the words that an anchor left a scope: by them a late edit is judged (D12, s44).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from psycopg import sql

from clinicdesk.core.clock import Clock
from clinicdesk.server.database import Connection, Database
from clinicdesk.server.policies import DELETED_ROWS_KEPT, TOMBSTONES_KEPT, certain_days, days
from clinicdesk.server.removal import remove_rows, unnamed
from clinicdesk.server.synced_tables import synced_tables

MOST_AT_ONCE = 1_000
_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Compacted:
    """What one round dropped; `horizon` is the sequence below which a cursor gets `resnapshot`."""

    horizon: int
    tombstones: int
    commits: int


def compact(database: Database, district: str, clock: Clock) -> Compacted:
    """One round by the district's policy; a second one right after finds nothing."""
    with database.merging(district) as connection:
        before = clock.now() - certain_days(connection, TOMBSTONES_KEPT)
        return compact_before(connection, before)


def compact_before(connection: Connection, before: dt.datetime) -> Compacted:
    """Forget what was committed before this moment. The newest commit of then stays: it marks the horizon."""
    (horizon,) = connection.execute(
        "SELECT coalesce(max(seq), 0) FROM sync_commits WHERE committed_at < %s", (before,)
    ).fetchone() or (0,)
    tombstones = connection.execute(
        "DELETE FROM change_log WHERE operation = 'DELETE' AND seq <= %s", (horizon,)
    ).rowcount
    commits = connection.execute("DELETE FROM sync_commits WHERE seq < %s", (horizon,)).rowcount
    return Compacted(int(horizon), tombstones, commits)


def expire_deleted(database: Database, clock: Clock) -> int:
    """Rows that were marked as deleted so long ago that the district wants them gone, and that no other row names."""
    removed = 0
    with database.owning() as connection:
        kept = days(connection, DELETED_ROWS_KEPT)
    if kept is None:
        return 0
    for _round in range(_ROUNDS):
        gone = _expire_once(database, clock.now(), kept)
        removed += gone
        if not gone:
            break
    return removed


def _expire_once(database: Database, now: dt.datetime, kept: dt.timedelta) -> int:
    condition = sql.SQL("t.deleted_at < %s")
    with database.owning(retention=True) as connection:
        for table in sorted(synced_tables().values(), key=lambda table: -table.rank):
            if table.soft_deleted and not table.upload_only:
                keys = unnamed(connection, table.name, condition, (now - kept,))[:MOST_AT_ONCE]
                if keys:
                    remove_rows(connection, {table.name: keys}, now)
                    return len(keys)
    return 0
