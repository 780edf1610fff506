"""Taking an import back, row by row: the exact inverse where nobody has touched the row since (D5)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from clinicdesk.domain.roster.held import EnrollmentFacts, Facts, GuardianFacts, Kind
from clinicdesk.models import RosterImportRow
from clinicdesk.models.enums import ImportAction
from clinicdesk.services.roster_report import Kept, KeptReason, UndoReport
from clinicdesk.services.roster_steps import Step, Steps
from clinicdesk.services.roster_writing import LINKS
from clinicdesk.storage.queries import roster as queries
from clinicdesk.storage.queries.bulk import update_many
from clinicdesk.storage.queries.roster_columns import KIND_OF_TABLE, ROSTER_TABLES, from_plain, plain
from clinicdesk.storage.queries.roster_numbers import number_holders, update_students

_REASON = "roster import undone"
_REFERRED_TO = frozenset({Kind.SCHOOL, Kind.SESSION, Kind.CONTACT})


class Undoing:
    """Undoes the rows of one import inside one transaction, children before parents."""

    def __init__(
        self,
        session: Session,
        user: uuid.UUID,
        at: dt.datetime,
        import_id: uuid.UUID,
        rows: Sequence[RosterImportRow],
        steps: Steps,
    ) -> None:
        self._session = session
        self._steps = steps
        self._import_id = import_id
        self._gone = {"deleted_at": at, "deleted_by": user, "delete_reason": _REASON}
        self._rows: dict[Kind, list[RosterImportRow]] = defaultdict(list)
        self._link_rows: list[RosterImportRow] = []
        for row in rows:
            if row.table_name == LINKS.name:
                self._link_rows.append(row)
            elif row.table_name is not None and row.row_id is not None:
                self._rows[KIND_OF_TABLE[row.table_name]].append(row)
        self._kept: list[Kept] = []
        self._kept_ids: set[uuid.UUID] = set()
        self._undone: Counter[Kind] = Counter()

    def undo(self) -> UndoReport:
        """Put every row back that is still as the import left it."""
        students = self._staying_students()
        for done, kind in enumerate(reversed(Kind)):
            self._steps.at(Step.UNDO, done, len(Kind) + 1)
            current = queries.current_facts(self._session, kind, (_id_of(row) for row in self._rows[kind]))
            self._undo_kind(kind, current, students)
        self._steps.at(Step.UNDO, len(Kind), len(Kind) + 1)
        self._undo_links()
        return UndoReport(self._import_id, dict(self._undone), tuple(self._kept))

    def _staying_students(self) -> dict[uuid.UUID, KeptReason]:
        """Students who stay: their enrolments and guardians stay with them."""
        rows = [row for row in self._rows[Kind.STUDENT] if row.action is ImportAction.INSERT]
        current = queries.current_facts(self._session, Kind.STUDENT, (_id_of(row) for row in rows))
        staying = dict.fromkeys(queries.students_with_records(self._session, self._import_id), KeptReason.HAS_RECORDS)
        for row in rows:
            facts = current.get(_id_of(row))
            if facts is not None and not _as_left(Kind.STUDENT, facts, row):
                staying[_id_of(row)] = KeptReason.CHANGED_SINCE
        return staying

    def _undo_kind(self, kind: Kind, current: dict[uuid.UUID, Facts], students: dict[uuid.UUID, KeptReason]) -> None:
        table = ROSTER_TABLES[kind].table
        restored, removed = [], []
        for row in self._rows[kind]:
            row_id = _id_of(row)
            facts = current.get(row_id)
            reason = _reason_to_keep(kind, row, facts, students)
            if reason is not None:
                self._keep(kind, row, reason)
            elif row.action is ImportAction.INSERT:
                removed.append(row)
            else:
                restored.append({"id": row_id, **from_plain(table, _differing(row))})
        used = self._in_use(kind, removed)
        for row in [row for row in removed if _id_of(row) in used]:
            self._keep(kind, row, KeptReason.IN_USE)
        deleted = [{"id": _id_of(row), **self._gone} for row in removed if _id_of(row) not in used]
        update_many(self._session, table, deleted)
        if kind is Kind.STUDENT:
            restored = self._with_free_numbers(restored)
            update_students(self._session, restored)
        else:
            update_many(self._session, table, restored)
        self._undone[kind] += len(restored) + len(deleted)

    def _with_free_numbers(self, restored: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Without those whose number somebody else was given since: they stay, and so do others for their sake."""
        by_id = {_id_of(row): row for row in self._rows[Kind.STUDENT]}
        while True:
            letting_go = {values["id"] for values in restored if "student_number" in values}
            wanted = {number: values for values in restored if (number := values.get("student_number"))}
            holders = number_holders(self._session, wanted)
            taken = [wanted[number]["id"] for number, holder in holders.items() if holder not in letting_go]
            if not taken:
                return restored
            for row_id in taken:
                self._keep(Kind.STUDENT, by_id[row_id], KeptReason.CHANGED_SINCE)
            restored = [values for values in restored if values["id"] not in taken]

    def _in_use(self, kind: Kind, removed: list[RosterImportRow]) -> set[uuid.UUID]:
        if kind not in _REFERRED_TO or not removed:
            return set()
        return queries.in_use(self._session, ROSTER_TABLES[kind].table, [_id_of(row) for row in removed])

    def _keep(self, kind: Kind, row: RosterImportRow, reason: KeptReason) -> None:
        self._kept_ids.add(_id_of(row))
        self._kept.append(Kept(kind, row.sourced_id or "", reason))

    def _undo_links(self) -> None:
        """Forget what this import taught, except about rows that stay; put back what it overwrote."""
        made = queries.links_of(self._session, queries.links_made_by(self._session, self._import_id))
        overwritten = {_id_of(row) for row in self._link_rows}
        forgotten: list[dict[str, Any]] = [
            {"id": link_id, **self._gone}
            for link_id, link in made.items()
            if link_id not in overwritten and link["row_id"] not in self._kept_ids
        ]
        update_many(self._session, LINKS, forgotten)
        now = queries.links_of(self._session, overwritten)
        restored = []
        for row in self._link_rows:
            link = now.get(_id_of(row))
            after, before = row.after or {}, row.before or {}
            if link is None or link["row_id"] in self._kept_ids:
                continue
            if plain({name: link[name] for name in after}) == after:
                restored.append({"id": _id_of(row), **from_plain(LINKS, before)})
        taken = queries.taught_anew(self._session, [values["id"] for values in restored])
        update_many(self._session, LINKS, [values for values in restored if values["id"] not in taken])


def _reason_to_keep(
    kind: Kind, row: RosterImportRow, facts: Facts | None, students: dict[uuid.UUID, KeptReason]
) -> KeptReason | None:
    if facts is None:
        return KeptReason.DELETED_SINCE
    if kind is Kind.STUDENT and row.action is ImportAction.INSERT and _id_of(row) in students:
        return students[_id_of(row)]
    if not _as_left(kind, facts, row):
        return KeptReason.CHANGED_SINCE
    if isinstance(facts, EnrollmentFacts | GuardianFacts) and facts.student_id in students:
        return KeptReason.STUDENT_STAYS
    return None


def _as_left(kind: Kind, facts: Facts, row: RosterImportRow) -> bool:
    return plain(ROSTER_TABLES[kind].write(facts)) == row.after


def _differing(row: RosterImportRow) -> dict[str, Any]:
    before, after = row.before or {}, row.after or {}
    return {name: value for name, value in before.items() if value != after.get(name)}


def _id_of(row: RosterImportRow) -> uuid.UUID:
    if row.row_id is None:
        raise AssertionError("a line without a row is not undone")
    return row.row_id
