"""From the rows of a chart to its values; safety data read any side of an open conflict (D22)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from clinicdesk.domain.people import PersonName
from clinicdesk.models import (
    Allergy,
    ChronicCondition,
    ClinicVisit,
    ConsentSignature,
    EmergencyContact,
    GrowthTracking,
    HealthRecord,
    Medication,
    School,
    Student,
    StudentMedication,
    SyncConflict,
    VitalSigns,
)
from clinicdesk.models.enums import AllergySeverity, NumberStatus
from clinicdesk.services.student_values import (
    Allergies,
    AllergyKnowledge,
    AllergyOnRecord,
    AllergySide,
    BadgeKind,
    ConditionOnRecord,
    ContactOnRecord,
    OrderOnRecord,
    PlanOnRecord,
    Side,
    StudentBadge,
    StudentFacts,
    VisitOnRecord,
    WeightOnRecord,
)
from clinicdesk.storage.queries import chart as rows
from clinicdesk.storage.queries import students as queries
from clinicdesk.storage.queries.disputes import sides_of

_GRAVITY = tuple(AllergySeverity)
_BADGE_ORDER = tuple(BadgeKind)
Local = Callable[[dt.datetime], dt.datetime]
Row = TypeVar("Row", Allergy, EmergencyContact, ChronicCondition)


def student_facts(
    student: Student, school: School | None, *, weight: WeightOnRecord | None = None, merged_from: int = 0
) -> StudentFacts:
    return StudentFacts(
        id=student.id,
        name=PersonName(
            first=student.first_name,
            last=student.last_name,
            middle=student.middle_name,
            preferred=student.preferred_name,
        ),
        birth_date=student.date_of_birth,
        grade=student.grade,
        number=student.student_number,
        number_status=student.number_status.value,
        school_id=student.school_id,
        school=school.name if school is not None else "",
        homeroom=student.homeroom or "",
        photo=student.photo,
        language=student.language,
        gender=student.gender.value,
        is_active=student.is_active,
        left_on=student.left_on,
        provisional=student.number_status is NumberStatus.PROVISIONAL,
        row_version=student.row_version,
        weight=weight,
        merged_from=merged_from,
    )


def newest_weight(session: Session, students: Collection[uuid.UUID]) -> WeightOnRecord | None:
    found: list[VitalSigns | GrowthTracking] = rows.last_weights(session, students)
    if not found:
        return None
    newest = max(found, key=lambda row: row.measurement_date)
    if newest.weight is None or newest.weight_unit is None:
        return None
    return WeightOnRecord(amount=newest.weight, unit=newest.weight_unit.value, measured_at=newest.measurement_date)


def badges_of(facts: Iterable[tuple[str, str, str]]) -> tuple[StudentBadge, ...]:
    """Badges in order of weight: what threatens life stands first."""
    made = [StudentBadge(BadgeKind(kind), subject, detail) for kind, subject, detail in facts]
    return tuple(sorted(made, key=_weight))


def _weight(badge: StudentBadge) -> tuple[int, int, str]:
    gravity = -_GRAVITY.index(AllergySeverity(badge.detail)) if badge.kind is BadgeKind.ALLERGY and badge.detail else 0
    return _BADGE_ORDER.index(badge.kind), gravity, badge.subject.casefold()


# --- safety: every side of an open conflict ---------------------------------------------------------------------


def _sides(row: Row, conflicts: Sequence[SyncConflict]) -> list[tuple[Side, Mapping[str, Any]]]:
    """The row as it stands and as each side of each conflict about it has it."""
    stands = {column.key: getattr(row, column.key) for column in type(row).__table__.columns}
    found: list[tuple[Side, Mapping[str, Any]]] = [(Side.RECORD, stands)]
    for conflict in conflicts:
        if conflict.entity_id == row.id:
            mine, theirs = sides_of(conflict)
            found += [(Side.DEVICE, {**stands, **mine}), (Side.DISTRICT, {**stands, **theirs})]
    return found


def read_allergies(session: Session, students: Collection[uuid.UUID]) -> Allergies:
    """Every allergy that any side states, and what is known where there is none."""
    conflicts = queries.open_conflicts(session, students, Allergy)
    read = [_allergy(row, conflicts) for row in queries.live_or_in_conflict(session, Allergy, students, conflicts)]
    listed = sorted((one for one in read if one.holds), key=_grave_first)
    ended = tuple(one for one in read if not one.holds)
    if listed:
        return Allergies(knowledge=AllergyKnowledge.LISTED, listed=tuple(listed), ended=ended)
    asked = queries.no_known_allergies(session, students)
    if asked is None:
        return Allergies(knowledge=AllergyKnowledge.NOT_ASKED, ended=ended)
    return Allergies(
        knowledge=AllergyKnowledge.NONE_KNOWN,
        ended=ended,
        asked_at=asked.record_date,
        asked_by=_asked_by(session, asked),
    )


def _asked_by(session: Session, asked: HealthRecord) -> str:
    return rows.staff_names(session, [asked.created_by]).get(asked.created_by or uuid.UUID(int=0), "")


def _grave_first(allergy: AllergyOnRecord) -> tuple[int, str]:
    return -_GRAVITY.index(AllergySeverity(allergy.severity)), allergy.allergen.casefold()


def _allergy(row: Allergy, conflicts: Sequence[SyncConflict]) -> AllergyOnRecord:
    sides = [_allergy_side(side, values) for side, values in _sides(row, conflicts)]
    holding = [side for side in sides if side.active] or sides
    gravest = max(holding, key=lambda side: _GRAVITY.index(AllergySeverity(side.severity)))
    disputed = len(sides) > 1
    return AllergyOnRecord(
        id=row.id,
        allergen=" / ".join(dict.fromkeys(side.allergen for side in holding)) if disputed else row.allergen,
        kind=row.allergy_type.value,
        severity=gravest.severity,
        reactions=tuple(str(reaction) for reaction in row.reactions or ()),
        symptoms=row.symptoms or "",
        treatment=row.treatment or "",
        emergency_protocol=row.emergency_protocol or "",
        verified=row.verified,
        onset=row.onset_date.date() if row.onset_date else None,
        recorded_at=row.created_at,
        epi_pen_location=row.epi_pen_location or "",
        epi_pen_expires=row.epi_pen_expiration.date() if row.epi_pen_expiration else None,
        epi_pen_required=row.epi_pen_required,
        holds=any(side.active for side in sides),
        inactive_reason=row.inactive_reason or "",
        ingredient_code=row.ingredient_code,
        sides=tuple(sides) if disputed else (),
    )


def _allergy_side(side: Side, values: Mapping[str, Any]) -> AllergySide:
    return AllergySide(
        side=side,
        allergen=str(values["allergen"]),
        severity=str(values["severity"]),
        active=bool(values["active"]) and values["deleted_at"] is None,
    )


def read_contacts(session: Session, students: Collection[uuid.UUID]) -> tuple[ContactOnRecord, ...]:
    """By call order. A custody limit holds if any side states it, a right to pick up only if all do (D22)."""
    conflicts = queries.open_conflicts(session, students, EmergencyContact)
    found = queries.live_or_in_conflict(session, EmergencyContact, students, conflicts)
    said = rows.custody_statements(session, students)
    by = rows.staff_names(session, [one.signed_by for one in said.values()])
    read = [_contact(row, conflicts, said.get(str(row.id)), by) for row in found]
    return tuple(sorted(read, key=lambda one: (not one.is_active, one.call_order, one.name)))


def _contact(
    row: EmergencyContact,
    conflicts: Sequence[SyncConflict],
    said: HealthRecord | None,
    by: Mapping[uuid.UUID, str],
) -> ContactOnRecord:
    sides = [values for _, values in _sides(row, conflicts)]
    limits = dict.fromkeys(str(values["custody_limits"]) for values in sides if values["custody_limits"])
    return ContactOnRecord(
        id=row.id,
        contact_id=row.contact_id,
        first_name=row.first_name,
        last_name=row.last_name,
        relationship=row.relationship.value,
        phone=row.phone_number,
        email=row.email or "",
        call_order=row.call_order,
        may_pick_up=all(values["can_pickup_student"] for values in sides) and not limits,
        may_consent=all(values["may_consent"] for values in sides) and not limits,
        rests_on=said.description if said is not None else "",
        stated_at=said.record_date if said is not None else None,
        stated_by=by.get(said.signed_by, "") if said is not None and said.signed_by is not None else "",
        custody_limits="; ".join(limits),
        language=row.language or "",
        notes=row.notes or "",
        is_active=row.is_active,
        verified_at=row.last_verified_at,
        recorded_at=row.created_at,
        in_conflict=len(sides) > 1,
    )


# --- conditions and plans ---------------------------------------------------------------------------------------


def read_conditions(session: Session, students: Collection[uuid.UUID]) -> tuple[ConditionOnRecord, ...]:
    conflicts = queries.open_conflicts(session, students, ChronicCondition)
    found = queries.live_or_in_conflict(session, ChronicCondition, students, conflicts)
    return tuple(sorted((_condition(row, conflicts) for row in found), key=lambda one: not one.is_active))


def _condition(row: ChronicCondition, conflicts: Sequence[SyncConflict]) -> ConditionOnRecord:
    sides = [values for _, values in _sides(row, conflicts)]
    return ConditionOnRecord(
        id=row.id,
        condition=row.condition,
        status=row.status.value,
        severity=row.severity.value if row.severity else "",
        diagnosed_on=row.diagnosed_date,
        icd_code=row.icd_code or "",
        restrictions=_union(sides, "restrictions"),
        triggers=_union(sides, "triggers"),
        accommodations=tuple(row.accommodations),
        emergency_protocol="\n".join(
            dict.fromkeys(str(values["emergency_protocol"]) for values in sides if values["emergency_protocol"])
        ),
        care_plan=row.care_plan or "",
        next_review=row.next_review_date,
        diagnosed_by=row.diagnosed_by_name or "",
        notes=row.notes or "",
        needs_504=row.requires_504,
        needs_iep=row.requires_iep,
        is_active=any(values["is_active"] and values["deleted_at"] is None for values in sides),
        in_conflict=len(sides) > 1,
    )


def _union(sides: Iterable[Mapping[str, Any]], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(item) for values in sides for item in values[name] or ()))


def read_plans(
    session: Session, students: Collection[uuid.UUID], conditions: Iterable[ConditionOnRecord]
) -> tuple[PlanOnRecord, ...]:
    """Emergency plans first, then care plans, then plans of treatment."""
    made = [
        PlanOnRecord(
            id=one.id,
            title=one.condition,
            emergency=bool(one.emergency_protocol),
            steps=one.emergency_protocol,
            care=one.care_plan,
            valid_until=None,
            next_review=one.next_review,
            restrictions=one.restrictions,
            triggers=one.triggers,
        )
        for one in conditions
        if one.is_active and (one.emergency_protocol or one.care_plan)
    ]
    made += [
        PlanOnRecord(
            id=row.id,
            title=row.diagnosis,
            emergency=False,
            steps="",
            care="\n".join(str(value) for value in row.plan_details.values()),
            valid_until=row.end_date.date() if row.end_date else None,
            next_review=None,
        )
        for row in queries.active_treatment_plans(session, students)
    ]
    return tuple(sorted(made, key=lambda plan: not plan.emergency))


# --- orders and visits ------------------------------------------------------------------------------------------


def read_orders(
    session: Session, students: Collection[uuid.UUID], day: dt.date, local: Local, *, active_only: bool
) -> tuple[OrderOnRecord, ...]:
    disputed = {conflict.entity_id for conflict in queries.open_conflicts(session, students, StudentMedication)}
    return tuple(
        _order(order, drug, consent, missing, order.id in disputed, local)
        for order, drug, consent, missing in rows.orders(session, students, day, active_only=active_only)
    )


def _order(
    order: StudentMedication,
    drug: Medication,
    consent: ConsentSignature | None,
    missing: bool,
    disputed: bool,
    local: Local,
) -> OrderOnRecord:
    return OrderOnRecord(
        id=order.id,
        root_id=order.root_id,
        drug=drug.name,
        dose_amount=order.dose_amount,
        dose_unit=order.dose_unit.value,
        form_count=order.form_count,
        form_unit=order.form_unit.value if order.form_unit else None,
        route=order.route.value,
        schedule_kind=order.schedule_kind.value,
        times=tuple(order.times_of_day),
        max_per_day=order.prn_max_per_day,
        emergency=order.emergency,
        controlled=order.is_controlled,
        status=order.status.value,
        starts_on=local(order.start_date).date(),
        ends_on=local(order.end_date).date() if order.end_date else None,
        consent_on=local(consent.signed_at).date() if consent is not None else None,
        consent_missing=missing,
        in_conflict=disputed,
        instructions=order.instructions or "",
        prescriber=order.prescribed_by_name or "",
        standing=order.standing_order_id is not None,
    )


def read_visits(session: Session, found: Sequence[ClinicVisit]) -> tuple[VisitOnRecord, ...]:
    names = rows.staff_names(session, [visit.attended_by for visit in found])
    return tuple(
        VisitOnRecord(
            id=visit.id,
            at=visit.check_in_time,
            reasons=tuple(visit.reason_for_visit),
            template=visit.template_code or "",
            treatment=visit.treatment or "",
            disposition=visit.disposition.value if visit.disposition else None,
            minutes=_minutes(visit.check_in_time, visit.check_out_time),
            seen_by=names.get(visit.attended_by, ""),
            signed=visit.signed_at is not None,
            amended=visit.amends_id is not None,
        )
        for visit in found
    )


def _minutes(since: dt.datetime, until: dt.datetime | None) -> int | None:
    return None if until is None else max(0, int((until - since).total_seconds() // 60))
