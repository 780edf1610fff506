"""The signed-in frame: top bar, rail, content, sheet, toasts and palette."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QMenu, QStackedWidget, QWidget

from clinicdesk.core.clock import Clock
from clinicdesk.gui.runtime import TaskRunner
from clinicdesk.gui.shell.appearance import AppearanceSheet
from clinicdesk.gui.shell.asking import SheetAsker
from clinicdesk.gui.shell.focus import first_stop
from clinicdesk.gui.shell.palette import Palette
from clinicdesk.gui.shell.quick_pin import PasswordLayer, PinSheet
from clinicdesk.gui.shell.rail import Rail
from clinicdesk.gui.shell.screen import Asker, Screen, ScreenSpec, ShellContext
from clinicdesk.gui.shell.sheets import NotificationSheet, ShortcutSheet
from clinicdesk.gui.shell.top_bar import TopBar
from clinicdesk.gui.theme import Tone, theme
from clinicdesk.gui.theme.metrics import COLLAPSE_BELOW, SIDE_SHEET
from clinicdesk.gui.widgets.content import ContentArea
from clinicdesk.gui.widgets.layout import column, row
from clinicdesk.gui.widgets.naming import announce, name
from clinicdesk.gui.widgets.notices import Banner, BannerStrip, ToastLine
from clinicdesk.gui.widgets.sheet import SideSheet
from clinicdesk.i18n import tr
from clinicdesk.presentation.commands import BoundCommand, Commands
from clinicdesk.presentation.quick_pin import OwnPin, why_no_pin
from clinicdesk.presentation.search import Hit, HitKind, SearchProvider
from clinicdesk.presentation.shell import (
    COMMANDS,
    History,
    Keys,
    Navigator,
    Route,
    SignedIn,
    SyncChip,
    rail_for,
)
from clinicdesk.presentation.unavailable import WITHOUT_SCREEN
from clinicdesk.settings import Settings


def _nothing() -> None:
    return


def _ignore_text(_text: str) -> None:
    return


_BESIDE_A_SHEET = 360


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in as the frame needs it: who, what the role may, the screens, and where keys lead.

    `commands` are the shared commands of the work (new visit, sync now ...) bound by `bootstrap`. At `ends_at` the
    frame calls `end`, whatever is being typed; who has no such moment is locked by idleness alone.
    """

    person: SignedIn
    screens: Sequence[ScreenSpec]
    search: SearchProvider
    allowed: Callable[[str], bool]
    start: Route = field(default_factory=partial(Route, "today"))
    commands: Sequence[BoundCommand] = ()
    lock: Callable[[], None] = _nothing
    switch_user: Callable[[], None] = _nothing
    scanned: Callable[[str], None] = _ignore_text
    open_student: str = "students.chart"
    open_staff: str = "admin.user"
    idle_minutes: float = 5.0
    ends_at: dt.datetime | None = None
    end: Callable[[], None] = _nothing
    private: bool = False
    rebound: dict[str, str] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    schools: Sequence[tuple[str, str]] = ()
    switch_school: Callable[[str], None] = _ignore_text
    speak: Callable[[str], None] = _ignore_text
    pin: OwnPin | None = None
    confirm_password: Callable[[str], None] = _ignore_text


