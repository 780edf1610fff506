"""The one canonical JSON (RFC 8785) that security formats are authenticated over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec
import rfc8785

JsonValue: TypeAlias = "str | int | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"


def canonical(value: Mapping[str, JsonValue]) -> bytes:
    """RFC 8785 bytes; raises `ValueError` for what JSON cannot hold exactly."""
    return rfc8785.dumps(value)


def canonical_struct(value: msgspec.Struct) -> bytes:
    """RFC 8785 bytes of a struct: bytes as base64, ids and enums as text."""
    return rfc8785.dumps(msgspec.to_builtins(value))
