"""Each kind of conflict opened and decided with the keyboard alone, over real rows (ux-spec 7.12)."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from tests.gui.sync.conftest import Centre
from tests.support import accessibility, layout
from tests.support.desk import Clinic
from tests.support.medication import at, sign_consent, stock_formulary, strength_of, write_order
from tests.support.qt import settle, shown
from tests.support.sync_conflicts import conflict, visit_conflict

from clinicdesk.core.identifiers import new_id
from clinicdesk.gui.theme import Mode
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.models import ClinicVisit, MedicationLog, Student, StudentMedication, SyncConflict, VitalSigns
from clinicdesk.models.enums import (
    ConflictKind,
    DoseOutcome,
    EntryKind,
    NumberStatus,
    Route,
    SyncConflictResolution,
    SyncConflictStatus,
    Unit,
    VisitDisposition,
)

K = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def is_open(clinic: Clinic, key: uuid.UUID) -> bool:
    (row,) = clinic.rows(SyncConflict, SyncConflict.id == key)
    return row.status is not SyncConflictStatus.RESOLVED


def give_reason(centre: Centre, words: str) -> None:
    """The field has the focus as soon as a reason is asked for; Enter writes it."""
    reason = centre.screen.view.resolver.ways.reason
    assert QApplication.focusWidget() is reason.editor
    centre.write(words)
    centre.press(K.Key_Return)


def forked_order(clinic: Clinic, student: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    """An order changed to 500 mg here and to 750 mg elsewhere: (mine, theirs, conflict)."""
    drugs = stock_formulary(clinic)
    first = write_order(
        clinic,
        student,
        drugs.amoxicillin,
        sign_consent(clinic, drugs, student),
        **strength_of("250", Unit.MG, Unit.CAPSULE),
    )
    (stood,) = clinic.rows(StudentMedication, StudentMedication.id == first)
    plain = {
        column.name: getattr(stood, column.name)
        for column in StudentMedication.__table__.columns
        if column.name not in {"id", "row_version", "created_at", "updated_at", "created_by", "updated_by"}
    }
    made = []
    for count in (2, 3):
        changed: dict[str, Any] = {"form_count": Decimal(count), "dose_amount": stood.dose_amount * count}
        made.append(new_id())
        clinic.add(
            StudentMedication(**{**plain, **changed, "id": made[-1], "version": 2, "previous_version_id": first})
        )
    sides = {"previous_version_id": (None, str(first), str(first))}
    key = conflict(
        clinic, "student_medications", made[0], student, sides, kind=ConflictKind.FORK, safety=True, other=made[1]
    )
    return made[0], made[1], key


def test_d01_a_fork_is_joined_by_keys_and_a_reason(centre: Centre) -> None:
    mine, theirs, key = forked_order(centre.clinic, centre.student)
    centre.open(key)
    resolver = centre.screen.view.resolver
    assert set(resolver.rows) == {"dose_amount", "form_count"}
    # One side of a dose is taken whole: the count goes with the amount.
    centre.press(K.Key_3)
    centre.press(K.Key_Return, modifiers=CTRL)
    give_reason(centre, "asked Dr. Vantongeren")
    assert not is_open(centre.clinic, key)
    later = {row.previous_version_id: row for row in centre.clinic.rows(StudentMedication)}
    assert later[mine].dose_amount == later[theirs].dose_amount
    assert (later[mine].status, later[mine].activated_by) == ("ACTIVE", centre.clinic.nurse.id)
    assert (later[theirs].amends_id, later[theirs].status) == (later[mine].id, "DISCONTINUED")


def given_twice(clinic: Clinic, student: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    drugs = stock_formulary(clinic)
    order = write_order(
        clinic,
        student,
        drugs.amoxicillin,
        sign_consent(clinic, drugs, student),
        **strength_of("500", Unit.MG, Unit.CAPSULE),
    )
    made = []
    for device, who, when in (
        (clinic.device, clinic.nurse, "11:12"),
        (new_id(), clinic.second_nurse, "11:20"),
    ):
        made.append(new_id())
        clinic.add(
            MedicationLog(
                id=made[-1],
                student_id=student,
                medication_id=drugs.amoxicillin,
                student_medication_id=order,
                order_root_id=order,
                order_version=1,
                dosage=Decimal(500),
                dosage_unit=Unit.MG,
                route=Route.ORAL,
                administered_at=at(when),
                administered_by=who.id,
                was_given=True,
                outcome=DoseOutcome.GIVEN,
                scheduled_for=at("11:30"),
                slot_key="2026-10-06T11:30",
                school_id=clinic.school.id,
                recorded_at=at(when),
                zone_offset_minutes=-240,
                device_id=device,
                scope_id=student,
            )
        )
    sides = {"slot_key": (None, "2026-10-06T11:30", "2026-10-06T11:30")}
    kind = ConflictKind.POSSIBLE_DUPLICATE
    key = conflict(clinic, "medication_logs", made[1], student, sides, kind=kind, safety=True, other=made[0])
    return made[0], made[1], key


def test_scenario_37_one_of_two_doses_is_marked_as_an_error_by_keys(centre: Centre) -> None:
    here, elsewhere, key = given_twice(centre.clinic, centre.student)
    centre.open(key)
    ways = centre.screen.view.resolver.ways.ways
    words = [button.text() for button in ways.buttons.values()]
    assert "Ines Carvalho" in words[0]
    assert "Renata Olszewski" in words[1]
    assert words[2].startswith("Both were given")
    centre.press(K.Key_1)
    give_reason(centre, "charted for the brother")
    assert not is_open(centre.clinic, key)
    logs = centre.clinic.rows(MedicationLog)
    assert {here, elsewhere} < {row.id for row in logs}
    (back,) = [row for row in logs if row.revision == 2]
    assert (back.supersedes_id, back.entry_kind) == (elsewhere, EntryKind.WITHDRAWN)
    assert back.correction_reason == "charted for the brother"


def test_scenario_37_esc_takes_the_question_back_and_both_are_acknowledged_by_keys(centre: Centre) -> None:
    _here, _elsewhere, key = given_twice(centre.clinic, centre.student)
    centre.open(key)
    centre.press(K.Key_1)
    centre.press(K.Key_Escape)
    resolver = centre.screen.view.resolver
    assert QApplication.focusWidget() is next(iter(resolver.ways.ways.buttons.values()))
    centre.press(K.Key_3)
    assert not is_open(centre.clinic, key)
    assert len(centre.clinic.rows(MedicationLog)) == 2


def signed_visit(centre: Centre) -> tuple[uuid.UUID, uuid.UUID]:
    clinic = centre.clinic
    now = clinic.clock.now()
    return visit_conflict(
        clinic,
        centre.student,
        kind=ConflictKind.SIGN_VS_EDIT,
        signed_at=now,
        signed_by=clinic.second_nurse.id,
        check_out_time=now,
        disposition=VisitDisposition.RETURN_TO_CLASS,
    )


def test_d02_a_late_edit_becomes_an_amendment_by_keys(centre: Centre) -> None:
    visit, key = signed_visit(centre)
    centre.open(key)
    centre.press(K.Key_1)
    give_reason(centre, "came late")
    assert not is_open(centre.clinic, key)
    (amendment,) = centre.clinic.rows(ClinicVisit, ClinicVisit.amends_id == visit)
    assert (amendment.notes, amendment.amendment_reason) == ("by Renata", "came late")
    assert amendment.signed_by == centre.clinic.nurse.id


def orphan(centre: Centre) -> tuple[uuid.UUID, uuid.UUID]:
    """Measurements of a visit that was deleted meanwhile: (visit, conflict)."""
    clinic = centre.clinic
    with clinic.pulled() as work:
        row = work.session.get_one(ClinicVisit, centre.visit)
        row.deleted_at, row.deleted_by = clinic.clock.now(), clinic.second_nurse.id
        row.delete_reason = "Entered for the wrong child"
        student = row.student_id
    measured = new_id()
    clinic.add(
        VitalSigns(
            id=measured,
            student_id=student,
            visit_id=centre.visit,
            measurement_date=clinic.clock.now(),
            measured_by=clinic.nurse.id,
            zone_offset_minutes=-240,
            heart_rate=88,
            scope_id=student,
        )
    )
    sides = {"visit_id": (None, str(centre.visit), str(centre.visit))}
    return centre.visit, conflict(clinic, "vital_signs", measured, student, sides, kind=ConflictKind.ORPHAN)


def test_scenario_32_the_parent_comes_back_by_one_key_and_goes_again_by_undo(centre: Centre) -> None:
    visit, key = orphan(centre)
    centre.open(key)
    centre.press(K.Key_1)
    assert not is_open(centre.clinic, key)
    (row,) = centre.clinic.rows(ClinicVisit, ClinicVisit.id == visit)
    assert row.deleted_at is None
    centre.acts.undo()
    centre.rest()
    (row,) = centre.clinic.rows(ClinicVisit, ClinicVisit.id == visit)
    assert row.delete_reason == "Entered for the wrong child"
    assert is_open(centre.clinic, key)


def one_number(clinic: Clinic) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    """Two records that claim S-77: (holder, second, conflict)."""
    holder = clinic.student("Nils", "Sample", number="S-77")
    second = clinic.student("Nico", "Sample")
    with clinic.pulled() as work:
        row = work.session.get_one(Student, second)
        row.student_number, row.number_status = None, NumberStatus.CONTESTED
    sides = {"student_number": (None, "S-77", None), "number_status": (None, "CONFIRMED", "CONTESTED")}
    return holder, second, conflict(clinic, "students", second, second, sides, kind=ConflictKind.UNIQUE)


def tab_to(centre: Centre, part: object) -> None:
    for _ in range(20):
        if QApplication.focusWidget() is part:
            return
        centre.press(K.Key_Tab)
    raise AssertionError("not reached by Tab")


def test_scenario_33_two_records_of_one_child_are_merged_by_keys(office: Centre) -> None:
    holder, second, key = one_number(office.clinic)
    office.open(key)
    (button,) = office.screen.view.resolver.ways.ways.buttons.values()
    tab_to(office, button)
    office.press(K.Key_Space)
    give_reason(office, "same child")
    assert not is_open(office.clinic, key)
    (row,) = office.clinic.rows(Student, Student.id == second)
    assert row.merged_into_id == holder
    office.acts.undo()
    office.rest()
    (row,) = office.clinic.rows(Student, Student.id == second)
    assert row.merged_into_id is None


def test_scenario_33_a_nurse_reads_who_merges_and_cannot(centre: Centre) -> None:
    _holder, second, key = one_number(centre.clinic)
    centre.open(key)
    (button,) = centre.screen.view.resolver.ways.ways.buttons.values()
    assert not button.isEnabled()
    paragraphs = centre.screen.view.resolver.ways.ways.findChildren(Paragraph)
    assert [one.text() for one in paragraphs] == ["Your role does not decide this conflict."]
    (row,) = centre.clinic.rows(Student, Student.id == second)
    assert row.merged_into_id is None


def contested(centre: Centre) -> tuple[uuid.UUID, uuid.UUID]:
    """Ines decided that the district's stays, Renata that hers does: (first conflict, the one about the decisions)."""
    clinic, key = centre.clinic, centre.visit_conflict
    now = clinic.clock.now()
    with clinic.pulled() as work:
        row = work.session.get_one(SyncConflict, key)
        row.status, row.resolution = SyncConflictStatus.RESOLVED, SyncConflictResolution.SERVER_WINS
        row.resolved_at, row.resolved_by, row.merged_data = now, clinic.second_nurse.id, {"notes": "by Ines"}
        student = row.student_id
    at = "2026-10-06T15:30:00.000000Z"
    sides = {
        "resolution": (None, "CLIENT_WINS", "SERVER_WINS"),
        "resolved_at": (None, at, at),
        "resolved_by": (None, str(clinic.nurse.id), str(clinic.second_nurse.id)),
        "merged_data": (None, {"notes": "by Renata"}, {"notes": "by Ines"}),
        "status": ("PENDING", "RESOLVED", "RESOLVED"),
    }
    made = conflict(clinic, "sync_conflicts", key, student, sides, kind=ConflictKind.GROUP, group="resolution")
    return key, made


