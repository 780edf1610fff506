"""Walks a window as assistive technology does: every stop has a name, a role and a size; Tab goes round."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QToolButton,
    QWidget,
)
from tests.support.qt import settle

_LEAST = 32


def stops(window: QWidget) -> list[QWidget]:
    """Visible, enabled widgets that Tab reaches, in the order of the focus chain."""
    found: list[QWidget] = []
    widget = window
    while True:
        if _is_stop(widget, window):
            found.append(widget)
        following = widget.nextInFocusChain()
        if following is None or following is window:
            return found
        widget = following


def unnamed(window: QWidget) -> list[str]:
    """Stops without an accessible name, a role or an object name."""
    problems = []
    for widget in stops(window):
        who = f"{type(widget).__name__} {widget.objectName() or '?'}"
        interface = QAccessible.queryAccessibleInterface(widget)
        if not interface.text(QAccessible.Text.Name).strip():
            problems.append(f"{who}: no name")
        if interface.role() in {QAccessible.Role.NoRole, QAccessible.Role.Client}:
            problems.append(f"{who}: role {interface.role().name}")
        if not widget.objectName():
            problems.append(f"{who}: no object name")
    return problems


def small_targets(window: QWidget, least: int = _LEAST) -> list[str]:
    """Stops smaller than a finger or an unsteady pointer needs (rows inside views are measured by the delegate)."""
    return [
        f"{widget.objectName()}: {widget.width()}x{widget.height()}"
        for widget in stops(window)
        if not isinstance(widget, QAbstractItemView) and (widget.height() < least or widget.width() < least)
    ]


def trapped(window: QWidget) -> list[str]:
    """Presses Tab once around; names the stops that were not reached."""
    wanted = {id(widget): widget for widget in stops(window)}
    if not wanted:
        return []
    next(iter(wanted.values())).setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(len(wanted) * 2 + 2):
        focus = QApplication.focusWidget()
        if focus is None:
            break
        wanted.pop(id(focus), None)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
        settle(1)
    return [widget.objectName() or type(widget).__name__ for widget in wanted.values()]


def problems(window: QWidget) -> list[str]:
    """Everything wrong with a window; a screen's test asserts that this is empty."""
    return unnamed(window) + small_targets(window) + [f"{stop}: Tab does not reach it" for stop in trapped(window)]


def _other_of_a_group(button: QAbstractButton) -> bool:
    """In a radio group the chosen button is the stop; arrows reach the others."""
    group = button.group()
    if group is None or not group.exclusive() or button.isChecked():
        return False
    return group.checkedButton() is not None


def _is_stop(widget: QWidget, window: QWidget) -> bool:
    if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus or widget.focusProxy() is not None:
        return False
    if not widget.isEnabled() or not widget.isVisibleTo(window) or widget.window() is not window:
        return False
    if isinstance(widget, QScrollBar) or (isinstance(widget, QToolButton) and isinstance(widget.parent(), QTabBar)):
        return False
    if isinstance(widget, QAbstractButton) and _other_of_a_group(widget):
        return False
    plain_area = isinstance(widget, QAbstractScrollArea) and type(widget).__name__ == "QScrollArea"
    inner_line = isinstance(widget, QLineEdit) and widget.objectName().startswith("qt_")
    return not plain_area and not inner_line
