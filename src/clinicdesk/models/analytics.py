"""Analytics: computed reports and metrics."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import AtLeast, Given, Ordered, RequiredWhen
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link
from clinicdesk.models.enums import AnalyticsReportType, ReportFormat, ReportStatus, TrendDirection
from clinicdesk.models.policy import SyncClass, SyncPolicy, school
from clinicdesk.models.types import Exact


class AnalyticsReport(Syncable, SoftDeleted, Base):
    """A report computed from the data over a period, with findings and sign-off.

    What is filed under a regulation is `ComplianceReport` (concern 43).
    """

    __tablename__ = "analytics_reports"
    __table_args__ = (index("school_id", "report_type"),)
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, school())
    __rules__ = (
        Ordered("period_start", "period_end"),
        AtLeast("file_size", 0),
        RequiredWhen("reviewed_by", Given("reviewed_at"), "reviewed"),
        RequiredWhen("approved_by", Given("approval_date"), "approved"),
    )

    report_type: Mapped[AnalyticsReportType]
    title: Mapped[str] = column(String(255))
    description: Mapped[str | None]
    period_start: Mapped[dt.datetime] = column(group="period")
    period_end: Mapped[dt.datetime] = column(group="period")
    generated_date: Mapped[dt.datetime] = column(index=True)
    school_id: Mapped[uuid.UUID | None] = link("schools.id", index=False)
    school_name: Mapped[str | None] = column(String(255), derived=True)
    summary: Mapped[dict[str, Any]]
    sections: Mapped[list[Any]] = column(default=list)
    findings: Mapped[list[Any]] = column(default=list)
    recommendations: Mapped[list[str]] = column(default=list)
    status: Mapped[ReportStatus] = column(default=ReportStatus.PENDING)
    format: Mapped[ReportFormat]
    file_url: Mapped[str | None] = column(String(255))
    file_size: Mapped[int | None]
    generated_by: Mapped[uuid.UUID] = link("users.id")
    reviewed_by: Mapped[uuid.UUID | None] = link("users.id", group="review")
    reviewed_at: Mapped[dt.datetime | None] = column(group="review")
    approved_by: Mapped[uuid.UUID | None] = link("users.id", group="approval")
    approval_date: Mapped[dt.datetime | None] = column(group="approval")
    distribution_list: Mapped[list[str] | None]
    sent_at: Mapped[dt.datetime | None]


class HealthMetricSnapshot(Syncable, SoftDeleted, Base):
    """One value of a school health metric at a point in time."""

    __tablename__ = "health_metric_snapshots"
    __table_args__ = (
        index("school_id", "snapshot_date"),
        index("metric_name", "snapshot_date"),
    )
    __sync__ = SyncPolicy(SyncClass.DISTRICT, school())

    school_id: Mapped[uuid.UUID] = link("schools.id", index=False)
    metric_name: Mapped[str] = column(String(255))
    value: Mapped[Decimal] = column(Exact(14, 4))
    unit: Mapped[str] = column(String(255))
    category: Mapped[str] = column(String(255))
    trend: Mapped[TrendDirection | None]
    metadata_: Mapped[dict[str, Any] | None] = column("metadata")
    snapshot_date: Mapped[dt.datetime]
