"""The simulation can fail: a district that is wrong in one way is found out, by the invariant that is meant for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.simulation.broken import ForgetsRejections, SkipsRows, TakesAlways
from tests.simulation.districts import SimulatedDistrict, Template
from tests.simulation.oracle import BrokenInvariantError
from tests.simulation.simulation import Plan, run_seed

CALM = Plan(quiet_points=1, steps=30, faults=0.0, rare=False)


@pytest.mark.parametrize(
    ("broken", "seed", "found"),
    [
        (TakesAlways, 3, "lost: "),
        (SkipsRows, 2, "no rest after"),
        (ForgetsRejections, 4, "lost: "),
    ],
)
def test_a_district_that_loses_something_is_found_out(
    broken: type[SimulatedDistrict], seed: int, found: str, postgres_uri: str, template: Template, tmp_path: Path
) -> None:
    run_seed(seed, postgres_uri, template, tmp_path / "right", CALM)
    with pytest.raises(BrokenInvariantError, match=found):
        run_seed(seed, postgres_uri, template, tmp_path / "wrong", CALM, broken)
