"""Visits to the clinic: checked in, documented, closed and signed, amended, taken back (ux-spec 7.4, D1, D2)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy.orm import Session

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.people import PersonName
from clinicdesk.domain.permissions import Act, UserRole
from clinicdesk.domain.visits import assess_closing, start_visit
from clinicdesk.i18n import tr
from clinicdesk.models import ClinicVisit, ContactAttempt, Student
from clinicdesk.models import VitalSigns as VitalRow
from clinicdesk.models.enums import (
    AuditAction,
    Channel,
    ClinicalTaskKind,
    ContactOutcome,
    DraftKind,
    EntryKind,
    SignatureMeaning,
    TaskStatus,
    VisitEventKind,
)
from clinicdesk.models.rules import validate
from clinicdesk.services import visit_reading as reading
from clinicdesk.services import visit_writing as writing
from clinicdesk.services.desk import Desk
from clinicdesk.services.drafts import Drafts
from clinicdesk.services.undo import LastAct, needs_reason, reason_for
from clinicdesk.services.visit_values import (
    CheckedIn,
    FollowUp,
    NewCall,
    NewVisit,
    OpenTab,
    Signed,
    VisitEntry,
    VisitOpenError,
    VisitRefusedError,
    VisitSheet,
    VisitSignedError,
    VisitUnknownError,
)
from clinicdesk.services.vitals import implausible, write_vitals
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import students as student_rows
from clinicdesk.storage.queries import visits as rows
from clinicdesk.storage.store import Work

_TAKEN_BACK = "The visit was opened again"


class Visits:
    """What a person at the desk does with visits. Every rule is asked again in the transaction that writes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._drafts = Drafts(desk)

    # Reading

    def open_visits(self) -> tuple[OpenTab, ...]:
        """Who is in the clinic now, longest first."""
        with self._desk.look(Act.VIEW_VISITS) as session:
            return tuple(_tab(visit, student) for visit, student in rows.open_visits(session, self._desk.school.id))

    def visit(self, visit_id: uuid.UUID) -> VisitSheet:
        """Open a visit; the opening is audited before it is shown (D34).

        Raises:
            VisitUnknownError: there is no such visit.
        """
        entry = AuditEntry(AuditAction.READ, "ClinicVisit", entity_id=visit_id, student_id=self._student_of(visit_id))
        with self._desk.open_record(Act.VIEW_VISITS, entry) as session:
            return reading.read_visit(session, self._desk, visit_id)

    def version(self, visit_id: uuid.UUID) -> VisitSheet:
        """Open exactly this version of a visit: what was signed before an amendment stays readable (D2, D34).

        Raises:
            VisitUnknownError: there is no such version.
        """
        entry = AuditEntry(AuditAction.READ, "ClinicVisit", entity_id=visit_id, student_id=self._student_of(visit_id))
        with self._desk.open_record(Act.VIEW_VISITS, entry) as session:
            return reading.read_version(session, self._desk, visit_id)

    def refreshed(self, visit_id: uuid.UUID) -> VisitSheet:
        """The open visit once more, after an act: the same reading, no further audit row."""
        with self._desk.look(Act.VIEW_VISITS, student=self._student_of(visit_id)) as session:
            return reading.read_visit(session, self._desk, visit_id)

    def arriving(self, student: uuid.UUID) -> VisitSheet:
        """Who came in: the open visit of the student at this school, else a sheet to check her in on."""
        with self._desk.look(Act.CHECK_IN, student=student) as session:
            ids = student_rows.same_person(session, student)
            standing = rows.open_visit_of(session, ids, self._desk.school.id)
        if standing is not None:
            return self.visit(standing)
        entry = AuditEntry(
            AuditAction.READ, "Student", entity_id=student, student_id=student, facts={"part": "new_visit"}
        )
        with self._desk.open_record(Act.CHECK_IN, entry) as session:
            return reading.read_start(session, self._desk, student)

    # An open visit

    def check_in(self, new: NewVisit) -> CheckedIn:
        """Begin a visit: a synced row from now on, with the first line of its log (D2).

        Raises:
            InvalidValueError: no complaint, no such template, or a time still to come (M17).
        """
        if not any(words.strip() for words in new.complaints):
            raise InvalidValueError("complaints", "missing")
        key = new_id()
        audit = AuditEntry(
            AuditAction.CREATE,
            "ClinicVisit",
            entity_id=key,
            student_id=new.student_id,
            new={"complaints": list(new.complaints), "template": new.template},
        )
        with self._desk.act(Act.CHECK_IN, audit) as work:
            came = new.came_at or work.at
            _require_past(came, work.at, "check_in_time")
            start_visit(new.template, came)
            entry = VisitEntry(
                complaints=new.complaints, template=new.template, came_at=came, brought_by=new.brought_by
            )
            values = writing.entry_values(self._desk, entry)
            work.session.add(writing.new_row(self._desk, new.student_id, work.at, key, values))
            work.session.flush()
            writing.add_step(work, self._desk, key, new.student_id, VisitEventKind.CHECKED_IN, came)
            self._drafts.written(work, DraftKind.VISIT, f"new:{new.student_id}")
            at = work.at

        def undo(reason: str | None) -> None:
            self.undo_check_in(key, reason)

        return CheckedIn(visit_id=key, act=LastAct(tr("Checked in"), at, undo))

    def save(self, visit_id: uuid.UUID, entry: VisitEntry) -> None:
        """Keep what was found so far in the open visit, where a colleague sees it too.

        Raises:
            VisitSignedError: it is signed; VisitRefusedError: an implausible measurement has no reason (V1).
            InvalidValueError: an impossible measurement, or a time still to come.
        """
        with self._desk.act(Act.DOCUMENT_VISIT, self._entry(AuditAction.UPDATE, visit_id)) as work:
            row, root = self._open_row(work, visit_id)
            self._write(work, row, root, entry)
            stops = implausible(entry.vitals, entry.reasons)
            if stops:
                raise VisitRefusedError(stops)
            self._drafts.written(work, DraftKind.VISIT, str(visit_id))

    def note_step(
        self, visit_id: uuid.UUID, kind: str, *, code: str = "", note: str = "", at: dt.datetime | None = None
    ) -> LastAct:
        """A line of the event log, at its own moment: one key each (F4 and the keys of the template).

        Raises:
            InvalidValueError: there is no such kind, or the moment is still to come.
        """
        try:
            found = VisitEventKind(kind)
        except ValueError:
            raise InvalidValueError("kind", "unknown_choice") from None
        with self._desk.act(Act.DOCUMENT_VISIT, self._entry(AuditAction.UPDATE, visit_id, step=kind)) as work:
            row, root = self._open_row(work, visit_id)
            moment = at or work.at
            _require_past(moment, work.at, "occurred_at")
            step = writing.add_step(work, self._desk, root, row.student_id, found, moment, code=code, note=note).id
            written = work.at

        def undo(reason: str | None) -> None:
            self._undo_step(visit_id, step, reason_for(written, self._desk.now(), reason))

        return LastAct(tr("Noted in the event log"), written, undo)

    def note_call(self, visit_id: uuid.UUID, call: NewCall) -> LastAct:
        """An attempt to reach a parent or somebody else, with what came of it.

        Raises:
            InvalidValueError: nobody is named, or there is no such outcome.
        """
        try:
            outcome = ContactOutcome(call.outcome)
        except ValueError:
            raise InvalidValueError("outcome", "unknown_choice") from None
        with self._desk.act(Act.DOCUMENT_VISIT, self._entry(AuditAction.UPDATE, visit_id, call=call.outcome)) as work:
            row, root = self._open_row(work, visit_id)
            moment = call.at or work.at
            _require_past(moment, work.at, "occurred_at")
            values: dict[str, Any] = {
                "student_id": row.student_id,
                "visit_id": root,
                "contact_id": call.contact_id,
                "contact_name": call.name or None,
                "channel": Channel.VOICE,
                "outcome": outcome,
                "occurred_at": moment,
                "zone_offset_minutes": self._desk.zone_offset_minutes(moment),
                "made_by": self._desk.person.user_id,
                "note": call.note or None,
                "revision": 1,
                "entry_kind": EntryKind.ORIGINAL,
            }
            problems = validate("ContactAttempt", values)
            if problems:
                raise problems[0]
            work.session.add(ContactAttempt(**values))
            kind = VisitEventKind.PARENT_CALLED if call.contact_id is not None else VisitEventKind.NOTE
            step = writing.add_step(
                work,
                self._desk,
                root,
                row.student_id,
                kind,
                moment,
                code=f"call_{outcome.value.lower()}",
                note=call.name,
            ).id
            written = work.at

        def undo(reason: str | None) -> None:
            self._undo_step(visit_id, step, reason_for(written, self._desk.now(), reason))

        return LastAct(tr("Call logged"), written, undo)

    # Closing

    def close_and_sign(self, visit_id: uuid.UUID, entry: VisitEntry, follow_up: FollowUp | None = None) -> Signed:
        """Close the visit and sign it: from then on an amendment alone changes it (D2).

        Raises:
            VisitRefusedError: a field, a disposition or a reason is missing; nothing was written.
            InvalidValueError, VisitSignedError, VisitUnknownError, PermissionDeniedError.
        """
        with self._desk.act(Act.CLOSE_VISIT, self._entry(AuditAction.SIGN, visit_id)) as work:
            row, root = self._open_row(work, visit_id)
            left = entry.left_at or work.at
            _require_past(left, work.at, "check_out_time")
            judged = reading.judged(entry, reading.calls_of(work.session, root), left)
            stops = (*implausible(entry.vitals, entry.reasons), *assess_closing(judged))
            if stops:
                raise VisitRefusedError(stops)
            vitals = self._write(work, row, root, entry)
            writing.put(row, writing.closing_values(judged, entry, left))
            if follow_up is not None:
                writing.add_follow_up(work, self._desk, row.student_id, root, follow_up)
            writing.add_step(work, self._desk, root, row.student_id, VisitEventKind.CHECKED_OUT, left)
            aide = self._desk.person.role is UserRole.HEALTH_AIDE
            if aide:
                writing.ask_co_review(work, self._desk, row, root)
            meaning = SignatureMeaning.RECORDED if row.amends_id is None else SignatureMeaning.AMENDED
            if vitals is not None and vitals.signed_at is None:
                writing.seal(work, self._desk, vitals, meaning)
            signature = writing.seal(work, self._desk, row, meaning)
            self._drafts.written(work, DraftKind.VISIT, str(visit_id))
            at = work.at

        def undo(reason: str | None) -> None:
            self.undo_sign(visit_id, reason)

        return Signed(
            visit_id=visit_id,
            signature_id=signature,
            from_template=len(judged.from_template),
            co_review=aide,
            act=LastAct(tr("Visit signed"), at, undo),
        )

    def amend(self, visit_id: uuid.UUID, reason: str, entry: VisitEntry) -> uuid.UUID:
        """Change a signed visit: a new version, signed, that says why; the old one stays readable (D2).

        Raises:
            InvalidValueError: no reason; VisitOpenError: it is not signed; VisitRefusedError: a rule stands against it.
        """
        if not reason.strip():
            raise InvalidValueError("amendment_reason", "missing")
        with self._desk.act(Act.AMEND_NOTE, self._entry(AuditAction.AMEND, visit_id, reason=reason)) as work:
            old, root = self._signed_row(work, visit_id)
            row = self._amendment(work, old, reason)
            left = entry.left_at or old.check_out_time or work.at
            _require_past(left, work.at, "check_out_time")
            judged = reading.judged(entry, reading.calls_of(work.session, root), left)
            stops = (*implausible(entry.vitals, entry.reasons), *assess_closing(judged))
            if stops:
                raise VisitRefusedError(stops)
            vitals = self._write(work, row, root, entry)
            writing.put(row, writing.closing_values(judged, entry, left))
            if vitals is not None and vitals.signed_at is None:
                writing.seal(work, self._desk, vitals, SignatureMeaning.AMENDED)
            writing.seal(work, self._desk, row, SignatureMeaning.AMENDED)
            self._drafts.written(work, DraftKind.VISIT, f"amend:{visit_id}")
            return row.id

    def co_review(self, visit_id: uuid.UUID, note: str = "") -> None:
        """A nurse has looked at what unlicensed staff signed (M18).

        Raises:
            VisitOpenError: it is not signed yet.
        """
        with self._desk.act(Act.REVIEW_AIDE_ENTRY, self._entry(AuditAction.SIGN, visit_id, part="co_review")) as work:
            row, root = self._signed_row(work, visit_id)
            row.co_reviewed_by = self._desk.person.user_id
            row.co_reviewed_at = work.at
            writing.endorse(work, self._desk, row, SignatureMeaning.REVIEWED)
            done = ClinicalTaskKind.CO_REVIEW
            writing.finish_tasks(work, self._desk, root, TaskStatus.DONE, note or tr("Reviewed"), done)

    # Taking back

    def undo_check_in(self, visit_id: uuid.UUID, reason: str | None = None) -> None:
        """The student was not here: the open row is deleted with a reason, its log is withdrawn (D1, D3).

        Raises:
            InvalidValueError: a minute has passed and no reason was given; VisitSignedError: it is signed.
        """
        began = self._written_at(visit_id)
        because = reason_for(began, self._desk.now(), reason)
        with self._desk.act(Act.CHECK_IN, self._entry(AuditAction.DELETE, visit_id, reason=because)) as work:
            row, root = self._open_row(work, visit_id)
            if row.amends_id is not None:
                raise VisitSignedError
            row.deleted_at = work.at
            row.deleted_by = self._desk.person.user_id
            row.delete_reason = because[:200]
            for step in rows.steps(work.session, root):
                writing.withdraw_step(work, self._desk, step, because)
            measured = rows.vitals(work.session, root)
            if measured is not None:
                measured.deleted_at = work.at
                measured.deleted_by = self._desk.person.user_id
                measured.delete_reason = because[:200]
            self._drafts.written(work, DraftKind.VISIT, str(visit_id))

    def undo_sign(self, visit_id: uuid.UUID, reason: str | None = None) -> uuid.UUID:
        """Open a signed visit again: the signed row stays, an unsigned version follows on it (D2).

        Within the minute the signer needs no reason; afterwards it is an amendment.

        Raises:
            InvalidValueError: a minute has passed and no reason was given.
        """
        signed = self._signed_facts(visit_id)
        because = reason_for(signed[0], self._desk.now(), reason)
        own = signed[1] == self._desk.person.user_id and not needs_reason(signed[0], self._desk.now())
        act = Act.CLOSE_VISIT if own else Act.AMEND_NOTE
        with self._desk.act(act, self._entry(AuditAction.AMEND, visit_id, reason=because)) as work:
            old, root = self._signed_row(work, visit_id)
            row = self._amendment(work, old, because)
            for name in ("check_out_time", "disposition", "disposition_reason", "released_to_name", "minutes_missed"):
                setattr(row, name, None)
            work.session.flush()
            writing.add_step(work, self._desk, root, row.student_id, VisitEventKind.REOPENED, work.at, note=because)
            left = (ClinicalTaskKind.CO_REVIEW, ClinicalTaskKind.FOLLOW_UP)
            writing.finish_tasks(work, self._desk, root, TaskStatus.CANCELLED, _TAKEN_BACK, *left)
            writing.cancel_appointments(work, root, _TAKEN_BACK)
            return row.id

    # Drafts

    def keep_draft(self, subject: str, content: dict[str, Any]) -> None:
        """Keep unsaved text, for its author alone (D2).

        `subject` is a visit's id, `new:<student id>` before check-in, `amend:<visit id>` for an amendment.
        """
        self._drafts.save(DraftKind.VISIT, subject, content)

    def discard_draft(self, subject: str) -> None:
        """The author does not want the text any more."""
        self._drafts.discard(DraftKind.VISIT, subject)

    def draft(self, subject: str) -> dict[str, Any] | None:
        return self._drafts.load(DraftKind.VISIT, subject)

    # Parts

    def _write(self, work: Work, row: ClinicVisit, root: uuid.UUID, entry: VisitEntry) -> VitalRow | None:
        _require_past(entry.came_at, work.at, "check_in_time")
        if not any(words.strip() for words in entry.complaints):
            raise InvalidValueError("complaints", "missing")
        writing.put(row, writing.entry_values(self._desk, entry))
        implausible(entry.vitals, entry.reasons)
        notes = "; ".join(text for code, text in sorted(entry.reasons.items()) if code.startswith("vital.")) or None
        vitals = write_vitals(work, self._desk, root, row.student_id, entry.vitals, notes)
        work.session.flush()
        return vitals

    def _amendment(self, work: Work, old: ClinicVisit, reason: str) -> ClinicVisit:
        row = writing.next_version(old, reason, work.at)
        work.session.add(row)
        return row

    def _undo_step(self, visit_id: uuid.UUID, step: uuid.UUID, reason: str) -> None:
        with self._desk.act(Act.DOCUMENT_VISIT, self._entry(AuditAction.SUPERSEDE, visit_id, reason=reason)) as work:
            _, root = self._open_row(work, visit_id)
            for found in rows.steps(work.session, root):
                if found.id == step:
                    writing.withdraw_step(work, self._desk, found, reason)

    def _open_row(self, work: Work, visit_id: uuid.UUID) -> tuple[ClinicVisit, uuid.UUID]:
        row = _found(rows.newest(work.session, visit_id))
        if row.signed_at is not None:
            raise VisitSignedError
        return row, rows.root_id(work.session, row)

    def _signed_row(self, work: Work, visit_id: uuid.UUID) -> tuple[ClinicVisit, uuid.UUID]:
        row = _found(rows.newest(work.session, visit_id))
        if row.signed_at is None:
            raise VisitOpenError
        return row, rows.root_id(work.session, row)

    def _signed_facts(self, visit_id: uuid.UUID) -> tuple[dt.datetime, uuid.UUID | None]:
        with self._desk.store.read() as session:
            row = _found(rows.newest(session, visit_id))
            if row.signed_at is None:
                raise VisitOpenError
            return row.signed_at, row.signed_by

    def _written_at(self, visit_id: uuid.UUID) -> dt.datetime:
        with self._desk.store.read() as session:
            return _found(rows.newest(session, visit_id)).recorded_at

    def _student_of(self, visit_id: uuid.UUID) -> uuid.UUID:
        with self._desk.store.read() as session:
            return _student(session, visit_id)

    def _entry(self, action: AuditAction, visit_id: uuid.UUID, **new: Any) -> AuditEntry:
        return AuditEntry(
            action, "ClinicVisit", entity_id=visit_id, student_id=self._student_of(visit_id), new=new or None
        )


def _student(session: Session, visit_id: uuid.UUID) -> uuid.UUID:
    student = rows.student_of(session, visit_id)
    if student is None:
        raise VisitUnknownError
    return student


def _found(row: ClinicVisit | None) -> ClinicVisit:
    if row is None:
        raise VisitUnknownError
    return row


def _require_past(moment: dt.datetime, now: dt.datetime, field: str) -> None:
    if moment > now:
        raise InvalidValueError(field, "in_future")


def _tab(visit: ClinicVisit, student: Student) -> OpenTab:
    return OpenTab(
        id=visit.id,
        student_id=visit.student_id,
        name=PersonName(
            first=student.first_name,
            last=student.last_name,
            middle=student.middle_name,
            preferred=student.preferred_name,
        ),
        photo=student.photo,
        came_at=visit.check_in_time,
    )
