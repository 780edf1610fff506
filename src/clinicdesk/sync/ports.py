"""What a session needs from outside: a line to the district and somewhere to report to. Both are handed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import msgspec

M = TypeVar("M", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Answer(Generic[M]):
    """A whole, verified answer. `sent` and `received` are bytes on the wire, `seconds` from first to last byte."""

    message: M
    sent: int
    received: int
    seconds: float


class Line(Protocol):
    """A way to the district: posts one message and brings the whole answer, or raises an error of `sync.errors`.

    Every request may be repeated by the line: each is idempotent by the identifiers it carries.
    """

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]: ...


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
