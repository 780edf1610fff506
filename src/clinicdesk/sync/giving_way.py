"""Rows of this desk that hold a unique key which a row of the district has: where they were refused they give way.

Without that the district's row could never be shown here, and every session would fetch it again. What was typed
stands in the refused change, word for word; once the district takes it after all, its row is fetched. Of a row that
nobody here gave the key, the district has said something else by now: it gives way at once, and is fetched again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.canonical import WireValue
from clinicdesk.domain.merge import Operation
from clinicdesk.models.registry import table_of
from clinicdesk.storage.engine import read_plainly
from clinicdesk.sync.base_copies import BaseCopies
from clinicdesk.sync.leaving import as_list, children_first, references_to
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


class Room(NamedTuple):
    """What was done so that a row of the district can stand here. `behind`: rows that have to be fetched again."""

    made: bool
    behind: list[str]


class _UniqueKey(NamedTuple):
    """A unique rule of a table, and the condition under which a row is bound by it.

    `bound`: every column that decides about it, whole merge groups at a time. `live`: a deleted row is not bound.
    """

    columns: Sequence[str]
    where: str
    bound: frozenset[str]
    live: bool


def give_way(connection: sa.Connection, copies: BaseCopies, queue: Queue, plan: TablePlan, key: str, at: str) -> Room:
    """Make room for a row of the district, of which only the values are known here.

    The district has every key once. A row that holds it here though nobody typed it is behind: what the district says
    of it now comes with the same pull, or, of a companion, not at all.
    """
    copies.flush()
    made, behind = False, list[str]()
    for other, held in _holders(connection, plan, key, copies.values(plan.name, [key]).get(key, {})).items():
        for unique in held:
            if not _can_step_back(connection, queue, plan, other, unique):
                continue
            made = True
            if _is_typed(queue, plan, other, unique):
                _note(connection, _step_back(connection, copies, queue, plan, other, unique, at), at)
                continue
            _assigned(connection, plan, other, _without(plan, unique, None, at) or {})
            if _is_companion(copies, plan, other):
                _note(connection, [(plan.name, other)], at)
            else:
                behind += {other} - {*gave_way(connection, plan.name, [other])}
    return Room(made, behind)


def gave_way(connection: sa.Connection, table: str, keys: Iterable[str]) -> list[str]:
    """Those of the rows that do not stand here as they were written."""
    return [key for (key,) in read_plainly(connection, _AMONG, (table, as_list(keys)))]


def still_held(
    connection: sa.Connection, copies: BaseCopies, queue: Queue, plan: TablePlan, keys: Sequence[str]
) -> set[str]:
    """Rows of the district whose unique keys stand in rows here that do not give way: to fetch them is in vain."""
    held: set[str] = set()
    for key, values in copies.values(plan.name, keys).items():
        for other, uniques in _holders(connection, plan, key, values).items():
            if other not in keys and not all(_can_step_back(connection, queue, plan, other, one) for one in uniques):
                held.add(key)
    return held


def left_without(
    connection: sa.Connection, copies: BaseCopies, plan: TablePlan, key: str, at: str
) -> Mapping[str, WireValue] | None:
    """What a row of the district is here as long as another stands in its way; None where it cannot stand beside it.

    A key that it cannot be without makes it stand as one that is deleted, so that what names it comes all the same.
    """
    copies.flush()
    shown: dict[str, WireValue] = {}
    for held in _holders(connection, plan, key, copies.values(plan.name, [key]).get(key, {})).values():
        for unique in held:
            instead = _without(plan, unique, None, at)
            if instead is None:
                return None
            shown |= instead
    return shown


def take_out_followers(
    connection: sa.Connection, queue: Queue, kept_out: Iterable[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Take out rows that name one which cannot stand here at all yet, and rows that name those; the value is which.

    An appended row is neither without its key nor deleted (D1). Nothing that somebody typed here can name it.
    """
    taken: list[tuple[str, str]] = []
    absent = [(table, key) for table, key in kept_out if not _is_here(connection, queue.tables.by_name[table], key)]
    while absent:
        for table, key in _naming(connection, *absent.pop()):
            plan = queue.tables.by_name.get(table)
            if plan is not None and key not in queue.open_among(table, [key]):
                connection.exec_driver_sql(plan.removed, (key,))
                taken.append((table, key))
                absent.append((table, key))
    return taken


