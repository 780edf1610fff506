"""The sheet of a scanned paper: which file, and what it is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout

from clinicdesk.gui.screens.students.entry_sheets import EntrySheet
from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.widgets.buttons import Button
from clinicdesk.gui.widgets.fields import Field, TextEditor
from clinicdesk.gui.widgets.layout import STRETCH, box, row
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import tr

SHEET = "scanSheet"


class ScanSheet(EntrySheet):
    """The file is chosen (Ctrl+O from any field), typed or pasted; it stays where it is, a sealed copy is kept."""

    def __init__(self) -> None:
        self.file = TextEditor(f"{SHEET}.file")
        self.title = TextEditor(f"{SHEET}.title", placeholder=tr("Action plan for asthma"))
        super().__init__(
            SHEET,
            tr("Add a scanned paper"),
            tr("Add to the record"),
            [
                ("file", Field(tr("File"), self.file, required=True)),
                ("title", Field(tr("What it is"), self.title, required=True)),
            ],
        )
        self.choose = Button(tr("Choose a file…"), f"{SHEET}.choose", icon="document", shortcut="Ctrl+O")
        self.choose.clicked.connect(self._on_choose)
        kept = tr("PDF, JPEG or PNG, at most 25 MB.")
        stays = tr("A sealed copy is kept. The file itself stays where it is: delete it there when it is not needed.")
        lines = self.fields["file"].layout()
        assert isinstance(lines, QVBoxLayout)
        lines.insertWidget(lines.indexOf(self.file) + 1, box(row(self.choose, STRETCH, margins=(0, 4, 0, 0))))
        self.extra.addWidget(Paragraph(f"{kept} {stays}", TextKind.CAPTION, Role.TEXT_SECONDARY))
        self.setTabOrder(self.file, self.choose)
        self.setTabOrder(self.choose, self.title)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() == Qt.Key.Key_O:
            self._on_choose()
            return
        super().keyPressEvent(event)

    def _on_choose(self) -> None:
        dialog = QFileDialog(self, tr("Choose a scanned paper"))
        dialog.setObjectName(f"{SHEET}.dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(tr("Scanned papers (*.pdf *.jpg *.jpeg *.png)"))
        dialog.fileSelected.connect(self._on_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_chosen(self, path: str) -> None:
        self.file.setText(path)
        self.title.setFocus()
