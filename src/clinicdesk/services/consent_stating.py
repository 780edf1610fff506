"""Where consents stand: the list of a school or a student, one consent opened with what rests on it (M2, D34)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.domain.consent import (
    ConsentState,
)
from clinicdesk.domain.permissions import Act
from clinicdesk.models import (
    ConsentSignature,
    Student,
)
from clinicdesk.models.enums import (
    AuditAction,
)
from clinicdesk.services import consent_reading as reading
from clinicdesk.services.chart_reading import student_facts
from clinicdesk.services.consent_log import ConsentLog, blocked_by
from clinicdesk.services.consent_values import (
    BlockedAct,
    ConsentLine,
    ConsentOutdatedError,
    ConsentRecord,
)
from clinicdesk.storage import attachment_notes
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import consents as queries
from clinicdesk.storage.queries.students import same_person


class StatedConsents(ConsentLog):
    """Reads the log; every state is computed from it."""

    def board(self) -> tuple[ConsentLine, ...]:
        """Requests and consents of the desk's school; what waits or ends soon stands first."""
        with self._desk.look(Act.VIEW_CONSENTS) as session:
            return self._lines(session, queries.students_at(self._desk.school.id))

    def of_student(self, student: uuid.UUID) -> tuple[ConsentLine, ...]:
        """One student's requests and consents, through the alias of a merged record (D26)."""
        with self._desk.look(Act.VIEW_CONSENTS, student=student) as session:
            return self._lines(session, same_person(session, student))

    def open(self, signature: uuid.UUID) -> ConsentRecord:
        """One consent with its text record and everything that rests on it; audited before it is shown (D34)."""
        entry = AuditEntry(
            AuditAction.READ, "ConsentSignature", entity_id=signature, student_id=self._student_of(signature)
        )
        with self._desk.open_record(Act.VIEW_CONSENTS, entry) as session:
            chain, form = self._chain(session, signature)
            calendar = self._calendar(session)
            found = reading.standing(chain, calendar, self._desk.now())
            student = self._student(session, chain[0].student_id)
            line = reading.line_of(chain, form, student, found, calendar, self._desk.today())
            if line is None:
                raise ConsentOutdatedError
            signed = signed_row(chain)
            dependent = reading.dependents(session, chain)
            return ConsentRecord(
                line=line,
                record=signed.signature_data or "",
                dependent=dependent,
                blocked=blocked_by(chain[0].id, found, dependent),
                document_here=line.document is None or attachment_notes.is_here(session.connection(), line.document),
            )

    def rests_on(self, signature: uuid.UUID) -> tuple[BlockedAct, ...]:
        """What would stop with this consent: shown before it is withdrawn."""
        with self._desk.look(Act.VIEW_CONSENTS, student=self._student_of(signature)) as session:
            return reading.dependents(session, self._chain(session, signature)[0])

    def _lines(self, session: Session, students: Sequence[uuid.UUID] | sa.Select[uuid.UUID]) -> tuple[ConsentLine, ...]:
        calendar, now, today = self._calendar(session), self._desk.now(), self._desk.today()
        forms = {row.id: row for row in queries.forms(session, published=False)}
        log = queries.signatures(session, students)
        asked = queries.open_requests(session, students)
        wanted = {row.student_id for row in log} | {row.student_id for row, _ in asked}
        facts = {
            row.id: student_facts(row, None)
            for row in session.scalars(sa.select(Student).where(Student.id.in_(wanted)))
        }
        lines: list[ConsentLine] = []
        for request, form in asked:
            lines.append(
                ConsentLine(
                    student=facts[request.student_id],
                    form_id=form.id,
                    form=form.title,
                    kind=form.type.value,
                    state=ConsentState(request.status.value),
                    request_id=request.id,
                    due_on=request.due_on,
                )
            )
        for chain in reading.chains(log):
            found = reading.standing(chain, calendar, now)
            line = reading.line_of(
                chain, forms[chain[-1].consent_form_id], facts[chain[0].student_id], found, calendar, today
            )
            if line is not None:
                lines.append(line)
        return tuple(sorted(lines, key=_urgency))


def _urgency(line: ConsentLine) -> tuple[int, dt.date, str, str]:
    """What waits for a person first: requests by their day, consents that end soon, then the rest by name."""
    order = {
        ConsentState.FORKED: 0,
        ConsentState.SENT: 1,
        ConsentState.DRAFT: 2,
        ConsentState.EXPIRED: 3,
        ConsentState.REVOKED: 4,
        ConsentState.DECLINED: 4,
    }
    soon = line.days_left is not None and line.days_left <= 30
    rank = 2 if soon else order.get(line.state, 5)
    return rank, line.due_on or line.valid_until or dt.date.max, line.student.name.sorted_by, line.form


def signed_row(chain: Sequence[ConsentSignature]) -> ConsentSignature:
    """The newest row of a consent that says what was signed."""
    return next(row for row in reversed(chain) if row.signature_data is not None or row is chain[0])
