"""The effect of an as-needed dose is checked from its task on Today."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from tests.gui.medications.conftest import Station
from tests.support import accessibility, layout
from tests.support.desk import Clinic
from tests.support.qt import settle

from clinicdesk.models import ClinicalTask
from clinicdesk.models.enums import CheckResult, ClinicalTaskKind, TaskStatus

K = Qt.Key


@pytest.fixture
def task(station: Station, clinic: Clinic) -> ClinicalTask:
    """José had two puffs; the clinic asks what they did."""
    station.round._presenter.open(station.day.inhaler, station.day.jose, None)
    station.rest()
    station.press(K.Key_1, K.Key_Space, K.Key_Space, K.Key_G)
    found = [row for row in clinic.rows(ClinicalTask) if row.kind is ClinicalTaskKind.EFFECT_CHECK]
    assert len(found) == 1
    station.round.activate(student_id=str(station.day.jose), task_id=str(found[0].id))
    station.rest()
    settle(4)
    station.keys = 0
    return found[0]


def test_m05_the_effect_is_checked_with_two_keys(station: Station, clinic: Clinic, task: ClinicalTask) -> None:
    station.press(K.Key_2)
    station.press(K.Key_Return, modifiers=Qt.KeyboardModifier.ControlModifier)
    (row,) = [one for one in clinic.rows(ClinicalTask) if one.id == task.id]
    assert (row.status, row.effect, row.done_by) == (TaskStatus.DONE, CheckResult.IMPROVED, clinic.nurse.id)
    assert station.keys == 2


def test_a_check_without_an_effect_is_not_saved(station: Station, clinic: Clinic, task: ClinicalTask) -> None:
    station.press(K.Key_Return, modifiers=Qt.KeyboardModifier.ControlModifier)
    (row,) = [one for one in clinic.rows(ClinicalTask) if one.id == task.id]
    assert row.status is TaskStatus.OPEN


@pytest.mark.usefixtures("task")
def test_the_check_names_student_and_dose_and_cuts_nothing(station: Station) -> None:
    sheet = station.workspace.sheet.content
    assert sheet is not None
    state = station.round._presenter.effect.state
    assert state.sheet is not None
    assert state.dose is not None
    assert state.sheet.student.id == station.day.jose
    station.press(K.Key_1)
    assert layout.problems(sheet) == []
    assert accessibility.problems(station.window) == []
