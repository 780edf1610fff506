"""The district was restored: what it acknowledged goes again, and what it lost of others is offered back (s17, s18).

Settled changes are kept until a verified backup covers them, and 30 days at least. After a restore they are replayed
under their old identities. Rows that this desk has and the district has not, or has older, become offers: items that
no person wrote, held at the district until their author's own desk has replayed or somebody decides. Meanwhile the
desk goes on showing what it was told.
"""

from __future__ import annotations

import datetime as dt
import sys
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.canonical import WireValue, same_value
from clinicdesk.models.enums import SyncAction, WritePurpose
from clinicdesk.storage.device_facts import text_fact, write_fact
from clinicdesk.storage.engine import read_plainly
from clinicdesk.sync import outside, uploads
from clinicdesk.sync.base_copies import Base, BaseCopies
from clinicdesk.sync.protocol import ROW_STAMPS, ItemResult, Outcome, PushBatch, PushItem, RowsReply
from clinicdesk.sync.queue import Queue
from clinicdesk.sync.queued_rows import Writer, queue_row
from clinicdesk.sync.schema_waits import NOT_WAITING
from clinicdesk.sync.tables import TablePlan

# ruff: noqa: S608 - names of tables and columns come from the models, never from input

REPLAYED = "sync.replayed"
"""Up to which change the present epoch found the queue; `OPEN` until everything lost has been offered."""

OPEN = "open"

KEPT_FOR = dt.timedelta(days=30)
"""How long a settled change stays here at least, however soon a backup covers it."""

OFFER = WritePurpose.SYNC.value
"""The purpose of an item that no person wrote."""

_STAMPS = len(ROW_STAMPS)
DECIDED = frozenset({Outcome.MERGED, Outcome.CONFLICT})
"""Outcomes after which the row may stand at the district otherwise than its author wrote it."""

_AGAIN = (
    "UPDATE sync_queue_items SET state = 'IN_FLIGHT'"
    f" WHERE state IN ('APPLIED', 'MERGED', 'CONFLICT', 'HELD') AND {NOT_WAITING}"
)
_FORGET_CONFLICTS = (
    "DELETE FROM sync_conflicts WHERE id NOT IN (SELECT row_id FROM sync_rows WHERE table_name = 'sync_conflicts')"
    " AND id NOT IN (SELECT entity_id FROM sync_queue_items WHERE table_name = 'sync_conflicts'"
    " AND state NOT IN ('APPLIED', 'MERGED', 'CONFLICT'))"
)
"""Those that only an answer told of: its item goes again, and what comes of it now is told anew."""

PURGED = "sync.purged"
"""Up to which change the settled ones were looked at in the present round; nothing where the next look begins anew."""

LOOKED_AT = 100
"""So many changes a session looks at for what may go: 30 days of settled ones may be tens of thousands."""

_NEXT = (
    "SELECT local_seq, state, change_seq, synced_at FROM sync_queue_items WHERE local_seq > ?"
    " ORDER BY local_seq LIMIT ?"
)
_LET_GO = "DELETE FROM sync_queue_items WHERE local_seq IN (SELECT value FROM json_each(?))"
_SETTLED = frozenset({"APPLIED", "MERGED", "CONFLICT"})


def begin(connection: sa.Connection, session: Session) -> None:
    """In the transaction that learns of the new epoch: everything goes again, every scope is pulled from nothing."""
    connection.exec_driver_sql("UPDATE sync_cursors SET cursor = NULL, seq = 0")
    outside.set_back(connection)
    connection.exec_driver_sql(_FORGET_CONFLICTS)
    connection.exec_driver_sql(_AGAIN)
    uploads.set_back(connection, session)
    write_fact(session, REPLAYED, text=OPEN)


def is_open(session: Session) -> bool:
    """Whether it has still to be found out what the district lost."""
    return text_fact(session, REPLAYED) == OPEN


def end(connection: sa.Connection, session: Session) -> None:
    """Everything lost is offered; what is captured from now on stands on the new epoch."""
    write_fact(session, REPLAYED, text=str(Queue(connection).last()))


def replayed_up_to(session: Session) -> int:
    """The newest change whose base versions may be of an earlier epoch."""
    text = text_fact(session, REPLAYED)
    return 0 if text is None else sys.maxsize if text == OPEN else int(text)


def purge(session: Session, durable: int, before: str) -> None:
    """Let go of settled changes that a verified backup covers and that were settled before this instant.

    Looks at the next ones in turn: whatever is due goes when its turn comes, and what a session pays does not grow
    with what was settled.
    """
    connection, place = session.connection(), int(text_fact(session, PURGED) or 0)
    found = read_plainly(connection, _NEXT, (place, LOOKED_AT))
    due = [
        seq
        for seq, state, change, settled_at in found
        if state in _SETTLED and change is not None and change <= durable and settled_at < before
    ]
    if due:
        connection.exec_driver_sql(_LET_GO, (msgspec.json.encode(due).decode(),))
    reached = found[-1][0] if len(found) == LOOKED_AT else 0
    if reached != place:
        write_fact(session, PURGED, text=str(reached))


