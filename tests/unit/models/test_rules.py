"""Every rule of every table refuses a bad row and lets a good one pass, in code and in the database's check."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from tests.support.rule_examples import broken, check_holds, kept

from clinicdesk.domain.validation import Rule, violations
from clinicdesk.models import Base, Student
from clinicdesk.models.base import STAMPS, declared_rules
from clinicdesk.models.checks import in_database
from clinicdesk.models.registry import model_of, table_of
from clinicdesk.models.rules import rules_of, validate

RULES = [(table, rule) for table in sorted(Base.metadata.tables) for rule in rules_of(table)]
CHECKED = [(table, rule) for table in sorted(Base.metadata.tables) for rule in declared_rules(model_of(table))]
IN_DATABASE = [(table, rule) for table, rule in CHECKED if in_database(rule)]


def _named(pair: tuple[str, Rule]) -> str:
    return f"{pair[0]}-{pair[1].name}"


def check_of(table: str, rule: Rule) -> sa.CheckConstraint:
    return next(
        constraint
        for constraint in table_of(table).constraints
        if isinstance(constraint, sa.CheckConstraint) and constraint.info.get("rule") is rule
    )


@pytest.fixture(scope="module")
def connection() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.mark.parametrize(("table", "rule"), RULES, ids=map(_named, RULES))
def test_the_rule_refuses_a_bad_row_and_names_the_field(table: str, rule: Rule) -> None:
    row = broken(rule, table)
    problem = rule.problem(row)
    assert problem is not None
    assert problem.field in row


@pytest.mark.parametrize(("table", "rule"), RULES, ids=map(_named, RULES))
def test_the_rule_lets_a_good_row_pass(table: str, rule: Rule) -> None:
    assert rule.problem(kept(rule, table)) is None


@pytest.mark.parametrize(("table", "rule"), IN_DATABASE, ids=map(_named, IN_DATABASE))
def test_the_check_judges_as_the_rule_does_on_sqlite(table: str, rule: Rule, connection: sa.Connection) -> None:
    constraint = check_of(table, rule)
    assert not check_holds(connection, table, constraint, broken(rule, table))
    assert check_holds(connection, table, constraint, kept(rule, table))


def defaults_of(table: str) -> dict[str, object]:
    """The values a row has where nobody says anything."""
    found: dict[str, object] = {}
    for column in table_of(table).columns:
        default = column.default
        if isinstance(default, sa.ColumnDefault) and column.name not in STAMPS | {"id"}:
            found[column.name] = default.arg(None) if default.is_callable else default.arg
    return found


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_the_defaults_of_a_row_do_not_contradict_its_rules(table: str) -> None:
    defaults = defaults_of(table)
    told = [rule for rule in declared_rules(model_of(table)) if set(broken(rule, table)) <= set(defaults)]
    assert violations(told, defaults) == []


def test_the_names_of_a_table_s_rules_are_different() -> None:
    for table in Base.metadata.tables:
        names = [rule.name for rule in declared_rules(model_of(table))]
        assert len(set(names)) == len(names), table


def test_every_field_of_a_rule_is_a_column() -> None:
    for table, rule in RULES:
        assert set(broken(rule, table)) <= set(table_of(table).columns.keys())


def test_a_row_is_judged_by_all_rules_of_its_model() -> None:
    problems = validate("Student", {"first_name": "x" * 101, "number_status": "CONFIRMED", "gender": "MALE"})
    found = {(problem.field, problem.problem) for problem in problems}
    assert ("first_name", "too_long") in found
    assert ("last_name", "missing") in found
    assert ("student_number", "missing") in found
    assert ("gender", "not_a_choice") not in found


def test_an_unknown_model_has_no_rules() -> None:
    with pytest.raises(KeyError):
        validate("Dragon", {})


def test_rules_come_with_the_mixins_rules() -> None:
    names = {rule.name for rule in rules_of(Student.__tablename__)}
    assert {"first_name_required", "first_name_not_too_long", "gender_choice", "student_number_when_confirmed"} <= names
