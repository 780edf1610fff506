"""Cursors as tokens: what goes in comes out, in either form, and nothing that nobody gave out is read."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinicdesk.server.cursors import Cursor, read_cursor
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.server.proofs import ProofKey, acknowledgement, was_acknowledged
from clinicdesk.sync.protocol import ErrorCode

KEY = ProofKey(bytes(range(32)))
ids = st.uuids().map(str)
numbers = st.integers(0, (1 << 53) - 1)
cursors = st.builds(Cursor, ids, numbers, st.none() | ids, numbers, st.integers(0, 1_000), numbers, st.none() | ids)


@settings(max_examples=20)
@given(cursor=cursors)
def test_a_cursor_comes_back_from_its_token_and_from_the_first_form_of_one(cursor: Cursor) -> None:
    assert read_cursor(cursor.token(KEY), cursor.epoch, KEY) == cursor
    assert read_cursor(KEY.sealed("cursor", msgspec.json.encode(cursor)), cursor.epoch, KEY) == cursor


@settings(max_examples=20)
@given(epoch=ids, seq=numbers, commit=ids)
def test_a_cursor_between_two_pulls_is_small(epoch: str, seq: int, commit: str) -> None:
    """Every session carries it, and it cannot be compressed."""
    assert len(Cursor(epoch, seq, commit).token(KEY)) <= 84


@pytest.mark.parametrize(
    "content",
    [b"", b"\x90", b"\x91\xc0", b"[]", b"[1", b"\xc1", b"\x91\xc4\x03abc", msgspec.msgpack.encode([bytes(16), -1])],
)
def test_a_marked_token_that_is_no_cursor_is_unknown(content: bytes) -> None:
    with pytest.raises(RefusedRequestError) as refused:
        read_cursor(KEY.sealed("cursor", content), "0192f000-0000-7000-8000-000000000001", KEY)
    assert refused.value.reason is ErrorCode.CURSOR_UNKNOWN


@settings(max_examples=20)
@given(device=ids, mutation=ids, other=ids, noise=st.text())
def test_an_acknowledgement_is_good_for_its_device_and_item_alone(
    device: str, mutation: str, other: str, noise: str
) -> None:
    proof = acknowledgement(KEY, device, mutation)
    assert len(proof) == 24
    assert was_acknowledged(KEY, device, mutation, proof)
    assert not was_acknowledged(KEY, device, other, proof) or other == mutation
    assert not was_acknowledged(KEY, other, mutation, proof) or other == device
    assert not was_acknowledged(KEY, device, mutation, noise)
    assert not was_acknowledged(ProofKey(bytes(32)), device, mutation, proof)
