"""Photos, person rows and the student header that keeps identity in sight (ux-spec 1.5)."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPainterPath, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from clinicdesk.gui.icons.portraits import initials, paint_portrait
from clinicdesk.gui.theme import Role, TextKind, paint, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_4, RADIUS_CARD, RADIUS_FIELD
from clinicdesk.gui.widgets.cards import Surface
from clinicdesk.gui.widgets.layout import STRETCH, column, row
from clinicdesk.gui.widgets.tags import Tag, TagRow
from clinicdesk.gui.widgets.text import Label, Paragraph


@dataclass(frozen=True, slots=True)
class Face:
    """Where a picture comes from: a real photo, a drawn portrait for `person`, or the initials of `name`."""

    person: str = ""
    name: str = ""
    photo: QPixmap | None = None


def paint_face(painter: QPainter, rect: QRectF, face: Face, fill: Role = Role.SUNKEN) -> None:
    """Clipped with radius 4, or 8 for pictures above 64 px."""
    radius = RADIUS_CARD if rect.width() > 64 else RADIUS_FIELD
    look = theme()
    if face.photo is not None and not face.photo.isNull():
        path = QPainterPath()
        path.addRoundedRect(rect, radius, radius)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setClipPath(path)
        painter.drawPixmap(rect, face.photo, QRectF(face.photo.rect()))
        painter.restore()
    elif face.person:
        paint_portrait(painter, face.person, rect, radius)
    else:
        paint.rounded(painter, rect, radius, fill=look.colour(fill))
        kind = TextKind.TITLE if rect.width() > 64 else TextKind.CAPTION_STRONG
        _paint_initials(painter, rect, initials(face.name), kind)


def _paint_initials(painter: QPainter, rect: QRectF, letters: str, kind: TextKind) -> None:
    """The picture does not grow with the text, so large letters shrink to stand inside it."""
    font = QFont(theme().font(kind))
    wide = theme().text_width(kind, letters)
    if wide > rect.width() - 8:
        font.setPointSizeF(font.pointSizeF() * (rect.width() - 8) / wide)
    painter.setFont(font)
    painter.setPen(theme().colour(Role.TEXT))
    painter.drawText(rect, int(paint.Centre) | int(Qt.TextFlag.TextSingleLine), letters)


class Portrait(QWidget):
    """A photo, drawing or initials in a square of fixed size."""

    def __init__(self, face: Face, side: int = 32, *, fill: Role = Role.SUNKEN) -> None:
        super().__init__()
        self._face = face
        self._side = side
        self._fill = fill
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(face.name)

    def set_face(self, face: Face) -> None:
        self._face = face
        self.setAccessibleName(face.name)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_face(painter, QRectF(self.rect()), self._face, self._fill)


class PersonRow(QWidget):
    """Photo 32, name over a caption. The name wraps, it never elides."""

    def __init__(self, face: Face, person_name: str, caption: str, *trailing: QWidget, side: int = 32) -> None:
        super().__init__()
        self.portrait = Portrait(face, side)
        self.person_name = Paragraph(person_name, TextKind.BODY_MEDIUM, least_width=90)
        self.caption = Label(caption, TextKind.CAPTION, Role.TEXT_SECONDARY, elide=True)
        words = column(STRETCH, self.person_name, self.caption, STRETCH, gap=0)
        line = row(self.portrait, gap=GAP_3)
        line.addLayout(words, 1)
        for widget in trailing:
            line.addWidget(widget)
        self.setLayout(line)

    def set_person(self, face: Face, person_name: str, caption: str) -> None:
        self.portrait.set_face(face)
        self.person_name.set_text(person_name)
        self.caption.setText(caption)


@dataclass(frozen=True, slots=True)
class StudentIdentity:
    """What identifies a student on every screen: two identifiers at least, and what threatens her life."""

    student_id: str
    preferred_name: str
    birth_and_age: str
    details: str
    legal_name: str = ""
    badges: tuple[Tag, ...] = ()
    photo: QPixmap | None = None

    @property
    def face(self) -> Face:
        return Face(self.student_id, self.preferred_name, self.photo)


class StudentHeader(Surface):
    """Sticky identity of a student-bound screen: photo 84 in the chart, 52 in working screens.

    Large: badges below the lines, actions at the right of the name. Working: badges and actions at the right.
    """

    def __init__(self, identity: StudentIdentity, *actions: QWidget, large: bool = False, line: bool = True) -> None:
        super().__init__(Role.SURFACE, ("bottom",) if line else ())
        self.setObjectName("studentHeader")
        self._large = large
        self._portrait = Portrait(identity.face, 84 if large else 52)
        self._name = Paragraph("", TextKind.TITLE, least_width=150, whole_words=True)
        self._birth = Label("", TextKind.LABEL)
        self._details = Label("", TextKind.BODY, Role.TEXT_SECONDARY, elide=True)
        self._badges = TagRow()
        second = row(self._birth, self._details, gap=GAP_2)
        second.setStretchFactor(self._details, 1)
        if large:
            top = row(gap=GAP_2)
            top.addWidget(self._name, 1, Qt.AlignmentFlag.AlignVCenter)
            for action in actions:
                top.addWidget(action)
            words = column(top, second, self._badges, gap=6)
            margins = (24, GAP_4, 24, GAP_3)
        else:
            words = column(STRETCH, self._name, second, STRETCH, gap=2)
            margins = (24, GAP_3, 24, GAP_3)
        line_out = row(self._portrait, gap=GAP_4 if large else GAP_3, margins=margins)
        self._beside = row(words, gap=GAP_3)
        self._beside.setStretch(0, 1)
        line_out.addLayout(self._beside, 1)
        if not large:
            self._beside.addWidget(self._badges, 1, Qt.AlignmentFlag.AlignVCenter)
            for action in actions:
                line_out.addWidget(action)
        self.setLayout(line_out)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.set_identity(identity)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Badges go below the words where there is no room beside them, so that no screen scrolls sideways."""
        super().resizeEvent(event)
        narrow = not self._large and event.size().width() < theme().width(560)
        self._beside.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    def set_identity(self, identity: StudentIdentity) -> None:
        self._portrait.set_face(identity.face)
        self._name.set_text(identity.preferred_name)
        self._birth.setText(identity.birth_and_age)
        legal = f" · {identity.legal_name}" if identity.legal_name else ""
        self._details.setText(f"{identity.details}{legal}")
        self._badges.set_tags(identity.badges)
        spoken = [identity.preferred_name, identity.birth_and_age, identity.details]
        self.setAccessibleName(", ".join([*spoken, *(badge.text for badge in identity.badges)]))
