"""Which schools a student attends: roles and class enrolments of a package against the enrolments of the desk."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from clinicdesk.domain.roster.difference import Action, Draft
from clinicdesk.domain.roster.held import EnrollmentFacts, EnrollmentStatus, HeldRoster, Kind, LinkKey, LinkKind
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
    """Rows that go, and rows that place nobody at a school any more: another role, or an org that is no school."""
    departed = package.departed(file)
    bulk = package.mode(file) is FileMode.BULK
    said = {support.key[1] for rows in stated.by_student.values() for support in rows if support.key[0] is kind}
    rows = package.roles if kind is LinkKind.ROLE else package.enrollments
    dismissed = {place.source_id for place in package.dismissed if place.file is file}
    otherwise = ({row.place.source_id for row in rows} | dismissed) - said
    kept = said | package.set_aside(file)
    for key in held.linked(kind):
        if key in departed or key in otherwise or (bulk and key not in kept):
            stated.withdrawn.add((kind, key))


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Where a student stands after the import: live enrolments remain, and one of them is primary."""

    primary_school: uuid.UUID | None
    live: int
    had_live: int

    def keeps_active(self, *, was_active: bool) -> bool:
        """Who loses the last school leaves; who had none to lose, as between two school years, stays as she was."""
        return self.live > 0 or (was_active and self.had_live == 0)


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
        self._said = {
            support.key: (source_id, support.school_id)
            for source_id, group in stated.by_student.items()
            for support in group
        }
        self._students = held.linked(LinkKind.STUDENT)
        linked = set(self._students.values())
        self._of_student: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
        self._remembered: dict[uuid.UUID, set[LinkKey]] = defaultdict(set)
        for row_id, facts in held.enrollments.items():
            # An enrolment that was ended stays as it was; who comes back gets a new one.
            if facts.state is EnrollmentStatus.ENDED:
                continue
            self._of_student[facts.student_id].append(row_id)
            if facts.sourced_id and facts.student_id in linked:
                self._remembered[row_id].add((LinkKind.ROLE, facts.sourced_id))
        for link, known in held.links.items():
            if link[0] in {LinkKind.ROLE, LinkKind.ENROLLMENT}:
                self._remembered[known.row_id].add(link)

    def schools_of(self, student_id: uuid.UUID) -> frozenset[str]:
        """The schools of the student's enrolments as they stand."""
        return frozenset(str(self._held.enrollments[row].school_id) for row in self._of_student.get(student_id, ()))

    def students_touched(self) -> set[uuid.UUID]:
        """Known students one of whose remembered rows is withdrawn, or now places somebody or somewhere else."""
        touched = set()
        for link, known in self._held.links.items():
            facts = self._held.enrollments.get(known.row_id)
            if facts is None or link[0] not in {LinkKind.ROLE, LinkKind.ENROLLMENT}:
                continue
            user, school_id = self._said.get(link, ("", facts.school_id))
            moved = link in self._said and (self._students.get(user), school_id) != (facts.student_id, facts.school_id)
            if moved or link in self._stated.withdrawn:
                touched.add(facts.student_id)
        return touched

    def plan(self, student_id: uuid.UUID, source_id: str, *, leaves: bool, primary_org: uuid.UUID | None) -> Enrolled:
        """Write down the enrolments of one student; `leaves` ends all that the source ever stated."""
        supports = {} if leaves else self._supports(source_id)
        current = {self._held.enrollments[row].school_id: row for row in self._of_student[student_id]}
        had_live = sum(1 for row in current.values() if self._live(self._held.enrollments[row]))
        lasting = {row: self._lasting(row, source_id, leaves=leaves) for row in current.values()}
        rows: dict[uuid.UUID, uuid.UUID] = {}
        wanted: dict[uuid.UUID, EnrollmentFacts] = {}
        for school_id, group in supports.items():
            row_id = rows[school_id] = current.get(school_id) or self._new_id()
            before = self._held.enrollments.get(row_id)
            wanted[school_id] = self._stated_facts(student_id, group, before, lasting.get(row_id, set()))
            for support in group:
                if support.key != (LinkKind.ROLE, wanted[school_id].sourced_id):
                    self._draft.remember(*support.key, row_id, student_id=student_id)
        for school_id, row_id in current.items():
            # Nothing is said of these rows for this student any more.
            self._draft.links_dropped |= self._remembered[row_id] - lasting[row_id]
            if school_id in wanted:
                continue
            before = self._held.enrollments[row_id]
            if not self._live(before):
                continue
            if self._remembered[row_id] and not lasting[row_id]:
                self._end(row_id, before, source_id)
            else:
                rows[school_id] = row_id
                wanted[school_id] = replace(before, sourced_id=_role_key(before, (), lasting[row_id]))
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

    def _lasting(self, row_id: uuid.UUID, source_id: str, *, leaves: bool) -> set[LinkKey]:
        """The remembered keys that still place the student there: not withdrawn, not over, not stated elsewhere.

        What no import ever stated, such as a nurse's provisional enrolment, has none, and no import ends it.
        """
        if leaves:
            return set()
        school_id = self._held.enrollments[row_id].school_id
        here = {
            support.key
            for support in self._stated.by_student.get(source_id, ())
            if support.school_id == school_id and not support.over(self._today)
        }
        return {
            key
            for key in self._remembered[row_id]
            if key in here or (key not in self._said and key not in self._stated.withdrawn)
        }

    def _stated_facts(
        self, student_id: uuid.UUID, group: list[Support], before: EnrollmentFacts | None, lasting: set[LinkKey]
    ) -> EnrollmentFacts:
        begins = min((support.begins for support in group if support.begins is not None), default=None)
        lasts = [support.ends for support in group]
        unsaid = any(key not in self._said for key in lasting)
        if before is not None and unsaid:
            # A row that this package does not repeat still speaks, and what it said stands in the enrolment.
            begins = min(begins or before.starts_on, before.starts_on)
            lasts.append(before.ends_on)
        # Open-ended as soon as one row is.
        ends = max((last for last in lasts if last is not None), default=None) if None not in lasts else None
        starts = begins or (before.starts_on if before is not None and self._live(before) else self._today)
        if ends is not None and ends < starts:
            starts = ends
        return EnrollmentFacts(
            student_id,
            group[0].school_id,
            is_primary=before is not None and before.is_primary,
            starts_on=starts,
            ends_on=ends,
            sourced_id=_role_key(before, group, lasting),
        )

    def _live(self, facts: EnrollmentFacts) -> bool:
        return facts.state is not EnrollmentStatus.ENDED and (facts.ends_on is None or facts.ends_on >= self._today)

    def _end(self, row_id: uuid.UUID, before: EnrollmentFacts, source_id: str) -> None:
        """The last day is the one the source states, else today; never before the first."""
        stated = [
            support.ends
            for support in self._stated.by_student.get(source_id, ())
            if support.school_id == before.school_id and support.ends is not None
        ]
        last = max(max(stated, default=self._today), before.starts_on)
        after = replace(before, ends_on=last, state=EnrollmentStatus.ENDED)
        self._draft.put(Kind.ENROLLMENT, row_id, before, after, action=Action.END)


