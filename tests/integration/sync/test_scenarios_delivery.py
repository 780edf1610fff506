"""Scenarios 1-5, 8, 11, 30 and 44: crashes, doubled and changed requests, order and moving students."""

from __future__ import annotations

import datetime as dt
import threading

import msgspec
import pytest
from tests.integration.sync.conftest import NewDesk
from tests.support.district import Town, fresh
from tests.support.faulty import DyingClock, Killed, LosesAnswers, Rewrites, SendsTwice, ShiftedClock
from tests.support.sync_rows import a_student, a_visit, an_allergy
from tests.support.workstation import Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.models import ClinicalNote, ClinicVisit
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.sync.desk import DeskStore, DeviceIdentity
from clinicdesk.sync.engine import Session
from clinicdesk.sync.errors import UnreachableError
from clinicdesk.sync.nonce_file import NonceFile
from clinicdesk.sync.outbox import BatchSize
from clinicdesk.sync.ports import Unwatched
from clinicdesk.sync.protocol import PushBatch, PushReply


def versions(town: Town, table: str, key: str) -> tuple[int, int]:
    """The row's version, and how many changes of it were accepted."""
    found = town.rows(table, key)
    assert found is not None
    ((changes,),) = town.query("SELECT count(*) FROM change_history WHERE row_id = %s", key)
    return found["row_version"], changes


def test_scenario_01_the_answer_is_lost_and_the_batch_counts_once(town: Town, ann: Workstation) -> None:
    visit = ann.insert(a_visit(town))
    with pytest.raises(UnreachableError):
        ann.sync(LosesAnswers(ann.direct(), "/v1/push"))
    assert [item["state"] for item in ann.queue()] == ["IN_FLIGHT"]
    ann.reopen()
    ann.sync()
    assert versions(town, "clinic_visits", visit) == (1, 1)
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)


def test_scenario_01_an_edit_after_the_lost_answer_does_not_change_what_was_sent(town: Town, ann: Workstation) -> None:
    visit = ann.insert(a_visit(town, notes="sent"))
    with pytest.raises(UnreachableError):
        ann.sync(LosesAnswers(ann.direct(), "/v1/push"))
    ann.update("clinic_visits", visit, notes="typed later")
    ann.sync()
    found = town.rows("clinic_visits", visit)
    assert found is not None
    assert found["notes"] == "typed later"
    assert ann.conflicts() == []
    assert versions(town, "clinic_visits", visit) == (2, 2)
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)


@pytest.mark.parametrize("unlocked", [False, True])
def test_scenarios_02_and_03_a_session_killed_at_any_point_is_taken_up_by_the_next(
    town: Town, ann: Workstation, new_desk: NewDesk, unlocked: bool
) -> None:
    """Every look at the clock is a crash point: within each transaction and between them."""
    other = new_desk(town.ann, town.oak)
    other.sync()
    ann.unlocked = unlocked
    points = 0
    while True:
        points += 1
        mine = ann.insert(a_visit(town, notes=f"mine {points}"))
        theirs = other.insert(a_visit(town, "jack", notes=f"theirs {points}"))
        other.sync()
        clock = DyingClock(town.clock, points)
        store = DeskStore(
            ann.store,
            DeviceIdentity(ann.device, 1, "test", ann.user),
            NonceFile(ann.folder / "session-nonce"),
            clock,
            unlocked=unlocked,
            pause=lambda _seconds: None,
        )
        killed = False
        try:
            Session(ann.direct(), store, Unwatched(), BatchSize()).run()
        except Killed:
            killed = True
        ann.reopen()
        ann.sync()
        other.sync()
        for desk in (ann, other):
            assert desk.row("clinic_visits", mine)["notes"] == f"mine {points}"
            assert desk.row("clinic_visits", theirs)["notes"] == f"theirs {points}"
        assert versions(town, "clinic_visits", mine) == (1, 1)
        if not killed:
            break
    assert points > 6
    assert_nothing_lost(town, ann, other)
    assert_equal_to_district(ann, other)


def test_scenario_04_every_request_twice_gives_the_same(town: Town, ann: Workstation) -> None:
    visit = ann.insert(a_visit(town))
    ann.sync(SendsTwice(ann.direct()))
    ann.update("clinic_visits", visit, notes="again")
    ann.sync(SendsTwice(ann.direct()))
    assert versions(town, "clinic_visits", visit) == (2, 2)
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)


