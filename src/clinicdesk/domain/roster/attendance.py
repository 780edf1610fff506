"""Which schools a student attends: roles and class enrolments of a package against the enrolments of the desk."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from clinicdesk.domain.roster.difference import Action, Draft
from clinicdesk.domain.roster.held import Attendance, EnrollmentFacts, HeldRoster, Kind, LinkKey, LinkKind
from clinicdesk.domain.roster.records import STUDENT_ROLE, FileMode, RosterFile, RosterPackage, RowPlace


@dataclass(frozen=True, slots=True)
class Support:
    """One row that places a student at a school: her role there, or a class she is in."""

    key: LinkKey
    place: RowPlace
    school_id: uuid.UUID
    primary: bool
    begins: dt.date | None
    ends: dt.date | None

    def over(self, today: dt.date) -> bool:
        return self.ends is not None and self.ends < today


@dataclass(slots=True)
class StatedAttendance:
    """What a package says about who attends where, and which remembered rows it withdraws."""

    by_student: dict[str, list[Support]] = field(default_factory=lambda: defaultdict(list))
    withdrawn: set[LinkKey] = field(default_factory=set)


def stated_attendance(package: RosterPackage, held: HeldRoster, schools: Mapping[str, uuid.UUID]) -> StatedAttendance:
    """Every student row of roles.csv and enrollments.csv, by the student's key."""
    stated = StatedAttendance()
    for role in package.roles:
        if role.role == STUDENT_ROLE and role.org in schools:
            key = (LinkKind.ROLE, role.place.source_id)
            support = Support(key, role.place, schools[role.org], role.primary, role.begins, role.ends)
            stated.by_student[role.user].append(support)
    for row in package.enrollments:
        if row.role == STUDENT_ROLE and row.school in schools:
            key = (LinkKind.ENROLLMENT, row.place.source_id)
            support = Support(key, row.place, schools[row.school], False, row.begins, row.ends)
            stated.by_student[row.user].append(support)
    for kind, file in ((LinkKind.ROLE, RosterFile.ROLES), (LinkKind.ENROLLMENT, RosterFile.ENROLLMENTS)):
        _withdraw(stated, package, held, kind, file)
    return stated


