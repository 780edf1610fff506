"""Whoever gets a row can get what it names (D11): a row that names one of another school or child does not go in.

Without that a desk would be given a row whose parent it may not have, and could store neither it nor what follows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache

from psycopg import sql

from clinicdesk.models.policy import Anchor, SyncClass
from clinicdesk.models.registry import Reference, anchor_of, policy_of, references, referring, synced_tables
from clinicdesk.server.database import Connection
from clinicdesk.server.rows import Row
from clinicdesk.server.scopes import merged_together

_EVERYWHERE = frozenset({Anchor.DISTRICT, Anchor.OWN})
"""Anchors of parents that are wherever their children are: the district's, and contacts (D11)."""


def _binds(edge: Reference) -> bool:
    """Whether the row that this key names has to be wherever the naming row is, and is not so by itself."""
    return (
        not edge.cross_scope
        and edge.target != "schools"
        and not edge.table == edge.target == "students"
        and policy_of(edge.table).kind not in {SyncClass.UPLOAD_ONLY, SyncClass.LOCAL}
        and anchor_of(edge.target)[0] not in _EVERYWHERE
    )


@cache
def binding_keys(table: str) -> Mapping[str, str]:
    """The columns of a table whose parents have to be wherever its rows are, with the parents' tables."""
    return {edge.column: edge.target for edge in references(table) if edge.target in synced_tables() and _binds(edge)}


@cache
def _bound_by(table: str) -> tuple[Reference, ...]:
    """The keys of other rows that a row of this table must not leave behind."""
    return tuple(edge for edge in referring(table) if edge.table in synced_tables() and _binds(edge))


def reaches(connection: Connection, child: str, parent: str, district: str) -> bool:
    """Whether whoever has rows of the anchor `child` has those of the anchor `parent`, today and after any transfer.

    Scopes that are the same today part when a child changes schools, so the anchors themselves have to be the same,
    or those of two records of one child (D26).
    """
    if parent in {child, district}:
        return True
    together = merged_together(connection, [child, parent])
    return child in together and together[child] == together.get(parent)


def leaves_behind(connection: Connection, rows: Collection[Row], moved: Row, anchor: str, district: str) -> bool:
    """Whether a row names `moved` that would not come along to `anchor`; `rows` are those of the push."""
    for edge in _bound_by(moved.table.name):
        held = {row.key: row for row in rows if row.table.name == edge.table}
        naming = {row.anchor for row in held.values() if row.values.get(edge.column) == moved.key}
        statement = sql.SQL("SELECT DISTINCT scope_id::text FROM {} WHERE {} = %s AND NOT id = ANY(%s::uuid[])").format(
            sql.Identifier(edge.table), sql.Identifier(edge.column)
        )
        naming |= {found for (found,) in connection.execute(statement, (moved.key, list(held)))}
        if not all(reaches(connection, child, anchor, district) for child in naming):
            return True
    return False
