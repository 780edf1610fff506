"""A scanner beside the dose: right 1 and right 2, wrong student, wrong drug, unknown code (T4, M1, M3, ux-spec 4)."""

from __future__ import annotations

import uuid

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from tests.gui.medications.conftest import Station
from tests.support.desk import Clinic
from tests.support.medication import put_in_stock

from clinicdesk.models import AuditLog, InventoryLot, Medication, MedicationLog, Student
from clinicdesk.models.enums import DoseOutcome, Unit
from clinicdesk.presentation.medications.dose_state import RightState

K = Qt.Key
AMOXICILLIN = "0143-9888-01"
IBUPROFEN = "50580-449-10"
AMOXICILLIN_PACKAGE = "301439888017"
IBUPROFEN_PACKAGE = "350580449103"


def card(clinic: Clinic, student: uuid.UUID) -> str:
    (row,) = [one for one in clinic.rows(Student) if one.id == student]
    assert row.student_number is not None
    return row.student_number


def label_drugs(station: Station, clinic: Clinic) -> None:
    """The codes that stand on the packages."""
    drugs = station.day.cupboard.drugs
    codes = {drugs.amoxicillin: AMOXICILLIN, drugs.ibuprofen: IBUPROFEN}
    with clinic.pulled() as work:
        for key, code in codes.items():
            work.session.get_one(Medication, key).ndc = code


def rights(station: Station) -> tuple[RightState, RightState]:
    first, second = station.dose.state.rights[:2]
    return first.state, second.state


def test_t04_card_label_and_one_key_give_a_dose(station: Station, clinic: Clinic) -> None:
    label_drugs(station, clinic)
    cupboard = station.day.cupboard
    before = clinic.count(MedicationLog)
    station.keys = 0
    station.scan(card(clinic, cupboard.student))
    assert station.round.sheet is not None
    station.scan(AMOXICILLIN_PACKAGE)
    assert rights(station) == (RightState.DONE, RightState.DONE)
    station.press(K.Key_G)
    assert station.keys == 1
    log = clinic.rows(MedicationLog)[-1]
    assert clinic.count(MedicationLog) == before + 1
    assert (log.medication_id, log.outcome, log.identity_checked) == (
        cupboard.drugs.amoxicillin,
        DoseOutcome.GIVEN,
        ["id_scan", "label_scan"],
    )


def test_m01_another_student_s_card_is_a_hard_stop_that_a_look_does_not_lift(station: Station, clinic: Clinic) -> None:
    cupboard = station.day.cupboard
    before = clinic.count(MedicationLog)
    station.seek(cupboard.amoxicillin)
    station.press(K.Key_Return, K.Key_Space, K.Key_Space)
    station.scan(card(clinic, station.day.dmitri))
    sheet = station.round.sheet
    assert sheet is not None
    assert rights(station)[0] is RightState.WRONG
    assert not sheet.given.isEnabled()
    station.press(K.Key_Space, K.Key_G)
    assert clinic.count(MedicationLog) == before
    near = [row for row in clinic.rows(AuditLog) if row.result == "dose.wrong_student"]
    assert len(near) == 1
    station.scan(card(clinic, cupboard.student))
    assert rights(station)[0] is RightState.DONE
    station.press(K.Key_G)
    assert clinic.count(MedicationLog) == before + 1


def test_m03_another_drug_s_label_is_a_hard_stop_until_the_right_one_is_scanned(
    station: Station, clinic: Clinic
) -> None:
    label_drugs(station, clinic)
    cupboard = station.day.cupboard
    station.seek(cupboard.amoxicillin)
    station.press(K.Key_Return, K.Key_Space)
    station.scan(IBUPROFEN_PACKAGE)
    assert rights(station) == (RightState.DONE, RightState.WRONG)
    assert [one.code for one in station.dose.state.wrong] == ["dose.wrong_drug"]
    station.press(K.Key_Space)
    assert not station.dose.state.label
    station.scan(AMOXICILLIN_PACKAGE)
    assert station.dose.state.wrong == ()
    assert rights(station) == (RightState.DONE, RightState.DONE)


