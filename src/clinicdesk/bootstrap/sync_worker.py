"""What the sync process does with its job, and the same run inside a command (D31)."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from pathlib import Path

import clinicdesk
from clinicdesk.core.clock import Clock, SystemClock
from clinicdesk.core.paths import ProfilePaths
from clinicdesk.security.device_keys import DeviceKeys
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.process_hardening import harden_process
from clinicdesk.services.signing_in import NotJoinedError
from clinicdesk.storage import device_facts
from clinicdesk.storage.audit import AuditTrail
from clinicdesk.storage.device_facts import District
from clinicdesk.storage.engine import open_engine
from clinicdesk.storage.store import Store
from clinicdesk.sync.desk import DeskStore, DeviceIdentity
from clinicdesk.sync.engine import Session
from clinicdesk.sync.enrolment import line_to
from clinicdesk.sync.nonce_file import NonceFile
from clinicdesk.sync.outbox import BatchSize
from clinicdesk.sync.ports import Watcher
from clinicdesk.sync.process import Job, SessionRow, serve_parent
from clinicdesk.sync.runs import run_session

NONCE_FILE = "session-nonce"


def main() -> int:
    """The sync process: one job over the inherited pipe."""
    harden_process()
    return serve_parent(work)


def work(job: Job, watcher: Watcher) -> SessionRow:
    """One session of the profile that the job names."""
    clock = SystemClock()
    paths = ProfilePaths(Path(job.profile))
    keys = DeviceKeys(uuid.UUID(job.device), job.incarnation, KeyPairs(bytearray(job.device_private)))
    trail = AuditTrail(clock, keys.device, clinicdesk.__version__, "UTC", seal=_no_values)
    store = Store(open_engine(paths.database, job.database_key), clock, trail)
    try:
        with store.read() as session:
            district = device_facts.read_district(session)
        if district is None:
            raise NotJoinedError
        return run(store, district, keys, job.user, paths, clock, watcher, unlocked=job.unlocked)
    finally:
        store.close()
        keys.destroy()


def run(
    store: Store,
    district: District,
    keys: DeviceKeys,
    user: str | None,
    paths: ProfilePaths,
    clock: Clock,
    watcher: Watcher,
    *,
    unlocked: bool,
    pause: Callable[[float], None] = time.sleep,
) -> SessionRow:
    """One session over the real line, recorded as a `SyncSession` row."""
    identity = DeviceIdentity(str(keys.device), keys.incarnation, clinicdesk.__version__, user)
    desk = DeskStore(store, identity, NonceFile(paths.root / NONCE_FILE), clock, unlocked=unlocked, pause=pause)
    line = line_to(district, keys, clock)
    try:
        return run_session(store, Session(line, desk, watcher, BatchSize()), str(keys.device), user, clock)
    finally:
        line.close()


def _no_values(student: uuid.UUID | None, column: str, row: uuid.UUID, value: bytes) -> bytes:
    # This process has no data keys: its audit rows are counts.
    raise ValueError("an audit row of sync has no values")
