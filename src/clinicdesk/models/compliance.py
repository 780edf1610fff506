"""Compliance and policy: checklists, violations, policies and retention."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import AtLeast, Equals, Given, Ordered, RequiredWhen
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, link, live_unique
from clinicdesk.models.enums import (
    ChecklistItemStatus,
    ComplianceCategory,
    ComplianceReportStatus,
    ComplianceReportType,
    DataRetentionCategory,
    PolicyCategory,
    PolicyStatus,
    Priority,
    RemediationStatus,
    RetentionStatus,
    Severity,
    ViolationStatus,
    ViolationType,
)
from clinicdesk.models.mixins import Superseding
from clinicdesk.models.policy import DISTRICT, SyncClass, SyncPolicy, parent, school


class ComplianceChecklistItem(Syncable, SoftDeleted, Base):
    """One requirement on a compliance checklist and the evidence for it."""

    __tablename__ = "compliance_checklist_items"
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, school())
    __rules__ = (
        RequiredWhen("completed_at", Equals("status", "COMPLETED"), "completed"),
        RequiredWhen("completed_by", Given("completed_at"), "completed"),
    )

    requirement: Mapped[str] = column(String(500))
    description: Mapped[str | None]
    category: Mapped[ComplianceCategory] = column(index=True)
    status: Mapped[ChecklistItemStatus] = column(default=ChecklistItemStatus.PENDING, index=True, group="completion")
    evidence: Mapped[str | None]
    notes: Mapped[str | None]
    due_date: Mapped[dt.datetime | None] = column(index=True)
    completed_at: Mapped[dt.datetime | None] = column(index=True, group="completion")
    completed_by: Mapped[uuid.UUID | None] = link("users.id", group="completion")
    report_id: Mapped[uuid.UUID | None] = link("compliance_reports.id")
    school_id: Mapped[uuid.UUID | None] = link("schools.id")


class ComplianceReport(Syncable, SoftDeleted, Base):
    """A compliance report for a period under one regulation or topic."""

    __tablename__ = "compliance_reports"
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, school())
    __rules__ = (
        RequiredWhen("submitted_by", Given("submitted_at"), "submitted"),
        RequiredWhen("reviewed_by", Given("reviewed_at"), "reviewed"),
        Ordered("submitted_at", "reviewed_at"),
    )

    report_type: Mapped[ComplianceReportType] = column(index=True)
    title: Mapped[str] = column(String(200))
    description: Mapped[str | None]
    status: Mapped[ComplianceReportStatus] = column(default=ComplianceReportStatus.PENDING, index=True)
    period: Mapped[str] = column(String(50), index=True)
    findings: Mapped[list[Any] | None]
    recommendations: Mapped[list[Any] | None]
    due_date: Mapped[dt.datetime | None] = column(index=True)
    submitted_at: Mapped[dt.datetime | None] = column(group="review")
    submitted_by: Mapped[uuid.UUID | None] = link("users.id", group="review")
    reviewed_at: Mapped[dt.datetime | None] = column(group="review")
    reviewed_by: Mapped[uuid.UUID | None] = link("users.id", group="review")
    created_by_id: Mapped[uuid.UUID] = link("users.id")
    school_id: Mapped[uuid.UUID | None] = link("schools.id")


class ComplianceViolation(Syncable, SoftDeleted, Base):
    """A found or reported breach of rules and its investigation."""

    __tablename__ = "compliance_violations"
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, school())
    __rules__ = (
        RequiredWhen("school_id", Given("affected_students"), "students_named"),
        Ordered("discovered_at", "resolved_at"),
        RequiredWhen("resolved_at", Equals("status", "RESOLVED", "CLOSED"), "resolved"),
    )

    violation_type: Mapped[ViolationType] = column(index=True)
    title: Mapped[str] = column(String(200))
    description: Mapped[str]
    severity: Mapped[Severity] = column(index=True)
    status: Mapped[ViolationStatus] = column(default=ViolationStatus.REPORTED, index=True, group="resolution")
    reported_by: Mapped[uuid.UUID] = link("users.id")
    discovered_at: Mapped[dt.datetime] = column(index=True, group="resolution")
    affected_students: Mapped[list[Any] | None] = column(phi=True, group="affected")
    affected_data_categories: Mapped[list[str] | None]
    root_cause: Mapped[str | None]
    assigned_to: Mapped[uuid.UUID | None] = link("users.id")
    resolution_notes: Mapped[str | None] = column(group="resolution")
    resolved_at: Mapped[dt.datetime | None] = column(group="resolution")
    school_id: Mapped[uuid.UUID | None] = link("schools.id", group="affected")


class DataRetentionPolicy(Syncable, SoftDeleted, Base):
    """How long one category of data is kept and on what legal basis.

    Nothing else says so, for audit entries either (concern 2); the longer of it and the state's rule governs (D43).
    """

    __tablename__ = "data_retention_policies"
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)
    __rules__ = (
        AtLeast("retention_period_days", 1),
        RequiredWhen("last_reviewed_by", Given("last_reviewed_at"), "reviewed"),
    )

    category: Mapped[DataRetentionCategory] = column(index=True)
    description: Mapped[str]
    retention_period_days: Mapped[int] = column(group="period")
    legal_basis: Mapped[str]
    status: Mapped[RetentionStatus] = column(default=RetentionStatus.ACTIVE, index=True)
    auto_delete: Mapped[bool] = column(default=False, index=True, group="period")
    last_reviewed_at: Mapped[dt.datetime | None] = column(index=True, group="review")
    last_reviewed_by: Mapped[uuid.UUID | None] = link("users.id", group="review")


class PolicyAcknowledgment(Syncable, Superseding, Base):
    """Proof that a user read and accepted a policy document."""

    __tablename__ = "policy_acknowledgments"
    __table_args__ = (live_unique("policy_id", "user_id", where="entry_kind = 'ORIGINAL'"),)
    __sync__ = SyncPolicy(SyncClass.APPEND_ONLY, DISTRICT)

    policy_id: Mapped[uuid.UUID] = link("policy_documents.id")
    user_id: Mapped[uuid.UUID] = link("users.id")
    acknowledged_at: Mapped[dt.datetime]
    ip_address: Mapped[str | None] = column(String(45))
    policy_version: Mapped[str] = column(String(20))


class PolicyDocument(Syncable, SoftDeleted, Base):
    """A versioned organisational policy with effective and review dates."""

    __tablename__ = "policy_documents"
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)
    __rules__ = (
        Ordered("effective_date", "review_date"),
        RequiredWhen("approved_by", Given("approved_at"), "approved"),
        RequiredWhen("approved_at", Equals("status", "ACTIVE"), "active"),
    )

    title: Mapped[str] = column(String(200), group="text")
    category: Mapped[PolicyCategory] = column(index=True)
    content: Mapped[str] = column(group="text")
    version: Mapped[str] = column(String(20), default="1.0", group="text")
    effective_date: Mapped[dt.datetime] = column(index=True, group="dates")
    review_date: Mapped[dt.datetime | None] = column(index=True, group="dates")
    status: Mapped[PolicyStatus] = column(default=PolicyStatus.DRAFT, index=True, group="approval")
    approved_by: Mapped[uuid.UUID | None] = link("users.id", group="approval")
    approved_at: Mapped[dt.datetime | None] = column(group="approval")


class RemediationAction(Syncable, SoftDeleted, Base):
    """A corrective action for a compliance violation, with verification."""

    __tablename__ = "remediation_actions"
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, parent("violation_id"))
    __rules__ = (
        RequiredWhen("completed_at", Equals("status", "COMPLETED", "VERIFIED"), "completed"),
        RequiredWhen("verified_by", Equals("status", "VERIFIED"), "verified"),
        RequiredWhen("verified_at", Given("verified_by"), "verified"),
        Ordered("completed_at", "verified_at"),
    )

    violation_id: Mapped[uuid.UUID] = link("compliance_violations.id")
    action: Mapped[str]
    priority: Mapped[Priority] = column(default=Priority.MEDIUM, index=True)
    status: Mapped[RemediationStatus] = column(default=RemediationStatus.PLANNED, index=True, group="progress")
    assigned_to: Mapped[uuid.UUID] = link("users.id")
    due_date: Mapped[dt.datetime] = column(index=True)
    implementation_notes: Mapped[str | None]
    verification_notes: Mapped[str | None] = column(group="progress")
    completed_at: Mapped[dt.datetime | None] = column(index=True, group="progress")
    verified_by: Mapped[uuid.UUID | None] = link("users.id", group="progress")
    verified_at: Mapped[dt.datetime | None] = column(group="progress")
