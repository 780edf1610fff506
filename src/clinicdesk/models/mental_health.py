"""Clinical: mental-health records, sealed field by field."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import Between, Holds, RequiredWhen
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link
from clinicdesk.models.enums import ConfidentialityLevel, MentalHealthRecordType, RiskLevel
from clinicdesk.models.mixins import Signable
from clinicdesk.models.policy import SyncClass, SyncPolicy, student
from clinicdesk.models.types import Sealed


class MentalHealthRecord(Syncable, SoftDeleted, Signable, Base):
    """A highly confidential mental-health session, assessment or referral of a student.

    Its words are sealed under the student's field key, so that the district server cannot read them (D32). Only
    mental-health staff read it, with the guardian's consent, and each reading is audited; `access_log` is derived
    from the audit. Therapists and psychiatrists are contacts (concern 38).
    """

    __tablename__ = "mental_health_records"
    __table_args__ = (
        index("follow_up_required", "follow_up_date"),
        index("student_id", "record_date"),
    )
    __sync__ = SyncPolicy(
        SyncClass.SEALED,
        student(),
        signed_when="signed_at",
        after_sign=frozenset(
            {
                "follow_up_required",
                "follow_up_date",
                "follow_up_completed",
                "parent_notified",
                "parent_notification_date",
            }
        ),
    )
    __rules__ = (
        RequiredWhen("follow_up_date", Holds("follow_up_required"), "follow_up_required"),
        RequiredWhen("parent_notification_date", Holds("parent_notified"), "parent_notified"),
        Between("zone_offset_minutes", -840, 840),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", index=False, phi=True)
    record_type: Mapped[MentalHealthRecordType] = column(index=True, phi=True)
    record_date: Mapped[dt.datetime] = column(index=True, phi=True)
    counselor_id: Mapped[uuid.UUID | None] = link("users.id")
    therapist_id: Mapped[uuid.UUID | None] = link("contacts.id", phi=True)
    psychiatrist_id: Mapped[uuid.UUID | None] = link("contacts.id", phi=True)
    title: Mapped[bytes] = column(Sealed(), phi=True, sealed=True)
    session_notes: Mapped[bytes] = column(Sealed(), phi=True, sealed=True)
    assessment: Mapped[bytes | None] = column(Sealed(), phi=True, sealed=True)
    diagnosis: Mapped[bytes | None] = column(Sealed(), phi=True, sealed=True)
    diagnosis_code: Mapped[bytes | None] = column(Sealed(), phi=True, sealed=True)
    treatment_plan: Mapped[bytes | None] = column(Sealed(), phi=True, sealed=True)
    risk_level: Mapped[RiskLevel] = column(default=RiskLevel.NONE, index=True, phi=True)
    risk_factors: Mapped[bytes | None] = column(Sealed(), phi=True, sealed=True)
    protective_factors: Mapped[bytes | None] = column(Sealed(), phi=True, sealed=True)
    interventions: Mapped[bytes | None] = column(Sealed(), phi=True, sealed=True)
    follow_up_required: Mapped[bool] = column(default=False, phi=True, group="follow_up")
    follow_up_date: Mapped[dt.datetime | None] = column(phi=True, group="follow_up")
    follow_up_completed: Mapped[bool] = column(default=False, group="follow_up")
    referral_to: Mapped[bytes | None] = column(Sealed(), phi=True, sealed=True)
    referral_reason: Mapped[bytes | None] = column(Sealed(), phi=True, sealed=True)
    confidentiality_level: Mapped[ConfidentialityLevel] = column(default=ConfidentialityLevel.STANDARD)
    parent_notified: Mapped[bool] = column(default=False, group="parent_notice")
    parent_notification_date: Mapped[dt.datetime | None] = column(group="parent_notice")
    attachments: Mapped[list[str]] = column(default=list, phi=True)
    metadata_: Mapped[bytes | None] = column("metadata", Sealed(), phi=True, sealed=True)
    access_log: Mapped[list[Any]] = column(default=list, derived=True)
    consent_signature_id: Mapped[uuid.UUID | None] = link("consent_signatures.id", phi=True)
    zone_offset_minutes: Mapped[int]
