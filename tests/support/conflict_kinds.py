"""One conflict of every kind over real rows of a clinic, as a pull would bring it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from tests.support.desk import Clinic
from tests.support.medication import Drugs, at, sign_consent, stock_formulary, strength_of, write_order
from tests.support.sync_conflicts import allergy_conflict, conflict, visit_conflict

from clinicdesk.core.identifiers import new_id
from clinicdesk.models import ClinicVisit, MedicationLog, Student, StudentMedication, SyncConflict, VitalSigns
from clinicdesk.models.enums import (
    ConflictKind,
    DoseOutcome,
    NumberStatus,
    OrderStatus,
    Route,
    SyncConflictResolution,
    SyncConflictStatus,
    Unit,
    VisitDisposition,
)

_UNSIGNED: Mapping[str, Any] = dict.fromkeys(("activated_at", "activated_by", "signed_at", "signed_by"))

Three = tuple[uuid.UUID, uuid.UUID, uuid.UUID]
"""What is here, what is elsewhere, and the conflict about them."""


def forked_order(clinic: Clinic, student: uuid.UUID, drugs: Drugs | None = None) -> Three:
    """An order changed to 500 mg here and to 750 mg elsewhere."""
    drugs = drugs or stock_formulary(clinic)
    first = write_order(
        clinic,
        student,
        drugs.amoxicillin,
        sign_consent(clinic, drugs, student),
        **strength_of("250", Unit.MG, Unit.CAPSULE),
    )
    (stood,) = clinic.rows(StudentMedication, StudentMedication.id == first)
    plain = {
        column.name: getattr(stood, column.name)
        for column in StudentMedication.__table__.columns
        if column.name not in {"id", "row_version", "created_at", "updated_at", "created_by", "updated_by"}
    }
    made = []
    for count in (2, 3):
        changed: dict[str, Any] = {"form_count": Decimal(count), "dose_amount": stood.dose_amount * count}
        made.append(new_id())
        clinic.add(
            StudentMedication(**{**plain, **changed, "id": made[-1], "version": 2, "previous_version_id": first})
        )
    sides = {"previous_version_id": (None, str(first), str(first))}
    key = conflict(
        clinic, "student_medications", made[0], student, sides, kind=ConflictKind.FORK, safety=True, other=made[1]
    )
    return made[0], made[1], key


def given_twice(
    clinic: Clinic, student: uuid.UUID, drugs: Drugs | None = None, *, amount: str = "500", unit: Unit = Unit.MG
) -> Three:
    """One slot charted by Renata here and by Ines eight minutes later elsewhere."""
    drugs = drugs or stock_formulary(clinic)
    form = Unit.CAPSULE if unit is Unit.MG else Unit.PUFF
    medication = drugs.amoxicillin if unit is Unit.MG else drugs.albuterol
    order = write_order(
        clinic, student, medication, sign_consent(clinic, drugs, student), **strength_of(amount, unit, form)
    )
    made = []
    for device, who, when in ((clinic.device, clinic.nurse, "11:12"), (new_id(), clinic.second_nurse, "11:20")):
        made.append(new_id())
        clinic.add(
            MedicationLog(
                id=made[-1],
                student_id=student,
                medication_id=medication,
                student_medication_id=order,
                order_root_id=order,
                order_version=1,
                dosage=Decimal(amount),
                dosage_unit=unit,
                route=Route.ORAL if unit is Unit.MG else Route.INHALED,
                administered_at=at(when),
                administered_by=who.id,
                administered_by_name=who.name,
                was_given=True,
                outcome=DoseOutcome.GIVEN,
                scheduled_for=at("11:30"),
                slot_key="2026-10-06T11:30",
                school_id=clinic.school.id,
                recorded_at=at(when),
                zone_offset_minutes=-240,
                device_id=device,
                scope_id=student,
            )
        )
    sides = {"slot_key": (None, "2026-10-06T11:30", "2026-10-06T11:30")}
    kind = ConflictKind.POSSIBLE_DUPLICATE
    key = conflict(clinic, "medication_logs", made[1], student, sides, kind=kind, safety=True, other=made[0])
    return made[0], made[1], key


def dose_of_an_order(clinic: Clinic, student: uuid.UUID, drugs: Drugs | None = None) -> tuple[uuid.UUID, uuid.UUID]:
    """An unsigned order: two puffs here, one at the district, one of half the strength before; (order, conflict)."""
    drugs = drugs or stock_formulary(clinic)
    order = write_order(
        clinic,
        student,
        drugs.albuterol,
        sign_consent(clinic, drugs, student),
        **{**strength_of("90", Unit.UG, Unit.PUFF), "dosage": "1 puff", "status": OrderStatus.DRAFT, **_UNSIGNED},
    )
    sides = {
        "dosage": ("1 puff of 45 mcg", "2 puffs", "1 puff"),
        "dose_amount": ("45", "180", "90"),
        "dose_unit": ("ug", "ug", "ug"),
        "form_count": ("1", "2", "1"),
        "form_unit": ("{puff}", "{puff}", "{puff}"),
    }
    key = conflict(
        clinic, "student_medications", order, student, sides, kind=ConflictKind.GROUP, safety=True, group="dose"
    )
    return order, key


def signed_visit(clinic: Clinic, student: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    """Signed at the district while its note was changed here: (visit, conflict)."""
    now = clinic.clock.now()
    return visit_conflict(
        clinic,
        student,
        kind=ConflictKind.SIGN_VS_EDIT,
        signed_at=now,
        signed_by=clinic.second_nurse.id,
        check_out_time=now,
        disposition=VisitDisposition.RETURN_TO_CLASS,
    )


def deleted_visit(
    clinic: Clinic, student: uuid.UUID, kind: ConflictKind = ConflictKind.DELETE_VS_EDIT
) -> tuple[uuid.UUID, uuid.UUID]:
    """Deleted on one side, its note changed on the other: (visit, conflict)."""
    if kind is ConflictKind.EDIT_VS_DELETE:
        return visit_conflict(clinic, student, kind=kind)
    gone = {"deleted_at": clinic.clock.now(), "deleted_by": clinic.second_nurse.id, "delete_reason": "twice"}
    return visit_conflict(clinic, student, kind=kind, **gone)


def orphan(clinic: Clinic, visit: uuid.UUID) -> uuid.UUID:
    """Measurements of this visit, which was deleted meanwhile; the conflict."""
    with clinic.pulled() as work:
        row = work.session.get_one(ClinicVisit, visit)
        row.deleted_at, row.deleted_by = clinic.clock.now(), clinic.second_nurse.id
        row.delete_reason = "Entered for the wrong child"
        student = row.student_id
    measured = new_id()
    clinic.add(
        VitalSigns(
            id=measured,
            student_id=student,
            visit_id=visit,
            measurement_date=clinic.clock.now(),
            measured_by=clinic.nurse.id,
            zone_offset_minutes=-240,
            heart_rate=88,
            scope_id=student,
        )
    )
    sides = {"visit_id": (None, str(visit), str(visit))}
    return conflict(clinic, "vital_signs", measured, student, sides, kind=ConflictKind.ORPHAN)


def one_number(clinic: Clinic) -> Three:
    """Two records that claim S-77: (holder, second, conflict)."""
    holder = clinic.student("Nils", "Sample", number="S-77")
    second = clinic.student("Nico", "Sample")
    with clinic.pulled() as work:
        row = work.session.get_one(Student, second)
        row.student_number, row.number_status = None, NumberStatus.CONTESTED
    sides = {"student_number": (None, "S-77", None), "number_status": (None, "CONFIRMED", "CONTESTED")}
    return holder, second, conflict(clinic, "students", second, second, sides, kind=ConflictKind.UNIQUE)


def contested(clinic: Clinic, key: uuid.UUID) -> uuid.UUID:
    """Ines decided conflict `key` for the district's value, Renata for hers; the conflict about the two decisions."""
    now = clinic.clock.now()
    with clinic.pulled() as work:
        row = work.session.get_one(SyncConflict, key)
        row.status, row.resolution = SyncConflictStatus.RESOLVED, SyncConflictResolution.SERVER_WINS
        row.resolved_at, row.resolved_by, row.merged_data = now, clinic.second_nurse.id, {"notes": "by Ines"}
        student = row.student_id
    moment = "2026-10-06T15:30:00.000000Z"
    sides = {
        "resolution": (None, "CLIENT_WINS", "SERVER_WINS"),
        "resolved_at": (None, moment, moment),
        "resolved_by": (None, str(clinic.nurse.id), str(clinic.second_nurse.id)),
        "merged_data": (None, {"notes": "by Renata"}, {"notes": "by Ines"}),
        "status": ("PENDING", "RESOLVED", "RESOLVED"),
    }
    return conflict(clinic, "sync_conflicts", key, student, sides, kind=ConflictKind.GROUP, group="resolution")


