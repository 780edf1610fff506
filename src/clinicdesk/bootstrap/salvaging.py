"""`clinicdesk salvage`: what a damaged workstation has not sent is carried into a fresh database (scenario 53)."""

from __future__ import annotations

import contextlib

from clinicdesk.core.clock import Clock
from clinicdesk.models.enums import AuditAction
from clinicdesk.security import slots
from clinicdesk.security.derivation import wipe
from clinicdesk.security.unlocked import Unlocked
from clinicdesk.services.signing_in import Workstation
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.context import SYNC_APPLIES
from clinicdesk.storage.engine import open_engine
from clinicdesk.storage.errors import DatabaseUnreadableError
from clinicdesk.sync.salvage import Salvaged, salvage

EXPORT_KEY = "salvage/v1"


def salvage_profile(here: Workstation, user_name: str, password: str, clock: Clock) -> Salvaged:
    """Derive the keys, carry over what can be read, and write it down in the new database.

    Raises:
        WrongPasswordError and the like of `security.slots.unlock`; the errors of `sync.salvage`.
    """
    unlocked = slots.unlock(
        here.paths,
        user_name,
        password,
        here.secret_store(),
        clock,
        parameters=here.policy.policy.kdf_parameters(),
    )
    export_key = unlocked.sub_key(EXPORT_KEY)
    try:
        found = salvage(here.paths, _key_of(here, unlocked), bytes(export_key), clock)
        profile = here.open_with(unlocked)
        try:
            with profile.store.apply(SYNC_APPLIES) as work:
                facts = {"waiting": found.waiting, "made": found.made, "unread": sum(found.unread.values())}
                work.audit(AuditEntry(AuditAction.RECOVERY, "SyncQueueItem", facts=facts, is_phi=False))
        finally:
            profile.store.close()
            if profile.field_keys is not None:
                profile.field_keys.destroy()
        return found
    finally:
        wipe(export_key)
        unlocked.destroy()


def _key_of(here: Workstation, unlocked: Unlocked) -> bytes:
    """The key that opens the file: the older one where a change of keys was cut (security-spec 2.3)."""
    for key in unlocked.db_keys():
        with contextlib.suppress(DatabaseUnreadableError):
            open_engine(here.paths.database, bytes(key)).dispose()
            return bytes(key)
    return bytes(unlocked.db_key)
