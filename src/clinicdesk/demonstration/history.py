"""A year of a district's clinics: encounters in the volumes and the mix of domain-rules 2, by the rules they obey.

Everything is origin IMPORTED: frozen as a signed row is, but without a person's signature (D64).
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from clinicdesk.demonstration.calendar_facts import SchoolYears
from clinicdesk.demonstration.dose_history import DoseHistory
from clinicdesk.demonstration.people import DistrictPlan, StudentPlan
from clinicdesk.demonstration.reference import Formulary, Placed
from clinicdesk.demonstration.rows import Batch, Keys
from clinicdesk.demonstration.vaccine_stock import Giver, VaccineStock
from clinicdesk.demonstration.visit_history import VisitHistory

ENCOUNTERS_A_STUDENT = 11.4
ENCOUNTERS_WITH_PLAN = 118
SHARE_MEDICATION = 0.315
SHARE_PROCEDURE = 0.062
SHARE_SCREENING = 0.051


@dataclass(frozen=True, slots=True)
class Volumes:
    """How many encounters of each kind the year has."""

    medication: int
    procedures: int
    screenings: int
    visits: int

    @property
    def total(self) -> int:
        return self.medication + self.procedures + self.screenings + self.visits


def volumes(students: int) -> Volumes:
    """Encounters of a year by kind, for that many students."""
    total = round(students * ENCOUNTERS_A_STUDENT)
    medication = round(total * SHARE_MEDICATION)
    procedures = round(total * SHARE_PROCEDURE)
    screenings = round(total * SHARE_SCREENING)
    return Volumes(medication, procedures, screenings, total - medication - procedures - screenings)


@dataclass(frozen=True, slots=True)
class Clinic:
    """What the history of one school is made from."""

    at: int
    school: uuid.UUID
    nurse: uuid.UUID
    second: uuid.UUID
    zone: ZoneInfo


class History:
    """Writes the past of each school as one batch, students' rows before what happened to them."""

    def __init__(
        self,
        plan: DistrictPlan,
        placed: Placed,
        formulary: Formulary,
        years: SchoolYears,
        zone: ZoneInfo,
        keys: Keys,
        device: uuid.UUID,
        now: dt.datetime,
    ) -> None:
        self._plan = plan
        self._placed = placed
        self._formulary = formulary
        self._years = years
        self._zone = zone
        self._keys = keys
        self._device = device
        self._now = now
        self._chance = random.Random(plan.seed + 1)  # noqa: S311 - invented events, not secrets
        self._volumes = volumes(len(plan.students))

    def batches(self) -> Iterator[Batch]:
        """One batch a school; the volumes are spread over all students, those with a plan first."""
        with_plan = [at for at, student in enumerate(self._plan.students) if student.has_plan]
        days = len(self._years.past)
        doses = self._shared(self._volumes.medication, with_plan, most=days)
        procedures = self._shared(self._volumes.procedures, with_plan, most=days)
        own_visits = max(0, ENCOUNTERS_WITH_PLAN * len(with_plan) - self._volumes.medication - self._volumes.procedures)
        visits = self._spread(min(own_visits, self._volumes.visits), with_plan)
        others = [at for at in range(len(self._plan.students)) if not self._plan.students[at].has_plan]
        visits |= self._spread(self._volumes.visits - sum(visits.values()), others)
        screenings = set(self._chance.sample(others, min(self._volumes.screenings, len(others))))
        for at, school in enumerate(self._placed.schools):
            clinic = self._clinic(at, school)
            batch = Batch()
            dosing = DoseHistory(
                batch, clinic, self._formulary, self._years, self._keys, self._chance, self._device, self._now
            )
            visiting = VisitHistory(batch, clinic, self._years, self._keys, self._chance, self._now)
            mine: list[tuple[uuid.UUID, StudentPlan, tuple[uuid.UUID, str]]] = []
            for number, student in enumerate(self._plan.students):
                if student.schools[0] != at:
                    continue
                row, contact = self._placed.students[number], self._contact(student)
                if number in doses:
                    dosing.year_of(row, student, contact, doses[number])
                visiting.background(row, student)
                visiting.visits(row, student, contact, visits.get(number, 0))
                visiting.procedures(row, procedures.get(number, 0))
                if number in screenings:
                    visiting.screening(row)
                mine.append((row, student, contact))
            dosing.weekly_counts()
            visiting.today(mine)
            self._vaccines(batch, clinic).fill(mine)
            yield batch

    def _vaccines(self, batch: Batch, clinic: Clinic) -> VaccineStock:
        nurse = next(person for person in self._plan.staff if person.id == clinic.nurse)
        giver = Giver(
            f"{nurse.first_name} {nurse.last_name}", nurse.credentials or "Nurse", self._plan.schools[clinic.at].name
        )
        places = self._formulary.medications, self._formulary.items
        return VaccineStock(batch, clinic, *places, self._years, self._keys, self._device, self._now, giver)

    def _clinic(self, at: int, school: uuid.UUID) -> Clinic:
        nurses = [person for person in self._plan.staff if person.role == "NURSE" and at in person.schools]
        seconds = [person for person in self._plan.staff if person.id != nurses[0].id]
        return Clinic(at, school, nurses[0].id, seconds[(at + 1) % len(seconds)].id, self._zone)

    def _contact(self, student: StudentPlan) -> tuple[uuid.UUID, str]:
        guardian = student.guardians[0]
        return self._placed.contacts[guardian.source_id], f"{guardian.first_name} {guardian.last_name}"

    def _shared(self, total: int, students: list[int], most: int) -> dict[int, int]:
        """Whole years for as many students as it takes, and the rest spread over the others."""
        found: dict[int, int] = {}
        if not most:
            return found
        for at in students:
            found[at] = min(most, total)
            total -= found[at]
            if total < most:
                break
        left = [at for at in students if at not in found]
        if left and total:
            found |= self._spread(total, left)
        return found

    def _spread(self, total: int, students: list[int]) -> dict[int, int]:
        found = dict.fromkeys(students, 0)
        for at in self._chance.choices(students, k=total) if students else ():
            found[at] += 1
        return {at: count for at, count in found.items() if count}
