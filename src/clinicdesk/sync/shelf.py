"""The shelf of a session over the encrypted database and the folder of sealed files (scenario 10)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import sqlalchemy as sa

from clinicdesk.core.clock import Clock
from clinicdesk.storage import attachment_notes as notes
from clinicdesk.storage.attachment_folder import AttachmentFolder
from clinicdesk.storage.context import SYNC_APPLIES
from clinicdesk.storage.store import Store
from clinicdesk.sync.files import Due
from clinicdesk.sync.pages import RESERVE_BYTES
from clinicdesk.sync.session_facts import instant, pending

STRAY_SECONDS = 30 * 86_400.0
"""So long a file stays that no row speaks of: the row may have been lost with the database, and come back with it."""


class _Noted(NamedTuple):
    """What the database says: how many rows wait, and of which files it knows what."""

    waiting: int
    unreferred: Sequence[str]
    missing: Sequence[str]
    to_send: Sequence[tuple[str, bool]]


@dataclass(slots=True)
class DeskShelf:
    """`files.Shelf` of a desk. `room` says how many bytes of the disk are left."""

    store: Store
    folder: AttachmentFolder
    clock: Clock
    room: Callable[[], int] | None = None
    _waiting_before: int = field(default=0, init=False)

    def due(self, most: int) -> Due:
        """Files whose rows left, or whose key was destroyed, go first (s44, s60); those found here are known again.

        Nothing is to come where what is left of the disk is for the entries of people (s52).
        """
        noted = self._noted(most)
        self._waiting_before = noted.waiting
        gone, adopted = noted.unreferred, [name for name in noted.missing if self.folder.holds(name)]
        if gone or adopted:
            self._tidy(gone, adopted)
            noted = self._noted(most)
        there = [(name, made) for name, made in noted.to_send if self.folder.holds(name)]
        if len(there) < len(noted.to_send):
            with self._writing() as connection:
                for name in {name for name, _made in noted.to_send} - {name for name, _made in there}:
                    notes.lost(connection, name)
            noted = self._noted(most)
        full = self.room is not None and self.room() < RESERVE_BYTES
        return Due(there, () if full else noted.missing[:most])

    def _noted(self, most: int) -> _Noted:
        with self.store.glance() as session:
            connection = session.connection()
            return _Noted(
                pending(connection),
                notes.unreferred(connection),
                notes.missing(connection, -1),
                notes.to_send(connection, most),
            )

    def _tidy(self, gone: Sequence[str], adopted: Sequence[str]) -> None:
        with self.store.glance() as session:
            known = notes.known(session.connection())
        for name in gone:
            self.folder.drop(name)
        self.folder.clear_strays(known, self.clock.now().timestamp() - STRAY_SECONDS)
        with self._writing() as connection:
            for name in gone:
                notes.forget(connection, name)
            for name in adopted:
                notes.made_here(connection, name)

    def size(self, name: str) -> int:
        return self.folder.size(name)

    def read(self, name: str, start: int, length: int) -> bytes:
        return self.folder.read(name, start, length)

    def brought(self, name: str) -> None:
        with self._writing() as connection:
            notes.brought(connection, name)

    def spoilt(self, name: str) -> bool:
        return not self.folder.is_whole(name)

    def asked(self, name: str) -> None:
        with self._writing() as connection:
            notes.asked(connection, name, instant(self.clock.now()))

    def arrived(self, name: str) -> int:
        return self.folder.arrived(name)

    def append(self, name: str, start: int, content: bytes) -> None:
        self.folder.append(name, start, content)

    def complete(self, name: str) -> bool:
        if not self.folder.complete(name):
            return False
        with self._writing() as connection:
            notes.came_here(connection, name)
        return True

    def rows_wait(self) -> bool:
        """Whether somebody saved a row since the files had their turn."""
        with self.store.glance() as session:
            return pending(session.connection()) > self._waiting_before

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self.store.apply(SYNC_APPLIES, synchronous="NORMAL") as work:
            yield work.session.connection()
