"""The two sheets of an administrator: join anew after a copy, and repair a damaged database (s15, s53)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.theme.metrics import GAP_1, GAP_2, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.fields import Field, NoteEditor, PasswordField, TextEditor
from clinicdesk.gui.widgets.layout import STRETCH, box, column, row
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import tr
from clinicdesk.presentation.sync_centre.repairing import RepairPart, RepairState, join_word, salvage_word

_MARGINS = (20, 16, 20, 16)


class _Said:
    """What went wrong and what is going on, above the button."""

    def __init__(self) -> None:
        self.problem = Paragraph("", TextKind.BODY, Role.DANGER)
        self.busy = Label("", TextKind.BODY, Role.TEXT_SECONDARY)
        self.done = Paragraph("", TextKind.BODY_MEDIUM)
        for part in (self.problem, self.busy, self.done):
            part.hide()

    def draw(self, state: RepairState) -> None:
        words = state.problems.get("act", "")
        for part, said in ((self.problem, words), (self.done, state.done)):
            changed = said != part.text()
            part.set_text(said)
            reveal(part, bool(said))
            if said and changed:
                announce(part, said)
        self.busy.setText(state.busy)
        reveal(self.busy, bool(state.busy))


class RejoinSheet(QWidget):
    """The invite, its code, and the word that means it; then the number that an administrator compares."""

    left = Signal()

    def __init__(self, part: RepairPart) -> None:
        super().__init__()
        name(self, "sync.rejoinSheet", tr("Join anew"))
        self._part = part
        self._said = _Said()
        self.invite = NoteEditor("sync.rejoin.invite", tr("Invite"), lines=3)
        self.code = TextEditor("sync.rejoin.code")
        self.typed = TextEditor("sync.rejoin.typed")
        self._invite = Field(tr("Invite"), self.invite, required=True)
        self._code = Field(tr("Code, if it came apart"), self.code)
        self._typed = Field(tr("Type {word} to go on", word=join_word()), self.typed, required=True)
        self.join = Button(tr("Join anew"), "sync.rejoin", kind=Kind.PRIMARY, icon="key", shortcut="Ctrl+Return")
        self.ask = Button(tr("Ask whether it was let in"), "sync.rejoin.ask", kind=Kind.PRIMARY, icon="sync")
        self.join.clicked.connect(self.submit)
        self.ask.clicked.connect(part.ask_again)
        self.number = Label("", TextKind.METRIC)
        self._asking = box(column(self._invite, self._code, self._typed, gap=GAP_3))
        self.number.hide()
        self.ask.hide()
        steps = (
            tr("For a copy: two machines speak as one workstation, and this is the one that gets a name of its own."),
            tr("Database, people and everything that waits here stay. It is sent under the new name."),
            tr("An administrator of the district makes the invite and approves this workstation by a number."),
            tr("The old name is not taken back. Where the other machine is gone for good, close this and say so."),
        )
        self.setLayout(
            column(
                _steps(steps),
                self._asking,
                self.number,
                self._said.done,
                self._said.problem,
                row(self.join, self.ask, self._said.busy, STRETCH, gap=GAP_3),
                STRETCH,
                gap=GAP_4,
                margins=_MARGINS,
            )
        )

    def submit(self) -> None:
        if self.ask.isVisible():
            self._part.ask_again()
        else:
            self._part.join_anew(self.invite.toPlainText(), self.code.text(), self.typed.text())

    def draw(self, state: RepairState) -> None:
        self._invite.set_error(state.problems.get("invite", ""))
        self._typed.set_error(state.problems.get("typed", ""))
        self._said.draw(state)
        asked = bool(state.number or state.done)
        waits = bool(state.number)
        reveal(self._asking, not asked)
        reveal(self.join, not asked)
        self.join.set_available(state.busy)
        self.number.setText(state.number)
        self.number.setAccessibleName(tr("Number {number}", number=state.number))
        reveal(self.number, waits)
        focus = waits and not self.ask.isVisible()
        reveal(self.ask, waits)
        self.ask.set_available(state.busy)
        if focus:
            self.ask.setFocus()
        elif "invite" in state.problems:
            self.invite.setFocus()
        elif "typed" in state.problems:
            self.typed.setFocus()

    def wait(self) -> None:
        """Opened again while the approval is awaited: only the question is left."""
        self.draw(RepairState(number="–", done=tr("It asked to join anew and waits for an administrator.")))
        reveal(self.number, False)

    def closed(self) -> None:
        self.left.emit()


class SalvageSheet(QWidget):
    """What will happen, the own password, and the word that means it; the desk locks and repairs."""

    left = Signal()

    def __init__(self, part: RepairPart) -> None:
        super().__init__()
        name(self, "sync.salvageSheet", tr("Repair this database"))
        self._part = part
        self._said = _Said()
        self.password = PasswordField(tr("Your password"), "sync.salvage.password")
        self.typed = TextEditor("sync.salvage.typed")
        self._typed = Field(tr("Type {word} to go on", word=salvage_word()), self.typed, required=True)
        self.password.entered.connect(self.typed.setFocus)
        self.repair = Button(
            tr("Lock and repair"), "sync.salvage", kind=Kind.DANGER, icon="lock", shortcut="Ctrl+Return"
        )
        self.repair.clicked.connect(self.submit)
        steps = (
            tr("The desk locks, and this database is replaced by a fresh one. That is not taken back."),
            tr("What was typed here and not sent, the drafts and the audit trail are carried over as far as they can "
               "be read. Everything else comes back from the district with the next sync."),
            tr("The damaged file and a sealed export of what was read stay on this machine for IT."),
            tr("Restore no backup before this: what was not sent would be lost."),
        )  # fmt: skip
        self.setLayout(
            column(
                _steps(steps),
                self.password,
                self._typed,
                self._said.problem,
                row(self.repair, self._said.busy, STRETCH, gap=GAP_3),
                STRETCH,
                gap=GAP_4,
                margins=_MARGINS,
            )
        )

    def submit(self) -> None:
        self._part.salvage(self.password.text(), self.typed.text())

    def draw(self, state: RepairState) -> None:
        self.password.set_error(state.problems.get("password", ""))
        self._typed.set_error(state.problems.get("typed", ""))
        self._said.draw(state)
        self.repair.set_available(state.busy)
        if "password" in state.problems:
            self.password.setFocus()
        elif "typed" in state.problems:
            self.typed.setFocus()

    def closed(self) -> None:
        """The sheet goes: no typed secret stays behind."""
        self.password.clear()
        self.left.emit()


def _steps(steps: Sequence[str]) -> QWidget:
    """What will happen, one sentence under another, numbered for who reads aloud."""
    lines = column(gap=GAP_2)
    lines.addWidget(Label(tr("What will happen"), TextKind.LABEL))
    for at, words in enumerate(steps, start=1):
        number = Label(f"{at}", TextKind.LABEL, Role.TEXT_SECONDARY)
        line = row(number, Paragraph(words), gap=GAP_2)
        line.setAlignment(number, Qt.AlignmentFlag.AlignTop)
        line.setStretch(1, 1)
        lines.addLayout(line)
    lines.addSpacing(GAP_1)
    return box(lines)
