"""After a re-bootstrap: rows that only an item here knows stand in their tables again, for people to see (s53)."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from clinicdesk.sync.tables import wire_tables

_OPEN_INSERTS = (
    "SELECT table_name, entity_id, changes, user_id, timestamp FROM sync_queue_items"
    " WHERE action_type = 'INSERT' AND state IN ('PENDING', 'IN_FLIGHT', 'HELD', 'REJECTED') ORDER BY local_seq"
)


def lay_missing_rows(connection: sa.Connection) -> int:
    """New rows that the district has not taken; one whose parent is missing waits with its item."""
    plans = wire_tables().by_name
    laid = 0
    for table, key, changes, author, at in connection.exec_driver_sql(_OPEN_INSERTS).fetchall():
        plan = plans.get(table)
        if plan is None or connection.exec_driver_sql(plan.read(["id"]), (key,)).first() is not None:
            continue
        values = {name: new for name, (_old, new) in msgspec.json.decode(changes).items() if name in plan.kinds}
        stored = [plan.stored(name, plan.wire(name, value)) for name, value in values.items()]
        savepoint = connection.begin_nested()
        try:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = OFF")
            connection.exec_driver_sql(plan.upsert(list(values)), (key, 0, None, at, author, at, author, *stored))
            savepoint.commit()
            laid += 1
        except sa.exc.IntegrityError:
            savepoint.rollback()
        finally:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    return laid
