"""What a person types for a day or a session, read into an entry or into problems by field."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.when import Facing, parse_date, parse_time
from clinicdesk.i18n import formats, tr
from clinicdesk.services.calendar import CalendarDayKind, DayEntry, SessionEntry, SessionKind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Read:
    """An entry as it was understood: its value and echo, or its problem in words."""

    value: object = None
    echo: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DayForm:
    """The texts of the form for days."""

    kind: str = CalendarDayKind.CLOSED.value
    first: str = ""
    last: str = ""
    at_time: str = ""
    title: str = ""
    id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class SessionForm:
    """The texts of the form for a session."""

    kind: str = SessionKind.SCHOOL_YEAR.value
    first: str = ""
    last: str = ""
    title: str = ""
    id: uuid.UUID | None = None


Problems = dict[str, str]


def needs_time(kind: str) -> bool:
    return kind in {CalendarDayKind.EARLY_DISMISSAL.value, CalendarDayKind.LATE_START.value}


def read_day(text: str, today: dt.date) -> Read:
    """A date as a person types it; a calendar looks ahead."""
    return _read(lambda: parse_date(text, today, Facing.FUTURE), day_words)


def read_time(text: str) -> Read:
    return _read(lambda: parse_time(text), lambda at: formats().time(at))


def day_entry(form: DayForm, school: uuid.UUID | None, today: dt.date) -> DayEntry | Problems:
    """The entry of a form, or what is wrong with it by field."""
    problems: Problems = {}
    first = _needed(form.first, lambda text: read_day(text, today), "first", problems)
    last = _needed(form.last, lambda text: read_day(text, today), "last", problems) if form.last.strip() else first
    at_time = None
    if needs_time(form.kind):
        at_time = _needed(form.at_time, read_time, "at_time", problems)
    if problems or not isinstance(first, dt.date) or not isinstance(last, dt.date):
        return problems
    if last < first:
        return {"last": tr("The last day comes before the first.")}
    hour = at_time if isinstance(at_time, dt.time) else None
    return DayEntry(CalendarDayKind(form.kind), first, last, hour, form.title.strip(), school, form.id)


def session_entry(form: SessionForm, school: uuid.UUID | None, today: dt.date) -> SessionEntry | Problems:
    """The entry of a form, or what is wrong with it by field."""
    problems: Problems = {}
    first = _needed(form.first, lambda text: read_day(text, today), "first", problems)
    last = _needed(form.last, lambda text: read_day(text, today), "last", problems)
    if not form.title.strip():
        problems["title"] = tr("Needed here.")
    if problems or not isinstance(first, dt.date) or not isinstance(last, dt.date):
        return problems
    if last <= first:
        return {"last": tr("The last day comes before the first.")}
    return SessionEntry(form.title.strip(), SessionKind(form.kind), first, last, school, form.id)


def day_form(entry: DayEntry) -> DayForm:
    """The texts that say an entry, for changing it."""
    at_time = entry.at_time.strftime("%H:%M") if entry.at_time else ""
    return DayForm(entry.kind.value, entry.first_day.isoformat(), "", at_time, entry.title, entry.id)


def session_form(entry: SessionEntry) -> SessionForm:
    return SessionForm(entry.kind.value, entry.first_day.isoformat(), entry.last_day.isoformat(), entry.title, entry.id)


def day_kinds() -> tuple[tuple[str, str], ...]:
    return (
        (CalendarDayKind.CLOSED.value, tr("No school")),
        (CalendarDayKind.EARLY_DISMISSAL.value, tr("Early dismissal")),
        (CalendarDayKind.LATE_START.value, tr("Late start")),
        (CalendarDayKind.EXTRA_SCHOOL_DAY.value, tr("Make-up school day")),
    )


def session_kinds() -> tuple[tuple[str, str], ...]:
    return (
        (SessionKind.SCHOOL_YEAR.value, tr("School year")),
        (SessionKind.SEMESTER.value, tr("Semester")),
        (SessionKind.TERM.value, tr("Term")),
        (SessionKind.GRADING_PERIOD.value, tr("Grading period")),
    )


def _read(parse: Callable[[], T], echo: Callable[[T], str]) -> Read:
    try:
        value = parse()
    except InvalidValueError as wrong:
        words = {
            "missing": tr("Needed here."),
            "not_a_date": tr("Type a date such as 11/27 or 2026-11-27."),
            "not_a_time": tr("Type a time such as 11:30 or 1p."),
        }
        return Read(problem=words.get(wrong.problem, tr("This cannot be right.")))
    return Read(value, echo(value))


def _needed(text: str, read: Callable[[str], Read], field: str, problems: Problems) -> object:
    found = read(text)
    if found.problem:
        problems[field] = found.problem
    return found.value


def day_words(day: dt.date) -> str:
    """A day with its weekday and year."""
    return f"{formats().weekday_short(day)}, {day.year}"
