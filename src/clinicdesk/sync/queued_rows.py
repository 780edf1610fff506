"""A change that no trigger captures, put into the queue as one would have: whole rows that a session hands in."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.canonical import WireValue
from clinicdesk.models import SyncQueueItem
from clinicdesk.models.enums import QueueState, SyncAction, SyncEntityType, WritePurpose
from clinicdesk.sync.queue import Queue
from clinicdesk.sync.tables import TablePlan

_QUEUE: sa.Table = SyncQueueItem.__table__  # type: ignore[assignment]  # a mapped class of one table


@dataclass(frozen=True, slots=True)
class Writer:
    """On whose behalf, from where and when."""

    device: str
    author: str
    purpose: WritePurpose
    transaction: uuid.UUID
    at: dt.datetime
    schema: int
    grant: str | None = None


def queue_row(
    connection: sa.Connection,
    plan: TablePlan,
    action: SyncAction,
    key: str,
    changes: Mapping[str, tuple[WireValue, WireValue]],
    base: int,
    writer: Writer,
) -> None:
    """One item with these old and new wire values."""
    connection.execute(
        sa.insert(_QUEUE).values(
            id=new_id(),
            device_id=uuid.UUID(writer.device),
            user_id=uuid.UUID(writer.author),
            grant_id=None if writer.grant is None else uuid.UUID(writer.grant),
            action_type=action,
            entity_type=SyncEntityType(plan.shape.entity_type),
            entity_id=uuid.UUID(key),
            timestamp=writer.at,
            created_at=writer.at,
            updated_at=writer.at,
            mutation_id=new_id(),
            local_tx_id=writer.transaction,
            local_seq=Queue(connection).last() + 1,
            table_name=plan.name,
            changes={name: [_queued(plan, name, value) for value in pair] for name, pair in changes.items()},
            base_version=base,
            purpose=writer.purpose,
            schema_version=writer.schema,
            state=QueueState.PENDING,
        )
    )


def _queued(plan: TablePlan, name: str, value: WireValue) -> Any:
    """A wire value as change capture would have written it."""
    stored = None if value is None else plan.stored(name, value)
    return stored.hex() if isinstance(stored, bytes) else stored
