"""What a push leaves behind for ever or until it is settled: receipts, the inbox, and the history (s1, s4, s5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.canonical import WireValue
from clinicdesk.domain.item_reasons import ItemReason
from clinicdesk.domain.merge import Operation
from clinicdesk.server.database import Connection, as_json
from clinicdesk.server.incoming import Incoming, Unreadable
from clinicdesk.sync.protocol import ItemResult, Outcome

NOT_IN = frozenset({Outcome.HELD, Outcome.REJECTED})
"""Outcomes of items that stay in the inbox."""

_REVIEW = frozenset({"scope", "role", "author_inactive", "no_lease"})


@dataclass(frozen=True, slots=True)
class Receipt:
    """The stored answer to a mutation, and the hash of what it said."""

    device: str
    fingerprint: bytes
    result: ItemResult


def receipts_of(connection: Connection, mutations: Sequence[str]) -> dict[str, Receipt]:
    return {
        mutation: Receipt(device, fingerprint, msgspec.convert(outcome, ItemResult))
        for mutation, device, fingerprint, outcome in connection.execute(
            "SELECT mutation_id::text, device_id::text, payload_hash, outcome FROM sync_receipts"
            " WHERE mutation_id = ANY(%s::uuid[])",
            (list(mutations),),
        )
    }


def write_receipts(
    connection: Connection, items: Collection[Incoming | Unreadable], device: str, now: dt.datetime
) -> None:
    """One receipt an item, in one statement. Its primary key is what makes a mutation happen once."""
    settled = [(item, item.result) for item in items if item.result is not None]
    if not settled:
        return
    connection.execute(
        "INSERT INTO sync_receipts (mutation_id, device_id, payload_hash, state, outcome, change_seq, received_at)"
        " SELECT m, %s, decode(h, 'hex'), s, o, nullif(q, 0), %s"
        " FROM json_to_recordset(%s::json) AS r(m uuid, h text, s text, o jsonb, q bigint)",
        (
            device,
            now,
            as_json(
                {
                    "m": item.mutation,
                    "h": item.fingerprint.hex(),
                    "s": result.outcome.value.upper(),
                    "o": result,
                    "q": result.seq,
                }
                for item, result in settled
            ),
        ),
    )


def renew_receipt(connection: Connection, item: Incoming) -> None:
    """A held item was decided: whoever asks again gets this."""
    assert item.result is not None
    answer_anew(connection, item.mutation, item.result)


def answer_anew(connection: Connection, mutation: str, result: ItemResult) -> None:
    connection.execute(
        "UPDATE sync_receipts SET state = %s, outcome = %s, change_seq = nullif(%s, 0) WHERE mutation_id = %s",
        (result.outcome.value.upper(), Jsonb(msgspec.to_builtins(result)), result.seq, mutation),
    )


def decide(connection: Connection, inbox: str, decision: Jsonb) -> None:
    """Write beside the content of an item who decided what about it, and why."""
    connection.execute("UPDATE sync_inbox SET payload = payload || %s WHERE id = %s", (decision, inbox))


def forget_content(connection: Connection, inbox: str) -> None:
    """What an edit of an erased row said goes with the row, once somebody has looked at the request (s60)."""
    connection.execute("UPDATE sync_inbox SET payload = payload || '{\"changes\": {}}' WHERE id = %s", (inbox,))


@dataclass(frozen=True, slots=True)
class Kept:
    """An item that was not applied, and what it waits for."""

    item: Incoming | Unreadable
    result: ItemResult
    waits_for: str | None = None
    state: str | None = None


def keep(connection: Connection, kept: Iterable[Kept], device: str, now: dt.datetime) -> None:
    """Put items into the inbox: nothing that anybody typed goes nowhere (I0); one refused twice stands once (s5)."""
    rows = list(kept)
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO sync_inbox (id, mutation_id, device_id, table_name, row_id, waits_for, state, reason, payload,"
            " received_at) SELECT new.* FROM (VALUES (%s::uuid, %s::uuid, %s::uuid, %s, %s::uuid, %s::uuid, %s, %s,"
            " %s::jsonb, %s::timestamptz)) AS new"
            " (id, mutation, device, tbl, row_id, waits_for, state, reason, payload, at)"
            " WHERE NOT EXISTS (SELECT FROM sync_inbox i WHERE i.mutation_id = new.mutation"
            " AND i.payload = new.payload)",
            [
                (
                    new_id(),
                    entry.item.mutation,
                    device,
                    entry.item.table if isinstance(entry.item, Unreadable) else entry.item.table.name,
                    entry.item.key,
                    entry.waits_for,
                    entry.state or _state(entry.result),
                    entry.result.reason or "unknown",
                    Jsonb(dict(entry.item.payload)),
                    now,
                )
                for entry in rows
            ],
        )


def _state(result: ItemResult) -> str:
    if result.outcome is Outcome.REJECTED:
        return "REJECTED"
    if result.reason == ItemReason.ERASED:
        return "QUARANTINED"
    return "REVIEW" if result.reason in _REVIEW else "HELD"


def waiting_for(connection: Connection, keys: Collection[str]) -> list[tuple[str, str, dict[str, Any]]]:
    """Held items whose parent, or the change they stand on, has just arrived, oldest first (s30).

    The value is (inbox id, device, payload) of each.
    """
    if not keys:
        return []
    return connection.execute(
        "SELECT id::text, device_id::text, payload FROM sync_inbox WHERE state = 'HELD' AND waits_for = ANY(%s::uuid[])"
        " ORDER BY received_at, id",
        (list(keys),),
    ).fetchall()


def settle(connection: Connection, inbox_ids: Collection[str], now: dt.datetime, by: str | None = None) -> None:
    """These are decided; `by` is the person who did it, where nobody's coming parent did."""
    if inbox_ids:
        connection.execute(
            "UPDATE sync_inbox SET state = 'SETTLED', settled_at = %s, settled_by = %s WHERE id = ANY(%s::uuid[])",
            (now, by, list(inbox_ids)),
        )


