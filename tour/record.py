"""What the tour leaves: a line for each step in `tour.json`, and the pictures it names (contract)."""

from __future__ import annotations

import json
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

Rows = Mapping[str, Sequence[uuid.UUID]]
"""Rows a step wrote or showed, by model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of `tour.json`."""

    step: str
    screen: str
    keys: int
    seconds: float
    ok: bool
    picture: str
    rows: dict[str, list[str]] = field(default_factory=dict)


class Record:
    """Runs steps one after another and keeps what became of them; a failed one does not end the tour."""

    def __init__(
        self, folder: Path, keys: Callable[[], int], picture: Callable[[Path], None], recover: Callable[[], None]
    ) -> None:
        self._folder = folder
        self._keys = keys
        self._picture = picture
        self._recover = recover
        self._taken = 0
        self.steps: list[Step] = []

    @property
    def ok(self) -> bool:
        return bool(self.steps) and all(step.ok for step in self.steps)

    def run(self, step: str, screen: str, act: Callable[[], Rows], *, dark: bool = False) -> bool:
        """Do one step, take its picture, and write the file anew."""
        keys, began = self._keys(), time.monotonic()
        rows: Rows = {}
        ok = True
        try:
            rows = act()
        except Exception as problem:
            ok = False
            sys.stderr.write(f"tour: {step}: {type(problem).__name__}: {problem}\n")
        picture = ""
        try:
            picture = self._take(screen, dark=dark)
        except Exception as problem:
            ok = False
            sys.stderr.write(f"tour: {step}: no picture: {problem}\n")
        if not ok:
            self._recover()
        done = Step(
            step=step,
            screen=screen,
            keys=self._keys() - keys,
            seconds=round(time.monotonic() - began, 2),
            ok=ok,
            picture=picture,
            rows={model: [str(row) for row in ids] for model, ids in rows.items()},
        )
        self.steps.append(done)
        self._write()
        sys.stdout.write(f"{'ok  ' if ok else 'FAIL'} {done.seconds:6.1f} s {done.keys:5} keys  {step}\n")
        sys.stdout.flush()
        return ok

    def _take(self, screen: str, *, dark: bool) -> str:
        self._taken += 1
        name = f"{self._taken:02d}-{screen.replace('.', '-')}{'-dark' if dark else ''}.png"
        self._picture(self._folder / name)
        return name

    def _write(self) -> None:
        lines = json.dumps([asdict(step) for step in self.steps], indent=1)
        (self._folder / "tour.json").write_text(lines + "\n", encoding="utf-8")
