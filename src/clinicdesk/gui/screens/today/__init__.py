"""Today. `screens(desk, acts, show)` gives what `bootstrap` registers.

`show` hands a document to the machine's viewer, from where it is printed.

`acts` is the desk's one `LastActs`; every screen that writes something reports to it, and Ctrl+Z
(`Keys.UNDO`, bound by `bootstrap` to `acts.undo` with `acts.reason`) takes the newest one back.
"""

from __future__ import annotations

from clinicdesk.gui.screens.today.screen import TodayScreen
from clinicdesk.gui.shell.screen import ScreenSpec, ShellContext
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.today.presenter import TodayPresenter
from clinicdesk.presentation.viewing import ShowDocument
from clinicdesk.services.desk import Desk
from clinicdesk.services.paper_day import PaperDay
from clinicdesk.services.tasks import Tasks
from clinicdesk.services.today import Today


def _nowhere(_content: bytes, _name: str) -> bool:
    return False


def screens(desk: Desk, acts: LastActs, show: ShowDocument = _nowhere) -> list[ScreenSpec]:
    def today(shell: ShellContext) -> TodayScreen:
        presenter = TodayPresenter(
            Today(desk),
            Tasks(desk),
            PaperDay(desk),
            shell.runner,
            shell.navigator,
            acts,
            local=desk.local,
            show=show,
        )
        return TodayScreen(shell, presenter, desk.local)

    return [ScreenSpec("today", today)]
