"""Students: list and chart. `parts(desk)` once a sign-in, `screens(desk, parts, acts, folder)` for the frame.

`parts.finder` is the `SearchProvider` of the palette; `parts.close()` goes into the lock, before the keys are gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.screens.students.chart_screen import ChartScreen
from clinicdesk.gui.screens.students.listing import StudentsScreen
from clinicdesk.gui.shell.screen import ScreenSpec, ShellContext
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.students.chart import ChartPresenter, ChartServices
from clinicdesk.presentation.students.finding import PeopleFinder
from clinicdesk.presentation.students.listing import ListPresenter, StudentOrder
from clinicdesk.presentation.students.trail import SearchTrail
from clinicdesk.presentation.viewing import ShowDocument
from clinicdesk.services.allergies import HealthFacts
from clinicdesk.services.attachments import Attachments
from clinicdesk.services.charts import Charts
from clinicdesk.services.contacts import Contacts
from clinicdesk.services.desk import Desk
from clinicdesk.services.restricted import RestrictedNotes
from clinicdesk.services.search import Search
from clinicdesk.services.student_papers import StudentPapers
from clinicdesk.services.students import Students


@dataclass(frozen=True, slots=True)
class StudentParts:
    """What the palette and the screens share for one sign-in."""

    search: Search
    trail: SearchTrail
    finder: PeopleFinder

    def close(self) -> None:
        """The desk locks: no search is written down any more."""
        self.trail.close()


def parts(desk: Desk) -> StudentParts:
    search = Search(desk)
    trail = SearchTrail(search.used, search.rested)
    return StudentParts(search, trail, PeopleFinder(search, trail, desk.local))


def _no_viewer(_content: bytes, _name: str) -> bool:
    return False


def screens(
    desk: Desk, shared: StudentParts, acts: LastActs, folder: Path, show: ShowDocument = _no_viewer
) -> list[ScreenSpec]:
    """`folder` is `ProfilePaths.attachments`; `show` opens a document with the machine's viewer, where it has one."""
    order = StudentOrder()

    def listing(shell: ShellContext) -> StudentsScreen:
        presenter = ListPresenter(
            shared.search,
            Students(desk),
            shared.trail,
            shell.runner,
            shell.navigator,
            order,
            desk.today,
            may_register=desk.may(Act.REGISTER_STUDENT),
        )
        return StudentsScreen(shell, presenter)

    def chart(shell: ShellContext) -> ChartScreen:
        services = ChartServices(
            students=Students(desk),
            charts=Charts(desk),
            health=HealthFacts(desk),
            contacts=Contacts(desk),
            restricted=RestrictedNotes(desk),
            papers=StudentPapers(desk, Attachments(desk, folder)),
        )
        opened = shared.finder.opened
        presenter = ChartPresenter(desk, services, shell.runner, shell.navigator, acts, order, opened, show)
        return ChartScreen(shell, presenter, desk.school.zone)

    return [ScreenSpec("students", listing), ScreenSpec("students.chart", chart)]
