"""The three parts of a visit side by side, two columns where there is less room, one with large text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_4, GAP_6
from clinicdesk.gui.widgets.layout import clear
from clinicdesk.gui.widgets.naming import reveal

_SHARES = (260, 606, 286)


class VisitColumns(QWidget):
    """Arrival, findings, leaving: never wider than the window, so that nothing is reached by scrolling sideways."""

    def __init__(self, arrival: QWidget, findings: QWidget, leaving: QWidget) -> None:
        super().__init__()
        self.setObjectName("visit.columns")
        self._parts = (arrival, findings, leaving)
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(GAP_6, GAP_3, GAP_6, GAP_2)
        self._grid.setSpacing(GAP_4)
        self._place(3)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the widest part: with less room the parts stand under each other."""
        return QSize(max(self._widths()) + 2 * GAP_6, self._grid.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(self._fitting(event.size().width()))

    def _widths(self) -> tuple[int, ...]:
        return tuple(part.minimumSizeHint().width() for part in self._parts)

    def _fitting(self, width: int) -> int:
        arrival, findings, leaving = self._widths()
        room = width - 2 * GAP_6
        if arrival + findings + leaving + 2 * GAP_4 <= room:
            return 3
        return 2 if max(arrival, leaving) + findings + GAP_4 <= room else 1

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        arrival, findings, leaving = self._parts
        for part in self._parts:
            self._grid.removeWidget(part)
        places = {
            3: ((0, 0, 1, 1), (0, 1, 1, 1), (0, 2, 1, 1)),
            2: ((0, 0, 2, 1), (0, 1, 1, 1), (1, 1, 1, 1)),
            1: ((0, 0, 1, 1), (1, 0, 1, 1), (2, 0, 1, 1)),
        }[columns]
        for part, place in zip((arrival, findings, leaving), places, strict=True):
            self._grid.addWidget(part, *place)
        for at, share in enumerate(_SHARES):
            self._grid.setColumnStretch(at, share if at < columns else 0)
        self._grid.setRowStretch(1, 1 if columns == 2 else 0)
        self.updateGeometry()


class CellGrid(QWidget):
    """Cells of one width in as many columns as fit; the vitals are one line wherever there is room."""

    def __init__(self, cells: Sequence[QWidget]) -> None:
        super().__init__()
        self._cells = tuple(cells)
        self._off: set[QWidget] = set()
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP_2)
        self._place(len(self._cells))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._widest(), self._grid.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def show_cell(self, cell: QWidget, *, on: bool) -> None:
        """Show a cell that is not always asked for, or take it away."""
        self._off = self._off - {cell} if on else self._off | {cell}
        reveal(cell, on)
        self._fit()

    def _fit(self) -> None:
        most = (self.width() + GAP_2) // max(1, self._widest() + GAP_2)
        self._place(max(1, min(most, len(self._shown()))))

    def _shown(self) -> tuple[QWidget, ...]:
        return tuple(cell for cell in self._cells if cell not in self._off)

    def _widest(self) -> int:
        return max((cell.minimumSizeHint().width() for cell in self._shown()), default=0)

    def _place(self, columns: int) -> None:
        cells = self._shown()
        if (columns, cells) == (self._columns, tuple(self._placed())):
            return
        for cell in self._cells:
            self._grid.removeWidget(cell)
        for at, cell in enumerate(cells):
            self._grid.addWidget(cell, at // columns, at % columns, Qt.AlignmentFlag.AlignTop)
        for at in range(max(columns, self._columns)):
            self._grid.setColumnStretch(at, 1 if at < columns else 0)
        self._columns = columns
        self.updateGeometry()

    def _placed(self) -> Iterator[QWidget]:
        for at in range(self._grid.count()):
            item = self._grid.itemAt(at)
            widget = item.widget() if item is not None else None
            if widget is not None:
                yield widget


class TickGrid(QWidget):
    """Expected findings beside the danger signs; the columns stand under each other where the text is large."""

    def __init__(self) -> None:
        super().__init__()
        self._groups: tuple[tuple[QWidget, Sequence[QWidget]], ...] = ()
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP_2)
        self._grid.setVerticalSpacing(0)

    def set_groups(self, *groups: tuple[QWidget, Sequence[QWidget]]) -> None:
        """A head with its ticks, for the first column and for the two others."""
        clear(self._grid)
        self._groups = groups
        self._columns = 0
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._widest(), self._grid.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _widest(self) -> int:
        return max((tick.sizeHint().width() for _, ticks in self._groups for tick in ticks), default=0)

    def _needed(self, columns: int) -> int:
        """The width of so many columns: the last group has all but the first."""
        if not self._groups or columns == 1:
            return 0
        (_, first), *rest = self._groups
        parts = [first]
        for _, ticks in rest:
            lines = -(-len(ticks) // (columns - 1))
            parts += [ticks[at * lines : (at + 1) * lines] for at in range(columns - 1)]
        widths = [max((tick.sizeHint().width() for tick in part), default=0) for part in parts]
        return sum(widths) + GAP_2 * (len(widths) - 1)

    def _fit(self) -> None:
        columns = next(count for count in (3, 2, 1) if self._needed(count) <= self.width())
        if columns == self._columns:
            return
        self._columns = columns
        top, left = 0, 0
        for head, ticks in self._groups:
            room = 1 if columns < 3 or left == 0 else 2
            lines = -(-len(ticks) // room)
            for part in (head, *ticks):
                self._grid.removeWidget(part)
            self._grid.addWidget(head, top, left)
            for at, tick in enumerate(ticks):
                self._grid.addWidget(tick, top + 1 + at % max(1, lines), left + at // max(1, lines))
            if columns == 1:
                top += 1 + lines
            else:
                left += 1
        for at in range(3):
            self._grid.setColumnStretch(at, 1 if at < columns else 0)
        self.updateGeometry()
