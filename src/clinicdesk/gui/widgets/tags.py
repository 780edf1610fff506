"""State tags, identity badges and count badges: word, shape and colour together (ux-spec 1.7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clinicdesk.gui import icons
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.theme import Role, TextKind, Theme, Tone, paint, theme
from clinicdesk.gui.theme.metrics import RADIUS_FIELD
from clinicdesk.gui.widgets.layout import FlowLayout, clear
from clinicdesk.gui.widgets.naming import reveal

_HEIGHT: Final = 24
_SHAPE: Final = 14


@dataclass(frozen=True, slots=True)
class Tag:
    """A state in a word, its tone and its shape. `bordered` is for calm states ("Soon"); `plain` has no fill."""

    text: str
    tone: Tone = Tone.NEUTRAL
    shape: Shape | None = None
    icon: str = ""
    bordered: bool = False
    plain: bool = False


def tag_size(look: Theme, tag: Tag) -> QSize:
    mark = _shape_side(look) + 5 if tag.shape or tag.icon else 2
    sides = 0 if tag.plain else 14
    width = sides + mark + look.text_width(TextKind.CAPTION_STRONG, tag.text)
    return QSize(width, max(_HEIGHT, look.line(TextKind.CAPTION) + 6))


def paint_tag(painter: QPainter, left_top: QPointF, tag: Tag) -> None:
    """Draw a tag; delegates use it too."""
    look = theme()
    size = tag_size(look, tag)
    rect = QRectF(left_top.x(), left_top.y(), size.width(), size.height())
    if tag.bordered:
        border = look.colour(Role.BORDER_CONTROL)
        paint.rounded(painter, rect, RADIUS_FIELD, fill=look.colour(Role.SURFACE), border=border)
    elif not tag.plain:
        paint.rounded(painter, rect, RADIUS_FIELD, fill=look.colour(tag.tone.fill))
    colour = look.colour(tag.tone.text)
    left = rect.left() + (0 if tag.plain else 6)
    mark = tag.shape.value if tag.shape else tag.icon
    if mark:
        side = _shape_side(look)
        icons.paint(painter, mark, QRectF(left, rect.center().y() - side / 2, side, side), colour)
        left += side + 5
    else:
        left += 2
    words = QRectF(left, rect.top(), rect.right() - left, rect.height())
    paint.text(painter, words, tag.text, TextKind.CAPTION_STRONG, colour)


class StateTag(QWidget):
    """A tag as a widget."""

    def __init__(self, tag: Tag, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tag = tag
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tag.text)

    def tag(self) -> Tag:
        return self._tag

    def set_tag(self, tag: Tag) -> None:
        self._tag = tag
        self.setAccessibleName(tag.text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return tag_size(theme(), self._tag)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_tag(QPainter(self), QPointF(0, 0), self._tag)


def allergy_badge(text: str) -> Tag:
    """Identity badge "Peanut: anaphylaxis"."""
    return Tag(text, Tone.DANGER, Shape.ALLERGY)


def plan_badge(text: str) -> Tag:
    """A plan for a life-threatening condition."""
    return Tag(text, Tone.DANGER, Shape.PLAN)


def controlled_badge(text: str) -> Tag:
    return Tag(text, Tone.CONTROLLED, Shape.CONTROLLED)


def overdue_badge(text: str) -> Tag:
    return Tag(text, Tone.DANGER, Shape.OVERDUE)


def consent_badge(text: str) -> Tag:
    return Tag(text, Tone.DANGER, Shape.CONSENT_MISSING)


def unasked_badge(text: str) -> Tag:
    """What nobody has asked yet, which is not the same as none."""
    return Tag(text, Tone.WARNING, Shape.WAITING)


def cleared_badge(text: str) -> Tag:
    """An explicit, dated "No known allergies"."""
    return Tag(text, Tone.SUCCESS, Shape.DONE)


class TagRow(QWidget):
    """Badges that wrap onto further lines."""

    def __init__(self, tags: Sequence[Tag] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_tags(tags)

    def set_tags(self, tags: Sequence[Tag]) -> None:
        clear(self._flow)
        for tag in tags:
            self._flow.addWidget(StateTag(tag, self))
        self.setAccessibleName(", ".join(tag.text for tag in tags))
        reveal(self, bool(tags))
        self.updateGeometry()


class CountBadge(QWidget):
    """A number in a small box: neutral, or warning when someone must act. Hidden at zero."""

    def __init__(self, count: int = 0, *, act: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._act = act
        self._count = count
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_count(count)

    def count(self) -> int:
        return self._count

    def set_count(self, count: int) -> None:
        self._count = count
        self.setAccessibleName(str(count))
        reveal(self, count > 0)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return count_size(theme(), self._count)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_count(QPainter(self), QRectF(self.rect()), self._count, act=self._act)


def count_size(look: Theme, count: int) -> QSize:
    width = look.text_width(TextKind.CAPTION_STRONG, str(count)) + 12
    return QSize(max(22, width), max(20, look.line(TextKind.CAPTION) + 2))


def paint_count(painter: QPainter, rect: QRectF, count: int, *, act: bool) -> None:
    look = theme()
    tone = Tone.WARNING if act else Tone.NEUTRAL
    paint.rounded(painter, rect, RADIUS_FIELD, fill=look.colour(tone.fill))
    paint.text(painter, rect, str(count), TextKind.CAPTION_STRONG, tone.text, paint.Centre)


def _shape_side(look: Theme) -> int:
    return max(_SHAPE, round(_SHAPE * look.look.text_scale))
