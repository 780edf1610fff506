"""What befalls the file of a workstation: an older copy of it comes back, as from a backup or a power cut."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from tests.support.workstation import Workstation

from clinicdesk.models.enums import AuditAction, WritePurpose
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.context import WorkContext
from clinicdesk.storage.recovery_state import begin_recovery, read_found

_FILES = ("clinic.db", "clinic.db-wal")


@dataclass(frozen=True)
class Image:
    """The database's files at one moment, as they stand on the disk."""

    files: dict[str, bytes]


def image_of(desk: Workstation) -> Image:
    """Taken beside the open database: what a crash at this moment leaves."""
    return Image({name: (desk.folder / name).read_bytes() for name in _FILES if (desk.folder / name).exists()})


def set_back(desk: Workstation, image: Image) -> None:
    """The desk opens again on that image; nothing outside the database goes back with it."""
    desk.store.close()
    for name in (*_FILES, "clinic.db-shm"):
        (desk.folder / name).unlink(missing_ok=True)
    for name, content in image.files.items():
        (desk.folder / name).write_bytes(content)
    desk.town.clock.advance(dt.timedelta(minutes=1))
    desk.reopen()


def confirm_recovery(desk: Workstation, who: str) -> None:
    """What the service does when an administrator at this desk confirms, without the keys of a profile."""
    context = WorkContext(uuid.UUID(who), WritePurpose.ADMINISTRATION)
    with desk.store.write(context) as work:
        found = read_found(work.session)
        assert found is not None
        work.audit(AuditEntry(AuditAction.RECOVERY, "SyncSession", is_phi=False))
        begin_recovery(work.session)
    desk.peer.incarnation = max(desk.peer.incarnation, found.incarnation) + 1
    desk.user = who
