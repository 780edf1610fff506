"""What a PIN does not do: acts that ask for the password again, and when it was last given (security-spec 2.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from clinicdesk.core.clock import Clock
from clinicdesk.core.errors import UserFacingError
from clinicdesk.domain.permissions import Act

HOLDS = dt.timedelta(minutes=5)
"""So long a full check counts."""

A_FORM_TAKES = dt.timedelta(minutes=30)
"""A family reads before it signs: the password is asked when the form is opened, and counts for that form."""

NEEDS_PASSWORD = frozenset(
    {
        Act.COUNT_CONTROLLED,
        Act.ADJUST_CONTROLLED,
        Act.WASTE_CONTROLLED,
        Act.WITNESS_CONTROLLED,
        Act.WITNESS_DOSE,
        Act.PUBLISH_CONSENT_FORM,
        Act.COLLECT_CONSENT,
        Act.WITHDRAW_CONSENT,
        Act.EXPORT_RECORD,
        Act.EXPORT_REGISTER,
        Act.IMPORT_ROSTER,
        Act.UNDO_IMPORT,
        Act.MERGE_STUDENTS,
        Act.DELETE_STUDENT,
        Act.EDIT_CALENDAR,
        Act.EDIT_SCHOOL_SETTINGS,
        Act.EDIT_DISTRICT_SETTINGS,
        Act.EDIT_FORMULARY,
        Act.EDIT_SCHEDULE_PACKS,
        Act.MANAGE_USERS,
        Act.GRANT_ROLES,
        Act.ADMIT_USER,
        Act.APPROVE_DEVICE,
        Act.REVOKE_DEVICE,
        Act.OPEN_RECOVERY,
    }
)
"""Controlled counts, witnessing, consents, exports and administration; reading lists is not among them."""


class PasswordNeededError(UserFacingError):
    """The desk was unlocked by PIN, and this act wants the password; nothing was written."""

    code = "password_needed"


def _nobody() -> None:
    return


class FullCheck:
    """Whether the password of the person at the desk still counts. After signing in by password it always does."""

    def __init__(self, clock: Clock, *, by_pin: bool = False) -> None:
        self._clock = clock
        self.by_pin = by_pin
        self._given_s: float | None = None
        self.ask: Callable[[], None] = _nobody
        """Called, on any thread, when an act was refused for want of the password: the window asks for it."""

    def given(self) -> None:
        self._given_s = self._clock.monotonic()

    def wanted_for(self, act: Act) -> bool:
        """Whether `act` has to wait for the password."""
        if not self.by_pin or act not in NEEDS_PASSWORD:
            return False
        if self._given_s is None:
            return True
        holds = A_FORM_TAKES if act is Act.COLLECT_CONSENT else HOLDS
        return self._clock.monotonic() - self._given_s > holds.total_seconds()
