"""What time alone changes at the district: students who left, and what is kept for a while only (D10, D23)."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass

from clinicdesk.core.clock import Clock
from clinicdesk.server import files
from clinicdesk.server.compaction import compact, expire_deleted
from clinicdesk.server.database import Connection, Database
from clinicdesk.server.own_writes import record
from clinicdesk.server.policies import RECEIPTS_KEPT, certain_days
from clinicdesk.server.rounds import Rounds
from clinicdesk.server.scopes import (
    Membership,
    contact_scopes,
    contacts_of,
    members_of,
    student_scopes,
    write_members,
)

EVERY_SECONDS = 6 * 3600.0

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What one round did."""

    moved: int
    nonces: int
    receipts: int
    tombstones: int = 0
    expired: int = 0


def keep_up(database: Database, district: str, clock: Clock) -> Upkeep:
    """One round; each part is a transaction of its own, and a second round right after finds nothing to do."""
    now = clock.now()
    with database.merging(district) as connection:
        moved = _move_students(connection, district, now)
    with database.merging(district) as connection:
        nonces = connection.execute("DELETE FROM device_nonces WHERE expires_at < %s", (now,)).rowcount
    with database.merging(district) as connection:
        receipts = connection.execute(
            "DELETE FROM sync_receipts r WHERE r.received_at < %s AND NOT EXISTS"
            " (SELECT FROM sync_inbox i WHERE i.mutation_id = r.mutation_id AND i.settled_at IS NULL)",
            (now - certain_days(connection, RECEIPTS_KEPT),),
        ).rowcount
    with database.merging(district) as connection:
        files.keep_up(connection, now)
    expired = expire_deleted(database, clock)
    return Upkeep(moved, nonces, receipts, compact(database, district, clock).tombstones, expired)


def _move_students(connection: Connection, district: str, now: dt.datetime) -> int:
    """Students whose enrolment ended by its date, or whose last school has kept them long enough (D10)."""
    everyone = [student for (student,) in connection.execute("SELECT id::text FROM students")]
    found = _memberships(connection, everyone, now.date()).moved()
    if not found:
        return 0
    # A push that enrols one of them right now is waited for.
    connection.execute("SELECT FROM students WHERE id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE", (found,))
    changed = _memberships(connection, found, now.date())
    moved = changed.moved()
    contacts = contacts_of(connection, moved)
    if contacts:
        write_members(connection, changed, moved)
        changed.before |= members_of(connection, contacts)
        changed.after |= contact_scopes(connection, contacts, district)
    record(connection, [], changed, now, {})
    return len(moved)


def _memberships(connection: Connection, students: list[str], today: dt.date) -> Membership:
    after = student_scopes(connection, students, today)
    return Membership(members_of(connection, after), after)


def upkeep(database: Database, district: str, clock: Clock) -> Rounds:
    """Keeps a served district up for as long as the block lasts."""
    return Rounds("upkeep", EVERY_SECONDS, lambda: keep_up(database, district, clock))
