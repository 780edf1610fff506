"""Lists and tables over frozen rows: keys, announcements, wrapping, copying, speed."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from tests.support.qt import settle, shown

from clinicdesk.gui.icons import Shape
from clinicdesk.gui.theme import TextKind, Tone, paint
from clinicdesk.gui.widgets.lists import RowDelegate, RowList
from clinicdesk.gui.widgets.people import Face
from clinicdesk.gui.widgets.tables import Column, DataTable
from clinicdesk.gui.widgets.tags import Tag
from clinicdesk.gui.widgets.timeline import Marker, TimelineDelegate, TimelineRow, timeline_words


@dataclass(frozen=True, slots=True)
class Order:
    """A row of the table under test."""

    drug: str
    minutes: int
    heading: bool = False


ORDERS = (Order("methylphenidate", 12), Order("EPINEPHrine auto-injector", 31), Order("=cetirizine", 6))
COLUMNS = (
    Column[Order]("drug", "Medication", lambda row: row.drug, kind=lambda _row: TextKind.BODY_MEDIUM),
    Column[Order]("minutes", "Minutes", lambda row: str(row.minutes), 80, number=True, sort=lambda row: row.minutes),
    Column[Order]("state", "State", lambda _row: "", 90, tag=lambda _row: Tag("Due", Tone.INFO, Shape.DUE)),
)


class _Lines(RowDelegate[Order]):
    def height(self, row: Order, width: int) -> int:
        return 36

    def paint_row(self, painter: QPainter, rect: QRectF, row: Order, *, selected: bool) -> None:
        paint.text(painter, rect, row.drug)


@pytest.fixture
def table(qtbot: QtBot) -> DataTable[Order]:
    made = DataTable("orders", "Active orders", COLUMNS)
    made.set_rows(ORDERS)
    qtbot.addWidget(made)
    shown(made, 520, 260)
    made.setFocus()
    return made


@pytest.fixture
def rows(qtbot: QtBot) -> RowList[Order]:
    made = RowList("list", "Orders", _Lines(), lambda row: row.drug, enabled=lambda row: not row.heading)
    made.set_rows((Order("Late", 0, heading=True), *ORDERS))
    qtbot.addWidget(made)
    shown(made, 300, 260)
    made.setFocus()
    return made


def test_j_and_k_move_and_skip_headings(rows: RowList[Order]) -> None:
    assert rows.current() == ORDERS[0]
    QTest.keyClicks(rows, "j")
    assert rows.current() == ORDERS[1]
    QTest.keyClicks(rows, "k")
    QTest.keyClicks(rows, "k")
    assert rows.current() == ORDERS[0]


def test_enter_opens_and_space_ticks_the_row(rows: RowList[Order], qtbot: QtBot) -> None:
    with qtbot.waitSignal(rows.opened) as opened:
        QTest.keyClick(rows, Qt.Key.Key_Return)
    with qtbot.waitSignal(rows.ticked) as ticked:
        QTest.keyClick(rows, Qt.Key.Key_Space)
    assert (opened.args, ticked.args) == ([ORDERS[0]], [ORDERS[0]])


def test_the_current_row_stays_when_rows_change(rows: RowList[Order]) -> None:
    rows.select_row(2)
    rows.set_rows((ORDERS[1], ORDERS[0]), keep=lambda row: row.drug)
    assert rows.current() == ORDERS[1]


def test_table_keys_move_by_rows(table: DataTable[Order], qtbot: QtBot) -> None:
    QTest.keyClick(table, Qt.Key.Key_End)
    assert table.current() == ORDERS[2]
    QTest.keyClicks(table, "k")
    with qtbot.waitSignal(table.opened) as opened:
        QTest.keyClick(table, Qt.Key.Key_Return)
    assert opened.args == [ORDERS[1]]


def test_cells_are_spoken_with_their_heading(table: DataTable[Order]) -> None:
    index = table.model().index(0, 1)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Minutes: 12"
    assert table.model().index(0, 2).data(Qt.ItemDataRole.AccessibleTextRole) == "State: Due"


def test_sorting_keeps_the_rows_and_their_heights(table: DataTable[Order]) -> None:
    table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert [row.minutes for row in table.rows()] == [31, 12, 6]


def test_copied_text_has_headings_and_runs_no_formula(table: DataTable[Order], qtbot: QtBot) -> None:
    table.selectRow(2)
    with qtbot.waitSignal(table.copied) as copied:
        QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert copied.args == [1]
    assert QGuiApplication.clipboard().text() == "Medication\tMinutes\tState\n'=cetirizine\t6\tDue"


def test_a_drug_that_does_not_fit_makes_its_row_taller(table: DataTable[Order]) -> None:
    before = table.rowHeight(1)
    table.resize(290, 260)
    settle()
    assert table.rowHeight(1) > before
    assert table.rowHeight(0) >= 36


def test_ten_thousand_rows_scroll_without_a_stall(qtbot: QtBot) -> None:
    rows = RowList("many", "Many", _Lines(), lambda row: row.drug, uniform=True)
    rows.set_rows([Order(f"drug {n}", n) for n in range(10_000)])
    qtbot.addWidget(rows)
    shown(rows, 400, 600)
    frames = []
    for step in range(60):
        began = time.perf_counter()
        rows.verticalScrollBar().setValue(step * 1000)
        rows.viewport().repaint()
        frames.append(time.perf_counter() - began)
    assert sorted(frames)[len(frames) // 2] < 0.020


def test_the_timeline_paints_each_kind_of_row_and_grows_with_long_names(qtbot: QtBot) -> None:
    entries = (
        TimelineRow("a", "11:00", "2 of 3", Marker.DONE, shape=Shape.DONE, text="Chen Li-Wei", note="Given 10:58"),
        TimelineRow("n", "11:42", marker=Marker.NOW, text="now"),
        TimelineRow(
            "b",
            "12:00",
            "1 due",
            Marker.DUE,
            Face("s1", "Amara"),
            text="Maximilian Featherstonehaugh-Bartholomew Subramaniam-Whitlock",
            below="methylphenidate 10 mg tablet",
            controlled=True,
            tag=Tag("Due", Tone.INFO, Shape.DUE),
        ),
    )
    delegate = TimelineDelegate()
    view = RowList("line", "Doses due", delegate, timeline_words)
    view.set_rows(entries)
    qtbot.addWidget(view)
    shown(view, 464, 400)
    assert delegate.height(entries[2], 380) > delegate.height(entries[2], 900)
    assert "Maximilian" in timeline_words(entries[2])
    assert "Due" in timeline_words(entries[2])
    assert isinstance(view, QWidget)
    assert not view.grab().isNull()


def _schools() -> RowList[Order]:
    return RowList("schools", "Schools", _Lines(), lambda row: row.drug, enabled=lambda row: not row.heading)


def test_the_heading_above_the_first_row_is_seen_with_it(qtbot: QtBot) -> None:
    rows = [Order("Schools, last answer", 0, heading=True), *(Order(f"School {at}", at) for at in range(12))]
    made = _schools()
    made.set_rows(rows)
    qtbot.addWidget(made)
    shown(made, 300, 120)
    made.setFocus()
    assert made.currentIndex().row() == 1
    assert made.verticalScrollBar().value() == 0
    for _ in range(11):
        QTest.keyClick(made, Qt.Key.Key_J)
    assert made.verticalScrollBar().value() > 0
    for _ in range(11):
        QTest.keyClick(made, Qt.Key.Key_K)
    assert (made.currentIndex().row(), made.verticalScrollBar().value()) == (1, 0)


def test_where_only_the_row_has_room_the_heading_gives_way(qtbot: QtBot) -> None:
    made = _schools()
    made.set_rows([Order("Schools", 0, heading=True), Order("School", 1)])
    qtbot.addWidget(made)
    shown(made, 300, 40)
    made.setFocus()
    area = made.visualRect(made.currentIndex())
    assert area.top() >= 0
    assert area.bottom() <= made.viewport().height()
