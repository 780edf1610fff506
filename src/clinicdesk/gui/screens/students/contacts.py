"""The contacts of a chart: call order changed by keyboard, rights with what they rest on (D42)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.students.parts import (
    TwoLines,
    caption,
    change_link,
    grow_downwards,
    lines_card,
    stacked,
)
from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.theme.metrics import GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import IconButton
from clinicdesk.gui.widgets.cards import Card, SectionHead, Separator, Surface
from clinicdesk.gui.widgets.layout import box, column, row
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.states import Mark
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import tr
from clinicdesk.presentation.students.words import contact_note, relation_words, rights_words
from clinicdesk.services.student_values import ContactOnRecord


class ContactActs(Protocol):
    """What can be done with the people around a student."""

    def amend_contact(self, known: ContactOnRecord) -> None: ...

    def call_earlier(self, contacts: Sequence[ContactOnRecord], moved: uuid.UUID, by: int) -> None: ...


def contact_card(contacts: tuple[ContactOnRecord, ...], *actions: QWidget) -> Card:
    """In call order, after whom the student must not leave with."""
    body = column(gap=0)
    for one in contacts:
        if one.no_release:
            body.addWidget(no_release_panel(one))
    callable_ones = [one for one in contacts if not one.no_release]
    lines = column(gap=0, margins=(GAP_4, 2, GAP_4, 6))
    for one in callable_ones:
        lines.addWidget(contact_line(one))
    if not contacts:
        lines.addWidget(caption(tr("No contact is on record. Ask the office before the student needs one.")))
    body.addLayout(lines)
    head = SectionHead(tr("Emergency contacts"), tr("in call order") if contacts else "", *actions)
    return grow_downwards(Card(head, body=body, margins=(0, 0, 0, 0)))


def no_release_panel(one: ContactOnRecord, *actions: QWidget) -> QWidget:
    """Whom the student must not leave with, and why."""
    panel = Surface(Role.DANGER_BG, ("bottom",))
    title = Paragraph(tr("Do not release to {name}", name=one.name), TextKind.LABEL, Role.DANGER)
    words = Paragraph(one.custody_limits, TextKind.CAPTION, Role.TEXT)
    line = row(gap=GAP_3, margins=(GAP_4, 10, GAP_4, 10))
    line.addWidget(Mark(Shape.PLAN, Role.DANGER, 20), 0, Qt.AlignmentFlag.AlignTop)
    line.addLayout(column(title, words, gap=2), 1)
    for action in actions:
        line.addWidget(action, 0, Qt.AlignmentFlag.AlignVCenter)
    panel.setLayout(line)
    grow_downwards(panel)
    name(panel, f"chart.contact.{one.id}", f"{title.text()}. {one.custody_limits}")
    return panel


def contact_line(one: ContactOnRecord, *actions: QWidget, rights: str = "") -> QWidget:
    """Order, name and what a caller should know, number; `rights` is a further line of the page."""
    order = Label(str(one.call_order), TextKind.LABEL, Role.TEXT_SECONDARY)
    phone = Label(one.phone, TextKind.LABEL)
    phone.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    number = box(row(Mark("phone", Role.TEXT_SECONDARY, 18), phone, gap=6))
    words = Paragraph(f"{one.name}, {relation_words(one.relationship)}", TextKind.BODY_MEDIUM, least_width=80)
    text = column(words, gap=0)
    note = contact_note(one)
    for below in (note, rights):
        if below:
            text.addWidget(Paragraph(below, TextKind.CAPTION, Role.TEXT_SECONDARY, least_width=80))
    line = row(order, gap=GAP_3, margins=(0, 7, 0, 7))
    line.addLayout(text, 1)
    for part in (number, *actions):
        line.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
    made = box(line)
    spoken = (str(one.call_order), words.text(), one.phone, note, rights)
    made.setAccessibleName(", ".join(part for part in spoken if part))
    return made


def contacts_page(
    found: tuple[ContactOnRecord, ...], may: frozenset[Act], zone: ZoneInfo, acts: ContactActs, *actions: QWidget
) -> QWidget:
    """Whom the student must not leave with, then whom to call in order, then who is called no more."""
    editing = Act.EDIT_EMERGENCY_CONTACTS in may
    limited = [one for one in found if one.no_release]
    called = [one for one in found if one.is_active and not one.no_release]
    ended = [one for one in found if not one.is_active and not one.no_release]
    body = column(gap=0)
    for one in limited:
        body.addWidget(no_release_panel(one, *_change(one, acts, editing)))
    lines = column(gap=0, margins=(GAP_4, 2, GAP_4, 6))
    for at, one in enumerate(called):
        if at:
            lines.addWidget(Separator())
        lines.addWidget(ContactLine(one, found, (at > 0, at < len(called) - 1), zone, acts, editing))
    if not found:
        lines.addWidget(caption(tr("No contact is on record. Ask the office before the student needs one.")))
    body.addLayout(lines)
    head = SectionHead(tr("Emergency contacts"), tr("in call order") if called else "", *actions)
    cards: list[QWidget] = [grow_downwards(Card(head, body=body, margins=(0, 0, 0, 0)))]
    if ended:
        rest = [TwoLines(one.name, one.phone, *_change(one, acts, editing)) for one in ended]
        cards.append(lines_card(SectionHead(tr("No longer called"), str(len(ended))), rest))
    return stacked(*cards)


def _change(one: ContactOnRecord, acts: ContactActs, editing: bool) -> list[QWidget]:
    if not editing or one.in_conflict:
        return []
    return [change_link(f"contact.{one.id}", one.name, partial(acts.amend_contact, one))]


class ContactLine(QWidget):
    """One person of the call order; with the focus in it, Alt+Up and Alt+Down move her (commands of the chart)."""

    def __init__(
        self,
        one: ContactOnRecord,
        everyone: Sequence[ContactOnRecord],
        movable: tuple[bool, bool],
        zone: ZoneInfo,
        acts: ContactActs,
        editing: bool,
    ) -> None:
        super().__init__()
        self._move = partial(acts.call_earlier, everyone, one.id)
        self._movable = movable if editing else (False, False)
        moves = []
        for by, icon, words, can in (
            (-1, "arrow-up", tr("Call {name} earlier", name=one.name), movable[0]),
            (1, "arrow-down", tr("Call {name} later", name=one.name), movable[1]),
        ):
            key = f"chart.contact.{one.id}.{'up' if by < 0 else 'down'}"
            button = IconButton(icon, words, key, shortcut="Alt+Up" if by < 0 else "Alt+Down")
            button.setEnabled(can)
            button.clicked.connect(partial(self._move, by))
            moves.append(button)
        actions = [box(row(*moves, gap=0)), *_change(one, acts, editing)] if editing else []
        made = contact_line(one, *actions, rights=rights_words(one, zone))
        self.setLayout(column(made, gap=0))
        self.setAccessibleName(made.accessibleName())
        grow_downwards(self)

    def shift(self, by: int) -> None:
        """Call this person earlier (-1) or later (1), where that can be."""
        if self._movable[0 if by < 0 else 1]:
            self._move(by)


def line_of(part: QWidget | None) -> ContactLine | None:
    """The line of the call order that holds this part."""
    while part is not None and not isinstance(part, ContactLine):
        part = part.parentWidget()
    return part
