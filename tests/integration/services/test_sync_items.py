"""Stopped and settled changes as the desk shows them, sent anew, and the log for IT (ux-spec 7.12)."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest
from tests.support.desk import (
    Clinic,
    clinic,  # noqa: F401 - the fixture is found by name
)
from tests.support.sync_conflicts import allergy_conflict, queued, visit_conflict

from clinicdesk.models import AuditLog, SyncQueueItem
from clinicdesk.models.enums import AuditAction, QueueState, SyncAction
from clinicdesk.services.sync_items import (
    KindProgress,
    LogNotWrittenError,
    NotStoppedError,
    SettledKind,
    SyncItems,
)


@pytest.fixture
def iris(clinic: Clinic) -> uuid.UUID:  # noqa: F811
    return clinic.student("Iris", "Sample")


@pytest.fixture
def allergy(clinic: Clinic, iris: uuid.UUID) -> uuid.UUID:  # noqa: F811
    return allergy_conflict(clinic, iris)[0]


@pytest.fixture
def visit(clinic: Clinic, iris: uuid.UUID) -> uuid.UUID:  # noqa: F811
    return visit_conflict(clinic, iris)[0]


def test_a_stopped_change_says_whose_it_is_why_and_which_field(
    clinic: Clinic,  # noqa: F811
    allergy: uuid.UUID,
    visit: uuid.UUID,
) -> None:
    queued(clinic, "allergies", allergy, QueueState.REJECTED, reason="invalid", at_fault=("severity",))
    queued(clinic, "clinic_visits", visit, QueueState.HELD, reason="scope")
    refused, held = SyncItems(clinic.desk()).today().stopped
    assert refused.student is not None
    assert (refused.student.shown, refused.reason, refused.at_fault) == ("Iris Sample", "invalid", ("severity",))
    assert (refused.refused, held.refused, held.reason, held.fields) == (True, False, "scope", ("notes",))


def test_who_sees_no_conflicts_does_not_learn_whose_changes_they_are(
    clinic: Clinic,  # noqa: F811
    allergy: uuid.UUID,
) -> None:
    queued(clinic, "allergies", allergy, QueueState.REJECTED, reason="invalid")
    (line,) = SyncItems(clinic.desk(clinic.viewer)).today().stopped
    assert (line.student, line.table) == (None, "allergies")


def test_what_was_settled_today_is_told_by_how_it_went_together(
    clinic: Clinic,  # noqa: F811
    allergy: uuid.UUID,
    visit: uuid.UUID,
) -> None:
    queued(clinic, "clinic_visits", visit, QueueState.MERGED, reason="beside")
    queued(clinic, "clinic_visits", visit, QueueState.MERGED, reason="same")
    queued(clinic, "allergies", allergy, QueueState.MERGED, reason="same", action=SyncAction.INSERT)
    queued(clinic, "allergies", allergy, QueueState.MERGED, reason="same", action=SyncAction.DELETE)
    queued(clinic, "clinic_visits", visit, QueueState.APPLIED)
    work = SyncItems(clinic.desk()).today()
    assert [(one.kind, len(one.lines)) for one in work.settled] == [(kind, 1) for kind in SettledKind]
    assert [line.fields for one in work.settled for line in one.lines] == [
        ("notes",),
        ("notes",),
        (),
        ("notes",),
    ]


def test_progress_counts_what_is_settled_of_each_kind(clinic: Clinic, allergy: uuid.UUID, visit: uuid.UUID) -> None:  # noqa: F811
    for state in (QueueState.APPLIED, QueueState.CONFLICT, QueueState.PENDING):
        queued(clinic, "clinic_visits", visit, state)
    queued(clinic, "allergies", allergy, QueueState.REJECTED, reason="invalid")
    progress = SyncItems(clinic.desk()).today().progress
    assert progress == (KindProgress("clinic_visits", 2, 3), KindProgress("allergies", 0, 1))


def test_scenario_31_a_refused_change_is_sent_anew_under_another_identity(
    clinic: Clinic,  # noqa: F811
    allergy: uuid.UUID,
) -> None:
    mutation = queued(clinic, "allergies", allergy, QueueState.REJECTED, reason="invalid")
    SyncItems(clinic.desk()).send_anew(mutation)
    (item,) = clinic.rows(SyncQueueItem)
    assert (item.state, item.last_error, item.mutation_id == mutation) == (QueueState.PENDING, None, False)
    assert item.changes == {"notes": ["before", "after"]}
    assert clinic.count(AuditLog, AuditLog.action == AuditAction.SYNC) == 1
    with pytest.raises(NotStoppedError):
        SyncItems(clinic.desk()).send_anew(mutation)


def test_a_held_change_is_not_sent_twice(clinic: Clinic, visit: uuid.UUID) -> None:  # noqa: F811
    held = queued(clinic, "clinic_visits", visit, QueueState.HELD, reason="scope")
    with pytest.raises(NotStoppedError):
        SyncItems(clinic.desk()).send_anew(held)
    (item,) = clinic.rows(SyncQueueItem)
    assert item.mutation_id == held


def test_the_log_for_it_names_codes_and_identifiers_and_nothing_of_a_person(
    clinic: Clinic,  # noqa: F811
    allergy: uuid.UUID,
    tmp_path: Path,
) -> None:
    mutation = queued(clinic, "allergies", allergy, QueueState.REJECTED, reason="invalid", at_fault=("severity",))
    file = tmp_path / "log.json"
    SyncItems(clinic.desk()).export_log(file)
    text = file.read_text()
    (stopped,) = json.loads(text)["stopped"]
    assert (stopped["mutation"], stopped["reason"], stopped["fields"]) == (str(mutation), "invalid", ["notes"])
    for personal in ("Iris", "Sample", "after", "Tree nuts", clinic.nurse.name, str(clinic.nurse.id)):
        assert personal not in text
    (audited,) = clinic.rows(AuditLog, AuditLog.action == AuditAction.EXPORT)
    assert (audited.entity_type, audited.success) == ("SyncSession", True)


def test_a_place_that_takes_no_file_is_said(clinic: Clinic, tmp_path: Path) -> None:  # noqa: F811
    with pytest.raises(LogNotWrittenError):
        SyncItems(clinic.desk()).export_log(tmp_path / "missing" / "log.json")
