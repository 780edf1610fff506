"""Two records of one child: one of them becomes an alias of the other, and can be set free again (D26, s33)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from clinicdesk.core.errors import InvalidValueError, UserFacingError
from clinicdesk.domain.permissions import Act
from clinicdesk.models import Student
from clinicdesk.models.enums import AuditAction
from clinicdesk.services.desk import Desk, schools_of
from clinicdesk.services.undo import LastAct, reason_for
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries.students import same_person
from clinicdesk.storage.store import Work


class NotMergeableError(UserFacingError):
    """The two records are one already, one of them is gone, or it would be an alias of itself."""

    code = "students_not_mergeable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Which record counts, which one became its alias, and how that is taken back."""

    counts: uuid.UUID
    alias: uuid.UUID
    act: LastAct


class StudentMerging:
    """What a district administrator does with two records of one child. Nothing is re-pointed, nothing is copied."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def merge(self, counts: uuid.UUID, alias: uuid.UUID, reason: str, words: str) -> Merged:
        """From now on `alias` is read as `counts`; allergies, orders and doses of both are read together.

        Raises:
            InvalidValueError: no reason.
            NotMergeableError: see there.
            PermissionDeniedError: merging is the district's.
        """
        entry = _entry(AuditAction.UPDATE, alias, counts, reason)
        with self._desk.act(Act.MERGE_STUDENTS, entry, schools=self._schools(counts, alias)) as work:
            merge(work, counts, alias, reason)
            at = work.at

        def undo(given: str | None) -> None:
            self.unmerge(alias, reason_for(at, self._desk.now(), given))

        return Merged(counts=counts, alias=alias, act=LastAct(words, at, undo))

    def unmerge(self, alias: uuid.UUID, reason: str) -> None:
        """They were two children after all: the alias is a record of its own again.

        Raises:
            InvalidValueError: no reason.
            NotMergeableError: it is no alias.
        """
        if not reason.strip():
            raise InvalidValueError("correction_reason", "missing")
        with self._desk.store.read() as session:
            counts = same_person(session, alias)[0]
        entry = _entry(AuditAction.UPDATE, alias, counts, reason)
        with self._desk.act(Act.MERGE_STUDENTS, entry, schools=self._schools(counts, alias)) as work:
            row = work.session.get(Student, alias)
            if row is None or row.merged_into_id is None:
                raise NotMergeableError
            row.merged_into_id = None

    def _schools(self, *students: uuid.UUID) -> frozenset[uuid.UUID]:
        with self._desk.store.read() as session:
            return frozenset(school for student in students for school in schools_of(session, student))


def merge(work: Work, counts: uuid.UUID, alias: uuid.UUID, reason: str) -> None:
    """The part of merging that is written, for acts that do more besides."""
    if not reason.strip():
        raise InvalidValueError("correction_reason", "missing")
    head = _head(work.session, counts)
    row = work.session.get(Student, alias)
    if head is None or row is None or row.deleted_at is not None or row.merged_into_id is not None:
        raise NotMergeableError
    if row.id in same_person(work.session, head.id):
        raise NotMergeableError
    row.merged_into_id = head.id
    work.session.flush()


def _head(session: Session, student: uuid.UUID) -> Student | None:
    """The record that counts: an alias of an alias would be read as well, but nobody needs to follow two steps."""
    found = session.get(Student, same_person(session, student)[0])
    return None if found is None or found.deleted_at is not None else found


def _entry(action: AuditAction, alias: uuid.UUID, counts: uuid.UUID, reason: str) -> AuditEntry:
    facts = {"counts": str(counts)}
    return AuditEntry(
        action, "Student", entity_id=alias, student_id=alias, facts=facts, changes={"merged_into_id": str(counts)},
        new={"reason": reason},
    )  # fmt: skip