def _is_here(connection: sa.Connection, plan: TablePlan, key: str) -> bool:
    return connection.exec_driver_sql(plan.read(["id"]), (key,)).first() is not None


def _holders(
    connection: sa.Connection, plan: TablePlan, key: str, values: Mapping[str, WireValue]
) -> dict[str, list[_UniqueKey]]:
    """The rows here that hold unique keys of this row, each with those."""
    found: dict[str, list[_UniqueKey]] = {}
    for unique in _unique_keys(plan.name):
        stored = [None if values.get(name) is None else plan.stored(name, values[name]) for name in unique.columns]
        if None not in stored and not (unique.live and values.get("deleted_at") is not None):
            same = " AND ".join(f'"{name}" = ?' for name in unique.columns)
            query = f"SELECT id FROM {plan.name} WHERE {same} AND {unique.where} AND id <> ?"
            for (other,) in connection.exec_driver_sql(query, (*stored, key)):
                found.setdefault(str(other), []).append(unique)
    return found


@cache
def _unique_keys(table: str) -> tuple[_UniqueKey, ...]:
    """The unique rules of a table."""
    keys = []
    for index in sorted(table_of(table).indexes, key=lambda index: str(index.name)):
        where = index.dialect_options["sqlite"]["where"]
        text = "true" if where is None else str(where.compile(dialect=_SQLITE, compile_kwargs={"literal_binds": True}))
        if index.unique:
            columns = [str(column.name) for column in index.columns]
            keys.append(_UniqueKey(columns, f"({text})", _bound(table, columns, text), "deleted_at IS NULL" in text))
    return tuple(keys)


def _bound(table: str, columns: Sequence[str], where: str) -> frozenset[str]:
    found = [c for c in table_of(table).columns if c.name in columns or re.search(rf"\b{c.name}\b", where)]
    groups = {column.info.get("merge_group") for column in found} - {None}
    return frozenset(
        str(column.name)
        for column in table_of(table).columns
        if column in found or column.info.get("merge_group") in groups
    )


def _can_step_back(connection: sa.Connection, queue: Queue, plan: TablePlan, key: str, unique: _UniqueKey) -> bool:
    """Whether there is a way for the row to let go of the key, and nothing by which it holds it is still to be sent."""
    instead = _without(plan, unique, None, "")
    if not _is_typed(queue, plan, key, unique):
        return instead is not None
    if not _is_stopped(connection, plan.name, key):
        return False
    return instead is not None or not _is_new(queue, plan, key) or _own_family(connection, queue, plan, key) is not None


def _own_family(connection: sa.Connection, queue: Queue, plan: TablePlan, key: str) -> dict[str, list[str]] | None:
    """A new row with all that names it, where all of that is new too and was stopped: it may go as a whole.

    Each of them stands in its refused or held change.
    """
    family: dict[str, list[str]] = {}
    found = [(plan.name, key)]
    while found:
        table, one = found.pop()
        if one in family.get(table, []):
            continue
        known = queue.tables.by_name.get(table)
        if known is None or not _is_new(queue, known, one) or not _is_stopped(connection, table, one):
            return None
        family.setdefault(table, []).append(one)
        found += _naming(connection, table, one)
    return family


def _naming(connection: sa.Connection, table: str, key: str) -> list[tuple[str, str]]:
    """The rows that name this one."""
    return [
        (other, str(one))
        for other, column in references_to(table)
        for (one,) in connection.exec_driver_sql(f'SELECT id FROM {other} WHERE "{column}" = ?', (key,))
    ]


def _is_typed(queue: Queue, plan: TablePlan, key: str, unique: _UniqueKey) -> bool:
    """Whether somebody here made the row hold the key."""
    items = queue.of_rows(plan.name, [key]).get(key, [])
    return any(item.operation is Operation.INSERT or not unique.bound.isdisjoint(item.changes) for item in items)


