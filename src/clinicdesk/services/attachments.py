"""Files of a record: sealed in frames under a key of their own, which the student's field key wraps (D32)."""

from __future__ import annotations

import contextlib
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from clinicdesk.core.errors import UserFacingError, WorldError
from clinicdesk.domain.permissions import Act
from clinicdesk.models import Attachment
from clinicdesk.models.enums import AttachmentKind, AuditAction
from clinicdesk.security.attachments import decrypt_attachment, encrypt_attachment, new_file_key
from clinicdesk.security.private_files import remove_private, replace_private
from clinicdesk.security.sealed_fields import FieldKey
from clinicdesk.services.desk import Desk
from clinicdesk.services.stock import require_valid
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.store import Work


class StudentKeyMissingError(UserFacingError):
    """This workstation has no key of the student's (destroyed, or not arrived yet): nothing can be sealed."""

    code = "student_key_missing"


class AttachmentMissingError(WorldError):
    """The file has not reached this workstation, or its key was destroyed."""

    code = "attachment_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAttachment:
    """A file about to be kept. `file_name` names no person."""

    id: uuid.UUID
    student: uuid.UUID
    kind: AttachmentKind
    file_name: str
    media_type: str
    content: bytes
    subject_table: str
    subject_id: uuid.UUID


class Attachments:
    """The attachments folder of this workstation, file names are hashes of the sealed bytes."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self._desk = desk
        self._folder = folder

    @contextlib.contextmanager
    def kept(self, *files: NewAttachment) -> Iterator[list[Attachment]]:
        """Seal files before a unit of work and hand out their rows; a unit of work that fails leaves no file behind.

        Raises:
            StudentKeyMissingError: nothing was written.
            SecretFileError: the disk refused; nothing was written.
        """
        written: list[Path] = []
        try:
            yield [self._seal(file, written) for file in files]
        except BaseException:
            for path in written:
                remove_private(path)
            raise

    def read(self, act: Act, attachment: uuid.UUID, action: AuditAction = AuditAction.READ) -> bytes:
        """The content of a file, audited before it is handed out (D34).

        Raises:
            AttachmentMissingError: it is not here or its key is gone.
            AttachmentDamagedError: the file was changed or cut.
        """
        with self._desk.store.read() as session:
            row = session.get(Attachment, attachment)
            if row is None or row.wrapped_key is None or row.student_id is None:
                raise AttachmentMissingError
            student, wrapped, name = row.student_id, row.wrapped_key, row.content_hash
        entry = AuditEntry(action, "Attachment", entity_id=attachment, student_id=student)
        self._desk.note(act, entry)
        file_key = self._key_of(student).unwrap_attachment_key(attachment, wrapped)
        try:
            with (self._folder / name).open("rb") as file:
                return b"".join(decrypt_attachment(file_key, file))
        except FileNotFoundError as error:
            raise AttachmentMissingError from error

    def _seal(self, file: NewAttachment, written: list[Path]) -> Attachment:
        field_key, file_key = self._key_of(file.student), new_file_key()
        sealed = BytesIO()
        encrypt_attachment(file_key, BytesIO(file.content), sealed)
        content = sealed.getvalue()
        name = hashlib.sha256(content).hexdigest()
        values: dict[str, object] = {
            "student_id": file.student,
            "kind": file.kind,
            "subject_table": file.subject_table,
            "subject_id": file.subject_id,
            "file_name": file.file_name,
            "media_type": file.media_type,
            "size_bytes": len(file.content),
            "content_hash": name,
            "wrapped_key": field_key.wrap_attachment_key(file.id, file_key),
            "captured_at": self._desk.now(),
        }
        require_valid("Attachment", values)
        path = self._folder / name
        replace_private(path, content)
        written.append(path)
        return Attachment(id=file.id, **values)

    def _key_of(self, student: uuid.UUID) -> FieldKey:
        key = self._desk.field_keys.of(student)
        if key is None:
            raise StudentKeyMissingError
        return key


def add_all(work: Work, rows: list[Attachment]) -> None:
    """Put sealed files' rows into the unit of work that refers to them."""
    for row in rows:
        work.session.add(row)
    work.session.flush()
