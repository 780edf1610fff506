"""What the district does not take at once, and how a person decides it (scenarios 30, 31, 41-43, 59; D5, D12)."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from typing import Any

import msgspec
import pytest
from sqlalchemy.orm import Session
from tests.support.district import Desk, Draft, Town, allergy, fresh, insert, student, update
from tests.support.served import give_keys

from clinicdesk.domain.canonical import Kind, canonical_value
from clinicdesk.models.enums import InboxState
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.signing import HttpRequest, sign_request
from clinicdesk.server.errors import DistrictSetupError, RefusedRequestError
from clinicdesk.server.exchange import lock_of
from clinicdesk.server.gate import Gate
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.server.pace import PUSHES_WAITING, Pace
from clinicdesk.server.review import Review, Wanted
from clinicdesk.server.synced_tables import synced_tables
from clinicdesk.server.trail import DistrictTrail, RefusalNotes
from clinicdesk.storage.audit import verify_chain
from clinicdesk.sync.protocol import HeldRequest, ItemResult, PullRequest, PushBatch

ANN, DORA = "ann@example.org", "dora@example.org"


def review(town: Town) -> Review:
    return Review(town.database, town.clock)


def deactivate(town: Town, user: str) -> None:
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, town.dora, town.clock.now())
        writes.update("users", user, {"is_active": False})
        writes.close()


def revoke(town: Town, desk: Desk) -> None:
    with town.database.owning() as connection:
        connection.execute("UPDATE devices SET status = 'REVOKED' WHERE id = %s", (desk.device,))


def answer(desk: Desk, draft: Draft) -> ItemResult:
    """What the desk hears when it asks for an item that was held."""
    return desk.town.exchange.outcomes(desk.known(), HeldRequest([draft.mutation])).results[draft.mutation]


def notes(town: Town, key: str) -> Any:
    return (town.rows("allergies", key) or {"notes": "no row"})["notes"]


def audited(town: Town, result: str) -> list[tuple[str, str | None]]:
    """Action and person of the district's own audit rows about this."""
    found = town.query(
        "SELECT action, user_id::text FROM audit_logs WHERE device_id = %s AND result = %s ORDER BY seq",
        town.district,
        result,
    )
    return [(action, person) for action, person in found]


# --- s41 -------------------------------------------------------------------------------------------------------------


