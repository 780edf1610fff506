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
        self.rows.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
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


def test_what_should_rather_not_be_covered_is_covered_only_where_nothing_else_is_free() -> None:
    rows = QRect(0, 300, 500, 400)
    beside = QRect(place(SIZE, ROOM, (), (rows,)), SIZE)
    assert not beside.intersects(rows)
    assert place(SIZE, ROOM, (), (QRect(0, 0, 1000, 700),)) == place(SIZE, ROOM, ())


def test_the_last_rows_are_scrolled_out_from_under_a_toast(page: Page) -> None:
    bar = page.rows.verticalScrollBar()
    before = bar.maximum()
    page.toasts.show_toast("Saved")
    assert bar.maximum() > before
    bar.setValue(bar.maximum())
    settle()
    last = page.rows.visualRect(page.rows.model().index(39, 0))
    end = page.rows.viewport().mapTo(page.host, last.bottomLeft()).y()
    assert end < page.where().top()


def test_when_the_toast_has_gone_the_list_ends_where_it_ended(page: Page) -> None:
    bar = page.rows.verticalScrollBar()
    before = bar.maximum()
    toast = page.toasts.show_toast("Saved")
    page.host.resize(900, 560)
    settle()
    page.host.resize(900, 600)
    settle()
    assert bar.maximum() > before
    toast.dismiss()
    settle()
    assert (bar.maximum(), page.rows.verticalScrollBarPolicy()) == (before, Qt.ScrollBarPolicy.ScrollBarAsNeeded)


def test_a_list_that_goes_while_a_toast_stands_over_it_is_missed_by_nobody(page: Page) -> None:
    toast = page.toasts.show_toast("Saved")
    page.rows.hide()
    page.rows.deleteLater()
    settle()
    page.host.resize(900, 580)
    settle()
    toast.dismiss()
    assert page.toasts.toasts() == ()


def test_a_short_list_whose_last_row_is_covered_can_be_scrolled_too(page: Page) -> None:
    while page.rows.count() > 22:
        page.rows.takeItem(page.rows.count() - 1)
    settle()
    bar = page.rows.verticalScrollBar()
    page.save.setFocus()
    toast = page.toasts.show_toast("Saved")
    settle()
    last = page.rows.visualRect(page.rows.model().index(page.rows.count() - 1, 0))
    end = page.rows.viewport().mapTo(page.host, last.bottomLeft()).y()
    covered = page.where().top() <= end
    assert (bar.maximum() > 0) is covered
    bar.setValue(bar.maximum())
    last = page.rows.visualRect(page.rows.model().index(page.rows.count() - 1, 0))
    assert page.rows.viewport().mapTo(page.host, last.bottomLeft()).y() < page.where().top()
    toast.dismiss()


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
