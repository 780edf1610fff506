"""Bookkeeping of the district server: what arrived, what changed in which order, and who may connect."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped

from clinicdesk.models.base import Base
from clinicdesk.models.columns import column, index, live_unique, unique
from clinicdesk.models.enums import ChangeOperation, DeviceStatus, InboxState, QueueState
from clinicdesk.models.policy import DISTRICT as DISTRICT_SCOPE
from clinicdesk.models.policy import SyncClass, SyncPolicy
from clinicdesk.models.types import Guid

DISTRICT = {"info": {"side": "district"}}
AT_DISTRICT = SyncPolicy(SyncClass.LOCAL, DISTRICT_SCOPE)


class SyncReceipt(Base):
    """The outcome of one mutation, kept so that a repeated one gets the same answer (scenarios 1, 4, 5)."""

    __tablename__ = "sync_receipts"
    __table_args__ = (index("device_id", "received_at"), DISTRICT)
    __sync__ = AT_DISTRICT

    mutation_id: Mapped[uuid.UUID] = column(Guid(), primary_key=True)
    device_id: Mapped[uuid.UUID]
    payload_hash: Mapped[bytes] = column(LargeBinary())
    state: Mapped[QueueState]
    outcome: Mapped[dict[str, Any]] = column(phi=True)
    change_seq: Mapped[int | None] = column(BigInteger())
    received_at: Mapped[dt.datetime]


class ChangeLog(Base):
    """The order of changes in a scope: one live entry per scope and row, moved forward by a later change (D10)."""

    __tablename__ = "change_log"
    __table_args__ = (
        unique("scope_id", "table_name", "row_id"),
        index("scope_id", "seq"),
        index("scope_id", "table_name", "seq"),
        index("table_name", "row_id"),
        DISTRICT,
    )
    __sync__ = AT_DISTRICT

    seq: Mapped[int] = column(BigInteger(), primary_key=True)
    scope_id: Mapped[uuid.UUID]
    table_name: Mapped[str] = column(String(63))
    row_id: Mapped[uuid.UUID]
    operation: Mapped[ChangeOperation]
    row_version: Mapped[int] = column(BigInteger())
    anchor_id: Mapped[uuid.UUID | None] = column(index=True)
    device_id: Mapped[uuid.UUID | None]


class SyncCommit(Base):
    """A random id per commit and the last seq it wrote; a pair the server does not know proves a rewind."""

    __tablename__ = "sync_commits"
    __table_args__ = (DISTRICT,)
    __sync__ = AT_DISTRICT

    commit_id: Mapped[uuid.UUID] = column(Guid(), primary_key=True)
    seq: Mapped[int] = column(BigInteger(), index=True)
    committed_at: Mapped[dt.datetime]


class SyncInbox(Base):
    """Everything that arrived and was not applied, with its reason, until a person or its parent settles it."""

    __tablename__ = "sync_inbox"
    __table_args__ = (index("state", "received_at"), index("device_id"), DISTRICT)
    __sync__ = AT_DISTRICT

    id: Mapped[uuid.UUID] = column(Guid(), primary_key=True)
    mutation_id: Mapped[uuid.UUID] = column(index=True)
    device_id: Mapped[uuid.UUID]
    table_name: Mapped[str | None] = column(String(63))
    row_id: Mapped[uuid.UUID | None] = column(phi=True)
    waits_for: Mapped[uuid.UUID | None] = column(index=True)
    state: Mapped[InboxState]
    reason: Mapped[str] = column(String(100))
    payload: Mapped[dict[str, Any]] = column(phi=True)
    received_at: Mapped[dt.datetime]
    settled_at: Mapped[dt.datetime | None]
    settled_by: Mapped[uuid.UUID | None]


class Device(Base):
    """A workstation that may connect: its keys, its schools (or all), its incarnation and how far it came (D24)."""

    __tablename__ = "devices"
    __table_args__ = (DISTRICT,)
    __sync__ = AT_DISTRICT

    id: Mapped[uuid.UUID] = column(Guid(), primary_key=True)
    name: Mapped[str] = column(String(200))
    status: Mapped[DeviceStatus]
    signing_key: Mapped[bytes] = column(LargeBinary())
    sealing_key: Mapped[bytes] = column(LargeBinary())
    scope_all: Mapped[bool] = column(default=False)
    school_ids: Mapped[list[str]] = column(default=list)
    incarnation: Mapped[int] = column(default=1)
    acked_items: Mapped[int] = column(BigInteger(), default=0)
    last_mutation_id: Mapped[uuid.UUID | None]
    last_seq: Mapped[int | None] = column(BigInteger())
    invited_by: Mapped[uuid.UUID | None]
    approved_by: Mapped[uuid.UUID | None]
    approved_at: Mapped[dt.datetime | None]
    sealed_data_key: Mapped[bytes | None] = column(LargeBinary())
    enrolled_at: Mapped[dt.datetime]
    last_seen_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]
    app_version: Mapped[str | None] = column(String(40))
    platform: Mapped[str | None] = column(String(80))
    request: Mapped[dict[str, Any]] = column(default=dict)
    session_nonce: Mapped[uuid.UUID | None]
    previous_nonce: Mapped[uuid.UUID | None]


class DeviceInvite(Base):
    """A ten-character code for one workstation, known by its hash: fifteen minutes, five tries, one use (D24)."""

    __tablename__ = "device_invites"
    __table_args__ = (
        live_unique("code_hash", where="used_at IS NULL"),
        CheckConstraint("tries BETWEEN 0 AND 5", name="five_tries"),
        DISTRICT,
    )
    __sync__ = AT_DISTRICT

    id: Mapped[uuid.UUID] = column(Guid(), primary_key=True)
    code_hash: Mapped[str] = column(String(64))
    proof_key: Mapped[bytes] = column(LargeBinary())
    scope_all: Mapped[bool] = column(default=False)
    school_ids: Mapped[list[str]] = column(default=list)
    created_by: Mapped[uuid.UUID | None]
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    tries: Mapped[int] = column(default=0)
    used_at: Mapped[dt.datetime | None]
    device_id: Mapped[uuid.UUID | None] = column(index=True)
    sealed_data_key: Mapped[bytes | None] = column(LargeBinary())
    is_first: Mapped[bool] = column(default=False)


class DeviceNonce(Base):
    """A nonce a device used; a second use within its time is a replay (D23)."""

    __tablename__ = "device_nonces"
    __table_args__ = (index("expires_at"), DISTRICT)
    __sync__ = AT_DISTRICT

    device_id: Mapped[uuid.UUID] = column(Guid(), primary_key=True)
    nonce: Mapped[str] = column(String(64), primary_key=True)
    expires_at: Mapped[dt.datetime]


class ScopeDigest(Base):
    """The sum of row digests of one bucket of one table of one scope, kept with the rows (D21)."""

    __tablename__ = "scope_digests"
    __table_args__ = (DISTRICT,)
    __sync__ = AT_DISTRICT

    scope_id: Mapped[uuid.UUID] = column(Guid(), primary_key=True)
    table_name: Mapped[str] = column(String(63), primary_key=True)
    bucket: Mapped[int] = column(primary_key=True)
    rows: Mapped[int] = column(BigInteger(), default=0)
    digest: Mapped[int] = column(BigInteger(), default=0)


class ServerState(Base):
    """The one row about this database: its epoch, and the last seq that a verified backup covers.

    `proof_key` marks what workstations are given to show again: cursors and acknowledgements.
    """

    __tablename__ = "server_state"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), DISTRICT)
    __sync__ = AT_DISTRICT

    id: Mapped[int] = column(primary_key=True)
    district_id: Mapped[uuid.UUID]
    epoch: Mapped[uuid.UUID]
    last_seq: Mapped[int] = column(BigInteger(), default=0)
    durable_seq: Mapped[int] = column(BigInteger(), default=0)
    schema_version: Mapped[int] = column(default=1)
    updated_at: Mapped[dt.datetime]
    proof_key: Mapped[bytes]


class ChangeHistory(Base):
    """Every change that was accepted, for ever: who, from which device, old and new. Never on the wire."""

    __tablename__ = "change_history"
    __table_args__ = (index("table_name", "row_id"), index("author_id"), DISTRICT)
    __sync__ = AT_DISTRICT

    id: Mapped[uuid.UUID] = column(Guid(), primary_key=True)
    mutation_id: Mapped[uuid.UUID] = column(index=True)
    seq: Mapped[int] = column(BigInteger(), index=True)
    device_id: Mapped[uuid.UUID | None]
    author_id: Mapped[uuid.UUID | None]
    grant_id: Mapped[uuid.UUID | None]
    table_name: Mapped[str] = column(String(63))
    row_id: Mapped[uuid.UUID] = column(phi=True)
    operation: Mapped[str] = column(String(20))
    changes: Mapped[dict[str, Any]] = column(phi=True)
    row_version: Mapped[int] = column(BigInteger())
    authored_at: Mapped[dt.datetime | None]
    accepted_at: Mapped[dt.datetime]


class ImportLease(Base):
    """The right to import a roster, held by one device at a time (D5)."""

    __tablename__ = "import_leases"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), DISTRICT)
    __sync__ = AT_DISTRICT

    id: Mapped[int] = column(primary_key=True)
    device_id: Mapped[uuid.UUID | None]
    user_id: Mapped[uuid.UUID | None]
    taken_at: Mapped[dt.datetime | None]
    expires_at: Mapped[dt.datetime | None]


class ServerEpoch(Base):
    """One life of this database between restores: where it began, and on which PostgreSQL it was seen (s17, s18)."""

    __tablename__ = "server_epochs"
    __table_args__ = (DISTRICT,)
    __sync__ = AT_DISTRICT

    epoch: Mapped[uuid.UUID] = column(Guid(), primary_key=True)
    began_at: Mapped[dt.datetime]
    began_seq: Mapped[int] = column(BigInteger())
    reason: Mapped[str] = column(String(40))
    system_identifier: Mapped[str | None] = column(String(40))
    timeline: Mapped[int | None] = column(BigInteger())


class ErasureMarker(Base):
    """That a row was erased by a legal request: it outlives the row, its log entry and every tombstone (s60)."""

    __tablename__ = "erasure_markers"
    __table_args__ = (index("erased_at"), DISTRICT)
    __sync__ = AT_DISTRICT

    table_name: Mapped[str] = column(String(63), primary_key=True)
    row_id: Mapped[uuid.UUID] = column(Guid(), primary_key=True, phi=True)
    subject_id: Mapped[uuid.UUID] = column(phi=True)
    reference: Mapped[str] = column(String(100))
    erased_at: Mapped[dt.datetime]
    erased_by: Mapped[uuid.UUID | None]


class AttachmentContent(Base):
    """The sealed bytes of a file by their hash, whole or as far as they have come; their key is not here (s10, D32)."""

    __tablename__ = "attachment_contents"
    __table_args__ = (index("touched_at"), DISTRICT)
    __sync__ = AT_DISTRICT

    content_hash: Mapped[str] = column(String(64), primary_key=True)
    size_bytes: Mapped[int] = column(BigInteger())
    received_bytes: Mapped[int] = column(BigInteger(), default=0)
    device_id: Mapped[uuid.UUID]
    touched_at: Mapped[dt.datetime]
    completed_at: Mapped[dt.datetime | None]


class AttachmentPiece(Base):
    """One range of a file's sealed bytes as it arrived; ranges follow each other without a gap (scenario 10)."""

    __tablename__ = "attachment_pieces"
    __table_args__ = (DISTRICT,)
    __sync__ = AT_DISTRICT

    content_hash: Mapped[str] = column(String(64), primary_key=True)
    start_at: Mapped[int] = column(BigInteger(), primary_key=True)
    content: Mapped[bytes] = column(LargeBinary(), phi=True)


class DeviceWipe(Base):
    """The order to a revoked workstation to destroy what it holds, and how far that came (scenario 43)."""

    __tablename__ = "device_wipes"
    __table_args__ = (DISTRICT,)
    __sync__ = AT_DISTRICT

    device_id: Mapped[uuid.UUID] = column(Guid(), primary_key=True)
    ordered_at: Mapped[dt.datetime]
    despite_waiting: Mapped[bool] = column(default=False)
    statement: Mapped[bytes] = column(LargeBinary())
    signature: Mapped[bytes] = column(LargeBinary())
    begun_at: Mapped[dt.datetime | None]
    left_waiting: Mapped[int | None] = column(BigInteger())
    done_at: Mapped[dt.datetime | None]
