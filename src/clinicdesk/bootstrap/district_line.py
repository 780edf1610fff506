"""The district as a signed-in desk reaches it in its own process: for commands and for the roster import (D5)."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from clinicdesk.core.clock import Clock
from clinicdesk.core.paths import ProfilePaths
from clinicdesk.security.unlocked import Unlocked
from clinicdesk.services.roster import LeaseAnswer
from clinicdesk.services.signing_in import NotJoinedError
from clinicdesk.storage import device_facts
from clinicdesk.storage.store import Store
from clinicdesk.sync.enrolment import line_to
from clinicdesk.sync.errors import WipeOrderedError
from clinicdesk.sync.ports import Unwatched
from clinicdesk.sync.protocol import LeaseReply, LeaseRequest
from clinicdesk.sync.status import as_json, read_status
from clinicdesk.sync.transport import HttpsLine
from clinicdesk.sync.worker import sync_once


class DistrictLine:
    """Syncs, and asks for the import lease, with the keys of the person at the desk.

    `wipe_ordered` is told, on whatever thread the session ran, that the district wants this workstation wiped.
    """

    def __init__(
        self,
        store: Store,
        unlocked: Unlocked,
        user: uuid.UUID | None,
        paths: ProfilePaths,
        clock: Clock,
        wipe_ordered: Callable[[], None] | None = None,
    ):
        self._store = store
        self._unlocked = unlocked
        self._user = user
        self._paths = paths
        self._clock = clock
        self._wipe_ordered = wipe_ordered

    def holds_all_schools(self) -> bool:
        with self._store.read() as session:
            return device_facts.holds_all_schools(session)

    def sync(self) -> None:
        self.session()

    def session(self) -> dict[str, Any]:
        """One whole session: its `SyncSession` row, and as `standing` what is open after it."""
        with self._store.read() as session:
            district = device_facts.read_district(session)
        if district is None:
            raise NotJoinedError
        try:
            made = sync_once(
                self._store,
                self._paths.root,
                district,
                self._unlocked.device_keys,
                user=self._user,
                unlocked=False,
                watcher=Unwatched(),
            )
        except WipeOrderedError:
            if self._wipe_ordered is not None:
                self._wipe_ordered()
            raise
        with self._store.read() as session:
            return {**made, "standing": as_json(read_status(session))}

    @contextlib.contextmanager
    def lease(self, user: uuid.UUID) -> Iterator[LeaseAnswer]:
        with self.line() as line:
            answer = line.ask("/v1/import-lease", LeaseRequest(str(user)), LeaseReply).message
            try:
                yield LeaseAnswer(granted=answer.granted)
            finally:
                if answer.granted:
                    line.ask("/v1/import-lease", LeaseRequest(str(user), release=True), LeaseReply)

    @contextlib.contextmanager
    def line(self) -> Iterator[HttpsLine]:
        with self._store.read() as session:
            district = device_facts.read_district(session)
        if district is None:
            raise NotJoinedError
        line = line_to(district, self._unlocked.device_keys, self._clock)
        try:
            yield line
        finally:
            line.close()
