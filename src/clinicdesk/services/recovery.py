"""A workstation that is older than the district remembers it: what was found, and an administrator's word (D26)."""

from __future__ import annotations

from dataclasses import dataclass

from clinicdesk.domain.permissions import Act
from clinicdesk.models.enums import AuditAction, WritePurpose
from clinicdesk.security.device_renewal import raise_incarnation
from clinicdesk.services.desk import Desk
from clinicdesk.services.signing_in import Workstation
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.recovery_state import Finding, begin_recovery, read_found, recovers, waits_anew


@dataclass(frozen=True, slots=True)
class RecoveryState:
    """Where this workstation stands.

    `finding` waits for a person; `under_way`: confirmed, and no session has come to its end since; `waits_anew`: it
    asked in under another identity and waits for the approval.
    """

    finding: Finding | None = None
    under_way: bool = False
    waits_anew: bool = False
    may_confirm: bool = False

    @property
    def quiet(self) -> bool:
        return self.finding is None and not self.under_way and not self.waits_anew


class Recovery:
    """What the sync centre and `clinicdesk sync --recover` do."""

    def __init__(self, desk: Desk, workstation: Workstation) -> None:
        self._desk = desk
        self._workstation = workstation

    def state(self) -> RecoveryState:
        with self._desk.look(Act.VIEW_SYNC) as session:
            found = read_found(session)
            return RecoveryState(
                None if found is None else found.finding,
                recovers(session),
                waits_anew(session) is not None,
                self._desk.may(Act.OPEN_RECOVERY, ()),
            )

    def confirm(self) -> int | None:
        """This database is the one to go on with: it speaks as the next incarnation, which is the value.

        None where nothing waits for such a word: a district that does not know the workstation asks for another
        identity. The mark is durable before the incarnation rises: a session of the new
        incarnation without it would not bring back what this database has lost.

        Raises:
            PermissionDeniedError: not an administrator; the attempt was audited.
            PasswordNeededError: the desk was opened by PIN.
        """
        entry = AuditEntry(AuditAction.RECOVERY, "SyncSession", is_phi=False)
        with self._desk.act(Act.OPEN_RECOVERY, entry, schools=(), purpose=WritePurpose.ADMINISTRATION) as work:
            found = read_found(work.session)
            if found is None or found.finding is Finding.UNKNOWN:
                return None
            begin_recovery(work.session)
        return raise_incarnation(
            self._workstation.paths, self._desk.unlocked, self._workstation.secret_store(), found.incarnation
        )
