"""What a district decides about its own keeping, with what holds where it has decided nothing (D10, retention).

A value is a row of `system_configurations`; whoever has district authority changes it at any workstation. A number
below what sync needs counts as that.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from clinicdesk.server.database import Connection


@dataclass(frozen=True, slots=True)
class Days:
    """One policy in days: its key, what holds without it, and the least it can be."""

    key: str
    default: int | None
    least: int = 1


LAST_SCHOOL_KEEPS = Days("sync.last_school_keeps_days", 180)
"""How long a student without a live enrolment stays with the last school (D10)."""

RECEIPTS_KEPT = Days("sync.receipts_kept_days", 400, 400)
"""A workstation that was away for a year may still send an item again (s1, s9)."""

TOMBSTONES_KEPT = Days("sync.tombstones_kept_days", 400, 400)
"""How far behind a cursor may be before its workstation takes a snapshot (s20)."""

DELETED_ROWS_KEPT = Days("sync.deleted_rows_kept_days", None, 400)
"""Rows marked as deleted are part of the record, so without a decision they stay (D43)."""


def days(connection: Connection, policy: Days) -> dt.timedelta | None:
    """What the district decided, else the default; None where neither says anything."""
    found = connection.execute(
        "SELECT value FROM system_configurations WHERE key = %s AND deleted_at IS NULL"
        " AND scope IN ('DISTRICT', 'SYSTEM') ORDER BY scope = 'DISTRICT' DESC, id LIMIT 1",
        (policy.key,),
    ).fetchone()
    chosen = policy.default
    if found is not None and str(found[0]).strip().isdigit():
        chosen = max(int(found[0]), policy.least)
    return None if chosen is None else dt.timedelta(days=chosen)


def certain_days(connection: Connection, policy: Days) -> dt.timedelta:
    """The same of a policy that has a default."""
    found = days(connection, policy)
    assert found is not None
    return found
