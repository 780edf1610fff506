"""Right of a visit: where the student goes, who was told, what follows, and the time out."""

from __future__ import annotations

import uuid

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.when import Facing, parse_date
from clinicdesk.domain.visit_templates import VisitDisposition
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.students.contacts import no_release_panel
from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button
from clinicdesk.gui.widgets.cards import Card
from clinicdesk.gui.widgets.choices import TileChoice, TileList
from clinicdesk.gui.widgets.fields import Choice, Field, TextEditor, TypeAhead
from clinicdesk.gui.widgets.layout import STRETCH, box, clear, column, row
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.states import Mark
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import formats, tr
from clinicdesk.presentation.students.words import relation_words
from clinicdesk.presentation.visits.form import RESTING
from clinicdesk.presentation.visits.state import VisitState
from clinicdesk.services.student_values import ContactOnRecord

_OFFICE = "office"
OUTCOMES = (
    ("REACHED", "Reached"),
    ("LEFT_MESSAGE", "Message left"),
    ("NO_ANSWER", "No answer"),
    ("WRONG_NUMBER", "Wrong number"),
    ("DECLINED", "Declined"),
)
FOLLOW_UPS = ("Return-to-learn check", "Look again", "Wound check", "Temperature check", "Call the family")


def _tiles() -> list[TileChoice]:
    return [
        TileChoice(VisitDisposition.RETURN_TO_CLASS.value, tr("Back to class"), "graduation-cap", "1"),
        TileChoice(VisitDisposition.SENT_HOME.value, tr("Home"), "house", "2"),
        TileChoice(VisitDisposition.EMERGENCY_TRANSPORT.value, tr("ER or 911"), "ambulance", "3"),
        TileChoice(RESTING, tr("Rest in clinic"), "bed", "4"),
        TileChoice(VisitDisposition.OTHER.value, tr("Elsewhere"), "arrow-right", "5"),
    ]


