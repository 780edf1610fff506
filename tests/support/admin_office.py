"""A district's list of workstations for tests of the admin screen, and a workstation whose people can be admitted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.support.desk import Clinic
from tests.support.secret_stores import PASSWORD, MemorySecretStore

from clinicdesk.core.identifiers import new_id
from clinicdesk.core.paths import ProfilePaths
from clinicdesk.models import RoleGrant, User
from clinicdesk.models.enums import UserRole
from clinicdesk.presentation.admin.devices import Devices, KnownDevice, WaitingDevice
from clinicdesk.security.derivation import FLOOR_PARAMETERS
from clinicdesk.security.policy import LoadedPolicy, ManagedPolicy
from clinicdesk.security.slots import create_profile
from clinicdesk.security.unlocked import Person
from clinicdesk.services.admission import Admission
from clinicdesk.services.signing_in import Workstation
from clinicdesk.sync.errors import UnreachableError

NUMBER = "4821 0937 5566"
POLICY = LoadedPolicy(
    ManagedPolicy(kdf_memory_kib=FLOOR_PARAMETERS.memory_kib, kdf_iterations=FLOOR_PARAMETERS.iterations)
)


def open_profile(clinic: Clinic, folder: Path, *, weaker: bool = False) -> Workstation:
    """The profile beside the clinic's file: its administrator made it and signs in here."""
    paths = ProfilePaths(folder / "profile")
    store = MemorySecretStore(weaker_protection=weaker)
    ada = clinic.administrator
    create_profile(
        paths, Person(ada.id, ada.sign_in), PASSWORD, store, clinic.clock, parameters=FLOOR_PARAMETERS
    ).destroy()
    return Workstation(paths, lambda: store, POLICY, clinic.clock)


def newcomer(clinic: Clinic) -> str:
    """An account that the district made yesterday: no keys anywhere yet. Returns the sign-in name."""
    who = new_id()
    clinic.add(
        User(
            id=who,
            email="okafor@example.org",
            first_name="Nneka",
            last_name="Okafor",
            role=UserRole.NURSE,
            district_id=clinic.district,
            school_id=clinic.school.id,
        ),
        RoleGrant(
            user_id=who,
            role=UserRole.NURSE,
            school_id=clinic.school.id,
            valid_from=dt.datetime(2026, 10, 5, tzinfo=dt.UTC),
        ),
    )
    return "okafor"


def admission(clinic: Clinic, here: Workstation) -> Admission:
    """The administrator at that workstation."""
    return Admission(clinic.desk(clinic.administrator), here)


@dataclass
class ListedDistrict:
    """Answers like the district: two wait, two are known. `away` is a district out of reach."""

    clinic: Clinic
    away: bool = False
    done: list[tuple[str, str, tuple[str, ...], bool]] = field(default_factory=list)
    listed: Devices = field(init=False)

    def __post_init__(self) -> None:
        asked = dt.datetime(2026, 10, 6, 14, 5, tzinfo=dt.UTC)
        mill = str(self.clinic.other_school.id)
        self.listed = Devices(
            (
                _waiting("dev-1", "OLDMILL-2", "iturbide", asked, NUMBER, (mill,)),
                _waiting("dev-2", "FIELD-LAPTOP", "carvalho", asked, "1190 4402 7718", (), everything=True),
            ),
            (
                _known("dev-3", "CEDAR-1", own=True, everything=True, seen=asked),
                _known("dev-4", "CEDAR-OLD", schools=(str(self.clinic.school.id),), seen=None),
            ),
        )

    def devices(self) -> Devices:
        self._require_line()
        return self.listed

    def approve(self, device: str, schools: Sequence[str], everything: bool) -> object:
        self._require_line()
        self.done.append(("approve", device, tuple(schools), everything))
        return self._leave(device)

    def refuse(self, device: str) -> object:
        self._require_line()
        self.done.append(("refuse", device, (), False))
        return self._leave(device)

    def revoke(self, device: str) -> object:
        self._require_line()
        self.done.append(("revoke", device, (), False))
        known = tuple(replace(one, state="REVOKED") if one.id == device else one for one in self.listed.known)
        self.listed = Devices(self.listed.waiting, known)
        return None

    def _leave(self, device: str) -> object:
        self.listed = Devices(tuple(one for one in self.listed.waiting if one.id != device), self.listed.known)
        return None

    def _require_line(self) -> None:
        if self.away:
            raise UnreachableError()


def _waiting(
    key: str,
    name: str,
    user: str,
    asked: dt.datetime,
    number: str,
    schools: tuple[str, ...],
    *,
    everything: bool = False,
) -> WaitingDevice:
    return WaitingDevice(
        id=key,
        name=name,
        platform="Windows",
        user_name=user,
        asked_at=asked,
        number=number,
        schools=schools,
        everything=everything,
    )


def _known(
    key: str,
    name: str,
    *,
    seen: dt.datetime | None,
    schools: tuple[str, ...] = (),
    everything: bool = False,
    own: bool = False,
) -> KnownDevice:
    return KnownDevice(
        id=key, name=name, state="ACTIVE", last_seen_at=seen, schools=schools, everything=everything, own=own
    )
