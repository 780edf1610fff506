"""The round's grid: student and order in rows, times in columns, state blocks in the cells (mockup 04)."""

from __future__ import annotations

import datetime as dt
import uuid

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from clinicdesk.gui import icons
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.people import face_of
from clinicdesk.gui.theme import Role, TextKind, Tone, paint, theme
from clinicdesk.gui.theme.metrics import RADIUS_FIELD
from clinicdesk.gui.widgets.lists import ROW
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.people import paint_face
from clinicdesk.gui.widgets.tags import Tag, paint_tag, tag_size
from clinicdesk.i18n import tr
from clinicdesk.presentation.medications.round import Line, RoundState, spoken
from clinicdesk.presentation.medications.words import (
    Local,
    count_words,
    look_of,
    open_look,
    order_words,
    prn_line,
    prn_look,
    second_line,
)
from clinicdesk.presentation.shell import masked
from clinicdesk.services.dose_values import Cell, RoundRow

Index = QModelIndex | QPersistentModelIndex
ORDER_WIDTH = 291
WIDEST_ORDER = 460
_LEAST_FILLER = 60
SLOT_WIDTH = 77
WIDEST_SLOT = 160
_ROW = 50
_HEADING = 30
_BLOCK = QSize(73, 40)


class GridModel(QAbstractTableModel):
    """Rows of a `RoundState`; every cell has its sentence for assistive technology."""

    def __init__(self, local: Local) -> None:
        super().__init__()
        self._local = local
        self.lines: tuple[Line, ...] = ()
        self.times: tuple[str, ...] = ()
        self.now = dt.datetime.now(dt.UTC)
        self.private = False
        self.open_order: uuid.UUID | None = None
        self.block_width = _BLOCK.width()

    def show(self, state: RoundState, *, private: bool) -> None:
        self.beginResetModel()
        self.lines = state.lines
        self.times = state.round.times if state.round is not None else ()
        self.now = state.round.now if state.round is not None else self.now
        self.private = private
        self.open_order = state.open_order
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The order, the times, and room that nothing stands in where the times are few (see `RoundGrid.fit`)."""
        return 0 if parent.isValid() else 2 + max(1, len(self.times))

    @property
    def filler(self) -> int:
        """The column that takes the room left over, so that the times stand beside the names."""
        return self.columnCount() - 1

    def time_of(self, column: int) -> str:
        return self.times[column - 1] if 0 < column <= len(self.times) else ""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == ROW:
            return line
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return spoken(line, self.time_of(index.column()), self.now, self._local, private=self.private)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == 0:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return tr("Student and order") if section == 0 else self.time_of(section)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and (self.lines[index.row()].heading or index.column() == self.filler):
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index)


class GridDelegate(QStyledItemDelegate):
    """Paints a person, a state block, or a PRN line."""

    def __init__(self, model: GridModel, local: Local) -> None:
        super().__init__()
        self._grid = model
        self._local = local

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line: Line = index.data(ROW)
        return QSize(0, theme().height(_HEADING if line.heading else _ROW, 1 if line.heading else 2))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line: Line = index.data(ROW)
        look = theme()
        rect = QRectF(option.rect)
        view = option.widget
        selected = isinstance(view, QTableView) and view.currentIndex().row() == index.row() and not line.heading
        if line.heading:
            painter.fillRect(rect, look.colour(Role.SUNKEN))
            paint.text(
                painter,
                rect.adjusted(12, 0, -8, 0),
                tr("As needed (PRN)"),
                TextKind.CAPTION_STRONG,
                Role.TEXT_SECONDARY,
            )
            painter.restore()
            return
        if selected:
            painter.fillRect(rect, look.colour(Role.SELECTION))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, look.colour(Role.SUNKEN))
        if index.column() == 0:
            self._person(painter, rect, line)
            painter.fillRect(QRectF(rect.right(), rect.top(), 1, rect.height()), look.colour(Role.BORDER))
        elif line.prn is not None:
            self._prn(painter, rect, line)
        elif line.scheduled is not None:
            cell = line.scheduled.cells.get(self._grid.time_of(index.column()))
            if cell is not None:
                self._block(painter, rect, cell, line.scheduled)
        if index.row() < len(self._grid.lines) - 1:
            paint.hairline(painter, rect)
        if isinstance(view, QTableView) and view.hasFocus() and view.currentIndex() == index:
            paint.inner_ring(painter, rect.adjusted(1, 1, -1, -1))
        painter.restore()

    def _person(self, painter: QPainter, rect: QRectF, line: Line) -> None:
        row = line.scheduled or line.prn
        if row is None:
            return
        look = theme()
        who = row.student
        face = face_of(who.id, who.name, who.photo, private=self._grid.private)
        top = rect.center().y()
        paint_face(painter, QRectF(rect.left() + 12, top - 16, 32, 32), face)
        left, right = rect.left() + 54, rect.right() - 8
        upper, lower = look.line(TextKind.BODY), look.line(TextKind.CAPTION)
        first = top - (upper + lower) / 2
        words = masked(who.name.shown, private=self._grid.private)
        paint.text(painter, QRectF(left, first, right - left, upper), words, TextKind.BODY_MEDIUM)
        if row.order.controlled:
            mark = QRectF(left, first + upper + (lower - 13) / 2, 13, 13)
            icons.paint(painter, Shape.CONTROLLED.value, mark, look.colour(Role.CONTROLLED))
            left += 18
        if row.in_conflict:
            mark = QRectF(left, first + upper + (lower - 13) / 2, 13, 13)
            icons.paint(painter, Shape.CONFLICT.value, mark, look.colour(Role.WARNING))
            left += 18
        drug = order_words(row.order)
        if line.prn is not None:
            drug = f"{drug}, {count_words(row.order)}"
        line_rect = QRectF(left, first + upper, right - left, lower)
        paint.text(painter, line_rect, drug, TextKind.CAPTION, Role.TEXT_SECONDARY, elide=True)

    def _block(self, painter: QPainter, rect: QRectF, cell: Cell, row: RoundRow) -> None:
        look = theme()
        state = look_of(cell.state)
        tone = Tone(state.tone)
        block = block_of(rect, self._grid.block_width)
        if state.filled:
            paint.rounded(painter, block, RADIUS_FIELD, fill=look.colour(tone.fill))
        colour = look.colour(tone.text)
        upper = look.line(TextKind.CAPTION_STRONG)
        first = block.center().y() - upper
        icons.paint(painter, state.shape, QRectF(block.left() + 4, first + (upper - 13) / 2, 13, 13), colour)
        words = QRectF(block.left() + 20, first, block.width() - 20, upper)
        paint.text(painter, words, state.words, TextKind.CAPTION_STRONG, colour, elide=True)
        under = second_line(cell, row.order, self._grid.now, self._local)
        role = Role.TEXT if state.filled else Role.TEXT_SECONDARY
        below = QRectF(block.left() + 4, first + upper, block.width() - 4, upper)
        paint.text(painter, below, under, TextKind.CAPTION, role, elide=True)

    def _prn(self, painter: QPainter, rect: QRectF, line: Line) -> None:
        if line.prn is None:
            return
        state = open_look() if line.order_id == self._grid.open_order else prn_look(line.prn)
        tag = Tag(state.words, Tone(state.tone), Shape(state.shape))
        size = tag_size(theme(), tag)
        paint_tag(painter, QPointF(rect.left() + 12, rect.center().y() - size.height() / 2), tag)
        left = rect.left() + 12 + size.width() + 12
        # When the next dose may be given wraps below; it is never cut off.
        words, wide = prn_line(line.prn, self._local), rect.right() - left - 8
        high = paint.wrapped_height(words, TextKind.CAPTION, wide)
        where = QRectF(left, rect.center().y() - high / 2, wide, high)
        paint.wrapped(painter, where, words, TextKind.CAPTION, Role.TEXT_SECONDARY)


class RoundGrid(QTableView):
    """The grid: arrows and J/K move, Enter opens the dose under the cursor."""

    opened = Signal(int, str)

    def __init__(self, local: Local) -> None:
        super().__init__()
        name(self, "medications.grid", tr("Doses of the round"))
        self._placed = 0
        self.grid = GridModel(local)
        self.setModel(self.grid)
        self.setItemDelegate(GridDelegate(self.grid, local))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(True)
        header.setFixedHeight(theme().height(36))
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.doubleClicked.connect(self._open)
        theme().changed.connect(self.fit)

    def show_state(self, state: RoundState, *, private: bool) -> None:
        """Show the lines; the cursor stays where it was, or goes to where work begins."""
        before = self.currentIndex()
        kept = (
            (self.grid.lines[before.row()].order_id, self.grid.time_of(before.column())) if before.isValid() else None
        )
        if state.placed != self._placed:
            self._placed, kept = state.placed, None
        if state.open_order is not None:
            kept = (state.open_order, state.open_time or (kept[1] if kept is not None else ""))
        self.grid.show(state, private=private)
        self.fit()
        row, time = state.cursor
        if kept is not None and (found := _row_of(state, kept[0])) is not None:
            row, time = found, kept[1]
        column = self.grid.times.index(time) + 1 if time in self.grid.times else 0
        index = self.grid.index(row, column)
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def fit(self) -> None:
        """Column widths from the tokens, row heights from the text, PRN lines across all times."""
        look = theme()
        header = self.horizontalHeader()
        header.setFixedHeight(look.height(36))
        self.clearSpans()
        filler = self.grid.filler
        count = filler
        for at, line in enumerate(self.grid.lines):
            if line.heading:
                self.setSpan(at, 0, 1, count + 1)
            elif line.prn is not None:
                self.setSpan(at, 1, 1, count)
            self.setRowHeight(at, look.height(_HEADING) if line.heading else look.height(_ROW, 2))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        widest = max((look.text_width(TextKind.CAPTION_STRONG, words) for words in self._words()), default=0)
        slot = max(look.width(SLOT_WIDTH), widest + 34)
        self.grid.block_width = slot - SLOT_WIDTH + _BLOCK.width()
        slots = max(1, count - 1)
        room = self.viewport().width()
        # Names and drugs take of the room what they can use; the times stay of one width, beside them.
        widest_slot = max(slot, look.width(WIDEST_SLOT)) if self.grid.times else room
        first = max(look.width(ORDER_WIDTH), min(look.width(WIDEST_ORDER), room - slots * widest_slot))
        rest = max(slot, min(widest_slot, (room - first) // slots))
        spare = room - first - slots * rest >= _LEAST_FILLER
        header.resizeSection(0, first)
        for column in range(1, count):
            # It was the last one, and hidden, of a round with fewer times.
            self.setColumnHidden(column, False)
            header.resizeSection(column, rest)
        self.setColumnHidden(filler, not spare)
        header.setSectionResizeMode(filler if spare else count - 1, QHeaderView.ResizeMode.Stretch)

    def _words(self) -> list[str]:
        """The state words of the blocks, which decide how wide a column is at least."""
        return [
            look_of(cell.state).words
            for line in self.grid.lines
            if line.scheduled is not None
            for cell in line.scheduled.cells.values()
        ]

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]  # Qt hands its own event
        self.fit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            match event.key():
                case Qt.Key.Key_J | Qt.Key.Key_Down:
                    self._step(1)
                    return
                case Qt.Key.Key_K | Qt.Key.Key_Up:
                    self._step(-1)
                    return
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    self._open(self.currentIndex())
                    return
                case Qt.Key.Key_End:
                    self._step(len(self.grid.lines))
                    return
                case Qt.Key.Key_Home:
                    self._step(-len(self.grid.lines))
                    return
        super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        """Up and down over rows that can be reached; a row without a dose at this time takes its first one."""
        rows = [at for at, line in enumerate(self.grid.lines) if not line.heading]
        if not rows:
            return
        here = self.currentIndex()
        at = rows.index(here.row()) if here.row() in rows else 0
        row = rows[max(0, min(len(rows) - 1, at + by))]
        self.setCurrentIndex(self.grid.index(row, max(0, here.column())))
        self.viewport().update()

    def _open(self, index: Index) -> None:
        if index.isValid():
            self.opened.emit(index.row(), self.grid.time_of(index.column()))


def block_of(cell: QRectF, width: int) -> QRectF:
    """The state block in its cell, centred under the time of the header however wide the column is (mockup 04)."""
    wide = min(float(width), cell.width() - 4)
    return QRectF(cell.center().x() - wide / 2, cell.top() + 5, wide, cell.height() - 10)


def _row_of(state: RoundState, order: uuid.UUID | None) -> int | None:
    return next((at for at, line in enumerate(state.lines) if order is not None and line.order_id == order), None)
