"""What keeps the keys of the program away from a family that has the screen (T20)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

_LETTERS = frozenset({Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})
_MOVES = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End})
_EDITS = frozenset({Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Shift})
_HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class KeyGuard(QObject):
    """Eats every key that could lead out: shortcuts, function keys, Escape. Letters reach text fields only."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in {QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride, QEvent.Type.Shortcut}:
            return False
        if not isinstance(event, QKeyEvent):
            return True
        if event.modifiers() & _HELD and not _writes_a_letter(event):
            return True
        key = event.key()
        if key in _LETTERS | _MOVES | _EDITS:
            return False
        return not event.text() or not event.text().isprintable()


def _writes_a_letter(event: QKeyEvent) -> bool:
    """Ctrl and Alt together write a letter on many keyboards: Spanish needs it."""
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    return event.modifiers() & both == both and bool(event.text()) and event.text().isprintable()
