"""Visit documentation: `screens` gives `bootstrap` the screen `visits.visit` (student_id, visit_id, or neither)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from zoneinfo import ZoneInfo

from clinicdesk.gui.screens.visits.screen import SCREEN, VisitScreen
from clinicdesk.gui.shell.screen import ScreenSpec, ShellContext
from clinicdesk.presentation.visits.ports import SearchService, VisitService
from clinicdesk.services.student_values import EmergencyCard
from clinicdesk.services.undo import LastAct


def screens(
    visits: VisitService,
    search: SearchService,
    zone: ZoneInfo,
    noted: Callable[[LastAct], None] = lambda _act: None,
    card: Callable[[uuid.UUID], EmergencyCard] | None = None,
) -> list[ScreenSpec]:
    """`visits` is `services.visits.Visits(desk)`, `search` `services.search.Search(desk)`, `zone` the school's.

    `card` reads the emergency card of a student, `services.students.Students(desk).emergency_card`.
    """

    def make(shell: ShellContext) -> VisitScreen:
        return VisitScreen(shell, visits, search, zone, noted, card)

    return [ScreenSpec(SCREEN, make)]
