"""One push: every item judged, merged and written in one transaction, each with its own outcome (sync design 1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import psycopg

from clinicdesk.domain.item_reasons import ItemReason
from clinicdesk.domain.merge import Clash, ConflictKind, DistrictRow, Merge, Operation, Verdict, merge
from clinicdesk.domain.permissions import Actor
from clinicdesk.server import erasure, lost_rows, records, trail
from clinicdesk.server.adapters import rests_on
from clinicdesk.server.claimed_keys import Claimed, stored_without_key
from clinicdesk.server.conflicts import Conflicts, Place, as_known_to, duplicates_and_forks, place_of
from clinicdesk.server.database import Connection
from clinicdesk.server.incoming import Incoming, Unpacked, Unreadable, unpack
from clinicdesk.server.judging import Judge, Parent, Problem, Sender
from clinicdesk.server.ledger import Ledger, Written
from clinicdesk.server.own_writes import memberships, record
from clinicdesk.server.refusals import explain
from clinicdesk.server.releasing import Releasing, mended, on_own_releases
from clinicdesk.server.rows import Row, load, new_row, write_all, write_apart
from clinicdesk.server.synced_tables import CONFLICTS, SyncedTable, synced_tables
from clinicdesk.server.telling import rows_to_send
from clinicdesk.sync.protocol import ItemResult, Outcome, PushBatch, TableRows
from clinicdesk.sync.versions import HISTORY, SchemaHistory


@dataclass(slots=True)
class Answer:
    """What the reply is made of."""

    results: list[ItemResult]
    rows: list[TableRows]
    released: list[tuple[str, ItemResult]]
    written: Written


@dataclass(slots=True)
class Push:
    """The work of one transaction. Tables are done one after another, parents first."""

    connection: Connection
    district: str
    system_user: str | None
    sender: Sender
    now: dt.datetime
    history: SchemaHistory = HISTORY
    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    kept: list[records.Kept] = field(default_factory=list)
    accepted: list[records.Accepted] = field(default_factory=list)
    arrived: set[str] = field(default_factory=set)
    _last_writer: dict[tuple[str, str], Incoming] = field(default_factory=dict)
    _released_versions: dict[tuple[str, str], list[tuple[str, int]]] = field(default_factory=dict)
    _erased: set[tuple[str, str]] = field(default_factory=set)
    judge: Judge = field(init=False)
    conflicts: Conflicts = field(init=False)

    def __post_init__(self) -> None:
        self.judge = Judge(self.connection, self.district, self.sender, self.rows)
        self.conflicts = Conflicts(self.now, self.system_user, self.rows)

    def run(self, batch: PushBatch) -> Answer:
        """Everything but the commit.

        Raises:
            psycopg.errors.UniqueViolation: another connection has just taken one of these mutations: run again.
        """
        unpacked = unpack(batch, self.history)
        items = self._unsettled(unpacked)
        self.process(items)
        released = Releasing(self)
        released.arrivals()
        everything = _in_order(unpacked)
        fresh = [item for item in everything if not item.settled]
        written = self._close(least=1 if fresh else 0)
        self._number(everything, written)
        records.keep(self.connection, self.kept, self.sender.device, self.now)
        records.write_history(self.connection, self.accepted, written.of_row, written.seq, self.now)
        records.write_receipts(self.connection, fresh, self.sender.device, self.now)
        self._renew(released.items, written)
        self._note_refusals(fresh)
        results = [item.result for item in everything if item.result is not None]
        return Answer(
            results,
            self._rows_to_send(everything),
            [
                (item.mutation, item.result)
                for item in released.items
                if item.device == self.sender.device
                and item.result is not None
                and item.result.outcome is not Outcome.HELD
            ],
            written,
        )

    def _note_refusals(self, items: Iterable[Incoming | Unreadable]) -> None:
        clashes = (item.result for item in items if item.result is not None and item.result.conflicts)
        results = [*(entry.result for entry in self.kept), *clashes]
        trail.note_refusals(self.connection, self.district, self.sender.device, results, self.now)

    def release(self, items: Sequence[Incoming], voucher: Actor | None, by: str | None) -> Written:
        """Items of the inbox that a person lets in, with what waits for them; their devices hear of it when they ask.

        A `voucher` answers for them in place of their authors; without one they are judged as they were authored.
        """
        released = Releasing(self)
        released.decided(items, voucher, by)
        written = self._close()
        records.write_history(self.connection, self.accepted, written.of_row, written.seq, self.now)
        self._renew(released.items, written)
        return written

    def may_vouch(self, item: Incoming, person: Actor) -> bool:
        """Whether this person has the authority herself that the row of this item needs (s41)."""
        self.rows.update(
            {(item.table.name, key): row for key, row in load(self.connection, item.table, [item.key]).items()}
        )
        self.judge.voucher = person
        self.judge.prepare([item])
        self.judge.prepare_table(item.table, [item])
        return self.judge.unauthorised(item) is None

    def _renew(self, items: Sequence[Incoming], written: Written) -> None:
        self._number(items, written)
        for item in items:
            records.renew_receipt(self.connection, item)

    def own_releases(self, item: Incoming) -> set[int]:
        """Versions of the item's row that stem from items its device had in the inbox (s40)."""
        place = (item.table.name, item.key)
        here = {version for device, version in self._released_versions.get(place, ()) if device == item.device}
        return here | records.versions_of_released(self.connection, item.device, *place)

    def quarantine(self, batch: PushBatch) -> Answer:
        """Keep what a revoked device still hands in, for a supervisor; nothing is applied (s43)."""
        return self._only_keep(batch, ItemResult(Outcome.HELD, reason="device_revoked"), "QUARANTINED")

    def keep_for_upgrade(self, batch: PushBatch) -> Answer:
        """Keep what a program below the oldest served schema hands in, until it has been updated (s22)."""
        return self._only_keep(batch, ItemResult(Outcome.HELD, reason="upgrade_needed"), None)

    def _only_keep(self, batch: PushBatch, result: ItemResult, state: str | None) -> Answer:
        unpacked = unpack(batch, self.history)
        for item in self._unsettled(unpacked):
            item.result = result
            self.kept.append(records.Kept(item, item.result, state=state))
        everything = _in_order(unpacked)
        records.keep(self.connection, self.kept, self.sender.device, self.now)
        fresh = [item for item in everything if not item.settled]
        records.write_receipts(self.connection, fresh, self.sender.device, self.now)
        self._note_refusals(fresh)
        results = [item.result for item in everything if item.result is not None]
        return Answer(results, [], [], Ledger().write(self.connection, self.now, least=1 if fresh else 0))

    # --- What was here before ----------------------------------------------------------------------------------

    def _unsettled(self, unpacked: Unpacked) -> list[Incoming]:
        """Items that were not here before; the others get their receipt (s1, s4, s5)."""
        everything = _in_order(unpacked)
        receipts = records.receipts_of(self.connection, [item.mutation for item in everything])
        seen: set[str] = set()
        fresh: list[Incoming] = []
        for item in everything:
            receipt = receipts.get(item.mutation)
            if receipt is not None and receipt.fingerprint == item.fingerprint:
                item.result, item.settled = receipt.result, True
            elif receipt is not None or item.mutation in seen:
                item.result, item.settled = ItemResult(Outcome.REJECTED, reason="mutation_reused"), True
                self.kept.append(records.Kept(item, item.result, state="QUARANTINED"))
            elif isinstance(item, Unreadable):
                self.kept.append(records.Kept(item, item.result))
            else:
                fresh.append(item)
            seen.add(item.mutation)
        return fresh

    # --- The items, table by table -----------------------------------------------------------------------------

    def process(self, items: Sequence[Incoming]) -> None:
        """Judge, merge and write these items, table by table."""
        self.judge.prepare(items)
        by_table: dict[str, list[Incoming]] = {}
        for item in items:
            by_table.setdefault(item.table.name, []).append(item)
        outcomes = {item.mutation: item for item in items}
        self._erased = erasure.among(self.connection, {(item.table.name, item.key) for item in items})
        for name in sorted(by_table, key=lambda name: synced_tables()[name].rank):
            self._process_table(synced_tables()[name], by_table[name], outcomes)

    def _process_table(self, table: SyncedTable, items: list[Incoming], outcomes: Mapping[str, Incoming]) -> None:
        keys = dict.fromkeys(item.key for item in items)
        missing = [key for key in keys if (table.name, key) not in self.rows]
        for key, row in load(self.connection, table, missing, lock=True).items():
            self.rows[table.name, key] = row
        existing = [key for key in keys if (table.name, key) in self.rows]
        if existing and table.name != CONFLICTS:
            self.conflicts.read_open(self.connection, table, existing)
        self.judge.prepare_table(table, items)
        coming = {item.key for item in items if item.change.operation is Operation.INSERT}
        touched: dict[str, list[tuple[Incoming, Merge]]] = {}
        for item in items:
            stands = self.rows.get((table.name, item.key))
            if stands is not None and lost_rows.is_known(self.connection, item, stands):
                touched.setdefault(item.key, []).append((item, Merge(Verdict.MERGED)))
                continue
            problem = self._stop(item, stands) or self.judge.problem(item, coming, outcomes)
            if problem is not None:
                self._hold(item, problem)
                coming.discard(item.key)
                continue
            self._merge(item, touched)
        self._write(table, touched)

    def _stop(self, item: Incoming, row: Row | None) -> Problem | None:
        """What comes before every other judgement: the law, and what a restore lost (s17, s60)."""
        if (item.table.name, item.key) in self._erased:
            return Problem(Outcome.HELD, ItemReason.ERASED.value)
        return lost_rows.stop(item, row, vouched=self.judge.voucher is not None)

    # --- Merge -------------------------------------------------------------------------------------------------

    def _merge(self, item: Incoming, touched: dict[str, list[tuple[Incoming, Merge]]]) -> None:
        place = (item.table.name, item.key)
        row = self.rows.get(place)
        if row is not None:
            item.change = lost_rows.on_restored(item, row)
            item.change = rests_on(item, row.values, self.history)
        change = item.change if row is None else on_own_releases(self, item, row)
        merged = merge(_as_merged(item, row), change, item.table.rules)
        if merged.verdict is Verdict.REJECTED:
            if row is None and item.change.base > 0:
                self._take_beside_nothing(item)
                return
            self._hold(item, Problem(Outcome.REJECTED, merged.reason or "rejected"))
            return
        anchor = self.judge.anchor_after(item, row, merged.accepted)
        problem = self.judge.unshared(item, row, merged.accepted, anchor)
        if problem is not None:
            self._hold(item, problem)
            return
        if row is None:
            assert anchor is not None
            row = new_row(item.table, item.key, merged.accepted, anchor, item.authored_at, item.author)
            self.rows[place] = row
            if item.table.defaults.keys() - merged.accepted.keys():
                # An older program does not know the column: its author has to hear what it holds (s22).
                merged = replace(merged, verdict=Verdict.MERGED)
            if item.key == anchor:
                self.judge.announce(item, anchor)
        elif merged.accepted:
            row.write(merged.accepted, item.authored_at, item.author)
            row.anchor = anchor or row.anchor
            self.conflicts.show_newest(item, row, merged.accepted)
        if item.translated and merged.verdict is Verdict.APPLIED:
            # What its desk would take for the row now is not called so any more: it hears it anew (s24).
            merged = replace(merged, verdict=Verdict.MERGED)
        if item.inbox is not None and merged.accepted:
            self._released_versions.setdefault(place, []).append((item.device, row.version))
        touched.setdefault(item.key, []).append((item, merged))

    def _take_beside_nothing(self, item: Incoming) -> None:
        """A change of a row whose tombstone has expired: an edit stands in a conflict, the row stays gone (s29).

        Its desk hands in what else the row said, so that it can be restored; a second deletion is one (s27).
        """
        if item.change.operation is Operation.DELETE:
            item.result = ItemResult(Outcome.MERGED)
            self.accepted.append(records.Accepted(item, item.change.base, {}))
            return
        if (item.table.name, item.key) not in self.conflicts.open:
            self.conflicts.read_open(self.connection, item.table, [item.key])
        school = next(iter(sorted(self.sender.scopes.scopes - {self.district})), None)
        place = Place(self.district) if school is None else Place(school, school=school)
        gone = new_row(item.table, item.key, {}, place.anchor, self.conflicts.at, None)
        clash = Clash(ConflictKind.DELETE_VS_EDIT, tuple(sorted(item.change.fields)))
        conflict = self.conflicts.raise_one(item, clash, gone, place)
        item.result = ItemResult(
            Outcome.CONFLICT, reason=clash.kind.value, fields=list(clash.fields), conflicts=[conflict]
        )

    def _write(self, table: SyncedTable, touched: Mapping[str, list[tuple[Incoming, Merge]]]) -> None:
        """Write the rows that changed, then say of every item what became of it."""
        changed = [self.rows[table.name, key] for key in sorted(touched) if self.rows[table.name, key].changed]
        inserted = {row.key for row in changed if not row.exists}
        going_in = dict(touched)

        def failed(row: Row, error: psycopg.Error) -> None:
            claimed = stored_without_key(self.connection, row, error)
            if claimed is None:
                self._fail(row, error, going_in.pop(row.key))
            else:
                self._contest(row, claimed, going_in[row.key])

        written = write_apart(self.connection, changed, failed)
        self._detect(table, [row for row in written if row.key in inserted], going_in)
        for pairs in going_in.values():
            for item, merged in pairs:
                if item.result is None:
                    item.result = self._outcome(item, merged)
                self._last_writer[table.name, item.key] = item
                self.accepted.append(records.Accepted(item, self.rows[table.name, item.key].version, merged.accepted))
                records.settle(self.connection, mended(item, self.judge.kept_before(item)), self.now)
        for row in changed:
            if (table.name, row.key) not in self.judge.failed:
                self.judge.parents[table.name, row.key] = Parent(row.anchor, row.deleted)
                if row.key in inserted or any(item.restores for item, _merged in touched[row.key]):
                    self.arrived.add(row.key)

    def _outcome(self, item: Incoming, merged: Merge) -> ItemResult:
        row = self.rows[item.table.name, item.key]
        conflicts = [self._raise(item, clash, row) for clash in merged.clashes]
        orphaned = self._orphaned(item, merged, row)
        conflicts += orphaned
        fields = sorted({name for clash in merged.clashes for name in clash.fields})
        outcome = Outcome(merged.verdict.value)
        if orphaned and outcome is Outcome.APPLIED:
            # The row is in as written; only the word that its parent is gone is new.
            outcome = Outcome.CONFLICT
        return ItemResult(
            outcome,
            row.version,
            anchor=_named_anchor(item.table, row, self.district),
            reason=_kind_of(merged, orphaned),
            fields=fields,
            conflicts=conflicts,
        )

    def _raise(self, item: Incoming, clash: Clash, row: Row, *, other: str | None = None) -> str:
        place = place_of(self.connection, row, self.district)
        return self.conflicts.raise_one(item, clash, row, place, other=other)

    def _orphaned(self, item: Incoming, merged: Merge, row: Row) -> list[str]:
        """A child of a deleted parent is kept, never cascaded away, and shown (s32)."""
        if item.change.operation is not Operation.INSERT or not merged.accepted:
            return []
        gone = [
            parent.column
            for parent in item.table.parents
            if (changed := item.change.fields.get(parent.column)) is not None
            and isinstance(changed.new, str)
            and (known := self.judge.parents.get((parent.table, changed.new))) is not None
            and known.deleted
        ]
        return [self._raise(item, Clash(ConflictKind.ORPHAN, tuple(gone)), row)] if gone else []

    def _detect(
        self, table: SyncedTable, inserted: Sequence[Row], touched: Mapping[str, list[tuple[Incoming, Merge]]]
    ) -> None:
        for row, clash, other in duplicates_and_forks(self.connection, table, inserted):
            item, _merged = touched[row.key][0]
            conflict = self._raise(item, clash, row, other=other)
            item.result = ItemResult(
                Outcome.CONFLICT,
                row.version,
                anchor=_named_anchor(table, row, self.district),
                reason=clash.kind.value,
                fields=list(clash.fields),
                conflicts=[conflict],
            )

    # --- What did not go in ------------------------------------------------------------------------------------

    def _hold(self, item: Incoming, problem: Problem) -> None:
        item.result = ItemResult(problem.outcome, reason=problem.reason, fields=list(problem.fields))
        if item.change.operation is Operation.INSERT:
            self.judge.failed.add((item.table.name, item.key))
        self.kept.append(records.Kept(item, item.result, problem.waits_for))

    def _fail(self, row: Row, error: psycopg.Error, pairs: Sequence[tuple[Incoming, Merge]]) -> None:
        """The database refused the row: forget it, and keep its items with the reason."""
        place = (row.table.name, row.key)
        self.judge.failed.add(place)
        del self.rows[place]
        if row.stored_version > 0:
            self.rows[place] = load(self.connection, row.table, [row.key])[row.key]
        refusal = explain(row, error)
        outcome = Outcome.HELD if refusal.waits else Outcome.REJECTED
        for item, _merged in pairs:
            self._hold(item, Problem(outcome, refusal.reason, refusal.waits_for, refusal.fields))

    def _contest(self, row: Row, claimed: Claimed, pairs: Sequence[tuple[Incoming, Merge]]) -> None:
        """The row stands without the key that another has; both are shown (s33)."""
        item, merged = pairs[-1]
        place = place_of(self.connection, row, self.district)
        conflict = self.conflicts.raise_one(item, claimed.clash, row, place, values=claimed.wanted)
        item.result = ItemResult(
            Outcome.CONFLICT,
            row.version,
            anchor=_named_anchor(row.table, row, self.district),
            reason=claimed.clash.kind.value,
            fields=list(claimed.columns),
            conflicts=[conflict, *(self._raise(item, clash, row) for clash in merged.clashes)],
        )

    # --- The end -----------------------------------------------------------------------------------------------

    def _close(self, *, least: int = 0) -> Written:
        """Conflict rows, memberships, log, digests: the part that takes sequence numbers comes last."""
        conflicts = list(self.conflicts.touched.values())
        write_all(self.connection, conflicts)
        rows = [row for row in self.rows.values() if row.changed]
        changed = memberships(self.connection, rows, self.district, self.now.date())
        origins = {(row.table.name, row.key): origin for row in rows if (origin := self._origin(row)) is not None}
        return record(self.connection, rows, changed, self.now, origins, least=least)

    def _origin(self, row: Row) -> str | None:
        """The device whose own word the row is now, so that it need not hear it back."""
        item = self._last_writer.get((row.table.name, row.key))
        if item is None or item.result is None or item.result.outcome is not Outcome.APPLIED:
            return None
        return item.device

    def _number(self, items: Iterable[Incoming | Unreadable], written: Written) -> None:
        """Give each result the sequence number of its row, or of the commit that decided it."""
        for item in items:
            if isinstance(item, Incoming) and item.result is not None and not item.settled:
                seq = written.of_row.get((item.table.name, item.key), written.seq)
                if item.result.version:
                    result = item.result
                    item.result = ItemResult(
                        result.outcome,
                        result.version,
                        seq,
                        result.anchor,
                        result.reason,
                        result.fields,
                        result.conflicts,
                    )

    def _rows_to_send(self, items: Iterable[Incoming | Unreadable]) -> list[TableRows]:
        wanted: dict[str, dict[str, None]] = {}
        for item in items:
            if (
                isinstance(item, Incoming)
                and item.result is not None
                and item.result.outcome in {Outcome.MERGED, Outcome.CONFLICT}
                and not item.table.upload_only
            ):
                wanted.setdefault(item.table.name, {})[item.key] = None
        return rows_to_send(self.connection, wanted, self.rows, self.sender.scopes)


def _as_merged(item: Incoming, row: Row | None) -> DistrictRow | None:
    if row is None:
        return None
    return as_known_to(row, item.author) if item.table.name == CONFLICTS else row.as_merged()


def _kind_of(merged: Merge, orphaned: Sequence[str]) -> str | None:
    """What the desk calls the conflict until it is pulled, or how the two sides went together."""
    if merged.clashes:
        return merged.clashes[0].kind.value
    if merged.verdict is Verdict.MERGED and not orphaned:
        return (ItemReason.BESIDE if merged.accepted else ItemReason.SAME).value
    return ConflictKind.ORPHAN.value if orphaned else None


def _in_order(unpacked: Unpacked) -> list[Incoming | Unreadable]:
    return sorted([*unpacked.items, *unpacked.unreadable], key=lambda item: item.position)


def _named_anchor(table: SyncedTable, row: Row, district: str) -> str | None:
    """None where the first column of the scope path says the anchor itself, as the protocol has it."""
    column = table.scope.column
    named = row.key if column == "id" else district if column is None else row.values.get(column)
    return None if row.anchor == named else row.anchor
