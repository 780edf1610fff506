"""Administration: the organisation, its settings, training and emergency contacts."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import AtLeast, Between, EachOf, Equals, Holds, Occurs, Ordered, Pattern, RequiredWhen
from clinicdesk.domain.validation.shapes import EMAIL, PHONE, STATE, ZIP
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link, live_unique
from clinicdesk.models.enums import (
    AlertCategory,
    AlertSeverity,
    BackupStatus,
    BackupType,
    Channel,
    ContactPriority,
    EmergencyContactRelationship,
    LicenseStatus,
    LicenseType,
    MetricType,
    PreferredContactMethod,
    RecordsRegime,
    TrainingCategory,
    VerificationStatus,
)
from clinicdesk.models.mixins import Superseding
from clinicdesk.models.policy import DEVICE, DISTRICT, SyncClass, SyncPolicy, school, student
from clinicdesk.models.types import Exact


def empty_attendance() -> dict[str, int]:
    """Attendance of a term of which nothing is known yet."""
    return {"totalDays": 0, "presentDays": 0, "absentDays": 0, "tardyDays": 0, "attendanceRate": 0}


def empty_behavior() -> dict[str, str | int]:
    """Behaviour of a term of which nothing is known yet."""
    return {"conductGrade": "N/A", "incidents": 0, "commendations": 0}


class AcademicTranscript(Syncable, SoftDeleted, Base):
    """A student's grades, attendance and behaviour for one term, mostly imported."""

    __tablename__ = "academic_transcripts"
    __table_args__ = (live_unique("student_id", "academic_year", "semester"),)
    __sync__ = SyncPolicy(SyncClass.DISTRICT, student())
    __rules__ = (Between("gpa", 0, 4),)

    student_id: Mapped[uuid.UUID] = link("students.id", phi=True)
    academic_year: Mapped[str] = column(String(20), index=True)
    semester: Mapped[str] = column(String(20))
    grade: Mapped[str] = column(String(10))
    gpa: Mapped[Decimal] = column(Exact(3, 2), default=Decimal(0), index=True)
    subjects: Mapped[list[Any]] = column(default=list)
    attendance: Mapped[dict[str, Any]] = column(default=empty_attendance)
    behavior: Mapped[dict[str, Any]] = column(default=empty_behavior)
    imported_by: Mapped[uuid.UUID | None] = link("users.id")
    imported_at: Mapped[dt.datetime | None]
    import_source: Mapped[str | None] = column(String(100))
    metadata_: Mapped[dict[str, Any] | None] = column("metadata")


class BackupLog(Syncable, Base):
    """One run of a database backup.

    No backup counts as COMPLETED until it has been opened again (security 2.7).
    """

    __tablename__ = "backup_logs"
    __sync__ = SyncPolicy(SyncClass.UPLOAD_ONLY, DEVICE)
    __rules__ = (
        Ordered("started_at", "completed_at"),
        RequiredWhen("completed_at", Equals("status", "COMPLETED"), "completed"),
        RequiredWhen("error", Equals("status", "FAILED"), "failed"),
        AtLeast("file_size", 0),
        Occurs("verified", "completed_backup_is_verified", Holds("verified"), Equals("status", "COMPLETED")),
    )

    type: Mapped[BackupType] = column(index=True)
    status: Mapped[BackupStatus] = column(index=True)
    file_name: Mapped[str | None] = column(String(255))
    file_size: Mapped[int | None] = column(BigInteger())
    location: Mapped[str | None]
    triggered_by: Mapped[uuid.UUID | None] = link("users.id")
    error: Mapped[str | None]
    started_at: Mapped[dt.datetime] = column(index=True)
    completed_at: Mapped[dt.datetime | None]
    device_id: Mapped[uuid.UUID]
    verified: Mapped[bool] = column(default=False)
    content_hash: Mapped[str | None] = column(String(64))


class ConfigurationHistory(Syncable, Superseding, Base):
    """One change of a configuration value."""

    __tablename__ = "configuration_history"
    __sync__ = SyncPolicy(SyncClass.APPEND_ONLY, DISTRICT)

    config_key: Mapped[str] = column(String(100), index=True)
    old_value: Mapped[str | None]
    new_value: Mapped[str]
    changed_by: Mapped[uuid.UUID] = link("users.id")
    configuration_id: Mapped[uuid.UUID] = link("system_configurations.id")


