"""Validation rules as database checks: one declaration serves the table and the services."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch

import sqlalchemy as sa

from clinicdesk.domain import validation as rules
from clinicdesk.domain.validation import conditions


@singledispatch
def condition_sql(condition: conditions.Condition) -> str:
    """A condition in SQL that is true or false, never null, on SQLite and PostgreSQL alike."""
    raise TypeError(type(condition).__name__)


@condition_sql.register
def _(condition: conditions.Given) -> str:
    return f"{condition.field} IS NOT NULL"


@condition_sql.register
def _(condition: conditions.Missing) -> str:
    return f"{condition.field} IS NULL"


@condition_sql.register
def _(condition: conditions.Equals) -> str:
    words = ", ".join(f"'{word}'" for word in condition.words)
    return f"({condition.field} IS NOT NULL AND {condition.field} IN ({words}))"


@condition_sql.register
def _(condition: conditions.Holds) -> str:
    return condition.field


@condition_sql.register
def _(condition: conditions.Not) -> str:
    return f"NOT ({condition_sql(condition.condition)})"


@condition_sql.register
def _(condition: conditions.All) -> str:
    return "(" + " AND ".join(condition_sql(part) for part in condition.conditions) + ")"


@condition_sql.register
def _(condition: conditions.Any_) -> str:
    return "(" + " OR ".join(condition_sql(part) for part in condition.conditions) + ")"


def _implies(when: conditions.Condition, then: str) -> str:
    return then if when == conditions.ALWAYS else f"NOT ({condition_sql(when)}) OR {then}"


def _exact(name: str) -> str:
    """Exact numbers are text on SQLite; whole numbers bear the cast as well."""
    return f"CAST({name} AS NUMERIC)"


@singledispatch
def rule_sql(rule: rules.Rule) -> str:
    """The rule as the text of a check; a null in a bound lets the row pass, as in the rule."""
    raise TypeError(type(rule).__name__)


@rule_sql.register
def _(rule: rules.MinLength) -> str:
    return f"length({rule.field}) >= {rule.limit}"


@rule_sql.register
def _(rule: rules.MaxLength) -> str:
    return f"length({rule.field}) <= {rule.limit}"


@rule_sql.register
def _(rule: rules.Lowercase) -> str:
    return f"{rule.field} = lower({rule.field})"


@rule_sql.register
def _(rule: rules.Between) -> str:
    return _implies(rule.when, f"{_exact(rule.field)} BETWEEN {rule.minimum} AND {rule.maximum}")


@rule_sql.register
def _(rule: rules.AtLeast) -> str:
    return _implies(rule.when, f"{_exact(rule.field)} {'>' if rule.above else '>='} {rule.minimum}")


@rule_sql.register
def _(rule: rules.SignWhen) -> str:
    comparison = {"positive": "> 0", "negative": "< 0", "not_zero": "<> 0", "not_negative": ">= 0"}[rule.sign]
    return _implies(rule.when, f"{_exact(rule.field)} {comparison}")


@rule_sql.register
def _(rule: rules.NotAbove) -> str:
    return f"{_exact(rule.field)} <= {_exact(rule.limit)}"


@rule_sql.register
def _(rule: rules.Ordered) -> str:
    return f"{rule.later} {'>' if rule.strictly else '>='} {rule.earlier}"


@rule_sql.register
def _(rule: rules.RequiredWhen) -> str:
    return _implies(rule.when, f"{rule.field} IS NOT NULL")


@rule_sql.register
def _(rule: rules.ForbiddenWhen) -> str:
    return _implies(rule.when, f"{rule.field} IS NULL")


@rule_sql.register
def _(rule: rules.Occurs) -> str:
    return _implies(rule.when, condition_sql(rule.then))


@rule_sql.register
def _(rule: rules.AnyGiven) -> str:
    return _implies(rule.when, "(" + " OR ".join(f"{field} IS NOT NULL" for field in rule.fields) + ")")


@rule_sql.register
def _(rule: rules.TogetherGiven) -> str:
    first, *others = rule.fields
    return " AND ".join(f"({first} IS NULL) = ({other} IS NULL)" for other in others)


@rule_sql.register
def _(rule: rules.Unequal) -> str:
    return f"{rule.field} <> {rule.other}"


@rule_sql.register
def _(rule: rules.SumOf) -> str:
    return f"{_total(rule.total)} = {_total(*rule.parts)}"


@rule_sql.register
def _(rule: rules.ProductOf) -> str:
    first, second = rule.factors
    return f"round({_exact(rule.total)} * 10000) = round({_exact(first)} * {_exact(second)} * 10000)"


def _total(*names: str) -> str:
    """A sum in ten-thousandths: SQLite casts decimals to binary fractions, which do not add up exactly."""
    return "round((" + " + ".join(_exact(name) for name in names) + ") * 10000)"


def in_database(rule: rules.Rule) -> bool:
    """Whether a database can judge the rule; shapes of text and what lies inside lists are judged in code alone."""
    return not isinstance(rule, rules.Pattern | rules.EachOf | rules.NotEmptyWhen | rules.FlagFollowsRange)


def checks_of(declared: Iterable[rules.Rule]) -> list[sa.CheckConstraint]:
    """The named checks of the rules; each carries its rule."""
    return [
        sa.CheckConstraint(rule_sql(rule), name=rule.name, info={"rule": rule})
        for rule in declared
        if in_database(rule)
    ]
