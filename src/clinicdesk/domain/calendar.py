"""The days of a school: sessions, closures, late start and early dismissal decide where dose slots exist (D41, M4a)."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clinicdesk.core.errors import InvalidValueError

_LONGEST_BREAK_DAYS = 400


class DayKind(enum.StrEnum):
    """Why a date is or is no school day."""

    SCHOOL = "SCHOOL"
    EARLY_DISMISSAL = "EARLY_DISMISSAL"
    LATE_START = "LATE_START"
    WEEKEND = "WEEKEND"
    CLOSED = "CLOSED"
    NO_SESSION = "NO_SESSION"


class AttendanceStatus(enum.StrEnum):
    """What the school office recorded for a student and day."""

    PRESENT = "PRESENT"
    ABSENT = "ABSENT"
    TARDY = "TARDY"
    LEFT_EARLY = "LEFT_EARLY"


class AwayCause(enum.StrEnum):
    """What tells the desk that a student is not at school."""

    SENT_HOME = "SENT_HOME"
    EMERGENCY_TRANSPORT = "EMERGENCY_TRANSPORT"
    ENROLLMENT_ENDED = "ENROLLMENT_ENDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDates:
    """An academic session, both days included."""

    first: dt.date
    last: dt.date
    school_year_end: dt.date | None = None

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidValueError("session_last", "wrong_order")


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Days without school: a holiday, snow, both days included."""

    first: dt.date
    last: dt.date
    name: str = ""

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidValueError("closure_last", "wrong_order")


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolDay:
    """One date at one school. `start` is set on a day that begins late, `dismissal` on one that ends early."""

    date: dt.date
    kind: DayKind
    start: dt.time | None = None
    dismissal: dt.time | None = None
    closure: str | None = None

    @property
    def is_open(self) -> bool:
        return self.kind in {DayKind.SCHOOL, DayKind.EARLY_DISMISSAL, DayKind.LATE_START}

    def holds(self, at: dt.time) -> bool:
        """Whether students are at school at that time, as far as the day says when it begins and ends."""
        return (self.start is None or at >= self.start) and (self.dismissal is None or at < self.dismissal)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolCalendar:
    """The calendar of one school in its own zone. A make-up day opens a weekend date of a session."""

    school_id: uuid.UUID
    zone: str
    sessions: tuple[SessionDates, ...]
    closures: tuple[Closure, ...] = ()
    early_dismissals: tuple[tuple[dt.date, dt.time], ...] = ()
    late_starts: tuple[tuple[dt.date, dt.time], ...] = ()
    make_up_days: frozenset[dt.date] = frozenset()
    weekdays: frozenset[int] = frozenset(range(5))

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as problem:
            raise InvalidValueError("zone", "unknown_zone") from problem

    @property
    def tzinfo(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def local_date(self, moment: dt.datetime) -> dt.date:
        """The date at the school when `moment` happens."""
        return moment.astimezone(self.tzinfo).date()

    def instant(self, day: dt.date, at: dt.time) -> dt.datetime:
        """A local date and time as a moment in UTC.

        A time that the spring change leaves out moves forward by the gap; of a time that autumn repeats,
        the first one counts.
        """
        return dt.datetime.combine(day, at, tzinfo=self.tzinfo).astimezone(dt.UTC)

    def day(self, date: dt.date) -> SchoolDay:
        if not any(session.first <= date <= session.last for session in self.sessions):
            return SchoolDay(date=date, kind=DayKind.NO_SESSION)
        for closure in self.closures:
            if closure.first <= date <= closure.last:
                return SchoolDay(date=date, kind=DayKind.CLOSED, closure=closure.name or None)
        if date.weekday() not in self.weekdays and date not in self.make_up_days:
            return SchoolDay(date=date, kind=DayKind.WEEKEND)
        start = max((at for day, at in self.late_starts if day == date), default=None)
        dismissal = min((at for day, at in self.early_dismissals if day == date), default=None)
        if dismissal is not None:
            return SchoolDay(date=date, kind=DayKind.EARLY_DISMISSAL, start=start, dismissal=dismissal)
        if start is not None:
            return SchoolDay(date=date, kind=DayKind.LATE_START, start=start)
        return SchoolDay(date=date, kind=DayKind.SCHOOL)

    def is_school_day(self, date: dt.date) -> bool:
        return self.day(date).is_open

    def school_days(self, first: dt.date, last: dt.date) -> Iterator[SchoolDay]:
        """The open days from `first` to `last`, both included."""
        for offset in range((last - first).days + 1):
            day = self.day(first + dt.timedelta(days=offset))
            if day.is_open:
                yield day

    def next_school_day(self, after: dt.date) -> dt.date | None:
        """The first open day after `after`; none where the calendar does not reach that far."""
        later = self.school_days(after + dt.timedelta(days=1), after + dt.timedelta(days=_LONGEST_BREAK_DAYS))
        return next((day.date for day in later), None)

    def school_year_end(self, on: dt.date) -> dt.date | None:
        """The last day of the school year that `on` belongs to, the coming one between years."""
        ends = sorted({session.school_year_end or session.last for session in self.sessions})
        return next((end for end in ends if end >= on), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """What is known of a day; `at` is the local time of arrival (TARDY) or leaving (LEFT_EARLY), `cause` how."""

    date: dt.date
    status: AttendanceStatus
    at: dt.time | None = None
    cause: AwayCause | None = None

    def away_at(self, local: dt.datetime) -> bool:
        """Whether the student was not at school at a local date and time; attendance only proposes *absent* (D41)."""
        if local.date() != self.date:
            return False
        match self.status:
            case AttendanceStatus.ABSENT:
                return True
            case AttendanceStatus.TARDY:
                return self.at is not None and local.time() < self.at
            case AttendanceStatus.LEFT_EARLY:
                return self.at is not None and local.time() >= self.at
            case AttendanceStatus.PRESENT:
                return False
