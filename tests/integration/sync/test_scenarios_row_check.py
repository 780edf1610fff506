"""A table row that differs from an intact base copy: found by the rotating check, mended, kept and told (s55)."""

from __future__ import annotations

import msgspec
import pytest
from tests.integration.sync.conftest import NewDesk
from tests.integration.sync.test_scenarios_delivery import transfer
from tests.support.district import Town
from tests.support.rotten_rows import without_triggers
from tests.support.sync_rows import a_dose, an_allergy, an_order
from tests.support.workstation import Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.storage.context import SYNC_APPLIES
from clinicdesk.storage.kept_values import kept_of
from clinicdesk.sync import row_check
from clinicdesk.sync.row_check import ROWS_A_SESSION, verify_every_row
from clinicdesk.sync.tables import TablePlan, wire_tables

pytestmark = pytest.mark.sent_once


def alter(desk: Workstation, table: str, key: str, **values: object) -> None:
    """By raw SQL with every trigger of the table off: nothing captures it, no copy and no digest knows of it."""
    sets = ", ".join(f'"{name}" = ?' for name in values)
    without_triggers(desk.store, table, f"UPDATE {table} SET {sets} WHERE id = ?", *values.values(), key)


def known_to(desk: Workstation, town: Town) -> str:
    """An allergy that both sides hold alike."""
    milk = desk.insert(an_allergy(town, allergen="Milk", notes="as it was"))
    desk.sync()
    desk.sync()
    return milk


def kept(desk: Workstation, key: str) -> list[dict[str, object]]:
    with desk.store.read() as session:
        return [one.values for one in kept_of(session, key)]


def told(desk: Workstation) -> tuple[int, int]:
    """What the newest recorded session says of it, and how many audit rows do."""
    (last,) = desk.rows("SELECT stats FROM sync_sessions ORDER BY session_seq DESC LIMIT 1")
    (audited,) = desk.rows(
        "SELECT count(*) AS rows FROM audit_logs WHERE action = 'SYNC_APPLY' AND metadata ->> '$.differing' IS NOT NULL"
    )
    return msgspec.json.decode(last["stats"])["differing"], audited["rows"]


def test_scenario_55_a_row_altered_beside_its_copy_is_found_mended_kept_and_told(town: Town, ann: Workstation) -> None:
    milk = known_to(ann, town)
    before = ann.row("allergies", milk)
    alter(ann, "allergies", milk, notes="rotten", severity="MILD", reactions='["Hives"]')
    totals = ann.sync()
    assert (totals.differing, totals.mismatches, totals.conflicts) == (1, 0, 0)
    row = ann.row("allergies", milk)
    assert (row["notes"], row["severity"], row["reactions"]) == ("as it was", "SEVERE", before["reactions"])
    assert kept(ann, milk) == [{"notes": "rotten", "severity": "MILD", "reactions": '["Hives"]'}]
    assert told(ann) == (1, 1)
    assert ann.queue("PENDING", "REJECTED", "HELD") == []
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)
    assert ann.sync().differing == 0


def test_scenario_55_a_dose_that_rotted_is_mended_though_no_dose_is_ever_changed(town: Town, ann: Workstation) -> None:
    medicine, order = an_order(town)
    ann.sync()
    dose = ann.insert(a_dose(town, medicine, order, ann.device))
    ann.sync()
    before, slots = ann.row("medication_logs", dose), ann.rows("SELECT * FROM dose_slots")
    alter(ann, "medication_logs", dose, dosage="100", slot_key="2026-03-02T13:00")
    assert ann.sync().differing == 1
    assert ann.row("medication_logs", dose) == before
    assert ann.rows("SELECT * FROM dose_slots") == slots
    assert kept(ann, dose) == [{"dosage": "100", "slot_key": "2026-03-02T13:00"}]
    with pytest.raises(Exception, match="append_only"), ann.write() as session:
        session.connection().exec_driver_sql("UPDATE medication_logs SET dosage = '7' WHERE id = ?", (dose,))


def test_scenario_55_a_row_that_is_gone_or_whose_copy_rotted_is_fetched_again(town: Town, ann: Workstation) -> None:
    milk, nuts = known_to(ann, town), ann.insert(an_allergy(town, allergen="Nuts"))
    ann.sync()
    without_triggers(ann.store, "allergies", "DELETE FROM allergies WHERE id = ?", milk)
    with ann.store.apply(SYNC_APPLIES) as work:
        work.session.connection().exec_driver_sql(
            "UPDATE sync_rows SET base = replace(base, 'Nuts', 'Soy') WHERE row_id = ?", (nuts,)
        )
    totals = ann.sync()
    assert (totals.differing, totals.repaired) == (2, 2)
    assert ann.row("allergies", milk)["notes"] == "as it was"
    (copy,) = ann.rows("SELECT base ->> '$.allergen' AS allergen FROM sync_rows WHERE row_id = ?", nuts)
    assert copy["allergen"] == ann.row("allergies", nuts)["allergen"] == "Nuts"
    assert_equal_to_district(ann)
    assert ann.sync().differing == 0


