"""The one canonical form of a value: on the wire, in digests and in merge equality (D20)."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import decimal
import enum
import json
import math
import re
import unicodedata
import uuid
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import msgspec
import rfc8785

from clinicdesk.core.errors import ClinicDeskError

WireValue = None | bool | int | str | list[Any] | dict[str, Any]
"""What a canonical value is in Python: exactly what JSON can say, floats only inside JSON columns."""


class Kind(enum.StrEnum):
    """What a column holds, as far as its canonical form is concerned."""

    UUID = "uuid"  # lower-case, hyphenated
    INSTANT = "instant"  # RFC 3339, UTC, 6 digits, Z
    DATE = "date"  # ISO
    TIME = "time"  # ISO, HH:MM:SS, 6 digits only where there is a fraction
    NUMBER = "number"  # exact, as a string in plain notation without trailing zeros
    INTEGER = "integer"
    BOOLEAN = "boolean"
    TEXT = "text"  # NFC, not trimmed; empty is not null
    JSON = "json"  # one value, RFC 8785
    BYTES = "bytes"  # base64


class CanonicalError(ClinicDeskError):
    """A value has no canonical form: it cannot be stored, sent or compared."""

    code: ClassVar[str] = "not_canonical"

    def __init__(self, kind: Kind, problem: str) -> None:
        super().__init__(kind=kind.value, problem=problem)
        self.kind = kind
        self.problem = problem


_SAFE_INTEGER = 2**53 - 1
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_PLAIN = re.compile(r"(?!-0$)-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?", re.ASCII)
_LOOSE_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)


def canonical_value(kind: Kind, value: object) -> WireValue:
    """The canonical form of any spelling of a value: Python's own, SQLite's text, or one from the wire.

    Raises:
        CanonicalError: the value is not of that kind.
    """
    if value is None:
        return None
    return _CANONICAL[kind](value)


def encoder(kind: Kind) -> Callable[[Any], WireValue]:
    """`canonical_value` of one kind, for values that are not null: for loops over many rows."""
    return _CANONICAL[kind]


def python_value(kind: Kind, wire: WireValue) -> Any:
    """The Python object (UUID, datetime, Decimal...) of a canonical value, as PostgreSQL's driver wants it."""
    if wire is None:
        return None
    decode = _PYTHON.get(kind)
    return wire if decode is None else decode(wire)


def sqlite_value(kind: Kind, wire: WireValue) -> Any:
    """The storage form of a canonical value on SQLCipher, as `models.types` writes it."""
    if wire is None:
        return None
    if kind is Kind.JSON:
        return _stored_json(wire)
    if kind is Kind.TIME:
        text = str(wire)
        return text if "." in text else text + ".000000"
    if kind is Kind.BYTES:
        return base64.b64decode(str(wire))
    if kind is Kind.BOOLEAN:
        return int(bool(wire))
    return wire


_stored_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
"""As `json.dumps` with these options, which would make an encoder for each value."""


def canonical_bytes(value: object) -> bytes:
    """RFC 8785 bytes of a wire value.

    Raises:
        CanonicalError: a number outside the exact range, or a lone surrogate.
    """
    if _is_flat(value):
        # msgspec writes strings, safe integers and literals exactly as RFC 8785 does (tested against it).
        try:
            return msgspec.json.encode(value)
        except UnicodeEncodeError as error:
            raise CanonicalError(Kind.TEXT, "surrogate") from error
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]  # anything else is refused by it
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise CanonicalError(Kind.JSON, "not_json") from error


def canonical_object(values: Mapping[str, WireValue]) -> bytes:
    """RFC 8785 bytes of an object whose keys are column names (ASCII) and arrive in any order."""
    deep = [key for key, value in values.items() if type(value) in _NESTED and not _is_flat(value)]
    plain = {**values, **{key: msgspec.Raw(canonical_bytes(values[key])) for key in deep}} if deep else values
    try:
        return msgspec.json.encode(plain, order="sorted")
    except UnicodeEncodeError as error:
        raise CanonicalError(Kind.TEXT, "surrogate") from error


_NESTED = frozenset({dict, list, float})


def same_value(one: WireValue, other: WireValue) -> bool:
    """Whether two canonical values are one and the same (scenario 56): null is not empty, true is not 1."""
    if isinstance(one, dict | list | float) or isinstance(other, dict | list | float):
        return canonical_bytes(one) == canonical_bytes(other)
    return one == other and isinstance(one, bool) is isinstance(other, bool)


def _is_flat(value: object) -> bool:
    """Whether both encoders write it alike: no floats, no keys to be sorted."""
    if type(value) is list:
        return set(map(type, value)) <= _LITERALS or all(map(_is_flat, value))
    return (
        type(value) in _LITERALS or isinstance(value, str) or (isinstance(value, int) and abs(value) <= _SAFE_INTEGER)
    )


_LITERALS = frozenset({str, bool, type(None)})


def _uuid(value: object) -> str:
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, str):
        if _UUID.fullmatch(value):
            return value
        try:
            return str(uuid.UUID(value))
        except ValueError:
            raise CanonicalError(Kind.UUID, "not_a_uuid") from None
    raise CanonicalError(Kind.UUID, "type")


