"""All keys of the application: scanner bursts first, then command shortcuts, then the focused widget."""

from __future__ import annotations

import time
from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from clinicdesk.domain.gs1 import SEPARATOR
from clinicdesk.presentation.commands import BoundCommand, Commands, Scope
from clinicdesk.presentation.input_watch import Burst

_INPUT = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
    QEvent.Type.TabletPress,
    QEvent.Type.TabletMove,
}
_ENDS = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab}
_EDIT_KEYS = {"Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Y", "Ctrl+A", "Ctrl+C", "Ctrl+V", "Ctrl+X"}


class Keyboard(QObject):
    """An event filter of the application. `seconds` is a monotonic clock, so that tests can set the pace.

    Held keys are replayed in order to the widget they were meant for, so a typed text arrives one gap late
    (35 ms, inside the 50 ms of ux-spec 2) and a scanned one never.
    """

    def __init__(
        self,
        app: QApplication,
        commands: Commands,
        *,
        on_scan: Callable[[str], None],
        on_input: Callable[[], None],
        blocked: Callable[[QWidget], bool],
        on_unavailable: Callable[[str], None],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(app)
        self._app = app
        self._commands = commands
        self._on_scan = on_scan
        self._on_input = on_input
        self._blocked = blocked
        self._on_unavailable = on_unavailable
        self._seconds = seconds
        self._burst = Burst()
        self._held: list[tuple[QWidget, QKeyEvent]] = []
        self._replaying = False
        self.scans = True
        self._timer = QTimer(self, singleShot=True, interval=round(self._burst.gap_s * 1000))
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.hand_on)
        app.installEventFilter(self)
        app.aboutToQuit.connect(self.close)

    def close(self) -> None:
        self._timer.stop()
        self._held.clear()
        self._app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _INPUT:
            self._on_input()
        if not isinstance(watched, QWidget) or not isinstance(event, QKeyEvent):
            return False
        if kind == QEvent.Type.ShortcutOverride:
            return False
        if kind == QEvent.Type.KeyPress:
            return (not self._replaying and self.scans and self._held_back(watched, event)) or self._ran(watched, event)
        if kind == QEvent.Type.KeyRelease and self._held and not self._replaying:
            self._held.append((watched, event.clone()))
            return True
        return False

    def hand_on(self) -> None:
        """Give the held keys to the widgets they were typed into."""
        self._timer.stop()
        held, self._held = self._held, []
        self._burst.release()
        self._replaying = True
        try:
            for target, event in held:
                focus = self._app.focusWidget()
                receiver = focus if focus is not None else target
                if shiboken6.isValid(receiver):
                    self._app.sendEvent(receiver, event)
        finally:
            self._replaying = False

    def _held_back(self, target: QWidget, event: QKeyEvent) -> bool:
        now = self._seconds()
        if self._burst.holding and self._burst.broken(now):
            self.hand_on()
        modifiers = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        plain = modifiers == Qt.KeyboardModifier.NoModifier
        if plain and event.key() in _ENDS:
            code = self._burst.end(now)
            if code is not None:
                self._timer.stop()
                self._held.clear()
                self._on_scan(code)
                return True
            self.hand_on()
            return False
        if (letter := _scanned_letter(event, plain=plain)) and not event.isAutoRepeat():
            self._burst.key(letter, now)
            self._held.append((target, event.clone()))
            self._timer.start()
            return True
        if self._held and event.key() == Qt.Key.Key_Control:
            # A scanner holds Ctrl for the separator in the middle of a code.
            self._held.append((target, event.clone()))
            self._timer.start()
            return True
        if self._held and event.key() not in {Qt.Key.Key_Shift, Qt.Key.Key_CapsLock}:
            self.hand_on()
        return False

    def _ran(self, target: QWidget, event: QKeyEvent) -> bool:
        if event.key() in {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta}:
            return False
        focus = self._app.focusWidget() or target
        keys = _name_of(event)
        bound = self._bound_to(keys, typing=takes_text(focus), focus=focus)
        if bound is None or self._blocked(focus):
            return False
        reason = bound.reason()
        if reason:
            self._on_unavailable(reason)
        else:
            bound.run()
        return True

    def _bound_to(self, keys: str, *, typing: bool, focus: QWidget) -> BoundCommand | None:
        if typing and (keys in _EDIT_KEYS and _edits(focus, keys)):
            return None
        found: BoundCommand | None = None
        for bound in self._commands.all():
            command = bound.command
            if keys not in self._commands.keys(command):
                continue
            if typing and not ("Ctrl" in keys or "Alt" in keys or _function_key(keys)):
                continue
            # A screen's own key wins over a shared one of the same name.
            if found is None or command.scope is Scope.SCREEN:
                found = bound
        return found


def _scanned_letter(event: QKeyEvent, *, plain: bool) -> str:
    """What a key adds to a code: a printable sign, or the separator of GS1 (FNC1), sent as it is or as Ctrl+]."""
    text = event.text()
    if plain and len(text) == 1 and (text.isprintable() or text == SEPARATOR):
        return text
    control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
    return SEPARATOR if control and (text == SEPARATOR or event.key() == Qt.Key.Key_BracketRight) else ""


def takes_text(widget: QWidget | None) -> bool:
    """True where a letter is text: single-letter commands stay quiet there."""
    if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit):
        return not widget.isReadOnly()
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, QAbstractSpinBox)


def _edits(widget: QWidget, keys: str) -> bool:
    """A field keeps the edit keys that would do something in it; else they mean the act (Undo of the last act)."""
    if keys == "Ctrl+Z":
        if isinstance(widget, QLineEdit):
            return widget.isUndoAvailable()
        return isinstance(widget, QPlainTextEdit | QTextEdit) and widget.document().isUndoAvailable()
    if keys in {"Ctrl+Shift+Z", "Ctrl+Y"}:
        if isinstance(widget, QLineEdit):
            return widget.isRedoAvailable()
        return isinstance(widget, QPlainTextEdit | QTextEdit) and widget.document().isRedoAvailable()
    return True


def _name_of(event: QKeyEvent) -> str:
    combination = event.keyCombination()
    name = QKeySequence(combination).toString(QKeySequence.SequenceFormat.PortableText)
    name = name.replace("Num+", "").replace("Enter", "Return")
    text = event.text()
    # A sign that needs Shift on this layout ("/", "[", "?") is named by itself.
    if name.startswith("Shift+") and len(text) == 1 and not text.isalnum() and text.isprintable():
        return text
    return name


def _function_key(keys: str) -> bool:
    last = keys.rsplit("+", maxsplit=1)[-1]
    return len(last) > 1 and last[0] == "F" and last[1:].isdigit()
