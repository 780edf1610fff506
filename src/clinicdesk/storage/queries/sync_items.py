"""Statements about captured changes: what was stopped, what was settled without a person, how far each kind is."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.models import SyncQueueItem, SyncSession
from clinicdesk.models.enums import QueueState, SyncSessionKind
from clinicdesk.models.registry import table_of

_WAITING = (QueueState.PENDING, QueueState.IN_FLIGHT)
_STOPPED = (QueueState.HELD, QueueState.REJECTED)


def waiting(session: Session, most: int) -> list[SyncQueueItem]:
    """The oldest changes that the district has not acknowledged."""
    return list(
        session.scalars(
            sa.select(SyncQueueItem)
            .where(SyncQueueItem.state.in_(_WAITING))
            .order_by(SyncQueueItem.timestamp, SyncQueueItem.local_seq)
            .limit(most)
        )
    )


def stopped(session: Session) -> list[SyncQueueItem]:
    """What did not simply go through, oldest first."""
    return list(
        session.scalars(
            sa.select(SyncQueueItem).where(SyncQueueItem.state.in_(_STOPPED)).order_by(SyncQueueItem.local_seq)
        )
    )


def merged_since(session: Session, since: dt.datetime) -> list[SyncQueueItem]:
    """Changes that the district put together with others by itself, newest first."""
    return list(
        session.scalars(
            sa.select(SyncQueueItem)
            .where(SyncQueueItem.state == QueueState.MERGED, SyncQueueItem.synced_at >= since)
            .order_by(SyncQueueItem.synced_at.desc(), SyncQueueItem.local_seq.desc())
        )
    )


@dataclass(frozen=True, slots=True)
class Sent:
    """How many changes of a table there are, and how many of them are settled."""

    table: str
    settled: int
    all: int


def sent_since(session: Session, since: dt.datetime) -> list[Sent]:
    """By table: what was settled since then or waits still, the largest first."""
    is_settled = SyncQueueItem.state.not_in((*_WAITING, *_STOPPED))
    everything = sa.func.count()
    found = session.execute(
        sa.select(SyncQueueItem.table_name, everything.filter(is_settled), everything)
        .where(sa.or_(SyncQueueItem.synced_at >= since, sa.not_(is_settled)))
        .group_by(SyncQueueItem.table_name)
        .order_by(everything.desc(), SyncQueueItem.table_name)
    )
    return [Sent(*row) for row in found]


def students_of(session: Session, rows: Collection[tuple[str, uuid.UUID]]) -> Mapping[tuple[str, uuid.UUID], uuid.UUID]:
    """Whose each row is, so far as it stands here and is a student's."""
    by_table: dict[str, set[uuid.UUID]] = {}
    for table, key in rows:
        by_table.setdefault(table, set()).add(key)
    found: dict[tuple[str, uuid.UUID], uuid.UUID] = {}
    for name, keys in by_table.items():
        if name == "students":
            found |= {(name, key): key for key in keys}
            continue
        columns = table_of(name).c
        if "student_id" in columns:
            statement = sa.select(columns.id, columns.student_id).where(columns.id.in_(keys))
            found |= {(name, key): student for key, student in session.execute(statement) if student is not None}
    return found


def send_anew(session: Session, mutation: uuid.UUID, identity: uuid.UUID) -> bool:
    """A refused change waits again, under a new identity; false if there is none such."""
    found = session.scalars(
        sa.update(SyncQueueItem)
        .where(SyncQueueItem.mutation_id == mutation, SyncQueueItem.state == QueueState.REJECTED)
        .values(state=QueueState.PENDING, mutation_id=identity, last_error=None, outcome=sa.null())
        .returning(SyncQueueItem.id)
    )
    return found.first() is not None


def sessions(session: Session, most: int) -> list[SyncSession]:
    """The last runs of this workstation, newest first."""
    return list(
        session.scalars(
            sa.select(SyncSession)
            .where(SyncSession.kind == SyncSessionKind.WORKSTATION)
            .order_by(SyncSession.started_at.desc(), SyncSession.session_seq.desc())
            .limit(most)
        )
    )
