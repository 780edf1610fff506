"""Middle of a visit: red flags and reasons, vitals, the template's questions, assessment, interventions, note."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLayout, QWidget

from clinicdesk.domain.visit_templates import TEMPLATES, VisitDisposition
from clinicdesk.domain.visits import Tick as Ticked
from clinicdesk.domain.vitals import Vital
from clinicdesk.gui.screens.visits.columns import CellGrid, TickGrid
from clinicdesk.gui.theme import Role, TextKind, Tone
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import ChipRow, LinkText
from clinicdesk.gui.widgets.cards import Card, Separator
from clinicdesk.gui.widgets.choices import Finding, Tick
from clinicdesk.gui.widgets.fields import Field, NoteEditor, TextEditor
from clinicdesk.gui.widgets.layout import STRETCH, box, clear, column, row
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.notices import Banner
from clinicdesk.gui.widgets.text import Label
from clinicdesk.i18n import formats, term, tr
from clinicdesk.presentation.visits.form import FIELD_OF, VITALS
from clinicdesk.presentation.visits.state import VisitState

_LABELS = {
    "temperature": "Temperature",
    "heart_rate": "Pulse",
    "respiratory_rate": "Resp. rate",
    "blood_pressure": "BP, mmHg",
    "oxygen_saturation": "SpO₂",
    "pain": "Pain",
    "glucose": "Glucose",
}
_TONES = {"": Role.TEXT_SECONDARY, "warning": Role.WARNING, "danger": Role.DANGER}


class FindingsPanel(QWidget):
    """One card with hairlines between its parts."""

    emergency_wanted = Signal()
    vital_typed = Signal(str, str)
    vital_left = Signal()
    field_typed = Signal(str, str)
    reason_typed = Signal(str, str)
    touched = Signal(str, bool)
    danger_set = Signal(str, bool)
    intervened = Signal(tuple)
    medication_wanted = Signal()
    note_typed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        name(self, "visit.findings", tr("Findings"))
        self._template: str | None = None
        self._stops: tuple[str, ...] = ()
        self._drawing = False
        self.flag = Banner(
            "visit.flag", Tone.DANGER, "", action=tr("Start 911"), shortcut="F4", two_lines=True, line=False
        )
        self.flag.acted.connect(self.emergency_wanted)
        self.flag.hide()
        self._stop_lines = column(gap=GAP_3, margins=(GAP_4, GAP_3, GAP_4, GAP_3))
        self._stop_box = box(self._stop_lines, "visit.stops")
        self._stop_box.hide()
        self.reasons: dict[str, TextEditor] = {}
        self.vitals: dict[str, Field] = {}
        for one in VITALS:
            editor = TextEditor(f"visit.vital.{one.key}", tr(_LABELS[one.key]), unit=one.unit)
            editor.setMinimumWidth(60)
            editor.setProperty("vital", one.key)
            editor.textEdited.connect(self._on_vital)
            editor.left.connect(self.vital_left)
            field = Field(tr(_LABELS[one.key]), editor, caption=True)
            self.vitals[one.key] = field
        self._cells = CellGrid(tuple(self.vitals.values()))
        self._cells.show_cell(self.vitals["glucose"], on=False)
        hint = Label(tr("Accepts 98.6f, 37c, 120/70"), TextKind.CAPTION, Role.TEXT_SECONDARY)
        head = row(Label(tr("Vitals"), TextKind.SECTION), STRETCH, hint, gap=GAP_2)
        self._questions = QGridLayout()
        self.questions: dict[str, Field] = {}
        self._questions_box = box(self._questions)
        self.expected: dict[str, Tick] = {}
        self.danger: dict[str, Tick] = {}
        self._assessed = TickGrid()
        self._questions.setContentsMargins(0, 0, 0, 0)
        self._questions.setHorizontalSpacing(GAP_3)
        self._questions.setVerticalSpacing(GAP_2)
        legend = Tick(tr("from template, not confirmed"), "visit.legend", finding=Finding.TEMPLATE)
        legend.setChecked(True)
        legend.setEnabled(False)
        legend.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._assessment = column(
            row(Label(tr("Assessment"), TextKind.SECTION), STRETCH, legend, gap=GAP_2), self._assessed, gap=GAP_2
        )
        self.medication = LinkText(tr("Give medication"), "visit.giveMedication", shortcut="Ctrl+M")
        self.medication.clicked.connect(self.medication_wanted)
        given = row(Label(tr("Interventions"), TextKind.SECTION), STRETCH, self.medication, gap=GAP_2)
        self._interventions = column(given, gap=GAP_2)
        self.interventions = ChipRow("visit.interventions", tr("Interventions"), (), exclusive=False)
        self.interventions.picked.connect(self._on_intervened)
        self._interventions.addWidget(self.interventions)
        self.note = NoteEditor("visit.note", tr("Note"), placeholder=tr("Words of your own, or .phrases"), lines=3)
        self.note.textChanged.connect(self._on_note)
        self.saved = Label("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        noted = row(Label(tr("Note"), TextKind.SECTION), STRETCH, self.saved, gap=GAP_2)
        body = column(self.flag, self._stop_box, gap=0)
        parts: tuple[QLayout, ...] = (
            column(head, self._cells, self._questions_box, gap=GAP_2),
            self._assessment,
            self._interventions,
            column(noted, self.note, gap=GAP_2),
        )
        for at, part in enumerate(parts):
            if at:
                body.addWidget(Separator())
            part.setContentsMargins(GAP_4, GAP_3, GAP_4, GAP_3)
            body.addLayout(part, 1 if part is parts[-1] else 0)
        outer = column(Card(body=body, margins=(0, 0, 0, 0)))
        self.setLayout(outer)

    def draw(self, state: VisitState) -> None:
        if state.sheet is None:
            return
        self._drawing = True
        try:
            if self._template != state.form.template:
                self._template = state.form.template
                self._rebuild(state)
            self._draw_flag(state)
            self._draw_stops(state)
            self._draw_vitals(state)
            self._draw_ticks(state)
            self.interventions.choose(*state.form.interventions)
            self.medication.setVisible(state.editable)
            for key, field in self.questions.items():
                editor = field.editor
                assert isinstance(editor, TextEditor)
                text = state.form.fields.get(key, "")
                if editor.text() != text:
                    editor.setText(text)
            if self.note.toPlainText() != state.form.note:
                self.note.setPlainText(state.form.note)
                self.note.moveCursor(self.note.textCursor().MoveOperation.End)
            self.note.setReadOnly(not state.editable)
            saved = tr("Draft saved {time}", time=f"{state.draft_at:%H:%M:%S}") if state.draft_at else ""
            self.saved.setText(" · ".join(part for part in (saved, tr(".phrases on")) if part))
        finally:
            self._drawing = False

    def _rebuild(self, state: VisitState) -> None:
        template = TEMPLATES.get(state.form.template)
        clear(self._questions)
        self.questions, self.expected, self.danger = {}, {}, {}
        fields = template.fields if template is not None else ()
        required = template.required_fields if template is not None else ()
        for at, key in enumerate(fields):
            editor = TextEditor(f"visit.field.{key}", term("visit.field", key))
            editor.setProperty("question", key)
            editor.textEdited.connect(self._on_question)
            field = Field(term("visit.field", key), editor, required=key in required, caption=True)
            self._questions.addWidget(field, at // 2, at % 2)
            self.questions[key] = field
        self._questions_box.setVisible(bool(fields))
        expected = template.expected if template is not None else ()
        signs = tuple(sign.key for sign in template.danger) if template is not None else ()
        for key in expected:
            tick = Tick(term("visit.finding", key), f"visit.finding.{key}", finding=Finding.TEMPLATE)
            tick.setProperty("finding", key)
            tick.clicked.connect(self._on_touched)
            self.expected[key] = tick
        for key in signs:
            tick = Tick(term("visit.danger", key), f"visit.danger.{key}")
            tick.setProperty("danger", key)
            tick.clicked.connect(self._on_danger)
            self.danger[key] = tick
        self._assessed.set_groups(
            (_head(tr("Expected")), tuple(self.expected.values())),
            (_head(tr("Danger signs")), tuple(self.danger.values())),
        )
        given = template.interventions if template is not None else ()
        self.interventions.set_choices([(key, term("visit.intervention", key)) for key in given])
        wanted = template.required_vitals if template is not None else ()
        self._cells.show_cell(self.vitals["glucose"], on=Vital.GLUCOSE in wanted)

    def _draw_flag(self, state: VisitState) -> None:
        since = state.emergency_since
        self.flag.setVisible(bool(state.flags) or since is not None)
        self.flag.action.setVisible(since is None and state.editable)
        if since is not None:
            here = since.astimezone(state.now.tzinfo)
            span = int((state.now - since).total_seconds())
            cause = tr("911 called {time}, {span} ago", time=formats().time(here), span=f"{span // 60}:{span % 60:02}")
        else:
            cause = tr("Red flag: {signs}", signs=", ".join(state.flags).lower())
        back, home = (
            VisitDisposition.RETURN_TO_CLASS in state.questioned,
            VisitDisposition.SENT_HOME in state.questioned,
        )
        if home:
            remedy = tr("Anything but 911 needs a reason. Tell the family.")
        elif back:
            remedy = tr("Back to class needs a reason. Tell the family and a clinician.")
        else:
            remedy = tr("Tell the family and a clinician.")
        self.flag.set_words(cause, remedy)

    def _draw_stops(self, state: VisitState) -> None:
        wanted = tuple(stop.code for stop in state.stops)
        if wanted != self._stops:
            self._stops = wanted
            clear(self._stop_lines)
            self.reasons = {}
            for stop in state.stops:
                if not stop.by_reason:
                    self._stop_lines.addWidget(Label(stop.words, TextKind.LABEL, Role.DANGER))
                    continue
                editor = TextEditor(f"visit.reason.{stop.code}", stop.words, placeholder=tr("Reason"))
                editor.setProperty("stop", stop.code)
                editor.textEdited.connect(self._on_reason)
                self._stop_lines.addWidget(Field(stop.words, editor))
                self.reasons[stop.code] = editor
        self._stop_box.setVisible(bool(wanted))
        for code, editor in self.reasons.items():
            text = state.form.reasons.get(code, "")
            if editor.text() != text:
                editor.setText(text)

    def _draw_vitals(self, state: VisitState) -> None:
        template = TEMPLATES.get(state.form.template)
        required = {FIELD_OF[vital] for vital in template.required_vitals} if template is not None else set()
        for key, field in self.vitals.items():
            editor = field.editor
            assert isinstance(editor, TextEditor)
            text = state.form.vitals.get(key, "")
            if editor.text() != text:
                editor.setText(text)
            editor.setReadOnly(not state.editable)
            echo = state.echoes.get(key)
            field.set_error(state.errors.get(key, ""))
            missing = tr("required") if key in required and not text.strip() and state.editable else ""
            field.set_echo(echo.text if echo else missing, _TONES[echo.tone if echo else ""])

    def _draw_ticks(self, state: VisitState) -> None:
        for key, tick in self.expected.items():
            stands = state.form.ticks.get(key, Ticked.FROM_TEMPLATE)
            tick.set_finding(Finding.TEMPLATE if stands == Ticked.FROM_TEMPLATE else Finding.CONFIRMED)
            tick.setChecked(stands != Ticked.NOT_FOUND)
            tick.setEnabled(state.editable)
        for key, tick in self.danger.items():
            on = key in state.form.danger
            tick.setChecked(on)
            tick.set_finding(Finding.DANGER if on else Finding.CONFIRMED)
            tick.setEnabled(state.editable)

    def _on_vital(self, text: str) -> None:
        self.vital_typed.emit(str(self.sender().property("vital")), text)

    def _on_question(self, text: str) -> None:
        self.field_typed.emit(str(self.sender().property("question")), text)

    def _on_reason(self, text: str) -> None:
        self.reason_typed.emit(str(self.sender().property("stop")), text)

    def _on_touched(self) -> None:
        tick = self.sender()
        assert isinstance(tick, Tick)
        self.touched.emit(str(tick.property("finding")), tick.isChecked())

    def _on_danger(self) -> None:
        tick = self.sender()
        assert isinstance(tick, Tick)
        self.danger_set.emit(str(tick.property("danger")), tick.isChecked())

    def _on_intervened(self, _key: str) -> None:
        self.intervened.emit(self.interventions.chosen())

    def _on_note(self) -> None:
        if not self._drawing:
            self.note_typed.emit(self.note.toPlainText())


def _head(words: str) -> Label:
    return Label(words, TextKind.CAPTION, Role.TEXT_SECONDARY)
