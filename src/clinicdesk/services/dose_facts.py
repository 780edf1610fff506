"""Gathers, in one read, everything that the safety function must know about a dose (D22, D26)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.domain.calendar import SchoolCalendar
from clinicdesk.domain.medication.facts import DoseActor, Licence, MedicationConsent, SafetyFacts
from clinicdesk.domain.medication.log import DoseRow, current_rows
from clinicdesk.domain.medication.orders import Order, OrderStatus, in_force
from clinicdesk.domain.permissions import UserRole
from clinicdesk.models import ConsentSignature, MedicationLog, Student, User
from clinicdesk.services.desk import Desk, schools_of
from clinicdesk.services.dose_values import OrderNotFoundError
from clinicdesk.storage.queries import doses as dose_queries
from clinicdesk.storage.queries import orders as order_queries
from clinicdesk.storage.queries import stock as stock_queries
from clinicdesk.storage.queries.orders import OrderRow
from clinicdesk.storage.queries.stock import LotOnHand

_LOOK_BACK = dt.timedelta(hours=25)
_NEWS_OF_A_YEAR = dt.timedelta(days=370)

_LICENCES = (
    (Licence.PRESCRIBER, frozenset({"MD", "DO", "NP", "APRN", "PA", "PA-C", "CRNP", "DNP"})),
    (Licence.RN, frozenset({"RN", "BSN", "MSN", "NCSN"})),
    (Licence.LPN, frozenset({"LPN", "LVN"})),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The facts of one order of one student, with the rows that screens and writes need beside them."""

    student: Student
    row: OrderRow
    facts: SafetyFacts
    calendar: SchoolCalendar
    school: uuid.UUID
    logs: tuple[tuple[MedicationLog, DoseRow], ...]
    lots: tuple[LotOnHand, ...]
    lot: LotOnHand | None
    consent: tuple[MedicationConsent, ConsentSignature] | None

    @property
    def current(self) -> tuple[DoseRow, ...]:
        return current_rows(row for _, row in self.logs)


def gather(
    session: Session,
    desk: Desk,
    order_id: uuid.UUID,
    student_id: uuid.UUID,
    event_at: dt.datetime,
    lot_id: uuid.UUID | None = None,
) -> Gathered:
    """Read the facts for a dose of this order at `event_at`.

    Raises:
        OrderNotFoundError: no such order, or another student's.
    """
    students = dose_queries.aliases(session, student_id)
    student = session.get(Student, student_id)
    versions = _versions(session, desk, order_id, student_id)
    row = next((one for one in versions if one.order.id == order_id), None)
    if student is None or row is None or row.order.student_id not in students:
        raise OrderNotFoundError
    order = row.order
    school = _school_of(session, desk, student_id)
    calendar = dose_queries.calendar_of(session, school, desk.school.zone.key)
    others = other_orders(session, desk, students, order.root_id, calendar.local_date(event_at))
    logs = tuple(dose_queries.log_rows(session, students, event_at - _LOOK_BACK, order_root=_log_root(order_id, row)))
    current = current_rows(one for _, one in logs)
    consent = dose_queries.consent_of(session, row.consent_id, calendar, event_at)
    lots = tuple(stock_queries.lots_for(session, order, students, school))
    chosen = next((one for one in lots if lot_id is None or one.lot_id == lot_id), None)
    version_ids = {one.order.id for one in versions} | {order.root_id}
    facts = SafetyFacts(
        now=desk.now(),
        actor=dose_actor(session, desk, order.drug.id),
        student_ids=students,
        versions=tuple(one.order for one in versions),
        calendar=calendar,
        rules=dose_queries.rules_of(session, school),
        similar=dose_queries.similar_to(session, student, schools_of(session, student_id)),
        consents=() if consent is None else (consent[0],),
        allergies=dose_queries.allergies_of(session, students),
        other_orders=others,
        doses=tuple(one for _, one in logs),
        given_before=row.given_elsewhere or any(one.taken for one in current),
        doses_this_year=dose_queries.taken_since(current, order.root_id, event_at - _NEWS_OF_A_YEAR)
        if order.standing
        else 0,
        lot=None if chosen is None else chosen.for_rules,
        conflicts=dose_queries.open_conflicts(session, version_ids),
        weight_measured_on=dose_queries.weighed_on(session, students, calendar.tzinfo) if order.weight_based else None,
    )
    return Gathered(
        student=student,
        row=row,
        facts=facts,
        calendar=calendar,
        school=school,
        logs=logs,
        lots=lots,
        lot=chosen,
        consent=consent,
    )


def dose_actor(session: Session, desk: Desk, medication: uuid.UUID, user: uuid.UUID | None = None) -> DoseActor:
    """A person as the dose rules see one: role, licence and, without one, the trainings in hand (M18)."""
    person = user or desk.person.user_id
    if user is None:
        role, credentials = desk.person.role, desk.person.credentials
    else:
        found = session.execute(sa.select(User.role, User.credentials).where(User.id == user)).one()
        role, credentials = found[0], found[1]
    licence = licence_of(role, credentials)
    trained = dose_queries.delegations_of(session, person, medication) if licence is Licence.NONE else ()
    return DoseActor(user_id=person, role=role, licence=licence, delegations=trained)


def licence_of(role: UserRole, credentials: str | None) -> Licence:
    """The licence that a person's credentials name. The role NURSE without any is a registered nurse's."""
    words = {word.strip(" .").upper() for word in (credentials or "").replace("/", ",").split(",")}
    named = next((licence for licence, titles in _LICENCES if words & titles), None)
    if named is not None:
        return named
    return Licence.RN if role is UserRole.NURSE else Licence.NONE


def other_orders(
    session: Session, desk: Desk, students: Collection[uuid.UUID], root: uuid.UUID, day: dt.date
) -> tuple[Order, ...]:
    """The student's other orders that are active on `day`, by the version in force."""
    rows = order_queries.orders_of_student(session, students, desk.school.zone)
    grouped = order_queries.by_root(row for row in rows if row.order.root_id != root)
    governing = (in_force([row.order for row in versions], day) for versions in grouped.values())
    return tuple(
        order for order in governing if order is not None and order.status is OrderStatus.ACTIVE and order.in_date(day)
    )


def _versions(session: Session, desk: Desk, order_id: uuid.UUID, student: uuid.UUID) -> tuple[OrderRow, ...]:
    versions = order_queries.versions_of(session, order_id, desk.school.zone)
    if versions:
        return versions
    standing = order_queries.standing_order(session, order_id, student)
    return () if standing is None else (standing,)


def _log_root(order_id: uuid.UUID, row: OrderRow) -> uuid.UUID | None:
    return None if row.order.id == row.standing_order_id == order_id else row.order.root_id


def _school_of(session: Session, desk: Desk, student: uuid.UUID) -> uuid.UUID:
    """The school whose calendar and stock count: the desk's where the student is enrolled there."""
    schools = schools_of(session, student)
    if desk.school.id in schools or not schools:
        return desk.school.id
    main = session.scalar(sa.select(Student.school_id).where(Student.id == student))
    return main if main in schools else min(schools)
