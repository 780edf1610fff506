"""Scenarios 25-28 and 33-40: two desks, one district, and what a person has to decide."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from tests.integration.sync.conftest import NewDesk
from tests.support.district import NOW, Town
from tests.support.sync_rows import a_dose, a_student, a_visit, an_allergy, an_order, another_nurse, vitals
from tests.support.workstation import DirectLine, Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.models import StudentMedication
from clinicdesk.models.enums import AuditAction, OrderStatus, Route, ScheduleKind, Unit, UserRole, WritePurpose
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.context import WorkContext
from clinicdesk.sync.outbox import BatchSize
from clinicdesk.sync.ports import Answer, M
from clinicdesk.sync.resolve import Choice, ChoiceNotPossibleError, ConflictGoneError, Decision, resolve


@pytest.fixture
def cora(new_desk: NewDesk, town: Town) -> Workstation:
    """Another nurse's desk at Oak, synced once."""
    desk = new_desk(another_nurse(town), town.oak)
    desk.sync()
    return desk


def settle(town: Town, *desks: Workstation) -> None:
    """Sync until everybody has everything, then check I0 and equality."""
    for _ in range(2):
        for desk in desks:
            desk.sync()
    assert_nothing_lost(town, *desks)
    assert_equal_to_district(*desks)


def test_scenario_34_two_values_for_one_field_are_a_conflict_that_shows_both(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    visit = ann.insert(a_visit(town, notes="before"))
    ann.sync()
    cora.sync()
    ann.update("clinic_visits", visit, notes="by Ann")
    cora.update("clinic_visits", visit, notes="by Cora")
    ann.sync()
    totals = cora.sync()
    settle(town, ann, cora)
    assert totals.conflicts == 1
    for desk in (ann, cora):
        (conflict,) = desk.conflicts()
        assert (conflict["kind"], conflict["entity_id"], conflict["fields"]) == ("FIELD", visit, ["notes"])
        assert conflict["base_values"] == {"notes": "before"}
        assert conflict["client_version"] == {"notes": "by Cora"}
        assert conflict["server_version"] == {"notes": "by Ann"}
        assert conflict["author_id"] == cora.user
        assert conflict["device_id"] == cora.device
        assert conflict["authored_at"] is not None
        assert desk.row("clinic_visits", visit)["notes"] == "by Ann"


def test_scenario_34_the_conflict_is_shown_at_once_before_the_next_pull(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    allergy = ann.insert(an_allergy(town, notes="before"))
    ann.sync()
    cora.sync()
    ann.update("allergies", allergy, severity="MILD")
    cora.update("allergies", allergy, severity="LIFE_THREATENING")
    ann.sync()
    session = cora.session()
    while session.phase.value in {"open", "outcomes", "push"}:
        session.step()
    (conflict,) = cora.conflicts()
    assert conflict["client_version"]["severity"] == "LIFE_THREATENING"
    assert conflict["is_safety"] == 1
    settle(town, cora, ann)


def test_scenario_35_the_same_new_value_is_no_conflict(town: Town, ann: Workstation, cora: Workstation) -> None:
    visit = ann.insert(a_visit(town))
    ann.sync()
    cora.sync()
    ann.update("clinic_visits", visit, treatment="Ice pack")
    cora.update("clinic_visits", visit, treatment="Ice pack")
    ann.sync()
    totals = cora.sync()
    settle(town, ann, cora)
    assert (totals.conflicts, totals.merged) == (0, 1)
    assert ann.conflicts() == []
    authors = town.query("SELECT author_id::text FROM change_history WHERE row_id = %s", visit)
    assert {author for (author,) in authors} == {town.ann, cora.user}


def test_scenario_36_different_fields_merge(town: Town, ann: Workstation, cora: Workstation) -> None:
    visit = ann.insert(a_visit(town))
    ann.sync()
    cora.sync()
    ann.update("clinic_visits", visit, notes="by Ann")
    cora.update("clinic_visits", visit, treatment="by Cora")
    ann.sync()
    cora.sync()
    settle(town, ann, cora)
    for desk in (ann, cora):
        row = desk.row("clinic_visits", visit)
        assert (row["notes"], row["treatment"]) == ("by Ann", "by Cora")
        assert desk.conflicts() == []


def test_scenario_36_a_merge_group_conflicts_as_a_whole(town: Town, ann: Workstation, cora: Workstation) -> None:
    measured = ann.insert(vitals(town, blood_pressure_systolic=110, blood_pressure_diastolic=70))
    ann.sync()
    cora.sync()
    ann.update("vital_signs", measured, blood_pressure_systolic=120)
    cora.update("vital_signs", measured, blood_pressure_diastolic=80)
    ann.sync()
    cora.sync()
    settle(town, ann, cora)
    (conflict,) = ann.conflicts()
    assert (conflict["kind"], conflict["merge_group"]) == ("GROUP", "blood_pressure")
    row = ann.row("vital_signs", measured)
    assert (row["blood_pressure_systolic"], row["blood_pressure_diastolic"]) == (120, 70)


def test_scenario_25_deleted_at_the_district_and_edited_here(town: Town, ann: Workstation, cora: Workstation) -> None:
    visit = ann.insert(a_visit(town))
    ann.sync()
    cora.sync()
    ann.delete("clinic_visits", visit)
    cora.update("clinic_visits", visit, notes="edited meanwhile")
    ann.sync()
    cora.sync()
    settle(town, ann, cora)
    (conflict,) = cora.conflicts()
    assert conflict["kind"] == "DELETE_VS_EDIT"
    assert conflict["client_version"]["notes"] == "edited meanwhile"
    assert cora.row("clinic_visits", visit)["deleted_at"] is not None


def test_scenario_26_edited_at_the_district_and_deleted_here(town: Town, ann: Workstation, cora: Workstation) -> None:
    visit = ann.insert(a_visit(town))
    ann.sync()
    cora.sync()
    ann.update("clinic_visits", visit, notes="edited first")
    cora.delete("clinic_visits", visit)
    ann.sync()
    cora.sync()
    settle(town, ann, cora)
    (conflict,) = cora.conflicts()
    assert conflict["kind"] == "EDIT_VS_DELETE"
    row = cora.row("clinic_visits", visit)
    assert (row["deleted_at"], row["notes"]) == (None, "edited first")


def test_scenario_27_deleted_on_both_sides_is_one_tombstone(town: Town, ann: Workstation, cora: Workstation) -> None:
    visit = ann.insert(a_visit(town))
    ann.sync()
    cora.sync()
    ann.delete("clinic_visits", visit)
    cora.delete("clinic_visits", visit)
    ann.sync()
    totals = cora.sync()
    settle(town, ann, cora)
    assert (totals.conflicts, ann.conflicts()) == (0, [])
    assert ann.row("clinic_visits", visit)["deleted_by"] == ann.user
    assert ann.row("clinic_visits", visit) == cora.row("clinic_visits", visit) | {
        name: ann.row("clinic_visits", visit)[name] for name in ("created_at", "updated_at", "created_by", "updated_by")
    }


def test_scenario_27_the_words_of_both_who_deleted_stand_in_the_row(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    visit = ann.insert(a_visit(town))
    ann.sync()
    cora.sync()
    ann.delete("clinic_visits", visit, reason="Entered for the wrong child")
    cora.delete("clinic_visits", visit, reason="Charted twice")
    ann.sync()
    cora.sync()
    settle(town, ann, cora)
    for desk in (ann, cora):
        assert desk.row("clinic_visits", visit)["delete_reason"] == "Entered for the wrong child; Charted twice"


def test_scenario_28_made_again_after_a_delete_is_a_new_row_and_brings_no_children_back(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    first = ann.insert(an_allergy(town, allergen="Latex"))
    ann.sync()
    ann.delete("allergies", first)
    again = ann.insert(an_allergy(town, allergen="Latex"))
    ann.sync()
    settle(town, ann, cora)
    assert first != again
    assert cora.row("allergies", first)["deleted_at"] is not None
    assert cora.row("allergies", again)["deleted_at"] is None


def test_scenario_33_one_student_number_claimed_by_two_desks(town: Town, ann: Workstation, cora: Workstation) -> None:
    mine = ann.insert(*a_student(town, "S-77", "Nils"))
    theirs = cora.insert(*a_student(town, "S-77", "Nico"))
    ann.sync()
    cora.sync()
    settle(town, ann, cora)
    for desk in (ann, cora):
        assert desk.row("students", mine)["student_number"] == "S-77"
        second = desk.row("students", theirs)
        assert (second["student_number"], second["number_status"]) == (None, "CONTESTED")
        (conflict,) = desk.conflicts()
        assert (conflict["kind"], conflict["entity_id"]) == ("UNIQUE", theirs)
        assert conflict["client_version"]["student_number"] == "S-77"


def test_scenario_37_one_dose_given_at_two_desks_stays_two_rows(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    medicine, order = an_order(town)
    ann.sync()
    cora.sync()
    one = ann.insert(a_dose(town, medicine, order, ann.device))
    other = cora.insert(a_dose(town, medicine, order, cora.device))
    ann.sync()
    cora.sync()
    settle(town, ann, cora)
    for desk in (ann, cora):
        assert {row["id"] for row in desk.rows("SELECT id FROM medication_logs")} == {one, other}
        (conflict,) = desk.conflicts()
        assert conflict["kind"] == "POSSIBLE_DUPLICATE"
        assert {conflict["entity_id"], conflict["other_entity_id"]} == {one, other}


def test_scenario_38_two_people_resolve_one_conflict_and_the_second_is_told(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    visit = ann.insert(a_visit(town, notes="before"))
    ann.sync()
    cora.sync()
    ann.update("clinic_visits", visit, notes="by Ann")
    cora.update("clinic_visits", visit, notes="by Cora")
    settle(town, ann, cora)
    (conflict,) = ann.conflicts()
    decide(ann, conflict["id"], Choice.THEIRS)
    decide(cora, conflict["id"], Choice.MINE)
    ann.sync()
    totals = cora.sync()
    settle(town, ann, cora)
    assert totals.conflicts >= 1
    about = {row["table_name"] for row in ann.conflicts()}
    assert "sync_conflicts" in about
    assert ann.row("sync_conflicts", conflict["id"])["resolution"] == "SERVER_WINS"


def test_scenario_38_a_decision_travels_and_closes_the_conflict(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    visit = ann.insert(a_visit(town, notes="before"))
    ann.sync()
    cora.sync()
    ann.update("clinic_visits", visit, notes="by Ann")
    cora.update("clinic_visits", visit, notes="by Cora")
    settle(town, ann, cora)
    (conflict,) = ann.conflicts()
    decide(ann, conflict["id"], Choice.MERGED, values={"notes": "by both"})
    settle(town, ann, cora)
    for desk in (ann, cora):
        assert desk.conflicts() == []
        assert desk.row("clinic_visits", visit)["notes"] == "by both"
    with pytest.raises(ConflictGoneError):
        decide(cora, conflict["id"], Choice.MINE)


def test_scenario_25_a_nurse_restores_the_row_with_the_edit(town: Town, ann: Workstation, cora: Workstation) -> None:
    visit = ann.insert(a_visit(town))
    ann.sync()
    cora.sync()
    ann.delete("clinic_visits", visit)
    cora.update("clinic_visits", visit, notes="edited meanwhile")
    settle(town, ann, cora)
    (conflict,) = cora.conflicts()
    decide(cora, conflict["id"], Choice.RESTORE)
    settle(town, cora, ann)
    row = ann.row("clinic_visits", visit)
    assert (row["deleted_at"], row["notes"], ann.conflicts()) == (None, "edited meanwhile", [])


def test_a_kind_of_conflict_offers_only_what_makes_sense(town: Town, ann: Workstation, cora: Workstation) -> None:
    visit = ann.insert(a_visit(town, notes="before"))
    ann.sync()
    cora.sync()
    ann.update("clinic_visits", visit, notes="by Ann")
    cora.update("clinic_visits", visit, notes="by Cora")
    settle(town, ann, cora)
    (conflict,) = ann.conflicts()
    with pytest.raises(ChoiceNotPossibleError):
        decide(ann, conflict["id"], Choice.BOTH)
    with pytest.raises(ChoiceNotPossibleError):
        decide(ann, conflict["id"], Choice.MERGED, values={"treatment": "something else"})
    assert len(ann.conflicts()) == 1


def decide(desk: Workstation, conflict: str, choice: Choice, values: dict[str, str | None] | None = None) -> None:
    context = WorkContext(uuid.UUID(desk.user), WritePurpose.CARE, role=UserRole.NURSE)
    with desk.store.write(context) as work:
        work.audit(AuditEntry(AuditAction.CONFLICT_RESOLVE, "SyncConflict", uuid.UUID(conflict)))
        resolve(work, Decision(uuid.UUID(conflict), choice, values))


def test_scenario_39_an_edit_while_the_conflict_is_open_joins_it(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    visit = ann.insert(a_visit(town, notes="before"))
    ann.sync()
    cora.sync()
    ann.update("clinic_visits", visit, notes="by Ann")
    cora.update("clinic_visits", visit, notes="by Cora")
    ann.sync()
    cora.sync()
    ann.update("clinic_visits", visit, notes="by Ann, again")
    ann.sync()
    settle(town, ann, cora)
    (conflict,) = cora.conflicts()
    assert conflict["server_version"] == {"notes": "by Ann, again"}
    assert conflict["client_version"] == {"notes": "by Cora"}


class _EditsWhileAway(DirectLine):
    """The person edits the row while its push is under way."""

    def __init__(self, desk: Workstation, visit: str, **values: object) -> None:
        super().__init__(desk.peer)
        self._editor = desk
        self._visit = visit
        self._values = values
        self._done = False

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        answer = super().ask(path, request, kind)
        if path == "/v1/push" and not self._done:
            self._done = True
            self._editor.update("clinic_visits", self._visit, None, **self._values)
        return answer


def test_scenario_40_an_edit_during_the_push_is_kept_and_goes_on_the_new_base(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    visit = ann.insert(a_visit(town, notes="first"))
    ann.sync()
    cora.sync()
    ann.update("clinic_visits", visit, notes="second")
    ann.sync(_EditsWhileAway(ann, visit, notes="typed during the push"))
    ann.sync()
    settle(town, ann, cora)
    assert cora.row("clinic_visits", visit)["notes"] == "typed during the push"
    assert ann.conflicts() == []


def test_scenario_40_the_answer_does_not_hide_what_another_desk_changed(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    visit = ann.insert(a_visit(town, notes="first", treatment="none"))
    ann.sync()
    cora.sync()
    cora.update("clinic_visits", visit, treatment="by Cora")
    cora.sync()
    ann.update("clinic_visits", visit, notes="second")
    ann.sync(_EditsWhileAway(ann, visit, treatment="by Ann"))
    settle(town, ann, cora)
    (conflict,) = ann.conflicts()
    assert conflict["fields"] == ["treatment"]
    assert uuid.UUID(conflict["entity_id"]) == uuid.UUID(visit)


def test_scenario_39_who_decides_on_values_that_were_replaced_meanwhile_is_told(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    visit = ann.insert(a_visit(town, notes="before"))
    ann.sync()
    cora.sync()
    ann.update("clinic_visits", visit, notes="by Ann")
    cora.update("clinic_visits", visit, notes="by Cora")
    settle(town, ann, cora)
    (seen,) = ann.conflicts()
    cora.update("clinic_visits", visit, notes="by Cora, newest")
    # Cora's edit rests on the district's value, so it goes in and the open conflict shows it.
    cora.sync()
    decide(ann, seen["id"], Choice.THEIRS)
    totals = ann.sync()
    settle(town, ann, cora)
    assert totals.conflicts == 1
    for desk in (ann, cora):
        still = next(row for row in desk.conflicts() if row["id"] == seen["id"])
        assert still["server_version"] == {"notes": "by Cora, newest"}
        (told,) = [row for row in desk.conflicts() if row["table_name"] == "sync_conflicts"]
        assert (told["client_version"]["status"], told["server_version"]["status"]) == ("RESOLVED", "PENDING")


def test_scenario_39_the_own_row_written_with_a_decision_does_not_stand_against_it(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    visit = ann.insert(a_visit(town, notes="before"))
    ann.sync()
    cora.sync()
    ann.update("clinic_visits", visit, notes="by Ann")
    cora.update("clinic_visits", visit, notes="by Cora")
    settle(town, ann, cora)
    (conflict,) = ann.conflicts()
    decide(ann, conflict["id"], Choice.MERGED, values={"notes": "by both"})
    ann.sync(size=BatchSize(rows=1))
    settle(town, ann, cora)
    assert (ann.conflicts(), cora.conflicts()) == ([], [])
    assert cora.row("clinic_visits", visit)["notes"] == "by both"


def _next_version(order: dict[str, Any], **changed: object) -> StudentMedication:
    """The order once more, as a change of it is written: active, following on the version that stood."""
    plain = {name: value for name, value in order.items() if value is not None}
    return StudentMedication(
        student_id=uuid.UUID(plain["student_id"]),
        medication_id=uuid.UUID(plain["medication_id"]),
        dosage=plain["dosage"],
        frequency=plain["frequency"],
        route=Route(plain["route"]),
        start_date=NOW,
        is_active=True,
        prescribed_by_name=plain["prescribed_by_name"],
        root_id=uuid.UUID(plain["root_id"]),
        version=plain["version"] + 1,
        previous_version_id=uuid.UUID(plain["id"]),
        status=OrderStatus.ACTIVE,
        activated_at=NOW,
        activated_by=uuid.UUID(plain["activated_by"]),
        dose_unit=Unit("mg"),
        schedule_kind=ScheduleKind(plain["schedule_kind"]),
        times_of_day=["12:00"],
        **changed,
    )


def an_order_changed_at_both(town: Town, ann: Workstation, cora: Workstation) -> tuple[str, str, str]:
    """Both desks change one order while neither knows of the other: (order, Ann's version, Cora's version)."""
    _medicine, order = an_order(town)
    ann.sync()
    cora.sync()
    mine = ann.insert(_next_version(ann.row("student_medications", order), dose_amount=Decimal(20)))
    theirs = cora.insert(_next_version(cora.row("student_medications", order), dose_amount=Decimal(5)))
    ann.sync()
    return order, mine, theirs


def test_d01_an_order_changed_at_two_desks_keeps_both_versions_as_a_fork(
    town: Town, ann: Workstation, cora: Workstation
) -> None:
    _order, mine, theirs = an_order_changed_at_both(town, ann, cora)
    totals = cora.sync()
    settle(town, ann, cora)
    assert (totals.conflicts, totals.rejected) == (1, 0)
    for desk in (ann, cora):
        standing = desk.rows("SELECT id, dose_amount FROM student_medications WHERE version = 2 ORDER BY dose_amount")
        assert {row["id"]: row["dose_amount"] for row in standing} == {mine: "20", theirs: "5"}
        conflict = desk.conflicts()[0]
        assert (conflict["kind"], conflict["is_safety"], len(desk.conflicts())) == ("FORK", 1, 1)
        assert (conflict["entity_id"], conflict["other_entity_id"]) == (theirs, mine)
