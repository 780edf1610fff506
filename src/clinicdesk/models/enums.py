"""The words of the record: one enum an idea, upper snake case; units are UCUM codes."""

from __future__ import annotations

import enum


class ActionStatus(enum.StrEnum):
    """Where a follow-up action stands."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


class AlertCategory(enum.StrEnum):
    """What an alert is about."""

    HEALTH = "HEALTH"
    SAFETY = "SAFETY"
    COMPLIANCE = "COMPLIANCE"
    SYSTEM = "SYSTEM"
    MEDICATION = "MEDICATION"
    APPOINTMENT = "APPOINTMENT"


class AlertSeverity(enum.StrEnum):
    """How loudly an alert speaks."""

    INFO = "INFO"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"
    EMERGENCY = "EMERGENCY"


class AllergySeverity(enum.StrEnum):
    """How bad an allergic reaction is."""

    MILD = "MILD"
    MODERATE = "MODERATE"
    SEVERE = "SEVERE"
    LIFE_THREATENING = "LIFE_THREATENING"


class AllergyType(enum.StrEnum):
    """What kind of thing a student is allergic to."""

    FOOD = "FOOD"
    MEDICATION = "MEDICATION"
    ENVIRONMENTAL = "ENVIRONMENTAL"
    INSECT = "INSECT"
    LATEX = "LATEX"
    OTHER = "OTHER"


class AnalyticsComplianceStatus(enum.StrEnum):
    """How far the records of a report comply."""

    COMPLIANT = "COMPLIANT"
    NON_COMPLIANT = "NON_COMPLIANT"
    PARTIALLY_COMPLIANT = "PARTIALLY_COMPLIANT"
    UNDER_REVIEW = "UNDER_REVIEW"


class AnalyticsReportType(enum.StrEnum):
    """What an analytics report is about."""

    COMPLIANCE = "COMPLIANCE"
    HEALTH_TRENDS = "HEALTH_TRENDS"
    INCIDENT_ANALYSIS = "INCIDENT_ANALYSIS"
    MEDICATION_USAGE = "MEDICATION_USAGE"
    APPOINTMENT_UTILIZATION = "APPOINTMENT_UTILIZATION"
    STUDENT_HEALTH_OVERVIEW = "STUDENT_HEALTH_OVERVIEW"
    NURSE_WORKLOAD = "NURSE_WORKLOAD"
    EQUIPMENT_MAINTENANCE = "EQUIPMENT_MAINTENANCE"
    BUDGET_ANALYSIS = "BUDGET_ANALYSIS"
    CUSTOM = "CUSTOM"


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


class AuditAction(enum.StrEnum):
    """What was done to a record, or tried."""

    CREATE = "CREATE"
    READ = "READ"
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    EXPORT = "EXPORT"
    IMPORT = "IMPORT"
    BULK_DELETE = "BULK_DELETE"
    BULK_UPDATE = "BULK_UPDATE"
    TRANSACTION_COMMIT = "TRANSACTION_COMMIT"
    TRANSACTION_ROLLBACK = "TRANSACTION_ROLLBACK"
    CACHE_READ = "CACHE_READ"
    CACHE_WRITE = "CACHE_WRITE"
    CACHE_DELETE = "CACHE_DELETE"
    SEARCH = "SEARCH"
    PRINT = "PRINT"
    DISCLOSE = "DISCLOSE"
    SIGN = "SIGN"
    AMEND = "AMEND"
    RESTORE = "RESTORE"
    SUPERSEDE = "SUPERSEDE"
    OVERRIDE = "OVERRIDE"
    BREAK_GLASS = "BREAK_GLASS"
    DENIED = "DENIED"
    SIGN_IN = "SIGN_IN"
    SIGN_IN_FAILED = "SIGN_IN_FAILED"
    SIGN_OUT = "SIGN_OUT"
    LOCK = "LOCK"
    UNLOCK = "UNLOCK"
    PASSWORD_CHANGE = "PASSWORD_CHANGE"  # noqa: S105 - a word, no password
    KEY_CHANGE = "KEY_CHANGE"
    DEVICE_CHANGE = "DEVICE_CHANGE"
    POLICY_CHANGE = "POLICY_CHANGE"
    CLOCK_CHANGE = "CLOCK_CHANGE"
    SYNC = "SYNC"
    SYNC_APPLY = "SYNC_APPLY"
    CONFLICT_RESOLVE = "CONFLICT_RESOLVE"
    BACKUP = "BACKUP"
    RECOVERY = "RECOVERY"
    RETENTION_PURGE = "RETENTION_PURGE"
    LEAVE_PURGE = "LEAVE_PURGE"


class BackupStatus(enum.StrEnum):
    """How a backup run stands."""

    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class BackupType(enum.StrEnum):
    """Why a backup ran."""

    AUTOMATIC = "AUTOMATIC"
    MANUAL = "MANUAL"
    SCHEDULED = "SCHEDULED"


class BodySite(enum.StrEnum):
    """Where on the body a dose was given."""

    ARM_LEFT = "ARM_LEFT"
    ARM_RIGHT = "ARM_RIGHT"
    THIGH_LEFT = "THIGH_LEFT"
    THIGH_RIGHT = "THIGH_RIGHT"
    DELTOID_LEFT = "DELTOID_LEFT"
    DELTOID_RIGHT = "DELTOID_RIGHT"
    BUTTOCK_LEFT = "BUTTOCK_LEFT"
    BUTTOCK_RIGHT = "BUTTOCK_RIGHT"
    ORAL = "ORAL"
    NASAL = "NASAL"
    OTHER = "OTHER"


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


class CalendarDayKind(enum.StrEnum):
    """How a day differs from the session's rule (D41)."""

    CLOSED = "CLOSED"
    EARLY_DISMISSAL = "EARLY_DISMISSAL"
    LATE_START = "LATE_START"
    EXTRA_SCHOOL_DAY = "EXTRA_SCHOOL_DAY"


