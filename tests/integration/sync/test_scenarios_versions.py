"""Workstation and district of different schemas: nothing is lost, and what either does not know stays as it came."""

from __future__ import annotations

import uuid

import msgspec
import pytest
from tests.integration.sync.conftest import NewDesk
from tests.support.district import Town, fresh, insert
from tests.support.district import allergy as allergy_values
from tests.support.faulty import LosesAnswers
from tests.support.other_schema import (
    PRESENT,
    SECOND,
    insert_first_allergy,
    make_first,
    present_program,
    serve,
    update_first_allergy,
    upgrade,
)
from tests.support.sync_rows import a_student, a_visit, an_allergy
from tests.support.workstation import DirectLine, Workstation, assert_equal_to_district

from clinicdesk.models import MedicalHistory
from clinicdesk.models.enums import AllergySeverity, MedicalHistoryRecordType
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.server.schema_upkeep import settle_schema
from clinicdesk.storage.shape import shapes
from clinicdesk.sync.errors import UnreachableError, UpgradeNeededError
from clinicdesk.sync.outbox import BatchSize
from clinicdesk.sync.protocol import PushBatch, RowsRequest, TableColumns
from clinicdesk.sync.tables import tables_of
from clinicdesk.sync.versions import AddedColumn, RenamedColumn, SchemaHistory, SchemaStep


@pytest.fixture
def first(town: Town, new_desk: NewDesk) -> Workstation:
    """Ann's desk at Oak with a program and a file of the first schema, at a district of the third."""
    serve(town, PRESENT)
    desk = new_desk(town.ann, town.oak)
    make_first(desk)
    desk.sync()
    return desk


def district_writes(town: Town, table: str, key: str, **values: object) -> None:
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, None, town.clock.now())
        if town.rows(table, key) is None:
            writes.insert(table, {key: values})
        else:
            writes.update(table, key, values)
        writes.close()


def an_allergy_there(town: Town, **values: object) -> str:
    key = fresh()
    district_writes(town, "allergies", key, **allergy_values(town.students["iris"], **values))
    return key


def pushed(line: DirectLine) -> list[tuple[str, str]]:
    """Table and key of everything this line was given to send."""
    batches = [request for _path, request in line.asked if isinstance(request, PushBatch)]
    return [(batch.tables[item.table].table, item.key) for batch in batches for item in batch.items]


# --- 21: the workstation is newer ----------------------------------------------------------------------------------


def test_scenario_21_changes_that_an_older_district_cannot_understand_wait_and_the_rest_flows(
    town: Town, new_desk: NewDesk
) -> None:
    desk = new_desk(town.ann, town.oak)
    desk.sync()
    desk.tables = present_program()
    known = desk.insert(an_allergy(town, "iris", allergen="Dust"))
    column = desk.insert(an_allergy(town, "iris", emergency_protocol="Call 555-0100"))
    word = desk.insert(an_allergy(town, "jack", severity=AllergySeverity.LIFE_THREATENING))
    table = desk.insert(
        MedicalHistory(
            student_id=uuid.UUID(town.students["iris"]),
            record_type=MedicalHistoryRecordType.SURGERY,
            condition="Tonsils",
        )
    )
    desk.update("allergies", column, onset_date=town.clock.now())
    visit = desk.insert(a_visit(town))

    line = desk.direct()
    desk.sync(line)

    assert {key for _table, key in pushed(line)} & {known, column, word, table, visit} == {known, visit}
    assert town.rows("allergies", known) is not None
    assert town.rows("clinic_visits", visit) is not None
    waiting = {(item["entity_id"], item["last_error"]) for item in desk.queue("HELD")}
    assert waiting == {
        (column, "unknown_column"),
        (column, "depends"),
        (word, "unknown_column"),
        (table, "unknown_table"),
    }
    needed = [msgspec.json.decode(item["outcome"]) for item in desk.queue("HELD")]
    assert needed == [{"min_server_schema": 2}] * 4
    desk.sync()
    assert len(desk.queue("HELD")) == 4

    serve(town, PRESENT)
    desk.sync()

    assert desk.queue("HELD", "PENDING", "IN_FLIGHT", "REJECTED") == []
    assert (town.rows("allergies", column) or {})["emergency_protocol"] == "Call 555-0100"
    assert (town.rows("allergies", word) or {})["severity"] == "LIFE_THREATENING"
    assert (town.rows("medical_history", table) or {})["condition"] == "Tonsils"
    assert_equal_to_district(desk)


