"""Visits, procedures, screenings and what is known of each student, for one school of the demonstration."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from clinicdesk.demonstration.calendar_facts import SchoolYears
from clinicdesk.demonstration.people import StudentPlan
from clinicdesk.demonstration.rows import Batch, Keys
from clinicdesk.domain.visit_templates import TEMPLATES

if TYPE_CHECKING:
    from clinicdesk.demonstration.history import Clinic

MINOR = tuple(template for template in TEMPLATES.values() if template.minor and template.key != "medication_visit")
SHARE_SENT_HOME = 0.052
"""Of visits: 3.0 % of all encounters are dismissals, and visits are 57.8 % of these."""

SHARE_PARENT_CONTACT = 0.183
"""Of visits: a parent is reached in 10.6 % of all encounters."""

SHARE_WITH_VITALS = 0.35
ALLERGENS = (
    ("Peanut", "FOOD", "LIFE_THREATENING", ["throat swelling", "hives"]),
    ("Tree nuts", "FOOD", "SEVERE", ["hives"]),
    ("Bee sting", "INSECT", "MODERATE", ["local swelling"]),
    ("Amoxicillin", "MEDICATION", "MODERATE", ["hives"]),
    ("Cat dander", "ENVIRONMENTAL", "MILD", ["sneezing"]),
    ("Latex", "LATEX", "MILD", ["rash"]),
)
ALLERGIC_EVERY = 12
VACCINES = (
    ("DTaP", "20", (2, 4, 6, 15, 48)),
    ("IPV", "10", (2, 4, 6, 48)),
    ("MMR", "03", (12, 48)),
    ("Varicella", "21", (12, 48)),
    ("Hep B", "08", (0, 1, 6)),
)
WAITING = (41, 24, 9)
"""Minutes that the students in the clinic have been there."""

IN_CLINIC_NOW = len(WAITING)
VISITS_THIS_MORNING = 16
LEAST_MORNING = 90
SHOTS_EVERY = 3
"""Every third student's outside record has been transcribed so far."""