class ChangeOperation(enum.StrEnum):
    """What a change-log entry tells a workstation."""

    UPSERT = "UPSERT"
    DELETE = "DELETE"
    ENTER = "ENTER"
    LEAVE = "LEAVE"


class Channel(enum.StrEnum):
    """A way to reach a person."""

    EMAIL = "EMAIL"
    SMS = "SMS"
    PUSH = "PUSH"
    VOICE = "VOICE"


class CheckResult(enum.StrEnum):
    """What an effect check found."""

    RELIEVED = "RELIEVED"
    IMPROVED = "IMPROVED"
    UNCHANGED = "UNCHANGED"
    WORSE = "WORSE"


class ChecklistItemStatus(enum.StrEnum):
    """Where a checklist item stands."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    FAILED = "FAILED"


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


class ComplianceCategory(enum.StrEnum):
    """The field a checklist item belongs to."""

    HIPAA_PRIVACY = "HIPAA_PRIVACY"
    HIPAA_SECURITY = "HIPAA_SECURITY"
    FERPA = "FERPA"
    MEDICATION = "MEDICATION"
    SAFETY = "SAFETY"
    TRAINING = "TRAINING"
    DOCUMENTATION = "DOCUMENTATION"


class ComplianceReportStatus(enum.StrEnum):
    """Where a compliance report stands."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLIANT = "COMPLIANT"
    NON_COMPLIANT = "NON_COMPLIANT"
    NEEDS_REVIEW = "NEEDS_REVIEW"


class ComplianceReportType(enum.StrEnum):
    """What a compliance report covers."""

    HIPAA = "HIPAA"
    FERPA = "FERPA"
    PRIVACY = "PRIVACY"
    SECURITY = "SECURITY"
    BREACH = "BREACH"
    RISK_ASSESSMENT = "RISK_ASSESSMENT"
    TRAINING = "TRAINING"
    AUDIT = "AUDIT"


class ComplianceType(enum.StrEnum):
    """The regulation an audited act falls under."""

    HIPAA = "HIPAA"
    FERPA = "FERPA"
    GDPR = "GDPR"
    GENERAL = "GENERAL"


class ConditionSeverity(enum.StrEnum):
    """How bad a condition of a student is."""

    MILD = "MILD"
    MODERATE = "MODERATE"
    SEVERE = "SEVERE"
    CRITICAL = "CRITICAL"


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


class ConfigCategory(enum.StrEnum):
    """The field of a setting."""

    GENERAL = "GENERAL"
    SECURITY = "SECURITY"
    NOTIFICATION = "NOTIFICATION"
    INTEGRATION = "INTEGRATION"
    BACKUP = "BACKUP"
    PERFORMANCE = "PERFORMANCE"
    HEALTHCARE = "HEALTHCARE"
    MEDICATION = "MEDICATION"
    APPOINTMENTS = "APPOINTMENTS"
    UI = "UI"
    QUERY = "QUERY"
    FILE_UPLOAD = "FILE_UPLOAD"
    RATE_LIMITING = "RATE_LIMITING"
    SESSION = "SESSION"
    EMAIL = "EMAIL"


class ConfigScope(enum.StrEnum):
    """For whom a setting speaks; the narrower wins."""

    SYSTEM = "SYSTEM"
    DISTRICT = "DISTRICT"
    SCHOOL = "SCHOOL"
    USER = "USER"


class ConfigValueType(enum.StrEnum):
    """How the text of a setting is read."""

    STRING = "STRING"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    JSON = "JSON"
    ARRAY = "ARRAY"
    DATE = "DATE"
    TIME = "TIME"
    DATETIME = "DATETIME"
    EMAIL = "EMAIL"
    URL = "URL"
    COLOR = "COLOR"
    ENUM = "ENUM"


class ConflictKind(enum.StrEnum):
    """Why a change could not simply be applied."""

    FIELD = "FIELD"
    GROUP = "GROUP"
    DELETE_VS_EDIT = "DELETE_VS_EDIT"
    EDIT_VS_DELETE = "EDIT_VS_DELETE"
    UNIQUE = "UNIQUE"
    ORPHAN = "ORPHAN"
    DIVERGED = "DIVERGED"
    POSSIBLE_DUPLICATE = "POSSIBLE_DUPLICATE"
    FORK = "FORK"
    SIGN_VS_EDIT = "SIGN_VS_EDIT"
    AUTHOR_INACTIVE = "AUTHOR_INACTIVE"


class ConsentDecision(enum.StrEnum):
    """What the signer decided; a later row withdraws (concern 1)."""

    GRANTED = "GRANTED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


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


class ContactOutcome(enum.StrEnum):
    """What an attempt to reach a person came to."""

    REACHED = "REACHED"
    LEFT_MESSAGE = "LEFT_MESSAGE"
    NO_ANSWER = "NO_ANSWER"
    WRONG_NUMBER = "WRONG_NUMBER"
    DECLINED = "DECLINED"


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


class CountKind(enum.StrEnum):
    """Why a controlled drug was counted (M9)."""

    RECEIPT = "RECEIPT"
    DOSE = "DOSE"
    WEEKLY = "WEEKLY"
    AFTER_ABSENCE = "AFTER_ABSENCE"
    RECOUNT = "RECOUNT"
    HANDOVER = "HANDOVER"
    YEAR_END = "YEAR_END"


