"""Whatever bytes arrive, the reader either reads them or refuses them cleanly."""

from __future__ import annotations

import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support import oneroster

from clinicdesk.domain.roster.records import Problem, RosterFile, RosterPackage
from clinicdesk.interchange.oneroster import RosterRefusedError, TableLimits, read_package
from clinicdesk.interchange.oneroster.binding import BINDING
from clinicdesk.interchange.oneroster.package import FileContents, read_file

_LIMITS = TableLimits(rows=200, columns=40, row_characters=2_000)
_CELLS = st.one_of(
    st.sampled_from(["", "u-1", "org-1", "true", "active", "tobedeleted", "2026-01-31", "school", "student"]),
    st.text(max_size=20),
    st.sampled_from(["\ufeff", '"', "\r", "\n", "a,b", "=cmd()", "\x00", "\u202e", "0000-01-01", "9" * 300]),
)
_QUIET = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def _tables(draw: st.DrawFn) -> tuple[RosterFile, bytes]:
    """A file with a good header and rows of anything, quoted well or badly."""
    file = draw(st.sampled_from(RosterFile))
    header = draw(st.permutations(sorted(BINDING[file].columns)))
    quote = draw(st.booleans())
    rows = draw(st.lists(st.lists(_CELLS, min_size=0, max_size=len(header) + 2), max_size=8))
    lines = [",".join(header)]
    for row in rows:
        cells = ['"' + cell.replace('"', '""') + '"' for cell in row] if quote else row
        lines.append(",".join(cells))
    return file, draw(st.sampled_from(["\n", "\r\n", "\r"])).join(lines).encode("utf-8", "surrogatepass")


def _read(file: RosterFile, content: bytes, *, delta: bool) -> FileContents | RosterRefusedError:
    stream: io.BufferedReader = io.BufferedReader(io.BytesIO(content))
    try:
        return read_file(file, stream, delta=delta, limits=_LIMITS)
    except RosterRefusedError as refused:
        return refused


@_QUIET
@given(_tables(), st.booleans())
def test_any_rows_under_a_good_header_are_read_set_aside_or_refused(
    table: tuple[RosterFile, bytes], delta: bool
) -> None:
    read = _read(*table, delta=delta)
    if isinstance(read, RosterRefusedError):
        assert read.file == f"{table[0].value}.csv"
        return
    set_aside = {found.place.line for found in read.quarantined}
    assert len(read.rows) + len(set_aside) == read.rows_read
    assert all(len(found.value) <= 60 and isinstance(found.problem, Problem) for found in read.quarantined)
    assert "" not in read.rows


@_QUIET
@given(st.binary(max_size=400))
def test_any_bytes_in_a_file_are_read_or_refused(content: bytes) -> None:
    read = _read(RosterFile.USERS, content, delta=False)
    assert read.file == "users.csv" if isinstance(read, RosterRefusedError) else read.rows_read < 400


@_QUIET
@given(st.data())
def test_a_package_with_any_bytes_changed_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(oneroster.package("pinewood").getvalue())
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    length = data.draw(st.one_of(st.just(len(whole)), st.integers(0, len(whole))))
    read = _package(bytes(whole[:length]))
    assert isinstance(read, RosterRefusedError) or sum(read.rows_read.values()) < 1_000


@_QUIET
@given(st.binary(max_size=300))
def test_any_bytes_as_a_package_are_refused(content: bytes) -> None:
    assert isinstance(_package(content), RosterRefusedError)


def _package(content: bytes) -> RosterPackage | RosterRefusedError:
    try:
        return read_package(io.BytesIO(content))
    except RosterRefusedError as refused:
        return refused
