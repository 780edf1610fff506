"""The slot parser takes any bytes and answers with one of its refusals (F10, F33)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicdesk.security.derivation import KdfParameters, stretch
from clinicdesk.security.errors import MemoryShortError, NewerFormatError, SlotFileDamagedError, WeakParametersError
from clinicdesk.security.slot_file import SlotFile, parse_slots

GOOD = json.loads((Path(__file__).parents[2] / "data" / "security" / "slots.json").read_text("utf-8"))["keyslots.json"]
REFUSALS = (SlotFileDamagedError, NewerFormatError, WeakParametersError)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in places(each, (*path, key)))]


def replaced(place: tuple[str | int, ...], new: object) -> object:
    if not place:
        return new
    changed = json.loads(json.dumps(GOOD))
    target: Any = changed
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = new
    return changed


def verdict(content: bytes) -> SlotFile | None:
    try:
        return parse_slots(content)
    except REFUSALS:
        return None


def test_the_good_file_is_read() -> None:
    assert verdict(json.dumps(GOOD).encode()) is not None


@given(st.binary(max_size=400))
def test_f33_any_bytes_are_refused(content: bytes) -> None:
    assert verdict(content) is None


@given(st.sampled_from(places(GOOD)), json_values)
def test_f33_any_value_in_any_place_is_read_or_refused(place: tuple[str | int, ...], new: object) -> None:
    parsed = verdict(json.dumps(replaced(place, new)).encode())
    if parsed is not None:
        for slot in parsed.slots:
            slot.header.kdf.require_floor()


def test_f32_memory_that_is_not_there_is_said_so_and_nothing_is_lowered() -> None:
    with pytest.raises(MemoryShortError):
        stretch(b"password", bytes(16), KdfParameters(memory_kib=2**31, iterations=3, lanes=1))