class Currency(enum.StrEnum):
    """Currencies, as ISO 4217 codes."""

    USD = "USD"


class DataRetentionCategory(enum.StrEnum):
    """Which data a retention rule speaks of."""

    STUDENT_RECORDS = "STUDENT_RECORDS"
    HEALTH_RECORDS = "HEALTH_RECORDS"
    MEDICATION_LOGS = "MEDICATION_LOGS"
    AUDIT_LOGS = "AUDIT_LOGS"
    CONSENT_FORMS = "CONSENT_FORMS"
    INCIDENT_REPORTS = "INCIDENT_REPORTS"
    TRAINING_RECORDS = "TRAINING_RECORDS"


class DatePrecision(enum.StrEnum):
    """How much of a reported date is known (I15)."""

    DAY = "DAY"
    MONTH = "MONTH"
    YEAR = "YEAR"
    UNKNOWN = "UNKNOWN"


class DeaSchedule(enum.StrEnum):
    """The DEA schedule of a controlled substance."""

    I = "I"  # noqa: E741 - the schedules have Roman numerals
    II = "II"
    III = "III"
    IV = "IV"
    V = "V"


class DeviceStatus(enum.StrEnum):
    """Where a workstation stands."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    REVOKED = "REVOKED"


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


class DoseOutcome(enum.StrEnum):
    """What became of a dose slot (M14)."""

    GIVEN = "GIVEN"
    REFUSED = "REFUSED"
    ABSENT = "ABSENT"
    HELD = "HELD"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    SELF_CARRIED = "SELF_CARRIED"
    WASTED = "WASTED"
    VOMITED = "VOMITED"
    MISSED = "MISSED"


class DoseReason(enum.StrEnum):
    """Why a dose was late, early or not given (M4)."""

    ABSENT = "ABSENT"
    FIELD_TRIP = "FIELD_TRIP"
    REFUSED = "REFUSED"
    NO_SUPPLY = "NO_SUPPLY"
    HELD_BY_NURSE = "HELD_BY_NURSE"
    NO_SHOW = "NO_SHOW"
    EARLY_DISMISSAL = "EARLY_DISMISSAL"
    ORDER_PROBLEM = "ORDER_PROBLEM"
    OTHER = "OTHER"


class DraftKind(enum.StrEnum):
    """What a draft will become."""

    VISIT = "VISIT"
    NOTE = "NOTE"
    DOSE = "DOSE"
    VACCINATION = "VACCINATION"
    INCIDENT = "INCIDENT"
    SCREENING = "SCREENING"
    CONSENT_FORM = "CONSENT_FORM"
    CONSENT_SIGNATURE = "CONSENT_SIGNATURE"
    TASK = "TASK"
    OTHER = "OTHER"


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


class EnrollmentStatus(enum.StrEnum):
    """Whether the district confirmed an enrolment (D10)."""

    CONFIRMED = "CONFIRMED"
    PROVISIONAL = "PROVISIONAL"
    ENDED = "ENDED"


class EntryKind(enum.StrEnum):
    """What an append-only row is to the row it supersedes (D1)."""

    ORIGINAL = "ORIGINAL"
    CORRECTION = "CORRECTION"
    WITHDRAWN = "WITHDRAWN"


class ExemptionKind(enum.StrEnum):
    """The ground of an exemption from a vaccine."""

    MEDICAL = "MEDICAL"
    RELIGIOUS = "RELIGIOUS"
    PERSONAL = "PERSONAL"


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


class FollowUpStatus(enum.StrEnum):
    """Where a follow-up visit stands."""

    SCHEDULED = "SCHEDULED"
    REMINDED = "REMINDED"
    CONFIRMED = "CONFIRMED"
    COMPLETED = "COMPLETED"
    MISSED = "MISSED"
    CANCELLED = "CANCELLED"
    RESCHEDULED = "RESCHEDULED"


class Gender(enum.StrEnum):
    """A student's recorded gender."""

    MALE = "MALE"
    FEMALE = "FEMALE"
    OTHER = "OTHER"
    PREFER_NOT_TO_SAY = "PREFER_NOT_TO_SAY"


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


class HeightUnit(enum.StrEnum):
    """Units of height, as UCUM codes."""

    INCHES = "[in_i]"
    CM = "cm"


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


class InboxState(enum.StrEnum):
    """What became of a change that was not applied."""

    HELD = "HELD"
    REVIEW = "REVIEW"
    REJECTED = "REJECTED"
    QUARANTINED = "QUARANTINED"
    SETTLED = "SETTLED"


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


class IntegrationStatus(enum.StrEnum):
    """Where a connection to an outside system stands."""

    INACTIVE = "INACTIVE"
    ACTIVE = "ACTIVE"
    TESTING = "TESTING"
    SYNCING = "SYNCING"
    ERROR = "ERROR"


class IntegrationType(enum.StrEnum):
    """The kind of an outside system."""

    SIS = "SIS"
    EHR = "EHR"
    PHARMACY = "PHARMACY"
    LABORATORY = "LABORATORY"
    INSURANCE = "INSURANCE"
    PARENT_PORTAL = "PARENT_PORTAL"
    HEALTH_APP = "HEALTH_APP"
    GOVERNMENT_REPORTING = "GOVERNMENT_REPORTING"


