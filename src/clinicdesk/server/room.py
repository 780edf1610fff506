"""How much memory requests may take together, whatever is sent: the rest are told when to come again (T14)."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.sync.protocol import ErrorCode

WORKING_BYTES = 96 << 20
"""Bodies as they came, unpacked, and as objects. The heaviest request that is read at all needs most of it."""

_WAIT_SECONDS = 10.0


@dataclass(slots=True)
class Room:
    """A number of bytes that is shared out."""

    size: int = WORKING_BYTES
    wait_seconds: float = _WAIT_SECONDS
    _taken: int = 0
    _freed: threading.Condition = field(default_factory=threading.Condition)

    def try_take(self, size: int) -> bool:
        """Take bytes that `give` gives back, or nothing; never waits."""
        with self._freed:
            if self._taken + size > self.size:
                return False
            self._taken += size
            return True

    def give(self, size: int) -> None:
        with self._freed:
            self._taken -= size
            self._freed.notify_all()

    @contextlib.contextmanager
    def of(self, size: int) -> Iterator[None]:
        """Hold so many bytes for the block.

        Raises:
            RefusedRequestError: there is no room for long enough.
        """
        with self._freed:
            if not self._freed.wait_for(lambda: self._taken + size <= self.size, self.wait_seconds):
                raise RefusedRequestError(ErrorCode.BUSY, seconds=5)
            self._taken += size
        try:
            yield
        finally:
            self.give(size)
