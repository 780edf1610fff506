"""Who lives in the demonstration district: schools, students with their families, and staff, all from one seed."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from clinicdesk.demonstration import names

STUDENTS = 9_000
PLAN_STUDENTS = 357
"""Of 9,000 with 11.4 encounters each, those who have a health plan: 118 a year against 7 (domain-rules 2)."""

TWINS_EVERY = 90
TWO_SCHOOLS_EVERY = 150
SHARED_CONTACT_EVERY = 9


def number_id(kind: str, number: int) -> str:
    """The source key of a roster row."""
    return f"demo-{kind}-{number:05d}"


@dataclass(frozen=True, slots=True)
class SchoolPlan:
    source_id: str
    code: str
    name: str
    grades: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GuardianPlan:
    source_id: str
    first_name: str
    last_name: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class StudentPlan:
    """An invented student; `schools` are positions in the list of schools, the primary one first."""

    source_id: str
    number: str
    first_name: str
    last_name: str
    born: dt.date
    sex: str
    grade: str
    homeroom: str
    schools: tuple[int, ...]
    guardians: tuple[GuardianPlan, ...]
    has_plan: bool


@dataclass(frozen=True, slots=True)
class StaffPlan:
    """A nurse or an aide, with the positions of the schools served; the sign-in name is the e-mail's first part."""

    id: uuid.UUID
    first_name: str
    last_name: str
    role: str
    credentials: str | None
    schools: tuple[int, ...]

    @property
    def sign_in(self) -> str:
        return self.last_name.lower().replace("ø", "o").replace("ó", "o").split("-")[0]

    @property
    def email(self) -> str:
        return f"{self.sign_in}@example.org"


@dataclass(frozen=True, slots=True)
class DistrictPlan:
    """The whole population of the demonstration."""

    seed: int
    year_start: dt.date
    year_end: dt.date
    schools: tuple[SchoolPlan, ...]
    students: tuple[StudentPlan, ...]
    staff: tuple[StaffPlan, ...]


def plan_district(seed: int, today: dt.date, students: int = STUDENTS) -> DistrictPlan:
    """The same seed and day give the same district. `students` scales it down for tests."""
    chance = random.Random(seed)  # noqa: S311 - invented people, not secrets
    first_year = today.year if today.month >= 8 else today.year - 1
    start = dt.date(first_year, 8, 31)
    schools = tuple(
        SchoolPlan(number_id("org", at + 1), f"TV{at + 1:02d}", name, tuple(grades.split(",")))
        for at, (name, grades) in enumerate(names.SCHOOLS)
    )
    return DistrictPlan(
        seed,
        start,
        dt.date(first_year + 1, 6, 18),
        schools,
        tuple(_students(chance, schools, start, students)),
        tuple(_staff(chance, len(schools))),
    )


def _students(
    chance: random.Random, schools: tuple[SchoolPlan, ...], start: dt.date, count: int
) -> Iterator[StudentPlan]:
    plans = set(chance.sample(range(count), round(count * PLAN_STUDENTS / STUDENTS)))
    twin: StudentPlan | None = None
    for number in range(count):
        at = number % len(schools)
        school = schools[at]
        grade = chance.choice(school.grades)
        first = chance.choice(names.FIRST_NAMES)
        if twin is not None:
            yield _twin_of(twin, number, first if first != twin.first_name else "Juno", number in plans)
            twin = None
            continue
        last = chance.choice(names.LAST_NAMES)
        student = StudentPlan(
            source_id=number_id("user", number + 1),
            number=f"{100 + at:03d}-{number + 1:05d}",
            first_name=first,
            last_name=last,
            born=_birthday(chance, grade, start),
            sex=chance.choice(("female", "male")),
            grade=grade,
            homeroom=str(chance.randint(1, 40)),
            schools=(at, (at + 1) % len(schools)) if number % TWO_SCHOOLS_EVERY == 7 else (at,),
            guardians=tuple(_guardians(chance, number, last)),
            has_plan=number in plans,
        )
        if number % TWINS_EVERY == 0 and number + 1 < count:
            twin = student
        yield student


def _twin_of(student: StudentPlan, number: int, first: str, has_plan: bool) -> StudentPlan:
    """Same family, same day, same school: what an import must never merge by itself."""
    return StudentPlan(
        source_id=number_id("user", number + 1),
        number=f"{student.number[:3]}-{number + 1:05d}",
        first_name=first,
        last_name=student.last_name,
        born=student.born,
        sex=student.sex,
        grade=student.grade,
        homeroom=student.homeroom,
        schools=student.schools[:1],
        guardians=student.guardians,
        has_plan=has_plan,
    )


def _birthday(chance: random.Random, grade: str, start: dt.date) -> dt.date:
    years = {"PK": 4, "KG": 5}.get(grade) or int(grade) + 5
    return dt.date(start.year - years - 1, 9, 1) + dt.timedelta(days=chance.randint(0, 364))


def _guardians(chance: random.Random, number: int, last: str) -> Iterator[GuardianPlan]:
    for order in range(1 if number % SHARED_CONTACT_EVERY == 0 else 2):
        first = chance.choice(names.FIRST_NAMES)
        family = last if order == 0 else chance.choice(names.LAST_NAMES)
        key = number * 2 + order + 1
        yield GuardianPlan(
            number_id("guardian", key), first, family, f"555-01{key % 100:02d}", f"guardian{key}@example.org"
        )


def _staff(chance: random.Random, schools: int) -> Iterator[StaffPlan]:
    def person(at: int, first: str, last: str, role: str, credentials: str | None, where: tuple[int, ...]) -> StaffPlan:
        return StaffPlan(uuid.UUID(int=chance.getrandbits(128), version=4), first, last, role, credentials, where)

    for at, (first, last) in enumerate(names.NURSES):
        # The last nurse goes round: many a nurse serves two to four schools.
        where = (at,) if at < schools else tuple(range(1, 5))
        yield person(at, first, last, "NURSE", "RN", where)
    for at, (first, last) in enumerate(names.AIDES):
        yield person(at, first, last, "HEALTH_AIDE", None, (at % schools,))