class InteractionSeverity(enum.StrEnum):
    """How bad two drugs are together."""

    MINOR = "MINOR"
    MODERATE = "MODERATE"
    MAJOR = "MAJOR"
    SEVERE = "SEVERE"
    CONTRAINDICATED = "CONTRAINDICATED"


class InventoryTransactionType(enum.StrEnum):
    """Why stock moved; the sign of the quantity follows from it."""

    PURCHASE = "PURCHASE"
    USAGE = "USAGE"
    ADJUSTMENT = "ADJUSTMENT"
    TRANSFER = "TRANSFER"
    RETURN = "RETURN"
    DISPOSAL = "DISPOSAL"
    RECEIPT = "RECEIPT"
    COUNT_ADJUSTMENT = "COUNT_ADJUSTMENT"
    WASTE = "WASTE"


class IpRestrictionType(enum.StrEnum):
    """What an address rule does."""

    WHITELIST = "WHITELIST"
    BLACKLIST = "BLACKLIST"
    GEO_RESTRICTION = "GEO_RESTRICTION"


class KeyPurpose(enum.StrEnum):
    """What a person's key is for."""

    SIGNING = "SIGNING"
    SEALING = "SEALING"


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


class LicenseStatus(enum.StrEnum):
    """Where a licence stands."""

    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"
    SUSPENDED = "SUSPENDED"
    CANCELLED = "CANCELLED"


class LicenseType(enum.StrEnum):
    """The kind of a licence."""

    TRIAL = "TRIAL"
    BASIC = "BASIC"
    PROFESSIONAL = "PROFESSIONAL"
    ENTERPRISE = "ENTERPRISE"


class LotStatus(enum.StrEnum):
    """Whether a lot may be given from (M13)."""

    AVAILABLE = "AVAILABLE"
    QUARANTINED = "QUARANTINED"
    DEPLETED = "DEPLETED"
    RECALLED = "RECALLED"
    DISPOSED = "DISPOSED"


class MaintenanceType(enum.StrEnum):
    """What was done to equipment."""

    CALIBRATION = "CALIBRATION"
    REPAIR = "REPAIR"
    INSPECTION = "INSPECTION"
    CLEANING = "CLEANING"
    REPLACEMENT = "REPLACEMENT"
    UPGRADE = "UPGRADE"


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


class MetricType(enum.StrEnum):
    """What a system measurement measures."""

    CPU_USAGE = "CPU_USAGE"
    MEMORY_USAGE = "MEMORY_USAGE"
    DISK_USAGE = "DISK_USAGE"
    API_RESPONSE_TIME = "API_RESPONSE_TIME"
    DATABASE_QUERY_TIME = "DATABASE_QUERY_TIME"
    ACTIVE_USERS = "ACTIVE_USERS"
    ERROR_RATE = "ERROR_RATE"
    REQUEST_COUNT = "REQUEST_COUNT"


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


class NumberStatus(enum.StrEnum):
    """Whether a student's number is the district's own (D26)."""

    CONFIRMED = "CONFIRMED"
    PROVISIONAL = "PROVISIONAL"
    CONTESTED = "CONTESTED"


class OrderStatus(enum.StrEnum):
    """Where a medication order stands."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    ON_HOLD = "ON_HOLD"
    DISCONTINUED = "DISCONTINUED"
    COMPLETED = "COMPLETED"


class OverrideRule(enum.StrEnum):
    """The rule that a dose went past, with its reason recorded (D40)."""

    M2 = "M2"
    M3 = "M3"
    M4 = "M4"
    M5 = "M5"
    M6 = "M6"
    M8 = "M8"
    M9 = "M9"
    M13 = "M13"
    D22 = "D22"


class PolicyCategory(enum.StrEnum):
    """The field of a policy."""

    HIPAA_PRIVACY = "HIPAA_PRIVACY"
    HIPAA_SECURITY = "HIPAA_SECURITY"
    FERPA = "FERPA"
    DATA_RETENTION = "DATA_RETENTION"
    INCIDENT_RESPONSE = "INCIDENT_RESPONSE"
    ACCESS_CONTROL = "ACCESS_CONTROL"
    TRAINING = "TRAINING"


class PolicyStatus(enum.StrEnum):
    """Where a policy stands."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"
    SUPERSEDED = "SUPERSEDED"


class PreferredContactMethod(enum.StrEnum):
    """How a contact wants to be reached."""

    SMS = "SMS"
    EMAIL = "EMAIL"
    VOICE = "VOICE"
    ANY = "ANY"


class PrescriptionStatus(enum.StrEnum):
    """Where a prescription stands at the pharmacy."""

    PENDING = "PENDING"
    SENT = "SENT"
    FILLED = "FILLED"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    PICKED_UP = "PICKED_UP"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class Priority(enum.StrEnum):
    """How soon something wants doing: one scale for tasks, messages, waiting lists, alarms and notifications."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    URGENT = "URGENT"


class ProtocolStatus(enum.StrEnum):
    """Where a clinical protocol stands."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    UNDER_REVIEW = "UNDER_REVIEW"
    DEPRECATED = "DEPRECATED"


