"""Roster facts to columns and back: the one place that knows which columns an import may write (D5)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from clinicdesk.domain.roster.held import (
    ContactFacts,
    EnrollmentFacts,
    Facts,
    GuardianFacts,
    Kind,
    SchoolFacts,
    SessionFacts,
    StudentFacts,
)
from clinicdesk.models import AcademicSession, Contact, EmergencyContact, School, Student, StudentEnrollment
from clinicdesk.models.enums import (
    EmergencyContactRelationship,
    Gender,
    SessionKind,
)
from clinicdesk.models.registry import table_of
from clinicdesk.models.types import Guid

Row = Mapping[Any, Any]
"""Column values by name; their types differ from column to column."""


@dataclass(frozen=True, slots=True)
class RosterTable:
    """One kind of roster row: its table and the way between facts and columns."""

    table: sa.Table
    columns: tuple[str, ...]
    read: Callable[[Row], Facts]
    write: Callable[[Any], dict[str, Any]]  # the facts of this kind


def _school(row: Row) -> SchoolFacts:
    return SchoolFacts(row["name"], row["code"], row["is_active"], row["sourced_id"] or "")


def _school_columns(facts: SchoolFacts) -> dict[str, Any]:
    return {
        "name": facts.name,
        "code": facts.code,
        "is_active": facts.is_active,
        "sourced_id": facts.sourced_id or None,
    }


def _session(row: Row) -> SessionFacts:
    return SessionFacts(
        row["title"],
        row["kind"].value,
        row["starts_on"],
        row["ends_on"],
        row["parent_id"],
        row["sourced_id"] or "",
    )


def _session_columns(facts: SessionFacts) -> dict[str, Any]:
    return {
        "title": facts.title,
        "kind": SessionKind(facts.kind),
        "starts_on": facts.first_day,
        "ends_on": facts.last_day,
        "parent_id": facts.parent_id,
        "sourced_id": facts.sourced_id or None,
    }


def _student(row: Row) -> StudentFacts:
    return StudentFacts(
        first_name=row["first_name"],
        last_name=row["last_name"],
        birth_date=row["date_of_birth"],
        gender=row["gender"].value,
        grade=row["grade"],
        middle_name=row["middle_name"] or "",
        preferred_name=row["preferred_name"] or "",
        number=row["student_number"],
        number_state=row["number_status"],
        homeroom=row["homeroom"] or "",
        is_active=row["is_active"],
        school_id=row["school_id"],
        left_on=row["left_on"],
        sourced_id=row["sourced_id"] or "",
    )


def _student_columns(facts: StudentFacts) -> dict[str, Any]:
    return {
        "first_name": facts.first_name,
        "last_name": facts.last_name,
        "date_of_birth": facts.birth_date,
        "gender": Gender(facts.gender),
        "grade": facts.grade,
        "middle_name": facts.middle_name or None,
        "preferred_name": facts.preferred_name or None,
        "student_number": facts.number,
        "number_status": facts.number_state,
        "homeroom": facts.homeroom or None,
        "is_active": facts.is_active,
        "school_id": facts.school_id,
        "left_on": facts.left_on,
        "sourced_id": facts.sourced_id or None,
    }


def _enrollment(row: Row) -> EnrollmentFacts:
    return EnrollmentFacts(
        row["student_id"],
        row["school_id"],
        row["is_primary"],
        row["starts_on"],
        row["ends_on"],
        row["status"],
        row["sourced_id"] or "",
    )


def _enrollment_columns(facts: EnrollmentFacts) -> dict[str, Any]:
    return {
        "student_id": facts.student_id,
        "school_id": facts.school_id,
        "is_primary": facts.is_primary,
        "starts_on": facts.starts_on,
        "ends_on": facts.ends_on,
        "status": facts.state,
        "sourced_id": facts.sourced_id or None,
    }


def _contact(row: Row) -> ContactFacts:
    return ContactFacts(
        row["first_name"],
        row["last_name"],
        row["email"] or "",
        row["phone"] or "",
        row["sourced_id"] or "",
        row["school_id"],
    )


def _contact_columns(facts: ContactFacts) -> dict[str, Any]:
    return {
        "first_name": facts.first_name,
        "last_name": facts.last_name,
        "email": facts.email or None,
        "phone": facts.phone or None,
        "sourced_id": facts.sourced_id or None,
        "school_id": facts.school_id,
    }


def _guardian(row: Row) -> GuardianFacts:
    return GuardianFacts(
        row["student_id"],
        row["contact_id"],
        row["first_name"],
        row["last_name"],
        row["phone_number"],
        row["email"] or "",
        row["relationship"].value,
        row["call_order"],
        row["is_active"],
    )


def _guardian_columns(facts: GuardianFacts) -> dict[str, Any]:
    return {
        "student_id": facts.student_id,
        "contact_id": facts.contact_id,
        "first_name": facts.first_name,
        "last_name": facts.last_name,
        "phone_number": facts.phone,
        "email": facts.email or None,
        "relationship": EmergencyContactRelationship(facts.relationship),
        "call_order": facts.call_order,
        "is_active": facts.is_active,
    }


def _roster_table(
    model: type[Any], sample: Facts, read: Callable[[Row], Facts], write: Callable[[Any], dict[str, Any]]
) -> RosterTable:
    return RosterTable(table_of(model.__tablename__), tuple(write(sample)), read, write)


_NOBODY = uuid.UUID(int=0)
_A_DAY = dt.date(2000, 1, 1)

ROSTER_TABLES: dict[Kind, RosterTable] = {
    Kind.SCHOOL: _roster_table(School, SchoolFacts("", ""), _school, _school_columns),
    Kind.SESSION: _roster_table(AcademicSession, SessionFacts("", "TERM", _A_DAY, _A_DAY), _session, _session_columns),
    Kind.STUDENT: _roster_table(Student, StudentFacts("", "", _A_DAY, "OTHER", ""), _student, _student_columns),
    Kind.ENROLLMENT: _roster_table(
        StudentEnrollment, EnrollmentFacts(_NOBODY, _NOBODY, True, _A_DAY), _enrollment, _enrollment_columns
    ),
    Kind.CONTACT: _roster_table(Contact, ContactFacts("", ""), _contact, _contact_columns),
    Kind.GUARDIAN: _roster_table(
        EmergencyContact, GuardianFacts(_NOBODY, _NOBODY, "", "", "", "", "OTHER"), _guardian, _guardian_columns
    ),
}
KIND_OF_TABLE: dict[str, Kind] = {known.table.name: kind for kind, known in ROSTER_TABLES.items()}


def plain(values: Row) -> dict[str, Any]:
    """Column values as JSON keeps them, for the record of what was there before and after."""
    return {
        name: value if isinstance(value, str | bool | int) or value is None else str(value)
        for name, value in values.items()
    }


def from_plain(table: sa.Table, values: Row) -> dict[str, Any]:
    """What `plain` wrote, as the columns take it."""
    return {name: _typed(table.c[name], value) for name, value in values.items()}


def _typed(column: sa.Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, Guid):
        return uuid.UUID(value)
    if isinstance(column.type, sa.Date):
        return dt.date.fromisoformat(value)
    if isinstance(column.type, sa.Enum) and column.type.enum_class is not None:
        return column.type.enum_class(value)
    return value
