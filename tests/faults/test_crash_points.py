"""Every point of a rich session at which a process can die: both sides end where the life without a death did.

Not a sample: each statement that writes, each commit before and after, each request and each answer is a point.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.faults.outcome import Outcome, outcome_of
from tests.faults.points import Kind
from tests.faults.rich_session import Beginning, lived, prepare

from clinicdesk.server import office

SHARES = 8
"""The many statements are shared out, so that two workers have the same to do."""


@dataclass(frozen=True)
class Uncut:
    """The life in which nobody dies: where it began, what it passed, and where it ended."""

    beginning: Beginning
    passed: list[tuple[Kind, str]]
    session: int
    outcome: Outcome


@pytest.fixture(scope="module")
def uncut(postgres_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Uncut:
    folder = tmp_path_factory.mktemp("crash-points")
    beginning = prepare(postgres_uri, folder / "beginning")
    with lived(beginning, folder / "uncut") as life:
        life.session()
        session = len(life.points.passed)
        life.finish()
        return Uncut(beginning, life.points.passed, session, outcome_of(life.desk, life.desk.town))


def deaths(uncut: Uncut, kind: Kind, share: int, shares: int) -> list[int]:
    """The numbers of all points of a kind, or of one share of them."""
    found = [number for number, (passed, _what) in enumerate(uncut.passed, 1) if passed is kind]
    return found[share::shares]


def differences(uncut: Uncut, folder: Path, dies_at: int) -> list[str]:
    """Live with a death at this point; what is not as in the uncut life."""
    with lived(uncut.beginning, folder, dies_at) as life:
        life.live()
        assert life.points.dead
        assert life.points.passed[:dies_at] == uncut.passed[:dies_at], "not the point that was meant"
        ended = outcome_of(life.desk, life.desk.town)
        found = uncut.outcome.differences(ended) + office.verify(life.desk.town.database)
        if life.desk.queue("PENDING", "IN_FLIGHT"):
            found.append("the queue is not drained")
        return found


@pytest.mark.parametrize(
    ("kind", "share", "shares"),
    [
        *((Kind.DESK_WRITES, share, SHARES) for share in range(SHARES)),
        *((kind, 0, 1) for kind in Kind if kind is not Kind.DESK_WRITES),
    ],
)
def test_a_death_at_each_point_ends_where_the_uncut_life_does(
    uncut: Uncut, tmp_path: Path, kind: Kind, share: int, shares: int
) -> None:
    found: list[str] = []
    numbers = deaths(uncut, kind, share, shares)
    for number in numbers:
        try:
            apart = differences(uncut, tmp_path / str(number), number)
        except Exception as failure:
            apart = [f"{type(failure).__name__}: {failure}"]
        found += [f"{number} of {len(uncut.passed)}, {uncut.passed[number - 1][1]}: {one}" for one in apart]
    assert not found, "\n".join([f"died where {kind}, at point", *found])
    assert numbers


def test_the_session_whose_points_these_are_does_all_that_a_session_can_do(uncut: Uncut) -> None:
    outcome = uncut.outcome
    pushes = [what for kind, what in uncut.passed[: uncut.session] if kind is Kind.SENDS]
    assert set(pushes) == {"/v1/session", "/v1/push", "/v1/pull", "/v1/digests", "/v1/rows"}
    assert min(pushes.count("/v1/push"), pushes.count("/v1/pull")) >= 3, "several batches and pages"
    assert {kind for kind, _what in uncut.passed} == set(Kind)
    states = [state for _mutation, state, _error, _row in outcome.queue]
    assert {state: states.count(state) for state in set(states)} == {
        "APPLIED": 22,
        "MERGED": 1,
        "CONFLICT": 2,
        "HELD": 1,
    }
    town = uncut.beginning.town
    students = {values["first_name"] for (table, _), (_, _, values) in outcome.desk.items() if table == "students"}
    assert students == {"Iris", "Kim", "Max", "Nils"}, "Jack left, Kim came, Max is of the second school, Nils is new"
    assert ("students", town.students["jack"]) in outcome.district
    kinds = [kind for text in outcome.conflicts for kind in ('"FIELD"', '"POSSIBLE_DUPLICATE"') if kind in text]
    assert sorted(kinds) == ['"FIELD"', '"POSSIBLE_DUPLICATE"']
    assert outcome.conflicts == outcome.conflicts_here
    assert [reason for _mutation, _state, reason, _payload in outcome.inbox] == ["author_inactive"]
    notes = {values["notes"] for (table, _), (_, _, values) in outcome.desk.items() if table == "allergies"}
    assert {"as sent", "as told by the father", "comes with Kim", "at the second school", "hives after cheese"} <= notes
    assert "as rotten" not in notes, "repaired by its digest"
