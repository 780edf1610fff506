"""The drawn icon set: line icons and filled status shapes, recoloured, at device ratio, cached."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_FOLDER = Path(__file__).parent.parent / "resources" / "icons"


class Shape(StrEnum):
    """Filled status shapes: the shape half of "word, shape and colour"."""

    ALLERGY = "octagon"
    PLAN = "triangle"
    OVERDUE = "ring-clock"
    CONTROLLED = "diamond"
    CONSENT_MISSING = "page-slash"
    CONFLICT = "split-circle"
    DONE = "check-disc"
    DUE = "dot-ring"
    SOON = "ring"
    HELD = "pause-square"
    REFUSED = "slashed-ring"
    WAITING = "dashed-ring"
    NOT_COUNTED = "cross-disc"
    INFO = "info-ring"


def line_names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in (_FOLDER / "line").glob("*.svg")))


def shape_names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in (_FOLDER / "shape").glob("*.svg")))


def pixmap(name: str, colour: QColor, size: int, ratio: float) -> QPixmap:
    """A line icon or shape in one colour; knocked-out glyphs are transparent, so they take the fill behind."""
    return _pixmap(name, colour.rgba(), size, ratio)


def paint(painter: QPainter, name: str, rect: QRectF, colour: QColor) -> None:
    """Draw an icon centred in `rect` as a square of its smaller side."""
    side = int(min(rect.width(), rect.height()))
    drawn = pixmap(name, colour, side, painter.device().devicePixelRatio())
    corner = QPointF(rect.center().x() - side / 2, rect.center().y() - side / 2)
    painter.drawPixmap(corner, drawn)


@cache
def _source(name: str) -> tuple[str, str]:
    """The outline and the knocked-out glyph of an icon, as SVG texts without the closing tag."""
    path = _FOLDER / "line" / f"{name}.svg"
    if not path.exists():
        path = _FOLDER / "shape" / f"{name}.svg"
    head, found, glyph = path.read_text(encoding="ascii").partition('<g id="glyph"')
    opening = head[: head.index(">") + 1]
    return (head if found else head.replace("</svg>", ""), f"{opening}<g{glyph}".replace("</svg>", "") if found else "")


@cache
def _pixmap(name: str, rgba: int, size: int, ratio: float) -> QPixmap:
    outline, glyph = _source(name)
    colour = QColor.fromRgba(rgba)
    drawn = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(0, 0, size, size)
    _renderer(outline, colour).render(painter, area)
    if glyph:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
        _renderer(glyph, colour).render(painter, area)
    painter.end()
    return drawn


def _renderer(svg: str, colour: QColor) -> QSvgRenderer:
    return QSvgRenderer((svg.replace("currentColor", colour.name()) + "</svg>").encode())
