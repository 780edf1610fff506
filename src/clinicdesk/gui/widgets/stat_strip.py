"""The counter strip: cells side by side with hairlines between, in several rows where one has not the room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLayoutItem, QSizePolicy, QWidget

from clinicdesk.gui.theme import Role, TextKind, paint, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_4
from clinicdesk.gui.widgets.cards import Card
from clinicdesk.gui.widgets.layout import FlowLayout, ItemLayout, box, column, row, shared
from clinicdesk.gui.widgets.naming import reveal

_SIDE = 20


@dataclass(frozen=True, slots=True)
class Stat:
    """One counter cell: a caption, a figure, words beside it, and a second, coloured remark."""

    caption: str
    figure: str
    beside: str = ""
    remark: str = ""
    remark_role: Role = Role.DANGER
    figure_role: Role = Role.TEXT


class _Cell(QWidget):
    """What shows one figure; `horizontal` says how its width follows the room."""

    horizontal = QSizePolicy.Policy.Fixed

    def __init__(self, stat: Stat) -> None:
        super().__init__()
        self._stat = stat
        self.setSizePolicy(self.horizontal, QSizePolicy.Policy.Fixed)
        self.set_stat(stat)

    def set_stat(self, stat: Stat) -> None:
        self._stat = stat
        self.setAccessibleName(f"{stat.caption}: {stat.figure} {stat.beside} {stat.remark}".strip())
        self.updateGeometry()
        self.update()

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class StatCell(_Cell):
    """Caption above, metric figure with its words on one base line below."""

    horizontal = QSizePolicy.Policy.Expanding

    def sizeHint(self) -> QSize:
        look, stat = theme(), self._stat
        figure = look.text_width(TextKind.METRIC, stat.figure) + 8
        beside = look.text_width(TextKind.BODY, f"{stat.beside} ") if stat.beside else 0
        remark = look.text_width(TextKind.CAPTION_STRONG, stat.remark)
        width = max(look.text_width(TextKind.CAPTION, stat.caption), figure + beside + remark)
        return QSize(width + 1, look.line(TextKind.CAPTION) + look.line(TextKind.METRIC) + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, stat = theme(), self._stat
        painter = QPainter(self)
        caption, metric = look.line(TextKind.CAPTION), look.line(TextKind.METRIC)
        paint.text(painter, QRectF(0, 0, self.width(), caption), stat.caption, TextKind.CAPTION, Role.TEXT_SECONDARY)
        line = QRectF(0, caption + 2, self.width(), metric)
        paint.text(painter, line, stat.figure, TextKind.METRIC, stat.figure_role)
        left = look.text_width(TextKind.METRIC, stat.figure) + 8
        # Smaller words share the base line of the figure, not its middle.
        drop = (metric - look.line(TextKind.BODY)) / 2 - 3
        line.translate(0, max(0.0, drop / 2))
        line.setLeft(left)
        if stat.beside:
            paint.text(painter, line, stat.beside, TextKind.BODY, Role.TEXT_SECONDARY)
            line.setLeft(left + look.text_width(TextKind.BODY, f"{stat.beside} ") + 2)
        if stat.remark:
            paint.text(painter, line, stat.remark, TextKind.CAPTION_STRONG, stat.remark_role)


class LineCell(_Cell):
    """The same in one line of body text, for where the strip must not take the room of what stands below it."""

    def sizeHint(self) -> QSize:
        look = theme()
        width = sum(look.text_width(kind, words) + GAP_2 for words, kind, _role in self._parts())
        return QSize(width + 1, look.line(TextKind.BODY) + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, left = QPainter(self), 0
        for words, kind, role in self._parts():
            paint.text(painter, QRectF(left, 0, self.width() - left, self.height()), words, kind, role)
            left += theme().text_width(kind, words) + GAP_2

    def _parts(self) -> list[tuple[str, TextKind, Role]]:
        stat = self._stat
        parts = [
            (stat.caption, TextKind.CAPTION, Role.TEXT_SECONDARY),
            (stat.figure, TextKind.LABEL, stat.figure_role),
            (stat.beside, TextKind.CAPTION, Role.TEXT_SECONDARY),
            (stat.remark, TextKind.CAPTION_STRONG, stat.remark_role),
        ]
        return [part for part in parts if part[0]]


class CellLayout(ItemLayout):
    """Cells in columns, as many as the width holds; the hairlines between them take one pixel.

    In one row the free room goes by `shares` (a cell without one is as wide as it asks); several rows have equal
    columns, so that the hairlines of one row stand under those of the other.
    """

    def __init__(self, shares: Sequence[int] = ()) -> None:
        super().__init__()
        self._shares = tuple(shares)

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def heightForWidth(self, width: int) -> int:
        return max((area.bottom() + 1 for _item, area in self._places(width)), default=0)

    def sizeHint(self) -> QSize:
        sizes = [item.sizeHint() for item in self.seen()]
        lines = max(0, len(sizes) - 1)
        return QSize(sum(one.width() for one in sizes) + lines, max((one.height() for one in sizes), default=0))

    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self.seen()]
        return QSize(
            max((one.width() for one in sizes), default=0),
            max((one.height() for one in sizes), default=0),
        )

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        for item, area in self._places(rect.width()):
            item.setGeometry(area.translated(rect.topLeft()))

    def areas(self) -> list[QRect]:
        """Where the cells stand now."""
        return [item.geometry() for item in self.seen()]

    def _places(self, width: int) -> Iterable[tuple[QLayoutItem, QRect]]:
        if not (items := self.seen()):
            return ()
        wide = [item.minimumSize().width() for item in items]
        columns = next((many for many in range(len(items), 1, -1) if _fit(wide, many, width)), 1)
        if columns == len(items):
            return self._beside(items, width)
        return _in_rows(items, width, columns)

    def _beside(self, items: Sequence[QLayoutItem], width: int) -> Iterable[tuple[QLayoutItem, QRect]]:
        shares = [self._shares[self._items.index(item)] if self._shares else 1 for item in items]
        least = [item.minimumSize().width() for item in items]
        given = [0 if share else item.sizeHint().width() for share, item in zip(shares, items, strict=True)]
        free = width - (len(items) - 1) - sum(given)
        wide = [max(need, own) for need, own in zip(least, given, strict=True)]
        if any(shares):
            wide = shared(free, shares, wide)
        tall = max((item.minimumSize().height() for item in items), default=0)
        left = 0
        for item, room in zip(items, wide, strict=True):
            yield item, QRect(left, 0, room, tall)
            left += room + 1


def _fit(wide: Sequence[int], columns: int, width: int) -> bool:
    """Whether cells of these widths stand in so many columns; beside each other each has its own width."""
    if columns == len(wide):
        return sum(wide) + columns - 1 <= width
    return max(wide) * columns + columns - 1 <= width


def _in_rows(items: Sequence[QLayoutItem], width: int, columns: int) -> Iterable[tuple[QLayoutItem, QRect]]:
    tall = max(item.minimumSize().height() for item in items)
    room = (width - (columns - 1)) // columns
    for at, item in enumerate(items):
        left, top = (at % columns) * (room + 1), (at // columns) * (tall + 1)
        yield item, QRect(left, top, room, tall)


class _Cells(QWidget):
    """Draws the hairlines between the cells of its layout."""

    def __init__(self, cells: CellLayout) -> None:
        super().__init__()
        self._cells = cells
        self.setLayout(cells)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colour = QPainter(self), theme().colour(Role.HAIRLINE)
        for area in self._cells.areas():
            if area.left() > 0:
                painter.fillRect(area.left() - 1, area.top(), 1, area.height(), colour)
            elif area.top() > 0:
                painter.fillRect(0, area.top() - 1, self.width(), 1, colour)


class StatStrip(Card):
    """Counter cells side by side, 76 high, and room for one widget at the right; `set_compact`: a line each."""

    def __init__(self, stats: Sequence[Stat], *trailing: QWidget, stretches: Sequence[int] = ()) -> None:
        shares = tuple(stretches) or (1,) * len(stats)
        cells = CellLayout((*shares, *(0 for _ in trailing)))
        self._wide = _Cells(cells)
        flow = FlowLayout(gap=GAP_4)
        self._flow = box(row(flow, margins=(GAP_4, GAP_2, GAP_4, GAP_2)))
        super().__init__(margins=(0, 0, 0, 0), body=column(self._wide, self._flow, gap=0))
        self._flow.hide()
        self.cells = [StatCell(stat) for stat in stats]
        self._lines = [LineCell(stat) for stat in stats]
        for cell in self.cells:
            cells.addWidget(box(row(cell, margins=(_SIDE, 10, _SIDE, 10))))
        for line in self._lines:
            flow.addWidget(line)
        self.trailing = [box(row(widget, margins=(_SIDE, GAP_3, GAP_4, GAP_3))) for widget in trailing]
        """What stands at the right: hide it here, and its room goes too."""
        for part in self.trailing:
            cells.addWidget(part)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def compact(self) -> bool:
        return self._flow.isVisibleTo(self)

    def set_compact(self, compact: bool) -> None:
        reveal(self._wide, not compact)
        reveal(self._flow, compact)

    def fits_one_row(self, width: int) -> bool:
        """Whether the cells stand beside each other in this width."""
        # Asked of the cells: what is hidden keeps the hint of the letters it was last shown with.
        wide = [cell.sizeHint().width() + 2 * _SIDE for cell in self.cells]
        wide += [part.sizeHint().width() for part in self.trailing if not part.isHidden()]
        return sum(wide) + len(wide) - 1 <= width

    def set_stats(self, stats: Sequence[Stat]) -> None:
        for cell, line, stat in zip(self.cells, self._lines, stats, strict=True):
            cell.set_stat(stat)
            line.set_stat(stat)
