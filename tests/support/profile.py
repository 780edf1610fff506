"""A whole profile on disk around the clinic of `tests.support.desk`: slots, device keys, database, policy, secrets.

Its people sign in by password, with the real derivation: for tests of unlocking (D63).
"""

from __future__ import annotations

import json
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy.orm import Session
from tests.support.desk import _ROOT, Clinic, Member

from clinicdesk.core.paths import ProfilePaths
from clinicdesk.security.derivation import FLOOR_PARAMETERS, KEY_BYTES, expand
from clinicdesk.security.device_keys import DeviceKeys, write_device_keys
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.keystore import FileSecretStore, SecretName
from clinicdesk.security.policy import load_policy
from clinicdesk.security.slot_book import make_slot
from clinicdesk.security.slot_file import SlotFile, secret_check, write_slots
from clinicdesk.security.tls import make_authority, new_authority_key
from clinicdesk.security.unlocked import DATABASE_KEY, Person, Unlocked
from clinicdesk.storage import device_facts
from clinicdesk.storage.engine import open_engine

PASSWORD = "crimson teapot over seven hills"


@dataclass(frozen=True)
class Profile:
    """Where it lies, and the policy it is opened under."""

    paths: ProfilePaths
    policy: Path


def joined_profile(clinic: Clinic, folder: Path, people: tuple[Member, ...], **policy: object) -> Profile:
    """Everyone in `people` signs in by `PASSWORD`. The database is the clinic's as it stands now."""
    paths = ProfilePaths(folder / "profile")
    paths.root.mkdir(parents=True, mode=0o700)
    kept = folder / "secrets"
    kept.mkdir(mode=0o700)
    file = folder / "policy.json"
    settings = {
        "allow_file_secret": True,
        "file_secret_folder": str(kept),
        "kdf_memory_kib": FLOOR_PARAMETERS.memory_kib,
        "kdf_iterations": FLOOR_PARAMETERS.iterations,
        **policy,
    }
    file.write_text(json.dumps(settings), encoding="utf-8")
    secret, root = bytearray(secrets.token_bytes(KEY_BYTES)), bytearray(_ROOT)
    FileSecretStore(kept, load_policy(file).policy).write(clinic.device, SecretName.DEVICE_SECRET, bytes(secret))
    device_keys = DeviceKeys.generate(clinic.device)
    write_device_keys(paths, device_keys, secret, root)
    slots = tuple(
        make_slot(
            clinic.device,
            Person(who.id, who.sign_in),
            KeyPairs(bytearray(who.keys)),
            PASSWORD,
            secret,
            {1: root},
            FLOOR_PARAMETERS,
            clinic.clock.now(),
            hide_name=False,
        )
        for who in people
    )
    book = SlotFile(clinic.device, 0, 1, secret_check(clinic.device, secret), slots)
    write_slots(paths, book, secret, forget_previous=False)
    _write_database(clinic, paths, people[0], device_keys)
    return Profile(paths, file)


def _write_database(clinic: Clinic, paths: ProfilePaths, who: Member, device_keys: DeviceKeys) -> None:
    key = bytes(expand(bytearray(_ROOT), DATABASE_KEY))
    for end in ("", "-wal"):
        part = clinic.folder / f"clinicdesk.db{end}"
        if part.exists():
            shutil.copyfile(part, f"{paths.database}{end}")
    unlocked = Unlocked(
        device=clinic.device,
        person=Person(who.id, who.sign_in),
        user_keys=KeyPairs(bytearray(who.keys)),
        roots={1: bytearray(_ROOT)},
        device_keys=device_keys,
        weaker_protection=True,
    )
    engine = open_engine(paths.database, key)
    with Session(engine) as session:
        device_facts.write_data_keys(session, unlocked, clinic.ring)
        authority = make_authority("Tamarack Valley USD", new_authority_key(), clinic.clock.now())
        ca = authority.certificate.public_bytes(Encoding.DER)
        # Nothing listens there: the district is out of reach.
        place = device_facts.District(
            clinic.district, "Tamarack Valley USD", "127.0.0.1:9", (authority.pin(),), ca, b""
        )
        device_facts.write_district(session, place)
        session.commit()
    engine.dispose()
