"""Asking a family for a consent: drafted, sent, called off."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.permissions import Act
from clinicdesk.i18n import tr
from clinicdesk.models import (
    ConsentRequest,
)
from clinicdesk.models.enums import (
    AuditAction,
    ConsentRequestStatus,
)
from clinicdesk.services.consent_log import ConsentLog
from clinicdesk.services.consent_values import (
    ConsentOutdatedError,
)
from clinicdesk.services.stock import require_valid
from clinicdesk.services.undo import LastAct, reason_for
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import consents as queries


class ConsentRequests(ConsentLog):
    """A request waits until somebody signs or declines."""

    def ask(
        self,
        form: uuid.UUID,
        student: uuid.UUID,
        *,
        contact: uuid.UUID | None = None,
        due_on: dt.date | None = None,
        send: bool = True,
    ) -> LastAct:
        """Ask a family for a consent: on paper or in words today; it waits among the sent ones until it is signed."""
        key = new_id()
        entry = AuditEntry(AuditAction.CREATE, "ConsentRequest", entity_id=key, student_id=student)
        with self._desk.act(Act.COLLECT_CONSENT, entry) as work:
            if queries.open_request(work.session, student, form) is not None:
                raise InvalidValueError("consent_form_id", "already_asked")
            values: dict[str, Any] = {
                "student_id": student,
                "consent_form_id": form,
                "contact_id": contact,
                "status": ConsentRequestStatus.SENT if send else ConsentRequestStatus.DRAFT,
                "sent_at": work.at if send else None,
                "due_on": due_on,
                "requested_by": self._desk.person.user_id,
            }
            require_valid("ConsentRequest", values)
            work.session.add(ConsentRequest(id=key, **values))
            at = work.at

        def undo(reason: str | None) -> None:
            reason_for(at, self._desk.now(), reason)
            self._set_request(key, student, ConsentRequestStatus.CANCELLED)

        return LastAct(tr("Consent asked for"), at, undo)

    def send(self, request: uuid.UUID) -> None:
        """A drafted request goes out."""
        with self._desk.store.read() as session:
            student = session.get_one(ConsentRequest, request).student_id
        self._set_request(request, student, ConsentRequestStatus.SENT)

    def cancel(self, request: uuid.UUID) -> LastAct:
        """The consent is not needed after all."""
        with self._desk.store.read() as session:
            row = session.get_one(ConsentRequest, request)
            student, before = row.student_id, row.status
        at = self._set_request(request, student, ConsentRequestStatus.CANCELLED)

        def undo(reason: str | None) -> None:
            reason_for(at, self._desk.now(), reason)
            self._set_request(request, student, before)

        return LastAct(tr("Request cancelled"), at, undo)

    def _set_request(self, request: uuid.UUID, student: uuid.UUID, status: ConsentRequestStatus) -> dt.datetime:
        entry = AuditEntry(
            AuditAction.UPDATE, "ConsentRequest", entity_id=request, student_id=student, new={"status": status.value}
        )
        with self._desk.act(Act.COLLECT_CONSENT, entry) as work:
            row = work.session.get_one(ConsentRequest, request)
            if row.status in {ConsentRequestStatus.SIGNED, ConsentRequestStatus.DECLINED}:
                raise ConsentOutdatedError
            row.status = status
            if status is ConsentRequestStatus.SENT:
                row.sent_at = row.sent_at or work.at
            return work.at
