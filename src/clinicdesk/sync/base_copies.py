"""What the district last acknowledged of each row, and the digest sums that follow from it (D21).

One object lives for one transaction: it gathers rows and writes them, with the sums they change, in bulk.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from clinicdesk.domain.canonical import WireValue
from clinicdesk.domain.digest import MODULUS, bucket_of, digest_of, from_signed, row_content, to_signed
from clinicdesk.storage.engine import read_plainly

_LOAD = (
    "SELECT row_id, base_version, digest, anchor_id, companion FROM sync_rows"
    " WHERE table_name = ? AND row_id IN (SELECT value FROM json_each(?))"
)
_WHOLE = (
    "SELECT row_id, base_version, digest, anchor_id, companion, base FROM sync_rows"
    " WHERE table_name = ? AND row_id IN (SELECT value FROM json_each(?))"
)
_VALUES = "SELECT row_id, base FROM sync_rows WHERE table_name = ? AND row_id IN (SELECT value FROM json_each(?))"
_PUT = (
    "INSERT INTO sync_rows (table_name, row_id, base_version, base, digest, anchor_id, companion)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (table_name, row_id) DO UPDATE SET"
    " base_version = excluded.base_version, base = excluded.base, digest = excluded.digest,"
    " anchor_id = excluded.anchor_id, companion = excluded.companion"
)
_DROP = "DELETE FROM sync_rows WHERE table_name = ? AND row_id = ?"
_OF_ANCHOR = (
    "SELECT table_name, row_id, base_version, digest, companion FROM sync_rows"
    " WHERE anchor_id IN (SELECT value FROM json_each(?))"
)
_MEMBERS = (
    "SELECT anchor_id, scope_id FROM scope_members WHERE anchor_id IN (SELECT value FROM json_each(?))"
    " AND scope_id IN (SELECT scope_id FROM sync_cursors)"
)
_WITH_ROWS = "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM sync_rows WHERE sync_rows.anchor_id = value)"
_ADD_MEMBER = "INSERT INTO scope_members (anchor_id, scope_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
_DROP_MEMBER = "DELETE FROM scope_members WHERE anchor_id = ? AND scope_id = ?"
_SUMS = (
    "SELECT scope_id, table_name, bucket, rows, digest FROM sync_digests WHERE (scope_id, table_name) IN"
    " (SELECT value ->> 0, value ->> 1 FROM json_each(?))"
)
_OF_TABLE = (
    "SELECT substr(r.row_id, -2), count(*), total(r.digest >> 32), total(r.digest & 4294967295)"
    " FROM sync_rows r JOIN scope_members m ON m.anchor_id = r.anchor_id"
    " WHERE m.scope_id = ? AND r.table_name = ? AND NOT r.companion GROUP BY 1"
)
_DROP_SUMS = "DELETE FROM sync_digests WHERE scope_id = ? AND table_name = ?"
_PUT_SUM = (
    "INSERT INTO sync_digests (scope_id, table_name, bucket, rows, digest) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (scope_id, table_name, bucket) DO UPDATE SET rows = excluded.rows, digest = excluded.digest"
)

Values = dict[str, WireValue]


@dataclass(frozen=True, slots=True)
class Base:
    """An acknowledged row without its content. A companion is in no digest (D11)."""

    version: int
    digest: int
    anchor: str | None
    companion: bool


class BaseCopies:
    """Reads and writes `sync_rows`, `scope_members` and `sync_digests` in one transaction; `flush` before its end."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._puts: dict[tuple[str, str], tuple[object, ...]] = {}
        self._drops: list[tuple[str, str]] = []
        self._members: dict[str, tuple[str, ...]] = {}
        self._deltas: dict[tuple[str, str, int], list[int]] = {}

    def of(self, table: str, keys: Iterable[str]) -> dict[str, Base]:
        """The acknowledged state of those rows that have one."""
        found = read_plainly(self._connection, _LOAD, (table, self._written(table, keys)))
        return {
            key: Base(version, from_signed(digest), anchor, bool(companion))
            for key, version, digest, anchor, companion in found
        }

    def whole(self, table: str, keys: Iterable[str]) -> dict[str, tuple[Base, Values]]:
        """The acknowledged state and content of those rows that have one."""
        found = read_plainly(self._connection, _WHOLE, (table, self._written(table, keys)))
        return {
            key: (Base(version, from_signed(digest), anchor, bool(companion)), _content(base))
            for key, version, digest, anchor, companion, base in found
        }

    def values(self, table: str, keys: Iterable[str]) -> dict[str, Values]:
        """The acknowledged content; columns that are null are left out."""
        found = read_plainly(self._connection, _VALUES, (table, self._written(table, keys)))
        return {key: _content(base) for key, base in found}

    def _written(self, table: str, keys: Iterable[str]) -> str:
        """These keys as a list; what was gathered of them is written first, or a row told twice would count twice."""
        named = list(keys)
        if not self._puts.keys().isdisjoint((table, key) for key in named) or self._drops:
            self.flush()
        return _list(named)

    def put(
        self,
        table: str,
        key: str,
        version: int,
        values: Mapping[str, WireValue],
        anchor: str | None,
        known: Base | None,
        *,
        companion: bool = False,
    ) -> None:
        """The row as acknowledged from now on; `known` is what it was. Call `expect` with the anchors before."""
        content = row_content(values)
        digest = digest_of(table, key, version, content)
        self._puts[(table, key)] = (table, key, version, content.decode(), to_signed(digest), anchor, companion)
        bucket = bucket_of(key)
        if known is not None and not known.companion:
            for scope in self._members.get(known.anchor or "", ()):
                self._add(scope, table, bucket, -1, -known.digest)
        if not companion:
            for scope in self._members.get(anchor or "", ()):
                self._add(scope, table, bucket, 1, digest)

    def drop(self, table: str, key: str, known: Base) -> None:
        """The row is no longer known here."""
        self._drops.append((table, key))
        if not known.companion:
            for scope in self._members.get(known.anchor or "", ()):
                self._add(scope, table, bucket_of(key), -1, -known.digest)

    def make_companion(self, table: str, key: str, known: Base) -> None:
        """The row stays for the sake of others that point to it, outside every digest."""
        self._connection.exec_driver_sql(
            "UPDATE sync_rows SET companion = 1 WHERE table_name = ? AND row_id = ?", (table, key)
        )
        if not known.companion:
            for scope in self._members.get(known.anchor or "", ()):
                self._add(scope, table, bucket_of(key), -1, -known.digest)

    def expect(self, anchors: Iterable[str | None]) -> None:
        """Load the scopes of these anchors, so far as this device has them."""
        wanted = {anchor for anchor in anchors if anchor is not None and anchor not in self._members}
        if not wanted:
            return
        scopes: dict[str, list[str]] = {anchor: [] for anchor in wanted}
        for anchor, scope in read_plainly(self._connection, _MEMBERS, (_list(wanted),)):
            scopes[anchor].append(scope)
        self._members |= {anchor: tuple(sorted(found)) for anchor, found in scopes.items()}

    def take_members(self, changes: Collection[tuple[str, str, bool]]) -> None:
        """Anchors entered (True) or left scopes: all rows of them enter or leave the sums of those scopes."""
        anchors = {anchor for anchor, _scope, _present in changes}
        self.expect(anchors)
        had = {anchor: self._members.pop(anchor) for anchor in anchors}
        for statement, wanted in ((_ADD_MEMBER, True), (_DROP_MEMBER, False)):
            pairs = [(anchor, scope) for anchor, scope, present in changes if present is wanted]
            if pairs:
                self._connection.exec_driver_sql(statement, pairs)
        self.expect(anchors)
        # A scope that this device does not have stands in neither.
        moved = [
            (anchor, scope, 1 if present else -1)
            for anchor, scope, present in changes
            if (scope in had[anchor]) is not present and (scope in self._members[anchor]) is present
        ]
        filled = self._with_rows({anchor for anchor, _scope, _sign in moved})
        for anchor, scope, sign in moved:
            for table, key, _version, digest, companion in self.rows_of([anchor]) if anchor in filled else ():
                if not companion:
                    self._add(scope, table, bucket_of(key), sign, sign * digest)

    def _with_rows(self, anchors: Collection[str]) -> set[str]:
        """Those of the anchors that have rows here; on a first pull none has."""
        return {anchor for (anchor,) in read_plainly(self._connection, _WITH_ROWS, (_list(anchors),))}

    def count_again(self, anchors: Collection[str], scope: str) -> None:
        """Add the rows of these anchors to the sums of a scope that this device has just been given."""
        for table, key, _version, digest, companion in self.rows_of(anchors):
            if not companion:
                self._add(scope, table, bucket_of(key), 1, digest)

    def scopes_of(self, anchor: str) -> tuple[str, ...]:
        self.expect([anchor])
        return self._members[anchor]

    def rows_of(self, anchors: Collection[str]) -> list[tuple[str, str, int, int, bool]]:
        """Table, key, version, digest and whether it is a companion, of every row of these anchors."""
        found = read_plainly(self._connection, _OF_ANCHOR, (_list(anchors),))
        return [
            (table, key, version, from_signed(digest), bool(companion))
            for table, key, version, digest, companion in found
        ]

    def flush(self) -> None:
        if self._puts:
            self._connection.exec_driver_sql(_PUT, list(self._puts.values()))
        if self._drops:
            self._connection.exec_driver_sql(_DROP, self._drops)
        self._puts, self._drops = {}, []
        self._flush_sums()

    def recounted(self, scope: str, table: str) -> dict[int, int]:
        """The buckets of a table, counted anew from its rows and kept so: a sum that alone was wrong is right (s55)."""
        self._connection.exec_driver_sql(_DROP_SUMS, (scope, table))
        for bucket, rows, high, low in self._connection.exec_driver_sql(_OF_TABLE, (scope, table)):
            self._add(scope, table, int(bucket, 16), rows, _joined(high, low))
        found = {bucket: digest % MODULUS for (_scope, _table, bucket), (_rows, digest) in self._deltas.items()}
        self._flush_sums()
        return found

    def _add(self, scope: str, table: str, bucket: int, rows: int, digest: int) -> None:
        delta = self._deltas.setdefault((scope, table, bucket), [0, 0])
        delta[0] += rows
        delta[1] += digest

    def _flush_sums(self) -> None:
        deltas = {place: delta for place, delta in self._deltas.items() if delta[0] or delta[1] % MODULUS}
        self._deltas = {}
        if not deltas:
            return
        pairs = msgspec.json.encode(sorted({(scope, table) for scope, table, _bucket in deltas})).decode()
        stored = {
            (scope, table, bucket): (rows, from_signed(digest))
            for scope, table, bucket, rows, digest in read_plainly(self._connection, _SUMS, (pairs,))
        }
        # SQLite turns a sum that leaves 64 bits into a binary fraction, so it is made here.
        written = []
        for place, (rows, digest) in deltas.items():
            had_rows, had_digest = stored.get(place, (0, 0))
            written.append((*place, had_rows + rows, to_signed((had_digest + digest) % MODULUS)))
        self._connection.exec_driver_sql(_PUT_SUM, written)


