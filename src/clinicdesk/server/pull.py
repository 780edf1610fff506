"""One page of a pull: memberships, then rows in table order, all as they are in one snapshot (sync design 1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import msgspec
from msgspec.structs import replace
from psycopg import sql

from clinicdesk.server import epochs, erasure
from clinicdesk.server.cursors import Cursor, read_cursor, require_known
from clinicdesk.server.database import Connection
from clinicdesk.server.digests import roots_of
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.server.proofs import ProofKey
from clinicdesk.server.scopes import MEMBERS
from clinicdesk.server.synced_tables import NamedPlace, synced_tables
from clinicdesk.storage.district_schema import ALL_SCOPES, SCOPES_SETTING
from clinicdesk.sync.protocol import ErrorCode, Gone, Membership, PullPage, PullRequest, TableRows

MAX_PAGE_BYTES = 4 << 20
"""Plain bytes after which a page ends, however few rows it holds (scenario 10)."""

_NOBODY = "00000000-0000-0000-0000-000000000000"
"""No device: nothing in the log is its own."""


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
    connection: Connection,
    request: PullRequest,
    device: str,
    device_scopes: Collection[str],
    key: ProofKey,
) -> PullPage:
    """The next page for scopes that stand at one cursor. `connection` reads one snapshot in the device's scopes.

    Raises:
        RefusedRequestError: the schema is there, the district is not.
    """
    present = epochs.present_mark(connection)
    if present is None:
        raise RefusedRequestError(ErrorCode.NOT_READY)
    epoch = present.epoch
    cursor = read_cursor(request.cursor, epoch, key)
    require_known(connection, cursor)
    if cursor.horizon == 0:
        cursor = Cursor(epoch, cursor.seq, cursor.commit, present.seq, end=present.commit)
    own = device if request.skip_own and cursor.seq > 0 else _NOBODY
    made = _Page(request.limit)
    returned = _returned(connection, request.scopes, cursor)
    cursor, remaining = _fill(connection, made, request.scopes, cursor, own, returned)
    _add_parents_still_to_come(connection, made, _ToCome(cursor, present.seq, request.scopes, device_scopes, returned))
    _add_companions(connection, made, whole=request.whole)
    complete = cursor.table < 0
    horizon = cursor.horizon
    roots: dict[str, str] = {}
    if complete:
        cursor = Cursor(epoch, horizon, cursor.end)
        if horizon == present.seq or not _moved_on(connection, request.scopes, horizon):
            roots = {scope: root for scope, (_rows, root) in roots_of(connection, request.scopes).items()}
    return PullPage(
        epoch,
        cursor.token(key),
        horizon,
        complete,
        members=[Membership(anchor, scope, present) for (anchor, scope), present in made.members.items()],
        tables=[*_as_tables(made.companions, companion=True), *_as_tables(made.tables, companion=False)],
        gone=_gone(connection, made.gone),
        roots=roots,
        remaining=remaining,
    )


def _gone(connection: Connection, places: Collection[tuple[str, str]]) -> list[Gone]:
    """Rows that are not there any more, and which of them the law took."""
    erased = erasure.among(connection, places)
    return [Gone(table, key, (table, key) in erased) for table, key in places]


@cache
def _order() -> list[str]:
    """The order in which a window is sent; a cursor counts its places."""
    return [MEMBERS, *synced_tables()]


def _returned(connection: Connection, scopes: Collection[str], cursor: Cursor) -> list[str]:
    """Anchors that came back after the device had heard that they left: all of their rows are news to it (s45)."""
    if cursor.seq == 0:
        return []  # it has heard of nothing yet
    found = connection.execute(
        "SELECT DISTINCT row_id::text FROM change_log WHERE scope_id = ANY(%s::uuid[]) AND table_name = %s"
        " AND seq > %s AND seq <= %s AND operation = 'ENTER' AND row_version BETWEEN 1 AND %s",
        (list(scopes), MEMBERS, cursor.seq, cursor.horizon, cursor.seq),
    )
    return [anchor for (anchor,) in found]


def _fill(
    connection: Connection,
    made: _Page,
    scopes: Collection[str],
    cursor: Cursor,
    own: str,
    returned: Collection[str],
) -> tuple[Cursor, int]:
    """Fill the page from the cursor on; the cursor behind it (table -1: the window is done) and what remains.

    A window is counted once, at its beginning: a first pull takes hundreds of pages.
    """
    order = _order()
    floor = 0 if returned else cursor.seq
    window = _Window(scopes, cursor.seq, cursor.horizon, own, returned)
    begins = cursor.table == 0 and cursor.at == 0
    waiting = window.counted(connection) if begins else None
    left = cursor.left if waiting is None else sum(waiting.get(name, 0) for name in order)
    at = max(cursor.at, floor)
    for index in range(cursor.table, len(order)):
        name = order[index]
        if waiting is None or name in waiting:
            taken, at = _take_table(connection, made, name, window, at)
            left = max(left - taken, 0)
            if made.full:
                return replace(cursor, table=index, at=at, left=left), left
        if waiting is None:
            waiting = dict.fromkeys(window.present(connection, order[index + 1 :]), 0)
        at = floor
    return replace(cursor, table=-1, at=0, left=0), 0


@dataclass(frozen=True, slots=True)
class _Window:
    """What one pull is about: changes after `seq` up to `horizon`, and whatever is there of `returned` anchors."""

    scopes: Collection[str]
    seq: int
    horizon: int
    own: str
    returned: Collection[str]

    def values(self, table: str, after: int, room: int) -> tuple[object, ...]:
        """What `_page_sql` asks for."""
        if not self.returned:
            return (list(self.scopes), table, after, self.horizon, self.own, room, room)
        return (list(self.scopes), table, after, self.horizon, self.seq, list(self.returned), self.own, room, room)

    def counted(self, connection: Connection) -> dict[str, int]:
        """How many changes each table has that has any."""
        found: dict[str, int] = dict(
            connection.execute(
                "SELECT table_name, count(*) FROM change_log WHERE scope_id = ANY(%s::uuid[]) AND seq > %s"
                " AND seq <= %s AND device_id IS DISTINCT FROM %s GROUP BY table_name",
                (list(self.scopes), self.seq, self.horizon, self.own),
            ).fetchall()
        )
        if self.returned:
            for name, count in connection.execute(
                "SELECT table_name, count(*) FROM change_log WHERE scope_id = ANY(%s::uuid[])"
                " AND anchor_id = ANY(%s::uuid[]) AND seq <= %s GROUP BY table_name",
                (list(self.scopes), list(self.returned), self.seq),
            ):
                found[name] = found.get(name, 0) + count
        return found

    def present(self, connection: Connection, tables: Collection[str]) -> list[str]:
        """Those of the tables that can have changes here, found by looking at one of each."""
        found = connection.execute(
            "SELECT DISTINCT t FROM unnest(%s::text[]) t CROSS JOIN unnest(%s::uuid[]) s CROSS JOIN LATERAL"
            " (SELECT FROM change_log l WHERE l.scope_id = s AND l.table_name = t AND l.seq > %s AND l.seq <= %s"
            " ORDER BY l.seq LIMIT 1) one",
            (list(tables), list(self.scopes), 0 if self.returned else self.seq, self.horizon),
        )
        return [table for (table,) in found]


def _take_table(connection: Connection, made: _Page, name: str, window: _Window, after: int) -> tuple[int, int]:
    """Take changes of one table into the page: (how many, up to which sequence number)."""
    statement = _page_sql(name, returned=bool(window.returned))
    found = connection.execute(statement, window.values(name, after, made.room))
    if name == MEMBERS:
        changes = found.fetchall()
        for _seq, anchor, scope, operation in changes:
            made.members[anchor, scope] = operation == "ENTER"
        made.room -= len(changes)
        return len(changes), changes[-1][0] if changes else after
    taken = 0
    for seq, key, operation, row in found:
        taken, after = taken + 1, seq
        made.room -= 1
        if operation == "DELETE":
            made.gone[name, key] = None
        elif row is not None and operation != "LEAVE":
            made.take(name, key, row)
        if made.full:
            break
    return taken, after


# Of each scope in the order of its index, as many as the page takes: for all of them at once PostgreSQL would sort what
# is left of the window for every page.
_WINDOW = (
    "FROM unnest(%s::uuid[]) scope(id) CROSS JOIN LATERAL (SELECT l.seq, l.row_id, l.scope_id, l.operation"
    " FROM change_log l WHERE l.scope_id = scope.id AND l.table_name = %s AND l.seq > %s AND l.seq <= %s{also}"
    " AND l.device_id IS DISTINCT FROM %s ORDER BY l.seq LIMIT %s) l ORDER BY l.seq LIMIT %s"
)
_OF_RETURNED = " AND (l.seq > %s OR l.anchor_id = ANY(%s::uuid[]))"
_MEMBERS_PAGE = sql.SQL("SELECT l.seq, l.row_id::text, l.scope_id::text, l.operation {}")


@cache
def _page_sql(name: str, *, returned: bool) -> bytes:
    """The changes of one table in a window, with the rows they are of; written out once a process."""
    window = sql.SQL(_WINDOW).format(also=sql.SQL(_OF_RETURNED if returned else ""))
    if name == MEMBERS:
        return _MEMBERS_PAGE.format(window).as_bytes()
    table = synced_tables()[name]
    # The limit is inside, so that rows are turned into JSON only for what the page takes. Each is found by its key
    # (OFFSET 0): joined freely, the whole table would be read for a page of a table of some ten thousand rows.
    statement = sql.SQL(
        "SELECT l.seq, l.row_id::text, l.operation, {row}::text FROM (SELECT l.seq, l.row_id, l.operation {window})"
        " l LEFT JOIN LATERAL"
        " (SELECT * FROM {table} t WHERE t.id = l.row_id OFFSET 0) t ON true ORDER BY l.seq"
    )
    return statement.format(window=window, row=table.page_row_sql, table=sql.Identifier(table.name)).as_bytes()


def _moved_on(connection: Connection, scopes: Collection[str], horizon: int) -> bool:
    # In the order of the index, or a plan for any sequence number would read the whole log in vain.
    found = connection.execute(
        "SELECT FROM unnest(%s::uuid[]) s CROSS JOIN LATERAL (SELECT FROM change_log l WHERE l.scope_id = s"
        " AND l.seq > %s ORDER BY l.seq LIMIT 1) news LIMIT 1",
        (list(scopes), horizon),
    ).fetchone()
    return found is not None


@dataclass(frozen=True, slots=True)
class _ToCome:
    """What a device that applied the pages up to this one does not have yet; `cursor` stands behind this page."""

    cursor: Cursor
    last: int
    scopes: Collection[str]
    device_scopes: Collection[str]
    returned: Collection[str] = ()

    def possible(self, table: str) -> bool:
        """Whether rows of this table can be among them."""
        return min(self._sent(table), self._elsewhere) < self.last

    def among(self, connection: Connection, table: str, keys: Collection[str]) -> set[str]:
        """Those of the rows that only a later page, or a later pull, would bring by itself."""
        found = connection.execute(
            "SELECT DISTINCT row_id::text FROM change_log WHERE scope_id = ANY(%s::uuid[]) AND table_name = %s"
            " AND row_id = ANY(%s::uuid[]) AND operation NOT IN ('DELETE', 'LEAVE')"
            " AND seq > CASE WHEN scope_id = ANY(%s::uuid[]) THEN %s ELSE %s END",
            (list(self.device_scopes), table, list(keys), list(self.scopes), self._sent(table), self._elsewhere),
        )
        return {key for (key,) in found}

    def _sent(self, table: str) -> int:
        """The sequence number up to which changes of a table have been sent."""
        rank = _order().index(table)
        if self.cursor.table < 0 or rank < self.cursor.table:
            return self.cursor.horizon
        # Of anchors that came back, rows with any number may still be to come.
        floor = 0 if self.returned else self.cursor.seq
        return max(self.cursor.at, floor) if rank == self.cursor.table else floor

    @property
    def _elsewhere(self) -> int:
        """The same of scopes that are not asked for: with the district's pulled first, they stand no further back."""
        return self.cursor.seq if set(self.device_scopes) - set(self.scopes) else self.last


