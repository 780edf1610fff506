"""Joining this workstation to a district: the first slot, the invite, and the approval that may come later (D24)."""

from __future__ import annotations

import contextlib
import platform
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import clinicdesk
from clinicdesk.core.clock import Clock
from clinicdesk.core.errors import UserFacingError
from clinicdesk.security import slots
from clinicdesk.security.code_slots import add_recovery_code
from clinicdesk.security.enrolment import parse_invite
from clinicdesk.security.slot_file import previous_path
from clinicdesk.security.unlocked import Person, Unlocked
from clinicdesk.services.signing_in import OpenProfile, Workstation
from clinicdesk.storage import device_facts
from clinicdesk.storage.context import SYNC_APPLIES
from clinicdesk.sync.enrolment import Enrolment, Newcomer, collect, join, line_to
from clinicdesk.sync.enrolment_messages import EnrolState


class AlreadyJoinedError(UserFacingError):
    """This profile belongs to a district already."""

    code = "already_joined"


@dataclass(frozen=True, slots=True)
class Joined:
    """Where the workstation stands: `number` is compared on both screens while an approval is awaited."""

    state: EnrolState
    device: uuid.UUID
    number: str

    @property
    def approved(self) -> bool:
        return self.state is EnrolState.APPROVED


def approval(profile: OpenProfile, clock: Clock) -> Enrolment | None:
    """What an administrator's approval brings; None while it is awaited.

    Raises:
        EnrolmentRefusedError, and what the line to the district raises.
    """
    if profile.district is None:
        return None
    line = line_to(profile.district, profile.unlocked.device_keys, clock)
    try:
        enrolment = collect(line, profile.unlocked.device_keys, profile.district)
    finally:
        line.close()
    return enrolment if enrolment.state is EnrolState.APPROVED else None


class Joining:
    """Makes the keys of a workstation and asks the district in."""

    def __init__(self, workstation: Workstation, clock: Clock) -> None:
        self._workstation = workstation
        self._clock = clock

    def enrol(self, invite_text: str, code: str | None, user_name: str, password: str) -> Joined:
        """Make the first slot and prove the invite's code; nothing stays where the district refuses.

        Raises:
            AlreadyJoinedError, InvalidInviteError, InviteRefusedError, InvalidValueError (the password), and what
            the line to the district raises.
        """
        if self._workstation.joined:
            raise AlreadyJoinedError
        invite = parse_invite(invite_text)
        if code is not None:
            invite = invite.with_code(code)
        with self._new_profile(user_name, password) as unlocked:
            newcomer = Newcomer(
                unlocked.device_keys,
                platform.node() or "workstation",
                clinicdesk.__version__,
                user_name,
                unlocked.user_keys.public,
            )
            enrolment = join(invite, newcomer, self._clock)
            profile = self._workstation.open_with(unlocked)
            try:
                self._record(profile, enrolment)
            finally:
                profile.store.close()
            return Joined(enrolment.state, unlocked.device, enrolment.number)

    def collect_approval(self, profile: OpenProfile) -> bool:
        """Ask how the enrolment stands and take over what an approval brings; says whether the device is in.

        Raises:
            EnrolmentRefusedError, and what the line to the district raises.
        """
        enrolment = approval(profile, self._clock)
        if enrolment is None:
            return False
        self._record(profile, enrolment)
        return True

    def recovery_code(self, user_name: str, password: str) -> str:
        """The printed recovery code of this workstation, made once."""
        secret_store = self._workstation.secret_store()
        unlocked = slots.unlock(self._workstation.paths, user_name, password, secret_store, self._clock)
        try:
            return add_recovery_code(self._workstation.paths, unlocked, secret_store, self._clock)
        finally:
            unlocked.destroy()

    @contextlib.contextmanager
    def _new_profile(self, user_name: str, password: str) -> Iterator[Unlocked]:
        """A first slot that goes again if the block fails, so that the next try starts clean."""
        paths = self._workstation.paths
        unlocked = slots.create_profile(
            paths,
            Person(uuid.uuid4(), user_name),
            password,
            self._workstation.secret_store(),
            self._clock,
            names=(user_name,),
            parameters=self._workstation.policy.policy.kdf_parameters(),
            hide_name=self._workstation.policy.policy.hide_user_names,
        )
        try:
            yield unlocked
        except BaseException:
            database = [paths.database.with_name(paths.database.name + end) for end in ("", "-wal", "-shm")]
            for file in (paths.slots, previous_path(paths), paths.device, *database):
                file.unlink(missing_ok=True)
            raise
        finally:
            unlocked.destroy()

    def _record(self, profile: OpenProfile, enrolment: Enrolment) -> None:
        with profile.store.apply(SYNC_APPLIES) as work:
            session = work.session
            device_facts.write_fact(session, device_facts.DEVICE_ID, text=str(profile.unlocked.device))
            device_facts.write_district(session, enrolment.district)
            device_facts.write_all_schools(session, everything=enrolment.everything)
            if enrolment.user is not None:
                device_facts.write_person(session, profile.unlocked.user_id, enrolment.user)
            if enrolment.data_keys is not None:
                device_facts.write_data_keys(session, profile.unlocked, enrolment.data_keys)
