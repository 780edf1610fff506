"""Rows as the district holds them, the sums over them, and rows that are asked for by key (protocol version 1)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from clinicdesk.sync.wire import MAX_PAGE_ROWS, Guid, JsonObject, Name, Number, Sum, Wire


class TableRows(JsonObject, frozen=True):
    """Rows of one table as the district holds them now.

    A row is `[id, row_version, anchor, created_at, created_by, updated_at, updated_by, value...]`, the values in
    the order of `columns`. `companion` rows lie outside the device's scopes: read-only, in no digest (D11).
    `shown` are columns as the receiver's older schema has them, behind the values: what its tables hold. The copy of
    the row, and with it the digest, holds `columns` alone, whether the receiver knows them or not (s22).
    """

    table: Name
    columns: list[Name]
    rows: list[list[Wire]]
    companion: bool = False
    shown: list[Name] = []


ROW_STAMPS = ("id", "row_version", "scope_id", "created_at", "created_by", "updated_at", "updated_by")
"""What stands before the values of a row in `TableRows`."""


class DigestRequest(JsonObject, frozen=True):
    """`POST /v1/digests`: one step down where a root differs. Tables of a scope, then buckets, then keys.

    Without `table` every table is summed; with it its buckets; with `bucket` too the keys in it are listed.
    """

    scope: Guid
    table: Name | None = None
    bucket: Annotated[int, Meta(ge=0, le=255)] | None = None


class DigestReply(JsonObject, frozen=True):
    """Sums at `horizon`: tables and buckets as {name: [rows, sum]}, keys as {id: version}; and of which epoch."""

    horizon: int
    root: Sum
    tables: dict[Name, tuple[int, Sum]] = {}
    buckets: dict[str, tuple[int, Sum]] = {}
    keys: dict[Guid, int] = {}
    epoch: Guid | None = None


class RowsRequest(JsonObject, frozen=True):
    """`POST /v1/rows`: refetch named rows of one table, to repair what a digest found. Repair never wipes."""

    table: Name
    keys: Annotated[list[Guid], Meta(max_length=MAX_PAGE_ROWS)]
    schema: Number = 1


class RowsReply(JsonObject, frozen=True):
    """The rows that exist and may be seen; a key that is missing does not exist for this device.

    `restored` holds, of rows that changed since the present epoch began, the version that the restore left them at.
    """

    rows: list[TableRows]
    epoch: Guid | None = None
    restored: dict[Guid, int] = {}
