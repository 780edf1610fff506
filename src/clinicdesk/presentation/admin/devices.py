"""The district's workstations as the admin screen asks for them (D24)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDevice:
    """A workstation that asks in. `number` is compared with the one on its own screen before anything is sealed."""

    id: str
    name: str
    platform: str
    user_name: str
    asked_at: dt.datetime | None
    number: str
    schools: tuple[str, ...]
    everything: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDevice:
    """A workstation of the district; `state` is the district's word (ACTIVE, REVOKED)."""

    id: str
    name: str
    state: str
    last_seen_at: dt.datetime | None
    schools: tuple[str, ...]
    everything: bool
    own: bool


@dataclass(frozen=True, slots=True)
class Devices:
    """Who waits, and who is known."""

    waiting: tuple[WaitingDevice, ...] = ()
    known: tuple[KnownDevice, ...] = ()


class DeviceOffice(Protocol):
    """Talks to the district; every method may take seconds and raises what the line raises when it is away."""

    def devices(self) -> Devices: ...

    def approve(self, device: str, schools: Sequence[str], everything: bool) -> object:
        """Let a workstation in: exactly the keys whose number `devices` gave last are sealed to."""

    def refuse(self, device: str) -> object: ...

    def revoke(self, device: str) -> object:
        """Shut a workstation out at its next contact."""
