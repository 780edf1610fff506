"""Settled changes go when they are due, and what a session looks at for that does not grow with how many there are."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from tests.support.desk import (
    Clinic,
    clinic,  # noqa: F401 - the fixture is found by name
)
from tests.support.sync_conflicts import queued, visit_conflict

from clinicdesk.core.identifiers import new_id
from clinicdesk.models import SyncQueueItem
from clinicdesk.models.enums import QueueState
from clinicdesk.models.registry import table_of
from clinicdesk.storage.context import SYNC_APPLIES
from clinicdesk.sync import restored
from clinicdesk.sync.restored import LOOKED_AT

DURABLE = 50


def settled(clinic: Clinic, count: int, *, state: QueueState = QueueState.APPLIED, change: int = DURABLE) -> None:  # noqa: F811
    """So many changes of one row, all in this state for 31 days."""
    visit, _key = visit_conflict(clinic, clinic.student())
    queued(clinic, "clinic_visits", visit, state)
    table, long_ago = table_of("sync_queue_items"), clinic.clock.now() - dt.timedelta(days=31)
    with clinic.store.apply(SYNC_APPLIES) as work:
        row = dict(work.session.execute(sa.select(table).order_by(table.c.local_seq.desc())).mappings().first() or {})
        first = row["local_seq"]
        row |= {"synced_at": row["synced_at"] and long_ago, "timestamp": long_ago, "change_seq": change}
        work.session.execute(sa.delete(table).where(table.c.local_seq == first))
        work.session.execute(
            sa.insert(table),
            [{**row, "id": new_id(), "mutation_id": new_id(), "local_seq": first + at} for at in range(count)],
        )


def purge(clinic: Clinic) -> int:  # noqa: F811
    """As a session does; how many changes are left."""
    before = (clinic.clock.now() - restored.KEPT_FOR).isoformat()
    with clinic.store.apply(SYNC_APPLIES) as work:
        restored.purge(work.session, DURABLE, before)
    return clinic.count(SyncQueueItem)


def test_everything_due_goes_when_its_turn_comes_past_what_has_to_stay(clinic: Clinic) -> None:  # noqa: F811
    settled(clinic, LOOKED_AT + 20, change=DURABLE + 1)
    settled(clinic, 5, state=QueueState.REJECTED)
    settled(clinic, LOOKED_AT)
    left = [purge(clinic) for _session in range(3)]
    stays = LOOKED_AT + 25
    assert left == [stays + LOOKED_AT, stays + 25, stays]
    # The next round begins with the oldest again: nothing was forgotten, nothing else goes.
    assert [purge(clinic) for _session in range(3)] == [stays] * 3
    with clinic.store.apply(SYNC_APPLIES) as work:
        work.session.execute(sa.update(SyncQueueItem).where(SyncQueueItem.synced).values(change_seq=DURABLE))
    assert [purge(clinic) for _session in range(2)] == [LOOKED_AT + 5, 5], "what was refused waits for a person"


def test_a_session_finds_them_by_the_index_of_their_order(clinic: Clinic) -> None:  # noqa: F811
    with clinic.store.read() as session:
        asked = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {restored._NEXT}", (0, LOOKED_AT))
        plan = [row[3] for row in asked]
    assert plan == ["SEARCH sync_queue_items USING INDEX uq_sync_queue_items_local_seq (local_seq>?)"]