class PurchaseOrderStatus(enum.StrEnum):
    """Where a purchase order stands."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    ORDERED = "ORDERED"
    PARTIALLY_RECEIVED = "PARTIALLY_RECEIVED"
    RECEIVED = "RECEIVED"
    CANCELLED = "CANCELLED"


class PushDeliveryStatus(enum.StrEnum):
    """What a push service answered."""

    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    INVALID_TOKEN = "INVALID_TOKEN"  # noqa: S105 - a word, no token
    RATE_LIMITED = "RATE_LIMITED"
    TIMEOUT = "TIMEOUT"


class QueueState(enum.StrEnum):
    """Where a queued change stands."""

    PENDING = "PENDING"
    IN_FLIGHT = "IN_FLIGHT"
    APPLIED = "APPLIED"
    MERGED = "MERGED"
    CONFLICT = "CONFLICT"
    HELD = "HELD"
    REJECTED = "REJECTED"


class RecordSource(enum.StrEnum):
    """How an entry reached the record."""

    DESK = "DESK"
    PAPER = "PAPER"
    HOME_REPORTED = "HOME_REPORTED"
    IMPORTED = "IMPORTED"


class RecordsRegime(enum.StrEnum):
    """The law a school's health records fall under (D43)."""

    FERPA = "FERPA"
    HIPAA = "HIPAA"


class RecurringFrequency(enum.StrEnum):
    """How often an appointment repeats."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class RemediationStatus(enum.StrEnum):
    """Where a corrective action stands."""

    PLANNED = "PLANNED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    VERIFIED = "VERIFIED"
    DEFERRED = "DEFERRED"


class ReminderStatus(enum.StrEnum):
    """Where a reminder stands."""

    SCHEDULED = "SCHEDULED"
    SENT = "SENT"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class ReportFormat(enum.StrEnum):
    """The file format of a report."""

    PDF = "PDF"
    CSV = "CSV"
    EXCEL = "EXCEL"
    JSON = "JSON"
    HTML = "HTML"


class ReportStatus(enum.StrEnum):
    """Where the making of a report stands."""

    PENDING = "PENDING"
    GENERATING = "GENERATING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class ReportType(enum.StrEnum):
    """What a stored or scheduled report is about."""

    HEALTH_TRENDS = "HEALTH_TRENDS"
    MEDICATION_USAGE = "MEDICATION_USAGE"
    INCIDENT_STATISTICS = "INCIDENT_STATISTICS"
    ATTENDANCE_CORRELATION = "ATTENDANCE_CORRELATION"
    COMPLIANCE = "COMPLIANCE"
    DASHBOARD = "DASHBOARD"
    PERFORMANCE = "PERFORMANCE"
    CUSTOM = "CUSTOM"


class ReportedSource(enum.StrEnum):
    """Where a vaccine dose given elsewhere is known from."""

    PARENT_RECORD = "PARENT_RECORD"
    REGISTRY = "REGISTRY"
    FORMER_SCHOOL = "FORMER_SCHOOL"
    PROVIDER = "PROVIDER"
    OTHER = "OTHER"


class RetentionStatus(enum.StrEnum):
    """Where a retention rule stands."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    UNDER_REVIEW = "UNDER_REVIEW"


class RiskLevel(enum.StrEnum):
    """The risk a mental-health professional sees."""

    NONE = "NONE"
    LOW = "LOW"
    MODERATE = "MODERATE"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"


class Route(enum.StrEnum):
    """How a medicine or vaccine enters the body."""

    INTRAMUSCULAR = "INTRAMUSCULAR"
    SUBCUTANEOUS = "SUBCUTANEOUS"
    INTRADERMAL = "INTRADERMAL"
    ORAL = "ORAL"
    INTRANASAL = "INTRANASAL"
    INTRAVENOUS = "INTRAVENOUS"
    OTHER = "OTHER"
    SUBLINGUAL = "SUBLINGUAL"
    BUCCAL = "BUCCAL"
    INHALED = "INHALED"
    NEBULIZED = "NEBULIZED"
    TOPICAL = "TOPICAL"
    TRANSDERMAL = "TRANSDERMAL"
    RECTAL = "RECTAL"
    OPHTHALMIC = "OPHTHALMIC"
    OTIC = "OTIC"
    GASTROSTOMY = "GASTROSTOMY"


class ScheduleFrequency(enum.StrEnum):
    """How often a report is made."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    CUSTOM = "CUSTOM"


class ScheduleKind(enum.StrEnum):
    """Whether an order names its times or waits for a need."""

    SCHEDULED = "SCHEDULED"
    PRN = "PRN"


class SecurityIncidentStatus(enum.StrEnum):
    """Where a security incident stands."""

    DETECTED = "DETECTED"
    INVESTIGATING = "INVESTIGATING"
    CONTAINED = "CONTAINED"
    RESOLVED = "RESOLVED"
    FALSE_POSITIVE = "FALSE_POSITIVE"


class SecurityIncidentType(enum.StrEnum):
    """The kind of a security incident."""

    UNAUTHORIZED_ACCESS = "UNAUTHORIZED_ACCESS"
    BRUTE_FORCE_ATTACK = "BRUTE_FORCE_ATTACK"
    SUSPICIOUS_ACTIVITY = "SUSPICIOUS_ACTIVITY"
    DATA_BREACH_ATTEMPT = "DATA_BREACH_ATTEMPT"
    PRIVILEGE_ESCALATION = "PRIVILEGE_ESCALATION"
    SQL_INJECTION_ATTEMPT = "SQL_INJECTION_ATTEMPT"
    XSS_ATTEMPT = "XSS_ATTEMPT"
    ACCOUNT_TAKEOVER = "ACCOUNT_TAKEOVER"
    MALWARE_DETECTED = "MALWARE_DETECTED"
    DDOS_ATTEMPT = "DDOS_ATTEMPT"
    POLICY_VIOLATION = "POLICY_VIOLATION"
    OTHER = "OTHER"


class SessionKind(enum.StrEnum):
    """The kind of an academic session."""

    SCHOOL_YEAR = "SCHOOL_YEAR"
    SEMESTER = "SEMESTER"
    TERM = "TERM"
    GRADING_PERIOD = "GRADING_PERIOD"


class Severity(enum.StrEnum):
    """How bad an event is for people, data or compliance."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"


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


