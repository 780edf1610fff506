"""What a mended row said before: shown, used as an ordinary change, or dismissed with a reason (s55)."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from tests.support.conflict_kinds import given_twice, signed_visit
from tests.support.desk import (
    Clinic,
    clinic,  # noqa: F401 - the fixture is found by name
)
from tests.support.rotten_rows import mended
from tests.support.sync_conflicts import allergy_conflict

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError
from clinicdesk.models import Allergy, AuditLog, ClinicVisit, MedicationLog, SyncQueueItem
from clinicdesk.models.enums import AllergySeverity, AuditAction, EntryKind, QueueState
from clinicdesk.services.kept_rows import KeptGoneError, KeptLine, KeptMovedOnError, KeptRows, Use
from clinicdesk.storage.kept_values import kept_of


@pytest.fixture
def iris(clinic: Clinic) -> uuid.UUID:  # noqa: F811
    return clinic.student("Iris", "Sample")


@pytest.fixture
def allergy(clinic: Clinic, iris: uuid.UUID) -> uuid.UUID:  # noqa: F811
    """An allergy whose treatment and severity rotted and were mended."""
    key = allergy_conflict(clinic, iris)[0]
    mended(clinic, "allergies", key, {"treatment": "Give water.", "severity": "MILD"})
    return key


def line_of(rows: KeptRows, field: str) -> KeptLine:
    return next(line for line in rows.lines() if field in line.fields)


def resolved(clinic: Clinic) -> int:  # noqa: F811
    return clinic.count(AuditLog, AuditLog.action == AuditAction.CONFLICT_RESOLVE)


def stands(clinic: Clinic, allergy: uuid.UUID) -> Allergy:  # noqa: F811
    (row,) = clinic.rows(Allergy, Allergy.id == allergy)
    return row


def test_scenario_55_what_was_kept_is_listed_by_field_and_opened_with_both_values(
    clinic: Clinic,  # noqa: F811
    allergy: uuid.UUID,
) -> None:
    assert stands(clinic, allergy).severity is AllergySeverity.SEVERE
    rows = KeptRows(clinic.desk())
    found = {line.fields: line for line in rows.lines()}
    assert set(found) == {("treatment",), ("severity",)}
    line = found[("severity",)]
    assert line.student is not None
    assert (line.table, line.record, line.student.shown, line.row) == ("allergies", "Tree nuts", "Iris Sample", allergy)
    assert (line.is_safety, line.mended_at) == (True, clinic.clock.now())
    sheet = rows.open(line)
    assert sheet is not None
    (field,) = sheet.fields
    assert (field.name, field.mine, field.theirs) == ("severity", "MILD", "SEVERE")
    assert (sheet.use, sheet.may_use, sheet.may_dismiss) == (Use.EDIT, True, True)
    assert clinic.count(AuditLog, AuditLog.action == AuditAction.READ, AuditLog.entity_id == allergy) == 1


def test_scenario_55_a_kept_value_is_used_as_the_persons_own_change_and_taken_back(
    clinic: Clinic,  # noqa: F811
    allergy: uuid.UUID,
) -> None:
    rows = KeptRows(clinic.desk())
    line = line_of(rows, "treatment")
    act = rows.use(line, "Used")
    assert act is not None
    assert stands(clinic, allergy).treatment == "Give water."
    (item,) = clinic.rows(SyncQueueItem, SyncQueueItem.state == QueueState.PENDING)
    assert (item.entity_id, item.user_id, set(item.changes)) == (allergy, clinic.nurse.id, {"treatment"})
    assert [line.fields for line in rows.lines()] == [("severity",)]
    assert resolved(clinic) == 1
    with pytest.raises(KeptGoneError):
        rows.use(line, "Used")
    act.undo(None)
    assert stands(clinic, allergy).treatment == "Give cetirizine 10 mg, call mother and 911 if breathing is hard."
    assert {line.fields for line in rows.lines()} == {("treatment",), ("severity",)}


def test_scenario_55_using_it_is_not_taken_back_over_a_later_change(clinic: Clinic, allergy: uuid.UUID) -> None:  # noqa: F811
    rows = KeptRows(clinic.desk())
    act = rows.use(line_of(rows, "treatment"), "Used")
    assert act is not None
    with clinic.pulled() as work:
        found = work.session.get(Allergy, allergy)
        assert found is not None
        found.treatment = "by another"
    with pytest.raises(KeptMovedOnError):
        act.undo(None)
    assert stands(clinic, allergy).treatment == "by another"


def test_scenario_55_a_kept_value_is_dismissed_with_a_reason_and_stays_in_the_file(
    clinic: Clinic,  # noqa: F811
    allergy: uuid.UUID,
) -> None:
    rows = KeptRows(clinic.desk())
    line = line_of(rows, "severity")
    with pytest.raises(InvalidValueError):
        rows.dismiss(line, "Dismissed", "  ")
    assert resolved(clinic) == 0
    act = rows.dismiss(line, "Dismissed", "The disk was bad")
    assert [one.fields for one in rows.lines()] == [("treatment",)]
    assert stands(clinic, allergy).severity is AllergySeverity.SEVERE
    assert resolved(clinic) == 1
    assert clinic.count(SyncQueueItem) == 0
    with clinic.store.read() as session:
        (kept,) = kept_of(session, str(allergy))
    assert kept.values == {"treatment": "Give water.", "severity": "MILD"}
    with pytest.raises(KeptGoneError):
        rows.dismiss(line, "Dismissed", "again")
    act.undo(None)
    assert len(rows.lines()) == 2


def test_scenario_55_undo_of_a_dismissal_asks_for_a_reason_after_a_minute(clinic: Clinic, allergy: uuid.UUID) -> None:  # noqa: F811
    rows = KeptRows(clinic.desk())
    act = rows.dismiss(line_of(rows, "severity"), "Dismissed", "The disk was bad")
    clinic.clock.advance(dt.timedelta(minutes=2))
    with pytest.raises(InvalidValueError):
        act.undo(None)
    act.undo("It was right after all")
    assert len(rows.lines()) == 2


def test_scenario_55_a_dose_is_corrected_by_a_row_of_its_own(clinic: Clinic, iris: uuid.UUID) -> None:  # noqa: F811
    dose = given_twice(clinic, iris)[0]
    mended(clinic, "medication_logs", dose, {"dosage": "250"})
    rows = KeptRows(clinic.desk())
    line = line_of(rows, "dosage")
    sheet = rows.open(line)
    assert sheet is not None
    assert (sheet.use, sheet.fields[0].unit) == (Use.CORRECT, "mg")
    with pytest.raises(InvalidValueError):
        rows.use(line, "Used")
    assert rows.use(line, "Used", "Half the capsule was given") is None
    (log,) = clinic.rows(MedicationLog, MedicationLog.supersedes_id == dose)
    assert (log.dosage, log.entry_kind, log.correction_reason) == (
        Decimal(250),
        EntryKind.CORRECTION,
        "Half the capsule was given",
    )
    assert rows.lines() == ()


def test_d02_a_signed_record_gets_an_amendment(clinic: Clinic, iris: uuid.UUID) -> None:  # noqa: F811
    visit = signed_visit(clinic, iris)[0]
    mended(clinic, "clinic_visits", visit, {"notes": "as it was typed"})
    rows = KeptRows(clinic.desk())
    line = line_of(rows, "notes")
    sheet = rows.open(line)
    assert sheet is not None
    assert sheet.use is Use.AMEND
    assert rows.use(line, "Used", "It was typed so") is None
    (amended,) = clinic.rows(ClinicVisit, ClinicVisit.amends_id == visit)
    assert (amended.notes, amended.amendment_reason) == ("as it was typed", "It was typed so")


def test_d34_who_does_not_decide_reads_and_changes_nothing(clinic: Clinic, allergy: uuid.UUID) -> None:  # noqa: F811
    aide = KeptRows(clinic.desk(clinic.aide))
    line = line_of(aide, "severity")
    sheet = aide.open(line)
    assert sheet is not None
    assert (sheet.may_use, sheet.may_dismiss) == (False, False)
    with pytest.raises(PermissionDeniedError):
        aide.use(line, "Used")
    with pytest.raises(PermissionDeniedError):
        aide.dismiss(line, "Dismissed", "no")
    assert stands(clinic, allergy).severity is AllergySeverity.SEVERE
    assert clinic.count(AuditLog, AuditLog.action == AuditAction.DENIED) == 2
    viewer = KeptRows(clinic.desk(clinic.viewer))
    assert not viewer.may_view
    with pytest.raises(PermissionDeniedError):
        viewer.lines()


def test_scenario_55_what_is_no_value_of_its_field_is_shown_as_it_stood_and_cannot_be_used(
    clinic: Clinic,  # noqa: F811
    iris: uuid.UUID,
) -> None:
    allergy = allergy_conflict(clinic, iris)[0]
    mended(clinic, "allergies", allergy, {"severity": "SE?ERE", "reactions": "[Hives"})
    rows = KeptRows(clinic.desk())
    for field, stood in (("severity", "SE?ERE"), ("reactions", "[Hives")):
        line = line_of(rows, field)
        sheet = rows.open(line)
        assert sheet is not None
        assert (sheet.use, sheet.raw) == (Use.UNREADABLE, {field: stood})
        with pytest.raises(InvalidValueError):
            rows.use(line, "Used")
        rows.dismiss(line, "Dismissed", "damaged")
    assert rows.lines() == ()


def test_scenario_55_only_the_district_writes_what_its_roster_says(clinic: Clinic, iris: uuid.UUID) -> None:  # noqa: F811
    mended(clinic, "students", iris, {"last_name": "Samplf"})
    (line,) = KeptRows(clinic.desk()).lines()
    sheet = KeptRows(clinic.desk()).open(line)
    assert sheet is not None
    assert (sheet.use, sheet.may_dismiss) == (Use.DISTRICT, False)
    office = KeptRows(clinic.desk(clinic.administrator))
    with pytest.raises(InvalidValueError):
        office.use(line, "Used")
    office.dismiss(line, "Dismissed", "the roster is right")
    assert office.lines() == ()


def test_scenario_36_what_means_something_only_together_is_decided_as_one(clinic: Clinic, iris: uuid.UUID) -> None:  # noqa: F811
    allergy = allergy_conflict(clinic, iris)[0]
    mended(clinic, "allergies", allergy, {"allergen": "Peanut", "allergy_type": "OTHER", "notes": "see plan"})
    rows = KeptRows(clinic.desk())
    assert {frozenset(line.fields) for line in rows.lines()} == {
        frozenset({"allergen", "allergy_type"}),
        frozenset({"notes"}),
    }
    rows.use(line_of(rows, "allergen"), "Used")
    row = stands(clinic, allergy)
    assert (row.allergen, row.allergy_type.value, row.notes) == ("Peanut", "OTHER", None)


def test_scenario_55_what_stands_in_the_record_again_is_nothing_to_decide(clinic: Clinic, allergy: uuid.UUID) -> None:  # noqa: F811
    with clinic.pulled() as work:
        found = work.session.get(Allergy, allergy)
        assert found is not None
        found.treatment = "Give water."
    assert [line.fields for line in KeptRows(clinic.desk()).lines()] == [("severity",)]
