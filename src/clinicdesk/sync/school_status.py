"""How sync stands with each school: what waits there, since when, and when the district last took something over."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.models import ScopeMember, SyncQueueItem
from clinicdesk.models.enums import QueueState
from clinicdesk.models.registry import table_of

_WAITING = (QueueState.PENDING, QueueState.IN_FLIGHT)

NEWEST = 1_000
"""So many acknowledged changes are looked at, and so many waiting ones: this is read again and again."""


@dataclass(slots=True)
class SchoolStatus:
    """One scope: changes that wait for it, the event time of the oldest, and its last acknowledgement."""

    waiting: int = 0
    oldest: dt.datetime | None = None
    acknowledged_at: dt.datetime | None = None


Item = tuple[str, uuid.UUID, dt.datetime]
"""Table, row, moment."""


def by_school(session: Session) -> dict[uuid.UUID, SchoolStatus]:
    """Every scope that a waiting or an acknowledged change belongs to; a student of two schools counts at both."""
    columns = (SyncQueueItem.table_name, SyncQueueItem.entity_id)
    waiting = session.execute(
        sa.select(*columns, SyncQueueItem.timestamp)
        .where(SyncQueueItem.state.in_(_WAITING))
        .order_by(SyncQueueItem.local_seq)
        .limit(NEWEST)
    ).all()
    settled = session.execute(
        sa.select(*columns, SyncQueueItem.synced_at)
        .where(SyncQueueItem.synced_at.is_not(None))
        .order_by(SyncQueueItem.local_seq.desc())
        .limit(NEWEST)
    ).all()
    found: dict[uuid.UUID, SchoolStatus] = {}
    scopes = _scopes(session, [(table, key) for table, key, _at in (*waiting, *settled)])
    for table, key, at in waiting:
        for scope in scopes.get((table, key), ()):
            here = found.setdefault(scope, SchoolStatus())
            here.waiting += 1
            here.oldest = at if here.oldest is None else min(here.oldest, at)
    for table, key, taken_at in settled:
        for scope in scopes.get((table, key), ()):
            here = found.setdefault(scope, SchoolStatus())
            if taken_at is not None:
                here.acknowledged_at = max(here.acknowledged_at or taken_at, taken_at)
    return found


def _scopes(
    session: Session, rows: Iterable[tuple[str, uuid.UUID]]
) -> Mapping[tuple[str, uuid.UUID], Sequence[uuid.UUID]]:
    """The schools of each row by its anchor, so far as the row still stands here."""
    by_table: dict[str, set[uuid.UUID]] = {}
    for table, key in rows:
        by_table.setdefault(table, set()).add(key)
    anchors: dict[tuple[str, uuid.UUID], uuid.UUID] = {}
    for name, keys in by_table.items():
        columns = table_of(name).c
        for key, anchor in session.execute(sa.select(columns.id, columns.scope_id).where(columns.id.in_(keys))):
            if anchor is not None:
                anchors[name, key] = anchor
    members: dict[uuid.UUID, list[uuid.UUID]] = {}
    for anchor, scope in session.execute(
        sa.select(ScopeMember.anchor_id, ScopeMember.scope_id).where(ScopeMember.anchor_id.in_(set(anchors.values())))
    ):
        members.setdefault(anchor, []).append(scope)
    return {place: members.get(anchor, []) for place, anchor in anchors.items()}
