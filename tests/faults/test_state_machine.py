"""Hypothesis lives a district: whatever its people type in whatever order, nothing is lost and all desks agree."""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.faults.machine import TABLES, DistrictMachine, Wire
from tests.faults.prepared import prepare

from clinicdesk.models.enums import ConflictKind

EXPECTED = {"insert", "edit", "plain", "delete_student", "crash", "synced", "restored", "recovery confirmed"}
"""What a run has to have done to prove anything."""

DECIDED = {ConflictKind.FIELD, ConflictKind.GROUP, ConflictKind.DELETE_VS_EDIT, ConflictKind.FORK}
"""The kinds of conflicts that somebody has to have decided in each run."""

LEAST_DECIDED = 15

EXAMPLES, STEPS = 25, 30
"""Twice, with a seed each: two workers have the same to do, and every run does the same."""

SOAK_EXAMPLES, SOAK_STEPS = 5, 60
"""Of each seed of a soak, which goes on to the next one until its time is up."""

SOAK_SECONDS = "SOAK_SECONDS"


def soaking() -> bool:
    return settings.get_current_profile_name() == "soak"


def of_this_run() -> settings:
    return settings(
        max_examples=SOAK_EXAMPLES if soaking() else EXAMPLES,
        stateful_step_count=SOAK_STEPS if soaking() else STEPS,
        derandomize=False,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )


def seeds_of_this_run(number: int) -> Iterator[int]:
    """One; in a soak every other one from this on, each said aloud, so that a failing one can be told."""
    yield number
    if soaking():
        until = time.monotonic() + float(os.environ.get(SOAK_SECONDS, "60")) / 2
        for further in itertools.count(number + 2, 2):
            if time.monotonic() > until:
                return
            print(f"state machine, seed {further}", file=sys.stderr, flush=True)
            yield further


@pytest.fixture(scope="module")
def machine(postgres_uri: str, tmp_path_factory: pytest.TempPathFactory) -> type[DistrictMachine]:
    DistrictMachine.uri = postgres_uri
    DistrictMachine.prepared = prepare(postgres_uri, tmp_path_factory.mktemp("machine") / "prepared", Wire, TABLES)
    return DistrictMachine


@pytest.mark.parametrize("number", [1, 2])
def test_whatever_people_do_in_whatever_order_is_kept_and_ends_equal(
    machine: type[DistrictMachine], number: int
) -> None:
    machine.done.clear()
    machine.decided.clear()
    chosen = of_this_run()
    for drawn in seeds_of_this_run(number):
        made = type(f"Machine{drawn}", (machine,), {})
        run_state_machine_as_test(seed(drawn)(made), settings=chosen)
    print(dict(sorted(machine.done.items())), dict(sorted(machine.decided.items())))
    if machine.done["rest"] >= EXAMPLES:
        found_nothing_to_do = EXPECTED - machine.done.keys()
        assert not found_nothing_to_do
        assert machine.decided.total() >= LEAST_DECIDED
        assert {word.split(" ")[0] for word in machine.decided} >= DECIDED
    else:
        assert soaking()
