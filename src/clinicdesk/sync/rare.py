"""Rare branches on demand: what happens once a year in a district happens often in the simulation."""

from __future__ import annotations

import enum
from typing import Protocol


class Rare(enum.Enum):
    """A branch that is correct at any moment and seldom taken."""

    SMALL_PAGE = "a page of one row"
    SINGLE_ITEM = "a batch of one item"
    SPLIT_BATCH = "the batch is split again after an answer"
    SMALL_SLICE = "a slice of one row, in a transaction of its own"
    FORGOTTEN_CURSOR = "the district does not know the cursor any more"
    EARLY_EPOCH = "the district begins a new epoch at its start"
    LATE_RECEIPT = "the answer to a push is kept back: the receipts give it the next time"
    BUSY = "the district asks to come back later"
    COMPACTION = "tombstones and log entries are compacted now"


class Chance(Protocol):
    """Decides whether a rare branch is taken; handed in by constructor."""

    def takes(self, branch: Rare) -> bool: ...


class Never:
    """Production: the ordinary branch, always."""

    def takes(self, branch: Rare) -> bool:
        return False


NEVER = Never()
