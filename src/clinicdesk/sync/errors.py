"""What can go wrong between the workstation and the district: each a sentence the person can act on."""

from __future__ import annotations

from clinicdesk.core.errors import UserFacingError, WorldError


class UnreachableError(WorldError):
    """The district cannot be reached now: offline, a captive portal, a time-out. Work goes on; sync tries again."""

    code = "sync_unreachable"


class TooSlowError(UnreachableError):
    """The district did not answer in time; a smaller batch may pass."""

    code = "sync_too_slow"


class BusyError(WorldError):
    """The district asks to come back later (scenario 57); `seconds` says when."""

    code = "sync_busy"


class EpochEndedError(WorldError):
    """The district was restored or promoted while a session ran; the next one begins anew with it (s17, s18)."""

    code = "sync_epoch_ended"


class TooLargeError(WorldError):
    """A request is larger than the wire allows; the sender splits it (scenario 9)."""

    code = "sync_too_large"


class WrongCertificateError(UserFacingError):
    """Who answered is not the district this workstation joined (T16): nothing was sent."""

    code = "sync_wrong_certificate"


class NotADistrictServerError(UserFacingError):
    """The address answers, but not as a ClinicDesk district server."""

    code = "sync_not_a_district_server"


class RefusedError(UserFacingError):
    """The district understood and refused; `reason` is its stable word."""

    code = "sync_refused"


class RevokedError(UserFacingError):
    """This workstation was revoked by the district."""

    code = "sync_device_revoked"


class WipeOrderedError(UserFacingError):
    """The district ordered this revoked workstation to destroy what it holds, and everything is handed in (s43)."""

    code = "sync_wipe_ordered"


class RecoveryNeededError(UserFacingError):
    """The district knows more of this workstation than it knows itself: an older copy, or a clone (D26)."""

    code = "sync_recovery_needed"


class UpgradeNeededError(UserFacingError):
    """The district needs a newer program on this workstation (scenario 22)."""

    code = "sync_upgrade_needed"


class NotStoredError(UserFacingError):
    """The database here refused what came, or what was to be noted of it: that transaction was taken back whole.

    `phase` says where, `kind` names the failure; the statement itself holds values of rows and stays unsaid.
    """

    code = "sync_not_stored"


class DanglingPageError(NotStoredError):
    """A row of a page names one that neither came nor is here (D11): the page is asked for with every parent."""


class NoRoomError(WorldError):
    """The disk is nearly full: what is left is kept for the entries of people, so nothing is pulled (scenario 52)."""

    code = "sync_no_room"


class CancelledError(WorldError):
    """The person, or the lock of the desk, stopped the session; what was acknowledged stays so."""

    code = "sync_cancelled"
