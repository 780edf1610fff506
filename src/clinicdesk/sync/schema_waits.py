"""Changes that an older district cannot understand wait for its update, and what rests on them with them (s21)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from clinicdesk.domain.item_reasons import ItemReason
from clinicdesk.domain.merge import Operation
from clinicdesk.sync.outbox import Key, Waiting
from clinicdesk.sync.tables import WireTables
from clinicdesk.sync.versions import FIRST

MIN_SERVER_SCHEMA = "min_server_schema"

_NEEDED = f"json_extract(outcome, '$.{MIN_SERVER_SCHEMA}')"
NOT_WAITING = f"{_NEEDED} IS NULL"
_HELD_BACK = (
    f"SELECT table_name, entity_id, action_type, {_NEEDED} FROM sync_queue_items"  # noqa: S608 - no input
    f" WHERE state = 'HELD' AND {_NEEDED} IS NOT NULL"
)
_HOLD = "UPDATE sync_queue_items SET state = 'HELD', last_error = ?, outcome = ? WHERE local_seq = ?"
_GO = (
    f"UPDATE sync_queue_items SET state = 'PENDING', last_error = NULL, outcome = NULL"  # noqa: S608 - no input
    f" WHERE state = 'HELD' AND {_NEEDED} <= ?"
)


@dataclass(slots=True)
class SchemaWaits:
    """Which rows wait, for which schema of the district; `district` is the one it speaks now."""

    tables: WireTables
    district: int
    rows: dict[Key, int] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)

    def find(self, waiting: Iterable[Waiting]) -> dict[int, tuple[int, ItemReason]]:
        """Of these items, oldest first, those that have to wait: by number the schema they need, and why."""
        found: dict[int, tuple[int, ItemReason]] = {}
        for item in waiting:
            own = self._needed(item)
            before = max(self.rows.get((item.table, item.pk), FIRST), self._parent(item))
            if max(own, before) <= self.district:
                continue
            self.note(item.table, item.pk, item.operation, max(own, before))
            known = item.table in self.tables.by_name and not self._new_table(item.table)
            reason = ItemReason.UNKNOWN_COLUMN if known else ItemReason.UNKNOWN_TABLE
            found[item.seq] = (max(own, before), reason if own > self.district else ItemReason.DEPENDS)
        return found

    def note(self, table: str, key: str, operation: Operation, schema: int) -> None:
        self.rows[table, key] = max(schema, self.rows.get((table, key), FIRST))
        if operation is Operation.INSERT:
            self.keys[key] = schema

    def _needed(self, item: Waiting) -> int:
        new = {name: self.tables.wire(item.table, name, value) for name, (_old, value) in item.changes.items()}
        return self.tables.history.needed_by(item.table, new)

    def _new_table(self, table: str) -> bool:
        return self.tables.history.needed_by(table, {}) > self.district

    def _parent(self, item: Waiting) -> int:
        """A row that waits is not there for those that name it."""
        named = (new for _old, new in item.changes.values() if isinstance(new, str)) if self.keys else ()
        return max((self.keys.get(name, FIRST) for name in named), default=FIRST)


def hold_back(connection: sa.Connection, waiting: Collection[Waiting], tables: WireTables, district: int) -> bool:
    """Put those aside that have to wait; whether there were any."""
    waits = SchemaWaits(tables, district)
    for table, key, action, schema in connection.exec_driver_sql(_HELD_BACK):
        waits.note(table, key, Operation(action.lower()), schema)
    found = waits.find(waiting)
    if found:
        connection.exec_driver_sql(
            _HOLD,
            [
                (reason.value, msgspec.json.encode({MIN_SERVER_SCHEMA: schema}).decode(), seq)
                for seq, (schema, reason) in found.items()
            ],
        )
    return bool(found)


def let_go(connection: sa.Connection, district: int) -> None:
    """The district speaks this schema now: what waited for it, or for an older one, goes."""
    connection.exec_driver_sql(_GO, (district,))


def as_of_now(item: Waiting, tables: WireTables) -> Waiting:
    """A change that was never sent, in the words of this program's schema (s24)."""
    if item.schema == tables.schema:
        return item
    history = tables.history
    triples = {name: (old, new, item.base_of(name)) for name, (old, new) in item.changes.items()}
    changes = history.changes_now(item.table, triples, FIRST)
    # A base that moved since capture stands under the present name already.
    bases = {name: item.bases.get(name, base) for name, (_old, _new, base) in changes.items()}
    return replace(
        item,
        schema=tables.schema,
        changes={name: [old, new] for name, (old, new, _base) in changes.items()},
        bases={name: base for name, base in bases.items() if base != item.base},
    )
