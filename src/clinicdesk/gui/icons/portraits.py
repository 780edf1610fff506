"""Drawn placeholder portraits, the same for the same person each time (D64), and initials where none is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPixmap

from clinicdesk.gui.theme.tokens import PORTRAIT


@dataclass(frozen=True, slots=True)
class _Face:
    ground: QColor
    skin: QColor
    hair: QColor
    shirt: QColor
    style: int


def portrait(person: str, size: int, ratio: float) -> QPixmap:
    """A square drawing for an opaque id; nothing of the person goes into it."""
    return _portrait(person, size, ratio)


def paint_portrait(painter: QPainter, person: str, rect: QRectF, radius: float) -> None:
    path = QPainterPath()
    path.addRoundedRect(rect, radius, radius)
    painter.save()
    painter.setClipPath(path)
    painter.drawPixmap(rect.topLeft(), portrait(person, int(rect.width()), painter.device().devicePixelRatio()))
    painter.restore()


def _face(person: str) -> _Face:
    # Imported here: the locked card shows no portraits, and the hash modules cost 15 ms of the start.
    import hashlib

    seed = hashlib.blake2b(person.encode(), digest_size=8).digest()

    def pick(colours: tuple[str, ...], at: int) -> QColor:
        return QColor(colours[seed[at] % len(colours)])

    skin = seed[1] % len(PORTRAIT.skins)
    # Fair hair goes with the lighter skins only, so that drawn faces look like faces.
    hairs = PORTRAIT.hairs if skin < 3 else PORTRAIT.hairs[:3]
    return _Face(
        ground=pick(PORTRAIT.grounds, 0),
        skin=QColor(PORTRAIT.skins[skin]),
        hair=QColor(hairs[seed[2] % len(hairs)]),
        shirt=pick(PORTRAIT.shirts, 3),
        style=seed[4] % 6,
    )


@cache
def _portrait(person: str, size: int, ratio: float) -> QPixmap:
    face = _face(person)
    drawn = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(face.ground)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.scale(size / 64, size / 64)
    _back_hair(painter, face)
    painter.setBrush(face.shirt)
    shoulders = QPainterPath(QPointF(10, 66))
    shoulders.cubicTo(11, 53, 20, 49, 32, 49)
    shoulders.cubicTo(44, 49, 53, 53, 54, 66)
    painter.drawPath(shoulders)
    painter.setBrush(face.skin.darker(108))
    painter.drawRoundedRect(QRectF(26.5, 40, 11, 14), 5, 5)
    painter.setBrush(face.skin)
    painter.drawEllipse(QRectF(20, 17, 24, 29))
    _front_hair(painter, face)
    painter.end()
    return drawn


def _back_hair(painter: QPainter, face: _Face) -> None:
    painter.setBrush(face.hair)
    match face.style:
        case 1:
            painter.drawRoundedRect(QRectF(17, 14, 30, 38), 13, 13)
        case 2:
            painter.drawEllipse(QRectF(15, 10, 34, 30))
        case 3:
            painter.drawEllipse(QRectF(25.5, 4.5, 13, 13))
        case 4:
            painter.drawRoundedRect(QRectF(14.5, 11, 35, 45), 16, 16)
        case _:
            return


def _front_hair(painter: QPainter, face: _Face) -> None:
    painter.setBrush(face.hair)
    hair = QPainterPath()
    match face.style:
        case 4:  # a head scarf frames the face
            frame = QPainterPath()
            frame.addRoundedRect(QRectF(15.5, 12, 33, 40), 15, 15)
            face_hole = QPainterPath()
            face_hole.addEllipse(QRectF(21.5, 19, 21, 26))
            hair = frame.subtracted(face_hole)
        case 5:  # a side parting
            hair.moveTo(18.5, 31)
            hair.cubicTo(16, 18, 24, 11, 33, 12)
            hair.cubicTo(42, 12.5, 47, 19, 45, 31)
            hair.cubicTo(43.5, 26, 41, 22.5, 37, 20.5)
            hair.cubicTo(31, 25, 22, 24, 18.5, 31)
        case _:
            hair.moveTo(18.7, 32)
            hair.cubicTo(15.5, 17, 23, 11, 32, 11)
            hair.cubicTo(41, 11, 48.5, 17, 45.3, 32)
            hair.cubicTo(44.5, 26, 42, 22, 38, 21)
            hair.cubicTo(34, 22.5, 28, 22.5, 25, 21)
            hair.cubicTo(22, 22, 19.5, 26, 18.7, 32)
    painter.drawPath(hair)


def initials(name: str) -> str:
    """First letters of the first and the last word: "Renata Olszewski" gives RO."""
    words = [word for word in name.split() if word[:1].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()
