"""Tables over frozen rows: sortable columns, wrapped text, second lines, tags; keys and copying as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from clinicdesk.gui import icons
from clinicdesk.gui.theme import Role, TextKind, paint, theme
from clinicdesk.gui.widgets.lists import ROW
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.tags import Tag, paint_tag, tag_size
from clinicdesk.i18n import tr

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
_PADDING = 8
_EDGE = 16
_GAP = 4
_LEAST_COLUMN = 96


def _nothing(_row: object) -> str:
    return ""


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column: its words, how a row reads in it, and how it is set.

    `width` is in px at 100 % (0 takes a share of the free room by `stretch`). `number` right-aligns.
    `note` follows the text in secondary colour on the same line, `below` stands on a second line. Where the columns
    have no room beside each other, those that have `folds` stand under the first one instead, the lowest number first.
    """

    key: str
    title: str
    text: Callable[[Row], str]
    width: int = 0
    stretch: int = 1
    number: bool = False
    kind: Callable[[Row], TextKind] = lambda _row: TextKind.BODY
    role: Callable[[Row], Role] = lambda _row: Role.TEXT
    note: Callable[[Row], str] = _nothing
    below: Callable[[Row], str] = _nothing
    icon: Callable[[Row], str] = _nothing
    tag: Callable[[Row], Tag | None] = lambda _row: None
    sort: Callable[[Row], object] | None = None
    folds: int = 0


