"""Scenarios 30, 31, 41-47 on real workstations: scope, authority, and everything held; numbers that change hands."""

from __future__ import annotations

import datetime as dt
import uuid

import msgspec
import pytest
from tests.integration.sync.conftest import NewDesk
from tests.support.district import Town, fresh, update
from tests.support.faulty import LosesAnswers, Rewrites
from tests.support.sync_rows import a_visit, an_allergy
from tests.support.workstation import DirectLine, Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.models import ClinicalNote
from clinicdesk.server.device_scopes import give_schools, revoke
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.server.review import Review, Wanted
from clinicdesk.sync.errors import RevokedError, UnreachableError
from clinicdesk.sync.protocol import PullPage, PullRequest, PushBatch
from clinicdesk.sync.status import read_status

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


# --- s46, s47: schools are given and taken ---------------------------------------------------------------------------


def schools(town: Town, desk: Workstation, *named: str) -> None:
    give_schools(town.database, town.clock, desk.device, named, everything=False)


def pulled(line: DirectLine) -> dict[str, int]:
    """How many rows came for each scope that was asked for, whether they were news or not."""
    rows: dict[str, int] = {}
    for (_path, request), page in zip(line.asked, line.replies, strict=True):
        if isinstance(request, PullRequest) and isinstance(page, PullPage):
            for scope in request.scopes:
                rows[scope] = rows.get(scope, 0) + sum(len(part.rows) for part in page.tables)
    return rows


@pytest.mark.sent_once
def test_scenario_46_a_second_school_brings_the_difference_alone(
    town: Town, ann: Workstation, new_desk: NewDesk
) -> None:
    """Twenty visits at Oak, three at Elm: the desk of Oak that gets Elm as well is sent what is Elm's."""
    for number in range(20):
        ann.insert(a_visit(town, "jack", notes=f"oak {number}"))
    ann.sync()
    elm = new_desk(town.ben, town.elm)
    elm.sync()
    for number in range(3):
        elm.insert(a_visit(town, "kim", notes=f"elm {number}"), who=town.ben)
    elm.sync()
    ann.sync()
    before = {row["id"] for row in ann.rows("SELECT id FROM clinic_visits")}
    schools(town, ann, "OAK", "ELM")
    line = ann.direct()
    totals = ann.sync(line)
    students_their_enrolments_and_visits = 2 + 2 + 3
    district_school_and_people_that_these_name = 5
    assert pulled(line) == {
        town.district: 0,
        town.oak: 0,
        town.elm: students_their_enrolments_and_visits + district_school_and_people_that_these_name,
    }
    assert totals.pulled == students_their_enrolments_and_visits
    assert {row["id"] for row in ann.rows("SELECT id FROM clinic_visits")} > before
    again = ann.direct()
    ann.sync(again)
    assert "/v1/pull" not in again.paths
    assert_equal_to_district(ann, elm)


def test_scenario_46_a_student_of_both_schools_is_neither_fetched_twice_nor_removed(
    town: Town, ann: Workstation
) -> None:
    enrol_at(town, "iris", town.elm)
    visit = ann.insert(a_visit(town, "iris"))
    ann.sync()
    schools(town, ann, "OAK", "ELM")
    ann.sync()
    schools(town, ann, "ELM")
    assert_equal_after(ann)
    assert ann.row("clinic_visits", visit)["id"] == visit
    assert {row["first_name"] for row in ann.rows("SELECT first_name FROM students")} == {"Iris", "Kim", "Lou"}


def test_scenario_46_a_nurse_who_moves_to_another_school_leaves_the_old_one_behind(
    town: Town, ann: Workstation
) -> None:
    visit = ann.insert(a_visit(town, "iris"))
    ann.sync()
    schools(town, ann, "ELM")
    assert_equal_after(ann)
    assert {row["first_name"] for row in ann.rows("SELECT first_name FROM students")} == {"Kim", "Lou"}
    assert ann.rows("SELECT id FROM clinic_visits WHERE id = ?", visit) == []
    schools(town, ann, "OAK")
    assert_equal_after(ann)
    assert ann.row("clinic_visits", visit)["id"] == visit


