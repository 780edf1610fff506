"""The conflict as this desk knows it at once: the district's own row of it comes with the next pull (I0, D22)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from clinicdesk.domain.canonical import WireValue
from clinicdesk.models import SyncConflict
from clinicdesk.models.enums import ConflictKind, SyncConflictStatus
from clinicdesk.sync.protocol import ItemResult, PushItem, TableRows
from clinicdesk.sync.tables import ROW_COLUMNS, TablePlan


def keep_conflict(
    connection: sa.Connection,
    plan: TablePlan,
    item: PushItem,
    result: ItemResult,
    rows: Sequence[TableRows],
    at: str,
) -> None:
    """Show both values from the moment the answer is stored, under the key that the district gave the conflict.

    The whole of the item's values stands in it; the pulled row replaces it with the district's finer account. Where
    the district does not tell its row, the record has left this desk: the conflict is for its new school (s44).
    """
    theirs = _theirs(plan, item.key, rows)
    if not result.conflicts or item.changes is None or theirs is None:
        return
    fields = [name for name in result.fields if name in item.changes] or list(item.changes)
    now = dt.datetime.fromisoformat(at)
    values: dict[str, Any] = {
        "id": uuid.UUID(result.conflicts[0]),
        "queue_item_id": uuid.UUID(item.mutation),
        "entity_type": plan.shape.entity_type,
        "entity_id": uuid.UUID(item.key),
        "client_version": {name: item.changes[name][1] for name in fields},
        "server_version": {name: theirs.get(name) for name in fields},
        "base_values": {name: item.changes[name][0] for name in fields},
        "status": SyncConflictStatus.PENDING,
        "kind": _kind(result.reason),
        "table_name": plan.name,
        "fields": fields,
        "student_id": _student(connection, plan, item.key),
        "is_safety": plan.shape.policy.safety
        or any(plan.table.c[name].info.get("safety") for name in fields if name in plan.kinds),
        "authored_at": dt.datetime.fromisoformat(item.authored_at),
        "created_at": now,
        "updated_at": now,
        "row_version": 0,
    }
    connection.execute(sqlite.insert(SyncConflict).values(values).on_conflict_do_nothing())


def _theirs(plan: TablePlan, key: str, rows: Sequence[TableRows]) -> Mapping[str, WireValue] | None:
    for part in rows:
        if part.table == plan.name:
            for row in part.rows:
                if row[0] == key:
                    return dict(zip([*part.columns, *part.shown], row[len(ROW_COLUMNS) :], strict=True))
    return None


def _kind(reason: str | None) -> ConflictKind:
    try:
        return ConflictKind(reason or "")
    except ValueError:
        return ConflictKind.FIELD


def _student(connection: sa.Connection, plan: TablePlan, key: str) -> uuid.UUID | None:
    if plan.name == "students":
        return uuid.UUID(key)
    if "student_id" not in plan.kinds:
        return None
    found = connection.exec_driver_sql(plan.read(["student_id"]), (key,)).scalar()
    return None if found is None else uuid.UUID(found)
