"""Seeds of the simulated district: nothing lost, every desk equal, no traffic at rest (sync design 4, 2-5)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.simulation.districts import Template
from tests.simulation.past_seeds import PAST_SEEDS
from tests.simulation.simulation import Plan, run_seed

QUICK = Plan(quiet_points=1, steps=24)
"""What a seed of every test run does; the long proofs go on to a second quiet point."""


@pytest.mark.parametrize("seed", range(1, 61))
def test_a_seed_loses_nothing_and_comes_to_rest_with_every_desk_equal(
    seed: int, postgres_uri: str, template: Template, tmp_path: Path
) -> None:
    run_seed(seed, postgres_uri, template, tmp_path / "seed", QUICK)


@pytest.mark.parametrize(("seed", "found"), PAST_SEEDS.items())
def test_a_seed_that_once_failed_holds(
    seed: int, found: str, postgres_uri: str, template: Template, tmp_path: Path
) -> None:
    run_seed(seed, postgres_uri, template, tmp_path / "seed")


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(1, 301))
def test_a_long_seed_loses_nothing(seed: int, postgres_uri: str, template: Template, tmp_path: Path) -> None:
    run_seed(seed, postgres_uri, template, tmp_path / "seed")


def test_the_same_seed_lives_the_same_life(postgres_uri: str, template: Template, tmp_path: Path) -> None:
    first = run_seed(11, postgres_uri, template, tmp_path / "first")
    second = run_seed(11, postgres_uri, template, tmp_path / "second")
    assert first.trace == second.trace


def test_another_process_lives_the_same_life(postgres_uri: str, template: Template, tmp_path: Path) -> None:
    """Identifiers, sizes and contents of messages too: nothing hangs on the order of a set."""
    here = run_seed(5, postgres_uri, template, tmp_path / "here")
    elsewhere = subprocess.run(
        [sys.executable, "-m", "tests.simulation.soak", "--seed", "5", "--print-trace"],
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "7", "TMPDIR": str(tmp_path)},
    )
    assert elsewhere.stdout.split()[-1] == here.trace