def test_scenario_47_what_was_typed_for_a_school_that_was_taken_away_is_handed_in_before_anything_goes(
    town: Town, ann: Workstation
) -> None:
    visit = ann.insert(a_visit(town, "iris", notes="before"))
    ann.sync()
    ann.update("clinic_visits", visit, notes="typed offline")
    new = ann.insert(an_allergy(town, "iris", notes="typed offline too"))
    schools(town, ann, "ELM")
    session = ann.session()
    session.step()
    assert ann.row("clinic_visits", visit)["notes"] == "typed offline", "the purge waits"
    while session.step():
        pass
    kept = {item["entity_id"]: (item["state"], item["last_error"]) for item in ann.queue("HELD", "REJECTED")}
    there = {key: town.rows(table, key) for table, key in (("clinic_visits", visit), ("allergies", new))}
    for key, row in there.items():
        assert key in kept or (row or {})["notes"].startswith("typed offline")
    for key in kept:
        assert ann.rows(
            "SELECT id FROM clinic_visits WHERE id = ? UNION SELECT id FROM allergies WHERE id = ?", key, key
        )
    review(town).release(Wanted(device=ann.device), DORA)
    ann.sync()
    ann.sync()
    assert (town.rows("clinic_visits", visit) or {})["notes"] == "typed offline"
    assert (town.rows("allergies", new) or {})["notes"] == "typed offline too"
    assert ann.rows("SELECT id FROM students WHERE id = ?", town.students["iris"]) == []
    assert ann.queue("HELD", "REJECTED", "PENDING") == []
    assert_nothing_lost(town, ann)
    assert_equal_after(ann)


def assert_equal_after(desk: Workstation) -> None:
    desk.sync()
    assert_equal_to_district(desk)


def enrol_at(town: Town, name: str, school: str) -> None:
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, None, town.clock.now())
        values = {"student_id": town.students[name], "school_id": school, "starts_on": town.clock.now().date()}
        writes.insert("student_enrollments", {fresh(): {**values, "is_primary": False}})
        writes.close()


# --- s45: there and back again ---------------------------------------------------------------------------------------


def transfer(town: Town, name: str, school: str) -> None:
    """A transfer, as the district's own transaction."""
    student = town.students[name]
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, None, town.clock.now())
        ((enrolment,),) = connection.execute(
            "SELECT id::text FROM student_enrollments WHERE student_id = %s AND status <> 'ENDED'", (student,)
        ).fetchall()
        today = town.clock.now().date()
        writes.update("student_enrollments", enrolment, {"status": "ENDED", "ends_on": today})
        writes.insert(
            "student_enrollments", {fresh(): {"student_id": student, "school_id": school, "starts_on": today}}
        )
        writes.update("students", student, {"school_id": school})
        writes.close()


RECORD_OF_IRIS = 30
WRITTEN_BY_TWO_TRANSFERS = 1 + 3
"""The student's row, and the enrolments: one that ended, the one at the other school, the new one."""


@pytest.fixture
def long_record(town: Town, ann: Workstation) -> Workstation:
    for number in range(RECORD_OF_IRIS):
        ann.insert(a_visit(town, "iris", notes=f"visit {number}"))
    ann.sync()
    return ann


def visits(desk: Workstation) -> int:
    return len(desk.rows("SELECT id FROM clinic_visits"))


@pytest.mark.sent_once
def test_scenario_45_there_and_back_before_the_desk_syncs_brings_and_removes_nothing(
    town: Town, long_record: Workstation
) -> None:
    for there in (town.elm, town.oak):
        transfer(town, "iris", there)
    line = long_record.direct()
    totals = long_record.sync(line)
    assert (totals.removed, totals.repaired, visits(long_record)) == (0, 0, RECORD_OF_IRIS)
    assert set(pulled(line).values()) == {WRITTEN_BY_TWO_TRANSFERS}
    assert line.paths.count("/v1/pull") == 1
    assert long_record.rows("SELECT id FROM audit_logs WHERE action = 'LEAVE_PURGE'") == []
    assert_equal_to_district(long_record)


@pytest.mark.parametrize("limit", [1, 3, 50])
def test_scenario_45_what_comes_back_comes_whole_in_pages_of_any_size(
    town: Town, long_record: Workstation, limit: int
) -> None:
    """An amendment and what it amends come back in the order that the newer number of the older one would forbid."""
    ((first,),) = [tuple(row.values()) for row in long_record.rows("SELECT min(id) FROM clinic_visits")]
    amended = a_visit(town, "iris", notes="amended", amends_id=uuid.UUID(first), amendment_reason="wrong time")
    long_record.insert(amended)
    long_record.sync()
    long_record.update("clinic_visits", first, symptoms="later than its amendment")
    long_record.sync()
    reader = town.desk(town.ann, town.oak)
    reader.pull(limit=limit)
    transfer(town, "iris", town.elm)
    reader.pull(limit=limit)
    assert town.students["iris"] not in {key for _table, key in reader.held}
    transfer(town, "iris", town.oak)
    roots = reader.pull(limit=limit)
    assert sum(table == "clinic_visits" for table, _key in reader.held) == RECORD_OF_IRIS + 1
    assert reader.digests() == roots


