"""Small parts of the chart: lines of a card, columns of its tables, a labelled pair of words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from clinicdesk.gui.theme import Role, TextKind, theme
from clinicdesk.gui.theme.metrics import GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import LinkText
from clinicdesk.gui.widgets.cards import Card, SectionHead, Separator
from clinicdesk.gui.widgets.layout import box, column, row
from clinicdesk.gui.widgets.states import Mark
from clinicdesk.gui.widgets.tables import Column, DataTable
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import tr

Row = TypeVar("Row")
Grown = TypeVar("Grown", bound=QWidget)


def grow_downwards(part: Grown) -> Grown:
    """As tall as the wrapped text in it needs at its width, and no taller."""
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    part.setSizePolicy(policy)
    return part


class SideBySide(QWidget):
    """The two columns of the summary, one under the other where a sheet or large text leaves no room."""

    def __init__(self, left: QWidget | None, right: QWidget) -> None:
        super().__init__()
        self.setObjectName("chart.summary")
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._columns.setSpacing(GAP_4)
        if left is not None:
            self._columns.addWidget(left, 768)
        self._columns.addWidget(right, 400)
        grow_downwards(self)

    def minimumSizeHint(self) -> QSize:
        """No wider than its widest column: when there is less room, the columns stand under each other."""
        columns = [self._columns.itemAt(at) for at in range(self._columns.count())]
        widths = [item.minimumSize().width() for item in columns if item is not None]
        width = max(widths, default=0)
        return QSize(width, self._columns.minimumHeightForWidth(max(width, self.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        ways = QBoxLayout.Direction
        columns = [self._columns.itemAt(at) for at in range(self._columns.count())]
        needed = sum(item.minimumSize().width() + GAP_4 for item in columns if item is not None) - GAP_4
        way = ways.LeftToRight if self.width() >= max(theme().width(860), needed) else ways.TopToBottom
        if self._columns.direction() != way:
            self._columns.setDirection(way)


class TwoLines(QWidget):
    """A mark, a line over a second one, and something at the right: 52 high (mockup 02)."""

    def __init__(
        self, words: str, below: str, *trailing: QWidget, mark: str = "", role: Role = Role.TEXT, warning: str = ""
    ) -> None:
        super().__init__()
        text = [Paragraph(words, TextKind.BODY_MEDIUM, least_width=80)]
        if below:
            text.append(Paragraph(below, TextKind.CAPTION, Role.TEXT_SECONDARY, least_width=80))
        if warning:
            text.append(Paragraph(warning, TextKind.CAPTION_STRONG, Role.WARNING, least_width=80))
        line = row(gap=GAP_3, margins=(0, 7, 0, 7))
        if mark:
            line.addWidget(Mark(mark, role, 20), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(column(*text, gap=0), 1)
        for widget in trailing:
            line.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(line)
        self.setAccessibleName(", ".join(part for part in (words, below, warning) if part))
        grow_downwards(self)


def change_link(what: str, spoken: str, run: Callable[[], None], words: str = "") -> LinkText:
    """The way to correct one line; `what` names it among the others."""
    link = LinkText(words or tr("Change"), f"chart.{what}.change")
    link.setAccessibleName(tr("Change {what}", what=spoken))
    link.clicked.connect(run)
    return link


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
    return grow_downwards(Card(head, body=body, margins=(GAP_4, 2, GAP_4, 6)))


def caption(words: str) -> QWidget:
    """A secondary line that closes a card."""
    return box(column(Paragraph(words, TextKind.CAPTION, Role.TEXT_SECONDARY), gap=0, margins=(0, 8, 0, 6)))


class WholeTable(DataTable[Row]):
    """A table that shows all its rows inside a card; the page scrolls, not the table."""

    def set_rows(self, rows: Sequence[Row]) -> None:
        super().set_rows(rows)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
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
    return grow_downwards(box(lines))
