"""The workstation's database as a session sees it: every method that writes is one transaction or a run of them."""

from __future__ import annotations

import contextlib
import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.core.clock import Clock
from clinicdesk.domain.canonical import Kind, canonical_value
from clinicdesk.models.enums import WriteMode, WritePurpose
from clinicdesk.storage.context import WorkContext
from clinicdesk.storage.device_facts import text_fact, write_fact
from clinicdesk.storage.engine import Synchronous
from clinicdesk.storage.recovery_state import (
    Finding,
    Found,
    end_recovery,
    recovers,
    write_found,
)
from clinicdesk.storage.store import Store
from clinicdesk.sync import erased, leaving, migrating, restored, uploads
from clinicdesk.sync.answers import TAKEN, Answered, Answers
from clinicdesk.sync.base_copies import BaseCopies, Sums
from clinicdesk.sync.errors import NoRoomError
from clinicdesk.sync.inbox import Inbox, blocked_rows, unblock
from clinicdesk.sync.laying import lay_missing_rows
from clinicdesk.sync.local_store import Pushed, Totals
from clinicdesk.sync.outbox import Waiting
from clinicdesk.sync.protocol import (
    PROTOCOL,
    Gone,
    HeldReply,
    ItemResult,
    Outcome,
    PullPage,
    PushBatch,
    PushReply,
    RowsReply,
    SessionOpen,
    SessionReply,
    SessionState,
    TableRows,
)
from clinicdesk.sync.queue import Queue, push_batch
from clinicdesk.sync.rare import NEVER, Chance, Rare
from clinicdesk.sync.schema_waits import NOT_WAITING, let_go
from clinicdesk.sync.tables import WireTables, wire_tables

EPOCH = "sync.epoch"
ACKNOWLEDGED = "sync.acknowledged"
LAST_MUTATION = "sync.last_mutation"
SKEW = "sync.skew_seconds"
LAST_CONTACT = "sync.last_contact"

SLICE_SECONDS = 0.014
SLICE_ROWS = 20
"""The clock is looked at after so many rows; with the last of them and the commit a slice ends at 20 ms (D25)."""

GAP_SECONDS = 0.02
"""Between two slices the desk gets its turn: SQLite polls for the lock, so a shorter gap would starve it (D25)."""

PAGE_ROWS = 1_000
"""A page is applied from memory: twice as many rows would cost the sync process 30 MB more."""

MOST_HELD = 2_000

RESERVE_BYTES = 64 << 20
"""With less room than this nothing is pulled: people go on saving, and what they save goes on being sent (s52)."""

_APPLY = WorkContext(author=None, purpose=WritePurpose.SYNC, mode=WriteMode.APPLY)
_GRANTING = frozenset({SessionState.CONTINUE, SessionState.EPOCH_CHANGED})


class NonceKeeper(Protocol):
    """Keeps the session nonce outside the database, so that a copied or restored file shows (scenario 15)."""

    def read(self) -> str | None: ...

    def write(self, nonce: str) -> None: ...


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """Who this workstation is, and which program speaks for it."""

    device: str
    incarnation: int
    client: str
    user: str | None