def test_scenario_55_what_somebody_has_edited_since_is_left_until_the_district_has_answered(
    town: Town, ann: Workstation
) -> None:
    milk = known_to(ann, town)
    alter(ann, "allergies", milk, notes="rotten")
    ann.update("allergies", milk, treatment="Water")
    assert ann.sync().differing == 0, "an edit of it waits"
    totals = ann.sync()
    assert (totals.differing, totals.conflicts) == (1, 0)
    row = ann.row("allergies", milk)
    assert (row["notes"], row["treatment"]) == ("as it was", "Water")
    alter(ann, "allergies", milk, notes="rotten again")
    ann.update("allergies", milk, notes="by Ann")
    assert ann.sync().conflicts == 1
    (conflict,) = ann.conflicts()
    assert (conflict["kind"], conflict["client_version"]) == ("DIVERGED", {"notes": "by Ann"})
    assert ann.row("allergies", milk)["notes"] == "as it was"
    assert_nothing_lost(town, ann)


def test_scenario_55_the_check_takes_its_turn_through_all_rows_and_remembers_its_place(
    town: Town, ann: Workstation
) -> None:
    ann.insert(*(an_allergy(town, allergen=f"Nut {number}") for number in range(ROWS_A_SESSION + 60)))
    ann.sync()
    (last,) = ann.rows("SELECT table_name, row_id FROM sync_rows ORDER BY table_name DESC, row_id DESC LIMIT 1")
    (rows,) = ann.rows("SELECT count(*) AS all_of_them FROM sync_rows")
    alter(ann, last["table_name"], last["row_id"], first_name="Rotten")
    found = []
    for _session in range(2 + rows["all_of_them"] // ROWS_A_SESSION):
        ann.reopen()
        found.append(ann.sync().differing)
    assert found.count(0) == len(found) - 1
    assert found[0] == 0, "its turn comes later"
    assert sum(found) == 1


def test_scenario_55_what_was_kept_of_a_row_leaves_the_desk_with_it(town: Town, new_desk: NewDesk) -> None:
    desk = new_desk(town.ann, town.oak)
    desk.sync()
    milk = known_to(desk, town)
    alter(desk, "allergies", milk, notes="rotten")
    desk.sync()
    assert kept(desk, milk) != []
    transfer(town, town.students["iris"], town.elm)
    desk.sync()
    desk.sync()
    assert desk.rows("SELECT id FROM allergies WHERE id = ?", milk) == []
    assert kept(desk, milk) == []


def test_scenario_55_whoever_asks_has_every_row_checked_and_mended_at_once(town: Town, ann: Workstation) -> None:
    milk, nuts = known_to(ann, town), ann.insert(an_allergy(town, allergen="Nuts"))
    ann.sync()
    alter(ann, "allergies", milk, notes="rotten")
    without_triggers(ann.store, "allergies", "DELETE FROM allergies WHERE id = ?", nuts)
    tables, at = wire_tables(), "2026-03-02T15:00:00.000000Z"
    seen = verify_every_row(ann.store, tables, at, repair=False)
    assert seen is not None
    assert (seen.differing, seen.kept, seen.first) == (2, 0, f"allergies {milk}: notes")
    assert ann.row("allergies", milk)["notes"] == "rotten", "who only looks changes nothing"
    mended = verify_every_row(ann.store, tables, at, repair=True)
    assert mended is not None
    assert (mended.checked, mended.differing, mended.fetched_next, mended.kept) == (seen.checked, 2, 1, 1)
    assert ann.row("allergies", milk)["notes"] == "as it was"
    assert ann.sync().repaired == 1
    assert ann.row("allergies", nuts)["allergen"] == "Nuts"
    again = verify_every_row(ann.store, tables, at, repair=False)
    assert again is not None
    assert again.differing == 0


def test_rows_as_they_came_and_as_this_desk_wrote_them_are_compared_whole(
    town: Town, ann: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Value by value costs fifteen times as much: a row in its usual spelling never comes to that."""
    ann.insert(an_allergy(town, allergen="Milk", reactions=["Hives", "Wheezing"]))
    ann.sync()
    looked_at: list[str] = []

    def is_same(_plan: TablePlan, column: str, _stored: object, _acknowledged: object) -> bool:
        looked_at.append(column)
        return True

    monkeypatch.setattr(row_check, "_is_same", is_same)
    every = verify_every_row(ann.store, wire_tables(), "2026-09-01T12:00:00.000000Z", repair=False)
    assert every is not None
    assert every.checked > 10
    assert (every.differing, looked_at) == (0, [])
