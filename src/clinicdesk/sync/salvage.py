"""A damaged workstation: what was typed and not yet sent is carried into a fresh database, which is filled anew (s53).

The damaged file stays as it was found, beside a sealed export of what could be read. The new database holds this
device's own rows alone; its next session asks for the receipts of its queue, sends it and pulls everything else.
"""

# ruff: noqa: S608 - names of tables and columns come from the models, never from input

from __future__ import annotations

import datetime as dt
import errno
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from clinicdesk.core.clock import Clock
from clinicdesk.core.errors import UserFacingError
from clinicdesk.core.identifiers import new_id
from clinicdesk.core.paths import ProfilePaths
from clinicdesk.domain.canonical import Kind, canonical_value, same_value
from clinicdesk.models.enums import WriteMode, WritePurpose
from clinicdesk.models.policy import SyncClass
from clinicdesk.security.private_files import replace_private, sync_folder
from clinicdesk.security.sealing import lock, unlock_bytes
from clinicdesk.storage.damaged_file import DamagedFile, Row, is_sound
from clinicdesk.storage.device_facts import DATA_KEYS, DEVICE_ID, DISTRICT
from clinicdesk.storage.engine import create_engine_on_new_file
from clinicdesk.storage.errors import DiskFullError
from clinicdesk.storage.migrate import upgrade
from clinicdesk.storage.recovery_state import UNDER_WAY
from clinicdesk.sync.tables import TablePlan, wire_tables

QUEUE = "sync_queue_items"
FACTS = "device_facts"
UNSETTLED = frozenset({"PENDING", "IN_FLIGHT", "HELD", "REJECTED"})
NEEDED = frozenset({DISTRICT, DATA_KEYS, DEVICE_ID})
_ASSOCIATED = b"clinicdesk-salvage/1"
_ENDS = ("", "-wal", "-shm")


class NothingToSalvageError(UserFacingError):
    """Every page of the database can be read: there is nothing to repair."""

    code = "salvage_not_needed"


class SalvageNotPossibleError(UserFacingError):
    """The pages that say whose workstation this is are gone. What could be read is in the export; join anew."""

    code = "salvage_not_possible"


@dataclass(slots=True)
class Salvaged:
    """What was carried over: rows by table, rows that were there and could not be read, items made from the rows."""

    kept: dict[str, int] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)
    made: int = 0
    waiting: int = 0
    export: Path | None = None
    damaged: Path | None = None


def salvage(paths: ProfilePaths, db_key: bytes, export_key: bytes, clock: Clock) -> Salvaged:
    """Replace the damaged database by a fresh one with everything of this device's own that can be read.

    Raises:
        NothingToSalvageError: it is not damaged.
        SalvageNotPossibleError: too little is left; the export holds what there is, the file stays where it is.
        DatabaseUnreadableError: its first page or its schema is gone; the file stays where it is.
        DiskFullError: no room; nothing was changed.
    """
    if is_sound(paths.database, db_key):
        raise NothingToSalvageError
    aside = paths.root / f"damaged-{clock.now():%Y%m%dT%H%M%SZ}"
    _copy_aside(paths.database, aside)
    source = DamagedFile(aside / paths.database.name, db_key)
    found = Salvaged(damaged=aside)
    building = paths.database.with_name("clinic.db.building")
    _remove(building)
    try:
        queue = list(_queue(source, found, clock.now()))
        found.export = paths.root / f"{aside.name}.sealed"
        export = msgspec.json.encode({"queue": [row for _number, row in queue], "drafts": _drafts(source)})
        replace_private(found.export, lock(export_key, export, _ASSOCIATED))
        facts = dict(source.rows(FACTS))
        if not {row["name"] for row in facts.values()} >= NEEDED:
            raise SalvageNotPossibleError
        _build(building, db_key, source, queue, facts.items(), found, clock.now())
    finally:
        source.close()
        found.unread = dict(source.unread)
    _swap(building, paths.database)
    return found


def read_export(path: Path, export_key: bytes) -> dict[str, list[Row]]:
    """What an export holds. Raises `SealBrokenError`."""
    content = unlock_bytes(export_key, path.read_bytes(), _ASSOCIATED)
    return msgspec.json.decode(content, type=dict[str, list[dict[str, Any]]])


# --- What was read ---------------------------------------------------------------------------------------------


def _queue(source: DamagedFile, found: Salvaged, now: dt.datetime) -> Iterator[tuple[int, Row]]:
    """The queue; where a part of it is unreadable, also items made from rows the district does not have like this."""
    known: set[tuple[str, str]] = set()
    highest = 0
    for number, row in source.rows(QUEUE):
        highest = max(highest, number, row["local_seq"])
        if row["state"] in UNSETTLED:
            found.waiting += 1
            known.add((row["table_name"], row["entity_id"]))
        yield number, row
    if not source.unread.get(QUEUE):
        return
    bases = {(row["table_name"], row["row_id"]): row for _number, row in source.rows("sync_rows")}
    device = next((row["text_value"] for _n, row in source.rows(FACTS) if row["name"] == DEVICE_ID), None)
    for plan in wire_tables().by_name.values():
        if plan.kind is SyncClass.UPLOAD_ONLY:
            continue
        for row in _made(source, plan, known, bases, device, now):
            highest += 1
            found.made += 1
            found.waiting += 1
            yield highest, {**row, "local_seq": highest}


