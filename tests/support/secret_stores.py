"""Keystores for tests: one that keeps secrets in memory, and what a workstation of the tests looks like."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from clinicdesk.core.clock import SettableClock
from clinicdesk.core.paths import ProfilePaths
from clinicdesk.security.derivation import FLOOR_PARAMETERS
from clinicdesk.security.errors import KeystoreUnavailableError
from clinicdesk.security.keystore import SecretName
from clinicdesk.security.slots import unlock
from clinicdesk.security.unlocked import Person, Unlocked

PASSWORD = "crimson teapot over seven hills"
OTHER_PASSWORD = "velvet harbor under nine clouds"
START = dt.datetime(2026, 9, 1, 12, tzinfo=dt.UTC)


class MemorySecretStore:
    """A keystore of one account, gone with the test."""

    def __init__(self, *, weaker_protection: bool = False) -> None:
        self._weaker = weaker_protection
        self.entries: dict[tuple[uuid.UUID, SecretName], bytes] = {}
        self.broken = False

    @property
    def weaker_protection(self) -> bool:
        return self._weaker

    def read(self, device: uuid.UUID, name: SecretName) -> bytes | None:
        self._require_service()
        return self.entries.get((device, name))

    def write(self, device: uuid.UUID, name: SecretName, value: bytes) -> None:
        self._require_service()
        self.entries[device, name] = value

    def delete(self, device: uuid.UUID, name: SecretName) -> None:
        self._require_service()
        self.entries.pop((device, name), None)

    def copy(self) -> MemorySecretStore:
        other = MemorySecretStore(weaker_protection=self._weaker)
        other.entries = dict(self.entries)
        return other

    def _require_service(self) -> None:
        if self.broken:
            raise KeystoreUnavailableError(reason="denied")


def start_clock() -> SettableClock:
    return SettableClock(START)


@dataclass
class Workstation:
    """One profile on disk, its keystore and its clock."""

    paths: ProfilePaths
    store: MemorySecretStore
    clock: SettableClock
    nurse: Person
    device: uuid.UUID
    db_key: bytes

    def sign_in(self, password: str = PASSWORD, name: str = "rivera") -> Unlocked:
        return unlock(self.paths, name, password, self.store, self.clock, parameters=FLOOR_PARAMETERS)
