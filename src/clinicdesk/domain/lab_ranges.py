"""Reference ranges of laboratory results, as laboratories write them (model concern 21)."""

from __future__ import annotations

import decimal
import re
from dataclasses import dataclass

_NUMBER = r"[-−]?\d+(?:\.\d+)?"
_UNIT = r"(?:\s*[^\d\s<>≤≥=.-][^<>≤≥=]*)?"
_BETWEEN = re.compile(rf"\s*({_NUMBER})\s*(?:-|–|—|\bto\b)\s*({_NUMBER}){_UNIT}\s*")
_BOUND = re.compile(rf"\s*(<=|>=|≤|≥|<|>)\s*({_NUMBER}){_UNIT}\s*")


@dataclass(frozen=True, slots=True)
class ReferenceRange:
    """What counts as normal; a missing bound is open. `low_inside`: the bound itself is normal."""

    low: decimal.Decimal | None
    high: decimal.Decimal | None
    low_inside: bool = True
    high_inside: bool = True

    def holds(self, value: decimal.Decimal) -> bool:
        """Whether the value is normal."""
        too_low = self.low is not None and (value < self.low or (value == self.low and not self.low_inside))
        too_high = self.high is not None and (value > self.high or (value == self.high and not self.high_inside))
        return not too_low and not too_high


def read_range(text: str) -> ReferenceRange | None:
    """`3.5-5.1 mmol/L`, `-2 to 2`, `< 5`, `>= 60`; None for what is none of these, so that nobody guesses."""
    between = _BETWEEN.fullmatch(text)
    if between is not None:
        low, high = (_exact(number) for number in between.groups())
        return ReferenceRange(low, high) if low <= high else None
    bound = _BOUND.fullmatch(text)
    if bound is None:
        return None
    sign, number = bound.group(1), _exact(bound.group(2))
    inside = sign in {"<=", ">=", "≤", "≥"}
    if sign in {"<", "<=", "≤"}:
        return ReferenceRange(None, number, high_inside=inside)
    return ReferenceRange(number, None, low_inside=inside)


def _exact(number: str) -> decimal.Decimal:
    return decimal.Decimal(number.replace("−", "-"))