def _is_companion(copies: BaseCopies, plan: TablePlan, key: str) -> bool:
    """Whether the row is here for the sake of others: nobody tells this desk what became of it (D11)."""
    base = copies.of(plan.name, [key]).get(key)
    return base is not None and base.companion


def _is_new(queue: Queue, plan: TablePlan, key: str) -> bool:
    """Whether the row itself waits here; else it stands at the district, and a change of it waits."""
    items = queue.of_rows(plan.name, [key]).get(key, [])
    return any(item.operation is Operation.INSERT for item in items)


def _is_stopped(connection: sa.Connection, table: str, key: str) -> bool:
    """Whether what waits of the row has been answered, so that nothing of it is still to be sent."""
    return connection.exec_driver_sql(_STOPPED, (table, key)).first() is not None


def _note(connection: sa.Connection, places: Iterable[tuple[str, str]], at: str) -> None:
    connection.exec_driver_sql(_GAVE_WAY, [(str(new_id()), table, key, at, at, at) for table, key in places])


def _step_back(
    connection: sa.Connection,
    copies: BaseCopies,
    queue: Queue,
    plan: TablePlan,
    key: str,
    unique: _UniqueKey,
    at: str,
) -> list[tuple[str, str]]:
    """Let go of a typed key: by the district's values, without any, out of sight, or as one that is deleted.

    The value is every row that does not stand here as it was written now.
    """
    here = [(plan.name, key)]
    if not _is_new(queue, plan, key):
        # In what makes it hold the key it shows what the district has; of a row that is behind, that is the same key.
        held = _key_of(connection, plan, key, unique)
        base = copies.values(plan.name, [key]).get(key, {})
        shown = {name: base.get(name) for name in sorted(unique.bound) if name in plan.kinds}
        if _assigned(connection, plan, key, shown) and _key_of(connection, plan, key, unique) != held:
            return here
    elif not _goes_without(plan, unique) and not (unique.live and _naming(connection, plan.name, key)):
        family = _own_family(connection, queue, plan, key) or {}
        for one in children_first(queue.tables, family):
            connection.exec_driver_sql(one.removed, [(own,) for own in family[one.name]])
        return [(table, own) for table, keys in family.items() for own in keys]
    author = queue.of_rows(plan.name, [key])[key][0].author
    _assigned(connection, plan, key, _without(plan, unique, author, at) or {})
    return here


def _key_of(connection: sa.Connection, plan: TablePlan, key: str, unique: _UniqueKey) -> Sequence[object] | None:
    """The key by which the row is bound now."""
    names = ", ".join(f'"{name}"' for name in unique.columns)
    query = f"SELECT {names} FROM {plan.name} WHERE id = ? AND {unique.where}"
    return connection.exec_driver_sql(query, (key,)).first()


def _goes_without(plan: TablePlan, unique: _UniqueKey) -> bool:
    return len(unique.columns) == 1 and bool(plan.table.c[unique.columns[0]].nullable)


def _without(plan: TablePlan, unique: _UniqueKey, author: str | None, at: str) -> Mapping[str, WireValue] | None:
    """What a row is that does not hold this key; None where it cannot be."""
    if _goes_without(plan, unique):
        return {unique.columns[0]: None, **NO_KEY_LEFT.get(plan.name, {}).get(unique.columns[0], {})}
    return {"deleted_at": at, "deleted_by": author, "delete_reason": "unique"} if unique.live else None


def _assigned(connection: sa.Connection, plan: TablePlan, key: str, values: Mapping[str, WireValue]) -> bool:
    """Whether the row took these values; not where yet another row holds a key among them."""
    sets = ", ".join(f'"{name}" = ?' for name in values)
    stored = [None if value is None else plan.stored(name, value) for name, value in values.items()]
    try:
        connection.exec_driver_sql(f"UPDATE {plan.name} SET {sets} WHERE id = ?", (*stored, key))
    except sa.exc.IntegrityError:
        return False
    return True
