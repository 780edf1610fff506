"""A row that differs without a word: found by its bucket at the next sync, repaired or shown, and counted (s55)."""

from __future__ import annotations

import msgspec
import pytest
from tests.integration.sync.conftest import NewDesk
from tests.support.district import Town
from tests.support.sync_rows import an_allergy
from tests.support.workstation import Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.storage.context import SYNC_APPLIES
from clinicdesk.sync.base_copies import BaseCopies

pytestmark = pytest.mark.sent_once


def rot(desk: Workstation, table: str, key: str, column: str, value: str) -> None:
    """As a fault in taking over a page would leave it: row, copy and digest agree with each other and are wrong."""
    with desk.store.apply(SYNC_APPLIES) as work:
        connection = work.session.connection()
        copies = BaseCopies(connection)
        known = copies.of(table, [key])[key]
        values = copies.values(table, [key])[key]
        copies.expect([known.anchor])
        copies.put(table, key, known.version, {**values, column: value}, known.anchor, known)
        copies.flush()
        connection.exec_driver_sql(f'UPDATE "{table}" SET "{column}" = ? WHERE id = ?', (value, key))


def known_to(desk: Workstation, town: Town) -> str:
    """An allergy that both sides hold alike."""
    milk = desk.insert(an_allergy(town, allergen="Milk", notes="as it was"))
    desk.sync()
    desk.sync()
    return milk


def counted(desk: Workstation) -> list[int]:
    """The mismatches that the recorded sessions tell, the newest first."""
    found = desk.rows("SELECT stats FROM sync_sessions ORDER BY session_seq DESC")
    return [msgspec.json.decode(row["stats"])["mismatches"] for row in found]


def test_scenario_55_a_row_that_differs_silently_is_found_repaired_and_counted(town: Town, ann: Workstation) -> None:
    milk = known_to(ann, town)
    rot(ann, "allergies", milk, "notes", "rotten")
    totals = ann.sync()
    assert (totals.mismatches >= 1, totals.repaired) == (True, 1)
    assert ann.row("allergies", milk)["notes"] == "as it was"
    assert ann.conflicts() == []
    assert counted(ann)[0] == totals.mismatches
    assert_equal_to_district(ann)
    assert ann.sync().mismatches == 0


def test_scenario_55_a_row_that_is_here_and_should_not_be_goes_and_one_that_is_missing_comes(
    town: Town, ann: Workstation, second: Workstation
) -> None:
    allergy = second.insert(an_allergy(town))
    second.sync()
    ann.sync()
    with ann.store.apply(SYNC_APPLIES) as work:
        connection = work.session.connection()
        copies = BaseCopies(connection)
        known = copies.of("allergies", [allergy])[allergy]
        copies.expect([known.anchor])
        copies.drop("allergies", allergy, known)
        copies.flush()
        connection.exec_driver_sql("DELETE FROM allergies WHERE id = ?", (allergy,))
    totals = ann.sync()
    assert (totals.mismatches >= 1, totals.repaired) == (True, 1)
    assert ann.row("allergies", allergy)["allergen"] == "Peanut"
    assert_equal_to_district(ann)


def test_scenario_55_an_edit_made_on_a_wrong_value_is_a_conflict_and_the_row_is_repaired(
    town: Town, ann: Workstation
) -> None:
    milk = known_to(ann, town)
    rot(ann, "allergies", milk, "notes", "rotten")
    ann.update("allergies", milk, notes="by Ann")
    assert ann.sync().conflicts == 1
    (conflict,) = ann.conflicts()
    assert (conflict["kind"], conflict["fields"]) == ("DIVERGED", ["notes"])
    said = (conflict["base_values"], conflict["client_version"], conflict["server_version"])
    assert said == ({"notes": "rotten"}, {"notes": "by Ann"}, {"notes": "as it was"})
    assert ann.row("allergies", milk)["notes"] == "as it was"
    assert ann.rows("SELECT conflicts FROM sync_sessions ORDER BY session_seq DESC LIMIT 1") == [{"conflicts": 1}]
    assert_nothing_lost(town, ann)
    ann.sync()
    assert_equal_to_district(ann)


def test_scenario_55_an_edit_of_another_field_goes_in_and_the_wrong_one_is_repaired(
    town: Town, ann: Workstation, new_desk: NewDesk
) -> None:
    milk = known_to(ann, town)
    rot(ann, "allergies", milk, "notes", "rotten")
    ann.update("allergies", milk, treatment="Water")
    totals = ann.sync()
    assert (totals.pushed, totals.conflicts) == (1, 0)
    there = town.rows("allergies", milk)
    assert there is not None
    assert (there["treatment"], there["notes"]) == ("Water", "as it was")
    here = ann.row("allergies", milk)
    assert (here["treatment"], here["notes"]) == ("Water", "as it was")
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)
    fresh = new_desk(town.ann, town.oak)
    fresh.sync()
    assert fresh.row("allergies", milk)["notes"] == "as it was"


def test_scenario_55_a_sum_that_alone_is_wrong_is_counted_anew_and_no_row_is_fetched(
    town: Town, ann: Workstation
) -> None:
    known_to(ann, town)
    with ann.store.apply(SYNC_APPLIES) as work:
        work.session.connection().exec_driver_sql(
            "UPDATE sync_digests SET digest = digest + 1, rows = rows + 1 WHERE table_name = 'allergies'"
        )
    totals = ann.sync()
    assert (totals.mismatches >= 1, totals.repaired, totals.removed) == (True, 0, 0)
    assert_equal_to_district(ann)
    assert ann.sync().mismatches == 0
