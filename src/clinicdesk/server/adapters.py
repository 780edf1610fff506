"""Answers in the words of an older workstation's schema, and its changes in those of this one (s22, s24)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from clinicdesk.domain.canonical import WireValue
from clinicdesk.domain.merge import RowChange
from clinicdesk.server.database import Connection
from clinicdesk.server.errors import DistrictSetupError
from clinicdesk.server.incoming import WAIT_FOR_SCHEMA, Incoming, from_payload
from clinicdesk.sync.protocol import ROW_STAMPS, ItemResult, PushBatch, TableRows
from clinicdesk.sync.versions import HISTORY, SchemaHistory


@dataclass(frozen=True, slots=True)
class Adapter:
    """Between this district's schema and those it still serves; for one of its own it does nothing."""

    history: SchemaHistory = HISTORY

    def rows(self, tables: Iterable[TableRows], schema: int) -> list[TableRows]:
        """The rows as they are, and behind them what a table of `schema` holds in their place."""
        if schema >= self.history.schema:
            return list(tables)
        return [self._shown(part, schema) for part in tables]

    def results(self, batch: PushBatch, results: Iterable[ItemResult], schema: int) -> list[ItemResult]:
        """Results that name the columns as the items did."""
        if schema >= self.history.schema:
            return list(results)
        return [
            msgspec.structs.replace(
                result, fields=self.history.names_then(batch.tables[item.table].table, result.fields, schema)
            )
            if result.fields and 0 <= item.table < len(batch.tables)
            else result
            for item, result in zip(batch.items, results, strict=True)
        ]

    def _shown(self, part: TableRows, schema: int) -> TableRows:
        names: list[str] = []
        rows: list[Any] = []
        sent: list[Any] = list(part.rows)  # of a page they are as the database wrote them
        for row in sent:
            told: list[Any] = msgspec.json.decode(row) if isinstance(row, msgspec.Raw) else row
            values = dict(zip(part.columns, told[len(ROW_STAMPS) :], strict=True))
            shown = self.history.shown(part.table, values, schema)
            names = list(shown)
            rows.append([*told, *shown.values()])
        return msgspec.structs.replace(part, rows=rows, shown=names) if names else part


def rests_on(item: Incoming, stored: Mapping[str, WireValue], history: SchemaHistory) -> RowChange:
    """The change of an older program with the words behind the stand-ins that its author saw."""
    if item.schema >= history.schema:
        return item.change
    fields = {
        name: replace(field, old=history.as_seen(item.table.name, name, field.old, stored.get(name), item.schema))
        for name, field in item.change.fields.items()
    }
    return replace(item.change, fields=fields)


def waiting_for_schema(connection: Connection, device: str, history: SchemaHistory) -> list[Incoming]:
    """What this device handed in when it, or this district, was too old for it, and can be read now, oldest first."""
    found: list[Incoming] = []
    for inbox, payload in connection.execute(
        "SELECT id::text, payload FROM sync_inbox WHERE device_id = %s AND state = 'HELD' AND reason = ANY(%s)"
        " ORDER BY received_at, id",
        (device, sorted(WAIT_FOR_SCHEMA)),
    ).fetchall():
        with contextlib.suppress(DistrictSetupError):
            found.append(from_payload(payload, device, inbox, history))
    return found
