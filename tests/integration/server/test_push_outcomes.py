"""What becomes of a change at the district's own database: merge, delete, sign, unique keys (scenarios 25-40)."""

from __future__ import annotations

from typing import Any

from tests.support.district import Desk, Draft, Town, allergy, delete, fresh, insert, student, update, visit


def conflicts(town: Town, key: str) -> list[dict[str, Any]]:
    """The conflict rows about a row, oldest first."""
    found = town.query("SELECT id::text FROM sync_conflicts WHERE entity_id = %s ORDER BY id", key)
    return [town.rows("sync_conflicts", conflict) or {} for (conflict,) in found]


def value(town: Town, table: str, key: str, column: str) -> Any:
    return (town.rows(table, key) or {})[column]


def two_desks(town: Town) -> tuple[Desk, Desk, str]:
    """Two desks at one school, and an allergy that both know at version 1."""
    mine, other = town.desk(town.ann, town.oak), town.desk(town.dora, everything=True)
    draft = insert("allergies", allergy(town.students["iris"], notes="a"))
    assert mine.push_one(draft).outcome.value == "applied"
    return mine, other, draft.key


def an_order(town: Town, medication: str, root: str) -> dict[str, Any]:
    return {
        "student_id": town.students["iris"],
        "medication_id": medication,
        "root_id": root,
        "dosage": "5 mg",
        "frequency": "daily at noon",
        "route": "ORAL",
        "start_date": "2026-01-05T12:00:00.000000Z",
        "dose_amount": "5",
        "dose_unit": "mg",
        "schedule_kind": "SCHEDULED",
        "times_of_day": ["12:00"],
        "prescribed_by_name": "Dr. Example",
    }


def given_dose(town: Town, medication: str, device: str, order: str, **changes: Any) -> dict[str, Any]:
    return {
        "student_id": town.students["iris"],
        "medication_id": medication,
        "dosage": "5",
        "dosage_unit": "mg",
        "route": "ORAL",
        "administered_at": "2026-03-02T17:00:00.000000Z",
        "administered_by": town.ann,
        "was_given": True,
        "outcome": "GIVEN",
        "student_medication_id": order,
        "order_root_id": order,
        "order_version": 1,
        "scheduled_for": "2026-03-02T17:00:00.000000Z",
        "slot_key": "2026-03-02T12:00",
        "recorded_at": "2026-03-02T17:01:00.000000Z",
        "zone_offset_minutes": -360,
        "device_id": device,
        **changes,
    }


