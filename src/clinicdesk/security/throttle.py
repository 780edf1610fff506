"""Wrong tries are counted outside the database and in the keystore; the higher count holds (T3)."""

from __future__ import annotations

import contextlib
import datetime as dt
import hmac
import math
import uuid

import msgspec

from clinicdesk.core.clock import Clock
from clinicdesk.core.paths import ProfilePaths
from clinicdesk.security.canonical_json import canonical_struct
from clinicdesk.security.derivation import expand
from clinicdesk.security.errors import SecretFileError, SlotLockedError
from clinicdesk.security.keystore import DeviceSecretStore, SecretName
from clinicdesk.security.private_files import read_private, replace_private

FREE_TRIES = 3
LOCKING_TRIES = 20
LONGEST_DELAY_S = 300
# Everyone's wrong tries together slow the device down too, later than one person's own.
DEVICE_FREE_TRIES = 12
DEVICE_TAG = "device"
_MOST_TAGS = 256
# Windows keeps at most 2,560 bytes a credential, so its copy holds the highest counts only.
_MOST_TAGS_IN_KEYSTORE = 8


class Tries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Wrong tries since the last right one, and when the last one was."""

    failures: int
    last: dt.datetime


class _TriesFile(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    device: uuid.UUID
    tries: dict[str, Tries]
    mac: bytes = b""


def delay_after(failures: int, free: int = FREE_TRIES) -> int:
    """Seconds to wait after so many failures: 0, 0, 0, 1, 2, 4 … 300."""
    return 0 if failures <= free else min(LONGEST_DELAY_S, 2 ** min(failures - free - 1, 16))


class Throttle:
    """The counters of one device; a try is counted before the password is looked at, so a kill gains nothing."""

    def __init__(
        self, paths: ProfilePaths, device: uuid.UUID, secret: bytes | bytearray, store: DeviceSecretStore, clock: Clock
    ) -> None:
        self._path = paths.root / "tries.json"
        self._device = device
        self._mac_key = expand(secret, "tries/v1")
        self._store = store
        self._clock = clock

    def count_try(self, tag: str) -> None:
        """Let a try happen and count it as failed until `clear` says otherwise.

        Raises:
            SlotLockedError: too early, or locked; the password must not be looked at.
        """
        tries = self._load()
        own = tries.get(tag)
        if own is not None and own.failures >= LOCKING_TRIES:
            raise SlotLockedError(None)
        wait = self._longest(tries, tag)
        if wait > 0:
            raise SlotLockedError(wait)
        now = self._clock.now()
        for counted in (tag, DEVICE_TAG):
            before = tries.get(counted)
            tries[counted] = Tries(1 if before is None else before.failures + 1, now)
        self._save(tries)

    def clear(self, tag: str) -> None:
        """The password was right, or someone with authority says so."""
        tries = self._load()
        if tries.pop(tag, None) is not None or DEVICE_TAG in tries:
            tries.pop(DEVICE_TAG, None)
            self._save(tries)

    def failures(self, tag: str) -> int:
        own = self._load().get(tag)
        return 0 if own is None else own.failures

    def wait(self, tag: str) -> int:
        """Seconds until the next try is let through, so that a wrong one can be answered with its countdown."""
        return self._longest(self._load(), tag)

    def _longest(self, tries: dict[str, Tries], tag: str) -> int:
        return max(self._wait(tries.get(tag), FREE_TRIES), self._wait(tries.get(DEVICE_TAG), DEVICE_FREE_TRIES))

    def _wait(self, tries: Tries | None, free: int) -> int:
        if tries is None:
            return 0
        delay = delay_after(tries.failures, free)
        passed = (self._clock.now() - tries.last).total_seconds()
        # A clock set back makes nobody wait longer than the whole delay.
        return 0 if passed >= delay else min(delay, math.ceil(delay - passed))

    def _load(self) -> dict[str, Tries]:
        try:
            from_file = self._read(read_private(self._path))
        except SecretFileError:
            from_file = {}
        merged = dict(self._read(self._store.read(self._device, SecretName.TRIES)))
        for tag, tries in from_file.items():
            known = merged.get(tag)
            merged[tag] = tries if known is None else max(known, tries, key=lambda each: (each.failures, each.last))
        return merged

    def _read(self, content: bytes | None) -> dict[str, Tries]:
        """A damaged copy counts nothing: the other one still does."""
        if content is None:
            return {}
        try:
            found = msgspec.json.decode(content, type=_TriesFile)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return {}
        intact = hmac.compare_digest(found.mac, self._mac(found))
        return found.tries if intact and found.device == self._device else {}

    def _save(self, tries: dict[str, Tries]) -> None:
        self._store.write(self._device, SecretName.TRIES, self._written(tries, _MOST_TAGS_IN_KEYSTORE))
        with contextlib.suppress(SecretFileError):  # a full disk keeps nobody out: the keystore has counted
            replace_private(self._path, self._written(tries, _MOST_TAGS))

    def _written(self, tries: dict[str, Tries], most: int) -> bytes:
        by_weight = sorted(tries.items(), key=lambda item: (item[0] == DEVICE_TAG, item[1].failures, item[1].last))
        file = _TriesFile(version=1, device=self._device, tries=dict(by_weight[-most:]))
        file.mac = self._mac(file)
        return msgspec.json.encode(file)

    def _mac(self, file: _TriesFile) -> bytes:
        bare = _TriesFile(file.version, file.device, file.tries)
        return hmac.digest(bytes(self._mac_key), canonical_struct(bare), "sha256")
