"""Joining a workstation to its district (D24, D32): invite, code, proof, check number. Pure functions and messages.

The code is stretched once; from it come a locator (finds the invite at the server), a proof key (the server keeps it)
and a key for the data keys (the server never learns it). Wrong, used and expired are the server's answers.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import uuid
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import parse_qsl, urlencode

import msgspec

from clinicdesk.security import crockford
from clinicdesk.security.canonical_json import canonical_struct
from clinicdesk.security.derivation import FLOOR_PARAMETERS, SALT_BYTES, KdfParameters, expand, stretch, wipe
from clinicdesk.security.errors import InvalidInviteError, SealBrokenError, SignatureRefusedError, WrongInviteCodeError
from clinicdesk.security.key_pairs import PublicKeys
from clinicdesk.security.sealed_fields import DataKeyRing
from clinicdesk.security.wire_bytes import from_base64url, to_base64url

SCHEME = "clinicdesk-enroll"
CODE_CHARACTERS = 10  # 50 bits
CODE_LIFE_MINUTES = 15
CODE_TRIES = 5

# A host name, IPv4 address or bracketed IPv6 address, and perhaps a port.
_HOST = re.compile(r"(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]{1,253})(:[0-9]{1,5})?")
_PIN = re.compile(r"sha256/[A-Za-z0-9+/]{43}=")
_NONCE_BYTES = 32
# The check number is stretched too, or a dishonest server could search for keys with the same twelve digits.
_NUMBER_PARAMETERS = KdfParameters(memory_kib=19_456, iterations=2, lanes=1)


@dataclass(frozen=True, slots=True)
class Invite:
    """Where to enrol and whom to trust there: current pin first, backup pins after it.

    `code` is absent in the first administrator's file, which carries the sealed data keys instead (D32).
    """

    host: str
    pins: tuple[str, ...]
    code: str | None = None
    sealed_data_keys: bytes | None = None

    def with_code(self, code: str) -> Invite:
        return replace(self, code=code)

    def uri(self) -> str:
        """`clinicdesk-enroll:1?host=…&pin=sha256/…&code=…`, for a file, a QR code or pasting."""
        fields = [("host", self.host), *(("pin", pin) for pin in self.pins)]
        if self.code is not None:
            fields.append(("code", self.code))
        if self.sealed_data_keys is not None:
            fields.append(("key", to_base64url(self.sealed_data_keys)))
        return f"{SCHEME}:1?{urlencode(fields, safe='/:[]=')}"


def parse_invite(text: str) -> Invite:
    """Read an invite from a file or the clipboard.

    Raises:
        InvalidInviteError: `reason` says what is wrong with it.
    """
    scheme, _, rest = text.strip().partition(":")
    version, _, query = rest.partition("?")
    if scheme.lower() != SCHEME or not query or len(text) > 4_096:
        raise InvalidInviteError(reason="not_an_invite")
    if version != "1":
        raise InvalidInviteError(reason="newer")
    try:
        fields = parse_qsl(query, keep_blank_values=True, strict_parsing=True, max_num_fields=16)
    except ValueError as error:
        raise InvalidInviteError(reason="not_an_invite") from error
    names = [name for name, _ in fields]
    if any(names.count(name) > 1 for name in ("host", "code", "key")):
        raise InvalidInviteError(reason="duplicate")
    if "host" not in names or "pin" not in names:
        raise InvalidInviteError(reason="missing")
    return _checked_invite(dict(fields), tuple(value.replace(" ", "+") for name, value in fields if name == "pin"))


def new_code() -> str:
    """Ten random characters a person can read aloud."""
    return "".join(secrets.choice(crockford.ALPHABET) for _ in range(CODE_CHARACTERS))


def parse_code(text: str) -> str:
    """A typed code in its one spelling; raises `InvalidInviteError` if it cannot be one."""
    code = crockford.plain(text)
    if len(code) != CODE_CHARACTERS or any(character not in crockford.ALPHABET for character in code):
        raise InvalidInviteError(reason="code")
    return code


@dataclass(frozen=True, slots=True)
class InviteKeys:
    """What stretching the code gives. The server stores `locator` and `proof_key`, never `data_key_lock`."""

    locator: bytes
    proof_key: bytes
    data_key_lock: bytes


def invite_keys(host: str, pins: tuple[str, ...], code: str) -> InviteKeys:
    """Stretch a code for one server; takes a fraction of a second, so not on the window's thread."""
    salt = hashlib.sha256("\n".join(("clinicdesk enrolment/v1", host.lower(), pins[0])).encode()).digest()[:SALT_BYTES]
    stretched = stretch(parse_code(code).encode(), salt, FLOOR_PARAMETERS)
    try:
        return InviteKeys(
            bytes(expand(stretched, "enrolment-locator/v1", length=16)),
            bytes(expand(stretched, "enrolment-proof/v1")),
            bytes(expand(stretched, "enrolment-data-key/v1")),
        )
    finally:
        wipe(stretched)


