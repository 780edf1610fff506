"""Watchers without Qt: idle time until lock, the end of a session, and bursts that come from a barcode scanner."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from clinicdesk.core.clock import Clock

SCAN_LEAST = 6
SCAN_GAP_S = 0.035
WARN_BEFORE_S = 30.0
SESSION_WARN_S = 300.0


class Idle(StrEnum):
    """What the idle clock asks for."""

    ACTIVE = "active"
    WARN = "warn"
    LOCK = "lock"


@dataclass(slots=True)
class IdleClock:
    """Counts from the last input; at -30 s it warns, any input takes the warning back (ux-spec 4)."""

    limit_s: float
    _last: float = 0.0

    def touch(self, now: float) -> None:
        self._last = now

    def left_s(self, now: float) -> float:
        return max(0.0, self.limit_s - (now - self._last))

    def state(self, now: float) -> Idle:
        left = self.left_s(now)
        if left <= 0:
            return Idle.LOCK
        return Idle.WARN if left <= WARN_BEFORE_S else Idle.ACTIVE


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """The absolute end of a sign-in, whatever was typed (security-spec 2.2).

    Both clocks count, and the one that is further on decides: a machine that slept, a clock that was set back.
    """

    at: dt.datetime
    monotonic_s: float

    @classmethod
    def of(cls, at: dt.datetime, clock: Clock) -> SessionEnd:
        return cls(at, clock.monotonic() + (at - clock.now()).total_seconds())

    def left_s(self, clock: Clock) -> float:
        return max(0.0, min((self.at - clock.now()).total_seconds(), self.monotonic_s - clock.monotonic()))


@dataclass(slots=True)
class Burst:
    """Tells a scanner from a typist: at least 6 characters with gaps under 35 ms, ended by Enter or Tab.

    Every printable key is held for one gap. If no other follows in time it was typed and the caller hands it on;
    if the burst grows to a scan, nothing of it ever reached a field.
    """

    gap_s: float = SCAN_GAP_S
    least: int = SCAN_LEAST
    _held: list[str] = field(default_factory=list)
    _last: float = 0.0

    def key(self, text: str, now: float) -> None:
        """A printable key, kept back until it is known for typed or scanned."""
        self._last = now
        self._held.append(text)

    def end(self, now: float) -> str | None:
        """Enter or Tab: gives the scanned code, or None when what is held was typed."""
        if now - self._last < self.gap_s and len(self._held) >= self.least:
            code = "".join(self._held)
            self._held.clear()
            return code
        return None

    def broken(self, now: float) -> bool:
        """True when held keys can no longer be the start of a scan at `now`."""
        return bool(self._held) and now - self._last >= self.gap_s

    def release(self) -> None:
        """What is held was typed after all; the caller hands it on."""
        self._held.clear()

    @property
    def holding(self) -> bool:
        return bool(self._held)
