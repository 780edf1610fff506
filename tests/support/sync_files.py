"""Sealed files at workstations, and a line for them that is cut where a test wants it."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from io import BytesIO

from tests.support.district import Town
from tests.support.workstation import Workstation

from clinicdesk.core.identifiers import new_id
from clinicdesk.models import Attachment
from clinicdesk.models.enums import AttachmentKind
from clinicdesk.security.attachments import decrypt_attachment, encrypt_attachment
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.server.files import Files
from clinicdesk.storage import attachment_notes
from clinicdesk.storage.attachment_folder import AttachmentFolder
from clinicdesk.sync.errors import RefusedError, TooLargeError, UnreachableError
from clinicdesk.sync.files import FileLine, Range, Standing

FILE_KEY = bytes(range(32))


@dataclass(frozen=True)
class Scan:
    """A scanned paper as it stands at a desk: its row, its sealed bytes by name, and what it shows."""

    key: str
    name: str
    plain: bytes


def folder_of(desk: Workstation) -> AttachmentFolder:
    return AttachmentFolder(desk.folder / "attachments")


def scan_paper(desk: Workstation, town: Town, size: int = 200_000, student: str = "iris") -> Scan:
    """Keep a scanned paper as the service does: sealed into the folder, its row and the note in one transaction."""
    plain = secrets.token_bytes(size)
    with folder_of(desk).writing() as sealed:
        encrypt_attachment(FILE_KEY, BytesIO(plain), sealed)
    row = Attachment(
        id=new_id(),
        student_id=uuid.UUID(town.students[student]),
        kind=AttachmentKind.DOCUMENT,
        file_name="scan.pdf",
        media_type="application/pdf",
        size_bytes=size,
        content_hash=sealed.name,
        wrapped_key=b"wrapped elsewhere",
    )
    with desk.write() as session:
        session.add(row)
        session.flush()
        attachment_notes.made_here(session.connection(), sealed.name)
    return Scan(str(row.id), sealed.name, plain)


def shown(desk: Workstation, scan: Scan) -> bytes | None:
    """What the paper shows at this desk; None while it is not here."""
    folder = folder_of(desk)
    if not folder.holds(scan.name):
        return None
    with folder.open(scan.name) as file:
        return b"".join(decrypt_attachment(FILE_KEY, file))


def notes(desk: Workstation) -> dict[str, tuple[bool, bool, bool]]:
    """By name: made here, here, at the district."""
    found = desk.rows("SELECT content_hash, made_here, here, at_district FROM attachment_files")
    return {row["content_hash"]: (bool(row["made_here"]), bool(row["here"]), bool(row["at_district"])) for row in found}


@dataclass
class DirectFiles:
    """The district's files without the network; `ranges` are the places of what went out and came in."""

    desk: Workstation
    town: Town
    ranges: list[tuple[str, int, int]] = field(default_factory=list)

    def standing(self, name: str) -> Standing:
        try:
            found = self._files().standing(self.desk.peer.known(), name)
        except RefusedRequestError as refused:
            raise _as_told(refused) from refused
        return Standing(found.received, found.size, 0.01)

    def send(self, name: str, start: int, size: int, content: bytes) -> Standing:
        self.ranges.append(("out", start, len(content)))
        try:
            found = self._files().take(self.desk.peer.known(), name, start, size, content)
        except RefusedRequestError as refused:
            raise _as_told(refused) from refused
        return Standing(found.received, found.size, 0.01)

    def fetch(self, name: str, start: int, length: int) -> Range:
        try:
            content, size = self._files().give(self.desk.peer.known(), name, start, length)
        except RefusedRequestError as refused:
            raise _as_told(refused) from refused
        self.ranges.append(("in", start, len(content)))
        return Range(content, size, 0.01)

    def _files(self) -> Files:
        exchange = self.town.exchange
        return Files(exchange.database, exchange.clock, exchange.district)


def _as_told(refused: RefusedRequestError) -> Exception:
    return TooLargeError() if refused.status == 413 else RefusedError(reason=refused.reason.value)


@dataclass
class CutFiles:
    """A line whose nth range arrives and whose answer is lost, or that is cut before it arrives."""

    line: FileLine
    at: int
    arrives: bool = True
    count: int = 0

    def standing(self, name: str) -> Standing:
        return self.line.standing(name)

    def send(self, name: str, start: int, size: int, content: bytes) -> Standing:
        self.count += 1
        if self.count == self.at and not self.arrives:
            raise UnreachableError(reason="connection_lost")
        standing = self.line.send(name, start, size, content)
        if self.count == self.at:
            raise UnreachableError(reason="connection_lost")
        return standing

    def fetch(self, name: str, start: int, length: int) -> Range:
        self.count += 1
        if self.count == self.at:
            raise UnreachableError(reason="connection_lost")
        return self.line.fetch(name, start, length)
