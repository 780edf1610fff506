"""Compliance and policy: disclosures of health information."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import Equals, Holds, Occurs, Ordered, RequiredWhen
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link
from clinicdesk.models.enums import DisclosureMethod, DisclosurePurpose, DisclosureRecipientType, DisclosureType
from clinicdesk.models.mixins import Signable
from clinicdesk.models.policy import SyncClass, SyncPolicy, parent, student


class PhiDisclosure(Syncable, SoftDeleted, Signable, Base):
    """One disclosure of a student's protected health information to an outside recipient.

    `purpose` governs the accounting of disclosures; `disclosure_type` is the legal basis (concern 44).
    """

    __tablename__ = "phi_disclosures"
    __table_args__ = (
        index("student_id", "disclosure_date"),
        index("purpose", "disclosure_date"),
    )
    __sync__ = SyncPolicy(
        SyncClass.SEALED,
        student(),
        signed_when="signed_at",
        after_sign=frozenset({"follow_up_required", "follow_up_completed", "follow_up_date"}),
    )
    __rules__ = (
        RequiredWhen("authorization_date", Holds("authorization_obtained"), "authorized"),
        Ordered("authorization_date", "authorization_expiry_date"),
        Occurs(
            "authorization_obtained",
            "authorization_basis_has_one",
            Holds("authorization_obtained"),
            Equals("disclosure_type", "AUTHORIZATION"),
        ),
        RequiredWhen("follow_up_date", Holds("follow_up_required"), "follow_up_required"),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", index=False, phi=True)
    disclosure_type: Mapped[DisclosureType] = column(group="authorization")
    purpose: Mapped[DisclosurePurpose]
    method: Mapped[DisclosureMethod]
    disclosure_date: Mapped[dt.datetime] = column(index=True, phi=True)
    information_disclosed: Mapped[list[str]] = column(phi=True)
    minimum_necessary: Mapped[str]
    recipient_type: Mapped[DisclosureRecipientType]
    recipient_name: Mapped[str] = column(String(255))
    recipient_organization: Mapped[str | None] = column(String(255))
    recipient_address: Mapped[str | None]
    recipient_phone: Mapped[str | None] = column(String(50))
    recipient_email: Mapped[str | None] = column(String(255))
    authorization_obtained: Mapped[bool] = column(group="authorization")
    authorization_date: Mapped[dt.datetime | None] = column(group="authorization")
    authorization_expiry_date: Mapped[dt.datetime | None] = column(group="authorization")
    patient_requested: Mapped[bool]
    disclosed_by: Mapped[uuid.UUID] = link("users.id")
    follow_up_required: Mapped[bool] = column(default=False, group="follow_up")
    follow_up_completed: Mapped[bool] = column(default=False, group="follow_up")
    follow_up_date: Mapped[dt.datetime | None] = column(index=True, group="follow_up")
    notes: Mapped[str | None] = column(phi=True)


class PhiDisclosureAudit(Syncable, Base):
    """One change or access entry in the history of a disclosure record."""

    __tablename__ = "phi_disclosure_audits"
    __sync__ = SyncPolicy(SyncClass.UPLOAD_ONLY, parent("disclosure_id"))

    disclosure_id: Mapped[uuid.UUID] = link("phi_disclosures.id")
    action: Mapped[str] = column(String(50))
    changes: Mapped[dict[str, Any] | None] = column(phi=True)
    performed_by: Mapped[uuid.UUID] = link("users.id")
    ip_address: Mapped[str | None] = column(String(45))
    user_agent: Mapped[str | None]
    device_id: Mapped[uuid.UUID]
    occurred_at: Mapped[dt.datetime]
