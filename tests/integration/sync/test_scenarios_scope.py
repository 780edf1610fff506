"""Scenarios 30, 31, 41-47 on real workstations: scope, authority, and everything held; numbers that change hands."""

from __future__ import annotations

from tests.integration.sync.conftest import NewDesk
from tests.support.district import Town, update
from tests.support.workstation import Workstation, assert_equal_to_district

from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.server.review import Review

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
