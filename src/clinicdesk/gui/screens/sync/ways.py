"""What can be done about a conflict, one line each, and the reason that goes on record with it (ux-spec 7.12)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.theme.metrics import GAP_1, GAP_2
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.fields import Field, TextEditor
from clinicdesk.gui.widgets.layout import FlowLayout, clear, column
from clinicdesk.gui.widgets.naming import name, reveal
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import tr
from clinicdesk.presentation.sync_centre.state import OpenConflict
from clinicdesk.presentation.sync_centre.ways import WayLine

_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class Ways(QWidget):
    """One button a way; a digit or Enter takes it. Why one is barred stands below."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        name(self, "sync.ways", tr("What can be done"))
        self._row = FlowLayout(gap=GAP_2)
        self._barred = Paragraph("", TextKind.BODY, Role.TEXT_SECONDARY)
        self.setLayout(column(self._row, self._barred, gap=GAP_2, margins=(4, 4, 0, 0)))
        self._numbered = False
        self.buttons: dict[str, Button] = {}

    def show_ways(self, ways: tuple[WayLine, ...], *, numbered: bool) -> None:
        """`numbered`: the digits are free for them; where fields are merged they pick a side."""
        clear(self._row)
        self.buttons = {}
        for at, way in enumerate(ways, start=1):
            made = Button(
                way.words,
                f"sync.way.{way.id}",
                kind=Kind.DANGER if way.danger else Kind.SECONDARY,
                shortcut=str(at) if numbered else "",
            )
            made.clicked.connect(lambda _on=False, of=way.id: self.chosen.emit(of))
            made.set_available(way.barred)
            self.buttons[way.id] = made
            self._row.addWidget(made)
        # One sentence says it for all that are barred for one reason.
        self._barred.set_text(" ".join(dict.fromkeys(way.barred for way in ways if way.barred)))
        reveal(self._barred, any(way.barred for way in ways))
        self._numbered = numbered

    def enter(self, way: str = "") -> bool:
        """Put the focus on this way, else on the first one that can be taken; whether there was one."""
        wanted = self.buttons.get(way)
        free = [one for one in (wanted, *self.buttons.values()) if one is not None and one.isEnabled()]
        if free:
            free[0].setFocus(Qt.FocusReason.TabFocusReason)
        return bool(free)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, buttons = event.text(), list(self.buttons.values())
        if self._numbered and not event.modifiers() and key.isdecimal() and 0 < int(key) <= len(buttons):
            buttons[int(key) - 1].click()
        elif event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up} and not event.modifiers():
            (self.focusNextChild if event.key() == Qt.Key.Key_Down else self.focusPreviousChild)()
        else:
            super().keyPressEvent(event)


class Reason(QWidget):
    """The word that goes on record: what it is for, and one line. Enter writes it, Esc goes back."""

    given = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        name(self, "sync.why", tr("Reason"))
        self.words = Paragraph("", TextKind.BODY_MEDIUM)
        self.editor = TextEditor("sync.why.text")
        self.editor.setMaxLength(500)
        self.editor.installEventFilter(self)
        self.field = Field(tr("Reason"), self.editor, required=True, echo=tr("It stays on record with your name."))
        self.setLayout(column(self.words, self.field, gap=GAP_1))

    def ask(self, words: str) -> None:
        """Begin anew for this way."""
        self.words.set_text(words)
        self.field.set_error("")
        self.editor.clear()

    def enter(self) -> None:
        self.editor.setFocus(Qt.FocusReason.TabFocusReason)

    def give(self) -> None:
        self.given.emit(self.editor.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.editor and isinstance(event, QKeyEvent) and not event.modifiers():
            # The window takes Esc as its own unless the field says first that it wants the key.
            if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() in {*_ENTER, Qt.Key.Key_Escape}:
                self.give() if event.key() in _ENTER else self.left.emit()
                return True
        return super().eventFilter(watched, event)


class WaysAndReason(QWidget):
    """Either everything that can be done, or the reason for the one that was chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.ways = Ways()
        self.reason = Reason()
        self.setLayout(column(self.ways, self.reason, gap=0))
        self._asking = ""
        self.reason.hide()

    def show_sheet(self, opened: OpenConflict) -> None:
        """Another conflict: its ways."""
        self.ways.show_ways(opened.ways, numbered=not opened.merges)
        self._asking = ""

    def draw(self, opened: OpenConflict) -> None:
        """Ask, or stop asking; the focus goes along."""
        before, self._asking = self._asking, opened.asking
        asking = bool(opened.asking)
        alone = len(opened.ways) == 1 and not opened.merges
        reveal(self.reason, asking)
        reveal(self.ways, bool(opened.ways) and not asking and not alone)
        if asking and before != opened.asking:
            way = next((one for one in opened.ways if one.id == opened.asking), None)
            self.reason.ask(tr("The result goes in as an entry of its own.") if way is None else way.words)
            self.reason.enter()
