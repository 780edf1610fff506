"""Packages as systems really write them, and as nobody should: a clear report, and never anything by half."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.support import oneroster
from tests.support.roster_office import Office

from clinicdesk.domain.roster.difference import RosterPolicy, StopReason
from clinicdesk.domain.roster.records import NoticeKind, Problem
from clinicdesk.interchange.oneroster import Refusal, RosterRefusedError
from clinicdesk.models import (
    AcademicSession,
    Contact,
    EmergencyContact,
    RosterImport,
    School,
    SourceLink,
    Student,
    StudentEnrollment,
)
from clinicdesk.models.registry import table_of
from clinicdesk.services.roster_report import ImportReport

Files = dict[str, bytes]
_CAREFUL = RosterPolicy(leaving_floor=3, set_aside_floor=3)
_TABLES = [
    table_of(model.__tablename__)
    for model in (School, AcademicSession, Student, StudentEnrollment, Contact, EmergencyContact, SourceLink)
]
_STAMPS = {"created_at", "created_by", "updated_at", "updated_by", "row_version", "field_versions", "scope_id"}


def _standing(office: Office) -> dict[str, set[str]]:
    with office.desk.store.read() as session:
        return {
            table.name: {
                repr(tuple(row))
                for row in session.execute(
                    sa.select(*(column for column in table.c if column.name not in _STAMPS)).where(
                        table.c.deleted_at.is_(None)
                    )
                )
            }
            for table in _TABLES
        }


def _saved(office: Office, files: Files | bytes) -> Path:
    path = office.folder / f"{len(list(office.folder.iterdir()))}.zip"
    path.write_bytes(files if isinstance(files, bytes) else oneroster.zipped(files).getvalue())
    return path


def _changed(name: str, change: Callable[[str], str]) -> Files:
    """The good package with one file changed as text."""
    files = oneroster.files_of("pinewood")
    files[f"{name}.csv"] = change(files[f"{name}.csv"].decode("utf-8-sig")).encode()
    return files


def _replaced(name: str, old: str, new: str) -> Files:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return _changed(name, change)


def _each_as(change: Callable[[bytes], bytes]) -> Files:
    return {name: change(content) for name, content in oneroster.files_of("pinewood").items()}


def _columns_turned(text: str) -> str:
    """The columns of a simple file in the opposite order."""
    return "\n".join(",".join(reversed(line.split(","))) for line in text.splitlines()) + "\n"


HARMLESS: dict[str, Files] = {
    "unix line ends": _each_as(lambda content: content.replace(b"\r\n", b"\n")),
    "windows line ends": _each_as(lambda content: content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")),
    "a mark at the beginning": _each_as(lambda content: b"\xef\xbb\xbf" + content.removeprefix(b"\xef\xbb\xbf")),
    "no line end at the end": _each_as(lambda content: content.rstrip()),
    "blank lines": _each_as(lambda content: content.replace(b"\n", b"\n\n") + b"\n\n\n"),
    "columns in another order": _changed("roles", _columns_turned),
    "quotes around every cell": _changed(
        "roles", lambda text: "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in text.split())
    ),
    "a folder of another system's marks": {**oneroster.files_of("pinewood"), "__MACOSX/._users.csv": b"\x00\x05"},
    "a file nobody declared": {**oneroster.files_of("pinewood"), "notes.txt": b"hello"},
    "upper case words": _replaced("roles", "student,primary", "STUDENT,Primary"),
}


@pytest.mark.parametrize("name", sorted(HARMLESS))
def test_what_only_looks_different_is_read_alike(office: Office, name: str) -> None:
    office.roster.import_package(office.package("pinewood"))
    report = office.roster.preview(_saved(office, HARMLESS[name]))
    assert (report.plan.changes, report.plan.quarantined) == ((), ())


AWKWARD: dict[str, tuple[Files, set[tuple[str, Problem]]]] = {
    "dates of other countries": (
        _replaced("demographics", "2018-02-28", "28/02/2018"),
        {
            ("birthDate", Problem.NOT_A_DATE),
            ("sourcedId", Problem.REFERENCE_SET_ASIDE),
            ("birthDate", Problem.NO_BIRTH_DATE),
        },
    ),
    "a day that does not exist": (
        _replaced("demographics", "2015-03-03", "2015-02-30"),
        {("birthDate", Problem.NOT_A_DATE), ("birthDate", Problem.NO_BIRTH_DATE)},
    ),
    "a blank id": (
        _replaced("users", "u-jr,", " ,"),
        {
            ("sourcedId", Problem.MISSING),
            ("userSourcedId", Problem.UNKNOWN_REFERENCE),
            ("sourcedId", Problem.UNKNOWN_REFERENCE),
        },
    ),
    "one id twice": (
        _replaced("users", "u-zoe,", "u-jr,"),
        {
            ("sourcedId", Problem.DUPLICATE_ID),
            ("userSourcedId", Problem.REFERENCE_SET_ASIDE),
            ("userSourcedId", Problem.UNKNOWN_REFERENCE),
            ("sourcedId", Problem.REFERENCE_SET_ASIDE),
            ("sourcedId", Problem.UNKNOWN_REFERENCE),
        },
    ),
    "roles that point nowhere": (
        _replaced("roles", "u-ada,org-elm", "u-nobody,org-nowhere"),
        {
            ("userSourcedId", Problem.UNKNOWN_REFERENCE),
            ("orgSourcedId", Problem.UNKNOWN_REFERENCE),
        },
    ),
    "a name without end": (
        _replaced("users", "Zoë", "Z" * 20_000),
        {
            ("givenName", Problem.TOO_LONG),
            ("userSourcedId", Problem.REFERENCE_SET_ASIDE),
            ("sourcedId", Problem.REFERENCE_SET_ASIDE),
        },
    ),
    "a hidden turn of the writing direction": (
        _replaced("users", "Zoë", "Z\u202eoe"),
        {
            ("givenName", Problem.UNREADABLE_TEXT),
            ("userSourcedId", Problem.REFERENCE_SET_ASIDE),
            ("sourcedId", Problem.REFERENCE_SET_ASIDE),
        },
    ),
    "a row with a cell too many": (
        _replaced("roles", "student,primary,u-jr,", "student,primary,,u-jr,"),
        {("", Problem.CELL_COUNT)},
    ),
    "a role nobody defined": (
        _replaced("roles", "student,primary,u-jr", "pupil,primary,u-jr"),
        {("role", Problem.UNKNOWN_VALUE)},
    ),
    "a letter of Persian spelling": (_replaced("users", "Zoë", "نازنین\u200cزهرا"), set()),
    "a line break in a name": (_replaced("users", "Zoë", '"Zoë\r\n Marie"'), set()),
    "letters in two parts": (_replaced("users", "Zoë", "Zoe\u0308"), set()),
}


@pytest.mark.parametrize("name", sorted(AWKWARD))
def test_a_row_that_fails_is_set_aside_and_the_rest_is_imported_whole(office: Office, name: str) -> None:
    files, expected = AWKWARD[name]
    before = _standing(office)
    path = _saved(office, files)
    report = office.roster.import_package(path, accepted=tuple(StopReason))
    found = {(one.field, one.problem) for one in report.plan.quarantined}
    # A reference to a row set aside is a consequence, and which there are depends on the files.
    consequences = {("sourcedId", Problem.REFERENCE_SET_ASIDE), ("userSourcedId", Problem.REFERENCE_SET_ASIDE)}
    assert found - consequences == expected - consequences
    assert all(one["remedy"] and one["line"] for one in report.as_json()["quarantined"])
    now = _standing(office)
    assert len(now["students"]) >= 7
    assert office.roster.import_package(path, accepted=tuple(StopReason)).plan.changes == ()
    assert _standing(office) == now
    assert report.import_id is not None
    assert office.roster.undo(report.import_id).kept == ()
    assert _standing(office) == before


def _manifest(change: Callable[[str], str]) -> Files:
    return _changed("manifest", change)


def _packed_bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in oneroster.files_of("pinewood").items():
            archive.writestr(name, content + (b"\n" * 80_000_000 if name == "users.csv" else b""))
    return target.getvalue()


def _without(*names: str) -> Files:
    return {name: content for name, content in oneroster.files_of("pinewood").items() if name not in names}


REFUSED: dict[str, tuple[Callable[[], Files | bytes], Refusal]] = {
    "version 1.1": (
        lambda: _manifest(lambda text: text.replace("oneroster.version,1.2", "oneroster.version,1.1")),
        Refusal.WRONG_VERSION,
    ),
    "no version": (lambda: _manifest(lambda text: text.replace("oneroster.version,1.2\n", "")), Refusal.WRONG_VERSION),
    "a mode nobody defined": (
        lambda: _manifest(lambda text: text.replace("file.users,bulk", "file.users,full")),
        Refusal.BAD_MANIFEST,
    ),
    "two modes of one file": (lambda: _manifest(lambda text: text + "file.users,delta\n"), Refusal.BAD_MANIFEST),
    "no manifest": (lambda: _without("manifest.csv"), Refusal.NO_MANIFEST),
    "a promised file that is missing": (lambda: _without("roles.csv"), Refusal.FILE_MISSING),
    "in a folder": (lambda: {f"export/{name}": content for name, content in _without().items()}, Refusal.IN_A_FOLDER),
    "an empty file": (lambda: {**_without(), "users.csv": b""}, Refusal.NO_HEADER),
    "another system's heading": (
        lambda: {**_without(), "users.csv": b"id,first,last\n1,Ann,Lee\n"},
        Refusal.WRONG_HEADER,
    ),
    "another encoding": (
        lambda: {**_without(), "users.csv": "sourcedId,givenName,familyName\nu,Zoë,Lee\n".encode("latin-1")},
        Refusal.NOT_UTF8,
    ),
    "an open quotation mark": (lambda: _replaced("users", "Zoë", '"Zoë'), Refusal.NOT_CSV),
    "a row of a megabyte": (lambda: _replaced("users", "Zoë", "Z" * 1_000_000), Refusal.NOT_CSV),
    "a path that leaves the package": (lambda: {**_without(), "../users.csv": b"x"}, Refusal.UNSAFE_NAME),
    "a package in the package": (lambda: {**_without(), "more.zip": b"PK"}, Refusal.NESTED_ZIP),
    "a compression bomb": (_packed_bomb, Refusal.TOO_COMPRESSED),
    "cut short": (lambda: oneroster.package("pinewood").getvalue()[:-300], Refusal.DAMAGED_ZIP),
    "no zip at all": (lambda: b"<html>Sign in</html>", Refusal.NOT_A_ZIP),
    "nothing": (lambda: b"", Refusal.NOT_A_ZIP),
}


@pytest.fixture
def imported(office: Office) -> Iterator[Office]:
    """A desk with a roster; whatever a test does to it, it must stand afterwards as it stood."""
    office.roster.import_package(office.package("pinewood"))
    before = _standing(office)
    yield office
    assert _standing(office) == before
    with office.desk.store.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(RosterImport)) == 1


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_package_that_cannot_be_trusted_is_refused_whole(imported: Office, name: str) -> None:
    make, reason = REFUSED[name]
    path = _saved(imported, make())
    for use in (imported.roster.preview, imported.roster.import_package):
        with pytest.raises(RosterRefusedError) as refused:
            use(path)
        assert refused.value.reason is reason


def _planned(office: Office, files: Files) -> ImportReport:
    return office.roster.preview(_saved(office, files))


def test_files_with_a_heading_alone_empty_the_roster_only_with_a_persons_word(imported: Office) -> None:
    files = {
        name: content if name == "manifest.csv" else content.splitlines(keepends=True)[0]
        for name, content in oneroster.files_of("pinewood").items()
    }
    stopping = type(imported.roster)(imported.desk, imported.district, _CAREFUL)
    report = stopping.import_package(_saved(imported, files))
    assert not report.applied
    assert [stop.reason for stop in report.plan.stops] == [StopReason.MANY_LEAVING]


def test_a_file_marked_absent_that_is_there_is_not_read_and_named(imported: Office) -> None:
    files = _manifest(lambda text: text.replace("file.roles,bulk", "file.roles,absent"))
    report = _planned(imported, files)
    assert NoticeKind.FILE_DECLARED_ABSENT in {notice.kind for notice in report.plan.notices}
    assert report.plan.changes == ()


def test_missing_optional_files_leave_what_they_would_have_said(imported: Office) -> None:
    files = _without("classes.csv", "enrollments.csv", "academicSessions.csv", "demographics.csv")
    files["manifest.csv"] = b"\n".join(
        line
        for line in files["manifest.csv"].replace(b"\r", b"").split(b"\n")
        if not any(name in line for name in (b"classes", b"enrollments", b"academicSessions", b"demographics"))
    )
    assert _planned(imported, files).plan.changes == ()


def test_columns_nobody_knows_are_named_and_passed_over(imported: Office) -> None:
    lines = oneroster.files_of("pinewood")["orgs.csv"].decode().splitlines()
    orgs = "\n".join([f"{lines[0]},districtMascot", *(f"{line},owl" for line in lines[1:])])
    report = _planned(imported, {**oneroster.files_of("pinewood"), "orgs.csv": orgs.encode()})
    assert ("orgs.csv", "districtMascot") in {(notice.name, notice.detail) for notice in report.plan.notices}
    assert report.plan.changes == ()
