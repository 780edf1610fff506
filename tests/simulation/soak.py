"""Seed after seed until one fails or the time is up: `make soak SEEDS=300 MINUTES=5`, `make soak SEED=17`.

At most so many seeds, in so many minutes for all: the simulation has half of them, the state machine half of what is
then left, the mutants of the merge the rest. What ends early leaves its time to the next.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from tests.simulation.districts import make_template
from tests.simulation.lives import QUICK
from tests.simulation.past_seeds import PAST_SEEDS
from tests.simulation.simulation import EVERYTHING, Outcome, Plan, run_seed
from tests.support.statements import share_statements

from clinicdesk.server.synced_tables import synced_tables
from clinicdesk.storage.throwaway import throwaway_postgres

REPORT = Path("build/soak.json")
PASSED, FAILED = "passed", "failed"
SOAK_SECONDS = "SOAK_SECONDS"
MACHINE = ("pytest", "-q", "-m", "prove", "--hypothesis-profile=soak", "tests/faults/test_state_machine.py")
MUTATION = ("tests.mutation.mutation", "--seconds")


class Report(msgspec.Struct):
    """What a soak did: `failed` is the first seed that broke an invariant, null where none did.

    `events` counts what happened; `never` names faults, events, rare branches and acts that none of the seeds threw.
    `machine` and `mutation` say how the state machine and the mutants fared, null where it did not come to them.
    """

    seeds: int = 0
    seconds: float = 0.0
    failed: int | None = None
    problem: str | None = None
    slowest: tuple[int, float] = (0, 0.0)
    events: dict[str, int] = {}
    never: list[str] = []
    tables_written: int = 0
    tables_unwritten: list[str] = []
    machine: str | None = None
    mutation: str | None = None


def main() -> int:
    """The exit status: 1 where a seed failed."""
    share_statements()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--seed", type=int, help="replay this one alone")
    parser.add_argument("--quick", action="store_true", help="as short as in every test run")
    parser.add_argument("--report", type=Path, default=REPORT)
    parser.add_argument("--print-trace", action="store_true")
    parser.add_argument("--all", action="store_true", help="then the state machine and the mutants of the merge")
    given = parser.parse_args()
    drawn = range(given.first, given.first + given.seeds)
    seeds = (
        [given.seed] if given.seed is not None else [*PAST_SEEDS, *(seed for seed in drawn if seed not in PAST_SEEDS)]
    )
    plan = QUICK if given.quick else Plan()
    until = time.monotonic() + given.minutes * 60
    share = given.minutes * 60 / (2 if given.all else 1)
    report = _soak(seeds, share, plan, print_trace=given.print_trace)
    _write(report, given.report)
    if report.failed is not None:
        print(f"seed {report.failed} failed: make soak SEED={report.failed}", file=sys.stderr)
        return 1
    print(f"{report.seeds} seeds in {report.seconds:.0f} s, nothing lost", file=sys.stderr)
    if not given.all:
        return 0
    report.machine = _run(MACHINE, {SOAK_SECONDS: str(max(until - time.monotonic(), 0) / 2)})
    _write(report, given.report)
    if report.machine == PASSED:
        report.mutation = _run([*MUTATION, str(max(until - time.monotonic(), 0))], {})
        _write(report, given.report)
    return 0 if report.mutation == PASSED else 1


def _write(report: Report, place: Path) -> None:
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2))


def _run(command: Sequence[str], more: Mapping[str, str]) -> str:
    """A part of the soak that is a program of its own; what it says goes to the terminal."""
    done = subprocess.run([sys.executable, "-m", *command], env={**os.environ, **more}, check=False)
    return PASSED if done.returncode == 0 else FAILED


def _soak(seeds: list[int], most_seconds: float, plan: Plan, *, print_trace: bool) -> Report:
    report, events, written = Report(), Counter[str](), set[str]()
    began = time.monotonic()
    with throwaway_postgres() as uri, tempfile.TemporaryDirectory() as folder:
        template = make_template(uri)
        for seed in seeds:
            if time.monotonic() - began > most_seconds:
                break
            try:
                outcome = run_seed(seed, uri, template, Path(folder) / "seed", plan)
            except Exception as error:
                report.failed, report.problem = seed, f"{type(error).__name__}: {error}"
                traceback.print_exc()
                break
            _count(report, outcome, events, written)
            if print_trace:
                print(outcome.trace)
    report.seconds = round(time.monotonic() - began, 1)
    report.events = dict(sorted(events.items()))
    report.never = sorted(EVERYTHING - events.keys())
    report.tables_written = len(written)
    report.tables_unwritten = sorted(synced_tables().keys() - written)
    return report


def _count(report: Report, outcome: Outcome, events: Counter[str], written: set[str]) -> None:
    report.seeds += 1
    report.slowest = max(report.slowest, (outcome.seed, round(outcome.seconds, 2)), key=lambda slow: slow[1])
    events.update(outcome.events)
    written.update(outcome.written)


if __name__ == "__main__":
    sys.exit(main())
