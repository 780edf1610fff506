"""Lines and clocks that fail at a chosen moment, so that a session can be cut at each of its steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import msgspec

from clinicdesk.core.clock import Clock
from clinicdesk.sync.errors import UnreachableError
from clinicdesk.sync.ports import Answer, Line, M


class Killed(BaseException):
    """The process died here; nothing may catch it as an ordinary failure."""


class LosesAnswers:
    """The request arrives and is done; its answer is lost, as often as `times` says, for paths that match."""

    def __init__(self, line: Line, path: str, times: int = 1) -> None:
        self._line = line
        self._path = path
        self._left = times

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        answer = self._line.ask(path, request, kind)
        if path == self._path and self._left > 0:
            self._left -= 1
            raise UnreachableError(reason="connection_lost")
        return answer


class SendsTwice:
    """Every request is sent twice; the second answer counts (idempotence by doubling)."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        self._line.ask(path, request, kind)
        return self._line.ask(path, request, kind)


class Rewrites:
    """Changes a request on its way, as a broken or dishonest program would."""

    def __init__(self, line: Line, path: str, change: Callable[[msgspec.Struct], msgspec.Struct]) -> None:
        self._line = line
        self._path = path
        self._change = change

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        return self._line.ask(path, self._change(request) if path == self._path else request, kind)


class DyingClock:
    """A clock that kills whoever looks at it for the nth time: a crash point inside transactions and between them."""

    def __init__(self, clock: Clock, dies_at: int) -> None:
        self._clock = clock
        self._left = dies_at

    def now(self) -> dt.datetime:
        self._look()
        return self._clock.now()

    def monotonic(self) -> float:
        self._look()
        return self._clock.monotonic()

    @property
    def alive(self) -> bool:
        return self._left > 0

    def _look(self) -> None:
        self._left -= 1
        if self._left == 0:
            raise Killed


class ShiftedClock:
    """A clock that is wrong by a fixed amount (scenario 11)."""

    def __init__(self, clock: Clock, by: dt.timedelta) -> None:
        self._clock = clock
        self._by = by

    def now(self) -> dt.datetime:
        return self._clock.now() + self._by

    def monotonic(self) -> float:
        return self._clock.monotonic()
