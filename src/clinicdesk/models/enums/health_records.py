"""Conditions, measurements, results, incidents and mental health."""

from __future__ import annotations

import enum


class ConditionStatus(enum.StrEnum):
    """How a long-term condition is handled."""

    ACTIVE = "ACTIVE"
    MANAGED = "MANAGED"
    RESOLVED = "RESOLVED"
    MONITORING = "MONITORING"


class ConfidentialityLevel(enum.StrEnum):
    """How closely a record is guarded."""

    STANDARD = "STANDARD"
    ENHANCED = "ENHANCED"
    MAXIMUM = "MAXIMUM"


class DatePrecision(enum.StrEnum):
    """How much of a reported date is known (I15)."""

    DAY = "DAY"
    MONTH = "MONTH"
    YEAR = "YEAR"
    UNKNOWN = "UNKNOWN"


class FamilyRelation(enum.StrEnum):
    """Which relative a family-history entry speaks of."""

    MOTHER = "MOTHER"
    FATHER = "FATHER"
    SIBLING = "SIBLING"
    GRANDPARENT = "GRANDPARENT"
    AUNT = "AUNT"
    UNCLE = "UNCLE"
    COUSIN = "COUSIN"
    OTHER = "OTHER"


class GlucoseUnit(enum.StrEnum):
    """Units of blood glucose, as UCUM codes."""

    MG_PER_DL = "mg/dL"
    MMOL_PER_L = "mmol/L"


class HealthRecordType(enum.StrEnum):
    """The kind of a health record."""

    CHECKUP = "CHECKUP"
    VACCINATION = "VACCINATION"
    ILLNESS = "ILLNESS"
    INJURY = "INJURY"
    SCREENING = "SCREENING"
    PHYSICAL_EXAM = "PHYSICAL_EXAM"
    MENTAL_HEALTH = "MENTAL_HEALTH"
    DENTAL = "DENTAL"
    VISION = "VISION"
    HEARING = "HEARING"
    EXAMINATION = "EXAMINATION"
    ALLERGY_DOCUMENTATION = "ALLERGY_DOCUMENTATION"
    CHRONIC_CONDITION_REVIEW = "CHRONIC_CONDITION_REVIEW"
    GROWTH_ASSESSMENT = "GROWTH_ASSESSMENT"
    VITAL_SIGNS_CHECK = "VITAL_SIGNS_CHECK"
    EMERGENCY_VISIT = "EMERGENCY_VISIT"
    FOLLOW_UP = "FOLLOW_UP"
    CONSULTATION = "CONSULTATION"
    DIAGNOSTIC_TEST = "DIAGNOSTIC_TEST"
    PROCEDURE = "PROCEDURE"
    HOSPITALIZATION = "HOSPITALIZATION"
    SURGERY = "SURGERY"
    COUNSELING = "COUNSELING"
    THERAPY = "THERAPY"
    NUTRITION = "NUTRITION"
    MEDICATION_REVIEW = "MEDICATION_REVIEW"
    IMMUNIZATION = "IMMUNIZATION"
    LAB_RESULT = "LAB_RESULT"
    RADIOLOGY = "RADIOLOGY"
    OTHER = "OTHER"


class IncidentComplianceStatus(enum.StrEnum):
    """Whether an incident was handled as the rules demand."""

    PENDING = "PENDING"
    COMPLIANT = "COMPLIANT"
    NON_COMPLIANT = "NON_COMPLIANT"
    UNDER_REVIEW = "UNDER_REVIEW"


class IncidentType(enum.StrEnum):
    """The kind of an incident."""

    INJURY = "INJURY"
    ILLNESS = "ILLNESS"
    BEHAVIORAL = "BEHAVIORAL"
    MEDICATION_ERROR = "MEDICATION_ERROR"
    ALLERGIC_REACTION = "ALLERGIC_REACTION"
    EMERGENCY = "EMERGENCY"
    OTHER = "OTHER"
    CONTROLLED_DISCREPANCY = "CONTROLLED_DISCREPANCY"


class InsuranceClaimStatus(enum.StrEnum):
    """Where an insurance claim stands."""

    NOT_FILED = "NOT_FILED"
    FILED = "FILED"
    PENDING = "PENDING"
    APPROVED = "APPROVED"
    DENIED = "DENIED"
    CLOSED = "CLOSED"


class LabResultStatus(enum.StrEnum):
    """Where a laboratory test stands."""

    PENDING = "PENDING"
    COMPLETED = "COMPLETED"
    REVIEWED = "REVIEWED"
    CANCELLED = "CANCELLED"


class LabTestType(enum.StrEnum):
    """The kind of a laboratory test."""

    BLOOD_TEST = "BLOOD_TEST"
    URINALYSIS = "URINALYSIS"
    CULTURE = "CULTURE"
    CHEMISTRY = "CHEMISTRY"
    HEMATOLOGY = "HEMATOLOGY"
    MICROBIOLOGY = "MICROBIOLOGY"
    OTHER = "OTHER"


class MedicalHistoryCategory(enum.StrEnum):
    """The nature of a history entry."""

    CHRONIC = "CHRONIC"
    ACUTE = "ACUTE"
    GENETIC = "GENETIC"
    INFECTIOUS = "INFECTIOUS"
    AUTOIMMUNE = "AUTOIMMUNE"
    OTHER = "OTHER"


class MedicalHistoryRecordType(enum.StrEnum):
    """The kind of a history entry."""

    CONDITION = "CONDITION"
    ALLERGY = "ALLERGY"
    SURGERY = "SURGERY"
    HOSPITALIZATION = "HOSPITALIZATION"
    FAMILY_HISTORY = "FAMILY_HISTORY"
    OTHER = "OTHER"


class MentalHealthRecordType(enum.StrEnum):
    """The kind of a mental-health record."""

    ASSESSMENT = "ASSESSMENT"
    COUNSELING_SESSION = "COUNSELING_SESSION"
    CRISIS_INTERVENTION = "CRISIS_INTERVENTION"
    THERAPY_SESSION = "THERAPY_SESSION"
    PSYCHIATRIC_EVALUATION = "PSYCHIATRIC_EVALUATION"
    SCREENING = "SCREENING"
    FOLLOW_UP = "FOLLOW_UP"
    REFERRAL = "REFERRAL"
    PROGRESS_NOTE = "PROGRESS_NOTE"


class ReportedSource(enum.StrEnum):
    """Where a vaccine dose given elsewhere is known from."""

    PARENT_RECORD = "PARENT_RECORD"
    REGISTRY = "REGISTRY"
    FORMER_SCHOOL = "FORMER_SCHOOL"
    PROVIDER = "PROVIDER"
    OTHER = "OTHER"


class RiskLevel(enum.StrEnum):
    """The risk a mental-health professional sees."""

    NONE = "NONE"
    LOW = "LOW"
    MODERATE = "MODERATE"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"


class TreatmentStatus(enum.StrEnum):
    """Where a plan of care stands."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    ON_HOLD = "ON_HOLD"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
