"""What the desk knows of who is at school on a day: how visits ended, and which enrolments are over (D41)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.domain.calendar import AwayCause
from clinicdesk.domain.leaving import Stay
from clinicdesk.models import ClinicVisit, StudentEnrollment
from clinicdesk.models.enums import EnrollmentStatus, VisitDisposition
from clinicdesk.storage.queries.visits import NEWEST

Students = Collection[uuid.UUID] | sa.Select[Any]
_AWAY = {
    VisitDisposition.SENT_HOME: AwayCause.SENT_HOME,
    VisitDisposition.EMERGENCY_TRANSPORT: AwayCause.EMERGENCY_TRANSPORT,
}


def stays_between(
    session: Session, students: Students, begins: dt.datetime, ends: dt.datetime
) -> Mapping[uuid.UUID, Sequence[Stay]]:
    """The visits that began in the time, at whatever school: a child who went home from one is at none."""
    found: defaultdict[uuid.UUID, list[Stay]] = defaultdict(list)
    rows = session.execute(
        sa.select(
            ClinicVisit.student_id, ClinicVisit.check_in_time, ClinicVisit.check_out_time, ClinicVisit.disposition
        ).where(
            ClinicVisit.student_id.in_(students if isinstance(students, sa.Select) else list(students)),
            ClinicVisit.check_in_time >= begins,
            ClinicVisit.check_in_time < ends,
            ClinicVisit.deleted_at.is_(None),
            NEWEST,
        )
    )
    for student, came, left, disposition in rows:
        away = None if disposition is None else _AWAY.get(disposition)
        found[student].append(Stay(came_at=came, left_at=left, away=away))
    return found


def last_days(
    session: Session, students: Students, school: uuid.UUID, day: dt.date
) -> Mapping[uuid.UUID, Sequence[dt.date | None]]:
    """The last days of the live enrolments at a school, of those students who have one that ended before `day`."""
    live = (
        StudentEnrollment.school_id == school,
        StudentEnrollment.deleted_at.is_(None),
        StudentEnrollment.status != EnrollmentStatus.ENDED,
    )
    ended = sa.select(StudentEnrollment.student_id).where(*live, StudentEnrollment.ends_on < day)
    found: defaultdict[uuid.UUID, list[dt.date | None]] = defaultdict(list)
    rows = session.execute(
        sa.select(StudentEnrollment.student_id, StudentEnrollment.ends_on).where(
            *live,
            StudentEnrollment.student_id.in_(ended),
            StudentEnrollment.student_id.in_(students if isinstance(students, sa.Select) else list(students)),
        )
    )
    for student, last in rows:
        found[student].append(last)
    return found
