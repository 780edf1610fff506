"""Room behind the last row while toasts stand over it, so that everything can be scrolled into sight (ux-spec 3)."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QObject, QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractItemView, QAbstractScrollArea, QScrollArea, QWidget

from clinicdesk.gui.widgets.content import ContentArea


class EndRoom:
    """Lets what scrolls under a cover go on until its end is above it; what fits stands as it stood."""

    def __init__(self) -> None:
        self._given: dict[int, _Longer] = {}

    def give(self, host: QWidget, cover: QRect) -> None:
        """`cover` in the host's coordinates; an empty one takes all room back."""
        found = {} if cover.isEmpty() else _covered(host, cover)
        for key in [key for key in self._given if key not in found]:
            self._given.pop(key).end()
        for key, (area, room) in found.items():
            if key not in self._given or not self._given[key].stands():
                self._given[key] = _Longer(area)
            self._given[key].add(room)


class _Longer(QObject):
    """A scroll bar that reaches further than what it scrolls, also when that changes."""

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area)
        self._area = area
        self._bar = area.verticalScrollBar()
        self._base = self._bar.maximum()
        self._room = 0
        self._policy = area.verticalScrollBarPolicy()
        if self._policy is Qt.ScrollBarPolicy.ScrollBarAsNeeded:
            # A bar that came and went with the range would change the width, and so the range again.
            area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._bar.rangeChanged.connect(self._on_range)

    def add(self, room: int) -> None:
        """`room` more than the content asks for."""
        if room != self._room and self.stands():
            self._room = room
            self._bar.setMaximum(self._base + room)

    def end(self) -> None:
        self._room = 0
        if self.stands():
            self._bar.rangeChanged.disconnect(self._on_range)
            self._bar.setMaximum(self._base)
            self._area.setVerticalScrollBarPolicy(self._policy)
            self.deleteLater()

    def stands(self) -> bool:
        """Whether what scrolls is there still: a page that was built anew took its lists with it."""
        return all(shiboken6.isValid(part) for part in (self, self._area, self._bar))

    def _on_range(self, _least: int, most: int) -> None:
        if most != self._base + self._room and self.stands():
            self._base = most
            self._bar.setMaximum(most + self._room)


def end_of_rows(view: QAbstractItemView) -> int:
    """Where the last row ends when nothing is scrolled, in the viewport's coordinates."""
    model = view.model()
    last = model.index(model.rowCount() - 1, 0)
    return view.visualRect(last).bottom() + 1 + view.verticalScrollBar().value() if last.isValid() else 0


def _covered(host: QWidget, cover: QRect) -> dict[int, tuple[QAbstractScrollArea, int]]:
    """What scrolls and ends under the cover, and how much further it has to go."""
    found: dict[int, tuple[QAbstractScrollArea, int]] = {}
    for area in host.findChildren(QAbstractScrollArea):
        viewport = area.viewport()
        shown = QRect(viewport.mapTo(host, QPoint(0, 0)), viewport.size())
        if not area.isVisible() or not shown.intersects(cover):
            continue
        scrolls = area.verticalScrollBar().maximum() > 0
        longer: QAbstractScrollArea = area
        if isinstance(area, QAbstractItemView):
            end = min(shown.bottom(), shown.top() + end_of_rows(area))
            longer = area if scrolls else _page_around(area, host) or area
        else:
            # A page that fits fills its area: where its content ends is not to be told, and nothing scrolls.
            end = shown.bottom() if scrolls else 0
        room = end - cover.top() + 1
        key = shiboken6.getCppPointer(longer)[0]
        if room > 0 and room > found.get(key, (longer, 0))[1]:
            found[key] = (longer, room)
    return found


def _page_around(view: QAbstractItemView, host: QWidget) -> QScrollArea | None:
    """The page that scrolls a list which shows all its rows."""
    around = view.parentWidget()
    while around is not None and around is not host:
        if isinstance(around, QScrollArea) and not isinstance(around, ContentArea):
            return around
        around = around.parentWidget()
    return None
