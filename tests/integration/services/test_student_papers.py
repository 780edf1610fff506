"""Scanned papers on a real encrypted file: what is kept, who reads it, and what is refused."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.support.desk import Clinic, Member

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError
from clinicdesk.i18n import sentence
from clinicdesk.models import Attachment, AttachmentFile, AuditLog, SyncQueueItem
from clinicdesk.models.enums import AuditAction
from clinicdesk.security.attachments import LARGEST_BYTES
from clinicdesk.services.attachments import AttachmentMissingError, Attachments, AttachmentTooLargeError
from clinicdesk.services.charts import Charts
from clinicdesk.services.student_papers import StudentPapers

PDF = b"%PDF-1.7\nAction plan of Amara\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
JPEG = b"\xff\xd8\xff\xe0" + bytes(40)


@dataclass(frozen=True)
class Shelf:
    """A student, a folder of scans, and where the clinic keeps its own."""

    clinic: Clinic
    student: uuid.UUID
    scans: Path

    def papers(self, who: Member | None = None) -> StudentPapers:
        desk = self.clinic.desk(who)
        return StudentPapers(desk, Attachments(desk, self.kept))

    @property
    def kept(self) -> Path:
        return self.clinic.folder / "attachments"

    def scan(self, content: bytes, name: str = "Scan 0001.pdf") -> Path:
        path = self.scans / name
        path.write_bytes(content)
        return path

    def row(self) -> Attachment:
        (row,) = self.clinic.rows(Attachment)
        return row

    def files(self) -> list[Path]:
        return sorted(self.kept.iterdir()) if self.kept.exists() else []


@pytest.fixture
def shelf(clinic: Clinic, tmp_path: Path) -> Shelf:
    scans = tmp_path / "scans"
    scans.mkdir()
    return Shelf(clinic, clinic.student("Amara", "Okonkwo"), scans)


@pytest.mark.parametrize(
    ("content", "media", "name"),
    [
        (PDF, "application/pdf", "document.pdf"),
        (PNG, "image/png", "document.png"),
        (JPEG, "image/jpeg", "document.jpg"),
    ],
)
def test_d32_a_scan_is_kept_sealed_and_opens_as_it_was(shelf: Shelf, content: bytes, media: str, name: str) -> None:
    shelf.papers().add(shelf.student, shelf.scan(content), "Asthma action plan")
    row = shelf.row()
    assert (row.file_name, row.media_type, row.size_bytes) == ("Asthma action plan", media, len(content))
    (sealed,) = shelf.files()
    assert sealed.name == row.content_hash
    assert content not in sealed.read_bytes()
    opened = shelf.papers().open(row.id)
    assert (opened.content, opened.name) == (content, name)


def test_scenario_10_a_scan_waits_for_the_district_as_every_file_does(shelf: Shelf) -> None:
    shelf.papers().add(shelf.student, shelf.scan(PDF), "Asthma action plan")
    with shelf.clinic.desk().store.read() as session:
        (note,) = session.scalars(sa.select(AttachmentFile))
    assert (note.content_hash, note.made_here, note.here, note.at_district) == (shelf.row().content_hash, 1, 1, 0)
    assert shelf.clinic.count(SyncQueueItem, SyncQueueItem.table_name == "attachments") == 1


def test_d34_adding_and_opening_are_on_record(shelf: Shelf) -> None:
    shelf.papers().add(shelf.student, shelf.scan(PDF), "Asthma action plan")
    shelf.papers().open(shelf.row().id)
    kinds = [
        row.action
        for row in shelf.clinic.rows(AuditLog, AuditLog.entity_id == shelf.row().id)
        if row.student_id == shelf.student
    ]
    assert kinds == [AuditAction.CREATE, AuditAction.READ]


@pytest.mark.parametrize(
    ("content", "problem"), [(b"", "empty_file"), (b"MZ\x90\x00", "no_scan"), (b"PK\x03\x04", "no_scan")]
)
def test_what_is_no_scan_is_told_and_not_kept(shelf: Shelf, content: bytes, problem: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        shelf.papers().add(shelf.student, shelf.scan(content), "Asthma action plan")
    assert (refused.value.field, refused.value.problem) == ("file", problem)
    assert sentence(refused.value) != sentence(InvalidValueError("file", "nothing of the kind"))
    assert shelf.files() == []
    assert shelf.clinic.count(Attachment) == 0


def test_a_file_that_is_gone_or_a_folder_is_told(shelf: Shelf) -> None:
    for path in (shelf.scans / "away.pdf", shelf.scans):
        with pytest.raises(InvalidValueError) as refused:
            shelf.papers().add(shelf.student, path, "Asthma action plan")
        assert refused.value.problem == "no_file"


def test_a_scan_without_a_title_is_not_kept(shelf: Shelf) -> None:
    with pytest.raises(InvalidValueError) as refused:
        shelf.papers().add(shelf.student, shelf.scan(PDF), "  ")
    assert (refused.value.field, refused.value.problem) == ("title", "missing")
    with pytest.raises(InvalidValueError, match="too_long"):
        shelf.papers().add(shelf.student, shelf.scan(PDF), "x" * 121)


def test_scenario_10_more_than_25_mb_is_told_before_anything_is_kept(shelf: Shelf) -> None:
    path = shelf.scan(PDF)
    with path.open("r+b") as file:
        file.truncate(LARGEST_BYTES + 1)
    with pytest.raises(AttachmentTooLargeError) as refused:
        shelf.papers().add(shelf.student, path, "Forty pages")
    assert refused.value.params["limit"] == 25
    assert shelf.files() == []


def test_only_who_writes_the_health_record_adds_and_only_who_reads_it_opens(shelf: Shelf) -> None:
    with pytest.raises(PermissionDeniedError):
        shelf.papers(shelf.clinic.aide).add(shelf.student, shelf.scan(PDF), "Asthma action plan")
    assert shelf.files() == []
    shelf.papers().add(shelf.student, shelf.scan(PDF), "Asthma action plan")
    assert shelf.papers(shelf.clinic.aide).open(shelf.row().id).content == PDF
    with pytest.raises(PermissionDeniedError):
        shelf.papers(shelf.clinic.principal).open(shelf.row().id)
    assert Charts(shelf.clinic.desk(shelf.clinic.principal)).papers(shelf.student) == ()
    (line,) = Charts(shelf.clinic.desk()).papers(shelf.student)
    assert (line.title, line.here) == ("Asthma action plan", True)


def test_d03_a_wrong_scan_is_taken_back_at_once_and_later_with_a_reason(shelf: Shelf) -> None:
    first = shelf.papers().add(shelf.student, shelf.scan(PDF), "For another child")
    first.undo(None)
    assert shelf.row().delete_reason == "Undone within a minute"
    assert Charts(shelf.clinic.desk()).papers(shelf.student) == ()
    with pytest.raises(AttachmentMissingError):
        shelf.papers().open(shelf.row().id)
    second = shelf.papers().add(shelf.student, shelf.scan(PNG), "Again")
    shelf.clinic.clock.advance(dt.timedelta(minutes=2))
    with pytest.raises(InvalidValueError, match="missing"):
        second.undo(None)
    second.undo("of her brother")
    assert {row.delete_reason for row in shelf.clinic.rows(Attachment)} == {"Undone within a minute", "of her brother"}


def test_scenario_10_a_scan_that_has_not_arrived_says_so(shelf: Shelf) -> None:
    shelf.papers().add(shelf.student, shelf.scan(PDF), "Asthma action plan")
    (sealed,) = shelf.files()
    sealed.unlink()
    with pytest.raises(AttachmentMissingError) as missing:
        shelf.papers().open(shelf.row().id)
    assert sentence(missing.value) == "This file has not reached this workstation yet. Sync once, then open it again."
    (line,) = Charts(shelf.clinic.desk()).papers(shelf.student)
    assert not line.here
