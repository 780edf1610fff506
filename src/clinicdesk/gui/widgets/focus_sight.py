"""What a person types in stays in sight, with its heading, when the room around it shrinks (ux-spec 3, 8)."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QRect
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QTextEdit,
    QWidget,
)

from clinicdesk.gui.theme import TextKind, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3
from clinicdesk.gui.widgets.fields import Field


def focus_in_sight(host: QWidget) -> QWidget | None:
    """What has the focus inside `host`, if any of it is seen: what a person scrolled away stays there."""
    focus = QApplication.focusWidget()
    if focus is None or not host.isAncestorOf(focus) or focus.visibleRegion().isEmpty():
        return None
    return focus


def keep_in_sight(focus: QWidget) -> None:
    """Scroll until it is seen with its label, or with the heading above it; of a tall text, the line of the cursor."""
    if not shiboken6.isValid(focus) or not focus.isVisible():
        return
    if isinstance(focus, QAbstractItemView):
        focus.scrollTo(focus.currentIndex())
        return
    around = focus.parentWidget()
    seen = around if isinstance(around, Field) else focus
    typed = isinstance(focus, QLineEdit | QPlainTextEdit | QTextEdit)
    above = theme().line(TextKind.SECTION) + GAP_3 if typed and seen is focus else GAP_2
    _see(seen, seen.rect().adjusted(0, -above, 0, GAP_2))
    if isinstance(focus, QPlainTextEdit | QTextEdit):
        _see(focus.viewport(), focus.cursorRect().adjusted(0, -GAP_2, 0, GAP_2))


def _see(part: QWidget, area: QRect) -> None:
    """Scroll whatever scrolls around a part until an area of it is seen; of a taller one its beginning."""
    around = part.parentWidget()
    while around is not None:
        inner = around.widget() if isinstance(around, QScrollArea) else None
        if isinstance(around, QScrollArea) and inner is not None:
            bar, room = around.verticalScrollBar(), around.viewport().height()
            top = part.mapTo(inner, area.topLeft()).y()
            if top < bar.value() or area.height() > room:
                bar.setValue(top)
            elif top + area.height() > bar.value() + room:
                bar.setValue(top + area.height() - room)
        around = around.parentWidget()
