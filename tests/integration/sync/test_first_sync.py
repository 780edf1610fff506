"""A new desk pulls its school, writes, pushes, and both sides are equal."""

from __future__ import annotations

from tests.support.district import Town
from tests.support.workstation import Workstation, assert_equal_to_district


def test_a_new_desk_gets_its_school_and_nothing_of_another(town: Town, ann: Workstation) -> None:
    names = {row["first_name"] for row in ann.rows("SELECT first_name FROM students")}
    assert names == {"Iris", "Jack"}
    assert_equal_to_district(ann)
