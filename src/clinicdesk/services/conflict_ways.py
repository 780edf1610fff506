"""What a person can do about a conflict beside choosing values: every way adds, none loses (ux-spec 7.12)."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.canonical import python_value
from clinicdesk.domain.permissions import Act
from clinicdesk.models import MedicationLog, Student, SyncConflict
from clinicdesk.models.enums import ConflictKind
from clinicdesk.models.registry import canonical_kind, is_append_only, policy_of, references, table_of
from clinicdesk.services import amending, dose_corrections, student_merging, succession
from clinicdesk.services.conflict_values import act_for, record_name
from clinicdesk.services.desk import Desk
from clinicdesk.storage.queries import conflicts as rows
from clinicdesk.storage.store import Work

_DOSES = MedicationLog.__tablename__
_STUDENTS = Student.__tablename__
_MOST_PARENTS = 5


class WayKind(enum.StrEnum):
    """What is done."""

    IN_ERROR = "in_error"  # one of two rows was charted in error: a row follows it that says so (s37)
    RESTORE_PARENT = "restore_parent"  # what the record belonged to comes back (s32)
    ATTACH = "attach"  # the record goes to another one of the same student (s32)
    MERGE = "merge"  # two records of one child become one (s33, D26)
    AMEND = "amend"  # what came after the signature is written as an amendment (D2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One thing a person can do.

    `record` is what the row in question is called; `column` the key that is changed, `into` the table it points to.
    """

    kind: WayKind
    table: str
    target: uuid.UUID
    record: str = ""
    at: dt.datetime | None = None
    by: str = ""
    column: str = ""
    into: str = ""
    here: bool = False

    @property
    def asks_reason(self) -> bool:
        """A word on record, except where a key or a mark of deletion is all that changes."""
        return self.kind is not WayKind.RESTORE_PARENT

    @property
    def writes_new_rows(self) -> bool:
        """What was added stays: it is corrected in the record, never taken back here."""
        return self.kind in {WayKind.IN_ERROR, WayKind.AMEND} or (
            self.kind is WayKind.ATTACH and is_append_only(self.table)
        )


def ways_of(session: Session, desk: Desk, conflict: SyncConflict) -> tuple[Way, ...]:
    """What can be done about this conflict, with the rows as they stand on this workstation."""
    finders: Mapping[ConflictKind, Callable[[Session, Desk, SyncConflict], Iterator[Way]]] = {
        ConflictKind.POSSIBLE_DUPLICATE: _doses_in_error,
        ConflictKind.ORPHAN: _homes,
        ConflictKind.UNIQUE: _same_child,
        ConflictKind.SIGN_VS_EDIT: _amendment,
    }
    find = finders.get(conflict.kind)
    return () if find is None else tuple(find(session, desk, conflict))


def act_of(way: Way) -> Act | None:
    """What the person must be allowed besides deciding the conflict."""
    if way.kind is WayKind.IN_ERROR:
        return Act.CORRECT_DOSE
    if way.kind is WayKind.MERGE:
        return Act.MERGE_STUDENTS
    if way.kind is WayKind.AMEND:
        return Act.AMEND_NOTE
    return act_for(way.table) if way.kind is WayKind.RESTORE_PARENT else None


def touched(conflict: SyncConflict, way: Way) -> tuple[tuple[str, uuid.UUID], ...]:
    """The rows whose values the way replaces."""
    if way.kind is WayKind.RESTORE_PARENT:
        return ((way.table, way.target),)
    return ((conflict.table_name, conflict.entity_id),)


def go(work: Work, desk: Desk, conflict: SyncConflict, way: Way, reason: str) -> None:
    """Write what the way says; the caller settles the conflict in the same transaction.

    Raises:
        InvalidValueError: a reason is missing, or the result breaks a rule.
    """
    match way.kind:
        case WayKind.IN_ERROR:
            dose_corrections.withdraw(work, desk, way.target, _required(reason))
        case WayKind.MERGE:
            student_merging.merge(work, way.target, conflict.entity_id, reason)
        case WayKind.AMEND:
            late = late_values(conflict)
            amending.amend(work, desk, conflict.table_name, conflict.entity_id, late, reason)
        case WayKind.RESTORE_PARENT:
            back = {"deleted_at": None, "deleted_by": None, "delete_reason": None}
            rows.put_back(work.session, way.table, way.target, back)
        case WayKind.ATTACH:
            _attach(work, desk, conflict, way, reason)


def _required(reason: str) -> str:
    if not reason.strip():
        raise InvalidValueError("correction_reason", "missing")
    return reason


