"""Healthcare: appointments, records and measurements of a student."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import (
    Any_,
    AnyGiven,
    AtLeast,
    Between,
    Equals,
    FlagFollowsRange,
    ForbiddenWhen,
    Given,
    Holds,
    MaxLength,
    MinLength,
    Not,
    NotAbove,
    Occurs,
    Ordered,
    Pattern,
    RequiredWhen,
    TogetherGiven,
    Unequal,
)
from clinicdesk.domain.validation.shapes import ICD10, NPI
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link
from clinicdesk.models.enums import (
    AppointmentStatus,
    AppointmentType,
    Channel,
    ConditionSeverity,
    DatePrecision,
    FamilyRelation,
    GlucoseUnit,
    HealthRecordType,
    HeightUnit,
    LabResultStatus,
    LabTestType,
    MedicalHistoryCategory,
    MedicalHistoryRecordType,
    Priority,
    RecurringFrequency,
    ReminderStatus,
    ReportedSource,
    TemperatureUnit,
    TreatmentStatus,
    WaitlistStatus,
    WeightUnit,
)
from clinicdesk.models.mixins import Signable, Superseding
from clinicdesk.models.policy import SyncClass, SyncPolicy, parent, student
from clinicdesk.models.types import Exact


class Appointment(Syncable, SoftDeleted, Base):
    """A planned nurse appointment for a student, optionally one of a recurring series."""

    __tablename__ = "appointments"
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, student())
    __rules__ = (
        Between("duration", 15, 120),
        MinLength("reason", 3),
        MaxLength("notes", 5000),
        RequiredWhen("recurring_group_id", Given("recurring_frequency"), "recurring"),
        RequiredWhen("recurring_frequency", Given("recurring_end_date"), "recurring"),
        Ordered("scheduled_at", "recurring_end_date"),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", phi=True)
    nurse_id: Mapped[uuid.UUID | None] = link("users.id")
    type: Mapped[AppointmentType] = column(index=True, phi=True)
    scheduled_at: Mapped[dt.datetime] = column(index=True, phi=True, group="time")
    duration: Mapped[int] = column(default=30, group="time")
    status: Mapped[AppointmentStatus] = column(default=AppointmentStatus.SCHEDULED, index=True, group="status")
    reason: Mapped[str] = column(String(500), phi=True)
    notes: Mapped[str | None] = column(phi=True)
    recurring_group_id: Mapped[uuid.UUID | None] = column(index=True, group="time")
    recurring_frequency: Mapped[RecurringFrequency | None] = column(group="time")
    recurring_end_date: Mapped[dt.datetime | None] = column(group="time")
    school_id: Mapped[uuid.UUID | None] = link("schools.id")
    cancellation_reason: Mapped[str | None] = column(phi=True, group="status")


class AppointmentReminder(Syncable, SoftDeleted, Base):
    """One reminder message queued or sent for an appointment."""

    __tablename__ = "appointment_reminders"
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, parent("appointment_id"))
    __rules__ = (
        RequiredWhen("sent_at", Equals("status", "SENT"), "sent"),
        RequiredWhen("failure_reason", Equals("status", "FAILED"), "failed"),
    )

    appointment_id: Mapped[uuid.UUID] = link("appointments.id")
    type: Mapped[Channel]
    scheduled_for: Mapped[dt.datetime] = column(index=True)
    status: Mapped[ReminderStatus] = column(default=ReminderStatus.SCHEDULED, index=True, group="status")
    sent_at: Mapped[dt.datetime | None] = column(group="status")
    failure_reason: Mapped[str | None] = column(group="status")
    message: Mapped[str] = column(phi=True)


class AppointmentWaitlist(Syncable, SoftDeleted, Base):
    """A student waiting for an appointment slot, with priority and expiry."""

    __tablename__ = "appointment_waitlist"
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, student())
    __rules__ = (
        Between("duration", 15, 120),
        MinLength("reason", 3),
        MaxLength("notes", 5000),
        RequiredWhen("notified_at", Equals("status", "NOTIFIED"), "notified"),
        Ordered("notified_at", "expires_at"),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", phi=True)
    nurse_id: Mapped[uuid.UUID | None] = link("users.id")
    type: Mapped[AppointmentType] = column(phi=True)
    preferred_date: Mapped[dt.datetime | None]
    duration: Mapped[int] = column(default=30)
    priority: Mapped[Priority] = column(default=Priority.MEDIUM, index=True)
    reason: Mapped[str] = column(String(500), phi=True)
    notes: Mapped[str | None] = column(phi=True)
    status: Mapped[WaitlistStatus] = column(default=WaitlistStatus.WAITING, index=True, group="status")
    notified_at: Mapped[dt.datetime | None] = column(group="status")
    expires_at: Mapped[dt.datetime | None] = column(index=True, group="status")


class GrowthTracking(Syncable, SoftDeleted, Signable, Base):
    """One growth measurement of a student.

    BMI and percentiles are derived, never typed; height and weight may be those of a set of vital signs (concern
    19).
    """

    __tablename__ = "growth_tracking"
    __sync__ = SyncPolicy(SyncClass.SEALED, student(), signed_when="signed_at")
    __rules__ = (
        AtLeast("height", 0, above=True),
        AtLeast("weight", 0, above=True),
        RequiredWhen("height_unit", Given("height"), "measured"),
        RequiredWhen("weight_unit", Given("weight"), "measured"),
        AtLeast("bmi", 0, above=True),
        Between("percentile_height", 0, 100),
        Between("percentile_weight", 0, 100),
        Between("percentile_bmi", 0, 100),
        Occurs("height", "something_measured", Any_(Given("height"), Given("weight"))),
        Between("zone_offset_minutes", -840, 840),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", phi=True)
    measurement_date: Mapped[dt.datetime] = column(index=True, phi=True)
    height: Mapped[Decimal | None] = column(Exact(7, 2), phi=True, group="size")
    height_unit: Mapped[HeightUnit | None] = column(default=HeightUnit.INCHES, group="size")
    weight: Mapped[Decimal | None] = column(Exact(7, 2), phi=True, group="size")
    weight_unit: Mapped[WeightUnit | None] = column(default=WeightUnit.LBS, group="size")
    bmi: Mapped[Decimal | None] = column(Exact(6, 2), phi=True, derived=True)
    percentile_height: Mapped[Decimal | None] = column(Exact(5, 2), phi=True, derived=True)
    percentile_weight: Mapped[Decimal | None] = column(Exact(5, 2), phi=True, derived=True)
    percentile_bmi: Mapped[Decimal | None] = column(Exact(5, 2), phi=True, derived=True)
    notes: Mapped[str | None] = column(phi=True)
    measured_by: Mapped[uuid.UUID] = link("users.id")
    vital_signs_id: Mapped[uuid.UUID | None] = link("vital_signs.id", phi=True)
    zone_offset_minutes: Mapped[int]


class HealthRecord(Syncable, SoftDeleted, Signable, Base):
    """A general health event or document of a student, of any of about thirty kinds.

    Its kinds for screenings, doses, tests and growth are summaries that point nowhere; the facts stand in their own
    tables (concern 22).
    """

    __tablename__ = "health_records"
    __table_args__ = (
        index("created_by"),
        index("student_id", "record_date"),
        index("record_type", "record_date"),
        index("follow_up_required", "follow_up_date"),
    )
    __sync__ = SyncPolicy(
        SyncClass.SEALED,
        student(),
        signed_when="signed_at",
        after_sign=frozenset({"follow_up_required", "follow_up_date", "follow_up_completed"}),
    )
    __rules__ = (
        RequiredWhen("follow_up_date", Holds("follow_up_required"), "follow_up_required"),
        Pattern("provider_npi", "npi", NPI),
        Pattern("facility_npi", "npi", NPI),
        Pattern("diagnosis_code", "icd10", ICD10),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", index=False, phi=True)
    record_type: Mapped[HealthRecordType] = column(phi=True)
    title: Mapped[str] = column(String(200), phi=True)
    description: Mapped[str] = column(phi=True)
    record_date: Mapped[dt.datetime] = column(phi=True)
    provider: Mapped[str | None] = column(String(200), phi=True)
    provider_npi: Mapped[str | None] = column(String(20), phi=True)
    facility: Mapped[str | None] = column(String(200), phi=True)
    facility_npi: Mapped[str | None] = column(String(20), phi=True)
    diagnosis: Mapped[str | None] = column(phi=True)
    diagnosis_code: Mapped[str | None] = column(String(20), phi=True)
    treatment: Mapped[str | None] = column(phi=True)
    follow_up_required: Mapped[bool] = column(default=False, phi=True, group="follow_up")
    follow_up_date: Mapped[dt.datetime | None] = column(phi=True, group="follow_up")
    follow_up_completed: Mapped[bool] = column(default=False, group="follow_up")
    attachments: Mapped[list[str]] = column(default=list, phi=True)
    metadata_: Mapped[dict[str, Any] | None] = column("metadata", phi=True)
    is_confidential: Mapped[bool] = column(default=False)
    notes: Mapped[str | None] = column(phi=True)


class HealthScreening(Syncable, SoftDeleted, Signable, Base):
    """The outcome of one screening (vision, hearing and so on) of a student.

    Screening kinds are the district's own list of words.
    """

    __tablename__ = "health_screenings"
    __sync__ = SyncPolicy(
        SyncClass.SEALED,
        student(),
        signed_when="signed_at",
        after_sign=frozenset({"referral_sent_at", "referral_outcome"}),
    )
    __rules__ = (
        Between("zone_offset_minutes", -840, 840),
        Unequal("retest_of_id", "id"),
        MinLength("screening_type", 1),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", phi=True)
    screening_type: Mapped[str] = column(String(100), index=True, phi=True)
    screening_date: Mapped[dt.datetime] = column(index=True, phi=True)
    results: Mapped[dict[str, Any]] = column(phi=True)
    passed: Mapped[bool] = column(phi=True)
    notes: Mapped[str | None] = column(phi=True)
    conducted_by: Mapped[uuid.UUID] = link("users.id")
    zone_offset_minutes: Mapped[int]
    equipment: Mapped[str | None] = column(String(255))
    retest_of_id: Mapped[uuid.UUID | None] = link("health_screenings.id", phi=True)
    not_screened_reason: Mapped[str | None] = column(phi=True)
    referral_sent_at: Mapped[dt.datetime | None] = column(phi=True)
    referral_outcome: Mapped[str | None] = column(phi=True)


class Immunization(Syncable, Superseding, Base):
    """A vaccine dose reported from outside, with its source.

    The source stands for whoever gave it; doses given here are `Vaccination` (concern 4). Partial dates and
    unspecified codes are kept as reported and never guessed (I15).
    """

    __tablename__ = "immunizations"
    __sync__ = SyncPolicy(SyncClass.APPEND_ONLY, student())

    student_id: Mapped[uuid.UUID] = link("students.id", phi=True)
    vaccine_name: Mapped[str] = column(String(255), index=True, phi=True)
    vaccine_code: Mapped[str | None] = column(String(50), phi=True)
    administered_date: Mapped[dt.datetime] = column(index=True, phi=True)
    expiration_date: Mapped[dt.datetime | None] = column(phi=True)
    dosage: Mapped[str | None] = column(String(50), phi=True)
    site: Mapped[str | None] = column(String(50), phi=True)
    route: Mapped[str | None] = column(String(50), phi=True)
    manufacturer: Mapped[str | None] = column(String(255), phi=True)
    lot_number: Mapped[str | None] = column(String(100), phi=True)
    administered_by: Mapped[uuid.UUID | None] = link("users.id")
    notes: Mapped[str | None] = column(phi=True)
    administered_by_name: Mapped[str | None] = column(String(255), phi=True)
    source: Mapped[ReportedSource] = column(phi=True)
    source_detail: Mapped[str | None] = column(phi=True)
    date_precision: Mapped[DatePrecision] = column(default=DatePrecision.DAY, phi=True)
    cvx_code: Mapped[str | None] = column(String(10), phi=True)
    mvx_code: Mapped[str | None] = column(String(10), phi=True)
    document_id: Mapped[uuid.UUID | None] = link("attachments.id", phi=True)
    recorded_by: Mapped[uuid.UUID] = link("users.id")


class LabResults(Syncable, SoftDeleted, Signable, Base):
    """One laboratory test of a student, from order to reviewed result.

    Flags are computed by `domain` from the value and the range; a row without a number is never flagged by range,
    and flags set by hand stay (concern 21).
    """

    __tablename__ = "lab_results"
    __sync__ = SyncPolicy(
        SyncClass.SEALED,
        student(),
        signed_when="signed_at",
        after_sign=frozenset({"status", "reviewed_by", "reviewed_by_name", "reviewed_date", "interpretation"}),
    )
    __rules__ = (
        AnyGiven(("ordered_by", "ordered_by_name")),
        AnyGiven(("performed_by", "performed_by_name"), Given("result_date")),
        AnyGiven(("reviewed_by", "reviewed_by_name"), Given("reviewed_date")),
        Ordered("ordered_date", "collection_date"),
        Ordered("collection_date", "result_date"),
        Ordered("result_date", "reviewed_date"),
        RequiredWhen("reviewed_date", Equals("status", "REVIEWED"), "reviewed"),
        FlagFollowsRange("is_abnormal", "result_value", "reference_range", "flags_set_by_hand"),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", phi=True)
    test_type: Mapped[LabTestType] = column(index=True, phi=True)
    test_name: Mapped[str] = column(String(255), phi=True)
    test_code: Mapped[str | None] = column(String(255), phi=True)
    ordered_date: Mapped[dt.datetime] = column(index=True, phi=True, group="course")
    collection_date: Mapped[dt.datetime | None] = column(phi=True, group="course")
    result_date: Mapped[dt.datetime | None] = column(index=True, phi=True, group="course")
    result: Mapped[str] = column(phi=True, group="result")
    result_value: Mapped[Decimal | None] = column(Exact(16, 6), phi=True, group="result")
    result_unit: Mapped[str | None] = column(String(255), phi=True, group="result")
    reference_range: Mapped[str | None] = column(String(255), phi=True, group="result")
    is_abnormal: Mapped[bool] = column(default=False, index=True, phi=True, group="result")
    abnormal_flags: Mapped[list[Any] | None] = column(phi=True, group="result")
    interpretation: Mapped[str | None] = column(phi=True)
    status: Mapped[LabResultStatus | None] = column(default=LabResultStatus.PENDING, index=True, group="review")
    ordered_by: Mapped[uuid.UUID | None] = link("users.id", group="order")
    ordered_by_name: Mapped[str | None] = column(String(255), group="order")
    performed_by: Mapped[uuid.UUID | None] = link("users.id", group="course")
    performed_by_name: Mapped[str | None] = column(String(255), group="course")
    reviewed_by: Mapped[uuid.UUID | None] = link("users.id", group="review")
    reviewed_by_name: Mapped[str | None] = column(String(255), group="review")
    reviewed_date: Mapped[dt.datetime | None] = column(group="review")
    lab_name: Mapped[str | None] = column(String(255))
    notes: Mapped[str | None] = column(phi=True)
    flags_set_by_hand: Mapped[bool] = column(default=False, group="result")


class MedicalHistory(Syncable, SoftDeleted, Base):
    """A past or present condition, surgery, hospital stay or family-history fact of a student.

    An entry of type allergy points to the `Allergy` a nurse reads (concern 16), one of a standing condition to its
    `ChronicCondition` (concern 17).
    """

    __tablename__ = "medical_history"
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, student(), safety=True)
    __rules__ = (
        RequiredWhen("family_relation", Holds("is_family_history"), "family_history"),
        ForbiddenWhen("family_relation", Not(Holds("is_family_history")), "not_family_history"),
        Ordered("diagnosis_date", "resolved_date"),
        RequiredWhen("resolved_date", Not(Holds("is_active")), "inactive"),
        Occurs("is_critical", "critical_severity_is_critical", Holds("is_critical"), Equals("severity", "CRITICAL")),
        Occurs(
            "requires_monitoring",
            "critical_or_chronic_is_monitored",
            Holds("requires_monitoring"),
            Any_(Holds("is_critical"), Equals("category", "CHRONIC")),
        ),
        RequiredWhen("allergy_id", Equals("record_type", "ALLERGY"), "allergy_entry"),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", phi=True)
    record_type: Mapped[MedicalHistoryRecordType] = column(index=True, phi=True, group="kind")
    condition: Mapped[str] = column(String(255), phi=True)
    diagnosis_code: Mapped[str | None] = column(String(255), phi=True)
    diagnosis_date: Mapped[dt.datetime | None] = column(index=True, phi=True, group="state")
    resolved_date: Mapped[dt.datetime | None] = column(phi=True, group="state")
    is_active: Mapped[bool] = column(default=True, index=True, phi=True, group="state")
    severity: Mapped[ConditionSeverity | None] = column(phi=True, group="severity")
    category: Mapped[MedicalHistoryCategory | None] = column(phi=True, group="severity")
    treatment: Mapped[str | None] = column(phi=True)
    medication: Mapped[str | None] = column(phi=True)
    notes: Mapped[str | None] = column(phi=True)
    is_family_history: Mapped[bool] = column(default=False, index=True, phi=True, group="family")
    family_relation: Mapped[FamilyRelation | None] = column(phi=True, group="family")
    is_critical: Mapped[bool] = column(default=False, index=True, phi=True, group="severity")
    requires_monitoring: Mapped[bool] = column(default=False, index=True, phi=True, group="severity")
    allergy_id: Mapped[uuid.UUID | None] = link("allergies.id", phi=True, group="kind")
    chronic_condition_id: Mapped[uuid.UUID | None] = link("chronic_conditions.id", phi=True)


class TreatmentPlan(Syncable, SoftDeleted, Base):
    """A plan of care for a diagnosis of a student over a period."""

    __tablename__ = "treatment_plans"
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, student())
    __rules__ = (
        AnyGiven(("prescribed_by", "prescribed_by_name")),
        Ordered("start_date", "end_date"),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", phi=True)
    diagnosis: Mapped[str] = column(phi=True)
    plan_details: Mapped[dict[str, Any]] = column(phi=True)
    start_date: Mapped[dt.datetime] = column(phi=True, group="period")
    end_date: Mapped[dt.datetime | None] = column(phi=True, group="period")
    status: Mapped[TreatmentStatus] = column(index=True, phi=True, group="period")
    prescribed_by: Mapped[uuid.UUID | None] = link("users.id", group="prescriber")
    prescribed_by_name: Mapped[str | None] = column(String(255), group="prescriber")


class VitalSigns(Syncable, SoftDeleted, Signable, Base):
    """One set of vital-sign measurements of a student.

    Temperature is kept in its own unit (concern 20). BMI and flags are derived: every reader computes them through
    `domain`, by age and sex (concern 19).
    """

    __tablename__ = "vital_signs"
    __sync__ = SyncPolicy(SyncClass.SEALED, student(), signed_when="signed_at")
    __rules__ = (
        AnyGiven(("measured_by", "measured_by_name")),
        AtLeast("height", 0, above=True),
        AtLeast("weight", 0, above=True),
        RequiredWhen("height_unit", Given("height"), "measured"),
        RequiredWhen("weight_unit", Given("weight"), "measured"),
        RequiredWhen("temperature_unit", Given("temperature"), "measured"),
        Between("temperature", 20, 120),
        Between("heart_rate", 10, 350),
        Between("respiratory_rate", 1, 150),
        Between("blood_pressure_systolic", 30, 300),
        Between("blood_pressure_diastolic", 10, 250),
        TogetherGiven(("blood_pressure_systolic", "blood_pressure_diastolic")),
        NotAbove("blood_pressure_diastolic", "blood_pressure_systolic"),
        Between("oxygen_saturation", 1, 100),
        Between("pain", 0, 10),
        TogetherGiven(("blood_glucose", "blood_glucose_unit")),
        AtLeast("blood_glucose", 0, above=True),
        AtLeast("peak_flow", 0, above=True),
        AtLeast("bmi", 0, above=True),
        Between("zone_offset_minutes", -840, 840),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", phi=True)
    measurement_date: Mapped[dt.datetime] = column(index=True, phi=True)
    temperature: Mapped[Decimal | None] = column(Exact(5, 2), phi=True, group="temperature")
    temperature_unit: Mapped[TemperatureUnit | None] = column(default=TemperatureUnit.F, group="temperature")
    heart_rate: Mapped[int | None] = column(phi=True)
    respiratory_rate: Mapped[int | None] = column(phi=True)
    blood_pressure_systolic: Mapped[int | None] = column(phi=True, group="blood_pressure")
    blood_pressure_diastolic: Mapped[int | None] = column(phi=True, group="blood_pressure")
    oxygen_saturation: Mapped[Decimal | None] = column(Exact(5, 2), phi=True)
    weight: Mapped[Decimal | None] = column(Exact(7, 2), phi=True, group="weight")
    weight_unit: Mapped[WeightUnit | None] = column(default=WeightUnit.LBS, group="weight")
    height: Mapped[Decimal | None] = column(Exact(7, 2), phi=True, group="height")
    height_unit: Mapped[HeightUnit | None] = column(default=HeightUnit.INCHES, group="height")
    bmi: Mapped[Decimal | None] = column(Exact(6, 2), phi=True, derived=True)
    pain: Mapped[int | None] = column(phi=True)
    is_abnormal: Mapped[bool] = column(default=False, index=True, phi=True, derived=True)
    abnormal_flags: Mapped[list[Any] | None] = column(phi=True, derived=True)
    measured_by: Mapped[uuid.UUID | None] = link("users.id", group="measurer")
    measured_by_name: Mapped[str | None] = column(String(255), group="measurer")
    notes: Mapped[str | None] = column(phi=True)
    visit_id: Mapped[uuid.UUID | None] = link("clinic_visits.id", phi=True)
    zone_offset_minutes: Mapped[int]
    blood_glucose: Mapped[Decimal | None] = column(Exact(6, 2), phi=True, group="glucose")
    blood_glucose_unit: Mapped[GlucoseUnit | None] = column(group="glucose")
    peak_flow: Mapped[int | None] = column(phi=True)
