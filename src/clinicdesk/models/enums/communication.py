"""Messages, broadcasts and notifications."""

from __future__ import annotations

import enum


class BroadcastAudience(enum.StrEnum):
    """Whom a broadcast addresses."""

    ALL_PARENTS = "ALL_PARENTS"
    ALL_STAFF = "ALL_STAFF"
    ALL_STUDENTS = "ALL_STUDENTS"
    SPECIFIC_GRADE = "SPECIFIC_GRADE"
    SPECIFIC_SCHOOL = "SPECIFIC_SCHOOL"
    SPECIFIC_CLASS = "SPECIFIC_CLASS"
    SPECIFIC_GROUP = "SPECIFIC_GROUP"
    EMERGENCY_CONTACTS = "EMERGENCY_CONTACTS"


class BroadcastStatus(enum.StrEnum):
    """Where a broadcast stands."""

    DRAFT = "DRAFT"
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class EmergencyType(enum.StrEnum):
    """What an emergency broadcast is about."""

    ACTIVE_THREAT = "ACTIVE_THREAT"
    MEDICAL_EMERGENCY = "MEDICAL_EMERGENCY"
    FIRE = "FIRE"
    NATURAL_DISASTER = "NATURAL_DISASTER"
    LOCKDOWN = "LOCKDOWN"
    EVACUATION = "EVACUATION"
    SHELTER_IN_PLACE = "SHELTER_IN_PLACE"
    WEATHER_ALERT = "WEATHER_ALERT"
    TRANSPORTATION = "TRANSPORTATION"
    FACILITY_ISSUE = "FACILITY_ISSUE"
    SCHOOL_CLOSURE = "SCHOOL_CLOSURE"
    EARLY_DISMISSAL = "EARLY_DISMISSAL"
    GENERAL_ANNOUNCEMENT = "GENERAL_ANNOUNCEMENT"


class MessageCategory(enum.StrEnum):
    """What a message is about."""

    EMERGENCY = "EMERGENCY"
    HEALTH_UPDATE = "HEALTH_UPDATE"
    APPOINTMENT_REMINDER = "APPOINTMENT_REMINDER"
    MEDICATION_REMINDER = "MEDICATION_REMINDER"
    GENERAL = "GENERAL"
    INCIDENT_NOTIFICATION = "INCIDENT_NOTIFICATION"
    COMPLIANCE = "COMPLIANCE"


class MessageDeliveryStatus(enum.StrEnum):
    """Where the delivery to one recipient stands."""

    PENDING = "PENDING"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    BOUNCED = "BOUNCED"


class MessageRecipientType(enum.StrEnum):
    """Who a message goes to."""

    NURSE = "NURSE"
    PARENT = "PARENT"
    GUARDIAN = "GUARDIAN"
    EMERGENCY_CONTACT = "EMERGENCY_CONTACT"
    STUDENT = "STUDENT"
    STAFF = "STAFF"
    ADMINISTRATOR = "ADMINISTRATOR"


class NotificationCategory(enum.StrEnum):
    """What a notification is about."""

    MEDICATION = "MEDICATION"
    APPOINTMENT = "APPOINTMENT"
    INCIDENT = "INCIDENT"
    SCREENING = "SCREENING"
    IMMUNIZATION = "IMMUNIZATION"
    MESSAGE = "MESSAGE"
    EMERGENCY = "EMERGENCY"
    REMINDER = "REMINDER"
    ALERT = "ALERT"
    SYSTEM = "SYSTEM"


class NotificationPlatform(enum.StrEnum):
    """The service that carries a notification."""

    FCM = "FCM"
    APNS = "APNS"
    WEB_PUSH = "WEB_PUSH"
    SMS = "SMS"
    EMAIL = "EMAIL"


class NotificationStatus(enum.StrEnum):
    """Where a notification stands."""

    PENDING = "PENDING"
    SCHEDULED = "SCHEDULED"
    SENDING = "SENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


class PushDeliveryStatus(enum.StrEnum):
    """What a push service answered."""

    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    INVALID_TOKEN = "INVALID_TOKEN"  # noqa: S105 - a word, no token
    RATE_LIMITED = "RATE_LIMITED"
    TIMEOUT = "TIMEOUT"
