"""The session nonce beside the database, not in it: a copied or restored database then shows (scenario 15)."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Protocol

from clinicdesk.security.private_files import read_private, replace_private


class NonceKeeper(Protocol):
    """Keeps the session nonce outside the database, so that a copied or restored file shows (scenario 15)."""

    def read(self) -> str | None: ...

    def write(self, nonce: str) -> None: ...


class NonceFile:
    """`NonceKeeper` in a private file of the profile."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> str | None:
        content = read_private(self._path)
        if content is None:
            return None
        try:
            return str(uuid.UUID(content.decode("ascii").strip()))
        except ValueError:
            # The district then asks for a confirmation; a damaged file must not stop the desk.
            return None

    def write(self, nonce: str) -> None:
        replace_private(self._path, nonce.encode("ascii"))
