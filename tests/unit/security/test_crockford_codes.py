"""Codes on paper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicdesk.security import crockford


@given(st.binary(min_size=1, max_size=32), st.booleans())
def test_a_code_read_back_gives_the_same_bytes(value: bytes, check: bool) -> None:
    code = crockford.encode(value, check=check)
    assert crockford.decode(crockford.grouped(code), size=len(value), check=check) == value
    assert crockford.decode(code.lower().replace("0", "o").replace("1", "l"), size=len(value), check=check) == value


@given(st.binary(min_size=16, max_size=16), st.integers(0, 25), st.sampled_from(crockford.ALPHABET))
def test_the_check_symbol_finds_every_single_wrong_character(value: bytes, place: int, other: str) -> None:
    code = crockford.encode(value, check=True)
    changed = code[:place] + other + code[place + 1 :]
    expected = value if changed == code else None
    assert crockford.decode(changed, size=16, check=True) == expected


@given(st.binary(min_size=16, max_size=16), st.integers(0, 24))
def test_the_check_symbol_finds_swapped_neighbours(value: bytes, place: int) -> None:
    code = crockford.encode(value, check=True)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert crockford.decode(swapped, size=16, check=True) == (value if swapped == code else None)


@pytest.mark.parametrize("text", ["", "U" * 26, "0" * 25, "0" * 28, "Z" * 26 + "0", "!!!"])
def test_what_cannot_be_a_code_is_none(text: str) -> None:
    assert crockford.decode(text, size=16, check=True) is None
