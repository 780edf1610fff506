"""The map from an anchor to its scopes, on both sides (D10)."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy.orm import Mapped

from clinicdesk.models.base import Base
from clinicdesk.models.columns import column, index
from clinicdesk.models.policy import DEVICE, SyncClass, SyncPolicy
from clinicdesk.models.types import Guid


class ScopeMember(Base):
    """An anchor (student, school, district or contact) belongs to a scope; the server decides, desks copy."""

    __tablename__ = "scope_members"
    __table_args__ = (index("scope_id", "anchor_id"),)
    __sync__ = SyncPolicy(SyncClass.LOCAL, DEVICE)

    anchor_id: Mapped[uuid.UUID] = column(Guid(), primary_key=True)
    scope_id: Mapped[uuid.UUID] = column(Guid(), primary_key=True)
    until: Mapped[dt.datetime | None]
