"""Bodies as they travel: JSON, zstd, and the digest of the bytes as sent (RFC 9530)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import ClassVar, TypeVar

import msgspec
import zstandard

from clinicdesk.core.errors import WorldError
from clinicdesk.sync.protocol import MAX_PLAIN_BYTES, MAX_VALUES, SMALL_BODY_BYTES

M = TypeVar("M", bound=msgspec.Struct)

_BEFORE_A_VALUE = (b",", b"[", b"{", b":")
"""One of these stands before every value of a JSON text but the first."""

_BYTES_A_VALUE = 80
"""What a value costs in memory, be it an empty list: 32 MiB of them would take a gigabyte."""


class BadBodyError(WorldError):
    """The bytes are not the message they should be: cut, altered, too large, or of another kind (s6, s7, s50)."""

    code: ClassVar[str] = "bad_body"

    def __init__(self, problem: str) -> None:
        super().__init__(problem=problem)
        self.problem = problem


def encode(message: msgspec.Struct) -> tuple[bytes, str]:
    """The body and its `Content-Encoding` (`zstd`, or `identity` for small ones)."""
    plain = msgspec.json.encode(message)
    if len(plain) < SMALL_BODY_BYTES:
        return plain, "identity"
    # A compressor is not safe between threads and costs 20 microseconds to make.
    return zstandard.ZstdCompressor(level=1).compress(plain), "zstd"


def decode(body: bytes, encoding: str, kind: type[M], limit: int = MAX_PLAIN_BYTES) -> M:
    """The message in a body.

    Raises:
        BadBodyError: nothing of it may be used.
    """
    plain = unpack(body, encoding, limit)
    memory_of(plain)
    return read(plain, kind)


def read(plain: bytes, kind: type[M]) -> M:
    """The message in a JSON text whose values are not too many.

    Raises:
        BadBodyError: nothing of it may be used.
    """
    try:
        return msgspec.json.decode(plain, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        # The message of a ValidationError names the path in the body, never a value of it.
        raise BadBodyError("not_the_message") from error


def content_digest(body: bytes) -> str:
    """The `Content-Digest` field of a body as sent."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode('ascii')}:"


def check_digest(body: bytes, header: str | None) -> None:
    """Refuse a body that is not the one its sender hashed.

    Raises:
        BadBodyError: the header is missing or does not fit.
    """
    if header is None or not hmac.compare_digest(header.strip().encode(), content_digest(body).encode()):
        raise BadBodyError("digest")


def plain_size(body: bytes, encoding: str) -> int:
    """How large `unpack` will make it, as the frame declares.

    Raises:
        BadBodyError: another encoding, or a frame that does not say.
    """
    if encoding in {"", "identity"}:
        return len(body)
    if encoding != "zstd":
        raise BadBodyError("encoding")
    try:
        declared = zstandard.frame_content_size(body)
    except zstandard.ZstdError as error:
        raise BadBodyError("not_zstd") from error
    if declared < 0:
        raise BadBodyError("no_size")
    return declared


def memory_of(plain: bytes) -> int:
    """About what the values of a JSON text will take at most, before anything is made of it.

    Raises:
        BadBodyError: too much.
    """
    values = sum(map(plain.count, _BEFORE_A_VALUE))
    if values > MAX_VALUES:
        raise BadBodyError("too_large")
    return values * _BYTES_A_VALUE


def unpack(body: bytes, encoding: str, limit: int = MAX_PLAIN_BYTES) -> bytes:
    """The JSON text in a body; what declares more than `limit` is refused before anything is allocated.

    Raises:
        BadBodyError: too large, damaged, or packed in another way.
    """
    size = plain_size(body, encoding)
    if size > limit:
        raise BadBodyError("too_large")
    if encoding in {"", "identity"}:
        return body
    try:
        return zstandard.ZstdDecompressor().decompress(body, max_output_size=size, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise BadBodyError("not_zstd") from error
