"""What a roster import did or would do, as the screen and the command show it."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from clinicdesk.domain.matching import Candidate
from clinicdesk.domain.roster.difference import Action, Change, RosterPlan, Stop, Undecided
from clinicdesk.domain.roster.held import HeldRoster, Kind, StudentFacts
from clinicdesk.domain.roster.records import Notice, RowFinding
from clinicdesk.i18n.roster_words import roster_words


class KeptReason(enum.StrEnum):
    """Why the undoing of an import left a row as it is."""

    CHANGED_SINCE = "changed_since"
    HAS_RECORDS = "has_records"
    IN_USE = "in_use"
    DELETED_SINCE = "deleted_since"
    STUDENT_STAYS = "student_stays"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """A plan, and what became of it. `import_id` is set once it was written."""

    file_name: str
    plan: RosterPlan
    held: HeldRoster
    dry_run: bool
    import_id: uuid.UUID | None = None

    @property
    def applied(self) -> bool:
        return self.import_id is not None

    def known_student(self, candidate: Candidate) -> StudentFacts | None:
        """The student whom an undecided row may mean."""
        return self.held.students.get(uuid.UUID(candidate.key))

    def as_json(self) -> dict[str, Any]:
        """Everything a script may want; names and birth dates stay out, keys of the source stand for people."""
        plan = self.plan
        return {
            "file": self.file_name,
            "source": plan.source.key,
            "dry_run": self.dry_run,
            "applied": self.applied,
            "import": str(self.import_id) if self.import_id else None,
            "rows_read": plan.rows_read,
            "rows_quarantined": plan.rows_set_aside,
            "difference": _difference(plan),
            "staff": {"recognised": plan.staff_recognised, "without_account": plan.staff_unknown},
            "changes": [_change(change) for change in plan.changes],
            "quarantined": [_finding(found) for found in plan.quarantined],
            "warnings": [_finding(found) for found in plan.warnings],
            "notices": [_notice(notice) for notice in plan.notices],
            "undecided": [_undecided(one) for one in plan.undecided],
            "stops": [_stop(stop) for stop in plan.stops],
        }


@dataclass(frozen=True, slots=True)
class Kept:
    """A row that undoing left as it is."""

    kind: Kind
    sourced_id: str
    reason: KeptReason


@dataclass(frozen=True, slots=True)
class UndoReport:
    """What undoing an import put back, and what it could not."""

    import_id: uuid.UUID
    undone: Mapping[Kind, int]
    kept: tuple[Kept, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "import": str(self.import_id),
            "undone": {kind.value: count for kind, count in self.undone.items()},
            "kept": [
                {"kind": one.kind.value, "sourcedId": one.sourced_id, "reason": one.reason.value} for one in self.kept
            ],
        }


@dataclass(frozen=True, slots=True)
class PastImport:
    """One line of the list of imports."""

    id: uuid.UUID
    file_name: str
    source: str
    status: str
    started_at: dt.datetime
    rows_changed: int
    rows_quarantined: int
    undoable: bool


def remedy(found: RowFinding) -> str:
    """What to do about a row, in the language in use."""
    return roster_words("problem", found.problem.value)


def _difference(plan: RosterPlan) -> dict[str, dict[str, int]]:
    counts = plan.counts()
    return {
        kind.value: {
            **{_PAST[action]: count for action, count in counts[kind].items()},
            "unchanged": plan.unchanged.get(kind, 0),
        }
        for kind in Kind
    }


_PAST = {Action.ADD: "added", Action.UPDATE: "updated", Action.END: "ended", Action.RETURN: "returned"}


def _change(change: Change) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "kind": change.kind.value,
        "action": change.action.value,
        "id": str(change.row_id),
        "sourcedId": change.place.source_id if change.place else None,
        "grounds": [ground.value for ground in change.grounds],
    }
    if change.before is not None:
        shown["fields"] = list(change.fields)
    return shown


def _finding(found: RowFinding) -> dict[str, Any]:
    return {
        "file": f"{found.place.file.value}.csv",
        "line": found.place.line,
        "sourcedId": found.place.source_id,
        "field": found.field,
        "problem": found.problem.value,
        "value": found.value,
        "remedy": remedy(found),
    }


def _notice(notice: Notice) -> dict[str, Any]:
    return {"notice": notice.kind.value, "name": notice.name, "detail": notice.detail}


def _undecided(one: Undecided) -> dict[str, Any]:
    return {
        "line": one.place.line,
        "sourcedId": one.place.source_id,
        "grounds": [ground.value for ground in one.verdict.grounds],
        "candidates": [
            {
                "id": candidate.key,
                "score": candidate.score,
                "grounds": [ground.value for ground in candidate.grounds],
            }
            for candidate in one.verdict.candidates
        ],
    }


def _stop(stop: Stop) -> dict[str, Any]:
    values = {one.name: getattr(stop, one.name) for one in fields(stop)}
    return {**values, "reason": stop.reason.value}
