"""A person at work: the services of the desk joined with the screens, from unlock to lock."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from clinicdesk.bootstrap.device_office import DistrictDevices
from clinicdesk.bootstrap.district_line import DistrictLine
from clinicdesk.bootstrap.repairing import RepairsHere
from clinicdesk.core.errors import ClinicDeskError
from clinicdesk.domain.medication.slots import SlotState
from clinicdesk.domain.permissions import Act
from clinicdesk.gui.screens import admin, forms, immunizations, medications, students, sync, today, visits
from clinicdesk.gui.screens.calendar.screen import OPEN as OPEN_CALENDAR
from clinicdesk.gui.screens.calendar.screen import CalendarScreen
from clinicdesk.gui.screens.roster.screen import OPEN as OPEN_ROSTER
from clinicdesk.gui.screens.roster.screen import RosterScreen
from clinicdesk.gui.shell.scanning import hand_scan
from clinicdesk.gui.shell.screen import ScreenSpec, ShellContext
from clinicdesk.gui.shell.workspace import Session, Workspace
from clinicdesk.gui.theme import Tone
from clinicdesk.i18n import sentence, tr
from clinicdesk.presentation.commands import BoundCommand
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.shell import COMMANDS, ROLE_WORDS, Keys, SignedIn
from clinicdesk.presentation.sync_now import Running, SyncNow
from clinicdesk.services.admission import Admission
from clinicdesk.services.calendar import Calendars
from clinicdesk.services.consent_reminders import ConsentReminders
from clinicdesk.services.desk import Desk
from clinicdesk.services.dose_values import DueBoard, Scan
from clinicdesk.services.doses import Doses
from clinicdesk.services.quick_unlocking import QuickUnlocking
from clinicdesk.services.recovery import Recovery
from clinicdesk.services.roster import RosterService
from clinicdesk.services.search import Search
from clinicdesk.services.signing_in import leave
from clinicdesk.services.students import Students
from clinicdesk.services.visits import Visits
from clinicdesk.settings import Settings
from clinicdesk.sync.errors import WipeOrderedError
from clinicdesk.sync.process import DIED, Event, Failed, Job
from clinicdesk.sync.runner import SyncProcess
from clinicdesk.sync.runs import record_death
from clinicdesk.sync.status import SyncStatus, read_status

if TYPE_CHECKING:
    from clinicdesk.bootstrap.desktop import Desktop

WAITING = frozenset({SlotState.DUE, SlotState.LATE})
SYNC_EVERY_MS = 5 * 60 * 1000
REMIND_AFTER_MS = 10_000
"""Consents that end soon are looked for once a sign-in, when Today has long been painted."""


class PersonAtWork:
    """Everything that lives as long as one sign-in."""

    def __init__(self, desktop: Desktop, desk: Desk) -> None:
        self.desk = desk
        self._desktop = desktop
        runner = desktop.application.runner
        self.acts = LastActs(desktop.clock, runner)
        self.sync = SyncNow(self._start_sync, self._sync_status, runner, desktop.clock)
        self._students = students.parts(desk)
        self._workspace: Workspace | None = None
        self._due = (0, 0)
        self._wipe_ordered = False
        self._stop_clock: Callable[[], None] | None = None
        self._stop_reminding: Callable[[], None] | None = None

    @property
    def due_counts(self) -> tuple[int, int]:
        """Doses due and late as last read: all that the locked card may say."""
        return self._due

    def session(self) -> Session:
        person, policy = self.desk.person, self._desktop.here.policy.policy
        role = tr(ROLE_WORDS[person.role.value])
        return Session(
            SignedIn(
                str(person.user_id),
                person.name,
                f"{role}, {person.credentials}" if person.credentials else role,
                self.desk.school.name,
                person.district_name,
                self.desk.school.zone.key,
            ),
            screens=self._screens(),
            search=self._students.finder,
            allowed=lambda act: self.desk.may(Act(act)),
            commands=self._commands(),
            lock=self._desktop.lock,
            switch_user=self._desktop.lock,
            scanned=self._on_scan,
            idle_minutes=policy.idle_lock_minutes,
            ends_at=self.desk.ends_at,
            end=self._desktop.end_session,
            settings=self._desktop.choices or Settings(),
            pin=DeskPin(self._desktop.pins, self.desk),
            confirm_password=self.desk.confirm_password,
            schools=[(str(place.id), place.name) for place in person.schools],
            switch_school=self._desktop.work_at,
            speak=self._desktop.speak,
        )

    def begin(self, workspace: Workspace) -> None:
        """The frame stands: show how sync is, and keep it so."""
        self._workspace = workspace
        self.desk.full_check.ask = self._ask_password
        self.sync.subscribe(self._on_sync)
        self.sync.refresh()
        self._stop_clock = self._desktop.every(SYNC_EVERY_MS, self.sync.now)
        self._stop_reminding = self._desktop.every(REMIND_AFTER_MS, self._remind)
        self._count_due()

    def close(self) -> None:
        """End what runs, then record the end of the session, close the database and drop the keys."""
        self.end()
        leave(self.desk)

    def end(self) -> None:
        """End what runs; the desk stays open."""
        if self._stop_clock is not None:
            self._stop_clock()
        if self._stop_reminding is not None:
            self._stop_reminding()
        self.sync.close()
        self._students.close()

    def _ask_password(self) -> None:
        """On whatever thread an act was refused; the window may have gone meanwhile."""
        if self._workspace is not None:
            with contextlib.suppress(RuntimeError):
                self._workspace.password_wanted.emit()

    def _screens(self) -> list[ScreenSpec]:
        def roster(shell: ShellContext) -> RosterScreen:
            return RosterScreen(shell, RosterService(self.desk, self._line()))

        def calendar(shell: ShellContext) -> CalendarScreen:
            return CalendarScreen(shell, Calendars(self.desk), self.desk.today)

        found = [
            *today.screens(self.desk, self.acts, self._desktop.documents.show),
            *students.screens(
                self.desk,
                self._students,
                self.acts,
                self._desktop.paths.attachments,
                self._desktop.documents.show,
            ),
            *visits.screens(
                Visits(self.desk),
                Search(self.desk),
                self.desk.school.zone,
                self.acts.done,
                Students(self.desk).emergency_card,
            ),
            *medications.screens(self.desk, self.acts, self._staff, self._desktop.ask_path),
            *immunizations.screens(self.desk, self.acts),
            *forms.screens(
                self.desk,
                self._desktop.paths.attachments,
                self.acts,
                self._desktop.ask_path,
                self._desktop.documents.show,
            ),
            *sync.screens(
                self.desk,
                self.sync,
                self.acts,
                Recovery(self.desk, self._desktop.here),
                RepairsHere(self.desk, self._desktop.here, self._desktop.salvage),
            ),
            *admin.screens(
                self.desk,
                Admission(self.desk, self._desktop.here),
                DistrictDevices(self.desk, self._line()),
            ),
        ]
        if self.desk.may(Act.IMPORT_ROSTER, ()):
            found.append(ScreenSpec("admin.roster", roster))
        if self.desk.may(Act.VIEW_CALENDAR):
            found.append(ScreenSpec("admin.calendar", calendar))
        return found

    def _commands(self) -> list[BoundCommand]:
        def go(screen: str) -> Callable[[], None]:
            return lambda: self._navigate(screen)

        return [
            BoundCommand(COMMANDS[Keys.SYNC_NOW], self.sync.now),
            BoundCommand(COMMANDS[Keys.UNDO], self.acts.undo, self.acts.reason),
            BoundCommand(COMMANDS[Keys.NEW_VISIT], go("visits.visit")),
            BoundCommand(COMMANDS[Keys.GIVE_MEDICATION], go("medications")),
            BoundCommand(COMMANDS[Keys.RECORD_IMMUNIZATION], go("immunizations")),
            *([BoundCommand(OPEN_ROSTER, go("admin.roster"))] if self.desk.may(Act.IMPORT_ROSTER, ()) else ()),
            BoundCommand(OPEN_CALENDAR, go("admin.calendar")),
        ]

    def _navigate(self, screen: str) -> None:
        if self._workspace is not None:
            self._workspace.navigate(screen)

    def _on_scan(self, code: str) -> None:
        if self._workspace is not None:
            hand_scan(self._workspace.current(), code, self._open_scanned)

    def _open_scanned(self, code: str) -> None:
        """A code that the screen left: a student's card opens the chart; else it is said what was scanned."""
        workspace = self._workspace
        if workspace is None:
            return

        def unknown(words: str) -> None:
            workspace.toast(words, Tone.INFO)

        def done(scan: Scan) -> None:
            if scan.student_id is not None:
                workspace.navigate("students.chart", student_id=str(scan.student_id))
            else:
                unknown(tr("Scanned: {code}. Nothing here has this code.", code=code))

        if not self.desk.may(Act.VIEW_MEDICATION):
            done(Scan(code=code))
            return
        doses = Doses(self.desk)
        self._desktop.application.runner.run(
            lambda: doses.scan(code), done=done, failed=lambda error: unknown(sentence(error))
        )

    def _staff(self) -> tuple[str, ...]:
        return tuple(one.name for one in self._desktop.here.people() if one.name)

    def _line(self) -> DistrictLine:
        desk = self.desk
        # A session of this process may meet the order before the sync process does (s43).
        return DistrictLine(
            desk.store, desk.unlocked, desk.person.user_id, self._desktop.paths, desk.clock, self._desktop.wipe
        )

    def _start_sync(self, heard: Callable[[Event], None]) -> Running:
        keys = self.desk.unlocked.device_keys
        job = Job(
            profile=str(self._desktop.paths.root),
            database_key=bytes(self.desk.unlocked.db_key),
            device=str(keys.device),
            incarnation=keys.incarnation,
            device_private=keys.pairs.use_private(bytes),
            user=str(self.desk.person.user_id),
        )

        def hears(event: Event) -> None:
            self._wipe_ordered |= isinstance(event, Failed) and event.code == WipeOrderedError.code
            try:
                if isinstance(event, Failed) and event.code == DIED:
                    self._note_death(event, keys.incarnation)
            finally:
                heard(event)

        return SyncProcess(sync_command(), job, hears)

    def _note_death(self, died: Failed, incarnation: int) -> None:
        """For the log of runs: what the process could not write itself. Where even that fails, the failure is shown."""
        desk = self.desk
        with contextlib.suppress(ClinicDeskError):
            user = str(desk.person.user_id)
            record_death(desk.store, str(desk.device_id), user, desk.clock, incarnation, died.params)

    def _sync_status(self) -> SyncStatus:
        with self.desk.look(Act.VIEW_SYNC) as session:
            return read_status(session)

    def _on_sync(self) -> None:
        if self._wipe_ordered and not self.sync.state.running:
            self._wipe_ordered = False
            self._desktop.wipe()
            return
        if self._workspace is not None:
            self._workspace.set_sync(self.sync.chip())
            status = self.sync.state.status
            self._workspace.set_count("sync", status.to_decide if status else 0, act=True)

    def _remind(self) -> None:
        """The 30 and 7 day tasks of consents (ux-spec 7.7)."""
        if self._stop_reminding is not None:
            self._stop_reminding()
            self._stop_reminding = None
        reminders = ConsentReminders(self.desk)
        if reminders.may_remind:
            self._desktop.application.runner.run(reminders.remind, key="consent-reminders")

    def _count_due(self) -> None:
        if not self.desk.may(Act.VIEW_MEDICATION):
            return
        doses = Doses(self.desk)
        self._desktop.application.runner.run(lambda: doses.due(self.desk.now()), done=self._on_due, key="due-counts")

    def _on_due(self, board: DueBoard) -> None:
        waiting = sum(dose.state in WAITING for dose in board.doses)
        self._due = (waiting, board.late)
        if self._workspace is not None:
            self._workspace.set_count("medications", waiting + board.late, act=board.late > 0)


class DeskPin:
    """The PIN of the person at this desk (`presentation.quick_pin.OwnPin`)."""

    def __init__(self, pins: QuickUnlocking, desk: Desk) -> None:
        self._pins = pins
        self._desk = desk

    def why_not(self) -> str:
        return self._pins.why_not(self._desk)

    def until(self) -> dt.datetime | None:
        return self._pins.until(self._desk.unlocked.user_id)

    def set_pin(self, pin: str) -> dt.datetime:
        return self._pins.set_pin(self._desk, pin)

    def forget(self) -> None:
        self._pins.forget(self._desk.unlocked.user_id)


def sync_command() -> list[str]:
    """How this program starts its own sync process, bundled or from a checkout."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "sync-worker"]
    return [sys.executable, "-m", "clinicdesk", "sync-worker"]
