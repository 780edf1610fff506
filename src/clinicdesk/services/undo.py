"""Taking back the last act: at once without a word, later with a reason (`ux-spec.md` 4, D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from clinicdesk.core.errors import InvalidValueError

FREE_FOR: Final = dt.timedelta(seconds=60)
"""For so long no reason is asked."""

AT_ONCE: Final = "Undone within a minute"
"""The reason on record of an act that was taken back without one."""


@dataclass(frozen=True, slots=True)
class LastAct:
    """What was just done, and how it is taken back; `undo` takes the reason, None within the first minute.

    `words` are those of the screen; `at` is when the act was written.
    """

    words: str
    at: dt.datetime
    undo: Callable[[str | None], None]


def needs_reason(at: dt.datetime, now: dt.datetime) -> bool:
    """Whether taking back an act of `at` asks for a reason by now."""
    return now - at > FREE_FOR


def reason_for(at: dt.datetime, now: dt.datetime, given: str | None) -> str:
    """The reason that goes on record.

    Raises:
        InvalidValueError: the minute is over and no reason was given.
    """
    if given is not None and given.strip():
        return given
    if needs_reason(at, now):
        raise InvalidValueError("correction_reason", "missing")
    return AT_ONCE
