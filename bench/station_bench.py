"""The real window at a demonstration workstation: how smoothly it runs while rows arrive, and what it holds."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench.measure import Goal, Result, compare, judge
from bench.station import WINDOW_NURSE, demonstration, write_visits
from bench.sync_bench import ROWS, memory_sync_process
from clinicdesk.bootstrap.demo import FIRST, PASSWORD, Demonstration

ROUNDS = 3
IDLE_S = 10
BARE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from bench.window_process import memory
app = QApplication(sys.argv[:1])
window = QWidget()
window.resize(1440, 900)
window.show()
QTimer.singleShot(500, lambda: (print(memory(), flush=True), app.quit()))
app.exec()
"""


class _Window:
    """The window process: one line for the memory it holds, then an answer to each order."""

    def __init__(self, place: Demonstration) -> None:
        command = [sys.executable, "-m", "bench.window_process", str(place.profile(FIRST)), str(place.policy)]
        self._process = subprocess.Popen(
            [*command, WINDOW_NURSE, PASSWORD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        )
        self.megabytes = float(self._answer()["megabytes"])

    def gaps(self, order: str) -> list[float]:
        assert self._process.stdin is not None
        self._process.stdin.write(order + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        if answer["message"]:
            raise RuntimeError(answer["message"])
        return list(answer["gaps"])

    def close(self) -> None:
        self._process.communicate(timeout=60)

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the window ended")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def _window(place: Demonstration) -> Iterator[_Window]:
    window = _Window(place)
    try:
        yield window
    finally:
        window.close()


def ui_stall_during_pull() -> list[Result]:
    """Gaps of a 10 ms timer while ten thousand rows arrive through the real sync process, against the same, idle."""
    samples: list[float] = []
    idle: list[float] = []
    ratios: list[float] = []
    place = demonstration()
    with _window(place) as window:
        window.gaps("sync")
        for _ in range(ROUNDS):
            write_visits(place, ROWS)
            quiet, pulling = window.gaps(f"idle {IDLE_S}"), window.gaps("sync")
            idle += quiet
            samples += pulling
            ratios.append(statistics.median(pulling) / statistics.median(quiet))
    return [
        judge(
            "ui_stall_during_pull",
            unit="ms",
            goal=Goal(limit=25, worst=100, share=0.99),
            samples=samples,
            floor_samples=idle,
            ratios=ratios,
            floor_is="the same timer, idle",
        )
    ]


def memory() -> list[Result]:
    """What the unlocked window holds, against a bare `QWidget`; and the sync process while ten thousand rows arrive."""
    place = demonstration()

    def unlocked() -> list[float]:
        with _window(place) as window:
            return [window.megabytes]

    held = compare(
        "memory",
        unit="MB",
        goal=Goal(ratio=5, limit=300),
        value=unlocked,
        floor=_bare,
        floor_is="a bare QWidget process",
        rounds=ROUNDS,
    )
    return [held, *memory_sync_process()]


def _bare() -> list[float]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", BARE], capture_output=True, text=True, env=environment, check=True, timeout=120
    )
    return [float(done.stdout)]


def benches() -> dict[str, Callable[[], list[Result]]]:
    return {"ui_stall_during_pull": ui_stall_during_pull, "memory": memory}
