"""One field of a conflict: base, this device, district, and an editable result (ux-spec 7.12)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPaintEvent, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from clinicdesk.gui.theme import Role, TextKind, paint, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_4, RADIUS_FIELD
from clinicdesk.gui.widgets.fields import NoteEditor
from clinicdesk.gui.widgets.layout import STRETCH, box, column
from clinicdesk.gui.widgets.naming import name, reveal
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import tr

COLUMNS = (104, 160, 188, 200, 210)


class Side(StrEnum):
    """Where a value comes from; the digits pick them."""

    BASE = "1"
    MINE = "2"
    THEIRS = "3"


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """A field as the resolver shows it: in lists two sides may be picked; `read_only`: it is only to be looked at."""

    field: str
    label: str
    kind: str
    base: str
    mine: str
    theirs: str
    result: str
    result_note: str = ""
    picked: tuple[Side, ...] = ()
    is_list: bool = False
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a value against the base: kept, added or removed. `glued`: no space stands before it."""

    text: str
    mark: str = ""
    glued: bool = False


def word_diff(base: str, value: str) -> tuple[Word, ...]:
    """Word by word and mark by mark, so that a changed dose stands out inside a sentence.

    A value that keeps nothing of the base is new as a whole; the base stands beside it.
    """
    old, new = _pieces(base), _pieces(value)
    before, after = [text for text, _glued in old], [text for text, _glued in new]
    steps = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    if new and all(kind != "equal" for kind, *_places in steps):
        return (_word(new, "added"),)
    words: list[Word] = []
    for kind, a, b, c, d in steps:
        if kind == "equal":
            words.append(_word(new[c:d]))
            continue
        if b > a:
            words.append(_word(old[a:b], "removed"))
        if d > c:
            words.append(_word(new[c:d], "added"))
    return tuple(words)


def _pieces(text: str) -> list[tuple[str, bool]]:
    """Words and marks, each with whether it stands right behind the one before."""
    found = list(re.finditer(r"\w(?:[\w'’./%-]*\w)?|[^\w\s]", text))
    ends = [0, *(one.end() for one in found)]
    return [(one.group(), at > 0 and one.start() == ends[at]) for at, one in enumerate(found)]


def _word(pieces: Sequence[tuple[str, bool]], mark: str = "") -> Word:
    text = "".join(piece if glued or not at else f" {piece}" for at, (piece, glued) in enumerate(pieces))
    return Word(text, mark, pieces[0][1])


