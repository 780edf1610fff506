"""What the sync process does with its job: opens the profile by the key it was handed and runs one session."""

from __future__ import annotations

import shutil
import time
import uuid
from importlib.metadata import version
from pathlib import Path

from clinicdesk.core.clock import SystemClock
from clinicdesk.core.collector import spare_what_is_loaded
from clinicdesk.core.errors import UserFacingError
from clinicdesk.core.paths import ProfilePaths
from clinicdesk.security.device_keys import DeviceKeys
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.storage.attachment_folder import AttachmentFolder
from clinicdesk.storage.audit import AuditTrail
from clinicdesk.storage.device_facts import District, read_district
from clinicdesk.storage.engine import open_engine
from clinicdesk.storage.recovery_state import waits_anew
from clinicdesk.storage.store import Store
from clinicdesk.sync.desk import DeskStore, DeviceIdentity
from clinicdesk.sync.engine import Session
from clinicdesk.sync.enrolment import line_to
from clinicdesk.sync.file_line import HttpsFiles
from clinicdesk.sync.files import FileRound
from clinicdesk.sync.nonce_file import NonceFile
from clinicdesk.sync.outbox import BatchSize
from clinicdesk.sync.ports import Watcher
from clinicdesk.sync.process import Job, SessionRow, serve_parent
from clinicdesk.sync.runs import run_session
from clinicdesk.sync.shelf import DeskShelf
from clinicdesk.sync.tables import wire_tables

NONCE_FILE = "session-nonce"


class NotEnrolledError(UserFacingError):
    """This workstation has not joined a district yet."""

    code = "sync_not_enrolled"


class WaitsForApprovalError(UserFacingError):
    """This workstation joined anew, and no administrator has let it in yet."""

    code = "sync_waits_for_approval"


def sync_once(
    store: Store,
    profile: Path,
    district: District,
    device: DeviceKeys,
    *,
    user: uuid.UUID | None,
    unlocked: bool,
    watcher: Watcher,
) -> SessionRow:
    """One recorded session of an open profile; the value is its `SyncSession` row.

    Raises: the errors of `sync.errors`, after they were recorded.
    """
    with store.read() as reading:
        if waits_anew(reading) == str(device.device):
            raise WaitsForApprovalError()
    clock = SystemClock()
    person = None if user is None else str(user)
    client = f"clinicdesk {version('clinicdesk')}"
    line = line_to(district, device, clock)

    def room() -> int:
        return shutil.disk_usage(profile).free

    desk = DeskStore(
        store,
        DeviceIdentity(str(device.device), device.incarnation, client, person),
        NonceFile(profile / NONCE_FILE),
        clock,
        unlocked=unlocked,
        pause=time.sleep,
        room=room,
    )
    shelf = DeskShelf(store, AttachmentFolder(ProfilePaths(profile).attachments), clock, room)
    try:
        session = Session(line, desk, watcher, BatchSize(), files=FileRound(HttpsFiles(line), shelf))
        return run_session(store, session, str(device.device), person, clock, device.incarnation)
    finally:
        line.close()


def work(job: Job, watcher: Watcher) -> SessionRow:
    """Run the job of the sync process.

    Raises:
        NotEnrolledError: there is no district to speak to.
    """
    paths = ProfilePaths(Path(job.profile))
    device = DeviceKeys(uuid.UUID(job.device), job.incarnation, KeyPairs(bytearray(job.device_private)))
    trail = AuditTrail(SystemClock(), device.device, version("clinicdesk"), "UTC", _nothing_to_seal)
    store = Store(open_engine(paths.database, job.database_key), SystemClock(), trail)
    try:
        with store.read() as session:
            district = read_district(session)
        if district is None:
            raise NotEnrolledError()
        user = None if job.user is None else uuid.UUID(job.user)
        return sync_once(store, paths.root, district, device, user=user, unlocked=job.unlocked, watcher=watcher)
    finally:
        store.close()
        device.destroy()


def _nothing_to_seal(student: uuid.UUID | None, column: str, row: uuid.UUID, plain: bytes) -> bytes:
    """This process has no field keys; its audit rows hold counts alone, outside the sealed columns."""
    raise ValueError("the sync process writes no sealed values")


def main() -> int:
    """The entry of the sync process."""
    wire_tables()
    spare_what_is_loaded()
    return serve_parent(work)