def test_scenario_04_one_batch_on_two_connections_at_once_is_applied_once(town: Town, ann: Workstation) -> None:
    keys = [ann.insert(a_visit(town, notes=f"visit {n}")) for n in range(20)]
    store = ann.desk_store()
    store.opening()
    pushed = store.next_batch(100)
    assert pushed is not None
    replies: list[PushReply] = []
    known = ann.peer.known()
    threads = [
        threading.Thread(target=lambda: replies.append(town.exchange.push(known, pushed.batch))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(replies) == 2
    assert replies[0].results == replies[1].results
    assert {versions(town, "clinic_visits", key) for key in keys} == {(1, 1)}
    ann.sync()
    assert_equal_to_district(ann)


def test_scenario_05_one_identity_with_another_content_is_refused_and_kept(town: Town, ann: Workstation) -> None:
    visit = ann.insert(a_visit(town, notes="honest"))
    with pytest.raises(UnreachableError):
        ann.sync(LosesAnswers(ann.direct(), "/v1/push"))

    def forge(request: msgspec.Struct) -> msgspec.Struct:
        assert isinstance(request, PushBatch)
        if request.items[0].key != visit:
            return request
        position = request.tables[request.items[0].table].columns.index("notes")
        values = list(request.items[0].values or [])
        values[position] = "forged"
        forged = msgspec.structs.replace(request.items[0], values=values)
        return msgspec.structs.replace(request, items=[forged, *request.items[1:]])

    ann.sync(Rewrites(ann.direct(), "/v1/push", forge))
    (item,) = ann.queue("REJECTED")
    assert item["last_error"] == "mutation_reused"
    found = town.rows("clinic_visits", visit)
    assert found is not None
    assert found["notes"] == "honest"
    ((kept,),) = town.query("SELECT count(*) FROM sync_inbox WHERE mutation_id = %s", item["mutation_id"])
    assert kept == 1


def test_scenario_08_one_bad_item_of_five_hundred_does_not_hold_up_the_rest(town: Town, ann: Workstation) -> None:
    with ann.write() as session:
        visits = [a_visit(town, notes=f"visit {n}") for n in range(500)]
        session.add_all(visits)
        session.flush()
        keys = [str(visit.id) for visit in visits]

    def break_one(request: msgspec.Struct) -> msgspec.Struct:
        assert isinstance(request, PushBatch)
        items = list(request.items)
        for position, item in enumerate(items):
            if item.key == keys[250]:
                place = request.tables[item.table].columns.index("zone_offset_minutes")
                values = list(item.values or [])
                values[place] = 99_999
                items[position] = msgspec.structs.replace(item, values=values)
        return msgspec.structs.replace(request, items=items)

    totals = ann.sync(Rewrites(ann.direct(), "/v1/push", break_one))
    assert (totals.pushed, totals.rejected) == (499, 1)
    (item,) = ann.queue("REJECTED", "HELD")
    assert item["entity_id"] == keys[250]
    assert item["last_error"]
    ((stored,),) = town.query("SELECT count(*) FROM clinic_visits")
    assert stored == 499


def test_scenario_31_mending_a_rejected_row_sends_it_again(town: Town, ann: Workstation) -> None:
    visit = ann.insert(a_visit(town, notes="first"))

    def spoil(request: msgspec.Struct) -> msgspec.Struct:
        assert isinstance(request, PushBatch)
        if request.items[0].key != visit:
            return request
        columns = request.tables[request.items[0].table].columns
        values = list(request.items[0].values or [])
        values[columns.index("zone_offset_minutes")] = 99_999
        spoiled = msgspec.structs.replace(request.items[0], values=values)
        return msgspec.structs.replace(request, items=[spoiled, *request.items[1:]])

    ann.sync(Rewrites(ann.direct(), "/v1/push", spoil))
    assert [item["state"] for item in ann.queue()] == ["REJECTED"]
    ann.update("clinic_visits", visit, notes="mended")
    ann.sync()
    found = town.rows("clinic_visits", visit)
    assert found is not None
    assert found["notes"] == "mended"
    assert [item["state"] for item in ann.queue()] == ["APPLIED"]
    assert_equal_to_district(ann)


@pytest.mark.parametrize("wrong_by", [dt.timedelta(days=3 * 365), dt.timedelta(days=-3 * 365)])
def test_scenario_11_a_wrong_clock_changes_neither_order_nor_merge(
    town: Town, ann: Workstation, new_desk: NewDesk, wrong_by: dt.timedelta
) -> None:
    visit = ann.insert(a_visit(town, notes="before"))
    ann.sync()
    wrong = new_desk(town.ann, town.oak, clock=ShiftedClock(town.clock, wrong_by))
    wrong.sync()
    wrong.update("clinic_visits", visit, notes="from the wrong clock")
    wrong.sync()
    ann.sync()
    ann.update("clinic_visits", visit, notes="from the right clock")
    ann.sync()
    wrong.sync()
    for desk in (ann, wrong):
        assert desk.row("clinic_visits", visit)["notes"] == "from the right clock"
        assert desk.conflicts() == []
    ((claimed, accepted),) = town.query(
        "SELECT authored_at, accepted_at FROM change_history WHERE row_id = %s AND row_version = 2", visit
    )
    assert abs((claimed - accepted) - wrong_by) < dt.timedelta(minutes=5)
    skew = wrong.rows("SELECT clock_skew_ms FROM sync_sessions ORDER BY session_seq DESC LIMIT 1")
    assert abs(skew[0]["clock_skew_ms"] / 1000 - wrong_by.total_seconds()) < 5
    assert_nothing_lost(town, ann, wrong)
    assert_equal_to_district(ann, wrong)


def test_scenario_30_parents_go_before_children_and_a_row_may_point_to_its_own_table(
    town: Town, ann: Workstation, new_desk: NewDesk
) -> None:
    student, enrolment = a_student(town, None)
    first = a_visit(town, str(student.id), notes="first")
    with ann.write() as session:
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        session.add(first)
        session.flush()
        first_id = first.id
        amended = a_visit(town, str(student.id), notes="amended", amends_id=first_id, amendment_reason="wrong time")
        session.add(amended)
        session.flush()
        session.add_all([student, enrolment])
        session.flush()
        amended_id = amended.id
    totals = ann.sync()
    assert (totals.held, totals.rejected, totals.conflicts) == (0, 0, 0)
    other = new_desk(town.ann, town.oak)
    other.sync()
    assert other.row("clinic_visits", str(amended_id))["amends_id"] == str(first_id)
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann, other)


def test_scenario_30_a_child_whose_parent_is_still_missing_is_held_until_it_comes(town: Town, ann: Workstation) -> None:
    visit = a_visit(town)
    with ann.write() as session:
        session.add(visit)
        session.flush()
        note = ClinicalNote(**_note(town, visit))
        session.add(note)
        session.flush()
        visit_id, note_id = str(visit.id), str(note.id)

    def without_parent(request: msgspec.Struct) -> msgspec.Struct:
        assert isinstance(request, PushBatch)
        return msgspec.structs.replace(request, items=[item for item in request.items if item.key != visit_id])

    store = ann.desk_store()
    store.opening()
    pushed = store.next_batch(100)
    assert pushed is not None
    orphaned = without_parent(pushed.batch)
    assert isinstance(orphaned, PushBatch)
    reply = town.exchange.push(ann.peer.known(), orphaned)
    assert [r.outcome for item, r in zip(orphaned.items, reply.results, strict=True) if item.key == note_id] == ["held"]
    ann.sync()
    ann.sync()
    assert town.rows("clinical_notes", note_id) is not None
    assert {item["state"] for item in ann.queue()} <= {"APPLIED", "MERGED"}
    assert_equal_to_district(ann)


def _note(town: Town, visit: ClinicVisit) -> dict[str, object]:
    return {
        "student_id": visit.student_id,
        "visit_id": visit.id,
        "title": "Visit",
        "content": "Resting",
    }


def test_scenario_44_notes_of_a_student_who_was_transferred_arrive_and_the_old_desk_lets_go(
    town: Town, ann: Workstation, new_desk: NewDesk
) -> None:
    visit = ann.insert(a_visit(town, "iris", notes="before the transfer"))
    ann.sync()
    ann.update("clinic_visits", visit, notes="written offline at the old school")
    allergy = ann.insert(an_allergy(town, "iris"))
    transfer(town, town.students["iris"], town.elm)
    elm = new_desk(town.ben, town.elm)
    elm.sync()
    assert elm.row("clinic_visits", visit)["notes"] == "before the transfer"
    ann.sync()
    assert_nothing_lost(town, ann)
    elm.sync()
    assert elm.row("clinic_visits", visit)["notes"] == "written offline at the old school"
    assert elm.row("allergies", allergy)["allergen"] == "Peanut"
    ann.sync()
    assert ann.rows("SELECT id FROM clinic_visits") == []
    assert ann.rows("SELECT id FROM students WHERE id = ?", town.students["iris"]) == []
    assert [row["action"] for row in ann.rows("SELECT action FROM audit_logs WHERE action = 'LEAVE_PURGE'")] == [
        "LEAVE_PURGE"
    ]
    assert_equal_to_district(ann, elm)


def test_scenario_44_nothing_is_removed_while_a_change_of_it_waits(town: Town, ann: Workstation) -> None:
    visit = ann.insert(a_visit(town, "iris", notes="before"))
    ann.sync()
    transfer(town, town.students["iris"], town.elm)
    session = ann.session()
    while session.phase.value != "pull":
        session.step()
    ann.update("clinic_visits", visit, notes="typed while the leave came")
    while session.step():
        pass
    assert ann.row("clinic_visits", visit)["notes"] == "typed while the leave came"
    ann.sync()
    # It came after the desk had heard of the transfer, but the visit was this school's at the version she edited.
    assert (town.rows("clinic_visits", visit) or {})["notes"] == "typed while the leave came"
    assert ann.queue("HELD", "PENDING", "IN_FLIGHT") == []
    assert ann.rows("SELECT id FROM clinic_visits WHERE id = ?", visit) == []
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)


