"""Today's medication round and a blank log on paper, for the day the computer is down (domain rules 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from clinicdesk.reports.typesetting import typeset

BLANK_ROWS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """One dose as it is printed; `known_by` holds the second identifier and the place, `severe` stands in bold."""

    time: str
    student: str
    known_by: str
    medication: str
    state: str
    severe: str
    allergies: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayWords:
    """The words of the sheet, in the language it is printed in."""

    lang: str
    title: str
    note: str
    nothing: str
    heads: tuple[str, ...]
    log_title: str
    log_note: str
    log_heads: tuple[str, ...]


def paper_day_pdf(*, words: DayWords, site: str, printed: str, lines: Sequence[DayLine]) -> bytes:
    """The round with room for the pen, then a page of empty lines for everything else."""
    return typeset(
        "paper_day",
        {
            **asdict(words),
            "site": site,
            "printed": printed,
            "rows": [asdict(line) for line in lines],
            "blank_rows": BLANK_ROWS,
        },
    )
