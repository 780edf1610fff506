"""Locks after a quiet time, with a warning half a minute before (ux-spec 4; T8)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from clinicdesk.presentation.input_watch import Idle, IdleClock


class IdleWatcher(QObject):
    """`warned` carries the seconds left, each second; `calmed` takes it back; `expired` asks for the lock."""

    warned = Signal(int)
    calmed = Signal()
    expired = Signal()

    def __init__(
        self, minutes: float, parent: QObject | None = None, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._seconds = seconds
        self._clock = IdleClock(minutes * 60)
        self._warning = False
        self._timer = QTimer(self, interval=1000)
        self._timer.timeout.connect(self.check)

    def start(self) -> None:
        self._clock.touch(self._seconds())
        self._warning = False
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        self._calm()

    def set_minutes(self, minutes: float) -> None:
        self._clock.limit_s = minutes * 60

    def touch(self) -> None:
        """Any input."""
        if self._timer.isActive():
            self._clock.touch(self._seconds())
            self._calm()

    def check(self) -> None:
        now = self._seconds()
        match self._clock.state(now):
            case Idle.LOCK:
                self._timer.stop()
                self._warning = False
                self.expired.emit()
            case Idle.WARN:
                self._warning = True
                self.warned.emit(math.ceil(self._clock.left_s(now)))
            case _:
                self._calm()

    def _calm(self) -> None:
        if self._warning:
            self._warning = False
            self.calmed.emit()
