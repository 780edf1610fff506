"""Column types that keep one exact value on SQLCipher and PostgreSQL alike (D20)."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


class Guid(TypeDecorator[uuid.UUID]):
    """A UUID: native on PostgreSQL, 36 lower-case hyphenated characters on SQLCipher."""

    impl = sa.CHAR(36)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID(as_uuid=True))
        return dialect.type_descriptor(sa.CHAR(36))

    def process_bind_param(self, value: uuid.UUID | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> uuid.UUID | None:
        if value is None or isinstance(value, uuid.UUID):
            return value
        return uuid.UUID(value)


class Instant(TypeDecorator[dt.datetime]):
    """A moment in UTC to the microsecond; RFC 3339 text with 6 digits and Z on SQLCipher: text order is time order."""

    impl = sa.CHAR(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.DateTime(timezone=True))
        return dialect.type_descriptor(sa.CHAR(27))

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        if dialect.name == "postgresql":
            return value
        # Not strftime: its years before 1000 have three digits, and the text would not be in order of time.
        return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if isinstance(value, dt.datetime):
            return value.astimezone(dt.UTC)
        return dt.datetime.fromisoformat(value)


def plain_decimal(value: decimal.Decimal) -> str:
    """Plain notation without exponent, sign of zero or trailing zeros (D20)."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


class Exact(TypeDecorator[decimal.Decimal]):
    """An exact number: NUMERIC on PostgreSQL, its plain notation as text on SQLCipher, never REAL.

    In portable checks write `CAST(column AS NUMERIC)`.
    """

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, precision: int = 12, scale: int = 4) -> None:
        super().__init__(precision, scale)
        self.precision = precision
        self.scale = scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.Numeric(self.precision, self.scale))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: decimal.Decimal | int | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        exact = decimal.Decimal(value)
        if not exact.is_finite() or exact != round(exact, self.scale):
            raise ValueError(f"not an exact number with at most {self.scale} decimals")
        return exact if dialect.name == "postgresql" else plain_decimal(exact)

    def process_result_value(self, value: Any, dialect: Dialect) -> decimal.Decimal | None:
        if value is None:
            return None
        return decimal.Decimal(plain_decimal(decimal.Decimal(str(value))))


class Json(TypeDecorator[Any]):
    """One JSON value: JSONB on PostgreSQL, text on SQLCipher; null in Python is SQL NULL."""

    impl = sa.JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.JSONB(none_as_null=True))
        return dialect.type_descriptor(sa.JSON(none_as_null=True))


class Sealed(TypeDecorator[bytes]):
    """Bytes sealed under a student's field key or the district data key (D32); the server cannot read them."""

    impl = sa.LargeBinary
    cache_ok = True


def Choice(values: type[enum.StrEnum]) -> sa.Enum:  # noqa: N802 - reads as a type in a column
    """A word from a fixed list, stored as text with a named check."""
    return sa.Enum(
        values,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=values.__name__,
        values_callable=lambda members: [member.value for member in members],
    )
