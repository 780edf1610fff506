"""What the locked window shows while the database is repaired: nobody can sign in until it has ended (s53)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.theme.metrics import GAP_2, GAP_4
from clinicdesk.gui.widgets.cards import Card
from clinicdesk.gui.widgets.layout import STRETCH, FixedColumn, column, row
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.states import Mark
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import tr


class UnderRepair(QWidget):
    """One sentence and what is safe; it goes by itself."""

    def __init__(self) -> None:
        super().__init__()
        name(self, "underRepair", tr("The database is being repaired"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        said = row(Mark("sync"), Paragraph(tr("The database is being repaired"), TextKind.SECTION), gap=GAP_2)
        said.setStretch(1, 1)
        safe = tr("Leave the machine on. The damaged file stays as it was found; this takes some minutes at most.")
        card = Card(body=column(said, Paragraph(safe, TextKind.BODY, Role.TEXT_SECONDARY), gap=GAP_4))
        middle = FixedColumn(480, column(card))
        self.setLayout(column(STRETCH, row(STRETCH, middle, STRETCH), STRETCH))
