"""Rows and columns in one call, with explicit margins and spacing from the 4-px grid (mockups, rule 1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QLayoutItem,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from clinicdesk.gui.theme.look import theme
from clinicdesk.gui.theme.metrics import GAP_2


class _Stretch:
    """Takes the free room of a row or column."""


STRETCH: Final = _Stretch()
Part = QWidget | QLayout | _Stretch | int
Margins = tuple[int, int, int, int]
NONE: Final = (0, 0, 0, 0)


def column(*parts: Part, gap: int = GAP_2, margins: Margins = NONE) -> QVBoxLayout:
    """Widgets and layouts from top to bottom; an int is that many pixels, STRETCH the free room."""
    made = QVBoxLayout()
    _fill(made, parts, gap, margins)
    return made


def row(*parts: Part, gap: int = GAP_2, margins: Margins = NONE) -> QHBoxLayout:
    """Widgets and layouts from left to right; what has a fixed height stands on the middle line."""
    made = QHBoxLayout()
    _fill(made, parts, gap, margins)
    for part in parts:
        if isinstance(part, QWidget) and part.sizePolicy().verticalPolicy() == QSizePolicy.Policy.Fixed:
            made.setAlignment(part, Qt.AlignmentFlag.AlignVCenter)
    return made


def _fill(layout: QBoxLayout, parts: tuple[Part, ...], gap: int, margins: Margins) -> None:
    layout.setSpacing(gap)
    layout.setContentsMargins(*margins)
    extend(layout, *parts)


def extend(layout: QBoxLayout, *parts: Part) -> None:
    """Add more to a row or column."""
    for part in parts:
        match part:
            case QWidget():
                layout.addWidget(part)
            case QLayout():
                layout.addLayout(part)
            case int():
                layout.addSpacing(part)
            case _:
                layout.addStretch(1)


def box(layout: QLayout, object_name: str = "") -> QWidget:
    """A plain widget around a layout."""
    made = QWidget()
    made.setLayout(layout)
    if object_name:
        made.setObjectName(object_name)
    return made


class Strut(QWidget):
    """Takes no width and holds a row open to a height of the mockups, grown with the text."""

    def __init__(self, height: int, lines: int = 1) -> None:
        super().__init__()
        self._height = height
        self._lines = lines
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(0, theme().height(self._height, self._lines))


class FixedColumn(QWidget):
    """As wide as the mockups say, grown with the text, and wider only where its content cannot be narrower."""

    def __init__(self, width: int, layout: QLayout) -> None:
        super().__init__()
        self._width = width
        self.setLayout(layout)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        width = max(theme().width(self._width), super().minimumSizeHint().width())
        return QSize(width, super().sizeHint().height())


def shared(free: int, shares: Sequence[int], least: Sequence[int]) -> list[int]:
    """Widths by shares of the free room, but nobody has less than needed: the others give for it.

    Who has no share keeps what is needed, which is no part of the free room.
    """
    rooms = list(least)
    sharing = [at for at, share in enumerate(shares) if share]
    while sharing:
        whole = sum(shares[at] for at in sharing)
        short = [at for at in sharing if free * shares[at] // whole < least[at]]
        if not short:
            left = free
            for at in sharing[:-1]:
                rooms[at] = free * shares[at] // whole
                left -= rooms[at]
            rooms[sharing[-1]] = left
            break
        for at in short:
            free -= least[at]
            sharing.remove(at)
    return rooms


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and let the widgets go."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)


def scrolling(inner: QWidget, object_name: str, accessible_name: str) -> QScrollArea:
    """A vertical scroll area without frame. The inner layout must keep 4 px around focusable widgets."""
    area = QScrollArea()
    area.setObjectName(object_name)
    area.setAccessibleName(accessible_name)
    area.setWidget(inner)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setAutoFillBackground(False)
    inner.setAutoFillBackground(False)
    return area


def bring_into_view(part: QWidget, margin: int = GAP_2) -> None:
    """Scroll whatever scrolls around a part until it is seen, from the innermost area outwards.

    Of a part that is taller than the area its beginning is seen.
    """
    around = part.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(part, 0, margin)
            inner = around.widget()
            if inner is not None and part.height() + margin > around.viewport().height():
                around.verticalScrollBar().setValue(part.mapTo(inner, QPoint(0, 0)).y() - margin)
        around = around.parentWidget()


class ItemLayout(QLayout):
    """What layouts share whose height follows from their width; where items go is theirs to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)
        self._items: list[QLayoutItem] = []

    def seen(self) -> list[QLayoutItem]:
        """The items that take room: what is hidden takes none."""
        return [item for item in self._items if not item.isEmpty()]

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True


class FlowLayout(ItemLayout):
    """Left to right, then down: badges and chips wrap, they never elide."""

    def __init__(self, parent: QWidget | None = None, gap: int = GAP_2) -> None:
        super().__init__(parent)
        self._gap = gap

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
        margins = self.contentsMargins()
        width = sum(size.width() for size in sizes) + self._gap * max(0, len(sizes) - 1)
        height = max((size.height() for size in sizes), default=0)
        return _grown(QSize(width, height), margins)

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        return _grown(size, self.contentsMargins())

    def _place(self, rect: QRect, *, move: bool) -> int:
        margins = self.contentsMargins()
        area = rect.marginsRemoved(margins)
        x, y, tall = area.left(), area.top(), 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if x > area.left() and x + size.width() > area.right() + 1:
                x, y, tall = area.left(), y + tall + self._gap, 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), QSize(min(size.width(), max(1, area.width())), size.height())))
            x += size.width() + self._gap
            tall = max(tall, size.height())
        return y + tall - rect.top() + margins.bottom()


def _grown(size: QSize, margins: QMargins) -> QSize:
    return size.grownBy(margins)