def _made(
    source: DamagedFile,
    plan: TablePlan,
    known: set[tuple[str, str]],
    bases: Mapping[tuple[str, str], Row],
    device: str | None,
    now: dt.datetime,
) -> Iterator[Row]:
    """An item for each row that differs from what the district last acknowledged of it, or was never acknowledged."""
    at = str(canonical_value(Kind.INSTANT, now))
    for _number, row in list(source.rows(plan.name)):
        author = row.get("updated_by") or row.get("created_by")
        if (plan.name, row["id"]) in known or author is None:
            continue
        base = bases.get((plan.name, row["id"]))
        changes = _changes(plan, row, base)
        if not changes:
            continue
        yield {
            "id": str(new_id()),
            "mutation_id": str(new_id()),
            "local_tx_id": str(new_id()),
            "device_id": device,
            "user_id": author,
            "timestamp": row["updated_at"],
            "created_at": at,
            "updated_at": at,
            "action_type": "INSERT" if base is None else "UPDATE",
            "entity_type": plan.shape.entity_type,
            "table_name": plan.name,
            "entity_id": row["id"],
            "base_version": 0 if base is None else base["base_version"],
            "changes": msgspec.json.encode(changes).decode(),
        }


def _changes(plan: TablePlan, row: Row, base: Row | None) -> dict[str, list[Any]]:
    queued = {name: _queued(row[name]) for name in plan.columns}
    if base is None:
        return {name: [None, value] for name, value in queued.items() if value is not None}
    acknowledged = msgspec.json.decode(base["base"]) if base["base"] else {}
    return {
        name: [_queued(None if (old := acknowledged.get(name)) is None else plan.stored(name, old)), value]
        for name, value in queued.items()
        if not same_value(acknowledged.get(name), plan.wire(name, value))
    }


def _queued(stored: Any) -> Any:
    """As capture writes it: bytes in hexadecimal."""
    return stored.hex() if isinstance(stored, bytes) else stored


def _drafts(source: DamagedFile) -> list[Row]:
    return [{name: _queued(value) for name, value in row.items()} for _number, row in source.rows("drafts")]


# --- The new database ------------------------------------------------------------------------------------------


def _build(
    path: Path,
    key: bytes,
    source: DamagedFile,
    queue: Iterable[tuple[int, Row]],
    facts: Iterable[tuple[int, Row]],
    found: Salvaged,
    now: dt.datetime,
) -> None:
    """People and lists come with the first pull; until then rows of this device may name people who are not there."""
    engine = create_engine_on_new_file(path, key)
    try:
        upgrade(engine)
        raw = engine.raw_connection().driver_connection
        assert raw is not None
        run: Callable[..., Any] = raw.execute
        run("PRAGMA foreign_keys = OFF")
        run("BEGIN IMMEDIATE")
        run(
            "INSERT INTO work_context (id, mode, author_id, grant_id, tx_id, purpose, written_at)"
            " VALUES (1, ?, NULL, NULL, ?, ?, ?)",
            (
                WriteMode.APPLY.value,
                str(new_id()),
                WritePurpose.SYNC.value,
                str(canonical_value(Kind.INSTANT, now)),
            ),
        )
        own = [plan.name for plan in wire_tables().by_name.values() if plan.kind is SyncClass.UPLOAD_ONLY]
        _lay(run, FACTS, facts, found)
        _lay(run, QUEUE, queue, found)
        for table in ("drafts", *own):
            _lay(run, table, source.rows(table), found)
        run(f"INSERT INTO {FACTS} (name, text_value) VALUES (?, 'yes') ON CONFLICT DO NOTHING", (UNDER_WAY,))
        run("DELETE FROM work_context")
        run("COMMIT")
        run("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        engine.dispose()


def _lay(run: Callable[..., Any], table: str, rows: Iterable[tuple[int, Row]], found: Salvaged) -> None:
    """The same row numbers: the place up to which upload-only rows were sent names one (D21)."""
    for number, row in rows:
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" * len(row))
        run(f"INSERT INTO {table} (rowid, {names}) VALUES (?, {marks})", (number, *row.values()))
        found.kept[table] = found.kept.get(table, 0) + 1


# --- Files -----------------------------------------------------------------------------------------------------


def _copy_aside(database: Path, aside: Path) -> None:
    aside.mkdir(mode=0o700)
    try:
        for end in _ENDS:
            file = database.with_name(database.name + end)
            if file.exists():
                shutil.copy2(file, aside / file.name)
    except OSError as error:
        shutil.rmtree(aside)
        if error.errno == errno.ENOSPC:
            raise DiskFullError from error
        raise
    sync_folder(aside)


def _swap(built: Path, database: Path) -> None:
    """The old file's log goes first: it must never be read over the new one. A copy of both stands aside."""
    with built.open("rb") as file:
        os.fsync(file.fileno())
    for end in _ENDS[1:]:
        database.with_name(database.name + end).unlink(missing_ok=True)
        built.with_name(built.name + end).unlink(missing_ok=True)
    built.replace(database)
    sync_folder(database.parent)


def _remove(database: Path) -> None:
    for end in _ENDS:
        database.with_name(database.name + end).unlink(missing_ok=True)