def test_scenario_21_children_of_a_row_that_waits_wait_with_it(town: Town, new_desk: NewDesk) -> None:
    visits = SchemaHistory((SchemaStep((AddedColumn("clinic_visits", "template_code"),)),))
    desk = new_desk(town.ann, town.oak)
    desk.sync()
    desk.tables = tables_of(shapes(), visits)
    visit = desk.insert(a_visit(town, template_code="HEAD"))
    amended = desk.insert(a_visit(town, notes="second", amends_id=uuid.UUID(visit), amendment_reason="wrong time"))
    line = desk.direct()
    desk.sync(line)
    assert "clinic_visits" not in {table for table, _key in pushed(line)}
    serve(town, visits)
    desk.sync()
    assert (town.rows("clinic_visits", amended) or {})["amends_id"] == visit
    assert_equal_to_district(desk)


def test_scenario_21_more_waiting_changes_than_a_batch_holds_do_not_stop_the_others(
    town: Town, new_desk: NewDesk
) -> None:
    desk = new_desk(town.ann, town.oak)
    desk.sync()
    desk.tables = present_program()
    with desk.write() as session:
        for number in range(12):
            session.add(an_allergy(town, "iris", allergen=f"Pollen {number}", emergency_protocol="Call"))
        session.flush()
    visit = desk.insert(a_visit(town))
    desk.sync(size=BatchSize(rows=5))
    assert town.rows("clinic_visits", visit) is not None
    assert len(desk.queue("HELD")) == 12


def test_scenario_21_a_district_keeps_what_only_a_newer_program_can_say(town: Town, ann: Workstation) -> None:
    """A program that does not wait: the district holds the change, and lets it in after its own update."""
    key = fresh()
    batch = ann.peer.batch(insert("allergies", allergy_values(town.students["iris"]), key))
    batch = msgspec.structs.replace(batch, schema=2)
    columns = [*batch.tables[0].columns, "cross_reactions"]
    item = msgspec.structs.replace(batch.items[0], values=[*(batch.items[0].values or []), "Latex"])
    batch = msgspec.structs.replace(batch, tables=[TableColumns("allergies", columns)], items=[item])
    (result,) = town.exchange.push(ann.peer.known(), batch).results
    assert (result.outcome, result.reason, result.fields) == ("held", "unknown_column", ["cross_reactions"])
    ((payload,),) = town.query("SELECT payload FROM sync_inbox WHERE mutation_id = %s", item.mutation)
    assert payload["changes"]["cross_reactions"][1] == "Latex"
    ann.sync()
    assert town.rows("allergies", key) is None
    added = SchemaStep((AddedColumn("allergies", "cross_reactions"),))
    renamed = SchemaStep((RenamedColumn("allergies", "cross_reactions", "treatment"),))
    serve(town, SchemaHistory((added, renamed)))
    ann.sync()
    assert (town.rows("allergies", key) or {})["treatment"] == "Latex"


# --- 22: the workstation is older ----------------------------------------------------------------------------------