@pytest.mark.sent_once
def test_scenario_45_a_desk_that_heard_of_the_leave_gets_everything_back_and_one_that_did_not_only_what_changed(
    town: Town, long_record: Workstation, second: Workstation, new_desk: NewDesk
) -> None:
    """Also when it happens twice, with one visit changed while she was away."""
    elm = new_desk(town.ben, town.elm)
    elm.sync()
    for times in (1, 2):
        transfer(town, "iris", town.elm)
        second.sync()
        assert visits(second) == 0
        elm.sync()
        ((first,),) = [tuple(row.values()) for row in elm.rows("SELECT min(id) FROM clinic_visits")]
        elm.update("clinic_visits", first, notes=f"changed at Elm {times}")
        elm.sync()
        transfer(town, "iris", town.oak)
        second.sync()
        assert visits(second) == RECORD_OF_IRIS
        assert second.row("clinic_visits", first)["notes"] == f"changed at Elm {times}"
        elm.sync()
        assert visits(elm) == 0
        assert_equal_to_district(second, elm)
    line = long_record.direct()
    long_record.sync(line)
    student_enrolments_and_the_changed_visit = 1 + 5 + 1
    assert set(pulled(line).values()) == {student_enrolments_and_the_changed_visit}
    assert_nothing_lost(town, long_record, second, elm)
    assert_equal_to_district(long_record)


# --- s30, s31: what waits is seen ------------------------------------------------------------------------------------


def stuck(desk: Workstation) -> bool:
    with desk.store.read() as session:
        return read_status(session).needs_a_person


def test_scenario_30_a_child_that_still_waits_after_24_hours_is_shown_at_the_desk_and_at_the_district(
    town: Town, ann: Workstation
) -> None:
    """Its parent is refused at the district, so it cannot come by itself; mended, both flow (s31)."""
    visit = a_visit(town, notes="parent")
    child = ClinicalNote(student_id=visit.student_id, title="Visit", content="Resting")
    with ann.write() as session:
        session.add(visit)
        session.flush()
        child.visit_id = visit.id
        session.add(child)
        session.flush()
        visit_id, child_id = str(visit.id), str(child.id)

    def spoil(request: msgspec.Struct) -> msgspec.Struct:
        assert isinstance(request, PushBatch)
        items = list(request.items)
        for position, item in enumerate(items):
            if item.key == visit_id and item.values is not None:
                values = list(item.values)
                values[request.tables[item.table].columns.index("zone_offset_minutes")] = 99_999
                items[position] = msgspec.structs.replace(item, values=values)
        return msgspec.structs.replace(request, items=items)

    ann.sync(Rewrites(ann.direct(), "/v1/push", spoil))
    assert {item["entity_id"]: (item["state"], item["last_error"]) for item in ann.queue()} == {
        visit_id: ("REJECTED", "invalid"),
        child_id: ("HELD", "parent_held"),
    }
    waits = {one["row"]: one["needs_a_person"] for one in review(town).listed()}
    assert waits == {visit_id: True, child_id: False}
    town.clock.advance(dt.timedelta(hours=24))
    ann.sync()
    assert {one["row"]: one["needs_a_person"] for one in review(town).listed()} == {visit_id: True, child_id: True}
    assert stuck(ann)
    ann.update("clinic_visits", visit_id, notes="mended")
    ann.sync()
    ann.sync()
    assert {item["state"] for item in ann.queue()} == {"APPLIED"}
    assert (review(town).listed(), stuck(ann)) == ([], False)
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)


def test_scenario_30_what_is_held_needs_nobody_for_a_day(town: Town, ann: Workstation) -> None:
    ann.insert(a_visit(town))
    active(town, town.ann, yes=False)
    ann.sync()
    assert not stuck(ann)
    town.clock.advance(dt.timedelta(hours=24))
    ann.sync()
    assert stuck(ann)


# --- s43: a lost workstation -----------------------------------------------------------------------------------------


@pytest.mark.sent_once
def test_scenario_43_a_lost_workstation_hands_in_what_it_has_and_gets_nothing_back(
    town: Town, ann: Workstation, second: Workstation
) -> None:
    visit = ann.insert(a_visit(town, notes="typed before it was lost"))
    second.insert(an_allergy(town, notes="not for the finder"))
    second.sync()
    revoke(town.database, town.clock, ann.device)
    line = ann.direct()
    with pytest.raises(RevokedError):
        ann.sync(line)
    assert (line.paths, ann.rows("SELECT id FROM allergies")) == (["/v1/session", "/v1/push"], [])
    assert [(item["state"], item["last_error"]) for item in ann.queue()] == [("HELD", "device_revoked")]
    assert ann.row("clinic_visits", visit)["notes"] == "typed before it was lost", "nothing of it is removed"
    assert town.rows("clinic_visits", visit) is None
    (done,) = review(town).release(Wanted([ann.queue()[0]["mutation_id"]]), DORA)
    assert done["outcome"] == "applied"
    second.sync()
    found = second.row("clinic_visits", visit)
    assert (found["notes"], found["created_by"]) == ("typed before it was lost", town.ann)
    assert_nothing_lost(town, ann, second)
    assert_equal_to_district(second)
