"""Reading a zip that a stranger made: every name, size and method is checked before a byte is unpacked."""

from __future__ import annotations

import contextlib
import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from clinicdesk.interchange.oneroster.refusal import Refusal, RosterRefusedError

_MIB = 1024 * 1024
_LOCAL_HEADER_BYTES = 30
_ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_NESTED = re.compile(r"\.(zip|jar|gz|tgz|tar|7z|rar|bz2|xz|zst)$", re.IGNORECASE)
_DRIVE = re.compile(r"^[A-Za-z]:")
# What `zipfile` and `zlib` let out on damaged input, found by fuzzing.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    struct.error,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    IndexError,
)


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """How much a package may be. The largest honest one seen in planning is a district of 50,000 students (90 MB)."""

    entries: int = 100
    packed_bytes: int = 256 * _MIB
    entry_bytes: int = 512 * _MIB
    total_bytes: int = 1024 * _MIB
    # Honest roster files pack 8 to 40 times; deflate at its best packs 1,032 times.
    ratio: int = 120
    ratio_from_bytes: int = 4 * _MIB


class _Counted(io.RawIOBase):
    """An entry's bytes, refused as soon as there are more than the directory promised."""

    def __init__(self, stream: IO[bytes], name: str, promised: int) -> None:
        self._stream = stream
        self._name = name
        self._left = promised

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed wants Buffer
        try:
            read = self._stream.read(len(buffer))
        except _DAMAGE as damage:
            raise RosterRefusedError(Refusal.DAMAGED_ZIP, file=self._name) from damage
        self._left -= len(read)
        if self._left < 0:
            raise RosterRefusedError(Refusal.TOO_LARGE, file=self._name)
        buffer[: len(read)] = read
        return len(read)

    def close(self) -> None:
        self._stream.close()
        super().close()


class PackageArchive:
    """An opened zip whose directory passed every check; `open` gives one entry as a bounded stream."""

    def __init__(self, source: Path | IO[bytes], limits: ArchiveLimits | None = None) -> None:
        """
        Raises:
            RosterRefusedError: the zip is damaged, unsafe or beyond the limits.
        """
        self._limits = limits or ArchiveLimits()
        self._zip = _opened(source, self._limits)
        try:
            self._entries = self._checked()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> PackageArchive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._entries)

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[io.BufferedReader]:
        """One entry, unpacked as it is read."""
        entry = self._entries[name]
        try:
            stream = self._zip.open(entry)
        except _DAMAGE as damage:
            raise RosterRefusedError(Refusal.DAMAGED_ZIP, file=name) from damage
        reader: io.BufferedReader = io.BufferedReader(_Counted(stream, name, entry.file_size), 256 * 1024)
        with reader:
            yield reader

    def _checked(self) -> dict[str, zipfile.ZipInfo]:
        listed = self._zip.infolist()
        if len(listed) > self._limits.entries:
            raise RosterRefusedError(Refusal.TOO_MANY_ENTRIES, detail=str(self._limits.entries))
        entries: dict[str, zipfile.ZipInfo] = {}
        folded: set[str] = set()
        for entry in listed:
            # orig_filename is the name as written, before zipfile cuts it at NUL or turns its slashes.
            _check_name(entry.orig_filename)
            _check_entry(entry, self._limits)
            if entry.is_dir():
                continue
            if entry.filename.casefold() in folded:
                raise RosterRefusedError(Refusal.DUPLICATE_ENTRY, file=_shown(entry.filename))
            folded.add(entry.filename.casefold())
            entries[entry.filename] = entry
        if sum(entry.file_size for entry in listed) > self._limits.total_bytes:
            raise RosterRefusedError(Refusal.TOO_LARGE, detail=str(self._limits.total_bytes))
        _check_overlap(listed)
        return entries


def _opened(source: Path | IO[bytes], limits: ArchiveLimits) -> zipfile.ZipFile:
    try:
        if isinstance(source, Path) and source.stat().st_size > limits.packed_bytes:
            raise RosterRefusedError(Refusal.TOO_LARGE, detail=str(limits.packed_bytes))
        return zipfile.ZipFile(source)
    except OSError as failed:
        raise RosterRefusedError(Refusal.NOT_FOUND) from failed
    except zipfile.BadZipFile as damage:
        raise RosterRefusedError(_kind_of_damage(source)) from damage
    except _DAMAGE as damage:
        raise RosterRefusedError(Refusal.DAMAGED_ZIP) from damage


def _kind_of_damage(source: Path | IO[bytes]) -> Refusal:
    """A file that begins as a zip was cut short; any other never was one."""
    if isinstance(source, Path):
        with source.open("rb") as stream:
            start = stream.read(4)
    else:
        source.seek(0)
        start = source.read(4)
    return Refusal.DAMAGED_ZIP if start.startswith(b"PK") else Refusal.NOT_A_ZIP


def _check_name(name: str) -> None:
    parts = name.replace("\\", "/").split("/")
    if (
        not name
        or "\x00" in name
        or "\\" in name
        or name.startswith("/")
        or _DRIVE.match(name)
        or ".." in parts
        or any(ord(letter) < 32 for letter in name)
    ):
        raise RosterRefusedError(Refusal.UNSAFE_NAME, file=_shown(name))


def _check_entry(entry: zipfile.ZipInfo, limits: ArchiveLimits) -> None:
    shown = _shown(entry.filename)
    if entry.flag_bits & _ENCRYPTED_FLAGS:
        raise RosterRefusedError(Refusal.ENCRYPTED_ZIP, file=shown)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if entry.compress_type not in _METHODS or kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise RosterRefusedError(Refusal.UNSAFE_ENTRY, file=shown)
    if _NESTED.search(entry.filename):
        raise RosterRefusedError(Refusal.NESTED_ZIP, file=shown)
    if entry.file_size > limits.entry_bytes:
        raise RosterRefusedError(Refusal.TOO_LARGE, file=shown, detail=str(limits.entry_bytes))
    if entry.file_size > limits.ratio_from_bytes and entry.file_size > limits.ratio * max(entry.compress_size, 1):
        raise RosterRefusedError(Refusal.TOO_COMPRESSED, file=shown, detail=str(limits.ratio))


def _check_overlap(listed: list[zipfile.ZipInfo]) -> None:
    """Entries that share bytes make a small file unpack without end; honest zips have none."""
    end = 0
    for entry in sorted(listed, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise RosterRefusedError(Refusal.UNSAFE_ENTRY, file=_shown(entry.filename))
        end = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size


def _shown(name: str) -> str:
    """A name fit for a message: printable and short."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:80]
