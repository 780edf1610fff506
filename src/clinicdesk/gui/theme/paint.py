"""Brush strokes that the style, the widgets and the delegates share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QTextLayout, QTextOption

from clinicdesk.gui.theme.look import Theme, theme
from clinicdesk.gui.theme.metrics import RADIUS_FIELD, RING_GAP, RING_WIDTH, TextKind
from clinicdesk.gui.theme.tokens import Role

KEY_CAP: Final = 20
_KEY_PADDING: Final = 6
_KEY_GAP: Final = 3

Left: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
Right: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
Centre: Final = Qt.AlignmentFlag.AlignCenter


def rounded(
    painter: QPainter,
    rect: QRect | QRectF,
    radius: float,
    *,
    fill: QColor | None = None,
    border: QColor | None = None,
    width: float = 1.0,
    dashed: bool = False,
) -> None:
    """A rounded rectangle whose border lies inside `rect`, on half-pixel centres."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(rect)
    if border is not None:
        pen = QPen(border, width)
        if dashed:
            pen.setDashPattern([3.0, 2.5])
        painter.setPen(pen)
        area = area.adjusted(width / 2, width / 2, -width / 2, -width / 2)
        radius = max(0.0, radius - width / 2)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(area, radius, radius)
    painter.restore()


def ring(painter: QPainter, outer: QRect | QRectF, radius: float) -> None:
    """The focus ring: 2 px wide, its outer edge at `outer`."""
    rounded(painter, outer, radius, border=theme().colour(Role.FOCUS), width=RING_WIDTH)


def inner_ring(painter: QPainter, rect: QRect | QRectF, radius: float = RADIUS_FIELD) -> None:
    """The ring for rows and cells, which lie edge to edge and have no room around them."""
    ring(painter, QRectF(rect).adjusted(RING_GAP / 2, RING_GAP / 2, -RING_GAP / 2, -RING_GAP / 2), radius)


def hairline(painter: QPainter, rect: QRect | QRectF, role: Role = Role.HAIRLINE) -> None:
    """One logical pixel along the lower edge of `rect`."""
    area = QRectF(rect)
    painter.fillRect(QRectF(area.left(), area.bottom() - 1, area.width(), 1), theme().colour(role))


def text(
    painter: QPainter,
    rect: QRect | QRectF,
    words: str,
    kind: TextKind = TextKind.BODY,
    role: Role | QColor = Role.TEXT,
    align: Qt.AlignmentFlag = Left,
    *,
    elide: bool = False,
) -> None:
    """One line of text. Only secondary captions may elide."""
    look = theme()
    painter.setFont(look.font(kind))
    painter.setPen(role if isinstance(role, QColor) else look.colour(role))
    if elide:
        words = QFontMetricsF(look.font(kind)).elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(QRectF(rect), int(align) | int(Qt.TextFlag.TextSingleLine), words)


def lay_out(
    words: str, kind: TextKind, width: float, formats: Sequence[QTextLayout.FormatRange] = ()
) -> tuple[QTextLayout, float]:
    """Wrapped text in the line height of its kind; gives the layout and its height. Nothing is cut."""
    look = theme()
    layout = QTextLayout(words, look.font(kind))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    if formats:
        layout.setFormats(list(formats))
    step = look.line(kind)
    height = 0.0
    layout.beginLayout()
    line = layout.createLine()
    while line.isValid():
        line.setLineWidth(max(1.0, width))
        line.setPosition(QPointF(0, height + (step - line.height()) / 2))
        height += step
        line = layout.createLine()
    layout.endLayout()
    return layout, max(height, float(step))


def wrapped(painter: QPainter, rect: QRect | QRectF, words: str, kind: TextKind, role: Role | QColor) -> float:
    """Draw wrapped text from the top of `rect`; gives the height used."""
    area = QRectF(rect)
    layout, height = lay_out(words, kind, area.width())
    painter.setPen(role if isinstance(role, QColor) else theme().colour(role))
    layout.draw(painter, area.topLeft())
    return height


def wrapped_height(words: str, kind: TextKind, width: float) -> int:
    return int(lay_out(words, kind, width)[1])


def keys_of(shortcut: str) -> tuple[str, ...]:
    """ "Ctrl+Shift+N" as the caps that are shown."""
    if not shortcut:
        return ()
    parts = shortcut.replace("++", "+\0").split("+")
    return tuple("+" if part == "\0" else part for part in parts)


def keys_width(look: Theme, keys: Sequence[str]) -> int:
    return sum(_cap_width(look, key) for key in keys) + _KEY_GAP * max(0, len(keys) - 1)


def key_height(look: Theme) -> int:
    return max(KEY_CAP, look.line(TextKind.KEY) + 2)


def key_caps(
    painter: QPainter, left: float, middle: float, keys: Sequence[str], *, colour: QColor, border: QColor
) -> None:
    """Key caps side by side, centred on the line at `middle`."""
    look = theme()
    height = key_height(look)
    for key in keys:
        width = _cap_width(look, key)
        cap = QRectF(left, middle - height / 2, width, height)
        rounded(painter, cap, RADIUS_FIELD, border=border)
        text(painter, cap, key_sign(key), TextKind.KEY, colour, Centre)
        left += width + _KEY_GAP


def key_sign(key: str) -> str:
    return _SIGNS.get(key, key)


_SIGNS: Final = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "Return": "Enter", "Del": "Delete"}


def _cap_width(look: Theme, key: str) -> int:
    return max(key_height(look), look.text_width(TextKind.KEY, key_sign(key)) + 2 * _KEY_PADDING)
