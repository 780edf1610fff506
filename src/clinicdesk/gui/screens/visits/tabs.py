"""The tabs of the open visits: photograph or initials, the name, and the minutes in a tag (mockup 03)."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPixmap

from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.people import face_of
from clinicdesk.gui.theme import Tone, theme
from clinicdesk.gui.widgets.people import paint_face
from clinicdesk.gui.widgets.tabs import TabBar
from clinicdesk.gui.widgets.tags import Tag, paint_tag, tag_size
from clinicdesk.i18n import tr
from clinicdesk.presentation.visits.tabs import TabLook

_FACE, _EDGE, _GAP = 24, 12, 8
_MOST_SCALE = 1.25


class VisitTabs(TabBar):
    """One tab per open visit; `picked` carries its key."""

    def __init__(self) -> None:
        super().__init__("visit.tabs", tr("Open visits"))
        self._looks: tuple[TabLook, ...] = ()
        self._private = False
        # The style leaves room for an icon; the picture itself is painted over it, in the colours of the moment.
        room = QPixmap(20, 20)
        room.fill(Qt.GlobalColor.transparent)
        self._room = QIcon(room)

    def show_tabs(self, looks: tuple[TabLook, ...], current: str, *, private: bool) -> None:
        self.blockSignals(True)
        same = [look.key for look in looks] == [look.key for look in self._looks]
        if looks != self._looks or private != self._private:
            self._looks, self._private = looks, private
            while not same and self.count():
                self.removeTab(0)
            for at, look in enumerate(looks):
                if not same:
                    self.setTabData(self.addTab(self._room, ""), look.key)
                self.setTabText(at, look.words.replace("&", "&&"))
                # Large text needs the room of the small picture.
                self.setTabIcon(at, self._room if _pictured() else QIcon())
                self.setAccessibleTabName(at, f"{look.words}, {look.state}")
            self.updateGeometry()
            self.update()
        keys = [look.key for look in looks]
        if current in keys:
            self.setCurrentIndex(keys.index(current))
        self.blockSignals(False)

    def tabSizeHint(self, index: int) -> QSize:
        made = super().tabSizeHint(index)
        if index >= len(self._looks):
            return made
        return QSize(made.width() + _GAP + tag_size(theme(), _tag(self._looks[index])).width(), made.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for at, look in enumerate(self._looks[: self.count()]):
            tab = QRectF(self.tabRect(at))
            middle = tab.center().y()
            if _pictured():
                face = face_of(look.student, look.name, look.photo, private=self._private)
                paint_face(painter, QRectF(tab.left() + _EDGE - 2, middle - _FACE / 2, _FACE, _FACE), face)
            tag = _tag(look)
            size = tag_size(theme(), tag)
            paint_tag(painter, QPointF(tab.right() - _EDGE - size.width(), middle - size.height() / 2), tag)


def _pictured() -> bool:
    return theme().look.text_scale <= _MOST_SCALE


def _tag(look: TabLook) -> Tag:
    if not look.tone:
        return Tag(look.state)
    return Tag(look.state, Tone(look.tone), Shape.OVERDUE)
