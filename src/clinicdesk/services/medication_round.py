"""The round of a day and the due board: every order, slot and state of a school, read at once (M4, M4a, M7)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.domain.calendar import Attendance, SchoolCalendar
from clinicdesk.domain.medication.facts import DoseRules
from clinicdesk.domain.medication.frequency_rules import prn_guard
from clinicdesk.domain.medication.log import DoseRow, RecordSource, current_rows
from clinicdesk.domain.medication.orders import Order, OrderStatus, heads, in_force
from clinicdesk.domain.medication.slots import DoseSlot, SlotState, slots_of_day, state_of
from clinicdesk.models import MedicationLog, Student, StudentEnrollment, User
from clinicdesk.models.enums import EnrollmentStatus
from clinicdesk.services.desk import Desk
from clinicdesk.services.dose_values import (
    Cell,
    DueBoard,
    DueDose,
    PrnRow,
    PrnState,
    Round,
    RoundRow,
    RoundStudent,
)
from clinicdesk.services.presence import away_on
from clinicdesk.storage.queries import doses as dose_queries
from clinicdesk.storage.queries import orders as order_queries
from clinicdesk.storage.queries.orders import OrderRow

BOARD_BACK = dt.timedelta(minutes=60)
BOARD_AHEAD = dt.timedelta(minutes=120)
_LOOK_BACK = dt.timedelta(hours=25)
_DAY = dt.timedelta(days=1)
_DONE = frozenset({SlotState.GIVEN, SlotState.SELF_CARRIED, SlotState.VOMITED, SlotState.DOUBLE_CHARTED})
_WAITING = frozenset({SlotState.LATE, SlotState.MISSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """What one read brings for a school and a day."""

    day: dt.date
    now: dt.datetime
    calendar: SchoolCalendar
    rules: DoseRules
    orders: Mapping[uuid.UUID, tuple[OrderRow, ...]]
    students: Mapping[uuid.UUID, Student]
    rows: Mapping[uuid.UUID, list[DoseRow]]
    logs: Mapping[uuid.UUID, MedicationLog]
    initials: Mapping[uuid.UUID, str]
    conflicts: frozenset[uuid.UUID]
    away: Mapping[uuid.UUID, Attendance]

    def governing(self) -> Iterable[Order]:
        """The version of each order that is in force and active on the day."""
        for versions in self.orders.values():
            order = in_force([row.order for row in versions], self.day)
            if order is not None and order.student_id in self.students:
                yield order

    def disputed(self, order: Order) -> bool:
        versions = [row.order for row in self.orders[order.root_id]]
        return any(one.id in self.conflicts for one in versions) or len(heads(versions)) > 1


def read_round(session: Session, desk: Desk, day: dt.date) -> Round:
    """All scheduled and as-needed orders of the desk's school on a day."""
    read = _read(session, desk, day)
    rows: list[RoundRow] = []
    prn: list[PrnRow] = []
    for order in read.governing():
        student = student_value(read.students[order.student_id])
        if order.is_prn:
            if order.status is OrderStatus.ACTIVE and order.in_date(day):
                prn.append(_prn_row(session, read, order, student))
            continue
        cells = {f"{_local(read, slot):%H:%M}": _cell(read, slot) for slot in _slots(read, order)}
        if cells:
            rows.append(RoundRow(student=student, order=order, cells=cells, in_conflict=read.disputed(order)))
    times = sorted({time for row in rows for time in row.cells})
    return Round(
        day=day,
        now=read.now,
        site=desk.school.name,
        times=tuple(times),
        rows=tuple(sorted(rows, key=_by_name)),
        prn=tuple(sorted(prn, key=_by_name)),
        is_school_day=read.calendar.is_school_day(day),
    )


def read_due(session: Session, desk: Desk, now: dt.datetime) -> DueBoard:
    """The doses around `now`; those still owed from earlier in the day stay, and stand first."""
    day = now.astimezone(desk.school.zone).date()
    read = _read(session, desk, day, now)
    doses: list[DueDose] = []
    given = owed = late = 0
    for order in read.governing():
        if order.is_prn:
            continue
        student = student_value(read.students[order.student_id])
        for slot in _slots(read, order):
            cell = _cell(read, slot)
            owed += 1
            given += cell.state in _DONE
            late += cell.state in _WAITING
            if cell.state in _WAITING or now - BOARD_BACK <= slot.due_at <= now + BOARD_AHEAD:
                doses.append(
                    DueDose(
                        student=student,
                        order=order,
                        slot=slot,
                        state=cell.state,
                        at=cell.at,
                        by=cell.by,
                        away=cell.away,
                    )
                )
    doses.sort(key=lambda one: (one.state not in _WAITING, one.slot.due_at, one.student.name.sorted_by, one.order.id))
    return DueBoard(now=now, doses=tuple(doses), given=given, owed=owed, late=late)


