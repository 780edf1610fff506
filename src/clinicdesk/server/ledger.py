"""The end of a push: sequence numbers in commit order, the change log, and the digest sums of each scope (D10, D21)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from clinicdesk.core.identifiers import random_id
from clinicdesk.domain.digest import MODULUS, bucket_of, to_signed
from clinicdesk.server.database import Connection, as_json
from clinicdesk.server.rows import Row, load
from clinicdesk.server.scopes import MEMBERS, Membership
from clinicdesk.server.synced_tables import synced_tables

RowKeys = Collection[tuple[str, str]]
"""Tables and keys of rows."""


WHOLE = -1
"""The bucket that stands for all buckets."""

ALL_TABLES = ""
"""The table that stands for all tables of a scope."""


class _Entry(NamedTuple):
    scope: str
    table: str
    row: str
    operation: str
    version: int
    anchor: str | None
    device: str | None


@dataclass(slots=True)
class Written:
    """What one commit gave out: the last sequence number of each row, and the commit's random id."""

    commit: str
    seq: int
    of_row: dict[tuple[str, str], int]


@dataclass(slots=True)
class Ledger:
    """What one transaction will say in the log, gathered before any sequence number is taken."""

    entries: dict[tuple[str, str, str], _Entry] = field(default_factory=dict)
    deltas: dict[tuple[str, str, int], tuple[int, int]] = field(default_factory=dict)
    forgotten: list[tuple[str, str]] = field(default_factory=list)
    back: list[tuple[str, str, str]] = field(default_factory=list)

    def row_changed(self, row: Row, before: Collection[str], after: Collection[str], device: str | None) -> None:
        """A row was written; `before` and `after` are the scopes of its anchors then and now."""
        if row.table.upload_only:
            return
        if row.stored_version > 0 and row.stored_digest is not None:
            for scope in before:
                self._add(scope, row, -1, -row.stored_digest)
                if row.stored_anchor != row.anchor and scope not in after:
                    self._enter(scope, row.table.name, row.key, "DELETE", row.version, row.stored_anchor, None)
        digest = row.digest()
        for scope in after:
            self._add(scope, row, 1, digest)
            self._enter(scope, row.table.name, row.key, "UPSERT", row.version, row.anchor, device)

    def row_removed(self, row: Row, scopes: Collection[str]) -> None:
        """A row was taken out of its table for good."""
        if row.table.upload_only:
            return
        digest = row.digest()
        for scope in scopes:
            self._add(scope, row, -1, -digest)
            self._enter(scope, row.table.name, row.key, "DELETE", row.version, row.anchor, None)

    def moved(
        self,
        connection: Connection,
        changed: Membership,
        anchors: Collection[str],
        written: Collection[tuple[str, str]],
    ) -> None:
        """Anchors entered or left scopes: their rows follow, `written` ones excepted, which follow by themselves.

        The entry of an anchor that comes back says since when it was away: who did not hear of that has its rows.
        """
        for anchor in anchors:
            away = _away_since(connection, anchor)
            for scope in changed.entered(anchor):
                self._enter(scope, MEMBERS, anchor, "ENTER", away.get(scope, 0), anchor, None)
            for scope in changed.left(anchor):
                self._enter(scope, MEMBERS, anchor, "LEAVE", away.get(scope, 0), anchor, None)
                self.forgotten.append((scope, anchor))
            if changed.before.get(anchor):
                self._move_rows(connection, changed, anchor, written)

    def _move_rows(
        self, connection: Connection, changed: Membership, anchor: str, written: Collection[tuple[str, str]]
    ) -> None:
        by_table: dict[str, set[str]] = {}
        for table, key in connection.execute(
            "SELECT DISTINCT table_name, row_id::text FROM change_log WHERE anchor_id = %s AND table_name <> %s",
            (anchor, MEMBERS),
        ):
            if (table, key) not in written:
                by_table.setdefault(table, set()).add(key)
        known = _known_there(connection, changed.entered(anchor), anchor)
        for name, keys in by_table.items():
            for row in load(connection, synced_tables()[name], keys).values():
                if row.anchor != anchor:
                    continue
                digest = row.digest()
                for scope in changed.entered(anchor):
                    self._add(scope, row, 1, digest)
                    if known.get((scope, name, row.key)) == row.version:
                        self.back.append((scope, name, row.key))
                    else:
                        self._enter(scope, name, row.key, "UPSERT", row.version, anchor, None)
                for scope in changed.left(anchor):
                    self._add(scope, row, -1, -digest)

    def write(self, connection: Connection, now: dt.datetime, *, least: int = 0) -> Written:
        """Take sequence numbers and write everything; until the commit nobody else takes any (scenario 48).

        `least`: so many are taken even where the log has nothing to say. What a push leaves in receipts and inbox
        alone is then in the history of commits too: a restore that lost it shows, a backup that has it counts (s17).
        """
        count = max(len(self.entries), least)
        # The state's row is the lock: whoever updates it next waits here until this transaction has committed.
        locked = connection.execute(
            "UPDATE server_state SET last_seq = last_seq + %s, updated_at = %s RETURNING last_seq", (count, now)
        ).fetchone()
        assert locked is not None
        last = int(locked[0])
        commit = str(random_id())
        if count:
            connection.execute(
                "INSERT INTO sync_commits (commit_id, seq, committed_at) VALUES (%s, %s, %s)", (commit, last, now)
            )
        self._forget(connection)
        of_row = self._write_entries(connection, last - count)
        if self.deltas:
            write_sums(connection, self.deltas)
        return Written(commit, last, of_row)

    def _enter(
        self, scope: str, table: str, row: str, operation: str, version: int, anchor: str | None, device: str | None
    ) -> None:
        self.entries[(scope, table, row)] = _Entry(scope, table, row, operation, version, anchor, device)

    def _add(self, scope: str, row: Row, rows: int, digest: int) -> None:
        place = (scope, row.table.name, bucket_of(row.key))
        had_rows, had_sum = self.deltas.get(place, (0, 0))
        self.deltas[place] = (had_rows + rows, (had_sum + digest) % MODULUS)

    def _forget(self, connection: Connection) -> None:
        """A scope that was left keeps the word of which rows it had, in case they come back as they were (s45)."""
        if self.forgotten:
            connection.execute(
                "UPDATE change_log l SET operation = 'LEAVE' FROM unnest(%s::uuid[], %s::uuid[]) AS gone(scope, anchor)"
                " WHERE l.scope_id = gone.scope AND l.anchor_id = gone.anchor AND l.operation = 'UPSERT'",
                ([scope for scope, _ in self.forgotten], [anchor for _, anchor in self.forgotten]),
            )
        if self.back:
            connection.execute(
                "UPDATE change_log l SET operation = 'UPSERT', device_id = NULL"
                " FROM unnest(%s::uuid[], %s::text[], %s::uuid[]) AS back(scope, tbl, key)"
                " WHERE l.scope_id = back.scope AND l.table_name = back.tbl AND l.row_id = back.key",
                tuple([entry[place] for entry in self.back] for place in range(3)),
            )

    def _write_entries(self, connection: Connection, after: int) -> dict[tuple[str, str], int]:
        numbered = list(enumerate(self.entries.values(), after + 1))
        if numbered:
            connection.execute(
                "INSERT INTO change_log"
                " (seq, scope_id, table_name, row_id, operation, row_version, anchor_id, device_id)"
                " SELECT seq, scope, tbl, key, operation, version, anchor, device FROM json_to_recordset(%s::json)"
                " AS e(seq bigint, scope uuid, tbl text, key uuid, operation text, version bigint, anchor uuid,"
                " device uuid) ON CONFLICT (scope_id, table_name, row_id) WHERE seq > 0 DO UPDATE SET"
                " seq = excluded.seq, operation = excluded.operation, row_version = excluded.row_version,"
                " anchor_id = excluded.anchor_id, device_id = excluded.device_id",
                (
                    as_json(
                        {
                            "seq": seq,
                            "scope": entry.scope,
                            "tbl": entry.table,
                            "key": entry.row,
                            "operation": entry.operation,
                            "version": entry.version,
                            "anchor": entry.anchor,
                            "device": entry.device,
                        }
                        for seq, entry in numbered
                    ),
                ),
            )
        return {(entry.table, entry.row): seq for seq, entry in numbered}


