"""What a session needs from outside: a line to the district and somewhere to report to. Both are handed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole, verified answer. `sent` and `received` are bytes on the wire, `seconds` from first to last byte."""

    body: bytes
    sent: int
    received: int
    seconds: float


class Line(Protocol):
    """A way to the district: sends one JSON request and brings the whole answer, or raises an error of `sync.errors`.

    Every request may be repeated by the line: each is idempotent by the identifiers it carries.
    """

    def send(self, method: str, path: str, body: bytes) -> Reply: ...


class Watcher(Protocol):
    """Follows a session while it runs; `stopped` is asked between steps."""

    def progress(self, phase: str, done: int, total: int | None) -> None: ...

    def stopped(self) -> bool: ...


class Unwatched:
    """Nobody follows the session and nobody stops it."""

    def progress(self, phase: str, done: int, total: int | None) -> None:
        return

    def stopped(self) -> bool:
        return False
