"""How much one device may ask for: so many requests, and one push at a time; the others notice nothing of it (s59)."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from clinicdesk.core.clock import Clock
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.sync.protocol import ErrorCode

AT_ONCE = 1_000
"""Requests of a device that come as fast as they like: a first pull of a million rows has as many pages."""

A_SECOND = 40.0
"""What it may go on with: a workstation applies 15 pages of 1,000 rows a second."""

PUSHES_WAITING = 4
TURN_SECONDS = 10.0


@dataclass(slots=True)
class _Allowance:
    left: float
    at: float


@dataclass(slots=True)
class Pace:
    """Counts the requests of each device."""

    clock: Clock
    at_once: float = AT_ONCE
    a_second: float = A_SECOND
    _allowances: dict[str, _Allowance] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, device: str) -> None:
        """One request.

        Raises:
            RefusedRequestError: too many of them; it says when there is room again.
        """
        now = self.clock.monotonic()
        with self._lock:
            allowance = self._allowances.setdefault(device, _Allowance(self.at_once, now))
            allowance.left = min(self.at_once, allowance.left + (now - allowance.at) * self.a_second)
            allowance.at = now
            if allowance.left >= 1:
                allowance.left -= 1
                return
            seconds = int((1 - allowance.left) / self.a_second) + 1
        raise RefusedRequestError(ErrorCode.BUSY, seconds=seconds, limit="device")


@dataclass(slots=True)
class _Turn:
    lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: int = 0


@dataclass(slots=True)
class Turns:
    """One push of a device at a time, before it takes one of the few places that all devices share."""

    _turns: dict[str, _Turn] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextlib.contextmanager
    def of(self, device: str) -> Iterator[None]:
        """Raises: RefusedRequestError: enough of its pushes wait already, or the one before takes too long."""
        with self._lock:
            turn = self._turns.setdefault(device, _Turn())
            if turn.waiting >= PUSHES_WAITING:
                raise RefusedRequestError(ErrorCode.BUSY, seconds=2)
            turn.waiting += 1
        try:
            if not turn.lock.acquire(timeout=TURN_SECONDS):
                raise RefusedRequestError(ErrorCode.BUSY, seconds=2)
            try:
                yield
            finally:
                turn.lock.release()
        finally:
            with self._lock:
                turn.waiting -= 1
                if not turn.waiting:
                    self._turns.pop(device, None)
