"""The signature log of consents: its chains, who may sign, and how a row is written and taken back (D1, D42)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.calendar import SchoolCalendar
from clinicdesk.domain.consent import (
    ConsentStanding,
    ConsentState,
    blocked_acts,
)
from clinicdesk.domain.permissions import Act
from clinicdesk.models import (
    ConsentForm,
    ConsentRequest,
    ConsentSignature,
    Medication,
    StudentMedication,
)
from clinicdesk.models.enums import (
    AuditAction,
    ConsentRequestStatus,
    EntryKind,
    SignatureMeaning,
    TaskStatus,
)
from clinicdesk.services import consent_reading as reading
from clinicdesk.services.chart_reading import student_facts
from clinicdesk.services.consent_rows import columns, copied, follows
from clinicdesk.services.consent_values import (
    BlockedAct,
    ConsentOutdatedError,
    OrderNamed,
    PossibleSigner,
)
from clinicdesk.services.desk import Desk
from clinicdesk.services.signatures import SignedRow, Signer, sign_row
from clinicdesk.services.stock import require_valid
from clinicdesk.services.student_values import StudentFacts
from clinicdesk.services.students import StudentUnknownError
from clinicdesk.services.undo import reason_for
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import consents as queries
from clinicdesk.storage.queries.doses import calendar_of
from clinicdesk.storage.queries.students import same_person, student_with_school
from clinicdesk.storage.store import Work

TABLE = ConsentSignature.__tablename__
_ENDED = "The consent ended or was signed again"


class ConsentLog:
    """What every act on consents needs of the log; a row of it is never changed, only followed by another."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def _student_of(self, signature: uuid.UUID) -> uuid.UUID:
        with self._desk.store.read() as session:
            found = session.scalar(sa.select(ConsentSignature.student_id).where(ConsentSignature.id == signature))
        if found is None:
            raise InvalidValueError("id", "unknown")
        return found

    def _student(self, session: Session, student: uuid.UUID) -> StudentFacts:
        found = student_with_school(session, same_person(session, student)[0])
        if found is None:
            raise StudentUnknownError
        return student_facts(*found)

    def _calendar(self, session: Session) -> SchoolCalendar:
        return calendar_of(session, self._desk.school.id, self._desk.school.zone.key)

    def _chain(self, session: Session, signature: uuid.UUID) -> tuple[list[ConsentSignature], ConsentForm]:
        row = session.get_one(ConsentSignature, signature)
        log = queries.signatures(session, same_person(session, row.student_id))
        chain = next(chain for chain in reading.chains(log) if any(one.id == signature for one in chain))
        return chain, session.get_one(ConsentForm, chain[-1].consent_form_id)

    def _head(self, session: Session, signature: uuid.UUID) -> ConsentSignature:
        """The one row that ends the chain; a fork is for a person to resolve first (D1)."""
        chain, _ = self._chain(session, signature)
        followed = {row.supersedes_id for row in chain}
        heads = [row for row in chain if row.id not in followed]
        if len(heads) != 1 or heads[0].entry_kind is EntryKind.WITHDRAWN:
            raise ConsentOutdatedError
        return heads[0]

    def _stands_open(self, session: Session, signature: uuid.UUID) -> bool:
        chain, _ = self._chain(session, signature)
        return reading.standing(chain, self._calendar(session), self._desk.now()).state is not ConsentState.FORKED

    def _signers(self, session: Session, form: ConsentForm, student: StudentFacts) -> tuple[PossibleSigner, ...]:
        ids = same_person(session, student.id)
        return reading.possible_signers(session, ids, student, form.type, self._desk.today())

    def _order(self, session: Session, order: uuid.UUID | None) -> OrderNamed | None:
        if order is None:
            return None
        row = session.get_one(StudentMedication, order)
        return reading.order_words(row, session.get_one(Medication, row.medication_id))

    def _write(self, work: Work, key: uuid.UUID, values: dict[str, Any], meaning: SignatureMeaning) -> None:
        complete = dict.fromkeys(columns()) | {"revision": 1, "entry_kind": EntryKind.ORIGINAL} | values
        require_valid("ConsentSignature", complete)
        work.session.add(ConsentSignature(id=key, **complete))
        work.session.flush()
        sign_row(
            work.session,
            SignedRow(
                table=TABLE, id=key, values=complete, student=complete["student_id"], school=self._desk.school.id
            ),
            Signer(self._desk.person.user_id, self._desk.person.name, self._desk.unlocked.user_keys),
            meaning,
            work.at,
            self._desk.zone_offset_minutes(work.at),
            self._desk.device_id,
        )
        work.session.flush()

    def _take_back(
        self,
        key: uuid.UUID,
        student: uuid.UUID,
        written: dt.datetime,
        reason: str | None,
        restores: uuid.UUID | None,
        request: uuid.UUID | None,
        order: uuid.UUID | None,
    ) -> None:
        """Entered in error (D1): what stood before stands again by a new row; nothing is deleted."""
        because = reason_for(written, self._desk.now(), reason)
        entry = AuditEntry(AuditAction.SUPERSEDE, "ConsentSignature", entity_id=key, student_id=student)
        with self._desk.act(Act.COLLECT_CONSENT, entry) as work:
            row = self._head(work.session, key)
            if row.id != key:
                raise ConsentOutdatedError
            stands = row if restores is None else work.session.get_one(ConsentSignature, restores)
            kind = EntryKind.WITHDRAWN if restores is None else EntryKind.CORRECTION
            values = copied(stands) | {"recorded_by": self._desk.person.user_id, "recorded_at": work.at}
            self._write(work, new_id(), values | follows(row, kind, because), SignatureMeaning.AMENDED)
            if request is not None:
                asked = work.session.get_one(ConsentRequest, request)
                asked.status = ConsentRequestStatus.SENT
                asked.answered_at = None
                asked.decline_reason = None
                asked.consent_signature_id = None
            if order is not None:
                draft = work.session.get_one(StudentMedication, order)
                if draft.activated_at is None and draft.consent_signature_id == key:
                    draft.consent_signature_id = None

    def _end_reminders(self, work: Work, consents: Sequence[uuid.UUID]) -> None:
        for task in queries.open_expiry_tasks(work.session, consents):
            task.status = TaskStatus.CANCELLED
            task.done_at = work.at
            task.done_by = self._desk.person.user_id
            task.result_note = _ENDED


def blocked_by(consent: uuid.UUID, found: ConsentStanding, dependent: Sequence[BlockedAct]) -> tuple[BlockedAct, ...]:
    stopped = set(blocked_acts(consent, found, [one.act for one in dependent]))
    return tuple(one for one in dependent if one.act in stopped)
