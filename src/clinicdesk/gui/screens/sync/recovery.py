"""The banners of the sync centre while a person owes a word about this database, or it is damaged (D26, s53)."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from clinicdesk.gui.theme import Tone
from clinicdesk.gui.widgets.buttons import Button
from clinicdesk.gui.widgets.layout import column
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.notices import Banner
from clinicdesk.i18n import tr
from clinicdesk.presentation.sync_centre.recovering import RecoveryLine, RecoveryPart


class RecoveryBanner(QWidget):
    """Draws a `RecoveryLine`; takes no room while there is none. `rejoined`: an administrator wants to join anew."""

    rejoined = Signal()

    def __init__(self, part: RecoveryPart, *, may_rejoin: bool) -> None:
        super().__init__()
        name(self, "sync.recovery", tr("Recovery"))
        self._may_rejoin = may_rejoin
        self.banner = Banner("sync.recovery.banner", Tone.WARNING, "", two_lines=True, line=False)
        self.banner.acted.connect(part.act)
        self.rejoin = Button(tr("Join anew …"), "sync.recovery.rejoin", size="head")
        self.rejoin.clicked.connect(self.rejoined)
        self.banner.add_action(self.rejoin)
        self.setLayout(column(self.banner, gap=0))
        self._said = ""
        self.waits_anew = False
        part.on_change = self.draw
        self.hide()

    def draw(self, line: RecoveryLine | None) -> None:
        if line is not None:
            self.banner.set_words(line.cause, line.remedy)
            self.banner.action.set_text(line.action)
            reveal(self.banner.action, bool(line.action))
            self.rejoin.set_text(tr("Ask whether it was let in …") if line.waits_anew else tr("Join anew …"))
            reveal(self.rejoin, self._may_rejoin and (line.joins_anew or line.waits_anew))
            if line.cause != self._said:
                announce(self, f"{line.cause}. {line.remedy}")
        self._said = line.cause if line is not None else ""
        self.waits_anew = line is not None and line.waits_anew
        reveal(self, line is not None)


class DamageBanner(QWidget):
    """The database cannot be read whole: what to do before anything is restored."""

    wanted = Signal()

    def __init__(self, *, may_repair: bool) -> None:
        super().__init__()
        name(self, "sync.damage", tr("Damage"))
        remedy = (
            tr("What was typed here and not sent can be saved. Restore nothing before.")
            if may_repair
            else tr("What was typed here and not sent can be saved by an administrator. Restore nothing before.")
        )
        action = tr("Repair …") if may_repair else ""
        cause = tr("This database cannot be read whole")
        self.banner = Banner("sync.damage.banner", Tone.DANGER, cause, remedy, action, two_lines=True, line=False)
        self.banner.acted.connect(self.wanted)
        self.setLayout(column(self.banner, gap=0))
        self.hide()

    def draw(self, *, damaged: bool) -> None:
        if damaged and self.isHidden():
            announce(self, self.banner.accessibleName(), assertive=True)
        reveal(self, damaged)
