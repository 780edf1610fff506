"""One field of a conflict: base, this device, district, and an editable result (ux-spec 7.12)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPaintEvent, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from clinicdesk.gui.theme import Role, TextKind, paint, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_4, RADIUS_FIELD
from clinicdesk.gui.widgets.fields import NoteEditor
from clinicdesk.gui.widgets.layout import box, column
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import tr

COLUMNS = (104, 160, 188, 200, 210)


class Side(StrEnum):
    """Where a value comes from; the digits pick them."""

    BASE = "1"
    MINE = "2"
    THEIRS = "3"


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """A field as the resolver shows it. `items` is set for lists, where two sides may be picked."""

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
    """One side of a field with its key cap; picked = selection and accent border."""

    def __init__(self, side: Side, words: Sequence[Word], object_name: str, spoken: str) -> None:
        super().__init__()
        self._side = side
        self._words = tuple(word for word in words if word.text)
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
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
        return QSize(theme().width(84), theme().height(44))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max(theme().height(44), int(self._laid_out(width)[1]) + 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        on = self.isChecked()
        fill = Role.SELECTION if on else Role.SUNKEN if self.underMouse() else Role.SURFACE
        border = look.colour(Role.ACCENT if on else Role.BORDER)
        paint.rounded(painter, self.rect(), RADIUS_FIELD, fill=look.colour(fill), border=border)
        painter.setPen(look.colour(Role.TEXT))
        self._laid_out(self.width())[0].draw(painter, QPointF(10, 10))
        if look.look.key_caps:
            keys = (self._side.value,)
            left = self.width() - 10 - paint.keys_width(look, keys)
            cap, line = look.colour(Role.TEXT_SECONDARY), look.colour(Role.BORDER)
            paint.key_caps(painter, left, 8 + paint.key_height(look) / 2, keys, colour=cap, border=line)

    def _laid_out(self, width: int) -> tuple[QTextLayout, float]:
        look = theme()
        text, spans = "", []
        for word in self._words:
            text += " " if text and not word.glued else ""
            if word.mark:
                spans.append(_span(len(text), len(word.text), removed=word.mark == "removed"))
            text += word.text
        return paint.lay_out(text, TextKind.BODY, width - 20 - paint.keys_width(look, ("1",)) - 6, spans)


class ThreeWayRow(QWidget):
    """A conflict's field: 1, 2, 3 pick, B keeps both in lists, Enter goes on; the result is a real editor."""

    changed = Signal(str)
    finished = Signal()

    def __init__(self, conflict: FieldConflict) -> None:
        super().__init__()
        self._conflict = conflict
        prefix = f"conflict.{conflict.field}"
        name(self, prefix, conflict.label)
        head = column(
            Label(conflict.label, TextKind.LABEL), Label(conflict.kind, TextKind.CAPTION, Role.TEXT_SECONDARY), gap=0
        )
        head.addStretch(1)
        values = {Side.BASE: conflict.base, Side.MINE: conflict.mine, Side.THEIRS: conflict.theirs}
        titles = {Side.BASE: tr("Base"), Side.MINE: tr("This device"), Side.THEIRS: tr("District")}
        self.cells: dict[Side, SourceCell] = {}
        grid = self._grid = QGridLayout(self)
        grid.setContentsMargins(GAP_4, GAP_2, GAP_2, GAP_2)
        grid.setHorizontalSpacing(GAP_4)
        grid.addWidget(box(head), 0, 0)
        for at, (side, value) in enumerate(values.items(), start=1):
            words = (Word(value),) if side is Side.BASE else word_diff(conflict.base, value)
            cell = SourceCell(side, words, f"{prefix}.{side.name.lower()}", f"{titles[side]}: {value or tr('empty')}")
            cell.setChecked(side in conflict.picked)
            cell.clicked.connect(self._on_cell)
            self.cells[side] = cell
            grid.addWidget(cell, 0, at)
        self.result = NoteEditor(f"{prefix}.result", tr("Result for {field}", field=conflict.label), lines=1)
        self.result.setPlainText(conflict.result)
        self.note = Paragraph(conflict.result_note, TextKind.CAPTION, Role.TEXT_SECONDARY, least_width=60)
        grid.addWidget(box(column(self.result, self.note, gap=4)), 0, 4)
        for at, width in enumerate(COLUMNS):
            grid.setColumnStretch(at, width)
        self.result.textChanged.connect(self._on_edited)

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


def align(grids: Sequence[QGridLayout]) -> None:
    """The same five columns in every row, whatever stands in it: the widest need is everybody's least width."""
    least = [0] * len(COLUMNS)
    for grid in grids:
        for at in range(len(COLUMNS)):
            part = _part(grid, at)
            least[at] = max(least[at], part.minimumSizeHint().width(), part.minimumWidth())
    for grid in grids:
        for at, width in enumerate(least):
            policy = _part(grid, at).sizePolicy()
            policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
            _part(grid, at).setSizePolicy(policy)
            grid.setColumnMinimumWidth(at, width)


def _part(grid: QGridLayout, at: int) -> QWidget:
    item = grid.itemAtPosition(0, at)
    part = None if item is None else item.widget()
    assert part is not None
    return part


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
