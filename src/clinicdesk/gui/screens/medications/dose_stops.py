"""What stands against the dose, and what a person fills in to go on where she may (D40, ux-spec 1.6)."""

from __future__ import annotations

from PySide6.QtCore import Qt

from clinicdesk.domain.findings import Finding, OverrideBy
from clinicdesk.domain.medication.outcomes import DoseReason, timing_reasons
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.theme import Role, TextKind, Tone
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3
from clinicdesk.gui.widgets.buttons import ChipRow
from clinicdesk.gui.widgets.cards import Card
from clinicdesk.gui.widgets.fields import Field, PasswordField, TextEditor, TypeAhead
from clinicdesk.gui.widgets.layout import row
from clinicdesk.gui.widgets.states import Mark
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import term, tr
from clinicdesk.presentation.medications.dose_state import Lifting, SheetState, liftable
from clinicdesk.presentation.medications.sheet import DosePresenter
from clinicdesk.presentation.medications.words import finding_words, tone_of

_SHAPES = {"danger": Shape.ALLERGY, "warning": Shape.PLAN, "info": Shape.INFO}


class FindingCard(Card):
    """One finding as a card; a stop that this person may lift asks for what it takes."""

    def __init__(self, presenter: DosePresenter, state: SheetState, finding: Finding) -> None:
        super().__init__(margins=(GAP_3, GAP_2, GAP_3, GAP_2))
        tone = Tone(tone_of(finding))
        self.set_roles(tone.fill)
        self.reasons: ChipRow | None = None
        head = row(gap=GAP_2)
        head.addWidget(Mark(_SHAPES[tone.value], tone.text, 18), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(Paragraph(finding_words(finding, presenter.local), TextKind.BODY_MEDIUM, tone.text), 1)
        self.body.addLayout(head)
        if not finding.stops or finding.override is OverrideBy.NONE:
            return
        if not liftable(state, finding):
            self.body.addWidget(Paragraph(tr("Only a registered nurse can go on with this dose."), role=Role.TEXT))
            return
        self._ask(presenter, state, finding)

    def _ask(self, presenter: DosePresenter, state: SheetState, finding: Finding) -> None:
        code, known = finding.code, state.lifting.get(finding.code, Lifting())
        timed = timing_reasons(code)
        if timed:
            self.reasons = reason_chips("dose.timing", tr("Why then?"), timed)
            self.reasons.choose(state.timing.value if state.timing is not None else "")
            self.reasons.picked.connect(lambda key: presenter.choose_timing(DoseReason(key)))
            self.body.addWidget(self.reasons)
        # With the chips of M4 the own words are one way of two: not a field that must be filled.
        reason = TextEditor(f"dose.own.{code}.reason" if timed else f"dose.need.{code}.reason")
        reason.setText(known.reason)
        reason.textEdited.connect(lambda text: presenter.set_reason_for(code, text))
        label = tr("Or in your words") if timed else tr("Reason to go on")
        self.body.addWidget(Field(label, reason, required=not timed))
        if finding.needs_prescriber_contact:
            contact = TextEditor(f"dose.need.{code}.contact", placeholder=tr("Dr. Lund, phone, 11:30"))
            contact.setText(known.contact)
            contact.textEdited.connect(lambda text: presenter.set_contact_for(code, text))
            self.body.addWidget(Field(tr("Prescriber: who and when"), contact, required=True))


class SecondPersonCard(Card):
    """The second licensed person, once for all stops that ask for one: picks the name, types the own password."""

    def __init__(self, presenter: DosePresenter, state: SheetState) -> None:
        super().__init__(margins=(GAP_3, GAP_2, GAP_3, GAP_3))
        second = TypeAhead("dose.need.second", "", presenter.staff())
        second.setText(state.second)
        second.textChanged.connect(presenter.set_second)
        self.password = PasswordField(tr("Her own password"), "dose.need.secondPassword")
        line = row(gap=GAP_3)
        line.addWidget(Field(tr("Second licensed person"), second, required=True), 1)
        line.addWidget(self.password, 1)
        self.body.addLayout(line)


def reason_chips(object_name: str, accessible: str, reasons: tuple[DoseReason, ...]) -> ChipRow:
    """Reasons of M4, each with the digit that picks it."""
    words = [(one.value, f"{at} {term('dose_reason', one.value)}") for at, one in enumerate(reasons, 1)]
    return ChipRow(object_name, accessible, words)
