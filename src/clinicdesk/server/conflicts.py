"""Conflicts as rows: synced like any other, written by the district's own account, joined by later edits (s34, s39)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.canonical import Kind, WireValue, canonical_value, same_value
from clinicdesk.domain.merge import Clash, ConflictKind, DistrictRow
from clinicdesk.server.database import Connection
from clinicdesk.server.incoming import Incoming
from clinicdesk.server.rows import Row, load, new_row
from clinicdesk.server.synced_tables import CONFLICTS, SyncedTable, synced_tables

DECISION = frozenset({"status", "resolution", "resolved_at", "resolved_by", "merged_data", "resolution_note"})
"""The columns of a conflict that a person writes; the others are the district's."""

_SAID_BY = {"client_version": "author_id", "fields": "author_id", "server_version": "server_author_id"}
"""What each side says, and who said it last."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose row the conflict is about: its student or school, and the anchor that gives the conflict its scope."""

    anchor: str
    student: str | None = None
    school: str | None = None


@dataclass(slots=True)
class Conflicts:
    """The open conflicts that a push meets, and those it makes; `rows` are those of the push."""

    now: dt.datetime
    system_user: str | None
    rows: dict[tuple[str, str], Row]
    open: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    touched: dict[str, Row] = field(default_factory=dict)

    @property
    def at(self) -> str:
        return str(canonical_value(Kind.INSTANT, self.now))

    def read_open(self, connection: Connection, table: SyncedTable, keys: Iterable[str]) -> None:
        """Find what is already in dispute about these rows."""
        found = connection.execute(
            "SELECT id::text FROM sync_conflicts WHERE table_name = %s AND entity_id = ANY(%s::uuid[])"
            " AND status = 'PENDING' AND deleted_at IS NULL",
            (table.name, list(keys)),
        ).fetchall()
        keys = [key for (key,) in found]
        missing = [key for key in keys if (CONFLICTS, key) not in self.rows]
        for key, row in load(connection, synced_tables()[CONFLICTS], missing, lock=True).items():
            self.rows[CONFLICTS, key] = row
        for row in (self.rows[CONFLICTS, key] for key in keys):
            self.open.setdefault((table.name, str(row.values["entity_id"])), []).append(row)

    def raise_one(
        self,
        item: Incoming,
        clash: Clash,
        row: Row,
        place: Place,
        *,
        other: str | None = None,
        values: Mapping[str, WireValue] | None = None,
    ) -> str:
        """Keep what the author wrote beside what stands; an open conflict of the same author and desk takes it in."""
        given = (
            dict(values)
            if values
            else {name: item.change.fields[name].new for name in clash.fields if name in item.change.fields}
        )
        before = {name: item.change.fields[name].old for name in clash.fields if name in item.change.fields}
        theirs = {name: row.values.get(name) for name in _shown(item.table, clash)}
        joined = self._joined(item, clash)
        if joined is not None:
            self._write(
                joined,
                {
                    "client_version": {**_object(joined.values["client_version"]), **given},
                    "server_version": {**_object(joined.values["server_version"]), **theirs},
                    "fields": sorted({*_list(joined.values["fields"]), *clash.fields}),
                    "queue_item_id": item.mutation,
                    "authored_at": item.authored_at,
                    "device_id": item.device,
                },
            )
            return joined.key
        made = new_row(
            synced_tables()[CONFLICTS],
            str(new_id()),
            {
                "queue_item_id": item.mutation,
                "entity_type": item.table.entity_type,
                "entity_id": item.key,
                "client_version": given,
                "server_version": theirs,
                "base_values": before,
                "status": "PENDING",
                "kind": clash.kind.value,
                "table_name": item.table.name,
                "fields": list(clash.fields),
                "merge_group": clash.group,
                "student_id": place.student,
                "school_id": place.school,
                "other_entity_id": other,
                "is_safety": item.table.safety or any(name in item.table.safety_columns for name in clash.fields),
                "device_id": item.device,
                "author_id": item.author,
                "authored_at": item.authored_at,
                "server_author_id": row.updated_by,
                "server_changed_at": row.updated_at,
            },
            place.anchor,
            self.at,
            self.system_user,
        )
        self.touched[made.key] = self.rows[CONFLICTS, made.key] = made
        self.open.setdefault((item.table.name, item.key), []).append(made)
        return made.key

    def show_newest(self, item: Incoming, row: Row, accepted: Mapping[str, WireValue]) -> None:
        """An accepted edit of a field in dispute: the conflict shows the newest value of the district's side (s39)."""
        for conflict in self.open.get((item.table.name, item.key), ()):
            theirs = _object(conflict.values["server_version"])
            newer = {
                name: value
                for name, value in accepted.items()
                if name in theirs and not same_value(theirs[name], value)
            }
            if newer:
                changed = {"server_author_id": item.author, "server_changed_at": item.authored_at}
                self._write(conflict, {"server_version": {**theirs, **newer}, **changed})

    def _joined(self, item: Incoming, clash: Clash) -> Row | None:
        for conflict in self.open.get((item.table.name, item.key), ()):
            same_matter = (
                conflict.values["kind"] == clash.kind.value
                and bool(set(_list(conflict.values["fields"])) & set(clash.fields))
            ) or (clash.group is not None and conflict.values["merge_group"] == clash.group)
            # At another desk the author had not this value before her when she wrote: both stand (I0).
            same_side = (conflict.values["author_id"], conflict.values["device_id"]) == (item.author, item.device)
            if same_matter and same_side:
                return conflict
        return None

    def _write(self, conflict: Row, values: Mapping[str, WireValue]) -> None:
        conflict.write(values, self.at, self.system_user)
        self.touched[conflict.key] = conflict


