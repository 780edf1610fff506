"""Parts that stand side by side where there is room, and below each other where there is not (1024×700, 200 % text)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from clinicdesk.gui.theme import theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_4
from clinicdesk.gui.widgets.content import ContentArea

_UNITS = 24


class FieldGrid(QWidget):
    """Fields in rows by their share of 24 units; with less room three or two stand in a row."""

    def __init__(self, rows: Sequence[Sequence[tuple[QWidget, int]]], *, rows_from: int) -> None:
        super().__init__()
        self._rows = rows
        self._wide = rows_from
        self._in_a_row = -1
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(GAP_2)
        for at in range(_UNITS):
            self._grid.setColumnStretch(at, 1)
        self._arrange(0)
        theme().changed.connect(self._fit)

    def minimumSizeHint(self) -> QSize:
        widest = max(field.minimumSizeHint().width() for line in self._rows for field, _ in line)
        return QSize(min(widest * 2 + 10, super().minimumSizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        look = theme()
        if self.width() >= look.width(self._wide):
            self._arrange(0)
        else:
            self._arrange(3 if self.width() >= look.width(400) else 2)

    def _arrange(self, in_a_row: int) -> None:
        """0 keeps the rows as they were given."""
        if in_a_row == self._in_a_row:
            return
        self._in_a_row = in_a_row
        fields = [field for line in self._rows for field, _ in line]
        for field in fields:
            self._grid.removeWidget(field)
        if in_a_row:
            for at, field in enumerate(fields):
                span = _UNITS // in_a_row
                self._grid.addWidget(field, at // in_a_row, at % in_a_row * span, 1, span)
        else:
            for number, line in enumerate(self._rows):
                start = 0
                for field, span in line:
                    self._grid.addWidget(field, number, start, 1, span)
                    start += span
        self.updateGeometry()


class CardGrid(QWidget):
    """Cards in two columns, or all in one; in both the order of Tab is the order of reading."""

    def __init__(self, cards: Sequence[QWidget], shares: tuple[int, int], *, two_columns_from: int) -> None:
        super().__init__()
        self._cards = cards
        self._shares = shares
        self._from = two_columns_from
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP_4)
        self._arrange(2)
        theme().changed.connect(self._fit)

    def minimumSizeHint(self) -> QSize:
        widest = max(card.minimumSizeHint().width() for card in self._cards)
        return QSize(widest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        least = [card.minimumSizeHint().width() for card in self._cards]
        needed = max(least[::2]) + max(least[1::2], default=0) + GAP_4
        self._arrange(2 if self.width() >= max(theme().width(self._from), needed) else 1)

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for card in self._cards:
            self._grid.removeWidget(card)
        last = (len(self._cards) - 1) // columns
        for at, card in enumerate(self._cards):
            self._grid.addWidget(card, at // columns, at % columns)
        for row in range(len(self._cards)):
            # What is entered takes the height it needs, the tables share the rest.
            self._grid.setRowStretch(row, 1 if row >= last - (0 if columns == 2 else 1) and row <= last else 0)
        for column, share in enumerate(self._shares):
            self._grid.setColumnStretch(column, share if columns == 2 else 1 - column)
        self.updateGeometry()


class ScrolledCards(ContentArea):
    """Cards under a head that stays: they take the room that is left and scroll in it."""

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()
