"""A readable slot file in hand, and the making of slots: wrapping a person's keys, sealing the root keys to them."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from clinicdesk.core.errors import WorldError
from clinicdesk.core.paths import ProfilePaths
from clinicdesk.security.derivation import SALT_BYTES, KdfParameters, expand, password_bytes, stretch, wipe
from clinicdesk.security.errors import ForeignDeviceError, SlotFileDamagedError
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.keystore import DeviceSecretStore, SecretName
from clinicdesk.security.sealing import SUITE, lock, seal_to
from clinicdesk.security.slot_file import (
    PasswordSlot,
    SealedRoot,
    SlotFile,
    SlotHeader,
    both_unusable,
    read_slots,
)
from clinicdesk.security.unlocked import Person


@dataclass(frozen=True, slots=True)
class OpenBook:
    """The slot file that is good, with the secret it is keyed by, which `close` wipes."""

    file: SlotFile
    secret: bytearray
    repaired: bool

    def close(self) -> None:
        wipe(self.secret)

    def tag(self, name: str) -> bytes:
        return name_tag(self.secret, self.file.device, name)

    def slot_of(self, name: str) -> PasswordSlot | None:
        tag = self.tag(name)
        found = None
        for slot in self.file.slots:
            if hmac.compare_digest(slot.header.name_tag, tag):
                found = slot
        return found


def open_book(paths: ProfilePaths, secret_store: DeviceSecretStore) -> OpenBook:
    """The newest generation that its MAC confirms, with the device secret. Raises like `unlock`."""
    read = read_slots(paths)
    problems: list[WorldError] = list(read.problems)
    foreign: ForeignDeviceError | None = None
    for file in read.usable:
        stored = secret_store.read(file.device, SecretName.DEVICE_SECRET)
        if stored is None:
            foreign = foreign or ForeignDeviceError(reason="no_secret")
        elif not file.belongs_to(stored):
            foreign = foreign or ForeignDeviceError(reason="other_secret")
        elif not file.mac_holds(stored):
            problems.append(SlotFileDamagedError("mac"))
        else:
            return OpenBook(file, bytearray(stored), repaired=file is not read.current)
    raise foreign or both_unusable(problems)


def make_slot(
    device: uuid.UUID,
    person: Person,
    keys: KeyPairs,
    password: str,
    secret: bytes | bytearray,
    roots: Mapping[int, bytearray],
    parameters: KdfParameters,
    created: dt.datetime,
    hide_name: bool,
) -> PasswordSlot:
    """A new slot for a person's keys, with every root key sealed to them."""
    slot_id = uuid.uuid4()
    header = SlotHeader(
        device=device,
        slot=slot_id,
        user=person.user_id,
        label=None if hide_name else person.name,
        name_tag=name_tag(secret, device, person.name),
        kdf=parameters,
        salt=secrets.token_bytes(SALT_BYTES),
        suite=SUITE,
        epoch=max(roots),
        created=created,
        public=keys.public,
    )
    sealed = tuple(
        SealedRoot(epoch, seal_to(keys.public.sealing, root, root_info(device, slot_id, epoch)))
        for epoch, root in sorted(roots.items())
    )
    return PasswordSlot(header, _wrap(header, keys, password, secret), sealed)


def rewrap(
    slot: PasswordSlot,
    keys: KeyPairs,
    password: str,
    secret: bytes | bytearray,
    parameters: KdfParameters,
    label: str | None,
) -> PasswordSlot:
    """The same keys under another password or derivation, with a fresh salt."""
    header = msgspec.structs.replace(slot.header, kdf=parameters, salt=secrets.token_bytes(SALT_BYTES), label=label)
    return msgspec.structs.replace(slot, header=header, wrapped=_wrap(header, keys, password, secret))


def key_encryption_key(header: SlotHeader, password: str, secret: bytes | bytearray) -> bytearray:
    """KEK = HKDF(Argon2id(password) and device secret, slot salt, "kek/v1|device|slot") (security-spec 2.1)."""
    stretched = stretch(password_bytes(password), header.salt, header.kdf)
    both = stretched + bytearray(secret)
    try:
        return expand(both, f"kek/v1|{header.device}|{header.slot}", salt=header.salt)
    finally:
        wipe(stretched, both)


def root_info(device: uuid.UUID, slot: uuid.UUID, epoch: int) -> str:
    return f"drk/v1|{device}|{slot}|{epoch}"


def name_tag(secret: bytes | bytearray, device: uuid.UUID, name: str) -> bytes:
    """Finds a name without telling it to whoever lacks the device secret; case and composition do not matter."""
    key = expand(secret, f"name-tag/v1|{device}")
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name.strip()).casefold())
    return hmac.digest(bytes(key), folded.encode(errors="surrogatepass"), "sha256")[:8]


def _wrap(header: SlotHeader, keys: KeyPairs, password: str, secret: bytes | bytearray) -> bytes:
    kek = key_encryption_key(header, password, secret)
    try:
        return keys.use_private(lambda private: lock(kek, private, header.associated_data()))
    finally:
        wipe(kek)
