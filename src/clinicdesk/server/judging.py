"""Whether an item may be merged at all: its parents are there, its rows in scope, its author in the right (D5, D12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from clinicdesk.domain.canonical import WireValue
from clinicdesk.domain.item_reasons import ItemReason
from clinicdesk.domain.merge import Operation
from clinicdesk.domain.permissions import Actor, Authority, Reason
from clinicdesk.server import reach, records
from clinicdesk.server.authors import Authors, Told
from clinicdesk.server.conflicts import DECISION
from clinicdesk.server.database import Connection
from clinicdesk.server.incoming import IMPORT, OFFER, Incoming
from clinicdesk.server.releasing import waits_behind
from clinicdesk.server.rows import Row
from clinicdesk.server.scopes import DeviceScopes, anchor_of, left_after, left_since, members_of
from clinicdesk.server.synced_tables import CONFLICTS, SyncedTable, synced_tables
from clinicdesk.sync.protocol import UNASSIGNED, Outcome

_NAMES_ITS_SCHOOL = frozenset({"students", "contacts"})
"""Tables whose new rows have no scopes yet but say the school that will be theirs."""

_IMPORTED = frozenset({"roster_imports", "source_links"})
"""Tables that nothing but a roster import writes (D5)."""


@dataclass(frozen=True, slots=True)
class Sender:
    """The device a push comes from, as the district knows it."""

    device: str
    scopes: DeviceScopes
    acknowledged_seq: int
    now: dt.datetime
    skew: dt.timedelta = dt.timedelta()
    """How far its clock was ahead when it sent this."""


@dataclass(frozen=True, slots=True)
class Parent:
    """A row that others name."""

    anchor: str | None
    deleted: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an item is not merged now, and what it waits for."""

    outcome: Outcome
    reason: str
    waits_for: str | None = None
    fields: Sequence[str] = ()


