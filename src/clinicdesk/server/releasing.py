"""Items of the inbox judged once more: their parent came, or a person decided that they go in (s30, s31, s41-s43)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from clinicdesk.domain.canonical import same_value
from clinicdesk.domain.merge import Operation, RowChange
from clinicdesk.domain.permissions import Actor
from clinicdesk.server import records
from clinicdesk.server.incoming import Incoming, from_payload
from clinicdesk.server.rows import Row

if TYPE_CHECKING:
    from clinicdesk.server.push import Push

_ROUNDS = 10
_WHOLE_ROW = frozenset({Operation.DELETE, Operation.RESTORE, Operation.SIGN})


@dataclass(slots=True)
class Releasing:
    """What one transaction releases from the inbox."""

    push: Push
    items: list[Incoming] = field(default_factory=list)

    def arrivals(self) -> None:
        """Items that were held for a row, or for a change, that has just gone in; then those that wait for them."""
        for _round in range(_ROUNDS):
            waiting = records.waiting_for(self.push.connection, self.push.arrived)
            self.push.arrived = set()
            if not waiting:
                break
            history = self.push.history
            self._judge([from_payload(payload, device, inbox, history) for inbox, device, payload in waiting], by=None)

    def decided(self, items: Sequence[Incoming], voucher: Actor | None, by: str | None) -> None:
        """Items that a person lets through; a `voucher` answers for them in place of their author."""
        self.push.judge.voucher = voucher
        for layer in _layers(items):
            self._judge(layer, by)
        self.push.judge.voucher = None
        self.arrivals()

    def _judge(self, items: Sequence[Incoming], by: str | None) -> None:
        """Every one of them has an answer of today afterwards; what is in is settled, the rest says why it is not."""
        push = self.push
        kept_before, push.kept = push.kept, []
        push.process(items)
        again = {entry.item.mutation: entry for entry in push.kept}
        push.kept = kept_before
        for item in items:
            assert item.inbox is not None
            kept = again.get(item.mutation)
            if kept is None:
                records.settle(push.connection, [item.inbox], push.now, by)
                push.arrived.add(item.mutation)
            else:
                records.keep_on(push.connection, item.inbox, kept)
        self.items += items


def _layers(items: Sequence[Incoming]) -> list[list[Incoming]]:
    """Changes of one row go in one after another, each knowing what became of the one before."""
    layers: list[list[Incoming]] = []
    seen: dict[tuple[str, str], int] = {}
    for item in items:
        place = (item.table.name, item.key)
        depth = seen[place] = seen.get(place, -1) + 1
        if depth == len(layers):
            layers.append([])
        layers[depth].append(item)
    return layers


def mended(item: Incoming, earlier: Sequence[records.Earlier]) -> list[str]:
    """Refused changes that an accepted one of the same device brings again, by their place in the inbox (s31)."""
    operation, fields = item.change.operation, item.change.fields.keys()
    return [
        before.inbox
        for before in earlier
        if before.refused
        and before.mutation != item.mutation
        and before.author == item.author
        and (before.operation == operation == Operation.INSERT or before.fields <= fields)
    ]


def on_own_releases(push: Push, item: Incoming, row: Row) -> RowChange:
    """The change with the bases it would have, had its device known that its earlier changes of the row went in.

    While they were held the desk went on from what it saw, so its next change still names the version before them.
    Only a field that holds exactly what the author saw is moved, and only over versions of this very device (s40).
    """
    change, known = item.change, row.as_merged()
    behind = {
        name
        for name, changed in change.fields.items()
        if changed.base < known.version_of(name) and same_value(row.values.get(name), changed.old)
    }
    if not behind and not (change.operation in _WHOLE_ROW and change.base < row.version):
        return change
    own = push.own_releases(item)

    def reached(base: int) -> int:
        while base + 1 in own:
            base += 1
        return base

    fields = {
        name: replace(changed, base=reached(changed.base))
        if name in behind and reached(changed.base) >= known.version_of(name)
        else changed
        for name, changed in change.fields.items()
    }
    return RowChange(change.operation, reached(change.base), fields)


def waits_behind(item: Incoming, earlier: Sequence[records.Earlier]) -> str | None:
    """What a change waits for, where an earlier one of its row by the same device is not in yet: key or mutation."""
    for before in earlier:
        if before.mutation == item.mutation:
            break
        if before.operation == Operation.INSERT:
            return item.key
        if before.refused:
            continue  # its desk takes it along in the next change of the row (s31)
        if item.change.operation in _WHOLE_ROW or before.operation in _WHOLE_ROW:
            return before.mutation
        if before.fields & item.change.fields.keys():
            return before.mutation
    return None
