"""Hypothesis lives a district: whatever its people type in whatever order, nothing is lost and all desks agree."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.faults.machine import TABLES, DistrictMachine, Wire
from tests.faults.prepared import prepare

EXPECTED = {"insert", "edit", "plain", "delete_student", "crash", "synced", "restored", "recovery confirmed"}
"""What a run has to have done to prove anything."""

EXAMPLES, STEPS = 25, 30
"""Twice, with a seed each: two workers have the same to do, and every run does the same. A soak draws its own."""


def soaking() -> bool:
    return settings.get_current_profile_name() == "soak"


def of_this_run() -> settings:
    if soaking():
        return settings(database=None, suppress_health_check=list(HealthCheck))
    return settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        derandomize=False,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


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
    chosen = of_this_run()
    made = type(f"Machine{number}", (machine,), {})
    run_state_machine_as_test(made if soaking() else seed(number)(made), settings=chosen)
    print(dict(sorted(machine.done.items())))
    assert machine.done["rest"] >= chosen.max_examples
    found_nothing_to_do = EXPECTED - machine.done.keys()
    assert not found_nothing_to_do