@dataclass(slots=True)
class Judge:
    """What a push has found out about rows, parents, scopes and authors; `rows` are those of the push.

    A `voucher` is a person who answers for the items in place of their authors: her authority counts, as of now.
    """

    connection: Connection
    district: str
    sender: Sender
    rows: dict[tuple[str, str], Row]
    voucher: Actor | None = None
    authors: Authors = field(default_factory=Authors)
    members: dict[str, frozenset[str]] = field(default_factory=dict)
    parents: dict[tuple[str, str], Parent] = field(default_factory=dict)
    failed: set[tuple[str, str]] = field(default_factory=set)
    new_anchors: dict[str, frozenset[str]] = field(default_factory=dict)
    _coming: dict[tuple[str, str], Incoming] = field(default_factory=dict)
    _enrolments: dict[str, str] = field(default_factory=dict)
    _kept: dict[str, dict[tuple[str, str], list[records.Earlier]]] = field(default_factory=dict)
    _left: dict[str, frozenset[str]] | None = None
    _leased: bool | None = None

    def prepare(self, items: Sequence[Incoming]) -> None:
        """Read the authors of a batch, and which new students it enrols where."""
        self.authors.read(self.connection, (item.author for item in items))
        self._enrolments = {
            str(item.new_value("student_id")): str(item.new_value("school_id"))
            for item in items
            if item.table.name == "student_enrollments" and item.change.operation is Operation.INSERT
        }
        keys: dict[str, set[str]] = {}
        for item in items:
            keys.setdefault(item.device, set()).add(item.key)
        self._kept = {device: records.kept_of_rows(self.connection, device, rows) for device, rows in keys.items()}

    def prepare_table(self, table: SyncedTable, items: Iterable[Incoming]) -> None:
        """Read the parents and scopes that the items of one table are judged by."""
        items = list(items)
        inserted = (item for item in items if item.change.operation is Operation.INSERT)
        self._coming = {(table.name, item.key): item for item in inserted}
        self._find_parents(table, items)
        self._find_members(table, items)

    def problem(self, item: Incoming, coming: Collection[str], others: Mapping[str, Incoming]) -> Problem | None:
        """Why an item cannot be merged now; `coming` are keys that this batch brings to the same table."""
        table = item.table
        system = table.authority is Authority.SYSTEM or (table.name == CONFLICTS and not _is_resolution(item))
        if system and not (item.purpose == OFFER and self.voucher is not None):
            return Problem(Outcome.REJECTED, "system_row")
        if table.upload_only and item.new_value("device_id") == self.district:
            # The district's own audit chain is written by nobody else.
            return Problem(Outcome.REJECTED, "system_row")
        behind = waits_behind(item, self.kept_before(item))
        if behind is not None and item.change.operation is not Operation.INSERT:
            return Problem(Outcome.HELD, "depends", behind)
        for dependency in item.depends_on:
            other = others.get(dependency)
            if other is not None and other.result is not None and other.result.outcome in records.NOT_IN:
                return Problem(Outcome.HELD, "depends", other.key)
        for parent in table.parents:
            changed = item.change.fields.get(parent.column)
            named = None if changed is None else changed.new
            if not isinstance(named, str) or (parent.table == table.name and named in coming):
                continue
            if (parent.table, named) not in self.parents:
                reason = "parent_held" if (parent.table, named) in self.failed else "parent_missing"
                return Problem(Outcome.HELD, reason, named, (parent.column,))
        imported = item.purpose == IMPORT or table.name in _IMPORTED
        if imported and self.voucher is None and not self._had_lease():
            return Problem(Outcome.HELD, "no_lease")
        return self.unauthorised(item)

    def kept_before(self, item: Incoming) -> Sequence[records.Earlier]:
        """What the item's device handed in of this row before, and is not in."""
        return self._kept.get(item.device, {}).get((item.table.name, item.key), ())

    def anchor(self, item: Incoming, row: Row | None) -> str | None:
        """The anchor of the row as the item would leave it."""
        fields = item.change.fields

        def value_of(name: str) -> WireValue:
            return fields[name].new if name in fields else row.values.get(name) if row is not None else None

        return self._anchor_of(item.table, item.key, value_of)

    def anchor_after(self, item: Incoming, row: Row | None, accepted: Mapping[str, WireValue]) -> str | None:
        """The anchor of the row as the merge leaves it."""
        if not accepted and row is not None:
            return row.anchor
        return self._anchor_of(item.table, item.key, _as_left(row, accepted))

    def _anchor_of(self, table: SyncedTable, key: str, value_of: Callable[[str], WireValue]) -> str | None:
        return anchor_of(
            table,
            key,
            value_of,
            district=self.district,
            device=self.sender.device,
            parent_anchor=self._parent_anchor,
        )

    def announce(self, item: Incoming, anchor: str) -> None:
        """A new row that is an anchor itself: what comes with it in this push is in its scopes."""
        self.new_anchors[anchor] = self._schools(item, None, anchor)

    def _had_lease(self) -> bool:
        """Whether the import lease is this device's, or was it last: what it wrote under it comes with a later push."""
        if self._leased is None:
            found = self.connection.execute("SELECT device_id::text FROM import_leases").fetchone()
            self._leased = self.sender.scopes.everything and found is not None and found[0] == self.sender.device
        return self._leased

    def unauthorised(self, item: Incoming) -> Problem | None:
        """Why the item is not its author's to write there, if it is not (D5, D12)."""
        row = self.rows.get((item.table.name, item.key))
        anchor = self.anchor(item, row)
        if anchor is None:
            return Problem(Outcome.HELD, "no_anchor")
        if item.table.upload_only:
            return None
        # A row that is there is judged by where it is, and if the item moves it, by where it goes as well.
        touched = [self._schools(item, row, row.anchor if row is not None else anchor)]
        anchors = [row.anchor if row is not None else anchor]
        if row is not None and (anchor != row.anchor or item.new_value("school_id") is not None):
            touched.append(self._schools(item, None, anchor))
            anchors.append(anchor)
        for place, schools in zip(anchors, touched, strict=True):
            problem = self._unauthorised_at(item, row, place, schools)
            if problem is not None:
                return problem
        return None

    def unshared(
        self, item: Incoming, row: Row | None, accepted: Mapping[str, WireValue], anchor: str | None
    ) -> Problem | None:
        """Why the row must not stand as the merge leaves it: somebody would get it without what it names (D11).

        `anchor` is the one that it would have then.
        """
        if not accepted or anchor is None:
            return None
        value_of = _as_left(row, accepted)
        moved = row if row is not None and anchor != row.anchor else None
        elsewhere = [
            column
            for column, target in reach.binding_keys(item.table.name).items()
            if (moved is not None or column in accepted)
            and isinstance(named := value_of(column), str)
            and (there := self._anchor_of_named(target, named)) is not None
            and not reach.reaches(self.connection, anchor, there, self.district)
        ]
        if moved is not None and not elsewhere:
            behind = reach.leaves_behind(self.connection, self.rows.values(), moved, anchor, self.district)
            elsewhere = sorted(accepted) if behind else []
        return Problem(Outcome.REJECTED, ItemReason.NOT_SHARED.value, fields=elsewhere) if elsewhere else None

    def _anchor_of_named(self, table: str, key: str) -> str | None:
        """The anchor of a row that an item names: one of this push, one of before, or one that comes with it."""
        row = self.rows.get((table, key))
        if row is not None:
            return row.anchor
        if (table, key) in self.parents:
            return self.parents[table, key].anchor
        coming = self._coming.get((table, key))
        return None if coming is None else self.anchor(coming, None)

    def _unauthorised_at(self, item: Incoming, row: Row | None, anchor: str, schools: frozenset[str]) -> Problem | None:
        if self.voucher is not None:
            vouched = self.authors.vouched(
                item, row, schools - {self.district, UNASSIGNED}, self.voucher, self.sender.now
            )
            return None if vouched else Problem(Outcome.HELD, "role")
        scopes = self.sender.scopes
        if not scopes.everything and anchor != self.district and not scopes.has(schools):
            # It was in the device's scope when its author last heard of it, or at the version the author saw (D12,
            # s44): by that school the grant is judged.
            left = self._left_lately(anchor) | self._left_after_base(item, row, anchor)
            if not left and (schools or row is not None or item.table.name not in {"contacts", "schools"}):
                return Problem(Outcome.HELD, "scope")
            schools |= left
        told = Told(self.sender.now, self.sender.acknowledged_seq, self.sender.skew)
        decision = self.authors.judge(item, row, schools - {self.district, UNASSIGNED}, told)
        if decision:
            return None
        return Problem(Outcome.HELD, "author_inactive" if decision.reason is Reason.INACTIVE else "role")

    def _schools(self, item: Incoming, row: Row | None, anchor: str) -> frozenset[str]:
        """The scopes the item touches: those of the anchor, or where a row names its own school, that one."""
        if item.table.name == "student_enrollments":
            school = row.values.get("school_id") if row is not None else item.new_value("school_id")
            return frozenset() if school is None else frozenset({str(school)})
        if item.table.name == "schools" and row is None:
            return frozenset()
        known = self.members.get(anchor, frozenset()) | self.new_anchors.get(anchor, frozenset())
        if known or row is not None or item.table.name not in _NAMES_ITS_SCHOOL:
            return known
        named = (item.new_value("school_id"), self._enrolments.get(item.key))
        return frozenset(str(school) for school in named if school is not None)

    def _left_lately(self, anchor: str) -> frozenset[str]:
        """The scopes of the device that the anchor has left since the device last heard of them."""
        if self._left is None:
            self._left = left_since(self.connection, self.sender.scopes.scopes, self.sender.acknowledged_seq)
        return self._left.get(anchor, frozenset())

    def _left_after_base(self, item: Incoming, row: Row | None, anchor: str) -> frozenset[str]:
        """The scopes of the device that the row was in at the item's base version (D12)."""
        change = item.change
        if row is None or row.anchor != anchor or change.operation is Operation.INSERT:
            return frozenset()
        base = max((change.base, *(changed.base for changed in change.fields.values())))
        if not 1 <= base <= row.version:
            return frozenset()
        scopes, device = self.sender.scopes.scopes, self.sender.device
        return left_after(self.connection, scopes, anchor, item.table.name, item.key, base, device)

    def _parent_anchor(self, table: str, key: str) -> str | None:
        parent = self.parents.get((table, key))
        return None if parent is None else parent.anchor

    def _find_parents(self, table: SyncedTable, items: Collection[Incoming]) -> None:
        """Read the parents that new values name, and those that give an existing row its scope."""
        wanted: dict[str, set[str]] = {}
        stored = [row.values for item in items if (row := self.rows.get((table.name, item.key))) is not None]
        changed = [item.change.fields for item in items]
        for parent in table.parents:
            column = parent.column
            named = {values.get(column) for values in stored}
            named |= {fields[column].new for fields in changed if column in fields}
            keys = {key for key in named if isinstance(key, str) and (parent.table, key) not in self.parents}
            if keys:
                wanted.setdefault(parent.table, set()).update(keys)
        for name, keys in wanted.items():
            for key, anchor, deleted in self.connection.execute(synced_tables()[name].parent_sql, (list(keys),)):
                self.parents[name, key] = Parent(anchor, deleted)

    def _find_members(self, table: SyncedTable, items: Iterable[Incoming]) -> None:
        anchors: set[str] = set()
        for item in items:
            row = self.rows.get((table.name, item.key))
            anchors |= {named for named in (self.anchor(item, row), row.anchor if row else None) if named is not None}
        missing = [anchor for anchor in anchors if anchor not in self.members]
        if missing:
            self.members.update(dict.fromkeys(missing, frozenset[str]()))
            self.members.update(members_of(self.connection, missing))


def _as_left(row: Row | None, accepted: Mapping[str, WireValue]) -> Callable[[str], WireValue]:
    """The values of the row with those that it takes over."""
    return lambda name: accepted[name] if name in accepted else None if row is None else row.values.get(name)


def _is_resolution(item: Incoming) -> bool:
    """The one thing a person may do to a conflict row: decide it."""
    return item.change.operation is Operation.UPDATE and item.change.fields.keys() <= DECISION
