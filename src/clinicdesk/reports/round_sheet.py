"""Today's medication round on paper, with blank lines, for the day the computer is down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clinicdesk.reports.typesetting import typeset

HEADS = ("Time", "Student", "Born", "Medication and dose", "Allergies", "Given at", "Initials", "Note")
BLANK_ROWS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundLine:
    """One dose of the round as it is printed."""

    time: str
    student: str
    born: str
    medication: str
    allergies: str


def round_sheet_pdf(*, title: str, site: str, printed: str, lines: Sequence[RoundLine]) -> bytes:
    """The round as a table; the last three columns and some whole rows are left free for the pen."""
    return typeset(
        "round",
        {
            "title": title,
            "site": site,
            "printed": printed,
            "heads": HEADS,
            "rows": [
                [line.time, line.student, line.born, line.medication, line.allergies, "", "", ""] for line in lines
            ],
            "blank_rows": BLANK_ROWS,
        },
    )
