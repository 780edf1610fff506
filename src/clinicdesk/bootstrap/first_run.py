"""First run at this workstation: the page's wishes done by joining (`presentation.unlock.Joining`)."""

from __future__ import annotations

import contextlib

from clinicdesk.bootstrap.district_line import DistrictLine
from clinicdesk.bootstrap.joining import Joining
from clinicdesk.bootstrap.wiping import obeying_wipes
from clinicdesk.core.clock import Clock
from clinicdesk.presentation.unlock import Enrolled, InviteSeen
from clinicdesk.security.enrolment import parse_invite
from clinicdesk.services.signing_in import NotJoinedError, Workstation
from clinicdesk.storage import device_facts


class JoiningHere:
    """Keeps the password between enrolling and asking for the approval: only this page is open meanwhile."""

    def __init__(self, here: Workstation, clock: Clock) -> None:
        self._here = here
        self._joining = Joining(here, clock)
        self._person: tuple[str, str] | None = None

    def read_invite(self, text: str) -> InviteSeen:
        invite = parse_invite(text)
        return InviteSeen(invite.host, has_code=invite.code is not None)

    def enrol(self, invite: str, code: str, user_name: str, password: str) -> Enrolled:
        joined = self._joining.enrol(invite, code or None, user_name, password)
        self._person = (user_name, password)
        return Enrolled(joined.number, not joined.approved, self._joining.recovery_code(user_name, password))

    def approved(self) -> bool:
        """Ask the district, with the person's own keys."""
        if self._person is None:
            return False
        profile = self._here.open(*self._person)
        try:
            return self._joining.collect_approval(profile)
        finally:
            profile.close()


def fetch_first(here: Workstation, clock: Clock, user_name: str, password: str) -> None:
    """The first sign-in after joining: take over the approval and pull what the district holds for this place.

    Raises:
        NotJoinedError: an administrator still has to approve.
        WipedError: the district has had this workstation wiped meanwhile (s43).
    """
    with obeying_wipes(here, clock) as opens, contextlib.closing(here.open(user_name, password)) as profile:
        waits = profile.district is None or profile.field_keys is None
        if waits and not Joining(here, clock).collect_approval(profile):
            raise NotJoinedError(reason="waits_for_approval")
        opens(profile.store, profile.unlocked)
        with profile.store.read() as session:
            account = device_facts.account_of(session, profile.unlocked.user_id)
        DistrictLine(profile.store, profile.unlocked, account, here.paths, clock).sync()
