"""Rows of the dose timeline: time, rail with marker, person, words, state (mockup 01)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from clinicdesk.gui import icons
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.theme import Role, TextKind, paint, theme
from clinicdesk.gui.widgets.lists import RowDelegate
from clinicdesk.gui.widgets.people import Face, paint_face
from clinicdesk.gui.widgets.tags import Tag, paint_tag, tag_size

_TIME = 52
_RAIL = 24
_EDGE = 16


class Marker(StrEnum):
    """The circle on the rail."""

    NONE = ""
    DONE = "done"
    HELD = "held"
    DUE = "due"
    SOON = "soon"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One dose in time order, or the now line (`marker=NOW`, `text` is the word "now").

    `time` and `count` stand only on the first row of a time; `shape` replaces the photo for doses done.
    """

    id: str
    time: str = ""
    count: str = ""
    marker: Marker = Marker.NONE
    face: Face | None = None
    shape: Shape | None = None
    text: str = ""
    below: str = ""
    controlled: bool = False
    note: str = ""
    tag: Tag | None = None
    gap_above: int = 0


class TimelineDelegate(RowDelegate[TimelineRow]):
    """Done rows 40, due rows 44, the now row 24; names and drugs wrap, so a row grows rather than cuts."""

    hairlines = False

    def height(self, row: TimelineRow, width: int) -> int:
        look = theme()
        if row.marker is Marker.NOW:
            return look.height(24) + row.gap_above
        words = self._words_width(row, width)
        tall = paint.wrapped_height(row.text, TextKind.BODY, words)
        tall += paint.wrapped_height(row.below, TextKind.CAPTION, words - (20 if row.controlled else 0))
        return max(look.height(44 if row.face else 40, 2), tall + 8) + row.gap_above

    def paint_row(self, painter: QPainter, rect: QRectF, row: TimelineRow, *, selected: bool) -> None:
        look = theme()
        middle = rect.top() + row.gap_above + (rect.height() - row.gap_above) / 2
        rail = rect.left() + _EDGE + look.width(_TIME) + 6
        painter.fillRect(QRectF(rail - 1, rect.top(), 2, rect.height()), look.colour(Role.BORDER))
        if row.marker is Marker.NOW:
            self._now(painter, rect, row, rail, middle)
            return
        line = look.line(TextKind.BODY)
        top = middle - line
        if row.time:
            paint.text(painter, QRectF(rect.left() + _EDGE, top, look.width(_TIME), line), row.time, TextKind.LABEL)
            count = QRectF(rect.left() + _EDGE, top + line, look.width(_TIME), line)
            paint.text(painter, count, row.count, TextKind.CAPTION, Role.TEXT_SECONDARY)
        self._marker(painter, row.marker, QPointF(rail, top + line / 2))
        left = rail + _RAIL - 6
        spot = QRectF(left, middle - 16, 32, 32)
        if row.shape is not None:
            role = Role.WARNING if row.shape is Shape.HELD else Role.SUCCESS
            icons.paint(painter, row.shape.value, spot.adjusted(7, 7, -7, -7), look.colour(role))
        elif row.face is not None:
            paint_face(painter, spot, row.face)
        self._text(painter, rect, row, spot.right() + 12, middle)
        self._trailing(painter, rect, row, middle)

    def _now(self, painter: QPainter, rect: QRectF, row: TimelineRow, rail: float, middle: float) -> None:
        look = theme()
        accent = look.colour(Role.ACCENT)
        word = look.text_width(TextKind.CAPTION_STRONG, row.text)
        right = rect.right() - _EDGE - word
        painter.fillRect(QRectF(rail, middle - 1, right - 8 - rail, 2), accent)
        time = QRectF(rect.left() + _EDGE, middle - 10, look.width(_TIME), 20)
        paint.text(painter, time, row.time, TextKind.LABEL, accent)
        paint.text(painter, QRectF(right, middle - 10, word + 1, 20), row.text, TextKind.CAPTION_STRONG, accent)
        self._marker(painter, Marker.NOW, QPointF(rail, middle))

    def _marker(self, painter: QPainter, marker: Marker, at: QPointF) -> None:
        look = theme()
        circle = QRectF(at.x() - 6, at.y() - 6, 12, 12)
        match marker:
            case Marker.DONE | Marker.HELD | Marker.NOW:
                roles = {Marker.DONE: Role.SUCCESS, Marker.HELD: Role.WARNING, Marker.NOW: Role.ACCENT}
                paint.rounded(painter, circle, 6, fill=look.colour(roles[marker]))
            case Marker.DUE | Marker.SOON:
                role = Role.INFO if marker is Marker.DUE else Role.BORDER_CONTROL
                surface = look.colour(Role.SURFACE)
                paint.rounded(painter, circle, 6, fill=surface, border=look.colour(role), width=2)

    def _text(self, painter: QPainter, rect: QRectF, row: TimelineRow, left: float, middle: float) -> None:
        look = theme()
        width = self._words_width(row, int(rect.width()))
        inset = 20 if row.controlled else 0
        upper = paint.wrapped_height(row.text, TextKind.BODY, width)
        lower = paint.wrapped_height(row.below, TextKind.CAPTION, width - inset)
        top = middle - (upper + lower) / 2
        paint.wrapped(painter, QRectF(left, top, width, upper), row.text, TextKind.BODY, Role.TEXT)
        if row.controlled:
            mark = QRectF(left, top + upper + (look.line(TextKind.CAPTION) - 12) / 2, 12, 12)
            icons.paint(painter, Shape.CONTROLLED.value, mark, look.colour(Role.CONTROLLED))
        below = QRectF(left + inset, top + upper, width - inset, lower)
        paint.wrapped(painter, below, row.below, TextKind.CAPTION, Role.TEXT_SECONDARY)

    def _trailing(self, painter: QPainter, rect: QRectF, row: TimelineRow, middle: float) -> None:
        right = rect.right() - _EDGE
        if row.tag is not None:
            size = tag_size(theme(), row.tag)
            paint_tag(painter, QPointF(right - size.width(), middle - size.height() / 2), row.tag)
        elif row.note:
            wide = self._trailing_width(row)
            area = QRectF(right - wide, middle - 10, wide, 20)
            paint.text(painter, area, row.note, TextKind.CAPTION, Role.TEXT_SECONDARY, paint.Right)

    def _trailing_width(self, row: TimelineRow) -> int:
        if row.tag is not None:
            return tag_size(theme(), row.tag).width()
        return theme().text_width(TextKind.CAPTION, row.note) + 1 if row.note else 0

    def _words_width(self, row: TimelineRow, width: int) -> int:
        left = _EDGE + theme().width(_TIME) + _RAIL + 32 + 12
        return max(60, width - left - _EDGE - self._trailing_width(row) - 12)


def timeline_words(row: TimelineRow) -> str:
    """A row as assistive technology reads it."""
    parts = [row.time, row.text, row.below, row.tag.text if row.tag else "", row.note]
    return ", ".join(part for part in parts if part)
