"""Synchronisation: runs, waiting changes, conflicts and states."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import AnyGiven, AtLeast, Equals, Given, Holds, Ordered, RequiredWhen
from clinicdesk.models.base import Base, LocalRow, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link, unique
from clinicdesk.models.enums import (
    ConflictKind,
    Priority,
    QueueState,
    SisConflictResolution,
    SyncAction,
    SyncConflictResolution,
    SyncConflictStatus,
    SyncDirection,
    SyncEntityType,
    SyncSessionKind,
    SyncSessionStatus,
    WritePurpose,
)
from clinicdesk.models.policy import DEVICE, SyncClass, SyncPolicy, student, student_or_school


class SISSyncConflict(Syncable, SoftDeleted, Base):
    """A field of a student that differs between the district and the student information system.

    The resolver is that of `SyncConflict` (concern 43). The session is named, not referred to (D8).
    """

    __tablename__ = "sis_sync_conflicts"
    __table_args__ = (index("created_at"),)
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, student())
    __rules__ = (
        RequiredWhen("resolved_at", Given("resolution"), "resolved"),
        RequiredWhen("resolved_by", Given("resolved_at"), "resolved"),
    )

    session_id: Mapped[uuid.UUID] = column(index=True)
    student_id: Mapped[uuid.UUID] = link("students.id", phi=True)
    field: Mapped[str] = column(String(100), index=True, phi=True)
    local_value: Mapped[dict[str, Any]] = column(phi=True)
    sis_value: Mapped[dict[str, Any]] = column(phi=True)
    resolution: Mapped[SisConflictResolution | None] = column(index=True, group="resolution")
    resolved_at: Mapped[dt.datetime | None] = column(index=True, group="resolution")
    resolved_by: Mapped[uuid.UUID | None] = link("users.id", group="resolution")


class SyncConflict(Syncable, SoftDeleted, Base):
    """A clash that a person decides: kept with base, mine and theirs until then (I0).

    `client_version` is what the desk wrote, `server_version` what stands at the district; `queue_item_id` is the id
    of the mutation and no key (D8). It travels with the scope of its row. What the sides say is one merge group with
    the decision: who decides on values that have been replaced meanwhile is told, never obeyed (s38, s39).
    """

    __tablename__ = "sync_conflicts"
    __table_args__ = (
        index("table_name", "entity_id"),
        index("student_id", "status"),
    )
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, student_or_school())
    __rules__ = (
        RequiredWhen("resolution", Equals("status", "RESOLVED"), "resolved"),
        RequiredWhen("resolved_at", Equals("status", "RESOLVED"), "resolved"),
        RequiredWhen("resolved_by", Given("resolved_at"), "resolved"),
    )

    queue_item_id: Mapped[uuid.UUID] = column(index=True)
    entity_type: Mapped[SyncEntityType] = column(index=True)
    entity_id: Mapped[uuid.UUID] = column(index=True)
    client_version: Mapped[dict[str, Any]] = column(phi=True, group="resolution")
    server_version: Mapped[dict[str, Any]] = column(phi=True, group="resolution")
    resolution: Mapped[SyncConflictResolution | None] = column(group="resolution")
    resolved_at: Mapped[dt.datetime | None] = column(group="resolution")
    resolved_by: Mapped[uuid.UUID | None] = link("users.id", group="resolution")
    merged_data: Mapped[dict[str, Any] | None] = column(phi=True, group="resolution")
    status: Mapped[SyncConflictStatus] = column(default=SyncConflictStatus.PENDING, index=True, group="resolution")
    kind: Mapped[ConflictKind]
    table_name: Mapped[str] = column(String(63))
    base_values: Mapped[dict[str, Any] | None] = column(phi=True)
    fields: Mapped[list[str]] = column(default=list, group="resolution")
    merge_group: Mapped[str | None] = column(String(63))
    student_id: Mapped[uuid.UUID | None] = link("students.id", index=False, phi=True)
    school_id: Mapped[uuid.UUID | None] = link("schools.id")
    other_entity_id: Mapped[uuid.UUID | None]
    is_safety: Mapped[bool] = column(default=False)
    device_id: Mapped[uuid.UUID | None]
    author_id: Mapped[uuid.UUID | None] = link("users.id")
    authored_at: Mapped[dt.datetime | None]
    server_author_id: Mapped[uuid.UUID | None] = link("users.id")
    server_changed_at: Mapped[dt.datetime | None]
    resolution_note: Mapped[str | None] = column(phi=True, group="resolution")


class SyncQueueItem(LocalRow, Base):
    """A change of one row that waits to be sent.

    `entity_id` is the row, `action_type` the operation, `user_id` the author, `timestamp` the moment of authoring;
    `changes` is `{column: [old, new]}` in storage form and `field_bases` the base version of a field where it
    differs from `base_version`; `data` is the item as it was sent. It never gives up unless told (`max_attempts`
    null, D8).
    """

    __tablename__ = "sync_queue_items"
    __table_args__ = (
        unique("mutation_id"),
        unique("local_seq"),
        index("state", "local_seq"),
        index("table_name", "entity_id"),
    )
    __sync__ = SyncPolicy(SyncClass.LOCAL, DEVICE)
    __rules__ = (
        AtLeast("attempts", 0),
        AtLeast("max_attempts", 1),
        AtLeast("base_version", 0),
        AtLeast("local_seq", 1),
        RequiredWhen("synced_at", Holds("synced"), "synced"),
    )

    device_id: Mapped[uuid.UUID] = column(index=True)
    user_id: Mapped[uuid.UUID] = link("users.id")
    action_type: Mapped[SyncAction]
    entity_type: Mapped[SyncEntityType]
    entity_id: Mapped[uuid.UUID]
    data: Mapped[dict[str, Any] | None] = column(phi=True)
    timestamp: Mapped[dt.datetime]
    created_at: Mapped[dt.datetime]
    synced_at: Mapped[dt.datetime | None]
    synced: Mapped[bool] = column(default=False, index=True)
    attempts: Mapped[int] = column(default=0)
    max_attempts: Mapped[int | None]
    last_error: Mapped[str | None]
    conflict_detected: Mapped[bool] = column(default=False)
    conflict_resolution: Mapped[SyncConflictResolution | None]
    priority: Mapped[Priority] = column(default=Priority.MEDIUM, index=True)
    requires_online: Mapped[bool] = column(default=True)
    updated_at: Mapped[dt.datetime]
    mutation_id: Mapped[uuid.UUID] = column()
    local_tx_id: Mapped[uuid.UUID]
    local_seq: Mapped[int] = column(BigInteger())
    table_name: Mapped[str] = column(String(63))
    changes: Mapped[dict[str, Any]] = column(phi=True)
    base_version: Mapped[int] = column(BigInteger(), default=0)
    field_bases: Mapped[dict[str, Any] | None]
    grant_id: Mapped[uuid.UUID | None]
    purpose: Mapped[WritePurpose | None]
    schema_version: Mapped[int] = column(default=1)
    depends_on: Mapped[list[str]] = column(default=list)
    state: Mapped[QueueState] = column(default=QueueState.PENDING)
    outcome: Mapped[dict[str, Any] | None]
    server_version: Mapped[int | None] = column(BigInteger())
    change_seq: Mapped[int | None] = column(BigInteger())


class SyncSession(Syncable, Base):
    """One run with the district (WORKSTATION), or by its configuration with the student information system (SIS)."""

    __tablename__ = "sync_sessions"
    __table_args__ = (index("created_at"),)
    __sync__ = SyncPolicy(SyncClass.UPLOAD_ONLY, DEVICE)
    __rules__ = (
        Ordered("started_at", "completed_at"),
        RequiredWhen("config_id", Equals("kind", "SIS"), "with_a_sis"),
        AnyGiven(("triggered_by", "triggered_by_name")),
        AtLeast("records_processed", 0),
        AtLeast("records_successful", 0),
        AtLeast("records_failed", 0),
        AtLeast("pushed", 0),
        AtLeast("pulled", 0),
        AtLeast("conflicts", 0),
        AtLeast("held", 0),
        AtLeast("rejected", 0),
        AtLeast("bytes_sent", 0),
        AtLeast("bytes_received", 0),
    )

    config_id: Mapped[uuid.UUID | None] = link("integration_configs.id")
    started_at: Mapped[dt.datetime] = column(index=True)
    completed_at: Mapped[dt.datetime | None] = column(index=True)
    status: Mapped[SyncSessionStatus] = column(default=SyncSessionStatus.PENDING, index=True)
    direction: Mapped[SyncDirection] = column(index=True)
    stats: Mapped[dict[str, Any]]
    entities: Mapped[list[str]] = column(default=list)
    records_processed: Mapped[int] = column(default=0)
    records_successful: Mapped[int] = column(default=0)
    records_failed: Mapped[int] = column(default=0)
    triggered_by: Mapped[uuid.UUID | None] = link("users.id")
    completion_message: Mapped[str | None]
    triggered_by_name: Mapped[str | None] = column(String(50))
    kind: Mapped[SyncSessionKind] = column(default=SyncSessionKind.WORKSTATION)
    device_id: Mapped[uuid.UUID]
    session_seq: Mapped[int | None] = column(BigInteger())
    incarnation: Mapped[int] = column(default=1)
    epoch: Mapped[uuid.UUID | None]
    scopes: Mapped[list[str]] = column(default=list)
    phase: Mapped[str | None] = column(String(40))
    pushed: Mapped[int] = column(default=0)
    pulled: Mapped[int] = column(default=0)
    conflicts: Mapped[int] = column(default=0)
    held: Mapped[int] = column(default=0)
    rejected: Mapped[int] = column(default=0)
    bytes_sent: Mapped[int] = column(BigInteger(), default=0)
    bytes_received: Mapped[int] = column(BigInteger(), default=0)
    last_error: Mapped[str | None]
    clock_skew_ms: Mapped[int | None] = column(BigInteger())


class SyncState(LocalRow, Base):
    """The last synchronisation state of one record."""

    __tablename__ = "sync_states"
    __table_args__ = (unique("entity_type", "entity_id"),)
    __sync__ = SyncPolicy(SyncClass.LOCAL, DEVICE)

    entity_type: Mapped[str] = column(String(100))
    entity_id: Mapped[uuid.UUID]
    last_sync_at: Mapped[dt.datetime]
    sync_status: Mapped[str] = column(String(50))
    error_message: Mapped[str | None]
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
