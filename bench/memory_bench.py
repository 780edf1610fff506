"""Peak memory of sync over its idle state: ten thousand and a hundred thousand rows must cost alike."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.district import District, served
from bench.measure import Goal, Result, compare
from bench.sync_bench import MANY_ROWS, ROWS, process_peak, surroundings
from bench.workstation import Workstation, new_workstations

ROUNDS = 2
_FEW = "the same with 10,000 rows"


def memory_sync_client() -> list[Result]:
    """The sync process at a workstation: rows that arrive, and rows that wait to be sent, over a run without any."""
    with surroundings(schools=2) as here:
        few, many = here.places
        for place, count in ((few, ROWS), (many, MANY_ROWS)):
            here.district.fill(place, count)
        idle = process_peak(_settled(here.desks(1)[0]))

        def arriving(place_at: int) -> list[float]:
            return [process_peak(here.empty_desks(1, [here.places[place_at]])[0]) - idle]

        def waiting(count: int) -> list[float]:
            (desk,) = here.desks(1, here.district.places())
            desk.write_visits(count)
            return [process_peak(desk) - idle]

        goal = Goal(ratio=1.1, limit=60)
        return [
            compare(
                "memory_sync_client_pull",
                unit="MB",
                goal=goal,
                value=lambda: arriving(1),
                floor=lambda: arriving(0),
                floor_is=_FEW,
                rounds=ROUNDS,
            ),
            compare(
                "memory_sync_client_push",
                unit="MB",
                goal=goal,
                value=lambda: waiting(MANY_ROWS),
                floor=lambda: waiting(ROWS),
                floor_is=_FEW,
                rounds=1,
            ),
        ]


def memory_sync_server() -> list[Result]:
    """The server's process while a workstation sends so many rows and another takes them, over sessions without any."""
    few = _over_idle(ROWS)
    many = _over_idle(MANY_ROWS)
    return [
        compare(
            "memory_sync_server",
            unit="MB",
            goal=Goal(ratio=1.1, limit=100),
            value=lambda: [many],
            floor=lambda: [few],
            floor_is=_FEW,
            rounds=1,
        )
    ]


def _over_idle(count: int) -> float:
    with served(schools=1) as district, tempfile.TemporaryDirectory() as folder:
        sending, taking = new_workstations(district, Path(folder), 2, district.places())
        for desk in (sending, taking):
            _settled(desk)
        idle = _peak(district, lambda: _settled(sending))
        sending.write_visits(count)
        busy = _peak(district, lambda: [desk.sync() for desk in (sending, taking)])
        for desk in (sending, taking):
            desk.close()
        return busy - idle


def _peak(district: District, work: Callable[[], object]) -> float:
    district.forget_peak()
    work()
    return district.peak()


def _settled(desk: Workstation) -> Workstation:
    for _ in range(2):
        desk.sync()
    return desk


def benches() -> dict[str, Callable[[], list[Result]]]:
    return {"memory_sync_client": memory_sync_client, "memory_sync_server": memory_sync_server}