def test_scenario_22_what_an_older_program_does_not_know_comes_back_untouched(
    town: Town, first: Workstation, new_desk: NewDesk
) -> None:
    key = an_allergy_there(
        town,
        severity="LIFE_THREATENING",
        emergency_protocol="Call 555-0100",
        treatment="Antihistamine",
        symptoms="Rash",
        notes="Since 2020",
    )
    history = fresh()
    district_writes(
        town,
        "medical_history",
        history,
        student_id=town.students["iris"],
        record_type="SURGERY",
        condition="Tonsils",
    )
    first.sync()
    shown = first.row("allergies", key)
    assert (shown["severity"], shown["remedy"], shown["remarks"]) == ("SEVERE", "Antihistamine", "Rash / Since 2020")
    assert first.last is not None
    assert first.last.totals.mismatches == 0
    assert_equal_to_district(first)

    update_first_allergy(first, key, allergen="Peanut and walnut")
    first.sync()

    there = town.rows("allergies", key) or {}
    assert there["allergen"] == "Peanut and walnut"
    assert (there["severity"], there["emergency_protocol"]) == ("LIFE_THREATENING", "Call 555-0100")
    assert (there["treatment"], there["symptoms"], there["notes"]) == ("Antihistamine", "Rash", "Since 2020")
    assert first.conflicts() == []
    assert_equal_to_district(first)
    (kept,) = first.rows("SELECT row_id, base FROM sync_rows WHERE table_name = 'medical_history'")
    assert (kept["row_id"], msgspec.json.decode(kept["base"])["condition"]) == (history, "Tonsils")


def test_scenario_22_an_older_program_may_change_the_word_it_saw_a_stand_in_for(town: Town, first: Workstation) -> None:
    key = an_allergy_there(town, severity="LIFE_THREATENING")
    first.sync()
    update_first_allergy(first, key, severity="MODERATE")
    first.sync()
    assert (town.rows("allergies", key) or {})["severity"] == "MODERATE"
    assert first.row("allergies", key)["severity"] == "MODERATE"
    assert first.conflicts() == []
    assert_equal_to_district(first)


def test_scenario_22_a_stand_in_hides_no_conflict(town: Town, first: Workstation) -> None:
    key = an_allergy_there(town, severity="SEVERE")
    first.sync()
    update_first_allergy(first, key, severity="MILD")
    district_writes(town, "allergies", key, severity="LIFE_THREATENING")
    first.sync()
    assert (town.rows("allergies", key) or {})["severity"] == "LIFE_THREATENING"
    (conflict,) = first.conflicts()
    assert conflict["client_version"]["severity"] == "MILD"
    assert conflict["server_version"]["severity"] == "LIFE_THREATENING"


def test_scenario_22_below_the_oldest_served_schema_changes_are_kept_and_nothing_comes_back(
    town: Town, new_desk: NewDesk
) -> None:
    desk = new_desk(town.ann, town.oak)
    make_first(desk)
    desk.sync()
    seen = an_allergy_there(town)
    desk.sync()
    key = insert_first_allergy(desk, town.students["iris"], remedy="Ice", remarks="Swelling / left hand")
    update_first_allergy(desk, seen, remarks="Rash / at night")
    later = SchemaHistory((*PRESENT.steps, SchemaStep(())))
    serve(town, later)
    assert later.oldest_served == 2
    district_writes(town, "allergies", fresh(), **allergy_values(town.students["iris"], allergen="Latex"))

    with pytest.raises(UpgradeNeededError) as refused:
        desk.sync()

    assert refused.value.params["schema"] == 2
    assert town.rows("allergies", key) is None
    kept = town.query("SELECT row_id::text, state, reason FROM sync_inbox WHERE table_name = 'allergies'")
    assert set(kept) == {(key, "HELD", "upgrade_needed"), (seen, "HELD", "upgrade_needed")}
    assert {(item["entity_id"], item["last_error"]) for item in desk.queue("HELD")} == {
        (key, "upgrade_needed"),
        (seen, "upgrade_needed"),
    }
    assert desk.rows("SELECT id FROM allergies WHERE allergen = 'Latex'") == []

    upgrade(desk)
    desk.tables = tables_of(shapes(), later)
    desk.sync()

    stored = town.rows("allergies", key) or {}
    assert (stored["treatment"], stored["symptoms"], stored["notes"]) == ("Ice", "Swelling", "left hand")
    assert (town.rows("allergies", seen) or {})["notes"] == "at night"
    assert desk.queue("HELD", "PENDING", "IN_FLIGHT", "REJECTED") == []
    assert len(desk.rows("SELECT id FROM allergies WHERE allergen = 'Latex'")) == 1
    assert_equal_to_district(desk)


# --- 23: the workstation is upgraded -------------------------------------------------------------------------------


