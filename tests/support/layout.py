"""Finds text that is cut and controls that overlap, at any scale, theme and language."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QStackedLayout,
    QWidget,
)

from clinicdesk.gui.widgets.focus_ring import FocusRing
from clinicdesk.gui.widgets.notices import Toast, ToastLine
from clinicdesk.gui.widgets.text import Paragraph

_SLACK = 1
_READ_OR_PRESSED = (QLabel, Paragraph, QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QAbstractItemView)


def clipped(window: QWidget) -> list[str]:
    """Visible widgets that are smaller than they must be to show all of their text."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisibleTo(window) or _is_machinery(widget):
            continue
        needed = widget.minimumSizeHint()
        if isinstance(widget, QLabel | QAbstractButton | Paragraph) or widget.layout() is not None:
            width, height = needed.width(), needed.height()
            layout = widget.layout()
            if isinstance(layout, QStackedLayout):
                # It tells what its pages would like to have; the shown page is looked at itself.
                layout = None
            if isinstance(widget, Paragraph):
                height = widget.heightForWidth(widget.width())
            elif layout is not None and layout.hasHeightForWidth():
                # The least height at the width it has; the hint is for the least width, where text wraps more.
                height = layout.minimumHeightForWidth(widget.width())
            if widget.width() + _SLACK < width or widget.height() + _SLACK < height:
                size = f"is {widget.width()}x{widget.height()}, needs {width}x{height}"
                found.append(f"{_named(widget)} {size}: {_words(widget)!r}")
    return found


def overlapping(window: QWidget) -> list[str]:
    """Visible siblings that lie on each other although a layout placed them."""
    found = []
    for parent in (window, *window.findChildren(QWidget)):
        layout = parent.layout()
        if layout is None or not parent.isVisibleTo(window):
            continue
        inside = [
            child
            for child in parent.children()
            if isinstance(child, QWidget) and child.isVisibleTo(window) and not _is_layer(child)
        ]
        inside = [child for child in inside if child.width() > 0 and child.height() > 0]
        for at, one in enumerate(inside):
            for other in inside[at + 1 :]:
                common: QRect = one.geometry().intersected(other.geometry())
                if common.width() > _SLACK and common.height() > _SLACK:
                    found.append(f"{_named(one)} and {_named(other)} overlap by {common.width()}x{common.height()}")
    return found


def problems(window: QWidget) -> list[str]:
    """Everything cut or overlapping; a screen's test asserts that this is empty."""
    return clipped(window) + overlapping(window)


def under_toasts(window: QWidget) -> list[str]:
    """What a person reads, types in or presses that a toast lies on."""
    found = []
    toasts = [toast for toast in window.findChildren(Toast) if toast.isVisibleTo(window)]
    areas = [QRect(toast.mapTo(window, QPoint(0, 0)), toast.size()) for toast in toasts]
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, _READ_OR_PRESSED) or any(toast.isAncestorOf(widget) for toast in toasts):
            continue
        seen = widget.visibleRegion().boundingRect().translated(widget.mapTo(window, QPoint(0, 0)))
        if not seen.isEmpty() and any(area.intersects(seen) for area in areas):
            found.append(f"{_named(widget)}: {_words(widget)!r}")
    return found


def _is_machinery(widget: QWidget) -> bool:
    inside_view = isinstance(widget.parentWidget(), QAbstractItemView)
    return inside_view or isinstance(widget, QScrollBar | QAbstractScrollArea | FocusRing)


def _is_layer(widget: QWidget) -> bool:
    return isinstance(widget, FocusRing | ToastLine) or widget.objectName() in {"palette", "toasts"}


def _named(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName()}".strip()


def _words(widget: QWidget) -> str:
    if isinstance(widget, QLabel | QAbstractButton | Paragraph):
        return widget.text()
    return widget.accessibleName()
