"""Whether the kept digest sums are those of the rows: each scope, table and bucket anew, and their repair (D21, s55).

Workstations compare their rows with these sums in every session. A sum that is off makes all of them fetch rows that
they have already, each time; what is repaired is the sum alone, never a row.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from clinicdesk.domain.digest import MODULUS, from_signed, to_signed, to_text
from clinicdesk.server.database import Connection, Database
from clinicdesk.server.ledger import ALL_TABLES, WHOLE, write_sums
from clinicdesk.server.schema_upkeep import Sums, sums_of_rows
from clinicdesk.server.synced_tables import synced_tables

_LOG = logging.getLogger(__name__)
_NONE = (0, 0)


@dataclass(frozen=True, slots=True)
class Difference:
    """One sum that is not that of its rows; a bucket of -1 is the table's own sum, no table that of the scope."""

    scope: str
    table: str
    bucket: int
    kept: tuple[int, int]
    found: tuple[int, int]

    def __str__(self) -> str:
        place = " ".join(
            [
                self.scope,
                *([self.table] if self.table else []),
                *([f"bucket {self.bucket}"] if self.bucket >= 0 else []),
            ]
        )
        return (
            f"{place}: {self.kept[0]} rows {to_text(self.kept[1])}, found {self.found[0]} rows {to_text(self.found[1])}"
        )


def verify(database: Database, *, repair: bool = False) -> list[Difference]:
    """Every sum that differs; with `repair` they are right when this returns.

    What a push is just writing is no difference: whatever differs at first is counted again while none can commit.
    """
    with database.owning() as connection:
        suspects = {difference.table for difference in _differences(connection, synced_tables())}
    if not suspects:
        return []
    with database.owning() as connection:
        connection.execute("SELECT 1 FROM server_state FOR UPDATE")
        found = _differences(connection, suspects - {ALL_TABLES})
        if repair and found:
            _repair(connection, found)
            _LOG.warning("sums_repaired: %d", len(found))
    return found


def _differences(connection: Connection, tables: Collection[str]) -> list[Difference]:
    kept: Sums = {
        (scope, table, bucket): (rows, from_signed(digest))
        for scope, table, bucket, rows, digest in connection.execute(
            "SELECT scope_id::text, table_name, bucket, rows, digest FROM scope_digests"
        )
    }
    buckets = {place: pair for place, pair in kept.items() if place[2] != WHOLE}
    found: list[Difference] = []
    for name in sorted(tables):
        table = synced_tables()[name]
        if not table.upload_only:
            of_table = {place: pair for place, pair in buckets.items() if place[1] == name}
            found += _unequal(of_table, sums_of_rows(connection, table))
    totals = {place: pair for place, pair in kept.items() if place[2] == WHOLE}
    return found + _unequal(totals, _totals(buckets))


def _totals(buckets: Sums) -> Sums:
    """The sums of tables and scopes that follow from those of the buckets."""
    totals: Sums = {}
    for (scope, table, _bucket), (rows, digest) in buckets.items():
        for place in ((scope, table, WHOLE), (scope, ALL_TABLES, WHOLE)):
            had_rows, had_digest = totals.get(place, _NONE)
            totals[place] = (had_rows + rows, (had_digest + digest) % MODULUS)
    return totals


def _unequal(kept: Sums, found: Sums) -> list[Difference]:
    places = sorted(kept.keys() | found.keys())
    pairs = ((place, kept.get(place, _NONE), found.get(place, _NONE)) for place in places)
    return [Difference(*place, had, has) for place, had, has in pairs if had != has]


def _repair(connection: Connection, differences: Iterable[Difference]) -> None:
    """Totals first, as their buckets say; then the buckets, which take their totals with them."""
    deltas: Sums = {}
    for one in differences:
        if one.bucket == WHOLE:
            connection.execute(
                "INSERT INTO scope_digests (scope_id, table_name, bucket, rows, digest) VALUES (%s, %s, %s, %s, %s)"
                " ON CONFLICT (scope_id, table_name, bucket) DO UPDATE"
                " SET rows = excluded.rows, digest = excluded.digest",
                (one.scope, one.table, WHOLE, one.found[0], to_signed(one.found[1])),
            )
        else:
            rows, digest = one.found[0] - one.kept[0], (one.found[1] - one.kept[1]) % MODULUS
            deltas[one.scope, one.table, one.bucket] = (rows, digest)
    if deltas:
        write_sums(connection, deltas)
