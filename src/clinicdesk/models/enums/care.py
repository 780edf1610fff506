"""Visits, notes, tasks and follow-up."""

from __future__ import annotations

import enum


class ActionStatus(enum.StrEnum):
    """Where a follow-up action stands."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


class AppointmentStatus(enum.StrEnum):
    """Where an appointment stands."""

    SCHEDULED = "SCHEDULED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    NO_SHOW = "NO_SHOW"


class AppointmentType(enum.StrEnum):
    """What an appointment is for."""

    ROUTINE_CHECKUP = "ROUTINE_CHECKUP"
    MEDICATION_ADMINISTRATION = "MEDICATION_ADMINISTRATION"
    INJURY_ASSESSMENT = "INJURY_ASSESSMENT"
    ILLNESS_EVALUATION = "ILLNESS_EVALUATION"
    FOLLOW_UP = "FOLLOW_UP"
    SCREENING = "SCREENING"
    EMERGENCY = "EMERGENCY"


class AttachmentKind(enum.StrEnum):
    """What an attachment is."""

    PHOTO = "PHOTO"
    DOCUMENT = "DOCUMENT"
    SIGNATURE_IMAGE = "SIGNATURE_IMAGE"
    STROKES = "STROKES"
    SEALED_PDF = "SEALED_PDF"
    EVIDENCE = "EVIDENCE"
    EXEMPTION = "EXEMPTION"


class CheckResult(enum.StrEnum):
    """What an effect check found."""

    RELIEVED = "RELIEVED"
    IMPROVED = "IMPROVED"
    UNCHANGED = "UNCHANGED"
    WORSE = "WORSE"


class ClinicalTaskKind(enum.StrEnum):
    """What a task asks for."""

    EFFECT_CHECK = "EFFECT_CHECK"
    PARENT_CONTACT = "PARENT_CONTACT"
    PRESCRIBER_CONTACT = "PRESCRIBER_CONTACT"
    CO_REVIEW = "CO_REVIEW"
    ORDER_EXPIRING = "ORDER_EXPIRING"
    CONSENT_EXPIRING = "CONSENT_EXPIRING"
    STOCK_LOW = "STOCK_LOW"
    RECOUNT = "RECOUNT"
    OBSERVATION = "OBSERVATION"
    LEASE_REVIEW = "LEASE_REVIEW"
    DUPLICATE_DOSE = "DUPLICATE_DOSE"
    IMPORT_REVIEW = "IMPORT_REVIEW"
    FOLLOW_UP = "FOLLOW_UP"


class ContactOutcome(enum.StrEnum):
    """What an attempt to reach a person came to."""

    REACHED = "REACHED"
    LEFT_MESSAGE = "LEFT_MESSAGE"
    NO_ANSWER = "NO_ANSWER"
    WRONG_NUMBER = "WRONG_NUMBER"
    DECLINED = "DECLINED"


class FollowUpStatus(enum.StrEnum):
    """Where a follow-up visit stands."""

    SCHEDULED = "SCHEDULED"
    REMINDED = "REMINDED"
    CONFIRMED = "CONFIRMED"
    COMPLETED = "COMPLETED"
    MISSED = "MISSED"
    CANCELLED = "CANCELLED"
    RESCHEDULED = "RESCHEDULED"


class NoteType(enum.StrEnum):
    """The kind of a clinical note."""

    GENERAL = "GENERAL"
    SOAP = "SOAP"
    PROGRESS = "PROGRESS"
    DISCHARGE = "DISCHARGE"
    FOLLOW_UP = "FOLLOW_UP"
    TELEPHONE = "TELEPHONE"
    NURSING = "NURSING"
    MEDICATION = "MEDICATION"
    INCIDENT = "INCIDENT"


class ProtocolStatus(enum.StrEnum):
    """Where a clinical protocol stands."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    UNDER_REVIEW = "UNDER_REVIEW"
    DEPRECATED = "DEPRECATED"


class RecurringFrequency(enum.StrEnum):
    """How often an appointment repeats."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class ReminderStatus(enum.StrEnum):
    """Where a reminder stands."""

    SCHEDULED = "SCHEDULED"
    SENT = "SENT"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class TaskStatus(enum.StrEnum):
    """Where a task stands."""

    OPEN = "OPEN"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    CANCELLED = "CANCELLED"


class VisitEventKind(enum.StrEnum):
    """What happened during a visit."""

    CHECKED_IN = "CHECKED_IN"
    TRIAGED = "TRIAGED"
    NURSE_CALLED = "NURSE_CALLED"
    ASSESSED = "ASSESSED"
    INTERVENTION = "INTERVENTION"
    MEDICATION = "MEDICATION"
    PARENT_CALLED = "PARENT_CALLED"
    REST_STARTED = "REST_STARTED"
    REST_ENDED = "REST_ENDED"
    REFERRED = "REFERRED"
    NOTE = "NOTE"
    CHECKED_OUT = "CHECKED_OUT"
    REOPENED = "REOPENED"


class WaitlistStatus(enum.StrEnum):
    """Where a waiting student stands."""

    WAITING = "WAITING"
    NOTIFIED = "NOTIFIED"
    SCHEDULED = "SCHEDULED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"


class WitnessType(enum.StrEnum):
    """Who a witness is."""

    STAFF = "STAFF"
    STUDENT = "STUDENT"
    PARENT = "PARENT"
    GUARDIAN = "GUARDIAN"
    VISITOR = "VISITOR"
    OTHER = "OTHER"
