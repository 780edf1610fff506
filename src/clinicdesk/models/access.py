"""Who may act and how they prove it: role grants, keys, sealed keys, signatures and trainings."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import AtLeast, Given, Missing, Occurs, Ordered, RequiredWhen
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link, live_unique
from clinicdesk.models.enums import KeyPurpose, SignatureMeaning, UserRole
from clinicdesk.models.mixins import Superseding
from clinicdesk.models.policy import DISTRICT, SyncClass, SyncPolicy, student, student_or_school


class RoleGrant(Syncable, SoftDeleted, Base):
    """A person holds a role at one school, or in the whole district where no school is named, for a time (D5)."""

    __tablename__ = "role_grants"
    __table_args__ = (index("user_id", "role"),)
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)
    __rules__ = (Ordered("valid_from", "valid_until"),)

    user_id: Mapped[uuid.UUID] = link("users.id", index=False)
    role: Mapped[UserRole] = column(group="grant")
    school_id: Mapped[uuid.UUID | None] = link("schools.id", group="grant")
    valid_from: Mapped[dt.datetime] = column(group="grant")
    valid_until: Mapped[dt.datetime | None] = column(group="grant")
    granted_by: Mapped[uuid.UUID | None] = link("users.id")


class UserKey(Syncable, SoftDeleted, Base):
    """A public key of one person on one device, certified by the district (D33)."""

    __tablename__ = "user_keys"
    __table_args__ = (live_unique("user_id", "device_id", "purpose", "key_epoch"),)
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)
    __rules__ = (
        Ordered("valid_from", "valid_until"),
        AtLeast("key_epoch", 1),
        RequiredWhen("revoked_reason", Given("revoked_at"), "revoked"),
    )

    user_id: Mapped[uuid.UUID] = link("users.id")
    device_id: Mapped[uuid.UUID] = column(index=True)
    purpose: Mapped[KeyPurpose]
    suite: Mapped[str] = column(String(60))
    public_key: Mapped[bytes] = column(LargeBinary())
    key_epoch: Mapped[int] = column(default=1)
    certificate: Mapped[bytes | None] = column(LargeBinary())
    valid_from: Mapped[dt.datetime] = column(group="validity")
    valid_until: Mapped[dt.datetime | None] = column(group="validity")
    revoked_at: Mapped[dt.datetime | None] = column(group="revocation")
    revoked_reason: Mapped[str | None] = column(String(200), group="revocation")


class SealedKey(Syncable, SoftDeleted, Base):
    """A student's field key wrapped by the district data key; destroying it shreds the sealed fields (D32)."""

    __tablename__ = "sealed_keys"
    __table_args__ = (live_unique("student_id", "data_key_epoch"),)
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, student())
    __rules__ = (
        AtLeast("data_key_epoch", 1),
        Occurs("wrapped_key", "destroyed_key_is_gone", Missing("wrapped_key"), Given("destroyed_at")),
    )

    student_id: Mapped[uuid.UUID] = link("students.id", phi=True)
    suite: Mapped[str] = column(String(60), group="key")
    data_key_epoch: Mapped[int] = column(default=1, group="key")
    wrapped_key: Mapped[bytes | None] = column(LargeBinary(), group="key")
    destroyed_at: Mapped[dt.datetime | None] = column(group="key")


class Signature(Syncable, Superseding, Base):
    """A person signed one row: what they meant by it, the hash of what they saw, the key and its signature (2.6)."""

    __tablename__ = "signatures"
    __table_args__ = (index("table_name", "row_id"),)
    __sync__ = SyncPolicy(SyncClass.APPEND_ONLY, student_or_school())
    __rules__ = (AtLeast("signed_version", 0),)

    table_name: Mapped[str] = column(String(63))
    row_id: Mapped[uuid.UUID]
    signed_version: Mapped[int] = column(default=0)
    student_id: Mapped[uuid.UUID | None] = link("students.id", phi=True)
    school_id: Mapped[uuid.UUID | None] = link("schools.id")
    signer_id: Mapped[uuid.UUID] = link("users.id")
    signer_name: Mapped[str] = column(String(255))
    meaning: Mapped[SignatureMeaning]
    record_hash: Mapped[str] = column(String(64))
    user_key_id: Mapped[uuid.UUID] = link("user_keys.id")
    signature: Mapped[bytes] = column(LargeBinary())
    made_at: Mapped[dt.datetime]
    zone_offset_minutes: Mapped[int]


class TrainingCompletion(Syncable, Superseding, Base):
    """A person completed a training; a delegate whose training lapsed gives no doses (M18, concern 46)."""

    __tablename__ = "training_completions"
    __table_args__ = (index("user_id", "training_module_id"),)
    __sync__ = SyncPolicy(SyncClass.APPEND_ONLY, DISTRICT)
    __rules__ = (Ordered("completed_on", "expires_on"),)

    training_module_id: Mapped[uuid.UUID] = link("training_modules.id")
    user_id: Mapped[uuid.UUID] = link("users.id", index=False)
    completed_on: Mapped[dt.date]
    expires_on: Mapped[dt.date | None]
    module_version: Mapped[str] = column(String(20))
    score: Mapped[int | None]
    recorded_by: Mapped[uuid.UUID] = link("users.id")
    medication_id: Mapped[uuid.UUID | None] = link("medications.id")
