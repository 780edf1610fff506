"""Restricted notes: sealed, told to those alone who may open them, each opening on record (ux-spec 7.3, D32, D34)."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from tests.support.desk import Clinic

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError
from clinicdesk.core.identifiers import new_id
from clinicdesk.models import AuditLog, MentalHealthRecord
from clinicdesk.models.enums import AuditAction, MentalHealthRecordType, UserRole, WritePurpose
from clinicdesk.services.restricted import RestrictedNotes
from clinicdesk.services.students import Students


@pytest.fixture
def noted(clinic: Clinic) -> uuid.UUID:
    """A student with one sealed note."""
    student, key = clinic.student(), new_id()
    desk = clinic.desk()
    field_key = desk.field_keys.of(student)
    assert field_key is not None
    sealed = {
        column: field_key.seal(MentalHealthRecord.__tablename__, column, key, words)
        for column, words in (("title", b"First talk"), ("session_notes", b"Sleeps badly since the move."))
    }
    clinic.add(
        MentalHealthRecord(
            id=key,
            student_id=student,
            record_type=MentalHealthRecordType.COUNSELING_SESSION,
            record_date=clinic.clock.now() - dt.timedelta(days=3),
            zone_offset_minutes=-240,
            **sealed,
        )
    )
    return student


def test_a_counselor_reads_the_words_and_the_opening_is_audited_first(clinic: Clinic, noted: uuid.UUID) -> None:
    counselor = clinic.member("Cleo", "Adeyemi", UserRole.COUNSELOR, schools=(clinic.school,))
    (note,) = RestrictedNotes(clinic.desk(counselor)).read(noted)
    assert (note.title, note.words, note.readable) == ("First talk", "Sleeps badly since the move.", True)
    (row,) = clinic.rows(AuditLog, AuditLog.entity_type == "MentalHealthRecord")
    assert (row.action, row.student_id) == (AuditAction.READ, noted)


def test_a_nurse_reads_them_by_breaking_the_glass_with_a_reason_on_record(clinic: Clinic, noted: uuid.UUID) -> None:
    notes = RestrictedNotes(clinic.desk())
    with pytest.raises(PermissionDeniedError):
        notes.read(noted)
    with pytest.raises(InvalidValueError):
        notes.break_glass(noted, " ")
    (note,) = notes.break_glass(noted, "said that she wants to harm herself")
    assert note.words == "Sleeps badly since the move."
    (row,) = clinic.rows(AuditLog, AuditLog.action == AuditAction.BREAK_GLASS)
    assert (row.student_id, row.purpose) == (noted, WritePurpose.BREAK_GLASS)


def test_that_there_are_any_is_told_to_those_alone_who_may_open_them(clinic: Clinic, noted: uuid.UUID) -> None:
    viewer = clinic.viewer
    assert Students(clinic.desk()).open(noted).summary.restricted_notes == 1
    assert Students(clinic.desk(viewer)).open(noted).summary.restricted_notes is None
    with pytest.raises(PermissionDeniedError):
        RestrictedNotes(clinic.desk(viewer)).break_glass(noted, "curious")


def test_a_note_that_is_sealed_under_another_key_says_so(clinic: Clinic, noted: uuid.UUID) -> None:
    clinic.add(
        MentalHealthRecord(
            student_id=noted,
            record_type=MentalHealthRecordType.ASSESSMENT,
            record_date=clinic.clock.now(),
            title=b"not ours",
            session_notes=b"not ours",
            zone_offset_minutes=-240,
        )
    )
    first, second = RestrictedNotes(clinic.desk()).break_glass(noted, "emergency")
    assert (first.readable, first.words) == (False, "")
    assert second.readable
