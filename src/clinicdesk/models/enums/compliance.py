"""Audit, policies, violations and security."""

from __future__ import annotations

import enum


class AnalyticsComplianceStatus(enum.StrEnum):
    """How far the records of a report comply."""

    COMPLIANT = "COMPLIANT"
    NON_COMPLIANT = "NON_COMPLIANT"
    PARTIALLY_COMPLIANT = "PARTIALLY_COMPLIANT"
    UNDER_REVIEW = "UNDER_REVIEW"


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


class ChecklistItemStatus(enum.StrEnum):
    """Where a checklist item stands."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    FAILED = "FAILED"


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


class IpRestrictionType(enum.StrEnum):
    """What an address rule does."""

    WHITELIST = "WHITELIST"
    BLACKLIST = "BLACKLIST"
    GEO_RESTRICTION = "GEO_RESTRICTION"


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


class RemediationStatus(enum.StrEnum):
    """Where a corrective action stands."""

    PLANNED = "PLANNED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    VERIFIED = "VERIFIED"
    DEFERRED = "DEFERRED"


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


class ThreatKind(enum.StrEnum):
    """What a detection saw."""

    BRUTE_FORCE = "BRUTE_FORCE"
    ROLLBACK = "ROLLBACK"
    CLONED_DEVICE = "CLONED_DEVICE"
    AUDIT_TAMPERING = "AUDIT_TAMPERING"
    CLOCK_JUMP = "CLOCK_JUMP"
    UNUSUAL_ACCESS = "UNUSUAL_ACCESS"
    OTHER = "OTHER"


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
