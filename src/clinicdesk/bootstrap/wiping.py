"""Destroying what a revoked workstation holds, by the district's order: keys first, then everything (scenario 43)."""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from clinicdesk.core.clock import Clock
from clinicdesk.core.errors import ClinicDeskError, UserFacingError
from clinicdesk.core.paths import ProfilePaths
from clinicdesk.security.device_keys import DeviceKeys
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.keystore import SecretName
from clinicdesk.security.private_files import replace_private
from clinicdesk.security.slot_file import previous_path
from clinicdesk.security.unlocked import Unlocked
from clinicdesk.services.signing_in import Workstation
from clinicdesk.storage.device_facts import District, read_district
from clinicdesk.storage.store import Store
from clinicdesk.sync.enrolment import line_to
from clinicdesk.sync.errors import WipeOrderedError
from clinicdesk.sync.protocol import WipeReply, WipeReport


class WipedError(UserFacingError):
    """The district had this workstation wiped: nothing is left on it."""

    code = "wiped"


@dataclass(slots=True)
class Wipe:
    """An order that the sync session took: what is needed to carry it out once the database is closed."""

    paths: ProfilePaths
    profile: uuid.UUID
    district: District | None
    keys: DeviceKeys

    @classmethod
    def of(cls, paths: ProfilePaths, store: Store, unlocked: Unlocked) -> Wipe:
        with store.read() as session:
            district = read_district(session)
        own = unlocked.device_keys
        keys = DeviceKeys(own.device, own.incarnation, KeyPairs(bytearray(own.pairs.use_private(bytes))))
        return cls(paths, unlocked.device, district, keys)

    def carry_out(self, here: Workstation, clock: Clock) -> None:
        """Destroy keys and files, then tell the district; what it does not hear it is not owed."""
        replace_private(self.paths.wipe_mark, str(self.profile).encode())
        _destroy(self.paths, here, self.profile)
        try:
            self._tell(clock)
        finally:
            self.keys.destroy()

    def _tell(self, clock: Clock) -> None:
        if self.district is None:
            return
        with contextlib.suppress(ClinicDeskError):
            line = line_to(self.district, self.keys, clock)
            try:
                line.ask("/v1/wipe", WipeReport(done=True), WipeReply)
            finally:
                line.close()


Opens = Callable[[Store, Unlocked], None]


@contextlib.contextmanager
def obeying_wipes(here: Workstation, clock: Clock) -> Iterator[Opens]:
    """Around all that a command does with a profile; tell it what was opened, before any session with the district.

    An order that a session takes is carried out when the profile is closed again. The keys that sign the last word
    are overwritten in any case.

    Raises:
        WipedError: it was; nothing is left.
    """
    wipes: list[Wipe] = []
    try:
        yield lambda store, unlocked: wipes.append(Wipe.of(here.paths, store, unlocked))
    except WipeOrderedError as order:
        for wipe in wipes:
            wipe.carry_out(here, clock)
        raise WipedError from order
    finally:
        for wipe in wipes:
            wipe.keys.destroy()


def finish_wipe(here: Workstation) -> bool:
    """Go on with a wipe that was cut, before anybody signs in; true if there was one."""
    mark = here.paths.wipe_mark
    if not mark.exists():
        return False
    _destroy(here.paths, here, uuid.UUID(mark.read_text(encoding="utf-8")))
    return True


def _destroy(paths: ProfilePaths, here: Workstation, profile: uuid.UUID) -> None:
    """Without device secret and slots the rest cannot be opened by anybody, whatever is left of it (T1)."""
    secrets = here.secret_store()
    for name in SecretName:
        secrets.delete(profile, name)
    for file in (paths.slots, previous_path(paths), paths.device):
        _overwrite(file)
    mark, lock = paths.wipe_mark, paths.lock
    for entry in sorted(paths.root.iterdir()):
        if entry in {mark, lock}:
            continue
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    mark.unlink()


def _overwrite(file: Path) -> None:
    if file.exists():
        replace_private(file, b"")
        file.unlink()
