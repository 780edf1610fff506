"""What a device is told of rows beside the answers to its items."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from clinicdesk.server.database import Connection
from clinicdesk.server.rows import Row, load
from clinicdesk.server.scopes import DeviceScopes, members_of
from clinicdesk.server.synced_tables import synced_tables
from clinicdesk.sync.protocol import TableRows


def rows_to_send(
    connection: Connection,
    wanted: Mapping[str, Collection[str]],
    known: Mapping[tuple[str, str], Row],
    scopes: DeviceScopes,
) -> list[TableRows]:
    """The present state of rows, for answers to items. A row that has left the device's scopes is not told (D12)."""
    sent: list[TableRows] = []
    for name in sorted(wanted, key=lambda name: synced_tables()[name].rank):
        table = synced_tables()[name]
        rows = {key: known[name, key] for key in wanted[name] if (name, key) in known}
        rows |= load(connection, table, [key for key in wanted[name] if key not in rows])
        if not scopes.everything:
            members = members_of(connection, {row.anchor for row in rows.values()})
            rows = {key: row for key, row in rows.items() if scopes.has(members.get(row.anchor, frozenset()))}
        if rows:
            sent.append(TableRows(name, list(table.columns), [row.on_the_wire(table.columns) for row in rows.values()]))
    return sent
