"""Benchmarks of sync: pushing, pulling, a first pull, nothing to do, few edits, the wire, and writing beside a pull."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench.district import District, megabytes, shared_district
from bench.district_process import Place
from bench.measure import Goal, Result, compare, judge
from bench.workstation import InsertFloor, Workstation, new_workstations
from clinicdesk.core.collector import spare_what_is_loaded
from clinicdesk.models import ClinicVisit
from clinicdesk.sync.runner import SyncProcess

ROWS = 10_000
MANY_ROWS = 100_000
EDITS = 100
U = "SQLCipher insert of the same rows, one transaction"


class Surroundings:
    """Schools of the shared district that a benchmark has for itself, and desks of them that end with it."""

    def __init__(self, folder: Path, schools: int = 1) -> None:
        self._folder = folder
        self._closing = contextlib.ExitStack()
        # As the sync process has it, in which these sessions run at a real workstation.
        spare_what_is_loaded()
        self.district: District = shared_district()
        self.places: list[Place] = self.district.places(schools)

    def __enter__(self) -> Surroundings:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    def empty_desks(self, count: int, places: Sequence[Place] = ()) -> list[Workstation]:
        """Desks of these schools (none: all) that have never pulled."""
        made = new_workstations(self.district, self._folder, count, places or self.places)
        for desk in made:
            self._closing.callback(desk.close)
        return made

    def desks(self, count: int, places: Sequence[Place] = ()) -> list[Workstation]:
        """Desks that know the district and their schools."""
        made = self.empty_desks(count, places)
        for desk in made:
            desk.sync()
        return made


@contextlib.contextmanager
def surroundings(schools: int = 1) -> Iterator[Surroundings]:
    with tempfile.TemporaryDirectory() as folder, Surroundings(Path(folder), schools) as opened:
        yield opened


def push_10k() -> list[Result]:
    """Rows a second from the queue of a desk into PostgreSQL, window locked, until both sides are equal."""
    with surroundings() as here:
        pushing, floor_desk = here.desks(2)
        pushing.write_visits(ROWS)
        floor = InsertFloor(floor_desk, pushing, ROWS)

        def push() -> list[float]:
            began = time.perf_counter()
            pushed = pushing.sync().pushed
            rate = pushed / (time.perf_counter() - began)
            pushing.write_visits(ROWS)
            return [rate]

        return [
            compare(
                "push_10k",
                unit="rows/s",
                goal=Goal(ratio=0.10, more_is_better=True),
                value=push,
                floor=lambda: [floor.rate()],
                floor_is=U,
            )
        ]


def pull_10k() -> list[Result]:
    """Rows a second from PostgreSQL into a desk that knows the school already, window locked."""
    with surroundings() as here:
        writing, floor_desk, *pullers = here.desks(7)
        writing.write_visits(ROWS)
        writing.sync()
        floor = InsertFloor(floor_desk, writing, ROWS)

        def pull() -> list[float]:
            return [_pulled_rate(pullers.pop())]

        return [
            compare(
                "pull_10k",
                unit="rows/s",
                goal=Goal(ratio=0.15, more_is_better=True),
                value=pull,
                floor=lambda: [floor.rate()],
                floor_is=U,
            )
        ]


def bootstrap_100k() -> list[Result]:
    """Rows a second into a workstation that has just joined, from a district that is full; two rounds for the time."""
    with surroundings() as here:
        (floor_desk,) = here.desks(1)
        here.district.fill(here.places[0], MANY_ROWS)
        joining = here.empty_desks(3)
        joining[0].sync()
        floor = InsertFloor(floor_desk, joining.pop(0), MANY_ROWS)

        def join() -> list[float]:
            return [_pulled_rate(joining.pop())]

        return [
            compare(
                "bootstrap_100k",
                unit="rows/s",
                goal=Goal(ratio=0.25, more_is_better=True),
                value=join,
                floor=lambda: [floor.rate()],
                floor_is=U,
                rounds=len(joining),
            )
        ]


def _pulled_rate(desk: Workstation) -> float:
    began = time.perf_counter()
    pulled = desk.sync().pulled
    return pulled / (time.perf_counter() - began)


def noop_sync() -> list[Result]:
    """A session with nothing to do: every table, the district and four schools, warm process, connection open."""
    with surroundings(schools=4) as here:
        (idle,) = here.desks(1)
        idle.write_visits(2_000)
        idle.sync()
        idle.sync()
        return _session("noop_sync", idle, lambda: None, milliseconds=50, requests=2, kilobytes=4, repeat=4)


def edits_100() -> list[Result]:
    """A session that brings a hundred edited visits to the district."""
    with surroundings() as here:
        (desk,) = here.desks(1)
        desk.write_visits(2_000)
        desk.sync()
        desk.sync()
        return _session(
            "edits_100", desk, lambda: desk.edit_visits(EDITS), milliseconds=150, requests=4, kilobytes=20, repeat=2
        )


def _session(
    name: str,
    desk: Workstation,
    prepare: Callable[[], None],
    *,
    milliseconds: float,
    requests: float,
    kilobytes: float,
    repeat: int,
) -> list[Result]:
    """The time of a session, and its requests and bytes: headers and bodies, both ways."""
    asked: list[float] = []
    carried: list[float] = []

    def once() -> float:
        prepare()
        before = desk.carried.both
        began = time.perf_counter()
        totals = desk.sync()
        taken = (time.perf_counter() - began) * 1000
        asked.append(totals.requests)
        carried.append((desk.carried.both - before) / 1000)
        return taken

    timed = compare(name, unit="ms", goal=Goal(limit=milliseconds), value=lambda: [once() for _ in range(repeat)])
    return [
        timed,
        _counted(f"{name}_requests", "requests", Goal(worst=requests), asked),
        _counted(f"{name}_bytes", "kB", Goal(worst=kilobytes), carried),
    ]


def _counted(name: str, unit: str, goal: Goal, samples: list[float]) -> Result:
    return judge(name, unit=unit, goal=goal, samples=samples, floor_samples=[], ratios=[], floor_is="")


def wire() -> list[Result]:
    """Bytes of a visit on the wire: a whole session of ten thousand, headers and bodies, both ways."""
    with surroundings() as here:
        writing, reading = here.desks(2)

        def carried(desk: Workstation, rows: int) -> float:
            before = desk.carried.both
            desk.sync()
            return (desk.carried.both - before) / rows

        writing.write_visits(ROWS)
        pushed = carried(writing, ROWS)
        pulled = carried(reading, ROWS)
        return [
            _counted("wire_visit_push", "bytes", Goal(worst=180), [pushed]),
            _counted("wire_visit_pull", "bytes", Goal(worst=150), [pulled]),
        ]


def save_visit_during_pull() -> list[Result]:
    """A visit's commit while ten thousand rows arrive beside it through the sync process, window unlocked (D25)."""
    with surroundings() as here:
        writing, *pullers = here.desks(4)
        writing.write_visits(ROWS)
        writing.sync()

        def during() -> list[float]:
            puller = pullers.pop()
            process = puller.start_process(unlocked=True)
            taken: list[float] = []
            while process.running:
                visit = ClinicVisit(**puller.new_visit())
                began = time.perf_counter()
                with puller.write() as session:
                    session.add(visit)
                taken.append((time.perf_counter() - began) * 1000)
                time.sleep(0.02)
            _succeeded(process)
            return taken

        return [compare("save_visit_during_pull", unit="ms", goal=Goal(limit=75), value=during, rounds=3)]


def memory_sync_process() -> list[Result]:
    """Peak memory of the sync process while ten thousand rows arrive."""
    with surroundings() as here:
        writing, *pullers = here.desks(4)
        writing.write_visits(ROWS)
        writing.sync()
        return [
            compare(
                "memory_sync_process",
                unit="MB",
                goal=Goal(limit=150),
                value=lambda: [process_peak(pullers.pop())],
                rounds=3,
            )
        ]


def process_peak(desk: Workstation) -> float:
    """The most resident megabytes of one run of the sync process at this desk, window locked."""
    process = desk.start_process(unlocked=False)
    most = 0.0
    while process.running:
        most = max(most, megabytes(process.pid, "VmHWM"))
        time.sleep(0.02)
    _succeeded(process)
    return most


def _succeeded(process: SyncProcess) -> None:
    if process.wait() != 0:
        raise RuntimeError("the sync process failed")


def benches() -> dict[str, Callable[[], list[Result]]]:
    return {
        "push_10k": push_10k,
        "pull_10k": pull_10k,
        "bootstrap_100k": bootstrap_100k,
        "noop_sync": noop_sync,
        "edits_100": edits_100,
        "wire_visit": wire,
        "save_visit_during_pull": save_visit_during_pull,
    }
