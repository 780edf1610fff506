"""Toasts come and go in a line of the frame that is always there: they cover nothing, and nothing moves for them."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget, QWidget
from pytestqt.qtbot import QtBot
from tests.support import layout
from tests.support.looks import LEAST_ROOM, PLAIN, SMALL, Display
from tests.support.qt import settle, shown

from clinicdesk.gui.app import Application
from clinicdesk.gui.theme import TextKind, Tone
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.fields import NoteEditor
from clinicdesk.gui.widgets.layout import STRETCH, box, column, row, scrolling
from clinicdesk.gui.widgets.notices import Toast, ToastLine
from clinicdesk.gui.widgets.text import Label, Paragraph

NOON = dt.datetime(2026, 10, 6, 12, tzinfo=dt.UTC)
LONG = "The password was confirmed for five minutes. Now do it again."


class Page:
    """A long list, a form that scrolls, the bar of a main action, and below them the line of toasts."""

    def __init__(self, qtbot: QtBot) -> None:
        self.host = QWidget()
        qtbot.addWidget(self.host)
        self.rows = QListWidget()
        self.rows.addItems([f"Row {at}" for at in range(40)])
        self.heading = Label("Note", TextKind.SECTION)
        self.note = NoteEditor("note", "Note", lines=3)
        space = QWidget()
        space.setFixedHeight(420)
        self.form = scrolling(box(column(space, self.heading, self.note)), "form", "Form")
        self.save = Button("Save", "save", kind=Kind.PRIMARY)
        self.bar = box(row(Button("Later", "later"), STRETCH, self.save))
        self.toasts = ToastLine(lambda: NOON)
        halves = row(gap=0)
        halves.addWidget(self.rows, 1)
        halves.addWidget(self.form, 1)
        whole = column(box(halves), self.bar, self.toasts)
        whole.setStretch(0, 1)
        self.host.setLayout(whole)
        shown(self.host, 1232, 640)

    def where(self, part: QWidget) -> QRect:
        return QRect(part.mapTo(self.host, QPoint(0, 0)), part.size())

    def words(self) -> list[str]:
        return [toast.note.words for toast in self.toasts.toasts()]


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    return Page(qtbot)


def test_it_stands_at_the_bottom_left_below_everything_else(page: Page) -> None:
    toast = page.toasts.show_toast("Saved", Tone.SUCCESS, "Undo")
    settle()
    at, line = page.where(toast), page.toasts.geometry()
    assert (at.left() - line.left(), line.bottom() - at.bottom()) == (16, 2)
    assert page.bar.geometry().bottom() < at.top()
    assert layout.under_toasts(page.host) == []


@pytest.mark.parametrize("display", [PLAIN, SMALL, LEAST_ROOM], ids=str)
def test_nothing_moves_when_one_comes_and_when_it_goes(page: Page, built: Application, display: Display) -> None:
    display.put_on(built, page.host)
    area = page.form.verticalScrollBar()
    area.setValue(area.maximum())
    page.rows.setCurrentRow(12)
    page.note.setFocus()
    settle()
    parts = (page.rows, page.heading, page.note, page.bar, page.toasts)

    def places() -> list[object]:
        return [*map(page.where, parts), area.value(), page.rows.visualItemRect(page.rows.currentItem())]

    before = places()
    for words in ("Saved", LONG):
        page.toasts.show_toast(words, Tone.SUCCESS, "Undo")
    settle()
    assert places() == before
    assert page.note.hasFocus()
    assert layout.under_toasts(page.host) == []
    for toast in page.toasts.toasts():
        toast.dismiss()
    settle()
    assert places() == before
    assert page.toasts.toasts() == ()


def test_three_stand_side_by_side_and_then_the_oldest_leaves(page: Page) -> None:
    for words in ("One", "Two", "Three", "Four"):
        page.toasts.show_toast(words)
    settle()
    assert page.words() == ["Two", "Three", "Four"]
    lefts = [toast.x() for toast in page.toasts.toasts()]
    assert lefts == sorted(lefts)
    assert len(page.toasts.notes()) == 4


def test_where_there_is_no_room_beside_it_an_older_one_leaves(page: Page) -> None:
    shown(page.host, 700, 640)
    for words in ("One", LONG):
        page.toasts.show_toast(words, Tone.SUCCESS, "Undo")
    settle()
    assert page.words() == [LONG]
    assert [note.words for note in page.toasts.notes()] == [LONG, "One"]


def test_the_others_stay_where_they_are_when_one_goes_or_comes(page: Page) -> None:
    first, second = (page.toasts.show_toast(words, Tone.SUCCESS, "Undo") for words in ("One", "Two"))
    settle()
    at = second.geometry()
    first.dismiss()
    page.toasts.show_toast("Three")
    settle()
    assert second.geometry() == at


def test_what_somebody_is_about_to_press_does_not_leave_for_a_newer_one(page: Page) -> None:
    first = page.toasts.show_toast("One", Tone.SUCCESS, "Undo")
    first.action.setFocus()
    for words in ("Two", "Three", "Four"):
        page.toasts.show_toast(words)
    settle()
    assert page.words() == ["One", "Three", "Four"]
    assert first.action.hasFocus()


def test_with_large_letters_a_long_sentence_is_whole_in_the_smallest_window(page: Page, built: Application) -> None:
    built.theme.change(text_scale=2.0)
    shown(page.host, 950, 640)
    page.toasts.show_toast(LONG, Tone.INFO, "Undo")
    settle()
    assert [one for one in layout.clipped(page.toasts) if "toast" in one.lower()] == []
    assert LONG in _words_of(page.toasts.toasts()[0])


def test_what_is_longer_than_the_line_ends_in_dots_and_is_told_whole(page: Page) -> None:
    toast = page.toasts.show_toast(LONG * 4)
    settle()
    (words,) = _words_of(toast)
    assert words.endswith("…")
    assert len(words) > len(LONG)
    assert (toast.toolTip(), toast.accessibleName()) == (LONG * 4, LONG * 4)
    assert layout.clipped(page.toasts) == []


def _words_of(toast: Toast) -> list[str]:
    return [part.text() for part in toast.findChildren(Paragraph)]


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
