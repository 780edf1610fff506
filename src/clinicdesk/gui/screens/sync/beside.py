"""Rows to look at beside a decision: two side by side, or one alone; nothing of them is picked (ux-spec 7.12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from clinicdesk.gui.theme import Role, TextKind, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_4
from clinicdesk.gui.widgets.layout import box, column
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import tr
from clinicdesk.presentation.sync_centre.state import FieldLine
from clinicdesk.presentation.sync_centre.words import Local, moment, table_words
from clinicdesk.services.conflict_values import Beside, Written

_LABEL, _ROW, _GAP = 150, 356, 10


class Compared(Protocol):
    """A field of the rows in words; where there is one row, `theirs` is what it says."""

    @property
    def label(self) -> str: ...

    @property
    def mine(self) -> str: ...

    @property
    def theirs(self) -> str: ...


class BesideRows(QWidget):
    """Columns of a row or of two, a line each, under who wrote them and when. What differs stands out."""

    def __init__(self, object_name: str, heads: Sequence[tuple[str, str]], lines: Sequence[Compared]) -> None:
        super().__init__()
        name(self, object_name, ", ".join(title for title, _note in heads))
        self._lines = len(lines)
        two = len(heads) > 1
        grid = self._grid = QGridLayout(self)
        grid.setContentsMargins(GAP_4, 0, GAP_4, _GAP // 2)
        grid.setHorizontalSpacing(GAP_4)
        grid.setVerticalSpacing(_GAP)
        for at, (title, note) in enumerate(heads, start=int(two)):
            parts = column(_words(title, TextKind.LABEL), _words(note, TextKind.CAPTION, Role.TEXT_SECONDARY), gap=0)
            parts.setContentsMargins(0, GAP_2, 0, GAP_2)
            grid.addWidget(box(parts), 0, at, 1, 1 if two else 2)
        for at, line in enumerate(lines, start=1):
            differs = two and line.mine != line.theirs
            grid.addWidget(_words(line.label, TextKind.BODY, Role.TEXT_SECONDARY), at, 0)
            for column_at, words in enumerate((line.mine, line.theirs) if two else (line.theirs,), start=1):
                kind = TextKind.LABEL if differs else TextKind.BODY
                grid.addWidget(_words(words or "–", kind), at, column_at)
        grid.setColumnStretch(0, _LABEL)
        for at in range(1, len(heads) + 1):
            grid.setColumnStretch(at, _ROW)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The head on its band, a hairline under each line."""
        look, painter = theme(), QPainter(self)
        painter.fillRect(QRect(0, 0, self.width(), self._bottom(0) + 1), look.colour(Role.SUNKEN))
        painter.setPen(look.colour(Role.HAIRLINE))
        for at in range(1, self._lines + 1):
            bottom = self._bottom(at) + _GAP // 2
            painter.drawLine(0, bottom, self.width(), bottom)

    def _bottom(self, line: int) -> int:
        items = (self._grid.itemAtPosition(line, at) for at in range(3))
        return max(item.geometry().bottom() for item in items if item is not None)


def two_rows(beside: Beside, lines: Sequence[FieldLine], *, unique: bool, local: Local, now: dt.datetime) -> BesideRows:
    """This row and the other one."""
    places = (tr("This record"), tr("The record with the number")) if unique else None
    heads = []
    for at, one in enumerate((beside.left, beside.right)):
        place = places[at] if places else tr("This device") if one.here else tr("Another device")
        heads.append((place, _by(one, local, now)))
    return BesideRows("sync.beside", heads, lines)


def one_row(object_name: str, one: Beside, lines: Sequence[FieldLine], local: Local, now: dt.datetime) -> BesideRows:
    """One row alone: what it says, or how it was deleted."""
    deleted = any(line.name == "deleted_at" for line in lines)
    note = tr("deleted") if deleted else _by(one.right, local, now)
    return BesideRows(object_name, [(table_words(one.table), note)], lines)


def _by(one: Written, local: Local, now: dt.datetime) -> str:
    return ", ".join(part for part in (one.by, moment(one.at, local, now)) if part)


def _words(words: str, kind: TextKind, role: Role = Role.TEXT) -> Paragraph:
    return Paragraph(words, kind, role, least_width=60, whole_words=True)
