"""What a life has come to, as values: both sides' rows, conflicts, inbox, queue, and how often each thing was done."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import msgspec
from tests.support.district import Town
from tests.support.workstation import Workstation

from clinicdesk.server import office
from clinicdesk.server.rows import load
from clinicdesk.server.synced_tables import synced_tables
from clinicdesk.sync.tables import wire_tables

_OF_THE_RUN = frozenset({"sync_sessions", "audit_logs"})
"""Rows that tell of the sessions themselves: a life cut in two has one more of them."""

CONFLICTS = "sync_conflicts"

Rows = dict[tuple[str, str], tuple[int, str | None, dict[str, Any]]]
"""Version, anchor and values by table and key."""


@dataclass(frozen=True)
class Outcome:
    """Two lives are equal when all of this is. Keys that a district made for itself are left out."""

    digests: dict[str, dict[str, object]]
    district: Rows
    desk: Rows
    conflicts: list[str]
    conflicts_here: list[str]
    inbox: list[tuple[object, ...]]
    queue: list[tuple[object, ...]]
    history: list[tuple[object, ...]]
    receipts: list[tuple[object, ...]]
    said_once: list[tuple[object, ...]]

    def differences(self, other: Outcome) -> list[str]:
        found = []
        for part in fields(self):
            mine, theirs = getattr(self, part.name), getattr(other, part.name)
            if mine != theirs:
                found.append(f"{part.name}: {_apart(mine, theirs)}")
        return found


def outcome_of(desk: Workstation, town: Town) -> Outcome:
    """Read everything anew from both databases."""
    rows, conflicts = _district_rows(town)
    rows_here, conflicts_here = _desk_rows(desk)
    digests = {
        scope: {table: of for table, of in tables.items() if table != CONFLICTS}
        for scope, tables in office.digest(town.database)["scopes"].items()
    }
    return Outcome(
        digests,
        rows,
        rows_here,
        conflicts,
        conflicts_here,
        sorted(town.query("SELECT mutation_id::text, state, reason, payload::text FROM sync_inbox")),
        sorted((i["mutation_id"], i["state"], i["last_error"], i["entity_id"]) for i in desk.queue()),
        sorted(
            town.query(
                "SELECT table_name, row_id::text, row_version, coalesce(mutation_id::text, ''), changes::text"
                " FROM change_history WHERE NOT table_name = ANY(%s)",
                [CONFLICTS, *_OF_THE_RUN],
            )
        ),
        sorted(
            town.query(
                "SELECT mutation_id::text, state FROM sync_receipts r WHERE NOT EXISTS"
                " (SELECT FROM sync_sessions s WHERE s.id = r.mutation_id)"
                " AND NOT EXISTS (SELECT FROM audit_logs a WHERE a.id = r.mutation_id"
                " AND a.action IN ('SYNC_APPLY', 'LEAVE_PURGE'))"
            )
        ),
        sorted(
            town.query(
                "SELECT action, entity_type, coalesce(entity_id::text, ''), count(*) FROM audit_logs"
                " WHERE action NOT IN ('SYNC_APPLY', 'LEAVE_PURGE') GROUP BY 1, 2, 3"
            )
        ),
    )


def _district_rows(town: Town) -> tuple[Rows, list[str]]:
    rows: Rows = {}
    conflicts: list[str] = []
    with town.database.owning() as connection:
        for name, table in synced_tables().items():
            if name in _OF_THE_RUN:
                continue
            keys = [key for (key,) in connection.execute(table.keys_sql)]
            for key, row in load(connection, table, keys).items():
                if name == CONFLICTS:
                    conflicts.append(_as_text(row.values))
                else:
                    rows[name, key] = (row.version, row.anchor, row.values)
    return rows, sorted(conflicts)


def _desk_rows(desk: Workstation) -> tuple[Rows, list[str]]:
    rows: Rows = {}
    conflicts: list[str] = []
    for name, plan in wire_tables().by_name.items():
        if name in _OF_THE_RUN:
            continue
        for row in desk.rows(f"SELECT * FROM {name}"):
            values = {
                column: plan.wire(column, value.hex() if isinstance(value := row[column], bytes) else value)
                for column in plan.columns
            }
            if name == CONFLICTS:
                conflicts.append(_as_text(values))
            else:
                rows[name, row["id"]] = (row["row_version"], row["scope_id"], values)
    return rows, sorted(conflicts)


def _as_text(values: object) -> str:
    return msgspec.json.encode(values, order="deterministic").decode()


def _apart(mine: Any, theirs: Any) -> str:
    if isinstance(mine, dict):
        places = [place for place in mine.keys() | theirs.keys() if mine.get(place) != theirs.get(place)]
        return "; ".join(f"{place}: {mine.get(place)} and {theirs.get(place)}" for place in sorted(places, key=str)[:3])
    only = [f"+ {one}" for one in theirs if one not in mine] + [f"- {one}" for one in mine if one not in theirs]
    return "; ".join(only[:4]) or f"{len(mine)} and {len(theirs)}"
