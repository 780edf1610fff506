"""Rows in the tables held against what the district last acknowledged of them, some at each session (s55, D21).

Digests are taken of the copies in `sync_rows`; a row that rotted in its table beside an intact copy is found here. It
is mended from that copy, and what stood in its place is kept at this desk for as long as the row is.
"""

# ruff: noqa: S608 - names of tables and columns come from the models, never from input

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.domain.canonical import CanonicalError, WireValue, same_value
from clinicdesk.domain.digest import digest_of, from_signed
from clinicdesk.models.enums import AuditAction, Severity
from clinicdesk.models.policy import SyncClass
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.context import SYNC_APPLIES
from clinicdesk.storage.device_facts import text_fact, write_fact
from clinicdesk.storage.engine import read_plainly
from clinicdesk.storage.recovery_state import recovers
from clinicdesk.storage.store import Store, Work
from clinicdesk.sync import migrating, restored
from clinicdesk.sync.inbox import block_rows
from clinicdesk.sync.kept_values import keep, rows_with_kept
from clinicdesk.sync.queue import Queue
from clinicdesk.sync.tables import TablePlan, WireTables

PLACE = "sync.checked_up_to"
"""The table and key of the row that was compared last; the next session goes on behind it."""

DIFFERS = "differs_from_copy"
"""Why a row is fetched again that cannot be mended here."""

MOST_NAMED = 100
"""How many rows one audit row names; it counts all of them."""

ROWS_A_SESSION = 100
CHUNK_ROWS = 50
SECONDS = 0.003
"""What one session gives to it at most, looked at after each chunk."""

_COPIES = (
    "SELECT table_name, row_id, base_version, base, digest FROM sync_rows WHERE (table_name, row_id) > (?, ?)"
    " ORDER BY table_name, row_id LIMIT ?"
)
_COPIES_OF = (
    "SELECT table_name, row_id, base_version, base, digest FROM sync_rows WHERE table_name = ?"
    " AND row_id IN (SELECT value FROM json_each(?))"
)
_SET_ASIDE = (
    "SELECT entity_type, entity_id FROM sync_states WHERE sync_status IN ('BLOCKED', 'GAVE_WAY', 'ERASED')"
    " AND entity_id IN (SELECT value FROM json_each(?))"
)
_RULE = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?"


class _Copy(NamedTuple):
    """A row of `sync_rows`."""

    table: str
    key: str
    version: int
    base: str | None
    digest: int

    @property
    def whole(self) -> bool:
        """Whether it is what its digest says, which is in the sums that both sides found equal."""
        content = (self.base or "{}").encode()
        return digest_of(self.table, self.key, self.version, content) == from_signed(self.digest)

    @property
    def values(self) -> Mapping[str, WireValue]:
        values: Mapping[str, WireValue] = msgspec.json.decode(self.base) if self.base else {}
        return values


@dataclass(frozen=True, slots=True)
class Differing:
    """A row with nothing pending that is not what the district acknowledged; no columns: it is not there at all.

    Nor does it name any where the copy is what is damaged.
    """

    table: str
    key: str
    columns: tuple[str, ...]
    here: Mapping[str, Any] = field(repr=False)
    copy: _Copy = field(repr=False)


@dataclass(slots=True)
class EveryRow:
    """What a check of every row found; `fetched_next` of the rows that differ come with the next session."""

    checked: int = 0
    differing: int = 0
    first: str | None = None
    fetched_next: int = 0
    kept: int = 0

    def as_json(self) -> dict[str, int]:
        return {
            "checked": self.checked,
            "differing": self.differing,
            "fetched_next": self.fetched_next,
            "kept": self.kept,
        }

    def count(self, found: Sequence[Differing]) -> None:
        self.differing += len(found)
        if found and self.first is None:
            self.first = f"{found[0].table} {found[0].key}: {', '.join(found[0].columns) or 'all of it'}"


