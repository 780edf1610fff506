"""Enrolments, academic sessions and calendar days: whose student it is, and on which days."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import EachOf, Equals, Ordered, Pattern, RequiredWhen
from clinicdesk.domain.validation.shapes import CLOCK_TIME, WEEKDAYS
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link, live_unique
from clinicdesk.models.enums import CalendarDayKind, EnrollmentStatus, SessionKind
from clinicdesk.models.policy import SyncClass, SyncPolicy, school, student


class StudentEnrollment(Syncable, SoftDeleted, Base):
    """A student belongs to a school for a time; the live ones make the scope of the student's rows (D10).

    A nurse may write a PROVISIONAL one at a school of her grant; the district confirms it.
    """

    __tablename__ = "student_enrollments"
    __table_args__ = (index("student_id", "school_id"),)
    __sync__ = SyncPolicy(SyncClass.DISTRICT, student())
    __rules__ = (
        Ordered("starts_on", "ends_on"),
        RequiredWhen("ends_on", Equals("status", "ENDED"), "ended"),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", index=False, phi=True)
    school_id: Mapped[uuid.UUID] = link("schools.id", phi=True)
    is_primary: Mapped[bool] = column(default=True)
    starts_on: Mapped[dt.date] = column(phi=True, group="period")
    ends_on: Mapped[dt.date | None] = column(phi=True, group="period")
    status: Mapped[EnrollmentStatus] = column(default=EnrollmentStatus.CONFIRMED, group="period")
    grade: Mapped[str | None] = column(String(10), phi=True)
    sourced_id: Mapped[str | None] = column(String(255), phi=True)


class AcademicSession(Syncable, SoftDeleted, Base):
    """A school year or term of one school, or of all; dose slots exist on its school days only (D41)."""

    __tablename__ = "academic_sessions"
    __sync__ = SyncPolicy(SyncClass.DISTRICT, school())
    __rules__ = (Ordered("starts_on", "ends_on", strictly=True), EachOf("school_days", WEEKDAYS))

    school_id: Mapped[uuid.UUID | None] = link("schools.id")
    parent_id: Mapped[uuid.UUID | None] = link("academic_sessions.id")
    title: Mapped[str] = column(String(100))
    kind: Mapped[SessionKind]
    starts_on: Mapped[dt.date] = column(index=True, group="period")
    ends_on: Mapped[dt.date] = column(group="period")
    school_days: Mapped[list[int]] = column(default=list, group="period")
    sourced_id: Mapped[str | None] = column(String(255))


class CalendarDay(Syncable, SoftDeleted, Base):
    """A day that differs from the session's rule at one school, or at all: closed, shortened or added (D41)."""

    __tablename__ = "calendar_days"
    __table_args__ = (
        live_unique("school_id", "day", where="deleted_at IS NULL AND school_id IS NOT NULL"),
        live_unique("day", where="deleted_at IS NULL AND school_id IS NULL"),
    )
    __sync__ = SyncPolicy(SyncClass.DISTRICT, school())
    __rules__ = (
        RequiredWhen("at_time", Equals("kind", "EARLY_DISMISSAL", "LATE_START"), "shortened"),
        Pattern("at_time", "clock_time", CLOCK_TIME),
    )

    school_id: Mapped[uuid.UUID | None] = link("schools.id")
    day: Mapped[dt.date]
    kind: Mapped[CalendarDayKind] = column(group="day")
    at_time: Mapped[str | None] = column(String(5), group="day")
    title: Mapped[str | None] = column(String(200))
