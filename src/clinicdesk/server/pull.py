"""One page of a pull: memberships, then rows in table order, all as they are in one snapshot (sync design 1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from psycopg import sql

from clinicdesk.server.cursors import Cursor, commit_at, read_cursor, require_known
from clinicdesk.server.database import Connection
from clinicdesk.server.digests import roots_of
from clinicdesk.server.scopes import MEMBERS
from clinicdesk.server.synced_tables import STAMPS, SyncedTable, synced_tables
from clinicdesk.storage.district_schema import ALL_SCOPES, SCOPES_SETTING
from clinicdesk.sync.protocol import Gone, Membership, PullPage, PullRequest, TableRows

MAX_PAGE_BYTES = 4 << 20
"""Plain bytes after which a page ends, however few rows it holds (scenario 10)."""

_NOBODY = "00000000-0000-0000-0000-000000000000"
"""No device: nothing in the log is its own."""

_MOVED_ON = 50_000
"""How many changes beyond the window are looked at for parents that moved on."""


@dataclass(slots=True)
class _Page:
    """The page as it grows."""

    room: int
    bytes: int = 0
    members: dict[tuple[str, str], bool] = field(default_factory=dict)
    tables: dict[str, dict[str, str]] = field(default_factory=dict)
    companions: dict[str, dict[str, str]] = field(default_factory=dict)
    gone: dict[tuple[str, str], None] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        return self.room <= 0 or self.bytes >= MAX_PAGE_BYTES

    def take(self, table: str, key: str, row: str) -> None:
        self.tables.setdefault(table, {})[key] = row
        self.bytes += len(row)


def page(
    connection: Connection, request: PullRequest, device: str, epoch: str, device_scopes: Collection[str]
) -> PullPage:
    """The next page for scopes that stand at one cursor. `connection` reads one snapshot in the device's scopes."""
    cursor = read_cursor(request.cursor, epoch)
    require_known(connection, cursor)
    (last,) = connection.execute("SELECT last_seq FROM server_state").fetchone() or (0,)
    if cursor.horizon == 0:
        cursor = Cursor(epoch, cursor.seq, cursor.commit, last)
    own = device if request.skip_own and cursor.seq > 0 else _NOBODY
    made = _Page(request.limit)
    cursor, remaining = _fill(connection, made, request.scopes, cursor, own)
    if last > cursor.horizon:
        _add_parents_that_moved_on(connection, made, device_scopes, cursor.horizon)
    _add_companions(connection, made)
    complete = cursor.table < 0
    horizon = cursor.horizon
    roots: dict[str, str] = {}
    if complete:
        cursor = Cursor(epoch, horizon, commit_at(connection, horizon) if horizon else None)
        if not _moved_on(connection, request.scopes, horizon):
            roots = {scope: root for scope, (_rows, root) in roots_of(connection, request.scopes).items()}
    return PullPage(
        epoch,
        cursor.token(),
        horizon,
        complete,
        members=[Membership(anchor, scope, present) for (anchor, scope), present in made.members.items()],
        tables=[*_as_tables(made.companions, companion=True), *_as_tables(made.tables, companion=False)],
        gone=[Gone(table, key) for table, key in made.gone],
        roots=roots,
        remaining=remaining,
    )


