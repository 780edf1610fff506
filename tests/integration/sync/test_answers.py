"""What a desk shows once its change has been answered: the district's row, whatever version it is of."""

from __future__ import annotations

from tests.support.district import Town
from tests.support.sync_rows import an_allergy
from tests.support.workstation import Workstation, assert_equal_to_district, assert_nothing_lost


def test_scenario_25_an_edit_of_a_row_that_its_desk_knew_to_be_deleted_gives_way_to_the_row(
    town: Town, ann: Workstation
) -> None:
    """The answer tells the row in the version that is known here: all the same it is what the desk shows."""
    allergy = ann.insert(an_allergy(town, notes="before"))
    ann.sync()
    ann.delete("allergies", allergy)
    ann.sync()
    ann.update("allergies", allergy, notes="edited all the same")
    totals = ann.sync()
    assert totals.conflicts == 1
    (conflict,) = ann.conflicts()
    assert (conflict["kind"], conflict["client_version"]) == ("DELETE_VS_EDIT", {"notes": "edited all the same"})
    assert ann.row("allergies", allergy)["notes"] == "before"
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)
