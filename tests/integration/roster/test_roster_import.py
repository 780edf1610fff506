"""A roster package imported into a real encrypted database, and taken back."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from tests.support import oneroster
from tests.support.roster_office import NearbyDistrict, Office, signed_in

from clinicdesk.core.clock import SettableClock
from clinicdesk.core.errors import PermissionDeniedError
from clinicdesk.domain.permissions import Act, UserRole
from clinicdesk.domain.roster.difference import Action, RosterPolicy, StopReason
from clinicdesk.domain.roster.held import Kind
from clinicdesk.interchange.oneroster import RosterRefusedError
from clinicdesk.models import (
    AcademicSession,
    AuditLog,
    Contact,
    EmergencyContact,
    RosterImport,
    RosterImportRow,
    School,
    SealedKey,
    SourceLink,
    Student,
    StudentEnrollment,
    SyncQueueItem,
    User,
)
from clinicdesk.models.enums import (
    AuditAction,
    ContactPriority,
    EnrollmentStatus,
    ImportAction,
    ImportStatus,
    NumberStatus,
)
from clinicdesk.services.roster import ImportRefusal, ImportRefusedError, RosterService
from clinicdesk.services.roster_report import KeptReason
from clinicdesk.storage.audit import AuditEntry


def _live(office: Office, model: type[Any]) -> Sequence[Any]:
    with office.desk.store.read() as session:
        statement = sa.select(model)
        if hasattr(model, "deleted_at"):
            statement = statement.where(model.deleted_at.is_(None))
        rows = session.scalars(statement.order_by(model.id)).all()
        session.expunge_all()
        return rows


def _students(office: Office) -> dict[str, Student]:
    return {str(student.sourced_id): student for student in _live(office, Student)}


def _edit(office: Office, model: type[Any], row_id: uuid.UUID, **values: object) -> None:
    with office.desk.act(
        Act.EDIT_ROSTER_FIELDS, AuditEntry(AuditAction.UPDATE, model.__name__, row_id), schools=()
    ) as work:
        row = work.session.get(model, row_id)
        for name, value in values.items():
            setattr(row, name, value)


def test_d05_an_import_syncs_first_and_holds_the_lease_until_it_is_written(office: Office) -> None:
    report = office.roster.import_package(office.package("pinewood"))
    assert report.applied
    assert office.district.asked == ["sync", "lease", "release"]


def test_an_import_writes_every_kind_of_row(office: Office) -> None:
    office.roster.import_package(office.package("pinewood"))
    counts = {
        model.__tablename__: len(_live(office, model))
        for model in (School, AcademicSession, Student, StudentEnrollment, Contact, EmergencyContact, User)
    }
    assert counts == {
        "schools": 3,
        "academic_sessions": 3,
        "students": 9,
        "student_enrollments": 11,
        "contacts": 4,
        "emergency_contacts": 9,
        "users": 2,
    }
    ada = _students(office)["u-ada"]
    assert (ada.student_number, ada.number_status, ada.grade, ada.homeroom) == (
        "100001",
        NumberStatus.CONFIRMED,
        "3",
        "Room 12",
    )
    assert (ada.enrollment_date.date(), ada.district_id is not None) == (dt.date(2026, 8, 24), True)
    first = [row for row in _live(office, EmergencyContact) if row.student_id == ada.id and row.call_order == 1]
    assert [(row.first_name, row.phone_number, row.priority) for row in first] == [
        ("Pat", "555-0101", ContactPriority.PRIMARY)
    ]


def test_d32_each_new_student_gets_a_field_key_in_the_same_transaction(office: Office) -> None:
    office.roster.import_package(office.package("pinewood"))
    assert {key.student_id for key in _live(office, SealedKey)} == {row.id for row in _live(office, Student)}
    assert office.desk.field_keys.of(_students(office)["u-ada"].id) is not None


def test_d06_every_row_that_an_import_writes_waits_to_be_sent(office: Office) -> None:
    office.roster.import_package(office.package("pinewood"))
    with office.desk.store.read() as session:
        queued = set(session.scalars(sa.select(SyncQueueItem.entity_id)))
    assert {row.id for row in _live(office, Student)} <= queued
    assert {row.id for row in _live(office, SourceLink)} <= queued


def test_an_import_is_audited(office: Office) -> None:
    report = office.roster.import_package(office.package("pinewood"))
    with office.desk.store.read() as session:
        found = session.scalars(sa.select(AuditLog).where(AuditLog.action == AuditAction.IMPORT)).all()
    assert [(row.entity_id, row.success) for row in found] == [(report.import_id, True)]


def test_a_dry_run_writes_nothing(office: Office) -> None:
    report = office.roster.preview(office.package("pinewood"))
    assert report.dry_run
    assert not report.applied
    assert report.plan.counts()[Kind.STUDENT][Action.ADD] == 9
    assert (_live(office, Student), _live(office, RosterImport), office.district.asked) == ([], [], [])


def test_d05_a_second_import_updates_by_remembered_key(office: Office) -> None:
    office.roster.import_package(office.package("pinewood"))
    before = _students(office)
    report = office.roster.import_package(office.package("pinewood-delta"))
    after = _students(office)
    assert after["u-ada"].id == before["u-ada"].id
    assert (after["u-ada"].last_name, after["u-ada"].grade) == ("Testperson-Sample", "4")
    assert (after["u-jr"].is_active, after["u-jr"].left_on) == (False, dt.date(2026, 11, 3))
    assert len(after) == 11
    assert report.plan.undecided == ()
    again = office.roster.preview(office.package("pinewood-delta"))
    assert again.plan.changes == ()


def test_a_transfer_ends_one_enrolment_and_begins_another(office: Office) -> None:
    office.roster.import_package(office.package("pinewood"))
    sam = _students(office)["u-sam1"].id
    office.roster.import_package(office.package("pinewood-delta"))
    rows = [row for row in _live(office, StudentEnrollment) if row.student_id == sam]
    assert sorted((row.status, row.is_primary, row.ends_on) for row in rows) == [
        (EnrollmentStatus.CONFIRMED, True, None),
        (EnrollmentStatus.ENDED, True, dt.date(2026, 11, 3)),
    ]


def test_quarantined_rows_are_kept_with_their_reason(office: Office) -> None:
    report = office.roster.import_package(office.package("pinewood-bad-rows"), accepted=list(StopReason))
    rows = [row for row in _live(office, RosterImportRow) if row.action is ImportAction.QUARANTINE]
    assert len(rows) == len(report.plan.quarantined)
    assert ("users.csv", 4, "u-dup", "duplicate_id") in {
        (row.file_name, row.line, row.sourced_id, row.reason) for row in rows
    }
    assert [row.rows_quarantined for row in _live(office, RosterImport)] == [report.plan.rows_set_aside]


def test_a_broken_package_leaves_nothing_behind(office: Office) -> None:
    broken = office.folder / "broken.zip"
    broken.write_bytes(oneroster.broken("foreign-headers").getvalue())
    with pytest.raises(RosterRefusedError):
        office.roster.import_package(broken)
    assert (_live(office, RosterImport), _live(office, Student)) == ([], [])


def test_an_import_that_would_send_many_away_waits_for_a_persons_word(office: Office) -> None:
    strict = RosterService(office.desk, office.district, RosterPolicy(leaving_floor=3))
    strict.import_package(office.package("pinewood"))
    users = b"sourcedId,givenName,familyName,identifier\nu-ada,Ada,Testperson,100001\n"
    few = office.package("pinewood", users=users, roles=None, enrollments=None, manifest=_manifest_without_roles())
    stopped = strict.import_package(few)
    assert (stopped.applied, [stop.reason for stop in stopped.plan.stops]) == (False, [StopReason.MANY_LEAVING])
    assert all(student.is_active for student in _live(office, Student))
    accepted = strict.import_package(few, accepted=[StopReason.MANY_LEAVING])
    assert accepted.applied
    assert sum(student.is_active for student in _live(office, Student)) == 1


def _manifest_without_roles() -> bytes:
    manifest = oneroster.files_of("pinewood")["manifest.csv"]
    for file in (b"roles", b"enrollments", b"demographics"):
        manifest = manifest.replace(b"file." + file + b",bulk", b"file." + file + b",absent")
    return manifest


def test_d05_a_desk_without_all_schools_may_not_import(office: Office) -> None:
    office.district.all_schools = False
    for attempt in (office.roster.import_package, office.roster.preview):
        with pytest.raises(ImportRefusedError) as refused:
            attempt(office.package("pinewood"))
        assert refused.value.reason is ImportRefusal.NOT_ALL_SCHOOLS
    assert office.district.asked == []


def test_d05_an_import_is_refused_while_another_desk_holds_the_lease(office: Office) -> None:
    office.district.grants = False
    with pytest.raises(ImportRefusedError) as refused:
        office.roster.import_package(office.package("pinewood"))
    assert refused.value.reason is ImportRefusal.HELD_ELSEWHERE
    assert _live(office, Student) == []


@pytest.mark.parametrize(
    "role", [UserRole.NURSE, UserRole.SCHOOL_ADMIN, UserRole.HEALTH_AIDE, UserRole.VIEWER, UserRole.COUNSELOR]
)
def test_d05_only_district_roles_import(desk_engine: sa.Engine, office_package: Any, role: UserRole) -> None:
    desk = signed_in(desk_engine, SettableClock(dt.datetime(2026, 11, 3, 15, tzinfo=dt.UTC)), role)
    district = NearbyDistrict()
    with pytest.raises(PermissionDeniedError):
        RosterService(desk, district).import_package(office_package)
    assert district.asked == []


@pytest.fixture
def office_package(tmp_path: Any) -> Any:
    path = tmp_path / "pinewood.zip"
    path.write_bytes(oneroster.package("pinewood").getvalue())
    return path


def test_undoing_takes_a_first_import_back_whole(office: Office) -> None:
    report = office.roster.import_package(office.package("pinewood"))
    assert report.import_id is not None
    undone = office.roster.undo(report.import_id)
    assert undone.kept == ()
    for model in (Student, StudentEnrollment, Contact, EmergencyContact, AcademicSession, SourceLink):
        assert _live(office, model) == []
    assert [row.name for row in _live(office, School)] == ["Old Mill School"]
    assert [row.status for row in _live(office, RosterImport)] == [ImportStatus.UNDONE]


def test_a_package_can_be_imported_again_after_it_was_undone(office: Office) -> None:
    first = office.roster.import_package(office.package("pinewood"))
    assert first.import_id is not None
    office.roster.undo(first.import_id)
    office.roster.import_package(office.package("pinewood"))
    assert len(_live(office, Student)) == 9


def test_undoing_a_delta_is_its_exact_inverse(office: Office) -> None:
    office.roster.import_package(office.package("pinewood"))
    before = {model: [_columns(row) for row in _live(office, model)] for model in _IMPORTED}
    delta = office.roster.import_package(office.package("pinewood-delta"))
    assert delta.import_id is not None
    undone = office.roster.undo(delta.import_id)
    assert undone.kept == ()
    assert {model: [_columns(row) for row in _live(office, model)] for model in _IMPORTED} == before
    assert office.roster.preview(office.package("pinewood")).plan.changes == ()


_IMPORTED = (School, AcademicSession, Student, StudentEnrollment, Contact, EmergencyContact, SourceLink)
_STAMPS = {"created_at", "created_by", "updated_at", "updated_by", "row_version", "field_versions", "scope_id"}


def _columns(row: Any) -> dict[str, Any]:
    table = row.__table__
    return {column.name: getattr(row, column.name) for column in table.columns if column.name not in _STAMPS}


def test_undoing_leaves_what_was_changed_since_and_says_so(office: Office) -> None:
    office.roster.import_package(office.package("pinewood"))
    delta = office.roster.import_package(office.package("pinewood-delta"))
    assert delta.import_id is not None
    ada = _students(office)["u-ada"]
    _edit(office, Student, ada.id, grade="5")
    undone = office.roster.undo(delta.import_id)
    assert [(one.kind, one.sourced_id, one.reason) for one in undone.kept] == [
        (Kind.STUDENT, "u-ada", KeptReason.CHANGED_SINCE)
    ]
    assert _students(office)["u-ada"].grade == "5"


def test_undoing_never_takes_back_a_student_with_records(office: Office) -> None:
    report = office.roster.import_package(office.package("pinewood"))
    assert report.import_id is not None
    students = _students(office)
    own = Contact(first_name="Aunt", last_name="Own", type="GUARDIAN", school_id=office.desk.school.id)
    with office.desk.act(
        Act.EDIT_ROSTER_FIELDS, AuditEntry(AuditAction.CREATE, "EmergencyContact"), schools=()
    ) as work:
        work.session.add(own)
        work.session.flush()
        work.session.add(
            EmergencyContact(
                student_id=students["u-ada"].id,
                contact_id=own.id,
                first_name="Aunt",
                last_name="Own",
                relationship="AUNT_UNCLE",
                phone_number="555-0188",
            )
        )
    undone = office.roster.undo(report.import_id)
    kept = {(one.kind, one.reason) for one in undone.kept}
    assert (Kind.STUDENT, KeptReason.HAS_RECORDS) in kept
    assert (Kind.ENROLLMENT, KeptReason.STUDENT_STAYS) in kept
    assert (Kind.SCHOOL, KeptReason.IN_USE) in kept
    assert set(_students(office)) == {"u-ada"}
    assert office.roster.preview(office.package("pinewood")).plan.counts()[Kind.STUDENT][Action.ADD] == 8


def test_an_import_is_undone_once(office: Office) -> None:
    report = office.roster.import_package(office.package("pinewood"))
    assert report.import_id is not None
    office.roster.undo(report.import_id)
    with pytest.raises(ImportRefusedError) as refused:
        office.roster.undo(report.import_id)
    assert refused.value.reason is ImportRefusal.NOT_APPLIED


def test_the_list_of_imports_shows_what_can_be_undone(office: Office) -> None:
    first = office.roster.import_package(office.package("pinewood"))
    office.clock.advance(dt.timedelta(days=1))
    office.roster.import_package(office.package("pinewood-delta"))
    listed = office.roster.imports()
    assert [one.undoable for one in listed] == [True, True]
    assert listed[1].id == first.import_id


def test_a_report_is_plain_json_without_names(office: Office) -> None:
    report = office.roster.preview(office.package("pinewood-bad-rows"))
    text = json.dumps(report.as_json())
    assert "Gwen" not in text
    found = json.loads(text)
    assert found["difference"]["student"]["added"] == 2
    assert {"file", "line", "sourcedId", "field", "problem", "remedy", "value"} == set(found["quarantined"][0])
