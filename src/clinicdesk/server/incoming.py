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
from clinicdesk.server.synced_tables import SyncedTable, synced_tables
from clinicdesk.sync.protocol import ItemResult, Outcome, PushBatch, PushItem, TableColumns

IMPORT = WritePurpose.IMPORT.value


@dataclass(slots=True)
class Incoming:
    """One readable item with everything that the batch said of it once for all.

    `settled`: its answer was decided before, and nothing of it is done again.
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


def unpack(batch: PushBatch) -> Unpacked:
    """Read every item; one bad item does not hinder the others (scenario 8)."""
    unpacked = Unpacked()
    known = [_KnownTable.of(entry) for entry in batch.tables]
    for position, item in enumerate(batch.items):
        payload = _payload(batch, item)
        try:
            unpacked.items.append(_read(batch, known, item, payload, position))
        except _ItemError as problem:
            result = ItemResult(Outcome.REJECTED, reason=problem.reason, fields=problem.fields)
            unpacked.unreadable.append(
                Unreadable(item.mutation, payload["table"], item.key, _fingerprint(payload), payload, result, position)
            )
    return unpacked


def from_payload(payload: Mapping[str, Any], device: str) -> Incoming:
    """An item that was held, as it stands in the inbox; it was readable when it came."""
    table = synced_tables()[payload["table"]]
    fields = {name: FieldChange(old, new, base) for name, (old, new, base) in payload["changes"].items()}
    return Incoming(
        payload["mutation"],
        table,
        payload["key"],
        RowChange(Operation(payload["operation"]), payload["base"], fields),
        device,
        payload["author"],
        payload["grant"],
        payload["authored_at"],
        _fingerprint(payload),
        payload,
        purpose=payload.get("purpose"),
    )


@dataclass(frozen=True, slots=True)
class _KnownTable:
    """A table as the batch names it: its columns, or why its items cannot be read."""

    table: SyncedTable | None
    columns: Sequence[str]
    problem: str | None = None
    unknown: Sequence[str] = ()

    @classmethod
    def of(cls, entry: TableColumns) -> _KnownTable:
        table = synced_tables().get(entry.table)
        if table is None:
            return cls(None, (), "unknown_table")
        unknown = [name for name in entry.columns if name not in table.kinds]
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
    of_import = {"purpose": purpose} if purpose == IMPORT else {}
    return {
        **of_import,
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
    batch: PushBatch, known: Sequence[_KnownTable], item: PushItem, payload: Mapping[str, Any], position: int
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
    fields = (
        _inserted(named.table, named.columns, item) if operation is Operation.INSERT else _changed(named.table, item)
    )
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
    )


def _inserted(table: SyncedTable, columns: Sequence[str], item: PushItem) -> dict[str, FieldChange]:
    if item.values is None or len(item.values) != len(columns):
        raise _ItemError("values")
    return {
        name: FieldChange(None, _canonical(table, name, value), 0)
        for name, value in zip(columns, item.values, strict=True)
        if value is not None
    }


def _changed(table: SyncedTable, item: PushItem) -> dict[str, FieldChange]:
    if not item.changes:
        raise _ItemError("changes")
    unknown = [name for name in item.changes if name not in table.kinds]
    if unknown:
        raise _ItemError("unknown_column", unknown)
    return {
        name: FieldChange(_canonical(table, name, old), _canonical(table, name, new), base)
        for name, (old, new, base) in item.changes.items()
    }


def _canonical(table: SyncedTable, name: str, value: object) -> WireValue:
    kind = table.kinds[name]
    try:
        canonical = canonical_value(kind, value)
    except CanonicalError:
        raise _ItemError("not_canonical", [name]) from None
    if kind is Kind.NUMBER and canonical is not None:
        # PostgreSQL would round it, and the two sides would differ without a word.
        _whole, _point, decimals = str(canonical).partition(".")
        if len(decimals) > table.scales[name]:
            raise _ItemError("too_exact", [name])
    return canonical