def test_scenario_41_a_person_with_authority_releases_what_an_inactive_author_wrote(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    deactivate(town, town.ann)
    draft = insert("allergies", allergy(town.students["iris"], notes="before she left"))
    assert desk.push_one(draft).reason == "author_inactive"
    (done,) = review(town).release(Wanted([draft.mutation]), DORA, "spoke to her")
    assert (done["outcome"], notes(town, draft.key)) == ("applied", "before she left")
    assert answer(desk, draft).outcome.value == "applied"
    ((author, by),) = town.query(
        "SELECT h.author_id::text, i.settled_by::text FROM change_history h JOIN sync_inbox i USING (mutation_id)"
    )
    assert (author, by) == (town.ann, town.dora)
    assert audited(town, "held_released") == [("SYNC", town.dora)]


def test_scenario_41_what_is_dismissed_keeps_its_content_and_says_who(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    deactivate(town, town.ann)
    draft = insert("allergies", allergy(town.students["iris"], notes="typed"))
    desk.push(draft)
    (told,) = review(town).dismiss(Wanted([draft.mutation]), DORA, "entered twice")
    assert (told["state"], told["settled_by"], told["decision"]) == ("SETTLED", DORA, "dismissed")
    shown = review(town).show(draft.mutation, DORA)
    assert shown["changes"]["notes"][1] == "typed"
    assert (shown["decision"]["by"], shown["decision"]["note"]) == (town.dora, "entered twice")
    assert town.rows("allergies", draft.key) is None
    result = answer(desk, draft)
    assert (result.outcome.value, result.reason) == ("rejected", "dismissed")
    assert [person for _action, person in audited(town, "held_dismissed")] == [town.dora]


@pytest.mark.parametrize(("who", "problem"), [("ben@example.org", "no_authority"), ("nobody@x.org", "no_such_person")])
def test_scenario_41_who_has_no_authority_over_the_row_decides_nothing(town: Town, who: str, problem: str) -> None:
    desk = town.desk(town.ann, town.oak)
    deactivate(town, town.ann)
    draft = insert("allergies", allergy(town.students["iris"]))
    desk.push(draft)
    for act in (lambda: review(town).show(draft.mutation, who), lambda: review(town).dismiss(Wanted(), who, "no")):
        with pytest.raises(DistrictSetupError, match=problem):
            act()
    if problem == "no_authority":
        (done,) = review(town).release(Wanted([draft.mutation]), who)
        assert (done["outcome"], done["reason"]) == ("held", "role")
    assert town.rows("allergies", draft.key) is None


def test_scenario_41_an_edit_that_goes_on_from_a_held_row_waits_with_it_and_follows(town: Town) -> None:
    """The desk did not know yet: its next change of the row names the version before (s40)."""
    desk = town.desk(town.ann, town.oak)
    deactivate(town, town.ann)
    new = insert("allergies", allergy(town.students["iris"], notes="a"))
    later = update("allergies", new.key, 0, notes=("a", "b"))
    desk.push(new)
    held = desk.push_one(later)
    assert (held.outcome.value, held.reason) == ("held", "depends")
    latest = update("allergies", new.key, 0, notes=("b", "c"))
    desk.push(latest)
    done = review(town).release(Wanted(device=desk.device), DORA)
    assert [one["outcome"] for one in done] == ["applied"] * 3
    assert (notes(town, new.key), town.query("SELECT count(*) FROM sync_conflicts")) == ("c", [(0,)])


def test_scenario_40_an_edit_sent_before_its_desk_heard_of_the_release_is_no_conflict(town: Town) -> None:
    desk, other = town.desk(town.ann, town.oak), town.desk(town.dora, everything=True)
    draft = insert("allergies", allergy(town.students["iris"], notes="a"))
    desk.push(draft)
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, town.dora, town.clock.now())
        writes.update("users", town.ann, {"is_active": False})
        writes.close()
    desk.push(held := update("allergies", draft.key, 1, notes=("a", "b")))
    review(town).release(Wanted([held.mutation]), DORA)
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, town.dora, town.clock.now())
        writes.update("users", town.ann, {"is_active": True})
        writes.close()
    assert desk.push_one(update("allergies", draft.key, 1, notes=("b", "c"))).outcome.value == "applied"
    other.push(update("allergies", draft.key, 3, notes=("c", "d")))
    assert desk.push_one(update("allergies", draft.key, 1, notes=("c", "e"))).outcome.value == "conflict"