def every_kind(clinic: Clinic, student: uuid.UUID) -> Mapping[str, uuid.UUID]:
    """A conflict of each kind about this student (the unique number: about another), by the kind's name."""
    drugs = stock_formulary(clinic)
    makers: Mapping[str, Callable[[], uuid.UUID]] = {
        "FIELD": lambda: allergy_conflict(clinic, student)[1],
        "GROUP": lambda: dose_of_an_order(clinic, student, drugs)[1],
        "DELETE_VS_EDIT": lambda: deleted_visit(clinic, student)[1],
        "EDIT_VS_DELETE": lambda: deleted_visit(clinic, student, ConflictKind.EDIT_VS_DELETE)[1],
        "UNIQUE": lambda: one_number(clinic)[2],
        "ORPHAN": lambda: orphan(clinic, visit_conflict(clinic, student)[0]),
        "DIVERGED": partial(_of_a_visit, clinic, student, ConflictKind.DIVERGED),
        "POSSIBLE_DUPLICATE": lambda: given_twice(clinic, student, drugs, amount="90", unit=Unit.UG)[2],
        "FORK": lambda: forked_order(clinic, student, drugs)[2],
        "SIGN_VS_EDIT": lambda: signed_visit(clinic, student)[1],
        "AUTHOR_INACTIVE": partial(_of_a_visit, clinic, student, ConflictKind.AUTHOR_INACTIVE),
        "DECIDED_TWICE": lambda: contested(clinic, visit_conflict(clinic, student)[1]),
    }
    return {name: make() for name, make in makers.items()}


def _of_a_visit(clinic: Clinic, student: uuid.UUID, kind: ConflictKind) -> uuid.UUID:
    return visit_conflict(clinic, student, kind=kind)[1]
