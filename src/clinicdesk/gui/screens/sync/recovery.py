"""The banner of the sync centre while a person owes a word about this database (D26)."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from clinicdesk.gui.theme import Tone
from clinicdesk.gui.widgets.layout import column
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.notices import Banner
from clinicdesk.i18n import tr
from clinicdesk.presentation.sync_centre.recovering import RecoveryLine, RecoveryPart


class RecoveryBanner(QWidget):
    """Draws a `RecoveryLine`; takes no room while there is none."""

    def __init__(self, part: RecoveryPart) -> None:
        super().__init__()
        name(self, "sync.recovery", tr("Recovery"))
        self.banner = Banner("sync.recovery.banner", Tone.WARNING, "", two_lines=True, line=False)
        self.banner.acted.connect(part.act)
        self.setLayout(column(self.banner, gap=0))
        self._said = ""
        part.on_change = self.draw
        self.hide()

    def draw(self, line: RecoveryLine | None) -> None:
        if line is not None:
            self.banner.set_words(line.cause, line.remedy)
            self.banner.action.setText(line.action)
            self.banner.action.setAccessibleName(line.action)
            reveal(self.banner.action, bool(line.action))
            if line.cause != self._said:
                announce(self, f"{line.cause}. {line.remedy}")
        self._said = line.cause if line is not None else ""
        reveal(self, line is not None)
