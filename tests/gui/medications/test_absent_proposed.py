"""A child who went home: the round says so, and one key charts the proposed outcome (D41)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from tests.gui.medications.conftest import Station
from tests.support.desk import Clinic
from tests.support.leaving import send_home
from tests.support.medication import at

from clinicdesk.models import MedicationLog

K = Qt.Key


def leave(station: Station, clinic: Clinic) -> None:
    """The child with the amoxicillin goes home at 10:42; the round is read anew."""
    send_home(clinic, station.day.cupboard.student, at("10:42"))
    station.round._presenter.load()
    station.rest()


def test_d41_the_round_says_who_went_home_and_when(station: Station, clinic: Clinic) -> None:
    leave(station, clinic)
    station.seek(station.day.cupboard.amoxicillin)
    grid = station.round.view.grid
    column = grid.grid.times.index("11:30") + 1
    words = grid.grid.index(grid.currentIndex().row(), column).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "Due" in words
    assert "Went home at 10:42" in words


def test_d41_a_charts_the_proposed_absence_with_one_key(station: Station, clinic: Clinic) -> None:
    leave(station, clinic)
    station.seek(station.day.cupboard.amoxicillin)
    station.press(K.Key_Return)
    before, station.keys = clinic.count(MedicationLog), 0
    sheet = station.round.sheet
    assert sheet is not None
    parts = {one.objectName(): one for one in sheet.findChildren(QWidget) if one.isVisible()}
    assert parts["dose.away"].accessibleName() == "Went home at 10:42. Absent is proposed: A charts it."
    assert "dose.outcome.absent" in parts
    assert sheet.given.isVisible()
    station.press(K.Key_A)
    log = clinic.rows(MedicationLog)[-1]
    assert (clinic.count(MedicationLog) - before, log.outcome, log.reason_code) == (1, "ABSENT", "ABSENT")
    assert station.keys == 1


def test_d41_a_proposal_hides_no_dose(station: Station, clinic: Clinic) -> None:
    leave(station, clinic)
    station.seek(station.day.cupboard.amoxicillin)
    station.press(K.Key_Return, K.Key_Space, K.Key_Space, K.Key_G)
    assert clinic.rows(MedicationLog)[-1].outcome == "GIVEN"


def test_d41_without_a_proposal_a_still_asks_the_reason(station: Station, clinic: Clinic) -> None:
    before = clinic.count(MedicationLog)
    station.seek(station.day.cupboard.amoxicillin)
    station.press(K.Key_Return, K.Key_A)
    assert clinic.count(MedicationLog) == before
    assert station.dose.state.outcome == "ABSENT"
