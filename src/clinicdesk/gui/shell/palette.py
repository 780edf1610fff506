"""Search and command palette: a layer over the window; people by name, number or role, and commands (Ctrl+K)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from clinicdesk.gui import icons
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.theme import Role, TextKind, Tone, paint, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_4, RADIUS_CARD, RADIUS_FIELD
from clinicdesk.gui.widgets.buttons import KeyCap
from clinicdesk.gui.widgets.cards import Separator
from clinicdesk.gui.widgets.layout import STRETCH, box, column, row
from clinicdesk.gui.widgets.lists import RowDelegate, RowList
from clinicdesk.gui.widgets.naming import announce, name
from clinicdesk.gui.widgets.people import Face, paint_face
from clinicdesk.gui.widgets.states import Mark
from clinicdesk.gui.widgets.tags import Tag, paint_tag, tag_size
from clinicdesk.gui.widgets.text import Label
from clinicdesk.i18n import tr
from clinicdesk.presentation.commands import Commands
from clinicdesk.presentation.runner import Runner
from clinicdesk.presentation.search import Badge, Found, Hit, HitKind, SearchProvider, find, with_commands
from clinicdesk.presentation.shell import masked

_WIDTH = 672
_TOP = 88
_MOST_HEIGHT = 560


@dataclass(frozen=True, slots=True)
class Line:
    """A heading or a hit, as the list shows it."""

    heading: str = ""
    hit: Hit | None = None


class HitDelegate(RowDelegate[Line]):
    """Item 44 high inset 8; heading 32; name with the match in accent, birth date, details, badges, keys."""

    hairlines = False

    def __init__(self) -> None:
        super().__init__()
        self.private = False

    def height(self, row: Line, width: int) -> int:
        return theme().height(32 if row.hit is None else 44)

    def ring_rect(self, rect: QRect) -> QRectF:
        return QRectF(rect).adjusted(8, 0, -8, 0)

    def paint_panel(self, painter: QPainter, rect: QRect, row: Line, *, selected: bool, hover: bool) -> None:
        if row.hit is not None and (selected or hover):
            fill = theme().colour(Role.SELECTION if selected else Role.SUNKEN)
            paint.rounded(painter, QRectF(rect).adjusted(8, 0, -8, 0), RADIUS_FIELD, fill=fill)

    def paint_row(self, painter: QPainter, rect: QRectF, row: Line, *, selected: bool) -> None:
        hit = row.hit
        area = rect.adjusted(20, 0, -20, 0)
        if hit is None:
            heading = area.adjusted(0, 4, 0, 0)
            paint.text(painter, heading, row.heading, TextKind.CAPTION_STRONG, Role.TEXT_SECONDARY)
            return
        middle = rect.center().y()
        picture = QRectF(area.left(), middle - 16, 32, 32)
        if hit.kind is HitKind.COMMAND:
            role = Role.TEXT_DISABLED if hit.reason else Role.TEXT_SECONDARY
            icons.paint(painter, hit.icon or "chevron-right", picture.adjusted(6, 6, -6, -6), theme().colour(role))
        else:
            person = hit.id if hit.photo and not self.private else ""
            paint_face(painter, picture, Face(person, masked(hit.name, private=self.private)))
        area.setLeft(picture.right() + 12)
        area = self._trailing(painter, area, hit, selected=selected)
        self._words(painter, area, hit)

    def _trailing(self, painter: QPainter, area: QRectF, hit: Hit, *, selected: bool) -> QRectF:
        look = theme()
        right = area.right()
        keys = paint.keys_of(hit.shortcut) or (("Enter",) if selected else ())
        if keys and look.look.key_caps:
            right -= paint.keys_width(look, keys)
            cap, border = look.colour(Role.TEXT_SECONDARY), look.colour(Role.BORDER)
            paint.key_caps(painter, right, area.center().y(), keys, colour=cap, border=border)
            right -= 8
        for badge in reversed(_fitting(hit, right - area.left())):
            tag = Tag(badge.words, Tone(badge.tone), Shape(badge.shape) if badge.shape else None)
            size = tag_size(look, tag)
            right -= size.width()
            paint_tag(painter, QPointF(right, area.center().y() - size.height() / 2), tag)
            right -= 6
        return QRectF(area.left(), area.top(), right - area.left(), area.height())

    def _words(self, painter: QPainter, area: QRectF, hit: Hit) -> None:
        look = theme()
        shown = masked(hit.name, private=self.private and hit.kind is not HitKind.COMMAND)
        role = Role.TEXT_DISABLED if hit.reason else Role.TEXT
        kind = TextKind.LABEL if hit.same_name else TextKind.BODY
        left = area.left() + self._name(painter, area, shown, hit, kind, role)
        if hit.birth_date:
            birth = TextKind.LABEL if hit.same_name else TextKind.BODY
            birth_role = Role.TEXT if hit.same_name else Role.TEXT_SECONDARY
            place = QRectF(left, area.top(), area.right() - left, area.height())
            paint.text(painter, place, hit.birth_date, birth, birth_role)
            left += look.text_width(birth, f"{hit.birth_date} ") + 2
        rest = hit.reason or (f"· {hit.details}" if hit.birth_date and hit.details else hit.details)
        if rest:
            place = QRectF(left, area.top(), max(0.0, area.right() - left), area.height())
            paint.text(painter, place, rest, TextKind.BODY, Role.TEXT_SECONDARY, elide=True)

    def _name(self, painter: QPainter, area: QRectF, shown: str, hit: Hit, kind: TextKind, role: Role) -> float:
        """The name with the matched letters in accent and semibold; gives the width used, with a gap."""
        look = theme()
        ranges = []
        for start, length in hit.match if shown == hit.name else ():
            span = QTextLayout.FormatRange()
            bold = QTextCharFormat()
            bold.setFontWeight(QFont.Weight.DemiBold)
            bold.setForeground(look.colour(Role.ACCENT))
            span.start, span.length, span.format = start, length, bold
            ranges.append(span)
        layout, height = paint.lay_out(shown, kind, 10_000, ranges)
        painter.setPen(look.colour(role))
        layout.draw(painter, QPointF(area.left(), area.center().y() - height / 2))
        return layout.lineAt(0).naturalTextWidth() + 10


def _fitting(hit: Hit, room: float) -> tuple[Badge, ...]:
    """The badges that leave name and birth date whole: an identifier is never cut (M1)."""
    look = theme()
    kind = TextKind.LABEL if hit.same_name else TextKind.BODY
    free = room - look.text_width(kind, hit.name) - look.text_width(kind, f"{hit.birth_date} ") - 24
    kept = list(hit.badges)
    while len(kept) > 1 and sum(_badge_width(badge) for badge in kept) > free:
        kept = [*kept[:-2], Badge(f"+{_counted(kept[-2]) + _counted(kept[-1])}", "neutral", "")]
    return tuple(kept)


def _counted(badge: Badge) -> int:
    """How many badges one stands for: "+4" for four."""
    return int(badge.words[1:]) if badge.words.startswith("+") and badge.words[1:].isdigit() else 1


def _badge_width(badge: Badge) -> int:
    return (
        tag_size(theme(), Tag(badge.words, Tone(badge.tone), Shape(badge.shape) if badge.shape else None)).width() + 6
    )


class _Query(QLineEdit):
    """The typed query, without a frame: the layer around it is the field."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrame(False)
        self.setProperty("ring", "none")
        name(self, "palette.query", tr("Find a student, lot or command"))
        self._set_font()
        theme().changed.connect(self._set_font)

    def _set_font(self) -> None:
        self.setFont(theme().font(TextKind.SECTION))
        font = self.font()
        font.setWeight(QFont.Weight.Normal)
        self.setFont(font)


