"""What time alone does: the last school lets go after 180 days, receipts and nonces are kept long enough (D10, D23)."""

from __future__ import annotations

import datetime as dt
import threading

from tests.integration.server.test_pull_and_scope import held_students
from tests.support.district import NOW, Desk, Town, allergy, fresh, insert

from clinicdesk.server.gate import NONCE_LIFE
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.server.sessions import RECEIPT_LIFE
from clinicdesk.server.upkeep import Upkeep, keep_up, upkeep
from clinicdesk.sync.protocol import UNASSIGNED

NOTHING = Upkeep(moved=0, nonces=0, receipts=0)


def after(town: Town, days: int) -> Upkeep:
    """A round, so many days later."""
    town.clock.advance(NOW + dt.timedelta(days=days) - town.clock.now())
    return keep_up(town.database, town.district, town.clock)


def scopes(town: Town, name: str) -> set[str]:
    found = town.query("SELECT scope_id::text FROM scope_members WHERE anchor_id = %s", town.students[name])
    return {scope for (scope,) in found}


def end_enrolment(town: Town, name: str, on: str) -> None:
    pupil = town.students[name]
    ((enrolment,),) = town.query("SELECT id::text FROM student_enrollments WHERE student_id = %s", pupil)
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, town.dora, town.clock.now())
        writes.update("student_enrollments", enrolment, {"ends_on": on})
        writes.close()


def equal(desk: Desk) -> bool:
    roots = desk.pull()
    return desk.digests() == roots


def test_d10_the_last_school_keeps_a_student_for_180_days_and_then_only_all_have_her(town: Town) -> None:
    oak, everywhere = town.desk(town.ann, town.oak), town.desk(town.dora, everything=True)
    note = insert("allergies", allergy(town.students["iris"]))
    oak.push(note)
    end_enrolment(town, "iris", "2026-03-02")
    assert (after(town, 180), scopes(town, "iris")) == (NOTHING, {town.oak})
    oak.pull()
    assert town.students["iris"] in held_students(oak)
    assert (after(town, 181).moved, scopes(town, "iris")) == (1, {UNASSIGNED})
    assert equal(oak)
    assert equal(everywhere)
    assert town.students["iris"] not in held_students(oak)
    assert {place for place in everywhere.held if place[0] == "allergies"} == {("allergies", note.key)}
    assert after(town, 181) == NOTHING


def test_d10_an_enrolment_that_ends_by_its_date_lets_the_student_go_that_day(town: Town) -> None:
    """She is at two schools; at one of them until Friday. Nobody writes anything on Saturday."""
    pupil = town.students["iris"]
    end_enrolment(town, "iris", "2026-03-06")
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, town.dora, town.clock.now())
        values = {"student_id": pupil, "school_id": town.elm, "starts_on": "2026-03-02"}
        writes.insert("student_enrollments", {fresh(): values})
        writes.close()
    elm, oak = town.desk(town.ben, town.elm), town.desk(town.ann, town.oak)
    assert equal(oak)
    assert (after(town, 4), scopes(town, "iris")) == (NOTHING, {town.oak, town.elm})
    assert (after(town, 5).moved, scopes(town, "iris")) == (1, {town.elm})
    assert equal(elm)
    assert equal(oak)
    assert pupil in held_students(elm)
    assert pupil not in held_students(oak)


def test_scenario_44_what_the_old_desk_still_had_of_her_goes_in_after_the_180_days(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    desk.pull()
    desk.open()
    end_enrolment(town, "iris", "2026-03-02")
    after(town, 200)
    late = insert("allergies", allergy(town.students["iris"]))
    assert desk.push_one(late).outcome.value == "applied"


def test_scenario_01_receipts_answer_for_400_days(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    batch = desk.batch(insert("allergies", allergy(town.students["iris"])))
    first = town.exchange.push(desk.known(), batch)
    assert dt.timedelta(days=400) <= RECEIPT_LIFE
    assert after(town, 400).receipts == 0
    assert town.exchange.push(desk.known(), batch).results == first.results
    assert after(town, 401).receipts == 1
    again = town.exchange.push(desk.known(), batch).results[0]
    assert (again.outcome.value, again.version) == ("merged", 1)


def test_i0_the_receipt_of_an_item_that_still_waits_is_kept_however_old(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    desk.push(insert("allergies", allergy(town.students["kim"])))
    assert after(town, 5_000).receipts == 0
    assert town.query("SELECT state FROM sync_inbox") == [("REVIEW",)]


def test_d23_a_nonce_counts_for_400_days(town: Town) -> None:
    device = fresh()
    with town.database.merging(device) as connection:
        connection.execute(
            "INSERT INTO device_nonces (device_id, nonce, expires_at) VALUES (%s, 'used', %s)",
            (device, NOW + NONCE_LIFE),
        )
    assert dt.timedelta(days=400) <= NONCE_LIFE
    assert after(town, 400).nonces == 0
    assert after(town, 401).nonces == 1


def test_a_served_district_is_kept_up_at_once(town: Town) -> None:
    end_enrolment(town, "iris", "2025-08-25")
    assert scopes(town, "iris") == {UNASSIGNED}
    end_enrolment(town, "jack", "2026-03-02")
    town.clock.advance(dt.timedelta(days=181))
    with upkeep(town.database, town.district, town.clock):
        done = threading.Event()
        while scopes(town, "jack") != {UNASSIGNED}:
            done.wait(0.01)
    assert scopes(town, "jack") == {UNASSIGNED}