class SignerCapacity(enum.StrEnum):
    """By what right a person signs a consent (D42)."""

    GUARDIAN = "GUARDIAN"
    STUDENT_18 = "STUDENT_18"
    MINOR_BY_RULE = "MINOR_BY_RULE"


class SigningMethod(enum.StrEnum):
    """How a signature was given."""

    PEN = "PEN"
    PAPER = "PAPER"
    ELECTRONIC = "ELECTRONIC"
    PHONE = "PHONE"


class SisConflictResolution(enum.StrEnum):
    """Which side won against the student information system."""

    KEEP_LOCAL = "KEEP_LOCAL"
    KEEP_SIS = "KEEP_SIS"


class SyncAction(enum.StrEnum):
    """What a queued change does to its row (D2, D3)."""

    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    RESTORE = "RESTORE"
    SIGN = "SIGN"
    READ = "READ"


class SyncConflictResolution(enum.StrEnum):
    """How a conflict between desk and district was decided."""

    CLIENT_WINS = "CLIENT_WINS"
    SERVER_WINS = "SERVER_WINS"
    NEWEST_WINS = "NEWEST_WINS"
    MERGE = "MERGE"
    MANUAL = "MANUAL"


class SyncConflictStatus(enum.StrEnum):
    """Where a conflict stands."""

    PENDING = "PENDING"
    RESOLVED = "RESOLVED"
    DEFERRED = "DEFERRED"


class SyncDirection(enum.StrEnum):
    """Which way a sync run moves rows."""

    PULL = "PULL"
    PUSH = "PUSH"
    BIDIRECTIONAL = "BIDIRECTIONAL"


class SyncSessionKind(enum.StrEnum):
    """What a sync run talks to (D8)."""

    WORKSTATION = "WORKSTATION"
    SIS = "SIS"


class SyncSessionStatus(enum.StrEnum):
    """Where a sync run stands."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    PARTIAL = "PARTIAL"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class TaskStatus(enum.StrEnum):
    """Where a task stands."""

    OPEN = "OPEN"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    CANCELLED = "CANCELLED"


class TemperatureUnit(enum.StrEnum):
    """Units of body temperature, as UCUM codes."""

    F = "[degF]"
    C = "Cel"


class ThreatKind(enum.StrEnum):
    """What a detection saw."""

    BRUTE_FORCE = "BRUTE_FORCE"
    ROLLBACK = "ROLLBACK"
    CLONED_DEVICE = "CLONED_DEVICE"
    AUDIT_TAMPERING = "AUDIT_TAMPERING"
    CLOCK_JUMP = "CLOCK_JUMP"
    UNUSUAL_ACCESS = "UNUSUAL_ACCESS"
    OTHER = "OTHER"


class TrainingCategory(enum.StrEnum):
    """What a training is about."""

    HIPAA_COMPLIANCE = "HIPAA_COMPLIANCE"
    MEDICATION_MANAGEMENT = "MEDICATION_MANAGEMENT"
    EMERGENCY_PROCEDURES = "EMERGENCY_PROCEDURES"
    SYSTEM_TRAINING = "SYSTEM_TRAINING"
    SAFETY_PROTOCOLS = "SAFETY_PROTOCOLS"
    DATA_SECURITY = "DATA_SECURITY"


class TreatmentStatus(enum.StrEnum):
    """Where a plan of care stands."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    ON_HOLD = "ON_HOLD"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


class TrendDirection(enum.StrEnum):
    """Where a metric is heading."""

    INCREASING = "INCREASING"
    DECREASING = "DECREASING"
    STABLE = "STABLE"
    FLUCTUATING = "FLUCTUATING"


class Unit(enum.StrEnum):
    """Units of doses and stock, as UCUM codes."""

    MG = "mg"
    UG = "ug"
    G = "g"
    ML = "mL"
    LITRE = "L"
    INTERNATIONAL_UNIT = "[iU]"
    MEQ = "meq"
    MMOL = "mmol"
    TABLET = "{tablet}"
    CAPSULE = "{capsule}"
    PUFF = "{puff}"
    DROP = "[drp]"
    SPRAY = "{spray}"
    PATCH = "{patch}"
    SUPPOSITORY = "{suppository}"
    APPLICATION = "{application}"
    DOSE = "{dose}"
    EACH = "{each}"


class UserRole(enum.StrEnum):
    """What a person may do; checked by the permission policy on every call."""

    ADMIN = "ADMIN"
    DISTRICT_ADMIN = "DISTRICT_ADMIN"
    SCHOOL_ADMIN = "SCHOOL_ADMIN"
    NURSE = "NURSE"
    HEALTH_AIDE = "HEALTH_AIDE"
    COUNSELOR = "COUNSELOR"
    VIEWER = "VIEWER"
    SYSTEM = "SYSTEM"


class VaccinationComplianceStatus(enum.StrEnum):
    """How a student stands against the school requirement."""

    COMPLIANT = "COMPLIANT"
    OVERDUE = "OVERDUE"
    PARTIALLY_COMPLIANT = "PARTIALLY_COMPLIANT"
    EXEMPT = "EXEMPT"
    NON_COMPLIANT = "NON_COMPLIANT"


