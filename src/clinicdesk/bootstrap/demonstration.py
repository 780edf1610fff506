"""Fills a new district with the demonstration, as a real past would have left it (D64)."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from clinicdesk.core.clock import Clock
from clinicdesk.core.identifiers import new_id
from clinicdesk.demonstration.calendar_facts import SchoolYears, school_years
from clinicdesk.demonstration.history import History
from clinicdesk.demonstration.people import STUDENTS, DistrictPlan, plan_district
from clinicdesk.demonstration.reference import Placed, reference_rows
from clinicdesk.demonstration.roster_zip import write_roster
from clinicdesk.demonstration.rows import Keys
from clinicdesk.domain.roster.difference import RosterPlan
from clinicdesk.domain.roster.held import ContactFacts, HeldRoster, Kind, LinkKind
from clinicdesk.domain.roster.plan import plan_import
from clinicdesk.interchange.oneroster import read_package
from clinicdesk.models.registry import tables_in_key_order
from clinicdesk.security.sealed_fields import DataKeyRing
from clinicdesk.server.database import Database
from clinicdesk.server.house import House
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.server.sessions import read_district
from clinicdesk.services.field_keys import SUITE
from clinicdesk.services.roster import without_cycle_search
from clinicdesk.services.roster_writing import LINKS, first_days, fixed_columns, link_columns
from clinicdesk.storage.queries.roster_columns import ROSTER_TABLES

SEED = 20_261
ROSTER_FILE = "roster.zip"
DRAWN = "drawn"
"""The photograph of an invented person: a portrait drawn from the id (D64)."""

WRITERS = 2
MORNING_HOUR = 11
ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage",
    "Pacific/Honolulu", "Pacific/Pago_Pago", "Pacific/Fiji", "Pacific/Noumea", "Australia/Brisbane", "Asia/Tokyo",
    "Asia/Singapore", "Asia/Bangkok", "Asia/Dhaka", "Asia/Karachi", "Asia/Dubai", "Europe/Istanbul", "Europe/Athens",
    "Europe/Berlin", "Europe/London", "Atlantic/Azores", "America/Noronha", "America/Sao_Paulo", "America/Halifax",
)  # fmt: skip
"""One for every hour: somewhere it is always late morning, and the noon doses are still to be given."""

Rows = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Loader:
    """What `clinicdesk-district init --demonstration` calls while it holds the data keys.

    `students` scales the district down for tests. `zone` is that of the schools; None takes one where it is late
    morning now, so that a demonstration always finds a medication round.
    """

    seed: int = SEED
    students: int = STUDENTS
    zone: ZoneInfo | None = None

    def __call__(self, house: House, database: Database, clock: Clock, ring: DataKeyRing) -> None:
        """Load roster and history; each school in a transaction of its own."""
        zone = self.zone or late_morning_zone(clock.now())
        today = clock.now().astimezone(zone).date()
        plan = plan_district(self.seed, today, self.students)
        package = house.folder / ROSTER_FILE
        write_roster(plan, package)
        loading = _Loading(plan, school_years(plan.year_start, plan.year_end, today), zone, database, clock, ring)
        with without_cycle_search():
            loading.load(package)


def late_morning_zone(now: dt.datetime) -> ZoneInfo:
    """The first zone of the list whose clocks are nearest to eleven."""

    def minutes_off(name: str) -> int:
        local = now.astimezone(ZoneInfo(name))
        return abs(local.hour * 60 + local.minute - MORNING_HOUR * 60)

    return ZoneInfo(min(ZONES, key=minutes_off))


class _Loading:
    def __init__(
        self,
        plan: DistrictPlan,
        years: SchoolYears,
        zone: ZoneInfo,
        database: Database,
        clock: Clock,
        ring: DataKeyRing,
    ) -> None:
        self._plan = plan
        self._years = years
        self._zone = zone
        self._database = database
        self._clock = clock
        self._ring = ring
        self._keys = Keys(random.Random(plan.seed))  # noqa: S311 - keys of invented rows
        self._order = tuple(tables_in_key_order())

    def load(self, package: Path) -> None:
        with self._database.owning() as connection:
            district = read_district(connection)
        self._district, self._system = uuid.UUID(district.id), uuid.UUID(district.system_user)
        roster = plan_import(read_package(package), HeldRoster(), today=self._plan.year_start, new_id=self._roster_key)
        placed = self._placed(roster)
        self._write(self._roster_rows(roster))
        batch, formulary = reference_rows(self._plan, placed, self._years, self._zone, self._keys, self._system)
        if self._years.today_is_extra:
            self._extra_day(batch.tables)
        self._write(batch.tables)
        history = History(
            self._plan, placed, formulary, self._years, self._zone, self._keys, new_id(), self._clock.now()
        )
        # One school is prepared here while PostgreSQL writes others; no more of them wait in memory.
        with ThreadPoolExecutor(WRITERS) as writers:
            under_way: deque[Future[None]] = deque()
            for past in history.batches():
                under_way.append(writers.submit(self._write, past.tables))
                if len(under_way) > WRITERS:
                    under_way.popleft().result()
            for written in under_way:
                written.result()

    def _write(self, tables: Mapping[str, Rows]) -> None:
        """One transaction: rows, memberships, log and digests."""
        with self._database.owning() as connection:
            writes = OwnWrites(connection, str(self._district), str(self._system), self._clock.now())
            for table in sorted(tables, key=self._order.index):
                writes.insert(table, tables[table])
            writes.close()

    def _roster_key(self) -> uuid.UUID:
        start = dt.datetime.combine(self._plan.year_start, dt.time(6), tzinfo=dt.UTC)
        return self._keys.at(start)

    def _roster_rows(self, roster: RosterPlan) -> dict[str, Rows]:
        found: dict[str, dict[str, dict[str, Any]]] = {}
        since = first_days(roster)
        for change in roster.changes:
            known = ROSTER_TABLES[change.kind]
            fixed = fixed_columns(change, self._district, since, self._plan.year_start)
            values = {**known.write(change.after), **fixed}
            if change.kind is Kind.SCHOOL:
                values["time_zone"] = self._zone.key
            if change.kind is Kind.STUDENT:
                values["photo"] = DRAWN
            if change.kind is Kind.GUARDIAN:
                # A roster grants no rights; the office of the demonstration has asked every family.
                values |= {"may_consent": True, "can_pickup_student": True}
            if change.kind is Kind.SESSION:
                values["school_days"] = [0, 1, 2, 3, 4]
            found.setdefault(known.table.name, {})[str(change.row_id)] = values
            if change.kind is Kind.STUDENT:
                found.setdefault("sealed_keys", {})[str(self._roster_key())] = self._sealed_key(change.row_id)
        for key, remembered in roster.links_added.items():
            link = link_columns(roster.source.key, key, remembered, None)
            found.setdefault(LINKS.name, {})[str(self._roster_key())] = link
        return dict(found)

    def _sealed_key(self, student: uuid.UUID) -> dict[str, Any]:
        """D32: the field key is made in the transaction that inserts the student."""
        key = self._ring.new_student_key(student)
        try:
            wrapped = self._ring.wrap_student_key(student, key)
        finally:
            key.destroy()
        return {"student_id": student, "suite": SUITE, "data_key_epoch": self._ring.epoch, "wrapped_key": wrapped}

    def _extra_day(self, tables: dict[str, dict[str, Mapping[str, object]]]) -> None:
        today = self._clock.now().astimezone(self._zone).date()
        tables.setdefault("calendar_days", {})[str(self._keys.at(self._clock.now()))] = {
            "day": today,
            "kind": "EXTRA_SCHOOL_DAY",
            "title": "Day of the demonstration",
        }

    def _placed(self, roster: RosterPlan) -> Placed:
        rows = {key: remembered.row_id for key, remembered in roster.links_added.items()}
        contacts = {change.row_id for change in roster.changes if isinstance(change.after, ContactFacts)}
        return Placed(
            self._district,
            [rows[LinkKind.ORG, school.source_id] for school in self._plan.schools],
            [rows[LinkKind.STUDENT, student.source_id] for student in self._plan.students],
            dict(self._contacts(rows, contacts)),
        )

    def _contacts(
        self, rows: Mapping[tuple[LinkKind, str], uuid.UUID], contacts: set[uuid.UUID]
    ) -> Iterator[tuple[str, uuid.UUID]]:
        for student in self._plan.students:
            for guardian in student.guardians:
                row = rows[LinkKind.GUARDIAN, guardian.source_id]
                assert row in contacts
                yield guardian.source_id, row
