"""Reporting: stored reports, their schedules and runs."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import AtLeast, Equals, Ordered, RequiredWhen
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, link
from clinicdesk.models.enums import ReportFormat, ReportStatus, ReportType, ScheduleFrequency
from clinicdesk.models.policy import DISTRICT, SyncClass, SyncPolicy, school


class ReportExecution(Syncable, Base):
    """One run of a report and the file it made."""

    __tablename__ = "report_executions"
    __sync__ = SyncPolicy(SyncClass.UPLOAD_ONLY, school())
    __rules__ = (
        Ordered("started_at", "completed_at"),
        Ordered("started_at", "expires_at"),
        AtLeast("file_size", 0),
        AtLeast("record_count", 0),
        AtLeast("execution_time_ms", 0),
        RequiredWhen("error", Equals("status", "FAILED"), "failed"),
    )

    schedule_id: Mapped[uuid.UUID | None] = link("report_schedules.id")
    report_type: Mapped[ReportType]
    output_format: Mapped[ReportFormat]
    parameters: Mapped[dict[str, Any] | None]
    status: Mapped[ReportStatus] = column(default=ReportStatus.PENDING)
    file_path: Mapped[str | None] = column(String(500))
    download_url: Mapped[str | None] = column(String(500))
    file_size: Mapped[int | None] = column(BigInteger())
    record_count: Mapped[int | None]
    execution_time_ms: Mapped[int | None]
    error: Mapped[str | None]
    executed_by: Mapped[uuid.UUID | None] = link("users.id")
    started_at: Mapped[dt.datetime]
    completed_at: Mapped[dt.datetime | None]
    expires_at: Mapped[dt.datetime | None]
    device_id: Mapped[uuid.UUID]
    school_id: Mapped[uuid.UUID | None] = link("schools.id")


class ReportSchedule(Syncable, SoftDeleted, Base):
    """When and to whom a report is produced automatically."""

    __tablename__ = "report_schedules"
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, school())
    __rules__ = (
        RequiredWhen("cron_expression", Equals("frequency", "CUSTOM"), "custom_frequency"),
        AtLeast("execution_count", 0),
        AtLeast("failure_count", 0),
    )

    name: Mapped[str] = column(String(255))
    report_type: Mapped[ReportType]
    template_id: Mapped[uuid.UUID | None] = link("report_templates.id")
    frequency: Mapped[ScheduleFrequency] = column(group="timing")
    cron_expression: Mapped[str | None] = column(String(100), group="timing")
    output_format: Mapped[ReportFormat] = column(default=ReportFormat.PDF)
    parameters: Mapped[dict[str, Any] | None]
    recipients: Mapped[list[str]] = column(default=list)
    is_active: Mapped[bool] = column(default=True)
    last_executed_at: Mapped[dt.datetime | None] = column(derived=True)
    next_execution_at: Mapped[dt.datetime | None] = column(derived=True)
    execution_count: Mapped[int] = column(default=0, derived=True)
    failure_count: Mapped[int] = column(default=0, derived=True)
    last_error: Mapped[str | None] = column(derived=True)
    school_id: Mapped[uuid.UUID | None] = link("schools.id")


class ReportTemplate(Syncable, SoftDeleted, Base):
    """A stored definition of a report."""

    __tablename__ = "report_templates"
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)

    name: Mapped[str] = column(String(255))
    description: Mapped[str | None]
    report_type: Mapped[ReportType] = column(index=True)
    query_configuration: Mapped[dict[str, Any] | None]
    default_output_format: Mapped[ReportFormat] = column(default=ReportFormat.PDF)
    format_options: Mapped[dict[str, Any] | None]
    is_active: Mapped[bool] = column(default=True)