class VaccineType(enum.StrEnum):
    """The vaccine given, as the school names it."""

    COVID_19 = "COVID_19"
    FLU = "FLU"
    MEASLES = "MEASLES"
    MUMPS = "MUMPS"
    RUBELLA = "RUBELLA"
    MMR = "MMR"
    POLIO = "POLIO"
    HEPATITIS_A = "HEPATITIS_A"
    HEPATITIS_B = "HEPATITIS_B"
    VARICELLA = "VARICELLA"
    TETANUS = "TETANUS"
    DIPHTHERIA = "DIPHTHERIA"
    PERTUSSIS = "PERTUSSIS"
    TDAP = "TDAP"
    DTAP = "DTAP"
    HIB = "HIB"
    PNEUMOCOCCAL = "PNEUMOCOCCAL"
    ROTAVIRUS = "ROTAVIRUS"
    MENINGOCOCCAL = "MENINGOCOCCAL"
    HPV = "HPV"
    OTHER = "OTHER"


class VerificationStatus(enum.StrEnum):
    """Whether a contact's data were checked."""

    UNVERIFIED = "UNVERIFIED"
    PENDING = "PENDING"
    VERIFIED = "VERIFIED"
    FAILED = "FAILED"


class VfcEligibility(enum.StrEnum):
    """A dose's eligibility for Vaccines for Children (I14)."""

    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    MEDICAID = "MEDICAID"
    UNINSURED = "UNINSURED"
    UNDERINSURED = "UNDERINSURED"
    AMERICAN_INDIAN = "AMERICAN_INDIAN"
    STATE_SPECIFIC = "STATE_SPECIFIC"
    UNKNOWN = "UNKNOWN"


class ViolationStatus(enum.StrEnum):
    """Where a violation stands."""

    REPORTED = "REPORTED"
    INVESTIGATING = "INVESTIGATING"
    REMEDIATION_IN_PROGRESS = "REMEDIATION_IN_PROGRESS"
    RESOLVED = "RESOLVED"
    CLOSED = "CLOSED"


class ViolationType(enum.StrEnum):
    """The kind of a violation."""

    HIPAA_BREACH = "HIPAA_BREACH"
    FERPA_VIOLATION = "FERPA_VIOLATION"
    UNAUTHORIZED_ACCESS = "UNAUTHORIZED_ACCESS"
    DATA_LEAK = "DATA_LEAK"
    POLICY_VIOLATION = "POLICY_VIOLATION"
    PROCEDURE_VIOLATION = "PROCEDURE_VIOLATION"
    TRAINING_DEFICIENCY = "TRAINING_DEFICIENCY"


class VisitDisposition(enum.StrEnum):
    """Where a student went after a visit."""

    RETURN_TO_CLASS = "RETURN_TO_CLASS"
    SENT_HOME = "SENT_HOME"
    EMERGENCY_TRANSPORT = "EMERGENCY_TRANSPORT"
    OTHER = "OTHER"


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


class WeightUnit(enum.StrEnum):
    """Units of weight, as UCUM codes."""

    LBS = "[lb_av]"
    KG = "kg"


class WitnessType(enum.StrEnum):
    """Who a witness is."""

    STAFF = "STAFF"
    STUDENT = "STUDENT"
    PARENT = "PARENT"
    GUARDIAN = "GUARDIAN"
    VISITOR = "VISITOR"
    OTHER = "OTHER"


class WriteMode(enum.StrEnum):
    """Whose hand is writing: a person, sync, or the retention job (D6)."""

    DESK = "DESK"
    APPLY = "APPLY"
    RETENTION = "RETENTION"


class WritePurpose(enum.StrEnum):
    """Why a write happens; access is recorded with it."""

    CARE = "CARE"
    ADMINISTRATION = "ADMINISTRATION"
    EMERGENCY = "EMERGENCY"
    BREAK_GLASS = "BREAK_GLASS"
    IMPORT = "IMPORT"
    SYNC = "SYNC"
    MAINTENANCE = "MAINTENANCE"


