"""What a workstation remembers from one session to the next, by name, and what it counts at the opening of one."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from clinicdesk.domain.canonical import Kind, canonical_value
from clinicdesk.storage.engine import read_plainly

EPOCH = "sync.epoch"
ACKNOWLEDGED = "sync.acknowledged"
LAST_MUTATION = "sync.last_mutation"
LAST_PROOF = "sync.last_proof"
SKEW = "sync.skew_seconds"
LAST_CONTACT = "sync.last_contact"

_PENDING = "SELECT count(*) FROM sync_queue_items WHERE state IN ('PENDING', 'IN_FLIGHT')"


def pending(connection: sa.Connection) -> int:
    """How many changes the district has not answered."""
    ((count,),) = read_plainly(connection, _PENDING)
    return int(count)


def cursors(connection: sa.Connection) -> dict[str, str | None]:
    """The scopes of this device, each with how far it was pulled; None: not at all."""
    return dict(read_plainly(connection, "SELECT scope_id, cursor FROM sync_cursors"))


def instant(moment: dt.datetime) -> str:
    """A moment as it stands in the database and on the wire (D20)."""
    return str(canonical_value(Kind.INSTANT, moment))
