"""Toasts keep to the bottom left and never cover the focused row or a main action (ux-spec 3)."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget, QWidget
from pytestqt.qtbot import QtBot
from tests.support.qt import settle, shown

from clinicdesk.gui.theme import Tone
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.layout import STRETCH, box, column, row
from clinicdesk.gui.widgets.notices import ToastStack
from clinicdesk.gui.widgets.toast_place import place

ROOM, SIZE = QSize(1000, 700), QSize(400, 52)


def test_alone_it_stands_at_the_bottom_left() -> None:
    assert place(SIZE, ROOM, ()) == QPoint(16, 700 - 52 - 24)


def test_it_stands_above_a_bar_of_actions() -> None:
    bar = QRect(0, 640, 1000, 60)
    at = QRect(place(SIZE, ROOM, (bar,)), SIZE)
    assert not at.intersects(bar)
    assert (at.left(), at.bottom() < bar.top()) == (16, True)


def test_where_the_left_is_full_it_stands_at_the_right() -> None:
    left = QRect(0, 0, 500, 700)
    at = QRect(place(SIZE, ROOM, (left,)), SIZE)
    assert (at.left(), at.right() < 1000 - 8) == (584, True)


class Page:
    """A long list and the bar of a main action below it, with toasts over both."""

    def __init__(self, qtbot: QtBot) -> None:
        self.host = QWidget()
        qtbot.addWidget(self.host)
        self.rows = QListWidget()
        self.rows.addItems([f"Row {at}" for at in range(40)])
        self.save = Button("Save", "save", kind=Kind.PRIMARY)
        self.bar = box(row(Button("Later", "later"), STRETCH, self.save))
        self.host.setLayout(column(self.rows, self.bar))
        self.toasts = ToastStack(self.host, lambda: dt.datetime(2026, 10, 6, 12, tzinfo=dt.UTC))
        shown(self.host, 900, 600)

    def where(self) -> QRect:
        return self.toasts.geometry()

    def current(self) -> QRect:
        area = self.rows.visualRect(self.rows.currentIndex())
        return QRect(self.rows.viewport().mapTo(self.host, area.topLeft()), area.size())


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    return Page(qtbot)


def test_a_toast_never_hides_the_bar_of_the_main_action(page: Page) -> None:
    page.toasts.show_toast("Saved")
    bar = QRect(page.bar.pos(), page.bar.size())
    assert not page.where().intersects(bar)
    assert page.where().bottom() < bar.top()


def test_a_toast_gives_way_to_the_row_the_keys_come_to(page: Page, qtbot: QtBot) -> None:
    page.rows.setFocus()
    page.rows.setCurrentRow(0)
    page.toasts.show_toast("Saved")
    for _ in range(39):
        QTest.keyClick(page.rows, Qt.Key.Key_Down)
        qtbot.waitUntil(lambda: not page.where().intersects(page.current()), timeout=1000)


def test_what_is_said_again_does_not_pile_up(page: Page) -> None:
    page.toasts.show_toast("There is nothing to undo.", Tone.WARNING)
    page.toasts.show_toast("There is nothing to undo.", Tone.WARNING)
    assert len(page.toasts.toasts()) == 1
    assert len(page.toasts.notes()) == 2


def test_escape_on_a_toast_puts_it_away(page: Page) -> None:
    toast = page.toasts.show_toast("Saved", Tone.SUCCESS, "Undo")
    toast.action.setFocus()
    QTest.keyClick(toast.action, Qt.Key.Key_Escape)
    settle()
    assert page.toasts.toasts() == ()
