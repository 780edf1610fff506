"""The calendar screen: days and sessions at the left, one form at the right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from clinicdesk.gui.icons import Shape
from clinicdesk.gui.theme import Role, TextKind, Tone
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_4, GAP_6
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.cards import Card, PageTitle, SectionHead, Separator
from clinicdesk.gui.widgets.fields import Choice, DateField, Field, Parsed, ParsedField, TextEditor, TimeField
from clinicdesk.gui.widgets.layout import STRETCH, column, extend, row
from clinicdesk.gui.widgets.naming import announce, name
from clinicdesk.gui.widgets.notices import Banner
from clinicdesk.gui.widgets.states import EmptyState
from clinicdesk.gui.widgets.tables import Column, DataTable
from clinicdesk.gui.widgets.tabs import TabBar
from clinicdesk.gui.widgets.tags import Tag
from clinicdesk.gui.widgets.text import Label
from clinicdesk.i18n import tr
from clinicdesk.presentation.calendar.forms import (
    DayForm,
    Read,
    SessionForm,
    day_kinds,
    needs_time,
    read_day,
    read_time,
    session_kinds,
)
from clinicdesk.presentation.calendar.presenter import CalendarState, DayLine, SessionLine
from clinicdesk.services.calendar import CalendarDayKind

DAYS, SESSIONS = "days", "sessions"
_TONES = {
    CalendarDayKind.CLOSED: (Tone.WARNING, Shape.NOT_COUNTED),
    CalendarDayKind.EARLY_DISMISSAL: (Tone.INFO, Shape.OVERDUE),
    CalendarDayKind.LATE_START: (Tone.INFO, Shape.SOON),
    CalendarDayKind.EXTRA_SCHOOL_DAY: (Tone.SUCCESS, Shape.DONE),
}


class CalendarView(QWidget):
    """Draws a `CalendarState`; what a person wants comes out as signals."""

    school_picked = Signal(str)
    day_typed = Signal(object)
    session_typed = Signal(object)
    day_saved = Signal()
    session_saved = Signal()
    day_opened = Signal(object)
    session_opened = Signal(object)
    day_removed = Signal(object)
    session_removed = Signal(object)

    def __init__(self, today: Callable[[], dt.date]) -> None:
        super().__init__()
        name(self, "calendar", tr("School calendar"))
        self._today = today
        self._drawing = False
        self._drawn_day: DayForm | None = None
        self._drawn_session: SessionForm | None = None
        self._build()

    def draw(self, state: CalendarState) -> None:
        self._drawing = True
        if not self.school.count():
            self.school.set_choices(state.schools)
        self.school.choose(state.school)
        if self.days.rows() != state.days:
            self.days.set_rows(state.days)
        if self.sessions.rows() != state.sessions:
            self.sessions.set_rows(state.sessions)
        self._draw_day_form(state.day)
        self._draw_session_form(state.session)
        self._draw_problems(state)
        self.failure.setVisible(bool(state.failure))
        if state.failure:
            self.failure.set_words(tr("That did not work"), state.failure)
        reason = "" if state.editable else tr("Only the office changes this calendar.")
        for button in (self.save_day, self.save_session):
            button.set_available(reason)
        self._say_state(state)
        self._drawing = False

    def tab(self) -> str:
        return self.tabs.chosen()

    def focus_first(self) -> None:
        (self.days if self.tab() == DAYS else self.sessions).setFocus()

    def remove_current(self) -> None:
        """The chosen row of the tab that shows."""
        if self.tab() == DAYS and (day := self.days.current()) is not None:
            self.day_removed.emit(day)
        elif self.tab() == SESSIONS and (session := self.sessions.current()) is not None:
            self.session_removed.emit(session)

    # -- building ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.school = Choice("calendar.school", tr("School"))
        self.school.setMinimumWidth(240)
        self.school.picked.connect(self.school_picked)
        self.tabs = TabBar(
            "calendar.tabs",
            tr("Parts of the calendar"),
            ((DAYS, tr("Days that differ")), (SESSIONS, tr("School years and terms"))),
        )
        self.tabs.picked.connect(self._on_tab)
        self.failure = Banner("calendar.failure", Tone.DANGER, "", two_lines=True, line=False)
        self.failure.hide()
        body = row(self._lists_part(), self._forms_part(), gap=GAP_4)
        body.setStretch(0, 5)
        body.setStretch(1, 3)
        outer = column(
            PageTitle(tr("School calendar"), tr("Doses are due on school days only"), self.school),
            self.failure,
            gap=GAP_3,
            margins=(GAP_6, GAP_4, GAP_6, GAP_6),
        )
        outer.addLayout(body, 1)
        self.setLayout(outer)

    def _lists_part(self) -> QWidget:
        self.days = _day_table()
        self.days.opened.connect(self._on_day_opened)
        self.sessions = _session_table()
        self.sessions.opened.connect(self._on_session_opened)
        self._no_days = EmptyState(tr("Every school day follows the usual rule."), object_name="calendar.noDays")
        self._no_sessions = EmptyState(
            tr("There is no school year yet, so no dose is ever due. Add one."), object_name="calendar.noSessions"
        )
        pages = QWidget()
        # With its owner from the start: a page without a parent would be a window for a moment.
        self._lists = QStackedLayout(pages)
        self._lists.setContentsMargins(0, 0, 0, 0)
        for page in (self.days, self.sessions, self._no_days, self._no_sessions):
            self._lists.addWidget(page)
        self.remove = Button(tr("Remove"), "calendar.remove", kind=Kind.DANGER, icon="trash", shortcut="Delete")
        self.remove.clicked.connect(self.remove_current)
        hint = Label(tr("Enter changes a row."), TextKind.CAPTION, Role.TEXT_SECONDARY)
        body = column(self.tabs, Separator(), gap=0)
        body.addWidget(pages, 1)
        body.addWidget(Separator())
        body.addLayout(row(hint, STRETCH, self.remove, gap=GAP_3, margins=(15, GAP_2, 15, GAP_2)))
        return Card(body=body, margins=(0, 0, 0, 0))

    def _forms_part(self) -> QWidget:
        cards = QWidget()
        self._forms = QStackedLayout(cards)
        self._forms.setContentsMargins(0, 0, 0, 0)
        self._forms.addWidget(self._day_card())
        self._forms.addWidget(self._session_card())
        return cards

    def _day_card(self) -> QWidget:
        self._day_head = SectionHead(tr("Add days"))
        card = Card(self._day_head, body=column(gap=GAP_3))
        self.day_kind = Choice("calendar.dayKind", tr("What differs"), day_kinds())
        self.day_first = _date_field(tr("First day"), "calendar.dayFirst", self._read_day, required=True)
        self.day_last = _date_field(tr("Last day"), "calendar.dayLast", self._read_day)
        self.day_time = TimeField(tr("Time"), "calendar.dayTime", _parsed_time, required=True, placeholder="11:30")
        self.day_title = TextEditor("calendar.dayTitle", "", placeholder=tr("Thanksgiving break"))
        self.save_day = Button(
            tr("Save days"), "calendar.saveDays", kind=Kind.PRIMARY, icon="check", shortcut="Ctrl+Return"
        )
        self.day_kind.picked.connect(self._on_day_edited)
        for field in (self.day_first, self.day_last, self.day_time):
            field.parsed.connect(self._on_day_edited)
        self.day_title.textEdited.connect(self._on_day_edited)
        self.save_day.clicked.connect(self.day_saved)
        span = row(self.day_first, self.day_last, gap=GAP_3)
        extend(
            card.body,
            Field(tr("What differs"), self.day_kind),
            span,
            self.day_time,
            Field(tr("Name"), self.day_title),
            row(STRETCH, self.save_day),
            STRETCH,
        )
        return card

    def _session_card(self) -> QWidget:
        self._session_head = SectionHead(tr("Add a school year or term"))
        card = Card(self._session_head, body=column(gap=GAP_3))
        self.session_kind = Choice("calendar.sessionKind", tr("Kind"), session_kinds())
        self.session_title = TextEditor("calendar.sessionTitle", "", placeholder="2026-2027")
        self._session_title_field = Field(tr("Name"), self.session_title, required=True)
        self.session_first = _date_field(tr("First day"), "calendar.sessionFirst", self._read_day, required=True)
        self.session_last = _date_field(tr("Last day"), "calendar.sessionLast", self._read_day, required=True)
        self.save_session = Button(
            tr("Save"), "calendar.saveSession", kind=Kind.PRIMARY, icon="check", shortcut="Ctrl+Return"
        )
        self.session_kind.picked.connect(self._on_session_edited)
        self.session_title.textEdited.connect(self._on_session_edited)
        for field in (self.session_first, self.session_last):
            field.parsed.connect(self._on_session_edited)
        self.save_session.clicked.connect(self.session_saved)
        extend(
            card.body,
            Field(tr("Kind"), self.session_kind),
            self._session_title_field,
            row(self.session_first, self.session_last, gap=GAP_3),
            row(STRETCH, self.save_session),
            STRETCH,
        )
        return card

    # -- drawing -----------------------------------------------------------------------------------------------

    def _draw_day_form(self, form: DayForm) -> None:
        self.day_time.setVisible(needs_time(form.kind))
        self.day_last.setVisible(form.id is None)
        if form == self._drawn_day:
            return
        self._drawn_day = form
        self._day_head.title.setText(tr("Change this day") if form.id else tr("Add days"))
        self.day_kind.choose(form.kind)
        _set(self.day_first, form.first)
        _set(self.day_last, form.last)
        _set(self.day_time, form.at_time)
        if self.day_title.text() != form.title:
            self.day_title.setText(form.title)

    def _draw_session_form(self, form: SessionForm) -> None:
        if form == self._drawn_session:
            return
        self._drawn_session = form
        self._session_head.title.setText(tr("Change this session") if form.id else tr("Add a school year or term"))
        self.session_kind.choose(form.kind)
        _set(self.session_first, form.first)
        _set(self.session_last, form.last)
        if self.session_title.text() != form.title:
            self.session_title.setText(form.title)

    def _draw_problems(self, state: CalendarState) -> None:
        fields: dict[str, Field] = (
            {"first": self.day_first, "last": self.day_last, "at_time": self.day_time}
            if self.tab() == DAYS
            else {"first": self.session_first, "last": self.session_last, "title": self._session_title_field}
        )
        for key, problem in state.problems.items():
            if key in fields:
                fields[key].set_error(problem)
                announce(fields[key], problem)

    def _say_state(self, state: CalendarState) -> None:
        empty = not (state.days if self.tab() == DAYS else state.sessions) and not state.loading
        full, none = (self.days, self._no_days) if self.tab() == DAYS else (self.sessions, self._no_sessions)
        self._lists.setCurrentWidget(none if empty else full)
        rows = state.days if self.tab() == DAYS else state.sessions
        editable = any(line.editable for line in rows)
        self.remove.set_available("" if editable else tr("There is nothing here that you may remove."))

    # -- slots -------------------------------------------------------------------------------------------------

    def _on_tab(self, key: str) -> None:
        self._forms.setCurrentIndex(0 if key == DAYS else 1)
        showing = self.days if key == DAYS else self.sessions
        none = self._no_days if key == DAYS else self._no_sessions
        self._lists.setCurrentWidget(showing if showing.rows() else none)

    def _on_day_opened(self, line: DayLine) -> None:
        self.day_opened.emit(line)
        self.day_first.editor.setFocus()

    def _on_session_opened(self, line: SessionLine) -> None:
        self.session_opened.emit(line)
        self.session_title.setFocus()

    def _on_day_edited(self, *_value: object) -> None:
        if self._drawing:
            return
        form = DayForm(
            self.day_kind.chosen(),
            self.day_first.text(),
            self.day_last.text(),
            self.day_time.text(),
            self.day_title.text(),
            self._drawn_day.id if self._drawn_day else None,
        )
        self._drawn_day = form
        self.day_typed.emit(form)

    def _on_session_edited(self, *_value: object) -> None:
        if self._drawing:
            return
        form = SessionForm(
            self.session_kind.chosen(),
            self.session_first.text(),
            self.session_last.text(),
            self.session_title.text(),
            self._drawn_session.id if self._drawn_session else None,
        )
        self._drawn_session = form
        self.session_typed.emit(form)

    def _read_day(self, text: str) -> Parsed:
        return _parsed(read_day(text, self._today()))


def _day_table() -> DataTable[DayLine]:
    return DataTable(
        "calendar.days",
        tr("Days that differ"),
        (
            Column("date", tr("Day"), lambda line: line.date, width=168, sort=lambda line: line.entry.first_day),
            Column("kind", tr("What"), lambda _line: "", width=184, tag=_day_tag),
            Column("time", tr("Time"), lambda line: line.time, width=72),
            Column("title", tr("Name"), lambda line: line.title, kind=lambda _line: TextKind.LABEL),
            Column("applies", tr("Where"), lambda line: line.applies, width=152),
        ),
    )


def _session_table() -> DataTable[SessionLine]:
    return DataTable(
        "calendar.sessions",
        tr("School years and terms"),
        (
            Column("title", tr("Name"), lambda line: line.title, kind=lambda _line: TextKind.LABEL),
            Column("kind", tr("Kind"), lambda line: line.kind, width=136),
            Column("span", tr("Days"), lambda line: line.span, width=232, sort=lambda line: line.entry.first_day),
            Column("applies", tr("Where"), lambda line: line.applies, width=152),
        ),
    )


def _day_tag(line: DayLine) -> Tag:
    tone, shape = _TONES[line.entry.kind]
    return Tag(line.kind, tone, shape)


def _date_field(label: str, object_name: str, parse: Callable[[str], Parsed], *, required: bool = False) -> DateField:
    return DateField(label, object_name, parse, required=required, placeholder="11/27")


def _parsed_time(text: str) -> Parsed:
    return _parsed(read_time(text))


def _parsed(read: Read) -> Parsed:
    return Parsed(read.value, read.echo, read.problem)


def _set(field: ParsedField, text: str) -> None:
    if field.text() != text:
        field.set_text(text)
