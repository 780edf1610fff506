"""Everything that is left to chance in a simulated district, drawn from one seed."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable, Collection

from clinicdesk.sync.rare import Rare


class Identifiers:
    """Keys of version 7 and identifiers without time, the same for the same seed."""

    def __init__(self, chance: random.Random, now: Callable[[], dt.datetime]) -> None:
        self._chance = chance
        self._now = now
        self._last = 0

    def key(self) -> uuid.UUID:
        """Ordered by the virtual clock, and within its millisecond by the order of drawing."""
        milliseconds = int(self._now().timestamp() * 1000)
        self._last = max(self._last + 1, milliseconds << 12)
        high, low = self._last >> 12, self._last & 0xFFF
        return uuid.UUID(int=(high << 80) | (7 << 76) | (low << 64) | (2 << 62) | self._chance.getrandbits(62))

    def random(self) -> uuid.UUID:
        return uuid.UUID(int=self._chance.getrandbits(128), version=4)


class RareBranches:
    """Takes a rare branch now and then, one kind more often than another, as the seed has it."""

    def __init__(self, chance: random.Random, branches: Collection[Rare] = tuple(Rare)) -> None:
        self._chance = chance
        ordered = [branch for branch in Rare if branch in branches]
        liked = {branch for branch in ordered if chance.random() < 0.4}
        self._odds = {branch: 0.35 if branch in liked else 0.02 for branch in ordered}
        self.taken: dict[Rare, int] = {}
        self.quiet = False

    def takes(self, branch: Rare) -> bool:
        taken = not self.quiet and self._chance.random() < self._odds.get(branch, 0.0)
        if taken:
            self.taken[branch] = self.taken.get(branch, 0) + 1
        return taken


def stream(seed: int, name: str) -> random.Random:
    """A source of its own for each purpose, so that one more draw here changes nothing there."""
    return random.Random(f"{seed}/{name}")
