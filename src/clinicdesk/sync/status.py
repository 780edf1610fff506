"""The honest state of sync, read from the database: what waits, since when, what somebody has to look at."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.models import School, SyncConflict, SyncCursor, SyncQueueItem, SyncSession
from clinicdesk.models.enums import QueueState, SyncConflictStatus, SyncSessionStatus
from clinicdesk.storage import attachment_notes
from clinicdesk.storage.device_facts import text_fact
from clinicdesk.storage.kept_parts import undecided_parts
from clinicdesk.sync import uploads
from clinicdesk.sync.school_status import SchoolStatus, by_school
from clinicdesk.sync.session_facts import LAST_CONTACT

_WAITING = (QueueState.PENDING, QueueState.IN_FLIGHT)
HELD_TOO_LONG = dt.timedelta(hours=24)
"""What is held for another change goes in by itself; what has not by then is for somebody to look at."""

_STOPPED = (QueueState.HELD, QueueState.REJECTED)


@dataclass(frozen=True, slots=True)
class StoppedItem:
    """A change that did not simply go through; its reason is a stable word."""

    mutation: uuid.UUID
    table: str
    row: uuid.UUID
    state: QueueState
    reason: str | None
    authored_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ScopeStatus:
    """One school (or the district itself): whether it was pulled whole, and when last.

    `waiting` counts changes that belong to it and are not acknowledged, the oldest written at `oldest`;
    `acknowledged_at` is when the district last took one of them over, None where none was sent lately.
    """

    scope: uuid.UUID
    name: str | None
    complete: bool
    pulled_at: dt.datetime | None
    waiting: int = 0
    oldest: dt.datetime | None = None
    acknowledged_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """`pending` counts changes of people; `riding` the rows that only go along (D21).

    `files_to_send` are files that nobody but this desk has, `files_missing` those that are not here yet (s10). `kept`
    counts what mended rows said before and nobody has decided about (s55).
    """

    pending: int
    oldest_pending: dt.datetime | None
    riding: int
    open_conflicts: int
    safety_conflicts: int
    stopped: tuple[StoppedItem, ...]
    scopes: tuple[ScopeStatus, ...]
    last_contact: dt.datetime | None
    last_success: dt.datetime | None
    last_error: str | None
    files_to_send: int = 0
    files_missing: int = 0
    kept: int = 0

    @property
    def to_decide(self) -> int:
        """Conflicts, and what was kept of mended rows: both are decided here, with the district or without it."""
        return self.open_conflicts + self.kept

    @property
    def needs_a_person(self) -> bool:
        return bool(self.to_decide or any(self._is_stuck(item) for item in self.stopped))

    def _is_stuck(self, item: StoppedItem) -> bool:
        """Refused, or still held at the last contact a day after it was written (s30)."""
        if item.state is QueueState.REJECTED:
            return True
        return self.last_contact is not None and self.last_contact - item.authored_at >= HELD_TOO_LONG


def read_status(session: Session) -> SyncStatus:
    """One snapshot of everything the sync centre shows."""
    pending, oldest = session.execute(
        sa.select(sa.func.count(), sa.func.min(SyncQueueItem.timestamp)).where(SyncQueueItem.state.in_(_WAITING))
    ).one()
    is_open = (SyncConflict.status != SyncConflictStatus.RESOLVED, SyncConflict.deleted_at.is_(None))
    conflicts, safety = session.execute(
        sa.select(sa.func.count(), sa.func.count().filter(SyncConflict.is_safety)).where(*is_open)
    ).one()
    last = session.execute(
        sa.select(SyncSession.last_error, SyncSession.status)
        .where(SyncSession.status != SyncSessionStatus.IN_PROGRESS)
        .order_by(SyncSession.session_seq.desc())
        .limit(1)
    ).first()
    contact = text_fact(session, LAST_CONTACT)
    files_to_send, files_missing = attachment_notes.waiting(session.connection())
    return SyncStatus(
        pending=pending,
        oldest_pending=oldest,
        riding=uploads.unsent_count(session.connection()),
        open_conflicts=conflicts,
        safety_conflicts=safety,
        stopped=_stopped(session),
        scopes=_scopes(session),
        last_contact=None if contact is None else dt.datetime.fromisoformat(contact),
        last_success=session.scalar(
            sa.select(sa.func.max(SyncSession.completed_at)).where(
                SyncSession.status.in_((SyncSessionStatus.COMPLETED, SyncSessionStatus.PARTIAL))
            )
        ),
        last_error=None if last is None else last.last_error,
        files_to_send=files_to_send,
        files_missing=files_missing,
        kept=sum(1 for _part in undecided_parts(session)),
    )


def _stopped(session: Session) -> tuple[StoppedItem, ...]:
    found = session.execute(
        sa.select(
            SyncQueueItem.mutation_id,
            SyncQueueItem.table_name,
            SyncQueueItem.entity_id,
            SyncQueueItem.state,
            SyncQueueItem.last_error,
            SyncQueueItem.timestamp,
        )
        .where(SyncQueueItem.state.in_(_STOPPED))
        .order_by(SyncQueueItem.local_seq)
    )
    return tuple(StoppedItem(*row) for row in found)


def _scopes(session: Session) -> tuple[ScopeStatus, ...]:
    found = session.execute(
        sa.select(SyncCursor.scope_id, School.name, SyncCursor.bootstrapped, SyncCursor.updated_at)
        .outerjoin(School, School.id == SyncCursor.scope_id)
        .order_by(School.name)
    )
    schools = by_school(session)
    return tuple(
        ScopeStatus(*row, here.waiting, here.oldest, here.acknowledged_at)
        for row in found
        for here in (schools.get(row[0], SchoolStatus()),)
    )


def as_json(status: SyncStatus) -> dict[str, Any]:
    """What a script is told, in the words of the window: nothing of a person, only counts and moments."""
    return {
        "waiting": status.pending,
        "oldest_waiting": _text(status.oldest_pending),
        "stopped": len(status.stopped),
        "conflicts": status.open_conflicts,
        "kept": status.kept,
        "files_to_send": status.files_to_send,
        "files_missing": status.files_missing,
        "last_success": _text(status.last_success),
        "schools": [
            {
                "scope": str(one.scope),
                "name": one.name,
                "complete": one.complete,
                "received_at": _text(one.pulled_at),
                "acknowledged_at": _text(one.acknowledged_at),
                "waiting": one.waiting,
                "oldest_waiting": _text(one.oldest),
            }
            for one in status.scopes
        ],
    }


def _text(at: dt.datetime | None) -> str | None:
    return None if at is None else at.isoformat()