def _role_key(before: EnrollmentFacts | None, group: Sequence[Support], lasting: set[LinkKey]) -> str:
    """The role that an enrolment is known by: the same one as long as it lasts, whatever the order of the file."""
    if before is not None and (LinkKind.ROLE, before.sourced_id) in lasting:
        return before.sourced_id
    stated = sorted((not support.primary, support.key[1]) for support in group if support.key[0] is LinkKind.ROLE)
    others = sorted(key for kind, key in lasting if kind is LinkKind.ROLE)
    if stated:
        return stated[0][1]
    # What a person or another source wrote stays known as it was.
    kept = before.sourced_id if before is not None and not lasting and not group else ""
    return others[0] if others else kept


def _primary(
    wanted: Mapping[uuid.UUID, EnrollmentFacts],
    supports: Mapping[uuid.UUID, list[Support]],
    primary_org: uuid.UUID | None,
) -> uuid.UUID | None:
    """One primary school: the role that says so, then the one the student's own row names, then what was, then any."""
    if not wanted:
        return None
    said = [school for school, group in supports.items() if any(support.primary for support in group)]
    of = said or list(wanted)
    if primary_org in of:
        return primary_org
    return min(of, key=lambda school: (not wanted[school].is_primary, wanted[school].starts_on, str(school)))