def student_value(row: Student) -> RoundStudent:
    return RoundStudent(
        id=row.id,
        name=dose_queries.name_of(row),
        born=row.date_of_birth,
        grade=row.grade,
        homeroom=row.homeroom,
        number=row.student_number,
        photo=row.photo,
    )


def initials_of(session: Session, users: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The initials of staff by id, as a cell signs a dose."""
    wanted = {user for user in users if user is not None}
    rows = session.execute(sa.select(User.id, User.first_name, User.last_name).where(User.id.in_(wanted)))
    return {key: f"{first[:1]}{last[:1]}".upper() for key, first, last in rows}


def _read(session: Session, desk: Desk, day: dt.date, now: dt.datetime | None = None) -> _Day:
    school, zone = desk.school.id, desk.school.zone
    calendar = dose_queries.calendar_of(session, school, zone.key)
    orders = order_queries.by_root(order_queries.orders_of_school(session, school, day, zone))
    enrolled = sa.select(StudentEnrollment.student_id).where(
        StudentEnrollment.school_id == school,
        StudentEnrollment.deleted_at.is_(None),
        StudentEnrollment.status != EnrollmentStatus.ENDED,
    )
    begins = calendar.instant(day, dt.time.min)
    found = [
        (log, row)
        for log, row in dose_queries.log_rows(session, enrolled, begins - _LOOK_BACK)
        if row.event_at < begins + 2 * _DAY
    ]
    rows: defaultdict[uuid.UUID, list[DoseRow]] = defaultdict(list)
    for _, row in found:
        rows[row.student_id].append(row)
    students = order_queries.students_named(
        session, {row.order.student_id for versions in orders.values() for row in versions}
    )
    ids = [row.order.id for versions in orders.values() for row in versions]
    away = away_on(session, enrolled, school, calendar, day, current_rows(row for _, row in found))
    return _Day(
        day=day,
        now=now or desk.now(),
        calendar=calendar,
        rules=dose_queries.rules_of(session, school),
        orders=orders,
        students={key: row for key, row in students.items() if row.deleted_at is None},
        rows=rows,
        logs={log.id: log for log, _ in found},
        initials=initials_of(session, (log.administered_by for log, _ in found)),
        conflicts=frozenset(one.row_id for one in dose_queries.open_conflicts(session, ids)),
        away=away,
    )


def _slots(read: _Day, order: Order) -> Sequence[DoseSlot]:
    return slots_of_day(order, read.day, read.calendar, read.rules.slots)


def _cell(read: _Day, slot: DoseSlot) -> Cell:
    rows, away = read.rows.get(slot.student_id, ()), read.away.get(slot.student_id)
    standing = state_of(slot, rows, read.now, away, read.calendar)
    if not standing.rows:
        return Cell(slot=slot, state=standing.state, away=standing.away)
    last = standing.rows[-1]
    log = read.logs[last.id]
    return Cell(
        slot=slot,
        state=standing.state,
        at=last.event_at,
        by=read.initials.get(log.administered_by, "") if log.administered_by else "",
        log_id=last.id,
        note=log.reason_not_given or "",
        away=standing.away,
    )


def _prn_row(session: Session, read: _Day, order: Order, student: RoundStudent) -> PrnRow:
    guard = prn_guard(order, read.rows.get(order.student_id, ()), read.now, read.calendar.tzinfo)
    consent = dose_queries.consent_of(session, order.consent_id, read.calendar, read.now)
    disputed = read.disputed(order)
    permitted = order.emergency or (consent is not None and consent[0].standing.permits and not disputed)
    waits = guard.limit_reached or (guard.next_allowed_at is not None and guard.next_allowed_at > read.now)
    state = PrnState.BLOCKED if not permitted else PrnState.WAIT if waits else PrnState.READY
    return PrnRow(
        student=student,
        order=order,
        state=state,
        guard=guard,
        consent=None if consent is None else consent[0].standing.state,
        last_from_home=guard.last_dose is not None and guard.last_dose.source is RecordSource.HOME_REPORTED,
        in_conflict=disputed,
    )


def _local(read: _Day, slot: DoseSlot) -> dt.datetime:
    return slot.due_at.astimezone(read.calendar.tzinfo)


def _by_name(row: RoundRow | PrnRow) -> tuple[str, str, str]:
    return (row.student.name.shown.casefold(), row.order.drug.name.casefold(), str(row.order.id))
