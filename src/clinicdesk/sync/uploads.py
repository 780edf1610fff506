"""Upload-only rows: sent once, when finished, in the order they were written; nothing ever comes back (D21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.domain.merge import Operation
from clinicdesk.models.policy import SyncClass
from clinicdesk.storage.device_facts import text_fact, write_fact
from clinicdesk.storage.engine import read_plainly
from clinicdesk.sync.outbox import Waiting
from clinicdesk.sync.protocol import SCHEMA, ItemResult, PushBatch, PushItem
from clinicdesk.sync.tables import TablePlan, wire_tables

# ruff: noqa: S608 - names of tables and columns come from the models, never from input

SENT = "sync.sent:"
MARKED = "sync.marked:"
DURABLE = "sync.durable:"
"""Places up to which rows were sent: by now, when a backup was waited for, and as far as a backup covers."""

MARKED_AT = "sync.marked_at"
FINISHED = "completed_at"


@dataclass(frozen=True, slots=True)
class Place:
    """A row by its number. VACUUM may renumber rows, so its key stands beside it."""

    rowid: int
    key: str

    @classmethod
    def read(cls, fact: str) -> Place:
        rowid, _, key = fact.partition(":")
        return cls(int(rowid), key)

    def __str__(self) -> str:
        return f"{self.rowid}:{self.key}"


def last_rows(connection: sa.Connection) -> dict[str, Place]:
    """The newest row of each table that has any."""
    newest = " UNION ALL ".join(
        f"SELECT '{plan.name}', rowid, id FROM {plan.name} WHERE rowid = (SELECT max(rowid) FROM {plan.name})"
        for plan in _plans()
    )
    return {table: Place(rowid, key) for table, rowid, key in read_plainly(connection, newest)}


def next_rows(
    connection: sa.Connection, most_rows: int, user: str | None, last: Mapping[str, Place], after: int
) -> list[Waiting]:
    """Rows after the last one sent, up to `last`. A row that is still being written ends its table's turn.

    The row's own key is the identity of its mutation, so sending it again changes nothing. They count as written
    after the change `after` of the queue.
    """
    found: list[Waiting] = []
    places = _places(connection)
    for plan in _plans():
        newest, place = last.get(plan.name), places.get(plan.name)
        if newest is None or newest == place:
            continue
        for row in _unsent(connection, plan, place, newest.rowid, most_rows - len(found)):
            author = row["created_by"] or user
            if author is None or (FINISHED in plan.kinds and row[FINISHED] is None):
                break
            found.append(_as_insert(plan, row, author, after + len(found) + 1))
        if len(found) >= most_rows:
            break
    return found


def sent(
    connection: sa.Connection, session: Session, batch: PushBatch, answered: Sequence[tuple[PushItem, ItemResult]]
) -> None:
    """Move each table's place past what was answered; what was refused stands in the district's inbox."""
    last: dict[str, str] = {}
    for item, _result in answered:
        last[batch.tables[item.table].table] = item.key
    for table, key in last.items():
        ((place,),) = read_plainly(connection, f"SELECT rowid FROM {table} WHERE id = ?", (key,))
        write_fact(session, SENT + table, text=str(Place(place, key)))


def note_durable(connection: sa.Connection, session: Session, horizon: int, durable: int) -> None:
    """Remember how far a verified backup of the district certainly has what was sent (s17).

    Everything sent before this session is within `horizon`; once `durable` has reached it, so is the backup.
    """
    marked = text_fact(session, MARKED_AT)
    if marked is not None and durable < int(marked):
        return
    for plan in _plans():
        _copy_fact(connection, MARKED + plan.name, DURABLE + plan.name)
        _copy_fact(connection, SENT + plan.name, MARKED + plan.name)
    if marked is None or int(marked) != horizon:
        write_fact(session, MARKED_AT, text=str(horizon))


def set_back(connection: sa.Connection, session: Session) -> None:
    """The district was restored: what no backup is known to cover is sent again."""
    for plan in _plans():
        connection.exec_driver_sql("DELETE FROM device_facts WHERE name = ?", (SENT + plan.name,))
        _copy_fact(connection, DURABLE + plan.name, SENT + plan.name)
        connection.exec_driver_sql("DELETE FROM device_facts WHERE name = ?", (MARKED + plan.name,))
    connection.exec_driver_sql("DELETE FROM device_facts WHERE name = ?", (MARKED_AT,))
    session.expire_all()


def _copy_fact(connection: sa.Connection, source: str, target: str) -> None:
    connection.exec_driver_sql(
        "INSERT INTO device_facts (name, text_value) SELECT ?, text_value FROM device_facts WHERE name = ?"
        " ON CONFLICT (name) DO UPDATE SET text_value = excluded.text_value",
        (target, source),
    )


def _plans() -> list[TablePlan]:
    return [plan for plan in wire_tables().by_name.values() if plan.kind is SyncClass.UPLOAD_ONLY]


def _unsent(
    connection: sa.Connection, plan: TablePlan, place: Place | None, last: int, most_rows: int
) -> list[dict[str, Any]]:
    names = ("id", "created_by", "created_at", *plan.columns)
    columns = ", ".join(f'"{name}"' for name in names)
    rows = read_plainly(
        connection,
        f"SELECT {columns} FROM {plan.name} WHERE rowid > ? AND rowid <= ? ORDER BY rowid LIMIT ?",
        (_rowid(connection, plan.name, place), last, most_rows),
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def _places(connection: sa.Connection) -> dict[str, Place]:
    """The last row sent of each table that any was sent of."""
    query = "SELECT name, text_value FROM device_facts WHERE name >= ? AND name < ?"
    facts = read_plainly(connection, query, (SENT, SENT[:-1] + ";"))
    return {name.removeprefix(SENT): Place.read(fact) for name, fact in facts}


def _rowid(connection: sa.Connection, table: str, place: Place | None) -> int:
    """The number this row has by now, 0 before the first."""
    if place is None:
        return 0
    if read_plainly(connection, f"SELECT id FROM {table} WHERE rowid = ?", (place.rowid,)) == [(place.key,)]:
        return place.rowid
    found = read_plainly(connection, f"SELECT rowid FROM {table} WHERE id = ?", (place.key,))
    return int(found[0][0]) if found else 0


def _as_insert(plan: TablePlan, row: Mapping[str, Any], author: str, seq: int) -> Waiting:
    return Waiting(
        seq=seq,
        mutation_id=row["id"],
        transaction=row["id"],
        table=plan.name,
        pk=row["id"],
        operation=Operation.INSERT,
        changes={
            name: [None, row[name].hex() if isinstance(row[name], bytes) else row[name]]
            for name in plan.columns
            if row[name] is not None
        },
        base=0,
        author=author,
        grant=None,
        authored_at=row["created_at"],
        schema=SCHEMA,
    )


def unsent_count(connection: sa.Connection) -> int:
    """How many rows ride with the next session."""
    places = _places(connection)
    return sum(
        int(
            connection.exec_driver_sql(
                f"SELECT count(*) FROM {table} WHERE rowid > ?", (_rowid(connection, table, places.get(table)),)
            ).scalar_one()
        )
        for table, newest in last_rows(connection).items()
        if newest != places.get(table)
    )
