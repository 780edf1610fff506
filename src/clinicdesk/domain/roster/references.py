"""Rows that name other rows: the ones whose other row is not there are set aside, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from clinicdesk.domain.roster.records import (
    STUDENT_ROLE,
    Demographics,
    Enrollment,
    FileMode,
    Problem,
    RoleRow,
    RosterFile,
    RosterPackage,
    RowFinding,
    RowPlace,
)

_R = TypeVar("_R", RoleRow, Demographics, Enrollment)
_Reference = tuple[str, RosterFile, str]


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keys a file vouches for: its own rows and, unless it is the whole truth, those remembered."""

    present: frozenset[str]
    set_aside: frozenset[str]
    silent: bool

    def problem(self, key: str) -> Problem | None:
        if key in self.set_aside:
            return Problem.REFERENCE_SET_ASIDE
        if self.silent or key in self.present:
            return None
        return Problem.UNKNOWN_REFERENCE


def settle_references(package: RosterPackage, remembered: Mapping[RosterFile, frozenset[str]]) -> RosterPackage:
    """The package without the rows that point nowhere.

    A role or enrolment without its person, school or class is set aside, and so are birth dates of nobody. A student
    whose guardian is unknown stays, with a remark: the child matters more than the link.
    """
    keys = {file: _keys(package, file, remembered.get(file, frozenset())) for file in RosterFile}
    dismissed: list[RowPlace] = []
    roles, lost_roles = _sorted_out(package.roles, keys, package, dismissed)
    demographics, lost_demographics = _sorted_out(package.demographics, keys, package, dismissed)
    enrollments, lost_enrollments = _sorted_out(package.enrollments, keys, package, dismissed)
    return replace(
        package,
        roles=roles,
        demographics=demographics,
        enrollments=enrollments,
        dismissed=tuple(dismissed),
        quarantined=(*package.quarantined, *lost_roles, *lost_demographics, *lost_enrollments),
        warnings=(*package.warnings, *_remarks(package, keys)),
    )


def _keys(package: RosterPackage, file: RosterFile, remembered: frozenset[str]) -> _Keys:
    mode = package.mode(file)
    rows: Iterable[RowPlace] = ()
    match file:
        case RosterFile.ORGS:
            rows = (org.place for org in package.orgs)
        case RosterFile.ACADEMIC_SESSIONS:
            rows = (session.place for session in package.sessions)
        case RosterFile.USERS:
            rows = (user.place for user in package.users)
        case RosterFile.CLASSES:
            rows = (room.place for room in package.classes)
        case _:
            rows = ()
    present = {place.source_id for place in rows}
    if mode is not FileMode.BULK:
        present |= remembered
    present -= set(package.departed(file))
    # Classes are not remembered, so only a whole list of them can say that one is missing.
    silent = file is RosterFile.CLASSES and mode is not FileMode.BULK
    return _Keys(frozenset(present), package.set_aside(file), silent)


def _sorted_out(
    rows: Iterable[_R], keys: Mapping[RosterFile, _Keys], package: RosterPackage, dismissed: list[RowPlace]
) -> tuple[tuple[_R, ...], list[RowFinding]]:
    kept: list[_R] = []
    lost: list[RowFinding] = []
    for row in rows:
        found = [
            RowFinding(row.place, column, problem, key[:60])
            for column, file, key in _references(row)
            if (problem := keys[file].problem(key)) is not None
        ]
        if not found:
            kept.append(row)
        elif _of_unremembered_staff(row, package):
            dismissed.append(row.place)
        else:
            lost += found
    return tuple(kept), lost


def _references(row: RoleRow | Demographics | Enrollment) -> tuple[_Reference, ...]:
    match row:
        case RoleRow():
            return (("userSourcedId", RosterFile.USERS, row.user), ("orgSourcedId", RosterFile.ORGS, row.org))
        case Demographics():
            return (("sourcedId", RosterFile.USERS, row.place.source_id),)
        case Enrollment():
            return (
                ("userSourcedId", RosterFile.USERS, row.user),
                ("schoolSourcedId", RosterFile.ORGS, row.school),
                ("classSourcedId", RosterFile.CLASSES, row.school_class),
            )


def _of_unremembered_staff(row: RoleRow | Demographics | Enrollment, package: RosterPackage) -> bool:
    """A change concerning an adult whom no account was found for: nothing of hers is kept, so nothing is missing."""
    return (
        not isinstance(row, Demographics)
        and row.role != STUDENT_ROLE
        and package.mode(row.place.file) is FileMode.DELTA
        and package.mode(RosterFile.USERS) is not FileMode.BULK
    )


def _remarks(package: RosterPackage, keys: Mapping[RosterFile, _Keys]) -> list[RowFinding]:
    stated: list[tuple[RowPlace, str, RosterFile, str]] = []
    stated += [(org.place, "parentSourcedId", RosterFile.ORGS, org.parent) for org in package.orgs]
    stated += [
        (session.place, "parentSourcedId", RosterFile.ACADEMIC_SESSIONS, session.parent) for session in package.sessions
    ]
    for user in package.users:
        stated.append((user.place, "primaryOrgSourcedId", RosterFile.ORGS, user.primary_org))
        stated += [(user.place, "agentSourcedIds", RosterFile.USERS, agent) for agent in user.agents]
    return [
        RowFinding(place, column, problem, key[:60])
        for place, column, file, key in stated
        if key and (problem := keys[file].problem(key)) is not None
    ]
