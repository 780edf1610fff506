"""A new desk pulls its school, writes, pushes, and both sides are equal; wherever its pages end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import pytest
from tests.integration.sync.conftest import NewDesk
from tests.support.district import Desk, Town, update
from tests.support.workstation import DirectLine, Workstation, assert_equal_to_district

from clinicdesk.sync.ports import Answer, M
from clinicdesk.sync.protocol import PullRequest


@dataclass
class SmallPages:
    """A line that asks for few rows at a time; `between` happens at the district before each page."""

    line: DirectLine
    limit: int
    between: Callable[[], object] | None = None

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        if isinstance(request, PullRequest):
            request = msgspec.structs.replace(request, limit=self.limit)
            if self.between is not None:
                self.between()
        return self.line.ask(path, request, kind)


def renamed(desk: Desk, table: str, key: str, column: str, words: str) -> None:
    """The district changes one text of a row, as the desk's user."""
    row = desk.town.rows(table, key)
    assert row is not None
    result = desk.push_one(update(table, key, row["row_version"], **{column: (row[column], words)}))
    assert result.outcome == "applied"


def test_a_new_desk_gets_its_school_and_nothing_of_another(town: Town, ann: Workstation) -> None:
    names = {row["first_name"] for row in ann.rows("SELECT first_name FROM students")}
    assert names == {"Iris", "Jack"}
    assert_equal_to_district(ann)


@pytest.mark.parametrize("limit", [1, 2, 5])
@pytest.mark.parametrize("unlocked", [False, True], ids=["locked", "unlocked"])
def test_pages_may_end_between_rows_that_name_each_other(
    town: Town, new_desk: NewDesk, limit: int, unlocked: bool
) -> None:
    """Schools are changed by users, and users belong to schools: with one row a page neither could come first."""
    office = town.desk(town.dora, everything=True)
    renamed(office, "schools", town.oak, "name", "Oak School")
    renamed(office, "students", town.students["iris"], "preferred_name", "Ira")
    desk = new_desk(town.ann, town.oak)
    desk.unlocked = unlocked
    desk.sync(SmallPages(desk.direct(), limit))
    assert_equal_to_district(desk)


def test_a_row_that_changed_after_the_one_naming_it_comes_with_it(town: Town, new_desk: NewDesk) -> None:
    office = town.desk(town.dora, everything=True)
    alias, kept = town.students["iris"], town.students["jack"]
    row = town.rows("students", alias)
    assert row is not None
    office.push_one(update("students", alias, row["row_version"], merged_into_id=(None, kept)))
    renamed(office, "students", kept, "preferred_name", "Jay")
    desk = new_desk(town.ann, town.oak)
    desk.sync(SmallPages(desk.direct(), 1))
    assert desk.row("students", alias)["merged_into_id"] == kept
    assert_equal_to_district(desk)


def test_an_author_who_changes_while_the_pages_come_is_there_for_what_she_wrote(town: Town, new_desk: NewDesk) -> None:
    office = town.desk(town.dora, everything=True)
    renamed(office, "students", town.students["iris"], "preferred_name", "Ira")
    phones = iter(f"555-01{number:02}" for number in range(100))
    desk = new_desk(town.ann, town.oak)
    pages = SmallPages(desk.direct(), 3, lambda: renamed(office, "users", town.dora, "phone", next(phones)))
    desk.sync(pages)
    pages.between = None
    desk.sync(pages)
    assert_equal_to_district(desk)


def test_a_school_that_is_added_later_finds_the_people_it_names(town: Town, new_desk: NewDesk) -> None:
    """The new school is pulled from nothing while the district's own rows stand at a cursor."""
    office = town.desk(town.dora, everything=True)
    desk = new_desk(town.ann, town.oak)
    desk.sync(SmallPages(desk.direct(), 2))
    with town.database.owning() as connection:
        connection.execute(
            "UPDATE devices SET school_ids = to_jsonb(%s::text[]) WHERE id = %s", ([town.oak, town.elm], desk.device)
        )
    renamed(office, "users", town.ben, "phone", "555-0177")
    renamed(office, "students", town.students["kim"], "preferred_name", "Kimi")
    desk.sync(SmallPages(desk.direct(), 1))
    assert {row["first_name"] for row in desk.rows("SELECT first_name FROM students")} == {"Iris", "Jack", "Kim", "Lou"}
    assert_equal_to_district(desk)
