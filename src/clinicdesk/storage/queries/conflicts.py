"""Statements of the sync centre: undecided conflicts, the rows they are about, and what recent sessions moved."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.models import Medication, School, Student, SyncConflict, SyncSession, User
from clinicdesk.models.enums import SyncConflictStatus, SyncSessionStatus
from clinicdesk.models.registry import table_of

_STAMPS = frozenset({"updated_at", "updated_by", "row_version", "scope_id", "created_at", "created_by"})


def undecided(session: Session) -> list[SyncConflict]:
    """All open conflicts, safety first, the oldest first."""
    return list(
        session.scalars(
            sa.select(SyncConflict)
            .where(SyncConflict.status != SyncConflictStatus.RESOLVED, SyncConflict.deleted_at.is_(None))
            .order_by(SyncConflict.is_safety.desc(), SyncConflict.created_at, SyncConflict.id)
        )
    )


def one(session: Session, conflict: uuid.UUID) -> SyncConflict | None:
    return session.get(SyncConflict, conflict)


def row_of(session: Session, table: str, key: uuid.UUID) -> Mapping[str, Any] | None:
    """The columns of one row of any table, as Python values."""
    found = table_of(table)
    row = session.execute(sa.select(found).where(found.c.id == key)).mappings().first()
    return None if row is None else dict(row)


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The values of `before` that a write replaced; stamps are no part of it."""
    return {name: value for name, value in before.items() if name not in _STAMPS and after[name] != value}


def put_back(session: Session, table: str, key: uuid.UUID, values: Mapping[str, Any]) -> None:
    found = table_of(table)
    if values:
        session.execute(sa.update(found).where(found.c.id == key).values(dict(values)))


def reopen(session: Session, conflict: uuid.UUID) -> None:
    """The conflict is undecided again."""
    session.execute(
        sa.update(SyncConflict)
        .where(SyncConflict.id == conflict)
        .values(
            status=SyncConflictStatus.PENDING,
            resolution=None,
            resolved_at=None,
            resolved_by=None,
            merged_data=None,
            resolution_note=None,
        )
    )


def students(session: Session, keys: Collection[uuid.UUID]) -> dict[uuid.UUID, Student]:
    return {row.id: row for row in session.scalars(sa.select(Student).where(Student.id.in_(keys)))}


def user_names(session: Session, keys: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    found = session.execute(sa.select(User.id, User.first_name, User.last_name).where(User.id.in_(keys)))
    return {key: f"{first} {last}" for key, first, last in found}


def names_behind(session: Session, keys: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What people, schools and medicines are called."""
    found = user_names(session, keys)
    for model in (School, Medication):
        named = session.execute(sa.select(model.id, model.name).where(model.id.in_(keys)))
        found |= {row[0]: row[1] for row in named}
    return found


def moved_since(session: Session, since: dt.datetime) -> tuple[int, int]:
    """Rows received and sent by the sessions that began since then."""
    received, sent = session.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(SyncSession.pulled), 0), sa.func.coalesce(sa.func.sum(SyncSession.pushed), 0)
        ).where(SyncSession.started_at >= since)
    ).one()
    return int(received), int(sent)


def last_duration(session: Session) -> dt.timedelta | None:
    """How long the last whole session took."""
    row = session.execute(
        sa.select(SyncSession.started_at, SyncSession.completed_at)
        .where(SyncSession.status == SyncSessionStatus.COMPLETED, SyncSession.completed_at.is_not(None))
        .order_by(SyncSession.completed_at.desc())
        .limit(1)
    ).first()
    return None if row is None else row.completed_at - row.started_at