class VisitHistory:
    """What happened in one school's clinic but for doses, written into its batch."""

    def __init__(
        self,
        batch: Batch,
        clinic: Clinic,
        years: SchoolYears,
        keys: Keys,
        chance: random.Random,
        now: dt.datetime,
    ) -> None:
        self._batch = batch
        self._clinic = clinic
        self._years = years
        self._keys = keys
        self._chance = chance
        self._now = now

    def background(self, student: uuid.UUID, plan: StudentPlan) -> None:
        """Allergies and doses given elsewhere, as parents reported them before school began."""
        at = self._at(self._years.years[0][0] - dt.timedelta(days=5), 9 * 60)
        if self._chance.randrange(ALLERGIC_EVERY) == 0:
            allergen, kind, severity, reactions = self._chance.choice(ALLERGENS)
            self._batch.put(
                "allergies", self._keys.at(at), at, self._clinic.nurse,
                student_id=student, allergen=allergen, allergy_type=kind, severity=severity, reactions=reactions,
                verified=True, verified_by=self._clinic.nurse, verification_date=at,
                epi_pen_required=severity == "LIFE_THREATENING",
            )  # fmt: skip
        if self._chance.randrange(SHOTS_EVERY) == 0:
            for name, cvx, months in VACCINES:
                for month in months:
                    given = self._at(plan.born + dt.timedelta(days=round(month * 30.44) + 2), 12 * 60)
                    self._batch.put(
                        "immunizations", self._keys.at(at), at, self._clinic.nurse,
                        student_id=student, vaccine_name=name, cvx_code=cvx, vaccine_code=cvx, administered_date=given,
                        source="PARENT_RECORD", recorded_by=self._clinic.nurse, administered_by_name="former provider",
                    )  # fmt: skip

    def visits(self, student: uuid.UUID, plan: StudentPlan, contact: tuple[uuid.UUID, str], count: int) -> None:
        """Episodic visits from a template, back to class but for those who are sent home."""
        for _ in range(count):
            template = self._chance.choice(MINOR)
            at = self._moment()
            home = self._chance.random() < SHARE_SENT_HOME
            visit = self._visit(
                student, at, template.complaint, template.key, template.interventions[:1], home, contact[1]
            )
            if home or self._chance.random() < SHARE_PARENT_CONTACT:
                self._call(student, visit, contact, at + dt.timedelta(minutes=6))
            if self._chance.random() < SHARE_WITH_VITALS:
                self._vitals(student, visit, at + dt.timedelta(minutes=2), feverish=home)

    def today(self, students: Sequence[tuple[uuid.UUID, StudentPlan, tuple[uuid.UUID, str]]]) -> None:
        """This morning's visits, and the few students who are in the clinic right now."""
        opened = self._at(self._now.astimezone(self._clinic.zone).date(), 8 * 60)
        minutes = int((self._now - opened).total_seconds() // 60)
        if minutes < LEAST_MORNING or len(students) < VISITS_THIS_MORNING:
            return
        chosen = self._chance.sample(students, VISITS_THIS_MORNING)
        for place, (student, plan, contact) in enumerate(chosen):
            template = self._chance.choice(MINOR)
            if place < IN_CLINIC_NOW:
                self._check_in(
                    student, self._now - dt.timedelta(minutes=WAITING[place]), template.complaint, template.key
                )
                continue
            at = opened + dt.timedelta(minutes=self._chance.randint(5, minutes - 60))
            # Who has doses due today is at school for them.
            home = place % 9 == 0 and not plan.has_plan
            self._visit(student, at, template.complaint, template.key, template.interventions[:1], home, contact[1])

    def _check_in(self, student: uuid.UUID, at: dt.datetime, complaint: str, template: str) -> None:
        visit = self._batch.put(
            "clinic_visits", self._keys.at(at), at, self._clinic.nurse,
            student_id=student, check_in_time=at, reason_for_visit=[complaint], complaints=[complaint],
            template_code=template, attended_by=self._clinic.nurse, school_id=self._clinic.school,
            zone_offset_minutes=self._offset(at), source="DESK", recorded_at=at,
        )  # fmt: skip
        self._batch.put(
            "visit_events", self._keys.at(at), at, self._clinic.nurse,
            visit_id=visit, student_id=student, kind="CHECKED_IN", occurred_at=at,
            zone_offset_minutes=self._offset(at), performed_by=self._clinic.nurse,
        )  # fmt: skip

    def procedures(self, student: uuid.UUID, count: int) -> None:
        """Care by plan at school: here glucose checks."""
        for _ in range(count):
            at = self._moment()
            visit = self._visit(student, at, "diabetes_care", None, ("glucose_check",), False, None)
            self._batch.put(
                "vital_signs", self._keys.at(at), at, self._clinic.nurse,
                student_id=student, visit_id=visit, measurement_date=at, measured_by=self._clinic.nurse,
                blood_glucose=self._chance.randint(80, 190), blood_glucose_unit="mg/dL",
                zone_offset_minutes=self._offset(at), signed_at=at, signed_by=self._clinic.nurse,
            )  # fmt: skip

    def screening(self, student: uuid.UUID) -> None:
        at = self._moment()
        passed = self._chance.random() < 0.9
        self._batch.put(
            "health_screenings", self._keys.at(at), at, self._clinic.nurse,
            student_id=student, screening_type="VISION", screening_date=at, passed=passed,
            results={"right": "20/20" if passed else "20/50", "left": "20/25"}, conducted_by=self._clinic.nurse,
            zone_offset_minutes=self._offset(at), signed_at=at, signed_by=self._clinic.nurse,
        )  # fmt: skip

    def _visit(
        self,
        student: uuid.UUID,
        at: dt.datetime,
        complaint: str,
        template: str | None,
        interventions: tuple[str, ...],
        home: bool,
        guardian: str | None,
    ) -> uuid.UUID:
        minutes = self._chance.randint(4, 16) if not home else self._chance.randint(20, 55)
        out = at + dt.timedelta(minutes=minutes)
        return self._batch.put(
            "clinic_visits", self._keys.at(at), at, self._clinic.nurse,
            student_id=student, check_in_time=at, check_out_time=out, reason_for_visit=[complaint],
            complaints=[complaint], template_code=template, interventions=list(interventions),
            disposition="SENT_HOME" if home else "RETURN_TO_CLASS", released_to_name=guardian if home else None,
            minutes_missed=minutes, attended_by=self._clinic.nurse, school_id=self._clinic.school,
            zone_offset_minutes=self._offset(at), source="IMPORTED", recorded_at=out,
            signed_at=out, signed_by=self._clinic.nurse,
        )  # fmt: skip

    def _call(self, student: uuid.UUID, visit: uuid.UUID, contact: tuple[uuid.UUID, str], at: dt.datetime) -> None:
        self._batch.put(
            "contact_attempts", self._keys.at(at), at, self._clinic.nurse,
            student_id=student, visit_id=visit, contact_id=contact[0], contact_name=contact[1], channel="VOICE",
            outcome=self._chance.choice(("REACHED", "REACHED", "LEFT_MESSAGE")), occurred_at=at,
            zone_offset_minutes=self._offset(at), made_by=self._clinic.nurse,
        )  # fmt: skip

    def _vitals(self, student: uuid.UUID, visit: uuid.UUID, at: dt.datetime, *, feverish: bool) -> None:
        celsius = Decimal(self._chance.randint(381, 392) if feverish else self._chance.randint(364, 374)) / 10
        self._batch.put(
            "vital_signs", self._keys.at(at), at, self._clinic.nurse,
            student_id=student, visit_id=visit, measurement_date=at, temperature=celsius, temperature_unit="Cel",
            heart_rate=self._chance.randint(70, 105), measured_by=self._clinic.nurse,
            zone_offset_minutes=self._offset(at), signed_at=at, signed_by=self._clinic.nurse,
        )  # fmt: skip

    def _moment(self) -> dt.datetime:
        """Some minute of a school day, most of them around noon."""
        minute = round(self._chance.triangular(8 * 60 + 15, 14 * 60 + 45, 11 * 60 + 45))
        return self._at(self._chance.choice(self._years.past), minute)

    def _at(self, day: dt.date, minute: int) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(minute // 60, minute % 60), tzinfo=self._clinic.zone)

    def _offset(self, at: dt.datetime) -> int:
        offset = at.astimezone(self._clinic.zone).utcoffset() or dt.timedelta()
        return int(offset.total_seconds() // 60)
