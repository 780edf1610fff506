"""Small parts of the chart: lines of a card, columns of its tables, a labelled pair of words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.theme.metrics import GAP_3, GAP_4
from clinicdesk.gui.widgets.cards import Card, SectionHead, Separator
from clinicdesk.gui.widgets.layout import box, column, row
from clinicdesk.gui.widgets.states import Mark
from clinicdesk.gui.widgets.tables import Column, DataTable
from clinicdesk.gui.widgets.text import Label, Paragraph

Row = TypeVar("Row")


class TwoLines(QWidget):
    """A mark, a line over a second one, and something at the right: 52 high (mockup 02)."""

    def __init__(self, words: str, below: str, *trailing: QWidget, mark: str = "", role: Role = Role.TEXT) -> None:
        super().__init__()
        text = [Paragraph(words, TextKind.BODY_MEDIUM, least_width=80)]
        if below:
            text.append(Paragraph(below, TextKind.CAPTION, Role.TEXT_SECONDARY, least_width=80))
        line = row(gap=GAP_3, margins=(0, 7, 0, 7))
        if mark:
            line.addWidget(Mark(mark, role, 20), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(column(*text, gap=0), 1)
        for widget in trailing:
            line.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(line)
        self.setAccessibleName(", ".join(part for part in (words, below) if part))


def lines_card(head: SectionHead, lines: Sequence[QWidget], foot: QWidget | None = None) -> Card:
    """A card of lines with hairlines between them."""
    body = column(gap=0)
    for at, line in enumerate(lines):
        if at:
            body.addWidget(Separator())
        body.addWidget(line)
    if foot is not None:
        if lines:
            body.addWidget(Separator())
        body.addWidget(foot)
    made = Card(head, body=body, margins=(GAP_4, 2, GAP_4, 6))
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return made


def caption(words: str) -> QWidget:
    """A secondary line that closes a card."""
    return box(column(Paragraph(words, TextKind.CAPTION, Role.TEXT_SECONDARY), gap=0, margins=(0, 8, 0, 6)))


class WholeTable(DataTable[Row]):
    """A table that shows all its rows inside a card; the page scrolls, not the table."""

    def set_rows(self, rows: Sequence[Row]) -> None:
        super().set_rows(rows)
        self._fit()

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]  # Qt's own event
        self._fit()

    def _fit(self) -> None:
        wanted = self.content_height() + 2
        if self.height() != wanted or self.minimumHeight() != wanted:
            self.setFixedHeight(wanted)


def table_card(
    head: SectionHead,
    object_name: str,
    spoken: str,
    columns: Sequence[Column[Row]],
    rows: Sequence[Row],
    *,
    empty: str,
) -> tuple[Card, WholeTable[Row] | None]:
    """A card with a table, or with a sentence where there are no rows."""
    if not rows:
        return lines_card(head, [caption(empty)]), None
    table: WholeTable[Row] = WholeTable(object_name, spoken, columns)
    made = Card(head, body=column(table, gap=0), margins=(0, 0, 0, 2))
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    table.set_rows(rows)
    return made, table


def pair(label: str, words: str) -> QWidget:
    """A label over its words; nothing where there are none."""
    return box(column(Label(label, TextKind.CAPTION_STRONG, Role.TEXT_SECONDARY), Paragraph(words), gap=2))


def stacked(*cards: QWidget) -> QWidget:
    """Cards one under the other, the free room below."""
    lines = column(*cards, gap=GAP_4)
    lines.addStretch(1)
    return box(lines)
