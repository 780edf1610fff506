"""Who is away from school on a day, as far as the desk knows: it proposes *absent*, a person charts it (D41)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping
from itertools import chain

from sqlalchemy.orm import Session

from clinicdesk.domain.calendar import Attendance, SchoolCalendar
from clinicdesk.domain.leaving import enrolment_over, left_school
from clinicdesk.domain.medication.log import DoseRow, RecordSource
from clinicdesk.storage.queries import presence as queries

_DAY = dt.timedelta(days=1)
_ELSEWHERE = frozenset({RecordSource.HOME_REPORTED, RecordSource.IMPORTED})
"""A dose of such a row was not taken at this school."""


def away_on(
    session: Session,
    students: queries.Students,
    school: uuid.UUID,
    calendar: SchoolCalendar,
    day: dt.date,
    doses: Iterable[DoseRow],
) -> Mapping[uuid.UUID, Attendance]:
    """The students who left school on `day`, or whose enrolment there was over before it.

    `doses` are the current rows of the log: whoever took a dose at school after she left was back.
    """
    begins = calendar.instant(day, dt.time.min)
    stays = queries.stays_between(session, students, begins, begins + _DAY)
    ends = queries.last_days(session, students, school, day)
    if not stays and not ends:
        return {}
    seen = [(row.student_id, row.event_at) for row in doses if row.taken and row.source not in _ELSEWHERE]
    found: dict[uuid.UUID, Attendance] = {}
    for student in {*stays, *ends}:
        moments = [at for who, at in seen if who == student]
        away = left_school(stays.get(student, ()), moments, day, calendar.tzinfo)
        away = away or enrolment_over(ends.get(student, ()), day)
        if away is not None:
            found[student] = away
    return found


def away_of(
    session: Session,
    records: Collection[uuid.UUID],
    school: uuid.UUID,
    calendar: SchoolCalendar,
    day: dt.date,
    doses: Iterable[DoseRow],
) -> Attendance | None:
    """The same of one child, whose `records` were merged (D26): a visit of either speaks of her."""
    begins = calendar.instant(day, dt.time.min)
    stays = queries.stays_between(session, records, begins, begins + _DAY)
    ends = queries.last_days(session, records, school, day)
    seen = [row.event_at for row in doses if row.taken and row.source not in _ELSEWHERE]
    away = left_school(chain.from_iterable(stays.values()), seen, day, calendar.tzinfo)
    return away or enrolment_over(chain.from_iterable(ends.values()), day)
