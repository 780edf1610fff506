"""Cards, section heads, page titles and separators."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QLayoutItem, QSizePolicy, QVBoxLayout, QWidget

from clinicdesk.gui.theme import Role, TextKind, paint, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_4, RADIUS_CARD
from clinicdesk.gui.widgets.layout import ItemLayout, box, column, row
from clinicdesk.gui.widgets.text import Label


class Separator(QWidget):
    """One pixel between two regions: hairline inside cards, border between panes."""

    def __init__(self, *, upright: bool = False, role: Role = Role.HAIRLINE) -> None:
        super().__init__()
        self._role = role
        if upright:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme().colour(self._role))


class Surface(QWidget):
    """A filled region; `edges` draws one border pixel on the named sides ("left", "bottom" ...)."""

    def __init__(self, role: Role = Role.SURFACE, edges: tuple[str, ...] = (), line: Role = Role.BORDER) -> None:
        super().__init__()
        self._role = role
        self._edges = edges
        self._line = line

    def set_surface(self, role: Role) -> None:
        self._role = role
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.colour(self._role))
        wide, tall = self.width(), self.height()
        sides = {
            "left": (0, 0, 1, tall),
            "right": (wide - 1, 0, 1, tall),
            "top": (0, 0, wide, 1),
            "bottom": (0, tall - 1, wide, 1),
        }
        for edge in self._edges:
            painter.fillRect(*sides[edge], look.colour(self._line))


class SectionHead(QWidget):
    """Title in 12 pt semibold, a note or count beside it, one ghost action at the right; 40 high."""

    def __init__(
        self, title: str, note: str = "", *actions: QWidget, height: int = 40, kind: TextKind = TextKind.SECTION
    ) -> None:
        super().__init__()
        self._height = height
        self.title = Label(title, kind)
        self.note = Label(note, TextKind.BODY, Role.TEXT_SECONDARY, elide=True)
        line = row(self.title, self.note, gap=GAP_2)
        line.setStretchFactor(self.note, 1)
        for action in actions:
            line.addWidget(action, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(line)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), theme().height(self._height))

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), theme().height(self._height))

    def set_note(self, note: str) -> None:
        self.note.setText(note)
        self.note.updateGeometry()


class Card(QWidget):
    """Surface, 1 px border, radius 8. `body` is the layout inside; children bring no margins of their own."""

    activated = Signal()

    def __init__(
        self,
        head: SectionHead | None = None,
        *,
        body: QBoxLayout | None = None,
        margins: tuple[int, int, int, int] = (GAP_4, GAP_3, GAP_4, GAP_3),
        role: Role = Role.SURFACE,
        border: Role = Role.BORDER,
        dashed: bool = False,
    ) -> None:
        super().__init__()
        self._role = role
        self._border = border
        self._dashed = dashed
        self._head_height = 0
        self.head = head
        self.setProperty("ring", RADIUS_CARD)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        if head is not None:
            outer.addLayout(row(head, margins=(GAP_4 - 1, 0, GAP_4 - 1, 0)))
            outer.addWidget(Separator())
        self.body: QBoxLayout = body if body is not None else column(gap=GAP_2)
        self.body.setContentsMargins(*margins)
        outer.addLayout(self.body, 1)

    def set_roles(self, role: Role, border: Role = Role.BORDER) -> None:
        self._role = role
        self._border = border
        self.update()

    def make_selectable(self, object_name: str, accessible: str) -> None:
        """Let the card take the focus and open on Enter or a click (open visits on Today)."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setObjectName(object_name)
        self.setAccessibleName(accessible)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.focusPolicy() and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self.activated.emit()
            return
        super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.focusPolicy():
            self.activated.emit()
        super().mouseDoubleClickEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        fill, border = look.colour(self._role), look.colour(self._border)
        paint.rounded(painter, self.rect(), RADIUS_CARD, fill=fill, border=border, dashed=self._dashed)


class PageTitle(QWidget):
    """Title row of a screen: 15 pt title, a secondary line beside it, actions at the right; 40 high.

    Where the words and the actions have not room beside each other, the actions stand below.
    """

    def __init__(self, title: str, note: str = "", *actions: QWidget) -> None:
        super().__init__()
        self.title = Label(title, TextKind.TITLE)
        self.note = Label(note, TextKind.BODY, Role.TEXT_SECONDARY, elide=True)
        words = row(self.title, self.note, gap=GAP_3)
        words.setStretchFactor(self.note, 1)
        line = _TitleLayout()
        for part in (box(words), *actions):
            line.addWidget(part)
        self.setLayout(line)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_note(self, note: str) -> None:
        self.note.setText(note)
        self.note.updateGeometry()


class _TitleLayout(ItemLayout):
    """The words at the left, the rest at the right of the same line or below it."""

    def heightForWidth(self, width: int) -> int:
        return max((area.bottom() + 1 for _item, area in self._places(width)), default=0)

    def sizeHint(self) -> QSize:
        wide = sum(item.sizeHint().width() + GAP_3 for item in self.seen())
        return QSize(wide, theme().height(40))

    def minimumSize(self) -> QSize:
        return QSize(max((item.minimumSize().width() for item in self.seen()), default=0), theme().height(40))

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        for item, area in self._places(rect.width()):
            item.setGeometry(area.translated(rect.topLeft()))

    def _places(self, width: int) -> Iterator[tuple[QLayoutItem, QRect]]:
        if not (items := self.seen()):
            return
        words, *actions = items
        tall = theme().height(40)
        sizes = [item.sizeHint() for item in actions]
        room = width - sum(size.width() + GAP_3 for size in sizes)
        beside = room >= words.minimumSize().width()
        yield words, QRect(0, 0, room if beside else width, tall)
        left, top = (room + GAP_3, 0) if beside else (0, tall)
        for item, size in zip(actions, sizes, strict=True):
            if left > 0 and left + size.width() > width:
                left, top = 0, top + max(tall, size.height() + GAP_2)
            yield item, QRect(QPoint(left, top + max(0, (tall - size.height()) // 2)), size)
            left += size.width() + GAP_3
