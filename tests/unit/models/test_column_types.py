"""One exact value in, the same out, on SQLite; and what cannot be kept exactly is refused."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from clinicdesk.models.types import Exact, Guid, Instant, Json, Sealed, plain_decimal

METADATA = sa.MetaData()
KEPT = sa.Table(
    "kept",
    METADATA,
    sa.Column("guid", Guid()),
    sa.Column("instant", Instant()),
    sa.Column("exact", Exact(12, 4)),
    sa.Column("json", Json()),
    sa.Column("sealed", Sealed()),
)


@pytest.fixture(scope="module")
def connection() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://")
    METADATA.create_all(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def round_trip(connection: sa.Connection, **value: object) -> object:
    with connection.begin_nested():
        connection.execute(sa.delete(KEPT))
        connection.execute(sa.insert(KEPT).values(value))
        return connection.execute(sa.select(KEPT.c[next(iter(value))])).scalar_one()


def stored(connection: sa.Connection, column: str) -> tuple[str, object]:
    row = connection.execute(sa.text(f"SELECT typeof({column}), {column} FROM kept")).one()
    return str(row[0]), row[1]


@given(value=st.uuids())
def test_a_key_comes_back(connection: sa.Connection, value: uuid.UUID) -> None:
    assert round_trip(connection, guid=value) == value
    assert stored(connection, "guid") == ("text", str(value))


@given(value=st.datetimes(min_value=dt.datetime(1900, 1, 1), max_value=dt.datetime(2100, 1, 1)))  # noqa: DTZ001
def test_a_moment_comes_back_to_the_microsecond_in_utc(connection: sa.Connection, value: dt.datetime) -> None:
    moment = value.replace(tzinfo=dt.timezone(dt.timedelta(hours=-5)))
    assert round_trip(connection, instant=moment) == moment


def test_the_text_order_of_moments_is_their_order(connection: sa.Connection) -> None:
    round_trip(connection, instant=dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC))
    assert stored(connection, "instant") == ("text", "2026-03-02T12:00:00.000000Z")


def test_a_moment_without_a_zone_is_refused(connection: sa.Connection) -> None:
    with pytest.raises(sa.exc.StatementError, match="without a time zone"):
        round_trip(connection, instant=dt.datetime(2026, 3, 2))  # noqa: DTZ001


@given(value=st.decimals(min_value=-99999999, max_value=99999999, places=4))
def test_d20_a_number_is_kept_as_its_plain_notation(connection: sa.Connection, value: Decimal) -> None:
    assert round_trip(connection, exact=value) == value
    assert stored(connection, "exact") == ("text", plain_decimal(value))


@pytest.mark.parametrize(
    ("value", "text"), [("1.0", "1"), ("-0", "0"), ("1E+3", "1000"), ("0.50", "0.5"), ("100", "100"), ("0.0", "0")]
)
def test_d20_plain_notation_has_one_form(value: str, text: str) -> None:
    assert plain_decimal(Decimal(value)) == text


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), Decimal("0.00001")])
def test_what_is_not_exact_is_refused(connection: sa.Connection, value: Decimal) -> None:
    with pytest.raises(sa.exc.StatementError, match="exact number"):
        round_trip(connection, exact=value)


def test_no_json_value_is_null_in_the_database(connection: sa.Connection) -> None:
    assert round_trip(connection, json=None) is None
    assert stored(connection, "json") == ("null", None)
    assert round_trip(connection, json={"b": [1, None]}) == {"b": [1, None]}


def test_sealed_bytes_come_back(connection: sa.Connection) -> None:
    assert round_trip(connection, sealed=b"\x00\xff") == b"\x00\xff"
