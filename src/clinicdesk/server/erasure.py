"""Erasure by legal request: the rows go, a marker stays, and whatever still arrives of them is held unseen (s60)."""

from __future__ import annotations

from collections.abc import Collection

from clinicdesk.server.database import Connection


def among(connection: Connection, table: str, keys: Collection[str]) -> set[tuple[str, str]]:
    """Those of the rows that were erased."""
    return {
        (table, key)
        for (key,) in connection.execute(
            "SELECT row_id::text FROM erasure_markers WHERE table_name = %s AND row_id = ANY(%s::uuid[])",
            (table, list(keys)),
        )
    }
