"""First steps: two workstations join, the district arrives, people are admitted, a roster is imported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from clinicdesk.bootstrap.demo import ADMINISTRATOR, PASSWORD, SECOND, Demonstration
from clinicdesk.gui.widgets.tables import DataTable
from clinicdesk.models import RosterImport, Student, SyncSession, UserKey
from clinicdesk.presentation.admin.presenter import PersonLine
from tour.hand import CTRL, K, TourError
from tour.place import FIRST_PULL_S, SYNC_S, Station
from tour.record import Record, Rows
from tour.roster import NEWCOMER, write_delta

MOST_PEOPLE = 60


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
        step("Nurse admitted", "admin", self._admit)
        step("Second workstation approved", "admin", self._approve)
        step("Sync", "admin", self._sync)
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
        first.further_place("admin.roster")
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

    def _admit(self) -> Rows:
        """The nurse types her own password twice, on the administrator's screen."""
        first, hand = self._first, self._first.hand
        keys = first.ids(UserKey)
        first.palette("admin", "admin")
        hand.go_to("admin.people")
        self._down_to(lambda: _current(first, "admin.people") == self._nurse)
        hand.press(K.Key_Return)
        hand.go_to("admin.password")
        hand.write(PASSWORD)
        hand.press(K.Key_Return)
        hand.write(PASSWORD)
        hand.press(K.Key_Return)
        hand.until(lambda: len(first.ids(UserKey)) > len(keys), "nurse's keys", 60)
        first.quiet()
        return {"UserKey": sorted(first.ids(UserKey) - keys)}

    def _approve(self) -> Rows:
        """The number of the second workstation is compared, then it is let in."""
        first, hand = self._first, self._first.hand
        hand.go_to("admin.waiting")
        hand.press(K.Key_Return)
        hand.go_to("admin.compared")
        hand.press(K.Key_Space)
        hand.press(K.Key_Return, modifiers=CTRL)
        hand.until(lambda: first.workspace.sheet.content is None, "approval", 60)
        first.quiet()
        return {}

    def _down_to(self, there: Callable[[], bool]) -> None:
        self._first.hand.press(K.Key_Home)
        for _ in range(MOST_PEOPLE):
            if there():
                return
            self._first.hand.press(K.Key_Down)
        raise TourError("nobody of that name is in the list")

    def _lock(self) -> Rows:
        self._first.lock()
        return {}


def _current(station: Station, table: str) -> str:
    """The sign-in name in the current row of a table of people."""
    found = station.workspace.findChild(DataTable, table)
    line = found.current() if isinstance(found, DataTable) else None
    return line.sign_in if isinstance(line, PersonLine) else ""


def _short(path: Path) -> str:
    """The path as a person would type it: from the folder the program runs in, where that is shorter."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
