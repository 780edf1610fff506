"""`kill -9` at 100 random moments, of the sync process or of the district: nothing is lost, nothing is there twice."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.faults.processes import ServedDistrict, SyncingDesk, kill_desk
from tests.support.databases import DISTRICT_SCHEMA, district_uri, postgres_uri
from tests.support.district import Desk, Town, allergy, insert, update, visit
from tests.support.sync_rows import a_visit, an_allergy
from tests.support.workstation import assert_equal_to_district, assert_nothing_lost, open_workstation

from clinicdesk.core.clock import SettableClock, SystemClock
from clinicdesk.server import epochs, office
from clinicdesk.server.database import Database

__all__ = ["district_uri", "postgres_uri"]

PARTS = 4
KILLS = 25
"""In each part: together the hundred of the design."""

KILLS_A_ROUND = 5
ROWS = 100
MOST_MISSED = 40
"""Of moments that came after the end of their session: what is left after a kill may be done sooner than thought."""


@dataclass
class Pair:
    """One workstation, its district, and another desk that speaks to the same database."""

    town: Town
    district: ServedDistrict
    syncing: SyncingDesk
    others: Desk
    typed: int = 0
    theirs: int = 0
    texts: set[str] = field(default_factory=set)

    def write_on_both_sides(self) -> None:
        """Rows here and there, and one row that both change: every round ends with one conflict more."""
        desk, iris = self.syncing.desk, self.town.students["iris"]
        shared = self.others.push_one(insert("allergies", allergy(iris, notes="before")))
        assert shared.reason is None
        self.theirs += ROWS
        visits = [visit(iris, self.town.oak, self.town.ann, notes=f"theirs {n}") for n in range(ROWS)]
        self.others.push(*(insert("clinic_visits", values) for values in visits))
        with desk.write() as session:
            for number in range(self.typed, self.typed + ROWS):
                self.texts.add(f"mine {number}")
                session.add(a_visit(self.town, notes=f"mine {number}"))
        self.typed += ROWS
        own = desk.rows("SELECT id FROM allergies WHERE notes LIKE 'mine%' ORDER BY id")
        desk.insert(an_allergy(self.town, notes=f"mine {self.typed}"))
        if own:
            key = own[-1]["id"]
            row = self.town.rows("allergies", key) or {}
            self.others.push(update("allergies", key, row["row_version"], treatment=(row["treatment"], "theirs")))
            desk.update("allergies", key, treatment=f"mine {self.typed}")

    def check(self) -> None:
        """After a whole session: every row is on both sides, once."""
        visits = self.town.query("SELECT notes FROM clinic_visits")
        assert len(visits) == self.typed + self.theirs
        assert {notes for (notes,) in visits if notes.startswith("mine")} == self.texts
        ((here,),) = [tuple(row.values()) for row in self.syncing.desk.rows("SELECT count(*) FROM clinic_visits")]
        assert here == self.typed + self.theirs
        twice = self.town.query(
            "SELECT table_name, row_id, mutation_id FROM change_history WHERE mutation_id IS NOT NULL"
            " GROUP BY 1, 2, 3 HAVING count(*) > 1"
        )
        assert twice == []
        assert self.syncing.desk.queue("PENDING", "IN_FLIGHT", "HELD", "REJECTED") == []


@pytest.fixture
def pair(district_uri: str, tmp_path: Path) -> Iterator[Pair]:
    with contextlib.closing(Database(district_uri, DISTRICT_SCHEMA, connections=4)) as database:
        town = Town.found(database)
        # Real programs look at the real clock.
        town.clock = SettableClock(SystemClock().now())
        town.exchange.clock = town.clock
        district = ServedDistrict.of(town, tmp_path / "district")
        desk = open_workstation(tmp_path / "desk", town, town.ann, town.oak)
        try:
            yield Pair(town, district, SyncingDesk.of(desk, district), town.desk(town.ann, town.oak))
        finally:
            desk.close()
            district.stop()


@pytest.mark.parametrize("part", range(PARTS))
def test_programs_killed_at_random_moments_lose_nothing_and_do_nothing_twice(pair: Pair, part: int) -> None:
    chance = random.Random(f"kill -9, part {part}")
    epoch = epoch_of(pair.town)
    pair.syncing.whole()
    pair.write_on_both_sides()
    _first, length = pair.syncing.whole()
    pair.check()
    hit, missed = 0, 0
    while hit < KILLS:
        pair.write_on_both_sides()
        left = length
        for _kill in range(KILLS_A_ROUND):
            whom, after = chance.choice(["desk", "desk", "district"]), chance.uniform(0, left)
            if whom == "desk":
                phase = pair.syncing.cut(after, kill_desk, lambda: None)
            else:
                phase = pair.syncing.cut(after, lambda _process: pair.district.kill(), pair.district.restart)
            print(
                f"part {part}, kill {hit + 1}: the {whom} after {after * 1000:.0f} of {length * 1000:.0f} ms: {phase}"
            )
            if phase is None:
                # It came to its end: there is nothing left that a death could cut off.
                missed += 1
                break
            hit += 1
            left -= after / 2  # the next goes on where it fell
        ended, _took = pair.syncing.whole()
        assert ended.session["equal"] is True, ended
        pair.check()
    assert missed <= MOST_MISSED
    assert epoch_of(pair.town) == epoch, "a server that was killed is not one that was restored"
    desk = pair.syncing.desk
    assert office.verify(pair.town.database) == []
    assert len(desk.conflicts()) > 0
    desk.sync()
    assert_nothing_lost(pair.town, desk)
    assert_equal_to_district(desk)


def epoch_of(town: Town) -> str:
    with town.database.owning() as connection:
        return epochs.current(connection)
