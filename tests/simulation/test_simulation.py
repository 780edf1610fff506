"""Seeds of the simulated district: nothing lost, every desk equal, no traffic at rest (sync design 4, 2-5)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.simulation.districts import Template
from tests.simulation.lives import QUICK_SEEDS, Lives
from tests.simulation.past_seeds import PAST_SEEDS
from tests.simulation.simulation import EVERYTHING, run_seed

FURTHER_SEEDS = range(61, 301)
LONG_SEEDS = range(1, 25)


@pytest.mark.parametrize("seed", QUICK_SEEDS)
def test_a_seed_loses_nothing_and_comes_to_rest_with_every_desk_equal(seed: int, lives: Lives, tmp_path: Path) -> None:
    lives.live(seed, tmp_path / "seed")


def test_the_fixed_seeds_throw_every_fault_event_rare_branch_and_act(lives: Lives, tmp_path: Path) -> None:
    outcomes = [lives.of(seed, tmp_path / f"seed{seed}") for seed in QUICK_SEEDS]
    thrown = {event for outcome in outcomes for event in outcome.events}
    assert thrown >= EVERYTHING


@pytest.mark.prove
@pytest.mark.parametrize("seed", FURTHER_SEEDS)
def test_a_further_seed_loses_nothing(seed: int, lives: Lives, tmp_path: Path) -> None:
    lives.live(seed, tmp_path / "seed")


@pytest.mark.prove
@pytest.mark.parametrize("seed", [*PAST_SEEDS, *(seed for seed in LONG_SEEDS if seed not in PAST_SEEDS)])
def test_a_long_seed_loses_nothing(seed: int, postgres_uri: str, template: Template, tmp_path: Path) -> None:
    """Those that once failed come first."""
    run_seed(seed, postgres_uri, template, tmp_path / "seed")


def test_the_same_seed_lives_the_same_life(lives: Lives, tmp_path: Path) -> None:
    first = lives.of(11, tmp_path / "first")
    second = lives.live(11, tmp_path / "second")
    assert first.trace == second.trace


@pytest.mark.prove
def test_another_process_lives_the_same_life(lives: Lives, tmp_path: Path) -> None:
    """Identifiers, sizes and contents of messages too: nothing hangs on the order of a set."""
    here = lives.of(5, tmp_path / "here")
    report = tmp_path / "soak.json"
    elsewhere = subprocess.run(
        [sys.executable, "-m", "tests.simulation.soak", "--seed=5", "--quick", "--print-trace", f"--report={report}"],
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "7", "TMPDIR": str(tmp_path)},
    )
    assert elsewhere.stdout.split()[-1] == here.trace
