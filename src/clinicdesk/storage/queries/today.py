"""What Today shows of a school: open visits, counts, alerts. Each is one statement over indexed columns."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from clinicdesk.models import (
    ClinicalTask,
    ClinicVisit,
    InventoryItem,
    InventoryLot,
    Medication,
    MedicationLog,
    StockBalance,
    Student,
    StudentMedication,
    SyncConflict,
    User,
    VisitEvent,
)
from clinicdesk.models.enums import (
    DoseOutcome,
    EntryKind,
    LotStatus,
    OrderStatus,
    SyncConflictStatus,
    TaskStatus,
    UserRole,
    VisitDisposition,
    VisitEventKind,
)
from clinicdesk.storage.queries.students import consent_missing
from clinicdesk.storage.queries.visits import NEWEST

OPEN_TASKS = (TaskStatus.OPEN, TaskStatus.IN_PROGRESS)
_ARRIVAL = (VisitEventKind.CHECKED_IN, VisitEventKind.TRIAGED)


def open_visits(session: Session, school: uuid.UUID) -> list[tuple[ClinicVisit, Student]]:
    """Who is in the clinic now, longest first; a visit nobody closed yesterday is still open."""
    return [
        (visit, student)
        for visit, student in session.execute(
            sa.select(ClinicVisit, Student)
            .join(Student, Student.id == ClinicVisit.student_id)
            .where(
                ClinicVisit.school_id == school,
                ClinicVisit.check_out_time.is_(None),
                ClinicVisit.disposition.is_(None),
                ClinicVisit.deleted_at.is_(None),
                NEWEST,
            )
            .order_by(ClinicVisit.check_in_time, ClinicVisit.id)
        )
    ]


def last_steps(session: Session, visits: Collection[uuid.UUID]) -> dict[uuid.UUID, VisitEvent]:
    """The newest step of each visit beyond the arrival."""
    if not visits:
        return {}
    later = aliased(VisitEvent)
    found = session.scalars(
        sa.select(VisitEvent)
        .where(
            VisitEvent.visit_id.in_(visits),
            VisitEvent.kind.not_in(_ARRIVAL),
            VisitEvent.entry_kind != EntryKind.WITHDRAWN,
            ~sa.exists().where(later.supersedes_id == VisitEvent.id),
        )
        .order_by(VisitEvent.occurred_at)
    )
    return {step.visit_id: step for step in found}


def visits_since(
    session: Session, school: uuid.UUID, since: dt.datetime
) -> list[tuple[dt.datetime, dt.datetime | None, VisitDisposition | None]]:
    """Arrival, departure and outcome of the day's visits."""
    return [
        (came, left, outcome)
        for came, left, outcome in session.execute(
            sa.select(ClinicVisit.check_in_time, ClinicVisit.check_out_time, ClinicVisit.disposition).where(
                ClinicVisit.school_id == school,
                ClinicVisit.check_in_time >= since,
                ClinicVisit.deleted_at.is_(None),
                NEWEST,
            )
        )
    ]


def held_since(session: Session, school: uuid.UUID, since: dt.datetime) -> int:
    """Doses held by the nurse (M14)."""
    later = aliased(MedicationLog)
    return (
        session.scalar(
            sa.select(sa.func.count()).where(
                MedicationLog.administered_at >= since,
                MedicationLog.school_id == school,
                MedicationLog.outcome == DoseOutcome.HELD,
                MedicationLog.entry_kind != EntryKind.WITHDRAWN,
                ~sa.exists().where(later.supersedes_id == MedicationLog.id),
            )
        )
        or 0
    )


def open_tasks(session: Session, school: uuid.UUID, until: dt.datetime) -> list[tuple[ClinicalTask, Student | None]]:
    """Tasks of the school or of its students that are due by `until`, or have no day."""
    mine = sa.or_(
        ClinicalTask.school_id == school, sa.and_(ClinicalTask.school_id.is_(None), Student.school_id == school)
    )
    return [
        (task, student)
        for task, student in session.execute(
            sa.select(ClinicalTask, Student)
            .outerjoin(Student, Student.id == ClinicalTask.student_id)
            .where(
                ClinicalTask.status.in_(OPEN_TASKS),
                ClinicalTask.deleted_at.is_(None),
                sa.or_(ClinicalTask.due_at.is_(None), ClinicalTask.due_at <= until),
                mine,
            )
            .order_by(ClinicalTask.due_at, ClinicalTask.id)
        )
    ]


def tasks_done_since(session: Session, school: uuid.UUID, since: dt.datetime) -> int:
    query = (
        sa.select(sa.func.count())
        .select_from(ClinicalTask)
        .outerjoin(Student, Student.id == ClinicalTask.student_id)
        .where(
            ClinicalTask.done_at >= since,
            ClinicalTask.status == TaskStatus.DONE,
            sa.or_(ClinicalTask.school_id == school, Student.school_id == school),
        )
    )
    return session.scalar(query) or 0


