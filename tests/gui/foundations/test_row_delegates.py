"""Row delegates say at once what they lack, and only the pane with the focus looks chosen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from tests.support.qt import settle, shown

from clinicdesk.gui.theme import Role, theme
from clinicdesk.gui.widgets.layout import column
from clinicdesk.gui.widgets.lists import RowDelegate, RowList
from clinicdesk.gui.widgets.tables import Column, DataTable


class Plain(RowDelegate[str]):
    """A bare row beside other lists."""

    one_of_several = True

    def height(self, row: str, width: int) -> int:
        return 40

    def paint_row(self, painter: QPainter, rect: QRectF, row: str, *, selected: bool) -> None:
        return


def test_a_delegate_that_lacks_a_part_is_refused_when_it_is_made() -> None:
    with pytest.raises(TypeError, match="Half lacks paint_row"):

        class Half(RowDelegate[str]):
            def height(self, row: str, width: int) -> int:
                return 40


def _fill(view: RowList[str] | DataTable[str]) -> str:
    settle()
    return view.viewport().grab().toImage().pixelColor(view.viewport().width() - 6, 20).name()


def test_only_the_pane_with_the_focus_looks_chosen(qtbot: QtBot) -> None:
    page, line = QWidget(), QLineEdit()
    rows: RowList[str] = RowList("rows", "Rows", Plain(), str)
    table: DataTable[str] = DataTable("table", "Table", (Column("a", "A", str),), one_of_several=True)
    table.horizontalHeader().hide()
    page.setLayout(column(rows, table, line))
    qtbot.addWidget(page)
    shown(page, 400, 500)
    rows.set_rows(("one", "two"))
    table.set_rows(("one", "two"))
    chosen, resting = theme().colour(Role.SELECTION).name(), theme().colour(Role.SUNKEN).name()
    rows.setFocus()
    table.setFocus()
    assert (_fill(rows), _fill(table)) == (resting, chosen)
    rows.setFocus()
    assert (_fill(rows), _fill(table)) == (chosen, resting)
    line.setFocus()
    assert (_fill(rows), _fill(table)) == (resting, resting)
