"""Sheets about entries on record: everything written of one, its correction, and a new exemption (D1, I14)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from clinicdesk.gui.screens.immunizations.old_doses import source_choices
from clinicdesk.gui.screens.immunizations.side import SheetContent
from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.theme.metrics import GAP_1, GAP_3
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.cards import Separator
from clinicdesk.gui.widgets.fields import Choice, Field, NoteEditor, TextEditor, TypeAhead
from clinicdesk.gui.widgets.layout import STRETCH, box, clear, column, row
from clinicdesk.gui.widgets.naming import announce, reveal
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import tr
from clinicdesk.presentation.immunizations.entry import vaccine_choices
from clinicdesk.presentation.immunizations.presenter import ImmunizationPresenter
from clinicdesk.presentation.immunizations.state import ImmunizationState
from clinicdesk.presentation.immunizations.words import KINDS, entry_facts, version_words
from clinicdesk.services.immunization_values import ExemptionLine, VaccineEntry

_MARGINS = (20, GAP_3, 20, 20)


class EntrySheet(SheetContent):
    """An entry as it stands, every wording it had, and what may be done to it."""

    def __init__(self, presenter: ImmunizationPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self._shown: VaccineEntry | None = None
        self._facts = QVBoxLayout()
        self._facts.setSpacing(GAP_1)
        self.correct = Button(tr("Correct"), "immunizations.entry.correct", kind=Kind.PRIMARY, shortcut="Ctrl+Return")
        self.correct.clicked.connect(presenter.records.correct)
        self.reason = TextEditor("immunizations.entry.reason")
        self.reason.returnPressed.connect(self._on_take_back)
        self.reason_field = Field(tr("Why was it entered in error?"), self.reason)
        self.take_back = Button(tr("Entered in error"), "immunizations.entry.takeBack", kind=Kind.DANGER)
        self.take_back.clicked.connect(self._on_take_back)
        self._acts = box(
            column(row(self.correct, STRETCH), Separator(), self.reason_field, row(self.take_back, STRETCH), gap=GAP_3)
        )
        self.problem = Paragraph("", TextKind.BODY_MEDIUM, Role.DANGER)
        self.problem.hide()
        self.setLayout(column(self._facts, self._acts, self.problem, STRETCH, gap=GAP_3, margins=_MARGINS))

    def draw(self, state: ImmunizationState) -> None:
        opened = state.opened
        if opened is not None and opened is not self._shown:
            self._shown = opened
            self._build(opened)
        may = self._presenter.records.may_change()
        reveal(self._acts, may)
        reveal(self.correct, may and opened is not None and not isinstance(opened.line, ExemptionLine))
        problems = dict(state.sheet_problems)
        self.reason_field.set_error(problems.pop("reason", ""))
        _tell(self.problem, " ".join(problems.values()))

    def primary(self) -> None:
        self._presenter.records.correct()

    def focus_first(self) -> None:
        target = self.correct if self.correct.isVisibleTo(self) else self.reason
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build(self, entry: VaccineEntry) -> None:
        clear(self._facts)
        for label, words in entry_facts(entry):
            self._facts.addWidget(Label(label, TextKind.CAPTION, Role.TEXT_SECONDARY))
            self._facts.addWidget(Paragraph(words, TextKind.BODY))
        self._facts.addWidget(Label(tr("Written"), TextKind.CAPTION_STRONG))
        for version in reversed(entry.versions):
            self._facts.addWidget(Paragraph(version_words(version), TextKind.CAPTION, Role.TEXT_SECONDARY))

    def _on_take_back(self) -> None:
        self._presenter.records.take_back(self.reason.text())


class _FormSheet(SheetContent):
    """Fields by name, errors under them, one button with its verb."""

    def __init__(self, fields: Mapping[str, Field], verb: Button, typed: Callable[[str, str], None]) -> None:
        super().__init__()
        self.fields = dict(fields)
        self.verb = verb
        self._drawing = False
        self.problem = Paragraph("", TextKind.BODY_MEDIUM, Role.DANGER)
        self.problem.hide()
        for name, field in self.fields.items():
            match field.editor:
                case TextEditor():
                    field.editor.textChanged.connect(partial(self._on_typed, typed, name))
                case Choice():
                    field.editor.picked.connect(partial(typed, name))
                case NoteEditor():
                    field.editor.textChanged.connect(partial(self._on_noted, typed, name, field.editor))
        parts = column(*self.fields.values(), self.problem, row(STRETCH, verb), STRETCH, gap=GAP_3, margins=_MARGINS)
        self.setLayout(parts)

    def show_values(self, values: Mapping[str, str], state: ImmunizationState) -> None:
        self._drawing = True
        for name, field in self.fields.items():
            text = values[name]
            match field.editor:
                case TextEditor() if field.editor.text() != text:
                    field.editor.setText(text)
                case Choice():
                    field.editor.choose(text)
                case NoteEditor() if field.editor.toPlainText() != text:
                    field.editor.setPlainText(text)
        self._drawing = False
        problems = dict(state.sheet_problems)
        for name, field in self.fields.items():
            words = problems.pop(name, "")
            fresh = words and not field.has_error()
            field.set_error(words)
            if fresh:
                field.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        _tell(self.problem, " ".join(problems.values()))
        self.verb.set_available(tr("Being saved…") if state.busy else "")

    def focus_first(self) -> None:
        next(iter(self.fields.values())).editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_typed(self, typed: Callable[[str, str], None], name: str, text: str) -> None:
        if not self._drawing:
            typed(name, text)

    def _on_noted(self, typed: Callable[[str, str], None], name: str, editor: NoteEditor) -> None:
        self._on_typed(typed, name, editor.toPlainText())


class ReportedSheet(_FormSheet):
    """A dose from outside, put right: what the paper really says."""

    def __init__(self, presenter: ImmunizationPresenter) -> None:
        place = "immunizations.reported"
        verb = Button(tr("Save correction"), f"{place}.save", kind=Kind.PRIMARY, shortcut="Ctrl+Return")
        verb.clicked.connect(presenter.records.save_reported)
        self._presenter = presenter
        super().__init__(
            {
                "vaccine": Field(tr("Vaccine"), TypeAhead(f"{place}.vaccine", "", vaccine_choices()), required=True),
                "date": Field(tr("Date, or month and year, or year"), TextEditor(f"{place}.date"), required=True),
                "lot": Field(tr("Lot"), TextEditor(f"{place}.lot")),
                "source": Field(tr("Where it is from"), Choice(f"{place}.source", "", source_choices())),
                "detail": Field(tr("Which one"), TextEditor(f"{place}.detail")),
                "why": Field(tr("Why is this entry corrected?"), TextEditor(f"{place}.why"), required=True),
            },
            verb,
            presenter.records.type_reported,
        )

    def draw(self, state: ImmunizationState) -> None:
        form = state.reported
        self.show_values({name: getattr(form, name) for name in self.fields}, state)

    def primary(self) -> None:
        self._presenter.records.save_reported()


class ExemptionSheet(_FormSheet):
    """From which vaccine, on what ground, until when, and which paper says so."""

    def __init__(self, presenter: ImmunizationPresenter) -> None:
        place = "immunizations.exemption"
        verb = Button(tr("Record exemption"), f"{place}.save", kind=Kind.PRIMARY, shortcut="Ctrl+Return")
        verb.clicked.connect(presenter.records.save_exemption)
        self._presenter = presenter
        kinds = [(key, tr(words)) for key, words in KINDS.items()]
        super().__init__(
            {
                "vaccine": Field(tr("Vaccine"), TypeAhead(f"{place}.vaccine", "", vaccine_choices()), required=True),
                "kind": Field(tr("Ground"), Choice(f"{place}.kind", "", kinds)),
                "reason": Field(tr("Reason as it is stated"), NoteEditor(f"{place}.reason", tr("Reason"), lines=3)),
                "since": Field(tr("Since"), TextEditor(f"{place}.since")),
                "until": Field(tr("Ends on"), TextEditor(f"{place}.until", placeholder=tr("empty: no end"))),
                "document": Field(
                    tr("Document"), TextEditor(f"{place}.document", placeholder=tr("which paper, and where it is kept"))
                ),
            },
            verb,
            presenter.records.type_exemption,
        )

    def draw(self, state: ImmunizationState) -> None:
        form = state.exemption
        self.show_values({name: getattr(form, name) for name in self.fields}, state)

    def primary(self) -> None:
        self._presenter.records.save_exemption()


def _tell(where: Paragraph, words: str) -> None:
    fresh = words and words != where.text()
    where.set_text(words)
    reveal(where, bool(words))
    if fresh:
        announce(where, words)
