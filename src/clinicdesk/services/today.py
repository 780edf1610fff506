"""Today at one school, in one read: who is in the clinic, which doses are due, what else waits, and the counts."""

from __future__ import annotations

import datetime as dt
import enum
import statistics
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from clinicdesk.domain.people import PersonName
from clinicdesk.domain.permissions import Act
from clinicdesk.domain.visits import WaitLevel, wait_level
from clinicdesk.models import ClinicalTask, ClinicVisit, Student, VisitEvent
from clinicdesk.models.enums import Priority, VisitDisposition
from clinicdesk.services.desk import Desk
from clinicdesk.services.dose_values import DueBoard
from clinicdesk.services.medication_round import read_due
from clinicdesk.storage.queries import today as queries

_SOON = dt.timedelta(minutes=30)
_WEEK = dt.timedelta(days=7)
_STOCK_AHEAD = dt.timedelta(days=30)
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LineStudent:
    """A student as one line shows her."""

    id: uuid.UUID
    name: PersonName
    born: dt.date
    grade: str
    homeroom: str
    photo: str | None


class NextStep(enum.StrEnum):
    """What an open visit waits for."""

    TASK = "TASK"
    STEP = "STEP"
    NOT_ASSESSED = "NOT_ASSESSED"
    ASSESSED = "ASSESSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenVisit:
    """A card of "in clinic now". `next_words` is a task's title or a step's kind, as `next_step` says."""

    id: uuid.UUID
    student: LineStudent
    came_at: dt.datetime
    minutes: int
    level: WaitLevel
    reasons: tuple[str, ...]
    note: str
    next_step: NextStep
    next_words: str = ""
    next_at: dt.datetime | None = None
    overdue: bool = False


class AlertKind(enum.StrEnum):
    """What an alert is about; a task keeps its own kind in `task_kind`."""

    TASK = "TASK"
    CONFLICTS = "CONFLICTS"
    CONSENT_MISSING = "CONSENT_MISSING"
    ORDER_ENDS = "ORDER_ENDS"
    STOCK_LOW = "STOCK_LOW"
    LOT_EXPIRES = "LOT_EXPIRES"
    CO_REVIEW = "CO_REVIEW"


class When(enum.StrEnum):
    """The heading an alert stands under."""

    NOW = "NOW"
    TODAY = "TODAY"
    WEEK = "WEEK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A line of alerts and tasks. `words` name the drug, item or task; `students` whom it concerns."""

    id: uuid.UUID
    kind: AlertKind
    when: When
    words: str = ""
    students: tuple[LineStudent, ...] = ()
    count: int = 1
    task_kind: str = ""
    due_at: dt.datetime | None = None
    until: dt.date | None = None
    overdue: bool = False
    safety: bool = False
    amount: str = ""
    level: str = ""
    controlled: bool = False
    row_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """The counter row."""

    visits: int = 0
    open_visits: int = 0
    given: int = 0
    owed: int = 0
    late: int = 0
    held: int = 0
    closed: int = 0
    returned: int = 0
    median_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayBoard:
    """All of Today. A part the role may not see is None."""

    now: dt.datetime
    day: dt.date
    visits: tuple[OpenVisit, ...] | None
    doses: DueBoard | None
    alerts: tuple[Alert, ...]
    counters: Counters
    tasks_done: int = 0


