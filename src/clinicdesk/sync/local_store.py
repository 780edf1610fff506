"""What a session needs of the workstation's database, and what it counts there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from clinicdesk.sync.protocol import (
    HeldReply,
    ItemResult,
    Outcome,
    PullPage,
    PushBatch,
    PushReply,
    RowsReply,
    SessionOpen,
    SessionReply,
    WipeOrder,
)

TAKEN = frozenset({Outcome.APPLIED, Outcome.MERGED})
"""Outcomes after which the row stands at the district with what its author wrote."""


@dataclass(slots=True)
class Totals:
    """What one session did, for `SyncSession` and for the person who watches."""

    requests: int = 0
    sent_bytes: int = 0
    received_bytes: int = 0
    pushed: int = 0
    merged: int = 0
    conflicts: int = 0
    held: int = 0
    rejected: int = 0
    pulled: int = 0
    removed: int = 0
    repaired: int = 0
    offered: int = 0
    mismatches: int = 0
    differing: int = 0
    files_sent: int = 0
    files_received: int = 0

    def count(self, results: Iterable[ItemResult]) -> None:
        """What the district answered to items."""
        for result in results:
            self.pushed += result.outcome in TAKEN or result.outcome is Outcome.CONFLICT
            self.merged += result.outcome is Outcome.MERGED
            self.conflicts += result.outcome is Outcome.CONFLICT
            self.held += result.outcome is Outcome.HELD
            self.rejected += result.outcome is Outcome.REJECTED


@dataclass(frozen=True, slots=True)
class Pushed:
    """A batch as it goes out, already marked as in flight in the queue.

    `rows` leaves out upload-only rows: they ride with a session and change nothing for anybody else (D21).
    """

    batch: PushBatch
    rows: int


class LocalStore(Protocol):
    """The workstation's database as a session sees it; every method that writes is one transaction."""

    def opening(self) -> SessionOpen: ...

    def opened(self, reply: SessionReply, totals: Totals) -> None: ...

    def owes_pull(self) -> bool: ...

    def accept_wipe(self, order: WipeOrder) -> bool: ...

    def only_here(self) -> int: ...

    def set_aside(self, reply: SessionReply) -> None: ...

    def set_aside_unknown(self) -> None: ...

    def recovers(self) -> bool: ...

    def unsettled(self) -> list[str]: ...

    def settle_known(self, reply: HeldReply, totals: Totals) -> None: ...

    def recovered(self) -> None: ...

    def restoring(self) -> bool: ...

    def offer(self, table: str, keys: tuple[str, ...], reply: RowsReply, totals: Totals) -> None: ...

    def offered(self) -> None: ...

    def forget_cursors(self, scopes: tuple[str, ...]) -> None: ...

    def held(self) -> list[str]: ...

    def settle_held(self, reply: HeldReply, totals: Totals) -> None: ...

    def next_batch(self, most_rows: int) -> Pushed | None: ...

    def refuse_too_large(self, pushed: Pushed, totals: Totals) -> None: ...

    def acknowledge(self, pushed: Pushed, reply: PushReply, totals: Totals) -> int:
        """Take the answer over; the value is how many changes are still to be sent."""

    def cursors(self) -> Mapping[str, str | None]: ...

    def page_rows(self) -> int: ...

    def apply(self, scopes: tuple[str, ...], page: PullPage, totals: Totals) -> None: ...

    def roots(self) -> Mapping[str, int]:
        """The digest of each scope of this device."""

    def table_sums(self, scope: str) -> Mapping[str, int]: ...

    def bucket_sums(self, scope: str, table: str) -> Mapping[int, int]: ...

    def versions(self, scope: str, table: str, bucket: int) -> Mapping[str, int]: ...

    def blocked(self) -> Mapping[str, list[str]]: ...

    def repair(self, table: str, keys: tuple[str, ...], reply: RowsReply, totals: Totals) -> None: ...

    def migrating(self) -> bool: ...

    def next_migrated(self) -> tuple[str, tuple[str, ...]] | None: ...

    def take_migrated(self, table: str, keys: tuple[str, ...], reply: RowsReply, totals: Totals) -> None: ...
