"""Finding a student while typing (D61)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from tests.support.databases import NOW, TestDesk, a_student

from clinicdesk.core.identifiers import new_id
from clinicdesk.models import Allergy, ChronicCondition, School, Student, StudentEnrollment
from clinicdesk.models.enums import AllergySeverity
from clinicdesk.storage.queries.students import badge_facts
from clinicdesk.storage.search import StudentHit, search_students

Find = Callable[..., list[str]]

PEOPLE = [
    ("O'Brien", "Liam"), ("Núñez", "José"), ("Smith", "Mary-Jane"), ("Smithson", "Ada"), ("De la Cruz", "Noé"),
    ("Straße", "Bjørn"), ("Łukasiewicz", "Zofia"), ("Al-Sayed", "Amira"), ("Null", "Noor"), ("Nguyễn", "Thị"),
    ("Андреев", "Юрий"), ("Gonzalez", "Eva"), ("Li", "An"),
]  # fmt: skip


@pytest.fixture
def school(desk: TestDesk) -> TestDesk:
    """The school with a class of people whose names are awkward to type."""
    with desk.store.apply(desk.applying) as work:
        work.session.execute(sa.delete(StudentEnrollment))
        work.session.execute(sa.delete(Student))
        for number, (last, first) in enumerate(PEOPLE):
            work.session.add(
                a_student(new_id(), desk.school, last_name=last, first_name=first, number=f"8810{number:02}")
            )
    return desk


@pytest.fixture
def find(school: TestDesk) -> Find:
    """The last names found for a text."""

    def names(text: str, **options: object) -> list[str]:
        return [hit.last_name for hit in hits(school, text, **options)]

    return names


def hits(desk: TestDesk, text: str, **options: object) -> tuple[StudentHit, ...]:
    with desk.store.read() as session:
        return search_students(session, text, **options)  # type: ignore[arg-type]  # handed through


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("O'Brien", ["O'Brien"]), ("obrien", ["O'Brien"]), ("o’brien", ["O'Brien"]), ("OBRI", ["O'Brien"]),
        ("brien", ["O'Brien"]),
        ("Ñúñez", ["Núñez"]), ("nunez", ["Núñez"]), ("NÚÑEZ", ["Núñez"]), ("jose nun", ["Núñez"]),
        ("nun, jos", ["Núñez"]), ("mary-jane", ["Smith"]), ("maryjane", ["Smith"]), ("mary jane", ["Smith"]),
        ("delacruz", ["De la Cruz"]), ("de la", ["De la Cruz"]), ("cruz", ["De la Cruz"]), ("strasse", ["Straße"]),
        ("straße", ["Straße"]), ("bjorn", ["Straße"]), ("lukas", ["Łukasiewicz"]), ("alsayed", ["Al-Sayed"]),
        ("sayed", ["Al-Sayed"]), ("null", ["Null"]), ("nguyen thi", ["Nguyễn"]), ("nguyễn", ["Nguyễn"]),
        ("андр", ["Андреев"]), ("юрий", ["Андреев"]), ("li an", ["Li"]),
    ],
)  # fmt: skip
def test_f22_names_are_found_however_they_are_typed(find: Find, text: str, found: list[str]) -> None:
    assert find(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("smiht", ["Smith", "Smithson"]),
        ("gonsalez", ["Gonzalez"]),
        ("onzalez", ["Gonzalez"]),
        ("ginzalez", ["Gonzalez"]),
        ("gonzalles", []),
        ("nunes", ["Núñez"]),
        ("obrein liam", ["O'Brien"]),
        ("bien", ["O'Brien"]),
        ("bie", []),
        ("gon5alez", []),
    ],
)
def test_one_typing_error_is_forgiven_from_four_letters(school: TestDesk, text: str, found: list[str]) -> None:
    near = hits(school, text)
    assert [hit.last_name for hit in near] == found
    assert all(hit.near for hit in near)


def test_exact_hits_stand_before_near_ones(find: Find, school: TestDesk) -> None:
    assert find("smith") == ["Smith", "Smithson"]
    with school.store.apply(school.applying) as work:
        work.session.add(a_student(new_id(), school.school, last_name="Abbey", first_name="Smyth"))
    found = hits(school, "smith")
    assert [(hit.last_name, hit.near) for hit in found] == [("Smith", False), ("Smithson", False), ("Abbey", True)]


@pytest.mark.parametrize(("text", "found"), [("881003", ["Smithson"]), ("8810", len(PEOPLE)), ("3", [])])
def test_a_student_number_is_found_by_its_beginning(find: Find, text: str, found: list[str] | int) -> None:
    assert find(text) == found if isinstance(found, list) else len(find(text)) == found


def test_a_preferred_name_is_a_name_and_a_birth_date_narrows(school: TestDesk, find: Find) -> None:
    with school.store.apply(school.applying) as work:
        work.session.execute(
            sa.update(Student)
            .where(Student.last_name == "Smith")
            .values(preferred_name="Möwe", date_of_birth=dt.date(2013, 7, 9))
        )
    assert find("mowe") == ["Smith"]
    for text in ("2013-07-09", "7/9/2013", "7-9-2013", "smith 7/9/2013"):
        assert find(text) == ["Smith"]
    assert find("smithson 7/9/2013") == []
    assert find("31/31/2013") == []


@pytest.mark.parametrize(
    "text", ["", "   ", "'", '" OR *', "NEAR(", "smith) OR (x", "{names}: x", "a*b^c", "\0", "-", "AND"]
)
def test_t15_query_syntax_is_only_text(find: Find, text: str) -> None:
    assert set(find(text)) <= {"Li", "Al-Sayed", "Nguyễn", "Łukasiewicz", "Andreev", "Smithson"}


def test_people_are_ordered_by_name_and_inactive_ones_come_last(school: TestDesk, find: Find) -> None:
    with school.store.apply(school.applying) as work:
        work.session.execute(sa.update(Student).where(Student.last_name == "Al-Sayed").values(is_active=False))
    everybody = find("8810")
    assert everybody[-1] == "Al-Sayed"
    assert everybody[:4] == ["De la Cruz", "Gonzalez", "Li", "Łukasiewicz"]
    assert "Al-Sayed" not in find("8810", include_inactive=False)
    assert find("8810", limit=2) == ["De la Cruz", "Gonzalez"]


def test_deleted_students_and_aliases_are_not_found_and_come_back(school: TestDesk, find: Find) -> None:
    smith = sa.update(Student).where(Student.last_name == "Smith")
    with school.store.read() as session:
        other = session.scalars(sa.select(Student.id).where(Student.last_name == "Null")).one()
    hidden: tuple[dict[str, object], dict[str, object]] = ({"deleted_at": NOW}, {"merged_into_id": other})
    for change in hidden:
        with school.store.apply(school.applying) as work:
            work.session.execute(smith.values(**change))
        assert find("smith") == ["Smithson"]
        with school.store.apply(school.applying) as work:
            work.session.execute(smith.values(**dict.fromkeys(change)))
        assert find("smith") == ["Smith", "Smithson"]


def test_a_school_finds_its_own_students_by_place_and_by_enrolment(school: TestDesk, find: Find) -> None:
    second = new_id()
    with school.store.apply(school.applying) as work:
        work.session.add(School(id=second, name="River School", code="PW02", district_id=school.district))
        work.session.flush()
        key = work.session.scalars(sa.select(Student.id).where(Student.last_name == "Null")).one()
        enrolment = StudentEnrollment(student_id=key, school_id=second, starts_on=dt.date(2026, 8, 20))
        work.session.add(enrolment)
        work.session.flush()
        enrolment_id = enrolment.id
    assert find("null", schools=[second]) == ["Null"]
    assert find("8810", schools=[second]) == ["Null"]
    assert find("smithson", schools=[second]) == []
    assert find("smithson", schools=[second, school.school]) == ["Smithson"]
    assert find("smithson", schools=[]) == []
    with school.store.apply(school.applying) as work:
        work.session.execute(
            sa.update(StudentEnrollment).where(StudentEnrollment.id == enrolment_id).values(deleted_at=NOW)
        )
    assert find("null", schools=[second]) == []


def test_raw_sql_and_removed_rows_keep_the_index_true(school: TestDesk, find: Find) -> None:
    with school.store.write(school.context, attempt=school.entry()) as work:
        work.session.execute(sa.text("UPDATE students SET last_name = 'Quartz' WHERE last_name = 'Null'"))
    assert (find("null"), find("quartz")) == ([], ["Quartz"])
    with school.store.apply(school.retaining) as work:
        work.session.execute(sa.delete(Student).where(Student.last_name == "Quartz"))
    assert find("quartz") == []
    with school.engine.connect() as connection:
        connection.exec_driver_sql("INSERT INTO student_search (student_search) VALUES ('integrity-check')")


def test_d26_badges_show_what_matters_also_of_a_merged_record(school: TestDesk) -> None:
    with school.store.apply(school.applying) as work:
        smith, alias = (
            work.session.scalars(sa.select(Student.id).where(Student.last_name == name)).one()
            for name in ("Smithson", "Null")
        )
        work.session.execute(sa.update(Student).where(Student.id == alias).values(merged_into_id=smith))
        work.session.add(Allergy(student_id=alias, allergen="Peanut", severity=AllergySeverity.SEVERE))
        work.session.add(
            ChronicCondition(
                student_id=smith,
                condition="Asthma",
                diagnosed_date=dt.date(2020, 1, 1),
                care_plan="Inhaler",
                diagnosed_by_name="Dr. Willow",
            )
        )
        work.session.add(Allergy(student_id=smith, allergen="Peanut", severity=AllergySeverity.SEVERE))
    (hit,) = hits(school, "smithson")
    (other,) = hits(school, "gonzalez")
    with school.store.read() as session:
        badges = badge_facts(session, [other.id, hit.id], NOW, NOW.date())
    assert badges == {smith: [("ALLERGY", "Peanut", "SEVERE"), ("CARE_PLAN", "Asthma", "")]}
    assert (hit.school, hit.number, hit.date_of_birth) == ("Old Mill School", "881003", dt.date(2014, 3, 2))