def test_m01_another_child_s_package_of_the_same_drug_is_a_hard_stop(station: Station, clinic: Clinic) -> None:
    cupboard = station.day.cupboard
    lot = put_in_stock(clinic, cupboard.drugs.amoxicillin, "10", Unit.CAPSULE, student=station.day.dmitri)
    with clinic.pulled() as work:
        work.session.get_one(InventoryLot, lot).lot_number = "DMITRI-77"
    station.seek(cupboard.amoxicillin)
    station.press(K.Key_Return, K.Key_Space)
    station.scan("DMITRI-77")
    assert [one.code for one in station.dose.state.wrong] == ["dose.package_not_theirs"]


def test_m13_an_expired_package_stops_the_dose_when_it_is_scanned(station: Station, clinic: Clinic) -> None:
    cupboard = station.day.cupboard
    lot = put_in_stock(clinic, cupboard.drugs.amoxicillin, "10", Unit.CAPSULE, student=cupboard.student)
    with clinic.pulled() as work:
        row = work.session.get_one(InventoryLot, lot)
        row.lot_number = "OLD-2026"
        assert row.expires_on is not None
        row.expires_on = row.expires_on.replace(year=2026)
    station.seek(cupboard.amoxicillin)
    station.press(K.Key_Return, K.Key_Space)
    station.scan("OLD-2026")
    assert "dose.product_expired" in {one.code for one in station.dose.state.stops}
    sheet = station.round.sheet
    assert sheet is not None
    assert not sheet.given.isEnabled()


def test_an_unknown_code_says_what_was_scanned_and_stops_nothing(station: Station) -> None:
    station.seek(station.day.cupboard.amoxicillin)
    station.press(K.Key_Return, K.Key_Space, K.Key_Space)
    station.scan("9788491050000")
    assert "9788491050000" in station.dose.state.scanned
    sheet = station.round.sheet
    assert sheet is not None
    assert sheet.given.isEnabled()
    assert station.unknown == []


def test_no_character_of_a_scan_reaches_a_text_field(station: Station, clinic: Clinic) -> None:
    cupboard = station.day.cupboard
    station.seek(cupboard.methylphenidate)
    station.press(K.Key_Return, K.Key_Space, K.Key_Space)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.objectName() == "dose.need.counted"
    station.scan(card(clinic, cupboard.student))
    assert field.text() == ""
    assert station.dose.state.counted == ""
    assert station.dose.state.card == cupboard.student


def test_a_label_before_the_card_opens_nothing(station: Station, clinic: Clinic) -> None:
    label_drugs(station, clinic)
    station.scan(AMOXICILLIN_PACKAGE)
    assert station.round.sheet is None


def test_t04_of_two_doses_owed_the_label_says_which(station: Station, clinic: Clinic) -> None:
    """Amara is owed amoxicillin and methylphenidate at 11:30: her card opens one, the label in the hand chooses."""
    cupboard = station.day.cupboard
    with clinic.pulled() as work:
        work.session.get_one(Medication, cupboard.drugs.methylphenidate).ndc = IBUPROFEN
        work.session.get_one(Medication, cupboard.drugs.amoxicillin).ndc = AMOXICILLIN
    station.scan(card(clinic, cupboard.student))
    first = station.round._presenter.state.open_order
    code = IBUPROFEN_PACKAGE if first == cupboard.amoxicillin else AMOXICILLIN_PACKAGE
    other = cupboard.methylphenidate if first == cupboard.amoxicillin else cupboard.amoxicillin
    station.scan(code)
    assert station.round._presenter.state.open_order == other
    assert station.dose.state.wrong == ()
    assert rights(station) == (RightState.DONE, RightState.DONE)
    assert [row for row in clinic.rows(AuditLog) if row.result == "dose.wrong_drug"] == []


def test_a_screen_that_takes_no_scans_leaves_them_and_its_fields_stay_empty(station: Station) -> None:
    station.press(K.Key_C)
    station.scan("9788491050000")
    assert station.unknown == ["9788491050000"]
    assert [editor.text() for editor in station.count.view.editors.values()] == [""]
