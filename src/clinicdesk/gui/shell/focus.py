"""Where the keyboard enters a part of the window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def first_stop(part: QWidget) -> QWidget | None:
    """The first widget of a region that Tab can reach."""
    for child in part.findChildren(QWidget):
        reachable = child.focusPolicy() & Qt.FocusPolicy.TabFocus
        if reachable and child.isEnabled() and child.isVisibleTo(part) and child.focusProxy() is None:
            return child
    return None


def entry_of(part: QWidget) -> QWidget | None:
    """Where the focus goes when a whole view comes up: what the view names as its focus proxy, else the first stop."""
    return part.focusProxy() or first_stop(part)