def late_values(conflict: SyncConflict) -> dict[str, Any]:
    """What the desk wrote, as Python values."""
    table = conflict.table_name
    columns = table_of(table).c
    return {
        name: python_value(canonical_kind(table, name), value)
        for name, value in (conflict.client_version or {}).items()
        if name in columns
    }


def holder_of(session: Session, conflict: SyncConflict) -> uuid.UUID | None:
    """The row that has the unique value this one claimed; None where this workstation does not see it (D12)."""
    table = table_of(conflict.table_name)
    wanted = late_values(conflict)
    claimed = [table.c[name] == wanted[name] for name in conflict.fields if wanted.get(name) is not None]
    if not claimed:
        return None
    query = sa.select(table.c.id).where(*claimed, table.c.id != conflict.entity_id)
    if "deleted_at" in table.c:
        query = query.where(table.c.deleted_at.is_(None))
    return session.scalar(query.limit(1))


def _doses_in_error(session: Session, desk: Desk, conflict: SyncConflict) -> Iterator[Way]:
    for key in (conflict.entity_id, conflict.other_entity_id):
        log = None if key is None else session.get(MedicationLog, key)
        if log is None or _followed(session, log.id):
            continue
        by = "" if log.administered_by is None else rows.user_names(session, [log.administered_by]).get(
            log.administered_by, ""
        )  # fmt: skip
        yield Way(
            kind=WayKind.IN_ERROR,
            table=_DOSES,
            target=log.id,
            at=log.administered_at,
            by=by or log.administered_by_name or "",
            here=log.device_id == desk.device_id,
        )


def _followed(session: Session, log: uuid.UUID) -> bool:
    later = sa.select(MedicationLog.id).where(MedicationLog.supersedes_id == log).limit(1)
    return session.scalar(later) is not None


def _homes(session: Session, desk: Desk, conflict: SyncConflict) -> Iterator[Way]:
    own = rows.row_of(session, conflict.table_name, conflict.entity_id)
    if own is None:
        return
    for key in references(conflict.table_name):
        if key.column not in conflict.fields or own.get(key.column) is None:
            continue
        target = key.target
        parent = rows.row_of(session, target, own[key.column])
        if parent is not None and parent["deleted_at"] is not None:
            yield Way(
                kind=WayKind.RESTORE_PARENT,
                table=target,
                target=parent["id"],
                record=record_name(parent),
                at=parent["deleted_at"],
                column=key.column,
            )
        if _movable(conflict.table_name, own):
            yield from _others(session, conflict, target, key.column, own)


def _movable(table: str, own: Mapping[str, Any]) -> bool:
    """A signed record keeps its place: it is amended in its own window."""
    signed = policy_of(table).signed_when
    return signed is None or own[signed] is None


def _others(
    session: Session, conflict: SyncConflict, parent: str, column: str, own: Mapping[str, Any]
) -> Iterator[Way]:
    """Other rows of the same student that the record could belong to, the newest first."""
    table = table_of(parent)
    if "student_id" not in table.c or own.get("student_id") is None:
        return
    found = session.execute(
        sa.select(table)
        .where(table.c.student_id == own["student_id"], table.c.deleted_at.is_(None), table.c.id != own[column])
        .order_by(table.c.id.desc())
        .limit(_MOST_PARENTS)
    ).mappings()
    for row in found:
        yield Way(
            kind=WayKind.ATTACH,
            table=conflict.table_name,
            target=row["id"],
            record=record_name(dict(row)),
            at=next((row[name] for name in _WHEN if row.get(name) is not None), row["created_at"]),
            column=column,
            into=parent,
        )


_WHEN = ("check_in_time", "occurred_at", "measurement_date", "start_date")


def _attach(work: Work, desk: Desk, conflict: SyncConflict, way: Way, reason: str) -> None:
    table, key = conflict.table_name, conflict.entity_id
    if not is_append_only(table):
        rows.put_back(work.session, table, key, {way.column: way.target})
        return
    succession.correct(work, desk, table, key, {way.column: way.target}, reason)


def _same_child(session: Session, desk: Desk, conflict: SyncConflict) -> Iterator[Way]:
    if conflict.table_name != _STUDENTS:
        return
    holder = holder_of(session, conflict)
    stands = None if holder is None else rows.row_of(session, _STUDENTS, holder)
    if stands is not None:
        yield Way(kind=WayKind.MERGE, table=_STUDENTS, target=stands["id"], record=record_name(stands))


def _amendment(session: Session, desk: Desk, conflict: SyncConflict) -> Iterator[Way]:
    table, key = conflict.table_name, conflict.entity_id
    if amending.may_be_amended(session, table, key, late_values(conflict)):
        yield Way(kind=WayKind.AMEND, table=table, target=key)
