"""A demonstration district with its server and two workstations, made by the commands a person would type."""

from __future__ import annotations

import atexit
import contextlib
import datetime as dt
import functools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from clinicdesk.bootstrap.demo import PASSWORD, SECOND, SHARED_NURSES, Demonstration, build
from clinicdesk.bootstrap.workstation import workstation
from clinicdesk.models import ClinicVisit, StudentEnrollment
from clinicdesk.models.enums import AuditAction, VisitDisposition, WritePurpose
from clinicdesk.services.signing_in import signed_in
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.context import WorkContext

STUDENTS = 600
"""Enough for a full Today and every table in use; the whole district of 9,000 is measured by `make demo`."""

WINDOW_NURSE, OTHER_NURSE = SHARED_NURSES[1], SHARED_NURSES[0]
_WORDS = "headache after recess, resting, given water, temperature checked, parent called, no known allergies"


@functools.cache
def demonstration() -> Demonstration:
    """Both workstations joined and equal with the district, which is served until this process ends."""
    return _UNTIL_THE_END.enter_context(_served())


_UNTIL_THE_END = contextlib.ExitStack()
atexit.register(_UNTIL_THE_END.close)


@contextlib.contextmanager
def _served() -> Iterator[Demonstration]:
    with tempfile.TemporaryDirectory() as folder:
        place = Demonstration(Path(folder) / "demonstration")
        place.begin()
        code = place.found(STUDENTS)
        with place.serving():
            build(place, code)
            yield place


def write_visits(place: Demonstration, count: int) -> None:
    """So many visits of the shared school, written at the second workstation and sent to the district."""
    here = workstation(place.profile(SECOND), place.policy)
    with signed_in(here, OTHER_NURSE, PASSWORD) as desk:
        context = WorkContext(desk.person.user_id, WritePurpose.CARE, grant=desk.person.grant_id)
        with desk.store.read() as session:
            enrolled = sa.select(StudentEnrollment.student_id).where(StudentEnrollment.school_id == desk.school.id)
            students = session.scalars(enrolled.limit(100)).all()
        with desk.store.write(context) as work:
            work.audit(AuditEntry(AuditAction.CREATE, "ClinicVisit"))
            work.session.add_all(
                ClinicVisit(
                    student_id=students[at % len(students)],
                    school_id=desk.school.id,
                    attended_by=desk.person.user_id,
                    check_in_time=work.at - dt.timedelta(days=30),
                    check_out_time=work.at - dt.timedelta(days=30),
                    recorded_at=work.at,
                    disposition=VisitDisposition.RETURN_TO_CLASS,
                    reason_for_visit=["HEADACHE"],
                    zone_offset_minutes=-360,
                    notes=f"{_WORDS}, visit {at}",
                )
                for at in range(count)
            )
    place.sync(SECOND, OTHER_NURSE)
