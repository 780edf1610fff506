"""Scenarios 30, 31, 41-47 on real workstations: scope, authority, and everything held; numbers that change hands."""

from __future__ import annotations

import pytest
from tests.integration.sync.conftest import NewDesk
from tests.support.district import Town, update
from tests.support.faulty import LosesAnswers
from tests.support.sync_rows import a_visit, an_allergy
from tests.support.workstation import Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.server.review import Review, Wanted
from clinicdesk.sync.errors import UnreachableError

DORA = "dora@example.org"


def review(town: Town) -> Review:
    return Review(town.database, town.clock)


def active(town: Town, user: str, *, yes: bool) -> None:
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, town.dora, town.clock.now())
        writes.update("users", user, {"is_active": yes})
        writes.close()


def numbers(desk: Workstation, *students: str) -> list[str]:
    return [desk.row("students", key)["student_number"] for key in students]


# --- Numbers that change hands ---------------------------------------------------------------------------------------


def test_a_swap_of_numbers_reaches_every_desk_as_a_swap(town: Town, ann: Workstation) -> None:
    office = town.desk(town.dora, everything=True)
    iris, jack = town.students["iris"], town.students["jack"]
    for unlocked in (False, True):
        ann.unlocked = unlocked
        version = (town.rows("students", iris) or {})["row_version"]
        had = [(town.rows("students", key) or {})["student_number"] for key in (iris, jack)]
        office.push(
            update("students", iris, version, student_number=(had[0], had[1])),
            update("students", jack, version, student_number=(had[1], had[0])),
        )
        ann.sync()
        assert numbers(ann, iris, jack) == [had[1], had[0]]
        assert ann.rows("SELECT * FROM sync_states WHERE sync_status = 'BLOCKED'") == []
    assert_equal_to_district(ann)


def test_a_swap_of_numbers_made_at_a_desk_comes_out_as_a_swap(town: Town, new_desk: NewDesk) -> None:
    """A roster import writes one row after the other, with a number in between that nobody has."""
    office, ann = new_desk(town.dora, everything=True), new_desk(town.ann, town.oak)
    iris, jack = town.students["iris"], town.students["jack"]
    for desk in (office, ann):
        desk.sync()
    was = numbers(office, iris, jack)
    office.update("students", iris, town.dora, student_number="in between")
    office.update("students", jack, town.dora, student_number=was[0])
    office.update("students", iris, town.dora, student_number=was[1])
    office.sync()
    assert [(row["student_number"], row["number_status"]) for row in (town.rows("students", iris) or {},)] == [
        (was[1], "CONFIRMED")
    ]
    ann.sync()
    assert numbers(ann, iris, jack) == [was[1], was[0]]
    assert_equal_to_district(office, ann)


# --- s40, s41: held, and what follows --------------------------------------------------------------------------------


def test_scenario_41_what_an_inactive_author_typed_stays_here_and_goes_to_review(town: Town, ann: Workstation) -> None:
    first = ann.insert(a_visit(town, notes="before the account was closed"))
    second = ann.insert(an_allergy(town, notes="also before"))
    active(town, town.ann, yes=False)
    assert ann.sync().held == 2
    assert {(item["state"], item["last_error"]) for item in ann.queue()} == {("HELD", "author_inactive")}
    assert ann.row("clinic_visits", first)["notes"] == "before the account was closed"
    assert town.rows("clinic_visits", first) is None
    kept, dropped = (item["mutation_id"] for item in ann.queue())
    review(town).release(Wanted([kept]), DORA)
    review(town).dismiss(Wanted([dropped]), DORA, "the mother says it is wrong")
    ann.sync()
    assert [(item["state"], item["last_error"]) for item in ann.queue()] == [
        ("APPLIED", None),
        ("REJECTED", "dismissed"),
    ]
    assert ann.row("allergies", second)["notes"] == "also before"
    assert (town.rows("clinic_visits", first) or {})["created_by"] == town.ann
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)


def test_scenario_40_edits_that_go_on_from_a_held_one_follow_it_however_their_answers_were_lost(
    town: Town, ann: Workstation
) -> None:
    visit = ann.insert(a_visit(town, notes="a"))
    ann.sync()
    active(town, town.ann, yes=False)
    ann.update("clinic_visits", visit, notes="b")
    ann.sync()
    ann.update("clinic_visits", visit, notes="c")
    with pytest.raises(UnreachableError):
        ann.sync(LosesAnswers(ann.direct(), "/v1/push"))
    assert [item["state"] for item in ann.queue()][1:] == ["HELD", "IN_FLIGHT"]
    review(town).release(Wanted([ann.queue()[1]["mutation_id"]]), DORA)
    ann.update("clinic_visits", visit, notes="d")
    ann.sync()
    assert [item["last_error"] for item in ann.queue("HELD", "REJECTED")] == ["author_inactive", "depends"]
    review(town).release(Wanted(device=ann.device), DORA)
    ann.sync()
    assert ((town.rows("clinic_visits", visit) or {})["notes"], ann.conflicts()) == ("d", [])
    assert {item["state"] for item in ann.queue()} == {"APPLIED"}
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)


def test_scenario_40_an_answer_that_comes_after_a_newer_row_does_not_set_the_row_back(
    town: Town, ann: Workstation, second: Workstation
) -> None:
    """Released while the session ran, and changed by another desk before the answer was asked for."""
    visit = ann.insert(a_visit(town, notes="a"))
    for desk in (ann, second):
        desk.sync()
    active(town, town.ann, yes=False)
    ann.update("clinic_visits", visit, notes="b")
    ann.sync()
    session = ann.session()
    while session.phase.value != "pull":
        session.step()
    review(town).release(Wanted(device=ann.device), DORA)
    active(town, town.ann, yes=True)
    second.sync()
    second.update("clinic_visits", visit, notes="c")
    second.sync()
    while session.step():
        pass
    ann.sync()
    assert {item["state"] for item in ann.queue()} == {"APPLIED"}
    assert ann.row("clinic_visits", visit)["notes"] == "c"
    assert_nothing_lost(town, ann, second)
    assert_equal_to_district(ann, second)
