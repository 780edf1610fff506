"""Integration: connections to outside systems."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import AtLeast, Ordered
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link
from clinicdesk.models.enums import IntegrationStatus, IntegrationType
from clinicdesk.models.policy import DEVICE, DISTRICT, SyncClass, SyncPolicy
from clinicdesk.models.types import Sealed


class IntegrationConfig(Syncable, SoftDeleted, Base):
    """The settings of a connection to an outside system.

    Its secrets are sealed under the district data key (concern 25).
    """

    __tablename__ = "integration_configs"
    __table_args__ = (index("created_at"),)
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)
    __rules__ = (AtLeast("sync_frequency", 1),)

    name: Mapped[str] = column(String(100))
    type: Mapped[IntegrationType] = column(index=True)
    status: Mapped[IntegrationStatus] = column(default=IntegrationStatus.INACTIVE, index=True)
    endpoint: Mapped[str | None] = column(group="address")
    api_key: Mapped[bytes | None] = column(Sealed(), sealed=True)
    username: Mapped[str | None] = column(String(100), group="address")
    password: Mapped[bytes | None] = column(Sealed(), sealed=True)
    settings: Mapped[dict[str, Any] | None]
    authentication: Mapped[bytes | None] = column(Sealed(), sealed=True)
    sync_frequency: Mapped[int | None]
    is_active: Mapped[bool] = column(default=True, index=True)
    last_sync_at: Mapped[dt.datetime | None] = column(index=True, derived=True)
    last_sync_status: Mapped[str | None] = column(String(20), derived=True)


class IntegrationLog(Syncable, Base):
    """One operation of an integration and its result."""

    __tablename__ = "integration_logs"
    __table_args__ = (index("created_at"),)
    __sync__ = SyncPolicy(SyncClass.UPLOAD_ONLY, DEVICE)
    __rules__ = (
        Ordered("started_at", "completed_at"),
        AtLeast("duration", 0),
        AtLeast("records_processed", 0),
        AtLeast("records_succeeded", 0),
        AtLeast("records_failed", 0),
    )

    integration_id: Mapped[uuid.UUID | None] = link("integration_configs.id")
    integration_type: Mapped[str] = column(String(50), index=True)
    action: Mapped[str] = column(String(50), index=True)
    status: Mapped[str] = column(String(20), index=True)
    records_processed: Mapped[int | None]
    records_succeeded: Mapped[int | None]
    records_failed: Mapped[int | None]
    started_at: Mapped[dt.datetime | None] = column(index=True)
    completed_at: Mapped[dt.datetime | None] = column(index=True)
    duration: Mapped[int | None]
    error_message: Mapped[str | None]
    details: Mapped[dict[str, Any] | None]
    device_id: Mapped[uuid.UUID]
