"""What a workstation remembers from one session to the next, by name, and what it counts at the opening of one."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from clinicdesk.domain.canonical import Kind, canonical_value

EPOCH = "sync.epoch"
ACKNOWLEDGED = "sync.acknowledged"
LAST_MUTATION = "sync.last_mutation"
LAST_PROOF = "sync.last_proof"
SKEW = "sync.skew_seconds"
LAST_CONTACT = "sync.last_contact"

_PENDING = "SELECT count(*) FROM sync_queue_items WHERE state IN ('PENDING', 'IN_FLIGHT')"


def pending(connection: sa.Connection) -> int:
    """How many changes the district has not answered."""
    return int(connection.exec_driver_sql(_PENDING).scalar_one())


def cursors(connection: sa.Connection) -> dict[str, str | None]:
    """The scopes of this device, each with how far it was pulled; None: not at all."""
    found = connection.exec_driver_sql("SELECT scope_id, cursor FROM sync_cursors")
    return {row[0]: row[1] for row in found}


def instant(moment: dt.datetime) -> str:
    """A moment as it stands in the database and on the wire (D20)."""
    return str(canonical_value(Kind.INSTANT, moment))
