"""Compliance and policy: consent forms and their signatures."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import Between, Equals, ForbiddenWhen, Given, MinLength, Not, Ordered, RequiredWhen
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link, live_unique
from clinicdesk.models.enums import ConsentDecision, ConsentType, SignerCapacity, SigningMethod
from clinicdesk.models.mixins import Superseding
from clinicdesk.models.policy import DISTRICT, SyncClass, SyncPolicy, student


class ConsentForm(Syncable, SoftDeleted, Base):
    """The versioned text of a consent that guardians are asked to sign.

    One row is one version of a form in all its languages; a signature keeps the version and the hash of the text
    signed (concern 1). A version that was published is never edited.
    """

    __tablename__ = "consent_forms"
    __table_args__ = (live_unique("family_id", "version"),)
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)
    __rules__ = (
        RequiredWhen("published_by", Given("published_at"), "published"),
        Ordered("published_at", "expires_at"),
        MinLength("text_hash", 64),
    )

    type: Mapped[ConsentType] = column(index=True)
    title: Mapped[str] = column(String(255), group="text")
    description: Mapped[str] = column(group="text")
    content: Mapped[str] = column(group="text")
    version: Mapped[str] = column(String(20), default="1.0", group="text")
    is_active: Mapped[bool] = column(default=True, index=True)
    expires_at: Mapped[dt.datetime | None] = column(index=True, group="publication")
    family_id: Mapped[uuid.UUID] = column(index=True)
    languages: Mapped[list[Any]] = column(default=list)
    text_hash: Mapped[str] = column(String(64))
    published_at: Mapped[dt.datetime | None] = column(group="publication")
    published_by: Mapped[uuid.UUID | None] = link("users.id", group="publication")
    previous_version_id: Mapped[uuid.UUID | None] = link("consent_forms.id")
    valid_from: Mapped[dt.date | None]
    requires_renewal: Mapped[bool] = column(default=True)
    withdrawable: Mapped[bool] = column(default=True)
    disclosure_version: Mapped[str | None] = column(String(20))


class ConsentSignature(Syncable, Superseding, Base):
    """A consent given, refused or withdrawn for one student on one version of a form.

    Many rows per form and student: who signed, by what right (D42), which version and text, how; a later row
    withdraws it. Whether a consent stands is computed (concern 1). A `decision` of WITHDRAWN is the family's; an
    `entry_kind` of WITHDRAWN says that the row was entered in error.
    """

    __tablename__ = "consent_signatures"
    __table_args__ = (index("student_id", "consent_form_id"),)
    __sync__ = SyncPolicy(SyncClass.APPEND_ONLY, student())
    __rules__ = (
        Ordered("signed_at", "withdrawn_at"),
        RequiredWhen("withdrawn_at", Equals("decision", "WITHDRAWN"), "withdrawn"),
        RequiredWhen("withdrawn_by", Equals("decision", "WITHDRAWN"), "withdrawn"),
        RequiredWhen("supersedes_id", Equals("decision", "WITHDRAWN"), "withdrawn"),
        ForbiddenWhen("withdrawn_at", Not(Equals("decision", "WITHDRAWN")), "not_withdrawn"),
        Ordered("effective_from", "expires_on"),
        MinLength("text_hash", 64),
        Between("zone_offset_minutes", -840, 840),
    )

    consent_form_id: Mapped[uuid.UUID] = link("consent_forms.id")
    student_id: Mapped[uuid.UUID] = link("students.id", index=False, phi=True)
    signed_by: Mapped[str] = column(String(255), phi=True)
    relationship: Mapped[str] = column(String(100), phi=True)
    signature_data: Mapped[str | None] = column(phi=True)
    ip_address: Mapped[str | None] = column(String(45))
    signed_at: Mapped[dt.datetime]
    withdrawn_at: Mapped[dt.datetime | None]
    withdrawn_by: Mapped[str | None] = column(String(255), phi=True)
    decision: Mapped[ConsentDecision] = column(default=ConsentDecision.GRANTED, phi=True)
    capacity: Mapped[SignerCapacity] = column(phi=True)
    signer_contact_id: Mapped[uuid.UUID | None] = link("contacts.id", phi=True)
    signer_identity_evidence: Mapped[str | None] = column(String(255), phi=True)
    form_version: Mapped[str] = column(String(20))
    text_hash: Mapped[str] = column(String(64))
    language: Mapped[str] = column(String(10), default="en")
    method: Mapped[SigningMethod]
    strokes_attachment_id: Mapped[uuid.UUID | None] = link("attachments.id", phi=True)
    image_attachment_id: Mapped[uuid.UUID | None] = link("attachments.id", phi=True)
    pdf_attachment_id: Mapped[uuid.UUID | None] = link("attachments.id", phi=True)
    pdf_hash: Mapped[str | None] = column(String(64))
    recorded_by: Mapped[uuid.UUID] = link("users.id")
    recorded_at: Mapped[dt.datetime]
    zone_offset_minutes: Mapped[int]
    effective_from: Mapped[dt.date]
    expires_on: Mapped[dt.date | None]
    conditions: Mapped[str | None] = column(phi=True)
    withdrawal_reason: Mapped[str | None] = column(phi=True)