class SourceCell(QAbstractButton):
    """One side of a field with its key cap; picked = selection and accent border. Without a cap it is only read."""

    def __init__(
        self, side: Side, words: Sequence[Word], object_name: str, spoken: str, *, read_only: bool = False
    ) -> None:
        super().__init__()
        self._side = side
        self._keys = () if read_only else (side.value,)
        self._words = tuple(word for word in words if word.text)
        self.setCheckable(not read_only)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover, not read_only)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if read_only else Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        name(self, object_name, spoken)

    @property
    def side(self) -> Side:
        return self._side

    def sizeHint(self) -> QSize:
        width = theme().width(COLUMNS[1])
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        look = theme()
        words = [piece for word in self._words for piece in word.text.split()]
        longest = max((look.text_width(TextKind.BODY_MEDIUM, piece) for piece in words), default=0)
        wanted = int(longest) + 22 + self._beside_words()
        return QSize(min(max(look.width(84), wanted), look.width(200)), look.height(44))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max(theme().height(44), int(self._laid_out(width)[1]) + 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        on = self.isChecked()
        hovered = self.underMouse() and self.isEnabled() and bool(self._keys)
        fill = Role.SELECTION if on else Role.SUNKEN if hovered else Role.SURFACE
        border = look.colour(Role.ACCENT if on else Role.BORDER)
        paint.rounded(painter, self.rect(), RADIUS_FIELD, fill=look.colour(fill), border=border)
        painter.setPen(look.colour(Role.TEXT if self._words else Role.TEXT_SECONDARY))
        self._laid_out(self.width())[0].draw(painter, QPointF(10, 10))
        if look.look.key_caps and self._keys:
            left = self.width() - 10 - paint.keys_width(look, self._keys)
            cap, line = look.colour(Role.TEXT_SECONDARY), look.colour(Role.BORDER)
            paint.key_caps(painter, left, 8 + paint.key_height(look) / 2, self._keys, colour=cap, border=line)

    def _laid_out(self, width: int) -> tuple[QTextLayout, float]:
        text, spans = "", []
        for word in self._words:
            text += " " if text and not word.glued else ""
            if word.mark:
                spans.append(_span(len(text), len(word.text), removed=word.mark == "removed"))
            text += word.text
        # An empty side is a value too, and is told from one that is still being drawn.
        text = text or "–"
        return paint.lay_out(text, TextKind.BODY, width - 20 - self._beside_words(), spans)

    def _beside_words(self) -> int:
        return int(paint.keys_width(theme(), self._keys)) + 6 if self._keys else 0


class ThreeWayRow(QWidget):
    """A conflict's field: 1, 2, 3 pick, B keeps both in lists, Enter goes on; the result is a real editor.

    Its parts stand in five columns, or one under another where that is too wide (`place`).
    """

    changed = Signal(str)
    finished = Signal()

    def __init__(self, conflict: FieldConflict, titles: Sequence[str] = ()) -> None:
        super().__init__()
        self._conflict = conflict
        titles = titles or side_titles()
        prefix = f"conflict.{conflict.field}"
        name(self, prefix, conflict.label)
        head = column(
            Paragraph(conflict.label, TextKind.LABEL, least_width=60, whole_words=True),
            Paragraph(conflict.kind, TextKind.CAPTION, Role.TEXT_SECONDARY, least_width=60, whole_words=True),
            gap=0,
        )
        head.addStretch(1)
        values = {Side.BASE: conflict.base, Side.MINE: conflict.mine, Side.THEIRS: conflict.theirs}
        self.cells: dict[Side, SourceCell] = {}
        grid = self._grid = QGridLayout(self)
        grid.setContentsMargins(GAP_4, GAP_2, GAP_2, GAP_2)
        grid.setHorizontalSpacing(GAP_4)
        grid.setVerticalSpacing(GAP_2)
        parts: list[QWidget] = [box(head)]
        for (side, value), title in zip(values.items(), titles, strict=False):
            words = (Word(value),) if side is Side.BASE else word_diff(conflict.base, value)
            spoken = f"{title}: {value or tr('empty')}"
            cell = SourceCell(side, words, f"{prefix}.{side.name.lower()}", spoken, read_only=conflict.read_only)
            cell.setChecked(side in conflict.picked)
            cell.clicked.connect(self._on_cell)
            self.cells[side] = cell
            parts.append(cell)
        self.result = NoteEditor(f"{prefix}.result", tr("Result for {field}", field=conflict.label), lines=1)
        self.result.setPlainText(conflict.result)
        self.note = Paragraph(conflict.result_note, TextKind.CAPTION, Role.TEXT_SECONDARY, least_width=60)
        edited = box(column(self.result, self.note, gap=4))
        edited.setParent(self)
        if conflict.read_only:
            edited.hide()
        else:
            parts.append(edited)
        self.parts = tuple(parts)
        # Level with the first line of the cell beside it.
        self._titles = [
            box(column(Paragraph(title, TextKind.CAPTION, Role.TEXT_SECONDARY), STRETCH, gap=0, margins=(0, 10, 0, 0)))
            for title in titles[: len(parts) - 1]
        ]
        for made in self._titles:
            made.setParent(self)
        self.place(stacked=False)
        self.result.textChanged.connect(self._on_edited)

    def place(self, *, stacked: bool) -> None:
        """In columns under the titles, or one under another with the title at the left."""
        self.stacked = stacked
        grid = self._grid
        while grid.takeAt(0) is not None:
            pass
        for at, width in enumerate(COLUMNS):
            grid.setColumnMinimumWidth(at, 0)
            grid.setColumnStretch(at, width if not stacked and at < len(self.parts) else int(at == 1))
        for title in self._titles:
            reveal(title, stacked)
        if not stacked:
            for at, part in enumerate(self.parts):
                grid.addWidget(part, 0, at)
            return
        grid.addWidget(self.parts[0], 0, 0, 1, 2)
        for at, (title, part) in enumerate(zip(self._titles, self.parts[1:], strict=True), start=1):
            grid.addWidget(title, at, 0)
            grid.addWidget(part, at, 1)

    @property
    def grid(self) -> QGridLayout:
        return self._grid

    @property
    def conflict(self) -> FieldConflict:
        return self._conflict

    def text(self) -> str:
        return self.result.toPlainText()

    def picked(self) -> tuple[Side, ...]:
        return tuple(side for side, cell in self.cells.items() if cell.isChecked())

    def pick(self, *sides: Side) -> None:
        """Take one side, or in lists the union of several."""
        for side, cell in self.cells.items():
            cell.setChecked(side in sides)
        values = {
            Side.BASE: self._conflict.base,
            Side.MINE: self._conflict.mine,
            Side.THEIRS: self._conflict.theirs,
        }
        if self._conflict.is_list:
            lines: dict[str, None] = {}
            for side in sides:
                lines.update(dict.fromkeys(values[side].splitlines()))
            self._set_result("\n".join(lines))
        elif sides:
            self._set_result(values[sides[-1]])
        self.changed.emit(self.text())

    def keep_both(self) -> None:
        if self._conflict.is_list:
            self.pick(Side.MINE, Side.THEIRS)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.text().upper()
        if not event.modifiers() and key in {side.value for side in Side}:
            self.pick(Side(key))
        elif not event.modifiers() and key == "B":
            self.keep_both()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self.finished.emit()
        else:
            super().keyPressEvent(event)

    def _set_result(self, text: str) -> None:
        self.result.blockSignals(True)
        self.result.setPlainText(text)
        self.result.blockSignals(False)
        self.note.set_text("")

    def _on_cell(self) -> None:
        cell = self.sender()
        if not isinstance(cell, SourceCell):
            return
        if self._conflict.is_list:
            self.pick(*self.picked())
        else:
            self.pick(cell.side)

    def _on_edited(self) -> None:
        for cell in self.cells.values():
            cell.setChecked(False)
        self.note.set_text(tr("edited by hand"))
        self.changed.emit(self.text())


class InColumns(Protocol):
    """Something whose parts stand in the columns of the resolver."""

    parts: tuple[QWidget, ...]

    @property
    def grid(self) -> QGridLayout: ...


def least_widths(rows: Sequence[InColumns]) -> list[int]:
    """What each column needs so that no word is broken; the widest need is everybody's."""
    least = [0] * max((len(row.parts) for row in rows), default=0)
    for row in rows:
        for at, part in enumerate(row.parts):
            least[at] = max(least[at], part.minimumSizeHint().width(), part.minimumWidth())
    return least


def align(rows: Sequence[InColumns], least: Sequence[int]) -> None:
    """The same columns in every row, whatever stands in it."""
    for row in rows:
        for at, part in enumerate(row.parts):
            policy = part.sizePolicy()
            policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
            part.setSizePolicy(policy)
            row.grid.setColumnMinimumWidth(at, least[at])


def side_titles() -> tuple[str, ...]:
    return (tr("Base"), tr("This device"), tr("District"), tr("Result"))


def _span(start: int, length: int, *, removed: bool) -> QTextLayout.FormatRange:
    look = theme()
    made = QTextCharFormat()
    made.setForeground(look.colour(Role.DANGER if removed else Role.SUCCESS))
    made.setBackground(look.colour(Role.DANGER_BG if removed else Role.SUCCESS_BG))
    if removed:
        made.setFontStrikeOut(True)
    else:
        made.setFontWeight(QFont.Weight.DemiBold)
    span = QTextLayout.FormatRange()
    span.start, span.length, span.format = start, length, made
    return span
