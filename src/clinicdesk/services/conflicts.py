"""Conflicts for a person: what is undecided, what each side says, and writing the decision (ux-spec 7.12, D22, s38)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clinicdesk.core.errors import UserFacingError
from clinicdesk.domain.canonical import WireValue, python_value
from clinicdesk.domain.permissions import Act
from clinicdesk.models import MedicationLog, SyncConflict
from clinicdesk.models.enums import AuditAction, ConflictKind, SyncConflictStatus
from clinicdesk.models.registry import canonical_kind
from clinicdesk.services import conflict_ways, succession
from clinicdesk.services.conflict_rules import refused, require_no_new_problem
from clinicdesk.services.conflict_sheets import ConflictSheet, line_of, schools_named, sheet_of
from clinicdesk.services.conflict_values import DECISIONS, ConflictLine, act_for
from clinicdesk.services.conflict_ways import Way, act_of
from clinicdesk.services.desk import Desk
from clinicdesk.services.dose_stock import settle_stock
from clinicdesk.services.undo import LastAct, reason_for
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import conflicts as rows
from clinicdesk.storage.store import Work

Place = tuple[str, uuid.UUID]
"""A table and a row of it."""


class ConflictMovedOnError(UserFacingError):
    """The record was changed after the decision, so the decision cannot simply be taken back."""

    code = "conflict_moved_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncDay:
    """What today's sessions moved, and how long the last whole one took."""

    received: int
    sent: int
    last_took: dt.timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matter:
    """A conflict as its decision needs it: whose act it is, and the rows that it may change."""

    row: SyncConflict
    schools: tuple[uuid.UUID, ...] | None
    act: Act
    entry: AuditEntry
    places: tuple[Place, ...]


