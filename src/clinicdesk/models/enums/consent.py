"""Consent, disclosure and retention."""

from __future__ import annotations

import enum


class ConsentRequestStatus(enum.StrEnum):
    """Where a request for consent stands."""

    DRAFT = "DRAFT"
    SENT = "SENT"
    SIGNED = "SIGNED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"


class ConsentType(enum.StrEnum):
    """What a consent permits."""

    MEDICATION_ADMINISTRATION = "MEDICATION_ADMINISTRATION"
    PHOTO_RELEASE = "PHOTO_RELEASE"
    FIELD_TRIP = "FIELD_TRIP"
    EMERGENCY_TREATMENT = "EMERGENCY_TREATMENT"
    DATA_SHARING = "DATA_SHARING"
    RESEARCH = "RESEARCH"
    OTC_MEDICATION = "OTC_MEDICATION"
    SELF_CARRY = "SELF_CARRY"
    VACCINATION = "VACCINATION"
    SCREENING = "SCREENING"
    MENTAL_HEALTH = "MENTAL_HEALTH"


class DataRetentionCategory(enum.StrEnum):
    """Which data a retention rule speaks of."""

    STUDENT_RECORDS = "STUDENT_RECORDS"
    HEALTH_RECORDS = "HEALTH_RECORDS"
    MEDICATION_LOGS = "MEDICATION_LOGS"
    AUDIT_LOGS = "AUDIT_LOGS"
    CONSENT_FORMS = "CONSENT_FORMS"
    INCIDENT_REPORTS = "INCIDENT_REPORTS"
    TRAINING_RECORDS = "TRAINING_RECORDS"


class DisclosureMethod(enum.StrEnum):
    """How information was handed over."""

    VERBAL = "VERBAL"
    WRITTEN = "WRITTEN"
    ELECTRONIC = "ELECTRONIC"
    FAX = "FAX"
    PHONE = "PHONE"


class DisclosurePurpose(enum.StrEnum):
    """Why information was disclosed; governs the accounting."""

    TREATMENT = "TREATMENT"
    PAYMENT = "PAYMENT"
    OPERATIONS = "OPERATIONS"
    LEGAL_REQUIREMENT = "LEGAL_REQUIREMENT"
    PUBLIC_HEALTH = "PUBLIC_HEALTH"
    RESEARCH = "RESEARCH"
    PATIENT_REQUEST = "PATIENT_REQUEST"


class DisclosureRecipientType(enum.StrEnum):
    """Who received disclosed information."""

    HEALTHCARE_PROVIDER = "HEALTHCARE_PROVIDER"
    INSURANCE = "INSURANCE"
    PARENT_GUARDIAN = "PARENT_GUARDIAN"
    SCHOOL_OFFICIAL = "SCHOOL_OFFICIAL"
    GOVERNMENT_AGENCY = "GOVERNMENT_AGENCY"
    RESEARCHER = "RESEARCHER"
    OTHER = "OTHER"


class DisclosureType(enum.StrEnum):
    """The legal basis of a disclosure."""

    TREATMENT = "TREATMENT"
    PAYMENT = "PAYMENT"
    HEALTHCARE_OPERATIONS = "HEALTHCARE_OPERATIONS"
    AUTHORIZATION = "AUTHORIZATION"
    REQUIRED_BY_LAW = "REQUIRED_BY_LAW"
    PUBLIC_HEALTH = "PUBLIC_HEALTH"
    RESEARCH = "RESEARCH"


class RetentionStatus(enum.StrEnum):
    """Where a retention rule stands."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    UNDER_REVIEW = "UNDER_REVIEW"


class SigningMethod(enum.StrEnum):
    """How a signature was given."""

    PEN = "PEN"
    PAPER = "PAPER"
    ELECTRONIC = "ELECTRONIC"
    PHONE = "PHONE"