class Today:
    """Reads Today for the desk's school."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def board(self) -> TodayBoard:
        """One read transaction for the whole screen."""
        desk = self._desk
        now = desk.now()
        with desk.look(Act.VIEW_CALENDAR) as session:
            tasks = queries.open_tasks(session, desk.school.id, now + _WEEK) if self._sees_tasks() else []
            visits = self._visits(session, tasks, now) if desk.may(Act.VIEW_VISITS) else None
            doses = read_due(session, desk, now) if desk.may(Act.VIEW_MEDICATION) else None
            alerts = self._alerts(session, tasks, now)
            return TodayBoard(
                now=now,
                day=desk.today(),
                visits=visits,
                doses=doses,
                alerts=alerts,
                counters=self._counters(session, visits, doses),
                tasks_done=queries.tasks_done_since(session, desk.school.id, self._midnight()),
            )

    # --- in clinic now ------------------------------------------------------------------------------------------

    def _visits(
        self, session: Session, tasks: list[tuple[ClinicalTask, Student | None]], now: dt.datetime
    ) -> tuple[OpenVisit, ...]:
        found = queries.open_visits(session, self._desk.school.id)
        steps = queries.last_steps(session, [visit.id for visit, _ in found])
        waiting: dict[uuid.UUID, ClinicalTask] = {}
        for task, _ in tasks:
            if task.student_id is not None and task.due_at is not None and task.due_at - now < _SOON:
                waiting.setdefault(task.student_id, task)
        return tuple(_open_visit(visit, student, waiting, steps, now) for visit, student in found)

    # --- counters -----------------------------------------------------------------------------------------------

    def _counters(self, session: Session, visits: tuple[OpenVisit, ...] | None, doses: DueBoard | None) -> Counters:
        since = self._midnight()
        school = self._desk.school.id
        today = queries.visits_since(session, school, since) if visits is not None else []
        closed = [(came, left, outcome) for came, left, outcome in today if left is not None]
        minutes = [int((left - came).total_seconds() // 60) for came, left, _ in closed if left is not None]
        return Counters(
            visits=len(today),
            open_visits=len(visits or ()),
            given=doses.given if doses else 0,
            owed=doses.owed if doses else 0,
            late=doses.late if doses else 0,
            held=queries.held_since(session, school, since) if doses else 0,
            closed=len(closed),
            returned=sum(outcome is VisitDisposition.RETURN_TO_CLASS for _, _, outcome in closed),
            median_minutes=round(statistics.median(minutes)) if minutes else None,
        )

    def _midnight(self) -> dt.datetime:
        return dt.datetime.combine(self._desk.today(), dt.time(), tzinfo=self._desk.school.zone)

    # --- alerts and tasks ---------------------------------------------------------------------------------------

    def _sees_tasks(self) -> bool:
        return self._desk.may(Act.MANAGE_FOLLOW_UP)

    def _alerts(
        self, session: Session, tasks: list[tuple[ClinicalTask, Student | None]], now: dt.datetime
    ) -> tuple[Alert, ...]:
        may = self._desk.may
        found = [self._task_alert(task, student, now) for task, student in tasks]
        told = {task.subject_id for task, _ in tasks if task.subject_id is not None}
        if may(Act.VIEW_CONFLICTS):
            found += self._conflict_alert(session)
        if may(Act.VIEW_MEDICATION) and self._sees_tasks():
            found += [one for one in self._order_alerts(session, now) if one.row_id not in told]
        if may(Act.VIEW_STOCK):
            found += [one for one in self._stock_alerts(session) if one.row_id not in told]
        if may(Act.REVIEW_AIDE_ENTRY):
            found += [
                Alert(
                    id=visit.id,
                    kind=AlertKind.CO_REVIEW,
                    when=When.TODAY,
                    students=(line_student(student),),
                    due_at=visit.check_in_time,
                    row_id=visit.id,
                )
                for visit, student in queries.awaiting_co_review(session, self._desk.school.id)
                if visit.id not in told
            ]
        return tuple(sorted(found, key=_urgency))

    def _task_alert(self, task: ClinicalTask, student: Student | None, now: dt.datetime) -> Alert:
        overdue = task.due_at is not None and task.due_at < now
        return Alert(
            id=task.id,
            kind=AlertKind.TASK,
            when=self._when(task, now),
            words=task.title,
            students=(line_student(student),) if student is not None else (),
            task_kind=task.kind.value,
            due_at=task.due_at,
            overdue=overdue,
            safety=task.priority in {Priority.URGENT, Priority.HIGH},
            row_id=task.subject_id,
        )

    def _when(self, task: ClinicalTask, now: dt.datetime) -> When:
        if task.due_at is None:
            return When.NOW if task.priority is Priority.URGENT else When.TODAY
        if task.due_at <= now + _SOON:
            return When.NOW
        return When.TODAY if self._desk.local(task.due_at).date() == self._desk.today() else When.WEEK

    def _conflict_alert(self, session: Session) -> list[Alert]:
        found = queries.conflicts(session, self._desk.school.id)
        if not found:
            return []
        students = _named(student for _, student in found)
        return [
            Alert(
                id=found[0][0].id,
                kind=AlertKind.CONFLICTS,
                when=When.NOW,
                students=students,
                count=len(found),
                due_at=found[0][0].created_at,
                safety=any(conflict.is_safety for conflict, _ in found),
            )
        ]

    def _order_alerts(self, session: Session, now: dt.datetime) -> list[Alert]:
        school, today = self._desk.school.id, self._desk.today()
        made = [
            Alert(
                id=order.id,
                kind=AlertKind.CONSENT_MISSING,
                when=When.NOW,
                words=drug.name,
                students=(line_student(student),),
                safety=True,
                controlled=order.is_controlled,
                row_id=order.id,
            )
            for order, drug, student in queries.orders_without_consent(session, school, today)
        ]
        for order, drug, student in queries.orders_ending(session, school, now + _WEEK):
            last = self._desk.local(order.end_date).date() if order.end_date else today
            made.append(
                Alert(
                    id=order.id,
                    kind=AlertKind.ORDER_ENDS,
                    when=When.NOW if last < today else When.TODAY if last == today else When.WEEK,
                    words=drug.name,
                    students=(line_student(student),),
                    until=last,
                    overdue=last < today,
                    controlled=order.is_controlled,
                    row_id=order.id,
                )
            )
        return made

    def _stock_alerts(self, session: Session) -> list[Alert]:
        school, today = self._desk.school.id, self._desk.today()
        made = [
            Alert(
                id=item.id,
                kind=AlertKind.STOCK_LOW,
                when=When.TODAY if amount > 0 else When.NOW,
                words=item.name,
                amount=format(amount.normalize(), "f"),
                level=str(item.reorder_level),
                row_id=item.id,
            )
            for item, amount in queries.items_low(session, school)
        ]
        made += [
            Alert(
                id=lot.id,
                kind=AlertKind.LOT_EXPIRES,
                when=When.NOW if lot.expires_on < today else When.WEEK,
                words=item.name,
                until=lot.expires_on,
                overdue=lot.expires_on < today,
                controlled=lot.is_controlled,
                row_id=lot.id,
            )
            for lot, item in queries.lots_expiring(session, school, today + _STOCK_AHEAD)
            if lot.expires_on is not None
        ]
        return made


def line_student(row: Student) -> LineStudent:
    return LineStudent(
        id=row.id,
        name=PersonName(first=row.first_name, last=row.last_name, middle=row.middle_name, preferred=row.preferred_name),
        born=row.date_of_birth,
        grade=row.grade,
        homeroom=row.homeroom or "",
        photo=row.photo,
    )


def _open_visit(
    visit: ClinicVisit,
    student: Student,
    waiting: dict[uuid.UUID, ClinicalTask],
    steps: dict[uuid.UUID, VisitEvent],
    now: dt.datetime,
) -> OpenVisit:
    minutes = max(0, int((now - visit.check_in_time).total_seconds() // 60))
    task, step = waiting.get(visit.student_id), steps.get(visit.id)
    touched = step is not None or bool(visit.findings or visit.interventions or visit.treatment)
    words, at = "", None
    if task is not None:
        kind, words, at = NextStep.TASK, task.title, task.due_at
    elif step is not None:
        kind, words, at = NextStep.STEP, step.note or step.kind.value, step.occurred_at
    else:
        kind = NextStep.ASSESSED if touched else NextStep.NOT_ASSESSED
    return OpenVisit(
        id=visit.id,
        student=line_student(student),
        came_at=visit.check_in_time,
        minutes=minutes,
        level=wait_level(minutes),
        reasons=tuple(visit.reason_for_visit),
        note=visit.notes or "",
        next_step=kind,
        next_words=words,
        next_at=at,
        overdue=task is not None and task.due_at is not None and task.due_at < now,
    )


def _named(students: Iterable[Student | None]) -> tuple[LineStudent, ...]:
    found = {student.id: line_student(student) for student in students if student is not None}
    return tuple(found.values())[:_MOST_NAMED]


_WHEN_ORDER = tuple(When)


def _urgency(alert: Alert) -> tuple[int, bool, bool, str, str]:
    moment = alert.due_at.isoformat() if alert.due_at else alert.until.isoformat() if alert.until else ""
    return _WHEN_ORDER.index(alert.when), not alert.overdue, not alert.safety, moment, alert.words.casefold()
