"""The area a screen lives in: as large as the window allows, scrolling only when the screen cannot be smaller."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QWidget

from clinicdesk.gui.theme import theme


class ContentArea(QScrollArea):
    """Gives its widget the room there is, but never less than its least size: nothing is clipped at 200 % text."""

    def __init__(self, inner: QWidget, least: QSize = QSize(200, 120)) -> None:  # noqa: B008  # never changed
        super().__init__()
        self.setObjectName("contentArea")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        # A viewport of our own: to wrap Qt's, the binding would load every class of widget there is.
        viewport = QWidget()
        self.setViewport(viewport)
        viewport.setAutoFillBackground(False)
        self._inner = inner
        self._least = least
        self.setWidget(inner)
        inner.setAutoFillBackground(False)
        inner.installEventFilter(self)
        theme().changed.connect(self.fit)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._inner and event.type() == QEvent.Type.LayoutRequest:
            self.fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def minimumSizeHint(self) -> QSize:
        return self._least

    def sizeHint(self) -> QSize:
        return self._inner.sizeHint()

    def fit(self) -> None:
        """Size the screen to the viewport, expanded to what it needs at that width."""
        room = self.maximumViewportSize()
        least = self._inner.minimumSizeHint().expandedTo(self._inner.minimumSize())
        width = max(room.width(), least.width())
        height = max(room.height(), least.height(), self._least_height(width))
        bar = self.verticalScrollBar().sizeHint().width()
        if height > room.height() and width <= room.width():
            # The bar takes room from the width, which may make the text taller.
            width = max(room.width() - bar, least.width())
            height = max(room.height(), least.height(), self._least_height(width))
        self._inner.resize(width, height)

    def _least_height(self, width: int) -> int:
        layout = self._inner.layout()
        if isinstance(layout, QStackedLayout):
            # A stack tells what its pages would like to have, not what the shown one needs.
            shown = layout.currentWidget()
            layout = None if shown is None else shown.layout()
        return layout.minimumHeightForWidth(width) if layout is not None and layout.hasHeightForWidth() else 0
