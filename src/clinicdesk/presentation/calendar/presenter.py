"""Decides what the calendar screen shows, and saves what was typed into its form (D41)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from clinicdesk.core.errors import ClinicDeskError, InvalidValueError
from clinicdesk.i18n import formats, plural, sentence, tr
from clinicdesk.presentation.calendar.forms import (
    DayForm,
    Problems,
    SessionForm,
    day_entry,
    day_form,
    day_kinds,
    day_words,
    session_entry,
    session_form,
    session_kinds,
)
from clinicdesk.presentation.runner import Runner
from clinicdesk.services.calendar import CalendarBook, DayEntry, SessionEntry
from clinicdesk.services.desk import SchoolPlace

ALL = ""
"""The key of the choice that stands for every school."""


class CalendarKeeping(Protocol):
    """The calendar service as the screen uses it."""

    @property
    def schools(self) -> Sequence[SchoolPlace]: ...

    def may_edit(self, school: uuid.UUID | None) -> bool: ...

    def read(self, school: uuid.UUID | None) -> CalendarBook: ...

    def save_session(self, entry: SessionEntry) -> uuid.UUID: ...

    def save_days(self, entry: DayEntry) -> tuple[uuid.UUID, ...]: ...

    def remove_session(self, session_id: uuid.UUID) -> None: ...

    def remove_days(self, *day_ids: uuid.UUID) -> None: ...

    def restore_session(self, session_id: uuid.UUID) -> None: ...

    def restore_days(self, *day_ids: uuid.UUID) -> None: ...


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day that differs from the rule."""

    entry: DayEntry
    date: str
    kind: str
    time: str
    title: str
    applies: str
    editable: bool


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session."""

    entry: SessionEntry
    title: str
    kind: str
    span: str
    applies: str
    editable: bool


@dataclass(frozen=True, slots=True)
class CalendarState:
    """What the screen shows. `problems` are those of the form, by field."""

    schools: tuple[tuple[str, str], ...] = ()
    school: str = ALL
    days: tuple[DayLine, ...] = ()
    sessions: tuple[SessionLine, ...] = ()
    editable: bool = False
    loading: bool = True
    day: DayForm = field(default_factory=DayForm)
    session: SessionForm = field(default_factory=SessionForm)
    problems: Problems = field(default_factory=dict)
    failure: str = ""


class CalendarPresenter:
    """`changed` draws a state; `said` shows a passing word with what takes the act back."""

    def __init__(
        self,
        service: CalendarKeeping,
        runner: Runner,
        today: Callable[[], dt.date],
        changed: Callable[[CalendarState], None],
        said: Callable[[str, Callable[[], None] | None], None],
    ) -> None:
        self._service = service
        self._runner = runner
        self._today = today
        self._changed = changed
        self._said = said
        self._names = {school.id: school.name for school in service.schools}
        own = next(iter(self._names), None)
        choices = tuple((str(school_id), name) for school_id, name in self._names.items())
        self._state = CalendarState(
            schools=(*choices, (ALL, tr("All schools"))), school=str(own) if own is not None else ALL
        )

    @property
    def state(self) -> CalendarState:
        return self._state

    def open(self) -> None:
        self._load()

    def choose_school(self, key: str) -> None:
        """Show the calendar of one school, or what holds for all of them."""
        self._show(school=key, day=DayForm(), session=SessionForm(), problems={})
        self._load()

    def type_day(self, form: DayForm) -> None:
        self._show(day=form, problems={})

    def type_session(self, form: SessionForm) -> None:
        self._show(session=form, problems={})

    def edit_day(self, line: DayLine) -> None:
        """Take a day into the form."""
        if line.editable:
            self._show(day=day_form(line.entry), problems={}, school=_key(line.entry.school_id))
            self._load()

    def edit_session(self, line: SessionLine) -> None:
        if line.editable:
            self._show(session=session_form(line.entry), problems={}, school=_key(line.entry.school_id))
            self._load()

    def save_day(self) -> None:
        """Save the form for days."""
        made = day_entry(self._state.day, self._school, self._today())
        if not isinstance(made, DayEntry):
            self._show(problems=made)
            return
        self._runner.run(
            lambda: self._service.save_days(made),
            done=lambda ids: self._on_days_saved(ids, new=made.id is None),
            failed=self._on_failed,
            key="calendar.save",
        )

    def save_session(self) -> None:
        """Save the form for a session."""
        made = session_entry(self._state.session, self._school, self._today())
        if not isinstance(made, SessionEntry):
            self._show(problems=made)
            return
        self._runner.run(
            lambda: self._service.save_session(made),
            done=lambda row_id: self._on_session_saved(row_id, new=made.id is None),
            failed=self._on_failed,
            key="calendar.save",
        )

    def remove_day(self, line: DayLine) -> None:
        """Take a day out; it can be put back at once."""
        row_id = line.entry.id
        if row_id is not None and line.editable:
            self._change(
                lambda: self._service.remove_days(row_id),
                tr("{date} follows the usual rule again", date=line.date),
                lambda: self._change(lambda: self._service.restore_days(row_id), tr("Put back"), None),
            )

    def remove_session(self, line: SessionLine) -> None:
        row_id = line.entry.id
        if row_id is not None and line.editable:
            self._change(
                lambda: self._service.remove_session(row_id),
                tr("{title} removed", title=line.title),
                lambda: self._change(lambda: self._service.restore_session(row_id), tr("Put back"), None),
            )

    @property
    def _school(self) -> uuid.UUID | None:
        return uuid.UUID(self._state.school) if self._state.school != ALL else None

    def _load(self) -> None:
        school = self._school
        self._show(loading=True)
        self._runner.run(lambda: self._read(school), done=self._on_read, failed=self._on_failed, key="calendar.read")

    def _read(self, school: uuid.UUID | None) -> tuple[CalendarBook, bool, bool]:
        return self._service.read(school), self._service.may_edit(school), self._service.may_edit(None)

    def _on_read(self, answer: tuple[CalendarBook, bool, bool]) -> None:
        book, own, all_schools = answer
        self._show(
            loading=False,
            failure="",
            editable=own,
            days=tuple(self._day(one, all_schools if one.school_id is None else own) for one in book.days),
            sessions=tuple(self._session(one, all_schools if one.school_id is None else own) for one in book.sessions),
        )

    def _on_days_saved(self, ids: tuple[uuid.UUID, ...], *, new: bool) -> None:
        self._show(day=DayForm(kind=self._state.day.kind), problems={})
        self._said(
            plural("{count} day saved", "{count} days saved", len(ids)), self._taking_back_days(ids) if new else None
        )
        self._load()

    def _on_session_saved(self, row_id: uuid.UUID, *, new: bool) -> None:
        self._show(session=SessionForm(kind=self._state.session.kind), problems={})
        self._said(tr("Saved"), self._taking_back_session(row_id) if new else None)
        self._load()

    def _taking_back_days(self, ids: tuple[uuid.UUID, ...]) -> Callable[[], None]:
        return lambda: self._change(lambda: self._service.remove_days(*ids), tr("Taken back"), None)

    def _taking_back_session(self, row_id: uuid.UUID) -> Callable[[], None]:
        return lambda: self._change(lambda: self._service.remove_session(row_id), tr("Taken back"), None)

    def _change(self, work: Callable[[], None], words: str, undo: Callable[[], None] | None) -> None:
        def on_done(_nothing: None) -> None:
            self._said(words, undo)
            self._load()

        self._runner.run(work, done=on_done, failed=self._on_failed)

    def _on_failed(self, error: Exception) -> None:
        self._show(loading=False)
        if isinstance(error, InvalidValueError) and error.problem == "taken":
            self._show(problems={"first": tr("This school has an entry for one of these days already.")})
        elif isinstance(error, InvalidValueError) and error.field in {"last_day", "ends_on"}:
            self._show(problems={"last": sentence(error)})
        elif isinstance(error, ClinicDeskError):
            self._show(failure=sentence(error))
        else:
            raise error

    def _day(self, entry: DayEntry, editable: bool) -> DayLine:
        day = entry.first_day
        return DayLine(
            entry,
            day_words(day),
            dict(day_kinds())[entry.kind.value],
            formats().time(entry.at_time) if entry.at_time else "",
            entry.title,
            self._applies(entry.school_id),
            editable,
        )

    def _session(self, entry: SessionEntry, editable: bool) -> SessionLine:
        return SessionLine(
            entry,
            entry.title,
            dict(session_kinds())[entry.kind.value],
            tr("{first} to {last}", first=formats().date(entry.first_day), last=formats().date(entry.last_day)),
            self._applies(entry.school_id),
            editable,
        )

    def _applies(self, school: uuid.UUID | None) -> str:
        return tr("All schools") if school is None else self._names.get(school, tr("This school"))

    def _show(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # fields of the state, by name
        self._changed(self._state)


def _key(school: uuid.UUID | None) -> str:
    return str(school) if school is not None else ALL
