"""What pushing, pulling and an idle session cost with a million rows on both sides, against ten thousand."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.district import served
from bench.measure import Goal, Result, compare
from bench.workstation import Workstation, new_workstations

FEW_ROWS = 10_000
MANY_ROWS = 1_000_000
ROWS = 1_000
IDLE_SESSIONS = 5


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
        return [
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
