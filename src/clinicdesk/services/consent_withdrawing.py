"""Withdrawing a consent, and telling what stops with it (M2)."""

from __future__ import annotations

import datetime as dt
import uuid

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.permissions import Act
from clinicdesk.i18n import tr
from clinicdesk.models import (
    ConsentForm,
)
from clinicdesk.models.enums import (
    AuditAction,
    ConsentDecision,
    EntryKind,
    SignatureMeaning,
)
from clinicdesk.services import consent_reading as reading
from clinicdesk.services.consent_log import ConsentLog, blocked_by
from clinicdesk.services.consent_rows import copied, follows, method_of
from clinicdesk.services.consent_values import (
    ConsentOutdatedError,
    Withdrawal,
    Withdrawn,
)
from clinicdesk.services.undo import LastAct
from clinicdesk.storage.audit import AuditEntry


class WithdrawnConsents(ConsentLog):
    """A withdrawal is a later row; what rests on the consent is blocked from that moment on."""

    def withdraw(self, signature: uuid.UUID, withdrawal: Withdrawal) -> Withdrawn:
        """End a consent by a later row; what rests on it is blocked from this moment on (M2).

        Raises:
            InvalidValueError: who, or a time that cannot be.
            ConsentOutdatedError: it does not stand any more.
        """
        if not withdrawal.by.strip():
            raise InvalidValueError("withdrawn_by", "missing")
        student, key = self._student_of(signature), new_id()
        entry = AuditEntry(AuditAction.SUPERSEDE, "ConsentSignature", entity_id=signature, student_id=student)
        with self._desk.act(Act.WITHDRAW_CONSENT, entry) as work:
            head = self._head(work.session, signature)
            if head.decision is not ConsentDecision.GRANTED:
                raise ConsentOutdatedError
            if not work.session.get_one(ConsentForm, head.consent_form_id).withdrawable:
                raise InvalidValueError("withdrawn_at", "not_withdrawable")
            at = withdrawal.at or work.at
            if at > work.at + dt.timedelta(minutes=2):
                raise InvalidValueError("withdrawn_at", "in_future")
            values = copied(head) | {
                "decision": ConsentDecision.WITHDRAWN,
                "withdrawn_at": at,
                "withdrawn_by": withdrawal.by,
                "withdrawal_reason": withdrawal.reason or None,
                "method": method_of(withdrawal.how),
                "recorded_by": self._desk.person.user_id,
                "recorded_at": work.at,
                "zone_offset_minutes": self._desk.zone_offset_minutes(at),
            }
            values |= follows(head, EntryKind.CORRECTION, withdrawal.reason or "Withdrawn")
            self._write(work, key, values, SignatureMeaning.RECORDED)
            chain, _ = self._chain(work.session, key)
            found = reading.standing(chain, self._calendar(work.session), work.at)
            blocked = blocked_by(chain[0].id, found, reading.dependents(work.session, chain))
            self._end_reminders(work, [row.id for row in chain])
            written, ended = work.at, head.id

        def undo(reason: str | None) -> None:
            self._take_back(key, student, written, reason, ended, None, None)

        return Withdrawn(id=key, blocked=blocked, last_act=LastAct(tr("Consent withdrawn"), written, undo))