def test_scenario_44_a_new_note_after_the_leave_goes_to_review_and_stays_here(town: Town, ann: Workstation) -> None:
    ann.insert(a_visit(town, "iris", notes="before"))
    ann.sync()
    transfer(town, town.students["iris"], town.elm)
    session = ann.session()
    while session.phase.value != "pull":
        session.step()
    allergy = ann.insert(an_allergy(town, "iris", allergen="Latex"))
    while session.step():
        pass
    ann.sync()
    (item,) = ann.queue("HELD")
    assert (item["entity_id"], item["last_error"]) == (allergy, "scope")
    assert ann.row("allergies", allergy)["allergen"] == "Latex"
    assert town.query("SELECT state FROM sync_inbox WHERE mutation_id = %s", item["mutation_id"]) == [("REVIEW",)]


def test_scenario_44_what_clashes_after_the_transfer_is_for_the_new_school_to_decide(
    town: Town, ann: Workstation, new_desk: NewDesk
) -> None:
    visit = ann.insert(a_visit(town, "iris", notes="before"))
    ann.sync()
    ann.update("clinic_visits", visit, notes="written offline at the old school")
    transfer(town, town.students["iris"], town.elm)
    elm = new_desk(town.ben, town.elm)
    elm.sync()
    elm.update("clinic_visits", visit, notes="written at the new school")
    elm.sync()
    line = ann.direct()
    ann.sync(line)
    told = [rows for reply in line.replies if isinstance(reply, PushReply) for rows in reply.rows]
    assert told == [], "the old desk is not told what the new school wrote"
    elm.sync()
    (conflict,) = elm.conflicts()
    assert conflict["client_version"] == {"notes": "written offline at the old school"}
    assert (ann.conflicts(), ann.rows("SELECT id FROM clinic_visits")) == ([], [])
    assert_nothing_lost(town, ann, elm)
    assert_equal_to_district(ann, elm)


