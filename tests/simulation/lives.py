"""The fixed seeds of every test run, each lived once however many workers there are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
from tests.simulation.districts import Template
from tests.simulation.simulation import Outcome, Plan, run_seed

QUICK = Plan(quiet_points=1, steps=20)
"""What a seed of every test run does; the long proofs go on to a second quiet point."""

QUICK_SEEDS = range(1, 61)


@dataclass(frozen=True, slots=True)
class Lives:
    """What became of the seeds of this test run; `folder` is shared by its workers."""

    folder: Path
    uri: str
    template: Template

    def live(self, seed: int, scratch: Path) -> Outcome:
        outcome = run_seed(seed, self.uri, self.template, scratch, QUICK)
        unfinished = scratch.with_suffix(".json")
        unfinished.write_bytes(msgspec.json.encode(outcome))
        unfinished.replace(self._file(seed))
        return outcome

    def of(self, seed: int, scratch: Path) -> Outcome:
        """The life of a seed, lived now where no worker has done so."""
        if self._file(seed).exists():
            return msgspec.json.decode(self._file(seed).read_bytes(), type=Outcome)
        return self.live(seed, scratch)

    def _file(self, seed: int) -> Path:
        return self.folder / f"{seed}.json"
