"""In clinic now: a card per open visit; the current one shows what can be done with it (mockup 01)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGroupBox, QVBoxLayout, QWidget

from clinicdesk.gui.screens.people import face_of, tag_of
from clinicdesk.gui.theme.metrics import GAP_1, GAP_2, GAP_3, RADIUS_CARD
from clinicdesk.gui.widgets.buttons import Button
from clinicdesk.gui.widgets.cards import Card
from clinicdesk.gui.widgets.layout import STRETCH, box, clear, column, row, scrolling
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.people import PersonRow
from clinicdesk.gui.widgets.states import EmptyState
from clinicdesk.gui.widgets.tags import TagRow
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import tr
from clinicdesk.presentation.students.words import place_words
from clinicdesk.presentation.today.words import Local, minutes_look, next_look, reason_words, student_words
from clinicdesk.services.today import OpenVisit


class VisitCard(QGroupBox):
    """Name, minutes with their word, complaint, next action. Enter opens, D goes to the disposition.

    A group box without a frame of its own, so that assistive technology reads the card as a group.
    """

    opened = Signal(object)
    disposed = Signal(object)

    def __init__(self, visit: OpenVisit, local: Local, *, private: bool) -> None:
        super().__init__()
        self.visit = visit
        self.setFlat(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("ring", RADIUS_CARD)
        student = visit.student
        shown = student_words(student, private=private)
        place = place_words(student.grade, student.homeroom)
        minutes, following = minutes_look(visit), next_look(visit, local)
        spoken = ", ".join((shown, place, minutes.words, reason_words(visit), following.words))
        name(self, f"today.visit.{visit.id}", spoken)
        face = face_of(student.id, student.name, student.photo, private=private)
        tags = [tag_of(minutes), tag_of(following, plain=True)]
        self.open_button = Button(tr("Open"), f"today.visit.{visit.id}.open", shortcut="Return", size="head")
        self.disposition = Button(tr("Disposition"), f"today.visit.{visit.id}.disposition", shortcut="D", size="head")
        for button in (self.open_button, self.disposition):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._actions = box(row(self.open_button, self.disposition, STRETCH, gap=GAP_2))
        self._actions.hide()
        person = PersonRow(face, shown, place, side=40)
        body = column(person, Paragraph(reason_words(visit)), TagRow(tags), self._actions, gap=GAP_2)
        self.setLayout(column(Card(margins=(11, GAP_3, 11, GAP_3), body=body), gap=0))
        self.open_button.clicked.connect(self._on_open)
        self.disposition.clicked.connect(self._on_dispose)

    def set_current(self, *, on: bool) -> None:
        """The current card shows its actions; the others keep them hidden but reachable."""
        self._actions.setVisible(on)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The card inside draws everything."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The style's room for a frame and a title, which this group has not.
        self.setContentsMargins(0, 0, 0, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_D if not event.modifiers():
                self._on_dispose()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if not event.modifiers():
                self._on_open()
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._on_open()

    def _on_open(self) -> None:
        self.opened.emit(self.visit)

    def _on_dispose(self) -> None:
        self.disposed.emit(self.visit)


class VisitColumn(QWidget):
    """The cards, longest first; J/K and arrows walk, one Tab stop per card."""

    opened = Signal(object)
    disposed = Signal(object)
    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        name(self, "today.visits", tr("In clinic now"))
        self._cards: list[VisitCard] = []
        self._lines = QVBoxLayout()
        self._lines.setContentsMargins(GAP_1, GAP_1, GAP_1, GAP_1)
        self._lines.setSpacing(GAP_2)
        inner = box(self._lines)
        self._empty = EmptyState(
            tr("Nobody is in the clinic now."), tr("New visit"), shortcut="Ctrl+N", object_name="today.visits.empty"
        )
        self._empty.acted.connect(self.wanted)
        self._area = scrolling(inner, "today.visits.scroll", tr("In clinic now"))
        # The focus ring of a card reaches 4 px beyond it, so the cards stand 4 px inside the scroll area.
        self.setLayout(column(self._empty, self._area, gap=0))

    @property
    def cards(self) -> Sequence[VisitCard]:
        return tuple(self._cards)

    def show_visits(self, visits: Sequence[OpenVisit], local: Local, *, private: bool) -> None:
        focused = next((card.visit.id for card in self._cards if card.hasFocus()), None)
        current = focused or next((card.visit.id for card in self._cards if card.property("current")), None)
        clear(self._lines)
        self._cards = [VisitCard(visit, local, private=private) for visit in visits]
        for card in self._cards:
            card.opened.connect(self.opened)
            card.disposed.connect(self.disposed)
            card.installEventFilter(self)
            self._lines.addWidget(card)
        self._lines.addStretch(1)
        self._empty.setVisible(not visits)
        self._area.setVisible(bool(visits))
        for at, card in enumerate(self._cards):
            self._mark(card, on=card.visit.id == current or (current is None and at == 0))
            if card.visit.id == focused:
                card.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(watched, VisitCard):
            return False
        if event.type() == QEvent.Type.FocusIn:
            for card in self._cards:
                self._mark(card, on=card is watched)
            self._area.ensureWidgetVisible(watched, 0, GAP_2)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and not event.modifiers():
            step = {Qt.Key.Key_J: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_K: -1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self._walk(watched, step)
                return True
        return False

    def _walk(self, card: VisitCard, step: int) -> None:
        at = self._cards.index(card) + step
        if 0 <= at < len(self._cards):
            self._cards[at].setFocus(Qt.FocusReason.TabFocusReason)

    def _mark(self, card: VisitCard, *, on: bool) -> None:
        card.setProperty("current", on)
        card.set_current(on=on)
