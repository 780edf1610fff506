"""Students of a package against those of the desk: who is who, what changes, who leaves."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from clinicdesk.domain import name_forms
from clinicdesk.domain.matching import Ground, Outcome, PersonFacts, Verdict, match_people
from clinicdesk.domain.roster.attendance import EnrollmentPlanner, StatedAttendance
from clinicdesk.domain.roster.difference import Action, Draft, Undecided
from clinicdesk.domain.roster.held import (
    HeldRoster,
    Kind,
    LinkKind,
    NumberStatus,
    StudentFacts,
)
from clinicdesk.domain.roster.records import (
    Demographics,
    FileMode,
    Problem,
    RosterFile,
    RosterPackage,
    RosterSex,
    RosterUser,
    RowFinding,
    RowPlace,
)

UNSTATED_GENDER = "PREFER_NOT_TO_SAY"
_GENDERS = {
    RosterSex.MALE: "MALE",
    RosterSex.FEMALE: "FEMALE",
    RosterSex.OTHER: "OTHER",
    RosterSex.UNSPECIFIED: UNSTATED_GENDER,
}
_UNKNOWN_GRADE = "UG"
Decisions = Mapping[str, uuid.UUID | None]
"""What a person decided on undecided students: the known student, or None for somebody new."""


class StudentPlanner:
    """Plans every student of one package, enrolments included. `matched` maps the keys to rows when it is done."""

    def __init__(
        self,
        package: RosterPackage,
        held: HeldRoster,
        draft: Draft,
        *,
        stated: StatedAttendance,
        schools: Mapping[str, uuid.UUID],
        homerooms: Mapping[str, str],
        decisions: Decisions,
        new_id: Callable[[], uuid.UUID],
        today: dt.date,
    ) -> None:
        self._package = package
        self._held = held
        self._draft = draft
        self._stated = stated
        self._schools = schools
        self._homerooms = homerooms
        self._decisions = decisions
        self._new_id = new_id
        self._today = today
        self._users = {user.place.source_id: user for user in package.users}
        self._demographics = {row.place.source_id: row for row in package.demographics}
        self._set_aside_the_unborn()
        self._linked = {key: row for key, row in held.linked(LinkKind.STUDENT).items() if row in held.students}
        self._enrollments = EnrollmentPlanner(held, stated, draft, new_id, today)
        self._sourced = {facts.sourced_id for facts in held.students.values()}
        self._leaving = self._leaving_keys()
        self.matched: dict[str, uuid.UUID] = {}
        self.leaving = 0
        self.active_before = sum(1 for facts in held.students.values() if facts.is_active)

    def plan(self) -> None:
        """Fill the draft: first who leaves and who is who, then every change."""
        candidates = self._student_users()
        verdicts = self._verdicts(candidates)
        numbers = Counter(user.identifier for user in candidates if user.identifier)
        holders = self._holders(candidates, verdicts)
        for user in candidates:
            verdict = verdicts[user.place.source_id]
            if verdict.outcome is Outcome.PROBABLE or not self._can_be_kept(user, verdict):
                continue
            row_id = uuid.UUID(verdict.known) if verdict.known is not None else self._new_id()
            self.matched[user.place.source_id] = row_id
            free = numbers[user.identifier] == 1 and holders.get(user.identifier, row_id) == row_id
            self._plan_one(user, row_id, verdict, number_free=free)
        waiting = {uuid.UUID(other.key) for one in self._draft.undecided for other in one.verdict.candidates}
        self._plan_unstated(waiting)
        stated_rows = set(self.matched.values())
        for key in self._leaving:
            if self._linked[key] in waiting - stated_rows:
                # Whoever may be meant by a row that waits for a person does not leave before she has spoken.
                self._draft.unchanged[Kind.STUDENT] += 1
            elif self._linked[key] in stated_rows:
                # The source gave the student a new key; the old one means nobody any more.
                self._draft.links_dropped.add((LinkKind.STUDENT, key))
            else:
                self._plan_leaver(key)

    def _set_aside_the_unborn(self) -> None:
        for key, row in list(self._demographics.items()):
            if row.birth_date is not None and row.birth_date > self._today:
                stated = row.birth_date.isoformat()
                finding = RowFinding(row.place, "birthDate", Problem.DATE_OUT_OF_RANGE, stated)
                self._draft.quarantined.append(finding)
                del self._demographics[key]

    def _student_users(self) -> list[RosterUser]:
        """Users who are students by a role, a class or memory; others of the package are adults or unexplained."""
        return [user for key, user in self._users.items() if key in self._linked or key in self._stated.by_student]

    def _can_be_kept(self, user: RosterUser, verdict: Verdict) -> bool:
        """Somebody new needs a birth date and a school: else no chart can be told apart or reached."""
        if verdict.known is not None:
            return True
        key = user.place.source_id
        if self._birth_date(key) is None:
            self._draft.quarantined.append(RowFinding(user.place, "birthDate", Problem.NO_BIRTH_DATE))
            return False
        if all(support.over(self._today) for support in self._stated.by_student.get(key, ())):
            self._draft.quarantined.append(RowFinding(user.place, "orgSourcedId", Problem.NO_SCHOOL))
            return False
        return True

    def _verdicts(self, users: list[RosterUser]) -> dict[str, Verdict]:
        guardians = _guardians_by_student(self._held)
        known = [
            _facts_of(row_id, facts, self._schools_of(row_id, facts), guardians.get(row_id, frozenset()))
            for row_id, facts in self._held.students.items()
        ]
        stated = [self._incoming(user) for user in users]
        remembered = {key: str(row_id) for key, row_id in self._linked.items()}
        gone = {str(self._linked[key]) for key in self._leaving}
        spoken_for = frozenset(remembered.values()) - gone
        verdicts = match_people(stated, known, remembered=remembered, spoken_for=spoken_for)
        by_key = {person.key: person for person in stated}
        for user in users:
            self._settle(user, verdicts, by_key[user.place.source_id])
        return verdicts

    def _settle(self, user: RosterUser, verdicts: dict[str, Verdict], incoming: PersonFacts) -> None:
        """A person's decision ends the doubt; without one the student waits."""
        key = user.place.source_id
        verdict = verdicts[key]
        if verdict.outcome is not Outcome.PROBABLE:
            return
        if key not in self._decisions:
            self._draft.undecided.append(Undecided(user.place, incoming, verdict))
            return
        same_as = self._decisions[key]
        if str(same_as) in {other.known for other in verdicts.values()}:
            # One record is never two students, not even by a person's word.
            self._draft.undecided.append(Undecided(user.place, incoming, verdict))
        elif same_as is not None and same_as in self._held.students:
            verdicts[key] = Verdict(Outcome.MATCH, str(same_as), (Ground.DECIDED,), verdict.candidates)
        else:
            verdicts[key] = Verdict(Outcome.NEW, None, (Ground.DECIDED,), verdict.candidates)

    def _holders(self, users: list[RosterUser], verdicts: Mapping[str, Verdict]) -> dict[str, uuid.UUID]:
        """Whose each number is when the import is done, but for those whom this package gives another one."""
        given = {
            uuid.UUID(known): user.identifier
            for user in users
            if user.identifier and (known := verdicts[user.place.source_id].known) is not None
        }
        return {
            facts.number: row_id
            for row_id, facts in self._held.students.items()
            if facts.number and given.get(row_id, facts.number) == facts.number
        }

    def _plan_one(self, user: RosterUser, row_id: uuid.UUID, verdict: Verdict, *, number_free: bool) -> None:
        key = user.place.source_id
        if self._linked.get(key) != row_id:
            self._draft.remember(LinkKind.STUDENT, key, row_id, student_id=row_id)
        before = self._held.students.get(row_id)
        enrolled = self._enrollments.plan(row_id, key, leaves=False, primary_org=self._schools.get(user.primary_org))
        active = enrolled.keeps_active(was_active=before is not None and before.is_active)
        school = enrolled.primary_school or (before.school_id if before else None)
        after = self._student_facts(user, before, number_free=number_free)
        after = replace(after, is_active=active, school_id=school, left_on=self._left_on(before, active=active))
        action = None
        if before is not None and before.is_active != active:
            action = Action.RETURN if active else Action.END
            self.leaving += not active
        self._draft.put(Kind.STUDENT, row_id, before, after, user.place, action=action, grounds=verdict.grounds)

    def _student_facts(self, user: RosterUser, before: StudentFacts | None, *, number_free: bool) -> StudentFacts:
        """The stated columns over the held ones; a blank cell clears only the middle name."""
        key = user.place.source_id
        number, state = self._number(user, before, number_free=number_free)
        stated_sex = self._sex(key)
        born = self._birth_date(key) or (before.birth_date if before else None)
        if born is None:
            raise AssertionError("a new student without a birth date was set aside before")
        return StudentFacts(
            first_name=user.given_name,
            last_name=user.family_name,
            birth_date=born,
            gender=_GENDERS[stated_sex] if stated_sex else (before.gender if before else UNSTATED_GENDER),
            grade=user.grade or (before.grade if before else _UNKNOWN_GRADE),
            middle_name=user.middle_name,
            # The nurse may have asked the child: what stands here is not overwritten.
            preferred_name=(before.preferred_name if before else "") or user.preferred_given_name,
            number=number,
            number_state=state,
            homeroom=self._homerooms.get(key) or (before.homeroom if before else ""),
            sourced_id=(before.sourced_id if before else "") or ("" if key in self._sourced else key),
        )

    def _number(
        self, user: RosterUser, before: StudentFacts | None, *, number_free: bool
    ) -> tuple[str | None, NumberStatus]:
        """A number that two students claim belongs to neither until the district says whose it is (D26)."""
        if not user.identifier:
            return (before.number, before.number_state) if before else (None, NumberStatus.PROVISIONAL)
        if number_free:
            return user.identifier, NumberStatus.CONFIRMED
        self._draft.warnings.append(RowFinding(user.place, "identifier", Problem.NUMBER_TAKEN, user.identifier))
        if before is not None and before.number == user.identifier:
            return before.number, before.number_state
        return None, NumberStatus.CONTESTED

    def _plan_unstated(self, waiting: set[uuid.UUID]) -> None:
        """Known students whose own row is not in this package, yet whose birth date, roles or classes are."""
        touched = {
            key
            for key, row_id in self._linked.items()
            if key not in self._users
            and key not in self._leaving
            and key not in self._package.set_aside(RosterFile.USERS)
        }
        moved = self._enrollments.students_touched()
        stated = set(self.matched.values())
        for key in touched:
            row_id = self._linked[key]
            if row_id in stated or row_id in waiting:
                continue
            if key not in self._stated.by_student and key not in self._demographics and row_id not in moved:
                continue
            self.matched[key] = row_id
            before = self._held.students[row_id]
            enrolled = self._enrollments.plan(row_id, key, leaves=False, primary_org=None)
            sex = self._sex(key)
            active = enrolled.keeps_active(was_active=before.is_active)
            after = replace(
                before,
                birth_date=self._birth_date(key) or before.birth_date,
                gender=_GENDERS[sex] if sex else before.gender,
                homeroom=self._homerooms.get(key) or before.homeroom,
                is_active=active,
                school_id=enrolled.primary_school or before.school_id,
                left_on=self._left_on(before, active=active),
            )
            action = None
            if before.is_active != active:
                action = Action.RETURN if active else Action.END
                self.leaving += not active
            self._draft.put(Kind.STUDENT, row_id, before, after, self._place_of(key), action=action)

    def _plan_leaver(self, key: str) -> None:
        row_id = self._linked[key]
        before = self._held.students[row_id]
        enrolled = self._enrollments.plan(row_id, key, leaves=True, primary_org=None)
        if enrolled.live or not before.is_active:
            # Still enrolled by a nurse's word, or gone long since.
            self._draft.unchanged[Kind.STUDENT] += 1
            return
        self.leaving += 1
        after = replace(before, is_active=False, left_on=self._today)
        self._draft.put(
            Kind.STUDENT,
            row_id,
            before,
            after,
            self._package.departed(RosterFile.USERS).get(key),
            action=Action.END,
        )

    def _leaving_keys(self) -> list[str]:
        departed = self._package.departed(RosterFile.USERS)
        bulk = self._package.mode(RosterFile.USERS) is FileMode.BULK
        set_aside = self._package.set_aside(RosterFile.USERS)
        unknown = [key for key in departed if key not in self._linked and not self._is_adult(key)]
        self._draft.warnings += [
            RowFinding(departed[key], "sourcedId", Problem.NOTHING_TO_DELETE, key[:60]) for key in unknown
        ]
        return [
            key for key in self._linked if key in departed or (bulk and key not in self._users and key not in set_aside)
        ]

    def _is_adult(self, key: str) -> bool:
        return (LinkKind.GUARDIAN, key) in self._held.links or (LinkKind.STAFF, key) in self._held.links

    def _left_on(self, before: StudentFacts | None, *, active: bool) -> dt.date | None:
        if active:
            return None
        return before.left_on if before is not None and not before.is_active else self._today

    def _incoming(self, user: RosterUser) -> PersonFacts:
        key = user.place.source_id
        sex = self._sex(key)
        adults = [self._users[agent] for agent in user.agents if agent in self._users]
        return PersonFacts(
            key=key,
            given=user.given_name,
            family=user.family_name,
            middle=user.middle_name,
            preferred_given=user.preferred_given_name,
            preferred_family=user.preferred_family_name,
            birth_date=self._birth_date(key),
            sex=_GENDERS[sex] if sex in {RosterSex.MALE, RosterSex.FEMALE} else "",
            number=user.identifier,
            grade=user.grade,
            schools=frozenset(str(support.school_id) for support in self._stated.by_student.get(key, ())),
            guardians=frozenset().union(
                *(adult_marks(adult.given_name, adult.family_name, adult.sms or adult.phone) for adult in adults)
            ),
        )

    def _schools_of(self, row_id: uuid.UUID, facts: StudentFacts) -> frozenset[str]:
        return self._enrollments.schools_of(row_id) | ({str(facts.school_id)} if facts.school_id else frozenset())

    def _birth_date(self, key: str) -> dt.date | None:
        row: Demographics | None = self._demographics.get(key)
        return row.birth_date if row is not None else None

    def _sex(self, key: str) -> RosterSex | None:
        row = self._demographics.get(key)
        return row.sex if row is not None else None

    def _place_of(self, key: str) -> RowPlace | None:
        if key in self._demographics:
            return self._demographics[key].place
        supports = self._stated.by_student.get(key)
        return supports[0].place if supports else None


