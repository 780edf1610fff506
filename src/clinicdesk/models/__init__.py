"""The data model: every table of ClinicDesk, imported from here."""

from __future__ import annotations

from clinicdesk.models.access import RoleGrant, SealedKey, Signature, TrainingCompletion, UserKey
from clinicdesk.models.administration import (
    AcademicTranscript,
    AlertRule,
    BackupLog,
    ConfigurationHistory,
    District,
    EmergencyContact,
    License,
    PerformanceMetric,
    School,
    TrainingModule,
)
from clinicdesk.models.analytics import AnalyticsReport, HealthMetricSnapshot
from clinicdesk.models.base import Base
from clinicdesk.models.budget import BudgetCategory, BudgetTransaction
from clinicdesk.models.care import Attachment, ClinicalTask, ConsentRequest, ContactAttempt, StandingOrder, VisitEvent
from clinicdesk.models.clinical import (
    ClinicalNote,
    ClinicalProtocol,
    ClinicVisit,
    FollowUpAction,
    FollowUpAppointment,
    WitnessStatement,
)
from clinicdesk.models.communication import (
    DeviceToken,
    EmergencyBroadcast,
    Message,
    MessageDelivery,
    MessageTemplate,
    PushNotification,
)
from clinicdesk.models.compliance import (
    ComplianceChecklistItem,
    ComplianceReport,
    ComplianceViolation,
    DataRetentionPolicy,
    PolicyAcknowledgment,
    PolicyDocument,
    RemediationAction,
)
from clinicdesk.models.consent import ConsentForm, ConsentSignature
from clinicdesk.models.contact import Contact
from clinicdesk.models.core import AuditLog, Student, User
from clinicdesk.models.desk_tables import DeviceFact, DoseSlot, Draft, SyncCursor, SyncDigest, SyncRow, WorkContext
from clinicdesk.models.disclosure import PhiDisclosure, PhiDisclosureAudit
from clinicdesk.models.district_tables import (
    ChangeHistory,
    ChangeLog,
    Device,
    DeviceInvite,
    DeviceNonce,
    ImportLease,
    ScopeDigest,
    ServerState,
    SyncCommit,
    SyncInbox,
    SyncReceipt,
)
from clinicdesk.models.enrollment import AcademicSession, CalendarDay, StudentEnrollment
from clinicdesk.models.health_risk import Allergy, ChronicCondition, IncidentReport
from clinicdesk.models.healthcare import (
    Appointment,
    AppointmentReminder,
    AppointmentWaitlist,
    GrowthTracking,
    HealthRecord,
    HealthScreening,
    Immunization,
    LabResults,
    MedicalHistory,
    TreatmentPlan,
    VitalSigns,
)
from clinicdesk.models.integration import IntegrationConfig, IntegrationLog
from clinicdesk.models.inventory import (
    InventoryItem,
    InventoryTransaction,
    MaintenanceLog,
    PurchaseOrder,
    PurchaseOrderItem,
    Vendor,
)
from clinicdesk.models.medication import Medication, MedicationLog
from clinicdesk.models.medication_order import StudentMedication
from clinicdesk.models.mental_health import MentalHealthRecord
from clinicdesk.models.prescribing import DrugCatalog, DrugInteraction, Prescription, StudentDrugAllergy
from clinicdesk.models.reporting import ReportExecution, ReportSchedule, ReportTemplate
from clinicdesk.models.roster import RosterImport, RosterImportRow, SourceLink
from clinicdesk.models.scopes import ScopeMember
from clinicdesk.models.security import IpRestriction, LoginAttempt, SecurityIncident, Session
from clinicdesk.models.stock import ControlledCount, InventoryLot, StockBalance
from clinicdesk.models.synchronisation import SISSyncConflict, SyncConflict, SyncQueueItem, SyncSession, SyncState
from clinicdesk.models.system import Supplier, SystemConfig, ThreatDetection, Webhook
from clinicdesk.models.vaccination import Vaccination

__all__ = [
    "AcademicSession",
    "AcademicTranscript",
    "AlertRule",
    "Allergy",
    "AnalyticsReport",
    "Appointment",
    "AppointmentReminder",
    "AppointmentWaitlist",
    "Attachment",
    "AuditLog",
    "BackupLog",
    "Base",
    "BudgetCategory",
    "BudgetTransaction",
    "CalendarDay",
    "ChangeHistory",
    "ChangeLog",
    "ChronicCondition",
    "ClinicVisit",
    "ClinicalNote",
    "ClinicalProtocol",
    "ClinicalTask",
    "ComplianceChecklistItem",
    "ComplianceReport",
    "ComplianceViolation",
    "ConfigurationHistory",
    "ConsentForm",
    "ConsentRequest",
    "ConsentSignature",
    "Contact",
    "ContactAttempt",
    "ControlledCount",
    "DataRetentionPolicy",
    "Device",
    "DeviceFact",
    "DeviceInvite",
    "DeviceNonce",
    "DeviceToken",
    "District",
    "DoseSlot",
    "Draft",
    "DrugCatalog",
    "DrugInteraction",
    "EmergencyBroadcast",
    "EmergencyContact",
    "FollowUpAction",
    "FollowUpAppointment",
    "GrowthTracking",
    "HealthMetricSnapshot",
    "HealthRecord",
    "HealthScreening",
    "Immunization",
    "ImportLease",
    "IncidentReport",
    "IntegrationConfig",
    "IntegrationLog",
    "InventoryItem",
    "InventoryLot",
    "InventoryTransaction",
    "IpRestriction",
    "LabResults",
    "License",
    "LoginAttempt",
    "MaintenanceLog",
    "MedicalHistory",
    "Medication",
    "MedicationLog",
    "MentalHealthRecord",
    "Message",
    "MessageDelivery",
    "MessageTemplate",
    "PerformanceMetric",
    "PhiDisclosure",
    "PhiDisclosureAudit",
    "PolicyAcknowledgment",
    "PolicyDocument",
    "Prescription",
    "PurchaseOrder",
    "PurchaseOrderItem",
    "PushNotification",
    "RemediationAction",
    "ReportExecution",
    "ReportSchedule",
    "ReportTemplate",
    "RoleGrant",
    "RosterImport",
    "RosterImportRow",
    "SISSyncConflict",
    "School",
    "ScopeDigest",
    "ScopeMember",
    "SealedKey",
    "SecurityIncident",
    "ServerState",
    "Session",
    "Signature",
    "SourceLink",
    "StandingOrder",
    "StockBalance",
    "Student",
    "StudentDrugAllergy",
    "StudentEnrollment",
    "StudentMedication",
    "Supplier",
    "SyncCommit",
    "SyncConflict",
    "SyncCursor",
    "SyncDigest",
    "SyncInbox",
    "SyncQueueItem",
    "SyncReceipt",
    "SyncRow",
    "SyncSession",
    "SyncState",
    "SystemConfig",
    "ThreatDetection",
    "TrainingCompletion",
    "TrainingModule",
    "TreatmentPlan",
    "User",
    "UserKey",
    "Vaccination",
    "Vendor",
    "VisitEvent",
    "VitalSigns",
    "Webhook",
    "WitnessStatement",
    "WorkContext",
]
