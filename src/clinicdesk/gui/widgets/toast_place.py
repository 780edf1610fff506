"""Where toasts may stand: never over the row a person works on nor over the buttons of a main action.

Over other rows only where there is no place else; those can be scrolled out from under them (`end_room`).
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QAbstractItemView, QApplication, QPushButton, QWidget

from clinicdesk.gui.theme.metrics import GAP_2, GAP_4, GAP_6
from clinicdesk.gui.widgets.end_room import end_of_rows
from clinicdesk.gui.widgets.fields import Field


def kept_clear(host: QWidget, toasts: QWidget) -> list[QRect]:
    """What must stay in sight, in the host's coordinates: the focus, and each row of buttons with a main action.

    A field that is typed in stays in sight with its label and what is wrong with it.
    """
    found = []
    focus = QApplication.focusWidget()
    if focus is not None and host.isAncestorOf(focus) and not toasts.isAncestorOf(focus) and focus.isVisible():
        around = focus.parentWidget()
        seen = around if isinstance(around, Field) else focus
        found.append(_within(host, seen, _focused_part(seen)))
    main = (button for button in host.findChildren(QPushButton) if button.property("kind") == "primary")
    found.extend(_action_row(host, button) for button in main if button.isVisible())
    return [area for area in found if not area.isEmpty()]


def rows_in_sight(host: QWidget, toasts: QWidget) -> list[QRect]:
    """Where rows of lists and tables stand, in the host's coordinates."""
    found = []
    for view in host.findChildren(QAbstractItemView):
        if view.isVisible() and not toasts.isAncestorOf(view):
            tall = min(view.viewport().height(), end_of_rows(view) - view.verticalScrollBar().value())
            area = QRect(view.viewport().pos(), QSize(view.viewport().width(), max(0, tall)))
            found.append(_within(host, view, area))
    return [area for area in found if not area.isEmpty()]


def place(size: QSize, room: QSize, keep: Iterable[QRect], rather: Iterable[QRect] = ()) -> QPoint:
    """Bottom left, 16 in and 24 up; higher, then to the right, where that would cover something kept clear.

    What they should `rather` not cover either is covered only where the lower half has no other place for them.
    """
    keep, rather = tuple(keep), tuple(rather)
    home = QPoint(GAP_4, room.height() - size.height() - GAP_6)
    free = _free(home, size, room.width(), (*keep, *rather), room.height() // 2) if rather else None
    return free or _free(home, size, room.width(), keep, 0) or home


def _free(home: QPoint, size: QSize, wide: int, keep: tuple[QRect, ...], highest: int) -> QPoint | None:
    for left in (GAP_4, max(GAP_4, wide - size.width() - GAP_4)):
        at = QRect(QPoint(left, home.y()), size)
        while at.top() >= highest:
            covered = next((area for area in keep if area.intersects(at)), None)
            if covered is None:
                return at.topLeft()
            at.moveTop(covered.top() - size.height() - GAP_2)
    return None


def _focused_part(focus: QWidget) -> QRect:
    """The current row of a list; a whole field otherwise."""
    if isinstance(focus, QAbstractItemView):
        row = focus.visualRect(focus.currentIndex())
        return row.translated(focus.viewport().pos()) if row.isValid() else QRect()
    return focus.rect()


def _action_row(host: QWidget, button: QPushButton) -> QRect:
    """The button with its neighbours of the same row; the whole bar where they have one to themselves."""
    area = QRect(button.mapTo(host, QPoint(0, 0)), button.size())
    parent = button.parentWidget()
    if parent is not None and parent.height() <= 2 * button.height():
        area = QRect(parent.mapTo(host, QPoint(0, 0)), parent.size())
    for other in parent.findChildren(QPushButton) if parent is not None else ():
        beside = QRect(other.mapTo(host, QPoint(0, 0)), other.size())
        if other.isVisible() and beside.top() <= area.center().y() <= beside.bottom():
            area = area.united(beside)
    return area.intersected(_seen(host, button)).adjusted(-4, -4, 4, 4)


def _within(host: QWidget, widget: QWidget, area: QRect) -> QRect:
    shown = QRect(widget.mapTo(host, area.topLeft()), area.size())
    return shown.intersected(_seen(host, widget))


def _seen(host: QWidget, widget: QWidget) -> QRect:
    """What of the host shows where the widget stands: what is scrolled away is covered by nothing."""
    area = host.rect()
    around = widget.parentWidget()
    while around is not None and around is not host:
        area = area.intersected(QRect(around.mapTo(host, QPoint(0, 0)), around.size()))
        around = around.parentWidget()
    return area