def test_scenario_23_after_an_upgrade_the_columns_and_tables_it_never_showed_are_filled(
    town: Town, first: Workstation
) -> None:
    key = an_allergy_there(town, severity="LIFE_THREATENING", emergency_protocol="Call 555-0100", notes="Since 2020")
    history = fresh()
    district_writes(
        town, "medical_history", history, student_id=town.students["iris"], record_type="SURGERY", condition="Tonsils"
    )
    first.sync()
    upgrade(first)
    line = first.direct()
    first.sync(line)
    shown = first.row("allergies", key)
    assert (shown["severity"], shown["emergency_protocol"], shown["notes"]) == (
        "LIFE_THREATENING",
        "Call 555-0100",
        "Since 2020",
    )
    assert first.row("medical_history", history)["condition"] == "Tonsils"
    asked = {request.table for _path, request in line.asked if isinstance(request, RowsRequest)}
    assert asked == {"allergies", "medical_history"}
    assert_equal_to_district(first)
    again = first.direct()
    first.sync(again)
    assert set(again.paths) <= {"/v1/session", "/v1/push"}


def test_scenario_23_a_fetch_that_is_cut_goes_on_where_it_was(town: Town, first: Workstation) -> None:
    keys = [an_allergy_there(town, emergency_protocol=f"Plan {number}") for number in range(3)]
    first.sync()
    upgrade(first)
    with pytest.raises(UnreachableError):
        first.sync(LosesAnswers(first.direct(), "/v1/rows"))
    first.sync()
    assert [first.row("allergies", key)["emergency_protocol"] for key in keys] == ["Plan 0", "Plan 1", "Plan 2"]
    assert_equal_to_district(first)


def test_scenario_23_an_edit_that_waits_is_not_overwritten_by_the_fetch(town: Town, first: Workstation) -> None:
    key = an_allergy_there(town, emergency_protocol="Call", notes="Since 2020")
    first.sync()
    update_first_allergy(first, key, remedy="Ice", remarks="Rash / Since 2020")
    upgrade(first)
    first.update("allergies", key, allergen="Walnut")
    first.sync()
    assert first.queue("PENDING", "IN_FLIGHT", "HELD", "REJECTED", "CONFLICT") == []
    stored, here = town.rows("allergies", key) or {}, first.row("allergies", key)
    for row in (stored, here):
        assert (row["allergen"], row["treatment"], row["symptoms"]) == ("Walnut", "Ice", "Rash")
        assert (row["notes"], row["emergency_protocol"]) == ("Since 2020", "Call")
    assert_equal_to_district(first)


def test_scenario_23_what_a_migration_of_the_district_filled_is_fetched_without_a_new_version(
    town: Town, new_desk: NewDesk
) -> None:
    desk = new_desk(town.ann, town.oak)
    desk.sync()
    key = an_allergy_there(town)
    desk.sync()
    history = SchemaHistory((SECOND,))
    with town.database.owning() as connection:
        connection.execute("UPDATE allergies SET emergency_protocol = 'By migration' WHERE id = %s", (key,))
    assert settle_schema(town.database, town.clock.now(), history) == {"allergies", "medical_history"}
    assert settle_schema(town.database, town.clock.now(), history) == set()
    serve(town, history)
    desk.sync()
    assert desk.row("allergies", key)["emergency_protocol"] == "By migration"
    assert desk.last is not None
    assert desk.last.totals.mismatches == 0
    assert_equal_to_district(desk)


# --- 24: a column was renamed or split while changes waited --------------------------------------------------------


def test_scenario_24_changes_of_an_older_schema_are_translated_when_they_come(town: Town, first: Workstation) -> None:
    key = an_allergy_there(town, treatment="Ice", symptoms="Rash", notes="Since 2020")
    first.sync()
    update_first_allergy(first, key, remedy="Antihistamine", remarks="Rash / Since 2021")
    new = insert_first_allergy(first, town.students["jack"], remedy="Rest", remarks="Hives / mild")
    first.sync()
    stored = town.rows("allergies", key) or {}
    assert (stored["treatment"], stored["symptoms"], stored["notes"]) == ("Antihistamine", "Rash", "Since 2021")
    assert stored["field_versions"].keys() == {"treatment", "notes"}
    added = town.rows("allergies", new) or {}
    assert (added["treatment"], added["symptoms"], added["notes"]) == ("Rest", "Hives", "mild")
    assert first.row("allergies", key)["remarks"] == "Rash / Since 2021"
    assert first.conflicts() == []
    assert_equal_to_district(first)


