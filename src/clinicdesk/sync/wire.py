"""What the messages are made of: limits, kinds of values, and the two shapes in which they travel as JSON."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

MAX_BODY_BYTES = 1 << 20
"""Compressed bytes of one request that are read at all."""

MAX_PLAIN_BYTES = 32 << 20
"""What a body may grow to when it is decompressed."""

MAX_LONE_BYTES = 8 << 20
"""The same of a push with a single item: a row so large travels in a batch of its own (s10)."""

MAX_PUSH_PLAIN_BYTES = 16 << 20
"""What a push may grow to: with the page it comes back in, it stays below what a workstation reads."""

MAX_PUSH_ITEMS = 2_000
MAX_PAGE_ROWS = 2_000
DEFAULT_PAGE_ROWS = 1_000

SMALL_BODY_BYTES = 512
"""Bodies below this travel uncompressed: zstd gains nothing there."""

MAX_VALUES = 600_000
"""Values in one body, however small each is: 300 for each item of the largest batch."""

MAX_SCOPES = 2_000

UNASSIGNED = "00000000-0000-0000-0000-000000000000"
"""The scope of a student without any school: devices with all scopes alone have it (D10)."""

Guid = Annotated[str, Meta(pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", max_length=36)]
Count = Annotated[int, Meta(ge=0, le=(1 << 53) - 1)]
Number = Annotated[int, Meta(ge=0, le=(1 << 31) - 1)]
"""A version of something, or an incarnation."""

Place = Annotated[int, Meta(ge=-1, le=MAX_PUSH_ITEMS)]
"""A position in a list of the batch; -1: none."""
Moment = Annotated[str, Meta(max_length=40)]
Name = Annotated[str, Meta(max_length=80)]
Token = Annotated[str, Meta(max_length=600)]
Sum = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
"""A digest sum: 16 hexadecimal digits (`domain.digest.to_text`)."""

Wire = Any
"""A canonical value (`domain.canonical.WireValue`); the receiver checks it against the column's kind."""


class JsonObject(Struct, frozen=True, omit_defaults=True):
    """A JSON object; unknown members are ignored, so that fields can be added."""


class JsonArray(Struct, frozen=True, array_like=True):
    """A JSON array: for what comes by the thousand."""
