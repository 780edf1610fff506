"""For every rule of every table, the values of a row that breaks it and of one that keeps it."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import uuid
from collections.abc import Callable
from functools import singledispatch

import sqlalchemy as sa

from clinicdesk.domain import validation as rules
from clinicdesk.domain.validation import conditions
from clinicdesk.models.registry import column_kind, table_of

Row = dict[str, object]

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)

SAMPLES: dict[str, Callable[[], object]] = {
    "uuid": lambda: uuid.UUID(int=7),
    "instant": lambda: NOON,
    "date": NOON.date,
    "decimal": lambda: decimal.Decimal(1),
    "text": lambda: "text",
    "int": lambda: 1,
    "bool": lambda: True,
    "json": lambda: ["value"],
    "bytes": lambda: b"sealed",
}


def column_of(table: str, name: str) -> sa.Column[object]:
    return table_of(table).c[name]


def sample(table: str, name: str) -> object:
    """Some value that the column can hold."""
    column = column_of(table, name)
    kind = column_kind(column)
    if kind == "enum":
        return words(table, name)[0]
    return SAMPLES[kind]()


def words(table: str, name: str) -> list[str]:
    type_ = column_of(table, name).type
    assert isinstance(type_, sa.Enum)
    return list(type_.enums)


def row_where(table: str, condition: conditions.Condition, truth: bool) -> Row:
    """Values for which the condition holds, or does not."""
    match condition:
        case conditions.Given(field):
            return {field: sample(table, field) if truth else None}
        case conditions.Missing(field):
            return {field: None if truth else sample(table, field)}
        case conditions.Holds(field):
            return {field: truth}
        case conditions.Not(inner):
            return row_where(table, inner, not truth)
        case conditions.Equals(field, wanted):
            other = [word for word in words(table, field) if word not in wanted]
            return {field: wanted[0] if truth else other[0]}
        case conditions.All(parts):
            return _together(table, parts, truth) if truth else _one_of(table, parts, truth)
        case conditions.Any_(parts):
            return _one_of(table, parts, truth) if truth else _together(table, parts, truth)


def _together(table: str, parts: tuple[conditions.Condition, ...], truth: bool) -> Row:
    merged: Row = {}
    for part in parts:
        merged |= row_where(table, part, truth)
    return merged


def _one_of(table: str, parts: tuple[conditions.Condition, ...], truth: bool) -> Row:
    """The first part alone decides; what the others need is left empty of meaning."""
    merged: Row = {}
    for part in reversed(parts[1:]):
        merged |= row_where(table, part, not truth)
    return merged | row_where(table, parts[0], truth)


def numbered(table: str, name: str, number: decimal.Decimal | int) -> object:
    return decimal.Decimal(number) if column_kind(column_of(table, name)) == "decimal" else int(number)


def step(table: str, name: str) -> decimal.Decimal:
    """The smallest step of the column."""
    type_ = column_of(table, name).type
    scale = getattr(type_, "scale", None)
    return decimal.Decimal(1).scaleb(-int(scale)) if scale is not None else decimal.Decimal(1)


@singledispatch
def broken(rule: rules.Rule, table: str) -> Row:
    """A row that the rule refuses."""
    raise TypeError(type(rule).__name__)


@singledispatch
def kept(rule: rules.Rule, table: str) -> Row:
    """A row, as near as may be, that the rule lets pass."""
    raise TypeError(type(rule).__name__)


@broken.register
def _(rule: rules.Required, table: str) -> Row:
    return {rule.field: None}


@kept.register
def _(rule: rules.Required, table: str) -> Row:
    return {rule.field: sample(table, rule.field)}


@broken.register
def _(rule: rules.MaxLength, table: str) -> Row:
    return {rule.field: "x" * (rule.limit + 1)}


@kept.register
def _(rule: rules.MaxLength, table: str) -> Row:
    return {rule.field: "x" * rule.limit}


@broken.register
def _(rule: rules.MinLength, table: str) -> Row:
    return {rule.field: "x" * (rule.limit - 1)}


@kept.register
def _(rule: rules.MinLength, table: str) -> Row:
    return {rule.field: "x" * rule.limit}


@broken.register
def _(rule: rules.OneOf, table: str) -> Row:
    return {rule.field: "NO_SUCH_WORD"}


@kept.register
def _(rule: rules.OneOf, table: str) -> Row:
    return {rule.field: rule.words[-1]}


SHAPED = {
    "clock_time": ("25:00", "13:05"),
    "email_address": ("nurse at example.org", "nurse@example.org"),
    "icd10": ("asthma", "J45.901"),
    "ndc": ("49-12", "0093-0058-01"),
    "npi": ("12345", "1234567893"),
    "phone_number": ("call me", "555-0142"),
    "rxnorm_code": ("ibuprofen", "5640"),
    "state_code": ("Mass", "MA"),
    "zip_code": ("0210", "02101"),
}


@broken.register
def _(rule: rules.Pattern, table: str) -> Row:
    return {rule.field: _listed(table, rule.field, SHAPED[rule.label][0])}


@kept.register
def _(rule: rules.Pattern, table: str) -> Row:
    return {rule.field: _listed(table, rule.field, SHAPED[rule.label][1])}


def _listed(table: str, name: str, text: str) -> object:
    return [text] if column_kind(column_of(table, name)) == "json" else text


@broken.register
def _(rule: rules.EachOf, table: str) -> Row:
    return {rule.field: [rule.words[0], "NO_SUCH_WORD"]}


@kept.register
def _(rule: rules.EachOf, table: str) -> Row:
    return {rule.field: list(rule.words)}


@broken.register
def _(rule: rules.NotEmptyWhen, table: str) -> Row:
    return row_where(table, rule.when, True) | {rule.field: []}


@kept.register
def _(rule: rules.NotEmptyWhen, table: str) -> Row:
    return row_where(table, rule.when, True) | {rule.field: ["entry"]}


@broken.register
def _(rule: rules.Lowercase, table: str) -> Row:
    return {rule.field: "Nurse@Example.org"}


@kept.register
def _(rule: rules.Lowercase, table: str) -> Row:
    return {rule.field: "nurse@example.org"}


@broken.register
def _(rule: rules.Between, table: str) -> Row:
    return row_where(table, rule.when, True) | {
        rule.field: numbered(table, rule.field, rule.maximum + step(table, rule.field))
    }


@kept.register
def _(rule: rules.Between, table: str) -> Row:
    return row_where(table, rule.when, True) | {rule.field: numbered(table, rule.field, rule.maximum)}


@broken.register
def _(rule: rules.AtLeast, table: str) -> Row:
    too_low = rule.minimum - (0 if rule.above else step(table, rule.field))
    return row_where(table, rule.when, True) | {rule.field: numbered(table, rule.field, too_low)}


@kept.register
def _(rule: rules.AtLeast, table: str) -> Row:
    lowest = rule.minimum + (step(table, rule.field) if rule.above else 0)
    return row_where(table, rule.when, True) | {rule.field: numbered(table, rule.field, lowest)}


SIGNS = {"positive": (-1, 1), "negative": (1, -1), "not_zero": (0, -1), "not_negative": (-1, 0)}


@broken.register
def _(rule: rules.SignWhen, table: str) -> Row:
    return row_where(table, rule.when, True) | {rule.field: numbered(table, rule.field, SIGNS[rule.sign][0])}


@kept.register
def _(rule: rules.SignWhen, table: str) -> Row:
    return row_where(table, rule.when, True) | {rule.field: numbered(table, rule.field, SIGNS[rule.sign][1])}


@broken.register
def _(rule: rules.NotAbove, table: str) -> Row:
    return {rule.field: numbered(table, rule.field, 10), rule.limit: numbered(table, rule.limit, 9)}


@kept.register
def _(rule: rules.NotAbove, table: str) -> Row:
    return {rule.field: numbered(table, rule.field, 10), rule.limit: numbered(table, rule.limit, 10)}


def _later(table: str, name: str) -> object:
    value = sample(table, name)
    if isinstance(value, dt.date):
        return value + dt.timedelta(days=1)
    assert isinstance(value, uuid.UUID)
    return uuid.UUID(int=value.int + 1)


@broken.register
def _(rule: rules.Ordered, table: str) -> Row:
    return {rule.earlier: _later(table, rule.earlier), rule.later: sample(table, rule.later)}


@kept.register
def _(rule: rules.Ordered, table: str) -> Row:
    later = _later(table, rule.later) if rule.strictly else sample(table, rule.later)
    return {rule.earlier: sample(table, rule.earlier), rule.later: later}


@broken.register
def _(rule: rules.RequiredWhen, table: str) -> Row:
    return row_where(table, rule.when, True) | {rule.field: None}


@kept.register
def _(rule: rules.RequiredWhen, table: str) -> Row:
    return row_where(table, rule.when, True) | {rule.field: sample(table, rule.field)}


@broken.register
def _(rule: rules.ForbiddenWhen, table: str) -> Row:
    return row_where(table, rule.when, True) | {rule.field: sample(table, rule.field)}


@kept.register
def _(rule: rules.ForbiddenWhen, table: str) -> Row:
    return row_where(table, rule.when, True) | {rule.field: None}


@broken.register
def _(rule: rules.Occurs, table: str) -> Row:
    return row_where(table, rule.when, True) | row_where(table, rule.then, False)


@kept.register
def _(rule: rules.Occurs, table: str) -> Row:
    return row_where(table, rule.when, True) | row_where(table, rule.then, True)


@broken.register
def _(rule: rules.AnyGiven, table: str) -> Row:
    return row_where(table, rule.when, True) | dict.fromkeys(rule.fields)


@kept.register
def _(rule: rules.AnyGiven, table: str) -> Row:
    last = rule.fields[-1]
    return row_where(table, rule.when, True) | dict.fromkeys(rule.fields) | {last: sample(table, last)}


@broken.register
def _(rule: rules.TogetherGiven, table: str) -> Row:
    first = rule.fields[0]
    return dict.fromkeys(rule.fields) | {first: sample(table, first)}


@kept.register
def _(rule: rules.TogetherGiven, table: str) -> Row:
    return {field: sample(table, field) for field in rule.fields}


@broken.register
def _(rule: rules.Unequal, table: str) -> Row:
    return {rule.field: sample(table, rule.field), rule.other: sample(table, rule.other)}


@kept.register
def _(rule: rules.Unequal, table: str) -> Row:
    return {rule.field: sample(table, rule.field), rule.other: _later(table, rule.other)}


CENTS = (decimal.Decimal("0.10"), decimal.Decimal("0.20"), decimal.Decimal("19.99"))


@broken.register
def _(rule: rules.SumOf, table: str) -> Row:
    return kept(rule, table) | {rule.total: decimal.Decimal("20.30")}


@kept.register
def _(rule: rules.SumOf, table: str) -> Row:
    parts: Row = dict(zip(rule.parts, CENTS, strict=True))
    return parts | {rule.total: sum(CENTS)}


@broken.register
def _(rule: rules.ProductOf, table: str) -> Row:
    return kept(rule, table) | {rule.total: decimal.Decimal("59.96")}


@kept.register
def _(rule: rules.ProductOf, table: str) -> Row:
    count, price = rule.factors
    return {count: 3, price: decimal.Decimal("19.99"), rule.total: decimal.Decimal("59.97")}


@broken.register
def _(rule: rules.FlagFollowsRange, table: str) -> Row:
    return {rule.flag: True, rule.value: None, rule.range: "3.5-5.1", rule.by_hand: False}


@kept.register
def _(rule: rules.FlagFollowsRange, table: str) -> Row:
    return {rule.flag: True, rule.value: decimal.Decimal("5.2"), rule.range: "3.5-5.1", rule.by_hand: False}


def check_holds(connection: sa.Connection, table: str, constraint: sa.CheckConstraint, row: Row) -> bool:
    """What the database says of a row that need not exist; null counts as holding, as in a check."""
    values = [
        _typed(connection, sa.literal(_plain(row.get(column.name)), column.type)).label(column.name)
        for column in table_of(table).columns
    ]
    one_row = sa.select(*values).subquery(table)
    judged: sa.ColumnElement[bool] = sa.literal_column(f"({constraint.sqltext})", sa.Boolean())
    return bool(connection.scalar(sa.select(sa.func.coalesce(judged, sa.true())).select_from(one_row)))


def _typed(connection: sa.Connection, value: sa.ColumnElement[object]) -> sa.ColumnElement[object]:
    """PostgreSQL must be told the type of a null; SQLite would turn a date into its year."""
    return sa.cast(value, value.type) if connection.dialect.name == "postgresql" else value


def _plain(value: object) -> object:
    return value.value if isinstance(value, enum.Enum) else value
