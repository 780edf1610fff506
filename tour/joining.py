"""First steps: two workstations join, the district arrives, people are admitted, a roster is imported."""

from __future__ import annotations

from pathlib import Path

from clinicdesk.bootstrap.demo import ADMINISTRATOR, PASSWORD, SECOND, Demonstration
from clinicdesk.bootstrap.device_office import DistrictDevices
from clinicdesk.bootstrap.district_line import DistrictLine
from clinicdesk.models import Device, RosterImport, Student, SyncSession, UserKey
from clinicdesk.services.admission import Admission
from tour.hand import CTRL, K, TourError
from tour.place import FIRST_PULL_S, SYNC_S, Station
from tour.record import Record, Rows
from tour.roster import NEWCOMER, write_delta


class Arriving:
    """From the invite to a filled, synced first workstation."""

    def __init__(
        self,
        place: Demonstration,
        code: str,
        first: Station,
        second: Station,
        record: Record,
        *,
        nurse: str,
        school: str,
    ) -> None:
        self._place = place
        self._code = code
        self._first = first
        self._second = second
        self._record = record
        self._nurse = nurse
        self._school = school

    def run(self) -> None:
        step = self._record.run
        self._first.show()
        step("First run: invite, code and first person", "first-run", self._join_first)
        step("First run: recovery kit typed again", "first-run", self._keep_kit)
        self._first.hide()
        self._second.show()
        step("Second workstation asks to join", "first-run", self._join_second)
        self._second.hide()
        self._first.show()
        step("The sign-in card", "unlock", self._first_card)
        step("Unlock; the district's data arrives", "today", self._unlock)
        step("Sync", "today", self._sync)
        step("Roster import", "admin.roster", self._import)
        step("Nurse admitted, second workstation approved", "today", self._let_in)
        step("Sync", "sync", self._sync)
        step("Lock", "unlock", self._lock)

    def _join_first(self) -> Rows:
        self._first.join(self._place.first_invite.read_text(encoding="utf-8").strip(), self._code, ADMINISTRATOR)
        return {}

    def _keep_kit(self) -> Rows:
        self._first.keep_kit()
        return {}

    def _join_second(self) -> Rows:
        invite = self._place.invite(SECOND, self._school).read_text(encoding="utf-8").strip()
        self._second.join(invite, "", self._nurse)
        self._second.keep_kit()
        self._second.leave_first_run()
        return {}

    def _first_card(self) -> Rows:
        self._first.leave_first_run()
        return {}

    def _unlock(self) -> Rows:
        self._first.unlock(ADMINISTRATOR, FIRST_PULL_S)
        students = self._first.ids(Student)
        if not students or not self._first.on("today"):
            raise TourError("the district did not arrive")
        return {}

    def _sync(self) -> Rows:
        before = self._first.ids(SyncSession)
        self._first.sync()
        made = self._first.ids(SyncSession) - before
        if not made:
            raise TourError("no session was recorded")
        return {"SyncSession": sorted(made)}

    def _import(self) -> Rows:
        first, hand = self._first, self._first.hand
        package = self._place.folder / "delta.zip"
        write_delta(package)
        students, imports = first.ids(Student), first.ids(RosterImport)
        self._open_roster()
        hand.go_to("roster.path")
        hand.write(_short(package))
        hand.press(K.Key_Return)
        first.quiet()
        hand.press(K.Key_Return, modifiers=CTRL)
        hand.until(lambda: len(first.ids(Student)) > len(students), "new student", SYNC_S)
        first.quiet()
        made = first.ids(Student) - students
        names = first.ids(Student, Student.first_name == NEWCOMER[0], Student.last_name == NEWCOMER[1])
        if made != names or len(made) != 1:
            raise TourError("the import did not bring exactly the new student")
        return {"Student": sorted(made), "RosterImport": sorted(first.ids(RosterImport) - imports)}

    def _open_roster(self) -> None:
        hand = self._first.hand
        hand.press(K.Key_K, modifiers=CTRL)
        hand.write("roster")
        self._first.quiet()
        hand.press(K.Key_Return)
        hand.until(lambda: self._first.on("admin.roster"), "roster screen")
        self._first.quiet()

    def _let_in(self) -> Rows:
        first = self._first
        keys = first.ids(UserKey)
        Admission(first.desk, first.desktop.here).admit(self._nurse, PASSWORD)
        desk = first.desk
        line = DistrictLine(desk.store, desk.unlocked, desk.person.user_id, first.desktop.paths, desk.clock)
        office = DistrictDevices(desk, line)
        (waiting,) = office.devices().waiting
        office.approve(waiting.id, (), False)
        return {"UserKey": sorted(first.ids(UserKey) - keys), "Device": sorted(first.ids(Device))}

    def _lock(self) -> Rows:
        self._first.lock()
        return {}


def _short(path: Path) -> str:
    """The path as a person would type it: from the folder the program runs in, where that is shorter."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
