"""Running a district: alerts, licences, backups, reports, settings, other systems."""

from __future__ import annotations

import enum


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


class ScheduleFrequency(enum.StrEnum):
    """How often a report is made."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    CUSTOM = "CUSTOM"


class TrendDirection(enum.StrEnum):
    """Where a metric is heading."""

    INCREASING = "INCREASING"
    DECREASING = "DECREASING"
    STABLE = "STABLE"
    FLUCTUATING = "FLUCTUATING"
