"""Today. `screens(desk, acts)` gives what `bootstrap` registers.

`acts` is the desk's one `LastActs`; every screen that writes something reports to it, and Ctrl+Z
(`Keys.UNDO`, bound by `bootstrap` to `acts.undo` with `acts.reason`) takes the newest one back.
"""

from __future__ import annotations

from clinicdesk.gui.screens.today.screen import TodayScreen
from clinicdesk.gui.shell.screen import ScreenSpec, ShellContext
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.today.presenter import TodayPresenter
from clinicdesk.services.desk import Desk
from clinicdesk.services.tasks import Tasks
from clinicdesk.services.today import Today


def screens(desk: Desk, acts: LastActs) -> list[ScreenSpec]:
    def today(shell: ShellContext) -> TodayScreen:
        presenter = TodayPresenter(Today(desk), Tasks(desk), shell.runner, shell.navigator, acts)
        return TodayScreen(shell, presenter, desk.local)

    return [ScreenSpec("today", today)]
