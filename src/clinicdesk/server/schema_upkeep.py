"""What a district does once when its program brings a newer schema: sums and open conflicts in the present words (s24).

A migration changes rows without new versions. Digests cover the names of columns, so the sums of the tables concerned
are made anew; workstations fetch those rows again (s23).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from clinicdesk.domain.digest import MODULUS, bucket_of, from_signed
from clinicdesk.server.database import Connection, Database
from clinicdesk.server.ledger import ALL_TABLES, WHOLE, write_sums
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.server.rows import load
from clinicdesk.server.scopes import members_of
from clinicdesk.server.synced_tables import CONFLICTS, SyncedTable, synced_tables
from clinicdesk.sync.versions import HISTORY, SchemaHistory

_ROWS_AT_ONCE = 1_000
_VALUES = ("client_version", "server_version", "base_values")

Sums = dict[tuple[str, str, int], tuple[int, int]]
"""By scope, table and bucket: rows and sum."""


def settle_schema(database: Database, now: dt.datetime, history: SchemaHistory = HISTORY) -> set[str]:
    """Bring what hangs on the schema up to this program's, before anybody is served; the tables it concerned."""
    with database.owning() as connection:
        found = connection.execute("SELECT schema_version, district_id::text FROM server_state FOR UPDATE").fetchone()
        if found is None or found[0] >= history.schema:
            return set()
        before, district = found
        tables = history.tables_changed(before) & synced_tables().keys()
        for name in sorted(tables):
            recount(connection, synced_tables()[name])
        _reword_conflicts(connection, district, tables, before, now, history)
        connection.execute("UPDATE server_state SET schema_version = %s, updated_at = %s", (history.schema, now))
        return tables


def recount(connection: Connection, table: SyncedTable) -> None:
    """Make the sums of one table anew, from its rows."""
    if table.upload_only:
        return
    present = sums_of_rows(connection, table)
    kept = {
        (scope, table.name, bucket): (rows, from_signed(digest))
        for scope, bucket, rows, digest in connection.execute(
            "SELECT scope_id::text, bucket, rows, digest FROM scope_digests"
            " WHERE table_name = %s AND table_name <> %s AND bucket <> %s",
            (table.name, ALL_TABLES, WHOLE),
        )
    }
    deltas: Sums = {}
    for place in present.keys() | kept.keys():
        rows, total = present.get(place, (0, 0))
        had_rows, had_total = kept.get(place, (0, 0))
        if (rows, total) != (had_rows, had_total):
            deltas[place] = (rows - had_rows, (total - had_total) % MODULUS)
    if deltas:
        write_sums(connection, deltas)


def sums_of_rows(connection: Connection, table: SyncedTable) -> Sums:
    """The sums of each scope and bucket of one table, as its rows are now."""
    sums: Sums = {}
    keys = [key for (key,) in connection.execute(table.keys_sql)]
    for start in range(0, len(keys), _ROWS_AT_ONCE):
        rows = load(connection, table, keys[start : start + _ROWS_AT_ONCE]).values()
        members = members_of(connection, {row.anchor for row in rows})
        for row in rows:
            digest = row.digest()
            for scope in members.get(row.anchor, frozenset()):
                place = (scope, table.name, bucket_of(row.key))
                had_rows, had_total = sums.get(place, (0, 0))
                sums[place] = (had_rows + 1, (had_total + digest) % MODULUS)
    return sums


def _reword_conflicts(
    connection: Connection,
    district: str,
    tables: Iterable[str],
    before: int,
    now: dt.datetime,
    history: SchemaHistory,
) -> None:
    """Open conflicts name columns; a decision writes them by the names of today."""
    writes = OwnWrites(connection, district, None, now)
    for key, table, fields, *values in connection.execute(
        "SELECT id::text, table_name, fields, client_version, server_version, base_values FROM sync_conflicts"
        " WHERE status = 'PENDING' AND deleted_at IS NULL AND table_name = ANY(%s) ORDER BY id",
        (sorted(tables),),
    ).fetchall():
        told = {
            name: None if value is None else history.values_now(table, value, before)
            for name, value in zip(_VALUES, values, strict=True)
        }
        if list(told.values()) != values:
            named = sorted(history.names_now(table, fields, before))
            writes.update(CONFLICTS, key, {**told, "fields": named})
    writes.close()
