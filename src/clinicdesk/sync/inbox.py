"""Rows of the district written into the workstation's tables: pulled, refetched, or told in an answer.

One object lives for one transaction. A row with edits that are not settled keeps them; everything else of it becomes
the district's, and its base copy always does: word for word, also what this program does not know (s22).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.canonical import WireValue, same_value
from clinicdesk.domain.merge import Operation
from clinicdesk.storage.engine import read_plainly
from clinicdesk.sync.base_copies import Base, BaseCopies
from clinicdesk.sync.giving_way import give_way, left_without, still_held, take_out_followers
from clinicdesk.sync.outbox import Waiting
from clinicdesk.sync.protocol import TableRows
from clinicdesk.sync.queue import Queue
from clinicdesk.sync.tables import ROW_COLUMNS, TablePlan, WireTables

UNIQUE_KEY_TAKEN = "unique_key_taken"
NAMES_KEPT_OUT = "names_kept_out"
"""Why a row waits: another one here has its key, or it names one that waits so."""

_READ_BLOCKED = "SELECT entity_type, entity_id, error_message FROM sync_states WHERE sync_status = 'BLOCKED'"
_KEPT_OUT = frozenset({UNIQUE_KEY_TAKEN, NAMES_KEPT_OUT})
_UNBLOCK = "DELETE FROM sync_states WHERE entity_type = ? AND entity_id = ? AND sync_status = 'BLOCKED'"

Row = list[Any]
"""`[id, row_version, scope_id, created_at, created_by, updated_at, updated_by, value...]`."""

Stored = tuple[Any, ...]
"""The same in storage form."""

_STAMPS = len(ROW_COLUMNS)

_BLOCKED = (
    "INSERT INTO sync_states (id, entity_type, entity_id, last_sync_at, sync_status, error_message, created_at,"
    " updated_at) VALUES (?, ?, ?, ?, 'BLOCKED', ?, ?, ?) ON CONFLICT (entity_type, entity_id)"
    " WHERE entity_id IS NOT NULL DO UPDATE SET sync_status = 'BLOCKED', error_message = excluded.error_message,"
    " last_sync_at = excluded.last_sync_at, updated_at = excluded.updated_at"
)


class _Late(NamedTuple):
    """A row that another stands in the way of."""

    statement: str
    columns: Sequence[str]
    values: Stored

    @property
    def key(self) -> str:
        return str(self.values[0])


class Inbox:
    """Writes rows of the district within one transaction; end it with `finish`, and `flush` the copies.

    `district_schema` is the schema that the rows are told in, where it is not this program's.
    """

    def __init__(
        self,
        connection: sa.Connection,
        copies: BaseCopies,
        queue: Queue,
        district_schema: int | None = None,
    ) -> None:
        self._connection = connection
        self._copies = copies
        self._queue = queue
        self._tables = queue.tables
        self._district_schema = district_schema or self._tables.schema
        self._waiting: list[tuple[str, _Late]] = []
        self._stored = False

    def write_tables(self, tables: Iterable[TableRows], *, always: bool = False) -> int:
        """Take over rows that are newer than what is known here; `always` also those that are not (repair).

        The value is the number of rows taken over.
        """
        return sum(self._write_part(part, always=always) for part in tables)

    def _write_part(self, part: TableRows, *, always: bool) -> int:
        known = self._copies.of(part.table, (row[0] for row in part.rows))
        fresh = [row for row in part.rows if always or _is_news(known.get(row[0]), row[1], companion=part.companion)]
        if not fresh:
            return 0
        self._copies.expect([row[2] for row in fresh])
        self._copies.expect([base.anchor for base in known.values()])
        plan = self._tables.by_name.get(part.table)
        if plan is not None:
            self._write_table(plan, *self._as_here(plan, part, fresh))
        end = _STAMPS + len(part.columns)
        for row in fresh:
            base = known.get(row[0])
            aside = part.companion and (base is None or base.companion)
            values = dict(zip(part.columns, row[_STAMPS:end], strict=True))
            self._copies.put(part.table, row[0], row[1], values, row[2], base, companion=aside)
        return len(fresh)

    def _write_table(self, plan: TablePlan, columns: Sequence[str], rows: Sequence[Row]) -> None:
        open_rows = self._queue.open_among(plan.name, (row[0] for row in rows))
        if open_rows:
            self._write_edited(plan, columns, [row for row in rows if row[0] in open_rows])
        plain = [row for row in rows if row[0] not in open_rows] if open_rows else rows
        self._store(plan, columns, _stored_rows(plan.storers(columns), plain))

    def _as_here(self, plan: TablePlan, part: TableRows, rows: Sequence[Row]) -> tuple[Sequence[str], Sequence[Row]]:
        """The rows in the columns of this program's table; of one that is not told, the table keeps what it has."""
        told = [*part.columns, *part.shown]
        older = self._district_schema < self._tables.schema
        if not older and not part.shown and plan.kinds.keys() >= set(told):
            return part.columns, rows
        named = [dict(zip(told, row[_STAMPS:], strict=True)) for row in rows]
        if older:
            named = [self._tables.history.values_now(plan.name, one, self._district_schema) for one in named]
        columns = [name for name in plan.columns if name in named[0]]
        return columns, [
            [*row[:_STAMPS], *(one[name] for name in columns)] for row, one in zip(rows, named, strict=True)
        ]

    def _write_edited(self, plan: TablePlan, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """The district's row with this desk's unsettled edits laid over it, whole merge groups at a time."""
        items = self._queue.of_rows(plan.name, [row[0] for row in rows])
        groups = {column.name: column.info.get("merge_group") for column in plan.shape.wire_columns}
        laid: list[Stored] = []
        for row in rows:
            mine = items.get(row[0], [])
            self._queue.mark_clashing(item for item in mine if _clashes(plan, columns, row, item))
            if any(item.operation is Operation.INSERT for item in mine):
                continue  # the whole row is this desk's until the district has answered
            touched = {name for item in mine for name in item.changes}
            touched_groups = {groups[name] for name in touched} - {None}
            kept = {name for name in columns if name in touched or groups[name] in touched_groups}
            (stored,) = _stored_rows(plan.storers(columns), [row])
            laid.append(self._with_own(plan, columns, stored, kept) if kept else stored)
        self._store(plan, columns, laid)

    def _with_own(self, plan: TablePlan, columns: Sequence[str], row: Stored, kept: Collection[str]) -> Stored:
        names = [name for name in columns if name in kept]
        found = self._connection.exec_driver_sql(plan.read(names), (row[0],)).first()
        if found is None:
            return row
        own = dict(zip(names, found, strict=True))
        values = zip(columns, row[_STAMPS:], strict=True)
        return (*row[:_STAMPS], *(own.get(name, value) for name, value in values))

    def _store(self, plan: TablePlan, columns: Sequence[str], stored: Sequence[Stored]) -> None:
        if not stored:
            return
        self._stored = True
        statement = plan.upsert(columns)
        if self._tried(statement, stored):
            return
        # Where another row still holds a unique key of one that came, that one waits (s33).
        self._waiting += [
            (plan.name, _Late(statement, columns, values)) for values in stored if not self._tried(statement, [values])
        ]

    def _tried(self, statement: str, stored: Sequence[Stored]) -> bool:
        """Whether every row went in. A refused one undoes itself alone; those before it stay, those after wait.

        A savepoint around them would make SQLite copy pages for every row and cost four times the writing.
        """
        try:
            self._connection.exec_driver_sql(statement, list(stored))
        except sa.exc.IntegrityError:
            return False
        return True

    def finish(self, at: str) -> None:
        """Try rows again that had to wait; what still cannot be stored is noted, to be fetched by the next session."""
        waiting, self._waiting = self._waiting, []
        refused = [(table, late) for table, late in waiting if not self._tried(late.statement, [late.values])]
        by_table: dict[str, list[_Late]] = {}
        for table, late in refused:
            by_table.setdefault(table, []).append(late)
        for table, rows in by_table.items():
            if not self._passed_on(table, rows):
                self._make_room(self._tables.by_name[table], rows, at)
        if self._stored:
            self._keep_followers_out(at)

    def _keep_followers_out(self, at: str) -> None:
        """What names a row that cannot stand here yet waits with it, whichever page or slice brought the two."""
        kept_out = [(table, key) for table, key, why in _blocked(self._connection) if why in _KEPT_OUT]
        for table, key in take_out_followers(self._connection, self._queue, kept_out) if kept_out else ():
            block_rows(self._connection, table, [key], at, NAMES_KEPT_OUT)

    def _make_room(self, plan: TablePlan, rows: Sequence[_Late], at: str) -> None:
        """Each row goes in, or stands here without its key as long as another is in its way."""
        behind: list[str] = []
        blocked: list[_Late] = []
        for late in rows:
            if self._tried(late.statement, [late.values]):
                continue
            room = give_way(self._connection, self._copies, self._queue, plan, late.key, at)
            behind += room.behind
            if not (room.made and self._tried(late.statement, [late.values])):
                self._store_without_key(plan, late, at)
                blocked.append(late)
        # Of rows that stood in a circle, the first is out of the way of the last now.
        kept_out = {late.key for late in blocked if not self._tried(late.statement, [late.values])}
        came = {late.key for late in rows} - kept_out
        if missing := kept_out | ({*behind} - came):
            block_rows(self._connection, plan.name, sorted(missing), at, UNIQUE_KEY_TAKEN)

    def _store_without_key(self, plan: TablePlan, late: _Late, at: str) -> None:
        """So that what names the row does not have to wait with it."""
        shown = left_without(self._connection, self._copies, plan, late.key, at)
        if shown:
            own = dict(zip(late.columns, late.values[_STAMPS:], strict=True))
            own |= {name: None if value is None else plan.stored(name, value) for name, value in shown.items()}
            self._tried(late.statement, [(*late.values[:_STAMPS], *(own[name] for name in late.columns))])

    def _passed_on(self, table: str, rows: Sequence[_Late]) -> bool:
        """Rows that hold each other's unique keys: they stand without them for a moment, and all go in together."""
        columns = self._tables.by_name[table].given_up
        if len(rows) < 2 or not columns:
            return False
        savepoint = self._connection.begin_nested()
        try:
            keys = [(late.key,) for late in rows]
            for column in columns:
                self._connection.exec_driver_sql(column, keys)
            for late in rows:
                self._connection.exec_driver_sql(late.statement, late.values)
        except sa.exc.IntegrityError:
            savepoint.rollback()
            return False
        savepoint.commit()
        return True


def block_rows(connection: sa.Connection, table: str, keys: Iterable[str], at: str, why: str) -> None:
    """Note rows that are not here as the district has them: they are fetched again in this session."""
    connection.exec_driver_sql(_BLOCKED, [(str(new_id()), table, key, at, why, at, at) for key in keys])


def blocked_rows(connection: sa.Connection, tables: WireTables) -> dict[str, list[str]]:
    """Rows whose content could not be stored here yet, by table, parents first.

    None in whose way another row still stands, and while there is one, none that names such a row.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for table, key, why in _blocked(connection):
        found.setdefault(table, []).append((key, why))
    in_vain: set[tuple[str, str]] = set()
    for table, rows in found.items():
        held = [key for key, why in rows if why == UNIQUE_KEY_TAKEN]
        if held:
            queue = Queue(connection, tables)
            still = still_held(connection, BaseCopies(connection), queue, tables.by_name[table], held)
            in_vain |= {(table, key) for key in still}
    fetched = {
        table: [key for key, why in rows if (table, key) not in in_vain and not (in_vain and why == NAMES_KEPT_OUT)]
        for table, rows in sorted(found.items(), key=lambda entry: tables.rank.get(entry[0], 0))
    }
    return {table: keys for table, keys in fetched.items() if keys}


def _blocked(connection: sa.Connection) -> list[tuple[str, str, str]]:
    return [(table, key, why) for table, key, why in read_plainly(connection, _READ_BLOCKED)]


def unblock(connection: sa.Connection, table: str, keys: Iterable[str]) -> None:
    """Forget that these rows waited: they are about to be written again."""
    connection.exec_driver_sql(_UNBLOCK, [(table, key) for key in keys])


def _is_news(known: Base | None, version: int, *, companion: bool) -> bool:
    if known is None or version > known.version:
        return True
    # A row that came as a companion and now belongs here enters the digest.
    return known.companion and not companion


def _stored_rows(storers: Sequence[tuple[int, Callable[[WireValue], Any]]], rows: Sequence[Row]) -> list[Stored]:
    stored = []
    for row in rows:
        made = list(row)
        for index, store in storers:
            value = made[_STAMPS + index]
            if value is not None:
                made[_STAMPS + index] = store(value)
        stored.append(tuple(made))
    return stored


def _clashes(plan: TablePlan, columns: Sequence[str], row: Row, item: Waiting) -> bool:
    """Whether the district's row differs from what the author of this item saw, in a field the item changes."""
    theirs: Mapping[str, WireValue] = dict(zip(columns, row[_STAMPS:], strict=True))
    return any(
        not same_value(theirs.get(name), plan.wire(name, old))
        and not same_value(theirs.get(name), plan.wire(name, new))
        for name, (old, new) in item.changes.items()
    )
