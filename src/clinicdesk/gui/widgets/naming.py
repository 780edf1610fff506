"""Names that tests and screen readers hold on to; showing and hiding parts without surprises."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

Named = TypeVar("Named", bound=QWidget)


def name(widget: Named, object_name: str, accessible: str = "", description: str = "") -> Named:
    """Give a widget its stable `objectName`, accessible name and description; returns the widget."""
    widget.setObjectName(object_name)
    if accessible:
        widget.setAccessibleName(accessible)
    if description:
        widget.setAccessibleDescription(description)
    return widget


def reveal(widget: QWidget, shown: bool) -> None:
    """Show or hide a part. Before it has a parent it is only told so: `setVisible(True)` would open it as a window."""
    if not shown:
        widget.hide()
    elif widget.parentWidget() is not None:
        widget.show()
    else:
        widget.setAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide, False)


def announce(widget: QWidget, words: str, *, assertive: bool = False) -> None:
    """Tell assistive technology about a change; assertive only for hard stops (ux-spec 8)."""
    # Imported here: nothing is announced before the first paint, and the classes cost 2 ms of it.
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

    event = QAccessibleAnnouncementEvent(widget, words)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if assertive else politeness.Polite)
    QAccessible.updateAccessibility(event)
