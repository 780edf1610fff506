"""A roster plan written in one transaction, and the record that can take it back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.matching import Ground
from clinicdesk.domain.roster.difference import Action, Change, RosterPlan
from clinicdesk.domain.roster.held import (
    ContactFacts,
    EnrollmentFacts,
    GuardianFacts,
    Kind,
    LinkKey,
    LinkKind,
    Remembered,
    StudentFacts,
)
from clinicdesk.domain.roster.records import Problem, RosterFile, RowFinding, RowPlace
from clinicdesk.models import RosterImportRow, SourceLink
from clinicdesk.models.enums import ContactPriority, ContactType, ImportAction
from clinicdesk.models.registry import table_of
from clinicdesk.services.desk import Desk
from clinicdesk.services.roster_steps import Step, Steps
from clinicdesk.storage.queries import roster as queries
from clinicdesk.storage.queries.bulk import insert_many, update_many
from clinicdesk.storage.queries.roster_columns import ROSTER_TABLES, Row, plain
from clinicdesk.storage.queries.roster_numbers import update_students

LINKS = table_of(SourceLink.__tablename__)
_ROWS = table_of(RosterImportRow.__tablename__)
_ACTIONS = {
    Action.ADD: ImportAction.INSERT,
    Action.UPDATE: ImportAction.UPDATE,
    Action.RETURN: ImportAction.UPDATE,
    Action.END: ImportAction.END,
}
_LINKED = {
    LinkKind.ORG: "schools",
    LinkKind.SESSION: "academic_sessions",
    LinkKind.STUDENT: "students",
    LinkKind.GUARDIAN: "contacts",
    LinkKind.STAFF: "users",
    LinkKind.ROLE: "student_enrollments",
    LinkKind.ENROLLMENT: "student_enrollments",
    LinkKind.AGENT: "emergency_contacts",
}
_FILE_OF = {
    Kind.SCHOOL: RosterFile.ORGS,
    Kind.SESSION: RosterFile.ACADEMIC_SESSIONS,
    Kind.STUDENT: RosterFile.USERS,
    Kind.ENROLLMENT: RosterFile.ROLES,
    Kind.CONTACT: RosterFile.USERS,
    Kind.GUARDIAN: RosterFile.USERS,
}
# So many rows are prepared at a time: little memory, and a person's wish to stop is heard within a second.
_PART = 1_000
_T = TypeVar("_T")
_PRIORITIES = {1: ContactPriority.PRIMARY, 2: ContactPriority.SECONDARY}


class PlanWriter:
    """Writes one plan; every row it touches gets a line in the record of the import."""

    def __init__(
        self,
        session: Session,
        desk: Desk,
        plan: RosterPlan,
        import_id: uuid.UUID,
        district: uuid.UUID,
        at: dt.datetime,
        steps: Steps,
    ) -> None:
        self._session = session
        self._desk = desk
        self._plan = plan
        self._import_id = import_id
        self._district = district
        self._at = at
        self._steps = steps
        self._first_days = first_days(plan)
        self._total = len(plan.changes) + len(plan.links_added) + len(plan.links_dropped)
        self._done = 0

    def write(self) -> None:
        """Rows by kind, parents first, each with its line in the record; then what to remember and what was left."""
        for kind in Kind:
            changes = [change for change in self._plan.changes if change.kind is kind]
            # Before anybody new: a number may pass from one student to another.
            self._update([change for change in changes if change.before is not None], kind)
            for part in _parts([change for change in changes if change.before is None]):
                self._insert(part, kind)
        self._write_links()
        self._put_down([self._finding_line(found) for found in self._plan.quarantined])
        self._put_down([self._undecided_line(one.place, one.verdict) for one in self._plan.undecided])

    def _insert(self, changes: Sequence[Change], kind: Kind) -> None:
        self._advance(len(changes))
        known = ROSTER_TABLES[kind]
        stated = [known.write(change.after) for change in changes]
        rows = [
            {
                "id": change.row_id,
                **after,
                **fixed_columns(change, self._district, self._first_days, self._at.date()),
                "scope_id": self._anchor(change),
            }
            for change, after in zip(changes, stated, strict=True)
        ]
        insert_many(self._session, known.table, rows)
        if kind is Kind.STUDENT:
            for row in rows:
                # D32: the key is made where the student is.
                self._desk.field_keys.create(self._session, row["id"])
            self._session.flush()
        self._put_down(
            [self._line(change, known.table.name, None, after) for change, after in zip(changes, stated, strict=True)]
        )

    def _update(self, changes: Sequence[Change], kind: Kind) -> None:
        self._advance(len(changes))
        known = ROSTER_TABLES[kind]
        rows, lines = [], []
        for change in changes:
            before, after = known.write(change.before), known.write(change.after)
            lines.append(self._line(change, known.table.name, before, after))
            rows.append(
                {"id": change.row_id, **{name: value for name, value in after.items() if value != before[name]}}
            )
        if kind is Kind.STUDENT:
            update_students(self._session, rows)
        else:
            update_many(self._session, known.table, rows)
        self._put_down(lines)

    def _advance(self, count: int) -> None:
        self._steps.at(Step.WRITE, self._done, self._total)
        self._done += count

    def _put_down(self, lines: Sequence[Row]) -> None:
        """Lines of the record, which can take the import back."""
        device = self._desk.device_id
        same = {"roster_import_id": self._import_id, "device_id": device, "scope_id": device}
        insert_many(self._session, _ROWS, lines, same=same)

    def _anchor(self, change: Change) -> uuid.UUID:
        """What capture would find for a row without one, at the price of a second write (D10)."""
        match change.after:
            case EnrollmentFacts() | GuardianFacts():
                return change.after.student_id
            case StudentFacts() | ContactFacts():
                return change.row_id
            case _:
                return self._district

    def _write_links(self) -> None:
        keys = {*self._plan.links_added, *self._plan.links_dropped}
        known = queries.link_row_ids(self._session, self._plan.source.key, keys)
        held = queries.links_of(self._session, known.values())
        changed: list[dict[str, Any]] = []
        for part in _parts(list(self._plan.links_added.items())):
            self._advance(len(part))
            added = []
            for key, remembered in part:
                values = link_columns(self._plan.source.key, key, remembered, self._import_id)
                if key in known:
                    changed.append({"id": known[key], **values})
                else:
                    anchor = remembered.student_id or remembered.school_id or self._district
                    added.append({"id": new_id(), **values, "scope_id": anchor})
            insert_many(self._session, LINKS, added)
        for key in self._plan.links_dropped:
            if key in known:
                values = {"deleted_at": self._at, "deleted_by": self._desk.person.user_id}
                changed.append({"id": known[key], **values, "delete_reason": "no longer stated by the source"})
        self._put_down(
            [self._link_line(row, {name: held[row["id"]][name] for name in row if name != "id"}) for row in changed]
        )
        update_many(self._session, LINKS, changed)

    def _line(
        self, change: Change, table: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]
    ) -> dict[str, Any]:
        line = {
            **self._blank_line(change.place, _FILE_OF[change.kind]),
            "action": _ACTIONS[change.action],
            "table_name": table,
            "row_id": change.row_id,
            "after": plain(after),
        }
        if before is not None:
            line["before"] = plain(before)
        if change.place is None:
            line["reason"] = "not_listed"
        if change.grounds:
            line["match_reasons"] = [ground.value for ground in change.grounds]
        if Ground.DECIDED in change.grounds:
            line |= {"decided_by": self._desk.person.user_id, "decided_at": self._at}
        return line

    def _link_line(self, row: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
        after = {name: value for name, value in row.items() if name != "id"}
        return {
            **self._blank_line(None, RosterFile.USERS),
            "action": ImportAction.UPDATE,
            "table_name": LINKS.name,
            "row_id": row["id"],
            "before": plain(before),
            "after": plain(after),
        }

    def _finding_line(self, found: RowFinding) -> dict[str, Any]:
        return {
            **self._blank_line(found.place, found.place.file),
            "action": ImportAction.QUARANTINE,
            "reason": found.problem.value,
            "raw": {"field": found.field, "value": found.value},
        }

    def _undecided_line(self, place: RowPlace, verdict: Any) -> dict[str, Any]:
        best = verdict.candidates[0] if verdict.candidates else None
        return {
            **self._blank_line(place, place.file),
            "action": ImportAction.SKIP,
            "reason": Problem.NEEDS_PERSON.value,
            "match_score": best.score if best else None,
            "match_reasons": [ground.value for ground in verdict.grounds],
            "raw": {"candidates": [candidate.key for candidate in verdict.candidates]},
        }

    def _blank_line(self, place: RowPlace | None, file: RosterFile) -> dict[str, Any]:
        """A line of the record; a change without a row of its own stands at the file's first line."""
        return {
            "id": new_id(),
            "file_name": f"{(place.file if place else file).value}.csv",
            "line": place.line if place else 1,
            "sourced_id": place.source_id or None if place else None,
        }