def keep_on(connection: Connection, inbox_id: str, kept: Kept) -> None:
    """An item that was judged once more and still is not in: it stands with the reason of today."""
    connection.execute(
        "UPDATE sync_inbox SET state = %s, reason = %s, waits_for = %s WHERE id = %s",
        (_state(kept.result), kept.result.reason or "unknown", kept.waits_for, inbox_id),
    )


@dataclass(frozen=True, slots=True)
class Earlier:
    """A change of a row that the same device handed in before, and that is not in."""

    inbox: str
    mutation: str
    author: str
    refused: bool
    operation: str
    fields: frozenset[str]


def kept_of_rows(connection: Connection, device: str, keys: Collection[str]) -> dict[tuple[str, str], list[Earlier]]:
    """What of these rows this device has in the inbox, by table and key: later changes go behind it."""
    found: dict[tuple[str, str], list[Earlier]] = {}
    for inbox, mutation, author, state, table, key, operation, changes in connection.execute(
        "SELECT id::text, mutation_id::text, payload ->> 'author', state, table_name, row_id::text,"
        " payload ->> 'operation', payload -> 'changes'"
        " FROM sync_inbox WHERE device_id = %s AND state <> 'SETTLED' AND reason <> 'mutation_reused'"
        " AND row_id = ANY(%s::uuid[]) AND table_name IS NOT NULL ORDER BY received_at, id",
        (device, list(keys)),
    ):
        refused, fields = state == "REJECTED", frozenset(changes or ())
        one = Earlier(inbox, mutation, author or "", refused, operation or "", fields)
        found.setdefault((table, key), []).append(one)
    return found


def versions_of_released(connection: Connection, device: str, table: str, key: str) -> set[int]:
    """Versions of a row that stem from items of this device which were in the inbox first."""
    found = connection.execute(
        "SELECT h.row_version FROM change_history h JOIN sync_inbox i ON i.mutation_id = h.mutation_id"
        " WHERE h.table_name = %s AND h.row_id = %s AND h.device_id = %s AND i.state = 'SETTLED'",
        (table, key, device),
    )
    return {version for (version,) in found}


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an item changed."""

    item: Incoming
    version: int
    changes: Mapping[str, WireValue]


def write_history(
    connection: Connection,
    accepted: Sequence[Accepted],
    seqs: Mapping[tuple[str, str], int],
    last: int,
    now: dt.datetime,
) -> None:
    """Who changed what to what, from which device; it never travels."""
    if not accepted:
        return
    connection.execute(
        "INSERT INTO change_history (id, mutation_id, seq, device_id, author_id, grant_id, table_name, row_id,"
        " operation, changes, row_version, authored_at, accepted_at)"
        " SELECT i, m, s, d, a, g, t, r, o, c, v, w, %s FROM json_to_recordset(%s::json) AS h(i uuid, m uuid,"
        " s bigint, d uuid, a uuid, g uuid, t text, r uuid, o text, c jsonb, v bigint, w timestamptz)",
        (
            now,
            as_json(
                {
                    "i": str(new_id()),
                    "m": entry.item.mutation,
                    "s": seqs.get((entry.item.table.name, entry.item.key), last),
                    "d": entry.item.device,
                    "a": entry.item.author,
                    "g": entry.item.grant,
                    "t": entry.item.table.name,
                    "r": entry.item.key,
                    "o": entry.item.change.operation.value,
                    "c": _changes(entry),
                    "v": entry.version,
                    "w": entry.item.authored_at,
                }
                for entry in accepted
            ),
        ),
    )


def _changes(entry: Accepted) -> dict[str, Any]:
    """Old and new value of each field; of a new row the row itself says what it was.

    A delete says all that its author wrote, also where the row was deleted already (s27); so does the first version
    of a row that a later one was brought back of, after a restore (s17).
    """
    fields = entry.item.change.fields
    if entry.item.change.operation is Operation.INSERT:
        result = entry.item.result
        known = entry.item.replayed and result is not None and result.outcome is Outcome.MERGED and not entry.changes
        return {name: [None, changed.new] for name, changed in fields.items()} if known else {}
    if entry.item.change.operation is Operation.DELETE:
        return {name: [changed.old, changed.new] for name, changed in fields.items()}
    return {name: [fields[name].old if name in fields else None, new] for name, new in entry.changes.items()}
