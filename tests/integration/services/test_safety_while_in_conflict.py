"""While a conflict is open the dose rules go by the stricter side, whichever of the two stands in the row (D22)."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from tests.support.desk import (
    Clinic,
    clinic,  # noqa: F401 - the fixture is found by name
)
from tests.support.medication import Cupboard, note_allergy, stock_cupboard
from tests.support.sync_conflicts import conflict

from clinicdesk.domain.canonical import WireValue
from clinicdesk.models.enums import ConflictKind
from clinicdesk.services.conflicts import Conflicts
from clinicdesk.services.dose_values import DoseRefusedError
from clinicdesk.services.doses import Doses
from clinicdesk.services.student_merging import StudentMerging
from clinicdesk.sync.resolve import Choice, Decision, resolve

Sides = tuple[WireValue, WireValue, WireValue]
"""Base, this device, district."""


@pytest.fixture
def cupboard(clinic: Clinic) -> Cupboard:  # noqa: F811
    return stock_cupboard(clinic)


def stops(cupboard: Cupboard, order: uuid.UUID) -> set[str]:
    with pytest.raises(DoseRefusedError) as refusal:
        Doses(cupboard.clinic.desk()).record(cupboard.dose(order))
    return {finding.code for finding in refusal.value.findings}


@pytest.mark.parametrize("sides", [("ACTIVE", "DISCONTINUED", "ACTIVE"), ("ACTIVE", "ACTIVE", "DISCONTINUED")])
def test_m02_d22_an_order_that_one_side_stopped_is_not_given(cupboard: Cupboard, sides: Sides) -> None:
    order = cupboard.amoxicillin
    conflict(
        cupboard.clinic,
        "student_medications",
        order,
        cupboard.student,
        {"status": sides},
        kind=ConflictKind.GROUP,
        group="status",
        safety=True,
    )
    assert "dose.order_in_conflict" in stops(cupboard, order)


@pytest.mark.parametrize("column", ["prn_max_per_day", "prn_min_interval_minutes"])
@pytest.mark.parametrize("lowered_here", [True, False])
def test_m05_d22_a_limit_that_the_sides_disagree_about_stops_the_dose(
    cupboard: Cupboard, column: str, lowered_here: bool
) -> None:
    order = cupboard.albuterol
    sides: Sides = (3, 2, 6) if lowered_here else (3, 6, 2)
    conflict(cupboard.clinic, "student_medications", order, cupboard.student, {column: sides}, safety=True)
    assert "dose.order_in_conflict" in stops(cupboard, order)


@pytest.mark.parametrize("sides", [(True, False, True), (True, True, False)])
def test_m06_d22_an_allergy_that_one_side_ended_stops_the_dose(cupboard: Cupboard, sides: Sides) -> None:
    stands = bool(sides[2])
    ended = {} if stands else {"inactive_reason": "tested negative"}
    allergy = note_allergy(
        cupboard.clinic, cupboard.student, "Amoxicillin", ingredient_code="723", active=stands, **ended
    )
    conflict(cupboard.clinic, "allergies", allergy, cupboard.student, {"active": sides}, safety=True)
    assert stops(cupboard, cupboard.amoxicillin) & {"dose.allergy", "dose.allergy_in_conflict"}


def test_m06_d22_an_allergy_whose_severity_one_side_lowered_stops_the_dose(cupboard: Cupboard) -> None:
    allergy = note_allergy(cupboard.clinic, cupboard.student, "Amoxicillin", ingredient_code="723", severity="MILD")
    sides: Sides = ("SEVERE", "SEVERE", "MILD")
    conflict(cupboard.clinic, "allergies", allergy, cupboard.student, {"severity": sides}, safety=True)
    assert "dose.allergy" in stops(cupboard, cupboard.amoxicillin)


def test_m06_d22_every_conflict_about_an_allergy_is_read_not_only_the_last(cupboard: Cupboard) -> None:
    allergy = note_allergy(
        cupboard.clinic,
        cupboard.student,
        "Amoxicillin",
        ingredient_code="723",
        active=False,
        inactive_reason="tested negative",
    )
    for sides in ((True, True, False), (False, False, False)):
        conflict(cupboard.clinic, "allergies", allergy, cupboard.student, {"active": sides}, safety=True)
    assert stops(cupboard, cupboard.amoxicillin) & {"dose.allergy", "dose.allergy_in_conflict"}


def test_m06_d22_an_allergy_deleted_there_and_edited_here_still_stops_the_dose(cupboard: Cupboard) -> None:
    place = cupboard.clinic
    allergy = note_allergy(
        place,
        cupboard.student,
        "Amoxicillin",
        ingredient_code="723",
        deleted_at=place.clock.now(),
        deleted_by=place.second_nurse.id,
        delete_reason="entered twice",
    )
    conflict(
        place,
        "allergies",
        allergy,
        cupboard.student,
        {"notes": (None, "hives again in May", None)},
        kind=ConflictKind.DELETE_VS_EDIT,
        safety=True,
    )
    assert stops(cupboard, cupboard.amoxicillin) & {"dose.allergy", "dose.allergy_in_conflict"}


def test_m06_d26_an_allergy_on_a_merged_record_stops_the_dose(cupboard: Cupboard) -> None:
    place = cupboard.clinic
    alias = place.student("Amara", "Okonkwo")
    note_allergy(place, alias, "Amoxicillin", ingredient_code="723", severity="SEVERE")
    merging = StudentMerging(place.desk(place.administrator))
    merging.merge(cupboard.student, alias, "same child", "Merged")
    assert "dose.allergy" in stops(cupboard, cupboard.amoxicillin)
    place.clock.advance(dt.timedelta(minutes=2))
    merging.unmerge(alias, "two children after all")
    assert Doses(place.desk()).record(cupboard.dose(cupboard.amoxicillin))


@pytest.mark.parametrize("kind", [ConflictKind.FORK, ConflictKind.SIGN_VS_EDIT, ConflictKind.ORPHAN])
def test_m02_d22_an_order_in_a_conflict_of_any_kind_is_not_given(cupboard: Cupboard, kind: ConflictKind) -> None:
    order = cupboard.amoxicillin
    sides: dict[str, Sides] = {"previous_version_id": (None, None, None)}
    key = conflict(cupboard.clinic, "student_medications", order, cupboard.student, sides, kind=kind, safety=True)
    with pytest.raises(DoseRefusedError) as refusal:
        Doses(cupboard.clinic.desk()).record(cupboard.dose(order))
    (named,) = [one for one in refusal.value.findings if one.code == "dose.order_in_conflict"]
    assert str(key) in map(str, dict(named.params).values())


def test_s38_d22_an_order_whose_conflict_two_people_decided_differently_is_not_given(cupboard: Cupboard) -> None:
    place, order = cupboard.clinic, cupboard.amoxicillin
    sides: dict[str, Sides] = {"dose_amount": ("250", "500", "250")}
    key = conflict(place, "student_medications", order, cupboard.student, sides, safety=True)
    decision = Decision(key, Choice.THEIRS)
    Conflicts(place.desk()).settle(key, "Decided", lambda work: resolve(work, decision))
    decided: dict[str, Sides] = {"resolution": (None, "CLIENT_WINS", "SERVER_WINS")}
    conflict(place, "sync_conflicts", key, cupboard.student, decided, kind=ConflictKind.GROUP, group="resolution")
    assert "dose.order_in_conflict" in stops(cupboard, order)