class SyncEntityType(enum.StrEnum):
    """The kind of a synced row: one word for each synced model."""

    ACADEMIC_SESSION = "ACADEMIC_SESSION"
    ACADEMIC_TRANSCRIPT = "ACADEMIC_TRANSCRIPT"
    ALERT_RULE = "ALERT_RULE"
    ALLERGY = "ALLERGY"
    ANALYTICS_REPORT = "ANALYTICS_REPORT"
    APPOINTMENT = "APPOINTMENT"
    APPOINTMENT_REMINDER = "APPOINTMENT_REMINDER"
    APPOINTMENT_WAITLIST = "APPOINTMENT_WAITLIST"
    ATTACHMENT = "ATTACHMENT"
    AUDIT_LOG = "AUDIT_LOG"
    BACKUP_LOG = "BACKUP_LOG"
    BUDGET_CATEGORY = "BUDGET_CATEGORY"
    BUDGET_TRANSACTION = "BUDGET_TRANSACTION"
    CALENDAR_DAY = "CALENDAR_DAY"
    CHRONIC_CONDITION = "CHRONIC_CONDITION"
    CLINICAL_NOTE = "CLINICAL_NOTE"
    CLINICAL_PROTOCOL = "CLINICAL_PROTOCOL"
    CLINICAL_TASK = "CLINICAL_TASK"
    CLINIC_VISIT = "CLINIC_VISIT"
    COMPLIANCE_CHECKLIST_ITEM = "COMPLIANCE_CHECKLIST_ITEM"
    COMPLIANCE_REPORT = "COMPLIANCE_REPORT"
    COMPLIANCE_VIOLATION = "COMPLIANCE_VIOLATION"
    CONFIGURATION_HISTORY = "CONFIGURATION_HISTORY"
    CONSENT_FORM = "CONSENT_FORM"
    CONSENT_REQUEST = "CONSENT_REQUEST"
    CONSENT_SIGNATURE = "CONSENT_SIGNATURE"
    CONTACT = "CONTACT"
    CONTACT_ATTEMPT = "CONTACT_ATTEMPT"
    CONTROLLED_COUNT = "CONTROLLED_COUNT"
    DATA_RETENTION_POLICY = "DATA_RETENTION_POLICY"
    DEVICE_TOKEN = "DEVICE_TOKEN"  # noqa: S105 - a word, no token
    DISTRICT = "DISTRICT"
    DRUG_CATALOG = "DRUG_CATALOG"
    DRUG_INTERACTION = "DRUG_INTERACTION"
    EMERGENCY_BROADCAST = "EMERGENCY_BROADCAST"
    EMERGENCY_CONTACT = "EMERGENCY_CONTACT"
    FOLLOW_UP_ACTION = "FOLLOW_UP_ACTION"
    FOLLOW_UP_APPOINTMENT = "FOLLOW_UP_APPOINTMENT"
    GROWTH_TRACKING = "GROWTH_TRACKING"
    HEALTH_METRIC_SNAPSHOT = "HEALTH_METRIC_SNAPSHOT"
    HEALTH_RECORD = "HEALTH_RECORD"
    HEALTH_SCREENING = "HEALTH_SCREENING"
    IMMUNIZATION = "IMMUNIZATION"
    INCIDENT_REPORT = "INCIDENT_REPORT"
    INTEGRATION_CONFIG = "INTEGRATION_CONFIG"
    INTEGRATION_LOG = "INTEGRATION_LOG"
    INVENTORY_ITEM = "INVENTORY_ITEM"
    INVENTORY_LOT = "INVENTORY_LOT"
    INVENTORY_TRANSACTION = "INVENTORY_TRANSACTION"
    IP_RESTRICTION = "IP_RESTRICTION"
    LAB_RESULTS = "LAB_RESULTS"
    LICENSE = "LICENSE"
    LOGIN_ATTEMPT = "LOGIN_ATTEMPT"
    MAINTENANCE_LOG = "MAINTENANCE_LOG"
    MEDICAL_HISTORY = "MEDICAL_HISTORY"
    MEDICATION = "MEDICATION"
    MEDICATION_LOG = "MEDICATION_LOG"
    MENTAL_HEALTH_RECORD = "MENTAL_HEALTH_RECORD"
    MESSAGE = "MESSAGE"
    MESSAGE_DELIVERY = "MESSAGE_DELIVERY"
    MESSAGE_TEMPLATE = "MESSAGE_TEMPLATE"
    PERFORMANCE_METRIC = "PERFORMANCE_METRIC"
    PHI_DISCLOSURE = "PHI_DISCLOSURE"
    PHI_DISCLOSURE_AUDIT = "PHI_DISCLOSURE_AUDIT"
    POLICY_ACKNOWLEDGMENT = "POLICY_ACKNOWLEDGMENT"
    POLICY_DOCUMENT = "POLICY_DOCUMENT"
    PRESCRIPTION = "PRESCRIPTION"
    PURCHASE_ORDER = "PURCHASE_ORDER"
    PURCHASE_ORDER_ITEM = "PURCHASE_ORDER_ITEM"
    PUSH_NOTIFICATION = "PUSH_NOTIFICATION"
    REMEDIATION_ACTION = "REMEDIATION_ACTION"
    REPORT_EXECUTION = "REPORT_EXECUTION"
    REPORT_SCHEDULE = "REPORT_SCHEDULE"
    REPORT_TEMPLATE = "REPORT_TEMPLATE"
    ROLE_GRANT = "ROLE_GRANT"
    ROSTER_IMPORT = "ROSTER_IMPORT"
    ROSTER_IMPORT_ROW = "ROSTER_IMPORT_ROW"
    SCHOOL = "SCHOOL"
    SEALED_KEY = "SEALED_KEY"
    SECURITY_INCIDENT = "SECURITY_INCIDENT"
    SIGNATURE = "SIGNATURE"
    SIS_SYNC_CONFLICT = "SIS_SYNC_CONFLICT"
    SOURCE_LINK = "SOURCE_LINK"
    STANDING_ORDER = "STANDING_ORDER"
    STUDENT = "STUDENT"
    STUDENT_DRUG_ALLERGY = "STUDENT_DRUG_ALLERGY"
    STUDENT_ENROLLMENT = "STUDENT_ENROLLMENT"
    STUDENT_MEDICATION = "STUDENT_MEDICATION"
    SUPPLIER = "SUPPLIER"
    SYNC_CONFLICT = "SYNC_CONFLICT"
    SYNC_SESSION = "SYNC_SESSION"
    SYSTEM_CONFIG = "SYSTEM_CONFIG"
    THREAT_DETECTION = "THREAT_DETECTION"
    TRAINING_COMPLETION = "TRAINING_COMPLETION"
    TRAINING_MODULE = "TRAINING_MODULE"
    TREATMENT_PLAN = "TREATMENT_PLAN"
    USER = "USER"
    USER_KEY = "USER_KEY"
    VACCINATION = "VACCINATION"
    VENDOR = "VENDOR"
    VISIT_EVENT = "VISIT_EVENT"
    VITAL_SIGNS = "VITAL_SIGNS"
    WEBHOOK = "WEBHOOK"
    WITNESS_STATEMENT = "WITNESS_STATEMENT"
