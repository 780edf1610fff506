"""A desk enters a student whom the district keeps elsewhere: her rows stay while anything waits, then they go (D10)."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from tests.integration.sync.conftest import NewDesk
from tests.support.district import NOW, Town
from tests.support.faulty import LosesAnswers
from tests.support.sync_rows import a_student, a_visit
from tests.support.workstation import Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.models import Student, StudentEnrollment
from clinicdesk.models.enums import EnrollmentStatus
from clinicdesk.server import epochs
from clinicdesk.server.review import Review, Wanted
from clinicdesk.sync.errors import UnreachableError
from clinicdesk.sync.protocol import UNASSIGNED

LONG_AGO = NOW.date() - dt.timedelta(days=200)


def long_gone(town: Town) -> tuple[Student, StudentEnrollment]:
    """She left longer ago than the last school keeps anybody."""
    student, enrolment = a_student(town, None)
    student.school_id, student.left_on = uuid.UUID(town.oak), LONG_AGO
    return student, enrolment


def scopes(town: Town, student: str) -> set[str]:
    found = town.query("SELECT scope_id::text FROM scope_members WHERE anchor_id = %s", student)
    return {scope for (scope,) in found}


def is_here(desk: Workstation, student: str) -> bool:
    return bool(desk.rows("SELECT id FROM students WHERE id = ?", student))


def test_a_student_whom_the_district_keeps_elsewhere_goes_once_she_is_acknowledged(
    town: Town, ann: Workstation, second: Workstation
) -> None:
    student, _enrolment = long_gone(town)
    key = ann.insert(student, a_visit(town, str(student.id), notes="Seen at the open day"))
    ann.sync()
    assert scopes(town, key) == {UNASSIGNED}
    assert not is_here(ann, key)
    assert ann.rows("SELECT id FROM clinic_visits WHERE notes = 'Seen at the open day'") == []
    assert ann.sync().pulled == 0
    second.sync()
    assert not is_here(second, key)
    assert_equal_to_district(ann, second)
    assert_nothing_lost(town, ann)


def test_a_session_cut_before_its_pull_lets_her_go_in_the_next(town: Town, ann: Workstation) -> None:
    student, _enrolment = long_gone(town)
    key = ann.insert(student)
    with pytest.raises(UnreachableError):
        ann.session(LosesAnswers(ann.direct(), "/v1/pull")).run()
    assert is_here(ann, key)
    ann.sync()
    assert not is_here(ann, key)


@pytest.mark.parametrize("school", [pytest.param("oak", marks=pytest.mark.prove), "elm"])
def test_she_stays_as_long_as_her_enrolment_waits_and_then_is_where_it_says(
    town: Town, ann: Workstation, new_desk: NewDesk, school: str
) -> None:
    office = new_desk(town.dora, everything=True)
    student, enrolment = long_gone(town)
    enrolment.school_id, enrolment.status = uuid.UUID(getattr(town, school)), EnrollmentStatus.CONFIRMED
    key = ann.insert(student, enrolment)
    ann.sync()
    ann.sync()
    assert [item["state"] for item in ann.queue("HELD")] == ["HELD"]
    assert scopes(town, key) == {UNASSIGNED}
    assert is_here(ann, key)
    Review(town.database, town.clock).release(Wanted(), "dora@example.org")
    for desk in (ann, office):
        desk.sync()
    assert scopes(town, key) == {getattr(town, school)}
    assert is_here(office, key)
    assert is_here(ann, key) is (school == "oak")
    assert_equal_to_district(ann, office)
    assert_nothing_lost(town, ann)


@pytest.mark.prove
def test_she_comes_back_with_an_enrolment_at_the_school(town: Town, ann: Workstation, new_desk: NewDesk) -> None:
    office = new_desk(town.dora, everything=True)
    student, enrolment = long_gone(town)
    key = ann.insert(student, a_visit(town, str(student.id), notes="Seen at the open day"))
    for desk in (ann, office):
        desk.sync()
    assert not is_here(ann, key)
    office.insert(enrolment)
    for desk in (office, ann):
        desk.sync()
    assert is_here(ann, key)
    assert len(ann.rows("SELECT id FROM clinic_visits WHERE notes = 'Seen at the open day'")) == 1
    assert_equal_to_district(ann, office)


def test_a_session_cut_after_the_answer_takes_nobody_away_who_belongs_here(town: Town, ann: Workstation) -> None:
    key = ann.insert(*a_student(town, None))
    with pytest.raises(UnreachableError):
        ann.session(LosesAnswers(ann.direct(), "/v1/pull")).run()
    assert ann.queue("PENDING", "IN_FLIGHT") == []
    for _session in range(2):
        totals = ann.sync()
        assert is_here(ann, key)
    assert (totals.removed, totals.repaired, totals.mismatches) == (0, 0, 0)
    assert_equal_to_district(ann)


def test_what_a_restored_district_takes_and_keeps_elsewhere_goes_as_well(town: Town, ann: Workstation) -> None:
    """Its answer comes while rows are only compared (s17): she has no copy here, and no pull brings her."""
    gone, _enrolment = long_gone(town)
    key, here = ann.insert(gone), ann.insert(*a_student(town, None))
    with town.database.owning() as connection:
        epochs.begin(connection, "workstation", town.clock.now())
    ann.sync()
    assert scopes(town, key) == {UNASSIGNED}
    assert (is_here(ann, key), is_here(ann, here)) == (False, True)
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)
