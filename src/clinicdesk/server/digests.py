"""The digest sums of scopes as they are kept with the rows (D21)."""

from __future__ import annotations

from collections.abc import Collection

from psycopg import sql

from clinicdesk.domain.digest import from_signed, to_text
from clinicdesk.server.database import Connection
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.server.ledger import ALL_TABLES, WHOLE
from clinicdesk.server.synced_tables import synced_tables
from clinicdesk.sync.protocol import DigestReply, DigestRequest, ErrorCode

EMPTY = to_text(0)


def roots_of(connection: Connection, scopes: Collection[str]) -> dict[str, tuple[int, str]]:
    """Rows and sum of each scope; an empty scope has 0 of both."""
    found = {
        scope: (rows, to_text(from_signed(digest)))
        for scope, rows, digest in connection.execute(
            "SELECT scope_id::text, rows, digest FROM scope_digests"
            " WHERE scope_id = ANY(%s::uuid[]) AND table_name = %s AND bucket = %s",
            (list(scopes), ALL_TABLES, WHOLE),
        )
    }
    return {scope: found.get(scope, (0, EMPTY)) for scope in scopes}


def tables_of(connection: Connection, scope: str) -> dict[str, tuple[int, str]]:
    """Rows and sum of each table of a scope that has any."""
    return {
        table: (rows, to_text(from_signed(digest)))
        for table, rows, digest in connection.execute(
            "SELECT table_name, rows, digest FROM scope_digests"
            " WHERE scope_id = %s AND table_name <> %s AND bucket = %s AND rows > 0 ORDER BY table_name",
            (scope, ALL_TABLES, WHOLE),
        )
    }


def answer(connection: Connection, request: DigestRequest) -> DigestReply:
    """One step down: tables, buckets of a table, keys of a bucket."""
    (horizon, epoch) = connection.execute("SELECT last_seq, epoch::text FROM server_state").fetchone() or (0, None)
    root = roots_of(connection, [request.scope])[request.scope][1]
    if request.table is None:
        return DigestReply(horizon, root, tables=tables_of(connection, request.scope), epoch=epoch)
    table = synced_tables().get(request.table)
    if table is None:
        raise RefusedRequestError(ErrorCode.BAD_BODY, problem="unknown_table")
    if request.bucket is None:
        buckets = {
            str(bucket): (rows, to_text(from_signed(digest)))
            for bucket, rows, digest in connection.execute(
                "SELECT bucket, rows, digest FROM scope_digests"
                " WHERE scope_id = %s AND table_name = %s AND bucket <> %s AND rows > 0 ORDER BY bucket",
                (request.scope, request.table, WHOLE),
            )
        }
        return DigestReply(horizon, root, buckets=buckets, epoch=epoch)
    statement = sql.SQL(
        "SELECT t.id::text, t.row_version FROM {table} t JOIN scope_members m ON m.anchor_id = t.scope_id"
        " WHERE m.scope_id = %s AND get_byte(uuid_send(t.id), 15) = %s"
    ).format(table=sql.Identifier(table.name))
    keys = {key: version for key, version in connection.execute(statement, (request.scope, request.bucket))}  # noqa: C416 - rows are tuples of unknown length to mypy
    return DigestReply(horizon, root, keys=keys, epoch=epoch)
