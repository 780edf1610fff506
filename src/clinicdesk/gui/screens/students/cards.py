"""What is shown beside the chart: the emergency card and a plan, in the side sheet."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.people import face_of
from clinicdesk.gui.screens.students.contacts import contact_card
from clinicdesk.gui.screens.students.parts import TwoLines, caption
from clinicdesk.gui.screens.students.summary import plan_note
from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.theme.metrics import GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button
from clinicdesk.gui.widgets.layout import STRETCH, box, column, row, scrolling
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.people import PersonRow
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import formats, tr
from clinicdesk.presentation.students.words import dose_words, plan_words, severity_words, shown
from clinicdesk.services.restricted import RestrictedNote
from clinicdesk.services.student_values import AllergyKnowledge, EmergencyCard, PlanOnRecord


def emergency_card(card: EmergencyCard, *, private: bool, print_card: Callable[[], None] | None = None) -> QWidget:
    """Two identifiers, allergies, plans with their steps, emergency medicine, whom to call: in this order."""
    student = card.student
    face = face_of(student.id, student.name, student.photo, private=private)
    person = PersonRow(face, shown(student.name, private=private), formats().date(student.birth_date), side=52)
    parts: list[QWidget] = [person, _heading(tr("Allergies"))]
    parts += [
        TwoLines(
            f"{one.allergen}: {severity_words(one.severity)[0]}",
            ", ".join(one.reactions) or one.symptoms,
            mark=Shape.ALLERGY,
            role=Role.DANGER,
        )
        for one in card.allergies.listed
    ]
    if card.allergies.knowledge is AllergyKnowledge.NONE_KNOWN:
        parts.append(TwoLines(tr("No known allergies"), "", mark=Shape.DONE, role=Role.SUCCESS))
    elif card.allergies.knowledge is AllergyKnowledge.NOT_ASKED:
        parts.append(TwoLines(tr("Not asked"), "", mark=Shape.WAITING, role=Role.WARNING))
    for plan in card.plans:
        parts.append(_heading(plan_words(plan)))
        parts.append(Paragraph(plan.steps))
    if not card.plans:
        parts.append(caption(tr("No emergency plan is on record.")))
    if card.emergency_orders:
        parts.append(_heading(tr("Emergency medicine")))
        parts += [TwoLines(order.drug, dose_words(order), mark="pill") for order in card.emergency_orders]
    parts.append(contact_card(card.contacts))
    if print_card is not None:
        button = Button(tr("Print or PDF"), "emergencyCard.print", icon="printer", shortcut="Ctrl+P")
        button.clicked.connect(print_card)
        parts.append(box(row(button, STRETCH)))
    return _sheet("emergencyCard", tr("Emergency card"), parts)


def plan_card(plan: PlanOnRecord) -> QWidget:
    """One plan with its steps."""
    parts: list[QWidget] = [caption(plan_note(plan))]
    blocks = (
        (tr("In an emergency"), plan.steps),
        (tr("Care"), plan.care),
        (tr("Triggers"), ", ".join(plan.triggers)),
        (tr("Restrictions"), ", ".join(plan.restrictions)),
    )
    for title, words in blocks:
        if words:
            parts += [_heading(title), Paragraph(words)]
    return _sheet("planCard", plan_words(plan), parts)


def restricted_card(notes: tuple[RestrictedNote, ...], zone: ZoneInfo) -> QWidget:
    """The restricted notes, newest first; those that are sealed for others say so."""
    parts: list[QWidget] = [caption(tr("This opening is on record."))]
    for one in notes:
        day = formats().date(one.on.astimezone(zone).date())
        parts.append(_heading(f"{one.title or one.kind.replace('_', ' ').capitalize()}, {day}"))
        words = one.words if one.readable else tr("Sealed: this computer does not hold the key of this note.")
        parts.append(Paragraph(words))
    return _sheet("restrictedNotes", tr("Restricted notes"), parts)


def _heading(words: str) -> QWidget:
    return Label(words, TextKind.SECTION)


def _sheet(object_name: str, spoken: str, parts: list[QWidget]) -> QWidget:
    lines = column(*parts, gap=GAP_3, margins=(20, GAP_4, 20, GAP_4))
    lines.addStretch(1)
    return name(box(column(scrolling(box(lines), f"{object_name}.scroll", spoken), gap=0)), object_name, spoken)
