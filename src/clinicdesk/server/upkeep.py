"""What time alone changes at the district: students who left, and what is kept for a while only (D10, D23)."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from dataclasses import dataclass

import psycopg

from clinicdesk.core.clock import Clock
from clinicdesk.core.errors import ClinicDeskError
from clinicdesk.server.compaction import compact, expire_deleted
from clinicdesk.server.database import Connection, Database
from clinicdesk.server.own_writes import record
from clinicdesk.server.policies import RECEIPTS_KEPT, certain_days
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


class UpkeepThread:
    """Keeps a served district up: at once, then every few hours, until it is stopped."""

    def __init__(self, database: Database, district: str, clock: Clock) -> None:
        self._database = database
        self._district = district
        self._clock = clock
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def __enter__(self) -> UpkeepThread:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                keep_up(self._database, self._district, self._clock)
            except (psycopg.Error, ClinicDeskError) as error:
                # The next round does what this one left.
                _LOG.warning("upkeep_failed: %s", type(error).__name__)
            if self._stopped.wait(EVERY_SECONDS):
                return
