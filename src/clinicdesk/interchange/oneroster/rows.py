"""From the cells of a row to its frozen value, one function a file; None where a finding left nothing to build."""

from __future__ import annotations

import enum
from collections.abc import Callable

from clinicdesk.domain.roster.records import (
    ROLES,
    AcademicSession,
    ClassKind,
    Demographics,
    Enrollment,
    Org,
    OrgKind,
    Problem,
    RoleRow,
    RosterFile,
    RosterRow,
    RosterSex,
    RosterUser,
    SchoolClass,
    SessionKind,
)
from clinicdesk.interchange.oneroster.cells import RowReader

_ADDRESS_LENGTH = 255
_PHONE_LENGTH = 40


class _RoleType(enum.StrEnum):
    PRIMARY = "primary"
    SECONDARY = "secondary"


def _org(row: RowReader) -> Org | None:
    kind = row.word("type", OrgKind, needed=True)
    name = row.text("name", needed=True, longest=200)
    if kind is None:
        return None
    return Org(row.place, name, kind, row.text("identifier", longest=50), row.key("parentSourcedId"))


def _session(row: RowReader) -> AcademicSession | None:
    title = row.text("title", needed=True)
    kind = row.word("type", SessionKind, needed=True)
    starts, ends = row.days("startDate", "endDate", needed=True)
    if kind is None or starts is None or ends is None:
        return None
    if starts == ends:
        row.reject("endDate", Problem.WRONG_ORDER, ends.isoformat())
    return AcademicSession(row.place, title, kind, starts, ends, row.key("parentSourcedId"), row.year("schoolYear"))


def _user(row: RowReader) -> RosterUser:
    return RosterUser(
        place=row.place,
        enabled=row.flag("enabledUser", absent=True),
        given_name=row.text("givenName", needed=True),
        family_name=row.text("familyName", needed=True),
        middle_name=row.text("middleName"),
        preferred_given_name=row.text("preferredGivenName"),
        preferred_middle_name=row.text("preferredMiddleName"),
        preferred_family_name=row.text("preferredFamilyName"),
        identifier=row.text("identifier", longest=50),
        email=row.text("email", longest=_ADDRESS_LENGTH),
        sms=row.text("sms", longest=_PHONE_LENGTH),
        phone=row.text("phone", longest=_PHONE_LENGTH),
        agents=row.keys("agentSourcedIds"),
        grade=row.grade("grades"),
        primary_org=row.key("primaryOrgSourcedId"),
        pronouns=row.text("pronouns", longest=_ADDRESS_LENGTH),
    )


def _role(row: RowReader) -> RoleRow:
    kind = row.word("roleType", _RoleType)
    begins, ends = row.days("beginDate", "endDate")
    return RoleRow(
        place=row.place,
        user=row.key("userSourcedId", needed=True),
        primary=kind is _RoleType.PRIMARY,
        role=row.role("role", ROLES),
        begins=begins,
        ends=ends,
        org=row.key("orgSourcedId", needed=True),
    )


def _demographics(row: RowReader) -> Demographics:
    return Demographics(row.place, row.day("birthDate"), row.word("sex", RosterSex))


def _school_class(row: RowReader) -> SchoolClass:
    kind = row.word("classType", ClassKind)
    title = row.text("title", needed=True)
    school = row.key("schoolSourcedId", needed=True)
    return SchoolClass(row.place, title, kind or ClassKind.SCHEDULED, school)


def _enrollment(row: RowReader) -> Enrollment:
    begins, ends = row.days("beginDate", "endDate")
    return Enrollment(
        place=row.place,
        school_class=row.key("classSourcedId", needed=True),
        school=row.key("schoolSourcedId", needed=True),
        user=row.key("userSourcedId", needed=True),
        role=row.role("role", ROLES),
        begins=begins,
        ends=ends,
    )


READERS: dict[RosterFile, Callable[[RowReader], RosterRow | None]] = {
    RosterFile.ORGS: _org,
    RosterFile.ACADEMIC_SESSIONS: _session,
    RosterFile.USERS: _user,
    RosterFile.ROLES: _role,
    RosterFile.DEMOGRAPHICS: _demographics,
    RosterFile.CLASSES: _school_class,
    RosterFile.ENROLLMENTS: _enrollment,
}
