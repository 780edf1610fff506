"""Coming back by PIN: whose quick unlock is live on this workstation, and the desk it opens (security-spec 2.2)."""

from __future__ import annotations

import datetime as dt
import uuid

from clinicdesk.core.clock import Clock
from clinicdesk.core.errors import UserFacingError
from clinicdesk.security.quick_unlock import PinGoneError, QuickUnlock
from clinicdesk.services.desk import Desk
from clinicdesk.services.full_check import FullCheck
from clinicdesk.services.signing_in import Workstation


class PinNotAllowedError(UserFacingError):
    """The district's policy has no PIN, or the desk itself was opened by one. `reason`: policy, by_pin."""

    code = "pin_not_allowed"


class QuickUnlocking:
    """The PINs of one run of the program; none survives it. Each person who signs in may have one."""

    def __init__(self, workstation: Workstation, clock: Clock) -> None:
        self._workstation = workstation
        self._clock = clock
        self._live: dict[uuid.UUID, QuickUnlock] = {}
        self._ends: dict[uuid.UUID, dt.datetime] = {}

    def why_not(self, desk: Desk) -> str:
        """Why this person cannot set a PIN now; empty when it can be set."""
        if not self._workstation.policy.policy.quick_unlock_pin:
            return "policy"
        return "by_pin" if desk.full_check.by_pin else ""

    def set_pin(self, desk: Desk, pin: str) -> dt.datetime:
        """Keep the keys of this desk for coming back by `pin`; says until when. Takes as long as a derivation.

        Raises:
            PinNotAllowedError: only who came in by password may set one, and only where the policy has it.
            InvalidValueError: too short or too simple.
        """
        reason = self.why_not(desk)
        if reason:
            raise PinNotAllowedError(reason=reason)
        made = QuickUnlock(self._workstation.paths, desk.unlocked, pin, self._clock)
        self.forget(desk.unlocked.user_id)
        self._live[desk.unlocked.user_id] = made
        if desk.ends_at is not None:
            self._ends[desk.unlocked.user_id] = desk.ends_at
        return self._until(desk.unlocked.user_id, made)

    def live(self) -> dict[str, dt.datetime]:
        """Sign-in name and end of every quick unlock that may still be tried.

        A PIN does not outlive the session of its password: twelve hours after it the password is asked (2.2).
        """
        now = self._clock.now()
        for user in [user for user, quick in self._live.items() if not quick.alive or self._until(user, quick) <= now]:
            self.forget(user)
        return {quick.person.name: self._until(user, quick) for user, quick in self._live.items()}

    def until(self, user: uuid.UUID) -> dt.datetime | None:
        """The end of one person's quick unlock; None where there is none."""
        quick = self._live.get(user)
        return self._until(user, quick) if quick is not None and quick.alive else None

    def sign_in(self, user_name: str, pin: str) -> Desk:
        """Open the desk of a person who was here before.

        Raises:
            WrongPinError, PinGoneError: nobody is signed in.
            AccountInactiveError, DatabaseDamagedError: as by password.
        """
        self.live()
        quick = next((one for one in self._live.values() if one.person.name == user_name), None)
        if quick is None:
            raise PinGoneError
        try:
            unlocked = quick.open(pin)
        except PinGoneError:
            self.forget(quick.person.user_id)
            raise
        ends_at = self._ends.get(quick.person.user_id)
        return self._workstation.sign_in_with(unlocked, FullCheck(self._clock, by_pin=True), ends_at)

    def forget(self, user: uuid.UUID) -> None:
        """End one person's quick unlock."""
        quick = self._live.pop(user, None)
        self._ends.pop(user, None)
        if quick is not None:
            quick.forget()

    def forget_all(self) -> None:
        for user in tuple(self._live):
            self.forget(user)

    def _until(self, user: uuid.UUID, quick: QuickUnlock) -> dt.datetime:
        return min(quick.until, self._ends.get(user, quick.until))
