"""The left rail: icon and label per destination, counts, icons alone on narrow windows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from clinicdesk.gui import icons
from clinicdesk.gui.theme import Role, TextKind, paint, theme
from clinicdesk.gui.theme.metrics import RADIUS_FIELD, RAIL, RAIL_COLLAPSED
from clinicdesk.gui.widgets.cards import Separator, Surface
from clinicdesk.gui.widgets.content import ContentArea
from clinicdesk.gui.widgets.layout import column, row
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.tags import count_size, paint_count
from clinicdesk.i18n import tr
from clinicdesk.presentation.shell import Destination

_EDGE = 8
_SIDE = 12
_GAP = 8
_WIDEST = 1.3
"""So much wider than drawn the rail gets for long words."""


class RailItem(QAbstractButton):
    """One destination: 40 high, the selected one with selection fill and an accent bar.

    The place shown is the one stop of Tab; Up and Down move between the places, Enter visits.
    """

    moved = Signal(int)

    def __init__(self, title: str, icon: str, object_name: str, *, shortcut: str = "", small: bool = False) -> None:
        super().__init__()
        self._title = title
        self._icon = icon
        self._keys = paint.keys_of(shortcut)
        self._small = small
        self._count = 0
        self._act = False
        self._collapsed = False
        self.setCheckable(not small)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(f"{title} ({shortcut})" if shortcut else title)
        name(self, object_name, title)

    def set_count(self, count: int, *, act: bool) -> None:
        self._count = count
        self._act = act
        self.setAccessibleName(f"{self._title}, {count}" if count else self._title)
        self.update()

    def set_collapsed(self, collapsed: bool) -> None:
        self._collapsed = collapsed
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().width(RAIL) - 16, theme().height(32 if self._small else 40))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(20 * theme().look.text_scale) + 2, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.click()
                return
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
                return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        on = self.isChecked()
        if on:
            paint.rounded(painter, rect, RADIUS_FIELD, fill=look.colour(Role.SELECTION))
            middle = rect.center().y()
            paint.rounded(painter, QRectF(0, middle - 12, 3, 24), 1.5, fill=look.colour(Role.ACCENT))
        elif self.underMouse():
            paint.rounded(painter, rect, RADIUS_FIELD, fill=look.colour(Role.SUNKEN))
        colour = look.colour(Role.ACCENT if on else Role.TEXT_SECONDARY)
        side = self._icon_side()
        left = (rect.width() - side) / 2 if self._collapsed else _SIDE
        icons.paint(painter, self._icon, QRectF(left, rect.center().y() - side / 2, side, side), colour)
        if self._collapsed:
            self._dot(painter, rect)
            return
        kind = TextKind.CAPTION if self._small else TextKind.LABEL if on else TextKind.BODY_MEDIUM
        role = Role.TEXT if on else Role.TEXT_SECONDARY
        end = rect.right() - _SIDE
        if self._count:
            size = count_size(look, self._count)
            badge = QRectF(end - size.width(), rect.center().y() - size.height() / 2, 0, 0)
            badge.setSize(size.toSizeF())
            paint_count(painter, badge, self._count, act=self._act)
            end = badge.left() - _GAP
        elif self._shows_keys():
            at = end - paint.keys_width(look, self._keys)
            cap, border = look.colour(Role.TEXT_SECONDARY), look.colour(Role.BORDER)
            paint.key_caps(painter, at, rect.center().y(), self._keys, colour=cap, border=border)
            end = at - _GAP
        words = rect.adjusted(self._before_words(), 0, 0, 0)
        words.setRight(end)
        # Longer words than the widest rail holds end in dots; the tool tip has them whole.
        paint.text(painter, words, self._title, kind, role, elide=True)

    def wanted_width(self) -> int:
        """What the words take with their key caps beside them."""
        look = theme()
        kind = TextKind.CAPTION if self._small else TextKind.LABEL
        keys = paint.keys_width(look, self._keys) + _GAP if self._shows_keys() else 0
        return int(self._before_words() + look.text_width(kind, self._title) + keys + _SIDE) + 1

    def _shows_keys(self) -> bool:
        return bool(self._keys) and self._small and theme().look.key_caps

    def _before_words(self) -> int:
        return _SIDE + self._icon_side() + (_GAP if self._small else _SIDE)

    def _icon_side(self) -> int:
        return round((18 if self._small else 20) * theme().look.text_scale)

    def _dot(self, painter: QPainter, rect: QRectF) -> None:
        if self._count:
            role = Role.WARNING if self._act else Role.TEXT_SECONDARY
            spot = QRectF(rect.right() - 14, rect.top() + 6, 8, 8)
            paint.rounded(painter, spot, 4, fill=theme().colour(role))


class Rail(Surface):
    """Destinations of the signed-in role; `visited` carries the id that was picked."""

    visited = Signal(str)

    def __init__(
        self, places: Sequence[Destination], on_privacy: Callable[[], None], on_shortcuts: Callable[[], None]
    ) -> None:
        super().__init__(Role.SURFACE, ("right",))
        name(self, "rail", tr("Main navigation"))
        self._items: dict[str, RailItem] = {}
        self._places = QWidget()
        lines = QVBoxLayout(self._places)
        lines.setContentsMargins(_EDGE, 12, _EDGE, 4)
        lines.setSpacing(2)
        apart = False
        for place in places:
            if place.apart and not apart:
                apart = True
                lines.addSpacing(8)
                lines.addLayout(row(Separator(), margins=(4, 0, 4, 0)))
                lines.addSpacing(8)
            item = RailItem(tr(place.title), place.icon, f"rail.{place.id}", shortcut=place.shortcut)
            item.setProperty("place", place.id)
            item.clicked.connect(self._on_clicked)
            item.moved.connect(self._on_moved)
            self._items[place.id] = item
            lines.addWidget(item)
        lines.addStretch(1)
        self._privacy = RailItem(tr("Privacy mode"), "eye-off", "rail.privacy", shortcut="F9", small=True)
        self._shortcuts = RailItem(tr("Shortcuts"), "keyboard", "rail.shortcuts", shortcut="F1", small=True)
        self._privacy.clicked.connect(on_privacy)
        self._shortcuts.clicked.connect(on_shortcuts)
        foot = column(
            row(Separator(), margins=(4, 0, 4, 0)),
            8,
            self._privacy,
            self._shortcuts,
            gap=2,
            margins=(_EDGE, 0, _EDGE, 12),
        )
        whole = column(ContentArea(self._places, QSize(40, 120)), foot, gap=0, margins=(0, 0, 1, 0))
        whole.setStretch(0, 1)
        self.setLayout(whole)
        self.set_collapsed(False)

    def show_place(self, place: str) -> None:
        for known, item in self._items.items():
            here = known == place
            item.setChecked(here)
            item.setFocusPolicy(Qt.FocusPolicy.StrongFocus if here else Qt.FocusPolicy.ClickFocus)

    def set_count(self, place: str, count: int, *, act: bool = False) -> None:
        if place in self._items:
            self._items[place].set_count(count, act=act)

    def set_private(self, private: bool) -> None:
        self._privacy.setAccessibleName(tr("Privacy mode is on") if private else tr("Privacy mode"))

    def set_collapsed(self, collapsed: bool) -> None:
        look = theme()
        narrow = max(RAIL_COLLAPSED, round(20 * look.look.text_scale) + 32)
        items = (*self._items.values(), self._privacy, self._shortcuts)
        wanted = max(item.wanted_width() for item in items) + 2 * _EDGE + 1
        wide = min(max(look.width(RAIL), wanted), round(look.width(RAIL) * _WIDEST))
        self.setFixedWidth(narrow if collapsed else wide)
        for item in items:
            item.set_collapsed(collapsed)

    def first_item(self) -> QWidget:
        return next((item for item in self._items.values() if item.isChecked()), self._shortcuts)

    def _on_moved(self, by: int) -> None:
        items = list(self._items.values())
        at = items.index(self.sender())  # type: ignore[arg-type]  # only items send
        items[(at + by) % len(items)].setFocus(Qt.FocusReason.TabFocusReason)

    def _on_clicked(self) -> None:
        self.visited.emit(str(self.sender().property("place")))