@dataclass(frozen=True, slots=True)
class Offering:
    """What one transaction offers back of one table."""

    connection: sa.Connection
    copies: BaseCopies
    plan: TablePlan
    device: str
    user: str | None
    at: dt.datetime
    schema: int

    def take(self, keys: Sequence[str], reply: RowsReply) -> int:
        """Compare base copies with what the district has: offer what it lost, and stand on what it has."""
        known = {key: base for key, base in self.copies.of(self.plan.name, keys).items() if not base.companion}
        mine = self.copies.values(self.plan.name, known)
        theirs = {
            row[0]: (part.columns, row) for part in reply.rows for row in part.rows if part.table == self.plan.name
        }
        self.copies.expect([base.anchor for base in known.values()])
        self.copies.expect([row[2] for _columns, row in theirs.values()])
        offered = 0
        transaction = new_id()
        for key, base in known.items():
            if key not in theirs:
                offered += self._offer(SyncAction.INSERT, key, base.version, {}, mine[key], transaction)
                self.copies.drop(self.plan.name, key, base)
                continue
            columns, row = theirs[key]
            latest = int(row[1])
            if latest > base.version and reply.restored.get(key, latest) >= base.version:
                continue  # this desk is merely behind; the pull brings it
            values = dict(zip(columns, row[_STAMPS:], strict=True))
            offered += self._offer(SyncAction.UPDATE, key, row[1], values, mine[key], transaction)
            self._stand_on(key, base, row, values)
        return offered

    def _stand_on(self, key: str, base: Base, row: Sequence[Any], values: Mapping[str, WireValue]) -> None:
        self.copies.put(self.plan.name, key, row[1], values, row[2], base)
        self.connection.exec_driver_sql(self.plan.acknowledged, (row[1], row[2], key))

    def _offer(
        self,
        action: SyncAction,
        key: str,
        version: int,
        theirs: Mapping[str, WireValue],
        mine: Mapping[str, WireValue],
        transaction: uuid.UUID,
    ) -> int:
        """One item for the columns in which this desk knows something else."""
        changes = {
            name: (theirs.get(name), mine.get(name))
            for name in self.plan.columns
            if not same_value(theirs.get(name), mine.get(name))
        }
        author = self._author(key)
        if not changes or author is None:
            return 0
        writer = Writer(self.device, author, WritePurpose.SYNC, transaction, self.at, self.schema)
        queue_row(self.connection, self.plan, action, key, changes, version, writer)
        return 1

    def _author(self, key: str) -> str | None:
        """Who wrote the row last, as far as that person is known here."""
        found = self.connection.exec_driver_sql(
            f"SELECT u.id FROM {self.plan.name} t JOIN users u ON u.id = coalesce(t.updated_by, t.created_by)"
            " WHERE t.id = ?",
            (key,),
        ).scalar()
        return self.user if found is None else str(found)


def dismissed_offers(batch: PushBatch, answered: Collection[tuple[PushItem, ItemResult]]) -> list[tuple[str, PushItem]]:
    """Offers that the district does not take as they are, by table: somebody does not want the row back, or the
    district has the values or later ones. Their row stands on the district's version already, so it is no news.
    """
    return [
        (batch.tables[item.table].table, item)
        for item, result in answered
        if item.purpose >= 0
        and batch.purposes[item.purpose] == OFFER
        and (result.outcome is Outcome.REJECTED or (result.outcome in DECIDED and item.changes is not None))
    ]


def take_back(connection: sa.Connection, copies: BaseCopies, plan: TablePlan, item: PushItem) -> bool:
    """The desk shows the district's state again where it has one; False where the row has to go.

    What a person has typed into the row since then stays.
    """
    if item.changes is None:
        return False
    copies.flush()
    values = copies.values(plan.name, [item.key]).get(item.key, {})
    waiting = Queue(connection).of_rows(plan.name, [item.key]).get(item.key, [])
    typed = {name for one in waiting if one.mutation_id != item.mutation for name in one.changes}
    names = [name for name in item.changes if name in plan.kinds and name not in typed]
    if not names:
        return True
    sets = ", ".join(f'"{name}" = ?' for name in names)
    stored = [None if values.get(name) is None else plan.stored(name, values.get(name)) for name in names]
    connection.exec_driver_sql(f"UPDATE {plan.name} SET {sets} WHERE id = ?", (*stored, item.key))
    return True
