"""Restricted notes of a student: read by the counselor, or by others under break-glass; each opening is audited."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.permissions import Act
from clinicdesk.models import MentalHealthRecord
from clinicdesk.models.enums import AuditAction, WritePurpose
from clinicdesk.security.errors import SealBrokenError
from clinicdesk.services.desk import Desk
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import chart as rows
from clinicdesk.storage.queries.students import same_person


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedNote:
    """One note. `readable` is false where its words are sealed under a key that this workstation has not."""

    id: uuid.UUID
    kind: str
    on: dt.datetime
    risk: str
    title: str
    words: str
    readable: bool


class RestrictedNotes:
    """Opens the sealed words (D32). Nothing of them leaves without its audit row (D34)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def read(self, student: uuid.UUID) -> tuple[RestrictedNote, ...]:
        """The notes, for whose role they are.

        Raises:
            PermissionDeniedError: another role; it may break the glass where the policy has that.
        """
        entry = _entry(AuditAction.READ, student)
        with self._desk.open_record(Act.VIEW_MENTAL_HEALTH, entry) as session:
            return self._notes(session, student)

    def break_glass(self, student: uuid.UUID, reason: str) -> tuple[RestrictedNote, ...]:
        """The notes in an emergency: on record with the reason, for the review of such openings.

        Raises:
            InvalidValueError: no reason.
        """
        if not reason.strip():
            raise InvalidValueError("reason", "missing")
        entry = _entry(AuditAction.BREAK_GLASS, student, reason)
        with self._desk.act(Act.BREAK_GLASS, entry, purpose=WritePurpose.BREAK_GLASS):
            pass
        with self._desk.store.read() as session:
            return self._notes(session, student)

    def _notes(self, session: Session, student: uuid.UUID) -> tuple[RestrictedNote, ...]:
        return tuple(self._note(row) for row in rows.restricted_rows(session, same_person(session, student)))

    def _note(self, row: MentalHealthRecord) -> RestrictedNote:
        title, words = self._opened(row, "title", row.title), self._opened(row, "session_notes", row.session_notes)
        return RestrictedNote(
            id=row.id,
            kind=row.record_type.value,
            on=row.record_date,
            risk=row.risk_level.value,
            title=title or "",
            words=words or "",
            readable=words is not None,
        )

    def _opened(self, row: MentalHealthRecord, column: str, sealed: bytes) -> str | None:
        key = self._desk.field_keys.of(row.student_id)
        if key is None:
            return None
        try:
            return key.open(MentalHealthRecord.__tablename__, column, row.id, sealed).decode()
        except (SealBrokenError, UnicodeDecodeError):
            return None


def _entry(action: AuditAction, student: uuid.UUID, reason: str | None = None) -> AuditEntry:
    return AuditEntry(
        action,
        "MentalHealthRecord",
        student_id=student,
        changes={"reason": reason} if reason else None,
        facts={"part": "restricted_notes"},
    )