class District(Syncable, SoftDeleted, Base):
    """A school district, the top of the organisation tree."""

    __tablename__ = "districts"
    __table_args__ = (live_unique("code"),)
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)
    __rules__ = (
        Pattern("state", "state_code", STATE),
        Pattern("zip_code", "zip_code", ZIP),
    )

    name: Mapped[str] = column(String(200))
    code: Mapped[str] = column(String(50))
    address: Mapped[str | None]
    city: Mapped[str | None] = column(String(100))
    state: Mapped[str | None] = column(String(2))
    zip_code: Mapped[str | None] = column(String(10))
    phone: Mapped[str | None] = column(String(20))
    email: Mapped[str | None] = column(String(255))
    is_active: Mapped[bool] = column(default=True, index=True)
    time_zone: Mapped[str] = column(String(64), default="America/New_York")
    language: Mapped[str] = column(String(10), default="en")


class License(Syncable, SoftDeleted, Base):
    """A product licence issued to a district, with limits and features."""

    __tablename__ = "licenses"
    __table_args__ = (live_unique("license_key"),)
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)
    __rules__ = (
        Ordered("issued_at", "activated_at"),
        Ordered("issued_at", "expires_at"),
        Ordered("activated_at", "deactivated_at"),
        AtLeast("max_users", 1),
        AtLeast("max_schools", 1),
    )

    license_key: Mapped[str] = column(String(100))
    type: Mapped[LicenseType] = column(default=LicenseType.TRIAL)
    status: Mapped[LicenseStatus] = column(default=LicenseStatus.ACTIVE, index=True)
    max_users: Mapped[int | None]
    max_schools: Mapped[int | None]
    features: Mapped[list[str]] = column(default=list)
    issued_to: Mapped[str | None] = column(String(255))
    district_id: Mapped[uuid.UUID | None] = link("districts.id")
    notes: Mapped[str | None]
    issued_at: Mapped[dt.datetime] = column(group="dates")
    activated_at: Mapped[dt.datetime | None] = column(group="dates")
    expires_at: Mapped[dt.datetime | None] = column(group="dates")
    deactivated_at: Mapped[dt.datetime | None] = column(group="dates")


class PerformanceMetric(Syncable, Base):
    """One measured value of system performance."""

    __tablename__ = "performance_metrics"
    __sync__ = SyncPolicy(SyncClass.UPLOAD_ONLY, DEVICE)

    metric_type: Mapped[MetricType] = column(index=True)
    value: Mapped[Decimal] = column(Exact(16, 4))
    unit: Mapped[str | None] = column(String(50))
    tags: Mapped[dict[str, Any] | None]
    recorded_at: Mapped[dt.datetime] = column(index=True)
    device_id: Mapped[uuid.UUID]


class School(Syncable, SoftDeleted, Base):
    """A school that belongs to a district.

    It names the law its health records fall under (D43) and its time zone.
    """

    __tablename__ = "schools"
    __table_args__ = (
        live_unique("code"),
        live_unique("sourced_id", where="deleted_at IS NULL AND sourced_id IS NOT NULL"),
    )
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)
    __rules__ = (
        Pattern("state", "state_code", STATE),
        Pattern("zip_code", "zip_code", ZIP),
        AtLeast("total_enrollment", 0),
    )

    name: Mapped[str] = column(String(200))
    code: Mapped[str] = column(String(50))
    district_id: Mapped[uuid.UUID] = link("districts.id")
    address: Mapped[str | None]
    city: Mapped[str | None] = column(String(100))
    state: Mapped[str | None] = column(String(2))
    zip_code: Mapped[str | None] = column(String(10))
    phone: Mapped[str | None] = column(String(20))
    email: Mapped[str | None] = column(String(255))
    principal: Mapped[str | None] = column(String(200))
    total_enrollment: Mapped[int | None]
    is_active: Mapped[bool] = column(default=True, index=True)
    time_zone: Mapped[str] = column(String(64), default="America/New_York")
    records_regime: Mapped[RecordsRegime] = column(default=RecordsRegime.FERPA)
    sourced_id: Mapped[str | None] = column(String(255))
    lowest_grade: Mapped[str | None] = column(String(10))
    highest_grade: Mapped[str | None] = column(String(10))


