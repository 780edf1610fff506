"""Row digests and their sums (D21)."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicdesk.domain.digest import (
    MODULUS,
    bucket_of,
    from_signed,
    from_text,
    row_digest,
    sum_digests,
    to_signed,
    to_text,
)

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "data" / "canonical" / "vectors.json").read_text(encoding="utf-8")
)["digests"]
KEY = "0192f000-0000-7000-8000-0000000000a1"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: str(v["table"]))
def test_d21_every_committed_vector_has_its_digest(vector: dict[str, Any]) -> None:
    assert to_text(row_digest(vector["table"], vector["key"], vector["version"], vector["values"])) == vector["digest"]


def test_d21_a_new_column_that_is_null_changes_no_digest() -> None:
    assert row_digest("t", KEY, 1, {"a": 1, "b": None}) == row_digest("t", KEY, 1, {"a": 1})


@pytest.mark.parametrize(
    "other",
    [
        ("u", KEY, 1, {"a": 1}),
        ("t", KEY[:-1] + "2", 1, {"a": 1}),
        ("t", KEY, 2, {"a": 1}),
        ("t", KEY, 1, {"a": 2}),
        ("t", KEY, 1, {"a": "1"}),
        ("t", KEY, 1, {"a": True}),
        ("t", KEY, 1, {"b": 1}),
        ("t", KEY, 1, {}),
    ],
)
def test_d21_table_key_version_and_every_value_count(other: tuple[str, str, int, dict[str, Any]]) -> None:
    assert row_digest(*other) != row_digest("t", KEY, 1, {"a": 1})


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 5)))
def test_d21_the_order_of_columns_does_not_matter(values: dict[str, int]) -> None:
    turned: dict[str, Any] = dict(reversed(values.items()))
    assert row_digest("t", KEY, 1, turned) == row_digest("t", KEY, 1, dict(values))


@given(st.lists(st.integers(0, MODULUS - 1)), st.integers(0, 5))
def test_d21_a_sum_does_not_depend_on_order_or_split(digests: list[int], at: int) -> None:
    split = [sum_digests(digests[:at]), sum_digests(digests[at:])]
    assert sum_digests(split) == sum_digests(sorted(digests)) < MODULUS


@given(st.integers(0, MODULUS - 1))
def test_d21_sixty_four_bits_survive_storage_and_text(digest: int) -> None:
    assert -(2**63) <= to_signed(digest) < 2**63
    assert from_signed(to_signed(digest)) == digest == from_text(to_text(digest))


def test_d21_the_bucket_is_the_last_byte_of_the_key() -> None:
    assert bucket_of(KEY) == bucket_of(uuid.UUID(KEY)) == 0xA1
