"""Rows for sync tests: plain, valid, obviously invented."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from tests.support.district import NOW, Town, fresh

from clinicdesk.core.identifiers import new_id
from clinicdesk.models import Allergy, ClinicVisit, MedicationLog, Student, StudentEnrollment, VitalSigns
from clinicdesk.models.enums import (
    AllergySeverity,
    DoseOutcome,
    EnrollmentStatus,
    Gender,
    NumberStatus,
    Route,
    Unit,
)
from clinicdesk.server.own_writes import OwnWrites


def a_visit(town: Town, student: str = "iris", *, notes: str = "Rested ten minutes", **more: Any) -> ClinicVisit:
    return ClinicVisit(
        student_id=uuid.UUID(town.students.get(student, student)),
        school_id=uuid.UUID(town.oak),
        attended_by=uuid.UUID(town.ann),
        check_in_time=NOW,
        recorded_at=NOW,
        reason_for_visit=["HEADACHE"],
        zone_offset_minutes=-360,
        notes=notes,
        **more,
    )


def an_allergy(town: Town, student: str = "iris", **more: Any) -> Allergy:
    given = {"allergen": "Peanut", "severity": AllergySeverity.SEVERE, **more}
    return Allergy(student_id=uuid.UUID(town.students[student]), **given)


def vitals(town: Town, student: str = "iris", **more: Any) -> VitalSigns:
    return VitalSigns(
        student_id=uuid.UUID(town.students.get(student, student)),
        measurement_date=NOW,
        measured_by=uuid.UUID(town.ann),
        zone_offset_minutes=-360,
        **more,
    )


def a_student(town: Town, number: str | None, first_name: str = "Nils") -> tuple[Student, StudentEnrollment]:
    """Registered at the desk, provisionally enrolled at Oak (D10)."""
    key = new_id()
    student = Student(
        id=key,
        student_number=number,
        number_status=NumberStatus.CONFIRMED if number else NumberStatus.PROVISIONAL,
        first_name=first_name,
        last_name="Sample",
        date_of_birth=dt.date(2015, 5, 5),
        grade="5",
        gender=Gender.MALE,
        enrollment_date=NOW,
        school_id=uuid.UUID(town.oak),
    )
    enrolment = StudentEnrollment(
        student_id=key, school_id=uuid.UUID(town.oak), starts_on=NOW.date(), status=EnrollmentStatus.PROVISIONAL
    )
    return student, enrolment


def another_nurse(town: Town) -> str:
    """A second nurse at Oak."""
    key = fresh()
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, None, town.clock.now())
        person = {
            "email": f"cora-{key[-6:]}@example.org",
            "first_name": "Cora",
            "last_name": "Example",
            "role": "NURSE",
            "district_id": town.district,
            "school_id": town.oak,
        }
        writes.insert("users", {key: person})
        writes.close()
    return key


def an_order(town: Town, student: str = "iris") -> tuple[str, str]:
    """A medicine and an active order for it, as the district has them: (medicine, order)."""
    medicine, order = fresh(), fresh()
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, None, town.clock.now())
        writes.insert("medications", {medicine: {"name": "Samplin", "dosage_form": "Tablet", "strength": "10 mg"}})
        writes.insert(
            "student_medications",
            {
                order: {
                    "student_id": town.students[student],
                    "medication_id": medicine,
                    "dosage": "10 mg",
                    "frequency": "daily at noon",
                    "route": "ORAL",
                    "start_date": NOW,
                    "is_active": True,
                    "prescribed_by_name": "Dr. Example",
                    "root_id": order,
                    "version": 1,
                    "status": "ACTIVE",
                    "activated_at": NOW,
                    "activated_by": town.ann,
                    "dose_amount": "10",
                    "dose_unit": "mg",
                    "schedule_kind": "SCHEDULED",
                    "times_of_day": ["12:00"],
                }
            },
        )
        writes.close()
    return medicine, order


def a_dose(town: Town, medicine: str, order: str, device: str, **more: Any) -> MedicationLog:
    return MedicationLog(
        student_id=uuid.UUID(town.students["iris"]),
        medication_id=uuid.UUID(medicine),
        student_medication_id=uuid.UUID(order),
        order_root_id=uuid.UUID(order),
        order_version=1,
        dosage=10,
        dosage_unit=Unit("mg"),
        route=Route("ORAL"),
        administered_at=NOW,
        administered_by=uuid.UUID(town.ann),
        was_given=True,
        outcome=DoseOutcome.GIVEN,
        scheduled_for=NOW,
        slot_key="2026-03-02T12:00",
        school_id=uuid.UUID(town.oak),
        recorded_at=NOW,
        zone_offset_minutes=-360,
        device_id=uuid.UUID(device),
        **more,
    )
