"""Row digests and their sums, kept alike on workstation and district server (D21)."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping

from clinicdesk.domain.canonical import WireValue, canonical_object

MODULUS = 1 << 64
BUCKETS = 256


def row_digest(table: str, key: str, version: int, values: Mapping[str, WireValue]) -> int:
    """The unsigned 64-bit digest of one acknowledged row.

    `values` are the synced, non-stamp columns without the key. Columns that are null are left out, so that a
    new nullable column changes no digest.
    """
    return digest_of(table, key, version, row_content(values))


def row_content(values: Mapping[str, WireValue]) -> bytes:
    """The canonical bytes of the columns that are not null."""
    return canonical_object({name: value for name, value in values.items() if value is not None})


def digest_of(table: str, key: str, version: int, content: bytes) -> int:
    """The digest of a row whose `row_content` is known."""
    whole = b'["%b","%b",%d,%b]' % (table.encode(), key.encode(), version, content)
    return int.from_bytes(hashlib.blake2b(whole, digest_size=8).digest(), "big")


def bucket_of(key: uuid.UUID | str) -> int:
    """The bucket 0..255 of a row: the last byte of its key, which no clock shapes."""
    return key.int & 0xFF if isinstance(key, uuid.UUID) else int(key[-2:], 16)


def sum_digests(digests: Iterable[int]) -> int:
    """The sum modulo 2**64, in whatever order and split."""
    return sum(digests) % MODULUS


def to_signed(digest: int) -> int:
    """The same 64 bits as a signed integer, as databases store them."""
    return digest - MODULUS if digest >= MODULUS >> 1 else digest


def from_signed(stored: int) -> int:
    return stored % MODULUS


def to_text(digest: int) -> str:
    """16 hexadecimal digits: how a sum stands on the wire and in command output."""
    return format(digest % MODULUS, "016x")


def from_text(text: str) -> int:
    return int(text, 16)
