"""The sync centre. `screens(desk, sync, acts, ...)` gives what `bootstrap` registers; all live from unlock to lock."""

from __future__ import annotations

from clinicdesk.gui.screens.sync.screen import SyncScreen
from clinicdesk.gui.shell.screen import ScreenSpec, ShellContext
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.sync_centre.presenter import SyncCentre
from clinicdesk.presentation.sync_centre.recovering import RecoveryPart
from clinicdesk.presentation.sync_centre.repairing import RepairPart, Repairs
from clinicdesk.presentation.sync_now import SyncNow
from clinicdesk.services.desk import Desk
from clinicdesk.services.recovery import Recovery


def screens(
    desk: Desk,
    sync: SyncNow,
    acts: LastActs,
    recovery: Recovery | None = None,
    repairs: Repairs | None = None,
) -> list[ScreenSpec]:
    """`recovery` and `repairs` where the profile of this workstation is at hand."""

    def centre(shell: ShellContext) -> SyncScreen:
        part = None if recovery is None else RecoveryPart(recovery, sync, shell.runner)
        repair = None if repairs is None else RepairPart(repairs, sync, shell.runner)
        return SyncScreen(shell, SyncCentre(desk, sync, acts, shell.runner), desk, part, repair)

    return [ScreenSpec("sync", centre)]
