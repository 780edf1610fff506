"""Each kind of conflict decided by a person: real services, two encrypted files, a real district; nothing is lost."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from tests.integration.sync.conftest import NewDesk
from tests.integration.sync.test_scenarios_conflicts import an_order_changed_at_both, settle
from tests.support.deciders import Decider, sign_in
from tests.support.district import NOW, Town
from tests.support.sync_rows import a_dose, a_student, a_visit, an_allergy, an_order, another_nurse, vitals
from tests.support.workstation import Workstation, assert_equal_to_district

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError
from clinicdesk.domain.medication.orders import heads
from clinicdesk.models import MedicationLog
from clinicdesk.models.enums import EntryKind, VisitDisposition
from clinicdesk.services.chart_reading import read_allergies
from clinicdesk.services.conflict_ways import WayKind
from clinicdesk.services.student_merging import NotMergeableError, StudentMerging
from clinicdesk.storage.queries import orders as order_queries
from clinicdesk.storage.queries.students import same_person
from clinicdesk.sync.resolve import Choice, ChoiceNotPossibleError

_CLOSED = {"check_out_time": NOW, "disposition": VisitDisposition.RETURN_TO_CLASS}


@pytest.fixture
def cora(new_desk: NewDesk, town: Town) -> Workstation:
    """Another nurse's desk at Oak, synced once."""
    desk = new_desk(another_nurse(town), town.oak)
    desk.sync()
    return desk


def only(desk: Workstation) -> dict[str, Any]:
    (conflict,) = desk.conflicts()
    return conflict


def test_d01_a_forked_order_becomes_one_line_at_both_desks(town: Town, ann: Workstation, cora: Workstation) -> None:
    order, mine, theirs = an_order_changed_at_both(town, ann, cora)
    settle(town, ann, cora)
    decider = Decider(sign_in(town, cora, cora.user))
    conflict = only(cora)
    sheet = decider.conflicts.open(uuid.UUID(conflict["id"]))
    assert sheet is not None
    assert sheet.forked == 2
    sides = {field.name: (field.base, field.mine, field.theirs) for field in sheet.fields}
    assert sides == {"dose_amount": ("10", "5", "20")}
    for choice in (Choice.BOTH, Choice.ROWS):
        with pytest.raises(ChoiceNotPossibleError):
            decider.choose(conflict["id"], choice)
    with pytest.raises(InvalidValueError):
        decider.follow(conflict["id"], {"dose_amount": "5"}, reason=" ")
    decider.follow(conflict["id"], {"dose_amount": "5"})
    settle(town, cora, ann)
    for desk in (ann, cora):
        assert desk.conflicts() == []
        with desk.store.read() as session:
            rows = order_queries.versions_of(session, uuid.UUID(order), decider.desk.school.zone)
        (standing,) = heads([row.order for row in rows])
        assert (str(standing.supersedes_id), str(standing.dose.amount), standing.status.value) == (
            theirs,
            "5",
            "ACTIVE",
        )
        kept = {str(row.order.id) for row in rows}
        assert {order, mine, theirs} < kept


def two_corrections(town: Town, ann: Workstation, cora: Workstation) -> tuple[str, str, str]:
    """One dose corrected at two desks that do not know of each other: (dose, Ann's row, Cora's row)."""
    medicine, order = an_order(town)
    ann.sync()
    cora.sync()
    dose = ann.insert(a_dose(town, medicine, order, ann.device))
    ann.sync()
    cora.sync()

    def correction(desk: Workstation, notes: str) -> MedicationLog:
        follows = {
            "supersedes_id": uuid.UUID(dose),
            "revision": 2,
            "entry_kind": EntryKind.CORRECTION,
            "correction_reason": "noted late",
            "notes": notes,
        }
        return a_dose(town, medicine, order, desk.device, **follows)

    made = [desk.insert(correction(desk, notes)) for desk, notes in ((ann, "with food"), (cora, "spat out half"))]
    ann.sync()
    cora.sync()
    settle(town, ann, cora)
    return dose, made[0], made[1]


