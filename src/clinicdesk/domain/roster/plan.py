"""The plan of an import: package against desk, as values. A dry run shows it, an import writes it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping

from clinicdesk.domain.roster.attendance import stated_attendance
from clinicdesk.domain.roster.difference import Draft, RosterPlan, RosterPolicy, Stop, StopReason
from clinicdesk.domain.roster.guardians import GuardianPlanner, plan_staff, unexplained
from clinicdesk.domain.roster.held import HeldRoster, Kind, LinkKind, with_implied_links
from clinicdesk.domain.roster.places import plan_schools, plan_sessions
from clinicdesk.domain.roster.records import STUDENT_ROLE, ClassKind, RosterFile, RosterPackage
from clinicdesk.domain.roster.references import settle_references
from clinicdesk.domain.roster.students import Decisions, StudentPlanner

_REMEMBERED = {
    RosterFile.ORGS: (LinkKind.ORG,),
    RosterFile.ACADEMIC_SESSIONS: (LinkKind.SESSION,),
    RosterFile.USERS: (LinkKind.STUDENT, LinkKind.GUARDIAN, LinkKind.STAFF),
    RosterFile.ROLES: (LinkKind.ROLE,),
    RosterFile.ENROLLMENTS: (LinkKind.ENROLLMENT,),
}
_ORDER = {kind: place for place, kind in enumerate(Kind)}
_NO_DECISIONS: Mapping[str, uuid.UUID | None] = {}


def plan_import(
    package: RosterPackage,
    held: HeldRoster,
    *,
    today: dt.date,
    new_id: Callable[[], uuid.UUID],
    decisions: Decisions = _NO_DECISIONS,
    policy: RosterPolicy | None = None,
) -> RosterPlan:
    """What an import of `package` would do to `held`.

    `decisions` are what a person said of students that the last plan left undecided.
    """
    stored = held.links
    held = with_implied_links(held)
    settled = settle_references(package, _remembered_keys(held))
    draft = Draft()
    schools = plan_schools(settled, held, draft, new_id)
    plan_sessions(settled, held, draft, new_id)
    stated = stated_attendance(settled, held, schools)
    students = StudentPlanner(
        settled,
        held,
        draft,
        stated=stated,
        schools=schools,
        homerooms=_homerooms(settled, today),
        decisions=decisions,
        new_id=new_id,
        today=today,
    )
    students.plan()
    GuardianPlanner(settled, held, draft, students.matched, new_id).plan()
    plan_staff(settled, held, draft)
    limits = policy or RosterPolicy()
    quarantined = (*settled.quarantined, *draft.quarantined)
    rows_read = sum(package.rows_read.values())
    set_aside = len({(found.place.file, found.place.line) for found in quarantined})
    stops = [
        stop
        for stop in (
            _leaving_stop(students.leaving, students.active_before, limits),
            _set_aside_stop(set_aside, rows_read, limits),
        )
        if stop is not None
    ]
    return RosterPlan(
        source=package.source,
        changes=tuple(sorted(draft.changes, key=lambda change: _ORDER[change.kind])),
        links_added={link: known for link, known in draft.links_added.items() if stored.get(link) != known},
        links_dropped=frozenset((draft.links_dropped & stored.keys()) - draft.links_added.keys()),
        quarantined=quarantined,
        warnings=(*settled.warnings, *draft.warnings, *unexplained(settled)),
        notices=package.notices,
        undecided=tuple(draft.undecided),
        stops=tuple(stops),
        unchanged=dict(draft.unchanged),
        staff_recognised=draft.staff_recognised,
        staff_unknown=draft.staff_unknown,
        rows_read=rows_read,
    )


def _remembered_keys(held: HeldRoster) -> dict[RosterFile, frozenset[str]]:
    by_kind: dict[LinkKind, set[str]] = defaultdict(set)
    for kind, source_id in held.links:
        by_kind[kind].add(source_id)
    return {file: frozenset().union(*(by_kind[kind] for kind in kinds)) for file, kinds in _REMEMBERED.items()}


def _homerooms(package: RosterPackage, today: dt.date) -> dict[str, str]:
    """The homeroom of each student; of several the same one, wherever its row stands."""
    rooms = {room.place.source_id: room.title for room in package.classes if room.kind is ClassKind.HOMEROOM}
    seats = [
        row
        for row in package.enrollments
        if row.role == STUDENT_ROLE and row.school_class in rooms and (row.ends is None or row.ends >= today)
    ]
    seats.sort(key=lambda row: row.place.source_id, reverse=True)
    return {row.user: rooms[row.school_class] for row in seats}


def _leaving_stop(leaving: int, active: int, policy: RosterPolicy) -> Stop | None:
    if leaving < policy.leaving_floor or leaving * 100 <= active * policy.leaving_percent:
        return None
    return Stop(StopReason.MANY_LEAVING, leaving, active, policy.leaving_percent)


def _set_aside_stop(set_aside: int, rows: int, policy: RosterPolicy) -> Stop | None:
    if set_aside < policy.set_aside_floor or set_aside * 100 <= rows * policy.set_aside_percent:
        return None
    return Stop(StopReason.MANY_SET_ASIDE, set_aside, rows, policy.set_aside_percent)
