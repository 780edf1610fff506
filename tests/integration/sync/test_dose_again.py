"""A dose that is entered again on a database that was set back (s13): the first stands, and the other is kept."""

from __future__ import annotations

import uuid

import msgspec
import pytest
from tests.integration.sync.test_scenarios_recovery import recovered
from tests.support.district import Town
from tests.support.set_back import image_of, set_back
from tests.support.sync_rows import a_dose, an_order
from tests.support.workstation import Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.models.enums import EntryKind


@pytest.mark.parametrize("corrected", [pytest.param(False, marks=pytest.mark.prove), True])
def test_scenario_13_a_dose_entered_again_on_the_restored_database_waits_for_a_person_and_the_first_stands(
    town: Town, ann: Workstation, corrected: bool
) -> None:
    medicine, order = an_order(town)
    ann.sync()
    backup = image_of(ann)

    def give(words: str) -> str:
        key = ann.insert(a_dose(town, medicine, order, ann.device, notes=words))
        if corrected:
            later = a_dose(town, medicine, order, ann.device, notes=f"{words}, corrected", revision=2)
            later.supersedes_id, later.entry_kind = uuid.UUID(key), EntryKind.CORRECTION
            later.correction_reason = "the time was wrong"
            ann.insert(later)
        return key

    first = give("first")
    ann.sync()
    set_back(ann, backup)
    again = give("again")
    recovered(town, ann)
    for _session in range(2):
        ann.sync()
    kept = {(item["state"], item["last_error"]) for item in ann.queue() if item["entity_id"] != first}
    assert kept == {("REJECTED", "unique")}
    typed = [msgspec.json.decode(item["changes"])["notes"][1] for item in ann.queue("HELD", "REJECTED")]
    assert typed == (["again", "again, corrected"] if corrected else ["again"])
    stands = [row["notes"] for row in ann.rows("SELECT notes FROM medication_logs ORDER BY revision")]
    assert stands == (["first", "first, corrected"] if corrected else ["first"])
    assert ann.rows("SELECT id FROM medication_logs WHERE id = ?", again) == []
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)
