"""A copied workstation joins anew: another identity by a new invite, the same people, database and queue (s15, D24)."""

from __future__ import annotations

import platform
import uuid

import clinicdesk
from clinicdesk.bootstrap.joining import Joined, approval
from clinicdesk.core.clock import Clock
from clinicdesk.core.errors import UserFacingError
from clinicdesk.models.enums import AuditAction, WritePurpose
from clinicdesk.security.device_renewal import new_identity, take_identity
from clinicdesk.security.enrolment import parse_invite
from clinicdesk.security.private_files import remove_private
from clinicdesk.services.signing_in import NotJoinedError, OpenProfile, Workstation
from clinicdesk.storage import device_facts
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.context import SYNC_APPLIES, WorkContext
from clinicdesk.storage.recovery_state import waits_anew, write_anew
from clinicdesk.sync.enrolment import Enrolment, Newcomer, join
from clinicdesk.sync.enrolment_messages import EnrolState
from clinicdesk.sync.relabelling import carry_keys, relabel
from clinicdesk.sync.worker import NONCE_FILE


class OtherDistrictError(UserFacingError):
    """The invite is another district's: what this workstation holds belongs to its own."""

    code = "other_district"


class Rejoining:
    """Asks the district in under new keys, and takes them over when an administrator has let them in."""

    def __init__(self, workstation: Workstation, clock: Clock) -> None:
        self._workstation = workstation
        self._clock = clock

    def ask(self, profile: OpenProfile, invite_text: str, code: str | None) -> Joined:
        """Prove the invite's code under a new identity; database and queue stay as they are.

        Raises:
            OtherDistrictError, NotJoinedError, InvalidInviteError, InviteRefusedError, and what the line raises.
        """
        if profile.district is None:
            raise NotJoinedError
        invite = parse_invite(invite_text)
        if code is not None:
            invite = invite.with_code(code)
        keys = new_identity()
        newcomer = Newcomer(
            keys,
            platform.node() or "workstation",
            clinicdesk.__version__,
            profile.unlocked.user_name,
            profile.unlocked.user_keys.public,
        )
        enrolment = join(invite, newcomer, self._clock)
        if enrolment.district.id != profile.district.id:
            raise OtherDistrictError
        # The note first: without the keys it names nobody, while keys without it would speak before they are let in.
        with profile.store.apply(SYNC_APPLIES) as work:
            write_anew(work.session, str(keys.device))
        take_identity(self._workstation.paths, profile.unlocked, self._workstation.secret_store(), keys)
        if enrolment.state is EnrolState.APPROVED:
            self._take_over(profile, enrolment)
        return Joined(enrolment.state, keys.device, enrolment.number)

    def waits(self, profile: OpenProfile) -> bool:
        with profile.store.read() as session:
            return waits_anew(session) == str(profile.unlocked.workstation)

    def collect_approval(self, profile: OpenProfile) -> bool:
        """Ask how it stands; once let in, everything that waited here goes on under the new identity.

        Raises:
            EnrolmentRefusedError, and what the line to the district raises.
        """
        enrolment = approval(profile, self._clock)
        if enrolment is None:
            return False
        self._take_over(profile, enrolment)
        return True

    def _take_over(self, profile: OpenProfile, enrolment: Enrolment) -> None:
        device: uuid.UUID = profile.unlocked.workstation
        # The nonce is the other machine's: this identity has none yet.
        remove_private(self._workstation.paths.root / NONCE_FILE)
        with profile.store.read() as reading:
            before = device_facts.text_fact(reading, device_facts.DEVICE_ID)
            account = device_facts.account_of(reading, profile.unlocked.user_id)
        with profile.store.apply(SYNC_APPLIES) as work:
            session = work.session
            device_facts.write_district(session, enrolment.district)
            device_facts.write_all_schools(session, everything=enrolment.everything)
            if enrolment.data_keys is not None:
                device_facts.write_data_keys(session, profile.unlocked, enrolment.data_keys)
            waiting = relabel(session, device)
            facts = {"device": str(device), "waiting": waiting}
            work.audit(AuditEntry(AuditAction.RECOVERY, "SyncSession", facts=facts, is_phi=False))
        if before is not None and before != str(device):
            self._vouch_for_others(profile, uuid.UUID(before), account)

    def _vouch_for_others(self, profile: OpenProfile, before: uuid.UUID, account: uuid.UUID) -> None:
        """Everybody else who was admitted here signs under the new identity too, on the word of who joined anew (D33).

        The district certifies the keys of that one person alone; without theirs the others could sign nothing.
        """
        context = WorkContext(account, WritePurpose.ADMINISTRATION, author_name=profile.unlocked.user_name)
        with profile.store.write(context) as work:
            people = carry_keys(work.session, before, profile.unlocked.workstation, account, self._clock.now())
            facts = {"people": people}
            work.audit(AuditEntry(AuditAction.CREATE, "UserKey", facts=facts, is_phi=False))
