"""The scopes of this device as the district says at each opening: what came, and what was taken away."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.sync import leaving
from clinicdesk.sync.base_copies import BaseCopies
from clinicdesk.sync.session_facts import cursors

_NEW_CURSOR = (
    "INSERT INTO sync_cursors (scope_id, cursor, epoch, seq, bootstrapped) VALUES (?, NULL, ?, 0, 0)"
    " ON CONFLICT (scope_id) DO NOTHING"
)


def take_scopes(connection: sa.Connection, session: Session, wanted: Collection[str], epoch: str) -> None:
    """Only the difference: a scope that is new is pulled from nothing, one that is gone is let go (s46, s47)."""
    had = cursors(connection)
    lost = had.keys() - set(wanted)
    if lost:
        leaving.lose_scopes(connection, session, sorted(lost))
    for scope in sorted(set(wanted) - had.keys()):
        connection.exec_driver_sql(_NEW_CURSOR, (scope, epoch))
        _count_rows_here(connection, scope)


def _count_rows_here(connection: sa.Connection, scope: str) -> None:
    """Rows that are here already, for another scope's sake, count for the new one too."""
    members = [
        anchor
        for (anchor,) in connection.exec_driver_sql("SELECT anchor_id FROM scope_members WHERE scope_id = ?", (scope,))
    ]
    copies = BaseCopies(connection)
    copies.count_again(members, scope)
    copies.flush()
