"""The sheet for old doses: lines as on the paper record, read while they are typed (I15, T7)."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from clinicdesk.domain.vaccines import UNSPECIFIED
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.theme import Role, TextKind, Tone
from clinicdesk.gui.theme.metrics import GAP_3
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.fields import Choice, Field, NoteEditor
from clinicdesk.gui.widgets.layout import STRETCH, column, row
from clinicdesk.gui.widgets.naming import reveal
from clinicdesk.gui.widgets.tables import Column, DataTable
from clinicdesk.gui.widgets.tags import Tag
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import clinical, formats, plural, tr
from clinicdesk.presentation.immunizations.presenter import ImmunizationPresenter, ImmunizationState, OldDoses

SOURCES = (
    ("PARENT_RECORD", "Parent record"),
    ("REGISTRY", "State registry"),
    ("FORMER_SCHOOL", "Former school"),
    ("PROVIDER", "Provider"),
    ("OTHER", "Other"),
)


@dataclass(frozen=True, slots=True)
class CellRow:
    """One dose as read."""

    vaccine: str
    cvx: str
    date: str
    problem: str
    partial: bool


class OldDosesSheet(QWidget):
    """`dtap 3/4/19 5/6/19`, one vaccine a line."""

    def __init__(self, presenter: ImmunizationPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self._read = OldDoses()
        self.text = NoteEditor(
            "immunizations.old.text", tr("Old doses"), placeholder="dtap 3/4/19 5/6/19\nmmr 5/6/20", lines=8
        )
        self.text.textChanged.connect(self._on_text)
        self.source = Choice("immunizations.old.source", "", [(key, tr(words)) for key, words in SOURCES])
        self.source.picked.connect(presenter.choose_source)
        self.cells: DataTable[CellRow] = DataTable(
            "immunizations.old.cells",
            tr("What was read"),
            (
                Column("vaccine", tr("Vaccine"), lambda one: one.vaccine, note=lambda one: one.cvx),
                Column("date", tr("Date"), lambda one: one.date, width=130),
                Column("state", tr("Read as"), _words, role=_role, tag=_tag, width=170),
            ),
        )
        self.problem = Paragraph("", TextKind.BODY_MEDIUM, Role.DANGER)
        self.problem.hide()
        self.save = Button(tr("Keep these doses"), "immunizations.old.save", kind=Kind.PRIMARY, shortcut="Ctrl+Return")
        self.save.clicked.connect(presenter.save_old)
        lines = column(
            Field(tr("One vaccine a line, then its dates"), self.text),
            Field(tr("Where it is from"), self.source),
            self.problem,
            self.cells,
            row(STRETCH, self.save),
            gap=GAP_3,
            margins=(20, GAP_3, 20, 20),
        )
        lines.setStretch(3, 1)
        self.setLayout(lines)

    def draw(self, state: ImmunizationState) -> None:
        old = state.old
        if old is None:
            return
        self.source.choose(old.source)
        if old is not self._read:
            self._read = old
            rows = [
                CellRow(
                    line.name,
                    line.cvx_code or "",
                    cell.typed if cell.date is None else formats().date(cell.date),
                    _problem(cell.problem),
                    cell.is_partial,
                )
                for line in old.lines
                for cell in line.cells
            ]
            self.cells.set_rows(rows)
        self.problem.set_text(old.problem)
        reveal(self.problem, bool(old.problem))
        count = len(old.doses)
        self.save.set_text(plural("Keep {count} dose", "Keep {count} doses", count))
        self.save.set_available("" if count and not state.busy else tr("Type a vaccine and its dates."))

    def focus_first(self) -> None:
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def closed(self) -> None:
        """The sheet was closed: what was typed in it is let go."""
        self._presenter.hide_old()

    def _on_text(self) -> None:
        self._presenter.type_old(self.text.toPlainText())


def _problem(problem: str | None) -> str:
    return "" if problem is None else clinical(f"invalid_value.{problem}") or tr("cannot be read")


def _words(one: CellRow) -> str:
    return one.problem or tr("complete")


def _role(one: CellRow) -> Role:
    return Role.DANGER if one.problem else Role.TEXT


def _tag(one: CellRow) -> Tag | None:
    if one.problem:
        return None
    if one.partial:
        return Tag(tr("date not complete"), Tone.WARNING, Shape.WAITING)
    if one.cvx in UNSPECIFIED:
        return Tag(tr("product not named"), Tone.WARNING, Shape.WAITING)
    return None
