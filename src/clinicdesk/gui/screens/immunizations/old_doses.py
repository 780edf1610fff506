"""The sheet for old doses: lines as on the paper record, read while they are typed (I15, T7)."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor

from clinicdesk.domain.vaccines import UNSPECIFIED
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.immunizations.side import SheetContent
from clinicdesk.gui.theme import Role, TextKind, Tone
from clinicdesk.gui.theme.metrics import GAP_3
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.fields import Choice, Field, NoteEditor, TextEditor
from clinicdesk.gui.widgets.layout import STRETCH, column, row
from clinicdesk.gui.widgets.naming import reveal
from clinicdesk.gui.widgets.tables import Column, DataTable
from clinicdesk.gui.widgets.tags import Tag
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import clinical, formats, plural, tr
from clinicdesk.presentation.immunizations.presenter import ImmunizationPresenter
from clinicdesk.presentation.immunizations.state import DUPLICATE, ImmunizationState, OldDoses
from clinicdesk.presentation.immunizations.words import SOURCES


@dataclass(frozen=True, slots=True)
class CellRow:
    """One dose as read; `typed` is the word of the text that it stands for."""

    vaccine: str
    cvx: str
    date: str
    typed: str
    problem: str
    partial: bool
    repeated: bool


class OldDosesSheet(SheetContent):
    """`dtap 3/4/19 5/6/19`, one vaccine a line."""

    def __init__(self, presenter: ImmunizationPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self._read: OldDoses | None = None
        self.text = NoteEditor(
            "immunizations.old.text", tr("Old doses"), placeholder="dtap 3/4/19 5/6/19\nmmr 5/6/20", lines=8
        )
        self.text.textChanged.connect(self._on_text)
        self.source = Choice("immunizations.old.source", "", source_choices())
        self.source.picked.connect(presenter.old.choose_source)
        self.detail = TextEditor("immunizations.old.detail", placeholder=tr("which registry, school or clinic"))
        self.detail.textEdited.connect(presenter.old.type_detail)
        self.cells: DataTable[CellRow] = DataTable(
            "immunizations.old.cells",
            tr("What was read"),
            (
                Column("vaccine", tr("Vaccine"), lambda one: one.vaccine, note=lambda one: one.cvx),
                Column("date", tr("Date"), lambda one: one.date, width=118),
                Column("state", tr("Read as"), _words, role=_role, tag=_tag, width=176),
            ),
        )
        self.cells.opened.connect(self._on_cell)
        self.problem = Paragraph("", TextKind.BODY_MEDIUM, Role.DANGER)
        self.problem.hide()
        self.save = Button(tr("Keep these doses"), "immunizations.old.save", kind=Kind.PRIMARY, shortcut="Ctrl+Return")
        self.save.clicked.connect(presenter.old.save)
        lines = column(
            Field(tr("One vaccine a line, then its dates"), self.text),
            Field(tr("Where it is from"), self.source),
            Field(tr("Which one"), self.detail),
            self.problem,
            self.cells,
            row(STRETCH, self.save),
            gap=GAP_3,
            margins=(20, GAP_3, 20, 20),
        )
        lines.setStretch(4, 1)
        self.setLayout(lines)

    def draw(self, state: ImmunizationState) -> None:
        old = state.old
        self.source.choose(old.source)
        if self.detail.text() != old.detail:
            self.detail.setText(old.detail)
        if self.text.toPlainText() != old.text:
            self.text.setPlainText(old.text)
            self.text.moveCursor(QTextCursor.MoveOperation.End)
        if old is not self._read:
            self._read = old
            self.cells.set_rows(_rows(old))
        self.problem.set_text(old.problem)
        reveal(self.problem, bool(old.problem))
        count = len(old.doses)
        self.save.set_text(plural("Keep {count} dose", "Keep {count} doses", count))
        missing = tr("All of these are on record already.") if old.lines else tr("Type a vaccine and its dates.")
        self.save.set_available("" if count and not state.busy else missing)

    def focus_first(self) -> None:
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def primary(self) -> None:
        self._presenter.old.save()

    def _on_text(self) -> None:
        self._presenter.old.type(self.text.toPlainText())

    def _on_cell(self, one: CellRow) -> None:
        """Go to the word that the row was read from, to put it right."""
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        self.text.find(one.vaccine)
        self.text.find(one.typed)
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)


def source_choices() -> list[tuple[str, str]]:
    """Where a dose may be known from."""
    return [(key, tr(words)) for key, words in SOURCES.items()]


def _rows(old: OldDoses) -> list[CellRow]:
    return [
        CellRow(
            line.name,
            line.cvx_code or "",
            cell.typed if cell.date is None else formats().date(cell.date),
            cell.typed,
            _problem(cell.problem),
            cell.is_partial,
            cell.problem == DUPLICATE or old.repeats(line, cell),
        )
        for line in old.lines
        for cell in line.cells
    ]


def _problem(problem: str | None) -> str:
    if problem in {None, DUPLICATE}:
        return ""
    return clinical(f"invalid_value.{problem}") or tr("cannot be read")


def _words(one: CellRow) -> str:
    return one.problem or tr("complete")


def _role(one: CellRow) -> Role:
    return Role.DANGER if one.problem else Role.TEXT


def _tag(one: CellRow) -> Tag | None:
    if one.problem:
        return None
    if one.repeated:
        return Tag(tr("on record already"), Tone.NEUTRAL, Shape.DONE)
    if one.partial or not one.cvx or one.cvx in UNSPECIFIED:
        return Tag(tr("Not evaluable"), Tone.WARNING, Shape.NOT_COUNTED)
    return None