def test_scenario_38_two_decisions_stand_side_by_side_and_one_is_taken_by_a_key(centre: Centre) -> None:
    first, key = contested(centre)
    centre.open(key)
    buttons = list(centre.screen.view.resolver.ways.ways.buttons.values())
    assert [button.text().split("\t")[0] for button in buttons] == [
        "The decision of Renata Olszewski stands",
        "The decision of Ines Carvalho stands",
    ]
    centre.press(K.Key_1)
    assert not is_open(centre.clinic, key)
    (row,) = centre.clinic.rows(ClinicVisit, ClinicVisit.id == centre.visit)
    assert row.notes == "by Renata"
    (decided,) = centre.clinic.rows(SyncConflict, SyncConflict.id == first)
    assert (decided.resolution, decided.resolved_by) == (SyncConflictResolution.CLIENT_WINS, centre.clinic.nurse.id)


@pytest.mark.parametrize(("key", "stands"), [(K.Key_1, False), (K.Key_2, True)])
def test_scenario_25_an_edit_of_a_deleted_record_is_decided_by_one_key(centre: Centre, key: K, stands: bool) -> None:
    clinic = centre.clinic
    gone = {"deleted_at": clinic.clock.now(), "deleted_by": clinic.second_nurse.id, "delete_reason": "twice"}
    visit, made = visit_conflict(clinic, centre.student, kind=ConflictKind.DELETE_VS_EDIT, **gone)
    centre.open(made)
    centre.press(key)
    assert not is_open(clinic, made)
    (row,) = clinic.rows(ClinicVisit, ClinicVisit.id == visit)
    assert ((row.deleted_at is None), row.notes) == ((True, "by Renata") if stands else (False, "by Ines"))


@pytest.mark.parametrize("mode", [Mode.LIGHT, Mode.DARK])
@pytest.mark.parametrize(("width", "height", "scale"), [(1440, 900, 1.0), (1024, 700, 1.0), (1440, 900, 2.0)])
def test_every_kind_is_shown_without_cuts_and_named(
    centre: Centre, mode: Mode, width: int, height: int, scale: float
) -> None:
    centre.built.theme.change(mode=mode, text_scale=scale)
    shown(centre.window, width, height)
    drugs_of_two = given_twice(centre.clinic, centre.student)[2]
    number, signed = one_number(centre.clinic)[2], signed_visit(centre)[1]
    lost, decisions = orphan(centre)[1], contested(centre)[1]
    for key in (drugs_of_two, number, signed, lost, decisions):
        centre.open(key)
        settle(3)
        assert layout.problems(centre.window) == []
        assert accessibility.problems(centre.window) == []
    centre.open(drugs_of_two)
    centre.press(K.Key_1)
    settle(3)
    assert layout.problems(centre.window) == []
    assert accessibility.problems(centre.window) == []
