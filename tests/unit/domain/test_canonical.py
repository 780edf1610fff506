"""One spelling of every value, on both sides (D20, scenario 56)."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from clinicdesk.domain.canonical import (
    CanonicalError,
    Kind,
    canonical_bytes,
    canonical_object,
    canonical_value,
    json_from_text,
    python_value,
    same_value,
    sqlite_value,
)

VECTORS: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[2] / "data" / "canonical" / "vectors.json").read_text(encoding="utf-8")
)
SAFE = 2**53 - 1


@pytest.mark.parametrize("vector", VECTORS["values"], ids=lambda v: f"{v['kind']}-{v['from']!r}"[:40])
def test_d20_every_committed_vector_has_its_canonical_bytes(vector: dict[str, Any]) -> None:
    value = canonical_value(Kind(vector["kind"]), vector["from"])
    assert canonical_bytes(value).decode() == vector["canonical"]


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda v: f"{v['kind']}-{v['from']!r}"[:40])
def test_d20_what_has_no_canonical_form_is_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(CanonicalError):
        canonical_value(Kind(vector["kind"]), vector["from"])


@pytest.mark.parametrize("vector", VECTORS["values"], ids=lambda v: f"{v['kind']}-{v['from']!r}"[:40])
def test_d20_a_canonical_value_is_its_own_canonical_form(vector: dict[str, Any]) -> None:
    kind = Kind(vector["kind"])
    value = canonical_value(kind, vector["from"])
    assert canonical_value(kind, value) == value


@pytest.mark.parametrize(
    ("kind", "native", "canonical"),
    [
        (Kind.UUID, uuid.UUID(int=10), "00000000-0000-0000-0000-00000000000a"),
        (
            Kind.INSTANT,
            dt.datetime(2026, 1, 2, 3, 4, 5, 6, dt.timezone(dt.timedelta(hours=1))),
            "2026-01-02T02:04:05.000006Z",
        ),
        (Kind.DATE, dt.date(2026, 1, 2), "2026-01-02"),
        (Kind.TIME, dt.time(7, 30), "07:30:00"),
        (Kind.NUMBER, decimal.Decimal("12.500"), "12.5"),
        (Kind.NUMBER, 12, "12"),
        (Kind.BYTES, b"\x00\xff\x10", "AP8Q"),
        (Kind.BYTES, memoryview(b"\x00\xff\x10"), "AP8Q"),
        (Kind.JSON, {"a": (1, decimal.Decimal("2.50"), decimal.Decimal("3.0"))}, {"a": [1, 2.5, 3]}),
    ],
)
def test_d20_what_the_databases_return_has_the_same_form(kind: Kind, native: object, canonical: object) -> None:
    assert canonical_value(kind, native) == canonical


@pytest.mark.parametrize(
    ("kind", "native"),
    [
        (Kind.INSTANT, dt.datetime(2026, 1, 1)),  # noqa: DTZ001 - that is the point
        (Kind.DATE, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
        (Kind.TIME, 5),
        (Kind.NUMBER, decimal.Decimal("Infinity")),
        (Kind.JSON, float("nan")),
        (Kind.JSON, {1: 2}),
        (Kind.JSON, object()),
    ],
)
def test_d20_a_native_value_of_another_kind_is_refused(kind: Kind, native: object) -> None:
    with pytest.raises(CanonicalError):
        canonical_value(kind, native)


@pytest.mark.parametrize(
    ("kind", "wire", "native", "stored"),
    [
        (Kind.UUID, str(uuid.UUID(int=5)), uuid.UUID(int=5), str(uuid.UUID(int=5))),
        (
            Kind.INSTANT,
            "2026-01-02T03:04:05.000006Z",
            dt.datetime(2026, 1, 2, 3, 4, 5, 6, dt.UTC),
            "2026-01-02T03:04:05.000006Z",
        ),
        (Kind.DATE, "2026-01-02", dt.date(2026, 1, 2), "2026-01-02"),
        (Kind.TIME, "07:30:00", dt.time(7, 30), "07:30:00.000000"),
        (Kind.TIME, "07:30:00.000001", dt.time(7, 30, 0, 1), "07:30:00.000001"),
        (Kind.NUMBER, "7.25", decimal.Decimal("7.25"), "7.25"),
        (Kind.BOOLEAN, True, True, 1),
        (Kind.INTEGER, 4, 4, 4),
        (Kind.TEXT, "x", "x", "x"),
        (Kind.BYTES, "AP8Q", b"\x00\xff\x10", b"\x00\xff\x10"),
        (Kind.JSON, {"a": 1}, {"a": 1}, '{"a": 1}'),
        (Kind.TEXT, None, None, None),
    ],
)
def test_a_canonical_value_goes_into_both_databases(kind: Kind, wire: Any, native: object, stored: object) -> None:
    assert (python_value(kind, wire), sqlite_value(kind, wire)) == (native, stored)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_d20_text_is_written_as_rfc_8785_writes_it(text: str) -> None:
    assert canonical_bytes(text) == rfc8785.dumps(text)


@given(st.integers(-SAFE, SAFE))
def test_d20_integers_are_written_as_rfc_8785_writes_them(number: int) -> None:
    assert canonical_bytes(number) == rfc8785.dumps(number)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-SAFE, SAFE) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet="abc\u00e9\U0001f600\ufb33"), inner),
    max_leaves=12,
)  # fmt: skip


@given(JSON_VALUES)
def test_d20_a_json_column_survives_text_and_back(value: Any) -> None:
    canonical = canonical_value(Kind.JSON, value)
    assert same_value(json_from_text(json.dumps(canonical)), canonical)


@given(st.dictionaries(st.text(alphabet="abcdefgh_", min_size=1), JSON_VALUES))
def test_d20_an_object_of_columns_is_written_as_rfc_8785_writes_it(values: dict[str, Any]) -> None:
    canonical = {name: canonical_value(Kind.JSON, value) for name, value in values.items()}
    assert canonical_object(canonical) == rfc8785.dumps(canonical)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_d20_a_number_keeps_its_exact_value(number: decimal.Decimal) -> None:
    text = canonical_value(Kind.NUMBER, number)
    assert decimal.Decimal(str(text)) == number
    assert canonical_value(Kind.NUMBER, text) == text


@given(st.binary())
def test_d20_bytes_come_back(content: bytes) -> None:
    assert base64.b64decode(str(canonical_value(Kind.BYTES, content))) == content


def test_broken_json_text_is_refused() -> None:
    with pytest.raises(CanonicalError):
        json_from_text("{")


@pytest.mark.parametrize("value", ["\ud800", ["\ud800"], [2**60]])
def test_what_json_cannot_say_exactly_has_no_canonical_bytes(value: object) -> None:
    with pytest.raises(CanonicalError):
        canonical_bytes(value)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (None, "", False),
        (True, 1, False),
        (0, False, False),
        ("1", 1, False),
        ([1], [True], False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": 1.5}, {"a": 1.5}, True),
        ("x", "x", True),
        (None, None, True),
        ([1], None, False),
    ],
)
def test_scenario_56_only_one_and_the_same_value_is_equal(one: Any, other: Any, same: bool) -> None:
    assert same_value(one, other) is same
