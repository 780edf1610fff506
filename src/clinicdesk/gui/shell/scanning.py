"""Where a scan goes: to the screen that shows, whatever has the focus; else to who is asked next (ux-spec 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable


@runtime_checkable
class TakesScans(Protocol):
    """A screen that knows what to do with a code."""

    def scanned(self, code: str) -> bool:
        """True where the screen took the code, or has said why it does not."""


def hand_scan(screen: object, code: str, otherwise: Callable[[str], None]) -> None:
    """Give a code to the screen that shows; `otherwise` hears of it where the screen leaves it."""
    if not (isinstance(screen, TakesScans) and screen.scanned(code)):
        otherwise(code)