def seal_data_keys_for_invite(ring: DataKeyRing, keys: InviteKeys, district: uuid.UUID) -> bytes:
    """For the first administrator's invite: what the file carries, opened by the code alone (D32)."""
    return ring.seal_under(keys.data_key_lock, _invite_associated(district))


def open_data_keys_of_invite(sealed: bytes, keys: InviteKeys, district: uuid.UUID) -> DataKeyRing:
    """Raises `WrongInviteCodeError`."""
    try:
        return DataKeyRing.open_under(keys.data_key_lock, sealed, _invite_associated(district))
    except SealBrokenError as error:
        raise WrongInviteCodeError from error


class EnrolmentHello(msgspec.Struct, frozen=True):
    """First message of the workstation; the proof comes when the server has answered with its nonce."""

    locator: bytes
    device: uuid.UUID
    keys: PublicKeys
    client_nonce: bytes
    protocol: Literal["clinicdesk-enroll/1"] = "clinicdesk-enroll/1"


class EnrolmentChallenge(msgspec.Struct, frozen=True):
    """The server knows the invite; it proves so itself once the client's proof holds."""

    district: uuid.UUID
    server_nonce: bytes


class EnrolmentProof(msgspec.Struct, frozen=True):
    """The workstation holds the code, and these are its keys."""

    device: uuid.UUID
    proof: bytes


class EnrolmentAccepted(msgspec.Struct, frozen=True):
    """`enrolled` for the first device of a district, else `pending` until an administrator approves (D24)."""

    state: Literal["enrolled", "pending"]
    proof: bytes


class Transcript(msgspec.Struct, frozen=True):
    """What both proofs are made over: whoever sits between the two sides changes it."""

    host: str
    pin: str
    hello: EnrolmentHello
    challenge: EnrolmentChallenge


def new_nonce() -> bytes:
    return secrets.token_bytes(_NONCE_BYTES)


def client_proof(proof_key: bytes, transcript: Transcript) -> bytes:
    return _proof(proof_key, "client", transcript)


def server_proof(proof_key: bytes, transcript: Transcript) -> bytes:
    return _proof(proof_key, "server", transcript)


def require_proof(expected: bytes, given: bytes) -> None:
    """Constant-time; raises `SignatureRefusedError`."""
    if not hmac.compare_digest(expected, given):
        raise SignatureRefusedError("proof")


def check_number(device: uuid.UUID, keys: PublicKeys) -> str:
    """Twelve digits of the public keys that the approver seals to, shown on both sides: `1234 5678 9012`."""
    message = b"clinicdesk check number/v1\0" + device.bytes + keys.signing + keys.sealing
    stretched = stretch(hashlib.sha256(message).digest(), device.bytes, _NUMBER_PARAMETERS)
    digits = f"{int.from_bytes(stretched, 'big') % 10**12:012d}"
    return crockford.grouped(digits, 4).replace("-", " ")


def _checked_invite(fields: dict[str, str], pins: tuple[str, ...]) -> Invite:
    host = _HOST.fullmatch(fields["host"])
    if host is None or int((host[2] or ":1")[1:]) not in range(1, 65_536):
        raise InvalidInviteError(reason="host")
    if not all(_PIN.fullmatch(pin) for pin in pins):
        raise InvalidInviteError(reason="pin")
    code = parse_code(fields["code"]) if fields.get("code") else None
    sealed = None
    if "key" in fields:
        sealed = from_base64url(fields["key"])
        if sealed is None:
            raise InvalidInviteError(reason="key")
    return Invite(fields["host"], pins, code, sealed)


def _proof(proof_key: bytes, side: str, transcript: Transcript) -> bytes:
    message = f"clinicdesk enrolment/v1|{side}|".encode() + canonical_struct(transcript)
    return hmac.digest(proof_key, message, "sha256")


def _invite_associated(district: uuid.UUID) -> bytes:
    return b"invite-data-keys/v1|" + district.bytes
