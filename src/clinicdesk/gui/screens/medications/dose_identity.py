"""Who the dose is for, what was ordered, and what was given last: the parts of the sheet that are only read."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from clinicdesk.gui.screens.people import face_of
from clinicdesk.gui.theme import Role, TextKind, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_4
from clinicdesk.gui.widgets.cards import SectionHead, Separator
from clinicdesk.gui.widgets.layout import STRETCH, box, column, row
from clinicdesk.gui.widgets.people import Portrait
from clinicdesk.gui.widgets.tags import Tag, TagRow, allergy_badge, cleared_badge, unasked_badge
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import formats, tr
from clinicdesk.presentation.medications.words import (
    Local,
    consent_words,
    dose_line,
    order_title,
    past_words,
    stock_words,
)
from clinicdesk.presentation.shell import masked
from clinicdesk.services.dose_values import DoseSheet


def identity(sheet: DoseSheet, *, private: bool) -> QWidget:
    """Photo or initials, name, birth date and age, allergies: two identifiers at least (M1)."""
    student = sheet.student
    face = face_of(student.id, student.name, student.photo, private=private)
    age = formats().birth_and_age(student.born, sheet.opened_at.date())
    details = [
        tr("Grade {grade}", grade=student.grade),
        tr("Room {room}", room=student.homeroom) if student.homeroom else "",
        tr("ID {number}", number=student.number) if student.number else "",
    ]
    badges = [
        allergy_badge(f"{line.allergen}: {line.reaction}" if line.reaction else line.allergen)
        for line in sheet.allergies
    ]
    verdict = _allergy_verdict(sheet)
    words = column(
        Paragraph(masked(student.name.shown, private=private), TextKind.TITLE),
        Label(age, TextKind.LABEL),
        Paragraph(" · ".join(part for part in details if part), TextKind.BODY, Role.TEXT_SECONDARY),
        GAP_2,
        TagRow(badges),
        TagRow(verdict),
        STRETCH,
        gap=2,
    )
    made = row(gap=GAP_4)
    made.addWidget(Portrait(face, 160), 0, Qt.AlignmentFlag.AlignTop)
    made.addLayout(words, 1)
    return box(made)


def order_card(sheet: DoseSheet) -> QWidget:
    """Drug and strength over dose, order, consent, stock and note."""
    until = sheet.order.end_date
    prescriber = sheet.order.prescriber_name or ""
    order = tr("{name}, to {date}", name=prescriber, date=formats().date(until)) if until else prescriber
    lines = [
        (tr("Dose"), dose_line(sheet)),
        (tr("Order"), order),
        (tr("Consent"), consent_words(sheet)),
        (tr("Stock"), stock_words(sheet)),
    ]
    if sheet.instructions:
        lines.append((tr("Note"), sheet.instructions))
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(GAP_3)
    grid.setVerticalSpacing(2)
    for at, (caption, words) in enumerate(lines):
        grid.addWidget(Label(caption, TextKind.CAPTION, Role.TEXT_SECONDARY), at, 0, Qt.AlignmentFlag.AlignTop)
        kind = TextKind.BODY_MEDIUM if at == 0 else TextKind.BODY
        grid.addWidget(Paragraph(words, kind), at, 1)
    grid.setColumnMinimumWidth(0, theme().width(62))
    grid.setColumnStretch(1, 1)
    return box(column(Paragraph(order_title(sheet), TextKind.SECTION), box(grid), gap=GAP_2))


def last_doses(sheet: DoseSheet, local: Local) -> QVBoxLayout:
    """The last three doses with their effect; nothing where there was none."""
    lines = column(gap=GAP_3)
    if not sheet.last:
        return lines
    lines.addWidget(SectionHead(tr("Last 3 doses"), "", height=28, kind=TextKind.LABEL))
    today = local(sheet.opened_at).date()
    for dose in sheet.last:
        when, what, effect = past_words(dose, local, today)
        line = row(gap=GAP_3)
        moment = Label(when, TextKind.BODY)
        moment.setMinimumWidth(theme().width(98))
        line.addWidget(moment)
        line.addWidget(Paragraph(what, TextKind.BODY), 1)
        line.addWidget(Label(effect, TextKind.CAPTION, Role.TEXT_SECONDARY))
        lines.addLayout(line)
        lines.addWidget(Separator())
    return lines


def _plain(tag: Tag) -> Tag:
    return Tag(tag.text, tag.tone, tag.shape, plain=True)


def _allergy_verdict(sheet: DoseSheet) -> list[Tag]:
    """Whether the drug matches an allergy (M6). Without an answer there is nothing to match, and that is said."""
    if any(finding.rule == "M6" and finding.stops for finding in sheet.findings):
        return []
    if not sheet.allergies and not sheet.no_known_allergies:
        return [unasked_badge(tr("Allergies not asked"))]
    return [_plain(cleared_badge(tr("No match with allergies")))]
