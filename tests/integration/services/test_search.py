"""Finding students and staff on a real encrypted file."""

from __future__ import annotations

import pytest
from tests.support.busy_day import busy_day, students_of
from tests.support.desk import Clinic

from clinicdesk.core.errors import PermissionDeniedError
from clinicdesk.models import AuditLog, Student
from clinicdesk.models.enums import AuditAction
from clinicdesk.services.search import Reach, Search
from clinicdesk.services.student_values import BadgeKind


def test_two_of_one_name_are_marked_and_a_third_is_not(clinic: Clinic) -> None:
    day = students_of(clinic)
    found = Search(clinic.desk()).students("obri").students
    assert {one.id for one in found if one.same_name} == {day.students["siobhan"], day.students["siobhan2"]}
    assert [one.name.last for one in found][-1] == "Obri-Tetteh"


@pytest.mark.parametrize("typed", ["obrien", "o'brien", "O’BRIEN", "siobhan obrien", "Siobhán", "2014-04-22", "obrein"])
def test_accents_apostrophes_case_birth_date_and_one_typo_find_the_student(clinic: Clinic, typed: str) -> None:
    day = students_of(clinic)
    assert day.students["siobhan"] in {one.id for one in Search(clinic.desk()).students(typed).students}


def test_badges_say_what_threatens_the_student(clinic: Clinic) -> None:
    busy_day(clinic)
    (amara,) = Search(clinic.desk()).students("okonkwo").students
    kinds = [badge.kind for badge in amara.badges]
    assert kinds[0] is BadgeKind.ALLERGY
    assert amara.badges[0].subject == "Peanut"
    assert {BadgeKind.PLAN, BadgeKind.CONTROLLED, BadgeKind.CONFLICT} <= set(kinds)
    (isla,) = Search(clinic.desk()).students("macgillivray").students
    assert [badge.kind for badge in isla.badges] == [BadgeKind.CONSENT]
    (tobias,) = Search(clinic.desk()).students("grønlund").students
    assert BadgeKind.OVERDUE in {badge.kind for badge in tobias.badges}


def test_inactive_students_come_after_all_others(clinic: Clinic) -> None:
    gone, here = clinic.student("Anna", "Quist"), clinic.student("Zara", "Quist")
    with clinic.pulled() as work:
        work.session.get_one(Student, gone).is_active = False
    assert [one.id for one in Search(clinic.desk()).students("quist").students] == [here, gone]


def test_a_search_that_finds_nobody_here_goes_on_in_the_persons_other_schools(clinic: Clinic) -> None:
    away = clinic.student("Ida", "Nyqvist", school=clinic.other_school)
    search = Search(clinic.desk(clinic.second_nurse, school=clinic.school))
    answer = search.widened("nyqvist")
    assert [one.id for one in answer.students] == [away]
    assert answer.reach is Reach.DISTRICT
    assert not answer.students[0].here


def test_a_nurse_of_one_school_does_not_find_students_of_another(clinic: Clinic) -> None:
    clinic.student("Ida", "Nyqvist", school=clinic.other_school)
    assert Search(clinic.desk()).widened("nyqvist").students == ()


def test_a_used_search_leaves_one_row_with_a_keyed_hash_and_never_the_words(clinic: Clinic) -> None:
    day = students_of(clinic)
    search = Search(clinic.desk())
    answer = search.students("obrien")
    assert clinic.count(AuditLog, AuditLog.action == AuditAction.SEARCH) == 0
    search.used(answer, (day.students["siobhan"],))
    (row,) = clinic.rows(AuditLog, AuditLog.action == AuditAction.SEARCH)
    facts = row.metadata_ or {}
    assert facts["hits"] == 2
    assert facts["opened"] == [str(day.students["siobhan"])]
    assert facts["how"] == "used"
    assert "brien" not in str(facts).lower()
    search.rested(search.students("O'Brien"))
    rested = clinic.rows(AuditLog, AuditLog.action == AuditAction.SEARCH)[1]
    assert (rested.metadata_ or {})["query"] == facts["query"]


def test_staff_are_found_by_name_and_by_role(clinic: Clinic) -> None:
    search = Search(clinic.desk())
    assert [one.name for one in search.staff("ren")] == ["Renata Olszewski"]
    assert {one.name for one in search.staff("nurse")} == {"Renata Olszewski", "Ines Carvalho"}
    assert search.staff("") == ()


def test_nobody_searches_a_school_that_is_not_theirs(clinic: Clinic) -> None:
    students_of(clinic)
    with pytest.raises(PermissionDeniedError):
        Search(clinic.desk(clinic.viewer, school=clinic.other_school)).students("obrien")
