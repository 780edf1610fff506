"""Ways out of a conflict on a real encrypted file: doses and students are added to, never lost (D1, D26)."""

from __future__ import annotations

import uuid

import pytest
from tests.support.desk import Clinic, Member
from tests.support.medication import stock_cupboard
from tests.support.sync_conflicts import conflict

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError
from clinicdesk.models import MedicationLog, Signature, Student, SyncConflict
from clinicdesk.models.enums import ConflictKind, EntryKind, SyncConflictStatus
from clinicdesk.services.conflict_sheets import ConflictSheet
from clinicdesk.services.conflict_ways import Way, WayKind
from clinicdesk.services.conflicts import Conflicts
from clinicdesk.services.doses import Doses
from clinicdesk.services.student_merging import StudentMerging
from clinicdesk.services.undo import LastAct
from clinicdesk.sync.resolve import Choice, Decision, resolve


def _sheet(clinic: Clinic, key: uuid.UUID, who: Member | None = None) -> ConflictSheet:
    sheet = Conflicts(clinic.desk(who)).open(key)
    assert sheet is not None
    return sheet


def _take(clinic: Clinic, key: uuid.UUID, way: Way, reason: str, who: Member | None = None) -> LastAct | None:
    decision = Decision(key, Choice.ROWS, note=reason)
    return Conflicts(clinic.desk(who)).take(key, way, reason, "Decided", lambda work: resolve(work, decision))


def _status(clinic: Clinic, key: uuid.UUID) -> SyncConflictStatus:
    (row,) = clinic.rows(SyncConflict, SyncConflict.id == key)
    return row.status


def test_scenario_37_a_dose_charted_in_error_is_followed_and_both_rows_stay(clinic: Clinic) -> None:
    cupboard = stock_cupboard(clinic)
    Doses(clinic.desk()).record(cupboard.dose(cupboard.albuterol))
    (first,) = clinic.rows(MedicationLog)
    key = conflict(
        clinic, "medication_logs", first.id, cupboard.student, {}, kind=ConflictKind.POSSIBLE_DUPLICATE, safety=True
    )
    signed = clinic.count(Signature)
    (way,) = _sheet(clinic, key).ways
    assert (way.kind, way.target, way.asks_reason) == (WayKind.IN_ERROR, first.id, True)
    with pytest.raises(InvalidValueError):
        _take(clinic, key, way, "  ")
    assert (clinic.count(MedicationLog), _status(clinic, key)) == (1, SyncConflictStatus.PENDING)
    assert _take(clinic, key, way, "charted twice") is None
    stays, back = sorted(clinic.rows(MedicationLog), key=lambda row: row.revision)
    assert (stays.id, stays.administered_at, stays.dosage) == (first.id, first.administered_at, first.dosage)
    assert (back.supersedes_id, back.entry_kind, back.correction_reason) == (
        first.id,
        EntryKind.WITHDRAWN,
        "charted twice",
    )
    assert clinic.count(Signature) >= signed
    assert _status(clinic, key) is SyncConflictStatus.RESOLVED


def test_scenario_33_two_records_of_one_child_are_merged_and_set_free_again(clinic: Clinic) -> None:
    counts = clinic.student("Nils", "Sample", number="S-77")
    alias = clinic.student("Nils", "Sample", number="S-78")
    sides = {"student_number": (None, "S-77", "S-78")}
    key = conflict(clinic, "students", alias, alias, sides, kind=ConflictKind.UNIQUE)
    (way,) = _sheet(clinic, key, clinic.administrator).ways
    assert (way.kind, way.target) == (WayKind.MERGE, counts)
    with pytest.raises(PermissionDeniedError):
        _take(clinic, key, way, "one child", clinic.nurse)
    assert _status(clinic, key) is SyncConflictStatus.PENDING
    act = _take(clinic, key, way, "one child", clinic.administrator)
    assert act is not None
    assert clinic.rows(Student, Student.id == alias)[0].merged_into_id == counts
    assert clinic.count(Student) == 2
    StudentMerging(clinic.desk(clinic.administrator)).unmerge(alias, "two children after all")
    freed = clinic.rows(Student, Student.id == alias)[0]
    assert (freed.merged_into_id, freed.student_number) == (None, "S-78")
