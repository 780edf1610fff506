"""Key derivation: Argon2id with floors for passwords, HKDF-SHA256 for everything below."""

from __future__ import annotations

import unicodedata
from typing import Literal

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from clinicdesk.security.errors import MemoryShortError, WeakParametersError
from clinicdesk.security.kdf_limits import (
    DEFAULT_ITERATIONS,
    DEFAULT_MEMORY_KIB,
    ITERATIONS_CEILING,
    ITERATIONS_FLOOR,
    LANES_CEILING,
    MEMORY_CEILING_KIB,
    MEMORY_FLOOR_KIB,
)

KEY_BYTES = 32
SALT_BYTES = 16


class KdfParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a password is stretched; written into the slot it opens."""

    memory_kib: int = DEFAULT_MEMORY_KIB
    iterations: int = DEFAULT_ITERATIONS
    lanes: int = 2
    name: Literal["argon2id"] = "argon2id"

    def require_floor(self) -> None:
        """Refuse what is weaker than the floor or unreasonably costly (T2).

        Raises:
            WeakParametersError: the slot must not be used.
        """
        if not (
            MEMORY_FLOOR_KIB <= self.memory_kib <= MEMORY_CEILING_KIB
            and ITERATIONS_FLOOR <= self.iterations <= ITERATIONS_CEILING
            and 1 <= self.lanes <= LANES_CEILING
        ):
            raise WeakParametersError(memory_kib=self.memory_kib, iterations=self.iterations, lanes=self.lanes)

    def is_below(self, wanted: KdfParameters) -> bool:
        return self.memory_kib < wanted.memory_kib or self.iterations < wanted.iterations


DEFAULT_PARAMETERS = KdfParameters()
FLOOR_PARAMETERS = KdfParameters(memory_kib=MEMORY_FLOOR_KIB, iterations=ITERATIONS_FLOOR, lanes=2)


def password_bytes(password: str) -> bytes:
    """The bytes of a password that everyone agrees on: NFC, UTF-8; `passwords.problem_of` refuses half surrogates."""
    return unicodedata.normalize("NFC", password).encode(errors="surrogatepass")


def stretch(secret: bytes | bytearray, salt: bytes, parameters: KdfParameters) -> bytearray:
    """Argon2id, 32 bytes, in a buffer the caller wipes.

    Raises:
        MemoryShortError: the memory was not to be had; nothing was lowered (F32).
    """
    out = bytearray(KEY_BYTES)
    argon = Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=parameters.iterations,
        lanes=parameters.lanes,
        memory_cost=parameters.memory_kib,
    )
    try:
        argon.derive_into(bytes(secret), out)
    except MemoryError as error:
        raise MemoryShortError(memory_kib=parameters.memory_kib) from error
    return out


def expand(secret: bytes | bytearray, info: str, *, salt: bytes | None = None, length: int = KEY_BYTES) -> bytearray:
    """HKDF-SHA256 in a buffer the caller wipes."""
    out = bytearray(length)
    HKDF(algorithm=SHA256(), length=length, salt=salt, info=info.encode()).derive_into(secret, out)
    return out


def wipe(*buffers: bytearray) -> None:
    """Overwrite key buffers (T13)."""
    for buffer in buffers:
        buffer[:] = bytes(len(buffer))
