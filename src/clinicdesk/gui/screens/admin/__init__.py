"""Admin. `screens(desk, admission, office)` gives what `bootstrap` registers.

`admission` is `Admission(desk, workstation)`, `office` is `bootstrap.device_office.DistrictDevices(desk, line)`.
"""

from __future__ import annotations

from collections.abc import Callable

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.screens.admin.screen import AdminScreen
from clinicdesk.gui.shell.screen import ScreenSpec, ShellContext
from clinicdesk.presentation.admin.devices import DeviceOffice
from clinicdesk.presentation.admin.presenter import (
    LEAST_PASSWORD,
    LEAST_PASSWORD_WITH_FILE_SECRET,
    AdminPresenter,
    AdminState,
)
from clinicdesk.services.admission import Admission
from clinicdesk.services.desk import Desk

DISTRICT_ACTS = frozenset({Act.ADMIT_USER, Act.VIEW_DEVICES, Act.IMPORT_ROSTER})
"""Not bound to the desk's school."""


def screens(desk: Desk, admission: Admission, office: DeviceOffice) -> list[ScreenSpec]:
    def allowed(act: Act) -> bool:
        return desk.may(act, () if act in DISTRICT_ACTS else None)

    def make(shell: ShellContext) -> AdminScreen:
        def presenter(changed: Callable[[AdminState], None], said: Callable[[str], None]) -> AdminPresenter:
            return AdminPresenter(
                admission,
                office,
                shell.runner,
                allowed=allowed,
                schools=desk.person.schools,
                local=desk.local,
                least_password=LEAST_PASSWORD_WITH_FILE_SECRET if desk.unlocked.weaker_protection else LEAST_PASSWORD,
                changed=changed,
                said=said,
            )

        return AdminScreen(shell, presenter)

    return [ScreenSpec("admin", make)] if allowed(Act.VIEW_USERS) else []
