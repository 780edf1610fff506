"""A package that is damaged, unsafe or not OneRoster is refused as a whole, with the reason."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from tests.support import oneroster

from clinicdesk.interchange.oneroster import ArchiveLimits, Refusal, RosterRefusedError, TableLimits, read_package


def _refused(source: io.BytesIO, **limits: ArchiveLimits | TableLimits) -> RosterRefusedError:
    with pytest.raises(RosterRefusedError) as caught:
        read_package(source, **limits)  # type: ignore[arg-type]  # the names say which limit is which
    return caught.value


@pytest.mark.parametrize(
    ("name", "reason", "file"),
    [
        ("foreign-headers", Refusal.WRONG_HEADER, "users.csv"),
        ("one-roster-1-1", Refusal.WRONG_VERSION, "manifest.csv"),
        ("manifest-of-something", Refusal.WRONG_HEADER, "manifest.csv"),
        ("manifest-bad-mode", Refusal.BAD_MANIFEST, "manifest.csv"),
        ("latin-1", Refusal.NOT_UTF8, "users.csv"),
        ("open-quote", Refusal.NOT_CSV, "orgs.csv"),
    ],
)
def test_a_broken_package_is_refused_with_its_file_and_reason(name: str, reason: Refusal, file: str) -> None:
    refused = _refused(oneroster.broken(name))
    assert (refused.reason, refused.file) == (reason, file)


def test_foreign_headers_are_answered_with_the_columns_that_are_missing() -> None:
    assert _refused(oneroster.broken("foreign-headers")).detail == "sourcedId, givenName, familyName"


def test_a_delta_without_its_status_column_is_refused() -> None:
    users = b"sourcedId,givenName,familyName\nu-1,Ann,Sample\n"
    refused = _refused(oneroster.package("pinewood-delta", users=users))
    assert (refused.reason, refused.detail) == (Refusal.WRONG_HEADER, "status, dateLastModified")


def test_a_header_with_one_column_twice_is_refused() -> None:
    users = b"sourcedId,givenName,familyName,givenName\nu-1,Ann,Sample,Bob\n"
    assert _refused(oneroster.package("pinewood", users=users)).reason is Refusal.WRONG_HEADER


def test_a_promised_file_that_is_not_there_is_refused() -> None:
    refused = _refused(oneroster.package("pinewood", users=None))
    assert (refused.reason, refused.file) == (Refusal.FILE_MISSING, "users.csv")


def test_a_package_without_manifest_is_refused() -> None:
    assert _refused(oneroster.package("pinewood", manifest=None)).reason is Refusal.NO_MANIFEST


def test_a_manifest_that_declares_nothing_is_refused() -> None:
    manifest = b"propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\n"
    assert _refused(oneroster.package("pinewood", manifest=manifest)).reason is Refusal.NOTHING_DECLARED


def test_a_manifest_that_contradicts_itself_is_refused() -> None:
    manifest = oneroster.files_of("pinewood")["manifest.csv"] + b"file.users,delta\n"
    assert _refused(oneroster.package("pinewood", manifest=manifest)).reason is Refusal.BAD_MANIFEST


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert _refused(oneroster.package("pinewood", users=content)).reason is Refusal.NO_HEADER


def test_a_null_character_is_refused() -> None:
    users = b"sourcedId,givenName,familyName\nu-1,A\x00nn,Sample\n"
    assert _refused(oneroster.package("pinewood", users=users)).reason is Refusal.NOT_CSV


def test_utf_16_is_refused() -> None:
    users = "sourcedId,givenName,familyName\nu-1,Ann,Sample\n".encode("utf-16")
    assert _refused(oneroster.package("pinewood", users=users)).reason is Refusal.NOT_UTF8


def test_files_in_a_folder_inside_the_zip_are_refused() -> None:
    files = {f"roster/{name}": content for name, content in oneroster.files_of("pinewood").items()}
    assert _refused(oneroster.zipped(files)).reason is Refusal.IN_A_FOLDER


@pytest.mark.parametrize(
    "name",
    ["../users.csv", "a/../../users.csv", "/etc/users.csv", "C:users.csv", "..\\users.csv", "a\\b.csv", "..", "x/.."],
)
def test_a_name_that_leaves_the_zip_is_refused(name: str) -> None:
    refused = _refused(oneroster.zipped({**oneroster.files_of("pinewood"), name: b"x"}))
    assert refused.reason is Refusal.UNSAFE_NAME


def test_a_name_cut_by_a_null_character_is_refused() -> None:
    data = oneroster.zipped({**oneroster.files_of("pinewood"), "Xevil.csv": b"x"}).getvalue()
    assert _refused(io.BytesIO(data.replace(b"Xevil.csv", b"X\x00vil.csv"))).reason is Refusal.UNSAFE_NAME


@pytest.mark.parametrize("second", ["users.csv", "USERS.csv"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_entry_twice_is_refused(second: str) -> None:
    files = [*oneroster.files_of("pinewood").items(), (second, b"sourcedId,givenName,familyName\n")]
    assert _refused(oneroster.zipped(files)).reason is Refusal.DUPLICATE_ENTRY


def test_a_zip_in_the_zip_is_refused() -> None:
    inner = oneroster.package("pinewood").getvalue()
    assert _refused(oneroster.zipped({"roster.zip": inner})).reason is Refusal.NESTED_ZIP


def test_a_symbolic_link_is_refused() -> None:
    target = oneroster.package("pinewood")
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert _refused(target).reason is Refusal.UNSAFE_ENTRY


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_only_the_usual_compression_is_unpacked(method: int) -> None:
    target = oneroster.package("pinewood")
    with zipfile.ZipFile(target, "a", method) as archive:
        archive.writestr("courses.csv", b"sourcedId\n")
    assert _refused(target).reason is Refusal.UNSAFE_ENTRY


def test_an_encrypted_entry_is_refused() -> None:
    data = bytearray(oneroster.package("pinewood").getvalue())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    assert _refused(io.BytesIO(bytes(data))).reason is Refusal.ENCRYPTED_ZIP


def test_a_compression_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = oneroster.zipped({**oneroster.files_of("pinewood"), "users.csv": b"0" * (64 * 1024 * 1024)})
    assert len(bomb.getvalue()) < 100_000
    tracemalloc.start()
    refused = _refused(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.reason is Refusal.TOO_COMPRESSED
    assert peak < 4 * 1024 * 1024


def test_entries_that_share_bytes_are_refused() -> None:
    data = oneroster.package("pinewood").getvalue()
    end = data.index(b"PK\x05\x06")
    directory_at = struct.unpack_from("<I", data, end + 16)[0]
    first = directory_at
    second = data.index(b"PK\x01\x02", first + 1)
    overlapped = bytearray(data)
    overlapped[second + 42 : second + 46] = data[first + 42 : first + 46]
    assert _refused(io.BytesIO(bytes(overlapped))).reason is Refusal.UNSAFE_ENTRY


def test_an_entry_longer_than_its_directory_says_is_refused() -> None:
    data = oneroster.package("pinewood").getvalue()
    size_at = data.index(b"PK\x01\x02") + 24
    shorter = bytearray(data)
    shorter[size_at : size_at + 4] = struct.pack("<I", 10)
    assert _refused(io.BytesIO(bytes(shorter))).reason in {Refusal.TOO_LARGE, Refusal.DAMAGED_ZIP}


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_zip_is_refused(part: float) -> None:
    data = oneroster.package("pinewood").getvalue()
    assert _refused(io.BytesIO(data[: int(len(data) * part)])).reason is Refusal.DAMAGED_ZIP


def test_a_changed_byte_inside_an_entry_is_found() -> None:
    data = bytearray(oneroster.package("pinewood").getvalue())
    at = data.index(b"users.csv") + 200
    data[at] ^= 0xFF
    assert _refused(io.BytesIO(bytes(data))).reason is Refusal.DAMAGED_ZIP


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 not a zip", b"sourcedId,givenName\n"])
def test_what_is_no_zip_is_refused(content: bytes) -> None:
    assert _refused(io.BytesIO(content)).reason is Refusal.NOT_A_ZIP


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (ArchiveLimits(entries=3), Refusal.TOO_MANY_ENTRIES),
        (ArchiveLimits(entry_bytes=500), Refusal.TOO_LARGE),
        (ArchiveLimits(total_bytes=2_000), Refusal.TOO_LARGE),
    ],
)
def test_a_package_beyond_the_limits_is_refused(limits: ArchiveLimits, reason: Refusal) -> None:
    assert _refused(oneroster.package("pinewood"), archive_limits=limits).reason is reason


def _row(cell: str) -> bytes:
    return f"sourcedId,name,type\n{cell}".encode()


@pytest.mark.parametrize(
    ("orgs", "reason"),
    [
        (lambda: _row("org-1," + "x" * 70_000 + ",school\n"), Refusal.NOT_CSV),
        (lambda: _row('org-1,"' + "x\n" * 40_000 + '",school\n'), Refusal.NOT_CSV),
        (lambda: _row("," * 300 + "x\n"), Refusal.NOT_CSV),
        (lambda: _row("org-1,A,school\n" * 30), Refusal.TOO_MANY_ROWS),
        (lambda: _row('org-1,"A"B,school\n'), Refusal.NOT_CSV),
    ],
)
def test_a_table_beyond_the_limits_is_refused(orgs: Callable[[], bytes], reason: Refusal) -> None:
    refused = _refused(oneroster.package("pinewood", orgs=orgs()), table_limits=TableLimits(rows=20))
    assert (refused.reason, refused.file) == (reason, "orgs.csv")
