"""A workstation that its district has revoked and ordered to be wiped: a whole profile, joined to a served town."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from tests.support.desk import Clinic, Member
from tests.support.district import NOW
from tests.support.profile import PASSWORD, Profile, joined_profile
from tests.support.served import ServedTown, give_keys

from clinicdesk.bootstrap.workstation import workstation
from clinicdesk.server import office
from clinicdesk.server.device_scopes import revoke
from clinicdesk.server.wiping import order_wipe
from clinicdesk.storage.context import SYNC_APPLIES
from clinicdesk.storage.device_facts import District, write_all_schools, write_district

KEY = Ed25519PrivateKey.generate()
"""The district's own."""


@dataclass(frozen=True)
class Doomed:
    """It works until its next contact with the district."""

    profile: Profile
    wire: ServedTown
    device: str

    @property
    def left(self) -> set[str]:
        """What still stands in the folder of the profile, and what is left of its secrets."""
        secrets = {f"secret {entry.name}" for entry in (self.profile.policy.parent / "secrets").rglob("*.*")}
        return {entry.name for entry in self.profile.paths.root.iterdir()} - {self.profile.paths.lock.name} | secrets

    @property
    def standing(self) -> str | None:
        """What the district knows of the wipe."""
        (found,) = [one for one in office.devices(self.wire.town.database) if one["device"] == self.device]
        wipe: str | None = found.get("wipe")
        return wipe

    @property
    def trail(self) -> list[str]:
        """What its audit chain says of it."""
        found = self.wire.town.query(
            "SELECT result FROM audit_logs WHERE device_id = %s AND result LIKE 'wipe%%' ORDER BY seq",
            self.wire.town.district,
        )
        return [result for (result,) in found]


def doomed(clinic: Clinic, wire: ServedTown, folder: Path, people: Sequence[Member]) -> Doomed:
    """The clinic's own file as a profile on disk, known to the town by its keys; revoked, and the order is out."""
    town, device = wire.town, str(clinic.device)
    profile = joined_profile(clinic, folder, tuple(people))
    here = workstation(profile.paths.root, profile.policy, clinic.clock)
    opened = here.open(people[0].sign_in, PASSWORD)
    ca = x509.load_pem_x509_certificate(wire.pem).public_bytes(Encoding.DER)
    key = KEY.public_key().public_bytes_raw()
    place = District(uuid.UUID(town.district), "Example District", wire.host, (wire.pin,), ca, key)
    with opened.store.apply(SYNC_APPLIES) as work:
        write_district(work.session, place)
        write_all_schools(work.session, everything=True)
    with town.database.owning() as connection:
        connection.execute(
            "INSERT INTO devices (id, name, status, signing_key, sealing_key, scope_all, school_ids, enrolled_at)"
            " VALUES (%s, 'desk', 'ACTIVE', %s, %s, true, '[]'::jsonb, %s)",
            (device, bytes(32), bytes(32), NOW),
        )
    give_keys(town, device, opened.unlocked.device_keys.pairs)
    opened.close()
    revoke(town.database, town.clock, device)
    order_wipe(town.database, town.clock, KEY, device)
    return Doomed(profile, wire, device)
