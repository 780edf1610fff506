"""What pushing, pulling and an idle session cost with a million rows on both sides, against ten thousand."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.district import served
from bench.measure import Goal, Result, compare, judge
from bench.workstation import Workstation, new_workstations
from clinicdesk.sync.base_copies import Sums

FEW_ROWS = 10_000
MANY_ROWS = 1_000_000
ROWS = 1_000
IDLE_SESSIONS = 5
DIGESTS = 20


class Grown:
    """A district that holds so many visits, with two workstations that hold all of them."""

    def __init__(self, rows: int) -> None:
        self._closing = contextlib.ExitStack()
        folder = self._closing.enter_context(tempfile.TemporaryDirectory())
        district = self._closing.enter_context(served(schools=4))
        places = district.places(4)
        district.fill(places[0], rows)
        self.writing, self.reading = new_workstations(district, Path(folder), 2, places)
        for desk in (self.writing, self.reading):
            self._closing.callback(desk.close)
            desk.sync()
            desk.sync()

    def close(self) -> None:
        self._closing.close()

    def push(self) -> list[float]:
        self.writing.write_visits(ROWS)
        return [_milliseconds(self.writing)]

    def pull(self) -> list[float]:
        self.writing.write_visits(ROWS)
        self.writing.sync()
        return [_milliseconds(self.reading)]

    def digests(self) -> list[float]:
        """Everything that two sides compare: roots, tables, and the buckets of each table, of every scope."""
        taken = []
        for _ in range(DIGESTS):
            began = time.perf_counter()
            with self.reading.store.read() as session:
                sums = Sums(session.connection())
                for scope in sums.roots():
                    for table in sums.tables(scope):
                        sums.buckets(scope, table)
            taken.append((time.perf_counter() - began) * 1000)
        return taken

    def nothing(self) -> list[float]:
        self.reading.sync()
        return [_milliseconds(self.reading) for _ in range(IDLE_SESSIONS)]


def _milliseconds(desk: Workstation) -> float:
    began = time.perf_counter()
    desk.sync()
    return (time.perf_counter() - began) * 1000


def growth() -> list[Result]:
    """Both sides are filled first: the district as its loaders write, the workstations by their first pull."""
    with contextlib.closing(Grown(FEW_ROWS)) as few, contextlib.closing(Grown(MANY_ROWS)) as many:
        legs = {
            "growth_push": (many.push, few.push),
            "growth_pull": (many.pull, few.pull),
            "growth_noop": (many.nothing, few.nothing),
        }
        digests = judge(
            "digest_1m",
            unit="ms",
            goal=Goal(limit=200),
            samples=many.digests(),
            floor_samples=[],
            ratios=[],
            floor_is="",
        )
        return [digests] + [
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