def _instant(value: object) -> str:
    if isinstance(value, str):
        try:
            moment = dt.datetime.fromisoformat(value)
        except ValueError:
            raise CanonicalError(Kind.INSTANT, "not_an_instant") from None
        if _INSTANT.fullmatch(value):
            return value
        value = moment
    if not isinstance(value, dt.datetime):
        raise CanonicalError(Kind.INSTANT, "type")
    if value.tzinfo is None:
        raise CanonicalError(Kind.INSTANT, "no_zone")
    try:
        moment = value.astimezone(dt.UTC)
    except OverflowError:
        raise CanonicalError(Kind.INSTANT, "out_of_range") from None
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _date(value: object) -> str:
    if isinstance(value, str):
        try:
            return dt.datetime.strptime(value, "%Y-%m-%d").date().isoformat()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            raise CanonicalError(Kind.DATE, "not_a_date") from None
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    raise CanonicalError(Kind.DATE, "type")


def _time(value: object) -> str:
    if isinstance(value, str):
        try:
            value = dt.time.fromisoformat(value)
        except ValueError:
            raise CanonicalError(Kind.TIME, "not_a_time") from None
    if not isinstance(value, dt.time) or value.tzinfo is not None:
        raise CanonicalError(Kind.TIME, "type")
    return value.isoformat(timespec="microseconds" if value.microsecond else "seconds")


def _number(value: object) -> str:
    if isinstance(value, str):
        if _PLAIN.fullmatch(value):
            return value
        if not _LOOSE_NUMBER.fullmatch(value):
            raise CanonicalError(Kind.NUMBER, "not_a_number")
        value = decimal.Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | decimal.Decimal):
        raise CanonicalError(Kind.NUMBER, "type")
    if isinstance(value, decimal.Decimal) and not value.is_finite():
        raise CanonicalError(Kind.NUMBER, "not_finite")
    text = format(value, "f") if isinstance(value, decimal.Decimal) else str(value)
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise CanonicalError(Kind.INTEGER, "type")
    if abs(value) > _SAFE_INTEGER:
        raise CanonicalError(Kind.INTEGER, "out_of_range")
    return value


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and value in {0, 1}:
        return bool(value)
    raise CanonicalError(Kind.BOOLEAN, "type")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise CanonicalError(Kind.TEXT, "type")
    if value.isascii():
        if "\0" in value:
            raise CanonicalError(Kind.TEXT, "nul")
        return value
    return _checked_text(unicodedata.normalize("NFC", value), Kind.TEXT)


def _checked_text(value: str, kind: Kind) -> str:
    if "\0" in value:
        raise CanonicalError(kind, "nul")  # PostgreSQL cannot hold it
    try:
        value.encode()
    except UnicodeEncodeError:
        raise CanonicalError(kind, "surrogate") from None
    return value


def _json(value: object) -> WireValue:
    """A JSON value; text from SQLite's JSON column is read by `json_from_text` first."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _checked_text(value, Kind.JSON)
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise CanonicalError(Kind.JSON, "not_finite")
        # One spelling for whole numbers: PostgreSQL keeps 1.0 and SQLite 1, RFC 8785 says 1.
        return int(value) if value.is_integer() and abs(value) <= _SAFE_INTEGER else value  # type: ignore[return-value]
    if isinstance(value, decimal.Decimal):
        return _json(int(value) if value == value.to_integral_value() else float(value))
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    if isinstance(value, dict):
        return {_json_key(key): _json(item) for key, item in value.items()}
    raise CanonicalError(Kind.JSON, "type")


def _json_key(key: object) -> str:
    if not isinstance(key, str):
        raise CanonicalError(Kind.JSON, "key")
    return _checked_text(key, Kind.JSON)


def json_from_text(text: str) -> WireValue:
    """The value of a JSON column as SQLite holds it.

    Raises:
        CanonicalError: it is not JSON.
    """
    try:
        return _json(json.loads(text))
    except ValueError as error:
        raise CanonicalError(Kind.JSON, "not_json") from error


def _bytes(value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, str):
        try:
            if base64.b64encode(base64.b64decode(value, validate=True)).decode("ascii") == value:
                return value
        except (binascii.Error, ValueError):
            pass
        raise CanonicalError(Kind.BYTES, "not_base64")
    raise CanonicalError(Kind.BYTES, "type")


_CANONICAL: dict[Kind, Callable[[Any], WireValue]] = {
    Kind.UUID: _uuid,
    Kind.INSTANT: _instant,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.NUMBER: _number,
    Kind.INTEGER: _integer,
    Kind.BOOLEAN: _boolean,
    Kind.TEXT: _text,
    Kind.JSON: _json,
    Kind.BYTES: _bytes,
}

_PYTHON: dict[Kind, Callable[[Any], Any]] = {
    Kind.UUID: uuid.UUID,
    Kind.INSTANT: dt.datetime.fromisoformat,
    Kind.DATE: dt.date.fromisoformat,
    Kind.TIME: dt.time.fromisoformat,
    Kind.NUMBER: decimal.Decimal,
    Kind.BYTES: base64.b64decode,
}
