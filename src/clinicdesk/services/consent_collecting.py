"""Collecting a consent: the form laid out, the signature with its sealed document written in one transaction (D42)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.consent import (
    ConsentState,
    valid_until,
)
from clinicdesk.domain.consent_text import check_answers
from clinicdesk.domain.permissions import Act
from clinicdesk.i18n import tr
from clinicdesk.models import (
    ConsentForm,
    ConsentSignature,
    StudentMedication,
)
from clinicdesk.models.enums import (
    AttachmentKind,
    AuditAction,
    ConsentRequestStatus,
    EntryKind,
    OrderStatus,
    SignatureMeaning,
)
from clinicdesk.services import consent_reading as reading
from clinicdesk.services.attachments import Attachments, NewAttachment, add_all
from clinicdesk.services.consent_log import TABLE
from clinicdesk.services.consent_papers import ConsentPapers
from clinicdesk.services.consent_record import text_record
from clinicdesk.services.consent_rows import decision_of, document_hash, follows, method_of
from clinicdesk.services.consent_values import (
    Collected,
    ConsentDocument,
    How,
    NewConsent,
    PaperToSign,
    PossibleSigner,
    SealDocument,
    SignerRefusedError,
)
from clinicdesk.services.desk import Desk
from clinicdesk.services.student_values import StudentFacts
from clinicdesk.services.undo import LastAct
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import consents as queries
from clinicdesk.storage.store import Work

RENEWED = "Signed again"


class CollectedConsents(ConsentPapers):
    """Signatures and refusals."""

    def __init__(self, desk: Desk, attachments: Attachments, seal: SealDocument) -> None:
        super().__init__(desk, attachments)
        self._seal = seal

    def paper(
        self,
        form: uuid.UUID,
        student: uuid.UUID,
        *,
        order: uuid.UUID | None = None,
        renews: uuid.UUID | None = None,
    ) -> PaperToSign:
        """A form laid out for one student: who may sign it and what it is about.

        Raises:
            InvalidValueError: the version is not published, or not the newest.
        """
        entry = AuditEntry(
            AuditAction.READ, "Student", entity_id=student, student_id=student, facts={"part": "consent"}
        )
        with self._desk.open_record(Act.COLLECT_CONSENT, entry) as session:
            rows = queries.forms(session)
            newest = reading.newest_versions(rows)
            row = next((one for one in newest.values() if one.id == form), None)
            if row is None:
                raise InvalidValueError("consent_form_id", "not_current")
            facts = self._student(session, student)
            request = queries.open_request(session, facts.id, form)
            if renews is None and order is not None:
                named = session.get_one(StudentMedication, order).consent_signature_id
                renews = named if named is not None and self._stands_open(session, named) else None
            return PaperToSign(
                form=reading.form_value(row, {form}),
                student=facts,
                signers=self._signers(session, row, facts),
                order=self._order(session, order),
                renews=renews,
                request=request.id if request is not None else None,
                school=self._desk.school.name,
            )

    def collect(self, new: NewConsent) -> Collected:
        """Write a signature, or a refusal, with its sealed document, in one transaction.

        Raises:
            InvalidValueError: an answer, the name, the identity check or the signature itself is missing.
            SignerRefusedError: this person may not sign (D42).
            ConsentOutdatedError: what it renews was continued by somebody else.
            StudentKeyMissingError, PermissionDeniedError.
        """
        _require_signed(new)
        key, pdf, pen = new_id(), new_id(), new_id()
        now = self._desk.now()
        entry = AuditEntry(
            AuditAction.CREATE,
            "ConsentSignature",
            entity_id=key,
            student_id=new.student_id,
            facts={"form": str(new.form_id), "how": new.how.value, "refused": new.refused},
        )
        self._desk.require(Act.COLLECT_CONSENT, entry)
        with self._desk.look(Act.COLLECT_CONSENT, student=new.student_id) as session:
            document, signer = self._document(session, new, now)
        content = self._seal(document, self._desk.unlocked.device_keys.pairs.signing_key())
        files = [
            NewAttachment(
                id=pdf,
                student=new.student_id,
                kind=AttachmentKind.SEALED_PDF,
                file_name="consent.pdf",
                media_type="application/pdf",
                content=content,
                subject_table=TABLE,
                subject_id=key,
            )
        ]
        if new.pen is not None:
            files.append(
                replace(
                    files[0],
                    id=pen,
                    kind=AttachmentKind.STROKES,
                    file_name="strokes.json",
                    media_type="application/json",
                    content=new.pen,
                )
            )
        with self._attachments.kept(*files) as rows, self._desk.act(Act.COLLECT_CONSENT, entry) as work:
            add_all(work, rows)
            before = self._renewed(work.session, new.renews)
            values = self._values(work, new, document, signer, before) | {
                "pdf_attachment_id": pdf,
                "pdf_hash": document_hash(content),
                "strokes_attachment_id": pen if new.pen is not None else None,
            }
            self._write(work, key, values, SignatureMeaning.CONSENTED)
            request = self._answer(work, new, key)
            ordered = self._attach_to_order(work, new, key)
            if before is not None:
                self._end_reminders(work, [before.id])
            at, until = work.at, values["expires_on"]
        words = tr("Consent signed") if not new.refused else tr("Consent declined")

        def undo(reason: str | None) -> None:
            self._take_back(
                key, new.student_id, at, reason, before.id if before is not None else None, request, ordered
            )

        state = ConsentState.DECLINED if new.refused else ConsentState.SIGNED
        return Collected(id=key, document=pdf, state=state, valid_until=until, last_act=LastAct(words, at, undo))

    def _document(self, session: Session, new: NewConsent, now: dt.datetime) -> tuple[ConsentDocument, PossibleSigner]:
        form = session.get(ConsentForm, new.form_id)
        if form is None or form.published_at is None:
            raise InvalidValueError("consent_form_id", "not_current")
        text = reading.text_of(form)
        if not new.refused:
            check_answers(text.spoken(new.language), new.answers)
        student = self._student(session, new.student_id)
        signer = self._signer(session, form, student, new)
        document = ConsentDocument(
            text=text,
            language=text.spoken(new.language).language,
            version=form.version,
            site=self._desk.school.name,
            student=student,
            answers=dict(new.answers),
            order=self._order(session, new.order_id),
            signed_by=new.signed_by,
            relation=new.relation,
            identity=new.identity,
            how=new.how,
            witness=new.witness,
            signed_at=self._signed_at(form, new, now),
            refused=new.refused,
            strokes=new.strokes,
            entered_at=None if new.signed_on is None else self._desk.local(now),
        )
        return document, signer

    def _signed_at(self, form: ConsentForm, new: NewConsent, now: dt.datetime) -> dt.datetime:
        """Now, or the day on the paper: none that is yet to come, none before there was such a form (M17)."""
        local = self._desk.local(now)
        if new.signed_on is None:
            return local
        assert form.published_at is not None
        if new.signed_on > local.date():
            raise InvalidValueError("signed_on", "in_future")
        if new.signed_on < self._desk.local(form.published_at).date():
            raise InvalidValueError("signed_on", "before_form")
        return min(local, dt.datetime.combine(new.signed_on, dt.time(12), tzinfo=self._desk.school.zone))

    def _signer(self, session: Session, form: ConsentForm, student: StudentFacts, new: NewConsent) -> PossibleSigner:
        known = next(
            (
                one
                for one in self._signers(session, form, student)
                if one.contact_id == new.contact_id and (one.contact_id is not None or one.relation == new.relation)
            ),
            None,
        )
        if known is None:
            raise SignerRefusedError(reason="NOT_A_GUARDIAN")
        if known.capacity is None:
            raise SignerRefusedError(reason=known.bar.value if known.bar is not None else "NOT_A_GUARDIAN")
        return known

    def _values(
        self,
        work: Work,
        new: NewConsent,
        document: ConsentDocument,
        signer: PossibleSigner,
        before: ConsentSignature | None,
    ) -> dict[str, Any]:
        form = work.session.get_one(ConsentForm, new.form_id)
        day = self._desk.local(document.signed_at).date()
        validity = document.text.validity
        first = max(day, form.valid_from or day)
        capacity = signer.capacity
        assert capacity is not None
        values: dict[str, Any] = {
            "consent_form_id": form.id,
            "student_id": new.student_id,
            "signed_by": new.signed_by,
            "relationship": new.relation,
            "signature_data": text_record(document),
            "signed_at": document.signed_at,
            "decision": decision_of(refused=new.refused),
            "capacity": capacity.value,
            "signer_contact_id": new.contact_id,
            "signer_identity_evidence": new.identity,
            "form_version": form.version,
            "text_hash": form.text_hash,
            "language": document.language,
            "method": method_of(new.how),
            "recorded_by": self._desk.person.user_id,
            "recorded_at": work.at,
            "zone_offset_minutes": self._desk.zone_offset_minutes(document.signed_at),
            "effective_from": first,
            "expires_on": valid_until(first, validity, self._calendar(work.session)),
            "conditions": "\n".join(f"{key}={answer}" for key, answer in sorted(new.answers.items())) or None,
            "withdrawal_reason": None,
        }
        if before is not None:
            values |= follows(before, EntryKind.CORRECTION, RENEWED)
        return values

    def _answer(self, work: Work, new: NewConsent, key: uuid.UUID) -> uuid.UUID | None:
        asked = queries.open_request(work.session, new.student_id, new.form_id)
        if asked is None:
            return None
        asked.sent_at = asked.sent_at or work.at
        asked.answered_at = work.at
        asked.consent_signature_id = key
        asked.status = ConsentRequestStatus.DECLINED if new.refused else ConsentRequestStatus.SIGNED
        asked.decline_reason = (new.reason or None) if new.refused else None
        return asked.id

    def _attach_to_order(self, work: Work, new: NewConsent, key: uuid.UUID) -> uuid.UUID | None:
        """An order that is not active yet names its consent from now on; an active one names the first of its chain."""
        if new.order_id is None or new.refused:
            return None
        order = work.session.get_one(StudentMedication, new.order_id)
        if order.activated_at is not None or order.status is not OrderStatus.DRAFT:
            return None
        order.consent_signature_id = key
        return order.id

    def _renewed(self, session: Session, renews: uuid.UUID | None) -> ConsentSignature | None:
        return None if renews is None else self._head(session, renews)


def _require_signed(new: NewConsent) -> None:
    if not new.signed_by.strip():
        raise InvalidValueError("signed_by", "missing")
    if not new.identity.strip():
        raise InvalidValueError("signer_identity_evidence", "missing")
    if new.how is How.PAPER and new.signed_on is None:
        raise InvalidValueError("signed_on", "missing")
    if new.refused:
        return
    if new.how is How.PEN and not any(len(stroke) > 1 for stroke in new.strokes):
        raise InvalidValueError("signature", "missing")
    if new.how is How.MARK and not new.witness.strip():
        raise InvalidValueError("witness", "missing")
