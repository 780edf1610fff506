"""Visits that are only begun, or ended with the child away from school (D41)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from tests.support.desk import Clinic

from clinicdesk.models import ClinicVisit
from clinicdesk.models.enums import VisitDisposition


def send_home(
    clinic: Clinic, student: uuid.UUID, left: dt.datetime, how: VisitDisposition = VisitDisposition.SENT_HOME
) -> uuid.UUID:
    """A visit of twenty minutes until `left`, closed."""
    return _visit(clinic, student, left - dt.timedelta(minutes=20), check_out_time=left, disposition=how)


def check_in(clinic: Clinic, student: uuid.UUID) -> uuid.UUID:
    """A visit that begins now and is open."""
    return _visit(clinic, student, clinic.clock.now())


def _visit(clinic: Clinic, student: uuid.UUID, came: dt.datetime, **closed: Any) -> uuid.UUID:
    return clinic.add(
        ClinicVisit(
            student_id=student,
            check_in_time=came,
            reason_for_visit=["headache"],
            attended_by=clinic.nurse.id,
            school_id=clinic.school.id,
            zone_offset_minutes=-240,
            recorded_at=came,
            **closed,
        )
    ).id
