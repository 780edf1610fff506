"""Security: sign-in attempts, sessions, address rules and incidents."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import AnyGiven, Equals, Holds, Not, Ordered, RequiredWhen
from clinicdesk.models.base import Base, LocalRow, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link, unique
from clinicdesk.models.enums import IpRestrictionType, SecurityIncidentStatus, SecurityIncidentType, Severity
from clinicdesk.models.policy import DEVICE, DISTRICT, SyncClass, SyncPolicy


class LoginAttempt(Syncable, Base):
    """One sign-in attempt, successful or not."""

    __tablename__ = "login_attempts"
    __table_args__ = (
        index("user_id", "created_at"),
        index("ip_address", "created_at"),
        index("success", "created_at"),
    )
    __sync__ = SyncPolicy(SyncClass.UPLOAD_ONLY, DEVICE)
    __rules__ = (RequiredWhen("failure_reason", Not(Holds("success")), "refused"),)

    user_id: Mapped[uuid.UUID | None] = link("users.id", index=False)
    username: Mapped[str | None] = column(String(255))
    ip_address: Mapped[str] = column(String(255))
    user_agent: Mapped[str | None]
    success: Mapped[bool] = column(default=False)
    failure_reason: Mapped[str | None]
    metadata_: Mapped[dict[str, Any] | None] = column("metadata")
    device_id: Mapped[uuid.UUID]


class Session(LocalRow, Base):
    """A signed-in session of a user on one device.

    The token is kept as a hash only (concern 25).
    """

    __tablename__ = "sessions"
    __table_args__ = (
        unique("session_token"),
        index("user_id", "is_active"),
    )
    __sync__ = SyncPolicy(SyncClass.LOCAL, DEVICE)
    __rules__ = (
        Ordered("created_at", "expires_at"),
        Ordered("created_at", "last_accessed_at"),
    )

    session_token: Mapped[str] = column(String(255))
    user_id: Mapped[uuid.UUID] = link("users.id", index=False)
    ip_address: Mapped[str] = column(String(255))
    user_agent: Mapped[str | None]
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime] = column(index=True)
    last_accessed_at: Mapped[dt.datetime | None]
    is_active: Mapped[bool] = column(default=True)
    metadata_: Mapped[dict[str, Any] | None] = column("metadata")
    updated_at: Mapped[dt.datetime]


class IpRestriction(Syncable, SoftDeleted, Base):
    """An allow, block or country rule for client addresses."""

    __tablename__ = "ip_restrictions"
    __table_args__ = (index("type", "is_active"),)
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)
    __rules__ = (
        AnyGiven(("ip_address", "ip_range", "countries")),
        RequiredWhen("countries", Equals("type", "GEO_RESTRICTION"), "geographic"),
    )

    type: Mapped[IpRestrictionType] = column(group="address")
    ip_address: Mapped[str | None] = column(String(255), index=True, group="address")
    ip_range: Mapped[dict[str, Any] | None] = column(group="address")
    countries: Mapped[list[Any] | None] = column(group="address")
    reason: Mapped[str]
    expires_at: Mapped[dt.datetime | None]
    is_active: Mapped[bool] = column(default=True)


class SecurityIncident(Syncable, SoftDeleted, Base):
    """A security incident from detection to resolution."""

    __tablename__ = "security_incidents"
    __table_args__ = (index("type", "severity", "status"),)
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, DISTRICT)
    __rules__ = (
        Ordered("detected_at", "resolved_at"),
        RequiredWhen("resolved_at", Equals("status", "RESOLVED", "FALSE_POSITIVE"), "resolved"),
        RequiredWhen("resolution", Equals("status", "RESOLVED"), "resolved"),
    )

    type: Mapped[SecurityIncidentType]
    severity: Mapped[Severity]
    status: Mapped[SecurityIncidentStatus] = column(default=SecurityIncidentStatus.DETECTED, group="resolution")
    title: Mapped[str] = column(String(255))
    description: Mapped[str]
    user_id: Mapped[uuid.UUID | None] = link("users.id")
    ip_address: Mapped[str | None] = column(String(255), index=True)
    user_agent: Mapped[str | None]
    resource_accessed: Mapped[str | None] = column(String(255))
    detected_at: Mapped[dt.datetime] = column(index=True, group="resolution")
    detection_method: Mapped[str] = column(String(255))
    indicators: Mapped[list[Any]]
    impact: Mapped[str | None]
    assigned_to: Mapped[uuid.UUID | None] = link("users.id")
    resolved_at: Mapped[dt.datetime | None] = column(group="resolution")
    resolution: Mapped[str | None] = column(group="resolution")
    preventive_measures: Mapped[list[str] | None]
    metadata_: Mapped[dict[str, Any] | None] = column("metadata")