def _fill(connection: Connection, made: _Page, scopes: Collection[str], cursor: Cursor, own: str) -> tuple[Cursor, int]:
    """Fill the page from the cursor on; the cursor behind it (table -1: the window is done) and what remains."""
    order = [MEMBERS, *synced_tables()]
    waiting: dict[str, int] = dict(
        connection.execute(
            "SELECT table_name, count(*) FROM change_log WHERE scope_id = ANY(%s::uuid[]) AND seq > %s AND seq <= %s"
            " AND table_name = ANY(%s) AND device_id IS DISTINCT FROM %s GROUP BY table_name",
            (list(scopes), cursor.seq, cursor.horizon, order[cursor.table :], own),
        ).fetchall()
    )
    at = max(cursor.at, cursor.seq)
    for index in range(cursor.table, len(order)):
        name = order[index]
        if name in waiting:
            taken, at = _take_table(connection, made, name, scopes, at, cursor.horizon, own)
            waiting[name] -= taken
            if made.full:
                rest = sum(max(count, 0) for count in waiting.values())
                return Cursor(cursor.epoch, cursor.seq, cursor.commit, cursor.horizon, index, at), rest
        at = cursor.seq
        if name == MEMBERS and len(made.members) > made.room:
            # Districts, schools and users refer to each other: they need a page with room for all of them.
            rest = sum(max(count, 0) for count in waiting.values())
            return Cursor(cursor.epoch, cursor.seq, cursor.commit, cursor.horizon, index + 1, at), rest
    return Cursor(cursor.epoch, cursor.seq, cursor.commit, cursor.horizon, -1), 0


def _take_table(
    connection: Connection, made: _Page, name: str, scopes: Collection[str], after: int, horizon: int, own: str
) -> tuple[int, int]:
    """Take changes of one table into the page: (how many, up to which sequence number)."""
    window = (list(scopes), name, after, horizon, own, made.room)
    if name == MEMBERS:
        changes = connection.execute(_MEMBERS_PAGE, window).fetchall()
        for _seq, anchor, scope, operation in changes:
            made.members[anchor, scope] = operation == "ENTER"
        made.room -= len(changes)
        return len(changes), changes[-1][0] if changes else after
    taken = 0
    for seq, key, operation, row in connection.execute(_page_sql(synced_tables()[name]), window):
        taken, after = taken + 1, seq
        made.room -= 1
        if operation == "DELETE":
            made.gone[name, key] = None
        elif row is not None:
            made.take(name, key, row)
        if made.full:
            break
    return taken, after


_WINDOW = sql.SQL(
    "WHERE l.scope_id = ANY(%s::uuid[]) AND l.table_name = %s AND l.seq > %s AND l.seq <= %s"
    " AND l.device_id IS DISTINCT FROM %s ORDER BY l.seq LIMIT %s"
)
_MEMBERS_PAGE = sql.SQL("SELECT l.seq, l.row_id::text, l.scope_id::text, l.operation FROM change_log l {}").format(
    _WINDOW
)


def _page_sql(table: SyncedTable) -> sql.Composed:
    # The limit is inside, so that rows are turned into JSON only for what the page takes.
    return sql.SQL(
        "SELECT l.seq, l.row_id::text, l.operation, {row}::text FROM (SELECT l.seq, l.row_id, l.operation"
        " FROM change_log l {window}) l LEFT JOIN {table} t ON t.id = l.row_id ORDER BY l.seq"
    ).format(window=_WINDOW, row=table.page_row_sql, table=sql.Identifier(table.name))


def _moved_on(connection: Connection, scopes: Collection[str], horizon: int) -> bool:
    found = connection.execute(
        "SELECT 1 FROM change_log WHERE scope_id = ANY(%s::uuid[]) AND seq > %s LIMIT 1", (list(scopes), horizon)
    ).fetchone()
    return found is not None


def _add_parents_that_moved_on(connection: Connection, made: _Page, scopes: Collection[str], horizon: int) -> None:
    """A parent whose entry lies beyond the window comes with the child that needs it: no page dangles."""
    moved: dict[str, set[str]] = {}
    for table, key in connection.execute(
        "SELECT table_name, row_id::text FROM change_log WHERE scope_id = ANY(%s::uuid[]) AND seq > %s"
        " AND table_name <> %s ORDER BY seq LIMIT %s",
        (list(scopes), horizon, MEMBERS, _MOVED_ON),
    ):
        moved.setdefault(table, set()).add(key)
    new = {table: dict(rows) for table, rows in made.tables.items()}
    while new and moved:
        wanted: dict[str, set[str]] = {}
        for name, rows in new.items():
            for parent, keys in _parents_named(synced_tables()[name], rows.values()).items():
                beyond = (keys & moved.get(parent, set())) - made.tables.get(parent, {}).keys()
                if beyond:
                    wanted.setdefault(parent, set()).update(beyond)
        new = {name: _fetch(connection, name, keys) for name, keys in wanted.items()}
        for name, rows in new.items():
            for key, row in rows.items():
                made.take(name, key, row)


