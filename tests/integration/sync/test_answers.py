"""What a desk shows once its change has been answered: the district's row, whatever version it is of."""

from __future__ import annotations

import uuid

import pytest
from tests.integration.sync.conftest import NewDesk
from tests.support.district import Town, fresh
from tests.support.faulty import LosesAnswers
from tests.support.sync_rows import a_visit, an_allergy, another_nurse
from tests.support.workstation import Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.core.identifiers import new_id
from clinicdesk.models import StudentDrugAllergy
from clinicdesk.models.enums import AllergySeverity, AllergyType
from clinicdesk.server import epochs, verifying
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.storage.context import SYNC_APPLIES
from clinicdesk.storage.queries.sync_items import send_anew
from clinicdesk.sync.base_copies import BaseCopies
from clinicdesk.sync.errors import UnreachableError


def edited_though_deleted(town: Town, desk: Workstation) -> str:
    """An allergy that this desk deleted, with the district's word on it, and then edited."""
    allergy = desk.insert(an_allergy(town, notes="before"))
    desk.sync()
    desk.delete("allergies", allergy)
    desk.sync()
    desk.update("allergies", allergy, notes="edited all the same")
    return allergy


def test_scenario_25_an_edit_of_a_row_that_its_desk_knew_to_be_deleted_gives_way_to_the_row(
    town: Town, ann: Workstation
) -> None:
    """The answer tells the row in the version that is known here: all the same it is what the desk shows."""
    allergy = edited_though_deleted(town, ann)
    totals = ann.sync()
    assert totals.conflicts == 1
    (conflict,) = ann.conflicts()
    assert (conflict["kind"], conflict["client_version"]) == ("DELETE_VS_EDIT", {"notes": "edited all the same"})
    assert ann.row("allergies", allergy)["notes"] == "before"
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)


def test_scenario_17_what_a_restored_district_decided_is_shown_although_no_pull_brings_it(
    town: Town, ann: Workstation
) -> None:
    """Rows are only compared then, and the district's is of the version that is known here: it is fetched."""
    allergy = edited_though_deleted(town, ann)
    with town.database.owning() as connection:
        epochs.begin(connection, "workstation", town.clock.now())
    ann.sync()
    assert [conflict["kind"] for conflict in ann.conflicts()] == ["DELETE_VS_EDIT"]
    assert ann.row("allergies", allergy)["notes"] == "before"
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)


def test_scenario_17_a_conflict_that_the_district_lost_before_anybody_pulled_it_is_not_shown_any_more(
    town: Town, ann: Workstation, second: Workstation
) -> None:
    """Its item goes again; what comes of it now has another name."""
    visit = ann.insert(a_visit(town, notes="before"))
    for desk in (ann, second):
        desk.sync()
    ann.update("clinic_visits", visit, notes="by Ann")
    second.update("clinic_visits", visit, notes="by the second desk")
    ann.sync()
    with pytest.raises(UnreachableError):
        second.session(LosesAnswers(second.direct(), "/v1/pull")).run()
    (lost,) = second.conflicts()
    with town.database.owning(retention=True) as connection:
        connection.execute("DELETE FROM sync_receipts WHERE device_id = %s", (second.device,))
        for table in ("change_log", "sync_conflicts"):
            column = "id" if table == "sync_conflicts" else "row_id"
            connection.execute(f"DELETE FROM {table} WHERE {column} = %s", (lost["id"],))
        epochs.begin(connection, "workstation", town.clock.now())
    verifying.verify(town.database, repair=True)
    second.sync()
    second.sync()
    (found,) = second.conflicts()
    assert (found["id"] != lost["id"], found["client_version"]) == (True, {"notes": "by the second desk"})
    assert_nothing_lost(town, second)


def test_scenario_39_what_one_author_wrote_at_two_desks_stands_in_two_conflicts(
    town: Town, new_desk: NewDesk, ann: Workstation, second: Workstation
) -> None:
    """At the second desk nobody saw the first value, so it does not replace it (I0)."""
    cora = new_desk(another_nurse(town), town.oak)
    visit = ann.insert(a_visit(town, notes="before"))
    for desk in (ann, second, cora):
        desk.sync()
    cora.update("clinic_visits", visit, notes="by Cora")
    ann.update("clinic_visits", visit, notes="by Ann at one desk")
    second.update("clinic_visits", visit, notes="by Ann at the other")
    for desk in (cora, ann, second, ann, cora):
        desk.sync()
    for desk in (ann, second, cora):
        said = sorted(conflict["client_version"]["notes"] for conflict in desk.conflicts())
        assert said == ["by Ann at one desk", "by Ann at the other"]
    assert_nothing_lost(town, ann, second, cora)


def _a_drug(town: Town) -> str:
    """An entry of the district's drug catalogue."""
    key = fresh()
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, None, town.clock.now())
        writes.insert("drug_catalog", {key: {"generic_name": "Samplin"}})
        writes.close()
    return key


def _drug_allergy(town: Town, drug: str, allergy: str) -> StudentDrugAllergy:
    return StudentDrugAllergy(
        student_id=uuid.UUID(town.students["iris"]),
        drug_id=uuid.UUID(drug),
        allergy_id=uuid.UUID(allergy),
        allergy_type=AllergyType.MEDICATION,
        reaction="Rash",
        severity=AllergySeverity.SEVERE,
    )


def test_scenario_33_a_row_that_was_refused_for_its_key_gives_way_to_the_one_that_has_it(
    town: Town, ann: Workstation, second: Workstation
) -> None:
    """Where a key cannot be given up, the refused row stands in its change alone; nothing is asked again and again."""
    drug, allergy = _a_drug(town), ann.insert(an_allergy(town))
    ann.sync()
    second.sync()
    first = ann.insert(_drug_allergy(town, drug, allergy))
    late = second.insert(_drug_allergy(town, drug, allergy))
    ann.sync()
    assert second.sync().rejected == 1
    (refused,) = second.queue("REJECTED")
    assert (refused["entity_id"], refused["last_error"]) == (late, "unique")
    assert second.rows("SELECT id FROM student_drug_allergies") == [{"id": first}]
    line = second.direct()
    assert second.sync(line).repaired == 0
    assert "/v1/rows" not in line.paths
    assert_equal_to_district(ann, second)
    # The row that had the key goes: the refused one is sent anew, goes in, and stands here again.
    ann.delete("student_drug_allergies", first)
    ann.sync()
    second.sync()
    with second.write() as session:
        assert send_anew(session, uuid.UUID(refused["mutation_id"]), new_id())
    second.sync()
    assert second.row("student_drug_allergies", late)["reaction"] == "Rash"
    assert_nothing_lost(town, ann, second)
    assert_equal_to_district(second)


def test_a_row_that_is_taken_over_again_in_one_transaction_counts_once(town: Town, ann: Workstation) -> None:
    """An answer can tell of one row several times: each stands on the one before, or the sums keep a row too much."""
    allergy = ann.insert(an_allergy(town))
    ann.sync()
    before = ann.desk_store().roots()
    with ann.store.apply(SYNC_APPLIES) as work:
        copies = BaseCopies(work.session.connection())
        values = copies.values("allergies", [allergy])[allergy]
        for version in (2, 3, 1):
            known = copies.of("allergies", [allergy])[allergy]
            copies.expect([known.anchor])
            copies.put("allergies", allergy, version, values, known.anchor, known)
        copies.flush()
    assert ann.desk_store().roots() == before
