"""Who gets what: commit order, paging, scopes, transfer (scenarios 44, 45, 48, D10-D12, D21)."""

from __future__ import annotations

import threading

import psycopg
import pytest
from tests.support.district import Desk, Draft, Town, allergy, as_sent, fresh, insert, student, update, visit

from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.sync.protocol import DigestRequest, HeldRequest, LeaseRequest, PullRequest, RowsRequest, SessionState


def transfer(town: Town, name: str, to: str) -> None:
    """The district ends the enrolment and writes one at the other school."""
    pupil = town.students[name]
    (old,) = town.query("SELECT id::text FROM student_enrollments WHERE student_id = %s AND status <> 'ENDED'", pupil)[
        -1
    ]
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, town.dora, town.clock.now())
        writes.update("student_enrollments", old, {"status": "ENDED", "ends_on": "2026-03-02"})
        writes.insert(
            "student_enrollments", {fresh(): {"student_id": pupil, "school_id": to, "starts_on": "2026-03-02"}}
        )
        writes.update("students", pupil, {"school_id": to})
        writes.close()


def held_students(desk: Desk) -> set[str]:
    return {key for table, key in desk.held if table == "students"}


def test_scenario_48_rows_of_transactions_that_commit_out_of_order_are_all_delivered(town: Town) -> None:
    """The first to write is the last to commit; a cursor over plain numbers would pass it by."""
    first, second, reader = (
        town.desk(town.ann, town.oak),
        town.desk(town.ben, town.elm),
        town.desk(town.dora, everything=True),
    )
    reader.pull()
    mine = insert("allergies", allergy(town.students["iris"]))
    slow = psycopg.connect(town.database.conninfo)
    # The first transaction has taken its number and has not committed.
    slow.execute("UPDATE server_state SET last_seq = last_seq + 1")
    pushed = threading.Thread(target=second.push, args=(insert("allergies", allergy(town.students["kim"])),))
    pushed.start()
    reader.pull()
    assert pushed.is_alive(), "the second has to wait for the first before it takes a number"
    slow.commit()
    slow.close()
    pushed.join()
    first.push(mine)
    roots = reader.pull()
    assert sum(table == "allergies" for table, _key in reader.held) == 2
    assert reader.digests() == roots


@pytest.mark.parametrize("limit", [1, 2, 7, 1_000])
def test_d21_however_it_is_paged_a_desk_ends_with_the_districts_digests(town: Town, limit: int) -> None:
    desk, other = town.desk(town.ann, town.oak), town.desk(town.dora, everything=True)
    desk.push(*(insert("allergies", allergy(town.students["iris"])) for _ in range(5)))
    roots = desk.pull(limit=limit)
    other.push(
        *(insert("clinic_visits", visit(town.students["jack"], town.oak, town.ann)) for _ in range(3)), author=town.ann
    )
    assert desk.digests() == roots
    roots = desk.pull(limit=limit)
    assert (desk.digests(), len(held_students(desk))) == (roots, 2)


def test_a_row_changed_often_comes_once(town: Town) -> None:
    desk, other = town.desk(town.ann, town.oak), town.desk(town.dora, everything=True)
    draft = insert("allergies", allergy(town.students["iris"], notes="0"))
    other.push(draft, author=town.ann)
    for number in range(4):
        other.push(update("allergies", draft.key, number + 1, notes=(str(number), str(number + 1))), author=town.ann)
    page = town.exchange.pull(desk.known(), PullRequest([town.oak]))
    rows = [row for rows in page.tables if rows.table == "allergies" for row in rows.rows]
    assert len(rows) == 1