def test_d01_a_dose_corrected_twice_keeps_every_row_and_ends_in_one(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    dose, mine, theirs = two_corrections(town, ann, cora)
    conflict = only(cora)
    assert (conflict["kind"], {conflict["entity_id"], conflict["other_entity_id"]}) == ("FORK", {mine, theirs})
    before = {row["id"]: row for row in cora.rows("SELECT * FROM medication_logs")}
    decider = Decider(sign_in(town, cora, cora.user))
    decider.follow(conflict["id"], {"notes": "with food, spat out half"}, reason="talked to both")
    settle(town, cora, ann)
    for desk in (ann, cora):
        assert desk.conflicts() == []
        logs = {row["id"]: row for row in desk.rows("SELECT * FROM medication_logs")}
        assert {key: logs[key]["notes"] for key in before} == {key: row["notes"] for key, row in before.items()}
        followed = {row["supersedes_id"] for row in logs.values()}
        ends = [row for row in logs.values() if row["id"] not in followed]
        assert sorted((row["entry_kind"], row["notes"]) for row in ends) == [
            ("CORRECTION", "with food, spat out half"),
            ("WITHDRAWN", "with food"),
        ]
        assert {dose, mine, theirs} < logs.keys()


def given_twice(town: Town, ann: Workstation, cora: Workstation) -> tuple[str, str]:
    medicine, order = an_order(town)
    ann.sync()
    cora.sync()
    one = ann.insert(a_dose(town, medicine, order, ann.device))
    other = cora.insert(a_dose(town, medicine, order, cora.device))
    ann.sync()
    cora.sync()
    settle(town, ann, cora)
    return one, other


def test_scenario_37_a_dose_charted_in_error_is_followed_by_a_row_that_says_so(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    one, other = given_twice(town, ann, cora)
    conflict = only(ann)
    decider = Decider(sign_in(town, ann, ann.user))
    ways = decider.ways(conflict["id"])
    assert {(way.kind, str(way.target), way.here) for way in ways} == {
        (WayKind.IN_ERROR, one, True),
        (WayKind.IN_ERROR, other, False),
    }
    with pytest.raises(InvalidValueError):
        decider.take(conflict["id"], decider.way(conflict["id"], WayKind.IN_ERROR, other), reason="")
    assert decider.take(conflict["id"], decider.way(conflict["id"], WayKind.IN_ERROR, other)) is None
    settle(town, ann, cora)
    for desk in (ann, cora):
        assert desk.conflicts() == []
        assert {row["id"] for row in desk.rows("SELECT id FROM medication_logs WHERE revision = 1")} == {one, other}
        (back,) = desk.rows("SELECT * FROM medication_logs WHERE revision = 2")
        assert (back["supersedes_id"], back["entry_kind"]) == (other, "WITHDRAWN")
        (slot,) = desk.rows("SELECT medication_log_id FROM dose_slots")
        assert slot["medication_log_id"] == one


@pytest.mark.parametrize("choice", list(Choice))
def test_a_dose_given_twice_is_never_lost_whatever_is_chosen(
    town: Town, ann: Workstation, cora: Workstation, choice: Choice
) -> None:
    one, other = given_twice(town, ann, cora)
    conflict = only(ann)
    decider = Decider(sign_in(town, ann, ann.user))
    before = [ann.row("medication_logs", key) for key in (one, other)]
    allowed = choice in {Choice.BOTH, Choice.ROWS}
    if allowed:
        decider.choose(conflict["id"], choice)
    else:
        with pytest.raises(ChoiceNotPossibleError):
            decider.choose(conflict["id"], choice, {"outcome": "REFUSED", "order_root_id": None, "slot_key": None})
    settle(town, ann, cora)
    assert [ann.row("medication_logs", key) for key in (one, other)] == before
    assert [cora.row("medication_logs", key)["outcome"] for key in (one, other)] == ["GIVEN", "GIVEN"]
    assert bool(ann.conflicts()) is not allowed


def one_child_twice(town: Town, ann: Workstation, new_desk: NewDesk) -> tuple[str, str, Workstation, Workstation]:
    """Registered at Oak and at Elm, with an allergy on each record: (Ann's, Ben's, Ben's desk, the district's desk)."""
    ben = new_desk(town.ben, town.elm)
    office = new_desk(town.dora, everything=True)
    for desk in (ben, office):
        desk.sync()
    mine = ann.insert(*a_student(town, "S-77", "Nils"))
    student, enrolment = a_student(town, "S-77", "Nils")
    student.school_id = enrolment.school_id = uuid.UUID(town.elm)
    theirs = ben.insert(student, enrolment)
    for desk, key, allergen in ((ann, mine, "Peanut"), (ben, theirs, "Latex")):
        allergy = an_allergy(town, allergen=allergen)
        allergy.student_id = uuid.UUID(key)
        desk.insert(allergy)
    settle(town, ann, ben, office)
    return mine, theirs, ben, office


def test_scenario_33_two_records_of_one_child_are_merged_and_both_schools_read_both(
    town: Town, ann: Workstation, new_desk: NewDesk
) -> None:
    mine, theirs, ben, office = one_child_twice(town, ann, new_desk)
    conflict = only(office)
    decider = Decider(sign_in(town, office, town.dora, district=True))
    (way,) = decider.ways(conflict["id"])
    assert (way.kind, str(way.target), way.record) == (WayKind.MERGE, mine, "Nils Sample")
    act = decider.take(conflict["id"], way, reason="same birth certificate")
    assert act is not None
    settle(town, office, ann, ben)
    for desk in (ann, ben, office):
        assert desk.row("students", theirs)["merged_into_id"] == mine
        assert desk.conflicts() == []
        with desk.store.read() as session:
            for named in (mine, theirs):
                family = same_person(session, uuid.UUID(named))
                assert [str(key) for key in family] == [mine, theirs]
                listed = read_allergies(session, family).listed
                assert {allergy.allergen for allergy in listed} == {"Peanut", "Latex"}
    scopes = town.query("SELECT anchor_id::text, count(*) FROM scope_members WHERE anchor_id = ANY(%s::uuid[])"
                        " GROUP BY 1", [mine, theirs])  # fmt: skip
    assert dict(scopes) == {mine: 2, theirs: 2}


def test_d26_unmerging_sets_both_records_free_and_each_school_keeps_its_own(
    town: Town, ann: Workstation, new_desk: NewDesk
) -> None:
    mine, theirs, ben, office = one_child_twice(town, ann, new_desk)
    desk = sign_in(town, office, town.dora, district=True)
    merging = StudentMerging(desk)
    merging.merge(uuid.UUID(mine), uuid.UUID(theirs), "same child", "Merged")
    settle(town, office, ann, ben)
    with pytest.raises(NotMergeableError):
        merging.merge(uuid.UUID(theirs), uuid.UUID(mine), "the other way", "Merged")
    town.clock.advance(dt.timedelta(minutes=5))
    merging.unmerge(uuid.UUID(theirs), "two children after all")
    settle(town, office, ann, ben)
    assert office.row("students", theirs)["merged_into_id"] is None
    assert ann.rows("SELECT id FROM students WHERE id = ?", theirs) == []
    assert ben.rows("SELECT id FROM students WHERE id = ?", mine) == []
    assert ben.row("students", theirs)["first_name"] == "Nils"


@pytest.mark.parametrize("unlocked", [False, True])
def test_d26_what_names_the_other_child_s_record_since_the_merge_still_reaches_a_new_desk(
    town: Town, ann: Workstation, new_desk: NewDesk, unlocked: bool
) -> None:
    """The visit belongs to a child of the other school now: it travels beside the measurement that names it."""
    mine, theirs, ben, office = one_child_twice(town, ann, new_desk)
    visit = ben.insert(a_visit(town, theirs))
    merging = StudentMerging(sign_in(town, office, town.dora, district=True))
    settle(town, ben, office)
    merging.merge(uuid.UUID(mine), uuid.UUID(theirs), "same child", "Merged")
    settle(town, office, ann, ben)
    measured = ann.insert(vitals(town, mine, visit_id=uuid.UUID(visit), heart_rate=88))
    settle(town, ann, office)
    assert town.rows("vital_signs", measured) is not None
    town.clock.advance(dt.timedelta(minutes=5))
    merging.unmerge(uuid.UUID(theirs), "two children after all")
    settle(town, office, ann, ben)
    fresh = new_desk(town.ann, town.oak)
    fresh.unlocked = unlocked
    fresh.sync()
    assert fresh.row("vital_signs", measured)["visit_id"] == visit
    assert fresh.rows("SELECT companion FROM sync_rows WHERE row_id = ?", visit) == [{"companion": 1}]
    assert_equal_to_district(fresh)


def test_scenario_33_two_children_with_one_number_get_a_number_each(
    town: Town, ann: Workstation, new_desk: NewDesk
) -> None:
    _mine, theirs, ben, office = one_child_twice(town, ann, new_desk)
    decider = Decider(sign_in(town, office, town.dora, district=True))
    number = {"student_number": "S-78", "number_status": "CONFIRMED"}
    decider.choose(only(office)["id"], Choice.MERGED, number)
    settle(town, office, ben, ann)
    row = ben.row("students", theirs)
    assert (row["student_number"], row["number_status"], ben.conflicts()) == ("S-78", "CONFIRMED", [])


def test_scenario_33_a_nurse_does_not_merge_records(town: Town, ann: Workstation, cora: Workstation) -> None:
    mine = ann.insert(*a_student(town, "S-77", "Nils"))
    theirs = cora.insert(*a_student(town, "S-77", "Nico"))
    settle(town, ann, cora)
    decider = Decider(sign_in(town, cora, cora.user))
    conflict = only(cora)
    with pytest.raises(PermissionDeniedError):
        decider.take(conflict["id"], decider.way(conflict["id"], WayKind.MERGE, mine))
    assert cora.row("students", theirs)["merged_into_id"] is None


def orphaned(town: Town, ann: Workstation, cora: Workstation) -> tuple[str, str, dict[str, Any]]:
    """Ann deletes a visit while Cora measures at it: (visit, measurements, conflict)."""
    visit = ann.insert(a_visit(town))
    ann.sync()
    cora.sync()
    ann.delete("clinic_visits", visit)
    ann.sync()
    measured = cora.insert(vitals(town, visit_id=uuid.UUID(visit), heart_rate=88))
    settle(town, cora, ann)
    return visit, measured, only(cora)


def test_scenario_32_the_parent_is_brought_back_for_its_child(town: Town, ann: Workstation, cora: Workstation) -> None:
    visit, measured, conflict = orphaned(town, ann, cora)
    assert (conflict["kind"], conflict["entity_id"], conflict["fields"]) == ("ORPHAN", measured, ["visit_id"])
    decider = Decider(sign_in(town, cora, cora.user))
    act = decider.take(conflict["id"], decider.way(conflict["id"], WayKind.RESTORE_PARENT, visit))
    assert act is not None
    settle(town, cora, ann)
    for desk in (ann, cora):
        assert (desk.row("clinic_visits", visit)["deleted_at"], desk.conflicts()) == (None, [])
        assert desk.row("vital_signs", measured)["heart_rate"] == 88


def test_scenario_32_the_child_goes_to_another_parent_and_back(town: Town, ann: Workstation, cora: Workstation) -> None:
    visit, measured, conflict = orphaned(town, ann, cora)
    other = cora.insert(a_visit(town, notes="the visit that counts"))
    decider = Decider(sign_in(town, cora, cora.user))
    act = decider.take(conflict["id"], decider.way(conflict["id"], WayKind.ATTACH, other), reason="the right visit")
    assert act is not None
    settle(town, cora, ann)
    assert [desk.row("vital_signs", measured)["visit_id"] for desk in (ann, cora)] == [other, other]
    assert ann.conflicts() == []
    act.undo(None)
    settle(town, cora, ann)
    assert ann.row("vital_signs", measured)["visit_id"] == visit
    assert only(ann)["id"] == conflict["id"]


def test_d02_what_came_after_the_signature_goes_in_as_a_signed_amendment(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    visit = ann.insert(a_visit(town))
    ann.sync()
    cora.sync()
    ann.update("clinic_visits", visit, None, signed_at=NOW, signed_by=uuid.UUID(ann.user), **_CLOSED)
    ann.sync()
    cora.update("clinic_visits", visit, notes="Cora adds: vomited once")
    settle(town, cora, ann)
    conflict = only(cora)
    assert conflict["kind"] == "SIGN_VS_EDIT"
    decider = Decider(sign_in(town, cora, cora.user))
    (way,) = decider.ways(conflict["id"])
    assert decider.take(conflict["id"], way, reason="came late") is None
    settle(town, cora, ann)
    for desk in (ann, cora):
        assert desk.conflicts() == []
        assert desk.row("clinic_visits", visit)["notes"] == "Rested ten minutes"
        (amendment,) = desk.rows("SELECT * FROM clinic_visits WHERE amends_id = ?", visit)
        assert (amendment["notes"], amendment["amendment_reason"]) == ("Cora adds: vomited once", "came late")
        assert amendment["signed_by"] == cora.user
        (signature,) = desk.rows("SELECT meaning FROM signatures WHERE row_id = ?", amendment["id"])
        assert signature["meaning"] == "AMENDED"


def test_scenario_38_the_second_decision_is_shown_beside_the_first_and_one_of_them_stands(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    visit = ann.insert(a_visit(town, notes="before"))
    ann.sync()
    cora.sync()
    ann.update("clinic_visits", visit, notes="by Ann")
    cora.update("clinic_visits", visit, notes="by Cora")
    settle(town, ann, cora)
    conflict = only(ann)["id"]
    first, second = Decider(sign_in(town, ann, ann.user)), Decider(sign_in(town, cora, cora.user))
    first.choose(conflict, Choice.THEIRS)
    second.choose(conflict, Choice.MINE)
    ann.sync()
    settle(town, cora, ann)
    told = only(ann)
    sheet = first.conflicts.open(uuid.UUID(told["id"]))
    assert sheet is not None
    assert sheet.beside is not None
    assert (sheet.beside.left.by, sheet.beside.right.by) == ("Cora Example", "Ann Example")
    assert [(field.name, field.mine, field.theirs) for field in sheet.beside.fields] == [("notes", "by Cora", "by Ann")]
    first.choose(told["id"], Choice.THEIRS)
    settle(town, ann, cora)
    for desk in (ann, cora):
        assert desk.conflicts() == []
        assert desk.row("clinic_visits", visit)["notes"] == "by Ann"
        assert desk.row("sync_conflicts", conflict)["resolution"] == "SERVER_WINS"


def test_scenario_26_a_delete_is_confirmed_against_the_edit(town: Town, ann: Workstation, cora: Workstation) -> None:
    visit = ann.insert(a_visit(town))
    ann.sync()
    cora.sync()
    ann.update("clinic_visits", visit, notes="edited first")
    cora.delete("clinic_visits", visit, reason="never happened")
    settle(town, ann, cora)
    decider = Decider(sign_in(town, cora, cora.user))
    decider.choose(only(cora)["id"], Choice.CONFIRM_DELETE)
    settle(town, cora, ann)
    for desk in (ann, cora):
        row = desk.row("clinic_visits", visit)
        assert row["deleted_at"] is not None
        assert (row["delete_reason"], row["notes"], desk.conflicts()) == ("never happened", "edited first", [])
