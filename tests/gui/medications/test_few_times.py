"""A round with few times: they stand beside the names, and the room that is left stands at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from tests.gui.medications.conftest import Station
from tests.support.qt import settle


def only(station: Station, *times: str) -> None:
    """The round as it is on a day with these times alone."""
    grid = station.round.view.grid
    grid.grid.beginResetModel()
    grid.grid.times = times
    grid.grid.endResetModel()
    grid.fit()
    settle()


def test_two_times_stand_beside_the_names(station: Station) -> None:
    only(station, "11:30", "12:00")
    grid = station.round.view.grid
    assert grid.columnViewportPosition(1) <= 460
    assert grid.columnWidth(1) == grid.columnWidth(2) <= 160
    assert grid.columnViewportPosition(3) + grid.columnWidth(3) == grid.viewport().width()


def test_nothing_can_be_chosen_in_the_room_that_is_left(station: Station) -> None:
    only(station, "11:30", "12:00")
    grid = station.round.view.grid
    grid.setFocus()
    station.press(*[Qt.Key.Key_Right] * 6)
    assert grid.currentIndex().column() <= 2


def test_many_times_leave_no_room_and_no_sideways_scrolling(station: Station) -> None:
    only(station, *[f"{hour:02}:00" for hour in range(7, 15)])
    grid = station.round.view.grid
    assert grid.isColumnHidden(grid.grid.filler)
    station.window.resize(1440, 900)
    settle()
    assert grid.horizontalScrollBar().maximum() == 0