class TrainingModule(Syncable, SoftDeleted, Base):
    """A staff training course.

    Who completed it stands in `training_completions`; the count is derived from it (concern 46).
    """

    __tablename__ = "training_modules"
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)
    __rules__ = (
        AtLeast("duration", 0, above=True),
        AtLeast("completion_count", 0),
        AtLeast("valid_for_days", 1),
    )

    title: Mapped[str] = column(String(255))
    description: Mapped[str | None]
    content: Mapped[str]
    duration: Mapped[int | None]
    category: Mapped[TrainingCategory] = column(index=True)
    is_required: Mapped[bool] = column(default=False, index=True)
    order: Mapped[int] = column(default=0, index=True)
    attachments: Mapped[list[str] | None]
    completion_count: Mapped[int] = column(default=0, derived=True)
    valid_for_days: Mapped[int | None]
    version: Mapped[str] = column(String(20), default="1.0")


class AlertRule(Syncable, SoftDeleted, Base):
    """A rule that says when an alert is raised, how urgent it is and who hears of it."""

    __tablename__ = "alert_rules"
    __table_args__ = (
        live_unique("name"),
        index("category", "is_active", "priority"),
    )
    __sync__ = SyncPolicy(SyncClass.DISTRICT, school())
    __rules__ = (
        AtLeast("auto_escalate_after", 1),
        AtLeast("cooldown_period", 0),
        AtLeast("expires_after", 1),
        AtLeast("trigger_count", 0),
    )

    name: Mapped[str] = column(String(200))
    description: Mapped[str | None]
    category: Mapped[AlertCategory]
    severity: Mapped[AlertSeverity] = column(index=True)
    is_active: Mapped[bool] = column(default=True, index=True)
    priority: Mapped[int] = column(default=0, index=True)
    trigger_conditions: Mapped[list[Any]]
    notification_channels: Mapped[list[Any]] = column(default=list)
    target_roles: Mapped[list[str] | None]
    target_users: Mapped[list[str] | None]
    school_id: Mapped[uuid.UUID | None] = link("schools.id")
    district_id: Mapped[uuid.UUID | None] = link("districts.id")
    auto_escalate_after: Mapped[int | None]
    cooldown_period: Mapped[int | None]
    requires_acknowledgment: Mapped[bool] = column(default=False)
    expires_after: Mapped[int | None]
    metadata_: Mapped[dict[str, Any] | None] = column("metadata")
    last_triggered: Mapped[dt.datetime | None] = column(derived=True)
    trigger_count: Mapped[int | None] = column(default=0, derived=True)


class EmergencyContact(Syncable, SoftDeleted, Base):
    """The role of one `Contact` for one student (concern 43).

    The order of calling, the right to pick up, the limits of custody. Name and number are those given for this
    student.
    """

    __tablename__ = "emergency_contacts"
    __table_args__ = (index("student_id", "call_order"),)
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, student())
    __rules__ = (
        AtLeast("call_order", 1),
        EachOf("notification_channels", (Channel.SMS, Channel.EMAIL, Channel.VOICE)),
        Pattern("email", "email_address", EMAIL),
        Pattern("phone_number", "phone_number", PHONE),
        RequiredWhen("last_verified_at", Equals("verification_status", "VERIFIED"), "verified"),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", index=False, phi=True)
    first_name: Mapped[str] = column(String(100), phi=True)
    last_name: Mapped[str] = column(String(100), phi=True)
    relationship: Mapped[EmergencyContactRelationship] = column(phi=True)
    phone_number: Mapped[str] = column(String(20), phi=True)
    email: Mapped[str | None] = column(String(255), phi=True)
    address: Mapped[str | None] = column(phi=True)
    priority: Mapped[ContactPriority] = column(default=ContactPriority.PRIMARY, index=True)
    is_active: Mapped[bool] = column(default=True, index=True)
    preferred_contact_method: Mapped[PreferredContactMethod | None] = column(default=PreferredContactMethod.ANY)
    verification_status: Mapped[VerificationStatus | None] = column(
        default=VerificationStatus.UNVERIFIED, index=True, group="verification"
    )
    last_verified_at: Mapped[dt.datetime | None] = column(group="verification")
    notification_channels: Mapped[list[str]] = column(default=list)
    can_pickup_student: Mapped[bool] = column(default=False, group="custody", safety=True)
    notes: Mapped[str | None] = column(phi=True)
    contact_id: Mapped[uuid.UUID] = link("contacts.id", phi=True)
    call_order: Mapped[int] = column(default=1)
    custody_limits: Mapped[str | None] = column(phi=True, group="custody", safety=True)
    may_consent: Mapped[bool] = column(default=False, phi=True, group="custody")
    language: Mapped[str | None] = column(String(10), phi=True)
