"""The rows of a workstation as a session compares and repairs them, and the transactions that all of it runs in."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.core.clock import Clock
from clinicdesk.storage.context import SYNC_APPLIES
from clinicdesk.storage.engine import Synchronous
from clinicdesk.storage.store import Store
from clinicdesk.sync import leaving, migrating
from clinicdesk.sync.base_copies import BaseCopies, Sums
from clinicdesk.sync.inbox import Inbox, blocked_rows, unblock
from clinicdesk.sync.local_store import Totals
from clinicdesk.sync.protocol import RowsReply
from clinicdesk.sync.queue import Queue
from clinicdesk.sync.row_check import RowCheck, comparable
from clinicdesk.sync.session_facts import instant
from clinicdesk.sync.tables import WireTables


class DeskRows:
    """What of `engine.LocalStore` is about rows alone; `_district_schema` is what the district tells them in."""

    def __init__(self, store: Store, clock: Clock, tables: WireTables) -> None:
        self._store = store
        self._clock = clock
        self._tables = tables
        self._district_schema = tables.schema
        self._migrating = False

    # --- Digests and repair ----------------------------------------------------------------------------------

    def roots(self) -> Mapping[str, int]:
        with self._reading() as connection:
            return Sums(connection).roots()

    def table_sums(self, scope: str) -> Mapping[str, int]:
        with self._reading() as connection:
            return Sums(connection).tables(scope)

    def bucket_sums(self, scope: str, table: str) -> Mapping[int, int]:
        """Asked for where a table's sum differs, so they are counted anew (s55)."""
        with self._applying("NORMAL") as (connection, _session):
            return BaseCopies(connection).recounted(scope, table)

    def versions(self, scope: str, table: str, bucket: int) -> Mapping[str, int]:
        with self._reading() as connection:
            return Sums(connection).versions(scope, table, bucket)

    def blocked(self) -> Mapping[str, list[str]]:
        with self._reading() as connection:
            return blocked_rows(connection, self._tables)

    def repair(self, table: str, keys: tuple[str, ...], reply: RowsReply, totals: Totals) -> None:
        """Rows as the district has them; one it does not have goes, unless something of it is pending (s29, s55)."""
        with self._refetching() as (connection, session, copies, queue, inbox):
            unblock(connection, table, keys)
            totals.repaired += inbox.write_tables(reply.rows, always=True)
            sent = {row[0] for part in reply.rows for row in part.rows}
            gone = [key for key in keys if key not in sent]
            totals.removed += leaving.drop_rows(connection, copies, queue, table, gone)
            leaving.note_named(connection, session, copies, self._tables.by_name.get(table), gone)
        self._hold_against(table, keys)

    def _hold_against(self, table: str, keys: tuple[str, ...]) -> None:
        """An appended row is not written over by one that comes, so one that rotted is mended from its copy (D1)."""
        with self._store.apply(SYNC_APPLIES) as work:
            check = RowCheck(work.session.connection(), self._tables)
            if comparable(work.session, self._tables) and (found := check.of(table, keys)):
                check.mend(work, found, self._now())

    # --- Rows of another schema ------------------------------------------------------------------------------

    def migrating(self) -> bool:
        """Whether rows are still to be fetched that look otherwise now; as the opening found it (s23)."""
        return self._migrating

    def next_migrated(self) -> tuple[str, tuple[str, ...]] | None:
        with self._applying("NORMAL") as (connection, session):
            found = migrating.next_keys(connection, session)
        self._migrating = found is not None
        return found

    def take_migrated(self, table: str, keys: tuple[str, ...], reply: RowsReply, totals: Totals) -> None:
        """Rows as they look now, and how far this came, in one transaction (s23)."""
        with self._refetching() as (_connection, session, _copies, _queue, inbox):
            totals.pulled += inbox.write_tables(reply.rows, always=True)
            migrating.taken(session, table, keys[-1])

    # --- Transactions ----------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _refetching(self) -> Iterator[tuple[sa.Connection, Session, BaseCopies, Queue, Inbox]]:
        """A transaction that writes rows which were asked for by key."""
        with self._applying("FULL") as (connection, session):
            queue, copies = self._queue(connection), BaseCopies(connection)
            inbox = Inbox(connection, copies, queue, self._district_schema)
            yield connection, session, copies, queue, inbox
            inbox.finish(self._now())
            copies.flush()

    def _queue(self, connection: sa.Connection) -> Queue:
        return Queue(connection, self._tables)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with self._store.glance() as session:
            yield session.connection()

    @contextlib.contextmanager
    def _applying(self, synchronous: Synchronous, *, keys_wait: bool = True) -> Iterator[tuple[sa.Connection, Session]]:
        with self._store.apply(SYNC_APPLIES, synchronous=synchronous, keys_wait=keys_wait) as work:
            yield work.session.connection(), work.session

    def _now(self) -> str:
        return instant(self._clock.now())
