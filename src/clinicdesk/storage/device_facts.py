"""What this device knows of itself and of its district: kept in the encrypted database, never sent."""

from __future__ import annotations

import uuid
from typing import Final

import msgspec
from sqlalchemy.orm import Session

from clinicdesk.security.sealed_fields import DataKeyRing
from clinicdesk.security.unlocked import Unlocked
from clinicdesk.storage.engine import execute_plainly

DATA_KEYS: Final = "data_keys"
DISTRICT: Final = "district"
DEVICE_ID: Final = "device_id"
ALL_SCHOOLS: Final = "all_schools"
_PERSON: Final = "person:"
_DATA_KEY_PURPOSE: Final = "data-keys/v1"


class District(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The district this device belongs to: where its server is and by what it is known.

    `host` is `name:port`, `pins` the SPKI pins of the certificate authority, current one first, `ca` its certificate
    in DER, `public_key` the key that certifies user keys.
    """

    id: uuid.UUID
    name: str
    host: str
    pins: tuple[str, ...]
    ca: bytes
    public_key: bytes


def write_fact(session: Session, name: str, *, text: str | None = None, content: bytes | None = None) -> None:
    """Set a fact, replacing what it was."""
    execute_plainly(session.connection(), _WRITE, (name, text, content))


def text_fact(session: Session, name: str) -> str | None:
    found: tuple[str | None] | None = execute_plainly(session.connection(), _TEXT, (name,)).fetchone()
    return None if found is None else found[0]


def bytes_fact(session: Session, name: str) -> bytes | None:
    found: tuple[bytes | None] | None = execute_plainly(session.connection(), _BYTES, (name,)).fetchone()
    return None if found is None else found[0]


# A sync session reads and writes some twenty facts: built statements would cost a third of one with nothing to do.
_WRITE = (
    "INSERT INTO device_facts (name, text_value, bytes_value) VALUES (?, ?, ?) ON CONFLICT (name)"
    " DO UPDATE SET text_value = excluded.text_value, bytes_value = excluded.bytes_value"
)
_TEXT = "SELECT text_value FROM device_facts WHERE name = ?"
_BYTES = "SELECT bytes_value FROM device_facts WHERE name = ?"


def write_district(session: Session, district: District) -> None:
    write_fact(session, DISTRICT, content=msgspec.json.encode(district))


def read_district(session: Session) -> District | None:
    """The district, or None before enrolment."""
    content = bytes_fact(session, DISTRICT)
    return None if content is None else msgspec.json.decode(content, type=District)


def write_data_keys(session: Session, unlocked: Unlocked, ring: DataKeyRing) -> None:
    """Keep the district data keys, sealed under a key of this device's root (D32)."""
    key = unlocked.sub_key(_DATA_KEY_PURPOSE)
    try:
        write_fact(session, DATA_KEYS, content=ring.seal_under(key, unlocked.device.bytes))
    finally:
        key[:] = bytes(len(key))


def read_data_keys(session: Session, unlocked: Unlocked) -> DataKeyRing | None:
    """The district data keys, or None until enrolment brings them."""
    sealed = bytes_fact(session, DATA_KEYS)
    if sealed is None:
        return None
    key = unlocked.sub_key(_DATA_KEY_PURPOSE)
    try:
        return DataKeyRing.open_under(key, sealed, unlocked.device.bytes)
    finally:
        key[:] = bytes(len(key))


def write_person(session: Session, holder: uuid.UUID, account: uuid.UUID) -> None:
    """The account of the district that a key slot made before enrolment belongs to."""
    write_fact(session, f"{_PERSON}{holder}", text=str(account))


def account_of(session: Session, holder: uuid.UUID) -> uuid.UUID:
    """The account a slot's person has in the district: another key only where the slot was made before enrolment."""
    found = text_fact(session, f"{_PERSON}{holder}")
    return holder if found is None else uuid.UUID(found)


def write_all_schools(session: Session, *, everything: bool) -> None:
    """Whether this device's scope set is ALL (D5)."""
    write_fact(session, ALL_SCHOOLS, text="yes" if everything else "no")


def holds_all_schools(session: Session) -> bool:
    return text_fact(session, ALL_SCHOOLS) == "yes"
