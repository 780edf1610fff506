"""Documents open in the machine's viewer: private copies that are gone with the lock."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from clinicdesk.bootstrap.opened_documents import OpenedDocuments
from clinicdesk.gui.app import Application


class Viewer(QObject):
    """Takes the place of the machine's PDF program."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Path] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(Path(url.toLocalFile()))


@pytest.fixture
def viewer(built: Application) -> Iterator[Viewer]:
    found = Viewer()
    QDesktopServices.setUrlHandler("file", found, "open")  # type: ignore[arg-type]  # the stub is wrong: a name
    yield found
    QDesktopServices.unsetUrlHandler("file")


def test_a_document_is_opened_from_a_private_copy_and_the_lock_removes_it(tmp_path: Path, viewer: Viewer) -> None:
    documents = OpenedDocuments(tmp_path / "opened")
    assert documents.show(b"%PDF one", "consent.pdf")
    assert documents.show(b"%PDF two", "consent.pdf")
    first, second = viewer.opened
    assert (first.read_bytes(), second.read_bytes()) == (b"%PDF one", b"%PDF two")
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert stat.S_IMODE(first.parent.stat().st_mode) == 0o700
    documents.forget()
    assert not (tmp_path / "opened").exists()


def test_a_disk_that_refuses_the_copy_is_told(tmp_path: Path, viewer: Viewer) -> None:
    (tmp_path / "opened").write_text("no folder")
    assert not OpenedDocuments(tmp_path / "opened").show(b"%PDF", "consent.pdf")
    assert viewer.opened == []
