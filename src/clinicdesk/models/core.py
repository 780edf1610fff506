"""Core: students, users and the audit trail."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import (
    AtLeast,
    Equals,
    Lowercase,
    Ordered,
    Pattern,
    RequiredWhen,
    TogetherGiven,
    Unequal,
)
from clinicdesk.domain.validation.shapes import EMAIL
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, containment_index, index, link, live_unique, unique
from clinicdesk.models.enums import AuditAction, ComplianceType, Gender, NumberStatus, Severity, UserRole, WritePurpose
from clinicdesk.models.policy import DEVICE, DISTRICT, SyncClass, SyncPolicy, student
from clinicdesk.models.types import Sealed


class AuditLog(Syncable, Base):
    """An append-only trail of who did what to which record, with before and after values and the regulation it
    falls under.

    A row is never changed (a trigger refuses it on both databases); `hash` chains the rows of one device (security
    2.5, D34). A workstation that was set back writes on from an earlier row: both branches stand, `prev_hash` says
    where they part (scenarios 13, 15). The value columns are sealed and outside the chain. How long rows are kept is
    set by `data_retention_policies` alone (concern 2).
    """

    __tablename__ = "audit_logs"
    __table_args__ = (
        unique("device_id", "seq", "hash"),
        index("created_at"),
        index("entity_type", "entity_id", "created_at"),
        index("user_id", "created_at"),
        index("action", "entity_type", "created_at"),
        index("is_phi", "created_at"),
        index("compliance_type", "created_at"),
        index("severity", "created_at"),
        index("student_id", "created_at"),
        containment_index("tags"),
        containment_index("metadata"),
    )
    __sync__ = SyncPolicy(SyncClass.UPLOAD_ONLY, DEVICE)
    __rules__ = (AtLeast("seq", 1),)

    action: Mapped[AuditAction]
    entity_type: Mapped[str] = column(String(100))
    entity_id: Mapped[uuid.UUID | None] = column(index=True)
    user_id: Mapped[uuid.UUID | None] = link("users.id", index=False)
    user_name: Mapped[str | None] = column(String(200))
    changes: Mapped[bytes | None] = column(Sealed(), phi=True, sealed=True)
    previous_values: Mapped[bytes | None] = column(Sealed(), phi=True, sealed=True)
    new_values: Mapped[bytes | None] = column(Sealed(), phi=True, sealed=True)
    ip_address: Mapped[str | None] = column(String(45))
    user_agent: Mapped[str | None]
    request_id: Mapped[str | None] = column(String(100), index=True)
    session_id: Mapped[str | None] = column(String(100), index=True)
    is_phi: Mapped[bool] = column(default=False)
    compliance_type: Mapped[ComplianceType] = column(default=ComplianceType.GENERAL)
    severity: Mapped[Severity] = column(default=Severity.LOW)
    success: Mapped[bool] = column(default=True, index=True)
    error_message: Mapped[str | None]
    metadata_: Mapped[dict[str, Any] | None] = column("metadata")
    tags: Mapped[list[str]] = column(default=list)
    device_id: Mapped[uuid.UUID]
    seq: Mapped[int] = column(BigInteger())
    occurred_at: Mapped[dt.datetime]
    zone: Mapped[str] = column(String(64))
    monotonic_ns: Mapped[int] = column(BigInteger())
    app_version: Mapped[str] = column(String(40))
    role: Mapped[UserRole | None]
    grant_id: Mapped[uuid.UUID | None]
    student_id: Mapped[uuid.UUID | None]
    purpose: Mapped[WritePurpose]
    result: Mapped[str] = column(String(40))
    details_hash: Mapped[str | None] = column(String(64))
    prev_hash: Mapped[str] = column(String(64))
    hash: Mapped[str] = column(String(64))


class Student(Syncable, SoftDeleted, Base):
    """A pupil enrolled at a school, the central patient record that most health data hangs from.

    Roster columns belong to the district after the first insert (D5, D10). A merged record stays as an alias of
    another (D26).
    """

    __tablename__ = "students"
    __table_args__ = (
        live_unique("student_number", where="deleted_at IS NULL AND student_number IS NOT NULL"),
        live_unique("medical_record_num", where="deleted_at IS NULL AND medical_record_num IS NOT NULL"),
        live_unique("sourced_id", where="deleted_at IS NULL AND sourced_id IS NOT NULL"),
        index("last_name", "first_name"),
    )
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, student("id"))
    __rules__ = (
        RequiredWhen("student_number", Equals("number_status", "CONFIRMED"), "confirmed"),
        Unequal("merged_into_id", "id"),
    )

    student_number: Mapped[str | None] = column(String(50), phi=True, authority=True, group="number")
    first_name: Mapped[str] = column(String(100), phi=True, authority=True)
    last_name: Mapped[str] = column(String(100), phi=True, authority=True)
    date_of_birth: Mapped[dt.date] = column(phi=True, authority=True)
    grade: Mapped[str] = column(String(10), index=True, authority=True)
    gender: Mapped[Gender] = column(phi=True, authority=True)
    photo: Mapped[str | None] = column(String(500), phi=True)
    medical_record_num: Mapped[str | None] = column(String(50), phi=True, authority=True)
    is_active: Mapped[bool] = column(default=True, index=True, authority=True)
    enrollment_date: Mapped[dt.datetime] = column(authority=True)
    nurse_id: Mapped[uuid.UUID | None] = link("users.id")
    school_id: Mapped[uuid.UUID | None] = link("schools.id", authority=True)
    district_id: Mapped[uuid.UUID | None] = link("districts.id", authority=True)
    number_status: Mapped[NumberStatus] = column(default=NumberStatus.CONFIRMED, authority=True, group="number")
    middle_name: Mapped[str | None] = column(String(100), phi=True, authority=True)
    preferred_name: Mapped[str | None] = column(String(100), phi=True)
    homeroom: Mapped[str | None] = column(String(100), phi=True, authority=True)
    language: Mapped[str] = column(String(10), default="en", phi=True)
    sourced_id: Mapped[str | None] = column(String(255), phi=True, authority=True)
    left_on: Mapped[dt.date | None] = column(phi=True, authority=True)
    merged_into_id: Mapped[uuid.UUID | None] = link("students.id", phi=True, authority=True, safety=True)


class User(Syncable, SoftDeleted, Base):
    """A staff account that signs in, with its role, scope and account-security state.

    A new account starts as VIEWER (concern 24). Columns about a secret or one device are local to each side (D5).
    """

    __tablename__ = "users"
    __table_args__ = (
        live_unique("email"),
        live_unique("sourced_id", where="deleted_at IS NULL AND sourced_id IS NOT NULL"),
    )
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)
    __rules__ = (
        Lowercase("email"),
        Pattern("email", "email_address", EMAIL),
        AtLeast("failed_login_attempts", 0),
        TogetherGiven(("password_changed_at", "last_password_change")),
        Ordered("password_changed_at", "last_password_change"),
        Ordered("last_password_change", "password_changed_at"),
    )

    email: Mapped[str] = column(String(255))
    password: Mapped[str | None] = column(String(255), local=True)
    first_name: Mapped[str] = column(String(255))
    last_name: Mapped[str] = column(String(255))
    role: Mapped[UserRole] = column(default=UserRole.VIEWER)
    is_active: Mapped[bool] = column(default=True)
    last_login: Mapped[dt.datetime | None] = column(local=True)
    school_id: Mapped[uuid.UUID | None] = link("schools.id")
    district_id: Mapped[uuid.UUID | None] = link("districts.id")
    phone: Mapped[str | None] = column(String(255))
    email_verified: Mapped[bool] = column(default=False)
    email_verification_token: Mapped[str | None] = column(String(255), local=True)
    email_verification_expires: Mapped[dt.datetime | None] = column(local=True)
    password_reset_token: Mapped[str | None] = column(String(255), local=True)
    password_reset_expires: Mapped[dt.datetime | None] = column(local=True)
    password_changed_at: Mapped[dt.datetime | None] = column(local=True)
    two_factor_enabled: Mapped[bool] = column(default=False, local=True)
    two_factor_secret: Mapped[bytes | None] = column(Sealed(), local=True, sealed=True)
    failed_login_attempts: Mapped[int] = column(default=0, local=True)
    lockout_until: Mapped[dt.datetime | None] = column(local=True)
    last_password_change: Mapped[dt.datetime | None] = column(local=True)
    must_change_password: Mapped[bool] = column(default=False, local=True)
    credentials: Mapped[str | None] = column(String(100))
    job_title: Mapped[str | None] = column(String(100))
    language: Mapped[str] = column(String(10), default="en")
    sourced_id: Mapped[str | None] = column(String(255))
