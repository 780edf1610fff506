"""Medications. `screens(desk, acts, staff, ask_path)` gives what `bootstrap` registers.

`acts` is the desk's one `LastActs`; `staff` gives the sign-in names of who can witness on this workstation;
`ask_path` asks where a file goes, given its proposed name (None: not at all).
"""

from __future__ import annotations

from collections.abc import Callable

from clinicdesk.gui.screens.medications.count import CountScreen
from clinicdesk.gui.screens.medications.order import OrderScreen
from clinicdesk.gui.screens.medications.screen import AskPath, MedicationsScreen
from clinicdesk.gui.shell.screen import ScreenSpec, ShellContext
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.medications.count import CountPresenter
from clinicdesk.presentation.medications.order import OrderPresenter
from clinicdesk.presentation.medications.round import RoundPresenter
from clinicdesk.services.controlled import ControlledDrugs
from clinicdesk.services.desk import Desk
from clinicdesk.services.doses import Doses
from clinicdesk.services.orders import Orders
from clinicdesk.services.paper_day import PaperDay
from clinicdesk.services.search import Search

Staff = Callable[[], tuple[str, ...]]


def screens(desk: Desk, acts: LastActs, staff: Staff, ask_path: AskPath) -> list[ScreenSpec]:
    def medications(shell: ShellContext) -> MedicationsScreen:
        presenter = RoundPresenter(Doses(desk), PaperDay(desk), shell.runner, acts.done, desk.local, desk.now, staff)
        return MedicationsScreen(shell, presenter, ask_path)

    def count(shell: ShellContext) -> CountScreen:
        return CountScreen(shell, CountPresenter(ControlledDrugs(desk), shell.runner, staff), desk.local)

    def order(shell: ShellContext) -> OrderScreen:
        return OrderScreen(
            shell, OrderPresenter(Orders(desk), Search(desk), shell.runner, desk.today, desk.now, desk.local)
        )

    return [
        ScreenSpec("medications", medications),
        ScreenSpec("medications.count", count),
        ScreenSpec("medications.order", order),
    ]