class Sums:
    """Reads the sums that the transactions above keep."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def roots(self) -> dict[str, int]:
        """The digest of each scope of this device."""
        found = read_plainly(
            self._connection,
            "SELECT c.scope_id, total(d.digest >> 32), total(d.digest & 4294967295) FROM sync_cursors c"
            " LEFT JOIN sync_digests d ON d.scope_id = c.scope_id GROUP BY c.scope_id",
        )
        return {scope: _joined(high, low) for scope, high, low in found}

    def tables(self, scope: str) -> dict[str, int]:
        found = self._connection.exec_driver_sql(
            "SELECT table_name, total(digest >> 32), total(digest & 4294967295) FROM sync_digests"
            " WHERE scope_id = ? GROUP BY table_name",
            (scope,),
        )
        return {table: _joined(high, low) for table, high, low in found}

    def versions(self, scope: str, table: str, bucket: int) -> dict[str, int]:
        """The rows of one bucket of a scope with their acknowledged versions."""
        found = self._connection.exec_driver_sql(
            "SELECT r.row_id, r.base_version FROM sync_rows r JOIN scope_members m ON m.anchor_id = r.anchor_id"
            " WHERE m.scope_id = ? AND r.table_name = ? AND NOT r.companion AND substr(r.row_id, -2) = ?",
            (scope, table, format(bucket, "02x")),
        )
        return {row[0]: row[1] for row in found}


def _content(base: str | None) -> Values:
    values: Values = msgspec.json.decode(base) if base else {}
    return values


def _joined(high: float, low: float) -> int:
    # Each half stays below 2**53, so the floating totals are exact.
    return ((int(high) << 32) + int(low)) % MODULUS


def _list(keys: Iterable[str]) -> str:
    return msgspec.json.encode(list(keys)).decode()
