"""Whose row it is: anchors from scope paths, scopes of anchors, and what a device may see and write (D10-D12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from psycopg import sql

from clinicdesk.domain.canonical import WireValue
from clinicdesk.models.policy import Anchor, ScopePath
from clinicdesk.models.registry import own_anchor_sources
from clinicdesk.server.database import Connection
from clinicdesk.server.policies import LAST_SCHOOL_KEEPS, certain_days
from clinicdesk.server.synced_tables import SyncedTable
from clinicdesk.sync.protocol import UNASSIGNED

MEMBERS = "scope_members"


@dataclass(frozen=True, slots=True)
class DeviceScopes:
    """What a device has: every scope, or its schools and the district's own."""

    everything: bool
    scopes: frozenset[str]

    def has(self, scopes: Collection[str]) -> bool:
        return self.everything or any(scope in self.scopes for scope in scopes)


def anchor_of(
    table: SyncedTable,
    key: str,
    value_of: Callable[[str], WireValue],
    *,
    district: str,
    device: str,
    parent_anchor: Callable[[str, str], str | None],
) -> str | None:
    """The anchor of a row by its scope path; None where a parent that decides it is not known."""
    path: ScopePath | None = table.scope
    while path is not None:
        if path.anchor is Anchor.DISTRICT:
            return district
        if path.anchor is Anchor.DEVICE:
            return device
        named = key if path.column == "id" else value_of(path.column or "")
        if isinstance(named, str):
            if path.anchor is not Anchor.PARENT:
                return named
            target = next(parent.table for parent in table.parents if parent.column == path.column)
            return parent_anchor(target, named)
        path = path.fallback
    return district


@dataclass(slots=True)
class Membership:
    """How the scopes of some anchors changed in one transaction."""

    before: dict[str, frozenset[str]] = field(default_factory=dict)
    after: dict[str, frozenset[str]] = field(default_factory=dict)

    def entered(self, anchor: str) -> frozenset[str]:
        return self.after.get(anchor, frozenset()) - self.before.get(anchor, frozenset())

    def left(self, anchor: str) -> frozenset[str]:
        return self.before.get(anchor, frozenset()) - self.after.get(anchor, frozenset())

    def moved(self) -> list[str]:
        return sorted(anchor for anchor in self.after if self.after[anchor] != self.before.get(anchor, frozenset()))


def members_of(connection: Connection, anchors: Collection[str]) -> dict[str, frozenset[str]]:
    """The scopes of each anchor that has any."""
    if not anchors:
        return {}
    found: dict[str, set[str]] = {}
    for anchor, scope in connection.execute(
        "SELECT anchor_id::text, scope_id::text FROM scope_members WHERE anchor_id = ANY(%s::uuid[])", (list(anchors),)
    ):
        found.setdefault(anchor, set()).add(scope)
    return {anchor: frozenset(scopes) for anchor, scopes in found.items()}


def left_since(connection: Connection, scopes: Collection[str], seq: int) -> dict[str, frozenset[str]]:
    """Anchors that left some of these scopes after `seq`: what a device could still hold in good faith (s44)."""
    found: dict[str, set[str]] = {}
    for anchor, scope in connection.execute(
        "SELECT row_id::text, scope_id::text FROM change_log WHERE scope_id = ANY(%s::uuid[]) AND table_name = %s"
        " AND operation = 'LEAVE' AND seq > %s",
        (list(scopes), MEMBERS, seq),
    ):
        found.setdefault(anchor, set()).add(scope)
    return {anchor: frozenset(left) for anchor, left in found.items()}


def left_after(
    connection: Connection, scopes: Collection[str], anchor: str, table: str, key: str, base: int, device: str
) -> frozenset[str]:
    """Those of the scopes that the anchor left when this row stood at version `base` or beyond (D12, s44).

    The district's history tells which version the row had at the leave. Versions that the device itself made
    afterwards do not count: an edit on top of its own accepted one is in the same good faith.
    """
    found = connection.execute(
        "SELECT l.scope_id::text FROM change_log l WHERE l.scope_id = ANY(%s::uuid[]) AND l.table_name = %s"
        " AND l.row_id = %s AND l.operation = 'LEAVE' AND NOT EXISTS (SELECT FROM change_history h"
        " WHERE h.table_name = %s AND h.row_id = %s AND h.seq > l.seq AND h.row_version <= %s"
        " AND h.device_id IS DISTINCT FROM %s)",
        (list(scopes), MEMBERS, anchor, table, key, base, device),
    )
    return frozenset(scope for (scope,) in found)


def student_scopes(connection: Connection, students: Collection[str], today: dt.date) -> dict[str, frozenset[str]]:
    """The scopes of these students; records merged into one have those of all, and come along (D26)."""
    family = merged_together(connection, students)
    own = _own_scopes(connection, {*students, *family}, today)
    union: dict[str, frozenset[str]] = {}
    for student, head in family.items():
        union[head] = union.get(head, frozenset()) | own[student]
    found = {student: union[family[student]] if student in family else scopes for student, scopes in own.items()}
    return {student: scopes - {UNASSIGNED} or scopes for student, scopes in found.items()}


