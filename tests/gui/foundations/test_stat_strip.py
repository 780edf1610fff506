"""Counters stand in one row where there is room, in several where there is not, and are never cut."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from tests.support import layout
from tests.support.qt import settle, shown

from clinicdesk.gui.theme import Theme
from clinicdesk.gui.widgets.buttons import Button
from clinicdesk.gui.widgets.cards import PageTitle
from clinicdesk.gui.widgets.layout import column, shared
from clinicdesk.gui.widgets.stat_strip import Stat, StatStrip

STATS = [
    Stat("Last full sync", "11:29", "3 min ago, 2.1 s"),
    Stat("To send", "12", "oldest 5 min"),
    Stat("Received today", "230", "rows"),
    Stat("Conflicts", "2", "oldest 21 min"),
    Stat("Could not be sent", "0"),
]


class Page:
    """A strip at the top of a page that gives it any width."""

    def __init__(self, qtbot: QtBot) -> None:
        self.button = Button("Show reason", "reason")
        self.strip = StatStrip(STATS, self.button)
        self.host = QWidget()
        lines = column(self.strip, gap=0)
        lines.addStretch(1)
        self.host.setLayout(lines)
        qtbot.addWidget(self.host)

    def at(self, width: int) -> list[list[int]]:
        """The left edges of the cells, row by row."""
        shown(self.host, width, 1000)
        settle(6)
        places = [self.strip.mapFromGlobal(cell.mapToGlobal(cell.rect().topLeft())) for cell in self.strip.cells]
        return [sorted(one.x() for one in places if one.y() == top) for top in sorted({one.y() for one in places})]


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    return Page(qtbot)


def test_with_room_all_cells_stand_in_one_row(page: Page) -> None:
    (row,) = page.at(1200)
    assert len(row) == 5


def test_without_room_they_stand_in_columns_under_each_other(page: Page) -> None:
    rows = page.at(560)
    assert len(rows[0]) < 5
    assert all(row == rows[0][: len(row)] for row in rows)
    assert layout.problems(page.host) == []


def test_nothing_is_cut_at_any_width_nor_with_large_letters(page: Page, theme: Theme) -> None:
    for scale in (1.0, 2.0):
        theme.change(text_scale=scale)
        for width in range(1300, 420, -110):
            page.at(width)
            assert layout.problems(page.host) == [], (scale, width)


def test_what_is_hidden_at_the_right_leaves_its_room(page: Page) -> None:
    page.at(1200)
    before = page.strip.cells[4].width()
    page.strip.trailing[0].hide()
    page.at(1200)
    assert page.strip.cells[4].width() > before


def test_a_share_never_falls_below_what_is_needed() -> None:
    assert shared(300, [1, 1, 1], [50, 50, 50]) == [100, 100, 100]
    assert shared(300, [1, 1, 1], [160, 50, 50]) == [160, 70, 70]
    assert shared(301, [1, 1, 0], [10, 10, 40]) == [150, 151, 40]


def test_the_actions_of_a_title_go_below_it_where_there_is_no_room_beside_it(qtbot: QtBot) -> None:
    first, second = Button("Print today's round", "print"), Button("New visit", "new")
    title = PageTitle("Today", "Tuesday, October 6", first, second)
    host = QWidget()
    lines = column(title, gap=0)
    lines.addStretch(1)
    host.setLayout(lines)
    qtbot.addWidget(host)
    shown(host, 800, 300)
    assert second.geometry().right() == title.width() - 1
    assert first.y() < 10
    shown(host, 300, 300)
    settle(6)
    assert first.x() == 0
    assert first.y() >= title.title.height()
    assert layout.problems(host) == []
