"""Two rows side by side, to look at: nothing of them is picked (ux-spec 7.12)."""

from __future__ import annotations

import datetime as dt

from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.theme.metrics import GAP_2, GAP_4
from clinicdesk.gui.widgets.layout import box, column
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import tr
from clinicdesk.presentation.sync_centre.presenter import FieldLine, OpenConflict
from clinicdesk.presentation.sync_centre.words import Local, moment, table_words
from clinicdesk.services.conflict_values import Beside, Written

_LABEL, _ROW = 150, 356


class BesideRows(QWidget):
    """The columns of two rows; of a record that is gone, its one row. What differs stands out."""

    def __init__(self, opened: OpenConflict, beside: Beside, local: Local, now: dt.datetime) -> None:
        super().__init__()
        name(self, "sync.beside", tr("Side by side"))
        grid = QGridLayout(self)
        grid.setContentsMargins(GAP_4, GAP_2, GAP_4, GAP_2)
        grid.setHorizontalSpacing(GAP_4)
        grid.setVerticalSpacing(GAP_2)
        two = any((one.by, one.at, one.here) != ("", None, False) for one in (beside.left, beside.right))
        sides = ((beside.left, False), (beside.right, True)) if two else ()
        heads = [_head(one, opened, local, now, other=other) for one, other in sides]
        if not two:
            heads = [_titled(table_words(beside.table), tr("deleted"))]
        for at, head in enumerate(heads, start=1):
            grid.addWidget(head, 0, at)
        for line_at, line in enumerate(opened.beside, start=1):
            differs = two and line.mine != line.theirs
            grid.addWidget(_paragraph(line.label, TextKind.LABEL), line_at, 0)
            for at, words in enumerate(_values(line, two=two), start=1):
                kind = TextKind.BODY_MEDIUM if differs else TextKind.BODY
                grid.addWidget(_paragraph(words or "–", kind), line_at, at)
        grid.setColumnStretch(0, _LABEL)
        for at in range(1, len(heads) + 1):
            grid.setColumnStretch(at, _ROW)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)


def _values(line: FieldLine, *, two: bool) -> tuple[str, ...]:
    return (line.mine, line.theirs) if two else (line.theirs,)


def _head(one: Written, opened: OpenConflict, local: Local, now: dt.datetime, *, other: bool) -> QWidget:
    if opened.sheet.line.kind.value == "UNIQUE":
        place = tr("The record with the number") if other else tr("This record")
    else:
        place = tr("This device") if one.here else tr("Another device")
    return _titled(place, ", ".join(part for part in (one.by, moment(one.at, local, now)) if part))


def _titled(title: str, note: str) -> QWidget:
    return box(
        column(_paragraph(title, TextKind.LABEL), _paragraph(note, TextKind.CAPTION, Role.TEXT_SECONDARY), gap=0)
    )


def _paragraph(words: str, kind: TextKind, role: Role = Role.TEXT) -> Paragraph:
    return Paragraph(words, kind, role, least_width=60)
