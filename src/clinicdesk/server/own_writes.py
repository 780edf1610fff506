"""Rows that the district writes itself: its schools and accounts, certificates of keys, and what a loader brings in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from clinicdesk.domain.canonical import Kind, WireValue, canonical_value
from clinicdesk.server.database import Connection
from clinicdesk.server.ledger import Ledger, Written
from clinicdesk.server.rows import Row, load, new_row, write_all
from clinicdesk.server.scopes import (
    Membership,
    anchor_of,
    contact_scopes,
    contacts_of,
    members_of,
    student_scopes,
    write_members,
)
from clinicdesk.server.synced_tables import SyncedTable, synced_tables


@dataclass(slots=True)
class OwnWrites:
    """One transaction of the district's own. Tables are written in the order they are given: parents first."""

    connection: Connection
    district: str
    author: str | None
    now: dt.datetime
    rows: list[Row] = field(default_factory=list)
    _anchors: dict[tuple[str, str], str] = field(default_factory=dict)

    def insert(self, table: str, rows: Mapping[str, Mapping[str, object]]) -> None:
        """New rows by key; values of any spelling. Stamps may be given as `created_at` and `created_by`."""
        plan = synced_tables()[table]
        made = [self._new(plan, key, values) for key, values in rows.items()]
        write_all(self.connection, made)
        self.rows += made

    def update(self, table: str, key: str, values: Mapping[str, object]) -> None:
        """Change fields of one row."""
        plan = synced_tables()[table]
        row = load(self.connection, plan, [key], lock=True)[key]
        row.write(_canonical(plan, values), _instant(self.now), self.author)
        write_all(self.connection, [row])
        self.rows.append(row)

    def close(self) -> Written:
        """Memberships, log and digests of everything written; the caller commits."""
        changed = memberships(self.connection, self.rows, self.district, self.now.date())
        return record(self.connection, self.rows, changed, self.now, {})

    def _new(self, plan: SyncedTable, key: str, values: Mapping[str, object]) -> Row:
        wire = _canonical(plan, {name: value for name, value in values.items() if name in plan.kinds})
        anchor = anchor_of(
            plan, key, wire.get, district=self.district, device=self.district, parent_anchor=self._parent_anchor
        )
        if anchor is None:
            raise ValueError(f"no anchor for a row of {plan.name}")
        self._anchors[plan.name, key] = anchor
        at = values.get("created_at", self.now)
        by = values.get("created_by", self.author)
        return new_row(plan, key, wire, anchor, _instant(at), None if by is None else str(by))

    def _parent_anchor(self, table: str, key: str) -> str | None:
        if (table, key) not in self._anchors:
            found = self.connection.execute(synced_tables()[table].parent_sql, ([key],)).fetchone()
            if found is None:
                return None
            self._anchors[table, key] = found[1]
        return self._anchors[table, key]


def _canonical(plan: SyncedTable, values: Mapping[str, object]) -> dict[str, WireValue]:
    return {
        name: canonical
        for name, value in values.items()
        if (canonical := canonical_value(plan.kinds[name], value)) is not None or value is None
    }


def _instant(value: object) -> str:
    return str(canonical_value(Kind.INSTANT, value))


def memberships(connection: Connection, rows: Sequence[Row], district: str, today: dt.date) -> Membership:
    """Which anchors have other scopes now, worked out from the district's own rows (D10)."""
    students = {row.key for row in rows if row.table.name == "students"}
    students |= {row.left_alias for row in rows if row.left_alias is not None}
    students |= {str(row.values["student_id"]) for row in rows if row.table.name == "student_enrollments"}
    changed = Membership()
    if students:
        changed.after |= student_scopes(connection, students, today)
    for row in rows:
        if row.table.name in {"schools", "districts"} and row.stored_version == 0:
            changed.after[row.key] = frozenset({row.key})
    changed.before = members_of(connection, changed.after)
    moved = set(changed.moved())
    contacts = {row.key for row in rows if row.table.name == "contacts"}
    contacts |= {str(row.values[name]) for row in rows for name in _contact_columns(row) if row.values.get(name)}
    settled = moved - {row.key for row in rows if row.stored_version == 0}
    if settled:
        contacts |= contacts_of(connection, settled)
    if contacts:
        # Scopes of contacts are read from those of their students, so these have to stand first.
        write_members(connection, changed, sorted(moved))
        changed.before |= members_of(connection, contacts)
        changed.after |= contact_scopes(connection, contacts, district)
    return changed


def record(
    connection: Connection,
    rows: Collection[Row],
    changed: Membership,
    now: dt.datetime,
    origins: Mapping[tuple[str, str], str],
    *,
    least: int = 0,
) -> Written:
    """Memberships, log entries and digest sums of rows just written; `origins` are devices that need no echo."""
    moved = changed.moved()
    write_members(connection, changed, moved)
    ledger = Ledger()
    ledger.moved(connection, changed, moved, {(row.table.name, row.key) for row in rows})
    anchors = {anchor for row in rows for anchor in (row.anchor, row.stored_anchor) if anchor is not None}
    now_in = members_of(connection, anchors)
    for row in rows:
        stored = row.stored_anchor or ""
        before = changed.before.get(stored, frozenset()) if stored in changed.after else now_in.get(stored, frozenset())
        origin = origins.get((row.table.name, row.key))
        ledger.row_changed(row, before, now_in.get(row.anchor, frozenset()), origin)
    return ledger.write(connection, now, least=least)


def _contact_columns(row: Row) -> list[str]:
    """Columns by which a student's row refers to a contact; contacts take their scopes from it."""
    if row.table.name == "contacts":
        return []
    return [parent.column for parent in row.table.parents if parent.table == "contacts"]
