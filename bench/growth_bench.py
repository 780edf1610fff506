"""What pushing, pulling and an idle session cost with a million rows on both sides, against ten thousand.

What is written and what arrives is of today, as in a clinic; the rows that are there already are of a school year.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.district import served
from bench.measure import Goal, Result, compare, judge
from bench.workstation import APPLY, Workstation, new_workstations
from clinicdesk.sync.base_copies import BaseCopies, Sums

FEW_ROWS = 10_000
MANY_ROWS = 1_000_000
ROWS = 1_000
IDLE_SESSIONS = 5
DIGESTS = 20


class Grown:
    """A district that holds so many visits, with a workstation that holds all of them."""

    def __init__(self, rows: int) -> None:
        self._closing = contextlib.ExitStack()
        folder = self._closing.enter_context(tempfile.TemporaryDirectory())
        self._district = self._closing.enter_context(served(schools=4))
        self._places = self._district.places(4)
        self._district.fill(self._places[0], rows)
        (self._desk,) = new_workstations(self._district, Path(folder), 1, self._places)
        self._closing.callback(self._desk.close)
        self._desk.sync()
        self._desk.sync()
        self._filled = 1

    def close(self) -> None:
        self._closing.close()

    def push(self) -> list[float]:
        self._desk.write_visits(ROWS, days=1)
        return [_milliseconds(self._desk)]

    def pull(self) -> list[float]:
        self._filled += 1
        self._district.fill(self._places[0], ROWS, self._filled, days=1)
        return [_milliseconds(self._desk)]

    def digests(self) -> list[float]:
        """What two sides compare, of every scope: its root, and the sums of its tables where it differs."""
        taken = []
        for _ in range(DIGESTS):
            began = time.perf_counter()
            with self._desk.store.read() as session:
                sums = Sums(session.connection())
                for scope in sums.roots():
                    sums.tables(scope)
            taken.append((time.perf_counter() - began) * 1000)
        return taken

    def recounted(self) -> list[float]:
        """The sums of one table made anew from the stored digests of its rows, where they differ (s55)."""
        began = time.perf_counter()
        with self._desk.store.apply(APPLY) as work:
            BaseCopies(work.session.connection()).recounted(self._places[0].school, "clinic_visits")
        return [(time.perf_counter() - began) * 1000]

    def nothing(self) -> list[float]:
        self._desk.sync()
        return [_milliseconds(self._desk) for _ in range(IDLE_SESSIONS)]


def _milliseconds(desk: Workstation) -> float:
    began = time.perf_counter()
    desk.sync()
    return (time.perf_counter() - began) * 1000


def _judged(name: str, goal: Goal, samples: list[float]) -> Result:
    return judge(name, unit="ms", goal=goal, samples=samples, floor_samples=[], ratios=[], floor_is="")


def growth() -> list[Result]:
    """Both sides are filled first: the district as its loaders write, the workstations by their first pull."""
    with contextlib.closing(Grown(FEW_ROWS)) as few, contextlib.closing(Grown(MANY_ROWS)) as many:
        legs = {
            "growth_push": (many.push, few.push),
            "growth_pull": (many.pull, few.pull),
            "growth_noop": (many.nothing, few.nothing),
        }
        kept = _judged("digest_1m", Goal(limit=200), many.digests())
        recounted = _judged("digest_1m_recounted", Goal(), many.recounted())
        return [kept, recounted] + [
            compare(
                name,
                unit="ms",
                goal=Goal(ratio=1.2),
                value=value,
                floor=floor,
                floor_is="the same with 10,000 rows on both sides",
            )
            for name, (value, floor) in legs.items()
        ]


def benches() -> dict[str, Callable[[], list[Result]]]:
    return {"growth": growth}
