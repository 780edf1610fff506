"""A whole package: manifest first, then every declared file that the clinic reads."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TypeVar

from clinicdesk.domain.roster.records import (
    AcademicSession,
    Demographics,
    Enrollment,
    FileMode,
    Notice,
    NoticeKind,
    Org,
    Problem,
    RoleRow,
    RosterFile,
    RosterPackage,
    RosterRow,
    RosterUser,
    RowFinding,
    RowPlace,
    SchoolClass,
)
from clinicdesk.interchange.oneroster.archive import ArchiveLimits, PackageArchive
from clinicdesk.interchange.oneroster.binding import BINDING, MANIFEST, NEVER_READ
from clinicdesk.interchange.oneroster.cells import RowReader
from clinicdesk.interchange.oneroster.manifest import read_manifest
from clinicdesk.interchange.oneroster.refusal import Refusal, RosterRefusedError
from clinicdesk.interchange.oneroster.rows import READERS
from clinicdesk.interchange.oneroster.table import TableLimits, read_table, tidy

_R = TypeVar("_R", bound=RosterRow)
_EXTENSION = "metadata."
_HEARD_EVERY = 2_000


@dataclass(frozen=True, slots=True)
class FileContents:
    """The rows of one file by key, and what was found in the others."""

    rows: Mapping[str, RosterRow | RowPlace]
    quarantined: tuple[RowFinding, ...]
    warnings: tuple[RowFinding, ...]
    notices: tuple[Notice, ...]
    rows_read: int


@dataclass(slots=True)
class _Findings:
    quarantined: list[RowFinding] = field(default_factory=list)
    warnings: list[RowFinding] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    departures: list[RowPlace] = field(default_factory=list)


def read_package(
    source: Path | IO[bytes],
    *,
    archive_limits: ArchiveLimits | None = None,
    table_limits: TableLimits | None = None,
    heard: Callable[[int], None] = lambda _rows: None,
) -> RosterPackage:
    """Everything readable in a OneRoster 1.2 zip. References between rows are not judged here.

    `heard` is told now and then how many rows have been read; what it raises ends the reading.

    Raises:
        RosterRefusedError: the package as a whole cannot be used; nothing of it was read.
    """
    with PackageArchive(source, archive_limits) as archive:
        if MANIFEST not in archive.names:
            nested = any(name.endswith(f"/{MANIFEST}") for name in archive.names)
            raise RosterRefusedError(Refusal.IN_A_FOLDER if nested else Refusal.NO_MANIFEST, file=MANIFEST)
        with archive.open(MANIFEST) as stream:
            manifest = read_manifest(stream)
        modes = {file: manifest.modes.get(file.value, FileMode.ABSENT) for file in RosterFile}
        _check_declared(manifest.modes, archive.names)
        found = _Findings(notices=_notices_on_entries(manifest.modes, archive.names))
        contents: dict[RosterFile, tuple[RosterRow, ...]] = {}
        rows_read: dict[RosterFile, int] = {}
        for file, mode in modes.items():
            if mode is FileMode.ABSENT:
                continue
            told = _after(sum(rows_read.values()), heard)
            with archive.open(f"{file.value}.csv") as stream:
                one = read_file(file, stream, delta=mode is FileMode.DELTA, limits=table_limits, heard=told)
            found.quarantined += one.quarantined
            found.warnings += one.warnings
            found.notices += one.notices
            found.departures += [row for row in one.rows.values() if isinstance(row, RowPlace)]
            contents[file] = tuple(row for row in one.rows.values() if not isinstance(row, RowPlace))
            rows_read[file] = one.rows_read
    return RosterPackage(
        source=manifest.source,
        modes=modes,
        orgs=_of(Org, contents.get(RosterFile.ORGS)),
        sessions=_of(AcademicSession, contents.get(RosterFile.ACADEMIC_SESSIONS)),
        users=_of(RosterUser, contents.get(RosterFile.USERS)),
        roles=_of(RoleRow, contents.get(RosterFile.ROLES)),
        demographics=_of(Demographics, contents.get(RosterFile.DEMOGRAPHICS)),
        classes=_of(SchoolClass, contents.get(RosterFile.CLASSES)),
        enrollments=_of(Enrollment, contents.get(RosterFile.ENROLLMENTS)),
        departures=tuple(found.departures),
        quarantined=tuple(found.quarantined),
        warnings=tuple(found.warnings),
        notices=tuple(found.notices),
        rows_read=rows_read,
    )


def read_file(
    file: RosterFile,
    stream: io.BufferedReader,
    *,
    delta: bool,
    limits: TableLimits | None = None,
    heard: Callable[[int], None] = lambda _rows: None,
) -> FileContents:
    """The rows of one file. A key stated twice is nobody's: both rows are set aside.

    Raises:
        RosterRefusedError: the file is not CSV, or its header is not that of `file`.
    """
    name = f"{file.value}.csv"
    table = read_table(stream, name, limits)
    header = next(table, None)
    if header is None:
        raise RosterRefusedError(Refusal.NO_HEADER, file=name)
    columns, notices = _columns(file, header.cells, delta=delta)
    rows: dict[str, RosterRow | RowPlace] = {}
    places: dict[str, RowPlace] = {}
    spoilt: set[str] = set()
    quarantined: list[RowFinding] = []
    warnings: list[RowFinding] = []
    count = 0
    for raw in table:
        if not count % _HEARD_EVERY:
            heard(count)
        count += 1
        row = RowReader(file, columns, raw)
        key = row.place.source_id
        value: RosterRow | RowPlace | None = None
        if len(raw.cells) != len(header.cells):
            row.fatal.insert(0, RowFinding(row.place, "", Problem.CELL_COUNT, str(len(raw.cells))))
        else:
            value = row.place if row.leaving(delta=delta) else READERS[file](row)
        if key and key in places:
            if key not in spoilt:
                spoilt.add(key)
                quarantined.append(RowFinding(places[key], "sourcedId", Problem.DUPLICATE_ID, key[:60]))
            row.reject("sourcedId", Problem.DUPLICATE_ID, key)
        places.setdefault(key, row.place)
        quarantined += row.fatal
        if not row.fatal and value is not None:
            warnings += row.remarks
            rows[key] = value
    for key in spoilt:
        rows.pop(key, None)
    kept = tuple(remark for remark in warnings if remark.place.source_id not in spoilt)
    return FileContents(rows, tuple(quarantined), kept, notices, count)


def _after(before: int, heard: Callable[[int], None]) -> Callable[[int], None]:
    """`heard` of a file that begins after so many rows."""
    return lambda rows: heard(before + rows)


def _columns(file: RosterFile, cells: list[str], *, delta: bool) -> tuple[dict[str, int], tuple[Notice, ...]]:
    """Where each known column stands. The password column is left out here, so that no code can read it."""
    binding = BINDING[file]
    name = f"{file.value}.csv"
    columns: dict[str, int] = {}
    notices: list[Notice] = []
    for index, cell in enumerate(cells):
        column = tidy(cell)
        if column in columns:
            raise RosterRefusedError(Refusal.WRONG_HEADER, file=name, line=1, detail=f"{column[:60]} twice")
        if column == NEVER_READ:
            notices.append(Notice(NoticeKind.PASSWORDS_DROPPED, name))
        elif column in binding.columns:
            columns[column] = index
        elif column and not column.startswith(_EXTENSION):
            notices.append(Notice(NoticeKind.COLUMN_IGNORED, name, column[:60]))
    missing = [column for column in binding.needed_in(delta=delta) if column not in columns]
    if missing:
        raise RosterRefusedError(Refusal.WRONG_HEADER, file=name, line=1, detail=", ".join(missing))
    return columns, tuple(notices)


def _check_declared(modes: Mapping[str, FileMode], names: tuple[str, ...]) -> None:
    """A file promised and not there is a broken package; one with nothing for the clinic in it is a mistake."""
    for file in RosterFile:
        if modes.get(file.value, FileMode.ABSENT) is not FileMode.ABSENT and f"{file.value}.csv" not in names:
            raise RosterRefusedError(Refusal.FILE_MISSING, file=f"{file.value}.csv")
    if all(modes.get(file.value, FileMode.ABSENT) is FileMode.ABSENT for file in RosterFile):
        raise RosterRefusedError(Refusal.NOTHING_DECLARED, file=MANIFEST)


def _notices_on_entries(modes: Mapping[str, FileMode], names: tuple[str, ...]) -> list[Notice]:
    read = {file.value for file in RosterFile}
    notices = [
        Notice(NoticeKind.FILE_PROMISED, f"{file}.csv")
        for file, mode in sorted(modes.items())
        if mode is not FileMode.ABSENT and f"{file}.csv" not in names
    ]
    for name in sorted(names):
        file = name.removesuffix(".csv")
        if name == MANIFEST:
            continue
        if file in read and file not in modes:
            notices.append(Notice(NoticeKind.FILE_NOT_DECLARED, name[:80]))
        elif file in read and modes[file] is FileMode.ABSENT:
            notices.append(Notice(NoticeKind.FILE_DECLARED_ABSENT, name[:80]))
        elif file not in read:
            notices.append(Notice(NoticeKind.FILE_NOT_READ, name[:80]))
    return notices


def _of(kind: type[_R], rows: tuple[RosterRow, ...] | None) -> tuple[_R, ...]:
    return tuple(row for row in rows or () if isinstance(row, kind))
