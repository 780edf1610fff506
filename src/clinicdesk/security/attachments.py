"""Attachments on disk: AES-256-GCM in frames of 64 KiB, frame number and final flag authenticated (security-spec 2.1).

Layout: `CDATT\\0\\0\\1`, 16 bytes of salt, then frames of ciphertext and tag; the last one carries the final flag.
The frame key is HKDF(file key, salt, "attachment/v1"), so no pair of key and nonce is used twice.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clinicdesk.security.derivation import KEY_BYTES, SALT_BYTES, expand
from clinicdesk.security.errors import AttachmentDamagedError

MAGIC = b"CDATT\0\0\x01"
FRAME_BYTES = 65_536
_TAG_BYTES = 16

LARGEST_BYTES = 25 << 20
"""Of one file before it is sealed: a scan of forty pages, and what a school's line carries in minutes (scenario 10)."""


def sealed_size(plain: int) -> int:
    """The bytes of a file once it is sealed; an empty one has a frame too."""
    return len(MAGIC) + SALT_BYTES + plain + _TAG_BYTES * max(1, -(-plain // FRAME_BYTES))


LARGEST_SEALED_BYTES = sealed_size(LARGEST_BYTES)


def new_file_key() -> bytes:
    """A random key for one file; dropping it shreds the file."""
    return secrets.token_bytes(KEY_BYTES)


class Source(Protocol):
    """Where the plain bytes of a file come from."""

    def read(self, size: int, /) -> bytes: ...


class Target(Protocol):
    """Where its sealed bytes go."""

    def write(self, content: bytes, /) -> object: ...


def encrypt_attachment(file_key: bytes, source: Source, target: Target) -> None:
    """Encrypt `source` to its end, one frame in memory at a time."""
    header = MAGIC + secrets.token_bytes(SALT_BYTES)
    target.write(header)
    cipher = _cipher(file_key, header)
    frame = source.read(FRAME_BYTES)
    number = 0
    while True:
        following = source.read(FRAME_BYTES) if len(frame) == FRAME_BYTES else b""
        target.write(cipher.encrypt(_nonce(number), frame, _associated(header, number, final=not following)))
        if not following:
            return
        frame, number = following, number + 1


def decrypt_attachment(file_key: bytes, source: BinaryIO) -> Iterator[bytes]:
    """The plaintext frame by frame; whoever shows it waits for the end, where truncation is noticed.

    Raises:
        AttachmentDamagedError: changed, cut, reordered, lengthened, or under another key.
    """
    header = source.read(len(MAGIC) + SALT_BYTES)
    if len(header) != len(MAGIC) + SALT_BYTES or not header.startswith(MAGIC):
        raise AttachmentDamagedError(reason="header")
    cipher = _cipher(file_key, header)
    sealed = source.read(FRAME_BYTES + _TAG_BYTES)
    number = 0
    while True:
        following = source.read(FRAME_BYTES + _TAG_BYTES)
        try:
            yield cipher.decrypt(_nonce(number), sealed, _associated(header, number, final=not following))
        except (InvalidTag, ValueError) as error:
            raise AttachmentDamagedError(reason="frame", frame=number) from error
        if not following:
            return
        sealed, number = following, number + 1


def _cipher(file_key: bytes, header: bytes) -> AESGCM:
    return AESGCM(expand(file_key, "attachment/v1", salt=header[len(MAGIC) :]))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _associated(header: bytes, number: int, *, final: bool) -> bytes:
    return header + number.to_bytes(8, "big") + bytes([final])
