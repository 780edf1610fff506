"""Ticks, switches and choice tiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QCheckBox, QSizePolicy, QWidget

from clinicdesk.gui import icons
from clinicdesk.gui.theme import Role, TextKind, paint, theme
from clinicdesk.gui.theme.metrics import GAP_2, RADIUS_FIELD
from clinicdesk.gui.widgets.layout import column
from clinicdesk.gui.widgets.naming import name
from clinicdesk.i18n import tr


class Finding(StrEnum):
    """How a finding stands: CONFIRMED by the person, from a TEMPLATE, or a DANGER sign."""

    CONFIRMED = ""
    TEMPLATE = "template"
    DANGER = "danger"


class Tick(QCheckBox):
    """One finding. A template value is dashed until it is touched or signed (ux-spec 7.4)."""

    confirmed = Signal()

    def __init__(self, text: str, object_name: str, *, finding: Finding = Finding.CONFIRMED) -> None:
        super().__init__(text.replace("&", "&&"))
        self._finding = finding
        self.setProperty("state", finding.value)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        name(self, object_name, text)
        self.clicked.connect(self._on_clicked)

    @property
    def finding(self) -> Finding:
        return self._finding

    def set_finding(self, finding: Finding) -> None:
        self._finding = finding
        self.setProperty("state", finding.value)
        self.setAccessibleDescription(tr("from template, not confirmed") if finding is Finding.TEMPLATE else "")
        self.update()

    def confirm(self) -> None:
        """The first touch of a template value confirms it."""
        if self._finding is Finding.TEMPLATE:
            self.set_finding(Finding.CONFIRMED)
            self.confirmed.emit()

    def _on_clicked(self) -> None:
        if self._finding is Finding.TEMPLATE:
            # Touching says "yes, so it is": the value stays as the template had it.
            self.setChecked(not self.isChecked())
            self.confirm()


class Switch(QCheckBox):
    """On or off at once, drawn as a switch."""

    def __init__(self, text: str, object_name: str) -> None:
        super().__init__(text)
        self.setProperty("state", "switch")
        name(self, object_name, text)


@dataclass(frozen=True, slots=True)
class TileChoice:
    """One way to go: words, an icon, a key, and a remark below (danger when it warns)."""

    key: str
    text: str
    icon: str = ""
    shortcut: str = ""
    remark: str = ""
    warns: bool = False


class Tile(QAbstractButton):
    """A radio button as a tile of 44 px: dot, icon, words, key cap."""

    def __init__(self, choice: TileChoice, object_name: str) -> None:
        super().__init__()
        self._choice = choice
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        name(self, object_name, choice.text, choice.remark)

    @property
    def choice(self) -> TileChoice:
        return self._choice

    def set_choice(self, choice: TileChoice) -> None:
        self._choice = choice
        self.setAccessibleName(choice.text)
        self.setAccessibleDescription(choice.remark)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        look, choice = theme(), self._choice
        words = max(look.text_width(TextKind.LABEL, choice.text), look.text_width(TextKind.CAPTION, choice.remark))
        icon = 30 if choice.icon else 0
        keys = paint.keys_width(look, paint.keys_of(choice.shortcut)) + 8 if choice.shortcut else 0
        return QSize(12 + 30 + icon + words + keys + 12, look.height(44, 2 if choice.remark else 1))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        look, choice = theme(), self._choice
        painter = QPainter(self)
        on, enabled = self.isChecked(), self.isEnabled()
        fill = Role.SELECTION if on else Role.SUNKEN if self.underMouse() or not enabled else Role.SURFACE
        border = Role.ACCENT if on else Role.BORDER_CONTROL if enabled else Role.BORDER
        rect = QRectF(self.rect())
        paint.rounded(painter, rect, RADIUS_FIELD, fill=look.colour(fill), border=look.colour(border))
        middle = rect.center().y()
        dot = QRectF(12, middle - 8, 16, 16)
        ring = look.colour(Role.ACCENT if on else Role.BORDER_CONTROL)
        paint.rounded(painter, dot, 8, fill=ring if on else None, border=ring)
        if on:
            paint.rounded(painter, dot.adjusted(5, 5, -5, -5), 3, fill=look.colour(Role.ON_ACCENT))
        left = 42.0
        text = Role.TEXT if enabled else Role.TEXT_DISABLED
        if choice.icon:
            icons.paint(painter, choice.icon, QRectF(left, middle - 9, 18, 18), look.colour(text))
            left += 30
        right = rect.right() - 12
        if choice.shortcut and look.look.key_caps:
            keys = paint.keys_of(choice.shortcut)
            right -= paint.keys_width(look, keys)
            border_colour, cap = look.colour(Role.BORDER), look.colour(Role.TEXT_SECONDARY)
            paint.key_caps(painter, right, middle, keys, colour=cap, border=border_colour)
        kind = TextKind.LABEL if on else TextKind.BODY
        line = look.line(TextKind.BODY)
        if not choice.remark:
            paint.text(painter, QRectF(left, 0, right - left, rect.height()), choice.text, kind, text)
            return
        top = middle - line
        paint.text(painter, QRectF(left, top, right - left, line), choice.text, kind, text)
        remark = Role.DANGER if choice.warns else Role.TEXT if on else Role.TEXT_SECONDARY
        paint.text(painter, QRectF(left, top + line, right - left, line), choice.remark, TextKind.CAPTION, remark)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self.click()
            return
        super().keyPressEvent(event)


class TileList(QWidget):
    """One of several tiles; arrow keys move between them as in any radio group."""

    picked = Signal(str)

    def __init__(self, object_name: str, accessible: str, choices: Sequence[TileChoice]) -> None:
        super().__init__()
        name(self, object_name, accessible)
        self._group = QButtonGroup(self)
        self._tiles: dict[str, Tile] = {}
        lines = column(gap=GAP_2)
        for choice in choices:
            tile = Tile(choice, f"{object_name}.{choice.key}")
            tile.clicked.connect(self._on_clicked)
            self._group.addButton(tile)
            self._tiles[choice.key] = tile
            lines.addWidget(tile)
        self.setLayout(lines)

    def tile(self, key: str) -> Tile:
        return self._tiles[key]

    def chosen(self) -> str:
        return next((key for key, tile in self._tiles.items() if tile.isChecked()), "")

    def choose(self, key: str) -> None:
        """Choose one; an empty key takes the choice away."""
        if key:
            self._tiles[key].setChecked(True)
            return
        self._group.setExclusive(False)
        for tile in self._tiles.values():
            tile.setChecked(False)
        self._group.setExclusive(True)

    def _on_clicked(self) -> None:
        self.picked.emit(self.chosen())