def _withdraw(
    stated: StatedAttendance, package: RosterPackage, held: HeldRoster, kind: LinkKind, file: RosterFile
) -> None:
    departed = package.departed(file)
    bulk = package.mode(file) is FileMode.BULK
    said = {support.key[1] for rows in stated.by_student.values() for support in rows if support.key[0] is kind}
    kept = said | package.set_aside(file)
    for key in held.linked(kind):
        if key in departed or (bulk and key not in kept):
            stated.withdrawn.add((kind, key))


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Where a student stands after the import: live enrolments remain, and one of them is primary."""

    primary_school: uuid.UUID | None
    live: int
    had_live: int


class EnrollmentPlanner:
    """Plans the enrolments of one student after another."""

    def __init__(
        self, held: HeldRoster, stated: StatedAttendance, draft: Draft, new_id: Callable[[], uuid.UUID], today: dt.date
    ) -> None:
        self._held = held
        self._stated = stated
        self._draft = draft
        self._new_id = new_id
        self._today = today
        self._over = {support.key for group in stated.by_student.values() for support in group if support.over(today)}
        self._of_student: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
        for row_id, facts in held.enrollments.items():
            # An enrolment that was ended stays as it was; who comes back gets a new one.
            if facts.state is not Attendance.ENDED:
                self._of_student[facts.student_id].append(row_id)
        self._remembered: dict[uuid.UUID, set[LinkKey]] = defaultdict(set)
        for link, known in held.links.items():
            if link[0] in {LinkKind.ROLE, LinkKind.ENROLLMENT}:
                self._remembered[known.row_id].add(link)

    def schools_of(self, student_id: uuid.UUID) -> frozenset[str]:
        """The schools of the student's enrolments as they stand."""
        return frozenset(str(self._held.enrollments[row].school_id) for row in self._of_student.get(student_id, ()))

    def students_touched(self) -> set[uuid.UUID]:
        """Known students one of whose remembered rows is withdrawn."""
        rows = (self._held.links[link].row_id for link in self._stated.withdrawn if link in self._held.links)
        return {self._held.enrollments[row].student_id for row in rows if row in self._held.enrollments}

    def plan(self, student_id: uuid.UUID, source_id: str, *, leaves: bool, primary_org: uuid.UUID | None) -> Enrolled:
        """Write down the enrolments of one student; `leaves` ends all that the source ever stated."""
        supports = {} if leaves else self._supports(source_id)
        current = {self._held.enrollments[row].school_id: row for row in self._of_student[student_id]}
        had_live = sum(1 for row in current.values() if self._live(self._held.enrollments[row]))
        rows: dict[uuid.UUID, uuid.UUID] = {}
        wanted: dict[uuid.UUID, EnrollmentFacts] = {}
        for school_id, group in supports.items():
            rows[school_id] = current.get(school_id) or self._new_id()
            wanted[school_id] = self._stated_facts(student_id, group, self._held.enrollments.get(rows[school_id]))
            for support in group:
                if support.key != (LinkKind.ROLE, wanted[school_id].sourced_id):
                    self._draft.remember(*support.key, rows[school_id], student_id=student_id)
        for school_id, row_id in current.items():
            before = self._held.enrollments[row_id]
            if school_id in wanted or not self._live(before):
                continue
            if self._loses_every_support(row_id, leaves=leaves):
                self._end(row_id, before, source_id)
            else:
                rows[school_id], wanted[school_id] = row_id, before
        primary = _primary(wanted, supports, primary_org)
        for school_id, facts in wanted.items():
            self._draft.put(
                Kind.ENROLLMENT,
                rows[school_id],
                self._held.enrollments.get(rows[school_id]),
                replace(facts, is_primary=school_id == primary),
                supports[school_id][0].place if school_id in supports else None,
            )
        return Enrolled(primary, len(wanted), had_live)

    def _supports(self, source_id: str) -> dict[uuid.UUID, list[Support]]:
        """The rows that count, by school. A class adds a school; where a role stands, the role speaks."""
        by_school: dict[uuid.UUID, list[Support]] = defaultdict(list)
        for support in self._stated.by_student.get(source_id, ()):
            if not support.over(self._today):
                by_school[support.school_id].append(support)
        return {
            school_id: [support for support in group if support.key[0] is LinkKind.ROLE] or group
            for school_id, group in by_school.items()
        }

    def _stated_facts(
        self, student_id: uuid.UUID, group: list[Support], before: EnrollmentFacts | None
    ) -> EnrollmentFacts:
        begins = min((support.begins for support in group if support.begins is not None), default=None)
        lasts = [support.ends for support in group]
        # Open-ended as soon as one row is.
        ends = max((last for last in lasts if last is not None), default=None) if None not in lasts else None
        starts = begins or (before.starts_on if before is not None and self._live(before) else self._today)
        if ends is not None and ends < starts:
            starts = ends
        return EnrollmentFacts(
            student_id,
            group[0].school_id,
            is_primary=False,
            starts_on=starts,
            ends_on=ends,
            sourced_id=group[0].key[1] if group[0].key[0] is LinkKind.ROLE else "",
        )

    def _live(self, facts: EnrollmentFacts) -> bool:
        return facts.state is not Attendance.ENDED and (facts.ends_on is None or facts.ends_on >= self._today)

    def _loses_every_support(self, row_id: uuid.UUID, *, leaves: bool) -> bool:
        """What no import ever stated, such as a nurse's provisional enrolment, no import ends."""
        remembered = self._remembered[row_id]
        return bool(remembered) and (leaves or remembered <= self._stated.withdrawn | self._over)

    def _end(self, row_id: uuid.UUID, before: EnrollmentFacts, source_id: str) -> None:
        """The last day is the one the source states, else today; never before the first."""
        stated = [
            support.ends
            for support in self._stated.by_student.get(source_id, ())
            if support.school_id == before.school_id and support.ends is not None
        ]
        last = max(max(stated, default=self._today), before.starts_on)
        after = replace(before, ends_on=last, state=Attendance.ENDED)
        self._draft.put(Kind.ENROLLMENT, row_id, before, after, action=Action.END)


def _primary(
    wanted: Mapping[uuid.UUID, EnrollmentFacts],
    supports: Mapping[uuid.UUID, list[Support]],
    primary_org: uuid.UUID | None,
) -> uuid.UUID | None:
    """One primary school: the role that says so, then the one the student's own row names, then what was, then any."""
    if not wanted:
        return None
    said = [school for school, group in supports.items() if any(support.primary for support in group)]
    if said:
        return primary_org if primary_org in said else said[0]
    if primary_org in wanted:
        return primary_org
    was = [school for school, facts in wanted.items() if facts.is_primary]
    return was[0] if was else min(wanted, key=lambda school: (wanted[school].starts_on, str(school)))
