"""What a roster package states: frozen rows, their places, and what was wrong with the others."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class RosterFile(enum.StrEnum):
    """The files of a package that the clinic reads, by their OneRoster names."""

    ORGS = "orgs"
    ACADEMIC_SESSIONS = "academicSessions"
    USERS = "users"
    ROLES = "roles"
    DEMOGRAPHICS = "demographics"
    CLASSES = "classes"
    ENROLLMENTS = "enrollments"


class FileMode(enum.StrEnum):
    """How a file speaks: BULK is its whole truth, DELTA only what changed, ABSENT says nothing."""

    BULK = "bulk"
    DELTA = "delta"
    ABSENT = "absent"


class Problem(enum.StrEnum):
    """Why a row was set aside, or kept with a remark. The screens make the sentence."""

    MISSING = "missing"
    DUPLICATE_ID = "duplicate_id"
    NOT_A_DATE = "not_a_date"
    DATE_OUT_OF_RANGE = "date_out_of_range"
    WRONG_ORDER = "wrong_order"
    NOT_AN_INSTANT = "not_an_instant"
    UNKNOWN_VALUE = "unknown_value"
    TOO_LONG = "too_long"
    UNREADABLE_TEXT = "unreadable_text"
    CELL_COUNT = "cell_count"
    UNKNOWN_REFERENCE = "unknown_reference"
    REFERENCE_SET_ASIDE = "reference_set_aside"
    UNKNOWN_GRADE = "unknown_grade"
    NO_BIRTH_DATE = "no_birth_date"
    NO_SCHOOL = "no_school"
    NOTHING_TO_DELETE = "nothing_to_delete"
    NUMBER_TAKEN = "number_taken"
    NEEDS_PERSON = "needs_person"
    NO_ROLE = "no_role"
    NO_NUMBER_TO_CALL = "no_number_to_call"
    UNUSABLE_ADDRESS = "unusable_address"


class NoticeKind(enum.StrEnum):
    """A remark on the package as a whole."""

    FILE_NOT_READ = "file_not_read"
    FILE_NOT_DECLARED = "file_not_declared"
    FILE_DECLARED_ABSENT = "file_declared_absent"
    FILE_PROMISED = "file_promised"
    COLUMN_IGNORED = "column_ignored"
    PASSWORDS_DROPPED = "passwords_dropped"


@dataclass(frozen=True, slots=True)
class RowPlace:
    """Where a row stands: file, line of its first character, and the key it states (blank if it states none)."""

    file: RosterFile
    line: int
    source_id: str


@dataclass(frozen=True, slots=True)
class RowFinding:
    """One thing that is wrong at one place; `value` is the offending cell, shortened."""

    place: RowPlace
    field: str
    problem: Problem
    value: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A remark that belongs to no row."""

    kind: NoticeKind
    name: str
    detail: str = ""


class OrgKind(enum.StrEnum):
    DEPARTMENT = "department"
    SCHOOL = "school"
    DISTRICT = "district"
    LOCAL = "local"
    STATE = "state"
    NATIONAL = "national"


class SessionKind(enum.StrEnum):
    GRADING_PERIOD = "gradingPeriod"
    SEMESTER = "semester"
    SCHOOL_YEAR = "schoolYear"
    TERM = "term"


class RosterSex(enum.StrEnum):
    MALE = "male"
    FEMALE = "female"
    UNSPECIFIED = "unspecified"
    OTHER = "other"


class ClassKind(enum.StrEnum):
    HOMEROOM = "homeroom"
    SCHEDULED = "scheduled"


STUDENT_ROLE = "student"
GUARDIAN_ROLES = frozenset({"guardian", "parent", "relative"})
STAFF_ROLES = frozenset(
    {
        "teacher",
        "aide",
        "counselor",
        "principal",
        "proctor",
        "siteAdministrator",
        "districtAdministrator",
        "systemAdministrator",
    }
)
ROLES = GUARDIAN_ROLES | STAFF_ROLES | {STUDENT_ROLE}


