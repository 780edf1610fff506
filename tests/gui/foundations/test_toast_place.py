"""Toasts have a band of their own at the foot of the content: they cover nothing, and what is typed stays in sight."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget, QWidget
from pytestqt.qtbot import QtBot
from tests.support import layout
from tests.support.qt import settle, shown

from clinicdesk.gui.app import Application
from clinicdesk.gui.theme import TextKind, Tone
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.fields import NoteEditor
from clinicdesk.gui.widgets.layout import STRETCH, box, column, row, scrolling
from clinicdesk.gui.widgets.notices import ToastStack
from clinicdesk.gui.widgets.text import Label

NOON = dt.datetime(2026, 10, 6, 12, tzinfo=dt.UTC)


class Page:
    """A long list, a form that scrolls, and the bar of a main action, with the band of toasts below."""

    def __init__(self, qtbot: QtBot) -> None:
        self.host = QWidget()
        qtbot.addWidget(self.host)
        self.rows = QListWidget()
        self.rows.addItems([f"Row {at}" for at in range(40)])
        self.rows.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.heading = Label("Note", TextKind.SECTION)
        self.note = NoteEditor("note", "Note", lines=3)
        space = QWidget()
        space.setFixedHeight(420)
        self.form = scrolling(box(column(space, self.heading, self.note)), "form", "Form")
        self.save = Button("Save", "save", kind=Kind.PRIMARY)
        self.bar = box(row(Button("Later", "later"), STRETCH, self.save))
        self.toasts = ToastStack(self.host, lambda: NOON)
        halves = row(gap=0)
        halves.addWidget(self.rows, 1)
        halves.addWidget(self.form, 1)
        whole = column(box(halves), self.bar, self.toasts)
        whole.setStretch(0, 1)
        self.host.setLayout(whole)
        shown(self.host, 900, 640)

    def where(self) -> QRect:
        (toast,) = self.toasts.toasts()
        return QRect(toast.mapTo(self.host, QPoint(0, 0)), toast.size())


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    return Page(qtbot)


def test_it_stands_at_the_bottom_left_below_everything_else(page: Page) -> None:
    page.toasts.show_toast("Saved", Tone.SUCCESS, "Undo")
    settle()
    at, bar = page.where(), page.bar.geometry()
    assert (at.left() - page.toasts.x(), page.toasts.geometry().bottom() - at.bottom()) == (16, 16)
    assert bar.bottom() < at.top()
    assert layout.under_toasts(page.host) == []


def test_when_it_has_gone_the_content_has_its_room_again(page: Page) -> None:
    before = page.bar.geometry()
    toast = page.toasts.show_toast("Saved")
    settle()
    assert page.bar.geometry() != before
    toast.dismiss()
    settle()
    assert page.bar.geometry() == before
    assert page.toasts.toasts() == ()


def test_what_is_typed_stays_in_sight_with_its_heading(page: Page) -> None:
    area = page.form.verticalScrollBar()
    area.setValue(area.maximum())
    page.note.setFocus()
    page.toasts.show_toast("Nora Sample checked in", Tone.SUCCESS, "Undo")
    settle()
    assert page.heading.visibleRegion().boundingRect() == page.heading.rect()
    assert page.note.visibleRegion().boundingRect() == page.note.rect()
    assert page.note.hasFocus()


def test_the_line_of_the_cursor_is_seen_of_a_text_taller_than_the_room(page: Page) -> None:
    page.note.setMinimumHeight(900)
    settle()
    page.note.setPlainText("\n".join(str(line) for line in range(60)))
    page.note.setFocus()
    page.note.moveCursor(page.note.textCursor().MoveOperation.End)
    for _ in range(30):
        page.note.moveCursor(page.note.textCursor().MoveOperation.Up)
    settle()
    page.form.verticalScrollBar().setValue(page.form.verticalScrollBar().maximum() - 200)
    page.toasts.show_toast("Saved")
    settle()
    line = page.note.cursorRect()
    at = page.note.viewport().mapTo(page.form, line.center()).y()
    assert 0 < at < page.form.viewport().height()


def test_the_row_the_keys_are_on_stays_in_sight(page: Page) -> None:
    page.rows.setFocus()
    last = next(at for at in range(39, 0, -1) if page.rows.visualItemRect(page.rows.item(at)).bottom() < 500)
    page.rows.setCurrentRow(last)
    page.toasts.show_toast("Saved")
    settle()
    assert page.rows.visualItemRect(page.rows.currentItem()).bottom() <= page.rows.viewport().height()


def test_what_a_person_scrolled_away_stays_where_it_is(page: Page) -> None:
    shown(page.host, 900, 400)
    page.note.setFocus()
    page.form.verticalScrollBar().setValue(0)
    settle()
    assert page.note.visibleRegion().isEmpty()
    page.toasts.show_toast("Saved")
    settle()
    assert page.form.verticalScrollBar().value() == 0


def test_in_a_low_window_an_older_one_leaves_rather_than_to_take_all_the_room(page: Page) -> None:
    shown(page.host, 900, 400)
    for words in ("One", "Two", "Three"):
        page.toasts.show_toast(words)
    settle()
    assert page.toasts.toasts()[-1].note.words == "Three"
    assert len(page.toasts.toasts()) == 1
    assert page.toasts.height() <= page.host.height() / 3
    assert len(page.toasts.notes()) == 3


def test_with_large_letters_a_long_sentence_is_whole(page: Page, built: Application) -> None:
    built.theme.change(text_scale=2.0)
    shown(page.host, 480, 640)
    page.toasts.show_toast("The password was confirmed for five minutes. Now do it again.", Tone.INFO, "Undo")
    settle()
    assert [one for one in layout.clipped(page.toasts) if "toast" in one.lower()] == []
    assert layout.under_toasts(page.host) == []


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
