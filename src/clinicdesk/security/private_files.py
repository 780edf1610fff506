"""Small files of key material: 0600, replaced atomically, synced to disk, read with a size limit."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from clinicdesk.security.errors import SecretFileError

MOST_BYTES = 1_048_576


def read_private(path: Path) -> bytes | None:
    """The bytes of a small file; None where there is none.

    Raises:
        SecretFileError: it cannot be read, or is larger than any file of ours.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SecretFileError(reason="unreadable", file=path.name) from error
    if len(content) > MOST_BYTES:
        raise SecretFileError(reason="too_large", file=path.name)
    return content


def replace_private(path: Path, content: bytes) -> None:
    """Put `content` in place of the file: old or new, never neither, also after a power cut (F2).

    Raises:
        SecretFileError: nothing was changed.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:  # mkstemp made it 0600
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise SecretFileError(reason="unwritable", file=path.name) from error


def remove_private(path: Path) -> None:
    """Remove the file if it is there."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise SecretFileError(reason="unwritable", file=path.name) from error


def sync_folder(folder: Path) -> None:
    """Make a rename durable; Windows has no such call and does it with the rename."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
