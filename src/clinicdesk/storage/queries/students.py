"""Students on this desk: who a record really is, what a badge must say, who shares a name."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from clinicdesk.models import (
    Allergy,
    ChronicCondition,
    ClinicalTask,
    ConsentSignature,
    HealthRecord,
    School,
    Student,
    StudentMedication,
    SyncConflict,
    TreatmentPlan,
)
from clinicdesk.models.base import Base
from clinicdesk.models.enums import (
    ConsentDecision,
    EntryKind,
    HealthRecordType,
    OrderStatus,
    SyncConflictStatus,
    TaskStatus,
    TreatmentStatus,
)
from clinicdesk.models.types import Guid, Instant
from clinicdesk.storage.queries.disputes import in_dispute
from clinicdesk.storage.search import search_students

NO_KNOWN_ALLERGIES = "NO_KNOWN_ALLERGIES"
"""The `statement` in the metadata of the allergy documentation that says so, with its date (ux-spec 7.3)."""

_OPEN_TASKS = (TaskStatus.OPEN, TaskStatus.IN_PROGRESS)


def same_person(session: Session, student: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """The record that counts, then every record merged into it: reads by student follow the alias (D26)."""
    counted, seen = student, {student}
    while (above := session.scalar(sa.select(Student.merged_into_id).where(Student.id == counted))) is not None:
        if above in seen:
            break
        seen.add(above)
        counted = above
    found = [counted]
    step: Sequence[uuid.UUID] = [counted]
    while step:
        step = [
            key
            for key in session.scalars(sa.select(Student.id).where(Student.merged_into_id.in_(step)))
            if key not in found
        ]
        found += step
    return tuple(found)


def student_with_school(session: Session, student: uuid.UUID) -> tuple[Student, School | None] | None:
    row = session.execute(
        sa.select(Student, School)
        .outerjoin(School, School.id == Student.school_id)
        .where(Student.id == student, Student.deleted_at.is_(None))
    ).first()
    return None if row is None else (row[0], row[1])


def open_conflicts(session: Session, students: Collection[uuid.UUID], *tables: type[Base]) -> list[SyncConflict]:
    """Undecided conflicts of these students in these tables: what safety reads beside the rows (D22)."""
    query = sa.select(SyncConflict).where(SyncConflict.student_id.in_(students), in_dispute())
    if tables:
        query = query.where(SyncConflict.table_name.in_([table.__tablename__ for table in tables]))
    return list(session.scalars(query))


def live_or_in_conflict(
    session: Session, model: type[Any], students: Collection[uuid.UUID], conflicts: Iterable[SyncConflict]
) -> list[Any]:
    """Rows of a soft-deleted table that stand, or that a side of an open conflict may still state."""
    disputed = [conflict.entity_id for conflict in conflicts if conflict.table_name == model.__tablename__]
    return list(
        session.scalars(
            sa.select(model)
            .where(model.student_id.in_(students), sa.or_(model.deleted_at.is_(None), model.id.in_(disputed)))
            .order_by(model.created_at, model.id)
        )
    )


def consent_missing(day: dt.date | sa.BindParameter[dt.date]) -> sa.ColumnElement[bool]:
    """An order in force that asks for a consent and has none that stands on `day`; emergencies never ask (M16)."""
    signed, later = aliased(ConsentSignature), aliased(ConsentSignature)
    ended = (
        sa.select(later.id)
        .where(
            later.supersedes_id == signed.id,
            sa.or_(later.decision != ConsentDecision.GRANTED, later.entry_kind == EntryKind.WITHDRAWN),
        )
        .correlate(signed)
        .exists()
    )
    standing = (
        sa.select(signed.id)
        .where(
            signed.id == StudentMedication.consent_signature_id,
            signed.decision == ConsentDecision.GRANTED,
            sa.or_(signed.expires_on.is_(None), signed.expires_on >= day),
            ~ended,
        )
        .correlate(StudentMedication)
        .exists()
    )
    return sa.and_(
        StudentMedication.status == OrderStatus.ACTIVE,
        StudentMedication.is_active,
        StudentMedication.deleted_at.is_(None),
        ~StudentMedication.emergency,
        ~standing,
    )


def badge_facts(
    session: Session, students: Collection[uuid.UUID], now: dt.datetime, day: dt.date
) -> dict[uuid.UUID, list[tuple[str, str, str]]]:
    """What the badges of a list must say: (kind, subject, detail) by student, in one statement.

    What stands in a record merged into a student's counts as the student's (D26).
    """
    if not students:
        return {}
    values = {"students": json.dumps([str(student) for student in students]), "now": now, "day": day}
    rows = session.execute(_badge_statement(), values).all()
    counted = {merged: uuid.UUID(into) for merged, kind, into, _ in rows if kind == _MERGED}
    found: dict[uuid.UUID, list[tuple[str, str, str]]] = {}
    for student, kind, subject, detail in rows:
        facts = found.setdefault(counted.get(student, student), []) if kind != _MERGED else []
        if (kind, subject, detail) not in facts:
            facts.append((kind, subject, detail))
    return found


_MERGED = "MERGED"
"""Not a badge: a record whose facts count for the student it was merged into."""


@cache
def _badge_statement() -> sa.CompoundSelect[Any]:
    """Built once: building it takes three times as long as running it, and it runs at each key press."""
    now = sa.bindparam("now", type_=Instant())
    day: sa.BindParameter[dt.date] = sa.bindparam("day", type_=sa.Date())
    # One parameter for all keys: bound one by one in every part they cost as much as the statement itself.
    wanted = sa.func.json_each(sa.bindparam("students", type_=sa.String())).table_valued("value")
    shown = sa.select(
        sa.type_coerce(wanted.c.value, Guid()).label("id"), sa.type_coerce(wanted.c.value, Guid()).label("shown")
    ).cte("people", recursive=True)
    people = shown.union(sa.select(Student.id, shown.c.shown).where(Student.merged_into_id == shown.c.id))

    everyone = sa.select(people.c.id).scalar_subquery()

    def of(model: type[Any], kind: Any, subject: Any = "", detail: Any = "") -> sa.Select[Any]:
        said = [sa.literal(part) if isinstance(part, str) else part for part in (kind, subject, detail)]
        # Not a join: without statistics SQLite would read the whole table and look each row up in the list.
        return sa.select(model.student_id, *said).where(model.student_id.in_(everyone))

    allergies = of(Allergy, "ALLERGY", Allergy.allergen, sa.cast(Allergy.severity, sa.String))
    allergies = allergies.where(Allergy.active, Allergy.deleted_at.is_(None))
    plans = of(
        ChronicCondition,
        sa.case((ChronicCondition.emergency_protocol.is_not(None), "PLAN"), else_="CARE_PLAN"),
        ChronicCondition.condition,
        sa.func.coalesce(sa.cast(ChronicCondition.severity, sa.String), ""),
    ).where(
        ChronicCondition.is_active,
        ChronicCondition.deleted_at.is_(None),
        sa.or_(ChronicCondition.emergency_protocol.is_not(None), ChronicCondition.care_plan.is_not(None)),
    )
    controlled = of(StudentMedication, "CONTROLLED").where(
        StudentMedication.status == OrderStatus.ACTIVE,
        StudentMedication.is_controlled,
        StudentMedication.deleted_at.is_(None),
    )
    consents = of(StudentMedication, "CONSENT").where(consent_missing(day))
    overdue = of(ClinicalTask, "OVERDUE").where(
        ClinicalTask.status.in_(_OPEN_TASKS), ClinicalTask.due_at < now, ClinicalTask.deleted_at.is_(None)
    )
    conflicts = of(SyncConflict, "CONFLICT").where(
        SyncConflict.status != SyncConflictStatus.RESOLVED, SyncConflict.deleted_at.is_(None)
    )
    merged = sa.select(people.c.id, sa.literal(_MERGED), people.c.shown, sa.literal(""))
    merged = merged.where(people.c.id != people.c.shown)
    return sa.union_all(allergies, plans, controlled, consents, overdue, conflicts, merged)


def active_treatment_plans(session: Session, students: Collection[uuid.UUID]) -> list[TreatmentPlan]:
    return list(
        session.scalars(
            sa.select(TreatmentPlan)
            .where(
                TreatmentPlan.student_id.in_(students),
                TreatmentPlan.status == TreatmentStatus.ACTIVE,
                TreatmentPlan.deleted_at.is_(None),
            )
            .order_by(TreatmentPlan.start_date)
        )
    )


def no_known_allergies(session: Session, students: Collection[uuid.UUID]) -> HealthRecord | None:
    """The newest statement that somebody was asked and knew of no allergy."""
    rows = session.scalars(
        sa.select(HealthRecord)
        .where(
            HealthRecord.student_id.in_(students),
            HealthRecord.record_type == HealthRecordType.ALLERGY_DOCUMENTATION,
            HealthRecord.deleted_at.is_(None),
        )
        .order_by(HealthRecord.record_date.desc())
    )
    return next((row for row in rows if (row.metadata_ or {}).get("statement") == NO_KNOWN_ALLERGIES), None)


def could_be(session: Session, called: str, last_name: str, born: dt.date) -> list[Student]:
    """Students whose name is spelled alike or who share the birth date, to be compared one by one (M1)."""
    alike = {
        hit.id for words in (f"{called} {last_name}", last_name) for hit in search_students(session, words, limit=50)
    }
    return list(
        session.scalars(
            sa.select(Student).where(
                Student.deleted_at.is_(None),
                Student.merged_into_id.is_(None),
                sa.or_(Student.date_of_birth == born, Student.id.in_(alike)),
            )
        )
    )