class TableModel(QAbstractTableModel, Generic[Row]):
    """Rows and columns; sorting here is for rows already in hand, big data sorts in its query."""

    def __init__(self, columns: Sequence[Column[Row]]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.folded: tuple[Column[Row], ...] = ()
        self._rows: tuple[Row, ...] = ()

    def set_rows(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def rows(self) -> tuple[Row, ...]:
        return self._rows

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], self.columns[index.column()]
        if role == ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return _spoken(column, row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            told = (column, *self.folded) if index.column() == 0 else (column,)
            return ", ".join(f"{one.title}: {_spoken(one, row)}" for one in told)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Vertical:
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        by = self.columns[column].sort
        if by is None:
            return
        rows = sorted(self._rows, key=by, reverse=order == Qt.SortOrder.DescendingOrder)  # type: ignore[arg-type]
        self.layoutAboutToBeChanged.emit()
        self._rows = tuple(rows)
        self.layoutChanged.emit()


class TableDelegate(QStyledItemDelegate, Generic[Row]):
    """Paints cells. `problem` gives the rows that carry the danger fill."""

    def __init__(
        self, columns: Sequence[Column[Row]], problem: Callable[[Row], bool], *, one_of_several: bool = False
    ) -> None:
        super().__init__()
        self._columns = tuple(columns)
        self._problem = problem
        self._one_of_several = one_of_several
        self.folded: tuple[Column[Row], ...] = ()

    def cell_height(self, column: Column[Row], row: Row, width: int) -> int:
        look = theme()
        left, right = self._paddings(self._columns.index(column))
        room = max(20, width - left - right - (26 if column.icon(row) else 0))
        text = column.text(row)
        tall = paint.wrapped_height(text, column.kind(row), room) if text else 0
        if column.below(row):
            tall += look.line(TextKind.CAPTION)
        tag = column.tag(row)
        if tag is not None:
            tall = max(tall, tag_size(look, tag).height())
        return tall + (self._folded_height(row, room) if column is self._columns[0] else 0)

    def _folded_height(self, row: Row, room: float) -> int:
        """What stands under the first column for want of room."""
        tags = sum(tag_size(theme(), tag).height() + _GAP for tag in self._tags(row))
        words = self._folded_words(row)
        return tags + (paint.wrapped_height(words, TextKind.CAPTION, room) if words else 0)

    def _tags(self, row: Row) -> list[Tag]:
        return [tag for one in self.folded if (tag := one.tag(row)) is not None]

    def _folded_words(self, row: Row) -> str:
        return " · ".join(words for one in self.folded if one.tag(row) is None and (words := _spoken(one, row)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = theme()
        row: Row = index.data(ROW)
        column = self._columns[index.column()]
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        rect = QRectF(option.rect)
        painter.save()
        view = option.widget
        resting = self._one_of_several and isinstance(view, QTableView) and not view.hasFocus()
        if selected:
            painter.fillRect(rect, look.colour(Role.SUNKEN if resting else Role.SELECTION))
        elif self._problem(row):
            painter.fillRect(rect, look.colour(Role.DANGER_BG))
        if index.row() < index.model().rowCount() - 1:
            paint.hairline(painter, rect)
        left, right = self._paddings(index.column())
        self._cell(painter, rect.adjusted(left, 0, -right, -1), column, row)
        self._ring(painter, option, index)
        painter.restore()

    def _paddings(self, at: int) -> tuple[int, int]:
        """Left and right of a cell; the outer columns keep the card's own."""
        return _EDGE if at == 0 else _PADDING, _EDGE if at == len(self._columns) - 1 else _PADDING

    def _cell(self, painter: QPainter, area: QRectF, column: Column[Row], row: Row) -> None:
        look = theme()
        tag = column.tag(row)
        if tag is not None:
            size = tag_size(look, tag)
            left = area.right() - size.width() if column.number else area.left()
            paint_tag(painter, QPointF(left, area.center().y() - size.height() / 2), tag)
            return
        icon = column.icon(row)
        if icon:
            spot = QRectF(area.left(), area.center().y() - 9, 18, 18)
            icons.paint(painter, icon, spot, look.colour(Role.TEXT_SECONDARY))
            area = area.adjusted(26, 0, 0, 0)
        text, kind, role = column.text(row), column.kind(row), column.role(row)
        below, note = column.below(row), column.note(row)
        if column.number:
            paint.text(painter, area, text, kind, role, paint.Right)
            return
        tall = paint.wrapped_height(text, kind, area.width())
        under = look.line(TextKind.CAPTION) if below else 0
        folded = self._folded_height(row, area.width()) if column is self._columns[0] else 0
        top = area.center().y() - (tall + under + folded) / 2
        paint.wrapped(painter, QRectF(area.left(), top, area.width(), tall), text, kind, role)
        if note:
            start = area.left() + look.text_width(kind, f"{text} ") + 2
            line = QRectF(start, top, area.right() - start, look.line(kind))
            paint.text(painter, line, note, TextKind.BODY, Role.TEXT_SECONDARY)
        if below:
            line = QRectF(area.left(), top + tall, area.width(), under)
            paint.text(painter, line, below, TextKind.CAPTION, Role.TEXT_SECONDARY, elide=True)
        if folded:
            self._folded(painter, QRectF(area.left(), top + tall + under, area.width(), folded), row)

    def _folded(self, painter: QPainter, area: QRectF, row: Row) -> None:
        """Tags first: a state is read before all else."""
        for tag in self._tags(row):
            paint_tag(painter, QPointF(area.left(), area.top() + _GAP), tag)
            area.setTop(area.top() + _GAP + tag_size(theme(), tag).height())
        paint.wrapped(painter, area, self._folded_words(row), TextKind.CAPTION, Role.TEXT_SECONDARY)

    def _ring(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view = option.widget
        if not isinstance(view, QTableView) or not view.hasFocus() or view.currentIndex().row() != index.row():
            return
        # One ring around the whole row: each cell paints its part of it.
        total = view.horizontalHeader().length()
        row = QRectF(option.rect.left() - view.columnViewportPosition(index.column()), option.rect.top(), total, 0)
        row.setHeight(option.rect.height())
        row.moveLeft(view.columnViewportPosition(0))
        painter.setClipRect(option.rect)
        paint.inner_ring(painter, row)


class DataTable(QTableView, Generic[Row]):
    """A table by rows: J/K and arrows move, Enter opens, Space ticks, Ctrl+C copies (and says so for the audit).

    `one_of_several`: it stands beside other tables, so its current row looks chosen only while it has the focus.
    """

    opened = Signal(object)
    ticked = Signal(object)
    chosen = Signal(object)
    copied = Signal(int)

    def __init__(
        self,
        object_name: str,
        accessible: str,
        columns: Sequence[Column[Row]],
        *,
        row_height: int = 36,
        problem: Callable[[Row], bool] = lambda _row: False,
        wrap: bool = True,
        one_of_several: bool = False,
    ) -> None:
        super().__init__()
        name(self, object_name, accessible)
        self._columns = tuple(columns)
        self._base = row_height
        self._wrap = wrap
        self._put_away: set[int] = set()
        self._table: TableModel[Row] = TableModel(columns)
        self._cells: TableDelegate[Row] = TableDelegate(columns, problem, one_of_several=one_of_several)
        self.setModel(self._table)
        self.setItemDelegate(self._cells)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.viewport().setAutoFillBackground(False)
        self.verticalHeader().hide()
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(True)
        head.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        head.customContextMenuRequested.connect(self._on_choose_columns)
        head.setMinimumSectionSize(24)
        if any(column.sort is not None for column in columns):
            self.setSortingEnabled(True)
            head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.selectionModel().currentRowChanged.connect(self._on_current)
        self.doubleClicked.connect(self._on_opened)
        theme().changed.connect(self._size_up)

    def set_rows(self, rows: Sequence[Row]) -> None:
        self._table.set_rows(rows)
        self._size_up()
        if self.hasFocus():
            self.ensure_current()

    def rows(self) -> tuple[Row, ...]:
        return self._table.rows()

    def columns(self) -> tuple[Column[Row], ...]:
        return self._columns

    def current(self) -> Row | None:
        index = self.currentIndex()
        return self._table.rows()[index.row()] if index.isValid() else None

    def ensure_current(self) -> None:
        if not self.currentIndex().isValid() and self._table.rowCount():
            self.selectRow(0)

    def content_height(self) -> int:
        """Head and all rows: set it as fixed height where a card shows the whole table."""
        rows = sum(self.rowHeight(at) for at in range(self._table.rowCount()))
        return self.horizontalHeader().sizeHint().height() + rows

    def sizeHint(self) -> QSize:
        return QSize(480, self.content_height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
            return
        if not event.modifiers():
            match event.key():
                case Qt.Key.Key_J:
                    self._step(1)
                    return
                case Qt.Key.Key_K:
                    self._step(-1)
                    return
                case Qt.Key.Key_Home:
                    self.selectRow(0)
                    return
                case Qt.Key.Key_End:
                    self.selectRow(self._table.rowCount() - 1)
                    return
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    self._on_opened(self.currentIndex())
                    return
                case Qt.Key.Key_Space if self.currentIndex().isValid():
                    self.ticked.emit(self.current())
                    return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.ensure_current()
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._size_up()

    def _size_up(self) -> None:
        look = theme()
        self._fold_under()
        shown = [not self.isColumnHidden(at) for at in range(len(self._columns))]
        fixed = [look.width(one.width) if seen else 0 for one, seen in zip(self._columns, shown, strict=True)]
        shares = sum(one.stretch for one, seen in zip(self._columns, shown, strict=True) if seen and not one.width) or 1
        free = max(0, self.viewport().width() - sum(fixed))
        for at, column in enumerate(self._columns):
            share = max(look.width(_LEAST_COLUMN), free * column.stretch // shares)
            if shown[at]:
                self.setColumnWidth(at, fixed[at] if column.width else share)
        least = look.row_height(self._base)
        self.verticalHeader().setMinimumSectionSize(24)
        self.verticalHeader().setDefaultSectionSize(least)
        if not self._wrap:
            return
        for at, row in enumerate(self._table.rows()):
            tall = max(
                self._cells.cell_height(column, row, self.columnWidth(place))
                for place, column in enumerate(self._columns)
                if shown[place]
            )
            wanted = max(least, tall + 14)
            if self.rowHeight(at) != wanted:
                self.setRowHeight(at, wanted)

    def _fold_under(self) -> None:
        """Columns that may go under the first one do, as far as the others need their room."""
        may = {at: one.folds for at, one in enumerate(self._columns) if one.folds and at not in self._put_away}
        if not may:
            return
        others = [at for at in range(len(self._columns)) if at not in may and not self.isColumnHidden(at)]
        needs = {at: theme().width(self._columns[at].width or _LEAST_COLUMN) for at in (*may, *others)}
        folded: set[int] = set()
        for at in sorted(may, key=may.__getitem__):
            if sum(needs[one] for one in needs if one not in folded) > self.viewport().width():
                folded.add(at)
        for at in may:
            if self.isColumnHidden(at) != (at in folded):
                self.setColumnHidden(at, at in folded)
        self._table.folded = self._cells.folded = tuple(self._columns[at] for at in sorted(folded))

    def _step(self, by: int) -> None:
        at = self.currentIndex().row() + by
        if 0 <= at < self._table.rowCount():
            self.selectRow(at)

    def _copy(self) -> None:
        """The selected row, or the whole table when none is, as tab-separated text with headings."""
        current = self.current()
        rows = (current,) if current is not None else self._table.rows()
        lines = ["\t".join(column.title for column in self._columns)]
        lines += ["\t".join(_safe(_spoken(column, row)) for column in self._columns) for row in rows]
        QGuiApplication.clipboard().setText("\n".join(lines))
        self.copied.emit(len(rows))

    def _on_choose_columns(self) -> None:
        menu = QMenu(self)
        menu.setAccessibleName(tr("Columns"))
        for at, column in enumerate(self._columns):
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(at) or column in self._table.folded)
            action.setEnabled(at > 0)
            action.setData(at)
        menu.triggered.connect(self._on_column)
        menu.popup(self.horizontalHeader().mapToGlobal(self.horizontalHeader().rect().bottomLeft()))

    def _on_column(self, action: object) -> None:
        at, shown = action.data(), action.isChecked()  # type: ignore[attr-defined]  # a QAction of the menu above
        (self._put_away.discard if shown else self._put_away.add)(at)
        self.setColumnHidden(at, not shown)
        self._size_up()

    def _on_current(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self._table.rows()[index.row()])

    def _on_opened(self, index: Index) -> None:
        if index.isValid():
            self.opened.emit(self._table.rows()[index.row()])


def _spoken(column: Column[Row], row: Row) -> str:
    tag = column.tag(row)
    parts = [column.text(row), column.note(row), column.below(row), tag.text if tag else ""]
    return " ".join(part for part in parts if part)


def _safe(text: str) -> str:
    """Spreadsheets must not run what a person typed."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t"} else text.replace("\t", " ").replace("\n", " ")