_MERGED_TOGETHER = """
WITH RECURSIVE up (student, at, above) AS (
  SELECT s.id, s.id, s.merged_into_id FROM students s WHERE s.id = ANY(%(students)s::uuid[])
    AND (s.merged_into_id IS NOT NULL OR EXISTS (SELECT FROM students a WHERE a.merged_into_id = s.id))
  UNION SELECT up.student, s.id, s.merged_into_id FROM up JOIN students s ON s.id = up.above
), down (head, student) AS (
  SELECT DISTINCT at, at FROM up WHERE above IS NULL
  UNION SELECT down.head, s.id FROM down JOIN students s ON s.merged_into_id = down.student
)
SELECT student::text, head::text FROM down
"""


def merged_together(connection: Connection, students: Collection[str]) -> dict[str, str]:
    """Each of these students that is merged with others, and those others, by the record that counts."""
    return dict(connection.execute(_MERGED_TOGETHER.encode(), {"students": list(students)}).fetchall())


def _own_scopes(connection: Connection, students: Collection[str], today: dt.date) -> dict[str, frozenset[str]]:
    """The schools of the live enrolments; without one the last school for `LAST_SCHOOL_KEEPS`, then `UNASSIGNED`."""
    found: dict[str, set[str]] = {student: set() for student in students}
    for student, school in connection.execute(
        "SELECT student_id::text, school_id::text FROM student_enrollments WHERE student_id = ANY(%s::uuid[])"
        " AND deleted_at IS NULL AND status <> 'ENDED' AND (ends_on IS NULL OR ends_on >= %s)",
        (list(students), today),
    ):
        found[student].add(school)
    without = [student for student, schools in found.items() if not schools]
    if without:
        for student, school in connection.execute(
            "SELECT s.id::text, CASE WHEN coalesce(e.ends_on, s.left_on) < %s THEN NULL"
            " ELSE coalesce(s.school_id, e.school_id) END::text FROM students s LEFT JOIN LATERAL"
            " (SELECT e.school_id, e.ends_on FROM student_enrollments e WHERE e.student_id = s.id"
            " AND e.deleted_at IS NULL ORDER BY e.ends_on DESC NULLS LAST, e.id DESC LIMIT 1) e ON true"
            " WHERE s.id = ANY(%s::uuid[])",
            (today - certain_days(connection, LAST_SCHOOL_KEEPS), without),
        ):
            found[student].add(school or UNASSIGNED)
    return {student: frozenset(schools) for student, schools in found.items()}


_CONTACT_SCOPES = sql.SQL(" UNION ").join(
    sql.SQL(
        "SELECT r.{column}::text, m.scope_id::text FROM {table} r JOIN scope_members m ON m.anchor_id = r.scope_id"
        " WHERE r.{column} = ANY(%(contacts)s::uuid[])"
    ).format(column=sql.Identifier(source.column), table=sql.Identifier(source.table))
    for source in own_anchor_sources()
)

_CONTACTS_OF = sql.SQL(" UNION ").join(
    sql.SQL(
        "SELECT r.{column}::text FROM {table} r WHERE r.scope_id = ANY(%(anchors)s::uuid[]) AND r.{column} IS NOT NULL"
    ).format(column=sql.Identifier(source.column), table=sql.Identifier(source.table))
    for source in own_anchor_sources()
)


def contact_scopes(connection: Connection, contacts: Collection[str], district: str) -> dict[str, frozenset[str]]:
    """The union of the scopes of the students that refer to a contact, else its owner school, else the district."""
    found: dict[str, set[str]] = {contact: set() for contact in contacts}
    for contact, scope in connection.execute(_CONTACT_SCOPES, {"contacts": list(contacts)}):
        found[contact].add(scope)
    without = [contact for contact, scopes in found.items() if not scopes]
    if without:
        for contact, school in connection.execute(
            "SELECT id::text, school_id::text FROM contacts WHERE id = ANY(%s::uuid[])", (without,)
        ):
            found[contact].add(school or district)
    return {contact: frozenset(scopes) for contact, scopes in found.items()}


def contacts_of(connection: Connection, anchors: Collection[str]) -> set[str]:
    """The contacts that rows of these students refer to."""
    return {contact for (contact,) in connection.execute(_CONTACTS_OF, {"anchors": list(anchors)})}


def write_members(connection: Connection, changed: Membership, anchors: Iterable[str]) -> None:
    """Bring `scope_members` to what `changed` says."""
    entered = [(anchor, scope) for anchor in anchors for scope in sorted(changed.entered(anchor))]
    left = [(anchor, scope) for anchor in anchors for scope in sorted(changed.left(anchor))]
    if entered:
        connection.execute(
            "INSERT INTO scope_members (anchor_id, scope_id) SELECT * FROM unnest(%s::uuid[], %s::uuid[])"
            " ON CONFLICT DO NOTHING",
            ([anchor for anchor, _ in entered], [scope for _, scope in entered]),
        )
    if left:
        connection.execute(
            "DELETE FROM scope_members m USING unnest(%s::uuid[], %s::uuid[]) AS gone(anchor, scope)"
            " WHERE m.anchor_id = gone.anchor AND m.scope_id = gone.scope",
            ([anchor for anchor, _ in left], [scope for _, scope in left]),
        )
