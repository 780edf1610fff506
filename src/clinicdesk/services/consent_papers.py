"""What leaves the program: the sealed document, its text, the form for the pen; each time on record (D34)."""

from __future__ import annotations

import uuid

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.permissions import Act
from clinicdesk.models import ConsentForm, ConsentSignature
from clinicdesk.models.enums import AuditAction
from clinicdesk.services import consent_reading as reading
from clinicdesk.services.attachments import Attachments
from clinicdesk.services.consent_log import ConsentLog
from clinicdesk.services.consent_stating import signed_row
from clinicdesk.services.consent_values import BlankForm
from clinicdesk.services.desk import Desk
from clinicdesk.storage.audit import AuditEntry


class ConsentPapers(ConsentLog):
    """Copies for the printer, for a file, for the family; and forms for the pen."""

    def __init__(self, desk: Desk, attachments: Attachments) -> None:
        super().__init__(desk)
        self._attachments = attachments

    def document(self, signature: uuid.UUID, *, export: bool = False) -> bytes:
        """The sealed PDF for the printer, or as a file; what was signed, also once it is withdrawn.

        Raises:
            InvalidValueError: a consent from before this program: there is no document.
            AttachmentMissingError: the file has not arrived.
        """
        self._student_of(signature)
        with self._desk.store.read() as session:
            attachment = signed_row(self._chain(session, signature)[0]).pdf_attachment_id
        if attachment is None:
            raise InvalidValueError("document", "missing")
        return self._attachments.read(
            Act.VIEW_CONSENTS, attachment, AuditAction.EXPORT if export else AuditAction.PRINT
        )

    def text(self, signature: uuid.UUID) -> str:
        """The text record as a file: it needs no reader of PDF."""
        entry = AuditEntry(
            AuditAction.EXPORT,
            "ConsentSignature",
            entity_id=signature,
            student_id=self._student_of(signature),
            facts={"part": "text record"},
        )
        with self._desk.open_record(Act.VIEW_CONSENTS, entry) as session:
            found: ConsentSignature = signed_row(self._chain(session, signature)[0])
            if found.signature_data is None:
                raise InvalidValueError("document", "missing")
            return found.signature_data

    def blank(self, form: uuid.UUID, student: uuid.UUID, *, order: uuid.UUID | None = None) -> BlankForm:
        """The same form for the pen; the print is on record before it is handed out (D34)."""
        entry = AuditEntry(
            AuditAction.PRINT, "ConsentForm", entity_id=form, student_id=student, facts={"part": "blank consent form"}
        )
        with self._desk.open_record(Act.COLLECT_CONSENT, entry) as session:
            row = session.get_one(ConsentForm, form)
            if row.published_at is None:
                raise InvalidValueError("consent_form_id", "not_current")
            return BlankForm(
                text=reading.text_of(row),
                version=row.version,
                site=self._desk.school.name,
                student=self._student(session, student),
                order=self._order(session, order),
                printed_on=self._desk.today(),
            )