def _parts(rows: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(rows), _PART):
        yield rows[start : start + _PART]


def first_days(plan: RosterPlan) -> dict[uuid.UUID, dt.date]:
    """The first day of each student at her primary school, as far as the plan says."""
    return {
        change.after.student_id: change.after.starts_on
        for change in plan.changes
        if isinstance(change.after, EnrollmentFacts) and change.after.is_primary
    }


def fixed_columns(
    change: Change, district: uuid.UUID, since: Mapping[uuid.UUID, dt.date], today: dt.date
) -> dict[str, Any]:
    """Columns of a new row that no source states; `since` is what `first_days` gave."""
    match change.kind:
        case Kind.SCHOOL:
            return {"district_id": district}
        case Kind.STUDENT:
            # Noon keeps the date in every zone of the country.
            first = dt.datetime.combine(since.get(change.row_id, today), dt.time(12), tzinfo=dt.UTC)
            return {"district_id": district, "enrollment_date": first}
        case Kind.CONTACT:
            return {"type": ContactType.GUARDIAN}
        case Kind.GUARDIAN if isinstance(change.after, GuardianFacts):
            return {"priority": _PRIORITIES.get(change.after.call_order, ContactPriority.EMERGENCY_ONLY)}
        case _:
            return {}


def link_columns(source: str, key: LinkKey, remembered: Remembered, import_id: uuid.UUID | None) -> dict[str, Any]:
    """What is remembered of one source key."""
    kind, source_id = key
    return {
        "source": source,
        "kind": kind.value,
        "sourced_id": source_id,
        "table_name": _LINKED[kind],
        "row_id": remembered.row_id,
        "student_id": remembered.student_id,
        "school_id": remembered.school_id,
        "content_hash": remembered.stated or None,
        "last_import_id": import_id,
    }
