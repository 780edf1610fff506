"""Rows of this desk that hold a unique key which a row of the district has: where they were refused they give way.

Without that the district's row could never be shown here, and every session would fetch it again. What was typed
stands in the refused change, word for word; once the district takes it after all, its row is fetched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.canonical import WireValue
from clinicdesk.domain.merge import Operation
from clinicdesk.models.registry import table_of
from clinicdesk.sync.base_copies import BaseCopies
from clinicdesk.sync.leaving import as_list, pointed_to
from clinicdesk.sync.queue import Queue
from clinicdesk.sync.tables import NO_KEY_LEFT, TablePlan

# ruff: noqa: S608 - names of tables and columns come from the models, never from input

_SQLITE = sqlite.dialect()
_GAVE_WAY = (
    "INSERT INTO sync_states (id, entity_type, entity_id, last_sync_at, sync_status, created_at, updated_at)"
    " VALUES (?, ?, ?, ?, 'GAVE_WAY', ?, ?) ON CONFLICT (entity_type, entity_id) WHERE entity_id IS NOT NULL"
    " DO UPDATE SET sync_status = 'GAVE_WAY', last_sync_at = excluded.last_sync_at, updated_at = excluded.updated_at"
)
_AMONG = (
    "SELECT entity_id FROM sync_states WHERE entity_type = ? AND sync_status = 'GAVE_WAY'"
    " AND entity_id IN (SELECT value FROM json_each(?))"
)
_STOPPED = (
    "SELECT 1 FROM sync_queue_items WHERE table_name = ? AND entity_id = ? AND state IN ('HELD', 'REJECTED')"
    " AND NOT EXISTS (SELECT 1 FROM sync_queue_items q WHERE q.table_name = sync_queue_items.table_name"
    " AND q.entity_id = sync_queue_items.entity_id AND q.state IN ('PENDING', 'IN_FLIGHT')) LIMIT 1"
)


def give_way(connection: sa.Connection, copies: BaseCopies, queue: Queue, plan: TablePlan, key: str, at: str) -> bool:
    """Make room for a row of the district, of which only the values are known here; False where nothing gives way."""
    copies.flush()
    gave = False
    for other, columns in _holders(connection, plan, key, copies.values(plan.name, [key]).get(key, {})).items():
        if _can_step_back(connection, queue, plan, other, columns):
            _step_back(connection, copies, queue, plan, other, columns, at)
            connection.exec_driver_sql(_GAVE_WAY, (str(new_id()), plan.name, other, at, at, at))
            gave = True
    return gave


def gave_way(connection: sa.Connection, table: str, keys: Iterable[str]) -> list[str]:
    """Those of the rows that do not stand here as they were written."""
    return [key for (key,) in connection.exec_driver_sql(_AMONG, (table, as_list(keys)))]


def still_held(
    connection: sa.Connection, copies: BaseCopies, queue: Queue, plan: TablePlan, keys: Sequence[str]
) -> set[str]:
    """Rows of the district whose unique keys stand in rows here that do not give way: to fetch them is in vain."""
    held: set[str] = set()
    for key, values in copies.values(plan.name, keys).items():
        for other, columns in _holders(connection, plan, key, values).items():
            if other not in keys and not _can_step_back(connection, queue, plan, other, columns):
                held.add(key)
    return held


def _holders(
    connection: sa.Connection, plan: TablePlan, key: str, values: Mapping[str, WireValue]
) -> dict[str, Sequence[str]]:
    """The rows here that hold a unique key of this row, each with the columns of the key."""
    found: dict[str, Sequence[str]] = {}
    for columns, where in _unique_keys(plan.name):
        stored = [None if values.get(name) is None else plan.stored(name, values[name]) for name in columns]
        if None not in stored:
            same = " AND ".join(f'"{name}" = ?' for name in columns)
            query = f"SELECT id FROM {plan.name} WHERE {same} AND {where} AND id <> ?"
            rows = connection.exec_driver_sql(query, (*stored, key))
            found |= {str(other): columns for (other,) in rows}
    return found


def left_without(
    connection: sa.Connection, copies: BaseCopies, plan: TablePlan, key: str
) -> Mapping[str, WireValue] | None:
    """What a row of the district lacks here as long as another stands in its way; None where it cannot go without."""
    copies.flush()
    lacking: dict[str, WireValue] = {}
    for columns in _holders(connection, plan, key, copies.values(plan.name, [key]).get(key, {})).values():
        if len(columns) > 1 or not plan.table.c[columns[0]].nullable:
            return None
        lacking |= {columns[0]: None, **NO_KEY_LEFT.get(plan.name, {}).get(columns[0], {})}
    return lacking


@cache
def _unique_keys(table: str) -> tuple[tuple[Sequence[str], str], ...]:
    """The unique rules of a table: columns, and the condition under which a row is bound by it."""
    keys = []
    for index in sorted(table_of(table).indexes, key=lambda index: str(index.name)):
        where = index.dialect_options["sqlite"]["where"]
        text = "true" if where is None else str(where.compile(dialect=_SQLITE, compile_kwargs={"literal_binds": True}))
        if index.unique:
            keys.append(([str(column.name) for column in index.columns], f"({text})"))
    return tuple(keys)


def _can_step_back(connection: sa.Connection, queue: Queue, plan: TablePlan, key: str, columns: Sequence[str]) -> bool:
    """Whether nothing of the row is still to be sent, and there is a way to let go of these columns."""
    if connection.exec_driver_sql(_STOPPED, (plan.name, key)).first() is None:
        return False
    return (
        _is_the_districts(queue, plan, key)
        or (len(columns) == 1 and bool(plan.table.c[columns[0]].nullable))
        or "deleted_at" in plan.kinds
        or not pointed_to(connection, plan.name, [key])
    )


def _is_the_districts(queue: Queue, plan: TablePlan, key: str) -> bool:
    """Whether the row itself stands at the district, and a change of it waits here."""
    items = queue.of_rows(plan.name, [key]).get(key, [])
    return not any(item.operation is Operation.INSERT for item in items)


def _step_back(
    connection: sa.Connection,
    copies: BaseCopies,
    queue: Queue,
    plan: TablePlan,
    key: str,
    columns: Sequence[str],
    at: str,
) -> None:
    """Let go of these columns: by the district's values, without any, out of sight, or as one that is deleted."""
    if _is_the_districts(queue, plan, key):
        # In these columns it shows what the district has.
        base = copies.values(plan.name, [key]).get(key, {})
        _assign(connection, plan, key, {name: base.get(name) for name in columns})
    elif len(columns) == 1 and plan.table.c[columns[0]].nullable:
        beside = NO_KEY_LEFT.get(plan.name, {}).get(columns[0], {})
        _assign(connection, plan, key, {columns[0]: None, **beside})
    elif not pointed_to(connection, plan.name, [key]):
        connection.exec_driver_sql(plan.removed, (key,))
    else:
        author = queue.of_rows(plan.name, [key])[key][0].author
        _assign(connection, plan, key, {"deleted_at": at, "deleted_by": author, "delete_reason": "unique"})


def _assign(connection: sa.Connection, plan: TablePlan, key: str, values: Mapping[str, WireValue]) -> None:
    sets = ", ".join(f'"{name}" = ?' for name in values)
    stored = [None if value is None else plan.stored(name, value) for name, value in values.items()]
    connection.exec_driver_sql(f"UPDATE {plan.name} SET {sets} WHERE id = ?", (*stored, key))
