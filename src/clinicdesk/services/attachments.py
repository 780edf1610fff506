"""Files of a record: sealed in frames under a key of their own, which the student's field key wraps (D32)."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from clinicdesk.core.errors import UserFacingError, WorldError
from clinicdesk.domain.permissions import Act
from clinicdesk.models import Attachment
from clinicdesk.models.enums import AttachmentKind, AuditAction
from clinicdesk.security.attachments import LARGEST_BYTES, decrypt_attachment, encrypt_attachment, new_file_key
from clinicdesk.security.errors import AttachmentDamagedError
from clinicdesk.security.sealed_fields import FieldKey
from clinicdesk.services.desk import Desk
from clinicdesk.services.stock import require_valid
from clinicdesk.storage import attachment_notes
from clinicdesk.storage.attachment_folder import AttachmentFolder
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.context import SYNC_APPLIES
from clinicdesk.storage.store import Work


class StudentKeyMissingError(UserFacingError):
    """This workstation has no key of the student's (destroyed, or not arrived yet): nothing can be sealed."""

    code = "student_key_missing"


class AttachmentMissingError(WorldError):
    """The file has not reached this workstation, or its key was destroyed."""

    code = "attachment_missing"


class AttachmentTooLargeError(UserFacingError):
    """More than one file may have: `limit` in MB."""

    code = "attachment_too_large"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAttachment:
    """A file about to be kept: its bytes, or where they are read from. `file_name` names no person."""

    id: uuid.UUID
    student: uuid.UUID
    kind: AttachmentKind
    file_name: str
    media_type: str
    content: bytes | Path
    subject_table: str
    subject_id: uuid.UUID


class Attachments:
    """The attachments folder of this workstation, file names are hashes of the sealed bytes."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self._desk = desk
        self._folder = AttachmentFolder(folder)

    @contextlib.contextmanager
    def kept(self, *files: NewAttachment) -> Iterator[list[Attachment]]:
        """Seal files before a unit of work and hand out their rows; a unit of work that fails leaves no file behind.

        Raises:
            StudentKeyMissingError: nothing was written.
            AttachmentTooLargeError, SecretFileError: too large, or the disk refused; nothing was written.
        """
        written: list[str] = []
        try:
            yield [self._seal(file, written) for file in files]
        except BaseException:
            for name in written:
                self._folder.drop(name)
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
            with self._folder.open(name) as file:
                return b"".join(decrypt_attachment(file_key, file))
        except FileNotFoundError as error:
            with self._desk.store.apply(SYNC_APPLIES) as work:
                attachment_notes.lost(work.session.connection(), name)
            raise AttachmentMissingError from error
        except AttachmentDamagedError:
            if not self._folder.is_whole(name):
                with self._desk.store.apply(SYNC_APPLIES) as work:
                    fetched_again = attachment_notes.spoilt(work.session.connection(), name)
                if fetched_again:
                    self._folder.drop(name)
            raise

    def _seal(self, file: NewAttachment, written: list[str]) -> Attachment:
        field_key, file_key = self._key_of(file.student), new_file_key()
        with _opened(file.content) as plain, self._folder.writing() as sealed:
            source = _Counted(plain)
            encrypt_attachment(file_key, source, sealed)
        written.append(sealed.name)
        values: dict[str, object] = {
            "student_id": file.student,
            "kind": file.kind,
            "subject_table": file.subject_table,
            "subject_id": file.subject_id,
            "file_name": file.file_name,
            "media_type": file.media_type,
            "size_bytes": source.size,
            "content_hash": sealed.name,
            "wrapped_key": field_key.wrap_attachment_key(file.id, file_key),
            "captured_at": self._desk.now(),
        }
        require_valid("Attachment", values)
        return Attachment(id=file.id, **values)

    def _key_of(self, student: uuid.UUID) -> FieldKey:
        key = self._desk.field_keys.of(student)
        if key is None:
            raise StudentKeyMissingError
        return key


def add_all(work: Work, rows: list[Attachment]) -> None:
    """Put sealed files' rows into the unit of work that refers to them; sync brings their bytes to the district."""
    for row in rows:
        work.session.add(row)
        attachment_notes.made_here(work.session.connection(), row.content_hash)
    work.session.flush()


def _opened(content: bytes | Path) -> BinaryIO:
    return content.open("rb") if isinstance(content, Path) else BytesIO(content)


class _Counted:
    """Counts what is read, and stops at the largest that a file may be."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.size = 0

    def read(self, size: int) -> bytes:
        content = self._source.read(size)
        self.size += len(content)
        if self.size > LARGEST_BYTES:
            raise AttachmentTooLargeError(limit=LARGEST_BYTES >> 20)
        return content
