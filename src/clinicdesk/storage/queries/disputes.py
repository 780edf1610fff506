"""What is in dispute, and what each side of it states: read by everything that keeps children safe (D22)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from clinicdesk.models import SyncConflict
from clinicdesk.models.enums import ConflictKind, SyncConflictStatus


def in_dispute() -> sa.ColumnElement[bool]:
    """A conflict that nobody decided, or that two people decided differently (s38)."""
    other = aliased(SyncConflict)
    contested = sa.exists().where(
        other.table_name == SyncConflict.__tablename__,
        other.entity_id == SyncConflict.id,
        other.status != SyncConflictStatus.RESOLVED,
        other.deleted_at.is_(None),
    )
    undecided = SyncConflict.status != SyncConflictStatus.RESOLVED
    return sa.and_(SyncConflict.deleted_at.is_(None), sa.or_(undecided, contested))


def sides_of(conflict: SyncConflict) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """What the desk's side and the district's side say beside the row as it stands.

    Who edits a record that was deleted elsewhere says that it stands.
    """
    mine = dict(conflict.client_version or {})
    if conflict.kind is ConflictKind.DELETE_VS_EDIT:
        mine = {"deleted_at": None, **mine}
    return mine, dict(conflict.server_version or {})
