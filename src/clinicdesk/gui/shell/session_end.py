"""Ends a session that has lasted as long as one may, with a warning five minutes before (security-spec 2.2)."""

from __future__ import annotations

import datetime as dt
import math

from PySide6.QtCore import QObject, QTimer, Signal

from clinicdesk.core.clock import Clock
from clinicdesk.presentation.input_watch import SESSION_WARN_S, SessionEnd


class SessionWatcher(QObject):
    """`warned` carries the minutes left, when they change; `over` asks for the lock. Input does not move the end."""

    warned = Signal(int)
    over = Signal()

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._end: SessionEnd | None = None
        self._said = 0
        self._timer = QTimer(self, interval=5000)
        self._timer.timeout.connect(self.check)

    def start(self, at: dt.datetime) -> None:
        self._end = SessionEnd.of(at, self._clock)
        self._said = 0
        self._timer.start()

    def stop(self) -> None:
        self._end = None
        self._timer.stop()

    def check(self) -> None:
        if self._end is None:
            return
        left = self._end.left_s(self._clock)
        if left <= 0:
            self.stop()
            self.over.emit()
            return
        minutes = math.ceil(left / 60)
        if left <= SESSION_WARN_S and minutes != self._said:
            self._said = minutes
            self.warned.emit(minutes)
