"""What the district answered to a batch, taken over within one transaction: outcomes, base copies, rows, new bases."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from clinicdesk.domain.canonical import WireValue
from clinicdesk.models.policy import Anchor
from clinicdesk.sync import erased, gone_rows, leaving, outside, restored
from clinicdesk.sync.base_copies import Base, BaseCopies
from clinicdesk.sync.conflict_rows import keep_conflict
from clinicdesk.sync.giving_way import gave_way
from clinicdesk.sync.inbox import Inbox, block_rows
from clinicdesk.sync.local_store import TAKEN
from clinicdesk.sync.protocol import ItemResult, Outcome, PushBatch, PushItem, TableRows
from clinicdesk.sync.queue import Queue
from clinicdesk.sync.tables import TablePlan, WireTables
from clinicdesk.sync.versions import FIRST

Answered = tuple[PushItem, ItemResult]


@dataclass(frozen=True, slots=True)
class Answers:
    """The work of one transaction.

    `recovers`: this database is older than the district remembers (s13). `compares`: rows are compared with the
    district's before anything of them is written, so only outcomes and bases are taken over now (s13, s17).
    """

    connection: sa.Connection
    queue: Queue
    copies: BaseCopies
    tables: WireTables
    district: str | None
    district_schema: int
    recovers: bool
    compares: bool
    at: str

    def settle(self, batch: PushBatch, answered: Sequence[Answered], rows: Sequence[TableRows]) -> int:
        """Every item settled, every row as the district has it; what waits behind stands on the new versions.

        The value is how many items this has added, which go with the same session.
        """
        self.queue.settle([(item.mutation, result) for item, result in answered], self.at)
        by_table: dict[str, list[Answered]] = {}
        for item, result in answered:
            by_table.setdefault(batch.tables[item.table].table, []).append((item, result))
        if not self.compares:
            for name, part in by_table.items():
                columns = next(table.columns for table in batch.tables if table.table == name)
                applied = [pair for pair in part if pair[1].outcome is Outcome.APPLIED]
                self._take_applied(self.tables.by_name[name], columns, applied)
        for name, part in by_table.items():
            self._rebase(name, part)
        added = gone_rows.take_gone(self.connection, self.copies, self.tables, batch, answered, self.at)
        if self.compares:
            self._take_back(batch, answered)
            self._fetch_untold(batch, answered, ())
        else:
            self._take_rows(batch, answered, rows)
            self._fetch_untold(batch, answered, rows)
        self.copies.flush()
        return added

    def _take_rows(self, batch: PushBatch, answered: Sequence[Answered], rows: Sequence[TableRows]) -> None:
        """Rows that are not what their author wrote, conflicts to be seen at once, and what the law took."""
        inbox = Inbox(self.connection, self.copies, self.queue, self.district_schema)
        # Also of a version that is known here: the table shows what the author wrote, and nothing of it waits any more.
        inbox.write_tables(rows, always=True)
        self._take_back(batch, answered)
        for item, result in answered:
            if result.outcome is Outcome.CONFLICT:
                plan = self.tables.by_name[batch.tables[item.table].table]
                keep_conflict(self.connection, plan, item, result, rows, self.at)
        gone = erased.of_answers(batch, answered)
        if gone:
            erased.erase(self.connection, self.copies, self.tables, gone, self.at)
        inbox.finish(self.at)

    def _fetch_untold(self, batch: PushBatch, answered: Sequence[Answered], rows: Sequence[TableRows]) -> None:
        """Rows that do not stand here as the district has them, and that this answer does not tell: they are fetched.

        Nothing of such an item waits any more, and its row may be of the version that is known here: no pull brings
        it. A row that gave way and was taken after all comes back with it. One that was taken while rows are only
        compared has no copy here, and where it is none of this device's, no pull brings it either.
        """
        told = {(part.table, row[0]) for part in rows for row in part.rows}
        untold: dict[str, list[str]] = {}
        taken: dict[str, list[str]] = {}
        for item, result in answered:
            table = batch.tables[item.table].table
            if result.outcome in restored.DECIDED and (table, item.key) not in told and not gone_rows.is_gone(result):
                untold.setdefault(table, []).append(item.key)
            elif result.outcome is Outcome.APPLIED:
                taken.setdefault(table, []).append(item.key)
        for table, keys in taken.items():
            unseen = {*gave_way(self.connection, table, keys)}
            if self.compares:
                unseen |= {*keys} - self.copies.of(table, keys).keys()
            if unseen:
                untold.setdefault(table, []).extend(sorted(unseen))
        for table, keys in untold.items():
            block_rows(self.connection, table, keys, self.at, "answered_without_row")

    def _take_back(self, batch: PushBatch, answered: Sequence[Answered]) -> None:
        """Where the district did not take an offer, the desk shows again what the district has (s17)."""
        for table, item in restored.dismissed_offers(batch, answered):
            if not restored.take_back(self.connection, self.copies, self.tables.by_name[table], item):
                leaving.remove(self.connection, self.copies, self.tables.by_name[table], [item.key])

    def _take_applied(self, plan: TablePlan, columns: Sequence[str], taken: Sequence[Answered]) -> None:
        """The district's row is now what this desk had when it sent: the copy is made here, nothing comes back.

        Of a row that was held there can be several answers at once, and the row may have come in a newer version
        before them: then it is fetched again.
        """
        if not taken:
            return
        taken = sorted(taken, key=lambda pair: pair[1].version)
        copies = self.copies.whole(plan.name, (item.key for item, _result in taken))
        known = {key: base for key, (base, _values) in copies.items()}
        before = {key: values for key, (_base, values) in copies.items()}
        late = [item.key for item, result in taken if item.key in known and known[item.key].version > result.version]
        if late:
            block_rows(self.connection, plan.name, late, self.at, "answered_late")
        latest: dict[str, tuple[str, int, dict[str, WireValue], str | None]] = {}
        numbers: dict[str, int] = {}
        for item, result in taken:
            if item.key in late:
                continue
            if item.values is not None:
                told = dict(zip(columns, item.values, strict=True))
                values = dict(self.tables.history.values_now(plan.name, told, FIRST))
            else:
                changed = {name: new for name, (_old, new, _base) in (item.changes or {}).items()}
                changed = self.tables.history.values_now(plan.name, changed, FIRST)
                values = {**before.get(item.key, {}), **changed}
            before[item.key] = values
            anchor = result.anchor or self._anchor(plan, item.key, values, known.get(item.key))
            latest[item.key] = (item.key, result.version, values, anchor)
            if anchor is not None:
                numbers[anchor] = max(result.seq, numbers.get(anchor, 0))
        made = list(latest.values())
        if not made:
            return
        outside.note(self.connection, self.copies, numbers)
        self.copies.expect([base.anchor for base in known.values()])
        for key, version, values, anchor in made:
            self.copies.put(plan.name, key, version, values, anchor, known.get(key))
        self.connection.exec_driver_sql(
            plan.acknowledged, [(version, anchor, key) for key, version, _values, anchor in made]
        )

    def _anchor(self, plan: TablePlan, key: str, values: Mapping[str, object], known: Base | None) -> str | None:
        """The anchor that the district did not need to tell: what the first column of the scope path names (D10)."""
        path = plan.shape.policy.scope
        if path.anchor is Anchor.DISTRICT:
            return self.district
        if path.anchor is Anchor.OWN or path.column == "id":
            return key
        named = values.get(path.column or "")
        if path.anchor is not Anchor.PARENT and isinstance(named, str):
            return named
        if known is not None:
            return known.anchor
        found = self.connection.exec_driver_sql(plan.read(["scope_id"]), (key,)).first()
        return None if found is None else found[0]

    def _rebase(self, table: str, part: Sequence[Answered]) -> None:
        taken = {item.key: (item, result) for item, result in part if result.outcome in TAKEN}
        still_open = self.queue.open_among(table, taken)
        taken = {key: answer for key, answer in taken.items() if key in still_open}
        # What went out already has to say the same when it goes again (s5).
        for key, waiting in self.queue.of_rows(table, taken, unsent=True).items() if taken else ():
            item, result = taken[key]
            sent: Collection[str] = self.tables.by_name[table].columns
            if item.changes is not None:
                sent = self.tables.history.names_now(table, item.changes, FIRST)
            whole = result.outcome is Outcome.APPLIED and not self.recovers
            later = [one for one in waiting if one.mutation_id != item.mutation]
            self.queue.rebase(later, sent, result.version, whole=whole)
