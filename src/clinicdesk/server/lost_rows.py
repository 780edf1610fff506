"""After a restore: changes that rest on lost ones wait for them, rows that workstations alone have are offered (s17).

A workstation replays what it had acknowledged, as far as it is not known by receipt. Versions up to the restored one
mean the same as before; those above name lost states, so such a change is judged by the values its author saw. Where
those are not there (yet) it waits until another workstation has brought them back. Rows of others that a workstation
has seen and the district has not come as offers: the author's own replay settles them, else a person decides.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from clinicdesk.domain.canonical import same_value
from clinicdesk.domain.item_reasons import ItemReason
from clinicdesk.domain.merge import Operation, RowChange
from clinicdesk.server import epochs
from clinicdesk.server.database import Connection
from clinicdesk.server.incoming import OFFER, Incoming
from clinicdesk.server.judging import Problem
from clinicdesk.server.rows import Row
from clinicdesk.sync.protocol import Outcome

_WHOLE_ROW = frozenset({Operation.DELETE, Operation.RESTORE})


def versions_at_restore(connection: Connection, table: str, keys: Collection[str]) -> dict[str, int]:
    """Of rows that changed since the present epoch began: the version that the restore left them at."""
    return dict(
        connection.execute(
            "SELECT row_id::text, min(row_version) - 1 FROM change_history WHERE table_name = %s"
            " AND row_id = ANY(%s::uuid[]) AND seq > %s AND (operation = 'insert') = (changes = '{}'::jsonb)"
            " GROUP BY row_id",
            (table, list(keys), epochs.began_at_seq(connection)),
        ).fetchall()
    )


def is_known(connection: Connection, item: Incoming, row: Row | None) -> bool:
    """Whether an offer, or the first version of a replayed row, says nothing that the district does not have."""
    if row is None:
        return False
    if item.purpose != OFFER:
        # The row is there, brought back by somebody who had a later state of it: it descends from this very insert.
        return item.replayed and item.change.operation is Operation.INSERT
    offered = {name: changed.new for name, changed in item.change.fields.items()}
    news = {name for name, value in offered.items() if not same_value(row.values.get(name), value)}
    if not news:
        return True
    restored = versions_at_restore(connection, item.table.name, [item.key])
    if item.change.operation is Operation.INSERT and item.change.base <= restored.get(item.key, row.version):
        return True
    # Brought back by its author, and changed again since.
    for (changes,) in connection.execute(
        "SELECT changes FROM change_history WHERE table_name = %s AND row_id = %s", (item.table.name, item.key)
    ):
        news -= {name for name in news if any(same_value(held, offered[name]) for held in changes.get(name) or ())}
    return not news


def stop(item: Incoming, row: Row | None, *, vouched: bool) -> Problem | None:
    """Why an offer or a replayed change is not merged now; a person who vouches for it lets it through."""
    if vouched:
        return None
    if item.purpose == OFFER:
        return Problem(Outcome.HELD, ItemReason.LOST_ROW.value, item.key)
    if item.replayed and _rests_on_lost(item.change, row):
        return Problem(Outcome.HELD, ItemReason.REPLAY_WAITS.value, item.key)
    return None


def on_restored(item: Incoming, row: Row) -> RowChange:
    """The change with bases that the restored row can have: of a lost state its old values alone count."""
    change = item.change
    if not item.replayed or not _above(change, row.version):
        return change
    fields = {
        name: replace(changed, base=min(changed.base, row.version)) if changed.base > row.version else changed
        for name, changed in change.fields.items()
    }
    return RowChange(change.operation, min(change.base, row.version), fields)


def _rests_on_lost(change: RowChange, row: Row | None) -> bool:
    if change.operation is Operation.INSERT:
        return False
    if row is None:
        return True
    if not _above(change, row.version):
        return False
    if change.operation in _WHOLE_ROW:
        return change.base > row.version
    return any(
        not same_value(row.values.get(name), changed.old) and not same_value(row.values.get(name), changed.new)
        for name, changed in change.fields.items()
    )


def _above(change: RowChange, version: int) -> bool:
    return change.base > version or any(changed.base > version for changed in change.fields.values())
