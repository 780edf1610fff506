"""What a successful sign-in puts into memory, and how it is taken out again."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from clinicdesk.security.derivation import expand, wipe
from clinicdesk.security.device_keys import DeviceKeys
from clinicdesk.security.errors import DeviceFileDamagedError, KeysGoneError
from clinicdesk.security.key_pairs import KeyPairs

DATABASE_KEY = "db/v1"
ANCHOR_KEY = "anchor/v1"
LOG_KEY = "log/v1"
LOCAL_BACKUP_KEY = "backup-local/v1"
DRAFT_KEY = "draft/v1"


class Notice(enum.StrEnum):
    """What happened on the way in; each is an audit event, the first one a permanent banner as well."""

    WEAKER_PROTECTION = "weaker_protection"
    SLOT_FILE_REPAIRED = "slot_file_repaired"
    SLOT_FILE_NOT_WRITTEN = "slot_file_not_written"
    PARAMETERS_RAISED = "parameters_raised"
    DEVICE_KEYS_DAMAGED = "device_keys_damaged"
    DEVICE_KEYS_RENEWED = "device_keys_renewed"
    OTHER_USERS_DROPPED = "other_users_dropped"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who signs in: the row key of the user and the sign-in name."""

    user_id: uuid.UUID
    name: str


class Unlocked:
    """An open profile: the person's keys, the device's keys and the root keys by epoch, until `destroy`."""

    def __init__(
        self,
        *,
        device: uuid.UUID,
        person: Person,
        user_keys: KeyPairs,
        roots: Mapping[int, bytearray],
        device_keys: DeviceKeys | None,
        weaker_protection: bool,
        notices: tuple[Notice, ...] = (),
    ) -> None:
        self.device = device
        self.person = person
        self.user_keys = user_keys
        self.epoch = max(roots)
        self.weaker_protection = weaker_protection
        self.notices = notices
        self._roots = dict(roots)
        self._destroyed = False
        self._device_keys = device_keys
        self._db_keys = {epoch: expand(root, DATABASE_KEY) for epoch, root in roots.items()}

    @property
    def user_id(self) -> uuid.UUID:
        return self.person.user_id

    @property
    def user_name(self) -> str:
        return self.person.name

    @property
    def db_key(self) -> bytearray:
        """The raw SQLCipher key of the newest epoch; wiped by `destroy`, so never keep it."""
        self._require()
        return self._db_keys[self.epoch]

    def db_keys(self) -> tuple[bytearray, ...]:
        """Newest first: after a rekey that was killed, the database may still be under the older one (2.3)."""
        self._require()
        return tuple(self._db_keys[epoch] for epoch in sorted(self._db_keys, reverse=True))

    @property
    def device_keys(self) -> DeviceKeys:
        """Raises `DeviceFileDamagedError`: local work goes on, sync needs a new enrolment."""
        if self._device_keys is None:
            raise DeviceFileDamagedError(reason="not_open")
        return self._device_keys

    @property
    def open_device_keys(self) -> DeviceKeys | None:
        """The device's keys, None where its file is damaged."""
        self._require()
        return self._device_keys

    @property
    def workstation(self) -> uuid.UUID:
        """Who this workstation is to the district: the profile's device, unless it joined anew (scenario 15)."""
        return self.device if self._device_keys is None else self._device_keys.device

    def take_device_keys(self, keys: DeviceKeys) -> None:
        """The keys that the workstation speaks under from now on."""
        self._require()
        if self._device_keys is not None and self._device_keys is not keys:
            self._device_keys.destroy()
        self._device_keys = keys

    def sub_key(self, info: str) -> bytearray:
        """HKDF of the newest root key for one purpose, in a buffer the caller wipes."""
        self._require()
        return expand(self._roots[self.epoch], info)

    def root_keys(self) -> Mapping[int, bytearray]:
        """The root keys by epoch, for sealing them to another person; wiped by `destroy`."""
        self._require()
        return self._roots

    def destroy(self) -> None:
        """Overwrite every key (T4, T13); whoever still asks for one gets `KeysGoneError`, never zeros."""
        self._destroyed = True
        wipe(*self._roots.values(), *self._db_keys.values())
        self.user_keys.destroy()
        if self._device_keys is not None:
            self._device_keys.destroy()

    def _require(self) -> None:
        if self._destroyed:
            raise KeysGoneError
