"""Which searches are written down, and where a match stands in a name."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

import pytest

from clinicdesk.domain.people import PersonName
from clinicdesk.presentation.students.finding import hits, match_of
from clinicdesk.presentation.students.trail import REST_S, SearchTrail
from clinicdesk.services.search import FoundStudent, Reach, SearchAnswer
from clinicdesk.services.student_values import BadgeKind, StudentBadge

STUDENT = uuid.UUID(int=7)


class Clockwork:
    """A `Later` that waits until the test says so."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, Callable[[], None]]] = []
        self.cancelled = 0

    def __call__(self, seconds: float, work: Callable[[], None]) -> Clockwork:
        self.waiting.append((seconds, work))
        return self

    def cancel(self) -> None:
        self.cancelled += 1

    def pass_time(self) -> None:
        seconds, work = self.waiting[-1]
        assert seconds == REST_S
        work()


class Rows:
    """What would stand in the audit trail."""

    def __init__(self) -> None:
        self.used: list[tuple[str, tuple[uuid.UUID, ...]]] = []
        self.rested: list[str] = []

    def on_used(self, answer: SearchAnswer, opened: tuple[uuid.UUID, ...]) -> None:
        self.used.append((answer.query, opened))

    def on_rested(self, answer: SearchAnswer) -> None:
        self.rested.append(answer.query)


def _student(**changed: object) -> FoundStudent:
    values: dict[str, object] = {
        "id": STUDENT,
        "name": PersonName(first="Siobhán", last="O'Brien"),
        "birth_date": dt.date(2014, 4, 22),
        "grade": "7",
        "school": "Cedar Ridge K–8",
        "here": True,
        "number": "171-1",
        "photo": None,
        "is_active": True,
        "badges": (),
        "same_name": False,
        "near": False,
        **changed,
    }
    return FoundStudent(**values)  # type: ignore[arg-type]  # a table of values


def _answer(query: str) -> SearchAnswer:
    return SearchAnswer(query=query, reach=Reach.SCHOOL, students=(_student(),))


def _trail() -> tuple[SearchTrail, Rows, Clockwork]:
    rows, clockwork = Rows(), Clockwork()
    return SearchTrail(rows.on_used, rows.on_rested, clockwork), rows, clockwork


def test_d34_a_list_that_stands_for_two_seconds_is_written_down_once() -> None:
    trail, rows, clockwork = _trail()
    trail.answered(_answer("obr"))
    clockwork.pass_time()
    clockwork.pass_time()
    trail.opened(STUDENT)
    assert rows.rested == ["obr"]
    assert rows.used == []


def test_d34_typing_on_leaves_nothing_of_what_was_typed_so_far() -> None:
    trail, rows, clockwork = _trail()
    trail.answered(_answer("o"))
    trail.answered(_answer("ob"))
    assert clockwork.cancelled == 1
    clockwork.pass_time()
    assert rows.rested == ["ob"]


def test_d34_opening_a_line_writes_the_search_with_it_and_no_second_row() -> None:
    trail, rows, clockwork = _trail()
    trail.answered(_answer("obr"))
    trail.opened(STUDENT)
    clockwork.pass_time()
    assert rows.used == [("obr", (STUDENT,))]
    assert rows.rested == []


def test_opening_somebody_the_list_did_not_name_is_no_use_of_the_search() -> None:
    trail, rows, _ = _trail()
    trail.answered(_answer("obr"))
    trail.opened(uuid.UUID(int=8))
    assert rows.used == []


def test_after_the_lock_nothing_is_written() -> None:
    trail, rows, clockwork = _trail()
    trail.answered(_answer("obr"))
    trail.close()
    clockwork.pass_time()
    assert rows.rested == []


@pytest.mark.parametrize(
    ("name", "query", "bold"),
    [
        ("Siobhán O'Brien", "obri", ["O'Bri"]),
        ("Nkechi Obri-Tetteh", "obri", ["Obri"]),
        ("Zoë Papadimitriou", "zoe pap", ["Zoë", "Pap"]),
        ("Amara Okonkwo", "mar", []),
        ("Amara Okonkwo", "", []),
    ],
)
def test_the_typed_letters_are_marked_where_a_word_begins(name: str, query: str, bold: list[str]) -> None:
    assert [name[start : start + length] for start, length in match_of(name, query)] == bold


def test_a_hit_shows_at_most_two_badges_and_how_many_more_there_are() -> None:
    badges = tuple(StudentBadge(BadgeKind.ALLERGY, name, "SEVERE") for name in ("Egg", "Milk", "Peanut"))
    answer = SearchAnswer(query="o", reach=Reach.SCHOOL, students=(_student(badges=badges, same_name=True),))
    (hit,) = hits(answer)
    assert [badge.words for badge in hit.badges] == ["Same name", "Egg: severe", "Milk: severe", "+1"]
    assert hit.birth_date == "Apr 22, 2014"
