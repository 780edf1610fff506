"""People who decide conflicts at real workstations: real services over the encrypted file that syncs."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from tests.support.district import NOW, Town, fresh
from tests.support.workstation import Workstation

from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.canonical import WireValue
from clinicdesk.security.device_keys import DeviceKeys
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.sealed_fields import DataKeyRing
from clinicdesk.security.slots import Reauthenticated
from clinicdesk.security.unlocked import Person as KeyHolder
from clinicdesk.security.unlocked import Unlocked
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.services.conflict_ways import Way, WayKind
from clinicdesk.services.conflicts import Conflicts
from clinicdesk.services.desk import Desk, SchoolPlace
from clinicdesk.services.field_keys import FieldKeys
from clinicdesk.services.signing_in import person_of
from clinicdesk.services.undo import LastAct
from clinicdesk.sync.resolve import Choice, Decision, resolve


def sign_in(town: Town, workstation: Workstation, user: str, *, district: bool = False) -> Desk:
    """The desk's services for this person; her role and her public key come to the workstation by sync."""
    keys = KeyPairs.generate()
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, None, town.clock.now())
        grant = {"user_id": user, "role": "DISTRICT_ADMIN" if district else "NURSE", "valid_from": NOW}
        writes.insert("role_grants", {fresh(): grant | ({} if district else {"school_id": town.oak})})
        key = {
            "user_id": user,
            "device_id": workstation.device,
            "purpose": "SIGNING",
            "suite": "Ed25519",
            "public_key": keys.public.signing,
            "valid_from": NOW,
        }
        writes.insert("user_keys", {fresh(): key})
        writes.close()
    workstation.sync()
    # What a decision is dated by; the grants began before it.
    town.clock.advance(dt.timedelta(minutes=1))
    with workstation.store.read() as session:
        person = person_of(session, uuid.UUID(user), "Example District", town.clock.now())
    unlocked = Unlocked(
        device=uuid.UUID(workstation.device),
        person=KeyHolder(uuid.UUID(user), user),
        user_keys=keys,
        roots={1: bytearray(32)},
        device_keys=DeviceKeys.generate(uuid.UUID(workstation.device)),
        weaker_protection=False,
    )
    return Desk(
        store=workstation.store,
        person=person,
        unlocked=unlocked,
        field_keys=FieldKeys(DataKeyRing.generate()),
        clock=town.clock,
        session_id=new_id(),
        reauthenticate=_nobody,
        school=SchoolPlace(uuid.UUID(town.oak), "Oak", ZoneInfo("America/Chicago")),
    )


def _nobody(_name: str, _password: str) -> Reauthenticated:
    raise AssertionError("nobody proves a password here")


class Decider:
    """One person at the sync centre, as its presenter calls the services."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.conflicts = Conflicts(desk)

    def ways(self, conflict: str) -> tuple[Way, ...]:
        sheet = self.conflicts.open(uuid.UUID(conflict))
        assert sheet is not None
        return sheet.ways

    def way(self, conflict: str, kind: WayKind, target: str | None = None) -> Way:
        return next(way for way in self.ways(conflict) if way.kind is kind and target in {None, str(way.target)})

    def choose(self, conflict: str, choice: Choice, values: Mapping[str, WireValue] | None = None) -> LastAct:
        decision = Decision(uuid.UUID(conflict), choice, values)
        return self.conflicts.settle(decision.conflict, "Decided", lambda work: resolve(work, decision))

    def take(self, conflict: str, way: Way, reason: str = "looked into it") -> LastAct | None:
        decision = Decision(uuid.UUID(conflict), Choice.ROWS, note=reason)
        return self.conflicts.take(decision.conflict, way, reason, "Decided", lambda work: resolve(work, decision))

    def follow(self, conflict: str, values: Mapping[str, WireValue], reason: str = "asked the prescriber") -> None:
        decision = Decision(uuid.UUID(conflict), Choice.ROWS, note=reason)
        self.conflicts.follow(decision.conflict, values, reason, lambda work: resolve(work, decision))
