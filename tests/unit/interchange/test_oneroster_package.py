"""A whole package is read by name, row by row, and what cannot be read is named."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.support import oneroster

from clinicdesk.domain.roster.records import (
    ClassKind,
    FileMode,
    NoticeKind,
    OrgKind,
    Problem,
    RosterFile,
    RosterPackage,
    RosterSex,
    RosterUser,
)
from clinicdesk.interchange.oneroster import read_package


@pytest.fixture(scope="module")
def pinewood() -> RosterPackage:
    return read_package(oneroster.package("pinewood"))


def _users(package: RosterPackage) -> dict[str, RosterUser]:
    return {user.place.source_id: user for user in package.users}


def _problems(package: RosterPackage) -> set[tuple[str, int, str, str, Problem]]:
    return {
        (found.place.file.value, found.place.line, found.place.source_id, found.field, found.problem)
        for found in package.quarantined
    }


def test_every_row_of_a_good_package_is_read(pinewood: RosterPackage) -> None:
    assert pinewood.quarantined == ()
    assert pinewood.rows_read == {
        RosterFile.ORGS: 4,
        RosterFile.ACADEMIC_SESSIONS: 3,
        RosterFile.USERS: 15,
        RosterFile.ROLES: 16,
        RosterFile.DEMOGRAPHICS: 9,
        RosterFile.CLASSES: 3,
        RosterFile.ENROLLMENTS: 6,
    }


def test_the_manifest_names_the_source_and_the_modes(pinewood: RosterPackage) -> None:
    assert pinewood.source.key == "pinewood-sis"
    assert pinewood.mode(RosterFile.USERS) is FileMode.BULK
    assert read_package(oneroster.package("pinewood-delta")).mode(RosterFile.ORGS) is FileMode.ABSENT


def test_bom_crlf_quotes_and_commas_inside_quotes_are_read_as_rfc_4180_says(pinewood: RosterPackage) -> None:
    bob = _users(pinewood)["u-bob"]
    assert (bob.given_name, bob.family_name, bob.middle_name) == ('Robert "Bobby"', "O’Fixture-Núñez", "J., the third")
    assert [org.name for org in pinewood.orgs][1:3] == [
        'Pinewood Elementary "The Elms"',
        "Pinewood Middle, North Campus",
    ]


def test_columns_are_found_by_name_not_by_position(pinewood: RosterPackage) -> None:
    second = next(role for role in pinewood.roles if role.place.source_id == "r-two-b")
    assert (second.user, second.org, second.primary) == ("u-two", "org-elm", False)
    assert (second.begins, second.ends) == (dt.date(2026, 9, 7), dt.date(2027, 1, 15))


def test_a_list_in_one_cell_becomes_its_keys(pinewood: RosterPackage) -> None:
    assert _users(pinewood)["u-ada"].agents == ("g-pat", "g-kim")


def test_no_password_survives_the_reading(pinewood: RosterPackage) -> None:
    assert "do-not-read" not in repr(pinewood)
    assert NoticeKind.PASSWORDS_DROPPED in {notice.kind for notice in pinewood.notices}


def test_extension_columns_are_passed_over_and_unknown_ones_named(pinewood: RosterPackage) -> None:
    ignored = [notice.detail for notice in pinewood.notices if notice.kind is NoticeKind.COLUMN_IGNORED]
    assert ignored == ["lunchCode"]


def test_an_extension_role_is_allowed(pinewood: RosterPackage) -> None:
    assert "ext:lunchVolunteer" in {role.role for role in pinewood.roles}


def test_words_of_fixed_lists_are_read_whatever_their_case(pinewood: RosterPackage) -> None:
    assert {row.place.source_id: row.sex for row in pinewood.demographics}["u-zoe"] is RosterSex.FEMALE
    assert {org.kind for org in pinewood.orgs} == {OrgKind.DISTRICT, OrgKind.SCHOOL, OrgKind.DEPARTMENT}
    assert [room.kind for room in pinewood.classes] == [ClassKind.HOMEROOM, ClassKind.HOMEROOM, ClassKind.SCHEDULED]


def test_grades_become_the_clinics_words_and_an_unknown_one_stays_with_a_remark(pinewood: RosterPackage) -> None:
    users = _users(pinewood)
    assert [users[key].grade for key in ("u-ada", "u-bob", "u-zoe")] == ["3", "K", "7th grade"]
    assert [(found.place.source_id, found.problem) for found in pinewood.warnings] == [("u-zoe", Problem.UNKNOWN_GRADE)]


def test_a_delta_row_marked_tobedeleted_departs_by_its_key_alone() -> None:
    package = read_package(oneroster.package("pinewood-delta"))
    assert package.quarantined == ()
    assert set(package.departed(RosterFile.USERS)) == {"u-jr"}
    assert set(package.departed(RosterFile.ROLES)) == {"r-sam1"}


def test_a_delta_row_that_does_not_say_what_it_wants_is_set_aside() -> None:
    users = b"sourcedId,status,dateLastModified,givenName,familyName\nu-1,,2026-11-02T08:00:00Z,Ann,Sample\n"
    package = read_package(oneroster.package("pinewood-delta", users=users))
    assert _problems(package) == {("users", 2, "u-1", "status", Problem.MISSING)}


def test_a_wrong_time_of_change_is_a_remark_only() -> None:
    users = b"sourcedId,status,dateLastModified,givenName,familyName\nu-1,active,yesterday,Ann,Sample\n"
    package = read_package(oneroster.package("pinewood-delta", users=users))
    assert [found.problem for found in package.warnings] == [Problem.NOT_AN_INSTANT]
    assert [user.given_name for user in package.users] == ["Ann"]


def test_every_bad_row_is_set_aside_with_its_file_line_field_and_reason() -> None:
    package = read_package(oneroster.package("pinewood-bad-rows"))
    assert _problems(package) == {
        ("orgs", 3, "org-bad", "type", Problem.UNKNOWN_VALUE),
        ("academicSessions", 3, "as-back", "endDate", Problem.WRONG_ORDER),
        ("academicSessions", 4, "as-none", "startDate", Problem.NOT_A_DATE),
        ("users", 3, "", "sourcedId", Problem.MISSING),
        ("users", 4, "u-dup", "sourcedId", Problem.DUPLICATE_ID),
        ("users", 5, "u-dup", "sourcedId", Problem.DUPLICATE_ID),
        ("users", 6, "u-noname", "givenName", Problem.MISSING),
        ("users", 7, "u-flag", "enabledUser", Problem.UNKNOWN_VALUE),
        ("users", 8, "u-short", "", Problem.CELL_COUNT),
        ("users", 10, "u-odd", "status", Problem.UNKNOWN_VALUE),
        ("roles", 6, "r-5", "role", Problem.UNKNOWN_VALUE),
        ("roles", 7, "r-6", "beginDate", Problem.NOT_A_DATE),
        ("demographics", 3, "u-nodob", "birthDate", Problem.NOT_A_DATE),
        ("demographics", 6, "u-nosch", "sex", Problem.UNKNOWN_VALUE),
        ("enrollments", 4, "e-3", "classSourcedId", Problem.MISSING),
        ("enrollments", 5, "e-4", "beginDate", Problem.NOT_A_DATE),
    }
    assert {user.place.source_id for user in package.users} == {"u-good", "u-stat", "u-nodob", "u-nosch"}


def test_the_line_of_a_row_after_a_cell_with_line_breaks_is_where_it_begins() -> None:
    orgs = b'sourcedId,name,type\norg-elm,"Elm\n\nschool",school\n,Nameless,school\n'
    package = read_package(oneroster.package("pinewood", orgs=orgs))
    assert [org.name for org in package.orgs] == ["Elm school"]
    assert ("orgs", 5, "", "sourcedId", Problem.MISSING) in _problems(package)


def test_blank_lines_are_no_rows() -> None:
    orgs = b"sourcedId,name,type\n\norg-elm,Elm,school\n,,\n\n"
    assert read_package(oneroster.package("pinewood", orgs=orgs)).rows_read[RosterFile.ORGS] == 1


@pytest.mark.parametrize("name", ["A\x07da", "A\x1bda", "A\u200bda", "A\ue000da"])
def test_a_name_with_characters_nobody_can_read_is_set_aside(name: str) -> None:
    users = f"sourcedId,givenName,familyName\nu-1,{name},Sample\n".encode()
    package = read_package(oneroster.package("pinewood", users=users))
    assert ("users", 2, "u-1", "givenName", Problem.UNREADABLE_TEXT) in _problems(package)


def test_a_name_longer_than_a_column_is_set_aside() -> None:
    users = f"sourcedId,givenName,familyName\nu-1,{'A' * 101},Sample\n".encode()
    package = read_package(oneroster.package("pinewood", users=users))
    assert ("users", 2, "u-1", "givenName", Problem.TOO_LONG) in _problems(package)
    assert max(len(found.value) for found in package.quarantined) <= 60


@pytest.mark.parametrize(
    "date", ["20260824", "2026-W35-1", "24.08.2026", "2026-8-24", "0000-00-00", "1066-10-14", "٢٠٢٦-٠٨-٢٤"]
)
def test_only_a_plain_date_of_our_time_is_a_date(date: str) -> None:
    demographics = f"sourcedId,birthDate\nu-ada,{date}\n".encode()
    package = read_package(oneroster.package("pinewood", demographics=demographics))
    assert [found.field for found in package.quarantined] == ["birthDate"]


def test_decomposed_letters_are_composed() -> None:
    users = "sourcedId,givenName,familyName\nu-1,Zoe\u0308,Sample\n".encode()
    package = read_package(oneroster.package("pinewood", users=users))
    assert package.users[0].given_name == "Zoë"


def test_a_bulk_row_that_says_it_goes_is_believed() -> None:
    orgs = b"sourcedId,status,name,type\norg-elm,tobedeleted,Elm,school\norg-mid,active,Mid,school\n"
    package = read_package(oneroster.package("pinewood", orgs=orgs))
    assert set(package.departed(RosterFile.ORGS)) == {"org-elm"}
    assert [org.name for org in package.orgs] == ["Mid"]


def test_missing_optional_files_and_a_short_manifest_are_no_fault() -> None:
    manifest = b"propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\nfile.users,bulk\n"
    package = read_package(
        oneroster.zipped({"manifest.csv": manifest, "users.csv": oneroster.files_of("pinewood")["users.csv"]})
    )
    assert len(package.users) == 15
    assert package.source.key == "oneroster"


def test_files_that_are_not_read_are_named() -> None:
    files = oneroster.files_of("pinewood")
    manifest = (
        files["manifest.csv"]
        .replace(b"file.classes,bulk", b"file.classes,absent")
        .replace(b"file.enrollments,bulk\n", b"")
        .replace(b"file.courses,absent", b"file.courses,bulk")
    )
    package = read_package(oneroster.zipped({**files, "manifest.csv": manifest, "read-me.txt": b"hello"}))
    assert {(notice.kind, notice.name) for notice in package.notices} >= {
        (NoticeKind.FILE_DECLARED_ABSENT, "classes.csv"),
        (NoticeKind.FILE_NOT_DECLARED, "enrollments.csv"),
        (NoticeKind.FILE_NOT_READ, "read-me.txt"),
        (NoticeKind.FILE_PROMISED, "courses.csv"),
    }
    assert package.classes == ()
