"""The nurse's round by real keys, within the budgets of ux-spec 2 (T4, T5, T6)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from tests.gui.medications.conftest import Station
from tests.support.desk import PASSWORD, Clinic
from tests.support.medication import put_in_stock

from clinicdesk.models import ControlledCount, MedicationLog
from clinicdesk.models.enums import DoseOutcome, Unit
from clinicdesk.services.doses import Doses

K = Qt.Key


def test_t04_a_due_dose_is_given_within_eight_keys(station: Station, clinic: Clinic) -> None:
    before = clinic.count(MedicationLog)
    station.press(K.Key_Home)
    station.seek(station.day.cupboard.amoxicillin)
    station.press(K.Key_Return, K.Key_Space, K.Key_Space, K.Key_G)
    assert station.keys <= 8
    assert clinic.count(MedicationLog) == before + 1
    log = clinic.rows(MedicationLog)[-1]
    assert (log.student_id, log.outcome) == (station.day.cupboard.student, DoseOutcome.GIVEN)
    assert log.identity_checked == ["photo", "birth_date", "label_read"]
    assert station.acts.act is not None


def test_given_stays_off_until_student_and_label_are_checked(station: Station, clinic: Clinic) -> None:
    before = clinic.count(MedicationLog)
    station.seek(station.day.cupboard.amoxicillin)
    station.press(K.Key_Return, K.Key_G)
    sheet = station.round.sheet
    assert sheet is not None
    assert not sheet.given.isEnabled()
    station.press(K.Key_Space)
    assert not sheet.given.isEnabled()
    assert clinic.count(MedicationLog) == before
    station.press(K.Key_Space)
    assert sheet.given.isEnabled()


def test_t05_a_prn_dose_passes_its_guard_within_sixteen_keys(station: Station, clinic: Clinic) -> None:
    before = clinic.count(MedicationLog)
    station.press(K.Key_End)
    station.seek(station.day.inhaler)
    station.press(K.Key_Return, K.Key_1, K.Key_Space, K.Key_Space, K.Key_G)
    assert station.keys <= 16
    log = clinic.rows(MedicationLog)[-1]
    assert clinic.count(MedicationLog) == before + 1
    assert (log.student_id, log.indication) == (station.day.jose, "wheeze")


def test_a_refusal_asks_its_reason_and_is_charted(station: Station, clinic: Clinic) -> None:
    station.press(K.Key_Return, K.Key_R)
    station.press(K.Key_Return, modifiers=Qt.KeyboardModifier.ControlModifier)
    log = clinic.rows(MedicationLog)[-1]
    assert (log.outcome, log.reason_code) == ("REFUSED", "REFUSED")
    assert station.keys == 3


def test_letters_chart_nothing_while_no_dose_is_open(station: Station, clinic: Clinic) -> None:
    before = clinic.count(MedicationLog)
    station.press(K.Key_G, K.Key_R, K.Key_A)
    assert clinic.count(MedicationLog) == before


def test_m07_a_dose_given_elsewhere_meanwhile_is_refused_in_words(station: Station, clinic: Clinic) -> None:
    cupboard = station.day.cupboard
    station.seek(cupboard.amoxicillin)
    station.press(K.Key_Return, K.Key_Space, K.Key_Space)
    Doses(clinic.desk(clinic.second_nurse)).record(cupboard.dose(cupboard.amoxicillin))
    before = clinic.count(MedicationLog)
    station.press(K.Key_G)
    assert clinic.count(MedicationLog) == before
    message = station.round.sheet._presenter.state.message if station.round.sheet else ""
    assert "Ines Carvalho" in message


def test_m09_a_controlled_dose_takes_count_and_witness_in_the_same_sheet(station: Station, clinic: Clinic) -> None:
    station.seek(station.day.cupboard.methylphenidate)
    station.press(K.Key_Return, K.Key_Space, K.Key_Space)
    station.write("19")
    station.press(K.Key_Tab)
    station.write("carvalho", free=True)
    station.press(K.Key_Tab)
    station.write(PASSWORD, free=True)
    station.press(K.Key_Return)
    log = clinic.rows(MedicationLog)[-1]
    assert (log.outcome, log.witnessed_by) == (DoseOutcome.GIVEN, clinic.second_nurse.id)


def test_brackets_open_the_next_and_the_previous_dose(station: Station) -> None:
    station.press(K.Key_Return)
    first = station.round._presenter.state.open_order
    station.press(K.Key_BracketRight)
    assert station.round._presenter.state.open_order != first
    station.press(K.Key_BracketLeft)
    assert station.round._presenter.state.open_order == first


def test_escape_closes_the_sheet_and_the_grid_has_the_focus_again(station: Station) -> None:
    station.press(K.Key_Return, K.Key_Escape)
    assert station.round.sheet is None
    assert station.round.view.grid.hasFocus()


def test_the_round_sheet_is_saved_as_a_pdf(station: Station) -> None:
    station.press(K.Key_P, modifiers=Qt.KeyboardModifier.ControlModifier)
    (path,) = station.folder.glob("round-*.pdf")
    assert path.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("counted", [("20", False), ("18", True)])
def test_t06_a_count_is_blind_witnessed_and_within_budget(
    station: Station, clinic: Clinic, counted: tuple[str, bool]
) -> None:
    for _ in range(4):
        drug = station.day.cupboard.drugs.methylphenidate
        put_in_stock(clinic, drug, "20", Unit.TABLET, student=station.day.jose, controlled=True)
    station.press(K.Key_C)
    for _ in range(5):
        station.write(counted[0])
        station.press(K.Key_Return)
    station.write("car")
    station.press(K.Key_Tab)
    station.write(PASSWORD, free=True)
    station.press(K.Key_Return)
    assert station.keys <= 25
    rows = clinic.rows(ControlledCount)
    assert [row.counted for row in rows] == [Decimal(counted[0])] * 5
    assert {row.is_discrepancy for row in rows} == {counted[1]}


def test_numbers_of_a_count_are_there_again_after_a_look_elsewhere(station: Station) -> None:
    station.press(K.Key_C)
    station.write("20")
    station.press(K.Key_Left, modifiers=Qt.KeyboardModifier.AltModifier)
    station.press(K.Key_Right, modifiers=Qt.KeyboardModifier.AltModifier)
    (editor,) = station.count.view.editors.values()
    assert editor.text() == "20"
