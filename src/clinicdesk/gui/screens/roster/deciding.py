"""The card that decides who one student is: records side by side with reasons, keys 1 2 3 and 0."""

from __future__ import annotations

import uuid

from PySide6.QtCore import Signal

from clinicdesk.gui.screens.roster.tables import compare_table
from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3
from clinicdesk.gui.widgets.buttons import Button
from clinicdesk.gui.widgets.cards import Card, SectionHead
from clinicdesk.gui.widgets.layout import STRETCH, clear, extend, row
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import tr
from clinicdesk.presentation.roster.lines import CandidateLine, UndecidedLine

MOST_CANDIDATES = 3


class DecidingCard(Card):
    """`decided` carries the chosen record's key, or None for a new student."""

    decided = Signal(object)

    def __init__(self) -> None:
        super().__init__(SectionHead(tr("Who is this?")))
        self._line: UndecidedLine | None = None
        self._name = Paragraph("", TextKind.SECTION)
        self._why = Paragraph("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        self._reasons = Paragraph("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        self._candidates = row(gap=GAP_2)
        self.compared = compare_table()
        self.new_student = Button(tr("A new student"), "roster.newStudent", icon="plus", shortcut="0")
        self.new_student.clicked.connect(lambda: self.decided.emit(None))
        extend(
            self.body,
            self._name,
            self._why,
            GAP_2,
            self._candidates,
            self._reasons,
        )
        self.body.addWidget(self.compared, 1)
        # Scrolls where the window is low; the choices above stay in sight.
        self.compared.setMinimumHeight(96)
        none_of_these = Label(tr("None of these:"), TextKind.BODY, Role.TEXT_SECONDARY)
        extend(self.body, row(none_of_these, self.new_student, STRETCH, gap=GAP_3))
        self.show_line(None)

    def show_line(self, line: UndecidedLine | None) -> None:
        """Show one student, the best record first."""
        self._line = line
        clear(self._candidates)
        for widget in (self.compared, self.new_student):
            widget.setVisible(line is not None)
        if line is None:
            self._name.set_text(tr("Nobody to decide on."))
            self._why.set_text("")
            self._reasons.set_text("")
            return
        self._name.set_text(f"{line.name} · {line.born}")
        self._why.set_text(", ".join(line.reasons))
        for at, candidate in enumerate(line.candidates[:MOST_CANDIDATES], start=1):
            button = Button(
                tr("The same as {name}", name=candidate.name), f"roster.same{at}", icon="person", shortcut=str(at)
            )
            button.clicked.connect(lambda _on=False, at=at: self.choose(at))
            self._candidates.addWidget(button)
        self._candidates.addStretch(1)
        self._show_candidate(line.candidates[0] if line.candidates else None)

    def choose(self, at: int) -> None:
        """The record with this number, counted from 1; 0 is a new student."""
        if self._line is None:
            return
        if at == 0:
            self.decided.emit(None)
        elif at <= len(self._line.candidates):
            chosen: uuid.UUID = self._line.candidates[at - 1].row_id
            self.decided.emit(chosen)

    def _show_candidate(self, candidate: CandidateLine | None) -> None:
        self.compared.set_rows(candidate.facts if candidate else ())
        reasons = ", ".join(candidate.reasons) if candidate else ""
        score = tr("Score {score} of 100", score=min(candidate.score, 100)) if candidate else ""
        self._reasons.set_text(f"{score}: {reasons}" if candidate else "")
