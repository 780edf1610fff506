"""Rows of the demonstration before they are anybody's: tables, keys that tell their time, and values."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

Values = Mapping[str, object]


@dataclass(slots=True)
class Batch:
    """Rows that are written together; each also says when and by whom it was written."""

    tables: dict[str, dict[str, Values]] = field(default_factory=dict)

    def put(self, table: str, key: uuid.UUID, at: dt.datetime, by: uuid.UUID | None, **values: object) -> uuid.UUID:
        """One row, as its author wrote it at that moment."""
        self.tables.setdefault(table, {})[str(key)] = {"created_at": at, "created_by": by, **values}
        return key

    def count(self) -> int:
        return sum(len(rows) for rows in self.tables.values())


class Keys:
    """UUID version 7 keys of past moments, the same for the same seed."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def at(self, moment: dt.datetime) -> uuid.UUID:
        milliseconds = int(moment.timestamp() * 1000)
        bits = self._chance.getrandbits(74)
        number = (milliseconds << 80) | (7 << 76) | ((bits >> 62) << 64) | (2 << 62) | (bits & ((1 << 62) - 1))
        return uuid.UUID(int=number)
