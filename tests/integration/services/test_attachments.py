"""Files of a record on a real encrypted desk: sealed as they are read, never too large, honest while they are away."""

from __future__ import annotations

import tracemalloc
import uuid
from pathlib import Path

import pytest
from tests.support.consents import add_parent, consents_of, publish_form, typed
from tests.support.desk import Clinic

from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.permissions import Act
from clinicdesk.models import Attachment, AttachmentFile
from clinicdesk.models.enums import AttachmentKind, AuditAction
from clinicdesk.security.attachments import LARGEST_BYTES, sealed_size
from clinicdesk.services.attachments import (
    AttachmentMissingError,
    Attachments,
    AttachmentTooLargeError,
    NewAttachment,
    add_all,
)
from clinicdesk.storage.audit import AuditEntry


def a_scan(student: uuid.UUID, content: bytes | Path) -> NewAttachment:
    return NewAttachment(
        id=new_id(),
        student=student,
        kind=AttachmentKind.DOCUMENT,
        file_name="scan.pdf",
        media_type="application/pdf",
        content=content,
        subject_table="students",
        subject_id=student,
    )


def keep(clinic: Clinic, files: Attachments, new: NewAttachment) -> Attachment:
    """Written as a service writes it: the file first, then its row in one unit of work."""
    entry = AuditEntry(AuditAction.CREATE, "Attachment", entity_id=new.id, student_id=new.student)
    with files.kept(new) as rows, files._desk.act(Act.COLLECT_CONSENT, entry) as work:
        add_all(work, rows)
    (row,) = clinic.rows(Attachment, Attachment.id == new.id)
    return row


def test_scenario_10_a_scan_is_sealed_while_it_is_read_and_never_whole_in_memory(
    clinic: Clinic, tmp_path: Path
) -> None:
    student, files = clinic.student(), Attachments(clinic.desk(), clinic.folder / "attachments")
    paper = tmp_path / "scan"
    with paper.open("wb") as file:
        file.truncate(LARGEST_BYTES)
    tracemalloc.start()
    row = keep(clinic, files, a_scan(student, paper))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 << 20
    assert row.size_bytes == LARGEST_BYTES
    assert (clinic.folder / "attachments" / row.content_hash).stat().st_size == sealed_size(LARGEST_BYTES)
    with files._desk.store.read() as session:
        note = session.get_one(AttachmentFile, row.content_hash)
        assert (note.made_here, note.here, note.at_district) == (True, True, False)
    with paper.open("ab") as file:
        file.write(b"x")
    with pytest.raises(AttachmentTooLargeError), files.kept(a_scan(student, paper)):
        pass
    assert len(list((clinic.folder / "attachments").iterdir())) == 1


def test_scenario_10_a_document_that_has_not_arrived_is_shown_as_such_and_one_that_rots_is_fetched_again(
    clinic: Clinic,
) -> None:
    student = clinic.student()
    consents = consents_of(clinic)
    signed = consents.collect(typed(publish_form(clinic), student, add_parent(clinic, student)))
    assert consents.open(signed.id).document_here
    (row,) = clinic.rows(Attachment)
    file = clinic.folder / "attachments" / row.content_hash
    whole = file.read_bytes()
    file.unlink()
    with pytest.raises(AttachmentMissingError):
        consents.document(signed.id)
    assert not consents.open(signed.id).document_here
    assert consents.text(signed.id)
    file.write_bytes(whole)
    assert consents.document(signed.id).startswith(b"%PDF")
