"""Rows that are no longer this workstation's: anchors that left, scopes taken away, rows purged at the district.

Nothing goes while a change of it waits (s44, s47), and nothing that another row still points to: that stays as a
companion, read-only and in no digest (D11).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.models import Base as Models
from clinicdesk.models.enums import AuditAction
from clinicdesk.storage import attachment_notes
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.context import SYNC_APPLIES
from clinicdesk.storage.device_facts import write_fact
from clinicdesk.storage.engine import read_plainly
from clinicdesk.storage.store import Store
from clinicdesk.sync import kept_values
from clinicdesk.sync.base_copies import BaseCopies
from clinicdesk.sync.protocol import Gone, Membership
from clinicdesk.sync.queue import Queue
from clinicdesk.sync.tables import TablePlan, WireTables

# ruff: noqa: S608 - names of tables and columns come from the models, never from input

LEAVING = "sync.leaving:"
_HERE = (
    "SELECT DISTINCT anchor_id FROM scope_members WHERE anchor_id IN (SELECT value FROM json_each(?))"
    " AND scope_id IN (SELECT scope_id FROM sync_cursors)"
)

_FORGET_CONFLICTS = (
    "DELETE FROM sync_conflicts WHERE entity_id IN (SELECT value FROM json_each(?))"
    " AND id NOT IN (SELECT row_id FROM sync_rows WHERE table_name = 'sync_conflicts')"
)


def take_memberships(copies: BaseCopies, session: Session, members: Iterable[Membership]) -> None:
    """Anchors enter and leave scopes; one that is in none of this device's any more is noted for removal."""
    changes = [(member.anchor, member.scope, member.present) for member in members]
    if not changes:
        return
    copies.take_members(changes)
    _forget(session, sorted({anchor for anchor, *_rest in changes if copies.scopes_of(anchor)}))
    for anchor, _scope, present in changes:
        if not present and not copies.scopes_of(anchor):
            write_fact(session, LEAVING + anchor, text="left")


def lose_scopes(connection: sa.Connection, session: Session, scopes: Collection[str]) -> None:
    """The district took these scopes away: their cursors and sums go now, their rows once nothing waits (s47)."""
    named = as_list(scopes)
    anchors = [
        anchor
        for (anchor,) in connection.exec_driver_sql(
            "SELECT DISTINCT anchor_id FROM scope_members WHERE scope_id IN (SELECT value FROM json_each(?))", (named,)
        )
    ]
    for table in ("sync_cursors", "sync_digests", "scope_members"):
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE scope_id IN (SELECT value FROM json_each(?))", (named,))
    here = {anchor for (anchor,) in connection.exec_driver_sql(_HERE, (as_list(anchors),))}
    for anchor in anchors:
        if anchor not in here:
            write_fact(session, LEAVING + anchor, text="scope_lost")


def noted(connection: sa.Connection) -> list[str]:
    """The anchors that left and whose rows may still be here: for `purge`, once the transaction stands."""
    return [name.removeprefix(LEAVING) for (name,) in read_plainly(connection, _LEAVING)]


def purge(store: Store, tables: WireTables, anchors: Iterable[str]) -> int:
    """Remove the rows of anchors that left, each anchor in one audited transaction (D1); what waits stays."""
    removed = 0
    for anchor in anchors:
        with store.apply(SYNC_APPLIES) as work:
            # Read while nobody can write: a change that somebody has just made keeps the rows here.
            connection = work.session.connection()
            copies = BaseCopies(connection)
            rows = copies.rows_of([anchor])
            if _waits(connection, tables, anchor, rows):
                continue
            by_table = _unacknowledged(connection, tables, anchor)
            for table, key, *_rest in rows:
                by_table.setdefault(table, []).append(key)
            plans = children_first(tables, by_table)
            gone = sum(remove(connection, copies, plan, by_table[plan.name]) for plan in plans)
            unknown = by_table.keys() - tables.by_name.keys()
            gone += sum(_forget_copies(copies, table, by_table[table]) for table in sorted(unknown))
            # Conflicts that the answer to a push told of, and no pull brought: they are for the new school.
            connection.exec_driver_sql(_FORGET_CONFLICTS, (as_list(key for _table, key, *_rest in rows),))
            copies.flush()
            _forget(work.session, [anchor])
            facts = {"rows": gone, "anchor": anchor}
            work.audit(AuditEntry(AuditAction.LEAVE_PURGE, "SyncSession", facts=facts, is_phi=False))
            removed += gone
    return removed


def take_gone(connection: sa.Connection, copies: BaseCopies, queue: Queue, gone: Sequence[Gone]) -> int:
    """Rows that the district purged."""
    by_table: dict[str, list[str]] = {}
    for row in gone:
        by_table.setdefault(row.table, []).append(row.key)
    known = [plan.name for plan in children_first(queue.tables, by_table)]
    unknown = sorted(by_table.keys() - set(known))
    return sum(drop_rows(connection, copies, queue, table, by_table[table]) for table in [*known, *unknown])


def drop_rows(connection: sa.Connection, copies: BaseCopies, queue: Queue, table: str, keys: Sequence[str]) -> int:
    """Remove rows that the district does not have; one with an unsettled change stays and is marked (s29)."""
    if not keys:
        return 0
    if table not in queue.tables.by_name:
        return _forget_copies(copies, table, keys)
    waiting = queue.of_rows(table, keys)
    queue.mark_clashing(item for items in waiting.values() for item in items)
    return remove(connection, copies, queue.tables.by_name[table], [key for key in keys if key not in waiting])


