"""The workstation's database as a session sees it: every method that writes is one transaction or a run of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from clinicdesk.core.clock import Clock
from clinicdesk.domain.item_reasons import ItemReason
from clinicdesk.storage import attachment_notes
from clinicdesk.storage.context import SYNC_APPLIES
from clinicdesk.storage.device_facts import text_fact, write_fact
from clinicdesk.storage.engine import read_plainly
from clinicdesk.storage.recovery_state import (
    Finding,
    Found,
    end_recovery,
    known_again,
    recovers,
    write_found,
)
from clinicdesk.storage.store import Store, Work
from clinicdesk.sync import leaving, migrating, outside, restored, uploads, wiping
from clinicdesk.sync.answers import Answered, Answers
from clinicdesk.sync.base_copies import BaseCopies
from clinicdesk.sync.desk_rows import DeskRows
from clinicdesk.sync.laying import lay_missing_rows
from clinicdesk.sync.local_store import Pushed, Totals
from clinicdesk.sync.nonce_file import NonceKeeper
from clinicdesk.sync.outbox import Waiting
from clinicdesk.sync.pages import Pages
from clinicdesk.sync.protocol import (
    PROTOCOL,
    SCHEMA,
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
    WipeOrder,
)
from clinicdesk.sync.queue import push_batch
from clinicdesk.sync.rare import NEVER, Chance, Rare
from clinicdesk.sync.row_check import RowCheck, comparable
from clinicdesk.sync.schema_waits import NOT_WAITING, let_go
from clinicdesk.sync.scope_sets import take_scopes
from clinicdesk.sync.session_facts import (
    ACKNOWLEDGED,
    EPOCH,
    LAST_CONTACT,
    LAST_MUTATION,
    LAST_PROOF,
    SKEW,
    cursors,
    instant,
    pending,
)
from clinicdesk.sync.tables import WireTables, wire_tables

MOST_HELD = 2_000

_GRANTING = frozenset({SessionState.CONTINUE, SessionState.EPOCH_CHANGED})


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """Who this workstation is, and which program speaks for it."""

    device: str
    incarnation: int
    client: str
    user: str | None


class DeskStore(DeskRows):
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
        super().__init__(store, clock, tables or wire_tables())
        self._identity = identity
        self._nonces = nonces
        self._rare = rare
        self._pages = Pages(store, self._tables, clock, pause, rare, unlocked, room)
        self._plans = self._tables.by_name
        self._rank = self._tables.rank
        self._district: str | None = None
        self._last_change = 0
        self._last_uploads: dict[str, uploads.Place] = {}
        self._takes_the_rest = False
        self._all_sent = False
        self._recovers = False
        self._restoring = False
        self._owes_pull = False
        self._replayed_up_to = 0
        self._epoch: str | None = None
        self._acknowledged = 0

    # --- Opening ---------------------------------------------------------------------------------------------

    def opening(self) -> SessionOpen:
        with self._store.glance() as session:
            connection = session.connection()
            # What is written from now on goes with the next session, or a busy desk would never end this one.
            self._last_change = self._queue(connection).last()
            self._last_uploads = uploads.last_rows(connection)
            self._all_sent = False
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
                cursors=cursors(connection),
                acked=self._acknowledged,
                last_mutation=text_fact(session, LAST_MUTATION),
                proof=text_fact(session, LAST_PROOF),
                pending=pending(connection),
                clock=self._now(),
                pulled=migrating.pulled_schemas(session),
            )

    def opened(self, reply: SessionReply, totals: Totals) -> None:
        """Take over what the district says of this device: its scope set first of all (scenarios 46, 47).

        In the same transaction some of the rows here are held against their copies (s55).
        """
        self._district = reply.district
        self._district_schema = reply.schema
        with self._store.apply(SYNC_APPLIES, keys_wait=False) as work:
            session, connection = work.session, work.session.connection()
            let_go(connection, reply.schema)
            known_again(session)
            # A reply that grants nothing (revoked, upgrade needed) says nothing of scopes either.
            if reply.state in _GRANTING:
                migrating.note_schemas(session, reply, self._tables.schema)
                take_scopes(connection, session, [state.scope for state in reply.scopes], reply.epoch)
                # Else the epoch stays what it was: whoever is let in again later still has to replay.
                self._epoch = reply.epoch
                write_fact(session, EPOCH, text=reply.epoch)
            if reply.state is SessionState.EPOCH_CHANGED:
                restored.begin(connection, session)
                attachment_notes.ask_anew(connection)
            elif reply.state is SessionState.CONTINUE:
                restored.purge(session, reply.durable, instant(self._clock.now() - restored.KEPT_FOR))
                uploads.note_durable(connection, session, reply.horizon, reply.durable)
            self._restoring = restored.is_open(session)
            self._replayed_up_to = restored.replayed_up_to(session)
            write_fact(session, SKEW, text=str(reply.skew_seconds))
            write_fact(session, LAST_CONTACT, text=self._now())
            if reply.state is SessionState.CONTINUE:
                totals.differing += self._check_rows(work)
            self._migrating = migrating.under_way(session)
            # An answer came and its pull did not: rows of a student who is not kept here go only after it (D10).
            self._owes_pull = self._migrating or None in cursors(connection).values() or outside.undecided(connection)
            left = leaving.noted(connection)
        self._nonces.write(reply.nonce)
        # What a change kept here may go now, also where there is nothing to pull (s44).
        leaving.purge(self._store, self._tables, left)

    def _check_rows(self, work: Work) -> int:
        """Some rows, the next in turn; how many of them were not what the district acknowledged."""
        if not comparable(work.session, self._tables):
            return 0
        check = RowCheck(work.session.connection(), self._tables)
        found = check.next(work.session, self._clock.monotonic)
        if found:
            check.mend(work, found, self._now())
        return len(found)

    def owes_pull(self) -> bool:
        """Whether there is something to pull whatever the district says: what an earlier session left open."""
        return self._owes_pull

    def accept_wipe(self, order: WipeOrder) -> bool:
        """Whether the district's order to a revoked workstation is carried out now; its audit row goes first (s43)."""
        accepted = wiping.accept(self._store, self._identity.device, order)
        if accepted:
            with self._reading() as connection:
                self._last_uploads = uploads.last_rows(connection)
            self._all_sent = False
        return accepted

    def only_here(self) -> int:
        with self._reading() as connection:
            return wiping.only_here(connection)

    # --- Recovery (D26) --------------------------------------------------------------------------------------

    def set_aside(self, reply: SessionReply) -> None:
        """The district does not know this database as its device's: nothing goes out before a person says so."""
        with self._applying("FULL") as (_connection, session):
            write_found(session, Found(Finding(reply.state.value), max(reply.incarnation, self._identity.incarnation)))

    def set_aside_unknown(self) -> None:
        """The district does not know this workstation at all: it has to join anew, and keeps what it holds."""
        with self._applying("FULL") as (_connection, session):
            write_found(session, Found(Finding.UNKNOWN, self._identity.incarnation))

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
        totals.count(reply.results.values())

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
            self._all_sent = False
            self._replayed_up_to = restored.replayed_up_to(session)
        self._restoring = False

    def forget_cursors(self, scopes: tuple[str, ...]) -> None:
        with self._applying("FULL") as (connection, _session):
            connection.exec_driver_sql(
                "UPDATE sync_cursors SET cursor = NULL WHERE scope_id = ?", [(scope,) for scope in scopes]
            )

    # --- Push ------------------------------------------------------------------------------------------------

    def next_batch(self, most_rows: int) -> Pushed | None:
        """Captured changes first; upload-only rows that are finished ride with the last of them (D21).

        After an answer that left nothing to send, nobody needs to look again.
        """
        if self._all_sent:
            return None
        most_rows = 1 if self._rare.takes(Rare.SINGLE_ITEM) else most_rows
        with self._applying("FULL", keys_wait=False) as (connection, _session):
            queue = self._queue(connection)
            items = queue.take(most_rows, self._rank, self._last_change, self._district_schema)
            riding: list[Waiting] = []
            alike = all(item.schema == SCHEMA for item in items)
            self._takes_the_rest = False
            if alike and not queue.holds_more(len(items), self._last_change):
                room, after = most_rows - len(items), self._last_change
                riding = uploads.next_rows(connection, room, self._identity.user, self._last_uploads, after)
                self._takes_the_rest = len(riding) < room
        together = [*items, *riding]
        return Pushed(self._message(together, self._replayed_up_to), len(items)) if together else None

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

    def refuse_too_large(self, pushed: Pushed, totals: Totals) -> None:
        """No request carries this row: it stays here and is shown, and what waits behind it goes on (s10)."""
        with self._applying("FULL") as (connection, _session):
            self._queue(connection).refuse(pushed.batch.items, ItemReason.TOO_LARGE, self._now())
        totals.rejected += len(pushed.batch.items)

    def acknowledge(self, pushed: Pushed, reply: PushReply, totals: Totals) -> int:
        """One transaction: outcomes, base copies, rows, the next items' bases, and the count of what is settled."""
        answered = list(zip(pushed.batch.items, reply.results, strict=True))
        captured, rode = answered[: pushed.rows], answered[pushed.rows :]
        # Where everything was taken as it was sent, no row is written or removed that another names.
        compares = self._recovers or self._restoring
        as_sent = not (compares or reply.rows or reply.released) and all(
            result.outcome is Outcome.APPLIED for result in reply.results
        )
        with self._applying("FULL", keys_wait=not as_sent) as (connection, session):
            uploads.sent(connection, session, pushed.batch, rode)
            if captured:
                self._settle(connection, pushed.batch, captured, reply.rows)
            if reply.released:
                released = dict(reply.released)
                self._settle_held(connection, released, [])
            acknowledged = int(text_fact(session, ACKNOWLEDGED) or 0) + len(answered)
            write_fact(session, ACKNOWLEDGED, text=str(acknowledged))
            write_fact(session, LAST_MUTATION, text=pushed.batch.items[-1].mutation)
            write_fact(session, LAST_PROOF, text=reply.proof)
            left = pending(connection)
            self._all_sent = self._takes_the_rest and not self._queue(connection).holds_more(0, self._last_change)
        self._acknowledged = acknowledged
        totals.count(reply.results[: pushed.rows])
        return left

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
        if answers.settle(batch, answered, rows):
            self._last_change = queue.last()

    # --- Held ------------------------------------------------------------------------------------------------

    def held(self) -> list[str]:
        with self._reading() as connection:
            found = read_plainly(connection, f"{_HELD} ORDER BY local_seq LIMIT ?", (MOST_HELD,))
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
        totals.count([result for result in reply.results.values() if result.outcome is not Outcome.HELD])

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

    def cursors(self) -> Mapping[str, str | None]:
        with self._reading() as connection:
            return cursors(connection)

    def page_rows(self) -> int:
        return self._pages.most_rows()

    def apply(self, scopes: tuple[str, ...], page: PullPage, totals: Totals) -> None:
        self._pages.take(scopes, page, self._district_schema, totals)


_HELD = f"SELECT mutation_id FROM sync_queue_items WHERE state = 'HELD' AND {NOT_WAITING}"  # noqa: S608 - no input
