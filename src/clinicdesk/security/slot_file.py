"""The slot file `keyslots.json`: its format, its floors, and its two generations on disk (security-spec 2.1)."""

from __future__ import annotations

import datetime as dt
import hmac
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import msgspec

from clinicdesk.core.errors import WorldError
from clinicdesk.core.paths import ProfilePaths
from clinicdesk.security.canonical_json import canonical_struct
from clinicdesk.security.derivation import SALT_BYTES, KdfParameters, expand, wipe
from clinicdesk.security.errors import (
    NewerFormatError,
    SecretFileError,
    SlotFileDamagedError,
    SlotFileMissingError,
    WeakParametersError,
)
from clinicdesk.security.key_pairs import PublicKeys
from clinicdesk.security.private_files import read_private, replace_private
from clinicdesk.security.sealing import SUITE

FORMAT: Final = "clinicdesk-keyslots"
VERSION = 1


class SealedRoot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The device root key of one epoch, HPKE-sealed to the slot's public key."""

    epoch: int
    sealed: bytes


class SlotHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the wrapped private keys are bound to: the associated data is this header in canonical JSON.

    `label` is the sign-in name, or None where names are hidden; `name_tag` finds the slot either way.
    """

    device: uuid.UUID
    slot: uuid.UUID
    user: uuid.UUID
    label: str | None
    name_tag: bytes
    kdf: KdfParameters
    salt: bytes
    suite: str
    epoch: int
    created: dt.datetime
    public: PublicKeys
    format: Literal["clinicdesk-slot/1"] = "clinicdesk-slot/1"

    def associated_data(self) -> bytes:
        return canonical_struct(self)


class PasswordSlot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One person's way in. `roots` and `lease` change without the password, so they stand outside the header."""

    header: SlotHeader
    wrapped: bytes
    roots: tuple[SealedRoot, ...]
    lease: str | None = None


class CodeSlot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way in by a code: the printed recovery code, or a one-time code for a first sign-in (D33).

    The root is sealed to a public key whose private half comes from the code. A grant's seal is locked once more under
    the device secret, and its code is stretched with `kdf` and `salt`; it is for `user` alone until `expires`.
    """

    kind: Literal["recovery", "grant"]
    device: uuid.UUID
    slot: uuid.UUID
    public: bytes
    suite: str
    created: dt.datetime
    roots: tuple[SealedRoot, ...]
    user: uuid.UUID | None = None
    name_tag: bytes | None = None
    kdf: KdfParameters | None = None
    salt: bytes | None = None
    expires: dt.datetime | None = None


class SlotFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All ways into one profile. `secret_check` recognises the device secret, `mac` is keyed by it."""

    device: uuid.UUID
    generation: int
    epoch: int
    secret_check: bytes
    slots: tuple[PasswordSlot, ...]
    codes: tuple[CodeSlot, ...] = ()
    mac: bytes = b""
    format: Literal["clinicdesk-keyslots"] = FORMAT
    version: int = VERSION

    def with_mac(self, secret: bytes | bytearray) -> SlotFile:
        bare = msgspec.structs.replace(self, mac=b"")
        return msgspec.structs.replace(bare, mac=_mac(bare, secret))

    def mac_holds(self, secret: bytes | bytearray) -> bool:
        return hmac.compare_digest(self.mac, _mac(msgspec.structs.replace(self, mac=b""), secret))

    def belongs_to(self, secret: bytes | bytearray) -> bool:
        return hmac.compare_digest(self.secret_check, secret_check(self.device, secret))


@dataclass(frozen=True, slots=True)
class ReadSlots:
    """The readable generations, `current` first if it is one of them, and what was wrong with the others."""

    current: SlotFile | None
    usable: tuple[SlotFile, ...]
    problems: tuple[WorldError, ...]


def secret_check(device: uuid.UUID, secret: bytes | bytearray) -> bytes:
    """Tells one random 256-bit device secret from another and nothing about it."""
    return bytes(expand(secret, f"secret-check/v1|{device}", length=16))


def previous_path(paths: ProfilePaths) -> Path:
    return paths.slots.with_name("keyslots.previous.json")


