"""The school calendar: sessions, closures, early dismissals and make-up days (D41, M4a)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.permissions import Act
from clinicdesk.models import AcademicSession, CalendarDay
from clinicdesk.models.enums import AuditAction, CalendarDayKind, SessionKind, WritePurpose
from clinicdesk.models.rules import validate
from clinicdesk.services.desk import Desk, SchoolPlace
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import calendar as queries
from clinicdesk.storage.store import Work

LONGEST_CLOSURE_DAYS = 120
_LOOKING_BACK = dt.timedelta(days=200)
_WEEKEND = 5
_REMOVED = "removed from the calendar"
_Model = type[AcademicSession] | type[CalendarDay]

__all__ = ["CalendarBook", "CalendarDayKind", "Calendars", "DayEntry", "SessionEntry", "SessionKind"]


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """A school year or a part of one; `school_id` is None where it holds for every school."""

    title: str
    kind: SessionKind
    first_day: dt.date
    last_day: dt.date
    school_id: uuid.UUID | None = None
    id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class DayEntry:
    """Days that differ from the rule, from `first_day` to `last_day`; one saved entry is one day.

    `at_time` is the local hour of an early dismissal or a late start.
    """

    kind: CalendarDayKind
    first_day: dt.date
    last_day: dt.date
    at_time: dt.time | None = None
    title: str = ""
    school_id: uuid.UUID | None = None
    id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class CalendarBook:
    """The calendar that holds at one school."""

    school_id: uuid.UUID | None
    sessions: tuple[SessionEntry, ...]
    days: tuple[DayEntry, ...]


class Calendars:
    """What a person does with the calendar at this desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def schools(self) -> tuple[SchoolPlace, ...]:
        return self._desk.person.schools

    def may_edit(self, school: uuid.UUID | None) -> bool:
        """Whether the person may change the days of a school, or with None those of all schools."""
        if school is None:
            return self._desk.may(Act.EDIT_DISTRICT_SETTINGS, ())
        return self._desk.may(Act.EDIT_CALENDAR, (school,))

    def read(self, school: uuid.UUID | None) -> CalendarBook:
        """Sessions and days of a school with those of all schools; days of the last half year and to come."""
        since = self._desk.today() - _LOOKING_BACK
        with self._desk.look(Act.VIEW_CALENDAR, schools=_named(school)) as session:
            return CalendarBook(
                school,
                tuple(_session_entry(row) for row in queries.sessions_of(session, school)),
                tuple(_day_entry(row) for row in queries.days_of(session, school, since)),
            )

    def save_session(self, entry: SessionEntry) -> uuid.UUID:
        """Add a session, or change the one with this id.

        Raises:
            InvalidValueError: a title is missing, or the days are in the wrong order.
        """
        values: dict[str, Any] = {
            "title": entry.title.strip(),
            "kind": entry.kind,
            "starts_on": entry.first_day,
            "ends_on": entry.last_day,
            "school_id": entry.school_id,
        }
        _check("AcademicSession", {"school_days": [], **values})
        row_id = entry.id or new_id()
        with self._editing(entry.school_id, "AcademicSession", row_id, new=entry.id is None) as work:
            if entry.id is None:
                work.session.add(AcademicSession(id=row_id, **values))
            else:
                self._write(work.session.get_one(AcademicSession, row_id), values)
        return row_id

    def save_days(self, entry: DayEntry) -> tuple[uuid.UUID, ...]:
        """Add days, or change the one day with this id. A closure over a weekend leaves the weekend out.

        Raises:
            InvalidValueError: wrong order, too long, a time is missing, or a day has an entry already.
        """
        days = _days_between(entry)
        values: dict[str, Any] = {
            "kind": entry.kind,
            "at_time": entry.at_time.strftime("%H:%M") if entry.at_time and _shortened(entry.kind) else None,
            "title": entry.title.strip() or None,
            "school_id": entry.school_id,
        }
        _check("CalendarDay", {"day": days[0], **values})
        ids = (entry.id,) if entry.id is not None else tuple(new_id() for _ in days)
        with self._editing(entry.school_id, "CalendarDay", ids[0], new=entry.id is None) as work:
            taken = queries.days_taken(work.session, entry.school_id, days, but=entry.id)
            if taken:
                raise InvalidValueError("day", "taken", day=taken[0].isoformat())
            if entry.id is not None:
                self._write(work.session.get_one(CalendarDay, entry.id), {"day": days[0], **values})
            else:
                work.session.add_all(
                    CalendarDay(id=row_id, day=day, **values) for row_id, day in zip(ids, days, strict=True)
                )
        return ids

    def remove_session(self, session_id: uuid.UUID) -> None:
        """Take a session out of the calendar; doses and visits of its days stay as they are."""
        self._remove(AcademicSession, session_id)

    def remove_days(self, *day_ids: uuid.UUID) -> None:
        """The days follow the session's rule again."""
        for day_id in day_ids:
            self._remove(CalendarDay, day_id)

    def restore_session(self, session_id: uuid.UUID) -> None:
        """Undo of a removal."""
        self._restore(AcademicSession, session_id)

    def restore_days(self, *day_ids: uuid.UUID) -> None:
        """Undo of a removal.

        Raises:
            InvalidValueError: the day has got another entry since.
        """
        for day_id in day_ids:
            self._restore(CalendarDay, day_id)

    def _remove(self, model: _Model, row_id: uuid.UUID) -> None:
        school = self._school_of(model, row_id)
        with self._editing(school, model.__name__, row_id, action=AuditAction.DELETE) as work:
            row = _row(work.session, model, row_id)
            row.deleted_at, row.deleted_by, row.delete_reason = work.at, self._desk.person.user_id, _REMOVED

    def _restore(self, model: _Model, row_id: uuid.UUID) -> None:
        school = self._school_of(model, row_id)
        with self._editing(school, model.__name__, row_id, action=AuditAction.RESTORE) as work:
            row = _row(work.session, model, row_id)
            if isinstance(row, CalendarDay) and queries.days_taken(work.session, school, [row.day], but=row_id):
                raise InvalidValueError("day", "taken", day=row.day.isoformat())
            row.deleted_at = row.deleted_by = row.delete_reason = None

    def _school_of(self, model: _Model, row_id: uuid.UUID) -> uuid.UUID | None:
        with self._desk.look(Act.VIEW_CALENDAR, schools=()) as session:
            return _row(session, model, row_id).school_id

    @staticmethod
    def _write(row: AcademicSession | CalendarDay, values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(row, name, value)

    @contextmanager
    def _editing(
        self,
        school: uuid.UUID | None,
        model: str,
        row_id: uuid.UUID,
        *,
        new: bool = False,
        action: AuditAction | None = None,
    ) -> Iterator[Work]:
        """A calendar of all schools is the district's to change; that of one school its office's too (D5)."""
        entry = AuditEntry(action or (AuditAction.CREATE if new else AuditAction.UPDATE), model, row_id, is_phi=False)
        act = Act.EDIT_CALENDAR if school is not None else Act.EDIT_DISTRICT_SETTINGS
        with self._desk.act(act, entry, schools=_named(school), purpose=WritePurpose.ADMINISTRATION) as work:
            yield work


def _row(session: Session, model: _Model, row_id: uuid.UUID) -> AcademicSession | CalendarDay:
    if model is AcademicSession:
        return session.get_one(AcademicSession, row_id)
    return session.get_one(CalendarDay, row_id)


def _named(school: uuid.UUID | None) -> tuple[uuid.UUID, ...]:
    return (school,) if school is not None else ()


def _shortened(kind: CalendarDayKind) -> bool:
    return kind in {CalendarDayKind.EARLY_DISMISSAL, CalendarDayKind.LATE_START}


def _days_between(entry: DayEntry) -> list[dt.date]:
    if entry.last_day < entry.first_day:
        raise InvalidValueError("last_day", "wrong_order")
    if entry.id is not None and entry.last_day != entry.first_day:
        raise InvalidValueError("last_day", "one_day_only")
    span = (entry.last_day - entry.first_day).days + 1
    if span > LONGEST_CLOSURE_DAYS:
        raise InvalidValueError("last_day", "too_long", maximum=LONGEST_CLOSURE_DAYS)
    days = [entry.first_day + dt.timedelta(days=offset) for offset in range(span)]
    if len(days) == 1 or entry.kind is CalendarDayKind.EXTRA_SCHOOL_DAY:
        return days
    weekdays = [day for day in days if day.weekday() < _WEEKEND]
    return weekdays or days


def _check(model: str, values: dict[str, Any]) -> None:
    problems = validate(model, values)
    if problems:
        raise problems[0]


def _session_entry(row: AcademicSession) -> SessionEntry:
    return SessionEntry(row.title, row.kind, row.starts_on, row.ends_on, row.school_id, row.id)


def _day_entry(row: CalendarDay) -> DayEntry:
    at_time = dt.time.fromisoformat(row.at_time) if row.at_time else None
    return DayEntry(row.kind, row.day, row.day, at_time, row.title or "", row.school_id, row.id)
