"""Students and schools move at random while two desks type and sync: no word that somebody typed is ever gone (I0)."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from tests.integration.sync.conftest import NewDesk
from tests.support.district import Town, fresh
from tests.support.sync_rows import an_allergy
from tests.support.workstation import Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.server.device_scopes import give_schools
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.server.review import Review, Wanted

SCHOOLS = (("OAK",), ("ELM",), ("OAK", "ELM"))
PUPILS = ("iris", "kim")
MOVES = 30


class Moving:
    """Two desks of an administrator, who has authority everywhere: what is held is held for its scope alone."""

    def __init__(self, town: Town, desks: list[Workstation], chance: random.Random) -> None:
        self.town = town
        self.desks = desks
        self.chance = chance
        self.typed: list[str] = []
        self.superseded: set[str] = set()
        """Typed over at the same desk before they were sent: replaced by their own author's later word."""

    def move(self) -> None:
        """One thing happens."""
        acts = [self.transfer, self.change_schools, self.type_new, self.edit, self.edit, self.sync, self.sync]
        self.chance.choice(acts)()

    def transfer(self) -> None:
        name = self.chance.choice(PUPILS)
        student = self.town.students[name]
        to = self.chance.choice((self.town.oak, self.town.elm))
        if enrolled(self.town, name) == to:
            return
        today = self.town.clock.now().date()
        with self.town.database.owning() as connection:
            writes = OwnWrites(connection, self.town.district, None, self.town.clock.now())
            ((enrolment,),) = connection.execute(
                "SELECT id::text FROM student_enrollments WHERE student_id = %s AND status <> 'ENDED'", (student,)
            ).fetchall()
            writes.update("student_enrollments", enrolment, {"status": "ENDED", "ends_on": today})
            enrolment_there = {"student_id": student, "school_id": to, "starts_on": today}
            writes.insert("student_enrollments", {fresh(): enrolment_there})
            writes.update("students", student, {"school_id": to})
            writes.close()

    def change_schools(self) -> None:
        desk = self.chance.choice(self.desks)
        give_schools(self.town.database, self.town.clock, desk.device, self.chance.choice(SCHOOLS), everything=False)

    def sync(self) -> None:
        self.chance.choice(self.desks).sync()

    def type_new(self) -> None:
        desk, name = self.chance.choice(self.desks), self.chance.choice(PUPILS)
        if desk.rows("SELECT id FROM students WHERE id = ?", self.town.students[name]):
            self._say(lambda words: desk.insert(an_allergy(self.town, name, notes=words)))

    def edit(self) -> None:
        desk = self.chance.choice(self.desks)
        found = desk.rows("SELECT id FROM allergies ORDER BY id")
        if found:
            key = self.chance.choice(found)["id"]
            unsent = "".join(item["changes"] for item in desk.queue("PENDING", "REJECTED") if item["entity_id"] == key)
            self.superseded |= {words for words in self.typed if words in unsent}
            self._say(lambda words: desk.update("allergies", key, notes=words))

    def _say(self, write: Callable[[str], object]) -> None:
        words = f"words {len(self.typed)} end"
        write(words)
        self.typed.append(words)

    def lost(self) -> list[str]:
        """Words that stand at no workstation, in no queue, and nowhere at the district."""
        kept = "".join(
            str(row)
            for desk in self.desks
            for table in ("allergies", "sync_queue_items", "sync_conflicts")
            for row in desk.rows(f"SELECT * FROM {table}")
        )
        for table in ("allergies", "sync_conflicts", "sync_inbox", "change_history"):
            kept += "".join(str(row) for row in self.town.query(f"SELECT row_to_json(t)::text FROM {table} t"))
        return [words for words in self.typed if words not in kept and words not in self.superseded]


def enrolled(town: Town, name: str) -> str:
    ((school,),) = town.query(
        "SELECT school_id::text FROM student_enrollments WHERE student_id = %s AND status <> 'ENDED'",
        town.students[name],
    )
    return str(school)


def no_word_is_gone(town: Town, new_desk: NewDesk, seed: int) -> None:
    desks = [new_desk(town.dora, town.oak), new_desk(town.dora, town.elm)]
    for desk in desks:
        desk.sync()
    moving = Moving(town, desks, random.Random(seed))
    for number in range(MOVES):
        moving.move()
        assert moving.lost() == [], (seed, number)
    for _round in range(3):
        for desk in desks:
            desk.sync()
        Review(town.database, town.clock).release(Wanted(), "dora@example.org")
    for desk in desks:
        desk.sync()
    assert moving.lost() == [], seed
    waiting = [item["state"] for desk in desks for item in desk.queue("HELD", "REJECTED", "PENDING", "IN_FLIGHT")]
    assert waiting == [], seed
    assert_nothing_lost(town, *desks)
    assert_equal_to_district(*desks)
    for desk in desks:
        mine = {row["scope_id"] for row in desk.rows("SELECT scope_id FROM sync_cursors")}
        here = {row["id"] for row in desk.rows("SELECT id FROM students")}
        assert here == {key for name, key in town.students.items() if enrolled(town, name) in mine}, seed


@pytest.mark.parametrize("seed", range(4))
def test_i0_whatever_moves_no_word_that_somebody_typed_is_gone(town: Town, new_desk: NewDesk, seed: int) -> None:
    no_word_is_gone(town, new_desk, seed)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(100, 160))
def test_i0_whatever_moves_in_many_orders_no_word_is_gone(town: Town, new_desk: NewDesk, seed: int) -> None:
    no_word_is_gone(town, new_desk, seed)
