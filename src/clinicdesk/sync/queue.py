"""The queue of captured changes in the database: read for sending, marked as in flight, settled by the answer."""

# ruff: noqa: S608 - the statements below share one list of columns; every value is a parameter

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.merge import Operation
from clinicdesk.models.enums import QueueState
from clinicdesk.storage.engine import read_plainly
from clinicdesk.sync.outbox import Waiting, foldable, folded, next_batch, rebased
from clinicdesk.sync.protocol import ItemResult, Outcome, PushBatch, PushItem, TableColumns
from clinicdesk.sync.schema_waits import as_of_now, hold_back
from clinicdesk.sync.tables import TablePlan, WireTables, wire_tables

_UNSETTLED = "('PENDING', 'IN_FLIGHT', 'HELD')"
_OPEN = "('PENDING', 'IN_FLIGHT', 'HELD', 'REJECTED')"
_COLUMNS = (
    "SELECT local_seq, mutation_id, local_tx_id, table_name, entity_id, action_type, changes, base_version,"
    " user_id, grant_id, timestamp, schema_version, field_bases, purpose FROM sync_queue_items"
)
_BY_STATE = f"{_COLUMNS} WHERE state = ? AND local_seq <= ? ORDER BY local_seq LIMIT ?"
_BY_ROW = (
    f"{_COLUMNS} WHERE table_name = ? AND entity_id IN (SELECT value FROM json_each(?))"
    f" AND state IN {_OPEN} ORDER BY local_seq"
)
_UNSENT = (
    f"{_COLUMNS} WHERE table_name = ? AND entity_id IN (SELECT value FROM json_each(?)) AND state = 'PENDING'"
    " ORDER BY local_seq"
)
_BY_MUTATION = f"{_COLUMNS} WHERE mutation_id IN (SELECT value FROM json_each(?)) AND state IN {_UNSETTLED}"
_ALL_UNSETTLED = f"SELECT mutation_id FROM sync_queue_items WHERE state IN {_UNSETTLED} ORDER BY local_seq"
_LAST = "SELECT coalesce(max(local_seq), 0) FROM sync_queue_items WHERE local_seq > 0"
_MORE = "SELECT 1 FROM sync_queue_items WHERE state IN ('PENDING', 'IN_FLIGHT') AND local_seq <= ? LIMIT 1 OFFSET ?"
_REJECTED = (
    f"{_COLUMNS} WHERE table_name = ? AND entity_id IN (SELECT value FROM json_each(?)) AND state = 'REJECTED'"
    " AND local_seq <= ? ORDER BY local_seq"
)
_IN_STATE = "SELECT 1 FROM sync_queue_items WHERE state IN (SELECT value FROM json_each(?)) LIMIT 1"
_OPEN_TABLES = f"SELECT DISTINCT table_name FROM sync_queue_items WHERE state IN {_OPEN}"
_OPEN_AMONG = (
    "SELECT DISTINCT entity_id FROM sync_queue_items WHERE table_name = ?"
    f" AND entity_id IN (SELECT value FROM json_each(?)) AND state IN {_OPEN}"
)
_IN_FLIGHT = (
    "UPDATE sync_queue_items SET state = 'IN_FLIGHT', attempts = attempts + 1, schema_version = ?"
    " WHERE local_seq IN (SELECT value FROM json_each(?))"
)
_FOLDED = (
    "UPDATE sync_queue_items SET state = 'IN_FLIGHT', attempts = attempts + 1, schema_version = ?, action_type = ?,"
    " changes = ?, field_bases = ?, timestamp = ? WHERE local_seq = ?"
)
_REVIVED = (
    "UPDATE sync_queue_items SET state = 'PENDING', changes = ?, timestamp = ?, mutation_id = ?, last_error = NULL,"
    " outcome = NULL WHERE local_seq = ?"
)
_ABSORBED = "DELETE FROM sync_queue_items WHERE local_seq = ?"
_SETTLED = (
    "UPDATE sync_queue_items SET state = ?, synced = ?, synced_at = ?, server_version = ?, change_seq = ?,"
    " last_error = ?, outcome = ?, updated_at = ? WHERE mutation_id = ?"
)
_REFUSED = (
    "UPDATE sync_queue_items SET state = 'REJECTED', last_error = ?, updated_at = ? WHERE mutation_id = ?"
    " AND state = 'IN_FLIGHT'"
)
_REBASED = "UPDATE sync_queue_items SET base_version = ?, field_bases = ? WHERE local_seq = ?"
_CLASHES = "UPDATE sync_queue_items SET conflict_detected = 1 WHERE local_seq = ?"

