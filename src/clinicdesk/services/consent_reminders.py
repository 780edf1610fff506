"""Reminders 30 and 7 days before a consent ends (`ux-spec.md` 7.7)."""

from __future__ import annotations

import datetime as dt

from clinicdesk.domain.consent import (
    expiry_task_due,
)
from clinicdesk.domain.permissions import Act
from clinicdesk.models import (
    ClinicalTask,
    ConsentSignature,
)
from clinicdesk.models.enums import (
    AuditAction,
    ClinicalTaskKind,
    Priority,
)
from clinicdesk.services import consent_reading as reading
from clinicdesk.services.consent_log import TABLE, ConsentLog
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import consents as queries


class ConsentReminders(ConsentLog):
    """Makes the tasks that Today shows; each is made once."""

    @property
    def may_remind(self) -> bool:
        """Whether the person at the desk may make reminders: a reader of the list need not."""
        return self._desk.may(Act.MANAGE_FOLLOW_UP)

    def remind(self) -> int:
        """Make the 30 and 7 day tasks that are due at this school; each is made once. Returns how many."""
        now, today = self._desk.now(), self._desk.today()
        with self._desk.look(Act.VIEW_CONSENTS) as session:
            calendar = self._calendar(session)
            due: list[tuple[ConsentSignature, int, dt.date]] = []
            for chain in reading.chains(queries.signatures(session, queries.students_at(self._desk.school.id))):
                found = reading.standing(chain, calendar, now)
                days = expiry_task_due(found, today)
                if days is not None and found.row is not None and found.valid_until is not None:
                    row = next(one for one in chain if one.id == found.row.id)
                    due.append((row, days, found.valid_until))
            known = queries.expiry_tasks(session, [row.id for row, _, _ in due])
            titles = {form.id: form.title for form in queries.forms(session, published=False)}
        wanted = [(row, days, until) for row, days, until in due if (row.id, days) not in known]
        if not wanted:
            return 0
        entry = AuditEntry(AuditAction.CREATE, "ClinicalTask", facts={"expiring_consents": len(wanted)})
        with self._desk.act(Act.MANAGE_FOLLOW_UP, entry) as work:
            for row, days, until in wanted:
                work.session.add(
                    ClinicalTask(
                        kind=ClinicalTaskKind.CONSENT_EXPIRING,
                        title=f"Consent ends: {titles.get(row.consent_form_id, '')}"[:200],
                        student_id=row.student_id,
                        school_id=self._desk.school.id,
                        subject_table=TABLE,
                        subject_id=row.id,
                        due_at=dt.datetime.combine(until, dt.time(12), tzinfo=self._desk.school.zone),
                        priority=Priority.HIGH if days <= 7 else Priority.MEDIUM,
                        details={"days": days, "until": until.isoformat()},
                    )
                )
        return len(wanted)