def _away_since(connection: Connection, anchor: str) -> dict[str, int]:
    """For scopes that the anchor has left at some time: the first leave that a device may have heard of."""
    return {
        scope: version or (seq if operation == "LEAVE" else 0)
        for scope, operation, version, seq in connection.execute(
            "SELECT scope_id::text, operation, row_version, seq FROM change_log WHERE table_name = %s AND row_id = %s",
            (MEMBERS, anchor),
        )
    }


def _known_there(connection: Connection, scopes: Collection[str], anchor: str) -> dict[tuple[str, str, str], int]:
    """The rows that scopes had of an anchor when it left them, with their versions then."""
    if not scopes:
        return {}
    return {
        (scope, table, key): version
        for scope, table, key, version in connection.execute(
            "SELECT scope_id::text, table_name, row_id::text, row_version FROM change_log"
            " WHERE scope_id = ANY(%s::uuid[]) AND anchor_id = %s AND operation = 'LEAVE' AND table_name <> %s",
            (list(scopes), anchor, MEMBERS),
        )
    }


def write_sums(connection: Connection, deltas: Mapping[tuple[str, str, int], tuple[int, int]]) -> None:
    """Add to the sums of buckets, modulo 2**64 in signed storage, and to those of their tables and scopes."""
    deltas = _with_totals(deltas)
    connection.execute(
        "INSERT INTO scope_digests AS d (scope_id, table_name, bucket, rows, digest)"
        " SELECT scope, tbl, bucket, rows, digest FROM json_to_recordset(%s::json)"
        " AS s(scope uuid, tbl text, bucket int, rows bigint, digest bigint)"
        " ON CONFLICT (scope_id, table_name, bucket) DO UPDATE SET rows = d.rows + excluded.rows,"
        " digest = ((d.digest::numeric + excluded.digest::numeric + 27670116110564327424) %% 18446744073709551616"
        " - 9223372036854775808)::bigint",
        (
            as_json(
                {"scope": scope, "tbl": table, "bucket": bucket, "rows": rows, "digest": to_signed(total)}
                for (scope, table, bucket), (rows, total) in deltas.items()
            ),
        ),
    )


def _with_totals(deltas: Mapping[tuple[str, str, int], tuple[int, int]]) -> dict[tuple[str, str, int], tuple[int, int]]:
    """With the delta of each table (`WHOLE` bucket) and each scope (no table): a session reads one row a scope."""
    totals = dict(deltas)
    for (scope, table, _bucket), (rows, digest) in deltas.items():
        for place in ((scope, table, WHOLE), (scope, ALL_TABLES, WHOLE)):
            had_rows, had_sum = totals.get(place, (0, 0))
            totals[place] = (had_rows + rows, (had_sum + digest) % MODULUS)
    return totals
