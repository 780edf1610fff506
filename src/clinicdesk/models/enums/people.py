"""Students, their families, the staff, schools, and the calendar."""

from __future__ import annotations

import enum


class CalendarDayKind(enum.StrEnum):
    """How a day differs from the session's rule (D41)."""

    CLOSED = "CLOSED"
    EARLY_DISMISSAL = "EARLY_DISMISSAL"
    LATE_START = "LATE_START"
    EXTRA_SCHOOL_DAY = "EXTRA_SCHOOL_DAY"


class ContactPriority(enum.StrEnum):
    """The order in which contacts are called; not an urgency."""

    PRIMARY = "PRIMARY"
    SECONDARY = "SECONDARY"
    EMERGENCY_ONLY = "EMERGENCY_ONLY"


class ContactType(enum.StrEnum):
    """What an address-book entry is to the district."""

    GUARDIAN = "GUARDIAN"
    STAFF = "STAFF"
    VENDOR = "VENDOR"
    PROVIDER = "PROVIDER"
    OTHER = "OTHER"
    THERAPIST = "THERAPIST"
    PSYCHIATRIST = "PSYCHIATRIST"


class EmergencyContactRelationship(enum.StrEnum):
    """Who a contact is to a student."""

    PARENT = "PARENT"
    GUARDIAN = "GUARDIAN"
    SIBLING = "SIBLING"
    GRANDPARENT = "GRANDPARENT"
    AUNT_UNCLE = "AUNT_UNCLE"
    FAMILY_FRIEND = "FAMILY_FRIEND"
    NEIGHBOR = "NEIGHBOR"
    OTHER = "OTHER"
    STEPPARENT = "STEPPARENT"
    FOSTER_PARENT = "FOSTER_PARENT"
    SELF = "SELF"


class Gender(enum.StrEnum):
    """A student's recorded gender."""

    MALE = "MALE"
    FEMALE = "FEMALE"
    OTHER = "OTHER"
    PREFER_NOT_TO_SAY = "PREFER_NOT_TO_SAY"


class ImportAction(enum.StrEnum):
    """What an import does with a row."""

    INSERT = "INSERT"
    UPDATE = "UPDATE"
    END = "END"
    SKIP = "SKIP"
    QUARANTINE = "QUARANTINE"


class ImportStatus(enum.StrEnum):
    """Where a roster import stands."""

    DRY_RUN = "DRY_RUN"
    APPLIED = "APPLIED"
    UNDONE = "UNDONE"
    FAILED = "FAILED"


class KeyPurpose(enum.StrEnum):
    """What a person's key is for."""

    SIGNING = "SIGNING"
    SEALING = "SEALING"


class PreferredContactMethod(enum.StrEnum):
    """How a contact wants to be reached."""

    SMS = "SMS"
    EMAIL = "EMAIL"
    VOICE = "VOICE"
    ANY = "ANY"


class RecordsRegime(enum.StrEnum):
    """The law a school's health records fall under (D43)."""

    FERPA = "FERPA"
    HIPAA = "HIPAA"


class SessionKind(enum.StrEnum):
    """The kind of an academic session."""

    SCHOOL_YEAR = "SCHOOL_YEAR"
    SEMESTER = "SEMESTER"
    TERM = "TERM"
    GRADING_PERIOD = "GRADING_PERIOD"


class SignatureMeaning(enum.StrEnum):
    """The statement a signature makes."""

    ADMINISTERED = "ADMINISTERED"
    WITNESSED = "WITNESSED"
    RECORDED = "RECORDED"
    AMENDED = "AMENDED"
    CONSENTED = "CONSENTED"
    COUNTED = "COUNTED"
    REVIEWED = "REVIEWED"
    APPROVED = "APPROVED"


class TrainingCategory(enum.StrEnum):
    """What a training is about."""

    HIPAA_COMPLIANCE = "HIPAA_COMPLIANCE"
    MEDICATION_MANAGEMENT = "MEDICATION_MANAGEMENT"
    EMERGENCY_PROCEDURES = "EMERGENCY_PROCEDURES"
    SYSTEM_TRAINING = "SYSTEM_TRAINING"
    SAFETY_PROTOCOLS = "SAFETY_PROTOCOLS"
    DATA_SECURITY = "DATA_SECURITY"


class VerificationStatus(enum.StrEnum):
    """Whether a contact's data were checked."""

    UNVERIFIED = "UNVERIFIED"
    PENDING = "PENDING"
    VERIFIED = "VERIFIED"
    FAILED = "FAILED"
