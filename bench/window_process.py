"""The real window in a process of its own, unlocked at a workstation; speaks lines of JSON and takes orders.

First line: what the process holds in memory once Today stands. Then each order gets one line with the gaps of a
10 ms timer in milliseconds: `idle SECONDS` while nothing happens, `sync` while a session runs.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer

from clinicdesk.bootstrap.desktop import Desktop
from clinicdesk.gui.app import Application, arguments, build

BEAT_MS = 10
SETTLED_MS = 2_000


class Gaps(QObject):
    """Records the time between two beats of the timer, as the window's thread sees it."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self, interval=BEAT_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_beat)
        self._last = 0.0
        self._found: list[float] = []

    def start(self) -> None:
        self._found = []
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> list[float]:
        self._timer.stop()
        return self._found

    def _on_beat(self) -> None:
        now = time.perf_counter()
        self._found.append(round((now - self._last) * 1000, 3))
        self._last = now


class Window(QObject):
    """Unlocks, tells, and does what it is told; ends with its standard input."""

    def __init__(self, application: Application, profile: Path, policy: Path, user: str, password: str) -> None:
        super().__init__()
        self._application = application
        self._desktop = Desktop(application, profile, policy)
        self._user, self._password = user, password
        self._gaps = Gaps()
        self._orders = QSocketNotifier(0, QSocketNotifier.Type.Read, self)
        self._orders.activated.connect(self._on_order)
        self._orders.setEnabled(False)
        self._desktop.window.first_painted.connect(self._unlock)
        self._desktop.show()

    def _unlock(self) -> None:
        view = self._desktop.window.locked_view
        view.presenter.submit(self._user, self._password)  # type: ignore[union-attr]  # the locked card
        self._when(lambda: self._desktop.person is not None and not self._busy(), self._settle)

    def _settle(self) -> None:
        QTimer.singleShot(SETTLED_MS, self._tell_memory)

    def _tell_memory(self) -> None:
        _tell({"megabytes": memory()})
        self._orders.setEnabled(True)

    def _on_order(self) -> None:
        order = sys.stdin.readline().split()
        if not order:
            self._desktop.close()
            self._desktop.window.close()
            self._application.app.quit()
            return
        self._orders.setEnabled(False)
        if order[0] == "idle":
            self._gaps.start()
            QTimer.singleShot(int(float(order[1]) * 1000), self._tell_gaps)
            return
        self._when(lambda: not self._syncing(), self._sync)

    def _sync(self) -> None:
        person = self._desktop.person
        assert person is not None
        self._gaps.start()
        person.sync.now()
        self._when(lambda: not self._syncing() and not self._busy(), self._tell_gaps)

    def _tell_gaps(self) -> None:
        person = self._desktop.person
        assert person is not None
        _tell({"gaps": self._gaps.stop(), "message": person.sync.state.message})
        self._orders.setEnabled(True)

    def _busy(self) -> bool:
        return self._application.runner.busy()

    def _syncing(self) -> bool:
        person = self._desktop.person
        return person is not None and person.sync.state.running

    def _when(self, ready: Callable[[], bool], then: Callable[[], None]) -> None:
        """Look again on each turn of a slow timer, which itself costs nothing that counts."""
        if ready():
            then()
        else:
            QTimer.singleShot(50, lambda: self._when(ready, then))


def memory() -> float:
    """Resident megabytes of this process."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the system does not say what a process holds")


def _tell(found: object) -> None:
    print(json.dumps(found), flush=True)


def _rise(error: BaseException, _code: str) -> None:
    raise error


def main() -> int:
    profile, policy, user, password = sys.argv[1:]
    application = build(arguments(), _rise)
    window = Window(application, Path(profile), Path(policy), user, password)
    status = application.app.exec()
    del window
    return status


if __name__ == "__main__":
    sys.exit(main())
