"""Time comes from a `Clock` handed in, so that rules and tests agree on what now is."""

from __future__ import annotations

import datetime as dt
import time
from typing import Protocol


class Clock(Protocol):
    """Wall time in UTC and a monotonic counter in seconds."""

    def now(self) -> dt.datetime: ...

    def monotonic(self) -> float: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class SettableClock:
    """A clock that stands still until it is moved: for simulation and tests."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now.astimezone(dt.UTC)
        self._monotonic = 0.0

    def now(self) -> dt.datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, by: dt.timedelta) -> None:
        self._now += by
        self._monotonic += max(0.0, by.total_seconds())
