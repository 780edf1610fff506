"""What the sync centre's repairs do here: joining anew with the desk open, salvage with the desk locked (s15, s53)."""

from __future__ import annotations

from collections.abc import Callable

from clinicdesk.bootstrap.rejoining import Rejoining
from clinicdesk.domain.permissions import Act
from clinicdesk.i18n import plural, sentence, tr
from clinicdesk.models.enums import AuditAction
from clinicdesk.presentation.sync_centre.repairing import AskedIn
from clinicdesk.presentation.unlock import Notice
from clinicdesk.services.desk import Desk
from clinicdesk.services.signing_in import OpenProfile, Workstation
from clinicdesk.storage import device_facts
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.sync.salvage import Salvaged


class RepairsHere:
    """The repairs of the person at work (`presentation.sync_centre.repairing.Repairs`); all is an administrator's."""

    def __init__(self, desk: Desk, here: Workstation, salvage: Callable[[str, str], None]) -> None:
        self._desk = desk
        self._anew = Rejoining(here, desk.clock)
        self._salvage = salvage

    @property
    def may(self) -> bool:
        return self._desk.may(Act.OPEN_RECOVERY, ())

    def join_anew(self, invite: str, code: str) -> AskedIn:
        self._require()
        joined = self._anew.ask(self._profile(), invite, code or None)
        return AskedIn(joined.number, joined.approved)

    def let_in(self) -> bool:
        self._require()
        profile = self._profile()
        return self._anew.collect_approval(profile) if self._anew.waits(profile) else True

    def confirm(self, password: str) -> None:
        self._require()
        self._desk.confirm_password(password)

    def salvage(self, password: str) -> None:
        self._salvage(self._desk.unlocked.user_name, password)

    def _require(self) -> None:
        """Raises: PermissionDeniedError; the attempt was audited."""
        entry = AuditEntry(AuditAction.RECOVERY, "SyncSession", is_phi=False)
        self._desk.require(Act.OPEN_RECOVERY, entry, schools=())

    def _profile(self) -> OpenProfile:
        with self._desk.store.read() as session:
            district = device_facts.read_district(session)
        return OpenProfile(self._desk.unlocked, self._desk.store, None, district)


def salvaged_notice(found: Salvaged) -> Notice:
    """How a repair ended, for the locked card: numbers, and what to do next."""
    cause = plural(
        "The database was repaired: {count} change waits to be sent.",
        "The database was repaired: {count} changes wait to be sent.",
        found.waiting,
    )
    unread = sum(found.unread.values())
    if unread:
        lost = plural("{count} row could not be read.", "{count} rows could not be read.", unread)
        told = tr("Tell IT: the damaged file and a sealed export stay on this machine.")
        return Notice("repaired", cause, f"{lost} {told}", serious=True)
    remedy = tr("Sign in while the district can be reached: it brings everything back, and what waits is sent.")
    return Notice("repaired", cause, remedy)


def not_salvaged_notice(error: Exception) -> Notice:
    """Why a repair did not come about; nothing was replaced then."""
    return Notice("repaired", tr("The database was not repaired."), sentence(error), serious=True)
