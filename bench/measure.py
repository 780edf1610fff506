"""Interleaved rounds of a value and its floor, and the verdict computed from every sample (D70)."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

NOISE = 0.10
ROUNDS = 5

Round = Callable[[], Sequence[float]]
"""One round of one leg: the samples it took, all in the unit of the benchmark."""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What must hold. `ratio` compares p50 with the floor's p50, `limit` holds for a `share` of all samples,
    `worst` for every one.

    With `more_is_better` (rates) the ratio and the limit are lower bounds, else upper bounds.
    """

    ratio: float | None = None
    limit: float | None = None
    worst: float | None = None
    share: float = 0.95
    more_is_better: bool = False

    def __str__(self) -> str:
        sign = ">=" if self.more_is_better else "<="
        parts = []
        if self.ratio is not None:
            parts.append(f"{sign} {self.ratio:g} x floor")
        if self.limit is not None:
            parts.append(f"p{self.share * 100:.0f} {sign} {self.limit:g}")
        if self.worst is not None:
            parts.append(f"none > {self.worst:g}")
        return " and ".join(parts)


@dataclass(frozen=True, kw_only=True)
class Result:
    """One line of `bench.json`."""

    name: str
    value: float
    p95: float
    tail: float
    unit: str
    floor: float | None
    floor_is: str
    ratio: float | None
    goal: str
    samples: list[float]
    floor_samples: list[float]
    ok: bool
    within_noise: bool


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least `share` of all do not exceed."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def compare(
    name: str,
    *,
    unit: str,
    goal: Goal,
    value: Round,
    floor: Round | None = None,
    floor_is: str = "",
    rounds: int = ROUNDS,
) -> Result:
    """Measure `value` and `floor` in turn, `rounds` times, and judge.

    The ratio is the median of the rounds' ratios of medians, so that a drift of the machine cancels out.
    """
    samples: list[float] = []
    floor_samples: list[float] = []
    ratios: list[float] = []
    for _ in range(rounds):
        floor_round = list(floor()) if floor else []
        round_samples = list(value())
        samples += round_samples
        floor_samples += floor_round
        if floor_round:
            ratios.append(statistics.median(round_samples) / statistics.median(floor_round))
    return judge(
        name, unit=unit, goal=goal, samples=samples, floor_samples=floor_samples, ratios=ratios, floor_is=floor_is
    )


def judge(
    name: str,
    *,
    unit: str,
    goal: Goal,
    samples: list[float],
    floor_samples: list[float],
    ratios: list[float],
    floor_is: str,
) -> Result:
    """The verdict over samples already taken."""
    ratio = statistics.median(ratios) if ratios else None
    tail = percentile(samples, 1 - goal.share if goal.more_is_better else goal.share)
    found: list[tuple[float, float]] = []
    if goal.ratio is not None and ratio is not None:
        found.append((ratio, goal.ratio))
    if goal.limit is not None:
        found.append((tail, goal.limit))
    if goal.worst is not None:
        found.append((max(samples), goal.worst))
    met = [(got >= wanted) if goal.more_is_better else (got <= wanted) for got, wanted in found]
    return Result(
        name=name,
        value=statistics.median(samples),
        p95=percentile(samples, 0.05 if goal.more_is_better else 0.95),
        tail=tail,
        unit=unit,
        floor=statistics.median(floor_samples) if floor_samples else None,
        floor_is=floor_is,
        ratio=ratio,
        goal=str(goal),
        samples=samples,
        floor_samples=floor_samples,
        ok=all(met),
        within_noise=any(abs(got - wanted) <= NOISE * wanted for got, wanted in found),
    )
