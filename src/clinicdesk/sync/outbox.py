"""What waits to be sent: unsent edits of one row become one item, items become batches, answers move the bases.

Pure: rows of the queue come in, plans go out; `queue.py` reads and writes them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec.structs import replace

from clinicdesk.domain.merge import Operation

Changes = dict[str, list[Any]]
"""`{column: [old, new]}`, in storage form on the way out of the queue."""

Key = tuple[str, str]
"""Table and key of a row."""

MOST_ROWS = 2_000
FIRST_ROWS = 1_000
SLOW_SECONDS = 2.0


class Waiting(msgspec.Struct, frozen=True):
    """One captured change that the district has not answered for good.

    `bases` holds the acknowledged version of each field that moved since capture; other fields stand on `base`.
    `absorbed` are the queue rows folded into this one.
    """

    seq: int
    mutation_id: str
    transaction: str
    table: str
    pk: str
    operation: Operation
    changes: Changes
    base: int
    author: str
    grant: str | None
    authored_at: str
    schema: int
    purpose: str | None = None
    bases: Mapping[str, int] = msgspec.field(default_factory=dict)
    absorbed: tuple[int, ...] = ()

    def base_of(self, column: str) -> int:
        return self.bases.get(column, self.base)


def foldable(earlier: Waiting, later: Waiting) -> bool:
    """Whether `later` continues the very same unsent work: same row, author and grant, and not yet its end (D6).

    A signature ends the work on a row and takes the unsent edits with it; a row signed before it was ever sent
    arrives signed. Delete and restore stay operations of their own (D3).
    """
    return (
        (earlier.table, earlier.pk, earlier.author, earlier.grant, earlier.schema, earlier.purpose)
        == (later.table, later.pk, later.author, later.grant, later.schema, later.purpose)
        and earlier.operation in {Operation.INSERT, Operation.UPDATE}
        and later.operation in {Operation.UPDATE, Operation.SIGN}
    )


def folded(earlier: Waiting, later: Waiting) -> Waiting:
    """One item with the oldest old and the newest new value of each field; it keeps the earlier identity.

    A field's base is the one it was first edited on. An insert has no old values; it takes the newest ones.
    """
    changes = dict(earlier.changes)
    bases = dict(earlier.bases)
    for column, (old, new) in later.changes.items():
        known = changes.get(column)
        if known is None:
            changes[column] = [None if earlier.operation is Operation.INSERT else old, new]
            if earlier.operation is Operation.UPDATE and later.base_of(column) != earlier.base:
                bases[column] = later.base_of(column)
        elif earlier.operation is Operation.UPDATE and known[0] == new:
            # Typed and taken back by the same person before anybody saw it.
            del changes[column]
            bases.pop(column, None)
        else:
            changes[column] = [known[0], new]
    signs = earlier.operation is Operation.UPDATE and later.operation is Operation.SIGN
    return replace(
        earlier,
        operation=Operation.SIGN if signs else earlier.operation,
        changes=changes,
        bases=bases,
        authored_at=max(earlier.authored_at, later.authored_at),
        absorbed=(*earlier.absorbed, later.seq, *later.absorbed),
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes in one request, parents first; `emptied` are items whose edits cancelled out."""

    items: tuple[Waiting, ...]
    emptied: tuple[Waiting, ...] = ()


class _Packing:
    """The batch as it grows, one local transaction at a time."""

    def __init__(self, most_rows: int) -> None:
        self._room = most_rows
        self.chosen: dict[Key, Waiting] = {}
        self._later_rows: set[Key] = set()
        self._later_keys: set[str] = set()

    def take(self, transaction: Sequence[Waiting]) -> bool:
        """Take a transaction whole, put it off whole, or cut it where it is too large; False when the batch is full."""
        if len(transaction) > self._room and self.chosen:
            return False
        taken: dict[Key, Waiting] = {}
        for position, item in enumerate(transaction):
            key = (item.table, item.pk)
            if position == self._room or (key in taken and not foldable(taken[key], item)):
                # Longer than a batch, or two operations on one row: cut here.
                self._keep(taken, position)
                self._put_off(transaction[position:])
                return self._room > 0
            if self._must_wait(key, item):
                self._put_off(transaction)
                return True
            earlier = taken.get(key) or self.chosen.get(key)
            taken[key] = item if earlier is None else folded(earlier, item)
        self._keep(taken, len(transaction))
        return self._room > 0

    def _must_wait(self, key: Key, item: Waiting) -> bool:
        """Behind an earlier item of its row that cannot take it in, or behind a parent that waits itself."""
        if key in self._later_rows:
            return True
        sent = self.chosen.get(key)
        if sent is not None and not foldable(sent, item):
            return True
        return bool(self._later_keys) and any(
            isinstance(new, str) and new in self._later_keys for _old, new in item.changes.values()
        )

    def _keep(self, taken: Mapping[Key, Waiting], rows: int) -> None:
        self.chosen.update(taken)
        self._room -= rows

    def _put_off(self, items: Sequence[Waiting]) -> None:
        for item in items:
            self._later_rows.add((item.table, item.pk))
            if item.operation is Operation.INSERT:
                self._later_keys.add(item.pk)


def next_batch(waiting: Iterable[Waiting], most_rows: int, rank: Mapping[str, int]) -> Batch:
    """The next items in order of capture, folded, at most one of a row, whole transactions as far as they fit.

    An item that cannot fold into the one of its row in this batch waits for the answer (scenario 40), and its
    transaction with it. `rank` orders the tables, parents first (scenario 30); within a table the order of capture
    holds, so a parent of the same table stands before its child.
    """
    packing = _Packing(most_rows)
    for transaction in _by_transaction(waiting):
        if not packing.take(transaction):
            break
    ordered = sorted(packing.chosen.values(), key=lambda item: (rank[item.table], item.seq))
    emptied = tuple(item for item in ordered if item.operation is Operation.UPDATE and not item.changes)
    return Batch(tuple(item for item in ordered if item not in emptied) if emptied else tuple(ordered), emptied)


def _by_transaction(waiting: Iterable[Waiting]) -> Iterator[Sequence[Waiting]]:
    """Runs of items of one local transaction."""
    run: list[Waiting] = []
    for item in waiting:
        if run and item.transaction != run[-1].transaction:
            yield run
            run = []
        run.append(item)
    if run:
        yield run


def rebased(waiting: Waiting, sent: Collection[str], version: int, *, whole: bool) -> Waiting:
    """The next item of a row after the district took an earlier one at `version` (scenario 40).

    `whole`: the row is now exactly what this desk had, so the item stands on all of it. Else only the fields that
    the earlier item changed move to the new version; the rest keep the base they were edited on, so another desk's
    change in between is still noticed.
    """
    if whole:
        return replace(waiting, base=version, bases={})
    moved = {column: version for column in waiting.changes if column in sent}
    return replace(waiting, bases={**waiting.bases, **moved}) if moved else waiting


@dataclass(slots=True)
class BatchSize:
    """How many rows the next request carries: doubled when answers come fast, halved on a time-out."""

    rows: int = FIRST_ROWS
    most: int = MOST_ROWS

    def fast_enough(self, seconds: float) -> None:
        if seconds < SLOW_SECONDS:
            self.rows = min(self.rows * 2, self.most)

    def halve(self) -> bool:
        """Whether there was anything left to halve."""
        if self.rows <= 1:
            return False
        self.rows = max(1, self.rows // 2)
        return True

    def cap(self, most: int) -> None:
        """Never more than `most` from here on."""
        self.most = max(1, most)
        self.rows = min(self.rows, self.most)
