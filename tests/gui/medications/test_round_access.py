"""The round for everybody: assistive technology, small windows, large text, other languages, privacy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QLabel
from tests.gui.medications.conftest import Station
from tests.support import accessibility, layout
from tests.support.looks import Display, on_every_display
from tests.support.qt import settle

from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.medications.grid import block_of
from clinicdesk.gui.theme import Mode, theme
from clinicdesk.gui.widgets.people import Portrait
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import Language, use

K = Qt.Key


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    look = theme().look
    yield
    use(Language.ENGLISH)
    theme().change(mode=look.mode, text_scale=look.text_scale)


def open_inhaler(station: Station) -> None:
    station.round._presenter.open(station.day.inhaler, station.day.jose, None)
    station.rest()
    settle(6)


def test_every_stop_of_the_round_has_a_name_a_size_and_its_turn(station: Station) -> None:
    assert accessibility.problems(station.window) == []
    open_inhaler(station)
    station.press(K.Key_1)  # of reasons to give it for, the chosen one is the stop of Tab
    assert accessibility.problems(station.window) == []


def test_every_stop_of_the_count_has_a_name_a_size_and_its_turn(station: Station) -> None:
    station.press(K.Key_C)
    assert accessibility.problems(station.window) == []


@on_every_display
def test_nothing_is_cut_at_any_size_of_window_or_text(station: Station, built: Application, display: Display) -> None:
    display.put_on(built, station.window)
    settle(6)
    assert layout.problems(station.round.view) == []
    open_inhaler(station)
    assert station.round.sheet is not None
    assert layout.problems(station.round.sheet) == []
    station.press(K.Key_R)
    assert layout.problems(station.round.sheet) == []


@pytest.mark.prove
def test_longer_languages_cut_nothing(station: Station) -> None:
    use(Language.PSEUDO)
    open_inhaler(station)
    assert station.round.sheet is not None
    assert layout.problems(station.round.sheet) == []


def test_privacy_mode_shows_initials_in_the_round_and_in_the_sheet(station: Station) -> None:
    station.press(K.Key_F9)
    open_inhaler(station)
    settle(6)
    sheet, grid = station.round.sheet, station.round.view.grid.grid
    assert sheet is not None
    shown = [label.text() for label in sheet.findChildren(QLabel)]
    shown += [paragraph.text() for paragraph in sheet.findChildren(Paragraph)]
    spoken = [str(grid.data(grid.index(at, 0))) for at in range(grid.rowCount())]
    assert not [words for words in (*shown, *spoken) if "Villaseñor" in words or "Okonkwo-" in words]
    assert any(words.startswith("J. Á.") for words in spoken)


def test_the_sheet_says_which_dose_it_is_and_when_it_is_due(station: Station) -> None:
    open_inhaler(station)
    assert (station.workspace.sheet.title.text(), station.workspace.sheet.note.text()) == ("PRN dose", "11:32")
    station.round._presenter.open(station.day.late, station.day.dmitri, "2026-10-06T11:00")
    station.rest()
    assert (station.workspace.sheet.title.text(), station.workspace.sheet.note.text()) == ("Scheduled dose", "11:00")


def test_a_refresh_leaves_the_cursor_where_the_nurse_put_it(station: Station) -> None:
    station.press(K.Key_Home, K.Key_J)
    before = station.round.view.grid.currentIndex().row()
    station.round._presenter.load()
    station.rest()
    assert station.round.view.grid.currentIndex().row() == before


def test_given_is_off_while_another_outcome_is_charted(station: Station) -> None:
    open_inhaler(station)
    station.press(K.Key_1, K.Key_Space, K.Key_Space, K.Key_R)
    assert station.round.sheet is not None
    assert not station.round.sheet.given.isEnabled()
    assert station.round.sheet.given.accessibleDescription() == "Another outcome is being charted."


def test_the_round_is_drawn_in_the_dark(station: Station) -> None:
    theme().change(mode=Mode.DARK)
    settle(6)
    image = station.round.view.grid.grab().toImage()
    mean = image.scaled(1, 1, mode=Qt.TransformationMode.SmoothTransformation)
    assert mean.pixelColor(0, 0).lightness() < 90


@pytest.mark.parametrize("width", [77.0, 86.0, 200.0])
def test_a_state_block_stands_centred_under_the_time_of_its_column(width: float) -> None:
    cell = QRectF(300, 50, width, 50)
    block = block_of(cell, 73)
    assert block.center() == cell.center()
    assert (block.width(), block.height()) == (73, 40)


def test_the_blocks_of_a_wide_window_do_not_fill_their_columns(station: Station) -> None:
    grid = station.round.view.grid
    for column in range(1, grid.grid.filler):
        assert grid.columnWidth(column) >= grid.grid.block_width + 4
    assert grid.grid.block_width < 120


def test_m01_a_student_without_a_photo_shows_initials(station: Station) -> None:
    open_inhaler(station)
    sheet = station.round.sheet
    assert sheet is not None
    (portrait,) = sheet.findChildren(Portrait)
    assert (portrait._face.person, portrait._face.photo) == ("", None)
    assert portrait._face.name.startswith("José")