def _add_companions(connection: Connection, made: _Page) -> None:
    """Parents outside the device's scopes that a row may name travel beside it, read-only (D11)."""
    wanted: dict[str, set[str]] = {}
    for name, rows in made.tables.items():
        table = synced_tables()[name]
        crossing = {parent.column for parent in table.parents if parent.cross_scope}
        for parent, keys in (_parents_named(table, rows.values(), crossing) if crossing else {}).items():
            wanted.setdefault(parent, set()).update(keys)
    hidden = _hidden(connection, wanted)
    if not hidden:
        return
    visible = connection.execute("SELECT current_setting(%s)", (SCOPES_SETTING,)).fetchone()
    assert visible is not None
    while hidden:
        connection.execute("SELECT set_config(%s, %s, true)", (SCOPES_SETTING, ALL_SCOPES))
        found = {name: _fetch(connection, name, keys) for name, keys in hidden.items()}
        connection.execute("SELECT set_config(%s, %s, true)", (SCOPES_SETTING, visible[0]))
        wanted = {}
        for name, rows in found.items():
            made.companions.setdefault(name, {}).update(rows)
            for parent, keys in _parents_named(synced_tables()[name], rows.values()).items():
                wanted.setdefault(parent, set()).update(keys - made.companions.get(parent, {}).keys())
        hidden = _hidden(connection, wanted)


def _hidden(connection: Connection, wanted: dict[str, set[str]]) -> dict[str, set[str]]:
    """Of these rows, those that the device's scopes do not show."""
    hidden: dict[str, set[str]] = {}
    for name, keys in wanted.items():
        seen = (
            {key for key, *_ in connection.execute(synced_tables()[name].parent_sql, (list(keys),))} if keys else set()
        )
        if keys - seen:
            hidden[name] = keys - seen
    return hidden


def _parents_named(
    table: SyncedTable, rows: Iterable[str], columns: Collection[str] | None = None
) -> dict[str, set[str]]:
    """The keys of other rows that these rows name, by table."""
    places = [
        (len(STAMPS) + table.columns.index(parent.column), parent.table)
        for parent in table.parents
        if columns is None or parent.column in columns
    ]
    named: dict[str, set[str]] = {}
    for row in rows:
        values: list[Any] = msgspec.json.decode(row)
        for position, parent in places:
            if values[position] is not None:
                named.setdefault(parent, set()).add(values[position])
    return named


def _fetch(connection: Connection, name: str, keys: Collection[str]) -> dict[str, str]:
    """Rows by key, as they travel."""
    return {key: row for key, row in connection.execute(synced_tables()[name].rows_sql, (list(keys),))}  # noqa: C416 - rows are tuples of unknown length to mypy


def fetch_rows(connection: Connection, name: str, keys: Collection[str]) -> list[TableRows]:
    """Named rows of one table, to repair what a digest found."""
    return _as_tables({name: _fetch(connection, name, keys)}, companion=False)


def _as_tables(tables: dict[str, dict[str, str]], *, companion: bool) -> list[TableRows]:
    return [
        TableRows(
            name,
            list(synced_tables()[name].columns),
            [msgspec.Raw(row.encode()) for row in tables[name].values()],  # type: ignore[misc]  # encoded as it stands
            companion,
        )
        for name in synced_tables()
        if tables.get(name)
    ]
