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

    def moved(
        self,
        connection: Connection,
        changed: Membership,
        anchors: Collection[str],
        written: Collection[tuple[str, str]],
    ) -> None:
        """Anchors entered or left scopes: their rows follow, `written` ones excepted, which follow by themselves."""
        for anchor in anchors:
            for scope in changed.entered(anchor):
                self._enter(scope, MEMBERS, anchor, "ENTER", 0, anchor, None)
            for scope in changed.left(anchor):
                self._enter(scope, MEMBERS, anchor, "LEAVE", 0, anchor, None)
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
        for name, keys in by_table.items():
            for row in load(connection, synced_tables()[name], keys).values():
                digest = row.digest()
                for scope in changed.entered(anchor):
                    self._add(scope, row, 1, digest)
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
        """A scope that was left keeps the word that it was, not the rows."""
        if self.forgotten:
            connection.execute(
                "DELETE FROM change_log l USING unnest(%s::uuid[], %s::uuid[]) AS gone(scope, anchor)"
                " WHERE l.scope_id = gone.scope AND l.anchor_id = gone.anchor",
                ([scope for scope, _ in self.forgotten], [anchor for _, anchor in self.forgotten]),
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
