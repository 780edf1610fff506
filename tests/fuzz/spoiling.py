"""Ways to spoil a good message: anywhere in its tree, in its bytes, in its packing."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any

import msgspec
import zstandard
from hypothesis import strategies as st

NUMBERS = [-1, -(2**31), 2**31, 2**53, 2**63, 2**64, 10**40, 0, 1.5, 1e308, -0.0]
TEXTS = ["", "\0", "a\0b", "x" * 5_000, "\u202e", "'; DROP TABLE students; --", "é\u0301", "2026-13-45", "\U0001f600"]
SHAPES: list[Any] = [None, True, [], {}, [[]], [None] * 3, {"": None}, {"id": {"id": {}}}]
NESTED = "[" * 900 + "]" * 900
RAW = ["NaN", "Infinity", "-Infinity", "1e999", "0" * 400, NESTED, '"\\ud800"', '"\\u0000"', '{"a":1,"a":2}', "tru"]

evil: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(NUMBERS),
    st.sampled_from(TEXTS),
    st.sampled_from(SHAPES),
    st.integers(),
    st.text(max_size=50),
    st.floats(allow_nan=False, allow_infinity=False),
    st.uuids().map(str),
)
"""A JSON value that has no business where it stands."""

_HOLE = "\ue000hole"


@st.composite
def spoiled_trees(draw: st.DrawFn, message: Any) -> bytes:
    """A message with one or two places that hold something else, are gone, or are said twice."""
    tree = msgspec.json.decode(msgspec.json.encode(message))
    text = ""
    for _ in range(draw(st.integers(1, 2))):
        places = list(_places(tree))
        if not places:
            break
        holder, key = draw(st.sampled_from(places))
        way = draw(st.sampled_from(["other", "raw", "gone", "twice"]))
        if way == "other":
            holder[key] = draw(evil)
        elif way == "raw":
            holder[key], text = _HOLE, draw(st.sampled_from(RAW))
        elif way == "gone":
            del holder[key]
        elif isinstance(holder, list):
            holder.insert(0, holder[key])
        else:
            holder[f"{key}{_HOLE}"] = draw(evil)
    body = msgspec.json.encode(tree).decode()
    # A member that is named twice, and what no encoder would write, come in as text.
    return body.replace(f'"{_HOLE}"', text or "null").replace(_HOLE, "").encode("utf-8", "surrogatepass")


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every holder and key in a JSON tree."""
    if isinstance(tree, dict | list):
        for key, value in list(tree.items()) if isinstance(tree, dict) else list(enumerate(tree)):
            yield tree, key
            yield from _places(value)


@st.composite
def spoiled_bytes(draw: st.DrawFn, message: Any) -> tuple[bytes, str]:
    """A body and the encoding it claims: cut, altered, packed in another way than it says."""
    plain = msgspec.json.encode(message)
    body = draw(st.sampled_from([plain, zstandard.compress(plain), gzip.compress(plain), zstandard.compress(b"")]))
    way = draw(st.sampled_from(["cut", "altered", "behind", "whole", "noise"]))
    if way == "cut":
        body = body[: draw(st.integers(0, len(body)))]
    elif way == "altered":
        at = draw(st.integers(0, len(body) - 1))
        body = body[:at] + bytes([body[at] ^ draw(st.integers(1, 255))]) + body[at + 1 :]
    elif way == "behind":
        body += draw(st.binary(min_size=1, max_size=20))
    elif way == "noise":
        body = draw(st.binary(max_size=300))
    return body, draw(st.sampled_from(["identity", "zstd", "gzip", "br", "zstd, zstd", "\t", ""]))


def bomb(size: int, piece: bytes = b" ") -> bytes:
    """A small frame of zstd that declares and holds `size` bytes."""
    packer = zstandard.ZstdCompressor(level=3).compressobj(size=size)
    block = piece * ((1 << 20) // len(piece))
    whole, rest = divmod(size, len(block))
    return b"".join([*(packer.compress(block) for _ in range(whole)), packer.compress(block[:rest]), packer.flush()])


def lying_bomb(size: int) -> bytes:
    """The same without a declared size."""
    packer = zstandard.ZstdCompressor(level=3, write_content_size=False).compressobj()
    block = bytes(1 << 20)
    return b"".join([*(packer.compress(block) for _ in range(size >> 20)), packer.flush()])


def gzip_bomb(size: int) -> bytes:
    return gzip.compress(bytes(size), 9)


def heavy(batch: Any, size: int, value: bytes = b"[]") -> bytes:
    """A push whose first item holds values that take far more memory than their text, packed small."""
    tree = msgspec.json.decode(msgspec.json.encode(batch))
    tree["items"][0][9] = _HOLE
    values = b"[" + (value + b",") * (size // (len(value) + 1)) + value + b"]"
    return zstandard.compress(msgspec.json.encode(tree).replace(f'"{_HOLE}"'.encode(), values))