class DeskStore:
    """`engine.LocalStore` over the encrypted database.

    `unlocked` says whether a person works beside: then every transaction of a pull ends at 20 ms and leaves the desk
    its turn; `pause` waits that long (D25). `tables` are those of this program.
    """

    def __init__(
        self,
        store: Store,
        identity: DeviceIdentity,
        nonces: NonceKeeper,
        clock: Clock,
        *,
        unlocked: bool,
        pause: Callable[[float], None],
        rare: Chance = NEVER,
        room: Callable[[], int] | None = None,
        tables: WireTables | None = None,
    ) -> None:
        self._store = store
        self._identity = identity
        self._nonces = nonces
        self._clock = clock
        self._unlocked = unlocked
        self._pause = pause
        self._rare = rare
        self._room = room
        self._tables = tables or wire_tables()
        self._plans = self._tables.by_name
        self._rank = self._tables.rank
        self._district_schema = self._tables.schema
        self._district: str | None = None
        self._last_change = 0
        self._last_uploads: dict[str, uploads.Place] = {}
        self._recovers = False
        self._restoring = False
        self._replayed_up_to = 0
        self._epoch: str | None = None
        self._acknowledged = 0

    # --- Opening ---------------------------------------------------------------------------------------------

    def opening(self) -> SessionOpen:
        with self._store.read() as session:
            connection = session.connection()
            # What is written from now on goes with the next session, or a busy desk would never end this one.
            self._last_change = self._queue(connection).last()
            self._last_uploads = uploads.last_rows(connection)
            self._recovers = recovers(session)
            self._restoring = restored.is_open(session)
            self._replayed_up_to = restored.replayed_up_to(session)
            self._acknowledged = int(text_fact(session, ACKNOWLEDGED) or 0)
            return SessionOpen(
                device=self._identity.device,
                incarnation=self._identity.incarnation,
                protocol=PROTOCOL,
                schema=self._tables.schema,
                client=self._identity.client,
                user=self._identity.user,
                epoch=text_fact(session, EPOCH),
                nonce=self._nonces.read(),
                cursors=_cursors(connection),
                acked=self._acknowledged,
                last_mutation=text_fact(session, LAST_MUTATION),
                pending=_pending(connection),
                clock=self._now(),
                pulled=migrating.pulled_schemas(session),
            )

    def opened(self, reply: SessionReply) -> None:
        """Take over what the district says of this device: its scope set first of all (scenarios 46, 47)."""
        self._district = reply.district
        self._district_schema = reply.schema
        with self._applying("FULL") as (connection, session):
            let_go(connection, reply.schema)
            if reply.state in _GRANTING:
                migrating.note_schemas(session, reply, self._tables.schema)
            had = _cursors(connection)
            # A reply that grants nothing (revoked, upgrade needed) says nothing of scopes either.
            wanted = {state.scope for state in reply.scopes} if reply.state in _GRANTING else had.keys()
            lost = had.keys() - wanted
            if lost:
                leaving.lose_scopes(connection, session, sorted(lost))
            for scope in sorted(wanted - had.keys()):
                connection.exec_driver_sql(_NEW_CURSOR, (scope, reply.epoch))
                self._count_scope(connection, scope)
            if reply.state in _GRANTING:
                # Else the epoch stays what it was: whoever is let in again later still has to replay.
                self._epoch = reply.epoch
                write_fact(session, EPOCH, text=reply.epoch)
            if reply.state is SessionState.EPOCH_CHANGED:
                restored.begin(connection, session)
            elif reply.state is SessionState.CONTINUE:
                restored.purge(connection, reply.durable, self._instant(self._clock.now() - restored.KEPT_FOR))
                uploads.note_durable(connection, session, reply.horizon, reply.durable)
            self._restoring = restored.is_open(session)
            self._replayed_up_to = restored.replayed_up_to(session)
            write_fact(session, SKEW, text=str(reply.skew_seconds))
            write_fact(session, LAST_CONTACT, text=self._now())
        self._nonces.write(reply.nonce)
        # What a change kept here may go now, also where there is nothing to pull (s44).
        leaving.purge(self._store, self._open_rows, self._tables)

    def _count_scope(self, connection: sa.Connection, scope: str) -> None:
        """Rows that are here already, for another scope's sake, count for the new one too."""
        members = [
            anchor
            for (anchor,) in connection.exec_driver_sql(
                "SELECT anchor_id FROM scope_members WHERE scope_id = ?", (scope,)
            )
        ]
        copies = BaseCopies(connection)
        copies.count_again(members, scope)
        copies.flush()

    # --- Recovery (D26) --------------------------------------------------------------------------------------

    def set_aside(self, reply: SessionReply) -> None:
        """The district does not know this database as its device's: nothing goes out before a person says so."""
        with self._applying("FULL") as (_connection, session):
            write_found(session, Found(Finding(reply.state.value), max(reply.incarnation, self._identity.incarnation)))

    def recovers(self) -> bool:
        return self._recovers

    def unsettled(self) -> list[str]:
        """Everything that waits for an answer: of each it may be that the district has given it long ago."""
        with self._reading() as connection:
            return self._queue(connection).unsettled()

    def settle_known(self, reply: HeldReply, totals: Totals) -> None:
        """Receipts settle the queue of an older database; what the rows became comes with the pull."""
        with self._applying("FULL") as (connection, _session):
            items = self._queue(connection).of_mutations(list(reply.results))
            if items:
                batch = self._message(list(items.values()))
                answered = [(item, reply.results[item.mutation]) for item in batch.items]
                self._settle(connection, batch, answered, ())
        _count(totals, reply.results.values())

    def recovered(self) -> None:
        with self._applying("FULL") as (connection, session):
            lay_missing_rows(connection)
            end_recovery(session)
        self._recovers = False

    # --- The district was restored ---------------------------------------------------------------------------

    def restoring(self) -> bool:
        """Whether it is still open what the district lost (s17)."""
        return self._restoring

    def offer(self, table: str, keys: tuple[str, ...], reply: RowsReply, totals: Totals) -> None:
        """Offer back what the district lost of these rows; everything else of them stands on what it has."""
        with self._applying("FULL") as (connection, _session):
            copies = BaseCopies(connection)
            offering = restored.Offering(
                connection,
                copies,
                self._plans[table],
                self._identity.device,
                self._identity.user,
                self._clock.now(),
                self._tables.schema,
            )
            totals.offered += offering.take(keys, reply)
            copies.flush()

    def offered(self) -> None:
        """Everything that the district lost is in the queue; it goes with this session."""
        with self._applying("FULL") as (connection, session):
            restored.end(connection, session)
            self._last_change = self._queue(connection).last()
            self._replayed_up_to = restored.replayed_up_to(session)
        self._restoring = False

    def forget_cursors(self, scopes: tuple[str, ...]) -> None:
        with self._applying("FULL") as (connection, _session):
            connection.exec_driver_sql(
                "UPDATE sync_cursors SET cursor = NULL WHERE scope_id = ?", [(scope,) for scope in scopes]
            )

    # --- Push ------------------------------------------------------------------------------------------------

    def next_batch(self, most_rows: int) -> Pushed | None:
        """Captured changes first; when they are through, upload-only rows that are finished (D21)."""
        most_rows = 1 if self._rare.takes(Rare.SINGLE_ITEM) else most_rows
        with self._applying("FULL") as (connection, _session):
            items = self._queue(connection).take(most_rows, self._rank, self._last_change, self._district_schema)
        if items:
            return Pushed(self._message(items, self._replayed_up_to), len(items))
        with self._reading() as connection:
            uploaded = uploads.next_rows(connection, most_rows, self._identity.user, self._last_uploads)
        return Pushed(self._message(uploaded), 0) if uploaded else None

    def _message(self, items: Sequence[Waiting], replayed_up_to: int = 0) -> PushBatch:
        return push_batch(
            items,
            device=self._identity.device,
            incarnation=self._identity.incarnation,
            acked=self._acknowledged,
            known=self._tables,
            clock=self._now(),
            epoch=self._epoch,
            replayed_up_to=replayed_up_to,
        )

    def acknowledge(self, pushed: Pushed, reply: PushReply, totals: Totals) -> None:
        """One transaction: outcomes, base copies, rows, the next items' bases, and the count of what is settled."""
        answered = list(zip(pushed.batch.items, reply.results, strict=True))
        with self._applying("FULL") as (connection, session):
            if pushed.rows == 0:
                uploads.sent(connection, session, pushed.batch, reply.results)
            else:
                self._settle(connection, pushed.batch, answered, reply.rows)
            if reply.released:
                released = dict(reply.released)
                self._settle_held(connection, released, [])
            acknowledged = int(text_fact(session, ACKNOWLEDGED) or 0) + len(answered)
            write_fact(session, ACKNOWLEDGED, text=str(acknowledged))
            write_fact(session, LAST_MUTATION, text=pushed.batch.items[-1].mutation)
        self._acknowledged = acknowledged
        _count(totals, reply.results if pushed.rows else ())

    def _settle(
        self,
        connection: sa.Connection,
        batch: PushBatch,
        answered: Sequence[Answered],
        rows: Sequence[TableRows],
    ) -> None:
        queue = self._queue(connection)
        answers = Answers(
            connection,
            queue,
            BaseCopies(connection),
            self._tables,
            district=self._district,
            district_schema=self._district_schema,
            recovers=self._recovers,
            compares=self._recovers or self._restoring,
            at=self._now(),
        )
        answers.settle(batch, answered, rows)

    def _take_gone(self, connection: sa.Connection, copies: BaseCopies, queue: Queue, gone: Sequence[Gone]) -> int:
        """Rows that the district does not have any more; those that the law took go with all that is said of them."""
        by_law: dict[str, list[str]] = {}
        for row in gone:
            if row.erased:
                by_law.setdefault(row.table, []).append(row.key)
        taken = leaving.take_gone(connection, copies, queue, [row for row in gone if not row.erased])
        taken += erased.erase(connection, copies, self._tables, by_law, self._now())
        return taken + erased.erase_what_waits(connection, copies, self._tables, self._now())

    # --- Held ------------------------------------------------------------------------------------------------

    def held(self) -> list[str]:
        with self._reading() as connection:
            found = connection.exec_driver_sql(f"{_HELD} ORDER BY local_seq LIMIT ?", (MOST_HELD,))
            return [mutation for (mutation,) in found]

    def settle_held(self, reply: HeldReply, totals: Totals) -> None:
        with self._applying("FULL") as (connection, _session):
            self._settle_held(connection, reply.results, reply.rows)
            asked = [mutation for (mutation,) in connection.exec_driver_sql(_HELD)]
            # The district never saw these: a held answer of a server that was restored since. They go again.
            unknown = [(mutation,) for mutation in asked if mutation not in reply.results]
            if unknown and len(asked) <= MOST_HELD:
                connection.exec_driver_sql(
                    "UPDATE sync_queue_items SET state = 'IN_FLIGHT' WHERE mutation_id = ?", unknown
                )
        _count(totals, [result for result in reply.results.values() if result.outcome is not Outcome.HELD])

    def _settle_held(
        self,
        connection: sa.Connection,
        results: Mapping[str, ItemResult],
        rows: Sequence[TableRows],
    ) -> None:
        items = self._queue(connection).of_mutations(list(results))
        known = [item for item in items.values() if results[item.mutation_id].outcome is not Outcome.HELD]
        if not known:
            return
        batch = self._message(known)
        answered = [(item, results[item.mutation]) for item in batch.items]
        self._settle(connection, batch, answered, rows)

    # --- Pull ------------------------------------------------------------------------------------------------

    def pending(self) -> int:
        with self._reading() as connection:
            return _pending(connection)

    def cursors(self) -> Mapping[str, str | None]:
        with self._reading() as connection:
            return _cursors(connection)

    def page_rows(self) -> int:
        return 1 if self._rare.takes(Rare.SMALL_PAGE) else PAGE_ROWS

    def apply(self, scopes: tuple[str, ...], page: PullPage, totals: Totals) -> None:
        """A page in one transaction with its cursor, or, beside a person, in slices of which the last has the cursor.

        A slice that was applied is simply not news when the page comes again (scenario 3).

        Raises:
            NoRoomError: what is left of the disk is for the entries of people (scenario 52).
        """
        if self._room is not None and self._room() < RESERVE_BYTES:
            raise NoRoomError()
        small = self._rare.takes(Rare.SMALL_SLICE)
        seconds = 0.0 if small else SLICE_SECONDS if self._unlocked else math.inf
        rows = 1 if small else SLICE_ROWS
        parts = [list(page.tables)] if seconds == math.inf else list(_slices(page.tables, rows))
        try:
            self._apply_parts(scopes, page, parts, seconds, totals)
        except sa.exc.IntegrityError:
            if len(parts) <= 1:
                raise
            # Rows that point at each other across slices hold only together.
            self._apply_parts(scopes, page, [list(page.tables)], seconds, totals)
        leaving.purge(self._store, self._open_rows, self._tables)

    def _apply_parts(
        self, scopes: tuple[str, ...], page: PullPage, parts: list[list[TableRows]], seconds: float, totals: Totals
    ) -> None:
        position = 0
        first = True
        while first or position < len(parts):
            if not first:
                self._pause(GAP_SECONDS)
            taken = 0
            with self._applying("NORMAL") as (connection, session):
                began = self._clock.monotonic()
                copies, queue = BaseCopies(connection), self._queue(connection)
                if first:
                    leaving.take_memberships(copies, session, page.members)
                inbox = Inbox(connection, copies, queue, queue.open_rows(), self._district_schema)
                while position < len(parts):
                    taken += inbox.write_tables(parts[position])
                    position += 1
                    if self._clock.monotonic() - began >= seconds:
                        break
                if position >= len(parts):
                    totals.removed += self._take_gone(connection, copies, queue, page.gone)
                    connection.exec_driver_sql(
                        _MOVE_CURSOR,
                        [(page.cursor, page.epoch, page.horizon, page.complete, self._now(), s) for s in scopes],
                    )
                inbox.finish(self._now())
                copies.flush()
            totals.pulled += taken
            first = False

    # --- Digests and repair ----------------------------------------------------------------------------------

    def roots(self) -> Mapping[str, int]:
        with self._reading() as connection:
            return Sums(connection).roots()

    def table_sums(self, scope: str) -> Mapping[str, int]:
        with self._reading() as connection:
            return Sums(connection).tables(scope)

    def bucket_sums(self, scope: str, table: str) -> Mapping[int, int]:
        with self._reading() as connection:
            return Sums(connection).buckets(scope, table)

    def versions(self, scope: str, table: str, bucket: int) -> Mapping[str, int]:
        with self._reading() as connection:
            return Sums(connection).versions(scope, table, bucket)

    def blocked(self) -> Mapping[str, list[str]]:
        with self._reading() as connection:
            return blocked_rows(connection)

    def repair(self, table: str, keys: tuple[str, ...], reply: RowsReply, totals: Totals) -> None:
        """Rows as the district has them; one it does not have goes, unless something of it is pending (s29, s55)."""
        with self._applying("FULL") as (connection, _session):
            queue, copies = self._queue(connection), BaseCopies(connection)
            unblock(connection, table, keys)
            inbox = Inbox(connection, copies, queue, queue.open_rows(), self._district_schema)
            totals.repaired += inbox.write_tables(reply.rows, always=True)
            sent = {row[0] for part in reply.rows for row in part.rows}
            gone = [key for key in keys if key not in sent]
            totals.removed += leaving.drop_rows(connection, copies, queue, table, gone)
            inbox.finish(self._now())
            copies.flush()

    # --- Rows of another schema ------------------------------------------------------------------------------

    def migrating(self) -> bool:
        with self._store.read() as session:
            return migrating.under_way(session)

    def next_migrated(self) -> tuple[str, tuple[str, ...]] | None:
        with self._applying("NORMAL") as (connection, session):
            return migrating.next_keys(connection, session)

    def take_migrated(self, table: str, keys: tuple[str, ...], reply: RowsReply, totals: Totals) -> None:
        """Rows as they look now, and how far this came, in one transaction (s23)."""
        with self._applying("FULL") as (connection, session):
            queue, copies = self._queue(connection), BaseCopies(connection)
            inbox = Inbox(connection, copies, queue, queue.open_rows(), self._district_schema)
            totals.pulled += inbox.write_tables(reply.rows, always=True)
            migrating.taken(session, table, keys[-1])
            inbox.finish(self._now())
            copies.flush()

    # --- Transactions ----------------------------------------------------------------------------------------

    def _open_rows(self) -> set[tuple[str, str]]:
        with self._reading() as connection:
            return self._queue(connection).open_rows()

    def _queue(self, connection: sa.Connection) -> Queue:
        return Queue(connection, self._tables)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with self._store.read() as session:
            yield session.connection()

    @contextlib.contextmanager
    def _applying(self, synchronous: Synchronous) -> Iterator[tuple[sa.Connection, Session]]:
        with self._store.apply(_APPLY, synchronous=synchronous) as work:
            yield work.session.connection(), work.session

    def _now(self) -> str:
        return self._instant(self._clock.now())

    @staticmethod
    def _instant(moment: dt.datetime) -> str:
        return str(canonical_value(Kind.INSTANT, moment))


