"""Who begins a session waits at the door while those who have begun are served: then sessions end, one by one (s57).

When a whole district comes at once, all of them half through would help nobody: each would end with the last.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.sync.protocol import ErrorCode

AT_WORK = max(2, os.cpu_count() or 2)
"""So many requests keep the processors busy; while there are as many nobody begins."""

LET_IN_SECONDS = 0.1
"""However busy the district is, one comes in each time: long pulls of some keep nobody out."""

LONGEST_WAIT_SECONDS = 15.0
"""Half of what a workstation waits for an answer; then it is told to come again."""

MOST_WAITING = 1_000


@dataclass(slots=True)
class Door:
    """Counts the requests at work; belongs to one event loop."""

    at_work: int = AT_WORK
    longest_wait: float = LONGEST_WAIT_SECONDS
    most_waiting: int = MOST_WAITING
    jitter: random.Random = field(default_factory=random.SystemRandom)
    _inside: int = 0
    _line: deque[asyncio.Future[None]] = field(default_factory=deque)
    _timer: asyncio.TimerHandle | None = None

    @contextlib.asynccontextmanager
    async def passed(self, *, begins: bool) -> AsyncIterator[None]:
        """A request for the length of the block; one that begins a session waits for its turn first.

        Raises:
            RefusedRequestError: it did not come for long enough.
        """
        if begins and (self._line or self._inside >= self.at_work):
            await self._turn()
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1
            if self._inside < self.at_work:
                self._let_in()

    async def _turn(self) -> None:
        if len(self._line) >= self.most_waiting:
            raise self._busy()
        loop = asyncio.get_running_loop()
        mine = loop.create_future()
        self._line.append(mine)
        if self._timer is None:
            self._timer = loop.call_later(LET_IN_SECONDS, self._let_in_by_time)
        try:
            async with asyncio.timeout(self.longest_wait):
                await mine
        except TimeoutError:
            raise self._busy() from None

    def _busy(self) -> RefusedRequestError:
        return RefusedRequestError(ErrorCode.BUSY, seconds=self.jitter.randint(2, 6))

    def _let_in(self) -> None:
        """The first of the line that still waits."""
        while self._line:
            first = self._line.popleft()
            if not first.done():
                first.set_result(None)
                return

    def _let_in_by_time(self) -> None:
        self._let_in()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(LET_IN_SECONDS, self._let_in_by_time) if self._line else None