class Palette(QWidget):
    """Covers the window with the scrim; Esc or a click outside closes it."""

    picked = Signal(object)
    closed = Signal()

    def __init__(
        self,
        window: QWidget,
        commands: Commands,
        provider: SearchProvider,
        runner: Runner,
        seconds: Callable[[], float],
    ) -> None:
        super().__init__(window)
        self.setObjectName("palette")
        self._window = window
        self._commands = commands
        self._provider = provider
        self._runner = runner
        self._seconds = seconds
        self._before: QWidget | None = None
        self._delegate = HitDelegate()
        self.query = _Query()
        self.hits: RowList[Line] = RowList(
            "palette.hits",
            tr("Results"),
            self._delegate,
            _spoken,
            enabled=_reachable,
        )
        self.hits.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # Filled with the colour of the frame: an opaque list is painted alone, without scrim and screen below it.
        self.hits.viewport().setBackgroundRole(QPalette.ColorRole.Light)
        self.hits.viewport().setAutoFillBackground(True)
        self._footer = Label("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        self._frame = _Frame(self._head(), self.hits, self._foot())
        self._frame.setParent(self)
        self.query.textEdited.connect(self._on_typed)
        self.query.installEventFilter(self)
        self.hits.clicked.connect(self._on_clicked)
        window.installEventFilter(self)
        self.hide()

    def open(self, text: str = "", *, private: bool = False) -> None:
        focused = self._window.focusWidget()
        if not self.isVisible():
            self._before = focused
        self._delegate.private = private
        self.query.setText(text)
        self._show(Found(text))
        self._place()
        self.show()
        self.raise_()
        # Any other reason would select the text, and the next letter would replace it.
        self.query.setFocus(Qt.FocusReason.OtherFocusReason)
        self.query.end(False)
        self._on_typed(text)

    def close_palette(self) -> None:
        if not self.isVisible():
            return
        self.hide()
        self.query.clear()
        self.hits.set_rows(())
        if self._before is not None and shiboken6.isValid(self._before):
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        if watched is self.query and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.close_palette()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme().colour(Role.SCRIM))

    def _head(self) -> QWidget:
        hints = [
            part
            for key, words in ((">", tr("command")), ("#", tr("ID")), ("@", tr("staff")))
            for part in (KeyCap(key), Label(words, TextKind.CAPTION, Role.TEXT_SECONDARY), GAP_2)
        ][:-1]
        made = row(Mark("search", Role.ACCENT, 22), self.query, *hints, gap=GAP_2, margins=(20, 6, 20, 6))
        return box(made)

    def _foot(self) -> QWidget:
        keys = [
            part
            for key, words in (("Up", ""), ("Down", tr("move")), ("Return", tr("open")), ("Esc", tr("close")))
            for part in (KeyCap(key), Label(words, TextKind.CAPTION, Role.TEXT_SECONDARY), GAP_2)
            if words or isinstance(part, KeyCap)
        ]
        return box(row(*keys, STRETCH, self._footer, gap=6, margins=(20, 8, 20, 8)))

    def _key(self, event: QKeyEvent) -> bool:
        match event.key():
            case Qt.Key.Key_Escape:
                self.close_palette()
            case Qt.Key.Key_Down | Qt.Key.Key_Up | Qt.Key.Key_PageDown | Qt.Key.Key_PageUp:
                self.hits.keyPressEvent(event)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._pick(self.hits.current())
            case Qt.Key.Key_Tab | Qt.Key.Key_Backtab:
                pass
            case _:
                return False
        return True

    def _on_typed(self, text: str) -> None:
        started = self._seconds()
        self._runner.run(
            partial(find, self._provider, text, lambda: (self._seconds() - started) * 1000),
            done=self._on_found,
            key="shell.search",
        )

    def _on_found(self, found: Found) -> None:
        if self.isVisible() and found.query == self.query.text():
            self._show(with_commands(found, self._commands))
            announce(self.query, found.footer)

    def _show(self, found: Found) -> None:
        lines: list[Line] = []
        for section in found.sections:
            lines.append(Line(section.heading))
            lines.extend(Line(hit=hit) for hit in section.hits)
        self.hits.set_rows(lines)
        self.hits.ensure_current()
        self._footer.setText(found.footer)
        self._place()
        # Making the first hit current scrolled to it while the list was still as low as the one before.
        self.hits.scrollToTop()

    def _on_clicked(self) -> None:
        self._pick(self.hits.current())

    def _pick(self, line: Line | None) -> None:
        if line is not None and line.hit is not None and not line.hit.reason:
            hit = line.hit
            self.close_palette()
            self.picked.emit(hit)

    def _place(self) -> None:
        self.setGeometry(self._window.rect())
        wide = min(theme().width(_WIDTH), self.width() - 2 * GAP_4)
        room = self.height() - _TOP - GAP_4
        tall = min(theme().width(_MOST_HEIGHT), room, self._frame.fixed_height() + self.hits.content_height() + 16)
        top = _TOP if self.height() > 600 else GAP_4
        self._frame.setGeometry((self.width() - wide) // 2, top, wide, max(tall, self._frame.fixed_height()))


class _Frame(QFrame):
    """The card of the palette."""

    def __init__(self, head: QWidget, hits: QWidget, foot: QWidget) -> None:
        super().__init__()
        self._head = head
        self._foot = foot
        head.setFixedHeight(theme().height(56))
        foot.setFixedHeight(theme().height(44))
        self.setLayout(column(head, Separator(role=Role.BORDER), hits, Separator(), foot, gap=0, margins=(1, 1, 1, 1)))

    def fixed_height(self) -> int:
        return self._head.height() + self._foot.height() + 4

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        fill, border = look.colour(Role.RAISED), look.colour(Role.BORDER_CONTROL)
        paint.rounded(painter, self.rect(), RADIUS_CARD, fill=fill, border=border)


def _reachable(line: Line) -> bool:
    return line.hit is not None


def _spoken(line: Line) -> str:
    if line.hit is None:
        return line.heading
    hit = line.hit
    words = [hit.name, hit.birth_date, hit.details, *(badge.words for badge in hit.badges), hit.shortcut, hit.reason]
    return ", ".join(word for word in words if word)
