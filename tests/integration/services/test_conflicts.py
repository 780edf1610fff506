"""Conflicts as a person decides them, on a real encrypted file: who may, what is written, how it is taken back."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from tests.support.desk import Clinic, Member
from tests.support.sync_conflicts import allergy_conflict, conflict, visit_conflict

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError
from clinicdesk.core.identifiers import new_id
from clinicdesk.i18n import sentence
from clinicdesk.models import Allergy, AuditLog, ClinicVisit, Student, SyncConflict, SyncQueueItem
from clinicdesk.models.enums import (
    AllergySeverity,
    AuditAction,
    ConflictKind,
    SyncConflictResolution,
    SyncConflictStatus,
)
from clinicdesk.services.conflicts import ConflictMovedOnError, Conflicts
from clinicdesk.services.undo import LastAct
from clinicdesk.sync.resolve import Choice, ChoiceNotPossibleError, ConflictGoneError, Decision, resolve


def _settle(clinic: Clinic, key: uuid.UUID, choice: Choice, who: Member | None = None, **values: Any) -> LastAct:
    decision = Decision(key, choice, values or None)
    return Conflicts(clinic.desk(who)).settle(key, "Decided", lambda work: resolve(work, decision))


def _of(clinic: Clinic, key: uuid.UUID) -> SyncConflict:
    (row,) = clinic.rows(SyncConflict, SyncConflict.id == key)
    return row


def _audited(clinic: Clinic, action: AuditAction, key: uuid.UUID) -> int:
    return clinic.count(AuditLog, AuditLog.action == action, AuditLog.entity_id == key)


def _visit(clinic: Clinic, key: uuid.UUID) -> ClinicVisit:
    (row,) = clinic.rows(ClinicVisit, ClinicVisit.id == key)
    return row


def _grade_conflict(clinic: Clinic, student: uuid.UUID) -> uuid.UUID:
    return conflict(clinic, "students", student, student, {"homeroom": ("17", "19", "18")})


def test_clinic_and_office_see_conflicts_and_a_viewer_does_not(clinic: Clinic) -> None:
    _, key = visit_conflict(clinic, clinic.student())
    for who in (clinic.nurse, clinic.aide, clinic.principal):
        assert [line.id for line in Conflicts(clinic.desk(who)).open_conflicts()] == [key]
    viewing = Conflicts(clinic.desk(clinic.viewer))
    assert not viewing.may_view
    with pytest.raises(PermissionDeniedError):
        viewing.open_conflicts()
    with pytest.raises(PermissionDeniedError):
        viewing.open(key)
    assert _audited(clinic, AuditAction.READ, key) == 0


def test_the_nurse_decides_care_and_the_office_decides_the_roster(clinic: Clinic) -> None:
    student = clinic.student()
    visit, care = visit_conflict(clinic, student)
    roster = _grade_conflict(clinic, student)

    def may(who: Member, key: uuid.UUID) -> bool:
        sheet = Conflicts(clinic.desk(who)).open(key)
        assert sheet is not None
        return sheet.may_decide

    assert [may(clinic.nurse, key) for key in (care, roster)] == [True, False]
    assert [may(clinic.principal, key) for key in (care, roster)] == [False, True]
    assert [may(clinic.aide, key) for key in (care, roster)] == [False, False]
    for who, key in ((clinic.principal, care), (clinic.nurse, roster), (clinic.aide, care), (clinic.viewer, care)):
        with pytest.raises(PermissionDeniedError):
            _settle(clinic, key, Choice.MINE, who)
        assert _of(clinic, key).status is SyncConflictStatus.PENDING
    assert _visit(clinic, visit).notes == "by Ines"
    _settle(clinic, roster, Choice.MINE, clinic.principal)
    assert clinic.rows(Student)[0].homeroom == "19"


def test_d34_opening_a_conflict_is_audited_once_before_it_is_shown(clinic: Clinic) -> None:
    student = clinic.student("Harriet", "Quill")
    _, key = visit_conflict(clinic, student)
    conflicts = Conflicts(clinic.desk())
    conflicts.open_conflicts()
    assert _audited(clinic, AuditAction.READ, key) == 0
    sheet = conflicts.open(key)
    assert _audited(clinic, AuditAction.READ, key) == 1
    assert sheet is not None
    (field,) = sheet.fields
    assert (field.name, field.base, field.mine, field.theirs) == ("notes", "before", "by Renata", "by Ines")
    assert (sheet.mine_by, sheet.theirs_by) == ("Renata Olszewski", "Ines Carvalho")
    assert sheet.here
    (read,) = clinic.rows(AuditLog, AuditLog.entity_id == key, AuditLog.action == AuditAction.READ)
    assert read.student_id == student


def test_safety_data_comes_first_in_the_list(clinic: Clinic) -> None:
    student = clinic.student()
    _, visit = visit_conflict(clinic, student)
    _, allergy = allergy_conflict(clinic, student)
    lines = Conflicts(clinic.desk()).open_conflicts()
    assert [line.id for line in lines] == [allergy, visit]
    assert [line.record for line in lines] == ["Tree nuts", "Headache"]


def test_a_decision_writes_the_row_its_audit_and_settles_the_conflict(clinic: Clinic) -> None:
    visit, key = visit_conflict(clinic, clinic.student())
    _settle(clinic, key, Choice.MERGED, notes="by both")
    assert _visit(clinic, visit).notes == "by both"
    row = _of(clinic, key)
    assert row.status is SyncConflictStatus.RESOLVED
    assert row.resolution is SyncConflictResolution.MERGE
    assert (row.resolved_by, row.resolved_at) == (clinic.nurse.id, clinic.clock.now())
    assert _audited(clinic, AuditAction.CONFLICT_RESOLVE, key) == 1
    sent = {item.entity_id for item in clinic.rows(SyncQueueItem)}
    assert {visit, key} <= sent
    assert Conflicts(clinic.desk()).open(key) is None
    assert Conflicts(clinic.desk()).open_conflicts() == ()
    with pytest.raises(ConflictGoneError):
        _settle(clinic, key, Choice.MINE)


def test_undo_puts_the_row_back_and_opens_the_conflict_again(clinic: Clinic) -> None:
    visit, key = visit_conflict(clinic, clinic.student())
    act = _settle(clinic, key, Choice.MINE)
    assert _visit(clinic, visit).notes == "by Renata"
    act.undo(None)
    assert _visit(clinic, visit).notes == "by Ines"
    row = _of(clinic, key)
    assert row.status is SyncConflictStatus.PENDING
    assert (row.resolution, row.resolved_by, row.resolved_at) == (None, None, None)
    assert _audited(clinic, AuditAction.UPDATE, key) == 1
    assert [line.id for line in Conflicts(clinic.desk()).open_conflicts()] == [key]


def test_undo_after_a_minute_asks_for_a_reason(clinic: Clinic) -> None:
    visit, key = visit_conflict(clinic, clinic.student())
    act = _settle(clinic, key, Choice.MINE)
    clinic.clock.advance(dt.timedelta(minutes=2))
    with pytest.raises(InvalidValueError):
        act.undo(None)
    assert _visit(clinic, visit).notes == "by Renata"
    act.undo("the wrong visit")
    assert _visit(clinic, visit).notes == "by Ines"


def test_a_decision_that_was_built_upon_is_not_taken_back(clinic: Clinic) -> None:
    visit, key = visit_conflict(clinic, clinic.student())
    act = _settle(clinic, key, Choice.MINE)
    with clinic.pulled() as work:
        found = work.session.get(ClinicVisit, visit)
        assert found is not None
        found.notes = "by Ines, later"
    with pytest.raises(ConflictMovedOnError):
        act.undo(None)
    assert _visit(clinic, visit).notes == "by Ines, later"
    assert _of(clinic, key).status is SyncConflictStatus.RESOLVED


def test_a_conflict_that_is_not_there_cannot_be_decided(clinic: Clinic) -> None:
    with pytest.raises(ConflictMovedOnError):
        _settle(clinic, new_id(), Choice.MINE)


def test_a_decision_that_breaks_a_rule_of_the_record_writes_nothing(clinic: Clinic) -> None:
    row, key = allergy_conflict(clinic, clinic.student())
    values: dict[str, Any] = {"severity": "SEVERE", "reactions": ["Hives"], "treatment": "Call mother.", "allergen": ""}
    with pytest.raises(InvalidValueError):
        _settle(clinic, key, Choice.MERGED, **values)
    (allergy,) = clinic.rows(Allergy, Allergy.id == row)
    assert allergy.allergen == "Tree nuts"
    assert _of(clinic, key).status is SyncConflictStatus.PENDING


def test_scenario_33_a_number_that_another_student_has_is_refused_by_its_field(clinic: Clinic) -> None:
    clinic.student("Nils", "Sample", number="S-77")
    second = clinic.student("Nico", "Sample", number="S-78")
    sides = {"student_number": (None, "S-77", "S-78")}
    key = conflict(clinic, "students", second, second, sides, kind=ConflictKind.UNIQUE)
    with pytest.raises(InvalidValueError) as refused:
        _settle(clinic, key, Choice.MINE, clinic.administrator)
    assert (refused.value.field, refused.value.problem) == ("student_number", "taken")
    assert sentence(refused.value).startswith("Another record has this already.")
    assert _of(clinic, key).status is SyncConflictStatus.PENDING
    _settle(clinic, key, Choice.MERGED, clinic.administrator, student_number="S-79")
    (student,) = clinic.rows(Student, Student.id == second)
    assert student.student_number == "S-79"


def test_every_field_of_an_allergy_is_written_together(clinic: Clinic) -> None:
    row, key = allergy_conflict(clinic, clinic.student())
    with pytest.raises(ChoiceNotPossibleError):
        _settle(clinic, key, Choice.MERGED, severity="SEVERE")
    values: dict[str, Any] = {"severity": "MODERATE", "reactions": ["Hives", "Wheeze"], "treatment": "Call mother."}
    _settle(clinic, key, Choice.MERGED, **values)
    (allergy,) = clinic.rows(Allergy, Allergy.id == row)
    assert allergy.severity is AllergySeverity.MODERATE
    assert (allergy.reactions, allergy.treatment) == (["Hives", "Wheeze"], "Call mother.")


def test_a_group_is_taken_whole_from_one_side(clinic: Clinic) -> None:
    student = clinic.student()
    row, _ = allergy_conflict(clinic, student)
    sides = {"epi_pen_required": (False, True, False), "epi_pen_location": (None, "Office cabinet", None)}
    key = conflict(clinic, "allergies", row, student, sides, kind=ConflictKind.GROUP, group="epi_pen")
    sheet = Conflicts(clinic.desk()).open(key)
    assert sheet is not None
    assert [(field.name, field.group) for field in sheet.fields] == [(name, "epi_pen") for name in sides]
    _settle(clinic, key, Choice.MINE)
    (allergy,) = clinic.rows(Allergy, Allergy.id == row)
    assert (allergy.epi_pen_required, allergy.epi_pen_location) == (True, "Office cabinet")


def test_a_change_to_a_deleted_record_brings_it_back_or_leaves_it_deleted(clinic: Clinic) -> None:
    student, gone = clinic.student(), clinic.clock.now()
    kind = ConflictKind.DELETE_VS_EDIT
    one, first = visit_conflict(clinic, student, kind=kind, deleted_at=gone, delete_reason="twice")
    two, second = visit_conflict(clinic, student, kind=kind, deleted_at=gone, delete_reason="twice")
    with pytest.raises(ChoiceNotPossibleError):
        _settle(clinic, first, Choice.MINE)
    act = _settle(clinic, first, Choice.RESTORE)
    assert (_visit(clinic, one).deleted_at, _visit(clinic, one).notes) == (None, "by Renata")
    _settle(clinic, second, Choice.CONFIRM_DELETE)
    assert (_visit(clinic, two).deleted_at, _visit(clinic, two).notes) == (gone, "by Ines")
    act.undo(None)
    assert (_visit(clinic, one).deleted_at, _visit(clinic, one).notes) == (gone, "by Ines")


def test_scenario_37_a_possible_duplicate_is_acknowledged_and_both_rows_stay(clinic: Clinic) -> None:
    student = clinic.student()
    visit, _ = visit_conflict(clinic, student)
    other, _ = visit_conflict(clinic, student)
    key = conflict(
        clinic, "clinic_visits", visit, student, {}, kind=ConflictKind.POSSIBLE_DUPLICATE, safety=True, other=other
    )
    for choice in (Choice.MINE, Choice.THEIRS, Choice.CONFIRM_DELETE):
        with pytest.raises(ChoiceNotPossibleError):
            _settle(clinic, key, choice)
    before = [(_visit(clinic, row).notes, _visit(clinic, row).row_version) for row in (visit, other)]
    tried = _audited(clinic, AuditAction.CONFLICT_RESOLVE, key)
    _settle(clinic, key, Choice.BOTH)
    assert [(_visit(clinic, row).notes, _visit(clinic, row).row_version) for row in (visit, other)] == before
    assert _of(clinic, key).status is SyncConflictStatus.RESOLVED
    assert _audited(clinic, AuditAction.CONFLICT_RESOLVE, key) == tried + 1