_STOPPED = frozenset({Outcome.HELD, Outcome.REJECTED})
_OPEN_STATES = (QueueState.PENDING, QueueState.IN_FLIGHT, QueueState.HELD, QueueState.REJECTED)

_STATES = {
    Outcome.APPLIED: QueueState.APPLIED,
    Outcome.MERGED: QueueState.MERGED,
    Outcome.CONFLICT: QueueState.CONFLICT,
    Outcome.HELD: QueueState.HELD,
    Outcome.REJECTED: QueueState.REJECTED,
}


class Queue:
    """`sync_queue_items` within one transaction; `tables` are those of this program."""

    def __init__(self, connection: sa.Connection, tables: WireTables | None = None) -> None:
        self._connection = connection
        self.tables = tables or wire_tables()

    def last(self) -> int:
        """The newest captured change."""
        ((last,),) = read_plainly(self._connection, _LAST)
        return int(last)

    def take(
        self, most_rows: int, rank: Mapping[str, int], last: int, district_schema: int | None = None
    ) -> list[Waiting]:
        """The next items to send up to `last`, marked as in flight; those in flight already come first, unchanged.

        A crash or a lost answer leaves them in flight: they go again under the same identifiers (scenarios 1, 2), in
        the words of the schema they were sent in, those of one schema together (s24).
        """
        in_flight = self._read(_BY_STATE, (QueueState.IN_FLIGHT.value, last, most_rows))
        if in_flight:
            together = [item for item in in_flight if item.schema == in_flight[0].schema]
            return sorted(together, key=lambda item: (rank[item.table], item.seq))
        while True:
            captured = self._read(_BY_STATE, (QueueState.PENDING.value, last, most_rows))
            waiting = [as_of_now(item, self.tables) for item in captured]
            if self._is_behind(district_schema) and hold_back(
                self._connection, waiting, self.tables, int(district_schema or 0)
            ):
                continue
            if self._revived(waiting, last):
                continue
            batch = next_batch(waiting, most_rows, rank)
            for item in batch.emptied:
                self._run(_ABSORBED, [(seq,) for seq in (item.seq, *item.absorbed)])
            if batch.items or not batch.emptied:
                said = {item.seq: item.changes.keys() for item in captured}
                self._mark(batch.items, {item.seq for item in batch.items if item.changes.keys() != said[item.seq]})
                return list(batch.items)

    def holds_more(self, count: int, last: int) -> bool:
        """Whether more than so many changes up to `last` are still to be sent, those in flight among them."""
        return bool(read_plainly(self._connection, _MORE, (last, count)))

    def _revived(self, waiting: Sequence[Waiting], last: int) -> bool:
        """An edit of a row whose change was rejected mends that change: both go as one, under a new identity (s31)."""
        if not self._any_in(QueueState.REJECTED):
            return False
        by_table: dict[str, list[str]] = {}
        for item in waiting:
            by_table.setdefault(item.table, []).append(item.pk)
        rejected = {
            (item.table, item.pk): as_of_now(item, self.tables)
            for table, keys in by_table.items()
            for item in self._read(_REJECTED, (table, _text(keys), last))
        }
        revived = False
        for item in waiting if rejected else ():
            head = rejected.pop((item.table, item.pk), None)
            if head is not None and foldable(head, item):
                whole = folded(head, item)
                self._run(_ABSORBED, [(item.seq,)])
                self._run(_REVIVED, [(_text(whole.changes), whole.authored_at, str(new_id()), head.seq)])
                revived = True
        return revived

    def refuse(self, items: Sequence[PushItem], reason: str, at: str) -> None:
        """Items that cannot be sent as they are; an edit that mends one takes it along again."""
        self._run(_REFUSED, [(reason, at, item.mutation) for item in items])

    def _is_behind(self, district_schema: int | None) -> bool:
        return district_schema is not None and district_schema < self.tables.schema

    def _mark(self, items: Sequence[Waiting], reworded: Collection[int]) -> None:
        plain: dict[int, list[int]] = {}
        for item in items:
            if not item.absorbed and item.seq not in reworded:
                plain.setdefault(item.schema, []).append(item.seq)
        folded = [
            (
                item.schema,
                item.operation.value.upper(),
                _text(item.changes),
                _text(item.bases) if item.bases else None,
                item.authored_at,
                item.seq,
            )
            for item in items
            if item.absorbed or item.seq in reworded
        ]
        self._run(_ABSORBED, [(seq,) for item in items for seq in item.absorbed])
        self._run(_FOLDED, folded)
        self._run(_IN_FLIGHT, [(schema, _text(numbers)) for schema, numbers in plain.items()])

    def open_among(self, table: str, keys: Iterable[str]) -> set[str]:
        """Those of the rows with a change that the district has not taken or put before a person.

        Asked for the rows in hand: the queue of a desk that was offline for weeks is no set to keep in memory.
        """
        if not self._any_in(*_OPEN_STATES):
            return set()
        return {key for (key,) in read_plainly(self._connection, _OPEN_AMONG, (table, _text(list(keys))))}

    def holds_of_scope(self, anchor: str) -> bool:
        """Whether a row that stands here under this anchor has such a change."""
        return any(
            read_plainly(
                self._connection,
                f"SELECT 1 FROM sync_queue_items q JOIN {table} r ON r.id = q.entity_id"
                f" WHERE q.table_name = ? AND q.state IN {_OPEN} AND r.scope_id = ? LIMIT 1",
                (table, anchor),
            )
            for (table,) in read_plainly(self._connection, _OPEN_TABLES)
        )

    def _any_in(self, *states: QueueState) -> bool:
        return bool(read_plainly(self._connection, _IN_STATE, (_text([state.value for state in states]),)))

    def of_rows(self, table: str, keys: Collection[str], *, unsent: bool = False) -> dict[str, list[Waiting]]:
        """The unsettled items of these rows, oldest first; `unsent`: those of which the district cannot know yet."""
        found: dict[str, list[Waiting]] = {}
        for item in self._read(_UNSENT if unsent else _BY_ROW, (table, _text(list(keys)))):
            found.setdefault(item.pk, []).append(as_of_now(item, self.tables))
        return found

    def unsettled(self) -> list[str]:
        """The identities of everything that waits for its answer, oldest first."""
        return [mutation for (mutation,) in read_plainly(self._connection, _ALL_UNSETTLED)]

    def of_mutations(self, mutations: Collection[str]) -> dict[str, Waiting]:
        return {item.mutation_id: item for item in self._read(_BY_MUTATION, (_text(list(mutations)),))}

    def settle(self, results: Iterable[tuple[str, ItemResult]], at: str) -> None:
        """Write the outcome of each mutation; what is held or rejected stays with its reason."""
        self._run(
            _SETTLED,
            [
                (
                    _STATES[result.outcome].value,
                    result.outcome not in _STOPPED,
                    None if result.outcome in _STOPPED else at,
                    result.version or None,
                    result.seq or None,
                    result.reason if result.outcome in _STOPPED else None,
                    None if result.outcome is Outcome.APPLIED else _outcome(result),
                    at,
                    mutation,
                )
                for mutation, result in results
            ],
        )

    def rebase(self, waiting: Iterable[Waiting], sent: Collection[str], version: int, *, whole: bool) -> None:
        """Move the base of the next items of a row after an earlier one was taken (scenario 40)."""
        moved = [rebased(item, sent, version, whole=whole) for item in waiting]
        self._run(_REBASED, [(item.base, _text(item.bases) if item.bases else None, item.seq) for item in moved])

    def mark_clashing(self, items: Iterable[Waiting]) -> None:
        """The early mark: the district changed what these items change too."""
        self._run(_CLASHES, [(item.seq,) for item in items])

    def _run(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            self._connection.exec_driver_sql(statement, rows)

    def _read(self, statement: str, parameters: tuple[Any, ...]) -> list[Waiting]:
        return [
            Waiting(
                seq=seq,
                mutation_id=mutation,
                transaction=transaction,
                table=table,
                pk=pk,
                operation=Operation(action.lower()),
                changes=msgspec.json.decode(changes),
                base=base,
                author=author,
                grant=grant,
                authored_at=authored_at,
                schema=schema,
                bases=msgspec.json.decode(bases) if bases else {},
                purpose=purpose,
            )
            for (
                seq,
                mutation,
                transaction,
                table,
                pk,
                action,
                changes,
                base,
                author,
                grant,
                authored_at,
                schema,
                bases,
                purpose,
            ) in read_plainly(self._connection, statement, parameters)
        ]


def _outcome(result: ItemResult) -> str:
    return _text(
        {
            "outcome": result.outcome.value,
            "reason": result.reason,
            "fields": result.fields,
            "conflicts": result.conflicts,
        }
    )


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()


class _Names:
    """Positions of names in a list that is sent once a batch."""

    def __init__(self) -> None:
        self.list: list[str] = []
        self._known: dict[str, int] = {}

    def position(self, name: str | None) -> int:
        if name is None:
            return -1
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = len(self.list)
            self.list.append(name)
        return found


def push_batch(
    items: Sequence[Waiting],
    *,
    device: str,
    incarnation: int,
    acked: int = 0,
    known: WireTables | None = None,
    epoch: str | None = None,
    replayed_up_to: int = 0,
    clock: str | None = None,
) -> PushBatch:
    """The message for items that are in flight; the same items always say the same (scenario 5).

    Those captured up to `replayed_up_to` were written before the present epoch (s17).
    """
    known = known or wire_tables()
    schema = items[0].schema
    tables, transactions, authors, grants, purposes = _Names(), _Names(), _Names(), _Names(), _Names()
    columns = _inserted_columns(items, known)
    return PushBatch(
        batch=str(new_id()),
        device=device,
        incarnation=incarnation,
        schema=schema,
        items=[
            PushItem(
                mutation=item.mutation_id,
                table=tables.position(item.table),
                key=item.pk,
                operation=item.operation.value,
                base=item.base,
                transaction=transactions.position(item.transaction),
                author=authors.position(item.author),
                grant=grants.position(item.grant),
                authored_at=item.authored_at,
                values=_values(known, columns[item.table], item) if item.operation is Operation.INSERT else None,
                changes=None if item.operation is Operation.INSERT else _changes(known, item),
                purpose=purposes.position(item.purpose),
            )
            for item in items
        ],
        tables=[TableColumns(name, columns.get(name, [])) for name in tables.list],
        transactions=transactions.list,
        authors=authors.list,
        grants=grants.list,
        purposes=purposes.list,
        acked=acked,
        reader=0 if known.schema == schema else known.schema,
        epoch=epoch,
        replayed=[position for position, item in enumerate(items) if item.seq <= replayed_up_to],
        clock=clock,
    )


def _inserted_columns(items: Sequence[Waiting], known: WireTables) -> dict[str, list[str]]:
    """The columns that any insert of a table in this batch fills."""
    used: dict[str, set[str]] = {}
    for item in items:
        if item.operation is Operation.INSERT:
            used.setdefault(item.table, set()).update(item.changes)
    return {table: _ordered(known.by_name[table], names) for table, names in used.items()}


def _ordered(plan: TablePlan, names: Collection[str]) -> list[str]:
    """The columns of the table, then those that an item sent before calls by a former name."""
    return [name for name in plan.columns if name in names] + sorted(set(names) - plan.kinds.keys())


def _values(known: WireTables, columns: Sequence[str], item: Waiting) -> list[Any]:
    changes = item.changes
    return [known.wire(item.table, name, changes[name][1]) if name in changes else None for name in columns]


def _changes(known: WireTables, item: Waiting) -> dict[str, tuple[Any, Any, int]]:
    return {
        name: (known.wire(item.table, name, old), known.wire(item.table, name, new), item.base_of(name))
        for name, (old, new) in item.changes.items()
    }
