"""The district restored from a backup: nothing that a workstation ever sent or saw is lost (scenario 17)."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from tests.support.databases import DISTRICT_SCHEMA, district_uri, postgres_uri
from tests.support.district import Town
from tests.support.restoring import Backups, backups_of
from tests.support.sync_rows import a_visit, an_allergy
from tests.support.workstation import (
    DirectLine,
    Workstation,
    assert_equal_to_district,
    assert_nothing_lost,
    open_workstation,
)

from clinicdesk.server.database import Database
from clinicdesk.server.house import House, Settings, settle_epoch, write_mark
from clinicdesk.server.review import Review, Wanted
from clinicdesk.sync.ports import Answer, M
from clinicdesk.sync.restored import KEPT_FOR

__all__ = ["district_uri", "postgres_uri"]

NewDesk = Callable[..., Workstation]


@pytest.fixture
def town(district_uri: str) -> Iterator[Town]:
    with contextlib.closing(Database(district_uri, DISTRICT_SCHEMA, connections=6)) as database:
        yield Town.found(database)


@pytest.fixture
def backups(town: Town, postgres_uri: str) -> Iterator[Backups]:
    with backups_of(town, postgres_uri) as made:
        yield made


@pytest.fixture
def new_desk(town: Town, tmp_path: Path) -> Iterator[NewDesk]:
    """Makes workstations that have synced once: `new_desk(user, school, ...)`."""
    made: list[Workstation] = []

    def make(user: str, *schools: str, **options: object) -> Workstation:
        desk = open_workstation(tmp_path / f"desk{len(made)}", town, user, *schools, **options)  # type: ignore[arg-type]
        desk.sync()
        made.append(desk)
        return desk

    yield make
    for desk in made:
        desk.close()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "house", Settings(DISTRICT_SCHEMA, "127.0.0.1:1", []))


def row_count(town: Town, table: str) -> int:
    ((count,),) = town.query(f"SELECT count(*) FROM {table}")
    return int(count)


def epoch_of(town: Town) -> str:
    ((epoch,),) = town.query("SELECT epoch::text FROM server_state")
    return str(epoch)


def open_conflicts(town: Town) -> int:
    ((count,),) = town.query("SELECT count(*) FROM sync_conflicts WHERE status = 'PENDING'")
    return int(count)


def a_day_of_two_desks(ann: Workstation, second: Workstation) -> str:
    """A visit written at one desk, edited at the other and at the first again; an allergy deleted. Its key."""
    visit = ann.insert(a_visit(ann.town, notes="by Ann"))
    allergy = ann.insert(an_allergy(ann.town))
    for desk in (ann, second):
        desk.sync()
    second.update("clinic_visits", visit, notes="seen by the second desk")
    second.sync()
    ann.sync()
    ann.update("clinic_visits", visit, treatment="Ice pack")
    ann.delete("allergies", allergy)
    ann.sync()
    second.sync()
    return visit


@pytest.mark.parametrize("ann_first", [True, False])
def test_scenario_17_a_district_restored_from_yesterday_gets_back_what_both_desks_had_sent(
    town: Town, backups: Backups, new_desk: NewDesk, house: House, ann_first: bool
) -> None:
    ann, second = new_desk(town.ann, town.oak), new_desk(town.ann, town.oak)
    settle_epoch(house, town.database, town.clock)
    restore = backups.keep()
    visit = a_day_of_two_desks(ann, second)
    told = {table: row_count(town, table) for table in ("clinic_visits", "allergies", "sync_conflicts")}
    before = (town.rows("clinic_visits", visit) or {})["row_version"]
    write_mark(house, town.database)
    restore()
    assert row_count(town, "clinic_visits") == 0
    assert settle_epoch(house, town.database, town.clock), "the file beside the database knows more than it"
    for desk in [ann, second, ann, second] if ann_first else [second, ann, second, ann]:
        desk.sync()
    found = town.rows("clinic_visits", visit) or {}
    assert (found["notes"], found["treatment"]) == ("seen by the second desk", "Ice pack")
    assert found["row_version"] == before
    assert {table: row_count(town, table) for table in told} == told, "nothing is doubled"
    assert open_conflicts(town) == 0
    assert Review(town.database, town.clock).listed() == []
    assert_nothing_lost(town, ann, second)
    assert_equal_to_district(ann, second)
    for desk in (ann, second):
        assert desk.row("clinic_visits", visit)["treatment"] == "Ice pack"
        assert desk.queue("HELD", "REJECTED", "PENDING", "IN_FLIGHT") == []


def test_scenario_17_a_rollback_of_the_whole_machine_shows_by_the_pair_that_a_cursor_carries(
    town: Town, backups: Backups, new_desk: NewDesk, house: House
) -> None:
    """The file went back with the database, so only a workstation can tell."""
    ann, second = new_desk(town.ann, town.oak), new_desk(town.ann, town.oak)
    settle_epoch(house, town.database, town.clock)
    write_mark(house, town.database)
    restore = backups.keep()
    before = epoch_of(town)
    visit = a_day_of_two_desks(ann, second)
    restore()
    assert not settle_epoch(house, town.database, town.clock)
    for desk in (ann, second, ann, second):
        desk.sync()
    assert epoch_of(town) != before
    ((epochs,),) = town.query("SELECT count(*) FROM server_epochs WHERE reason = 'workstation'")
    assert epochs == 1, "the second desk finds the epoch that the first one proved"
    assert (town.rows("clinic_visits", visit) or {})["treatment"] == "Ice pack"
    assert open_conflicts(town) == 0
    assert_nothing_lost(town, ann, second)
    assert_equal_to_district(ann, second)


def test_scenario_17_an_acknowledgement_newer_than_every_cursor_proves_the_rollback_too(
    town: Town, backups: Backups, new_desk: NewDesk
) -> None:
    """The session was cut between its push and its pull, so the cursor is older than what was acknowledged."""
    ann = new_desk(town.ann, town.oak)
    restore = backups.keep()
    visit = ann.insert(a_visit(town))
    session = ann.session()
    while session.phase.value != "pull":
        session.step()
    assert [item["state"] for item in ann.queue()] == ["APPLIED"]
    restore()
    ann.sync()
    assert town.rows("clinic_visits", visit) is not None
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)


def test_scenario_17_a_row_whose_author_is_gone_is_offered_back_and_shown_until_somebody_decides(
    town: Town, backups: Backups, new_desk: NewDesk
) -> None:
    gone, second, third = (new_desk(town.ann, town.oak) for _ in range(3))
    old = gone.insert(a_visit(town, notes="before the backup"))
    gone.sync()
    second.sync()
    restore = backups.keep()
    lost = gone.insert(an_allergy(town))
    gone.update("clinic_visits", old, notes="after the backup")
    gone.sync()
    second.sync()
    restore()
    totals = second.sync()
    assert totals.held == 2
    assert second.row("allergies", lost)["allergen"] == "Peanut"
    assert second.row("clinic_visits", old)["notes"] == "after the backup"
    assert {item["last_error"] for item in second.queue("HELD")} == {"lost_row"}
    assert_equal_to_district(second)
    review = Review(town.database, town.clock)
    report = review.listed(Wanted(reason="lost_row"))
    assert {(item["table"], item["row"]) for item in report} == {("allergies", lost), ("clinic_visits", old)}
    assert "Peanut" not in msgspec.json.encode(report).decode(), "a report names rows and no values"
    done = review.release(Wanted(reason="lost_row"), town.dora)
    assert {item["outcome"] for item in done} <= {"applied", "merged"}
    for desk in (second, third, second):
        desk.sync()
    for desk in (second, third):
        assert desk.row("allergies", lost)["allergen"] == "Peanut"
        assert desk.row("clinic_visits", old)["notes"] == "after the backup"
        assert desk.queue("HELD") == []
    assert open_conflicts(town) == 0
    assert_equal_to_district(second, third)


def test_scenario_17_an_offer_is_settled_by_itself_when_the_authors_own_desk_comes_back(
    town: Town, backups: Backups, new_desk: NewDesk
) -> None:
    author, reader = new_desk(town.ann, town.oak), new_desk(town.ann, town.oak)
    restore = backups.keep()
    visit = a_day_of_two_desks(author, author)
    reader.sync()
    restore()
    reader.sync()
    assert len(reader.queue("HELD")) == 2
    author.sync()
    reader.sync()
    assert reader.queue("HELD", "REJECTED") == []
    assert Review(town.database, town.clock).listed() == []
    assert reader.row("clinic_visits", visit)["treatment"] == "Ice pack"
    assert_nothing_lost(town, author)
    assert_equal_to_district(author, reader)


def test_scenario_17_what_was_written_since_the_restore_is_not_undone_by_who_comes_late(
    town: Town, backups: Backups, new_desk: NewDesk
) -> None:
    author, late = new_desk(town.ann, town.oak), new_desk(town.ann, town.oak)
    restore = backups.keep()
    visit = a_day_of_two_desks(author, late)
    restore()
    author.sync()
    author.update("clinic_visits", visit, treatment="Warm pack", reason_for_visit=["STOMACHACHE"])
    author.sync()
    author.update("clinic_visits", visit, treatment="Warm pack, 10 minutes")
    author.sync()
    for desk in (late, author, late):
        desk.sync()
    found = town.rows("clinic_visits", visit) or {}
    assert (found["notes"], found["treatment"]) == ("seen by the second desk", "Warm pack, 10 minutes")
    assert (open_conflicts(town), Review(town.database, town.clock).listed()) == (0, [])
    assert_nothing_lost(town, author, late)
    assert_equal_to_district(author, late)


def test_scenario_17_a_dismissed_offer_leaves_the_desk_that_made_it(
    town: Town, backups: Backups, new_desk: NewDesk
) -> None:
    gone, second = new_desk(town.ann, town.oak), new_desk(town.ann, town.oak)
    old = gone.insert(a_visit(town, notes="before the backup"))
    gone.sync()
    second.sync()
    restore = backups.keep()
    lost = gone.insert(an_allergy(town))
    gone.update("clinic_visits", old, notes="after the backup")
    gone.sync()
    second.sync()
    restore()
    second.sync()
    Review(town.database, town.clock).dismiss(Wanted(reason="lost_row"), town.dora, "written down on paper since")
    second.sync()
    assert second.rows("SELECT id FROM allergies WHERE id = ?", lost) == []
    assert second.row("clinic_visits", old)["notes"] == "before the backup"
    assert_equal_to_district(second)


class RestoresBefore:
    """The district is restored while a session runs, just before its nth request."""

    def __init__(self, line: DirectLine, number: int, restore: Callable[[], None]) -> None:
        self._line = line
        self._left = number
        self._restore = restore
        self.restored = False

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        self._left -= 1
        if self._left == 0:
            self._restore()
            self.restored = True
        return self._line.ask(path, request, kind)


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_scenario_17_a_restore_in_the_middle_of_a_session_loses_nothing_either(
    town: Town, backups: Backups, new_desk: NewDesk, house: House, number: int
) -> None:
    ann, second = new_desk(town.ann, town.oak), new_desk(town.ann, town.oak)
    settle_epoch(house, town.database, town.clock)
    restore = backups.keep()
    visit = a_day_of_two_desks(ann, second)
    write_mark(house, town.database)
    second.update("clinic_visits", visit, treatment="Ice pack, twice")
    second.sync()
    late = ann.insert(a_visit(town, notes="pending when it happened"))

    def happens() -> None:
        restore()
        settle_epoch(house, town.database, town.clock)

    ann.sync(RestoresBefore(ann.direct(), number, happens))
    for desk in (second, ann, second):
        desk.sync()
    assert (town.rows("clinic_visits", visit) or {})["treatment"] == "Ice pack, twice"
    assert (town.rows("clinic_visits", late) or {})["notes"] == "pending when it happened"
    assert_nothing_lost(town, ann, second)
    assert_equal_to_district(ann, second)


def test_scenario_17_settled_changes_are_kept_until_a_backup_covers_them_and_thirty_days_at_least(
    town: Town, new_desk: NewDesk
) -> None:
    ann = new_desk(town.ann, town.oak)
    ann.insert(a_visit(town))
    ann.sync()
    (item,) = ann.queue("APPLIED")
    town.clock.advance(KEPT_FOR + dt.timedelta(days=1))
    ann.sync()
    assert len(ann.queue("APPLIED")) == 1, "no backup covers it"
    ann.insert(a_visit(town, notes="younger"))
    ann.sync()
    with town.database.owning() as connection:
        connection.execute("UPDATE server_state SET durable_seq = last_seq")
    ann.sync()
    assert [left["mutation_id"] for left in ann.queue("APPLIED")] != [item["mutation_id"]]
    assert len(ann.queue("APPLIED")) == 1, "the younger one is covered and not old enough"


def test_scenario_17_audit_rows_that_were_uploaded_are_uploaded_again(
    town: Town, backups: Backups, new_desk: NewDesk
) -> None:
    ann = new_desk(town.ann, town.oak)
    with town.database.owning() as connection:
        connection.execute("UPDATE server_state SET durable_seq = last_seq")
    ann.sync()
    ann.sync()
    restore = backups.keep()
    ann.insert(a_visit(town))
    for _again in range(3):
        ann.sync()
    sent = "SELECT count(*) FROM audit_logs WHERE device_id = %s"
    ((before,),) = town.query(sent, ann.device)
    restore()
    ((lost,),) = town.query(sent, ann.device)
    assert lost < before
    ann.sync()
    ann.sync()
    ((after,),) = town.query(sent, ann.device)
    assert after >= before