def test_scenario_24_a_clash_in_a_renamed_column_is_a_conflict_with_both_values(town: Town, first: Workstation) -> None:
    key = an_allergy_there(town, treatment="Ice", notes="Since 2020")
    first.sync()
    update_first_allergy(first, key, remedy="Antihistamine", allergen="Walnut")
    district_writes(town, "allergies", key, treatment="Adrenaline")
    first.sync()
    stored = town.rows("allergies", key) or {}
    assert (stored["treatment"], stored["allergen"]) == ("Adrenaline", "Walnut")
    (conflict,) = first.conflicts()
    assert (conflict["client_version"], conflict["server_version"]) == (
        {"treatment": "Antihistamine"},
        {"treatment": "Adrenaline"},
    )
    assert_equal_to_district(first)


def test_scenario_24_queued_changes_survive_the_upgrade_of_their_own_program(town: Town, first: Workstation) -> None:
    key = an_allergy_there(town, treatment="Ice", notes="Since 2020")
    first.sync()
    update_first_allergy(first, key, remedy="Antihistamine", remarks="Rash / Since 2021")
    upgrade(first)
    first.sync()
    stored = town.rows("allergies", key) or {}
    assert (stored["treatment"], stored["symptoms"], stored["notes"]) == ("Antihistamine", "Rash", "Since 2021")
    assert_equal_to_district(first)


def test_scenario_24_a_change_whose_answer_was_lost_before_the_upgrade_is_the_same_change_after_it(
    town: Town, first: Workstation
) -> None:
    key = an_allergy_there(town, treatment="Ice")
    first.sync()
    update_first_allergy(first, key, remedy="Antihistamine")
    added = insert_first_allergy(first, town.students["jack"], remedy="Rest", remarks="Hives / mild")
    with pytest.raises(UnreachableError):
        first.sync(LosesAnswers(first.direct(), "/v1/push"))
    upgrade(first)
    first.update("allergies", key, symptoms="Rash")
    first.sync()
    first.sync()
    assert first.queue("REJECTED", "HELD", "CONFLICT", "PENDING", "IN_FLIGHT") == []
    stored = town.rows("allergies", key) or {}
    assert (stored["treatment"], stored["symptoms"], stored["row_version"]) == ("Antihistamine", "Rash", 3)
    assert (town.rows("allergies", added) or {})["row_version"] == 1
    assert_equal_to_district(first)


def test_scenario_24_a_change_that_waited_at_the_district_is_translated_when_it_goes_in(
    town: Town, ann: Workstation
) -> None:
    """Held for its parent by a district of the first schema, released by one of the third."""
    student, enrolment = a_student(town, None)
    ann.insert(student, enrolment)
    batch = ann.peer.batch(
        insert("allergies", allergy_values(str(student.id), treatment="Ice", notes="Rash / at night"))
    )
    names = {"treatment": "remedy", "notes": "remarks"}
    columns = [names.get(name, name) for name in batch.tables[0].columns]
    batch = msgspec.structs.replace(batch, schema=1, tables=[TableColumns("allergies", columns)])
    serve(town, PRESENT)
    kept = [name for name in columns if name not in {"symptoms", "emergency_protocol"}]
    values = [value for name, value in zip(columns, batch.items[0].values or [], strict=True) if name in kept]
    batch = msgspec.structs.replace(
        batch,
        tables=[TableColumns("allergies", kept)],
        items=[msgspec.structs.replace(batch.items[0], values=values)],
    )
    reply = town.exchange.push(ann.peer.known(), batch)
    assert [(result.outcome, result.reason) for result in reply.results] == [("held", "parent_missing")]
    ann.sync()
    stored = town.rows("allergies", batch.items[0].key) or {}
    assert (stored["treatment"], stored["symptoms"], stored["notes"]) == ("Ice", "Rash", "at night")
