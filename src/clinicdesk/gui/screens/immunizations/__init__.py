"""Vaccines. `screens(desk, acts)` gives what `bootstrap` registers; `ImmunizationScreen.scanned` takes a lot's code."""

from __future__ import annotations

from clinicdesk.gui.screens.immunizations.screen import ImmunizationScreen
from clinicdesk.gui.shell.screen import ScreenSpec, ShellContext
from clinicdesk.presentation.immunizations.presenter import ImmunizationPresenter
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.services.desk import Desk
from clinicdesk.services.immunization_drafts import VaccineDrafts
from clinicdesk.services.immunizations import Immunizations
from clinicdesk.services.search import Search


def screens(desk: Desk, acts: LastActs) -> list[ScreenSpec]:
    def immunizations(shell: ShellContext) -> ImmunizationScreen:
        presenter = ImmunizationPresenter(
            desk, Immunizations(desk), VaccineDrafts(desk), Search(desk), shell.runner, acts
        )
        return ImmunizationScreen(shell, presenter)

    return [ScreenSpec("immunizations", immunizations)]
