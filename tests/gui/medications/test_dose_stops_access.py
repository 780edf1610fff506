"""The stops of a dose for everybody: small windows, large text, Spanish, assistive technology."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from tests.gui.medications.conftest import Station
from tests.gui.medications.test_dose_stops import checked_order, open_dose, refreshed, two_puffs
from tests.support import accessibility, layout
from tests.support.desk import Clinic
from tests.support.looks import Display, on_every_display
from tests.support.medication import at, note_allergy
from tests.support.qt import settle

from clinicdesk.gui.app import Application
from clinicdesk.gui.theme import theme
from clinicdesk.i18n import Language, use

K = Qt.Key


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    look = theme().look
    yield
    use(Language.ENGLISH)
    theme().change(mode=look.mode, text_scale=look.text_scale)


def too_soon(station: Station, clinic: Clinic) -> None:
    two_puffs(clinic, station.day.jose, station.day.inhaler, at("11:20"))
    open_dose(station, station.day.inhaler)


def unchecked(station: Station, clinic: Clinic) -> None:
    order = checked_order(clinic, station.day)
    refreshed(station)
    open_dose(station, order)


def allergic(station: Station, clinic: Clinic) -> None:
    cupboard = station.day.cupboard
    note_allergy(clinic, cupboard.student, "Amoxicillin", ingredient_code="723")
    open_dose(station, cupboard.amoxicillin)


def missed(station: Station, clinic: Clinic) -> None:
    clinic.clock.advance(dt.timedelta(hours=2))
    refreshed(station)
    open_dose(station, station.day.late)


STATES = (too_soon, unchecked, allergic, missed)


@on_every_display
@pytest.mark.parametrize("state", STATES)
def test_a_stop_cuts_nothing_and_every_part_of_it_has_a_name(
    station: Station,
    clinic: Clinic,
    built: Application,
    state: Callable[[Station, Clinic], None],
    display: Display,
) -> None:
    display.put_on(built, station.window)
    settle(6)
    state(station, clinic)
    station.press(K.Key_Space, K.Key_Space)
    settle(6)
    sheet = station.round.sheet
    assert sheet is not None
    assert layout.problems(sheet) == []
    assert accessibility.problems(sheet) == []
    station.press(K.Key_Escape)
    assert station.round.view.grid.hasFocus()
