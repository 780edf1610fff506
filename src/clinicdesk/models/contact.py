"""Contact: the address book."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import Equals, Pattern, RequiredWhen
from clinicdesk.domain.validation.shapes import EMAIL, PHONE
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link
from clinicdesk.models.enums import ContactType
from clinicdesk.models.policy import Anchor, ScopePath, SyncClass, SyncPolicy, school


class Contact(Syncable, SoftDeleted, Base):
    """A person in the address book: guardian, staff member, vendor or provider.

    What they are to one student is `EmergencyContact` (concern 43). Scoped to the union of the students that refer
    to them, else to the owner school. `relation_to` names a student or user.
    """

    __tablename__ = "contacts"
    __table_args__ = (index("first_name", "last_name"), index("created_at"))
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, ScopePath(Anchor.OWN, "id", school()))
    __rules__ = (
        Pattern("email", "email_address", EMAIL),
        Pattern("phone", "phone_number", PHONE),
        RequiredWhen("school_id", Equals("type", "GUARDIAN"), "guardian"),
    )

    first_name: Mapped[str] = column(String(100), phi=True)
    last_name: Mapped[str] = column(String(100), phi=True)
    email: Mapped[str | None] = column(String(255), index=True, phi=True)
    phone: Mapped[str | None] = column(String(20), phi=True)
    type: Mapped[ContactType] = column(index=True, group="owner")
    organization: Mapped[str | None] = column(String(200))
    title: Mapped[str | None] = column(String(100))
    address: Mapped[str | None] = column(String(255), phi=True, group="address")
    city: Mapped[str | None] = column(String(100), phi=True, group="address")
    state: Mapped[str | None] = column(String(50), phi=True, group="address")
    zip: Mapped[str | None] = column(String(20), phi=True, group="address")
    relation_to: Mapped[uuid.UUID | None] = column(index=True, phi=True)
    relationship_type: Mapped[str | None] = column(String(50), phi=True)
    custom_fields: Mapped[dict[str, Any]] = column(default=dict, phi=True)
    is_active: Mapped[bool] = column(default=True, index=True)
    notes: Mapped[str | None] = column(phi=True)
    school_id: Mapped[uuid.UUID | None] = link("schools.id", group="owner")
    user_id: Mapped[uuid.UUID | None] = link("users.id")
    language: Mapped[str | None] = column(String(10), phi=True)
    sourced_id: Mapped[str | None] = column(String(255), phi=True)
