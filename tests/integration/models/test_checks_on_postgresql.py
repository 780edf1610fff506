"""The checks and the tables of the data model on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from tests.support.rule_examples import broken, check_holds, kept

from clinicdesk.domain.validation import Rule
from clinicdesk.models import Base
from clinicdesk.models.base import declared_rules
from clinicdesk.models.checks import in_database
from clinicdesk.models.registry import model_of, table_of

pytestmark = pytest.mark.postgres


def _checked() -> Iterator[tuple[str, Rule, sa.CheckConstraint]]:
    for table in sorted(Base.metadata.tables):
        constraints = [each for each in table_of(table).constraints if isinstance(each, sa.CheckConstraint)]
        for rule in declared_rules(model_of(table)):
            if in_database(rule):
                yield table, rule, next(each for each in constraints if each.info.get("rule") is rule)


def test_every_check_judges_as_its_rule_does_on_postgresql(empty_district: sa.Engine) -> None:
    wrong = []
    with empty_district.connect() as connection:
        for table, rule, constraint in _checked():
            refused = not check_holds(connection, table, constraint, broken(rule, table))
            passed = check_holds(connection, table, constraint, kept(rule, table))
            if not (refused and passed):
                wrong.append(f"{table}.{rule.name}: refused {refused}, passed {passed}")
    assert wrong == []


def test_all_tables_can_be_made_on_postgresql(empty_district: sa.Engine) -> None:
    Base.metadata.create_all(empty_district)
    made = set(sa.inspect(empty_district).get_table_names())
    assert set(Base.metadata.tables) <= made


def test_all_tables_can_be_made_on_sqlcipher(empty_desk: sa.Engine) -> None:
    Base.metadata.create_all(empty_desk)
    assert set(Base.metadata.tables) <= set(sa.inspect(empty_desk).get_table_names())


def test_phi_columns_say_so_in_the_database(empty_district: sa.Engine) -> None:
    Base.metadata.create_all(empty_district)
    inspector = sa.inspect(empty_district)
    for name, table in Base.metadata.tables.items():
        marked = {column["name"] for column in inspector.get_columns(name) if column["comment"] == "PHI"}
        assert marked == {column.name for column in table.columns if column.info.get("phi")}, name
