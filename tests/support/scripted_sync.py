"""A district line that answers from a script, and a workstation store kept in memory, for the rules of a session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from clinicdesk.sync.local_store import Pushed, Totals
from clinicdesk.sync.ports import Answer, M
from clinicdesk.sync.protocol import (
    HeldReply,
    PullPage,
    PushBatch,
    PushItem,
    PushReply,
    RowsReply,
    SessionOpen,
    SessionReply,
    WipeOrder,
)

DEVICE = "00000000-0000-7000-8000-00000000000d"
BATCH = "00000000-0000-7000-8000-0000000000ba"

Reaction = Callable[[msgspec.Struct], msgspec.Struct]


class ScriptedLine:
    """Answers each path by the reaction given for it; an exception that a reaction raises is the line's."""

    def __init__(self, reactions: Mapping[str, Reaction], seconds: float = 0.1) -> None:
        self._reactions = reactions
        self._seconds = seconds
        self.asked: list[tuple[str, msgspec.Struct]] = []

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        self.asked.append((path, request))
        reply = self._reactions[path](request)
        assert isinstance(reply, kind)
        return Answer(reply, sent=100, received=200, seconds=self._seconds)

    @property
    def paths(self) -> list[str]:
        return [path for path, _request in self.asked]


def item(number: int) -> PushItem:
    return PushItem(
        mutation=f"00000000-0000-7000-8000-{number:012d}",
        table=0,
        key=f"00000000-0000-7000-9000-{number:012d}",
        operation="update",
        base=1,
        transaction=0,
        author=0,
        grant=-1,
        authored_at="2026-01-01T00:00:00.000000Z",
        changes={"notes": ("a", "b", 1)},
    )


@dataclass
class MemoryStore:
    """Keeps what a session tells it; sums are whatever the test sets."""

    queue: list[PushItem] = field(default_factory=list)
    held_items: list[str] = field(default_factory=list)
    tokens: dict[str, str | None] = field(default_factory=dict)
    root_sums: dict[str, int] = field(default_factory=dict)
    tables: dict[str, int] = field(default_factory=dict)
    buckets: dict[int, int] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    repaired: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    after_repair: Callable[[], None] | None = None
    recovering: bool = False
    migrated: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def opening(self) -> SessionOpen:
        return SessionOpen(device=DEVICE, incarnation=1, protocol=1, schema=1, client="test", cursors=dict(self.tokens))

    def opened(self, reply: SessionReply, totals: Totals) -> None:
        self.events.append("opened")

    def owes_pull(self) -> bool:
        return bool(self.migrated) or None in self.tokens.values()

    def accept_wipe(self, order: WipeOrder) -> bool:
        self.events.append("accepted wipe")
        return True

    def only_here(self) -> int:
        return len(self.queue)

    def set_aside(self, reply: SessionReply) -> None:
        self.events.append(f"set aside: {reply.state.value}")

    def set_aside_unknown(self) -> None:
        self.events.append("set aside: unknown")

    def recovers(self) -> bool:
        return self.recovering

    def unsettled(self) -> list[str]:
        return [item.mutation for item in self.queue]

    def settle_known(self, reply: HeldReply, totals: Totals) -> None:
        self.queue = [item for item in self.queue if item.mutation not in reply.results]

    def recovered(self) -> None:
        self.events.append("recovered")
        self.recovering = False

    def restoring(self) -> bool:
        return False

    def offer(self, table: str, keys: tuple[str, ...], reply: RowsReply, totals: Totals) -> None:
        self.repaired.append((table, keys))

    def offered(self) -> None:
        self.events.append("offered")

    def forget_cursors(self, scopes: tuple[str, ...]) -> None:
        self.events.append("forgot")
        self.tokens |= dict.fromkeys(scopes)

    def held(self) -> list[str]:
        return list(self.held_items)

    def settle_held(self, reply: HeldReply, totals: Totals) -> None:
        self.held_items = [mutation for mutation in self.held_items if mutation not in reply.results]

    def next_batch(self, most_rows: int) -> Pushed | None:
        items = self.queue[:most_rows]
        if not items:
            return None
        batch = PushBatch(
            batch=BATCH, device=DEVICE, incarnation=1, schema=1, tables=[], transactions=[], authors=[], items=items
        )
        return Pushed(batch, len(items))

    def refuse_too_large(self, pushed: Pushed, totals: Totals) -> None:
        totals.rejected += len(pushed.batch.items)
        self.events += [f"too large: {item.key}" for item in pushed.batch.items]
        self.queue = self.queue[len(pushed.batch.items) :]

    def acknowledge(self, pushed: Pushed, reply: PushReply, totals: Totals) -> int:
        totals.pushed += len(reply.results)
        self.queue = self.queue[len(reply.results) :]
        return len(self.queue)

    def cursors(self) -> Mapping[str, str | None]:
        return dict(self.tokens)

    def page_rows(self) -> int:
        return 1000

    def apply(self, scopes: tuple[str, ...], page: PullPage, totals: Totals) -> None:
        self.events.append(f"page {page.cursor}")
        self.tokens |= dict.fromkeys(scopes, page.cursor)

    def migrating(self) -> bool:
        return bool(self.migrated)

    def next_migrated(self) -> tuple[str, tuple[str, ...]] | None:
        return self.migrated[0] if self.migrated else None

    def take_migrated(self, table: str, keys: tuple[str, ...], reply: RowsReply, totals: Totals) -> None:
        assert self.migrated.pop(0) == (table, keys)

    def roots(self) -> Mapping[str, int]:
        return dict.fromkeys(self.tokens, 0) | self.root_sums

    def table_sums(self, scope: str) -> Mapping[str, int]:
        return dict(self.tables)

    def bucket_sums(self, scope: str, table: str) -> Mapping[int, int]:
        return dict(self.buckets)

    def versions(self, scope: str, table: str, bucket: int) -> Mapping[str, int]:
        return dict(self.keys)

    def blocked(self) -> Mapping[str, list[str]]:
        return {}

    def repair(self, table: str, keys: tuple[str, ...], reply: RowsReply, totals: Totals) -> None:
        self.repaired.append((table, keys))
        if self.after_repair is not None:
            self.after_repair()
