"""A batch as it arrived, turned item by item into checked changes; what cannot be read is kept with its reason."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from clinicdesk.domain.canonical import CanonicalError, Kind, WireValue, canonical_value
from clinicdesk.domain.merge import FieldChange, Operation, RowChange
from clinicdesk.models.enums import WritePurpose
from clinicdesk.server.errors import DistrictSetupError
from clinicdesk.server.synced_tables import SyncedTable, synced_tables
from clinicdesk.sync.protocol import ItemResult, Outcome, PushBatch, PushItem, TableColumns
from clinicdesk.sync.versions import FIRST, HISTORY, Change, SchemaHistory

IMPORT = WritePurpose.IMPORT.value

OFFER = WritePurpose.SYNC.value
"""The purpose of an item that no person wrote: a workstation hands back what it was once told (s17)."""

_REPLAYED = "replayed"

WAIT_FOR_SCHEMA = frozenset({"unknown_table", "unknown_column", "upgrade_needed"})
"""Reasons that end when the program or the district is updated (s21, s22)."""

_SCHEMA = "schema"


@dataclass(slots=True)
class Incoming:
    """One readable item with everything that the batch said of it once for all.

    `settled`: its answer was decided before, and nothing of it is done again. `inbox`: where it was kept, if it is
    not new. `schema` is that of its author's program; `translated` says that its columns are called otherwise now.
    `replayed`: written before the present epoch began, so that versions above the restored one are lost ones (s17).
    """

    mutation: str
    table: SyncedTable
    key: str
    change: RowChange
    device: str
    author: str
    grant: str | None
    authored_at: str
    fingerprint: bytes
    payload: Mapping[str, Any]
    depends_on: Sequence[str] = ()
    position: int = -1
    purpose: str | None = None
    result: ItemResult | None = None
    settled: bool = False
    inbox: str | None = None
    schema: int = FIRST
    translated: bool = False
    replayed: bool = False

    @property
    def restores(self) -> bool:
        """Whether it brings back what a restore lost."""
        return self.replayed or self.purpose == OFFER

    def new_value(self, column: str) -> WireValue:
        changed = self.change.fields.get(column)
        return None if changed is None else changed.new


@dataclass(slots=True)
class Unreadable:
    """An item that cannot be a change of any row here."""

    mutation: str
    table: str | None
    key: str | None
    fingerprint: bytes
    payload: Mapping[str, Any]
    result: ItemResult
    position: int
    settled: bool = False


class _ItemError(Exception):
    def __init__(self, reason: str, fields: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fields = list(fields)


@dataclass(slots=True)
class Unpacked:
    """The items of a batch, in its order."""

    items: list[Incoming] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)


def unpack(batch: PushBatch, history: SchemaHistory = HISTORY) -> Unpacked:
    """Read every item; one bad item does not hinder the others (scenario 8).

    What an older schema calls otherwise is translated (s24); what only a newer one knows waits (s21).
    """
    unpacked = Unpacked()
    known = [_KnownTable.of(entry, batch.schema, history) for entry in batch.tables]
    replayed = frozenset(batch.replayed)
    for position, item in enumerate(batch.items):
        payload = _payload(batch, item)
        try:
            readable = _read(batch, known, item, payload, position, history)
            if position in replayed:
                # Not in the fingerprint: it is the same item as before.
                readable.replayed, readable.payload = True, {**payload, _REPLAYED: True}
            unpacked.items.append(readable)
        except _ItemError as problem:
            newer = batch.schema > history.schema and problem.reason in WAIT_FOR_SCHEMA
            outcome = Outcome.HELD if newer else Outcome.REJECTED
            result = ItemResult(outcome, reason=problem.reason, fields=problem.fields)
            unpacked.unreadable.append(
                Unreadable(item.mutation, payload["table"], item.key, _fingerprint(payload), payload, result, position)
            )
    return unpacked


def from_payload(payload: Mapping[str, Any], device: str, inbox: str, history: SchemaHistory = HISTORY) -> Incoming:
    """An item that was held, as it stands in the inbox.

    Raises:
        DistrictSetupError: this district cannot read it, or not yet.
    """
    table = synced_tables().get(payload["table"])
    if table is None:
        raise DistrictSetupError("not_releasable", item=inbox, reason="unknown_table")
    schema = payload.get(_SCHEMA, FIRST)
    changes = payload["changes"]
    try:
        operation = Operation(payload["operation"])
        fields = _fields(table, changes, schema, history)
    except (_ItemError, ValueError) as problem:
        raise DistrictSetupError("not_releasable", item=inbox, reason=str(problem)) from problem
    return Incoming(
        payload["mutation"],
        table,
        payload["key"],
        RowChange(operation, payload["base"], fields),
        device,
        payload["author"],
        payload["grant"],
        payload["authored_at"],
        _fingerprint(payload),
        payload,
        purpose=payload.get("purpose"),
        inbox=inbox,
        schema=schema,
        translated=fields.keys() != changes.keys(),
        replayed=bool(payload.get(_REPLAYED)),
    )


@dataclass(frozen=True, slots=True)
class _KnownTable:
    """A table as the batch names it: its columns, or why its items cannot be read."""

    table: SyncedTable | None
    columns: Sequence[str]
    problem: str | None = None
    unknown: Sequence[str] = ()

    @classmethod
    def of(cls, entry: TableColumns, schema: int, history: SchemaHistory) -> _KnownTable:
        table = synced_tables().get(entry.table)
        if table is None:
            return cls(None, (), "unknown_table")
        former = [name for name in entry.columns if history.knows(table.name, name, schema)]
        unknown = [name for name in entry.columns if name not in table.kinds and name not in former]
        if unknown:
            return cls(table, (), "unknown_column", unknown)
        return cls(table, entry.columns)


def _payload(batch: PushBatch, item: PushItem) -> dict[str, Any]:
    """The item by itself: what its fingerprint covers and what the inbox keeps."""
    table = batch.tables[item.table] if 0 <= item.table < len(batch.tables) else None
    if item.values is not None and table is not None:
        changes: dict[str, Any] = {
            name: (None, value, 0) for name, value in zip(table.columns, item.values, strict=False) if value is not None
        }
    else:
        changes = dict(item.changes or {})
    # Held items are judged once more when their parent comes, so what an import wrote stays known as such (D5).
    purpose = _at(batch.purposes, item.purpose)
    of_import = {"purpose": purpose} if purpose in {IMPORT, OFFER} else {}
    # The first schema is not named, so that a receipt of then still fits the item of then.
    named = {_SCHEMA: batch.schema} if batch.schema != FIRST else {}
    return {
        **of_import,
        **named,
        "mutation": item.mutation,
        "table": None if table is None else table.table,
        "key": item.key,
        "operation": item.operation,
        "base": item.base,
        "author": _at(batch.authors, item.author),
        "grant": _at(batch.grants, item.grant),
        "authored_at": item.authored_at,
        "changes": changes,
    }


def _at(names: Sequence[str], position: int) -> str | None:
    return names[position] if 0 <= position < len(names) else None


def _fingerprint(payload: Mapping[str, Any]) -> bytes:
    """Two items are the same when all that they say is the same (scenario 5).

    Whoever is signed in carries the upload-only rows that nobody authored: sent again by another they are the same.
    """
    table = synced_tables().get(payload["table"] or "")
    if table is not None and table.upload_only:
        payload = {**payload, "author": None}
    return hashlib.blake2b(msgspec.json.encode(payload, order="deterministic"), digest_size=16).digest()


def _read(
    batch: PushBatch,
    known: Sequence[_KnownTable],
    item: PushItem,
    payload: Mapping[str, Any],
    position: int,
    history: SchemaHistory,
) -> Incoming:
    if not 0 <= item.table < len(known):
        raise _ItemError("unknown_table")
    named = known[item.table]
    if named.table is None or named.problem is not None:
        raise _ItemError(named.problem or "unknown_table", named.unknown)
    try:
        operation = Operation(item.operation)
    except ValueError:
        raise _ItemError("unknown_operation") from None
    author = payload["author"]
    if author is None:
        raise _ItemError("no_author")
    changes = _said(operation, named.columns, item)
    fields = _fields(named.table, changes, batch.schema, history)
    try:
        authored_at = str(canonical_value(Kind.INSTANT, item.authored_at))
    except CanonicalError:
        raise _ItemError("authored_at") from None
    return Incoming(
        item.mutation,
        named.table,
        item.key,
        RowChange(operation, item.base, fields),
        batch.device,
        author,
        payload["grant"],
        authored_at,
        _fingerprint(payload),
        payload,
        item.depends_on,
        position,
        _at(batch.purposes, item.purpose),
        schema=batch.schema,
        translated=fields.keys() != changes.keys(),
    )


def _said(operation: Operation, columns: Sequence[str], item: PushItem) -> Mapping[str, Change]:
    """The columns of an item with what it says of them, whatever its kind."""
    if operation is not Operation.INSERT:
        if not item.changes:
            raise _ItemError("changes")
        return item.changes
    if item.values is None or len(item.values) != len(columns):
        raise _ItemError("values")
    return {name: (None, value, 0) for name, value in zip(columns, item.values, strict=True) if value is not None}


def _fields(
    table: SyncedTable, changes: Mapping[str, Change], schema: int, history: SchemaHistory
) -> dict[str, FieldChange]:
    if schema < history.schema:
        split = [name for name in changes if history.column_now(table.name, name, schema) is None]
        not_text = [name for name in split if not all(isinstance(one, str | None) for one in changes[name][:2])]
        if not_text:
            raise _ItemError("not_canonical", not_text)
        changes = history.changes_now(table.name, changes, schema)
    unknown = [name for name in changes if name not in table.kinds]
    if unknown:
        raise _ItemError("unknown_column", unknown)
    return {
        name: FieldChange(
            None if old is None else _canonical(table, name, old),
            None if new is None else _canonical(table, name, new),
            base,
        )
        for name, (old, new, base) in changes.items()
    }


def _canonical(table: SyncedTable, name: str, value: object) -> WireValue:
    try:
        canonical = table.readers[name](value)
    except CanonicalError:
        raise _ItemError("not_canonical", [name]) from None
    if table.kinds[name] is Kind.JSON and _is_inexact(canonical):
        # PostgreSQL would give it back as a whole number that has no canonical form.
        raise _ItemError("not_canonical", [name])
    if name in table.scales:
        # PostgreSQL would round it, and the two sides would differ without a word.
        _whole, _point, decimals = str(canonical).partition(".")
        if len(decimals) > table.scales[name]:
            raise _ItemError("too_exact", [name])
    return canonical


def _is_inexact(value: object) -> bool:
    """Whether a JSON value holds a whole number beyond what is exact: such a one is left as a binary fraction."""
    if isinstance(value, float):
        return value.is_integer()
    if isinstance(value, list):
        return any(map(_is_inexact, value))
    return isinstance(value, dict) and any(map(_is_inexact, value.values()))
