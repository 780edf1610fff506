"""A visit that ended with the child away from school (D41)."""

from __future__ import annotations

import datetime as dt
import uuid

from tests.support.desk import Clinic

from clinicdesk.models import ClinicVisit
from clinicdesk.models.enums import VisitDisposition


def send_home(
    clinic: Clinic, student: uuid.UUID, left: dt.datetime, how: VisitDisposition = VisitDisposition.SENT_HOME
) -> uuid.UUID:
    """A visit of twenty minutes until `left`, closed."""
    came = left - dt.timedelta(minutes=20)
    return clinic.add(
        ClinicVisit(
            student_id=student,
            check_in_time=came,
            check_out_time=left,
            disposition=how,
            reason_for_visit=["headache"],
            attended_by=clinic.nurse.id,
            school_id=clinic.school.id,
            zone_offset_minutes=-240,
            recorded_at=left,
        )
    ).id
