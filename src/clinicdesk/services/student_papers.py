"""Scanned papers of a student: sealed here, carried by sync, opened with the machine's own viewer (D32, ADR 0004)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.permissions import Act
from clinicdesk.domain.scans import HEAD_BYTES, TITLE_LONGEST, ScanForm, form_of, suffix_of
from clinicdesk.i18n import tr
from clinicdesk.models import Attachment, Student
from clinicdesk.models.enums import AttachmentKind, AuditAction
from clinicdesk.security.attachments import LARGEST_BYTES
from clinicdesk.services.attachments import (
    AttachmentMissingError,
    Attachments,
    AttachmentTooLargeError,
    NewAttachment,
    add_all,
)
from clinicdesk.services.desk import Desk
from clinicdesk.services.undo import LastAct, reason_for
from clinicdesk.storage.audit import AuditEntry

_READ_BY = {
    AttachmentKind.DOCUMENT: Act.VIEW_HEALTH_RECORD,
    AttachmentKind.EXEMPTION: Act.VIEW_IMMUNIZATIONS,
    AttachmentKind.SEALED_PDF: Act.VIEW_CONSENTS,
}


@dataclass(frozen=True, slots=True)
class OpenedPaper:
    """A paper to be shown; its name is that of its kind and names nobody."""

    content: bytes
    name: str


class StudentPapers:
    """What a nurse does with papers that came on paper."""

    def __init__(self, desk: Desk, attachments: Attachments) -> None:
        self._desk = desk
        self._attachments = attachments

    def add(self, student: uuid.UUID, path: Path, title: str) -> LastAct:
        """Keep a copy of a scan in the student's record; the file itself stays where it is.

        Raises:
            InvalidValueError: no title, or the file is empty, cannot be read, or is no PDF, JPEG or PNG.
            AttachmentTooLargeError, StudentKeyMissingError, SecretFileError: nothing was kept.
        """
        if not title.strip():
            raise InvalidValueError("title", "missing")
        if len(title) > TITLE_LONGEST:
            raise InvalidValueError("title", "too_long", limit=TITLE_LONGEST)
        key = new_id()
        entry = AuditEntry(
            AuditAction.CREATE, "Attachment", entity_id=key, student_id=student, facts={"part": "scanned paper"}
        )
        self._desk.require(Act.EDIT_HEALTH_RECORD, entry)
        form = _form(path)
        scan = NewAttachment(
            id=key,
            student=student,
            kind=AttachmentKind.DOCUMENT,
            file_name=title,
            media_type=form.media_type,
            content=path,
            subject_table=Student.__tablename__,
            subject_id=student,
        )
        with self._attachments.kept(scan) as rows, self._desk.act(Act.EDIT_HEALTH_RECORD, entry) as work:
            add_all(work, rows)
            at = work.at
        return LastAct(tr("Scan added"), at, lambda reason: self.take_back(key, reason))

    def take_back(self, paper: uuid.UUID, reason: str | None = None) -> None:
        """It was the wrong paper, or the wrong student's: it leaves the record with a reason (D3).

        Raises:
            InvalidValueError: a minute has passed and no reason was given.
            AttachmentMissingError: there is no such scan any more.
        """
        with self._desk.store.read() as session:
            row = session.get(Attachment, paper)
            if row is None or row.deleted_at is not None or row.kind is not AttachmentKind.DOCUMENT:
                raise AttachmentMissingError
            student, made = row.student_id, row.created_at
        because = reason_for(made, self._desk.now(), reason)
        entry = AuditEntry(
            AuditAction.DELETE, "Attachment", entity_id=paper, student_id=student, new={"reason": because}
        )
        with self._desk.act(Act.EDIT_HEALTH_RECORD, entry) as work:
            gone = work.session.get_one(Attachment, paper)
            gone.deleted_at = work.at
            gone.deleted_by = self._desk.person.user_id
            gone.delete_reason = because[:200]

    def open(self, paper: uuid.UUID) -> OpenedPaper:
        """The paper itself, audited before it is handed out (D34).

        Raises:
            AttachmentMissingError: it has not arrived; it comes with a sync.
            AttachmentDamagedError: it was changed on this disk.
        """
        with self._desk.store.read() as session:
            row = session.get(Attachment, paper)
            if row is None or row.deleted_at is not None or row.kind not in _READ_BY:
                raise AttachmentMissingError
            act, suffix = _READ_BY[row.kind], suffix_of(row.media_type)
        return OpenedPaper(self._attachments.read(act, paper), f"document{suffix}")


def _form(path: Path) -> ScanForm:
    """Looked at before a byte is sealed, so that what is wrong is said at once.

    Raises:
        InvalidValueError, AttachmentTooLargeError.
    """
    try:
        size = path.stat().st_size if path.is_file() else None
        if size is None:
            raise InvalidValueError("file", "no_file")
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise InvalidValueError("file", "unreadable_file") from error
    if not head:
        raise InvalidValueError("file", "empty_file")
    if size > LARGEST_BYTES:
        raise AttachmentTooLargeError(limit=LARGEST_BYTES >> 20)
    form = form_of(head)
    if form is None:
        raise InvalidValueError("file", "no_scan")
    return form
