"""A pulled page taken over: whole, or, beside a person who works, in slices that leave the desk its turn (D25)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.core.clock import Clock
from clinicdesk.storage.context import SYNC_APPLIES
from clinicdesk.storage.store import Store
from clinicdesk.sync import erased, leaving, outside
from clinicdesk.sync.base_copies import BaseCopies
from clinicdesk.sync.errors import DanglingPageError, NoRoomError
from clinicdesk.sync.inbox import Inbox
from clinicdesk.sync.local_store import Totals
from clinicdesk.sync.protocol import Gone, PullPage, TableRows
from clinicdesk.sync.queue import Queue
from clinicdesk.sync.rare import Chance, Rare
from clinicdesk.sync.session_facts import instant
from clinicdesk.sync.tables import WireTables

SLICE_SECONDS = 0.014
SLICE_ROWS = 20
"""The clock is looked at after so many rows; with the last of them and the commit a slice ends at 20 ms (D25)."""

GAP_SECONDS = 0.02
"""Between two slices the desk gets its turn: SQLite polls for the lock, so a shorter gap would starve it (D25)."""

PAGE_ROWS = 1_000
"""A page is applied from memory: twice as many rows would cost the sync process 30 MB more."""

RESERVE_BYTES = 64 << 20
"""With less room than this nothing is pulled: people go on saving, and what they save goes on being sent (s52)."""

_MOVE_CURSOR = (
    "UPDATE sync_cursors SET cursor = ?, epoch = ?, seq = coalesce(?, seq), bootstrapped = bootstrapped OR ?,"
    " updated_at = ? WHERE scope_id = ?"
)


@dataclass(frozen=True, slots=True)
class Pages:
    """Takes pages into the database of a desk; `room` says how many bytes of the disk are left."""

    store: Store
    tables: WireTables
    clock: Clock
    pause: Callable[[float], None]
    rare: Chance
    unlocked: bool
    room: Callable[[], int] | None

    def most_rows(self) -> int:
        return 1 if self.rare.takes(Rare.SMALL_PAGE) else PAGE_ROWS

    def take(self, scopes: tuple[str, ...], page: PullPage, district_schema: int, totals: Totals) -> None:
        """A page in one transaction with its cursor, or, beside a person, in slices of which the last has the cursor.

        A slice that was applied is simply not news when the page comes again (scenario 3).

        Raises:
            DanglingPageError: a row names one that neither came nor is here.
            NoRoomError: what is left of the disk is for the entries of people (scenario 52).
        """
        if self.room is not None and self.room() < RESERVE_BYTES:
            raise NoRoomError()
        small = self.rare.takes(Rare.SMALL_SLICE)
        seconds = 0.0 if small else SLICE_SECONDS if self.unlocked else math.inf
        rows = 1 if small else SLICE_ROWS
        parts = [list(page.tables)] if seconds == math.inf else list(_slices(page.tables, rows))
        taking = _Taking(self, scopes, page, district_schema, totals)
        try:
            try:
                left = taking.take(parts, seconds)
            except sa.exc.IntegrityError:
                if len(parts) <= 1:
                    raise
                # Rows that point at each other across slices hold only together.
                left = taking.take([list(page.tables)], seconds)
        except sa.exc.IntegrityError as dangling:
            raise DanglingPageError(phase="pull", kind=type(dangling).__name__) from None
        leaving.purge(self.store, self.tables, left)


@dataclass(frozen=True, slots=True)
class _Taking:
    """One page on its way in."""

    pages: Pages
    scopes: tuple[str, ...]
    page: PullPage
    district_schema: int
    totals: Totals

    def take(self, parts: Sequence[list[TableRows]], seconds: float) -> list[str]:
        """The parts, each transaction with as many as fit into these seconds; the anchors that left."""
        done, rows_come = 0, bool(self.page.tables or self.page.gone)
        while True:
            with self.pages.store.apply(SYNC_APPLIES, synchronous="NORMAL", keys_wait=rows_come) as work:
                taken, done = self._slice(work.session, parts, done, seconds)
                left = leaving.noted(work.session.connection())
            self.totals.pulled += taken
            if done >= len(parts):
                return left
            self.pages.pause(GAP_SECONDS)

    def _slice(self, session: Session, parts: Sequence[list[TableRows]], done: int, seconds: float) -> tuple[int, int]:
        """One transaction: how many rows were taken, and how many parts are through."""
        clock, now = self.pages.clock, instant(self.pages.clock.now())
        began = clock.monotonic()
        connection = session.connection()
        copies, queue = BaseCopies(connection), Queue(connection, self.pages.tables)
        if done == 0:
            leaving.take_memberships(copies, session, self.page.members)
        inbox = Inbox(connection, copies, queue, self.district_schema)
        taken = 0
        while done < len(parts):
            taken += inbox.write_tables(parts[done])
            done += 1
            if clock.monotonic() - began >= seconds:
                break
        if done >= len(parts):
            self.totals.removed += self._take_gone(connection, copies, queue, now)
            page = self.page
            up_to = page.horizon if page.complete else None
            connection.exec_driver_sql(
                _MOVE_CURSOR,
                [(page.cursor, page.epoch, up_to, page.complete, now, scope) for scope in self.scopes],
            )
            if page.complete:
                outside.decide(connection, session, copies)
        inbox.finish(now)
        copies.flush()
        return taken, done

    def _take_gone(self, connection: sa.Connection, copies: BaseCopies, queue: Queue, now: str) -> int:
        """Rows that the district does not have any more; those that the law took go with all that is said of them."""
        by_law: dict[str, list[str]] = {}
        others: list[Gone] = []
        for row in self.page.gone:
            if row.erased:
                by_law.setdefault(row.table, []).append(row.key)
            else:
                others.append(row)
        taken = leaving.take_gone(connection, copies, queue, others)
        taken += erased.erase(connection, copies, self.pages.tables, by_law, now)
        return taken + erased.erase_what_waits(connection, copies, self.pages.tables, now)


def _slices(tables: Iterable[TableRows], most_rows: int) -> Iterator[list[TableRows]]:
    """Few rows at a time, so that the time of a transaction can be looked at between them."""
    for part in tables:
        for start in range(0, len(part.rows), most_rows):
            yield [msgspec.structs.replace(part, rows=part.rows[start : start + most_rows])]