def test_a_row_from_the_desk_stands_at_the_district(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    draft = insert("allergies", allergy(town.students["iris"]))
    result = desk.push_one(draft)
    assert (result.outcome.value, result.version, result.anchor) == ("applied", 1, None)
    assert value(town, "allergies", draft.key, "allergen") == "Peanut"


def test_d04_the_district_sets_stamps_and_anchor_itself(town: Town) -> None:
    _mine, _other, key = two_desks(town)
    row = town.rows("allergies", key) or {}
    assert (row["scope_id"], row["created_by"], row["row_version"]) == (town.students["iris"], town.ann, 1)


def test_scenario_34_two_values_for_one_field_are_kept_in_a_conflict(town: Town) -> None:
    mine, other, key = two_desks(town)
    other.push(update("allergies", key, 1, notes=("a", "theirs")))
    draft = update("allergies", key, 1, notes=("a", "mine"))
    reply = mine.push(draft)
    (conflict,) = conflicts(town, key)
    assert (reply.results[0].outcome.value, reply.results[0].conflicts) == ("conflict", [conflict["id"]])
    assert (conflict["base_values"], conflict["client_version"], conflict["server_version"]) == (
        {"notes": "a"},
        {"notes": "mine"},
        {"notes": "theirs"},
    )
    assert (conflict["author_id"], conflict["server_author_id"], conflict["device_id"]) == (
        town.ann,
        town.dora,
        mine.device,
    )
    assert (conflict["kind"], conflict["queue_item_id"], conflict["is_safety"]) == ("FIELD", draft.mutation, True)
    assert value(town, "allergies", key, "notes") == "theirs"


def test_scenario_34_the_answer_carries_the_row_as_the_district_has_it(town: Town) -> None:
    mine, other, key = two_desks(town)
    other.push(update("allergies", key, 1, notes=("a", "theirs")))
    (rows,) = mine.push(update("allergies", key, 1, notes=("a", "mine"))).rows
    row = dict(zip(rows.columns, rows.rows[0][7:], strict=True))
    assert (rows.rows[0][:2], row["notes"]) == ([key, 2], "theirs")


def test_scenario_34_the_conflict_reaches_every_desk_of_the_school_by_pull(town: Town) -> None:
    mine, other, key = two_desks(town)
    other.push(update("allergies", key, 1, notes=("a", "theirs")))
    mine.push(update("allergies", key, 1, notes=("a", "mine")))
    roots = mine.pull()
    assert [table for table, _key in mine.held].count("sync_conflicts") == 1
    assert mine.digests() == roots


def test_scenario_35_the_same_new_value_is_no_conflict_and_both_authors_stand_in_the_history(town: Town) -> None:
    mine, other, key = two_desks(town)
    other.push(update("allergies", key, 1, notes=("a", "b")))
    result = mine.push_one(update("allergies", key, 1, notes=("a", "b")))
    assert (result.outcome.value, result.version, conflicts(town, key)) == ("merged", 2, [])
    authors = town.query("SELECT author_id::text FROM change_history WHERE row_id = %s ORDER BY id", key)
    assert authors == [(town.ann,), (town.dora,), (town.ann,)]


def test_scenario_36_different_fields_of_one_row_are_merged(town: Town) -> None:
    mine, other, key = two_desks(town)
    other.push(update("allergies", key, 1, treatment=(None, "epinephrine")))
    reply = mine.push(update("allergies", key, 1, notes=("a", "b")))
    row = town.rows("allergies", key) or {}
    assert (reply.results[0].outcome.value, row["notes"], row["treatment"], row["row_version"]) == (
        "merged",
        "b",
        "epinephrine",
        3,
    )
    assert reply.rows[0].rows[0][1] == 3


def test_scenario_36_two_fields_of_one_merge_group_are_a_conflict(town: Town) -> None:
    mine, other, key = two_desks(town)
    other.push(update("allergies", key, 1, severity=("SEVERE", "MILD")))
    result = mine.push_one(update("allergies", key, 1, allergen=("Peanut", "Tree nut")))
    (conflict,) = conflicts(town, key)
    assert (result.outcome.value, conflict["kind"], conflict["merge_group"]) == ("conflict", "GROUP", "allergen")
    assert conflict["server_version"]["severity"] == "MILD"
    assert value(town, "allergies", key, "allergen") == "Peanut"


def test_scenario_25_an_edit_of_a_row_deleted_meanwhile_is_kept(town: Town) -> None:
    mine, other, key = two_desks(town)
    assert other.push_one(delete("allergies", key, 1, town.dora)).outcome.value == "applied"
    result = mine.push_one(update("allergies", key, 1, notes=("a", "b")))
    (conflict,) = conflicts(town, key)
    assert (result.outcome.value, conflict["kind"], conflict["client_version"]) == (
        "conflict",
        "DELETE_VS_EDIT",
        {"notes": "b"},
    )
    assert value(town, "allergies", key, "deleted_at") is not None


def test_scenario_26_a_delete_of_a_row_edited_meanwhile_is_not_applied(town: Town) -> None:
    mine, other, key = two_desks(town)
    other.push(update("allergies", key, 1, notes=("a", "b")))
    result = mine.push_one(delete("allergies", key, 1, town.ann))
    assert (result.outcome.value, conflicts(town, key)[0]["kind"]) == ("conflict", "EDIT_VS_DELETE")
    assert value(town, "allergies", key, "deleted_at") is None


def test_scenario_27_deleted_on_both_sides_is_one_tombstone(town: Town) -> None:
    mine, other, key = two_desks(town)
    other.push(delete("allergies", key, 1, town.dora))
    result = mine.push_one(delete("allergies", key, 1, town.ann))
    assert (result.outcome.value, result.version, conflicts(town, key)) == ("merged", 2, [])


def test_scenario_28_a_row_made_again_is_a_new_row(town: Town) -> None:
    mine, _other, key = two_desks(town)
    mine.push(delete("allergies", key, 1, town.ann))
    again = insert("allergies", allergy(town.students["iris"]))
    assert mine.push_one(again).outcome.value == "applied"
    assert value(town, "allergies", key, "deleted_at") is not None


def test_scenario_33_the_second_row_stands_without_the_claimed_number(town: Town) -> None:
    mine, other = town.desk(town.ann, town.oak), town.desk(town.ben, town.elm)
    first, second = (
        insert("students", student("Nia", "777", town.oak)),
        insert("students", student("Nia", "777", town.elm)),
    )
    assert mine.push_one(first).outcome.value == "applied"
    result = other.push_one(second)
    row = town.rows("students", second.key) or {}
    (conflict,) = conflicts(town, second.key)
    assert (result.outcome.value, row["student_number"], row["number_status"]) == ("conflict", None, "CONTESTED")
    wanted = {"student_number": "777", "number_status": "CONFIRMED"}
    assert (conflict["kind"], conflict["client_version"]) == ("UNIQUE", wanted)
    assert conflict["other_entity_id"] is None


def follows(row: Draft, revision: int, kind: str) -> dict[str, Any]:
    """What the next row of a line says differently from the one before it (D1)."""
    reason = {"correction_reason": "entered in error", "entry_kind": kind}
    return {**(row.values or {}), **reason, "supersedes_id": row.key, "revision": revision}


def test_m07_a_dose_with_the_number_of_one_struck_out_is_refused_whole_and_the_next_of_the_line_goes_in(
    town: Town,
) -> None:
    """An appended row is what its author signed: it goes in with its order and slot, or not at all (D1)."""
    desk, office = town.desk(town.ann, town.oak), town.desk(town.dora, everything=True)
    medication = insert("medications", {"name": "Ibuprofen", "dosage_form": "TABLET", "strength": "200 mg"})
    office.push(medication)
    order = fresh()
    desk.push(insert("student_medications", an_order(town, medication.key, order), key=order))
    first = insert("medication_logs", given_dose(town, medication.key, desk.device, order))
    struck = insert("medication_logs", follows(first, 2, "WITHDRAWN"))
    same = insert("medication_logs", given_dose(town, medication.key, desk.device, order, notes="typed again"))
    assert [one.outcome.value for one in desk.push(first, struck).results] == ["applied", "applied"]
    result = desk.push_one(same)
    assert (result.outcome.value, result.reason, result.conflicts) == ("rejected", "unique", [])
    assert set(result.fields) == {"order_root_id", "slot_key", "device_id", "revision"}
    (kept,) = town.query("SELECT payload->'changes'->'notes'->>1 FROM sync_inbox WHERE mutation_id = %s", same.mutation)
    assert kept == ("typed again",)
    following = insert("medication_logs", follows(struck, 3, "CORRECTION"))
    assert desk.push_one(following).outcome.value == "applied"
    found = town.query("SELECT id::text FROM medication_logs WHERE order_root_id = %s ORDER BY revision", order)
    assert [key for (key,) in found] == [first.key, struck.key, following.key]


def test_d01_an_acknowledgment_that_was_taken_back_is_given_again_in_the_next_row_of_its_line(town: Town) -> None:
    desk, office = town.desk(town.ann, town.oak), town.desk(town.dora, everything=True)
    text = {"title": "Privacy", "category": "FERPA", "content": "Keep it to yourself."}
    policy = insert("policy_documents", {**text, "effective_date": "2026-01-05T12:00:00.000000Z"})
    assert office.push_one(policy).outcome.value == "applied"
    said = {"policy_id": policy.key, "user_id": town.ann, "acknowledged_at": "2026-03-02T17:00:00.000000Z"}
    first = insert("policy_acknowledgments", {**said, "policy_version": "1.0"})
    struck = insert("policy_acknowledgments", follows(first, 2, "WITHDRAWN"))
    assert [one.outcome.value for one in desk.push(first, struck).results] == ["applied", "applied"]
    once_more = desk.push_one(insert("policy_acknowledgments", {**said, "policy_version": "1.0"}))
    assert (once_more.outcome.value, once_more.reason) == ("rejected", "unique")
    assert set(once_more.fields) == {"policy_id", "user_id"}
    again = insert("policy_acknowledgments", follows(struck, 3, "CORRECTION"))
    assert desk.push_one(again).outcome.value == "applied"


def test_scenario_37_a_dose_given_twice_keeps_both_rows_and_is_flagged(town: Town) -> None:
    mine, other = town.desk(town.ann, town.oak), town.desk(town.dora, everything=True)
    medication = insert("medications", {"name": "Ibuprofen", "dosage_form": "TABLET", "strength": "200 mg"})
    other.push(medication)
    order = fresh()
    ordered = insert("student_medications", an_order(town, medication.key, order), key=order)
    placed = mine.push_one(ordered)
    assert (placed.outcome.value, placed.reason, placed.fields) == ("applied", None, [])
    first = insert("medication_logs", given_dose(town, medication.key, mine.device, order))
    second = insert("medication_logs", given_dose(town, medication.key, other.device, order))
    assert [mine.push_one(first).outcome.value, other.push_one(second, author=town.ann).outcome.value] == [
        "applied",
        "conflict",
    ]
    (conflict,) = conflicts(town, second.key)
    assert (conflict["kind"], conflict["other_entity_id"]) == ("POSSIBLE_DUPLICATE", first.key)
    assert town.rows("medication_logs", second.key) is not None


def test_scenario_38_two_resolutions_of_one_conflict_are_a_conflict(town: Town) -> None:
    mine, other, key = two_desks(town)
    other.push(update("allergies", key, 1, notes=("a", "theirs")))
    (conflict,) = mine.push_one(update("allergies", key, 1, notes=("a", "mine"))).conflicts

    def resolution(by: str, how: str) -> Any:
        return update(
            "sync_conflicts",
            conflict,
            1,
            status=("PENDING", "RESOLVED"),
            resolution=(None, how),
            resolved_by=(None, by),
            resolved_at=(None, "2026-03-02T15:00:00.000000Z"),
        )

    assert mine.push_one(resolution(town.ann, "CLIENT_WINS")).outcome.value == "applied"
    second = other.push_one(resolution(town.dora, "SERVER_WINS"), author=town.ann)
    assert (second.outcome.value, conflicts(town, conflict)[0]["kind"]) == ("conflict", "GROUP")
    assert value(town, "sync_conflicts", conflict, "resolution") == "CLIENT_WINS"


def test_scenario_39_an_edit_of_the_same_author_joins_the_open_conflict(town: Town) -> None:
    mine, other, key = two_desks(town)
    other.push(update("allergies", key, 1, notes=("a", "theirs")))
    mine.push(update("allergies", key, 1, notes=("a", "mine")))
    mine.push(update("allergies", key, 1, notes=("a", "mine, later")))
    (conflict,) = conflicts(town, key)
    assert (conflict["client_version"], conflict["row_version"]) == ({"notes": "mine, later"}, 2)


def test_scenario_39_an_edit_at_the_district_shows_in_the_open_conflict(town: Town) -> None:
    mine, other, key = two_desks(town)
    other.push(update("allergies", key, 1, notes=("a", "theirs")))
    mine.push(update("allergies", key, 1, notes=("a", "mine")))
    other.push(update("allergies", key, 2, notes=("theirs", "theirs, later")))
    (conflict,) = conflicts(town, key)
    assert conflict["server_version"] == {"notes": "theirs, later"}


def test_d02_a_signed_visit_is_frozen_and_a_late_edit_is_kept(town: Town) -> None:
    mine, other = town.desk(town.ann, town.oak), town.desk(town.dora, everything=True)
    draft = insert("clinic_visits", visit(town.students["iris"], town.oak, town.ann))
    mine.push(draft)
    signing = update(
        "clinic_visits",
        draft.key,
        1,
        signed_at=(None, "2026-03-02T15:00:00.000000Z"),
        signed_by=(None, town.ann),
        disposition=(None, "RETURN_TO_CLASS"),
        check_out_time=(None, "2026-03-02T14:50:00.000000Z"),
    )
    signing.operation = "sign"
    assert mine.push_one(signing).outcome.value == "applied"
    result = other.push_one(update("clinic_visits", draft.key, 1, notes=("Rested ten minutes", "Went home")))
    assert (result.outcome.value, conflicts(town, draft.key)[0]["kind"]) == ("conflict", "SIGN_VS_EDIT")
    assert value(town, "clinic_visits", draft.key, "notes") == "Rested ten minutes"


def test_d01_an_append_only_row_is_never_changed(town: Town) -> None:
    mine = town.desk(town.ann, town.oak)
    draft = insert(
        "immunizations",
        {
            "student_id": town.students["iris"],
            "vaccine_name": "MMR",
            "administered_date": "2020-01-01T12:00:00.000000Z",
            "source": "PARENT_RECORD",
            "recorded_by": town.ann,
        },
    )
    first = mine.push_one(draft)
    result = mine.push_one(update("immunizations", draft.key, 1, notes=(None, "x")))
    assert (first.outcome.value, result.outcome.value, result.reason) == ("applied", "rejected", "append_only")


def test_scenario_59_a_version_from_the_future_is_diverged(town: Town) -> None:
    mine, _other, key = two_desks(town)
    assert mine.push_one(update("allergies", key, 9, notes=("a", "b"))).outcome.value == "conflict"
    assert conflicts(town, key)[0]["kind"] == "DIVERGED"


def test_scenario_30_a_child_waits_for_its_parent_and_follows_it(town: Town) -> None:
    mine = town.desk(town.ann, town.oak)
    record = insert(
        "health_records",
        {
            "student_id": town.students["iris"],
            "record_type": "CHECKUP",
            "title": "Allergy",
            "description": "See list",
            "record_date": "2026-03-02T12:00:00.000000Z",
        },
    )
    child = insert("allergies", allergy(town.students["iris"], health_record_id=record.key))
    held = mine.push_one(child)
    assert (held.outcome.value, held.reason, held.fields) == ("held", "parent_missing", ["health_record_id"])
    reply = mine.push(record)
    assert [(mutation, result.outcome.value) for mutation, result in reply.released] == [(child.mutation, "applied")]
    assert town.rows("allergies", child.key) is not None


def test_scenario_31_children_of_a_rejected_parent_are_held_with_it(town: Town) -> None:
    mine = town.desk(town.ann, town.oak)
    new = insert("students", {**student("Max", "901", town.oak), "gender": "NOT A GENDER"})
    child = insert("allergies", allergy(new.key))
    results = mine.push(new, child).results
    assert [(result.outcome.value, result.reason) for result in results] == [
        ("rejected", "invalid"),
        ("held", "parent_held"),
    ]
    mended = insert("students", student("Max", "901", town.oak), key=new.key)
    assert [result.outcome.value for _mutation, result in mine.push(mended).released] == ["applied"]


def test_scenario_32_a_child_of_a_deleted_parent_is_kept_and_shown(town: Town) -> None:
    mine, other = town.desk(town.ann, town.oak), town.desk(town.dora, everything=True)
    other.push(delete("students", town.students["iris"], 1, town.dora))
    draft = insert("allergies", allergy(town.students["iris"]))
    assert mine.push_one(draft).outcome.value == "conflict"
    assert (conflicts(town, draft.key)[0]["kind"], town.rows("allergies", draft.key) is not None) == ("ORPHAN", True)