@dataclass(frozen=True, slots=True)
class Org:
    """A school, or a body above or below one."""

    place: RowPlace
    name: str
    kind: OrgKind
    identifier: str
    parent: str


@dataclass(frozen=True, slots=True)
class AcademicSession:
    """A school year or a part of one. `starts` and `ends` are both days of the session."""

    place: RowPlace
    title: str
    kind: SessionKind
    starts: dt.date
    ends: dt.date
    parent: str
    school_year: int | None


@dataclass(frozen=True, slots=True)
class RosterUser:
    """A person of the package: student, guardian or staff. It never carries a password."""

    place: RowPlace
    enabled: bool
    given_name: str
    family_name: str
    middle_name: str = ""
    preferred_given_name: str = ""
    preferred_middle_name: str = ""
    preferred_family_name: str = ""
    identifier: str = ""
    email: str = ""
    sms: str = ""
    phone: str = ""
    agents: tuple[str, ...] = ()
    grade: str = ""
    primary_org: str = ""
    pronouns: str = ""


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One role of one person at one org."""

    place: RowPlace
    user: str
    primary: bool
    role: str
    begins: dt.date | None
    ends: dt.date | None
    org: str


@dataclass(frozen=True, slots=True)
class Demographics:
    """Birth date and sex; the key is the user's."""

    place: RowPlace
    birth_date: dt.date | None
    sex: RosterSex | None


@dataclass(frozen=True, slots=True)
class SchoolClass:
    """A class; the clinic uses homerooms only."""

    place: RowPlace
    title: str
    kind: ClassKind
    school: str


@dataclass(frozen=True, slots=True)
class Enrollment:
    """A person in a class at a school."""

    place: RowPlace
    school_class: str
    school: str
    user: str
    role: str
    begins: dt.date | None
    ends: dt.date | None


RosterRow = Org | AcademicSession | RosterUser | RoleRow | Demographics | SchoolClass | Enrollment


@dataclass(frozen=True, slots=True)
class SourceSystem:
    """The student information system that wrote the package; `key` names it where rows are remembered."""

    name: str = ""
    code: str = ""

    @property
    def key(self) -> str:
        return self.code or self.name or "oneroster"


@dataclass(frozen=True, slots=True)
class RosterPackage:
    """Every readable row of a package, and what was found wrong.

    A row with a finding in `quarantined` stands in none of the row tuples; one with a finding in `warnings` does.
    `departures` are the rows marked tobedeleted: their keys are all that counts. `dismissed` are rows of adults whom
    nobody here knows, set aside without a finding.
    """

    source: SourceSystem
    modes: Mapping[RosterFile, FileMode]
    orgs: tuple[Org, ...] = ()
    sessions: tuple[AcademicSession, ...] = ()
    users: tuple[RosterUser, ...] = ()
    roles: tuple[RoleRow, ...] = ()
    demographics: tuple[Demographics, ...] = ()
    classes: tuple[SchoolClass, ...] = ()
    enrollments: tuple[Enrollment, ...] = ()
    departures: tuple[RowPlace, ...] = ()
    dismissed: tuple[RowPlace, ...] = ()
    quarantined: tuple[RowFinding, ...] = ()
    warnings: tuple[RowFinding, ...] = ()
    notices: tuple[Notice, ...] = ()
    rows_read: Mapping[RosterFile, int] = field(default_factory=dict)

    def mode(self, file: RosterFile) -> FileMode:
        return self.modes.get(file, FileMode.ABSENT)

    def departed(self, file: RosterFile) -> dict[str, RowPlace]:
        """The keys that `file` itself says are to go."""
        return {place.source_id: place for place in self.departures if place.file is file}

    def set_aside(self, file: RosterFile) -> frozenset[str]:
        """The keys of the rows of `file` that were quarantined: stated, but not readable."""
        return frozenset(found.place.source_id for found in self.quarantined if found.place.file is file)
