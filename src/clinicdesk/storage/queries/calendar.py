"""Academic sessions and the days that differ from their rule (D41)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.models import AcademicSession, CalendarDay


def sessions_of(session: Session, school: uuid.UUID | None) -> list[AcademicSession]:
    """The sessions that hold at a school, those of all schools included; newest first."""
    statement = sa.select(AcademicSession).where(
        AcademicSession.deleted_at.is_(None),
        (AcademicSession.school_id == school) | AcademicSession.school_id.is_(None),
    )
    return list(session.scalars(statement.order_by(AcademicSession.starts_on.desc(), AcademicSession.ends_on.desc())))


def days_of(session: Session, school: uuid.UUID | None, since: dt.date) -> list[CalendarDay]:
    """The days from `since` on that differ at a school, those of all schools included; in order."""
    statement = sa.select(CalendarDay).where(
        CalendarDay.deleted_at.is_(None),
        CalendarDay.day >= since,
        (CalendarDay.school_id == school) | CalendarDay.school_id.is_(None),
    )
    return list(session.scalars(statement.order_by(CalendarDay.day, CalendarDay.school_id)))


def days_taken(
    session: Session, school: uuid.UUID | None, days: Iterable[dt.date], *, but: uuid.UUID | None = None
) -> list[dt.date]:
    """Those of `days` that exactly this school (or all schools) has an entry for."""
    at = CalendarDay.school_id.is_(None) if school is None else CalendarDay.school_id == school
    statement = sa.select(CalendarDay.day).where(CalendarDay.deleted_at.is_(None), CalendarDay.day.in_(list(days)), at)
    if but is not None:
        statement = statement.where(CalendarDay.id != but)
    return list(session.scalars(statement.order_by(CalendarDay.day)))
