"""Contents of two side sheets: the shortcut sheet (F1) and the notification list (F8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinicdesk.gui import icons
from clinicdesk.gui.theme import Role, TextKind, paint, theme
from clinicdesk.gui.widgets.lists import RowDelegate, RowList
from clinicdesk.gui.widgets.notices import SHAPES, Note
from clinicdesk.gui.widgets.states import EmptyState
from clinicdesk.i18n import formats, tr
from clinicdesk.presentation.commands import Hint


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A group heading, or a command with its keys."""

    heading: str = ""
    hint: Hint | None = None


class _KeyDelegate(RowDelegate[KeyLine]):
    hairlines = False

    def height(self, row: KeyLine, width: int) -> int:
        if row.hint is None:
            return theme().height(36)
        room = width - 40 - self._keys_width(row.hint) - 12
        return max(theme().height(32), paint.wrapped_height(row.hint.words, TextKind.BODY, room) + 10)

    def paint_panel(self, painter: QPainter, rect: QRect, row: KeyLine, *, selected: bool, hover: bool) -> None:
        if selected:
            painter.fillRect(rect, theme().colour(Role.SELECTION))

    def paint_row(self, painter: QPainter, rect: QRectF, row: KeyLine, *, selected: bool) -> None:
        area = rect.adjusted(20, 0, -20, 0)
        if row.hint is None:
            paint.text(painter, area.adjusted(0, 8, 0, 0), row.heading, TextKind.CAPTION_STRONG, Role.TEXT_SECONDARY)
            return
        wide = self._keys_width(row.hint)
        room = area.adjusted(0, 0, -wide - 12, 0)
        tall = paint.wrapped_height(row.hint.words, TextKind.BODY, room.width())
        room.setTop(room.center().y() - tall / 2)
        role = Role.TEXT_SECONDARY if row.hint.reason else Role.TEXT
        paint.wrapped(painter, room, row.hint.words, TextKind.BODY, role)
        left = area.right() - wide
        look = theme()
        for key in row.hint.keys:
            caps = paint.keys_of(key)
            cap, border = look.colour(Role.TEXT_SECONDARY), look.colour(Role.BORDER)
            paint.key_caps(painter, left, area.center().y(), caps, colour=cap, border=border)
            left += paint.keys_width(look, caps) + 8

    def _keys_width(self, hint: Hint) -> int:
        look = theme()
        return sum(paint.keys_width(look, paint.keys_of(key)) for key in hint.keys) + 8 * (len(hint.keys) - 1)


class ShortcutSheet(QWidget):
    """Every key by group, from the command registry."""

    def __init__(self, hints: Sequence[Hint]) -> None:
        super().__init__()
        lines: list[KeyLine] = []
        group = ""
        for hint in hints:
            if hint.group != group:
                group = hint.group
                lines.append(KeyLine(group))
            lines.append(KeyLine(hint=hint))
        self.list: RowList[KeyLine] = RowList(
            "shortcuts.list", tr("Keyboard shortcuts"), _KeyDelegate(), _spoken_keys, enabled=_is_hint
        )
        self.list.set_rows(lines)
        _only(self, self.list)


class _NoteDelegate(RowDelegate[Note]):
    def height(self, row: Note, width: int) -> int:
        return max(theme().height(52), paint.wrapped_height(row.words, TextKind.BODY, self._room(width)) + 20)

    def paint_row(self, painter: QPainter, rect: QRectF, row: Note, *, selected: bool) -> None:
        look = theme()
        icons.paint(painter, SHAPES[row.tone].value, QRectF(20, rect.top() + 17, 18, 18), look.colour(row.tone.text))
        time = look.width(44)
        paint.text(
            painter,
            QRectF(rect.right() - 20 - time, rect.top() + 17, time, 18),
            formats().time(row.at.astimezone()),
            TextKind.CAPTION,
            Role.TEXT_SECONDARY,
            paint.Right,
        )
        room = self._room(int(rect.width()))
        tall = paint.wrapped_height(row.words, TextKind.BODY, room)
        area = QRectF(50, rect.center().y() - tall / 2, room, tall)
        paint.wrapped(painter, area, row.words, TextKind.BODY, Role.TEXT)

    def _room(self, width: int) -> int:
        return max(60, width - 50 - 28 - theme().width(44))


class NotificationSheet(QWidget):
    """What the toasts of this sign-in said, newest first."""

    def __init__(self, notes: Sequence[Note]) -> None:
        super().__init__()
        if not notes:
            _only(self, EmptyState(tr("Nothing has been reported since you signed in."), object_name="notifications"))
            return
        self.list: RowList[Note] = RowList("notifications.list", tr("Notifications"), _NoteDelegate(), _spoken_note)
        self.list.set_rows(notes)
        _only(self, self.list)


def _only(outer: QWidget, inner: QWidget) -> None:
    lines = QVBoxLayout(outer)
    lines.setContentsMargins(0, 4, 0, 8)
    lines.addWidget(inner)


def _is_hint(line: KeyLine) -> bool:
    return line.hint is not None


def _spoken_keys(line: KeyLine) -> str:
    return line.heading if line.hint is None else f"{line.hint.words}: {', '.join(line.hint.keys)}"


def _spoken_note(note: Note) -> str:
    return f"{formats().time(note.at.astimezone())} {note.words}"