def _forget_copies(copies: BaseCopies, table: str, keys: Sequence[str]) -> int:
    """Rows of a table that only a newer program shows are here as copies alone (s22)."""
    known = copies.of(table, keys)
    copies.expect([base.anchor for base in known.values()])
    for key, base in known.items():
        copies.drop(table, key, base)
    return len(known)


def remove(connection: sa.Connection, copies: BaseCopies, plan: TablePlan, keys: Sequence[str]) -> int:
    """Remove rows; one that another row still points to stays as a companion."""
    known = copies.of(plan.name, keys)
    copies.expect([base.anchor for base in known.values()])
    staying = pointed_to(connection, plan.name, keys)
    going = [key for key in keys if key not in staying]
    if going:
        connection.exec_driver_sql(plan.removed, [(key,) for key in going])
        kept_values.forget(connection, going)
    for key in going:
        if key in known:
            copies.drop(plan.name, key, known[key])
    for key in staying:
        if key in known:
            copies.make_companion(plan.name, key, known[key])
    return len(going)


def note_named(
    connection: sa.Connection, session: Session, copies: BaseCopies, plan: TablePlan | None, gone: Sequence[str]
) -> None:
    """Rows that the district does not give and that are still here, since others name them or wait (s17).

    Where their anchor is in none of this device's scopes it leaves: they go once nothing of it waits.
    """
    if plan is None or not gone:
        return
    anchors = {
        anchor
        for (anchor,) in connection.exec_driver_sql(
            f"SELECT DISTINCT scope_id FROM {plan.name} WHERE id IN (SELECT value FROM json_each(?))", (as_list(gone),)
        )
        if anchor is not None
    }
    for anchor in sorted(anchors):
        if not copies.scopes_of(anchor):
            write_fact(session, LEAVING + anchor, text="elsewhere")


def _unacknowledged(connection: sa.Connection, tables: WireTables, anchor: str) -> dict[str, list[str]]:
    """Rows of a student whose copies a restored district took back; there is none of any other kind (s17)."""
    places = [("students", "id"), *references_to("students")]
    found: dict[str, dict[str, None]] = {}
    for table, column in places:
        if table in tables.by_name:
            keys = connection.exec_driver_sql(
                f'SELECT id FROM {table} t WHERE "{column}" = ? AND scope_id = ?'
                " AND NOT EXISTS (SELECT 1 FROM sync_rows WHERE table_name = ? AND row_id = t.id)",
                (anchor, anchor, table),
            ).all()
            if keys:
                found.setdefault(table, {}).update(dict.fromkeys(key for (key,) in keys))
    return {table: list(keys) for table, keys in found.items()}


@cache
def references_to(table: str) -> tuple[tuple[str, str], ...]:
    """Every column that points to this table; `dose_slots` follows its log by trigger."""
    return tuple(
        (other.name, column.name)
        for other in Models.metadata.tables.values()
        if other.info.get("side", "desk") == "desk" and other.name != "dose_slots"
        for column in other.columns
        for key in column.foreign_keys
        if key.column.table.name == table
    )


def pointed_to(connection: sa.Connection, table: str, keys: Sequence[str]) -> set[str]:
    """Those of the rows that a row which stays refers to."""
    named = as_list(keys)
    found: set[str] = set()
    for other, column in references_to(table):
        staying = " AND id NOT IN (SELECT value FROM json_each(?))" if other == table else ""
        parameters = (named, named) if staying else (named,)
        found |= {
            key
            for (key,) in connection.exec_driver_sql(
                f'SELECT DISTINCT "{column}" FROM {other}'
                f' WHERE "{column}" IN (SELECT value FROM json_each(?)){staying}',
                parameters,
            )
        }
    return found


def _waits(
    connection: sa.Connection, tables: WireTables, anchor: str, rows: Sequence[tuple[str, str, int, int, bool]]
) -> bool:
    """Whether a change of these rows of the anchor waits, or of one made here and never acknowledged, or its bytes."""
    queue = Queue(connection, tables)
    by_table: dict[str, list[str]] = {}
    for table, key, *_rest in rows:
        by_table.setdefault(table, []).append(key)
    if queue.holds_of_scope(anchor) or any(queue.open_among(table, keys) for table, keys in by_table.items()):
        return True
    return any(
        key in by_table.get(table, ())
        or connection.exec_driver_sql(tables.by_name[table].read(["scope_id"]), (key,)).scalar() == anchor
        for table, key in attachment_notes.unsent_rows(connection)
    )


def children_first(tables: WireTables, names: Iterable[str]) -> list[TablePlan]:
    plans = tables.by_name
    return sorted((plans[name] for name in names if name in plans), key=lambda plan: -plan.rank)


def _forget(session: Session, anchors: Iterable[str]) -> None:
    names = [(LEAVING + anchor,) for anchor in anchors]
    if names:
        session.connection().exec_driver_sql("DELETE FROM device_facts WHERE name = ?", names)


_LEAVING = "SELECT name FROM device_facts WHERE name >= 'sync.leaving:' AND name < 'sync.leaving;'"


def as_list(keys: Iterable[str]) -> str:
    return msgspec.json.encode(list(keys)).decode()
