"""Bookkeeping of one workstation: who is writing, what was acknowledged, what is in hand. Nothing here travels."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped

from clinicdesk.models.base import Base, LocalRow
from clinicdesk.models.columns import column, index, link, unique
from clinicdesk.models.enums import DraftKind, WriteMode, WritePurpose
from clinicdesk.models.policy import DEVICE, SyncClass, SyncPolicy
from clinicdesk.models.types import Guid, Sealed

DESK = {"info": {"side": "desk"}}
ON_DEVICE = SyncPolicy(SyncClass.LOCAL, DEVICE)


class WorkContext(Base):
    """The one row that capture reads while a unit of work is open; without it a captured write is refused (D6)."""

    __tablename__ = "work_context"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), DESK)
    __sync__ = ON_DEVICE

    id: Mapped[int] = column(primary_key=True)
    mode: Mapped[WriteMode]
    author_id: Mapped[uuid.UUID | None]
    grant_id: Mapped[uuid.UUID | None]
    tx_id: Mapped[uuid.UUID]
    purpose: Mapped[WritePurpose]
    written_at: Mapped[dt.datetime]


class SyncRow(Base):
    """What the district last acknowledged of a row: its version, a copy, its digest and its anchor (D21)."""

    __tablename__ = "sync_rows"
    __table_args__ = (index("anchor_id"), DESK)
    __sync__ = ON_DEVICE

    table_name: Mapped[str] = column(String(63), primary_key=True)
    row_id: Mapped[uuid.UUID] = column(Guid(), primary_key=True)
    base_version: Mapped[int] = column(BigInteger())
    base: Mapped[dict[str, Any] | None] = column(phi=True)
    digest: Mapped[int] = column(BigInteger())
    anchor_id: Mapped[uuid.UUID | None]
    companion: Mapped[bool] = column(default=False)


class SyncCursor(Base):
    """How far a scope was pulled, as the opaque cursor of the server and the commit it proves.

    `seq`: everything of the scope up to this number has come.
    """

    __tablename__ = "sync_cursors"
    __table_args__ = (DESK,)
    __sync__ = ON_DEVICE

    scope_id: Mapped[uuid.UUID] = column(Guid(), primary_key=True)
    cursor: Mapped[str | None]
    epoch: Mapped[uuid.UUID | None]
    seq: Mapped[int] = column(BigInteger(), default=0)
    commit_id: Mapped[uuid.UUID | None]
    bootstrapped: Mapped[bool] = column(default=False)
    updated_at: Mapped[dt.datetime | None]


class SyncDigest(Base):
    """The sum of row digests of one bucket of one table of one scope, kept with the rows (D21)."""

    __tablename__ = "sync_digests"
    __table_args__ = (DESK,)
    __sync__ = ON_DEVICE

    scope_id: Mapped[uuid.UUID] = column(Guid(), primary_key=True)
    table_name: Mapped[str] = column(String(63), primary_key=True)
    bucket: Mapped[int] = column(primary_key=True)
    rows: Mapped[int] = column(BigInteger(), default=0)
    digest: Mapped[int] = column(BigInteger(), default=0)


class DoseSlot(Base):
    """The current log row of a slot of an order, rebuilt from the log; it refuses a second given dose (D1)."""

    __tablename__ = "dose_slots"
    __table_args__ = (DESK,)
    __sync__ = ON_DEVICE

    order_root_id: Mapped[uuid.UUID] = column(Guid(), primary_key=True)
    slot_key: Mapped[str] = column(String(80), primary_key=True)
    medication_log_id: Mapped[uuid.UUID] = link("medication_logs.id")


class Draft(LocalRow, Base):
    """Unsaved form text of one person, sealed, restored to that person alone (D2)."""

    __tablename__ = "drafts"
    __table_args__ = (
        unique("owner_id", "kind", "subject_key"),
        DESK,
    )
    __sync__ = ON_DEVICE

    owner_id: Mapped[uuid.UUID] = link("users.id")
    kind: Mapped[DraftKind]
    subject_key: Mapped[str] = column(String(120))
    content: Mapped[bytes] = column(Sealed(), phi=True, sealed=True)
    updated_at: Mapped[dt.datetime]


class DeviceFact(Base):
    """A small fact of this device: its id, incarnation, epoch and the like."""

    __tablename__ = "device_facts"
    __table_args__ = (DESK,)
    __sync__ = ON_DEVICE

    name: Mapped[str] = column(String(63), primary_key=True)
    text_value: Mapped[str | None]
    bytes_value: Mapped[bytes | None] = column(LargeBinary())


class AttachmentFile(Base):
    """Where the bytes of an attachment are: in this desk's folder, at the district, or at neither yet (scenario 10).

    `made_here`: sealed at this desk, so it is this desk that brings the file to the district.
    """

    __tablename__ = "attachment_files"
    __table_args__ = (DESK,)
    __sync__ = ON_DEVICE

    content_hash: Mapped[str] = column(String(64), primary_key=True)
    made_here: Mapped[bool] = column(default=False)
    here: Mapped[bool] = column(default=False)
    at_district: Mapped[bool] = column(default=False)
    asked_at: Mapped[dt.datetime | None]