def adult_marks(given: str, family: str, phone: str) -> frozenset[str]:
    """What two notes of one adult would share: the folded name and the digits of the number."""
    digits = "".join(letter for letter in phone if letter.isdigit())[-10:]
    return frozenset(mark for mark in (name_forms.joined(given) + name_forms.joined(family), digits) if mark)


def _guardians_by_student(held: HeldRoster) -> dict[uuid.UUID, frozenset[str]]:
    marks: dict[uuid.UUID, frozenset[str]] = {}
    for facts in held.guardians.values():
        if facts.is_active:
            found = adult_marks(facts.first_name, facts.last_name, facts.phone)
            marks[facts.student_id] = marks.get(facts.student_id, frozenset()) | found
    return marks


def _facts_of(
    row_id: uuid.UUID, facts: StudentFacts, schools: frozenset[str], guardians: frozenset[str]
) -> PersonFacts:
    return PersonFacts(
        key=str(row_id),
        given=facts.first_name,
        family=facts.last_name,
        middle=facts.middle_name,
        preferred_given=facts.preferred_name,
        birth_date=facts.birth_date,
        sex=facts.gender if facts.gender in {"MALE", "FEMALE"} else "",
        number=facts.number or "",
        grade=facts.grade,
        schools=schools,
        guardians=guardians,
    )
