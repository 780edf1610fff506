"""Form fields: label, editor, unit, parsed echo and error, joined for eyes and for screen readers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QPlainTextEdit, QSizePolicy, QTextEdit, QWidget

from clinicdesk.gui.theme import Role, TextKind, paint, theme
from clinicdesk.gui.widgets.buttons import IconButton
from clinicdesk.gui.widgets.layout import STRETCH, column, row
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import tr


class TextEditor(QLineEdit):
    """One line of text, with a unit at the right edge and a state ("", "error", "template": not confirmed)."""

    left = Signal()

    def __init__(self, object_name: str, accessible: str = "", *, unit: str = "", placeholder: str = "") -> None:
        super().__init__()
        self._unit = unit
        self.setPlaceholderText(placeholder)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        name(self, object_name, accessible)
        self._set_margins()
        theme().changed.connect(self._set_margins)

    def set_unit(self, unit: str) -> None:
        self._unit = unit
        self._set_margins()
        self.update()

    def set_state(self, state: str) -> None:
        if self.property("state") != state:
            self.setProperty("state", state)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._unit:
            area = self.rect().adjusted(0, 0, -10, 0)
            paint.text(QPainter(self), area, self._unit, TextKind.CAPTION, Role.TEXT_SECONDARY, paint.Right)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def _set_margins(self) -> None:
        unit = theme().text_width(TextKind.CAPTION, self._unit) + 6 if self._unit else 0
        self.setTextMargins(0, 0, unit, 0)


class NoteEditor(QPlainTextEdit):
    """Several lines of text. Tab leaves the field; it never inserts."""

    left = Signal()

    def __init__(self, object_name: str, accessible: str, *, placeholder: str = "", lines: int = 3) -> None:
        super().__init__()
        self._lines = lines
        self.setTabChangesFocus(True)
        self.setPlaceholderText(placeholder)
        self.document().setDocumentMargin(7)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        name(self, object_name, accessible)
        self.viewport().setAutoFillBackground(False)

    def sizeHint(self) -> QSize:
        return QSize(240, self._lines * theme().line(TextKind.BODY) + 18)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class Choice(QComboBox):
    """A closed list of keys and words; `chosen` gives the key. The wheel does not change it by accident."""

    picked = Signal(str)

    def __init__(self, object_name: str, accessible: str, choices: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__()
        name(self, object_name, accessible)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_choices(choices)
        self.activated.connect(self._on_activated)

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        self.clear()
        for key, words in choices:
            self.addItem(words, key)

    def chosen(self) -> str:
        data = self.currentData()
        return data if isinstance(data, str) else ""

    def choose(self, key: str) -> None:
        self.setCurrentIndex(self.findData(key))

    def wheelEvent(self, event: QEvent) -> None:
        event.ignore()

    def _on_activated(self, _index: int) -> None:
        self.picked.emit(self.chosen())


class TypeAhead(TextEditor):
    """Text with suggestions while typing; any text may stay unless the form refuses it."""

    def __init__(
        self, object_name: str, accessible: str, choices: Sequence[str] = (), *, placeholder: str = ""
    ) -> None:
        super().__init__(object_name, accessible, placeholder=placeholder)
        self.set_choices(choices)

    def set_choices(self, choices: Sequence[str]) -> None:
        completer = QCompleter(list(choices), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompleter(completer)


class Field(QWidget):
    """Label above, editor, and below it either the echo or the error; the error is the accessible description.

    `caption=True` sets the label as a caption for dense rows.
    """

    def __init__(
        self, label: str, editor: QWidget, *, required: bool = False, echo: str = "", caption: bool = False
    ) -> None:
        super().__init__()
        self.editor = editor
        self._hint = ""
        self.label = Label(label, TextKind.CAPTION_STRONG if caption else TextKind.LABEL)
        self.label.setBuddy(editor)
        reveal(self.label, bool(label))
        self._required = Label(tr("required"), TextKind.BODY, Role.TEXT_SECONDARY)
        reveal(self._required, required)
        self.echo = Label("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        self.error = Paragraph("", TextKind.CAPTION, Role.DANGER, least_width=60)
        self.echo.hide()
        self.error.hide()
        head = row(self.label, self._required, STRETCH, gap=4)
        grows = editor.sizePolicy().verticalPolicy() != QSizePolicy.Policy.Fixed
        lines = column(head, editor, self.echo, self.error, gap=4)
        if grows:
            lines.setStretchFactor(editor, 1)
        else:
            lines.addStretch(1)
        self.setLayout(lines)
        if not editor.accessibleName():
            editor.setAccessibleName(f"{label}, {tr('required')}" if required else label)
        if echo:
            self.set_echo(echo)

    def set_echo(self, text: str, role: Role = Role.TEXT_SECONDARY) -> None:
        """What the entry was understood as ("Wed, Oct 7", "98.4 °F")."""
        self.echo.setText(text)
        self.echo.set_role(role)
        self.echo.set_kind(TextKind.CAPTION_STRONG if role is not Role.TEXT_SECONDARY else TextKind.CAPTION)
        reveal(self.echo, bool(text) and not self.error.text())
        self._hint = text
        self._describe()

    def set_error(self, text: str) -> None:
        """Show what is wrong and how to put it right; empty takes it away. What was typed stays."""
        changed = text != self.error.text()
        self.error.set_text(text)
        reveal(self.error, bool(text))
        reveal(self.echo, bool(self.echo.text()) and not text)
        self.editor.setProperty("state", "error" if text else "")
        self.editor.update()
        self._describe()
        if text and changed:
            announce(self.editor, text)

    def has_error(self) -> bool:
        return bool(self.error.text())

    def _describe(self) -> None:
        self.editor.setAccessibleDescription(self.error.text() or self._hint)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser made of an entry: a value with its echo, or a problem in words."""

    value: object = None
    echo: str = ""
    problem: str = ""


