"""The rules of every table: those its metadata imply and those its model declares; services and server ask here."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import sqlalchemy as sa

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.validation import MaxLength, OneOf, Required, Rule, Values, violations
from clinicdesk.models.base import STAMPS, Base, declared_rules
from clinicdesk.models.registry import model_of, table_name, table_of


def _implied(table: sa.Table) -> Iterator[Rule]:
    for column in table.columns:
        if column.primary_key or column.name in STAMPS:
            continue
        if not column.nullable and column.default is None:
            yield Required(column.name)
        if isinstance(column.type, sa.Enum):
            yield OneOf(column.name, tuple(column.type.enums))
        elif isinstance(column.type, sa.String) and column.type.length is not None:
            yield MaxLength(column.name, column.type.length)


@cache
def rules_of(table: str) -> tuple[Rule, ...]:
    """Every rule of a table: presence, length and choice from the metadata, then the declared ones."""
    return (*_implied(table_of(table)), *declared_rules(model_of(table)))


@cache
def _tables() -> dict[str, str]:
    return {mapper.class_.__name__: table_name(mapper.class_) for mapper in Base.registry.mappers}


def validate(model_name: str, values: Values) -> list[InvalidValueError]:
    """Everything wrong with a whole row of a model, given by column name.

    Raises:
        KeyError: there is no such model.
    """
    return violations(rules_of(_tables()[model_name]), values)
