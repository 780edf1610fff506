"""A scanned paper is brought into a chart and opened there, with the keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from tests.support import accessibility, layout
from tests.support.busy_day import BusyDay
from tests.support.clinic_window import ClinicWindow
from tests.support.looks import Display, on_every_display
from tests.support.qt import settle

from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.students.chart_screen import ChartScreen
from clinicdesk.gui.screens.students.scan_sheet import ScanSheet
from clinicdesk.gui.widgets.fields import Field
from clinicdesk.gui.widgets.tables import DataTable
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.models import Attachment
from clinicdesk.presentation.students.chart import Tab
from clinicdesk.services.student_values import PaperOnRecord

K = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
PDF = b"%PDF-1.7\nAction plan\n%%EOF\n"


class Papers:
    """What a nurse does on the page of documents and consent, in her words."""

    def __init__(self, window: ClinicWindow, day: BusyDay, scans: Path) -> None:
        self.window = window
        self.student = day.students["amara"]
        self.scan = scans / "scan.pdf"
        self.scan.write_bytes(PDF)
        self.show()

    def show(self) -> None:
        self.window.workspace.navigate("students.chart", student_id=str(self.student), tab=Tab.DOCUMENTS.value)
        self.window.rest()

    @property
    def screen(self) -> ChartScreen:
        current = self.window.workspace.current()
        assert isinstance(current, ChartScreen)
        return current

    @property
    def sheet(self) -> ScanSheet:
        content = self.window.workspace.sheet.content
        assert isinstance(content, ScanSheet)
        return content

    def error(self, field: str) -> str:
        part = self.sheet.fields[field]
        assert isinstance(part, Field)
        return part.error.text()

    @property
    def table(self) -> DataTable[PaperOnRecord] | None:
        return self.screen.view.findChild(DataTable, "chart.page.documents")

    def titles(self) -> list[str]:
        return [] if self.table is None else [row.title for row in self.table.rows()]

    def add(self, title: str) -> None:
        """S, the path pasted, Tab over the button, the title, Ctrl+Enter."""
        self.window.press(K.Key_S)
        self.sheet.file.setText(str(self.scan))
        self.window.press(K.Key_Tab)
        self.window.press(K.Key_Tab)
        self.window.type(title)
        self.window.press(K.Key_Return, CTRL)

    def open(self, title: str) -> None:
        at = self.titles().index(title)
        assert self.table is not None
        self.table.setFocus()
        self.window.press(K.Key_Home)
        for _ in range(at):
            self.window.press(K.Key_Down)
        self.window.press(K.Key_Return)


@pytest.fixture
def papers(window: ClinicWindow, day: BusyDay, tmp_path: Path) -> Papers:
    return Papers(window, day, tmp_path)


def test_a_scan_is_added_and_opened_by_keys(papers: Papers) -> None:
    before = papers.titles()
    papers.add("Asthma plan")
    assert papers.window.workspace.sheet.content is None
    assert sorted(papers.titles()) == sorted(["Asthma plan", *before])
    papers.open("Asthma plan")
    assert papers.window.documents == [("document.pdf", PDF)]


def test_what_cannot_be_kept_is_told_at_its_field_and_stays_typed(papers: Papers) -> None:
    papers.scan.write_bytes(b"MZ not a scan")
    papers.add("Asthma plan")
    assert papers.error("file").startswith("Only PDF, JPEG and PNG are kept")
    assert QApplication.focusWidget() is papers.sheet.file
    assert papers.sheet.title.text() == "Asthma plan"
    papers.sheet.file.setText("")
    papers.window.press(K.Key_Return, CTRL)
    assert papers.error("file") == "Fill in this field."
    papers.sheet.file.setText(f'"{papers.scan}"')
    papers.scan.write_bytes(PDF)
    papers.window.press(K.Key_Return, CTRL)
    assert papers.window.workspace.sheet.content is None


def test_a_file_that_is_too_large_is_told_above_the_button(papers: Papers) -> None:
    with papers.scan.open("r+b") as file:
        file.truncate((25 << 20) + 1)
    papers.add("Forty pages")
    assert papers.sheet.problem.text().startswith("This file is larger than 25 MB")


def test_the_file_is_chosen_in_a_dialog_by_a_key(papers: Papers) -> None:
    papers.window.press(K.Key_S)
    papers.window.press(K.Key_O, CTRL)
    dialog = papers.sheet.findChild(QFileDialog, "scanSheet.dialog")
    assert dialog is not None
    dialog.fileSelected.emit(str(papers.scan))
    dialog.reject()
    settle()
    assert papers.sheet.file.text() == str(papers.scan)
    assert papers.window.window.focusWidget() is papers.sheet.title


def test_ctrl_z_takes_the_scan_back(papers: Papers, day: BusyDay) -> None:
    before = papers.titles()
    papers.add("Asthma plan")
    papers.window.press(K.Key_Z, CTRL)
    papers.show()
    assert papers.titles() == before
    (row,) = day.clinic.rows(Attachment, Attachment.file_name == "Asthma plan")
    assert row.deleted_at is not None


def test_scenario_10_what_is_not_here_yet_says_so_and_does_not_open(papers: Papers, day: BusyDay) -> None:
    papers.add("Asthma plan")
    for file in (day.clinic.folder / "attachments").iterdir():
        file.unlink()
    papers.open("Asthma plan")
    assert papers.window.documents == []
    assert papers.window.workspace.toasts.notes()[0].words.startswith("This file has not reached this workstation yet.")
    papers.show()
    said = [one.text() for one in papers.screen.view.findChildren(Paragraph)]
    assert "What is not here yet comes with the next sync." in said


@on_every_display
def test_the_page_and_its_sheet_are_not_cut_and_every_stop_has_a_name(
    papers: Papers, built: Application, display: Display
) -> None:
    display.put_on(built, papers.window.window)
    papers.add("Asthma plan")
    assert layout.problems(papers.window.window) == []
    assert accessibility.problems(papers.window.window) == []
    papers.window.press(K.Key_S)
    assert layout.problems(papers.window.window) == []
    assert accessibility.problems(papers.window.window) == []
