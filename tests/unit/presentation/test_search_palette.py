"""What a query in the search field means and finds."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from clinicdesk.presentation.commands import Command, Commands
from clinicdesk.presentation.search import MOST_HITS, Asks, Hit, HitKind, find, understood, with_commands


class People:
    """Remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, int]] = []

    def students(self, query: str, limit: int) -> Sequence[Hit]:
        self.asked.append(("students", query, limit))
        return [Hit(HitKind.STUDENT, "1", "Ana"), Hit(HitKind.INACTIVE, "2", "Anna")]

    def by_number(self, query: str, limit: int) -> Sequence[Hit]:
        self.asked.append(("number", query, limit))
        return [Hit(HitKind.STUDENT, "1", "Ana")]

    def staff(self, query: str, limit: int) -> Sequence[Hit]:
        self.asked.append(("staff", query, limit))
        return [Hit(HitKind.STAFF, "9", "Renata")]

    def recents(self, limit: int) -> Sequence[Hit]:
        self.asked.append(("recents", "", limit))
        return [Hit(HitKind.RECENT, "1", "Ana")]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("obri", (Asks.ANYTHING, "obri")),
        (" > lock", (Asks.COMMAND, "lock")),
        ("#204", (Asks.NUMBER, "204")),
        ("@ren", (Asks.STAFF, "ren")),
        ("", (Asks.ANYTHING, "")),
    ],
)
def test_the_first_sign_says_what_is_looked_for(text: str, meaning: tuple[Asks, str]) -> None:
    assert understood(text) == meaning


@pytest.mark.parametrize(
    ("text", "asked"),
    [("ana", "students"), ("#204", "number"), ("@ren", "staff"), ("", "recents")],
)
def test_a_query_asks_one_thing_with_a_limit(text: str, asked: str) -> None:
    people = People()
    find(people, text)
    assert [(kind, limit) for kind, _, limit in people.asked] == [(asked, 8 if asked == "recents" else MOST_HITS)]


def test_a_command_query_asks_no_one() -> None:
    people = People()
    assert find(people, ">lock").hits == ()
    assert people.asked == []


def test_students_who_left_stand_below_a_line_of_their_own() -> None:
    found = find(People(), "ana")
    assert [section.heading for section in found.sections] == ["Students, 1 of this school", "No longer enrolled"]
    assert found.footer == "2 matches"


def test_the_footer_says_how_long_it_took() -> None:
    assert find(People(), "ana", lambda: 11.2).footer == "2 matches in 11 ms"


def test_commands_follow_people_with_their_reason() -> None:
    commands = Commands()
    commands.add(Command("a", "Analyse"), lambda: None, lambda: "needs the nurse role")
    found = with_commands(find(People(), "ana"), commands)
    last = found.sections[-1]
    assert last.heading == "Commands"
    assert [(hit.name, hit.reason) for hit in last.hits] == [("Analyse", "needs the nurse role")]
    assert with_commands(find(People(), "#1"), commands).sections[-1].heading == "Students by ID"