def test_i0_a_change_behind_a_dismissed_one_is_judged_by_itself(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    draft = insert("allergies", allergy(town.students["iris"], notes="a"))
    desk.push(draft)
    deactivate(town, town.ann)
    first, second = (
        update("allergies", draft.key, 1, notes=("a", "b")),
        update("allergies", draft.key, 1, notes=("b", "c")),
    )
    assert [desk.push_one(one).reason for one in (first, second)] == ["author_inactive", "depends"]
    review(town).dismiss(Wanted([first.mutation]), DORA, "wrong student")
    (left,) = review(town).listed()
    assert (left["mutation"], left["state"], left["reason"]) == (second.mutation, "REVIEW", "author_inactive")


# --- s42 -------------------------------------------------------------------------------------------------------------

BEFORE, AFTER = "2026-03-02T14:00:00.000000Z", "2026-03-02T16:00:00.000000Z"
"""Around the town's own moment, 15:00."""


def narrow(town: Town) -> None:
    """Ann is a nurse until 15:00 and only reads from then on, by the word of an administrator."""
    office = town.desk(town.dora, everything=True)
    assert office.push_one(update("users", town.ann, 1, role=("NURSE", "VIEWER"))).outcome.value == "applied"
    town.clock.advance(dt.timedelta(hours=2))


def held_by_clock(desk: Desk, draft: Draft, ahead: dt.timedelta) -> ItemResult:
    clock = canonical_value(Kind.INSTANT, desk.town.clock.now() + ahead)
    batch = msgspec.structs.replace(desk.batch(draft), clock=str(clock))
    return desk.town.exchange.push(desk.known(), batch).results[0]


@pytest.mark.parametrize(("written", "outcome"), [(BEFORE, "applied"), (AFTER, "held")])
def test_scenario_42_a_nurse_who_became_a_clerk_was_in_her_right_before(town: Town, written: str, outcome: str) -> None:
    desk = town.desk(town.ann, town.oak)
    narrow(town)
    draft = insert("allergies", allergy(town.students["iris"]), authored_at=written)
    assert desk.push_one(draft).outcome.value == outcome


def test_scenario_42_what_is_dated_back_after_the_desk_heard_of_it_goes_to_review(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    narrow(town)
    desk.pull()
    desk.open()
    result = desk.push_one(insert("allergies", allergy(town.students["iris"]), authored_at=BEFORE))
    assert (result.outcome.value, result.reason) == ("held", "role")
    assert review(town).listed()[0]["state"] == "REVIEW"


@pytest.mark.parametrize(
    ("ahead", "written", "outcome"),
    [
        (dt.timedelta(minutes=-3), BEFORE, "applied"),
        (dt.timedelta(hours=-2), BEFORE, "held"),
        (dt.timedelta(hours=-2), "2026-03-02T10:00:00.000000Z", "applied"),
        (dt.timedelta(days=3 * 365), "2029-03-01T14:00:00.000000Z", "held"),
    ],
)
def test_scenario_42_a_wrong_clock_makes_the_moment_doubtful_where_it_matters(
    town: Town, ahead: dt.timedelta, written: str, outcome: str
) -> None:
    """Two hours slow: what says 14:00 was written at 16:00, when she had no right any more (s11)."""
    desk = town.desk(town.ann, town.oak)
    narrow(town)
    draft = insert("allergies", allergy(town.students["iris"]), authored_at=written)
    assert held_by_clock(desk, draft, ahead).outcome.value == outcome


@pytest.mark.parametrize(("foretold", "outcome"), [(True, "applied"), (False, "held")])
def test_scenario_42_the_work_of_a_substitute_may_come_late_and_of_one_sent_away_before_the_desk_heard_of_it(
    town: Town, foretold: bool, outcome: str
) -> None:
    """Both grants end at 16:00. Of the one it was known before, of the other it was said afterwards."""
    gus, grant = fresh(), fresh()
    given: dict[str, object] = {
        "user_id": gus,
        "role": "NURSE",
        "school_id": town.oak,
        "valid_from": "2026-01-01T00:00:00.000000Z",
    }
    account = {"first_name": "Gus", "last_name": "Example", "role": "VIEWER", "district_id": town.district}
    end = {"valid_until": "2026-03-02T16:00:00.000000Z"}
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, None, town.clock.now())
        writes.insert("users", {gus: {**account, "email": "gus@example.org"}})
        writes.insert("role_grants", {grant: {**given, **(end if foretold else {})}})
        writes.close()
    town.clock.advance(dt.timedelta(hours=3))
    if not foretold:
        with town.database.owning() as connection:
            writes = OwnWrites(connection, town.district, town.dora, town.clock.now())
            writes.update("role_grants", grant, end)
            writes.close()
    desk = town.desk(gus, town.oak)
    draft = insert("allergies", allergy(town.students["iris"]), grant=grant, authored_at=BEFORE)
    early = insert("allergies", allergy(town.students["jack"]), grant=grant, authored_at=BEFORE)
    assert desk.push_one(early).outcome.value == "applied", "the desk had not heard of the end"
    desk.pull()
    desk.open()
    assert desk.push_one(draft).outcome.value == outcome


# --- s43 -------------------------------------------------------------------------------------------------------------


def test_scenario_43_pull_is_refused_at_once_and_what_comes_goes_to_a_supervisor(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    desk.pull()
    revoke(town, desk)
    with pytest.raises(RefusedRequestError, match="revoked"):
        town.exchange.pull(desk.known(), PullRequest([town.oak], None))
    draft = insert("allergies", allergy(town.students["iris"], notes="on the lost laptop"))
    desk.push(draft)
    (told,) = review(town).listed(Wanted(state=InboxState.QUARANTINED))
    assert (told["reason"], told["author"], told["needs_a_person"]) == ("device_revoked", ANN, True)
    with pytest.raises(DistrictSetupError, match="no_authority"):
        review(town).release(Wanted(reason="device_revoked"), "ben@example.org")
    (done,) = review(town).release(Wanted(reason="device_revoked"), DORA)
    assert (done["outcome"], notes(town, draft.key)) == ("applied", "on the lost laptop")
    row = town.rows("allergies", draft.key) or {}
    assert (row["created_by"], row["created_at"][:19]) == (town.ann, "2026-03-02T14:31:00")


def test_scenario_43_what_the_author_had_no_right_to_goes_on_to_review(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    revoke(town, desk)
    draft = insert("allergies", allergy(town.students["kim"]))
    desk.push(draft)
    assert [(one["outcome"], one["reason"]) for one in review(town).release(Wanted([draft.mutation]), DORA)] == [
        ("held", "scope")
    ]
    (told,) = review(town).listed()
    assert (told["state"], told["reason"]) == ("REVIEW", "scope")
    (done,) = review(town).release(Wanted([draft.mutation]), DORA)
    assert done["outcome"] == "applied"


def test_scenario_43_a_quarantined_parent_takes_its_children_along(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    revoke(town, desk)
    new = insert("students", student("Max", None, town.oak))
    enrolment = {"student_id": new.key, "school_id": town.oak, "starts_on": "2026-03-02", "status": "PROVISIONAL"}
    desk.push(new, insert("student_enrollments", enrolment), insert("allergies", allergy(new.key)))
    done = review(town).release(Wanted(device=desk.device), DORA)
    assert [one["outcome"] for one in done] == ["applied"] * 3
    elsewhere = town.desk(town.ann, town.oak)
    roots = elsewhere.pull()
    assert elsewhere.digests() == roots


def test_scenario_05_what_came_under_a_used_identity_can_be_put_aside_and_never_goes_in(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    draft = insert("allergies", allergy(town.students["iris"]))
    desk.push(draft)
    desk.push(insert("allergies", allergy(town.students["jack"]), mutation=draft.mutation))
    with pytest.raises(DistrictSetupError, match="not_releasable"):
        review(town).release(Wanted(reason="mutation_reused"), DORA)
    review(town).dismiss(Wanted(reason="mutation_reused"), DORA, "told IT")
    assert (review(town).listed(), answer(desk, draft).outcome.value) == ([], "applied")


# --- s30, s31 --------------------------------------------------------------------------------------------------------


def test_scenario_30_a_child_without_its_parent_is_shown_to_a_person_after_24_hours(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    desk.push(insert("allergies", allergy(fresh())))
    (told,) = review(town).listed()
    assert (told["reason"], told["needs_a_person"]) == ("parent_missing", False)
    town.clock.advance(dt.timedelta(hours=24))
    assert review(town).listed()[0]["needs_a_person"]


def test_scenario_31_everything_behind_a_rejected_parent_flows_when_it_is_mended(town: Town) -> None:
    """Child and grandchild are held, not rejected; the mended parent takes the old word of it out of the inbox."""
    desk = town.desk(town.ann, town.oak)
    broken = insert("students", {**student("Max", "901", town.oak), "gender": "NOT A GENDER"})
    record = insert(
        "health_records",
        {
            "student_id": broken.key,
            "record_type": "CHECKUP",
            "title": "Allergy",
            "description": "See list",
            "record_date": "2026-03-02T12:00:00.000000Z",
        },
    )
    child = insert("allergies", allergy(broken.key, health_record_id=record.key))
    results = desk.push(broken, record, child).results
    assert [result.outcome.value for result in results] == ["rejected", "held", "held"]
    mended = insert("students", student("Max", "901", town.oak), key=broken.key)
    assert desk.push_one(mended).outcome.value == "applied"
    assert [answer(desk, one).outcome.value for one in (record, child)] == ["applied", "applied"]
    assert review(town).listed() == []


def test_scenario_31_a_child_that_is_refused_when_its_parent_comes_stays_in_the_inbox(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    new = insert("students", student("Max", "901", town.oak))
    child = insert("allergies", allergy(new.key, severity="NO SUCH SEVERITY"))
    desk.push(child)
    desk.push(new)
    (left,) = review(town).listed()
    assert (left["mutation"], left["state"], left["needs_a_person"]) == (child.mutation, "REJECTED", True)
    assert answer(desk, child).outcome.value == "rejected"


# --- s59 -------------------------------------------------------------------------------------------------------------


def test_scenario_59_rows_outside_its_scope_change_nothing_and_each_kind_of_refusal_is_audited(town: Town) -> None:
    other, desk = town.desk(town.ben, town.elm), town.desk(town.ann, town.oak)
    hidden = insert("allergies", allergy(town.students["kim"], notes="hidden"))
    mine = insert("allergies", allergy(town.students["iris"], notes="mine"))
    other.push(hidden)
    desk.push(mine)
    before = town.query("SELECT id, row_version, notes FROM allergies ORDER BY id")
    reply = desk.push(
        insert("allergies", allergy(town.students["kim"])),
        update("allergies", hidden.key, 1, notes=("hidden", "x")),
        update("allergies", mine.key, 9, notes=("mine", "y")),
        insert("medications", {"name": "X", "dosage_form": "TABLET", "strength": "1 mg"}),
        insert("sync_conflicts", {}),
        Draft("no_such_table", fresh(), "insert", 0, values={}),
        insert("source_links", {"source": "x", "kind": "STUDENT", "sourced_id": "s", "student_id": mine.key}),
        insert("allergies", allergy(town.students["jack"]), mutation=mine.mutation),
    )
    assert [(result.outcome.value, result.reason) for result in reply.results] == [
        ("held", "scope"),
        ("held", "scope"),
        ("conflict", "DIVERGED"),
        ("held", "role"),
        ("rejected", "system_row"),
        ("rejected", "unknown_table"),
        ("held", "parent_missing"),
        ("rejected", "mutation_reused"),
    ]
    assert reply.rows[0].rows[0][0] == mine.key, "of the row that is hers, and of no other"
    assert len(reply.rows) == 1
    assert town.query("SELECT id, row_version, notes FROM allergies ORDER BY id") == before
    told = town.query("SELECT result, metadata ->> 'items' FROM audit_logs WHERE action = 'DENIED' ORDER BY seq")
    assert told == [
        ("diverged", "1"),
        ("mutation_reused", "1"),
        ("role", "1"),
        ("scope", "2"),
        ("system_row", "1"),
        ("unknown_table", "1"),
    ]


def test_scenario_59_a_client_cannot_write_into_the_districts_own_audit_chain(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    desk.push(insert("allergies", allergy(town.students["kim"])))
    row = town.query("SELECT row_to_json(a) FROM audit_logs a")[0][0]
    forged = {name: value for name, value in row.items() if name in synced_tables()["audit_logs"].kinds}
    result = desk.push_one(insert("audit_logs", {**forged, "seq": 2}))
    assert (result.outcome.value, result.reason) == ("rejected", "system_row")
    assert town.query("SELECT max(seq) FROM audit_logs WHERE result = 'scope'") == [(1,)]


def signed(device: str, keys: KeyPairs, at: dt.datetime) -> HttpRequest:
    plain = HttpRequest("POST", "/v1/session", {"content-type": "text/plain"}, b"")
    headers = sign_request(plain, key_id=device, key=keys.signing_key(), now=at)
    return HttpRequest("POST", "/v1/session", headers, b"")


def test_scenario_59_a_device_that_asks_too_much_waits_and_the_others_do_not(town: Town) -> None:
    desks = [(town.desk(town.ann, town.oak).device, KeyPairs.generate()) for _ in range(2)]
    for device, keys in desks:
        give_keys(town, device, keys)
    gate = Gate(town.database, town.clock)
    gate.pace = Pace(town.clock, at_once=5, a_second=2)
    (rogue, its_keys), (other, other_keys) = desks
    for _ in range(5):
        gate.admit(signed(rogue, its_keys, town.clock.now()))
    with pytest.raises(RefusedRequestError, match="busy") as refused:
        gate.admit(signed(rogue, its_keys, town.clock.now()))
    assert (refused.value.status, refused.value.details["seconds"]) == (503, 1)
    assert gate.admit(signed(other, other_keys, town.clock.now())).id == other
    town.clock.advance(dt.timedelta(seconds=1))
    assert gate.admit(signed(rogue, its_keys, town.clock.now())).id == rogue


def test_scenario_59_the_pushes_of_one_device_do_not_take_the_places_of_the_others(town: Town) -> None:
    """Its lock is held, so each of its pushes waits; a push of another device goes through meanwhile."""
    rogue, other = town.desk(town.ann, town.oak), town.desk(town.ann, town.oak)
    batches = [rogue.batch(insert("allergies", allergy(town.students["iris"]))) for _ in range(PUSHES_WAITING + 3)]
    answers: list[str] = []

    def push(batch: PushBatch) -> None:
        try:
            answers.append(town.exchange.push(rogue.known(), batch).results[0].outcome.value)
        except RefusedRequestError as refusal:
            answers.append(refusal.reason.value)

    threads = [threading.Thread(target=push, args=(batch,)) for batch in batches]
    with town.database.owning() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (lock_of(rogue.device),))
        for thread in threads:
            thread.start()
        while len(answers) < 3:
            threads[0].join(0.01)
        assert other.push_one(insert("allergies", allergy(town.students["jack"]))).outcome.value == "applied"
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["applied"] * PUSHES_WAITING + ["busy"] * 3


def test_scenario_59_thousands_of_refused_requests_are_one_audit_row_a_minute(town: Town) -> None:
    notes = RefusalNotes(town.database, town.clock, DistrictTrail(town.district))
    for _ in range(50):
        notes.note("bad_signature", "/v1/push", None)
    notes.note("revoked", "/v1/pull", town.oak)
    town.clock.advance(dt.timedelta(seconds=61))
    notes.note("bad_signature", "/v1/push", None)
    told = town.query("SELECT result, metadata -> 'times' FROM audit_logs WHERE action = 'DENIED' ORDER BY seq")
    assert told == [("bad_signature", 1), ("revoked", 1), ("bad_signature", 50)]


# --- Unique keys that go from row to row -----------------------------------------------------------------------------


def numbers(town: Town, *students: str) -> list[tuple[Any, Any]]:
    rows = [town.rows("students", key) or {} for key in students]
    return [(row["student_number"], row["number_status"]) for row in rows]


def test_numbers_that_are_swapped_in_one_push_come_out_swapped(town: Town) -> None:
    """Also in a ring, handed on to a new student, and beside a row that is refused (s8)."""
    desk = town.desk(town.dora, everything=True)
    iris, jack, kim, lou = town.students.values()
    new = insert("students", student("Max", "3", town.elm))
    results = desk.push(
        update("students", iris, 1, student_number=("0", "1")),
        update("students", jack, 1, student_number=("1", "2")),
        update("students", kim, 1, student_number=("2", "0"), grade=("5", "6")),
        update("students", lou, 1, student_number=("3", "9")),
        new,
        insert("students", {**student("Nia", "10", town.elm), "gender": "NOT A GENDER"}),
    ).results
    assert [result.outcome.value for result in results] == ["applied"] * 5 + ["rejected"]
    assert numbers(town, iris, jack, kim, lou, new.key) == [
        (number, "CONFIRMED") for number in ("1", "2", "0", "9", "3")
    ]
    assert town.query("SELECT count(*) FROM sync_conflicts") == [(0,)]


def test_scenario_33_a_number_that_its_holder_keeps_is_still_contested(town: Town) -> None:
    desk = town.desk(town.dora, everything=True)
    iris, jack, *_rest = town.students.values()
    results = desk.push(
        update("students", iris, 1, student_number=("0", "1")), update("students", jack, 1, grade=("5", "6"))
    ).results
    assert [result.outcome.value for result in results] == ["conflict", "applied"]
    assert numbers(town, iris, jack) == [("0", "CONFIRMED"), ("1", "CONFIRMED")]


# --- The district's own chain ----------------------------------------------------------------------------------------


def test_d34_the_districts_own_audit_rows_are_a_chain_that_holds(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    deactivate(town, town.ann)
    drafts = [insert("allergies", allergy(town.students["iris"])) for _ in range(3)]
    desk.push(*drafts)
    for draft in drafts:
        review(town).release(Wanted([draft.mutation]), DORA)
    engine = town.database.engine()
    try:
        with Session(engine) as session:
            assert verify_chain(session, uuid.UUID(town.district)) is None
    finally:
        engine.dispose()
    assert len(audited(town, "held_released")) == 3