def as_known_to(row: Row, decider: str) -> DistrictRow:
    """A conflict as the merge of a decision sees it: what the decider wrote in the meantime is no news to her (s39)."""
    known = row.as_merged()
    own = {name for name, author in _SAID_BY.items() if row.values.get(author) == decider}
    versions = {name: version for name, version in known.field_versions.items() if name not in own}
    return replace(known, field_versions=versions)


def place_of(connection: Connection, row: Row, district: str) -> Place:
    """The student or school that a conflict about this row belongs to."""
    if row.anchor != district:
        for table, named in (("students", "student"), ("schools", "school")):
            if connection.execute(synced_tables()[table].parent_sql, ([row.anchor],)).fetchone() is not None:
                return Place(row.anchor, **{named: row.anchor})
        school = row.values.get("school_id")
        if isinstance(school, str):
            return Place(school, school=school)
    return Place(district)


Finding = tuple[Row, Clash, str]
"""A row, what is in dispute about it, and the other row."""


def duplicates_and_forks(connection: Connection, table: SyncedTable, rows: Sequence[Row]) -> list[Finding]:
    """Rows just inserted that say a dose was given twice (s37), or supersede what was superseded already (D1)."""
    found: list[Finding] = []
    if table.name == "medication_logs":
        found += _double_doses(connection, rows)
    for column in table.forks_sql:
        found += _forks(connection, table, column, rows)
    return found


def _double_doses(connection: Connection, rows: Sequence[Row]) -> list[Finding]:
    given = {
        row.key: row
        for row in rows
        if row.values.get("outcome") == "GIVEN"
        and row.values.get("entry_kind") != "WITHDRAWN"
        and row.values.get("slot_key")
        and row.values.get("order_root_id")
    }
    if not given:
        return []
    pairs = connection.execute(
        "SELECT DISTINCT ON (a.id) a.id::text, b.id::text FROM medication_logs a JOIN medication_logs b"
        " ON b.order_root_id = a.order_root_id AND b.slot_key = a.slot_key AND b.id <> a.id AND b.outcome = 'GIVEN'"
        " AND b.entry_kind <> 'WITHDRAWN' AND NOT EXISTS (SELECT FROM medication_logs c WHERE c.supersedes_id = b.id)"
        # Two rows that follow one are a fork of one dose, not two doses.
        " AND b.id IS DISTINCT FROM a.supersedes_id"
        " AND (a.supersedes_id IS NULL OR b.supersedes_id IS DISTINCT FROM a.supersedes_id)"
        " WHERE a.id = ANY(%s::uuid[])"
        " AND NOT EXISTS (SELECT FROM medication_logs c WHERE c.supersedes_id = a.id) ORDER BY a.id, b.id",
        (list(given),),
    )
    clash = Clash(ConflictKind.POSSIBLE_DUPLICATE, ("order_root_id", "outcome", "slot_key"))
    return [(given[mine], clash, other) for mine, other in pairs]


def _forks(connection: Connection, table: SyncedTable, column: str, rows: Sequence[Row]) -> list[Finding]:
    superseding = {row.key: row for row in rows if row.values.get(column) is not None}
    if not superseding:
        return []
    pairs = connection.execute(table.forks_sql[column], (list(superseding),))
    return [(superseding[mine], Clash(ConflictKind.FORK, (column,)), other) for mine, other in pairs]


def _shown(table: SyncedTable, clash: Clash) -> list[str]:
    """The fields whose present value a person needs to see: those in conflict and the rest of their group."""
    group = {name for name, of in table.rules.groups.items() if clash.group is not None and of == clash.group}
    return sorted(group | set(clash.fields))


def _object(value: Any) -> dict[str, WireValue]:
    return dict(value) if isinstance(value, dict) else {}


def _list(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
