"""Edits of rows that the district has purged: the whole row goes up into the conflict, to be restored from it (s29).

The district keeps nothing of such a row but the edit. The desk that still has it says the rest, as one more change of
every field to what it is: it joins the conflict, at whichever desk a person decides. Then the row goes from here.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from clinicdesk.core.errors import UserFacingError
from clinicdesk.domain.canonical import WireValue, canonical_value, python_value
from clinicdesk.models.enums import ConflictKind, SyncAction, WritePurpose
from clinicdesk.storage.device_facts import DEVICE_ID, text_fact
from clinicdesk.storage.store import Work
from clinicdesk.sync.base_copies import BaseCopies
from clinicdesk.sync.leaving import remove
from clinicdesk.sync.protocol import ItemResult, Outcome, PushBatch, PushItem
from clinicdesk.sync.queued_rows import Writer, queue_row
from clinicdesk.sync.tables import TablePlan, WireTables, wire_tables

Answered = tuple[PushItem, ItemResult]


class NotBroughtBackError(UserFacingError):
    """A purged row cannot be written anew from here: `not_here` or `no_place`."""

    code = "sync_row_not_restorable"


def is_gone(result: ItemResult) -> bool:
    """Whether the district says that it has no such row any more, of any version."""
    kind = ConflictKind.DELETE_VS_EDIT.value
    return result.outcome is Outcome.CONFLICT and result.reason == kind and result.version == 0


def take_gone(
    connection: sa.Connection,
    copies: BaseCopies,
    tables: WireTables,
    batch: PushBatch,
    answered: Sequence[Answered],
    at: str,
) -> int:
    """Hand in what is left of rows that are gone, and let go of those that were handed in; how many wait to go."""
    asked = 0
    for item, result in answered:
        if not is_gone(result):
            continue
        plan = tables.by_name[batch.tables[item.table].table]
        row = row_here(connection, plan, item.key)
        if row is None:
            continue
        if row.keys() <= (item.changes or {}).keys():
            remove(connection, copies, plan, [item.key])
            continue
        writer = Writer(
            batch.device,
            batch.authors[item.author],
            WritePurpose(batch.purposes[item.purpose]) if item.purpose >= 0 else WritePurpose.CARE,
            uuid.UUID(batch.transactions[item.transaction]),
            dt.datetime.fromisoformat(at),
            tables.schema,
            batch.grants[item.grant] if item.grant >= 0 else None,
        )
        whole = {name: (value, value) for name, value in row.items()}
        queue_row(connection, plan, SyncAction.UPDATE, item.key, whole, item.base, writer)
        asked += 1
    return asked


def row_here(connection: sa.Connection, plan: TablePlan, key: str) -> dict[str, WireValue] | None:
    """What this desk has of a row, without what is null."""
    found = connection.execute(
        sa.select(*(plan.table.c[name] for name in plan.columns)).where(plan.table.c["id"] == uuid.UUID(key))
    ).one_or_none()
    if found is None:
        return None
    return {
        name: canonical_value(plan.kinds[name], value)
        for name, value in zip(plan.columns, found, strict=True)
        if value is not None
    }


def bring_back(work: Work, plan: TablePlan, key: uuid.UUID, values: Mapping[str, WireValue]) -> bool:
    """Write a row that the district has purged anew, from what was handed in of it; False where it stands here.

    A desk that kept it for the sake of other rows hands in the whole of it once more.

    Raises:
        NotBroughtBackError: the rest of it has not been handed in, or what it belongs to is gone as well.
    """
    connection = work.session.connection()
    here = row_here(connection, plan, str(key))
    if here is None:
        _insert(work, plan, key, values)
        return True
    base = BaseCopies(connection).of(plan.name, [str(key)]).get(str(key))
    if base is None or not base.companion:
        return False
    writer = Writer(
        str(text_fact(work.session, DEVICE_ID)),
        str(work.context.author),
        work.context.purpose,
        work.transaction,
        work.at,
        wire_tables().schema,
        None if work.context.grant is None else str(work.context.grant),
    )
    whole = {name: (None, value) for name, value in {**here, **values}.items() if value is not None}
    queue_row(connection, plan, SyncAction.INSERT, str(key), whole, 0, writer)
    return True


def _insert(work: Work, plan: TablePlan, key: uuid.UUID, values: Mapping[str, WireValue]) -> None:
    given = {name: value for name, value in values.items() if value is not None}
    needed = {
        str(column.name) for column in plan.shape.wire_columns if not column.nullable and column.server_default is None
    }
    if not needed <= given.keys():
        raise NotBroughtBackError(problem="not_here")
    author = work.context.author
    stamps = {"created_at": work.at, "updated_at": work.at, "created_by": author, "updated_by": author}
    said = {name: python_value(plan.kinds[name], value) for name, value in given.items()}
    try:
        work.session.execute(sa.insert(plan.table).values(id=key, **stamps, **said))
    except sa.exc.IntegrityError as error:
        raise NotBroughtBackError(problem="no_place") from error