def conflicts(session: Session, school: uuid.UUID) -> list[tuple[SyncConflict, Student | None]]:
    """Open conflicts of the school or of its students, safety first."""
    return [
        (conflict, student)
        for conflict, student in session.execute(
            sa.select(SyncConflict, Student)
            .outerjoin(Student, Student.id == SyncConflict.student_id)
            .where(
                SyncConflict.status != SyncConflictStatus.RESOLVED,
                SyncConflict.deleted_at.is_(None),
                sa.or_(
                    SyncConflict.school_id == school,
                    Student.school_id == school,
                    sa.and_(SyncConflict.school_id.is_(None), SyncConflict.student_id.is_(None)),
                ),
            )
            .order_by(SyncConflict.is_safety.desc(), SyncConflict.created_at)
        )
    ]


def orders_without_consent(
    session: Session, school: uuid.UUID, day: dt.date
) -> list[tuple[StudentMedication, Medication, Student]]:
    return _orders(session, school, consent_missing(day))


def orders_ending(
    session: Session, school: uuid.UUID, until: dt.datetime
) -> list[tuple[StudentMedication, Medication, Student]]:
    """Active orders whose last day comes by `until` or has passed (M2)."""
    return _orders(
        session,
        school,
        sa.and_(
            StudentMedication.status == OrderStatus.ACTIVE,
            StudentMedication.is_active,
            StudentMedication.end_date.is_not(None),
            StudentMedication.end_date <= until,
        ),
    )


def _orders(
    session: Session, school: uuid.UUID, which: sa.ColumnElement[bool]
) -> list[tuple[StudentMedication, Medication, Student]]:
    return [
        (order, drug, student)
        for order, drug, student in session.execute(
            sa.select(StudentMedication, Medication, Student)
            .join(Student, Student.id == StudentMedication.student_id)
            .join(Medication, Medication.id == StudentMedication.medication_id)
            .where(
                which,
                StudentMedication.deleted_at.is_(None),
                Student.school_id == school,
                Student.is_active,
                Student.deleted_at.is_(None),
            )
            .order_by(StudentMedication.end_date, Student.last_name, Medication.name)
        )
    ]


def lots_expiring(session: Session, school: uuid.UUID, until: dt.date) -> list[tuple[InventoryLot, InventoryItem]]:
    """Lots that may still be given from and whose last day comes by `until` or has passed (M13)."""
    return [
        (lot, item)
        for lot, item in session.execute(
            sa.select(InventoryLot, InventoryItem)
            .join(InventoryItem, InventoryItem.id == InventoryLot.inventory_item_id)
            .where(
                InventoryLot.school_id == school,
                InventoryLot.status == LotStatus.AVAILABLE,
                InventoryLot.deleted_at.is_(None),
                InventoryLot.expires_on <= until,
            )
            .order_by(InventoryLot.expires_on)
        )
    ]


def items_low(session: Session, school: uuid.UUID) -> list[tuple[InventoryItem, Decimal]]:
    """Items at or under their reorder level, by the balances this desk keeps."""
    # Exact numbers are text on SQLCipher, so they are added up here and not in the database.
    held: dict[uuid.UUID, Decimal] = {}
    items: dict[uuid.UUID, InventoryItem] = {}
    for item, quantity in session.execute(
        sa.select(InventoryItem, StockBalance.quantity)
        .join(StockBalance, StockBalance.inventory_item_id == InventoryItem.id)
        .where(
            InventoryItem.school_id == school,
            InventoryItem.is_active,
            InventoryItem.deleted_at.is_(None),
            InventoryItem.reorder_level > 0,
        )
        .order_by(InventoryItem.name)
    ):
        items[item.id] = item
        held[item.id] = held.get(item.id, Decimal(0)) + quantity
    return [(items[key], amount) for key, amount in held.items() if amount <= items[key].reorder_level]


def awaiting_co_review(session: Session, school: uuid.UUID) -> Sequence[tuple[ClinicVisit, Student]]:
    """Signed visits of unlicensed staff that no nurse has looked at (M18)."""
    return [
        (visit, student)
        for visit, student in session.execute(
            sa.select(ClinicVisit, Student)
            .join(Student, Student.id == ClinicVisit.student_id)
            .join(User, User.id == ClinicVisit.signed_by)
            .where(
                ClinicVisit.school_id == school,
                ClinicVisit.signed_at.is_not(None),
                ClinicVisit.co_reviewed_at.is_(None),
                ClinicVisit.deleted_at.is_(None),
                User.role == UserRole.HEALTH_AIDE,
            )
            .order_by(ClinicVisit.check_in_time)
        )
    ]
