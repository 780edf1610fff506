"""A row that the law took: it leaves the desk with everything the queue says of it, and a marker stays (s60)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.item_reasons import ItemReason
from clinicdesk.storage.engine import let_keys_wait, read_plainly
from clinicdesk.sync import leaving
from clinicdesk.sync.base_copies import BaseCopies
from clinicdesk.sync.protocol import ItemResult, Outcome, PushBatch, PushItem
from clinicdesk.sync.tables import WireTables

# ruff: noqa: S608 - names of tables come from the models, never from input

_UNSENT = (
    "SELECT entity_id FROM sync_queue_items WHERE table_name = ? AND entity_id IN (SELECT value FROM json_each(?))"
    " AND state IN ('PENDING', 'IN_FLIGHT')"
)
_FORGET_SENT = (
    "DELETE FROM sync_queue_items WHERE table_name = ? AND entity_id = ? AND state IN ('APPLIED', 'MERGED', 'CONFLICT')"
)
_EMPTY_HELD = (
    "UPDATE sync_queue_items SET state = 'REJECTED', changes = '{}', data = NULL, outcome = NULL, last_error = ?,"
    " updated_at = ? WHERE table_name = ? AND entity_id = ? AND state IN ('HELD', 'REJECTED')"
)
_MARK = (
    "INSERT INTO sync_states (id, entity_type, entity_id, last_sync_at, sync_status, error_message, created_at,"
    " updated_at) VALUES (?, ?, ?, ?, 'ERASED', ?, ?, ?) ON CONFLICT (entity_type, entity_id)"
    " DO UPDATE SET sync_status = 'ERASED', error_message = excluded.error_message, updated_at = excluded.updated_at"
)
_STILL_HERE = (
    "SELECT entity_type, entity_id FROM sync_states WHERE sync_status = 'ERASED' AND error_message IS NOT NULL"
)
_WAITS = "waits"


def erase(
    connection: sa.Connection, copies: BaseCopies, tables: WireTables, rows: Mapping[str, Sequence[str]], at: str
) -> int:
    """Remove rows that were erased at the district; the number that went.

    One with a change that has not been handed in yet goes when that change has: it belongs to the legal review. One
    that another row still names goes after that one.
    """
    gone = 0
    for plan in leaving.children_first(tables, rows):
        keys = rows[plan.name]
        unsent = {key for (key,) in connection.exec_driver_sql(_UNSENT, (plan.name, leaving.as_list(keys)))}
        going = [key for key in keys if key not in unsent]
        gone += leaving.remove(connection, copies, plan, going)
        for key in keys:
            here = connection.exec_driver_sql(f"SELECT 1 FROM {plan.name} WHERE id = ?", (key,)).scalar() is not None
            if key in going:
                _forget(connection, plan.name, key, at)
            waits = _WAITS if here else None
            connection.exec_driver_sql(_MARK, (str(new_id()), plan.name, key, at, waits, at, at))
    return gone


def erase_what_waits(connection: sa.Connection, copies: BaseCopies, tables: WireTables, at: str) -> int:
    """Rows that could not go before, for a change that was still to be handed in or a row that named them."""
    waiting: dict[str, list[str]] = {}
    for table, key in read_plainly(connection, _STILL_HERE):
        waiting.setdefault(table, []).append(key)
    if not waiting:
        return 0
    let_keys_wait(connection)
    return erase(connection, copies, tables, waiting, at)


def _forget(connection: sa.Connection, table: str, key: str, at: str) -> None:
    connection.exec_driver_sql(_FORGET_SENT, (table, key))
    connection.exec_driver_sql(_EMPTY_HELD, (ItemReason.ERASED.value, at, table, key))
    connection.exec_driver_sql("DELETE FROM sync_conflicts WHERE table_name = ? AND entity_id = ?", (table, key))


def of_answers(batch: PushBatch, answered: Sequence[tuple[PushItem, ItemResult]]) -> dict[str, list[str]]:
    """Rows of which an answer says that they were erased, by table."""
    found: dict[str, list[str]] = {}
    for item, result in answered:
        if result.outcome is Outcome.HELD and result.reason == ItemReason.ERASED:
            found.setdefault(batch.tables[item.table].table, []).append(item.key)
    return found