def parse_slots(content: bytes) -> SlotFile:
    """One generation, floors enforced.

    Raises:
        SlotFileDamagedError: it is not a slot file.
        NewerFormatError: it is one of a later program.
        WeakParametersError: derivation or suite unknown or below the floor.
    """
    if not content.strip():
        raise SlotFileDamagedError("empty")
    try:
        outline = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SlotFileDamagedError("not_json") from error
    if not isinstance(outline, dict) or outline.get("format") != FORMAT:
        raise SlotFileDamagedError("wrong_shape")
    version = outline.get("version")
    if isinstance(version, int) and version > VERSION:
        raise NewerFormatError(version=version, known=VERSION)
    _require_known_derivations(outline)
    try:
        file = msgspec.convert(outline, SlotFile, strict=True)
        _require_sizes(file)
    except (msgspec.ValidationError, ValueError) as error:
        raise SlotFileDamagedError("wrong_shape") from error
    for kdf in [slot.header.kdf for slot in file.slots] + [code.kdf for code in file.codes]:
        if kdf is not None:
            kdf.require_floor()
    return file


def read_slots(paths: ProfilePaths) -> ReadSlots:
    """Both generations (F10); whoever holds the device secret checks the MAC next.

    Raises:
        SlotFileMissingError: there is none.
        SlotFileDamagedError, NewerFormatError, WeakParametersError: neither is usable; the first one's reason.
    """
    current: SlotFile | None = None
    usable: list[SlotFile] = []
    problems: list[WorldError] = []
    for path in (paths.slots, previous_path(paths)):
        try:
            content = read_private(path)
            if content is None:
                problems.append(SlotFileDamagedError("missing"))
            else:
                usable.append(parse_slots(content))
                current = usable[0] if path == paths.slots else current
        except SecretFileError as error:
            problems.append(SlotFileDamagedError(str(error.params["reason"])))
        except (SlotFileDamagedError, NewerFormatError, WeakParametersError) as error:
            problems.append(error)
    if not usable:
        raise both_unusable(problems)
    return ReadSlots(current, tuple(usable), tuple(problems))


def both_unusable(problems: list[WorldError]) -> WorldError:
    """The one failure to report when no generation can be used."""
    reasons = [str(problem.params.get("reason", problem.code)) for problem in problems]
    if reasons == ["missing", "missing"]:
        return SlotFileMissingError()
    first = next((each for each in problems if each.params.get("reason") != "missing"), problems[0])
    if isinstance(first, SlotFileDamagedError):
        return SlotFileDamagedError(first.reason, previous=reasons[-1])
    return first


def write_slots(paths: ProfilePaths, file: SlotFile, secret: bytes | bytearray, *, forget_previous: bool) -> SlotFile:
    """Write the next generation and keep the one before it.

    `forget_previous` writes the same content as both generations: after a password change or a removal the old
    slot must not open anything any more.
    """
    new = msgspec.structs.replace(file, generation=file.generation + 1).with_mac(secret)
    content = msgspec.json.format(msgspec.json.encode(new), indent=1)
    previous = content if forget_previous else read_private(paths.slots)
    if previous is not None and _is_intact(previous, secret):
        replace_private(previous_path(paths), previous)
    # The current generation last: killed in between, the act has not happened; afterwards no old slot is left.
    replace_private(paths.slots, content)
    return new


def _is_intact(content: bytes, secret: bytes | bytearray) -> bool:
    try:
        return parse_slots(content).mac_holds(secret)
    except WorldError:
        return False


def _require_known_derivations(outline: dict[str, object]) -> None:
    """A derivation or suite we do not know is refused as such, not as damage."""
    for header in [_inner(slot, "header") for slot in _items(outline, "slots")] + _items(outline, "codes"):
        name = _inner(_inner(header, "kdf"), "name")
        if isinstance(name, str) and name != "argon2id":
            raise WeakParametersError(kdf="unknown")
        suite = _inner(header, "suite")
        if isinstance(suite, str) and suite != SUITE:
            raise WeakParametersError(suite="unknown")


def _inner(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, dict) else None


def _items(outline: dict[str, object], key: str) -> list[object]:
    found = outline.get(key)
    return found if isinstance(found, list) else []


def _require_sizes(file: SlotFile) -> None:
    if any(slot.header.device != file.device for slot in file.slots) or any(
        code.device != file.device for code in file.codes
    ):
        raise ValueError("slot of another device")
    if not file.slots:
        raise ValueError("nobody can sign in")
    for slot in file.slots:
        sizes = (len(slot.header.salt), len(slot.header.public.signing), len(slot.header.public.sealing))
        if sizes != (SALT_BYTES, 32, 32):
            raise ValueError("sizes")


def _mac(bare: SlotFile, secret: bytes | bytearray) -> bytes:
    key = expand(secret, f"slots-mac/v1|{bare.device}")
    try:
        return hmac.digest(bytes(key), canonical_struct(bare), "sha256")
    finally:
        wipe(key)
