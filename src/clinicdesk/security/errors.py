"""What can go wrong with keys, passwords, seals and signatures; each with a stable code."""

from __future__ import annotations

from clinicdesk.core.errors import Param, UserFacingError, WorldError


class WrongPasswordError(UserFacingError):
    """User name and password do not go together; says the same whether or not the user exists (T3).

    `retry_after_s`, where it is known: how long the next try has to wait.
    """

    code = "wrong_password"


class WrongRecoveryCodeError(UserFacingError):
    """The printed recovery code was mistyped or belongs to another profile."""

    code = "wrong_recovery_code"


class SlotLockedError(UserFacingError):
    """Too many wrong tries (T3). `retry_after_s` is None once only an administrator or the recovery code helps."""

    code = "slot_locked"

    def __init__(self, retry_after_s: int | None) -> None:
        super().__init__(retry_after_s=retry_after_s)
        self.retry_after_s = retry_after_s


class UserExistsError(UserFacingError):
    """A person of that name signs in on this workstation already."""

    code = "user_exists"


class LastUserError(UserFacingError):
    """The last slot of a profile cannot be removed: nobody could open it any more."""

    code = "last_user"


class ProfileExistsError(UserFacingError):
    """There are keys in this folder already; they are never overwritten."""

    code = "profile_exists"


class KeystoreUnavailableError(WorldError):
    """The operating system's keystore did not answer; there is no plaintext fallback (T21).

    `reason`: none, refused_backend, locked, denied, timeout, damaged, not_private, not_allowed,
    inside_profile.
    """

    code = "keystore_unavailable"


class SecretFileError(WorldError):
    """A file of keys could not be read or written. `reason`: unreadable, too_large, unwritable."""

    code = "secret_file"


class SlotFileMissingError(WorldError):
    """There is no slot file here: the profile was never set up, or its keys were removed."""

    code = "slot_file_missing"


class SlotFileDamagedError(WorldError):
    """Both generations of the slot file are unusable (F10).

    `reason` of the first: empty, too_large, not_json, wrong_shape, mac, missing; `previous` likewise.
    """

    code = "slot_file_damaged"

    def __init__(self, reason: str, previous: str | None = None, **params: Param) -> None:
        super().__init__(reason=reason, previous=previous, **params)
        self.reason = reason


class NewerFormatError(WorldError):
    """The file was written by a newer program."""

    code = "newer_format"


class DeviceFileDamagedError(WorldError):
    """`device.json` cannot be read: this workstation has to be enrolled again; local data is unharmed."""

    code = "device_file_damaged"


class WeakParametersError(WorldError):
    """The slot file asks for a key derivation or suite that is unknown or below the floor (T2)."""

    code = "weak_parameters"


class ForeignDeviceError(WorldError):
    """These keys belong to another workstation or account (F9, T1). `reason`: no_secret, other_secret, other_device."""

    code = "foreign_device"


class MemoryShortError(WorldError):
    """The key derivation did not get its memory; parameters are never lowered, try again (F32)."""

    code = "memory_short"


class SealBrokenError(WorldError):
    """A sealed value does not open: other key, other place, or changed bytes."""

    code = "seal_broken"


class KeysGoneError(WorldError):
    """The desk was locked and the keys overwritten while something still wanted to use them (T4)."""

    code = "keys_gone"


class UnknownEpochError(WorldError):
    """The value was sealed under a data key epoch that this workstation does not hold."""

    code = "unknown_epoch"


class InvalidInviteError(UserFacingError):
    """An invite cannot be read. `reason`: not_an_invite, newer, missing, duplicate, host, pin, code, key."""

    code = "invalid_invite"


class WrongInviteCodeError(UserFacingError):
    """The ten-character code does not open this invite."""

    code = "wrong_invite_code"


class SignatureRefusedError(WorldError):
    """A signature is absent or does not hold. `reason` is a stable word."""

    code = "signature_refused"

    def __init__(self, reason: str, **params: Param) -> None:
        super().__init__(reason=reason, **params)
        self.reason = reason


class CertificateRefusedError(SignatureRefusedError):
    """A person's public keys are not certified by this district (D33)."""

    code = "certificate_refused"


class TlsRefusedError(WorldError):
    """The server's identity was refused and nothing was sent (T16).

    `reason`: wrong_pin, unknown_authority, wrong_host, expired, not_yet_valid, protocol, other.
    """

    code = "tls_refused"

    def __init__(self, reason: str, **params: Param) -> None:
        super().__init__(reason=reason, **params)
        self.reason = reason


class AttachmentDamagedError(WorldError):
    """An attachment's frames are changed, cut, reordered or under another key."""

    code = "attachment_damaged"
