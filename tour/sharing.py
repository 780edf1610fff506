"""Two workstations: sync, the same record edited on both, the conflict, a person's decision, equal digests."""

from __future__ import annotations

import uuid

from clinicdesk.bootstrap.demo import Demonstration
from clinicdesk.models import Student, SyncConflict
from clinicdesk.models.enums import SyncConflictStatus
from tour.hand import CTRL, K, TourError
from tour.place import FIRST_PULL_S, Digests, Station
from tour.record import Record, Rows
from tour.roster import NEWCOMER

MINE, THEIRS = "Mina", "Billie"


class Sharing:
    """The administrator at the first workstation and the nurse at the second one call one student differently."""

    def __init__(
        self,
        place: Demonstration,
        first: Station,
        second: Station,
        record: Record,
        part: str,
        *,
        administrator: str,
        nurse: str,
    ) -> None:
        self._place = place
        self._first = first
        self._second = second
        self._record = record
        self._part = part
        self._administrator = administrator
        self._nurse = nurse
        self._theirs: Digests = {}

    def run(self) -> None:
        step = self._record.run
        step("Sync centre after the morning", "sync", self._sync_centre)
        step("Record edited on the first workstation", "students.chart", self._edit_here)
        self._first.hide()
        self._second.show()
        step("The second workstation is approved and filled", "today", self._arrive)
        step("The same record edited there", "students.chart", self._edit_there)
        self._second.hide()
        self._first.show()
        step("The conflict", "sync", self._conflict)
        step("The conflict resolved", "sync", self._resolve)
        self._first.hide()
        self._second.show()
        step("The second workstation follows", "sync", self._follow)
        self._second.hide()
        self._first.show()
        step("Both sides have equal digests", "sync", self._equal)

    def _sync_centre(self) -> Rows:
        self._first.go("sync")
        self._first.sync()
        return {}

    def _edit_here(self) -> Rows:
        self._first.lock()
        self._first.unlock(self._administrator)
        if self._part == "conflict":
            return {}
        return self._call(self._first, MINE)

    def _arrive(self) -> Rows:
        self._second.unlock(self._nurse, FIRST_PULL_S)
        if not self._second.ids(Student):
            raise TourError("the second workstation is empty")
        return {}

    def _edit_there(self) -> Rows:
        rows = self._call(self._second, THEIRS)
        self._second.sync()
        return rows

    def _call(self, station: Station, name: str) -> Rows:
        """Give the student of the roster import a preferred name, in her chart."""
        hand = station.hand
        (student,) = station.ids(Student, Student.first_name == NEWCOMER[0], Student.last_name == NEWCOMER[1])
        station.palette(NEWCOMER[1].lower(), "students.chart")
        station.palette("preferred name")
        hand.until(lambda: station.workspace.sheet.content is not None, "sheet for the name")
        hand.press(K.Key_A, modifiers=CTRL)
        hand.write(name)
        hand.press(K.Key_Return, modifiers=CTRL)
        hand.until(lambda: self._name_of(station, student) == name, "name on record")
        station.quiet()
        return {"Student": [student]}

    @staticmethod
    def _name_of(station: Station, student: uuid.UUID) -> str | None:
        with station.reading() as session:
            return session.get_one(Student, student).preferred_name

    def _conflict(self) -> Rows:
        self._first.unlock(self._administrator)
        self._first.go("sync")
        self._first.sync()
        opened = self._first.ids(SyncConflict, SyncConflict.status == SyncConflictStatus.PENDING)
        if len(opened) != 1:
            raise TourError(f"{len(opened)} conflicts are open, not one")
        self._first.hand.press(K.Key_Return)
        self._first.quiet()
        return {"SyncConflict": sorted(opened)}

    def _resolve(self) -> Rows:
        hand = self._first.hand
        opened = self._first.ids(SyncConflict, SyncConflict.status == SyncConflictStatus.PENDING)
        if not opened:
            raise TourError("there is no conflict to decide")
        # The conflict was opened in the step before: the focus stands in its first field.
        if hand.at("sync.list"):
            raise TourError("the conflict is not open")
        hand.press(K.Key_3)
        hand.press(K.Key_Return)
        hand.press(K.Key_Return, modifiers=CTRL)
        hand.until(
            lambda: not self._first.ids(SyncConflict, SyncConflict.status == SyncConflictStatus.PENDING), "decision"
        )
        self._first.quiet()
        self._first.sync()
        return {"SyncConflict": sorted(opened)}

    def _follow(self) -> Rows:
        self._second.unlock(self._nurse)
        self._second.go("sync")
        if self._part != "digest":
            self._second.sync()
        self._theirs = self._second.digest()
        return {}

    def _equal(self) -> Rows:
        self._first.unlock(self._administrator)
        self._first.go("sync")
        self._first.sync()
        mine, theirs, district = self._first.digest(), self._theirs, self._of_district()
        if mine.keys() != district.keys():
            raise TourError("the first workstation does not hold every scope of the district")
        if len(mine.keys() & theirs.keys()) < 2:
            raise TourError("the workstations share no school")
        for holder, held in (("first workstation", mine), ("second workstation", theirs)):
            different = _different_tables(held, district)
            if different:
                raise TourError(f"digests of the {holder} and the district differ: {', '.join(different)}")
        if self._first.pending():
            raise TourError("not everything was sent")
        return {}

    def _of_district(self) -> Digests:
        """What `clinicdesk-district digest` prints while the server runs."""
        answer = self._place.district("digest", "--embedded", str(self._place.server))
        return {
            scope: {table: (of["rows"], of["digest"]) for table, of in tables.items() if of["rows"]}
            for scope, tables in answer["scopes"].items()
        }


def _different_tables(held: Digests, district: Digests) -> list[str]:
    """Tables of the scopes somebody holds in which the district has other rows."""
    return sorted(
        {
            table
            for scope in held
            for table in held[scope].keys() | district.get(scope, {}).keys()
            if held[scope].get(table) != district.get(scope, {}).get(table)
        }
    )
