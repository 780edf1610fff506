"""Beside the list: why a change was stopped and what to do, or what was settled without a person (ux-spec 7.12)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.sync.listing import ListPainter, ListRow
from clinicdesk.gui.theme import Role, TextKind, Tone
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.cards import Card, Separator
from clinicdesk.gui.widgets.layout import box, column, row
from clinicdesk.gui.widgets.lists import RowList
from clinicdesk.gui.widgets.naming import name, reveal
from clinicdesk.gui.widgets.tags import StateTag, Tag
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import plural, tr
from clinicdesk.presentation.shell import masked
from clinicdesk.presentation.sync_centre.presenter import SyncCentre
from clinicdesk.presentation.sync_centre.state import CentreState
from clinicdesk.presentation.sync_centre.words import (
    Local,
    fields_words,
    reason_words,
    settled_words,
    table_words,
    written_words,
)
from clinicdesk.services.sync_items import ItemLine, SettledLines, StoppedLine


class Detail(Card):
    """One stopped change with its reason and what may be done, or the changes that were settled in one way."""

    def __init__(self, presenter: SyncCentre, local: Local, private: Callable[[], bool]) -> None:
        super().__init__(margins=(0, 0, 0, 0))
        name(self, "sync.detail", tr("Details"))
        self._presenter = presenter
        self._local = local
        self._private = private
        self.heading = Paragraph("", TextKind.SECTION)
        self.person = Paragraph("", TextKind.BODY, Role.TEXT_SECONDARY)
        self.tag = StateTag(Tag(""))
        head = row(gap=GAP_3, margins=(GAP_4, GAP_3, GAP_4, GAP_3))
        head.addLayout(column(self.heading, self.person, gap=0), 1)
        head.addWidget(self.tag, 0, Qt.AlignmentFlag.AlignVCenter)
        self.reason = Paragraph("", TextKind.BODY_MEDIUM)
        self.fields = Paragraph("", TextKind.BODY)
        self.next = Paragraph("", TextKind.BODY, Role.TEXT_SECONDARY)
        self.message = Paragraph("", TextKind.BODY, Role.DANGER)
        self.again = Button(tr("Send it again"), "sync.again", kind=Kind.PRIMARY, icon="sync")
        self.again.clicked.connect(presenter.send_anew)
        self.list: RowList[ListRow] = RowList(
            "sync.settled", tr("Settled without you today"), ListPainter(), lambda line: line.spoken
        )
        margins = (GAP_4, GAP_3, GAP_4, GAP_3)
        self._why = box(column(self.reason, self.fields, self.next, self.message, gap=GAP_2, margins=margins))
        foot = row(gap=GAP_3, margins=margins)
        foot.addStretch(1)
        foot.addWidget(self.again)
        self._foot = box(foot)
        self.body.setSpacing(0)
        self.body.addLayout(head)
        self.body.addWidget(Separator(role=Role.BORDER))
        self.body.addWidget(self._why)
        self.body.addWidget(self.list, 1)
        self.body.addStretch(0)
        self.body.addWidget(self._foot)

    def draw(self, state: CentreState) -> None:
        shown = state.detail
        if isinstance(shown, StoppedLine):
            self._draw_stopped(shown)
        elif shown is not None:
            self._draw_settled(shown)
        self.message.set_text(state.message)
        reveal(self.message, bool(state.message))
        reveal(self._why, isinstance(shown, StoppedLine) or bool(state.message))
        self.again.set_available(tr("A sync is running.") if state.sync.running else "")

    def enter(self) -> None:
        """Put the focus where something can be done."""
        (self.again if self.again.isVisibleTo(self) else self.list).setFocus(Qt.FocusReason.TabFocusReason)

    # --- parts --------------------------------------------------------------------------------------------------

    def _draw_stopped(self, line: StoppedLine) -> None:
        self.heading.set_text(table_words(line.table))
        written = written_words(line, self._local, self._presenter.now())
        self.person.set_text(" · ".join(part for part in (self._who(line), written) if part))
        refused = Tag(tr("Refused"), Tone.DANGER, Shape.NOT_COUNTED)
        self.tag.set_tag(refused if line.refused else Tag(tr("Held back"), Tone.WARNING, Shape.HELD))
        self.reason.set_text(reason_words(line.reason))
        shown = line.at_fault or line.fields
        words = tr("At fault: {fields}", fields=fields_words(shown)) if line.at_fault else fields_words(shown)
        self.fields.set_text(words)
        self.next.set_text(
            tr("What was written stands here. Mend the record and it goes again by itself, or send it as it is.")
            if line.refused
            else tr("The district keeps it, and this workstation asks after it at every sync. Nothing is lost.")
        )
        self.again.set_text(tr("Send it again") if line.refused else tr("Ask now"))
        self._show_parts(stopped=True)

    def _draw_settled(self, lines: SettledLines) -> None:
        self.heading.set_text(settled_words(lines.kind))
        self.person.set_text(plural("{count} entry of today", "{count} entries of today", len(lines.lines)))
        self.tag.set_tag(Tag(tr("Nothing to decide"), Tone.SUCCESS, Shape.DONE))
        rows = [self._row(line) for line in lines.lines]
        if list(self.list.rows()) != rows:
            self.list.set_rows(rows, keep=lambda one: one.key)
        self._show_parts(stopped=False)

    def _row(self, line: ItemLine) -> ListRow:
        written = written_words(line, self._local, self._presenter.now())
        words = f"{fields_words(line.fields)}, {written}"
        lines = tuple(part for part in (self._who(line), words) if part)
        return ListRow(str(line.mutation), table_words(line.table), lines, Shape.DONE, Role.SUCCESS)

    def _who(self, line: ItemLine) -> str:
        return "" if line.student is None else masked(line.student.shown, private=self._private())

    def _show_parts(self, *, stopped: bool) -> None:
        for part in (self.reason, self.fields, self.next, self._foot):
            reveal(part, stopped)
        reveal(self.list, not stopped)
