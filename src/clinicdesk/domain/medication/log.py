"""Rows of the medication log as values: outcomes, and which rows are current (D1, M14, M17)."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.medication.quantities import Quantity


class DoseOutcome(enum.StrEnum):
    """What became of a dose (M14)."""

    GIVEN = "GIVEN"
    REFUSED = "REFUSED"
    ABSENT = "ABSENT"
    HELD = "HELD"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    SELF_CARRIED = "SELF_CARRIED"
    WASTED = "WASTED"
    VOMITED = "VOMITED"
    MISSED = "MISSED"


TAKEN = frozenset({DoseOutcome.GIVEN, DoseOutcome.VOMITED, DoseOutcome.SELF_CARRIED})
"""The drug entered the body: counts for intervals, daily limits and exactly-once. Vomiting undoes nothing (M14)."""


class RecordSource(enum.StrEnum):
    """How an entry reached the record. Doses reported from home count for M5 as school doses do."""

    DESK = "DESK"
    PAPER = "PAPER"
    HOME_REPORTED = "HOME_REPORTED"
    IMPORTED = "IMPORTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseRow:
    """One row of the medication log, or a dose reported from home (then without order or slot).

    `event_at` is when it happened, `entered_at` when it was written down (M17). A `withdrawn` row takes the row that it
    supersedes back ("entered in error") and frees its slot (D1).
    """

    id: uuid.UUID
    student_id: uuid.UUID
    order_root: uuid.UUID | None
    outcome: DoseOutcome
    event_at: dt.datetime
    entered_at: dt.datetime
    ingredients: frozenset[str]
    slot_key: str | None = None
    dose: Quantity | None = None
    source: RecordSource = RecordSource.DESK
    revision: int = 1
    supersedes_id: uuid.UUID | None = None
    withdrawn: bool = False
    device_id: uuid.UUID | None = None
    actor_id: uuid.UUID | None = None

    def __post_init__(self) -> None:
        if self.event_at.tzinfo is None or self.entered_at.tzinfo is None:
            raise InvalidValueError("event_at", "no_zone")

    @property
    def taken(self) -> bool:
        return self.outcome in TAKEN and not self.withdrawn


def current_rows(rows: Iterable[DoseRow]) -> tuple[DoseRow, ...]:
    """The rows that nobody supersedes and that were not withdrawn, oldest event first."""
    known = tuple(rows)
    superseded = {row.supersedes_id for row in known}
    return tuple(
        sorted(
            (row for row in known if row.id not in superseded and not row.withdrawn),
            key=lambda row: (row.event_at, row.id),
        )
    )
