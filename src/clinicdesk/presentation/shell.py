"""What the frame around the screens knows: destinations, routes and their history, its commands, privacy.

How a screen is written (see also `gui/shell/screen.py`)::

    class StudentsScreen:
        id = "students.chart"

        def __init__(self, shell: ShellContext, presenter: ChartPresenter) -> None: ...
        @property
        def title(self) -> str: return self._presenter.state.name
        def widget(self) -> QWidget: return self._view
        def activate(self, **params: object) -> None: self._presenter.open(str(params["student_id"]))
        def deactivate(self) -> None: self._presenter.keep_draft()
        def commands(self) -> Sequence[BoundCommand]: return (BoundCommand(SIGN, self._presenter.sign),)

and registered in `bootstrap` by `ScreenSpec("students.chart", "students", make_chart)`. Others reach it by
`navigator.navigate("students.chart", student_id=...)`; Alt+Left comes back to where the person was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from clinicdesk.domain.permissions import Act
from clinicdesk.presentation.commands import Command, Group, Scope


@dataclass(frozen=True, slots=True)
class Destination:
    """An entry of the left rail; absent for roles without the act (ux-spec 3)."""

    id: str
    title: str
    icon: str
    shortcut: str
    act: Act | None = None
    apart: bool = False


RAIL: tuple[Destination, ...] = (
    Destination("today", "Today", "today", "Ctrl+1"),
    Destination("students", "Students", "people", "Ctrl+2", Act.SEARCH_STUDENTS),
    Destination("medications", "Medications", "pill", "Ctrl+3", Act.VIEW_MEDICATION),
    Destination("immunizations", "Immunizations", "syringe", "Ctrl+4", Act.VIEW_IMMUNIZATIONS),
    Destination("screenings", "Screenings", "eye", "Ctrl+5", Act.RECORD_SCREENING),
    Destination("forms", "Forms & consent", "form", "Ctrl+6", Act.VIEW_CONSENTS),
    Destination("incidents", "Incidents", "flag", "Ctrl+7", Act.REPORT_INCIDENT),
    Destination("inventory", "Inventory", "box", "Ctrl+8", Act.VIEW_STOCK),
    Destination("reports", "Reports", "bar-chart", "Ctrl+9"),
    Destination("sync", "Sync", "sync", "Ctrl+0", None, apart=True),
    Destination("admin", "Admin", "sliders", "", Act.VIEW_USERS, apart=True),
)


@dataclass(frozen=True, slots=True)
class Route:
    """A screen with what it shows."""

    screen: str
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def destination(self) -> str:
        """The rail entry it belongs to: the first part of the id."""
        return self.screen.partition(".")[0]


class Navigator(Protocol):
    """Moves between screens."""

    def navigate(self, screen: str, **params: object) -> None: ...

    def back(self) -> None: ...

    def forward(self) -> None: ...


class History:
    """Back and forward over routes, as in a browser; going somewhere new drops what lay ahead."""

    def __init__(self, longest: int = 50) -> None:
        self._routes: list[Route] = []
        self._at = -1
        self._longest = longest

    @property
    def current(self) -> Route | None:
        return self._routes[self._at] if self._at >= 0 else None

    @property
    def can_go_back(self) -> bool:
        return self._at > 0

    @property
    def can_go_forward(self) -> bool:
        return self._at < len(self._routes) - 1

    def go(self, route: Route) -> None:
        if route == self.current:
            return
        del self._routes[self._at + 1 :]
        self._routes.append(route)
        del self._routes[: -self._longest]
        self._at = len(self._routes) - 1

    def back(self) -> Route | None:
        if not self.can_go_back:
            return None
        self._at -= 1
        return self.current

    def forward(self) -> Route | None:
        if not self.can_go_forward:
            return None
        self._at += 1
        return self.current

    def clear(self) -> None:
        self._routes.clear()
        self._at = -1


def _go(destination: Destination) -> Command:
    return Command(
        f"go.{destination.id}",
        destination.title,
        destination.shortcut,
        Group.GO,
        icon=destination.icon,
        act=destination.act,
    )


class Keys:
    """Ids of the commands that the frame or several screens share; screens bind those that concern them."""

    SEARCH = "shell.search"
    LOCK = "shell.lock"
    SWITCH_USER = "shell.switch-user"
    BACK = "shell.back"
    FORWARD = "shell.forward"
    NEXT_REGION = "shell.next-region"
    PREVIOUS_REGION = "shell.previous-region"
    PRIVACY = "shell.privacy"
    NOTIFICATIONS = "shell.notifications"
    SHORTCUTS = "shell.shortcuts"
    SYNC_NOW = "sync.now"
    NEW_VISIT = "visit.new"
    GIVE_MEDICATION = "medication.give"
    RECORD_IMMUNIZATION = "immunization.record"
    NEW_INCIDENT = "incident.new"
    EMERGENCY_CARD = "student.emergency-card"
    PRIMARY = "screen.primary"
    SAVE_DRAFT = "screen.save-draft"
    UNDO = "edit.undo"
    REDO = "edit.redo"
    PRINT = "screen.print"
    START_911 = "visit.start-911"
    CONFIRM_TEMPLATE = "visit.confirm-template"
    PASTE_HISTORY = "immunization.paste-history"
    PREVIOUS_STUDENT = "list.previous-student"
    NEXT_STUDENT = "list.next-student"
    PIN = "shell.pin"
    SCHOOL = "shell.school"


_ALL: tuple[Command, ...] = (
    *(_go(destination) for destination in RAIL),
    Command(Keys.SEARCH, "Search students and commands", "Ctrl+K", Group.GO, icon="search", also=("/",)),
    Command(Keys.BACK, "Back", "Alt+Left", Group.GO, icon="arrow-left"),
    Command(Keys.FORWARD, "Forward", "Alt+Right", Group.GO, icon="arrow-right"),
    Command(Keys.NEXT_REGION, "Next region", "F6", Group.GO, unlisted=True),
    Command(Keys.PREVIOUS_REGION, "Previous region", "Shift+F6", Group.GO, unlisted=True),
    Command(Keys.NEW_VISIT, "New visit", "Ctrl+N", Group.WORK, icon="plus", act=Act.CHECK_IN),
    Command(Keys.GIVE_MEDICATION, "Give medication", "Ctrl+M", Group.STUDENT, icon="pill", act=Act.GIVE_SCHEDULED_DOSE),
    Command(
        Keys.RECORD_IMMUNIZATION,
        "Record immunization",
        "Ctrl+I",
        Group.STUDENT,
        icon="syringe",
        act=Act.RECORD_VACCINATION,
    ),
    Command(Keys.NEW_INCIDENT, "New incident", "Ctrl+Shift+I", Group.WORK, icon="flag", act=Act.REPORT_INCIDENT),
    Command(
        Keys.EMERGENCY_CARD,
        "Emergency card",
        "Ctrl+E",
        Group.STUDENT,
        icon="ambulance",
        act=Act.VIEW_EMERGENCY_CARD,
    ),
    Command(Keys.PRIMARY, "Save and sign, or the main action", "Ctrl+Return", Group.SCREEN, icon="check"),
    Command(Keys.SAVE_DRAFT, "Save draft now", "Ctrl+S", Group.SCREEN, icon="document"),
    Command(Keys.UNDO, "Undo", "Ctrl+Z", Group.EDIT, icon="undo"),
    Command(Keys.REDO, "Redo", "Ctrl+Shift+Z", Group.EDIT, icon="redo"),
    Command(Keys.PRINT, "Print or PDF", "Ctrl+P", Group.SCREEN, icon="printer"),
    Command(Keys.START_911, "Start 911 event", "F4", Group.SCREEN, icon="ambulance"),
    Command(Keys.SYNC_NOW, "Sync now", "F5", Group.DESK, icon="sync"),
    Command(Keys.CONFIRM_TEMPLATE, "Confirm all template findings", "Ctrl+Shift+A", Group.SCREEN, icon="check"),
    Command(Keys.PASTE_HISTORY, "Paste or type old doses", "Ctrl+Shift+V", Group.SCREEN, icon="syringe"),
    Command(Keys.PREVIOUS_STUDENT, "Previous student in this list", "[", Group.LIST, Scope.LIST, unlisted=True),
    Command(Keys.NEXT_STUDENT, "Next student in this list", "]", Group.LIST, Scope.LIST, unlisted=True),
    Command(Keys.LOCK, "Lock now", "Ctrl+L", Group.DESK, icon="lock"),
    Command(Keys.SWITCH_USER, "Switch user", "Ctrl+Shift+U", Group.DESK, icon="people"),
    Command(Keys.PRIVACY, "Privacy mode", "F9", Group.DESK, icon="eye-off"),
    Command(Keys.NOTIFICATIONS, "Notifications", "F8", Group.DESK, icon="bell"),
    Command(Keys.SHORTCUTS, "Keyboard shortcuts", "F1", Group.DESK, icon="keyboard"),
    Command(Keys.SCHOOL, "Switch school", "", Group.DESK, icon="school"),
    Command(Keys.PIN, "Quick-unlock PIN", "", Group.DESK, icon="key"),
)
COMMANDS: Mapping[str, Command] = MappingProxyType({command.id: command for command in _ALL})
LIST_KEYS = ("J", "K", "Up", "Down", "Return", "Space", "Home", "End", "PgUp", "PgDown")


def rail_for(allowed: Callable[[str], bool], screens: Sequence[str]) -> tuple[Destination, ...]:
    """The rail of a person: destinations that exist and whose act the role has."""
    known = {screen.partition(".")[0] for screen in screens}
    return tuple(place for place in RAIL if place.id in known and (place.act is None or allowed(place.act.value)))


@dataclass(frozen=True, slots=True)
class SyncChip:
    """The state of sync in the top bar: words, whether someone must act, whether the district is out of reach.

    `details` are read where the chip is pointed at or has the focus: what waits, how long, each school's last answer.
    """

    words: str
    act: bool = False
    offline: bool = False
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who works here and where, as the top bar shows it."""

    user_id: str
    user_name: str
    role_words: str
    school: str
    district: str
    zone: str = ""


ROLE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "NURSE": "School nurse",
        "HEALTH_AIDE": "Health aide",
        "ADMIN": "Administrator",
        "DISTRICT_ADMIN": "District administrator",
        "SCHOOL_ADMIN": "School administrator",
        "COUNSELOR": "Counselor",
        "VIEWER": "Reader",
    }
)
"""What a role is called beside a name."""


def masked(name: str, *, private: bool) -> str:
    """In privacy mode names are initials on shared sight lines (F9)."""
    if not private:
        return name
    return " ".join(f"{word[0]}." for word in name.replace("-", " ").split() if word[:1].isalnum())
