"""The three parts of a visit side by side, two columns where there is less room, one with large text."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from clinicdesk.gui.theme.metrics import GAP_3, GAP_4, GAP_6

_SHARES = (264, 600, 288)


class VisitColumns(QWidget):
    """Arrival, findings, leaving: never wider than the window, so that nothing is reached by scrolling sideways."""

    def __init__(self, arrival: QWidget, findings: QWidget, leaving: QWidget) -> None:
        super().__init__()
        self.setObjectName("visit.columns")
        self._parts = (arrival, findings, leaving)
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(GAP_6, GAP_4, GAP_6, GAP_3)
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
