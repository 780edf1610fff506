"""The contacts of a chart: call order changed by keyboard, rights with what they rest on (D42)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.screens.students.parts import TwoLines, caption, grow_downwards, lines_card, stacked
from clinicdesk.gui.screens.students.summary import change_link, contact_line, no_release_panel
from clinicdesk.gui.theme.metrics import GAP_4
from clinicdesk.gui.widgets.buttons import IconButton
from clinicdesk.gui.widgets.cards import Card, SectionHead, Separator
from clinicdesk.gui.widgets.layout import box, column, row
from clinicdesk.i18n import tr
from clinicdesk.presentation.students.words import rights_words
from clinicdesk.services.student_values import ContactOnRecord


class ContactActs(Protocol):
    """What can be done with the people around a student."""

    def amend_contact(self, known: ContactOnRecord) -> None: ...

    def call_earlier(self, contacts: Sequence[ContactOnRecord], moved: uuid.UUID, by: int) -> None: ...


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
