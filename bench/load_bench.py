"""Monday, half past seven: every workstation of a district comes at once, with a day's edits or with nothing."""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from bench.client_process import Crowd, Done, Seat
from bench.district import District, piped, served
from bench.measure import Goal, Result, judge
from clinicdesk.security.key_pairs import KeyPairs

PROCESSES = 4
SCHOOLS = 100
PUSHING, EDITS = 200, 100
IDLE = 1_000
BUSY_STATUS = 503


class Clients:
    """The client processes, each with its share of the workstations."""

    def __init__(self, district: District, folder: Path, count: int, edits: int, threads: int) -> None:
        keys = [KeyPairs.generate() for _ in range(count)]
        places = list(itertools.islice(itertools.cycle(district.places(SCHOOLS)), count))
        devices = [
            device
            for start in range(0, count, PROCESSES)
            for device in district.admit(
                [
                    (pair, [place])
                    for pair, place in zip(keys[start:][:PROCESSES], places[start:][:PROCESSES], strict=True)
                ]
            )
        ]
        seats = [
            Seat(device, pair.use_private(bytes), place)
            for device, pair, place in zip(devices, keys, places, strict=True)
        ]
        self._processes = [
            self._start(Crowd(str(folder), district.ready, seats[share::PROCESSES], edits, threads))
            for share in range(PROCESSES)
        ]
        for process in self._processes:
            _answer(process)

    def run(self) -> list[Done]:
        """Let all begin at once; what became of them."""
        for process in self._processes:
            control = piped(process.stdin)
            control.write("go\n")
            control.flush()
        return [msgspec.json.decode(_answer(process), type=Done) for process in self._processes]

    def close(self) -> None:
        for process in self._processes:
            process.communicate(timeout=60)

    def _start(self, crowd: Crowd) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.client_process"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        control = piped(process.stdin)
        control.write(msgspec.json.encode(crowd).decode() + "\n")
        control.flush()
        return process


def _answer(process: subprocess.Popen[str]) -> str:
    line = piped(process.stdout).readline()
    if not line:
        raise RuntimeError("a client process ended")
    return line


def _crowd(count: int, edits: int, threads: int) -> tuple[float, list[Done]]:
    """Seconds until the last was through, and what became of all."""
    with (
        tempfile.TemporaryDirectory() as folder,
        served(SCHOOLS) as district,
        contextlib.closing(Clients(district, Path(folder), count, edits, threads)) as clients,
    ):
        # The day's edits stand on the disks of two hundred workstations by then; here all of them are one disk.
        os.sync()
        began = time.perf_counter()
        done = clients.run()
        return time.perf_counter() - began, done


def monday_push() -> list[Result]:
    """Two hundred workstations with a hundred edits each: time to drain, and the wait of the one in twenty."""
    drained, done = _crowd(PUSHING, EDITS, PUSHING // PROCESSES)
    refusals = [status for one in done for status in one.refusals]
    wrong = sum(status != BUSY_STATUS for status in refusals) + sum(one.without_retry_after for one in done)
    return [
        _result("monday_push", "s", Goal(worst=30), [drained]),
        _result("monday_push_workstation", "s", Goal(limit=10), [second for one in done for second in one.seconds]),
        _result("monday_push_told_to_wait", "answers", Goal(), [len(refusals)]),
        _result("monday_push_refused", "answers", Goal(worst=0), [wrong]),
    ]


def monday_idle() -> list[Result]:
    """A thousand workstations with nothing to do."""
    drained, _done = _crowd(IDLE, 0, 25)
    return [_result("monday_idle", "s", Goal(worst=60), [drained])]


def _result(name: str, unit: str, goal: Goal, samples: Sequence[float]) -> Result:
    return judge(name, unit=unit, goal=goal, samples=list(samples), floor_samples=[], ratios=[], floor_is="")


def benches() -> dict[str, Callable[[], list[Result]]]:
    return {"monday_push": monday_push, "monday_idle": monday_idle}
