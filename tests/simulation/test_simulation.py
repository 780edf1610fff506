"""Seeds of the simulated district: nothing lost, every desk equal, no traffic at rest (sync design 4, 2-5)."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.simulation.districts import Template
from tests.simulation.lives import QUICK_SEEDS, Lives
from tests.simulation.past_seeds import PAST_SEEDS
from tests.simulation.simulation import EVERYTHING, run_seed


@pytest.mark.parametrize("seed", QUICK_SEEDS)
def test_a_seed_loses_nothing_and_comes_to_rest_with_every_desk_equal(seed: int, lives: Lives, tmp_path: Path) -> None:
    lives.live(seed, tmp_path / "seed")


def test_the_fixed_seeds_throw_every_fault_event_and_rare_branch(lives: Lives, tmp_path: Path) -> None:
    """What people did besides is counted by the soak."""
    outcomes = [lives.of(seed, tmp_path / f"seed{seed}") for seed in QUICK_SEEDS]
    thrown = {event for outcome in outcomes for event in outcome.events}
    assert thrown >= {event for event in EVERYTHING if not event.startswith("op ")}


@pytest.mark.prove
@pytest.mark.parametrize("seed", [*PAST_SEEDS, *(seed for seed in range(1, 301) if seed not in PAST_SEEDS)])
def test_a_long_seed_loses_nothing(seed: int, postgres_uri: str, template: Template, tmp_path: Path) -> None:
    """Those that once failed come first."""
    run_seed(seed, postgres_uri, template, tmp_path / "seed")


def test_the_same_seed_lives_the_same_life(lives: Lives, tmp_path: Path) -> None:
    first = lives.of(11, tmp_path / "first")
    second = lives.live(11, tmp_path / "second")
    assert first.trace == second.trace
