"""Invented visits as the benchmarks write them: about 600 bytes of JSON each, with words that differ as people's do."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any

_TEXT = (
    "headache after recess student resting given water temperature checked parent called no known allergies breathing"
    " normal pain scale reported walked in escorted by teacher follow up tomorrow inhaler administered observed fifteen"
    " minutes stable"
)
_WORDS = _TEXT.split()
_REASONS = ("HEADACHE", "STOMACH_ACHE", "INJURY", "ASTHMA", "MEDICATION", "ANXIETY")
_TREATMENTS = ("Ice pack for ten minutes", "Rested on the cot", "Given water and crackers", "Wound cleaned and dressed")

SCHOOL_YEAR = 289
"""Days from the first to the last of them."""


class Pen:
    """Writes one visit after the other; the same seed writes the same visits."""

    def __init__(self, seed: int, school: str, students: Sequence[str], nurse: str) -> None:
        self._chance = random.Random(seed)
        self._school, self._students, self._nurse = school, students, nurse
        self._now = dt.datetime.now(dt.UTC)

    def visit(self, days: int = SCHOOL_YEAR) -> dict[str, Any]:
        """The columns of a closed visit of the last `days`, as Python values."""
        chance = self._chance
        came = self._now - dt.timedelta(seconds=chance.randint(3_600, days * 86_400))
        left = came + dt.timedelta(minutes=chance.randint(4, 55))
        return {
            "student_id": chance.choice(self._students),
            "school_id": self._school,
            "attended_by": self._nurse,
            "check_in_time": came,
            "check_out_time": left,
            "recorded_at": left,
            "reason_for_visit": [chance.choice(_REASONS)],
            "disposition": "RETURN_TO_CLASS",
            "symptoms": chance.choices(_WORDS, k=2),
            "treatment": chance.choice(_TREATMENTS),
            "zone_offset_minutes": -360,
            "notes": self.words(24),
        }

    def words(self, count: int) -> str:
        return " ".join(self._chance.choices(_WORDS, k=count))
