"""One ring per window that follows the focus from outside: 2 px, 2 px gap, along the radius of the widget."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QAbstractScrollArea, QApplication, QTabBar, QWidget

from clinicdesk.gui.theme import paint
from clinicdesk.gui.theme.metrics import RADIUS_FIELD, RING_REACH

_FOLLOWED = {
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.ZOrderChange,
    QEvent.Type.ParentChange,
}


class FocusRing(QWidget):
    """Painted above its siblings in the window, or in the viewport of the scroll area around the widget.

    A widget says by the property `ring` (int) the radius of its own border, or "none" if it draws its focus itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("focusRing")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        self._target: QWidget | None = None
        self._watched: list[QWidget] = []

    def follow(self, target: QWidget | None) -> None:
        """Move to a widget; None takes the ring away."""
        for watched in self._watched:
            if shiboken6.isValid(watched):
                watched.removeEventFilter(self)
        self._watched = []
        self._target = target if target is not None and _wants_ring(target) else None
        if self._target is None:
            self.hide()
            self.setParent(None)
            return
        host = _host_of(self._target)
        self.setParent(host)
        widget: QWidget | None = self._target
        while widget is not None and widget is not host:
            widget.installEventFilter(self)
            self._watched.append(widget)
            widget = widget.parentWidget()
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _FOLLOWED:
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        radius = self._target.property("ring") if self._target is not None else None
        corner = radius if isinstance(radius, int) else RADIUS_FIELD
        paint.ring(QPainter(self), self.rect(), corner + RING_REACH)

    def _place(self) -> None:
        target = self._target
        host = self.parentWidget()
        if target is None or host is None or not shiboken6.isValid(target) or not target.isVisibleTo(host):
            self.hide()
            return
        corner = target.mapTo(host, target.rect().topLeft())
        area = QRect(corner, target.size()).adjusted(-RING_REACH, -RING_REACH, RING_REACH, RING_REACH)
        if area != self.geometry():
            self.setGeometry(area)
        self.raise_()
        self.show()


class FocusRings(QObject):
    """Keeps one ring at the focus of the application."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._ring = FocusRing()
        app.focusChanged.connect(self._on_focus_changed)
        app.aboutToQuit.connect(self._on_quit)

    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        if not shiboken6.isValid(self._ring):
            # The window that held the ring is gone, and the ring with it.
            self._ring = FocusRing()
        self._ring.follow(new)

    def _on_quit(self) -> None:
        if shiboken6.isValid(self._ring):
            self._ring.follow(None)


def _wants_ring(widget: QWidget) -> bool:
    if widget.property("ring") == "none" or isinstance(widget, QTabBar) or widget.isWindow():
        return False
    if isinstance(widget, QAbstractItemView):
        return not widget.currentIndex().isValid()
    return True


def _host_of(widget: QWidget) -> QWidget:
    """The viewport of the nearest scroll area around the widget, else its window."""
    inner, outer = widget, widget.parentWidget()
    while outer is not None:
        if isinstance(outer, QAbstractScrollArea) and inner is outer.viewport():
            return inner
        if inner.isWindow():
            return inner
        inner, outer = outer, outer.parentWidget()
    return inner