def transfer(town: Town, student: str, school: str) -> None:
    """A transfer, as the district's own transaction."""
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, None, town.clock.now())
        ((enrolment,),) = connection.execute(
            "SELECT id::text FROM student_enrollments WHERE student_id = %s AND status <> 'ENDED'", (student,)
        ).fetchall()
        writes.update("student_enrollments", enrolment, {"status": "ENDED", "ends_on": town.clock.now().date()})
        writes.insert(
            "student_enrollments",
            {
                fresh(): {
                    "student_id": student,
                    "school_id": school,
                    "starts_on": town.clock.now().date(),
                    "status": "CONFIRMED",
                }
            },
        )
        writes.update("students", student, {"school_id": school})
        writes.close()


def test_i0_upload_only_rows_ride_along_and_are_sent_once(town: Town, ann: Workstation) -> None:
    ann.insert(a_visit(town))
    ann.sync()
    ann.sync()
    ann.sync()
    here = {row["id"] for row in ann.rows("SELECT id FROM audit_logs")}
    there = {key for (key,) in town.query("SELECT id::text FROM audit_logs WHERE device_id = %s", ann.device)}
    assert there <= here
    assert len(there) >= 1
    sessions = town.query("SELECT session_seq FROM sync_sessions WHERE device_id = %s ORDER BY session_seq", ann.device)
    numbers = [number for (number,) in sessions]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_desk_that_writes_all_the_time_does_not_keep_a_session_from_ending(town: Town, ann: Workstation) -> None:
    session = ann.session()
    steps = 0
    while session.step():
        ann.insert(a_visit(town, notes=f"visit {steps}"))
        steps += 1
        assert steps < 20
    ann.sync()
    ann.sync()
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)