class Workspace(QWidget):
    """Everything a signed-in person sees. It is destroyed on lock: content is replaced, not overlaid.

    `password_wanted` may be emitted from any thread: an act that a PIN does not do waits for the password.
    """

    password_wanted = Signal()

    def __init__(self, window: QWidget, session: Session, runner: TaskRunner, clock: Clock) -> None:
        super().__init__(window)
        self.setObjectName("workspace")
        self._session = session
        self._specs = {spec.id: spec for spec in session.screens}
        self._screens: dict[str, tuple[Screen, QWidget]] = {}
        self._history = History()
        self._shown: Screen | None = None
        self._shown_commands: tuple[str, ...] = ()
        self._private = session.private
        self._runner = runner
        self._clock = clock
        self._commands = Commands(allowed=session.allowed, rebound=dict(session.rebound))
        self.top_bar = TopBar(session.person, clock)
        places = rail_for(session.allowed, list(self._specs))
        self.rail = Rail(places, self.toggle_privacy, self.show_shortcuts)
        self.banners = BannerStrip()
        self.stack = QStackedWidget()
        name(self.stack, "content", tr("Content"))
        self._sheet = SideSheet()
        self.toasts = ToastLine(clock.now)
        middle = column(self.banners, self.stack, gap=0)
        middle.setStretch(1, 1)
        shown = row(gap=0)
        shown.addLayout(middle, 1)
        shown.addWidget(self.sheet)
        beside = column(gap=0)
        beside.addLayout(shown, 1)
        beside.addWidget(self.toasts)
        lower = row(gap=0)
        lower.addWidget(self.rail)
        lower.addLayout(beside, 1)
        self.setLayout(column(self.top_bar, lower, gap=0))
        self._asker = SheetAsker(self)
        self.palette_layer = Palette(self, self._commands, session.search, runner, clock.monotonic)
        self.password_layer = PasswordLayer(self, session.confirm_password, runner)
        self.password_layer.passed = self._on_password_given
        self.password_wanted.connect(self.password_layer.open)
        theme().changed.connect(self._fit)
        self._bind_frame()
        for bound in session.commands:
            self._commands.add_bound(bound)
        self._bind_unavailable()
        self.top_bar.searched.connect(self.search)
        self.top_bar.locked.connect(session.lock)
        self.top_bar.sync.clicked.connect(self._on_sync_chip)
        self.top_bar.user.clicked.connect(self.show_appearance)
        self.top_bar.school.clicked.connect(self.choose_school)
        self.rail.visited.connect(self._on_visited)
        self.palette_layer.picked.connect(self._on_picked)

    # -- what screens get (ShellContext) -----------------------------------------------------------------------

    @property
    def runner(self) -> TaskRunner:
        return self._runner

    @property
    def navigator(self) -> Navigator:
        return self

    @property
    def commands(self) -> Commands:
        return self._commands

    @property
    def clock(self) -> Clock:
        return self._clock

    @property
    def asker(self) -> Asker:
        return self._asker

    @property
    def private(self) -> bool:
        return self._private

    @property
    def sheet(self) -> SideSheet:
        return self._sheet

    def toast(
        self, words: str, tone: Tone = Tone.SUCCESS, action: str = "", run: Callable[[], None] | None = None
    ) -> None:
        self.toasts.show_toast(words, tone, action, run)

    def open_sheet(self, title: str, content: QWidget, *, width: int = SIDE_SHEET, note: str = "") -> None:
        self.sheet.open_with(title, content, width=width, note=note)

    def close_sheet(self) -> None:
        self.sheet.close_sheet()

    def show_banner(self, key: str, banner: Banner) -> None:
        self.banners.show_banner(key, banner)

    def take_banner(self, key: str) -> None:
        self.banners.take_away(key)

    def title_changed(self) -> None:
        self._swap_commands()

    # -- navigation --------------------------------------------------------------------------------------------

    def navigate(self, screen: str, **params: object) -> None:
        """Go to a screen; unknown ids (a role without it) are reported, not failed."""
        if screen not in self._specs:
            self.toast(tr("Your role does not include this."), Tone.WARNING)
            return
        route = Route(screen, params)
        self._history.go(route)
        self._show(route)

    def back(self) -> None:
        self._follow(self._history.back())

    def forward(self) -> None:
        self._follow(self._history.forward())

    def start(self) -> None:
        self.navigate(self._session.start.screen, **dict(self._session.start.params))

    def current(self) -> Screen | None:
        return self._shown

    def leave(self) -> None:
        """Before the lock: every screen keeps its draft, and nothing late may arrive."""
        for screen, _ in self._screens.values():
            screen.deactivate()
        self._runner.cancel_all()
        self.palette_layer.close_palette()
        self.password_layer.close_layer()
        self.toasts.clear()

    def set_sync(self, chip: SyncChip) -> None:
        self.top_bar.sync.set_chip(chip)

    def set_count(self, place: str, count: int, *, act: bool = False) -> None:
        self.rail.set_count(place, count, act=act)

    # -- the frame's own commands ------------------------------------------------------------------------------

    def search(self) -> None:
        self.palette_layer.open(private=self._private)

    def show_shortcuts(self) -> None:
        self.open_sheet(tr("Keyboard shortcuts"), ShortcutSheet(self._commands.sheet()), width=440)

    def show_notifications(self) -> None:
        self.open_sheet(tr("Notifications"), NotificationSheet(self.toasts.notes()), width=400)

    def show_appearance(self) -> None:
        sheet = AppearanceSheet(self._session.settings, why_no_pin(self._session.pin))
        sheet.switched_user.connect(self._session.switch_user)
        sheet.spoken.connect(self._session.speak)
        sheet.pin_wanted.connect(self.show_pin)
        self.open_sheet(self._session.person.user_name, sheet, width=360)

    def show_pin(self) -> None:
        """Set the own PIN, or take it away."""
        if self._session.pin is None:
            return
        zone = ZoneInfo(self._session.person.zone) if self._session.person.zone else None
        sheet = PinSheet(self._session.pin, self._runner, zone)
        sheet.kept.connect(self._on_pin_kept)
        self.open_sheet(tr("Quick-unlock PIN"), sheet, width=400)

    @property
    def covered(self) -> bool:
        """Whether a layer lies over everything, so that no command acts below it."""
        return self.palette_layer.isVisible() or self.password_layer.isVisible()

    def choose_school(self) -> None:
        """A menu of the schools of this person; with one school there is nothing to choose."""
        if len(self._session.schools) < 2:
            return
        menu = QMenu(self)
        name(menu, "schools", tr("Schools"))
        for school_id, words in self._session.schools:
            action = menu.addAction(words.replace("&", "&&"))
            action.setData(school_id)
            action.setCheckable(True)
            action.setChecked(words == self._session.person.school)
        menu.triggered.connect(self._on_school)
        menu.popup(self.top_bar.school.mapToGlobal(self.top_bar.school.rect().bottomLeft()))

    def _why_no_school(self) -> str:
        return "" if len(self._session.schools) > 1 else tr("You work at one school.")

    def toggle_privacy(self) -> None:
        """Names become initials on shared sight lines; the screen shows itself anew."""
        self._private = not self._private
        self.rail.set_private(self._private)
        words = tr("Privacy mode is on: names are initials") if self._private else tr("Privacy mode is off")
        announce(self, words)
        self.toast(words, Tone.INFO)
        if self._history.current is not None:
            self._show(self._history.current)

    def regions(self) -> tuple[QWidget, ...]:
        """Stops of F6 in visual order."""
        content = self.stack.currentWidget()
        said = self.toasts if self.toasts.toasts() else None
        parts = (self.top_bar, self.rail, self.banners, content, self.sheet, said)
        return tuple(part for part in parts if part is not None and part.isVisible())

    def next_region(self, by: int = 1) -> None:
        regions = self.regions()
        focus = QApplication.focusWidget()
        at = next((i for i, part in enumerate(regions) if focus is not None and part.isAncestorOf(focus)), -1)
        for offset in range(1, len(regions) + 1):
            part = regions[(at + by * offset) % len(regions)]
            target = self.rail.first_item() if part is self.rail else first_stop(part)
            if target is not None:
                target.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.sheet.content is not None:
            self.sheet.close_sheet()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        narrow = self.width() < theme().width(COLLAPSE_BELOW)
        self.rail.set_collapsed(narrow)
        # With large text in a small window a sheet leaves the rail and a strip of the screen beside it.
        self.sheet.allow(self.width() - _BESIDE_A_SHEET)

    def _bind_frame(self) -> None:
        bindings: dict[str, Callable[[], None]] = {
            Keys.SEARCH: self.search,
            Keys.BACK: self.back,
            Keys.FORWARD: self.forward,
            Keys.NEXT_REGION: self.next_region,
            Keys.PREVIOUS_REGION: self._on_previous_region,
            Keys.PRIVACY: self.toggle_privacy,
            Keys.NOTIFICATIONS: self.show_notifications,
            Keys.SHORTCUTS: self.show_shortcuts,
            Keys.LOCK: self._session.lock,
            Keys.SWITCH_USER: self._session.switch_user,
        }
        for command_id, run in bindings.items():
            self._commands.add(COMMANDS[command_id], run)
        self._commands.add(COMMANDS[Keys.SCHOOL], self.choose_school, self._why_no_school)
        self._commands.add(COMMANDS[Keys.PIN], self.show_pin, partial(why_no_pin, self._session.pin))
        for screen in self._specs:
            if f"go.{screen}" in COMMANDS:
                self._commands.add(COMMANDS[f"go.{screen}"], _Go(self, screen))

    def _bind_unavailable(self) -> None:
        """Known commands without a meaning here say why they are off."""
        for command_id, reason in WITHOUT_SCREEN.items():
            if self._commands.find(command_id) is None:
                # The key of the main action stays free: a sheet beside a screen without one may take it.
                keyless = replace(COMMANDS[command_id], shortcut="") if command_id == Keys.PRIMARY else None
                self._commands.add(keyless or COMMANDS[command_id], _nothing, reason)

    def _show(self, route: Route) -> None:
        if self._shown is not None and self._shown.id != route.screen:
            self._shown.deactivate()
        screen, view = self._made(route.screen)
        self.stack.setCurrentWidget(view)
        self._shown = screen
        self.rail.show_place(route.destination)
        screen.activate(**dict(route.params))
        self._swap_commands()
        focus = QApplication.focusWidget()
        if focus is None or not view.isAncestorOf(focus):
            target = first_stop(view)
            if target is not None and self.sheet.content is None:
                target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _made(self, screen_id: str) -> tuple[Screen, QWidget]:
        made = self._screens.get(screen_id)
        if made is None:
            context: ShellContext = self
            screen = self._specs[screen_id].make(context)
            view = screen.widget()
            area = ContentArea(view)
            self.stack.addWidget(area)
            made = (screen, area)
            self._screens[screen_id] = made
        return made

    def _swap_commands(self) -> None:
        self._commands.remove(self._shown_commands)
        fresh = tuple(self._shown.commands()) if self._shown is not None else ()
        for bound in fresh:
            self._commands.add_bound(bound)
        self._shown_commands = tuple(bound.id for bound in fresh)

    def _follow(self, route: Route | None) -> None:
        if route is not None:
            self._show(route)

    def _on_previous_region(self) -> None:
        self.next_region(-1)

    def _on_visited(self, place: str) -> None:
        self.navigate(place)

    def _on_school(self, action: QAction) -> None:
        self._session.switch_school(str(action.data()))

    def _on_sync_chip(self) -> None:
        self.navigate("sync")

    def _on_pin_kept(self) -> None:
        self.close_sheet()
        self.toast(tr("Your PIN is set. It opens this desk for 8 hours."))

    def _on_password_given(self) -> None:
        self.toast(tr("Password confirmed for 5 minutes. Now do it again."), Tone.INFO)

    def _on_picked(self, hit: Hit) -> None:
        match hit.kind:
            case HitKind.COMMAND:
                self._commands.run(hit.id)
            case HitKind.STAFF:
                self.navigate(self._session.open_staff, user_id=hit.id)
            case _:
                self.navigate(self._session.open_student, student_id=hit.id)


class _Go:
    """Opens a destination; a class, so that no lambda holds the workspace in a signal."""

    def __init__(self, workspace: Workspace, screen: str) -> None:
        self._workspace = workspace
        self._screen = screen

    def __call__(self) -> None:
        self._workspace.navigate(self._screen)