_NEW_CURSOR = (
    "INSERT INTO sync_cursors (scope_id, cursor, epoch, seq, bootstrapped) VALUES (?, NULL, ?, 0, 0)"
    " ON CONFLICT (scope_id) DO NOTHING"
)
_MOVE_CURSOR = (
    "UPDATE sync_cursors SET cursor = ?, epoch = ?, seq = ?, bootstrapped = bootstrapped OR ?, updated_at = ?"
    " WHERE scope_id = ?"
)
_HELD = f"SELECT mutation_id FROM sync_queue_items WHERE state = 'HELD' AND {NOT_WAITING}"  # noqa: S608 - no input
_PENDING = "SELECT count(*) FROM sync_queue_items WHERE state IN ('PENDING', 'IN_FLIGHT')"


def _pending(connection: sa.Connection) -> int:
    return int(connection.exec_driver_sql(_PENDING).scalar_one())


def _cursors(connection: sa.Connection) -> dict[str, str | None]:
    found = connection.exec_driver_sql("SELECT scope_id, cursor FROM sync_cursors")
    return {row[0]: row[1] for row in found}


def _slices(tables: Iterable[TableRows], most_rows: int) -> Iterator[list[TableRows]]:
    """Few rows at a time, so that the time of a transaction can be looked at between them."""
    for part in tables:
        for start in range(0, len(part.rows), most_rows):
            yield [msgspec.structs.replace(part, rows=part.rows[start : start + most_rows])]


def _count(totals: Totals, results: Iterable[ItemResult]) -> None:
    for result in results:
        totals.pushed += result.outcome in TAKEN or result.outcome is Outcome.CONFLICT
        totals.merged += result.outcome is Outcome.MERGED
        totals.conflicts += result.outcome is Outcome.CONFLICT
        totals.held += result.outcome is Outcome.HELD
        totals.rejected += result.outcome is Outcome.REJECTED
