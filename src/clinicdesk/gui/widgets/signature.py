"""A pad that records a signature as strokes (x, y, pressure, t), with a typed alternative (ux-spec 7.7)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTabletEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from clinicdesk.gui import icons
from clinicdesk.gui.theme import Role, TextKind, paint, theme
from clinicdesk.gui.theme.metrics import RADIUS_FIELD
from clinicdesk.gui.theme.tokens import LIGHT
from clinicdesk.gui.widgets.naming import announce, name
from clinicdesk.i18n import plural, tr


@dataclass(frozen=True, slots=True)
class StrokePoint:
    """One sample: place in the pad at 100 %, pressure 0-1 (mouse: 0.5), milliseconds since the first point."""

    x: float
    y: float
    pressure: float
    t: int


Stroke = tuple[StrokePoint, ...]


class SignaturePad(QWidget):
    """Pen or mouse strokes on a line; Backspace takes the last stroke back, Delete clears.

    A typed name or a witnessed mark is the form's own alternative; `set_typed` shows it on the same line.
    """

    signed = Signal(bool)

    def __init__(self, object_name: str, accessible: str, seconds: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._seconds = seconds
        self._strokes: list[Stroke] = []
        self._current: list[StrokePoint] = []
        self._typed = ""
        self._began: float | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        name(self, object_name, accessible, tr("Sign with the pen or a finger, or type the name instead."))

    def strokes(self) -> tuple[Stroke, ...]:
        return tuple(self._strokes)

    def typed(self) -> str:
        return self._typed

    def is_signed(self) -> bool:
        return bool(self._strokes) or bool(self._typed.strip())

    def set_typed(self, text: str) -> None:
        """Sign by a typed name; strokes go."""
        self._typed = text
        self._strokes.clear()
        self._changed()

    def undo_stroke(self) -> None:
        if self._strokes:
            self._strokes.pop()
            self._changed()

    def clear(self) -> None:
        self._strokes.clear()
        self._typed = ""
        self._began = None
        self._changed()

    def image(self, ratio: float = 2.0) -> QImage:
        """The signature alone, dark on transparent, for the sealed document."""
        drawn = QImage((self.size().toSizeF() * ratio).toSize(), QImage.Format.Format_ARGB32_Premultiplied)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        self._draw(painter, QColor(LIGHT[Role.TEXT]))
        painter.end()
        return drawn

    def sizeHint(self) -> QSize:
        return QSize(568, 232)

    def minimumSizeHint(self) -> QSize:
        return QSize(480, 160)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        fill, border = look.colour(Role.SURFACE), look.colour(Role.BORDER_CONTROL)
        paint.rounded(painter, self.rect(), RADIUS_FIELD, fill=fill, border=border)
        base = self._base_line()
        painter.fillRect(QRectF(32, base, self.width() - 64, 1), look.colour(Role.BORDER_CONTROL))
        icons.paint(painter, "cross", QRectF(34, base - 24, 16, 16), look.colour(Role.TEXT_SECONDARY))
        self._draw(painter, look.colour(Role.TEXT))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin(event.position(), 0.5)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._current:
            self._add(event.position(), 0.5)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._end()

    def tabletEvent(self, event: QTabletEvent) -> None:
        match event.type():
            case QEvent.Type.TabletPress:
                self._begin(event.position(), event.pressure())
            case QEvent.Type.TabletMove if self._current:
                self._add(event.position(), event.pressure())
            case QEvent.Type.TabletRelease:
                self._end()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Backspace:
                self.undo_stroke()
            case Qt.Key.Key_Delete:
                self.clear()
            case _:
                super().keyPressEvent(event)

    def _base_line(self) -> float:
        return self.height() - max(40.0, self.height() * 0.28)

    def _begin(self, at: QPointF, pressure: float) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._typed = ""
        if self._began is None:
            self._began = self._seconds()
        self._current = []
        self._add(at, pressure)

    def _add(self, at: QPointF, pressure: float) -> None:
        began = self._began if self._began is not None else self._seconds()
        elapsed = round((self._seconds() - began) * 1000)
        inside = QPointF(min(max(at.x(), 0), self.width()), min(max(at.y(), 0), self.height()))
        self._current.append(StrokePoint(round(inside.x(), 1), round(inside.y(), 1), round(pressure, 3), elapsed))
        self.update()

    def _end(self) -> None:
        if self._current:
            self._strokes.append(tuple(self._current))
            self._current = []
            self._changed()

    def _changed(self) -> None:
        self.update()
        words = plural("{count} stroke", "{count} strokes", len(self._strokes))
        announce(self, tr("Signed: {what}", what=self._typed or words) if self.is_signed() else tr("Not signed"))
        self.signed.emit(self.is_signed())

    def _draw(self, painter: QPainter, ink: QColor) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._typed:
            font = QFont(theme().font(TextKind.METRIC))
            font.setItalic(True)
            painter.setFont(font)
            painter.setPen(ink)
            area = QRectF(60, self._base_line() - 60, self.width() - 100, 56)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom), self._typed)
            return
        for stroke in (*self._strokes, tuple(self._current)):
            _draw_stroke(painter, stroke, ink)


def _draw_stroke(painter: QPainter, stroke: Stroke, ink: QColor) -> None:
    if not stroke:
        return
    path = QPainterPath(QPointF(stroke[0].x, stroke[0].y))
    for before, after in pairwise(stroke):
        middle = QPointF((before.x + after.x) / 2, (before.y + after.y) / 2)
        path.quadTo(QPointF(before.x, before.y), middle)
    path.lineTo(stroke[-1].x, stroke[-1].y + (0.1 if len(stroke) == 1 else 0))
    width = 1.2 + 2.4 * sum(point.pressure for point in stroke) / len(stroke)
    pen = QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