class Conflicts:
    """What a person at the desk does with conflicts."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def may_view(self) -> bool:
        return self._desk.may(Act.VIEW_CONFLICTS)

    def open_conflicts(self) -> tuple[ConflictLine, ...]:
        """All undecided ones of this device, safety first."""
        with self._desk.look(Act.VIEW_CONFLICTS) as session:
            found = rows.undecided(session)
            people = rows.students(session, {row.student_id for row in found if row.student_id})
            return tuple(line_of(session, row, people) for row in found)

    def today(self) -> SyncDay:
        local = self._desk.local(self._desk.now())
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        with self._desk.look(Act.VIEW_SYNC) as session:
            received, sent = rows.moved_since(session, midnight)
            return SyncDay(received=received, sent=sent, last_took=rows.last_duration(session))

    def open(self, conflict: uuid.UUID) -> ConflictSheet | None:
        """One conflict with its values, audited before it is shown (D34); None when it is decided already."""
        with self._desk.look(Act.VIEW_CONFLICTS) as session:
            row = rows.one(session, conflict)
            if row is None or _decided(row):
                return None
            schools = schools_named(row)
            entry = AuditEntry(AuditAction.READ, "SyncConflict", entity_id=row.id, student_id=row.student_id)
        with self._desk.open_record(Act.VIEW_CONFLICTS, entry, schools=schools) as session:
            row = rows.one(session, conflict)
            return None if row is None or _decided(row) else sheet_of(session, self._desk, row)

    def settle(self, conflict: uuid.UUID, words: str, write: Callable[[Work], None]) -> LastAct:
        """Write a decision by `write` in one audited transaction; the record must hold by its own rules afterwards.

        Raises:
            InvalidValueError: the record would break a rule it kept before.
            ConflictMovedOnError: there is no such conflict.
        """
        return self._settle(self._matter(conflict), words, write)

    def take(
        self, conflict: uuid.UUID, way: Way, reason: str, words: str, close: Callable[[Work], None]
    ) -> LastAct | None:
        """Go one of the ways of the sheet, and `close` the conflict in the same transaction.

        None where it added rows: those are corrected in the record, not taken back here.

        Raises:
            InvalidValueError: a reason is missing, or a rule of the record stands against it.
            PermissionDeniedError: the way is another role's.
        """
        matter = self._matter(conflict, way)
        also = act_of(way)
        if also is not None:
            self._desk.require(also, matter.entry, schools=matter.schools)

        def write(work: Work) -> None:
            conflict_ways.go(work, self._desk, matter.row, way, reason)
            close(work)

        act = self._settle(matter, words, write)
        return None if way.writes_new_rows else act

    def follow(
        self, conflict: uuid.UUID, values: Mapping[str, WireValue], reason: str, close: Callable[[Work], None]
    ) -> None:
        """Write the result as a row of its own: a fork becomes one line, an entry nobody may change is corrected (D1).

        Raises:
            InvalidValueError: no reason, or the result breaks a rule of the record.
        """
        matter = self._matter(conflict)
        table, key = matter.row.table_name, matter.row.entity_id
        result = {name: python_value(canonical_kind(table, name), value) for name, value in values.items()}

        def write(work: Work) -> None:
            if len(succession.branches(work.session, table, key)) > 1:
                succession.join(work, self._desk, table, key, result, reason)
            else:
                succession.correct(work, self._desk, table, key, result, reason)
            close(work)

        self._settle(matter, "", write)

    # --- parts --------------------------------------------------------------------------------------------------

    def _matter(self, conflict: uuid.UUID, way: Way | None = None) -> _Matter:
        with self._desk.store.read() as session:
            found = rows.one(session, conflict)
            if found is None:
                raise ConflictMovedOnError
            places = [(found.table_name, found.entity_id)]
            if found.table_name == DECISIONS and (first := rows.one(session, found.entity_id)) is not None:
                places.append((first.table_name, first.entity_id))
            if way is not None:
                places += [place for place in conflict_ways.touched(found, way) if place not in places]
            session.expunge(found)
        table, key = places[-1] if found.table_name == DECISIONS else places[0]
        entry = AuditEntry(
            AuditAction.CONFLICT_RESOLVE,
            "SyncConflict",
            entity_id=conflict,
            student_id=found.student_id,
            facts={"table": table, "row": str(key), **({"way": way.kind.value} if way is not None else {})},
        )
        return _Matter(row=found, schools=schools_named(found), act=act_for(table), entry=entry, places=tuple(places))

    def _settle(self, matter: _Matter, words: str, write: Callable[[Work], None]) -> LastAct:
        try:
            with self._desk.act(matter.act, matter.entry, schools=matter.schools) as work:
                before = _rows(work.session, matter.places)
                write(work)
                if matter.row.kind is ConflictKind.FORK and matter.row.table_name == MedicationLog.__tablename__:
                    settle_stock(work, self._desk, matter.row.entity_id)
                after = _rows(work.session, matter.places)
                for (table, _key), was, now in zip(matter.places, before, after, strict=True):
                    if was is not None and now is not None:
                        require_no_new_problem(table, was, now)
                at = work.at
        except IntegrityError as error:
            # The file refused the row before it could be read back; the statement is no word for a person.
            raise refused(error) from None
        replaced = [
            (place, rows.changed(was, now), now)
            for place, was, now in zip(matter.places, before, after, strict=True)
            if was is not None and now is not None
        ]

        def undo(reason: str | None) -> None:
            self._take_back(matter, replaced, reason_for(at, self._desk.now(), reason))

        return LastAct(words, at, undo)

    def _take_back(
        self, matter: _Matter, replaced: Sequence[tuple[Place, Mapping[str, Any], Mapping[str, Any]]], because: str
    ) -> None:
        taken = AuditEntry(
            AuditAction.UPDATE,
            "SyncConflict",
            entity_id=matter.entry.entity_id,
            student_id=matter.entry.student_id,
            facts=matter.entry.facts,
            changes={"reason": because},
        )
        with self._desk.act(matter.act, taken, schools=matter.schools) as work:
            for (table, key), stood, wrote in replaced:
                now = rows.row_of(work.session, table, key)
                if now is not None and any(now[name] != wrote[name] for name in stood):
                    raise ConflictMovedOnError
                rows.put_back(work.session, table, key, stood)
            rows.reopen(work.session, matter.row.id)


def _decided(row: SyncConflict) -> bool:
    return row.status is SyncConflictStatus.RESOLVED or row.deleted_at is not None


def _rows(session: Session, places: Sequence[Place]) -> list[Mapping[str, Any] | None]:
    return [rows.row_of(session, table, key) for table, key in places]