def comparable(session: Session, tables: WireTables) -> bool:
    """Whether tables and copies say the same in the same words: not while a step of the sync writes one before the
    other, and not beside a district of another schema, which shows rows otherwise than it keeps them (s22).
    """
    apart = recovers(session) or restored.is_open(session) or migrating.under_way(session)
    return not apart and migrating.pulled_schemas(session) == (tables.schema, tables.schema)


def verify_every_row(store: Store, tables: WireTables, at: str, *, repair: bool) -> EveryRow | None:
    """All rows at once, for a person who asks; None where they cannot be compared now."""
    every = EveryRow()
    with store.read() as session:
        if not comparable(session, tables):
            return None
        found: list[Differing] = []
        for rows, differing in RowCheck(session.connection(), tables).all():
            every.checked += rows
            found += differing
        every.count(found)
        every.kept = rows_with_kept(session)
    if found and repair:
        with store.apply(SYNC_APPLIES) as work:
            every.fetched_next = RowCheck(work.session.connection(), tables).mend(work, found, at)
            every.kept = rows_with_kept(work.session)
    return every


@dataclass(frozen=True, slots=True)
class RowCheck:
    """The comparison within one transaction; `tables` are those of this program and of the district alike."""

    connection: sa.Connection
    tables: WireTables

    def next(self, session: Session, monotonic: Callable[[], float]) -> list[Differing]:
        """The next rows in turn, and the place where the session after this one goes on."""
        began, place = monotonic(), _place(session)
        found: list[Differing] = []
        for _chunk in range(ROWS_A_SESSION // CHUNK_ROWS):
            copies = self._copies(place)
            found += self._compared(copies)
            place = (copies[-1].table, copies[-1].key) if len(copies) == CHUNK_ROWS else ("", "")
            if place == ("", "") or monotonic() - began >= SECONDS:
                break
        write_fact(session, PLACE, text=" ".join(place))
        return found

    def all(self) -> Iterator[tuple[int, list[Differing]]]:
        """Every row, a chunk at a time: how many they are, and which of them differ."""
        place = ("", "")
        while copies := self._copies(place):
            yield len(copies), self._compared(copies)
            place = (copies[-1].table, copies[-1].key)

    def of(self, table: str, keys: Iterable[str]) -> list[Differing]:
        """These rows alone."""
        found = read_plainly(self.connection, _COPIES_OF, (table, _list(keys)))
        return self._compared([_Copy(*row) for row in found])

    def mend(self, work: Work, found: Sequence[Differing], at: str) -> int:
        """Keep what stands there and write what the copy says; how many of them it cannot bring back.

        Those are fetched again.
        """
        fetched = 0
        for row in found:
            if row.here:
                keep(work.session, row.table, row.key, row.here, at)
            if not (row.columns and self._written(row)):
                block_rows(self.connection, row.table, [row.key], at, DIFFERS)
                fetched += 1
        named = [{"table": row.table, "row": row.key, "columns": row.columns} for row in found[:MOST_NAMED]]
        facts = {"rows": len(found), "differing": named}
        work.audit(AuditEntry(AuditAction.SYNC_APPLY, "SyncState", facts=facts, is_phi=False, severity=Severity.HIGH))
        return fetched

    # --- Comparing -------------------------------------------------------------------------------------------

    def _copies(self, place: tuple[str, str]) -> list[_Copy]:
        return [_Copy(*row) for row in read_plainly(self.connection, _COPIES, (*place, CHUNK_ROWS))]

    def _compared(self, copies: Sequence[_Copy]) -> list[Differing]:
        found: list[Differing] = []
        for table, group in groupby(copies, key=lambda copy: copy.table):
            plan = self.tables.by_name.get(table)
            if plan is not None and plan.pulled:
                found += self._differing(plan, list(group))
        return self._settled(found) if found else found

    def _differing(self, plan: TablePlan, copies: Sequence[_Copy]) -> Iterator[Differing]:
        names = ", ".join(f'"{name}"' for name in plan.columns)
        query = f"SELECT id, {names} FROM {plan.name} WHERE id IN (SELECT value FROM json_each(?))"
        keys = _list(copy.key for copy in copies)
        rows = {row[0]: row[1:] for row in read_plainly(self.connection, query, (keys,))}
        for copy in copies:
            row = rows.get(copy.key)
            if row is None or not copy.whole:
                yield Differing(plan.name, copy.key, (), {}, copy)
                continue
            base = copy.values
            if row == _as_stored(plan, base):
                continue
            named = zip(plan.columns, row, strict=True)
            here = {name: stored for name, stored in named if not _is_same(plan, name, stored, base.get(name))}
            if here:
                yield Differing(plan.name, copy.key, tuple(here), here, copy)

    def _settled(self, found: Collection[Differing]) -> list[Differing]:
        """Those of which nothing waits, and that no other step has set aside."""
        queue = Queue(self.connection, self.tables)
        named = _list(row.key for row in found)
        aside = {(table, key) for table, key in read_plainly(self.connection, _SET_ASIDE, (named,))}
        for table in {row.table for row in found}:
            aside |= {(table, key) for key in queue.open_among(table, [row.key for row in found if row.table == table])}
        return [row for row in found if (row.table, row.key) not in aside]

    # --- Mending ---------------------------------------------------------------------------------------------

    def _written(self, row: Differing) -> bool:
        """Whether the row is as the copy says; what a key of another row forbids is left, and so is the row."""
        plan = self.tables.by_name[row.table]
        base = row.copy.values
        stored = [None if (value := base.get(name)) is None else plan.stored(name, value) for name in row.columns]
        sets = ", ".join(f'"{name}" = ?' for name in row.columns)
        savepoint = self.connection.begin_nested()
        # At once, not at the commit: a parent that is missing too must not take the session with it.
        self.connection.exec_driver_sql("PRAGMA defer_foreign_keys = OFF")
        try:
            with _unfrozen(self.connection, plan):
                self.connection.exec_driver_sql(f"UPDATE {plan.name} SET {sets} WHERE id = ?", (*stored, row.key))
        except sa.exc.IntegrityError:
            savepoint.rollback()
            return False
        finally:
            self.connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        savepoint.commit()
        return True


@contextlib.contextmanager
def _unfrozen(connection: sa.Connection, plan: TablePlan) -> Iterator[None]:
    """The rule that an appended row is never changed stands aside for one statement of this transaction (D1).

    To write such a row anew instead would count its stock twice and give its dose slot away.
    """
    if plan.kind is not SyncClass.APPEND_ONLY:
        yield
        return
    name = f"append_only_{plan.name}"
    rule = connection.exec_driver_sql(_RULE, (name,)).scalar_one()
    connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    connection.exec_driver_sql(rule)


def _as_stored(plan: TablePlan, base: Mapping[str, WireValue]) -> tuple[Any, ...]:
    """How such a row mostly stands in its table; one that is spelled otherwise is looked at value by value.

    Most kinds are stored as they travel.
    """
    otherwise = {name: plan.stored(name, base[name]) for name in plan.stored_otherwise & base.keys()}
    return tuple(map({**base, **otherwise}.get, plan.columns))


def _is_same(plan: TablePlan, column: str, stored: Any, acknowledged: WireValue) -> bool:
    try:
        return same_value(acknowledged, plan.wire(column, stored.hex() if isinstance(stored, bytes) else stored))
    except (CanonicalError, ValueError, TypeError, msgspec.DecodeError):
        return False  # what stands there is no value of this kind at all


def _place(session: Session) -> tuple[str, str]:
    table, _, key = (text_fact(session, PLACE) or "").partition(" ")
    return table, key


def _list(keys: Iterable[str]) -> str:
    return msgspec.json.encode(list(keys)).decode()