class ParsedField(Field):
    """A text field whose entry is understood by a parser handed in: dates, times, numbers with units.

    The echo follows the typing; a problem shows on leaving only (ux-spec 4). `parsed` carries each new value.
    """

    parsed = Signal(object)

    def __init__(
        self,
        label: str,
        object_name: str,
        parse: Callable[[str], Parsed],
        *,
        required: bool = False,
        unit: str = "",
        placeholder: str = "",
        caption: bool = False,
    ) -> None:
        self._editor = TextEditor(object_name, "", unit=unit, placeholder=placeholder)
        super().__init__(label, self._editor, required=required, caption=caption)
        self._parse = parse
        self._required_entry = required
        self._value: object = None
        self._editor.textEdited.connect(self._on_edited)
        self._editor.left.connect(self.check)

    def value(self) -> object:
        return self._value

    def text(self) -> str:
        return self._editor.text()

    def set_text(self, text: str) -> None:
        self._editor.setText(text)
        self._on_edited(text)

    def check(self) -> bool:
        """Show the problem of the entry, if any; true when it can be kept."""
        text = self._editor.text().strip()
        if not text:
            self.set_error(tr("Needed here.") if self._required_entry else "")
            return not self._required_entry
        problem = self._parse(text).problem
        self.set_error(problem)
        return not problem

    def _on_edited(self, text: str) -> None:
        made = self._parse(text.strip()) if text.strip() else Parsed()
        self._value = made.value
        self.set_error("")
        self.set_echo(made.echo)
        self.parsed.emit(made.value)


class DateField(ParsedField):
    """A date as a person types it: "3/4", "today", "-2d"; the parser comes from `domain.entry`."""


class TimeField(ParsedField):
    """A time as a person types it: "1315", "9a"; the parser comes from `domain.entry`."""


class PasswordField(Field):
    """A secret with a switch to show it and a word about Caps Lock. Pasting is allowed."""

    entered = Signal()

    def __init__(self, label: str, object_name: str) -> None:
        self._line = _SecretEditor(object_name)
        self._show = IconButton("eye", tr("Show password"), f"{object_name}.show")
        self._show.setCheckable(True)
        frame = QWidget()
        frame.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        frame.setLayout(row(self._line, self._show, gap=4))
        super().__init__(label, frame)
        self.label.setBuddy(self._line)
        name(self._line, object_name, label)
        frame.setAccessibleName("")
        self.caps = Label(tr("Caps Lock is on"), TextKind.CAPTION_STRONG, Role.WARNING)
        self.caps.hide()
        shown = self.layout()
        assert shown is not None
        shown.addWidget(self.caps)
        self._show.toggled.connect(self._on_show)
        self._line.caps_changed.connect(self.caps.setVisible)
        self._line.returnPressed.connect(self.entered)
        self.setFocusProxy(self._line)

    @property
    def line(self) -> QLineEdit:
        return self._line

    def text(self) -> str:
        return self._line.text()

    def clear(self) -> None:
        self._line.clear()

    def set_error(self, text: str) -> None:
        super().set_error(text)
        self._line.setProperty("state", "error" if text else "")
        self._line.update()

    def _describe(self) -> None:
        self._line.setAccessibleDescription(self.error.text() or self._hint)

    def _on_show(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self._line.setEchoMode(mode)
        words = tr("Hide password") if shown else tr("Show password")
        self._show.set_icon("eye-off" if shown else "eye")
        self._show.setAccessibleName(words)
        self._show.setToolTip(words)


class _SecretEditor(TextEditor):
    """Shows typed characters as dots and says when Caps Lock seems to be on."""

    caps_changed = Signal(bool)

    def __init__(self, object_name: str) -> None:
        super().__init__(object_name)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self._caps = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_CapsLock:
            self._set_caps(not self._caps)
        typed = event.text()
        if len(typed) == 1 and typed.isalpha():
            # Qt has no portable question for Caps Lock; a capital without Shift answers it.
            shift = bool(QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)
            shift = shift or bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._set_caps(typed.isupper() != shift)
        super().keyPressEvent(event)

    def _set_caps(self, on: bool) -> None:
        if on != self._caps:
            self._caps = on
            self.caps_changed.emit(on)


EDITORS = (QLineEdit, QPlainTextEdit, QTextEdit)
