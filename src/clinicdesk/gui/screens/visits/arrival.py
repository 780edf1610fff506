"""Left of a visit: time in, who brought the student, complaints, template, and the event log with its keys."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from clinicdesk.domain.visit_templates import TEMPLATES
from clinicdesk.gui.theme import Role, TextKind, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button
from clinicdesk.gui.widgets.cards import Card
from clinicdesk.gui.widgets.fields import Choice, Field, TextEditor, TypeAhead
from clinicdesk.gui.widgets.layout import STRETCH, FlowLayout, clear, column, row
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import formats, term, tr
from clinicdesk.presentation.visits.filling import COMPLAINTS
from clinicdesk.presentation.visits.state import VisitState, step_words, steps_of

_MOST_STEPS = 8


class ArrivalPanel(QWidget):
    """Two cards: how the visit began, and what happened since."""

    came_typed = Signal(str)
    brought_by_typed = Signal(str)
    complaint_added = Signal(str)
    complaint_removed = Signal(str)
    template_picked = Signal(str)
    step_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        name(self, "visit.arrival", tr("Arrival"))
        self._complaints: tuple[str, ...] = ()
        self._steps: tuple[object, ...] = ()
        self._keys: tuple[str, ...] = ()
        self._staff: tuple[str, ...] = ()
        self.came = TextEditor("visit.came", tr("Time in"), placeholder=tr("now"))
        self.came.setMaximumWidth(theme().width(96))
        self._ago = Label("", TextKind.BODY, Role.TEXT_SECONDARY, elide=True)
        self.came_field = Field(tr("Time in"), self.came)
        self.brought_by = TypeAhead("visit.broughtBy", tr("Brought by"), placeholder=tr("came alone"))
        self.complaint = TypeAhead(
            "visit.complaint",
            tr("Add a complaint"),
            [term("visit.complaint", key) for key in COMPLAINTS],
            placeholder=tr("Add a complaint"),
        )
        self.complaint_field = Field(tr("Complaint"), self.complaint, required=True)
        self._chips = QWidget()
        self._chips.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._flow = FlowLayout(self._chips)
        choices = [(key, term("visit.template", key)) for key in TEMPLATES]
        self.template = Choice("visit.template", tr("Template"), sorted(choices, key=lambda pair: pair[1].casefold()))
        self.template.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.template.setMinimumContentsLength(12)
        self.came.textEdited.connect(self.came_typed)
        self.brought_by.textEdited.connect(self.brought_by_typed)
        self.complaint.returnPressed.connect(self._on_complaint)
        self.template.picked.connect(self.template_picked)
        came = row(self.came_field, gap=GAP_2)
        came.addLayout(column(STRETCH, self._ago, gap=0, margins=(0, 0, 0, GAP_2)), 1)
        first = Card(
            body=column(
                came,
                Field(tr("Brought by"), self.brought_by),
                self.complaint_field,
                self._chips,
                Field(tr("Template"), self.template),
                gap=GAP_3,
            ),
            margins=(GAP_4, GAP_3, GAP_4, GAP_3),
        )
        self._log = QGridLayout()
        self._log.setContentsMargins(0, 0, 0, 0)
        self._log.setHorizontalSpacing(GAP_3)
        self._log.setVerticalSpacing(GAP_2)
        self._log.setColumnStretch(1, 1)
        self._keys_box = QWidget()
        self._buttons = FlowLayout(self._keys_box)
        head = row(Label(tr("Event log"), TextKind.SECTION), gap=GAP_2)
        hint = Label(tr("one key each"), TextKind.CAPTION, Role.TEXT_SECONDARY, elide=True)
        head.addWidget(hint, 1)
        second = Card(body=column(head, self._log, self._keys_box, STRETCH, gap=GAP_3), margins=(GAP_4, GAP_3) * 2)
        lines = column(first, second, gap=GAP_4)
        lines.setStretch(1, 1)
        self.setLayout(lines)

    def draw(self, state: VisitState) -> None:
        form, sheet = state.form, state.sheet
        if sheet is None:
            return
        for editor, text in ((self.came, form.came), (self.brought_by, form.brought_by)):
            if editor.text() != text:
                editor.setText(text)
            editor.setReadOnly(not state.editable)
        self.complaint.setEnabled(state.editable)
        self.template.setEnabled(state.editable)
        self.came_field.set_error(state.errors.get("came", ""))
        self.complaint_field.set_error(state.errors.get("complaints", ""))
        if self._staff != sheet.staff:
            self._staff = sheet.staff
            self.brought_by.set_choices(sheet.staff)
        self._ago.setText(_ago(state))
        self.template.choose(form.template)
        if self._complaints != form.complaints:
            self._complaints = form.complaints
            self._draw_chips(state)
        self._draw_log(state)

    def _draw_chips(self, state: VisitState) -> None:
        clear(self._flow)
        for at, key in enumerate(state.form.complaints):
            words = term("visit.complaint", key)
            chip = Button(words, f"visit.complaint.{at}", icon="cross", size="head", parent=self._chips)
            chip.setAccessibleName(tr("Remove complaint {words}", words=words))
            chip.setProperty("complaint", key)
            chip.clicked.connect(self._on_removed)
            self._flow.addWidget(chip)
            chip.show()
        self._chips.setVisible(bool(state.form.complaints))
        self._chips.updateGeometry()

    def _draw_log(self, state: VisitState) -> None:
        sheet = state.sheet
        steps = sheet.steps[-_MOST_STEPS:] if sheet is not None else ()
        if self._steps != steps:
            self._steps = steps
            clear(self._log)
            for at, step in enumerate(steps):
                words = step_words(step.kind, step.code)
                words = f"{words}: {step.note}" if step.note else words
                when = formats().time(step.at.astimezone(state.now.tzinfo))
                self._log.addWidget(Label(when, TextKind.LABEL), at, 0)
                self._log.addWidget(Paragraph(words, least_width=80), at, 1)
        wanted = steps_of(state.form.template, emergency=state.emergency_since is not None)
        codes = tuple(step.code for step in wanted)
        if self._keys != codes:
            self._keys = codes
            clear(self._buttons)
            for key in wanted:
                button = Button(
                    key.words, f"visit.step.{key.code}", shortcut=key.key, size="head", parent=self._keys_box
                )
                button.setProperty("code", key.code)
                button.clicked.connect(self._on_step)
                self._buttons.addWidget(button)
                button.show()
        for at in range(self._buttons.count()):
            item = self._buttons.itemAt(at)
            button_at = item.widget() if item is not None else None
            if button_at is not None:
                button_at.setEnabled(state.editable and state.visit_id is not None)

    def _on_complaint(self) -> None:
        text = self.complaint.text()
        self.complaint.clear()
        self.complaint_added.emit(text)

    def _on_removed(self) -> None:
        self.complaint_removed.emit(str(self.sender().property("complaint")))

    def _on_step(self) -> None:
        self.step_wanted.emit(str(self.sender().property("code")))


def _ago(state: VisitState) -> str:
    entry = state.sheet.entry if state.sheet is not None else None
    if entry is None:
        return tr("now, when the complaint is in")
    came, now = entry.came_at.astimezone(state.now.tzinfo), state.now
    span = formats().duration(max(now - came, now - now))
    if came.date() == now.date():
        return tr("{span} ago", span=span)
    return tr("{day}, {span} ago", day=formats().weekday_short(came.date()), span=span)
