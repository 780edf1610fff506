"""The admin screen: other places at the top, people at the left, workstations at the right."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QWidget

from clinicdesk.gui.screens.admin.tables import LinkDelegate, known_table, people_table, waiting_table
from clinicdesk.gui.theme import Role, TextKind, Tone, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_4, GAP_6
from clinicdesk.gui.widgets.buttons import Button, Kind, LinkText
from clinicdesk.gui.widgets.cards import Card, PageTitle, SectionHead, Separator
from clinicdesk.gui.widgets.layout import STRETCH, box, column, row
from clinicdesk.gui.widgets.lists import RowList
from clinicdesk.gui.widgets.naming import name, reveal
from clinicdesk.gui.widgets.notices import Banner
from clinicdesk.gui.widgets.tables import DataTable
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import plural, tr
from clinicdesk.presentation.admin.presenter import AdminState, PlaceLink

Line = TypeVar("Line")


class AdminView(QWidget):
    """Draws an `AdminState`; what a person wants comes out as signals."""

    link_opened = Signal(object)
    person_opened = Signal(object)
    waiting_opened = Signal(object)
    revoke_wanted = Signal(object)
    refresh_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        name(self, "admin", tr("Admin"))
        self._build()

    def draw(self, state: AdminState) -> None:
        if self.links.rows() != state.links:
            self.links.set_rows(state.links)
        self._fit_links()
        reveal(self._links_card, bool(state.links))
        reveal(self._people_card, state.shows_people)
        reveal(self._devices_card, state.shows_devices)
        reveal(self._nothing, not state.shows_people and not state.shows_devices)
        self._fill(self.people, state.people)
        self._fill(self.waiting, state.waiting)
        self._fill(self.known, state.known)
        here = sum(one.admitted for one in state.people)
        self._people_head.set_note(
            tr("Reading…") if state.people_loading else plural("{count} signs in here", "{count} sign in here", here)
        )
        self._people_failure.set_text(state.people_failure)
        reveal(self._people_failure, bool(state.people_failure))
        self._draw_devices(state)
        reveal(self.failure, bool(state.failure))
        if state.failure:
            self.failure.set_words(tr("That did not work"), state.failure)
        self._draw_buttons()

    def focus_first(self) -> None:
        first = self.links if self.links.rows() else self.people
        first.setFocus()

    def revoke_current(self) -> None:
        """Shut out the chosen workstation (Delete)."""
        self.revoke_wanted.emit(self.known.current())

    # -- building ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.links: RowList[PlaceLink] = RowList(
            "admin.links", tr("Further places"), LinkDelegate(), lambda link: f"{link.title}. {link.plain}"
        )
        self.links.opened.connect(self.link_opened)
        self.links.clicked.connect(lambda index: self.link_opened.emit(self.links.rows()[index.row()]))
        self._links_card = Card(body=column(self.links), margins=(0, 0, 0, 0))
        self.failure = Banner("admin.failure", Tone.DANGER, "", two_lines=True, line=False)
        self.failure.hide()
        self._nothing = Paragraph(
            tr("People and workstations are in the hands of the district's administrators."),
            TextKind.BODY,
            Role.TEXT_SECONDARY,
        )
        self._nothing.hide()
        panes = row(self._people_part(), self._devices_part(), gap=GAP_4)
        panes.setStretch(0, 1)
        panes.setStretch(1, 1)
        outer = column(
            PageTitle(tr("Admin"), tr("People and workstations")),
            self._links_card,
            self.failure,
            self._nothing,
            gap=GAP_3,
            margins=(GAP_6, GAP_4, GAP_6, GAP_6),
        )
        outer.addLayout(panes, 1)
        self.setLayout(outer)
        theme().changed.connect(self._fit_links)

    def _people_part(self) -> QWidget:
        self.people = people_table()
        self.people.opened.connect(self.person_opened)
        self.people.chosen.connect(self._draw_buttons)
        self.admit = Button(tr("Admit…"), "admin.openAdmit", kind=Kind.PRIMARY, icon="key")
        self.admit.clicked.connect(lambda: self._emit_current(self.people, self.person_opened))
        self._people_failure = Paragraph("", TextKind.BODY, Role.DANGER)
        self._people_failure.hide()
        self._people_head = SectionHead(tr("People of this workstation"))
        body = column(self._people_failure, gap=0)
        body.addWidget(self.people, 1)
        body.addWidget(Separator())
        body.addLayout(_foot(tr("Enter admits a person."), self.admit))
        self._people_card = Card(self._people_head, body=body, margins=(0, 0, 0, 0))
        return self._people_card

    def _devices_part(self) -> QWidget:
        self.waiting = waiting_table()
        self.waiting.opened.connect(self.waiting_opened)
        self.waiting.chosen.connect(self._draw_buttons)
        self.known = known_table()
        self.known.chosen.connect(self._draw_buttons)
        self.decide = Button(tr("Compare and decide…"), "admin.openDecide", icon="shield")
        self.decide.clicked.connect(lambda: self._emit_current(self.waiting, self.waiting_opened))
        self.revoke = Button(tr("Revoke…"), "admin.revoke", kind=Kind.DANGER, icon="lock", shortcut="Del")
        self.revoke.clicked.connect(self.revoke_current)
        self.refresh = LinkText(tr("Ask the district again"), "admin.refresh", icon="sync")
        self.refresh.clicked.connect(self.refresh_wanted)
        self._devices_head = SectionHead(tr("Workstations"), "", self.refresh)
        self.devices_failure = Banner("admin.offline", Tone.WARNING, "", two_lines=True, line=False)
        self.devices_failure.hide()
        self._waiting_words = Label("", TextKind.LABEL)
        none = Paragraph(tr("No workstation waits."), TextKind.BODY, Role.TEXT_SECONDARY)
        self._no_waiting = box(row(none, margins=(15, 0, 15, GAP_3)))
        body = column(
            self.devices_failure,
            row(self._waiting_words, STRETCH, self.decide, margins=(15, GAP_2, 15, GAP_2)),
            self.waiting,
            self._no_waiting,
            Separator(),
            gap=0,
        )
        body.addWidget(self.known, 1)
        body.addWidget(Separator())
        body.addLayout(_foot(tr("Revoking acts at the next contact."), self.revoke))
        self._devices_card = Card(self._devices_head, body=body, margins=(0, 0, 0, 0))
        return self._devices_card

    # -- drawing -----------------------------------------------------------------------------------------------

    def _draw_devices(self, state: AdminState) -> None:
        note = tr("Asking the district…") if state.devices_loading else ""
        self._devices_head.set_note(note)
        self.refresh.set_available(note)
        waits = len(state.waiting)
        self._waiting_words.setText(plural("{count} waits for you", "{count} wait for you", waits))
        reveal(self.waiting, bool(waits))
        reveal(self._waiting_words, bool(waits))
        reveal(self.decide, bool(waits))
        reveal(self._no_waiting, not waits and not state.devices_loading and not state.devices_failure)
        self.waiting.setFixedHeight(min(self.waiting.content_height() + 2, theme().height(3 * 50 + 40)))
        reveal(self.devices_failure, bool(state.devices_failure))
        if state.devices_failure:
            self.devices_failure.set_words(tr("The list could not be read"), state.devices_failure)

    def _draw_buttons(self, _row: object = None) -> None:
        person = self.people.current()
        reason = tr("Choose a person.") if person is None else ""
        self.admit.set_available(reason or (tr("Signs in here already.") if person and person.admitted else ""))
        self.decide.set_available("" if self.waiting.current() else tr("Choose a workstation."))
        device = self.known.current()
        can_revoke = device is not None and not device.shut_out and not device.own
        self.revoke.set_available("" if can_revoke else tr("Choose another workstation that is in use."))

    def _fill(self, table: DataTable[Line], rows: tuple[Line, ...]) -> None:
        if table.rows() != rows:
            table.set_rows(rows)
            table.ensure_current()

    def _emit_current(self, table: DataTable[Line], signal: SignalInstance) -> None:
        if (line := table.current()) is not None:
            signal.emit(line)

    def _fit_links(self) -> None:
        self.links.setFixedHeight(max(1, self.links.content_height()))


def _foot(words: str, button: Button) -> QHBoxLayout:
    hint = Label(words, TextKind.CAPTION, Role.TEXT_SECONDARY)
    return row(hint, STRETCH, button, gap=GAP_3, margins=(15, GAP_2, 15, GAP_2))
