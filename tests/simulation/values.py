"""Values of every kind of column, and whole rows that obey the rules of their model."""

from __future__ import annotations

import datetime as dt
import decimal
import random
import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Any

import sqlalchemy as sa
from tests.support.rule_examples import Row, kept

from clinicdesk.domain.validation import Rule
from clinicdesk.models.base import declared_rules
from clinicdesk.models.registry import column_kind, model_of, table_of, wire_columns
from clinicdesk.models.types import Exact

NOW = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)

_DST = (
    dt.datetime(2026, 3, 8, 6, 59, 59, 999999, dt.UTC),
    dt.datetime(2026, 3, 8, 7, 0, tzinfo=dt.UTC),
    dt.datetime(2026, 11, 1, 5, 30, tzinfo=dt.UTC),
    dt.datetime(2026, 11, 1, 6, 30, tzinfo=dt.UTC),
)
_ENDS = ("", " ✓", " 🤧🩹", " Zoë", " Nguyễn", "\nsecond line", "  two blanks ", ' "quoted" \\', " عين", " \u200d👩‍⚕️")


class Values:
    """Draws values; every text, number and moment is hardly ever drawn twice, so that a lost one shows."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._count = 0

    def of(self, column: sa.Column[Any]) -> object:
        """Some value that is not null for this column."""
        self._count += 1
        kind = column_kind(column)
        chance = self._chance
        if kind == "enum":
            assert isinstance(column.type, sa.Enum)
            return chance.choice(column.type.enums)
        if kind == "text":
            return self._text(getattr(column.type, "length", None))
        if kind == "instant":
            if chance.random() < 0.1:
                return chance.choice(_DST)
            return NOW + dt.timedelta(seconds=chance.randint(-8_000_000, 8_000_000), microseconds=self._count)
        if kind == "date":
            return NOW.date() + dt.timedelta(days=chance.randint(-400, 400))
        if kind == "decimal":
            assert isinstance(column.type, Exact)
            scale = min(column.type.scale, 6)
            return decimal.Decimal(chance.randint(1, 9 * 10 ** (scale + 1))).scaleb(-scale)
        if kind == "int":
            return chance.randint(1, 200)
        if kind == "bool":
            return chance.random() < 0.5
        if kind == "json":
            return chance.choice([[f"entry {self._count}"], {"n": self._count, "x": [None, 1.5, "é"]}, [], {"a": {}}])
        if kind == "bytes":
            return chance.randbytes(chance.randint(1, 40))
        return uuid.UUID(int=chance.getrandbits(128), version=4)

    def _text(self, length: int | None) -> str:
        text = f"typed {self._count}{self._chance.choice(_ENDS)}"
        if length is None and self._chance.random() < 0.03:
            text += " long" * 2_000
        return text if length is None else text[:length].rstrip() or "t"


def settled(table: str, row: Row, rules: Collection[Rule], keep: Collection[str] = ()) -> Row | None:
    """The row with what its rules ask for besides; None where they cannot be met without touching `keep`."""
    for _round in range(12):
        broken = next((rule for rule in rules if rule.problem(row) is not None), None)
        if broken is None:
            return row
        mended = row | {name: _word(value) for name, value in kept(broken, table).items()}
        if mended == row or any(mended.get(name) != row.get(name) for name in keep):
            return None
        row = mended
    return None


def rules_of(table: str) -> tuple[Rule, ...]:
    return declared_rules(model_of(table))


def _word(value: object) -> object:
    return getattr(value, "value", value)


def plain_columns(table: str) -> list[sa.Column[Any]]:
    """The columns that a person fills in: those that travel, but no key of another row and nothing of a deletion."""
    columns = table_of(table).c
    return [
        columns[name]
        for name in wire_columns(table)
        if not columns[name].foreign_keys and name not in {"deleted_at", "delete_reason"}
    ]


Picks = Callable[[sa.Column[Any]], uuid.UUID | None]


def new_row(table: str, values: Values, chance: random.Random, given: Mapping[str, object], pick: Picks) -> Row | None:
    """A row of the table with `given` in it; `pick` names the row that a key points to."""
    policy = model_of(table).__sync__  # type: ignore[attr-defined]  # every synced model has one
    row: Row = {}
    for column in plain_columns(table):
        if column.name in given or column.name == policy.signed_when:
            continue
        if column.nullable and chance.random() > 0.35:
            row[column.name] = None
        elif column.default is None or chance.random() < 0.2:
            row[column.name] = values.of(column)
        else:
            default = column.default
            row[column.name] = default.arg(None) if default.is_callable else _word(default.arg)  # type: ignore[attr-defined]  # scalar or callable
    for name in wire_columns(table):
        column = table_of(table).c[name]
        if column.foreign_keys and name not in given:
            row[name] = None if name == "deleted_by" else pick(column)
        elif name in {"deleted_at", "delete_reason"}:
            row[name] = None
    made = settled(table, row | dict(given), rules_of(table), given.keys())
    if made is None:
        return None
    for name in wire_columns(table):
        column = table_of(table).c[name]
        if column.foreign_keys and made.get(name) != row.get(name, given.get(name)):
            made[name] = pick(column)
    return made if all(rule.problem(made) is None for rule in rules_of(table)) else None