def test_a_page_cut_before_its_window_ends_goes_on_where_it_was(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    desk.push(*(insert("allergies", allergy(town.students["iris"])) for _ in range(6)))
    first = town.exchange.pull(desk.known(), PullRequest([town.oak], None, 4, skip_own=False))
    desk.push(insert("allergies", allergy(town.students["jack"])))
    again = [town.exchange.pull(desk.known(), PullRequest([town.oak], first.cursor, 4, False)) for _ in range(2)]
    assert again[0] == again[1]
    assert (first.complete, again[0].horizon) == (False, first.horizon)


def test_a_parent_that_moved_on_comes_with_the_child_that_needs_it(town: Town) -> None:
    desk, other = town.desk(town.ann, town.oak), town.desk(town.dora, everything=True)
    desk.pull()
    new = insert("students", student("Max", "901", town.oak))
    children = [insert("allergies", allergy(new.key)) for _ in range(3)]
    other.push(new, *children, author=town.ann)
    first = town.exchange.pull(desk.known(), PullRequest([town.oak], desk.cursors[town.oak], 1))
    other.push(update("students", new.key, 1, preferred_name=(None, "Maxi")), author=town.ann)
    sent: list[str] = []
    cursor, page = first.cursor, first
    while True:
        for rows in page.tables:
            for row in rows.rows:
                key, student_id = _key_and_student(rows.columns, row)
                if rows.table == "allergies":
                    assert student_id in sent
                sent.append(key)
        if page.complete:
            break
        page = town.exchange.pull(desk.known(), PullRequest([town.oak], cursor, 1))
        cursor = page.cursor
    assert {new.key, *(child.key for child in children)} <= set(sent)


def _key_and_student(columns: list[str], row: object) -> tuple[str, str | None]:
    values = as_sent(row)
    named = dict(zip(columns, values[7:], strict=True))
    return str(values[0]), named.get("student_id")


def test_own_changes_are_not_sent_back(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    desk.pull()
    desk.push(insert("allergies", allergy(town.students["iris"])))
    page = town.exchange.pull(desk.known(), PullRequest([town.oak], desk.cursors[town.oak]))
    assert (page.tables, page.complete, set(page.roots)) == ([], True, {town.oak})


def test_a_session_with_nothing_to_do_says_so_at_once(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    roots = desk.pull()
    reply = desk.open()
    assert {scope.scope: scope.root for scope in reply.scopes} == roots
    assert not any(scope.changed for scope in reply.scopes)


def test_d12_a_desk_gets_no_row_of_another_school(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    desk.pull()
    assert held_students(desk) == {town.students["iris"], town.students["jack"]}


def test_d12_a_scope_of_another_school_is_refused(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    for ask in (
        lambda: town.exchange.pull(desk.known(), PullRequest([town.elm])),
        lambda: town.exchange.digests(desk.known(), DigestRequest(town.elm)),
    ):
        with pytest.raises(RefusedRequestError, match="scope"):
            ask()


def test_d12_rows_named_by_key_are_hidden_by_the_database_itself(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    reply = town.exchange.rows(desk.known(), RowsRequest("students", list(town.students.values())))
    assert {row for rows in reply.rows for row in [len(rows.rows)]} == {2}


def test_d12_a_row_for_a_student_of_another_school_goes_to_review(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    draft = insert("allergies", allergy(town.students["kim"]))
    result = desk.push_one(draft)
    assert (result.outcome.value, result.reason, town.rows("allergies", draft.key)) == ("held", "scope", None)
    assert town.query("SELECT state FROM sync_inbox") == [("REVIEW",)]


@pytest.mark.parametrize("operation", ["update", "insert"])
def test_t17_a_row_of_another_school_cannot_be_drawn_over_or_looked_at(town: Town, operation: str) -> None:
    other, desk = town.desk(town.ben, town.elm), town.desk(town.ann, town.oak)
    hidden = insert("allergies", allergy(town.students["kim"], notes="hidden"))
    other.push(hidden)
    draft = (
        update("allergies", hidden.key, 1, student_id=(town.students["kim"], town.students["iris"]))
        if operation == "update"
        else insert("allergies", allergy(town.students["iris"]), key=hidden.key)
    )
    reply = desk.push(draft)
    assert (reply.results[0].outcome.value, reply.results[0].reason, reply.rows) == ("held", "scope", [])
    assert (town.rows("allergies", hidden.key) or {})["student_id"] == town.students["kim"]
    assert town.query("SELECT count(*) FROM sync_conflicts") == [(0,)]


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("medications", {"name": "X", "dosage_form": "TABLET", "strength": "1 mg"}),
        ("schools", {"name": "New", "code": "NEW", "district_id": ""}),
    ],
)
def test_d05_district_rows_are_taken_from_the_district_alone(town: Town, table: str, values: dict[str, str]) -> None:
    given = {name: value or town.district for name, value in values.items()}
    nurse, admin = town.desk(town.ann, town.oak), town.desk(town.dora, everything=True)
    refused, taken = nurse.push_one(insert(table, given)), admin.push_one(insert(table, given))
    assert (refused.outcome.value, refused.reason, taken.outcome.value) == ("held", "role", "applied")


def test_d10_roster_columns_are_the_districts_after_the_insert(town: Town) -> None:
    nurse, key = town.desk(town.ann, town.oak), town.students["iris"]
    roster = nurse.push_one(update("students", key, 1, grade=("5", "6")))
    own = nurse.push_one(update("students", key, 1, preferred_name=(None, "Izzy")))
    assert (roster.outcome.value, roster.reason, own.outcome.value) == ("held", "role", "applied")


def test_d10_a_nurse_registers_a_student_with_a_provisional_enrolment(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    new = insert("students", student("Max", None, town.oak))
    enrolment = {"student_id": new.key, "school_id": town.oak, "starts_on": "2026-03-02", "status": "PROVISIONAL"}
    results = desk.push(new, insert("student_enrollments", enrolment), insert("allergies", allergy(new.key))).results
    assert [result.outcome.value for result in results] == ["applied"] * 3
    roots = desk.pull()
    assert new.key in held_students(desk)
    assert desk.digests() == roots


def test_d05_users_change_their_own_contact_data_and_nothing_else(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    phone = desk.push_one(update("users", town.ann, 1, phone=(None, "555-0100")))
    role = desk.push_one(update("users", town.ann, 2, role=("NURSE", "ADMIN")))
    assert (phone.outcome.value, role.outcome.value, role.reason) == ("applied", "held", "role")


def test_scenario_41_what_an_inactive_author_wrote_goes_to_review(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, town.dora, town.clock.now())
        writes.update("users", town.ann, {"is_active": False})
        writes.close()
    result = desk.push_one(insert("allergies", allergy(town.students["iris"])))
    assert (result.outcome.value, result.reason) == ("held", "author_inactive")


def test_scenario_44_a_transfer_moves_the_record_and_takes_what_was_queued_at_the_old_school(town: Town) -> None:
    old, new = town.desk(town.ann, town.oak), town.desk(town.ben, town.elm)
    note = insert("allergies", allergy(town.students["iris"]))
    old.push(note)
    old.pull()
    new.pull()
    old.open()
    transfer(town, "iris", town.elm)
    queued = insert("allergies", allergy(town.students["iris"], allergen="Latex"))
    assert old.push_one(queued).outcome.value in {"applied", "merged", "held"}
    old_roots, new_roots = old.pull(), new.pull()
    assert town.students["iris"] not in held_students(old)
    assert {town.students["iris"], town.students["kim"], town.students["lou"]} == held_students(new)
    assert ("allergies", note.key) in new.held
    assert (old.digests(), new.digests()) == (old_roots, new_roots)


def test_scenario_44_the_old_schools_nurse_was_in_her_right_when_she_wrote(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    desk.pull()
    desk.open()
    transfer(town, "iris", town.elm)
    queued = insert("allergies", allergy(town.students["iris"], allergen="Latex"))
    assert desk.push_one(queued).outcome.value == "applied"
    assert (town.rows("allergies", queued.key) or {})["scope_id"] == town.students["iris"]


def test_d12_an_edit_on_a_version_of_the_devices_time_is_taken_after_the_leave_was_heard(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    note = insert("allergies", allergy(town.students["iris"], notes="a"))
    desk.push(note)
    transfer(town, "iris", town.elm)
    desk.pull()
    desk.open()
    reply = desk.push(
        update("allergies", note.key, 1, notes=("a", "b")),
        update("allergies", note.key, 2, severity=("SEVERE", "MILD")),
    )
    assert [result.outcome.value for result in reply.results] == ["applied", "applied"]
    new = desk.push_one(insert("allergies", allergy(town.students["iris"], allergen="Latex")))
    assert (new.outcome.value, new.reason) == ("held", "scope")


def test_d12_an_edit_on_what_the_new_school_wrote_is_not(town: Town) -> None:
    old, new = town.desk(town.ann, town.oak), town.desk(town.ben, town.elm)
    note = insert("allergies", allergy(town.students["iris"], notes="a"))
    old.push(note)
    transfer(town, "iris", town.elm)
    old.pull()
    old.open()
    new.push(update("allergies", note.key, 1, notes=("a", "secret")))
    late = insert("allergies", allergy(town.students["iris"], allergen="Latex", notes="x"))
    new.push(late)
    on_theirs, on_new_row, clash = old.push(
        update("allergies", note.key, 2, notes=("secret", "b")),
        update("allergies", late.key, 1, notes=("x", "b")),
        update("allergies", note.key, 1, notes=("a", "b")),
    ).results
    assert (on_theirs.outcome.value, on_new_row.outcome.value) == ("held", "held")
    assert clash.outcome.value == "conflict"


def test_d12_a_row_that_left_is_not_told_in_the_answer(town: Town) -> None:
    old, new = town.desk(town.ann, town.oak), town.desk(town.ben, town.elm)
    note = insert("allergies", allergy(town.students["iris"], notes="a"))
    old.push(note)
    transfer(town, "iris", town.elm)
    new.push(update("allergies", note.key, 1, notes=("a", "secret")))
    reply = old.push(update("allergies", note.key, 1, severity=("SEVERE", "MILD")))
    assert (reply.results[0].outcome.value, reply.rows) == ("merged", [])
    asked = town.exchange.outcomes(old.known(), HeldRequest([result_of(town, note.key)]))
    assert asked.rows == []


def result_of(town: Town, key: str) -> str:
    """The last mutation of a row."""
    found = town.query("SELECT mutation_id::text FROM change_history WHERE row_id = %s ORDER BY row_version", key)
    return str(found[-1][0])


def granted(town: Town, role: str, school: str, since: str, until: str | None) -> tuple[str, str]:
    """An account without a role of its own, and its one grant: (user, grant)."""
    person, grant = fresh(), fresh()
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, None, town.clock.now())
        account = {"first_name": "Gus", "last_name": "Example", "role": "VIEWER", "district_id": town.district}
        writes.insert("users", {person: {**account, "email": f"gus-{person[-6:]}@example.org"}})
        given = {"user_id": person, "role": role, "school_id": school, "valid_from": since, "valid_until": until}
        writes.insert("role_grants", {grant: given})
        writes.close()
    return person, grant


BEFORE, END, AFTER = "2026-02-10T12:00:00.000000Z", "2026-02-20T00:00:00.000000Z", "2026-02-25T12:00:00.000000Z"


@pytest.mark.parametrize(
    ("named", "written", "outcome"),
    [
        (True, BEFORE, "applied"),
        (True, AFTER, "held"),
        (False, BEFORE, "held"),
        (True, "2027-01-01T00:00:00.000000Z", "held"),
    ],
)
def test_d06_a_grant_that_ended_holds_for_what_was_written_under_it(
    town: Town, named: bool, written: str, outcome: str
) -> None:
    gus, grant = granted(town, "NURSE", town.oak, "2026-01-01T00:00:00.000000Z", END)
    draft = insert(
        "allergies", allergy(town.students["iris"]), author=gus, grant=grant if named else None, authored_at=written
    )
    result = town.desk(gus, town.oak).push_one(draft)
    assert (result.outcome.value, result.reason) == (outcome, None if outcome == "applied" else "role")


def test_d06_a_grant_taken_back_holds_for_what_was_written_before(town: Town) -> None:
    gus, grant = granted(town, "NURSE", town.oak, "2026-01-01T00:00:00.000000Z", None)
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, town.dora, town.clock.now())
        writes.update("role_grants", grant, {"deleted_at": END, "deleted_by": town.dora, "delete_reason": "left"})
        writes.close()
    desk = town.desk(gus, town.oak)
    drafts = [
        insert("allergies", allergy(town.students["iris"]), author=gus, grant=grant, authored_at=at)
        for at in (BEFORE, AFTER)
    ]
    assert [desk.push_one(draft).outcome.value for draft in drafts] == ["applied", "held"]


def test_d06_the_grant_of_another_person_is_no_right(town: Town) -> None:
    gus, _own = granted(town, "VIEWER", town.oak, "2026-01-01T00:00:00.000000Z", None)
    _other, grant = granted(town, "NURSE", town.oak, "2026-01-01T00:00:00.000000Z", None)
    draft = insert("allergies", allergy(town.students["iris"]), author=gus, grant=grant)
    assert town.desk(gus, town.oak).push_one(draft).reason == "role"


def test_scenario_11_a_grant_of_today_counts_however_wrong_the_clock_was(town: Town) -> None:
    gus, grant = granted(town, "NURSE", town.oak, "2026-03-01T00:00:00.000000Z", None)
    at = "2023-03-01T00:00:00.000000Z"
    draft = insert("allergies", allergy(town.students["iris"]), author=gus, grant=grant, authored_at=at)
    assert town.desk(gus, town.oak).push_one(draft).outcome.value == "applied"


def test_d05_rows_of_an_import_are_taken_from_the_device_that_had_the_lease(town: Town) -> None:
    first, second, school = (
        town.desk(town.dora, everything=True),
        town.desk(town.dora, everything=True),
        town.desk(town.dora, town.oak),
    )

    def imported() -> Draft:
        return insert("students", student("New", None, town.oak), purpose="IMPORT")

    assert first.push_one(imported()).reason == "no_lease"
    town.exchange.import_lease(first.known(), LeaseRequest(town.dora))
    town.exchange.import_lease(first.known(), LeaseRequest(town.dora, release=True))
    outcomes = [
        (done := desk.push_one(imported())).outcome.value + (done.reason or "") for desk in (first, second, school)
    ]
    assert outcomes == ["applied", "heldno_lease", "heldno_lease"]
    by_hand = insert("students", student("Typed", None, town.oak), purpose="ADMINISTRATION")
    assert second.push_one(by_hand).outcome.value == "applied"
    assert {state for (state,) in town.query("SELECT state FROM sync_inbox WHERE reason = 'no_lease'")} == {"REVIEW"}


def test_d05_a_link_to_the_roster_needs_the_lease_whatever_the_item_says(town: Town) -> None:
    desk = town.desk(town.dora, everything=True)
    link = {"source": "x", "kind": "STUDENT", "sourced_id": "s-1", "student_id": town.students["iris"]}
    assert desk.push_one(insert("source_links", link, purpose="ADMINISTRATION")).reason == "no_lease"


def test_scenario_45_there_and_back_again_is_no_change_for_the_desk(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    desk.pull()
    before = set(desk.held)
    transfer(town, "iris", town.elm)
    transfer(town, "iris", town.oak)
    roots = desk.pull()
    assert before <= set(desk.held)
    assert desk.digests() == roots


def test_a_cursor_of_commits_the_district_does_not_know_is_refused(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    desk.pull()
    with town.database.owning() as connection:
        connection.execute("DELETE FROM sync_commits")
    with pytest.raises(RefusedRequestError, match="epoch_changed"):
        town.exchange.pull(desk.known(), PullRequest([town.oak], desk.cursors[town.oak]))


def test_scenario_13_a_device_that_knows_less_than_it_did_is_rewound(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    desk.acked = 5
    desk.open()
    desk.acked = 3
    rewound = desk.open().state
    desk.incarnation = 2
    assert (rewound, desk.open().state) == (SessionState.REWOUND, SessionState.REWOUND)
    assert desk.open(user=town.dora).state is SessionState.CONTINUE
    assert desk.open().state is SessionState.CONTINUE


def test_scenario_15_a_second_machine_with_the_same_identity_is_found(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    desk.open()
    twin_nonce = desk.nonce
    desk.open()
    desk.open()
    assert desk.open(nonce=twin_nonce).state is SessionState.CLONED


def test_an_answer_that_was_lost_does_not_make_a_device_a_clone(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    desk.open()
    kept = desk.nonce
    desk.open()
    assert desk.open(nonce=kept).state is SessionState.CONTINUE


def test_d05_one_device_with_all_scopes_holds_the_import_lease(town: Town) -> None:
    school, first, second = (
        town.desk(town.dora, town.oak),
        town.desk(town.dora, everything=True),
        town.desk(town.dora, everything=True),
    )
    lease = LeaseRequest(town.dora)
    answers = [town.exchange.import_lease(desk.known(), lease) for desk in (school, first, second)]
    assert [(answer.granted, answer.reason) for answer in answers] == [
        (False, "not_all_scopes"),
        (True, None),
        (False, "taken"),
    ]
    town.exchange.import_lease(first.known(), LeaseRequest(town.dora, release=True))
    assert town.exchange.import_lease(second.known(), lease).granted
    assert town.exchange.import_lease(second.known(), LeaseRequest(town.ann)).reason == "role"
