"""Asking for consent, collecting it, withdrawing it, and telling what stops with it (M2, D1, D42)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import replace
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
    expiry_task_due,
    valid_until,
)
from clinicdesk.domain.consent_text import check_answers
from clinicdesk.domain.permissions import Act
from clinicdesk.i18n import tr
from clinicdesk.models import (
    ClinicalTask,
    ConsentForm,
    ConsentRequest,
    ConsentSignature,
    Medication,
    Student,
    StudentMedication,
)
from clinicdesk.models.enums import (
    AttachmentKind,
    AuditAction,
    ClinicalTaskKind,
    ConsentDecision,
    ConsentRequestStatus,
    EntryKind,
    OrderStatus,
    Priority,
    SignatureMeaning,
    TaskStatus,
)
from clinicdesk.services import consent_reading as reading
from clinicdesk.services.attachments import Attachments, NewAttachment, add_all
from clinicdesk.services.chart_reading import student_facts
from clinicdesk.services.consent_record import text_record
from clinicdesk.services.consent_rows import columns, copied, decision_of, document_hash, follows, method_of
from clinicdesk.services.consent_values import (
    BlockedAct,
    Collected,
    ConsentDocument,
    ConsentLine,
    ConsentOutdatedError,
    ConsentRecord,
    How,
    NewConsent,
    OrderNamed,
    PaperToSign,
    PossibleSigner,
    SealDocument,
    SignerRefusedError,
    Withdrawal,
    Withdrawn,
)
from clinicdesk.services.desk import Desk
from clinicdesk.services.signatures import SignedRow, Signer, sign_row
from clinicdesk.services.stock import require_valid
from clinicdesk.services.student_values import StudentFacts
from clinicdesk.services.students import StudentUnknownError
from clinicdesk.services.undo import LastAct, reason_for
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import consents as queries
from clinicdesk.storage.queries.doses import calendar_of
from clinicdesk.storage.queries.roster import district_of
from clinicdesk.storage.queries.students import same_person, student_with_school
from clinicdesk.storage.store import Work

TABLE = ConsentSignature.__tablename__
RENEWED = "Signed again"
_ENDED = "The consent ended or was signed again"


class Consents:
    """What a person at the desk does with consents; every state is computed from the signature log."""

    def __init__(self, desk: Desk, attachments: Attachments, seal: SealDocument) -> None:
        self._desk = desk
        self._attachments = attachments
        self._seal = seal

    # Reading

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
            signed = next(row for row in reversed(chain) if row.signature_data is not None or row is chain[0])
            dependent = reading.dependents(session, chain)
            return ConsentRecord(
                line=line,
                record=signed.signature_data or "",
                dependent=dependent,
                blocked=_blocked(chain[0].id, found, dependent),
            )

    def document(self, signature: uuid.UUID) -> bytes:
        """The sealed PDF, to be shown, printed or saved; each time is on record (D34).

        Raises:
            AttachmentMissingError: a consent from before this program, or the file has not arrived.
        """
        with self._desk.store.read() as session:
            row = session.get(ConsentSignature, signature)
            attachment = row.pdf_attachment_id if row is not None else None
        if attachment is None:
            raise InvalidValueError("document", "missing")
        return self._attachments.read(Act.VIEW_CONSENTS, attachment, AuditAction.PRINT)

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

    # Asking

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

    # Collecting

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

    # Withdrawing

    def rests_on(self, signature: uuid.UUID) -> tuple[BlockedAct, ...]:
        """What would stop with this consent: shown before it is withdrawn."""
        with self._desk.look(Act.VIEW_CONSENTS, student=self._student_of(signature)) as session:
            return reading.dependents(session, self._chain(session, signature)[0])

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
            blocked = _blocked(chain[0].id, found, reading.dependents(work.session, chain))
            self._end_reminders(work, [row.id for row in chain])
            written, ended = work.at, head.id

        def undo(reason: str | None) -> None:
            self._take_back(key, student, written, reason, ended, None, None)

        return Withdrawn(id=key, blocked=blocked, last_act=LastAct(tr("Consent withdrawn"), written, undo))

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

    # Parts

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
                chain, forms[chain[0].consent_form_id], facts[chain[0].student_id], found, calendar, today
            )
            if line is not None:
                lines.append(line)
        return tuple(sorted(lines, key=_urgency))

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
            signed_at=self._desk.local(now),
            refused=new.refused,
            strokes=new.strokes,
        )
        return document, signer

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

    def _signers(self, session: Session, form: ConsentForm, student: StudentFacts) -> tuple[PossibleSigner, ...]:
        district = district_of(session)
        ids = same_person(session, student.id)
        return reading.possible_signers(session, ids, student, form.type, district, self._desk.today())

    def _values(
        self,
        work: Work,
        new: NewConsent,
        document: ConsentDocument,
        signer: PossibleSigner,
        before: ConsentSignature | None,
    ) -> dict[str, Any]:
        form = work.session.get_one(ConsentForm, new.form_id)
        today = self._desk.local(work.at).date()
        validity = document.text.validity
        first = max(today, form.valid_from or today)
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
            "zone_offset_minutes": self._desk.zone_offset_minutes(work.at),
            "effective_from": first,
            "expires_on": valid_until(first, validity, self._calendar(work.session)),
            "conditions": "\n".join(f"{key}={answer}" for key, answer in sorted(new.answers.items())) or None,
            "withdrawal_reason": None,
        }
        if before is not None:
            values |= follows(before, EntryKind.CORRECTION, RENEWED)
        return values

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

    def _end_reminders(self, work: Work, consents: Sequence[uuid.UUID]) -> None:
        for task in queries.open_expiry_tasks(work.session, consents):
            task.status = TaskStatus.CANCELLED
            task.done_at = work.at
            task.done_by = self._desk.person.user_id
            task.result_note = _ENDED

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

    def _order(self, session: Session, order: uuid.UUID | None) -> OrderNamed | None:
        if order is None:
            return None
        row = session.get_one(StudentMedication, order)
        return reading.order_words(row, session.get_one(Medication, row.medication_id))

    def _student(self, session: Session, student: uuid.UUID) -> StudentFacts:
        found = student_with_school(session, same_person(session, student)[0])
        if found is None:
            raise StudentUnknownError
        return student_facts(*found)

    def _student_of(self, signature: uuid.UUID) -> uuid.UUID:
        with self._desk.store.read() as session:
            found = session.scalar(sa.select(ConsentSignature.student_id).where(ConsentSignature.id == signature))
        if found is None:
            raise InvalidValueError("id", "unknown")
        return found

    def _chain(self, session: Session, signature: uuid.UUID) -> tuple[list[ConsentSignature], ConsentForm]:
        row = session.get_one(ConsentSignature, signature)
        log = queries.signatures(session, [row.student_id])
        chain = next(chain for chain in reading.chains(log) if any(one.id == signature for one in chain))
        return chain, session.get_one(ConsentForm, row.consent_form_id)

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

    def _calendar(self, session: Session) -> SchoolCalendar:
        return calendar_of(session, self._desk.school.id, self._desk.school.zone.key)


def _require_signed(new: NewConsent) -> None:
    if not new.signed_by.strip():
        raise InvalidValueError("signed_by", "missing")
    if not new.identity.strip():
        raise InvalidValueError("signer_identity_evidence", "missing")
    if new.refused:
        return
    if new.how is How.PEN and not any(len(stroke) > 1 for stroke in new.strokes):
        raise InvalidValueError("signature", "missing")
    if new.how is How.MARK and not new.witness.strip():
        raise InvalidValueError("witness", "missing")


def _blocked(consent: uuid.UUID, found: ConsentStanding, dependent: Sequence[BlockedAct]) -> tuple[BlockedAct, ...]:
    stopped = set(blocked_acts(consent, found, [one.act for one in dependent]))
    return tuple(one for one in dependent if one.act in stopped)


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
