"""Lists over frozen rows: a model, a delegate that paints, a view that is walked by J/K and arrows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from clinicdesk.gui.theme import Role, paint, theme
from clinicdesk.gui.widgets.naming import name

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole


class RowModel(QAbstractListModel, Generic[Row]):
    """Rows of one list. `spoken` is what assistive technology reads; `enabled` keeps headings out of reach."""

    def __init__(self, spoken: Callable[[Row], str], enabled: Callable[[Row], bool] = lambda _row: True) -> None:
        super().__init__()
        self._rows: tuple[Row, ...] = ()
        self._spoken = spoken
        self._enabled = enabled

    def set_rows(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def rows(self) -> tuple[Row, ...]:
        return self._rows

    def row_at(self, index: Index) -> Row:
        return self._rows[index.row()]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self._spoken(row)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and not self._enabled(self._rows[index.row()]):
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index)


class RowDelegate(QStyledItemDelegate, Generic[Row]):
    """Paints rows of a list. Subclasses give `height` and `paint_row`; panel, hairline and ring are drawn here.

    `one_of_several`: the list stands beside others, so its current row looks chosen only while it has the focus.
    """

    hairlines = True
    one_of_several = False

    def __init_subclass__(cls) -> None:
        """Qt's own metaclass leaves no room for `ABCMeta`: what is missing is said when the class is made."""
        super().__init_subclass__()
        missing = [part for part in ("height", "paint_row") if getattr(getattr(cls, part), "__isabstractmethod__", 0)]
        if missing:
            raise TypeError(f"{cls.__name__} lacks {', '.join(missing)}")

    @abstractmethod
    def height(self, row: Row, width: int) -> int:
        """How tall the row is at this width."""

    @abstractmethod
    def paint_row(self, painter: QPainter, rect: QRectF, row: Row, *, selected: bool) -> None:
        """Draw the row's own content."""

    def ring_rect(self, rect: QRect) -> QRectF:
        return QRectF(rect)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        view = option.widget
        width = view.viewport().width() if isinstance(view, QListView) else option.rect.width()
        return QSize(width, self.height(index.data(ROW), width))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        state = option.state
        enabled = bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        rect = option.rect
        here = option.widget
        resting = self.one_of_several and isinstance(here, QWidget) and not here.hasFocus()
        if selected and resting:
            painter.fillRect(rect, theme().colour(Role.SUNKEN))
        self.paint_panel(
            painter,
            rect,
            index.data(ROW),
            selected=selected and not resting,
            hover=bool(state & QStyle.StateFlag.State_MouseOver) and enabled,
        )
        self.paint_row(painter, QRectF(rect), index.data(ROW), selected=selected)
        last = index.row() == index.model().rowCount() - 1
        if self.hairlines and not last:
            paint.hairline(painter, rect)
        view = option.widget
        if selected and isinstance(view, QWidget) and view.hasFocus() and view.currentIndex() == index:  # type: ignore[attr-defined]
            paint.inner_ring(painter, self.ring_rect(rect))
        painter.restore()

    def paint_panel(self, painter: QPainter, rect: QRect, row: Row, *, selected: bool, hover: bool) -> None:
        if selected:
            painter.fillRect(rect, theme().colour(Role.SELECTION))
        elif hover:
            painter.fillRect(rect, theme().colour(Role.SUNKEN))


class RowList(QListView, Generic[Row]):
    """A list walked by arrows, J/K, Home/End; Enter opens, Space ticks. `chosen` follows the current row."""

    opened = Signal(object)
    ticked = Signal(object)
    chosen = Signal(object)

    def __init__(
        self,
        object_name: str,
        accessible: str,
        delegate: RowDelegate[Row],
        spoken: Callable[[Row], str],
        *,
        enabled: Callable[[Row], bool] = lambda _row: True,
        uniform: bool = False,
    ) -> None:
        super().__init__()
        name(self, object_name, accessible)
        self._delegate = delegate
        self._model: RowModel[Row] = RowModel(spoken, enabled)
        self.setModel(self._model)
        self.setItemDelegate(delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(uniform)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.viewport().setAutoFillBackground(False)
        self.selectionModel().currentChanged.connect(self._on_current)
        self.doubleClicked.connect(self._on_opened)
        theme().changed.connect(self.scheduleDelayedItemsLayout)

    def set_rows(self, rows: Sequence[Row], keep: Callable[[Row], object] | None = None) -> None:
        """Show other rows; `keep` names a row, so that the current one stays current."""
        before = self.current()
        held = keep(before) if keep is not None and before is not None else None
        self._model.set_rows(rows)
        if held is not None and keep is not None:
            for at, row in enumerate(self._model.rows()):
                if keep(row) == held:
                    self.setCurrentIndex(self._model.index(at, 0))
                    break
        if self.hasFocus():
            self.ensure_current()

    def rows(self) -> tuple[Row, ...]:
        return self._model.rows()

    def current(self) -> Row | None:
        index = self.currentIndex()
        return self._model.row_at(index) if index.isValid() else None

    def select_row(self, at: int) -> None:
        self.setCurrentIndex(self._model.index(at, 0))

    def ensure_current(self) -> None:
        """Make the first reachable row current if none is."""
        if self.currentIndex().isValid():
            return
        for at in range(self._model.rowCount()):
            index = self._model.index(at, 0)
            if index.flags() & Qt.ItemFlag.ItemIsEnabled:
                self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
                return

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """As Qt does, but with the headings that stand right above the row, as far as there is room for both."""
        super().scrollTo(index, hint)
        first = index.row()
        while first > 0 and not self._model.flags(self._model.index(first - 1, 0)) & Qt.ItemFlag.ItemIsEnabled:
            first -= 1
        hidden = -self.visualRect(self._model.index(first, 0)).top()
        room = self.viewport().height() - 1 - self.visualRect(index).bottom()
        if hint == QAbstractItemView.ScrollHint.EnsureVisible and hidden > 0 and room > 0:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() - min(hidden, room))

    def content_height(self) -> int:
        """Height of all rows together, for lists that do not scroll by themselves."""
        width = max(1, self.viewport().width())
        return sum(self._delegate.height(row, width) for row in self._model.rows())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not event.modifiers():
            match event.key():
                case Qt.Key.Key_J:
                    self._step(1)
                    return
                case Qt.Key.Key_K:
                    self._step(-1)
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
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()

    def _step(self, by: int) -> None:
        at = self.currentIndex().row() + by
        while 0 <= at < self._model.rowCount():
            index = self._model.index(at, 0)
            if index.flags() & Qt.ItemFlag.ItemIsEnabled:
                self.setCurrentIndex(index)
                return
            at += by

    def _on_current(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self._model.row_at(index))

    def _on_opened(self, index: Index) -> None:
        if index.isValid():
            self.opened.emit(self._model.row_at(index))
