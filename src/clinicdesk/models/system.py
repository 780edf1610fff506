"""System: settings, suppliers, detections and webhooks."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from clinicdesk.domain.validation import Equals, ForbiddenWhen, Holds, NotAbove, Ordered, Pattern, RequiredWhen
from clinicdesk.domain.validation.shapes import EMAIL
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, link, live_unique
from clinicdesk.models.enums import ConfigCategory, ConfigScope, ConfigValueType, Severity
from clinicdesk.models.policy import DEVICE, DISTRICT, SyncClass, SyncPolicy, column_info
from clinicdesk.models.types import Exact, Guid, Sealed


class Supplier(Syncable, SoftDeleted, Base):
    """A source of one item at a `Vendor` (concern 5)."""

    __tablename__ = "suppliers"
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)
    __rules__ = (Pattern("email", "email_address", EMAIL),)

    name: Mapped[str] = column(String(255))
    contact_name: Mapped[str | None] = column(String(255))
    email: Mapped[str | None] = column(String(255))
    phone: Mapped[str | None] = column(String(50))
    address: Mapped[str | None]
    is_active: Mapped[bool] = column(default=True)
    vendor_id: Mapped[uuid.UUID | None] = link("vendors.id")
    item_number: Mapped[str | None] = column(String(100))


class SystemConfig(Syncable, SoftDeleted, Base):
    """One configuration setting with its type, limits and scope.

    One value per key, scope and whom it is for: school overrides district overrides default (concern 48). The
    catalogue's `scope_id` would be the anchor of the row's own scope, so `applies_to_id` says whose setting it is.
    """

    __tablename__ = "system_configurations"
    __table_args__ = (
        live_unique("key", "scope", "applies_to_id", where="deleted_at IS NULL AND applies_to_id IS NOT NULL"),
        live_unique("key", "scope", where="deleted_at IS NULL AND applies_to_id IS NULL"),
    )
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)
    __rules__ = (
        NotAbove("min_value", "max_value"),
        ForbiddenWhen("applies_to_id", Equals("scope", "SYSTEM", "DISTRICT"), "for_everybody"),
        RequiredWhen("applies_to_id", Equals("scope", "SCHOOL", "USER"), "for_some"),
    )

    key: Mapped[str] = column(String(100))
    value: Mapped[str] = column(group="value")
    category: Mapped[ConfigCategory] = column(default=ConfigCategory.GENERAL, index=True)
    value_type: Mapped[ConfigValueType] = column(default=ConfigValueType.STRING, group="value")
    sub_category: Mapped[str | None] = column(String(100))
    description: Mapped[str | None]
    default_value: Mapped[str | None]
    valid_values: Mapped[list[str] | None] = column(group="value")
    min_value: Mapped[Decimal | None] = column(Exact(14, 4), group="value")
    max_value: Mapped[Decimal | None] = column(Exact(14, 4), group="value")
    is_public: Mapped[bool] = column(default=False)
    is_editable: Mapped[bool] = column(default=True)
    requires_restart: Mapped[bool] = column(default=False)
    scope: Mapped[ConfigScope] = column(default=ConfigScope.SYSTEM, index=True, group="reach")
    tags: Mapped[list[str] | None]
    sort_order: Mapped[int] = column(default=0)
    applies_to_id: Mapped[uuid.UUID | None] = mapped_column(Guid(), sort_order=930, info=column_info(group="reach"))


class ThreatDetection(Syncable, Base):
    """One detected security threat and whether it was dealt with.

    A detection may open a `SecurityIncident` (concern 43).
    """

    __tablename__ = "threat_detections"
    __sync__ = SyncPolicy(SyncClass.UPLOAD_ONLY, DEVICE)
    __rules__ = (
        RequiredWhen("resolved_at", Holds("is_resolved"), "resolved"),
        Ordered("detected_at", "resolved_at"),
    )

    threat_type: Mapped[str] = column(String(100), index=True)
    severity: Mapped[Severity] = column(index=True)
    source: Mapped[str] = column(String(255))
    details: Mapped[dict[str, Any]]
    is_resolved: Mapped[bool] = column(default=False, index=True)
    resolved_at: Mapped[dt.datetime | None]
    resolved_by: Mapped[uuid.UUID | None] = link("users.id")
    device_id: Mapped[uuid.UUID]
    security_incident_id: Mapped[uuid.UUID | None] = link("security_incidents.id")
    detected_at: Mapped[dt.datetime]


class Webhook(Syncable, SoftDeleted, Base):
    """An outside address that is called when chosen events happen.

    Its signing secret is sealed under the district data key (concern 25).
    """

    __tablename__ = "webhooks"
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)

    url: Mapped[str] = column(String(500))
    events: Mapped[list[Any]]
    is_active: Mapped[bool] = column(default=True)
    secret: Mapped[bytes | None] = column(Sealed(), sealed=True)
    headers: Mapped[dict[str, Any] | None]
