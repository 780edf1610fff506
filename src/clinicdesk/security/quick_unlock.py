"""Quick unlock by PIN: a person's keys in memory, encrypted under the PIN and a secret of this run (2.2)."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import secrets
import uuid

import msgspec

from clinicdesk.core.clock import Clock
from clinicdesk.core.errors import InvalidValueError, UserFacingError, WorldError
from clinicdesk.core.paths import ProfilePaths
from clinicdesk.security.derivation import (
    FLOOR_PARAMETERS,
    KEY_BYTES,
    SALT_BYTES,
    expand,
    password_bytes,
    stretch,
    wipe,
)
from clinicdesk.security.device_keys import DeviceKeys
from clinicdesk.security.errors import SealBrokenError
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.private_files import read_private
from clinicdesk.security.sealing import lock, unlock_bytes
from clinicdesk.security.slot_file import read_slots
from clinicdesk.security.unlocked import Person, Unlocked

LEAST_DIGITS, MOST_DIGITS = 6, 12
MOST_WRONG = 5
LIVES = dt.timedelta(hours=8)
PARAMETERS = FLOOR_PARAMETERS
"""Argon2id with 64 MiB: the PIN is never on disk, so this slows only who already reads this process's memory."""


class WrongPinError(UserFacingError):
    """The PIN does not open. `left` is how many tries remain before the password is asked for."""

    code = "wrong_pin"


class PinGoneError(UserFacingError):
    """There is no quick unlock any more: too old, too many wrong tries, or the person's keys were changed."""

    code = "pin_gone"


class _Device(msgspec.Struct, frozen=True):
    device: uuid.UUID
    incarnation: int
    private: bytes


class _Keys(msgspec.Struct, frozen=True):
    """What signing in had put into memory (`Unlocked`)."""

    user: bytes
    roots: dict[int, bytes]
    device: _Device | None


def require_good_pin(pin: str) -> None:
    """At least six digits that are not one digit or a run.

    Raises:
        InvalidValueError: field `pin`, problem `not_digits`, `too_short`, `too_long` or `too_simple`.
    """
    if not (pin.isascii() and pin.isdigit()):
        raise InvalidValueError("pin", "not_digits")
    if len(pin) < LEAST_DIGITS:
        raise InvalidValueError("pin", "too_short", minimum=LEAST_DIGITS)
    if len(pin) > MOST_DIGITS:
        raise InvalidValueError("pin", "too_long", maximum=MOST_DIGITS)
    steps = {(int(after) - int(before)) % 10 for before, after in itertools.pairwise(pin)}
    if steps in ({0}, {1}, {9}):
        raise InvalidValueError("pin", "too_simple")


class QuickUnlock:
    """One person's way back in. It dies after five wrong tries, eight hours, or a change of her slot.

    The slot carries the lease, the epoch of the keys and the salt of the password, so a new lease, a rotation, a
    new password and a removal all end it. Nothing of it is ever written to disk.
    """

    def __init__(self, paths: ProfilePaths, unlocked: Unlocked, pin: str, clock: Clock) -> None:
        """Wrap the keys of an open profile; it may be destroyed afterwards. Raises like `require_good_pin`."""
        require_good_pin(pin)
        self.person = unlocked.person
        self._paths = paths
        self._clock = clock
        self._device = unlocked.device
        self._weaker = unlocked.weaker_protection
        self._made, self._made_s = clock.now(), clock.monotonic()
        self._wrong = 0
        self._slot = _slot_of(paths, self.person.user_id)
        self._secret = bytearray(secrets.token_bytes(KEY_BYTES))
        self._salt = secrets.token_bytes(SALT_BYTES)
        plain = bytearray(msgspec.msgpack.encode(_keys_of(unlocked)))
        key = self._key(pin)
        try:
            self._sealed = lock(key, plain, self._associated())
        finally:
            wipe(plain, key)

    @property
    def until(self) -> dt.datetime:
        return self._made + LIVES

    @property
    def alive(self) -> bool:
        """Whether it may be tried; one whose time or slot is over is wiped here."""
        if self._sealed and (self._too_old() or self._slot is None or self._slot != self._slot_now()):
            self.forget()
        return bool(self._sealed)

    def open(self, pin: str) -> Unlocked:
        """The keys again; takes as long as the derivation, so it runs off the window's thread.

        Raises:
            WrongPinError: the try was counted.
            PinGoneError: the password is needed.
            MemoryShortError: try again (F32); no try was lost.
        """
        if not self.alive:
            raise PinGoneError
        key = self._key(pin)
        # Counted before it is known to be wrong.
        self._wrong += 1
        try:
            plain = unlock_bytes(key, self._sealed, self._associated())
        except SealBrokenError as error:
            left = MOST_WRONG - self._wrong
            if left <= 0:
                self.forget()
                raise PinGoneError from error
            raise WrongPinError(left=left) from error
        finally:
            wipe(key)
        self._wrong = 0
        try:
            return self._unlocked(msgspec.msgpack.decode(plain, type=_Keys))
        finally:
            wipe(plain)

    def forget(self) -> None:
        """Overwrite the secret; what is left opens to nothing."""
        wipe(self._secret)
        self._sealed = b""

    def _too_old(self) -> bool:
        """By either clock, so that neither sleeping nor setting the time back prolongs it."""
        now = self._clock.now()
        passed_s = self._clock.monotonic() - self._made_s
        return now < self._made or now - self._made >= LIVES or passed_s >= LIVES.total_seconds()

    def _key(self, pin: str) -> bytearray:
        stretched = stretch(password_bytes(pin), self._salt, PARAMETERS)
        both = stretched + self._secret
        try:
            return expand(both, f"pin/v1|{self._device}|{self.person.user_id}", salt=self._salt)
        finally:
            wipe(stretched, both)

    def _associated(self) -> bytes:
        return b"clinicdesk quick unlock/v1\0" + (self._slot or b"")

    def _slot_now(self) -> bytes | None:
        return _slot_of(self._paths, self.person.user_id)

    def _unlocked(self, keys: _Keys) -> Unlocked:
        device = keys.device
        return Unlocked(
            device=self._device,
            person=Person(self.person.user_id, self.person.name),
            user_keys=KeyPairs(bytearray(keys.user)),
            roots={epoch: bytearray(root) for epoch, root in keys.roots.items()},
            device_keys=None
            if device is None
            else DeviceKeys(device.device, device.incarnation, KeyPairs(bytearray(device.private))),
            weaker_protection=self._weaker,
        )


def _keys_of(unlocked: Unlocked) -> _Keys:
    held = unlocked.open_device_keys
    device = None if held is None else _Device(held.device, held.incarnation, held.pairs.use_private(bytes))
    roots = {epoch: bytes(root) for epoch, root in unlocked.root_keys().items()}
    return _Keys(unlocked.user_keys.use_private(bytes), roots, device)


def _slot_of(paths: ProfilePaths, user: uuid.UUID) -> bytes | None:
    """The header of the person's slot and the device's file as they are now; None where they cannot be read.

    After a recovery the keys kept here would speak under an identity that is over (D26).
    """
    try:
        found = read_slots(paths).usable[0].slots
        device = hashlib.sha256(read_private(paths.device) or b"").digest()
    except WorldError:
        return None
    return next((slot.header.associated_data() + device for slot in found if slot.header.user == user), None)
