"""Communication: messages, broadcasts and notifications."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import AtLeast, EachOf, Equals, Given, Ordered, RequiredWhen
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link, live_unique
from clinicdesk.models.enums import (
    BroadcastAudience,
    BroadcastStatus,
    Channel,
    EmergencyType,
    MessageCategory,
    MessageDeliveryStatus,
    MessageRecipientType,
    NotificationCategory,
    NotificationPlatform,
    NotificationStatus,
    Priority,
)
from clinicdesk.models.mixins import Signable, Superseding
from clinicdesk.models.policy import DISTRICT, SyncClass, SyncPolicy, parent, school
from clinicdesk.models.types import Sealed


class EmergencyBroadcast(Syncable, SoftDeleted, Signable, Base):
    """An urgent announcement to a defined audience over several channels.

    Sealed when it is sent out; a draft has no `sent_at` (concern 39). Classes and groups are keys of the roster
    source and have no table (concern 38).
    """

    __tablename__ = "emergency_broadcasts"
    __sync__ = SyncPolicy(
        SyncClass.SEALED,
        school(),
        signed_when="signed_at",
        after_sign=frozenset(
            {
                "status",
                "sent_at",
                "sent_by",
                "total_recipients",
                "delivered_count",
                "failed_count",
                "acknowledged_count",
                "follow_up_required",
                "follow_up_message",
            }
        ),
    )
    __rules__ = (
        RequiredWhen("sent_at", Equals("status", "SENT", "SENDING"), "sent"),
        EachOf("audience", tuple(BroadcastAudience)),
        EachOf("channels", tuple(Channel)),
        RequiredWhen("sent_by", Given("sent_at"), "sent"),
        Ordered("sent_at", "expires_at"),
        AtLeast("total_recipients", 0),
        AtLeast("delivered_count", 0),
        AtLeast("failed_count", 0),
        AtLeast("acknowledged_count", 0),
    )

    type: Mapped[EmergencyType] = column(index=True)
    priority: Mapped[Priority] = column(index=True)
    title: Mapped[str] = column(String(200))
    message: Mapped[str]
    audience: Mapped[list[str]] = column(default=list)
    school_id: Mapped[uuid.UUID | None] = link("schools.id")
    grade_level: Mapped[str | None] = column(String(50))
    class_id: Mapped[uuid.UUID | None]
    group_ids: Mapped[list[Any] | None]
    channels: Mapped[list[str]] = column(default=list)
    requires_acknowledgment: Mapped[bool] = column(default=False)
    expires_at: Mapped[dt.datetime | None] = column(index=True)
    sent_by: Mapped[uuid.UUID | None] = link("users.id", group="sending")
    sent_at: Mapped[dt.datetime | None] = column(index=True, group="sending")
    status: Mapped[BroadcastStatus] = column(default=BroadcastStatus.DRAFT, index=True, group="sending")
    total_recipients: Mapped[int | None] = column(default=0, derived=True)
    delivered_count: Mapped[int | None] = column(default=0, derived=True)
    failed_count: Mapped[int | None] = column(default=0, derived=True)
    acknowledged_count: Mapped[int | None] = column(default=0, derived=True)
    follow_up_required: Mapped[bool] = column(default=False)
    follow_up_message: Mapped[str | None]


class Message(Syncable, Superseding, Base):
    """A message sent by a user to one or more recipients."""

    __tablename__ = "messages"
    __sync__ = SyncPolicy(SyncClass.APPEND_ONLY, school())
    __rules__ = (AtLeast("recipient_count", 0),)

    subject: Mapped[str | None] = column(String(255), phi=True)
    content: Mapped[str] = column(phi=True)
    priority: Mapped[Priority]
    category: Mapped[MessageCategory] = column(index=True)
    recipient_count: Mapped[int] = column(default=0, derived=True)
    scheduled_at: Mapped[dt.datetime | None] = column(index=True)
    attachments: Mapped[list[str]] = column(default=list, phi=True)
    sender_id: Mapped[uuid.UUID] = link("users.id")
    template_id: Mapped[uuid.UUID | None] = link("message_templates.id")
    school_id: Mapped[uuid.UUID] = link("schools.id")
    recipients: Mapped[list[Any]] = column(default=list, phi=True)
    sent_at: Mapped[dt.datetime | None]


class MessageDelivery(Syncable, SoftDeleted, Base):
    """The delivery of a message to one recipient over one channel.

    Written by the district server's system account (D5). `recipient_type` tells the table of `recipient_id`.
    """

    __tablename__ = "message_deliveries"
    __sync__ = SyncPolicy(SyncClass.DISTRICT, parent("message_id"))
    __rules__ = (
        Ordered("sent_at", "delivered_at"),
        RequiredWhen("failure_reason", Equals("status", "FAILED", "BOUNCED"), "failed"),
    )

    recipient_type: Mapped[MessageRecipientType] = column(index=True)
    recipient_id: Mapped[uuid.UUID] = column(index=True, phi=True)
    channel: Mapped[Channel] = column(index=True)
    status: Mapped[MessageDeliveryStatus] = column(index=True, group="delivery")
    contact_info: Mapped[str | None] = column(String(500), phi=True)
    sent_at: Mapped[dt.datetime | None] = column(group="delivery")
    delivered_at: Mapped[dt.datetime | None] = column(group="delivery")
    failure_reason: Mapped[str | None] = column(group="delivery")
    external_id: Mapped[str | None] = column(String(255), index=True)
    message_id: Mapped[uuid.UUID] = link("messages.id")


class MessageTemplate(Syncable, SoftDeleted, Base):
    """A reusable message text with variables."""

    __tablename__ = "message_templates"
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)

    name: Mapped[str] = column(String(100))
    subject: Mapped[str | None] = column(String(255))
    content: Mapped[str]
    type: Mapped[Channel] = column(index=True)
    category: Mapped[MessageCategory] = column(index=True)
    variables: Mapped[list[str]] = column(default=list)
    is_active: Mapped[bool] = column(default=True, index=True)
    created_by_id: Mapped[uuid.UUID] = link("users.id")


class DeviceToken(Syncable, SoftDeleted, Base):
    """A registered device of a user that can receive push notifications.

    Its owner changes it (D5); the token is sealed (concern 25).
    """

    __tablename__ = "device_tokens"
    __table_args__ = (
        live_unique("user_id", "device_id"),
        index("is_active", "is_valid"),
    )
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)

    user_id: Mapped[uuid.UUID] = link("users.id")
    device_id: Mapped[str] = column(String(255))
    platform: Mapped[NotificationPlatform] = column(index=True)
    token: Mapped[bytes] = column(Sealed(), sealed=True)
    device_name: Mapped[str | None] = column(String(255))
    device_model: Mapped[str | None] = column(String(255))
    os_version: Mapped[str | None] = column(String(255))
    app_version: Mapped[str | None] = column(String(255))
    is_active: Mapped[bool] = column(default=True)
    is_valid: Mapped[bool] = column(default=True, group="validity")
    last_validated: Mapped[dt.datetime | None] = column(group="validity")
    invalid_reason: Mapped[str | None] = column(String(255), group="validity")
    allow_notifications: Mapped[bool] = column(default=True)
    allow_sound: Mapped[bool] = column(default=True)
    allow_badge: Mapped[bool] = column(default=True)
    last_used_at: Mapped[dt.datetime | None]


class PushNotification(Syncable, SoftDeleted, Base):
    """A push notification, its payload, its schedule and its delivery counts.

    Written by the district server's system account (D5).
    """

    __tablename__ = "push_notifications"
    __table_args__ = (index("created_at"),)
    __sync__ = SyncPolicy(SyncClass.DISTRICT, school())
    __rules__ = (
        Ordered("scheduled_for", "expires_at"),
        Ordered("sent_at", "delivered_at"),
        AtLeast("retry_count", 0),
        AtLeast("max_retries", 0),
        AtLeast("ttl", 0),
        AtLeast("badge", 0),
        AtLeast("total_recipients", 0),
        AtLeast("successful_deliveries", 0),
        AtLeast("failed_deliveries", 0),
        AtLeast("clicked_count", 0),
        AtLeast("dismissed_count", 0),
    )

    user_ids: Mapped[list[str]]
    device_tokens: Mapped[list[Any] | None]
    title: Mapped[str] = column(String(255), phi=True)
    body: Mapped[str] = column(phi=True)
    category: Mapped[NotificationCategory] = column(index=True)
    priority: Mapped[Priority] = column(default=Priority.MEDIUM)
    data: Mapped[dict[str, Any] | None] = column(phi=True)
    actions: Mapped[list[Any] | None]
    image_url: Mapped[str | None] = column(String(255))
    icon_url: Mapped[str | None] = column(String(255))
    sound: Mapped[str | None] = column(String(255))
    badge: Mapped[int | None]
    ttl: Mapped[int | None]
    collapse_key: Mapped[str | None] = column(String(255))
    require_interaction: Mapped[bool] = column(default=False)
    silent: Mapped[bool] = column(default=False)
    scheduled_for: Mapped[dt.datetime | None] = column(group="schedule")
    expires_at: Mapped[dt.datetime | None] = column(group="schedule")
    status: Mapped[NotificationStatus] = column(default=NotificationStatus.PENDING, index=True, group="delivery")
    sent_at: Mapped[dt.datetime | None] = column(group="delivery")
    delivered_at: Mapped[dt.datetime | None] = column(group="delivery")
    failed_at: Mapped[dt.datetime | None] = column(group="delivery")
    delivery_results: Mapped[list[Any]] = column(default=list)
    total_recipients: Mapped[int] = column(default=0, derived=True)
    successful_deliveries: Mapped[int] = column(default=0, derived=True)
    failed_deliveries: Mapped[int] = column(default=0, derived=True)
    clicked_count: Mapped[int] = column(default=0, derived=True)
    dismissed_count: Mapped[int] = column(default=0, derived=True)
    retry_count: Mapped[int] = column(default=0)
    max_retries: Mapped[int] = column(default=3)
    next_retry_at: Mapped[dt.datetime | None]
    school_id: Mapped[uuid.UUID] = link("schools.id")
