"""A change happens once, however often and however it comes (scenarios 1, 4, 5, 8, 11, 43)."""

from __future__ import annotations

import threading

import msgspec
from tests.support.district import Draft, Town, allergy, insert, student, update, visit

from clinicdesk.sync.protocol import HeldRequest, PushReply


def versions(town: Town, *drafts: Draft) -> list[int]:
    return [(town.rows(draft.table, draft.key) or {"row_version": 0})["row_version"] for draft in drafts]


def last_seq(town: Town) -> int:
    return int(town.query("SELECT last_seq FROM server_state")[0][0])


def test_scenario_01_a_batch_sent_again_gets_the_stored_outcome(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    batch = desk.batch(insert("allergies", allergy(town.students["iris"])))
    first = town.exchange.push(desk.known(), batch)
    seq = last_seq(town)
    again = town.exchange.push(desk.known(), batch)
    assert (again.results, last_seq(town)) == (first.results, seq)
    assert town.query("SELECT count(*) FROM change_history WHERE mutation_id = %s", batch.items[0].mutation) == [(1,)]


def test_scenario_01_an_item_sent_again_in_another_batch_is_the_same_item(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    first, second = (
        insert("allergies", allergy(town.students["iris"])),
        insert("allergies", allergy(town.students["jack"])),
    )
    desk.push(first)
    assert [result.outcome.value for result in desk.push(second, first).results] == ["applied", "applied"]
    assert versions(town, first, second) == [1, 1]


def test_scenario_04_a_batch_on_two_connections_at_once_is_applied_once(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    drafts = [insert("clinic_visits", visit(town.students["iris"], town.oak, town.ann)) for _ in range(60)]
    batch, device = desk.batch(*drafts), desk.known()
    replies: list[PushReply] = []
    together = threading.Barrier(4)

    def send() -> None:
        together.wait()
        replies.append(town.exchange.push(device, batch))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({msgspec.json.encode(reply.results) for reply in replies}) == 1
    assert versions(town, *drafts) == [1] * 60
    assert town.query("SELECT count(*) FROM sync_receipts") == [(60,)]


def test_scenario_04_one_mutation_from_two_devices_is_applied_once(town: Town) -> None:
    desks = [town.desk(town.ann, town.oak), town.desk(town.ann, town.oak)]
    draft = insert("allergies", allergy(town.students["iris"]))
    replies: list[PushReply] = []
    together = threading.Barrier(2)

    def send(number: int) -> None:
        together.wait()
        replies.append(desks[number].push(draft))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [reply.results[0].outcome.value for reply in replies] == ["applied", "applied"]
    assert versions(town, draft) == [1]


def test_scenario_05_another_change_under_the_same_id_is_refused_and_kept(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    draft = insert("allergies", allergy(town.students["iris"]))
    desk.push(draft)
    other = insert("allergies", allergy(town.students["jack"]), mutation=draft.mutation)
    result = desk.push_one(other)
    assert (result.outcome.value, result.reason, versions(town, other)) == ("rejected", "mutation_reused", [0])
    kept = town.query("SELECT state, payload ->> 'key' FROM sync_inbox WHERE mutation_id = %s", draft.mutation)
    assert kept == [("QUARANTINED", other.key)]


def test_scenario_05_two_changes_under_one_id_in_one_batch_are_not_both_applied(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    draft = insert("allergies", allergy(town.students["iris"]))
    other = insert("allergies", allergy(town.students["jack"]), mutation=draft.mutation)
    results = desk.push(draft, other).results
    assert [(result.outcome.value, result.reason) for result in results] == [
        ("applied", None),
        ("rejected", "mutation_reused"),
    ]
    assert versions(town, draft, other) == [1, 0]


def test_scenario_08_one_bad_item_of_500_does_not_hinder_the_others(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    drafts = [insert("clinic_visits", visit(town.students["iris"], town.oak, town.ann)) for _ in range(500)]
    drafts[321].values = {**(drafts[321].values or {}), "check_out_time": "2026-03-02T14:00:00.000000Z"}
    results = desk.push(*drafts).results
    bad = [(index, result.outcome.value, result.reason) for index, result in enumerate(results) if not result.version]
    assert bad == [(321, "rejected", "invalid")]
    assert "check_out_time" in results[321].fields
    assert town.query("SELECT count(*) FROM clinic_visits") == [(499,)]
    assert town.query("SELECT state, row_id::text FROM sync_inbox") == [("REJECTED", drafts[321].key)]


def test_scenario_08_items_that_cannot_be_read_are_kept_beside_the_good_ones(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    good = insert("allergies", allergy(town.students["iris"]))
    strange = insert("allergies", allergy(town.students["iris"]))
    strange.values = {**(strange.values or {}), "onset_date": "yesterday"}
    unknown = Draft("no_such_table", strange.key, "insert", 0, values={})
    wild = update("allergies", good.key, 1, shoe_size=(None, "7"))
    results = desk.push(good, strange, unknown, wild).results
    assert [(result.outcome.value, result.reason) for result in results] == [
        ("applied", None),
        ("rejected", "not_canonical"),
        ("rejected", "unknown_table"),
        ("rejected", "unknown_column"),
    ]
    assert town.query("SELECT count(*) FROM sync_inbox WHERE state = 'REJECTED'") == [(3,)]


def test_a_number_finer_than_its_column_is_refused_not_rounded(town: Town) -> None:
    desk = town.desk(town.dora, everything=True)
    result = desk.push_one(
        insert("budget_categories", {"name": "Supplies", "fiscal_year": 2026, "allocated_amount": "10.123456"})
    )
    assert (result.outcome.value, result.reason, result.fields) == ("rejected", "too_exact", ["allocated_amount"])


def test_scenario_11_a_clock_years_off_orders_nothing(town: Town) -> None:
    mine, other = town.desk(town.ann, town.oak), town.desk(town.dora, everything=True)
    draft = insert("allergies", allergy(town.students["iris"], notes="a"))
    mine.push(draft)
    batch = mine.batch(update("allergies", draft.key, 1, notes=("a", "from 2029")))
    ahead = msgspec.structs.replace(batch.items[0], authored_at="2029-03-02T00:00:00.000000Z")
    town.exchange.push(mine.known(), msgspec.structs.replace(batch, items=[ahead]))
    result = other.push_one(update("allergies", draft.key, 2, notes=("from 2029", "later, by a right clock")))
    assert (result.outcome.value, result.version) == ("applied", 3)
    assert (town.rows("allergies", draft.key) or {})["notes"] == "later, by a right clock"


def test_scenario_11_the_session_tells_how_far_the_clock_is_off(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    assert desk.open(clock="2029-03-02T15:00:00.000000Z").skew_seconds == 94_694_400.0


def test_scenario_43_what_a_revoked_device_hands_in_is_kept_and_not_applied(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    with town.database.owning() as connection:
        connection.execute("UPDATE devices SET status = 'REVOKED' WHERE id = %s", (desk.device,))
    draft = insert("allergies", allergy(town.students["iris"]))
    result = desk.push_one(draft)
    assert (desk.open().state.value, result.outcome.value, result.reason) == ("revoked", "held", "device_revoked")
    assert (versions(town, draft), town.query("SELECT state FROM sync_inbox")) == ([0], [("QUARANTINED",)])


def test_what_became_of_a_held_item_can_be_asked(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    new = insert("students", student("Max", "901", town.oak))
    child = insert("allergies", allergy(new.key))
    desk.push(child)
    before = town.exchange.outcomes(desk.known(), HeldRequest([child.mutation])).results[child.mutation]
    desk.push(new)
    after = town.exchange.outcomes(desk.known(), HeldRequest([child.mutation])).results[child.mutation]
    assert (before.outcome.value, after.outcome.value, after.version) == ("held", "applied", 1)