def _add_parents_still_to_come(connection: Connection, made: _Page, to_come: _ToCome) -> None:
    """A parent that a later page would bring comes with the child that needs it: no page dangles.

    Districts, schools and users name each other, and a row may have changed after the one that amends it.
    """
    new = {table: dict(rows) for table, rows in made.tables.items()}
    while new:
        wanted: dict[str, set[str]] = {}
        for name, rows in new.items():
            table = synced_tables()[name]
            places = [place for place in table.names if to_come.possible(place.table)]
            for parent, keys in _rows_named(places, rows.values()).items():
                wanted.setdefault(parent, set()).update(keys - made.tables.get(parent, {}).keys())
        late = {name: to_come.among(connection, name, keys) for name, keys in wanted.items() if keys}
        new = {name: _fetch(connection, name, keys) for name, keys in late.items() if keys}
        for name, rows in new.items():
            for key, row in rows.items():
                made.take(name, key, row)


def _add_companions(connection: Connection, made: _Page, *, whole: bool) -> None:
    """Parents outside the device's scopes that a row may name travel beside it, read-only (D11).

    `whole`: of every key. Two records that were merged once and are parted again may name each other's rows (D26).
    """
    wanted: dict[str, set[str]] = {}
    for name, rows in made.tables.items():
        crossing = [place for place in synced_tables()[name].names if whole or place.cross_scope]
        for parent, keys in _rows_named(crossing, rows.values()).items():
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
            for parent, keys in _rows_named(synced_tables()[name].names, rows.values()).items():
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


def _rows_named(places: Collection[NamedPlace], rows: Iterable[str]) -> dict[str, set[str]]:
    """The keys of other rows that these rows name at these places, by table."""
    named: dict[str, set[str]] = {}
    for row in rows if places else ():
        values: list[Any] = msgspec.json.decode(row)
        for place in places:
            key = values[place.position]
            if key is not None:
                named.setdefault(place.table, set()).add(key)
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
