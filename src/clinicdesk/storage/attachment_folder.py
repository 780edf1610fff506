"""The sealed files of a desk, beside its database, each under the hash of its sealed bytes (scenario 10)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from clinicdesk.security.errors import SecretFileError
from clinicdesk.security.private_files import remove_private, sync_folder

PART = ".part"
_WRITING = ".writing-"


@dataclass(slots=True)
class NewFile:
    """A file while it is written; its name is known when the last byte is."""

    target: BinaryIO
    size: int = 0
    name: str = ""
    _hash: hashlib._Hash = field(default_factory=hashlib.sha256)

    def write(self, content: bytes) -> None:
        self.target.write(content)
        self._hash.update(content)
        self.size += len(content)

    def end(self) -> None:
        self.target.flush()
        os.fsync(self.target.fileno())
        self.name = self._hash.hexdigest()


@dataclass(frozen=True, slots=True)
class AttachmentFolder:
    """Files are whole under their name, or not there: what is still arriving has a name of its own."""

    root: Path

    @contextlib.contextmanager
    def writing(self) -> Iterator[NewFile]:
        """A new file: on leaving the block it is safe on disk under its hash; nothing is there if the block fails.

        Raises:
            SecretFileError: the disk refused.
        """
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=_WRITING, dir=self.root)
            try:
                with os.fdopen(handle, "wb") as target:
                    new = NewFile(target)
                    yield new
                    new.end()
                Path(temporary).replace(self.root / new.name)
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(temporary).unlink()
                raise
            sync_folder(self.root)
        except OSError as error:
            raise SecretFileError(reason="unwritable", file="attachment") from error

    def holds(self, name: str) -> bool:
        return (self.root / name).is_file()

    def size(self, name: str) -> int:
        """Raises: SecretFileError: it cannot be read."""
        try:
            return (self.root / name).stat().st_size
        except OSError as error:
            raise SecretFileError(reason="unreadable", file="attachment") from error

    def open(self, name: str) -> BufferedReader:
        """Raises: FileNotFoundError: it has not arrived."""
        return (self.root / name).open("rb")

    def read(self, name: str, start: int, length: int) -> bytes:
        """A range of a whole file. Raises: SecretFileError: it cannot be read."""
        try:
            with self.open(name) as file:
                file.seek(start)
                return file.read(length)
        except OSError as error:
            raise SecretFileError(reason="unreadable", file="attachment") from error

    def is_whole(self, name: str) -> bool:
        """Whether the bytes are those that the name says; they are read to the end."""
        try:
            with self.open(name) as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == name
        except OSError:
            return False

    def drop(self, name: str) -> None:
        """Remove a file, and what had arrived of it."""
        remove_private(self.root / name)
        remove_private(self._part(name))

    # --- Arriving --------------------------------------------------------------------------------------------

    def arrived(self, name: str) -> int:
        """How many bytes of a file that is not whole yet are here."""
        try:
            return self._part(name).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, name: str, start: int, content: bytes) -> None:
        """The next range of a file that arrives; what stood behind `start` is written over.

        Raises:
            SecretFileError: the disk refused; what is here stays.
        """
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self._part(name), os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(handle, "wb") as file:
                file.truncate(start)
                file.seek(start)
                file.write(content)
        except OSError as error:
            raise SecretFileError(reason="unwritable", file="attachment") from error

    def complete(self, name: str) -> bool:
        """The last range is here: show the file if it is the one that its name says, else drop what came.

        Raises:
            SecretFileError: the disk refused.
        """
        part = self._part(name)
        try:
            with part.open("rb+") as file:
                whole = hashlib.file_digest(file, "sha256").hexdigest() == name
                if whole:
                    os.fsync(file.fileno())
            if not whole:
                part.unlink()
                return False
            part.replace(self.root / name)
            sync_folder(self.root)
        except OSError as error:
            raise SecretFileError(reason="unwritable", file="attachment") from error
        return True

    def clear_strays(self, known: Collection[str], before: float) -> int:
        """Remove files that nobody has known since `before`, and what a crash left of writing one; how many."""
        cleared = 0
        for entry in os.scandir(self.root) if self.root.is_dir() else ():
            if entry.name.removesuffix(PART) not in known and entry.stat().st_mtime < before:
                remove_private(Path(entry.path))
                cleared += 1
        return cleared

    def _part(self, name: str) -> Path:
        return self.root / f"{name}{PART}"
