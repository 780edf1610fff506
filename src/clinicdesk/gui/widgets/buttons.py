"""Buttons, chips and key caps over the style's button painting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSizePolicy, QStyleOptionButton, QWidget

from clinicdesk.gui.theme import Role, paint, theme
from clinicdesk.gui.theme.buttons import face, measure
from clinicdesk.gui.widgets.layout import FlowLayout
from clinicdesk.gui.widgets.naming import name


class Kind(StrEnum):
    """How much a button asks for attention; one PRIMARY in a view."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    GHOST = "ghost"
    DANGER = "danger"


class Button(QPushButton):
    """A push button with icon, key caps and a reason when it is off.

    `object_name` is stable; the shortcut is only shown here, the command registry acts on it.
    """

    def __init__(
        self,
        text: str,
        object_name: str,
        *,
        kind: Kind = Kind.SECONDARY,
        icon: str = "",
        shortcut: str = "",
        size: str = "",
        accessible: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text.replace("&", "&&"), parent)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setProperty("kind", kind.value)
        self.setProperty("line_icon", icon)
        self.setProperty("keys", list(paint.keys_of(shortcut)))
        self.setProperty("size", size)
        self._tip = f"{text or accessible} ({shortcut})" if shortcut else ("" if text else accessible)
        self.setToolTip(self._tip)
        name(self, object_name, accessible or text)

    def sizeHint(self) -> QSize:
        return _measured(self)

    def set_text(self, text: str, accessible: str = "") -> None:
        self.setText(text.replace("&", "&&"))
        self.setAccessibleName(accessible or text)
        self.updateGeometry()

    def set_shortcut(self, shortcut: str) -> None:
        """The key caps, and the tooltip that names them."""
        self._tip = f"{self.accessibleName()} ({shortcut})" if shortcut else ""
        self.setProperty("keys", list(paint.keys_of(shortcut)))
        self.setToolTip(self._tip)
        self.updateGeometry()
        self.update()

    def set_kind(self, kind: Kind) -> None:
        self.setProperty("kind", kind.value)
        self.update()

    def set_icon(self, icon: str) -> None:
        self.setProperty("line_icon", icon)
        self.updateGeometry()
        self.update()

    def set_note(self, note: str) -> None:
        """Secondary words after the text, such as a count or the seconds left."""
        self.setProperty("note", note)
        self.updateGeometry()
        self.update()

    def set_available(self, reason: str = "") -> None:
        """Enable without a reason, disable with one; the reason is the description and the tooltip."""
        self.setEnabled(not reason)
        self.setAccessibleDescription(reason)
        self.setToolTip(reason or self._tip)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self.click()
            return
        super().keyPressEvent(event)


class IconButton(Button):
    """A ghost button of 32 px that is only an icon, with an accessible name and tooltip."""

    def __init__(self, icon: str, accessible: str, object_name: str, *, shortcut: str = "", size: str = "head") -> None:
        super().__init__("", object_name, kind=Kind.GHOST, icon=icon, accessible=accessible, size=size)
        self.setToolTip(f"{accessible} ({shortcut})" if shortcut else accessible)


class Chip(QPushButton):
    """A choice that is on or off: selection fill, accent border, semibold and a check when on."""

    def __init__(self, text: str, object_name: str, *, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text.replace("&", "&&"), parent)
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setProperty("kind", "chip")
        self.setProperty("note", note)
        name(self, object_name, f"{text} {note}".strip())
        self.toggled.connect(self._on_toggled)

    def sizeHint(self) -> QSize:
        return _measured(self)

    def set_note(self, note: str) -> None:
        self.setProperty("note", note)
        self.setAccessibleName(f"{self.text()} {note}".strip())
        self.updateGeometry()
        self.update()

    def _on_toggled(self, _on: bool) -> None:
        self.updateGeometry()


class ChipRow(QWidget):
    """Chips that wrap. Exclusive rows hold one choice; arrow keys move, Space picks."""

    picked = Signal(str)

    def __init__(
        self, object_name: str, accessible: str, choices: Sequence[tuple[str, str]], *, exclusive: bool = True
    ) -> None:
        super().__init__()
        name(self, object_name, accessible)
        self._group = QButtonGroup(self)
        self._group.setExclusive(exclusive)
        self._chips: dict[str, Chip] = {}
        self._flow = FlowLayout(self)
        self.set_choices(choices)

    def set_choices(self, choices: Iterable[tuple[str, str]]) -> None:
        """Replace the chips: pairs of key and words."""
        for chip in self._chips.values():
            self._group.removeButton(chip)
            self._flow.removeWidget(chip)
            chip.deleteLater()
        self._chips = {}
        for key, words in choices:
            chip = Chip(words, f"{self.objectName()}.{key}", parent=self)
            chip.setProperty("choice", key)
            chip.clicked.connect(self._on_clicked)
            # Members of a group are one stop of Tab; chips that stand for themselves are each their own.
            if self._group.exclusive():
                self._group.addButton(chip)
            self._flow.addWidget(chip)
            self._chips[key] = chip
        self.updateGeometry()

    def chip(self, key: str) -> Chip:
        return self._chips[key]

    def chosen(self) -> tuple[str, ...]:
        return tuple(key for key, chip in self._chips.items() if chip.isChecked())

    def choose(self, *keys: str) -> None:
        for key, chip in self._chips.items():
            chip.setChecked(key in keys)

    def _on_clicked(self) -> None:
        self.picked.emit(str(self.sender().property("choice")))


class KeyCap(QWidget):
    """Keys as they are written on a keyboard; nothing where the person switched key caps off (D66)."""

    def __init__(self, shortcut: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = paint.keys_of(shortcut)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(shortcut)

    def sizeHint(self) -> QSize:
        look = theme()
        if not look.look.key_caps:
            return QSize(0, 0)
        return QSize(paint.keys_width(look, self._keys), paint.key_height(look))

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        if look.look.key_caps:
            secondary, border = look.colour(Role.TEXT_SECONDARY), look.colour(Role.BORDER)
            paint.key_caps(QPainter(self), 0, self.height() / 2, self._keys, colour=secondary, border=border)


class LinkText(Button):
    """A ghost button set like a word of the text, for actions at the right of a head."""

    def __init__(self, text: str, object_name: str, *, shortcut: str = "", icon: str = "") -> None:
        super().__init__(text, object_name, kind=Kind.GHOST, shortcut=shortcut, icon=icon, size="head")


def _measured(button: QPushButton) -> QSize:
    """Qt keeps a button's first size; properties change what it shows, so it is measured anew."""
    option = QStyleOptionButton()
    button.initStyleOption(option)
    return measure(theme(), face(theme(), option, button))
