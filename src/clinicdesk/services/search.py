"""Finding people while typing: students with badges, staff; one audit row per search that was used or rested (D34)."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import hmac
import uuid
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.domain import name_forms
from clinicdesk.domain.people import PersonName
from clinicdesk.domain.permissions import POLICY, Act
from clinicdesk.models import Student, User
from clinicdesk.models.enums import AuditAction
from clinicdesk.security.derivation import wipe
from clinicdesk.services.chart_reading import badges_of
from clinicdesk.services.desk import Desk
from clinicdesk.services.student_values import StudentBadge
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import students as queries
from clinicdesk.storage.search import StudentHit, search_students

_HASH_PURPOSE = "search-hash/v1"
MOST_HITS = 20


class Reach(enum.StrEnum):
    """How far a search goes; beyond the desk's own school it is on record."""

    SCHOOL = "SCHOOL"
    DISTRICT = "DISTRICT"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundStudent:
    """One line of the list. `same_name` marks those whom another line could be taken for (M1)."""

    id: uuid.UUID
    name: PersonName
    birth_date: dt.date
    grade: str
    school: str
    here: bool
    number: str | None
    photo: str | None
    is_active: bool
    badges: tuple[StudentBadge, ...]
    same_name: bool
    near: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAnswer:
    """The answer to one query: active students first."""

    query: str
    reach: Reach
    students: tuple[FoundStudent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundStaff:
    """A person of the staff."""

    id: uuid.UUID
    name: str
    role: str
    job: str


class Search:
    """Looks people up. Nothing is written while somebody types; `used` and `rested` leave the one row."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def students(self, query: str, *, reach: Reach = Reach.SCHOOL, limit: int = MOST_HITS) -> SearchAnswer:
        """Students by name, number, date of birth; `reach` widens from this school to all the person's."""
        with self._desk.look(Act.SEARCH_STUDENTS, schools=(self._desk.school.id,)) as session:
            hits = search_students(session, query, schools=self._schools(reach), limit=limit)
            return SearchAnswer(query=query, reach=reach, students=self._found(session, hits))

    def widened(self, query: str, *, limit: int = MOST_HITS) -> SearchAnswer:
        """This school first; where nobody is found here, everywhere the person may look (logged)."""
        here = self.students(query, limit=limit)
        if here.students or not query.strip():
            return here
        everywhere = self.students(query, reach=Reach.DISTRICT, limit=limit)
        return everywhere if everywhere.students else here

    def by_ids(self, students: Iterable[uuid.UUID]) -> tuple[FoundStudent, ...]:
        """The lines of students already known by id, in this order: the recents."""
        wanted = list(dict.fromkeys(students))
        with self._desk.look(Act.SEARCH_STUDENTS, schools=(self._desk.school.id,)) as session:
            rows = {row.id: row for row in session.scalars(sa.select(Student).where(Student.id.in_(wanted)))}
            badges = self._badges(session, [key for key in wanted if key in rows])
            return tuple(self._known(rows[key], badges.get(key, ())) for key in wanted if key in rows)

    def staff(self, query: str, limit: int = MOST_HITS) -> tuple[FoundStaff, ...]:
        """Colleagues whose name begins with each word, or whose role does."""
        words = [name_forms.joined(word) for word in query.split() if name_forms.joined(word)]
        with self._desk.look(Act.SEARCH_STUDENTS, schools=(self._desk.school.id,)) as session:
            people = session.scalars(
                sa.select(User)
                .where(User.is_active, User.deleted_at.is_(None))
                .order_by(User.last_name, User.first_name)
            ).all()
        found = [
            FoundStaff(
                id=one.id, name=f"{one.first_name} {one.last_name}", role=one.role.value, job=one.job_title or ""
            )
            for one in people
            if words and all(_begins(one, word) for word in words)
        ]
        return tuple(found[:limit])

    def used(self, answer: SearchAnswer, opened: Collection[uuid.UUID] = ()) -> None:
        """Write down that this search led somewhere: keyed hash, hits, what was opened (D34)."""
        self._note(answer, opened, "used")

    def rested(self, answer: SearchAnswer) -> None:
        """Write down that this list stood for two seconds without being used."""
        self._note(answer, (), "rested")

    # --- parts --------------------------------------------------------------------------------------------------

    def _note(self, answer: SearchAnswer, opened: Collection[uuid.UUID], how: str) -> None:
        entry = AuditEntry(
            AuditAction.SEARCH,
            "Student",
            student_id=next(iter(opened)) if len(opened) == 1 else None,
            facts={
                "query": self._keyed_hash(answer.query),
                "hits": len(answer.students),
                "opened": [str(key) for key in opened],
                "reach": answer.reach.value,
                "how": how,
            },
        )
        self._desk.note(Act.SEARCH_STUDENTS, entry, schools=(self._desk.school.id,))

    def _keyed_hash(self, query: str) -> str:
        """The same query gives the same hash on this device; without its keys it says nothing."""
        key = self._desk.unlocked.sub_key(_HASH_PURPOSE)
        try:
            return hmac.new(key, " ".join(map(name_forms.joined, query.split())).encode(), hashlib.sha256).hexdigest()
        finally:
            wipe(key)

    def _schools(self, reach: Reach) -> tuple[uuid.UUID, ...] | None:
        """This school, or every school of a grant that lets the person search; None is the whole district."""
        if reach is Reach.SCHOOL:
            return (self._desk.school.id,)
        now = self._desk.now()
        grants = [
            grant
            for grant in self._desk.person.actor.grants
            if grant.holds(now) and grant.role in POLICY[Act.SEARCH_STUDENTS]
        ]
        if any(grant.district_wide for grant in grants):
            return None
        return tuple(sorted({school for grant in grants for school in grant.schools}))

    def _badges(self, session: Session, students: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[StudentBadge, ...]]:
        facts = queries.badge_facts(session, students, self._desk.now(), self._desk.today())
        return {student: badges_of(found) for student, found in facts.items()}

    def _found(self, session: Session, hits: tuple[StudentHit, ...]) -> tuple[FoundStudent, ...]:
        badges = self._badges(session, [hit.id for hit in hits])
        names = {
            hit.id: PersonName(first=hit.first_name, last=hit.last_name, preferred=hit.preferred_name) for hit in hits
        }
        spellings = Counter(form for name in names.values() for form in _forms(name))
        here = self._desk.school.id
        return tuple(
            FoundStudent(
                id=hit.id,
                name=names[hit.id],
                birth_date=hit.date_of_birth,
                grade=hit.grade,
                school=hit.school or "",
                here=hit.school_id == here,
                number=hit.number,
                photo=hit.photo,
                is_active=hit.is_active,
                badges=badges.get(hit.id, ()),
                same_name=any(spellings[form] > 1 for form in _forms(names[hit.id])),
                near=hit.near,
            )
            for hit in hits
        )

    def _known(self, row: Student, badges: tuple[StudentBadge, ...]) -> FoundStudent:
        return FoundStudent(
            id=row.id,
            name=PersonName(first=row.first_name, last=row.last_name, preferred=row.preferred_name),
            birth_date=row.date_of_birth,
            grade=row.grade,
            school="",
            here=row.school_id == self._desk.school.id,
            number=row.student_number,
            photo=row.photo,
            is_active=row.is_active,
            badges=badges,
            same_name=False,
            near=False,
        )


def _forms(name: PersonName) -> frozenset[str]:
    """The spellings under which two people count as of one name."""
    last = name_forms.joined(name.last)
    return frozenset(f"{name_forms.joined(first)} {last}" for first in {name.first, name.called})


def _begins(person: User, word: str) -> bool:
    parts = (person.first_name, person.last_name, person.role.value, person.job_title or "")
    return any(name_forms.joined(piece).startswith(word) for part in parts for piece in (part, *part.split()))
