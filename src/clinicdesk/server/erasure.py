"""Erasure by legal request: the rows go, a marker stays, and whatever still arrives of them is held unseen (s60).

The marker outlives every tombstone. It stands in the database and, for the day an older backup comes back, in a file
beside it. Keys of sealed fields are destroyed elsewhere (D32).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from clinicdesk.core.clock import Clock
from clinicdesk.domain.permissions import Act, Actor, allowed
from clinicdesk.models.enums import AuditAction, Severity
from clinicdesk.security.private_files import read_private, replace_private
from clinicdesk.server import files
from clinicdesk.server.database import Connection, Database, as_json
from clinicdesk.server.errors import DistrictSetupError
from clinicdesk.server.removal import naming, remove_rows
from clinicdesk.server.rows import load
from clinicdesk.server.synced_tables import CONFLICTS, synced_tables
from clinicdesk.server.trail import DistrictTrail

_DEPTH = 12


def among(connection: Connection, rows: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the rows, by table and key, that were erased."""
    if not rows:
        return set()
    found = connection.execute(
        "SELECT table_name, row_id::text FROM erasure_markers"
        " JOIN unnest(%s::text[], %s::uuid[]) AS asked(name, key) ON table_name = name AND row_id = key",
        ([table for table, _key in rows], [key for _table, key in rows]),
    )
    return set(found.fetchall())


class Erased(msgspec.Struct, frozen=True):
    """One request as the file beside the database remembers it: which rows, on what ground, when, by whom."""

    table: str
    key: str
    reference: str
    at: dt.datetime
    by: str
    rows: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Erasing:
    """Erases rows of one district. `remembered` is the file beside the database."""

    database: Database
    clock: Clock
    district: str
    remembered: Path | None = None

    def would_erase(self, table: str, key: str) -> dict[str, int]:
        """How many rows of each table the erasure of this one takes with it."""
        with self.database.owning() as connection:
            return {name: len(keys) for name, keys in sorted(_with_children(connection, table, key).items())}

    def erase(self, table: str, key: str, *, person: Actor, reference: str) -> dict[str, int]:
        """Erase a row with everything that names it; a student's row takes the whole record along.

        Raises:
            DistrictSetupError: not hers to do, no reference to the request, or no such row.
        """
        now = self.clock.now()
        if not allowed(person, Act.DELETE_STUDENT, at=now):
            raise DistrictSetupError("no_authority", act=Act.DELETE_STUDENT.value)
        if not reference.strip():
            raise DistrictSetupError("say_why")
        with self.database.owning(retention=True) as connection:
            rows = _with_children(connection, table, key)
            if not rows:
                raise DistrictSetupError("no_such_row", table=table)
            named = {name: sorted(keys) for name, keys in rows.items()}
            erased = Erased(table, key, reference.strip()[:100], now, str(person.user_id), named)
            self._remember(erased)
            _erase(connection, self.district, erased, rows, now)
        return {name: len(keys) for name, keys in sorted(rows.items())}

    def repeat(self) -> int:
        """After a restore: requests that the file knows and the database forgot are carried out again."""
        done = 0
        for erased in self._remembered():
            with self.database.owning(retention=True) as connection:
                if among(connection, [(erased.table, erased.key)]):
                    continue
                rows = _with_children(connection, erased.table, erased.key)
                for name, keys in erased.rows.items():
                    rows.setdefault(name, set()).update(keys)
                _erase(connection, self.district, erased, rows, self.clock.now())
                done += 1
        return done

    def _remembered(self) -> list[Erased]:
        content = None if self.remembered is None else read_private(self.remembered)
        return [] if content is None else msgspec.json.decode(content, type=list[Erased])

    def _remember(self, erased: Erased) -> None:
        if self.remembered is not None:
            replace_private(self.remembered, msgspec.json.encode([*self._remembered(), erased]))


def _erase(connection: Connection, district: str, erased: Erased, rows: dict[str, set[str]], now: dt.datetime) -> None:
    connection.execute(
        "INSERT INTO erasure_markers (table_name, row_id, subject_id, reference, erased_at, erased_by)"
        " SELECT m.t, m.r, %s, %s, %s, %s FROM json_to_recordset(%s::json) AS m(t text, r uuid)"
        " ON CONFLICT DO NOTHING",
        (
            erased.key,
            erased.reference,
            erased.at,
            erased.by,
            as_json({"t": name, "r": key} for name, keys in rows.items() for key in keys),
        ),
    )
    named = files.names_of(connection, rows.get("attachments", ()))
    remove_rows(connection, rows, now)
    files.drop_unreferred(connection, named)
    for name, keys in rows.items():
        place = (name, list(keys))
        # That a row was changed, when and by whom stays; what it said does not.
        connection.execute(
            "UPDATE change_history SET changes = '{}' WHERE table_name = %s AND row_id = ANY(%s::uuid[])", place
        )
        connection.execute(
            "UPDATE sync_inbox SET state = 'QUARANTINED', reason = 'erased', waits_for = NULL"
            " WHERE table_name = %s AND row_id = ANY(%s::uuid[]) AND state <> 'SETTLED'",
            place,
        )
        connection.execute(
            "UPDATE sync_inbox SET payload = payload || '{\"changes\": {}}'"
            " WHERE table_name = %s AND row_id = ANY(%s::uuid[]) AND state = 'SETTLED'",
            place,
        )
    facts = {"table": erased.table, "row": erased.key, "rows": sum(map(len, rows.values())), "ref": erased.reference}
    DistrictTrail(district).append(
        connection, now, AuditAction.RETENTION_PURGE, "erased", facts, by=erased.by, severity=Severity.HIGH
    )


@dataclass(slots=True)
class _Closure:
    """Rows found so far, and those whose children have still to be looked for."""

    rows: dict[str, set[str]] = field(default_factory=dict)
    new: dict[str, set[str]] = field(default_factory=dict)

    def add(self, name: str, keys: Collection[str]) -> None:
        fresh = set(keys) - self.rows.get(name, set())
        if fresh:
            self.rows.setdefault(name, set()).update(fresh)
            self.new.setdefault(name, set()).update(fresh)


def _with_children(connection: Connection, table: str, key: str) -> dict[str, set[str]]:
    """The row, all rows that name it, and what was in dispute about them; nothing where it is not there."""
    plan = synced_tables().get(table)
    if plan is None or plan.upload_only:
        raise DistrictSetupError("no_such_table", table=table)
    if not load(connection, plan, [key]):
        return {}
    closure = _Closure()
    closure.add(table, [key])
    for _depth in range(_DEPTH):
        looking, closure.new = closure.new, {}
        if not looking:
            break
        for name, keys in looking.items():
            for other, named in naming(connection, name, keys).items():
                if not synced_tables()[other].upload_only:
                    closure.add(other, named)
            disputed = connection.execute(
                "SELECT id::text FROM sync_conflicts WHERE table_name = %s AND entity_id = ANY(%s::uuid[])",
                (name, list(keys)),
            )
            closure.add(CONFLICTS, [conflict for (conflict,) in disputed])
    return closure.rows