class LeavingPanel(QWidget):
    """Three cards."""

    disposed = Signal(str)
    reason_typed = Signal(str)
    released_typed = Signal(str)
    called = Signal(str, object, str)
    follow_up_picked = Signal(str)
    follow_up_on_typed = Signal(str)
    left_typed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        name(self, "visit.leaving", tr("Leaving"))
        self._people: tuple[object, ...] | None = None
        self._calls: tuple[object, ...] | None = None
        self.tiles = TileList("visit.disposition", tr("Disposition"), _tiles())
        self.tiles.picked.connect(self.disposed)
        self.reason = TextEditor("visit.dispositionReason", tr("Where to, and why"))
        self.reason.textEdited.connect(self.reason_typed)
        self.reason_field = Field(tr("Where to, and why"), self.reason, required=True)
        self._limited: tuple[ContactOnRecord, ...] = ()
        self._warnings = column(gap=GAP_2)
        self.release = box(self._warnings, "visit.release")
        self.release.hide()
        self.released_to = TypeAhead("visit.releasedTo", tr("Released to"), placeholder=tr("who picks up"))
        self.released_to.textEdited.connect(self.released_typed)
        self.released_field = Field(tr("Released to"), self.released_to)
        required = Label(tr("required"), TextKind.BODY, Role.TEXT_SECONDARY)
        goes = Card(
            body=column(
                row(Label(tr("Disposition"), TextKind.SECTION), required, STRETCH, gap=4),
                self.tiles,
                self.reason_field,
                self.release,
                self.released_field,
                gap=GAP_3,
            ),
            margins=(GAP_4, GAP_3) * 2,
        )
        self._made = column(gap=GAP_2)
        self.whom = Choice("visit.callWhom", tr("Whom was called"))
        self.whom.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.whom.setMinimumContentsLength(10)
        self.outcome = Choice("visit.callOutcome", tr("Outcome"), [(key, tr(words)) for key, words in OUTCOMES])
        self.call = Button(tr("Log call"), "visit.logCall", icon="phone")
        self.call.clicked.connect(self._on_call)
        called = Card(
            body=column(
                Label(tr("Contacts made"), TextKind.SECTION),
                self._made,
                self.whom,
                row(self.outcome, self.call, gap=GAP_2),
                gap=GAP_3,
            ),
            margins=(GAP_4, GAP_3) * 2,
        )
        choices = [("", tr("None")), *((words, tr(words)) for words in FOLLOW_UPS)]
        self.follow_up = Choice("visit.followUp", tr("Follow-up"), choices)
        self.follow_up.picked.connect(self.follow_up_picked)
        self.follow_up_on = TextEditor("visit.followUpOn", tr("Day of the follow-up"), placeholder="+1d")
        self.follow_up_on.textEdited.connect(self.follow_up_on_typed)
        self.follow_up_field = Field(tr("On"), self.follow_up_on)
        self.left = TextEditor("visit.left", tr("Time out"), placeholder=tr("on signing"))
        self.left.textEdited.connect(self.left_typed)
        self.left_field = Field(tr("Time out"), self.left)
        self._when = box(column(self.follow_up_field))
        then = Card(
            body=column(Field(tr("Follow-up"), self.follow_up), self._when, self.left_field, STRETCH, gap=GAP_3),
            margins=(GAP_4, GAP_3) * 2,
        )
        lines = column(goes, called, then, gap=GAP_3)
        lines.setStretch(2, 1)
        self.setLayout(lines)

    def draw(self, state: VisitState) -> None:
        sheet, form = state.sheet, state.form
        if sheet is None:
            return
        self._draw_tiles(state)
        for editor, text in (
            (self.reason, form.disposition_reason),
            (self.released_to, form.released_to),
            (self.follow_up_on, form.follow_up_on),
            (self.left, form.left),
        ):
            if editor.text() != text:
                editor.setText(text)
            editor.setReadOnly(not state.editable)
        self.reason_field.setVisible(form.disposition == VisitDisposition.OTHER)
        self.reason_field.set_error(state.errors.get("disposition_reason", ""))
        self.left_field.set_error(state.errors.get("left", ""))
        self.left_field.set_echo(_stay(state))
        self.follow_up.choose(form.follow_up)
        self._when.setVisible(bool(form.follow_up))
        self.follow_up_field.set_error(state.errors.get("follow_up_on", ""))
        self.follow_up_field.set_echo(_day(form.follow_up_on, state))
        people = (*((str(one.contact_id), called_words(one)) for one in sheet.contacts if one.is_active),)
        if self._people != people:
            self._people = people
            self.whom.set_choices([*people, (_OFFICE, tr("Front office"))])
            self.released_to.set_choices([one.name for one in sheet.contacts if one.may_pick_up])
        self._draw_release(state)
        if self._calls != sheet.calls:
            self._calls = sheet.calls
            self._draw_calls(state)
        writable = state.editable and state.visit_id is not None and not state.signed
        calling: tuple[QWidget, ...] = (self.call, self.whom, self.outcome)
        for widget in calling:
            widget.setEnabled(writable)
        self.tiles.setEnabled(state.editable)
        self.follow_up.setEnabled(state.editable)

    def _draw_release(self, state: VisitState) -> None:
        """Sent home: who picks up, and whom the student must not leave with (M16)."""
        home = state.form.disposition == VisitDisposition.SENT_HOME
        contacts = state.sheet.contacts if state.sheet is not None else ()
        limited = tuple(one for one in contacts if one.no_release)
        self.released_field.setVisible(home)
        self.release.setVisible(home and bool(limited))
        if limited != self._limited:
            self._limited = limited
            clear(self._warnings)
            for one in limited:
                self._warnings.addWidget(no_release_panel(one))
            self.release.setAccessibleName(", ".join(one.name for one in limited))
        self.released_field.set_echo(*_judged_release(state))

    def _draw_tiles(self, state: VisitState) -> None:
        chosen = state.form.disposition
        for choice in _tiles():
            asks = choice.key in state.questioned
            remark = tr("Needs a reason") if asks else ""
            tile = self.tiles.tile(choice.key)
            wanted = TileChoice(choice.key, choice.text, choice.icon, choice.shortcut, remark, warns=asks)
            if tile.choice != wanted:
                tile.set_choice(wanted)
        other = VisitDisposition.OTHER.value
        self.tiles.tile(other).setVisible(chosen == other or state.form.template == "suspected_abuse")
        if chosen != self.tiles.chosen():
            self.tiles.choose(chosen)

    def _draw_calls(self, state: VisitState) -> None:
        clear(self._made)
        words = dict(OUTCOMES)
        for call in state.sheet.calls if state.sheet is not None else ():
            reached = call.outcome == "REACHED"
            mark = Mark(Shape.DONE if reached else Shape.SOON, Role.SUCCESS if reached else Role.TEXT_SECONDARY, 16)
            when = formats().time(call.at.astimezone(state.now.tzinfo))
            caption = Label(
                f"{when}, {tr(words.get(call.outcome, 'Noted')).lower()}", TextKind.CAPTION, Role.TEXT_SECONDARY
            )
            line = row(mark, gap=GAP_3)
            line.addLayout(column(Paragraph(call.name, least_width=80), caption, gap=0), 1)
            self._made.addLayout(line)

    def _on_call(self) -> None:
        key = self.whom.chosen()
        outcome = self.outcome.chosen()
        if key == _OFFICE:
            self.called.emit(outcome, None, tr("Front office"))
        elif key:
            self.called.emit(outcome, uuid.UUID(key), "")


def called_words(one: ContactOnRecord) -> str:
    """A contact in the list of whom to call; a limit of custody is told there too."""
    words = f"{one.name}, {relation_words(one.relationship)}"
    return tr("{person}: do not release", person=words) if one.no_release else words


def _judged_release(state: VisitState) -> tuple[str, Role]:
    """What is on record of the person who picks up."""
    name, sheet = state.form.released_to.strip().casefold(), state.sheet
    if not name or sheet is None:
        return "", Role.TEXT_SECONDARY
    known = [one for one in sheet.contacts if one.name.casefold() == name]
    if any(one.no_release for one in known):
        return tr("Must not leave with this person"), Role.DANGER
    if any(one.may_pick_up for one in known):
        return tr("may pick up"), Role.TEXT_SECONDARY
    return tr("No right to pick up is on record"), Role.WARNING


def _stay(state: VisitState) -> str:
    entry = state.sheet.entry if state.sheet is not None else None
    if entry is None:
        return ""
    until = entry.left_at or state.now
    span = formats().duration(max(until - entry.came_at, until - until))
    return span if entry.left_at is not None else tr("{span} so far", span=span)


def _day(text: str, state: VisitState) -> str:
    if not text.strip():
        return ""
    try:
        return formats().weekday_short(parse_date(text, state.now.date(), Facing.FUTURE))
    except InvalidValueError:
        return ""
