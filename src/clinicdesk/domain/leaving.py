"""Whether a student has left school today, from what the desk itself knows: visits, doses, enrolments (D41)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from clinicdesk.domain.calendar import Attendance, AttendanceStatus, AwayCause


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One visit to the clinic; `away` is None where the student went back to class, or somewhere else in school."""

    came_at: dt.datetime
    left_at: dt.datetime | None = None
    away: AwayCause | None = None


def left_school(stays: Iterable[Stay], seen: Iterable[dt.datetime], day: dt.date, zone: dt.tzinfo) -> Attendance | None:
    """The leaving that the last visit of the day ended with; None for a student who was `seen` at school after it.

    It is what attendance says as far as the desk knows: it proposes *absent* for later doses and charts nothing.
    """
    known = list(stays)
    gone = [
        (stay.left_at, stay.away)
        for stay in known
        if stay.left_at is not None and stay.away is not None and stay.left_at.astimezone(zone).date() == day
    ]
    if not gone:
        return None
    left_at, cause = max(gone)
    if any(moment > left_at for moment in (*(stay.came_at for stay in known), *seen)):
        return None
    # The minute, as clocks and slots are read: who leaves at 11:30:40 has left by the dose of 11:30.
    at = left_at.astimezone(zone).time().replace(second=0, microsecond=0)
    return Attendance(date=day, status=AttendanceStatus.LEFT_EARLY, at=at, cause=cause)


def enrolment_over(last_days: Iterable[dt.date | None], day: dt.date) -> Attendance | None:
    """Absent for the whole day, where each enrolment at the school ended before it."""
    ends = list(last_days)
    if not ends or any(last is None or last >= day for last in ends):
        return None
    return Attendance(date=day, status=AttendanceStatus.ABSENT, cause=AwayCause.ENROLLMENT_ENDED)
