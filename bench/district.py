"""The district of the sync benchmarks as they see it: a process to give orders to, shared until this one ends."""

from __future__ import annotations

import atexit
import contextlib
import functools
import itertools
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import msgspec

from bench.district_process import Admit, Fill, Order, Place, Ready
from bench.visits import SCHOOL_YEAR
from clinicdesk.security.key_pairs import KeyPairs

SCHOOLS = 40
"""Enough for every benchmark to have schools of its own."""

_FORGET_PEAK = "5"
"""Resets the peak that the system remembers of a process (`/proc/PID/clear_refs`)."""


class District:
    """The server process."""

    def __init__(self, schools: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.district_process", str(schools)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.ready = msgspec.json.decode(self._answer(), type=Ready)
        self._places = itertools.chain(self.ready.places)

    def places(self, count: int = 1) -> list[Place]:
        """Schools that nobody else uses."""
        found = list(itertools.islice(self._places, count))
        if len(found) < count:
            raise RuntimeError("the district has no further schools")
        return found

    def admit(self, devices: Sequence[tuple[KeyPairs, Sequence[Place]]]) -> list[str]:
        """The ids of new devices."""
        wanted = [(keys.public, [place.school for place in places]) for keys, places in devices]
        return msgspec.json.decode(self._order(Admit(wanted)), type=list[str])

    def fill(self, place: Place, count: int, seed: int = 1, days: int = SCHOOL_YEAR) -> None:
        self._order(Fill(place.school, count, seed, days))

    def forget_peak(self) -> None:
        Path(f"/proc/{self._process.pid}/clear_refs").write_text(_FORGET_PEAK)

    def peak(self) -> float:
        """The most resident megabytes since the last `forget_peak`."""
        return megabytes(self._process.pid, "VmHWM")

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(60)
        for stream in (self._process.stdin, self._process.stdout):
            piped(stream).close()

    def _order(self, order: Order) -> str:
        control = piped(self._process.stdin)
        control.write(msgspec.json.encode(order).decode() + "\n")
        control.flush()
        return self._answer()

    def _answer(self) -> str:
        line = piped(self._process.stdout).readline()
        if not line:
            raise RuntimeError("the district server ended")
        return line


def piped(stream: IO[str] | None) -> IO[str]:
    """The stream of a process that was started with pipes."""
    if stream is None:
        raise ValueError("the process was started without pipes")
    return stream


def megabytes(pid: int, kind: str) -> float:
    """`VmRSS` or `VmHWM` of a process; 0 where it has ended."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(f"{kind}:"):
                return int(line.split()[1]) / 1024
    return 0.0


@functools.cache
def shared_district() -> District:
    """One district for all benchmarks that need schools of their own but no server of their own."""
    return _UNTIL_THE_END.enter_context(served(SCHOOLS))


_UNTIL_THE_END = contextlib.ExitStack()
atexit.register(_UNTIL_THE_END.close)


@contextlib.contextmanager
def served(schools: int) -> Iterator[District]:
    """A district for the length of a block."""
    district = District(schools)
    try:
        yield district
    finally:
        district.close()
